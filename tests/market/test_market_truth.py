"""Claims about the truth: it is what the market does, not what somebody hoped."""

import functools
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mktlab.market import simulate
from mktlab.market.demand import RETURN
from mktlab.market.observed.sales import orders_and_lines, products
from mktlab.market.prices import PASS_THROUGH
from mktlab.market.run import past as run
from mktlab.market.truth import MEANINGS, RERUNS, parameters, reveal
from mktlab.market.truth.customers import expect, outlook, realized
from mktlab.market.week import begin, play
from mktlab.market.world import CATEGORIES, SEGMENTS

TODAY, AHEAD, YEAR = 60, 13, 52
SEEDS = range(4)


@functools.cache
def played(seed, weeks=TODAY, people=8000):
    return run(people=people, weeks=weeks, seed=seed)


def what_came(history, who):
    """Paid orders, margin, and whether there was none, of the last 13 weeks, by person.

    From the clean tables; margins are at standard cost.
    """
    orders, lines = orders_and_lines(history)
    since = pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=TODAY)
    paid = orders[(orders["order_date"] >= since) & (orders["status"] == "paid")]
    lines = lines.merge(products()[["product_id", "unit_cost"]])
    cost = (lines["quantity"] * lines["unit_cost"]).groupby(lines["order_id"]).sum()
    margin = paid["revenue"] - paid["refunded"] - paid["order_id"].map(cost)
    person = paid["customer_id"].str.removeprefix("C").astype(int) - 1
    size = len(history.people)
    count = np.bincount(person, minlength=size)[who]
    return count, np.bincount(person, weights=margin, minlength=size)[who], count == 0


@functools.cache
def surprises(seed):
    """Customers of today, what each brought beyond what was expected, and that: (3, customers)."""
    today, later = played(seed), played(seed, TODAY + AHEAD)
    who = np.flatnonzero(today.state.customer)
    weeks = realized(later, TODAY, TODAY + AHEAD)
    expected = np.array(expect(today, who, weeks, horizons=(AHEAD,))[AHEAD])
    return who, np.array(what_came(later, who)) - expected, expected


KINDS = {  # what a customer is today
    "all": lambda state, who: np.ones(len(who), dtype=bool),
    "who buys": lambda state, who: ~state.paused[who],
    "who pauses": lambda state, who: state.paused[who],
    "won on a deal": lambda state, who: state.won_on_deal[who] > 0,
    "brought by a friend": lambda state, who: state.referrer[who] >= 0,
}


def together(kind):
    """Surprises of all customers of a kind in all worlds, and the sums that were expected."""
    mine = np.concatenate([KINDS[kind](played(s).state, surprises(s)[0]) for s in SEEDS])
    surprise, expected = (
        np.concatenate([surprises(s)[k] for s in SEEDS], axis=1)[:, mine] for k in (1, 2)
    )
    return surprise, expected.sum(axis=1)


@pytest.mark.slow
def test_expected_value_is_what_the_same_market_brings_in_the_next_13_weeks():
    """With the weeks as they came, what is left is the chance of single persons.

    So the error of the sum follows from the spread of the surprises of persons.
    """
    surprise, expected = together("all")
    error = surprise.std(axis=1) * np.sqrt(surprise.shape[1])
    assert (error < 0.03 * expected).all()
    assert (np.abs(surprise.sum(axis=1)) < 2 * error).all()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "all"])
def test_expected_value_is_right_for_whoever_buys_pauses_or_came_for_a_deal_or_a_friend(kind):
    surprise, _ = together(kind)
    assert surprise.shape[1] > 100
    error = surprise.std(axis=1) * np.sqrt(surprise.shape[1])
    assert (np.abs(surprise.sum(axis=1)) < 3 * error).all()


@pytest.mark.slow
def test_expected_value_of_a_year_is_the_mean_of_many_played_futures():
    """The same people and weeks with other luck: who pauses, returns and leaves is drawn anew."""
    today = play(begin(people=8000, weeks=TODAY + YEAR, seed=1), TODAY)
    who = np.flatnonzero(today.state.customer)
    gaps, expected = [], []
    for luck in range(8):
        later = play(replace(today.copy(), seed=1000 + luck), YEAR)
        weeks = realized(later, TODAY, TODAY + YEAR)
        expected.append(np.array(expect(today, who, weeks, horizons=(YEAR,))[YEAR]))
        gaps.append(np.array(what_came(later, who)) - expected[-1])
    paused = today.state.paused[who]
    for some in (paused, ~paused):
        gap = np.array(gaps)[..., some].sum(axis=-1)
        error = gap.std(axis=0, ddof=1) / np.sqrt(len(gap))
        assert (error < 0.03 * np.array(expected)[..., some].sum(axis=-1).mean(axis=0)).all()
        assert (np.abs(gap.mean(axis=0)) < 3 * error).all()


