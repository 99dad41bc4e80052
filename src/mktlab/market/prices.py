"""What the market's weeks bring and what others charge: season, shocks, costs, tests.

`draw_climate` lays out the weeks: season, demand shocks that nobody records, the cost of green
coffee, lots for promotions and price tests. `shelf.set_prices` turns one week of it into prices;
`competitor_prices` is how the competitors move.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from mktlab.market.draws import Flags, Floats, normals, uniforms
from mktlab.market.world import CATEGORIES, PRODUCTS, ZONES, of_categories

START = np.datetime64("2023-01-02", "D")
PASS_THROUGH = 0.35
COST_DELAY_WEEKS = 6
TEST_STEP = 0.08


@dataclass(frozen=True)
class Climate:
    """The weeks of the market; the first axis is the week, then category or zone."""

    season: Floats  # S: (weeks, categories), log
    shock: Floats  # xi: (weeks, categories), log
    exchange: Floats  # (weeks,), log price of green coffee on the exchange
    green_cost: Floats  # (weeks,), log, as charged now: six weeks after the exchange
    promotion_lot: Floats  # (weeks, categories): a promotion starts when it is below its chance
    promotion_shape: Floats  # (weeks, categories): depth over the plan's mean depth
    test: Floats  # (weeks, zones, categories): -.08, 0 or +.08
    in_test: Flags  # (weeks,)
    review_noise: Floats  # (weeks, products), log: what else a review of prices takes in
    competitor_noise: Floats  # (weeks, categories), log
    competitor_reacts: Flags  # (weeks, categories)

    def __len__(self) -> int:
        return len(self.season)


def weeks_of_year(weeks: int) -> Floats:
    """Position of each week in its year: 0 starts on January 2.

    >>> weeks_of_year(53)[[0, 50, 52]].round(2).tolist()  # Dec. 18, 2023 and Jan. 1, 2024
    [0.0, 50.0, -0.14]
    """
    mondays = START + 7 * np.arange(weeks)
    day_of_year = (mondays - mondays.astype("M8[Y]")).astype(np.int64) + 1
    return np.asarray((day_of_year - 2) / 7)


def gift_weeks(position: Floats) -> Floats:
    """Christmas, Mother's Day and Valentine's Day: 1 at the height of Christmas."""
    return (
        _bump(position, 49.5, 2.4) + 0.35 * _bump(position, 21, 1.2) + 0.25 * _bump(position, 6, 1)
    )


def seasons(position: Floats) -> Floats:
    """Seasonal demand (S), log: (weeks, categories)."""
    year = 0.06 * np.cos(2 * np.pi * (position - 2) / 52) - 0.14 * _bump(position, 32, 2.2)
    return year[:, None] + np.outer(gift_weeks(position), of_categories("gift_season"))


@cache
def usual_season() -> Floats:
    """Mean season of a year, by category."""
    return np.asarray(seasons(np.arange(52.0)).mean(axis=0))


def _bump(position: Floats, center: float, width: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((position - center) / width) ** 2))


def draw_climate(seed: int, weeks: int) -> Climate:
    """Draw the weeks. A longer climate begins with the shorter one."""

    def uniform(stream: str, *shape: int) -> Floats:
        size = int(np.prod(shape))
        drawn = [uniforms(seed, stream, size, week=w) for w in range(weeks)]
        return np.array(drawn).reshape(weeks, *shape)

    categories, zones, products = len(CATEGORIES), len(ZONES), len(PRODUCTS)
    quick = _persist(0.025 * normals(uniform("shock", categories)), 0.8)
    slow = _persist(0.018 * normals(uniform("slow shock", categories)), 0.96)
    common = 0.015 * normals(uniform("common shock", 1))
    position = weeks_of_year(weeks)
    cost = _persist(0.06 * normals(uniform("green cost", 1)), 0.95)[:, 0]
    delay = min(COST_DELAY_WEEKS, weeks)
    more_often = np.where(gift_weeks(position) > 0.2, 1.6, 1.0)[:, None]
    in_test = np.arange(weeks) % 17 >= 9
    arms = [uniforms(seed, "price test", zones * categories, week=w // 17) for w in range(weeks)]
    steps = TEST_STEP * (np.floor(3 * np.array(arms)) - 1).reshape(weeks, zones, categories)
    return Climate(
        season=seasons(position),
        shock=quick + slow + common,
        exchange=cost,
        green_cost=np.concatenate([np.zeros(delay), cost[: weeks - delay]]),
        promotion_lot=uniform("promotion", categories) / more_often,
        promotion_shape=0.6 + 0.8 * uniform("promotion depth", categories),
        test=steps * in_test[:, None, None],
        in_test=in_test,
        review_noise=0.02 * normals(uniform("price", products)),
        competitor_noise=0.012 * normals(uniform("competitor", categories)),
        competitor_reacts=uniform("competitor reacts", categories) < 0.3,
    )


def _persist(news: Floats, memory: float) -> Floats:
    """A series that keeps `memory` of last week and adds this week's news."""
    series = news.copy()
    for week in range(1, len(series)):
        series[week] += memory * series[week - 1]
    return series


def competitor_prices(last: Floats, climate: Climate, week: int, *, our_last: Floats) -> Floats:
    """Competitors' log price by category: slow, cost-driven, rarely a reaction to ours.

    `last` and `our_last` are last week's log prices of the competitors and of the company.
    """
    cost = of_categories("cost_exposure") * PASS_THROUGH * climate.green_cost[week]
    reaction = 0.12 * climate.competitor_reacts[week] * our_last
    return np.asarray(0.6 * last + 0.4 * cost + reaction + climate.competitor_noise[week])
