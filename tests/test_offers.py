"""Claims about offers: base sales, the parts of an uplift, break-even, the prior price, a test."""

import functools

import numpy as np
import pandas as pd
import pytest

from mktlab import email, offers
from mktlab.market.observed import offers as log_of
from mktlab.market.observed import sales
from mktlab.market.truth import offers as truth
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play
from mktlab.orders import purchases
from mktlab.schema import MktlabError


@functools.cache
def market(seed):
    """A market, its last year played again without deals, and its weekly sales."""
    before = play(begin(people=12_000, weeks=156, seed=seed), 104)
    history = play(before.copy(), 52)
    orders, lines = sales.orders_and_lines(history)
    bought = purchases(orders)
    joined = sales.customers(history).set_index("customer_id")["joined_date"]
    new = bought["order_date"] == bought["customer_id"].map(joined)
    both = lines.merge(bought.assign(new=new)[["order_id", "order_date", "new"]], on="order_id")
    family = sales.products().set_index("product_id")["category"]
    weeks = offers.weekly(both.assign(category=both["product_id"].map(family)))
    return history, bought, weeks, truth.offers(Rewind.of(before, history)).set_index("category")


def last_year(weeks):
    return weeks[weeks["week"] > weeks["week"].max() - pd.Timedelta(weeks=52)]


def test_weeks_on_deal_are_those_that_the_company_lists():
    history, _, weeks, _ = market(1)
    listed = {
        (deal.category, week)
        for deal in log_of.offers(history).itertuples()
        for week in pd.date_range(deal.start_date, deal.end_date, freq="7D")
    }
    found = {(row.category, row.week) for row in weeks[weeks["deal"]].itertuples()}
    assert len(found ^ listed) <= 0.02 * len(listed)


def test_baseline_recovers_what_deals_sold_in_their_weeks():
    """Of three markets: the year's uplift, all families together, against the year without."""
    ratios = []
    for seed in (1, 2, 3):
        _, _, weeks, so = market(seed)
        year = last_year(offers.baseline(weeks))
        uplift = offers.sources(year)["uplift"].sum()
        ratios.append(uplift / (so["sales_on_deal"] - so["sales_anyway"]).sum())
    assert np.mean(ratios) == pytest.approx(1, abs=0.25), ratios
    assert all(0.6 < ratio < 1.5 for ratio in ratios), ratios


def test_parts_add_up_to_the_uplift_for_each_family_and_in_every_period():
    _, _, weeks, _ = market(1)
    based = offers.baseline(weeks)
    for some in (based, last_year(based), based.head(200)):
        parts = offers.sources(some)
        whole = parts[["new", "stockpiled", "taken", "more"]].sum(axis=1)
        assert whole.to_numpy() == pytest.approx(parts["uplift"].to_numpy(), abs=1e-6)
        assert (parts["on_deal"] - parts["anyway"]).to_numpy() == pytest.approx(parts["uplift"])