@pytest.mark.parametrize(
    "trait", ["order_rate", "death_rate", "basket_size", "base_satisfaction", "segment", "zone"]
)
def test_expected_margin_is_right_for_every_kind_of_customer(trait):
    values = np.concatenate([getattr(played(s).people, trait)[surprises(s)[0]] for s in SEEDS])
    margin = np.concatenate([surprises(s)[1][1] for s in SEEDS])
    upper = values > np.median(values)
    for half in (upper, ~upper):
        assert abs(margin[half].sum()) < 3 * margin[half].std() * np.sqrt(half.sum())


def test_outlook_keeps_last_years_average_and_takes_the_season_of_the_calendar():
    history, longer = played(1), played(1, TODAY + AHEAD)
    ahead = outlook(history, weeks=AHEAD)
    past = realized(history, TODAY - 52, TODAY)
    usual = past.demand / np.exp(history.climate.season[TODAY - 52 :])[:, None, None, :]
    coming = ahead.demand / np.exp(longer.climate.season[TODAY:])[:, None, None, :]
    assert np.allclose(coming, usual.mean(axis=0))
    assert np.allclose(ahead.promoted, past.promoted.mean(axis=0))


def test_who_left_is_worth_nothing_and_who_stays_is_worth_more_for_longer():
    truth = reveal(played(1))["customers"]
    value = truth[["expected_orders_13w", "expected_margin_13w", "expected_margin_52w"]]
    gone = truth["status"] == "gone"
    assert (value[gone] == 0).all(axis=None)
    assert (truth.loc[gone, "silent_13w"] == 1).all()
    stays = truth[~gone]
    assert (stays["expected_margin_52w"] >= stays["expected_margin_13w"]).all()
    assert stays["silent_13w"].between(0, 1, inclusive="neither").all()
    assert (truth["left_date"].notna() == gone).all()
    assert (truth["left_date"].isna() | (truth["left_date"] > truth["joined_date"])).all()


def test_truth_and_customers_tell_of_the_same_persons():
    company = simulate(people=2000, weeks=52)
    customers = company.tables["customers"].query("customer_id != 'C000000'")
    truth = company.truth.customers
    assert truth["customer_id"].tolist() == customers["customer_id"].tolist()
    first = truth.query("duplicate_of == ''").merge(customers, on="customer_id")
    assert (first["joined_date_x"] == first["joined_date_y"]).all()


def test_parameters_can_be_written_as_json():
    told = json.loads(json.dumps(parameters(played(1))))
    assert told["seed"] == 1
    assert told["people"] == 8000
    bargain = next(s for s in SEGMENTS if s.name == "bargain")
    assert told["segments"]["bargain"]["price_sensitivity"] == bargain.price_sensitivity
    assert told["categories"]["beans"]["elasticity"] == CATEGORIES[0].elasticity
    assert told["pass_through"] == PASS_THROUGH
    assert told["return"] == RETURN


def test_elasticities_lie_between_those_of_the_segments_and_deepen_within_categories():
    table = reveal(played(1))["elasticity"]
    families = table[table["level"] == "category"].set_index("category")["elasticity"]
    for category in CATEGORIES:
        assert -1.5 * category.elasticity < families[category.name] < -0.65 * category.elasticity
    products = table[table["level"] == "sku"]
    assert len(products) == 24
    assert (products["elasticity"] < products["category"].map(families)).all()


def test_elasticities_by_segment_average_to_those_of_all():
    tables = reveal(played(1))
    by_segment = tables["segment_elasticity"].groupby("product_id")["elasticity"]
    everybody = tables["elasticity"].query("level == 'sku'").set_index("product_id")["elasticity"]
    assert (by_segment.min() <= everybody.sort_index()).all()
    assert (by_segment.max() >= everybody.sort_index()).all()
    wide = tables["segment_elasticity"].pivot(
        index="product_id", columns="segment", values="elasticity"
    )
    assert (wide["bargain"] < wide["connoisseur"]).mean() > 0.8


def test_every_truth_table_has_a_meaning_and_every_meaning_speaks_of_a_column():
    tables = reveal(played(1))
    assert {*tables, *RERUNS, "flaws"} <= set(MEANINGS)
    columns = [name.split(".") for name in MEANINGS if "." in name]
    assert columns
    # The rows of people's second records come with the flaws.
    known = {**tables, "customers": tables["customers"].assign(duplicate_of="")}
    assert all(column in known[table] for table, column in columns if table in known)
