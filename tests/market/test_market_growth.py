"""Claims about what makes the company grow or shrink: newcomers, outlets, quality, deals, scale.

What one change does is told by the same weeks played twice, valued by what was to be expected.
"""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from levers import but

from mktlab.market import simulate
from mktlab.market.run import PEOPLE, SEED
from mktlab.market.state import NEVER
from mktlab.market.week import begin, play
from mktlab.market.world import CATEGORIES, OUTLETS
from mktlab.plan.mix import BASE

YEAR = 52
MARKETPLACE = OUTLETS.index("marketplace")


@functools.cache
def three_years(seed):
    return play(begin(people=PEOPLE, weeks=3 * YEAR, seed=seed), 3 * YEAR)


def newcomers_by_year(history):
    joined = history.state.joined_day
    weeks = joined[(joined >= 0) & (joined != NEVER)] // 7
    return np.bincount(weeks // YEAR, minlength=3)


def test_each_of_the_three_published_years_brings_as_many_newcomers_within_10_percent():
    came = newcomers_by_year(three_years(SEED))
    assert (np.abs(came / came.mean() - 1) < 0.10).all()


@pytest.mark.slow
def test_the_town_does_not_run_dry_in_other_worlds_either():
    came = np.array([newcomers_by_year(three_years(seed)) for seed in (1, 2, 3, 4)])
    share = (came / came.mean(axis=1, keepdims=True)).mean(axis=0)
    assert (np.abs(share - 1) < 0.10).all()


@functools.cache
def start(seed, weeks=2 * YEAR):
    return play(begin(people=3000, weeks=weeks, seed=seed), YEAR)


@functools.cache
def year(path, value, seed):
    """The year after the first, with one lever at this value."""
    mix = but(path, value)
    return play(start(seed).copy(), YEAR, lambda week: mix).weeks[YEAR:]


def sales(weeks):
    """Expected of the year, by outlet."""
    return np.sum([week.expected.sales for week in weeks], axis=0)


def test_who_leaves_the_marketplace_loses_at_least_half_of_its_sales():
    for seed in (1, 2):
        usual = sales(year("place.marketplace", True, seed))
        gone = sales(year("place.marketplace", False, seed))
        assert gone[MARKETPLACE] == 0
        lost = (usual.sum() - gone.sum()) / usual[MARKETPLACE]
        assert 0.5 < lost < 1


def test_better_coffee_brings_newcomers_by_and_by():
    """A grade of 1 in place of .6: some more within a year, and hardly any in the first month."""
    more, first = [], []
    for seed in (1, 2):
        usual, better = (
            year("product.quality", grade, seed) for grade in (BASE.product.quality, 1.0)
        )
        came = np.array([[w.expected.newcomers for w in weeks] for weeks in (usual, better)])
        more.append(came[1].sum() / came[0].sum() - 1)
        first.append(came[1, :4].sum() / came[0, :4].sum() - 1)
    assert 0.02 < np.mean(more) < 0.15
    assert -0.01 < np.mean(first) < 0.02


def revenue_from_20(climate, seed, weeks=16):
    history = play(begin(people=3000, weeks=60, seed=seed), 20)
    history.climate = climate
    play(history, weeks)
    return np.array([week.expected.sales.sum() for week in history.weeks[20:]])


@functools.cache
def what_a_deal_brings():
    """Expected sales by week since a promotion began, less without one: mean of all families."""
    more = []
    for seed in (1, 2, 3):
        climate = begin(people=100, weeks=60, seed=seed).climate
        never = np.ones_like(climate.promotion_lot)
        never[:20] = climate.promotion_lot[:20]
        without = revenue_from_20(replace(climate, promotion_lot=never), seed)
        for family in range(len(CATEGORIES)):
            lot = never.copy()
            lot[20 + 7 * (family % 2) :, family] = 0  # once: the next may start 7 weeks later
            lot[21:, family] = 1
            more.append(revenue_from_20(replace(climate, promotion_lot=lot), seed) - without)
    return np.mean(more, axis=0)


def test_a_deal_raises_sales_while_it_runs_and_costs_some_afterwards():
    more = what_a_deal_brings()
    lift, later = more[:2].sum(), more[2:].sum()
    assert (more[:2] > 0).all()
    assert later < 0
    assert -later < lift


def test_the_dip_after_a_deal_fades_within_a_quarter():
    more = what_a_deal_brings()
    assert more[2] < 0
    assert abs(more[12:].mean()) < 0.15 * abs(more[2])


def test_a_third_to_nearly_half_of_the_gifts_are_sold_in_november_and_december():
    """One third to one half, say franchisees of fine food."""
    company = simulate(flaws=())
    paid = company.orders.query("status == 'paid'")[["order_id", "order_date"]]
    lines = company.order_lines.merge(company.products[["product_id", "category"]]).merge(paid)
    gifts = lines[lines["category"] == "gift"]
    late = gifts["order_date"].dt.month >= 11
    by_year = gifts.groupby(gifts["order_date"].dt.year)["amount"]
    share = gifts[late].groupby(gifts["order_date"].dt.year)["amount"].sum() / by_year.sum()
    assert 0.30 < gifts.loc[late, "amount"].sum() / gifts["amount"].sum() < 0.45
    assert isinstance(share, pd.Series)
    assert share.loc[2023:2025].between(0.28, 0.47).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_customer_service_keeps_up_in_a_market_of_60_000(seed):
    weeks = 172
    history = play(begin(people=60_000, weeks=weeks, seed=seed), weeks)
    backlog = np.array([week.backlog_weeks for week in history.weeks])
    assert 12 + 168 * backlog[:156].mean() < 72  # hours to settle a request: what is published
    half_years = backlog[:156].reshape(6, 26)  # what Christmas leaves over is worked off
    assert (half_years.min(axis=1) == 0).all()
