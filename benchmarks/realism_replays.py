"""Realism as only a simulated market shows it: the last year played again under other decisions.

A function has the name that `realism.toml` gives the quantity; the sentence `measured` there says
what it does. People, weather and luck are the same in both years, so that a replay differs by the
decision alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from benchmarks.worlds.realism import World
from mktlab.market.run import YEAR
from mktlab.market.truth.counterfactual import Year, with_levers
from mktlab.market.week import play
from mktlab.market.world import CATEGORIES, CATEGORY_OF
from mktlab.plan.mix import BASE, CHANNELS

FAMILIES = tuple(c.name for c in CATEGORIES)
LEVELS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.6)
DEARER_GREEN = 1.2
AFTER = 8  # weeks in which a promotion may be missed


# Promotions and prices


def _with_and_without_deals(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected pieces with promotions and without, and whether on one: (weeks, families)."""
    off = world.replay(promotion__deal_chance=0.0)
    on = np.array([week.prices.on_promotion for week in world.year.weeks])
    with_deals, without = (
        np.array([week.pieces.sum(axis=(0, 1)) for week in year.weeks])
        for year in (world.year, off)
    )
    return with_deals, without, on


def promotion_lift(world: World) -> float:
    sold, without, on = _with_and_without_deals(world)
    return (sold[on] / without[on]).mean() - 1


def promotion_dip(world: World) -> float:
    sold, without, on = _with_and_without_deals(world)
    recent = np.array([on[max(0, week - AFTER) : week].any(axis=0) for week in range(len(on))])
    more = sold - without
    return -more[recent & ~on].sum() / more[on].sum()


def _dearer(world: World) -> Year:
    return world.replay(**{f"price__{name}": 1.1 for name in FAMILIES})


def competitor_reaction(world: World) -> float:
    theirs = [
        np.mean([week.competitor for week in year.weeks[-13:]])
        for year in (_dearer(world), world.year)
    ]
    return (theirs[0] - theirs[1]) / np.log(1.1)


def pass_through(world: World) -> float:
    again = world.before.copy()
    cost = again.climate.green_cost + np.log(DEARER_GREEN)
    again.climate = replace(again.climate, green_cost=cost)
    play(again, YEAR)
    beans = [FAMILIES[family] == "beans" for family in CATEGORY_OF]
    shelf = [
        np.mean([np.log(week.prices.regular[:, beans]) for week in history.weeks[-13:]])
        for history in (again, world.history)
    ]
    return float((shelf[0] - shelf[1]) / np.log(DEARER_GREEN))


@cache
def _profits(world: World) -> dict[str, np.ndarray]:
    """Expected profit of the year by family and price level."""
    return {
        name: np.array([world.replay(**{f"price__{name}": level}).profit for level in LEVELS])
        for name in FAMILIES
    }


def _best(profit: np.ndarray) -> float:
    """Level at the top of the parabola through the best level tried and its neighbors."""
    top = int(profit.argmax())
    if top in (0, len(LEVELS) - 1):
        return LEVELS[top]
    near = slice(top - 1, top + 2)
    square, slope, _ = np.polyfit(LEVELS[near], profit[near], 2)
    return float(-slope / (2 * square))


def best_price_lowest(world: World) -> float:
    return min(_best(profit) for profit in _profits(world).values())


def best_price_highest(world: World) -> float:
    return max(_best(profit) for profit in _profits(world).values())


def much_dearer(world: World) -> float:
    gains = [profit[-1] - world.year.profit for profit in _profits(world).values()]
    return max(gains) / world.year.revenue.sum()


# Cafés


def cafe_crowd(world: World) -> float:
    sales = []
    for level in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        mix = with_levers(BASE, {"price.cafe": level})
        again = play(world.before.copy(), 4, lambda week, mix=mix: mix)
        field = (
            "expected_sales"
            if hasattr(again.weeks[-1].cafes, "expected_sales")
            else "expected_tickets"
        )
        sales.append([getattr(week.cafes, field) for week in again.weeks[-4:]])
    steps = np.array(sales)
    return float((steps[1:] / steps[:-1]).min())


# Advertising


def _silence(world: World) -> Year:
    return world.replay(**{f"promotion__{name}": 0.0 for name in CHANNELS})


def _lost(world: World, other: Year) -> float:
    return float((world.year.revenue - other.revenue).sum())


def ad_elasticity(world: World) -> float:
    more = world.replay(**{f"promotion__{name}": 1.1 for name in CHANNELS})
    sales = [year.accounts["shop sales"].sum() for year in (more, world.year)]
    return float(np.log(sales[0] / sales[1]) / np.log(1.1))


def ad_stop(world: World) -> float:
    return -_lost(world, _silence(world)) / world.year.revenue.sum()


def brand_search(world: World) -> float:
    off = world.replay(promotion__search_brand=0.0)
    return _lost(world, off) / world.year.spend[CHANNELS.index("search_brand")]


def other_channels(world: World) -> float:
    brand = world.year.spend[CHANNELS.index("search_brand")]
    lost = _lost(world, _silence(world)) - brand_search(world) * brand
    return lost / (world.year.spend.sum() - brand)


# Decisions


def marketplace_off(world: World) -> float:
    off = world.replay(place__marketplace=0.0)
    lost = (world.year.accounts - off.accounts)["shop sales"].sum()
    there = sum(week.expected.sales[2] for week in world.year.weeks)
    return float(lost / there)


def better_quality(world: World) -> float:
    better = world.replay(product__quality=1.0 / BASE.product.quality)
    return better.newcomers / world.year.newcomers - 1


def projects_paid(world: World) -> float:
    return (world.truth("projects")["profit"] > 0).mean()


def projects_kept(world: World) -> float:
    promised = world.table("projects")["promised_profit"].sum()
    return world.truth("projects")["gain"].sum() / promised
