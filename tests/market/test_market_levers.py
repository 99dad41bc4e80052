"""Claims about the seven Ps: no lever is best at its limit, and no channel drives people away.

Every market is played for a year from one common past, and valued by what was to be expected; so
two of them differ by the plan and hardly by chance.
"""

import functools

import numpy as np
import pytest
from levers import but

from mktlab.market.profit import REVENUE
from mktlab.market.week import begin, play
from mktlab.market.world import CATEGORIES
from mktlab.plan.mix import BASE, CHANNELS, LEVERS

pytestmark = pytest.mark.slow  # 130 years of the market

PEOPLE, YEAR = 3000, 52
LEFT_ALONE = {  # what people do anyway, and what teaches them to wait for the next deal
    "promotion.search_brand",
    "promotion.retargeting",
    "promotion.deal_chance",
    "promotion.deal_depth",
}
NUMBERS = [path for path, lever in LEVERS.items() if not isinstance(lever.base, bool)]


@functools.cache
def start(seed):
    return play(begin(people=PEOPLE, weeks=2 * YEAR, seed=seed), YEAR)


@functools.cache
def year(path, value, seed):
    """Expected revenue and profit of the year with one lever at this value."""
    mix = but(path, value)
    history = play(start(seed).copy(), YEAR, lambda week: mix)
    accounts = [
        week.books(scale=history.people.scale, expected=True) for week in history.weeks[YEAR:]
    ]
    revenue = sum(account[name] for account in accounts for name in REVENUE)
    return np.array([revenue, sum(account["profit"] for account in accounts)])


def profit(path, value, seeds=(1, 2)):
    return np.mean([year(path, value, seed)[1] for seed in seeds])


@functools.cache
def profit_today():
    return profit("price.beans", BASE.price.beans)


@pytest.mark.parametrize("path", sorted(LEFT_ALONE))
def test_what_people_do_anyway_is_best_left_unpaid(path):
    assert profit(path, LEVERS[path].low) > profit_today()
    assert profit(path, LEVERS[path].high) < profit_today()


@pytest.mark.parametrize("path", [path for path in NUMBERS if path not in LEFT_ALONE])
def test_a_lever_earns_more_somewhere_inside_its_range_than_at_both_ends(path):
    lever = LEVERS[path]
    ends = {value: profit(path, value) for value in (lever.low, lever.high)}
    best_end = max(ends, key=ends.get)
    inside = {lever.base: profit_today()}
    if inside[lever.base] <= ends[best_end]:
        for way in (0.5, 0.75):
            value = lever.base + way * (best_end - lever.base)
            inside[value] = profit(path, value)
    gain = {value: round(amount - profit_today()) for value, amount in (ends | inside).items()}
    assert max(inside.values()) > ends[best_end], f"profit over today's by value: {gain}"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_never_costs_revenue(channel):
    path = f"promotion.{channel}"
    seeds = (1, 2, 3)
    on, off = (
        np.array([year(path, value, seed)[0] for seed in seeds]) for value in (LEVERS[path].base, 0)
    )
    brings = on - off
    error = brings.std(ddof=1) / np.sqrt(len(seeds))
    assert brings.mean() >= -2 * error


FAMILIES = [category.name for category in CATEGORIES]


@functools.cache
def profit_at(family, level):
    return profit(f"price.{family}", level, seeds=(1, 2, 3, 4))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_best_price_of_a_family_lies_within_35_percent_of_todays(family):
    inside = max(profit_at(family, level) for level in (0.85, 1.0, 1.15))
    assert inside > profit_at(family, 0.65)
    assert inside > profit_at(family, 1.35)
    assert profit_at(family, 1.60) < profit_at(family, 1.0)


def test_some_family_is_too_dear_today_and_some_too_cheap():
    today = profit_at("beans", 1.0)
    assert any(profit_at(family, 0.85) > today for family in FAMILIES)
    assert any(profit_at(family, 1.15) > today for family in FAMILIES)