def made(lift=1.5, later=0.9, elsewhere=0.95):
    """Two families over three years, with deals every ninth week, without any noise."""
    weeks = pd.date_range("2022-01-03", periods=156, freq="7D")
    rows = []
    for place, name in enumerate(("beans", "tea")):
        deal = (np.arange(156) + 4 * place) % 9 < 2
        other = (np.arange(156) + 4 * (1 - place)) % 9 < 2
        after = (np.arange(156) + 4 * place) % 9 < 6
        level = 100 * (1 + 0.3 * np.cos(weeks.month.to_numpy()))
        sold = level * np.where(deal, lift, np.where(after, later, 1.0))
        rows.append(
            pd.DataFrame(
                {
                    "week": weeks,
                    "category": name,
                    "sales": sold * np.where(other, elsewhere, 1.0),
                    "new": 0.0,
                    "deal": deal,
                    "after": after & ~deal,
                    "others": other.astype(int),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def test_without_noise_every_part_is_exact():
    based = offers.baseline(made())
    on = based[based["deal"]]
    assert (on["sales"] / on["baseline"]).to_numpy() == pytest.approx(1.5)
    after = based[based["after"]]
    assert (after["later"] / after["sales"]).to_numpy() == pytest.approx(1 - 1 / 0.9)
    parts = offers.sources(based)
    assert (parts[["stockpiled", "taken"]] > 0).all(axis=None)


@pytest.mark.parametrize(("cut", "more"), [(0.16, 0.38), (0.20, 0.53), (0.30, 1.07), (0.34, 1.42)])
def test_break_even_at_a_margin_of_58_percent(cut, more):
    assert offers.break_even(0.58, cut) == pytest.approx(more, abs=0.005)


@pytest.mark.parametrize(("margin", "cut"), [(0.3, 0.3), (0.2, 0.4), (0.5, -0.1), (50, 15)])
def test_a_cut_that_leaves_nothing_has_one_sentence(margin, cut):
    with pytest.raises(MktlabError, match="break_even: a cut of"):
        offers.break_even(margin, cut)


def test_the_market_cuts_from_the_lowest_price_of_30_days():
    """In truth a deal's label is its depth below it, but for the endings of prices."""
    history = market(1)[0]
    prices, listed = sales.prices(history), log_of.offers(history)
    family = sales.products().set_index("product_id")["category"]
    prices = prices.assign(category=prices["product_id"].map(family))
    told = offers.prior_price(prices, listed)
    gap = told["off"] - told["depth"]
    assert gap.median() == pytest.approx(0, abs=0.003)
    assert (gap > -0.01).all()  # never less is taken off than is announced: 3 cents of 3.35 at most
    assert (told["off_last"] >= told["off"] - 1e-9).all()


def test_the_prior_price_looks_back_30_days_and_no_further():
    weeks = pd.date_range("2025-01-06", periods=8, freq="7D")
    price = [5.0, 9.0, 10.0, 10.0, 8.0, 10.0, 10.0, 7.0]
    prices = pd.DataFrame({"week": weeks, "shelf_price": price, "category": "tea"})
    prices = prices.assign(zone="Lyon", product_id="TEA-01")
    deal = {"offer_id": ["D1"], "category": "tea", "start_date": weeks[7], "depth": 0.1}
    (row,) = offers.prior_price(prices, pd.DataFrame(deal)).to_dict("records")
    assert (row["prior"], row["last"], row["shown"]) == (8.0, 10.0, 7.0)
    assert (row["off"], row["off_last"]) == pytest.approx((0.125, 0.3))


def test_worth_is_what_the_means_say_and_chance_counts_as_none():
    rng = np.random.default_rng(5)
    size = 6_000
    table = pd.DataFrame({"buyer": "light", "mechanic": rng.choice(["none", "gift", "cut"], size)})
    lift = table["mechanic"].map({"none": 1.0, "gift": 2.0, "cut": 3.0})
    later = table["mechanic"].map({"none": 1.0, "gift": 1.0, "cut": 0.5})
    table = table.assign(during=rng.poisson(0.1 * lift), after=rng.poisson(0.4 * later))
    table = table.assign(cost=table["during"] * (table["mechanic"] == "gift"))
    told = offers.worth(table, 20.0)
    means = 1_000 * table.groupby("mechanic")[["during", "after"]].mean()
    row = told.loc[("light", "cut")]
    assert row["extra"] == pytest.approx(means.loc["cut", "during"] - means.loc["none", "during"])
    assert row["later"] == pytest.approx(means.loc["cut", "after"] - means.loc["none", "after"])
    assert row["net"] == pytest.approx(20 * (row["extra"] + row["later"]))
    assert told.loc[("light", "gift"), "later"] == 0


def test_worth_finds_the_best_offer_of_each_group_in_the_market():
    history, bought, _, _ = market(2)
    log, orders = log_of.offer_test(history), bought[["customer_id", "order_date"]]
    during = email.after(log, orders, 14)["orders"]
    test = log.assign(during=during, after=email.after(log, orders, 56)["orders"] - during)
    net = offers.worth(test, 22.0)["net"].unstack()
    assert net.loc["light"].idxmax() == "gift"
    assert net.loc["medium"].idxmax() == "points"
    assert net.loc["heavy", ["cut", "gift", "bundle"]].max() < 0


def test_bad_input_has_one_sentence():
    for call in (offers.weekly, offers.baseline, offers.sources, offers.against_none):
        with pytest.raises(MktlabError, match="needs the column"):
            call(pd.DataFrame({"x": [1]}))
    with pytest.raises(MktlabError, match="needs a year of weeks and at least one deal"):
        offers.baseline(made().assign(deal=False))
    with pytest.raises(MktlabError, match="nobody got no offer"):
        offers.against_none(pd.DataFrame({"mechanic": ["gift"]}))
    table = pd.DataFrame({"buyer": ["a"], "mechanic": ["x"], "during": [1], "after": 0, "cost": 0})
    with pytest.raises(MktlabError, match="nobody got no offer"):
        offers.worth(table, 1.0)


def test_the_sheet_of_a_deal_by_hand():
    lines = pd.DataFrame(
        {
            "product_id": ["TEA-01", "TEA-01"],
            "category": "tea",
            "quantity": [1, 2],
            "amount": [10.0, 16.0],
            "discount": [0.0, 4.0],
        }
    )
    parts = pd.DataFrame({"uplift": [4.0], "anyway": [12.0]}, index=["tea"])
    products = pd.DataFrame({"product_id": ["TEA-01"], "unit_cost": [4.0]})
    row = offers.sheet(lines, products, parts).loc["tea"]
    assert row["cut"] == pytest.approx(0.2)  # 4 of 20
    assert row["margin"] == pytest.approx(0.6)  # 1 - 12 / 30
    assert row["break_even"] == pytest.approx(0.5)  # .6 / .4 - 1
    assert row["seen"] == pytest.approx(16 / 12 / 0.8 - 1)
    with pytest.raises(MktlabError, match="products needs the column unit_cost"):
        offers.sheet(lines, products.drop(columns="unit_cost"), parts)
    with pytest.raises(MktlabError, match="No family was ever on deal"):
        calm = lines.assign(discount=0.0, new=False, order_date=pd.Timestamp("2025-03-03"))
        offers.weekly(calm)
