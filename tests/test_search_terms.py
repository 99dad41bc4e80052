"""Claims about search terms: rates that are moved, ceilings, and what is left out."""

import numpy as np
import pandas as pd
import pytest

import mktlab
from mktlab import search_terms
from mktlab.schema import MktlabError


def drawn(seed, terms=60, groups=3):
    """Terms whose true rates are a gamma distribution around their group's."""
    rng = np.random.default_rng(seed)
    group = np.arange(terms) % groups
    usual = np.array([0.02, 0.05, 0.1])[group]
    rate = usual * rng.gamma(1.5, 1 / 1.5, terms)
    clicks = rng.integers(5, 400, terms)
    table = pd.DataFrame(
        {"ad_group": group, "clicks": clicks, "orders": rng.poisson(rate * clicks)}
    )
    return table, rate


def test_shrunken_rates_are_nearer_to_the_truth_and_their_intervals_hold_it():
    miss, held = [], []
    for seed in range(40):
        table, rate = drawn(seed)
        found = search_terms.rates(table, "orders", "clicks", within="ad_group")
        miss.append([((found[name] - rate) ** 2).mean() for name in ("rate", "shrunk")])
        held.append(((found["low"] <= rate) & (rate <= found["high"])).mean())
    plain, shrunken = np.mean(miss, axis=0)
    assert shrunken < 0.8 * plain
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_by_hand_where_the_shape_is_known():
    """A gamma of shape a around the mean: (orders + a) / (clicks + a / mean)."""
    table, _ = drawn(1)
    found = search_terms.rates(table, "orders", "clicks")
    usual = table["orders"].sum() / table["clicks"].sum()
    # the same a from each row: orders - shrunk clicks = a (shrunk / usual - 1)
    apart = (table["orders"] - found["shrunk"] * table["clicks"]) / (found["shrunk"] / usual - 1)
    clear = (found["shrunk"] / usual - 1).abs() > 0.2
    assert apart[clear].std() < 0.01 * apart[clear].mean()


def test_ceilings_recover_the_truth_over_worlds():
    miss, held = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        weeks = pd.date_range("2025-01-06", periods=26, freq="W-MON")
        terms = pd.DataFrame(
            {
                "week": weeks,
                "ad_group": "tea",
                "clicks": 100,
                "cost": 90.0,
                "orders": rng.poisson(8, 26),
                "revenue": 320.0,
            }
        )
        sides = pd.DataFrame(
            {
                "week": np.tile(weeks, 2),
                "ad_group": "tea",
                "held_out": np.repeat([False, True], 26),
                "orders": np.concatenate([rng.poisson(13, 26), rng.poisson(8, 26)]),
            }
        )
        row = search_terms.ceilings(terms, sides, margin=0.5).iloc[0]
        of_order = 0.5 * 320 * 26 / terms["orders"].sum()
        truth = 5 / 100 * of_order
        miss.append(row["ceiling"] / truth - 1)
        held.append(row["low"] <= truth <= row["high"])
    assert abs(np.mean(miss)) < 0.06
    assert np.mean(held) > 0.85


def test_without_a_test_every_order_is_extra():
    company = mktlab.load("solane")
    found = search_terms.ceilings(company.search_terms, margin=0.5)
    assert (found["extra"] == found["orders"]).all()
    tested = search_terms.ceilings(company.search_terms, company.search_lift, margin=0.5)
    assert tested.loc["brand", "ceiling"] < found.loc["brand", "ceiling"] / 5


def test_half_of_the_margin_is_half_of_the_ceiling_and_twice_the_rate_needed():
    company = mktlab.load("solane")
    tables = company.search_terms, company.search_lift
    one, half = (search_terms.ceilings(*tables, margin=m)["ceiling"] for m in (0.6, 0.3))
    assert np.allclose(one, 2 * half)
    one, half = (search_terms.negatives(*tables, margin=m)["needed"] for m in (0.6, 0.3))
    assert np.allclose(2 * one, half)


def test_a_term_is_cut_by_its_interval_and_not_by_its_silence():
    company = mktlab.load("solane")
    found = search_terms.negatives(
        company.search_terms, company.search_lift, margin=0.57, level=0.8
    )
    cut = found["verdict"] == "cut"
    assert (found.loc[cut, "high"] < found.loc[cut, "needed"]).all()
    assert (found.loc[found["verdict"] == "keep", "low"] > 0).all()
    few = found[found["clicks"] < 12]
    assert len(few) and not (few["verdict"] == "cut").any()
    assert "coffee table" in set(found.loc[cut, "search_term"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t, s: (t.drop(columns="cost"), s, 0.5), "no column cost"),
        (lambda t, s: (t, s[s["ad_group"] != "gifts"], 0.5), "two sides of gifts"),
        (lambda t, s: (t, s[~s["held_out"]], 0.5), "held_out true and false"),
        (lambda t, s: (t, s, 57), "margin is 57"),
        (lambda t, s: (t, s.drop(columns="held_out"), 0.5), "no column held_out"),
    ],
)
def test_bad_input_is_one_sentence(change, said):
    company = mktlab.load("solane")
    terms, sides, margin = change(company.search_terms, company.search_lift)
    with pytest.raises(MktlabError, match=said):
        search_terms.negatives(terms, sides, margin=margin)


def test_a_group_of_few_orders_is_no_sure_guide():
    one = pd.DataFrame({"orders": [1, 0, 0, 0, 0], "clicks": 20})
    found = search_terms.rates(one, "orders", "clicks")
    assert (found["high"] > 2 * found["shrunk"]).all()


def test_rates_of_nothing_are_refused():
    with pytest.raises(MktlabError, match="hold no rate"):
        search_terms.rates(pd.DataFrame({"orders": [0], "clicks": [9]}), "orders", "clicks")
