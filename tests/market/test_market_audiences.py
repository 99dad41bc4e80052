"""Claims about audiences: groups drawn by lot tell what the ads added, and it is not the rates."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import flaws, simulate
from mktlab.market.observed import audiences
from mktlab.market.run import past

SEEDS = range(200)
NAMES = [a.name for a in audiences.AUDIENCES]


@pytest.fixture(scope="module")
def history():
    """A market of 30 weeks, all alike: the campaigns only ask how many there are."""
    short = past(people=12_000, weeks=1, seed=1)
    return replace(short, weeks=short.weeks * 30)


def totals(history):
    """Sums of each audience (rows) by group: held out, treated."""
    table = audiences.audiences(history)
    sums = ["people", "conversions", "revenue", "cost"]
    return table.groupby(["audience", "held_out"], sort=False)[sums].sum().unstack()


@pytest.fixture(scope="module")
def worlds(history):
    """Totals and truth of many markets."""
    made = []
    for seed in SEEDS:
        world = replace(history, seed=seed)
        made.append((totals(world), audiences.lifts(world).set_index("audience")))
    return made


def lift(sums):
    """Relative lift of each audience, and how many errors it is away from none."""
    rate = sums["conversions"] / sums["people"]
    error = np.sqrt((sums["conversions"] / sums["people"] ** 2).sum(axis=1))
    return rate[False] / rate[True] - 1, (rate[False] - rate[True]) / error, error / rate[True]


def test_a_row_per_week_audience_and_group_as_declared(history):
    table = audiences.audiences(history)
    assert_declared("audiences", table)
    assert len(table) == 26 * 4 * 2
    assert table["audience"].unique().tolist() == NAMES
    assert (table["cost"].eq(0) == table["held_out"]).all()
    assert len(table.to_csv(index=False)) < 100_000


def test_groups_are_drawn_by_lot_in_halves_and_stay(worlds, history):
    for sums, _ in worlds[:20]:
        size = sums["people"] / 26
        share = size[True] / size.sum(axis=1)
        assert (abs(share - 0.5) < 4 * 0.5 / np.sqrt(size.sum(axis=1))).all()
    table = audiences.audiences(history)
    assert table.groupby(["audience", "held_out"])["people"].nunique().eq(1).all()


def test_the_difference_of_the_groups_is_the_true_lift_within_its_error(worlds):
    apart = []
    for sums, truth in worlds:
        measured, _, error = lift(sums)
        apart.append((measured - truth["lift"].loc[measured.index]) / (error * (1 + measured)))
    apart = np.concatenate(apart)
    assert (np.abs(apart) < 1.96).mean() == pytest.approx(0.95, abs=0.025)


def test_added_orders_and_returns_follow_from_rate_and_lift(worlds):
    for sums, truth in worlds[:20]:
        people = sums["people"][False].loc[truth.index]
        added = truth["conversion_rate"] * truth["lift"] * people
        assert np.allclose(added, truth["added_conversions"])
        paid = truth["added_revenue"] / truth["roas"]
        assert np.allclose(paid, sums["cost"][False].loc[truth.index], rtol=0.1)


def test_the_warmer_the_list_the_higher_its_rate_and_the_warmest_gains_least(worlds):
    for _, truth in worlds:
        assert truth["conversion_rate"].loc[NAMES].is_monotonic_decreasing
        assert truth["lift"].idxmin() == truth["roas"].idxmin() == NAMES[0]
    best = [truth["roas"].idxmax() == "look_alikes" for _, truth in worlds]
    assert np.mean(best) > 0.95


def test_a_platform_that_counts_all_orders_of_the_treated_ranks_them_the_other_way(worlds):
    for sums, _ in worlds:
        claimed = sums["revenue"][False] / sums["cost"][False]
        assert claimed.idxmax() == NAMES[0]


def test_some_lifts_can_be_told_from_none_and_some_cannot(worlds):
    found = pd.DataFrame([lift(sums)[1] > 1.96 for sums, _ in worlds]).mean()
    assert found["look_alikes"] > 0.9
    assert 0.3 < found["everybody"] < 0.8
    assert found["past_buyers"] < 0.15


def test_lost_matches_of_those_held_out_make_the_ads_look_better(history):
    table = audiences.audiences(history)
    told, log = flaws.plant({"audiences": table}, flaws=("unmatched_orders",), seed=1)
    told = told["audiences"]
    less = told["conversions"] < table["conversions"]
    assert less.sum() == len(log) == 4
    assert set(told.loc[less, "audience"]) == {"site_visitors"}
    assert told.loc[less, "held_out"].all()
    assert (told.loc[less, "conversions"] / table.loc[less, "conversions"]).between(0.4, 0.5).all()
    was = table.loc[less, "conversions"].astype(str)
    assert log["true_value"].str.split("/").str[0].tolist() == was.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_a_market_of_a_hundred_people_takes_every_defect(seed):
    company = simulate(people=100, weeks=13, seed=seed)  # nearly nobody buys, or is held out
    assert_declared("audiences", company.audiences)
    assert_declared("listings", company.listings)
