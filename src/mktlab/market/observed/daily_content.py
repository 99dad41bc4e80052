"""A hundred days of posts, the press and tastings: what an agency sold, and what it did.

`content_days` has a row per day at a delivery partner that lists our coffee: posts, who saw them
and orders. The posts of the hundred days follow the news, weekends and the town's mood, as orders
do; in the weeks of the draw, chance alone said which day had posts. `press` lists the articles,
most of them about launches. `field_events` has places and months with a tasting or without. The
tables only observe: they are drawn from streams of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import pdtrik

from mktlab.market.draws import Flags, Floats, Ints, normals, uniforms
from mktlab.market.observed.sales import days, labels
from mktlab.market.state import History
from mktlab.resources import declared

FIRST, HUNDRED, DRAW, OVER = 560, 609, 735, 987  # days of the market
DAYS = 100  # that the agency sold
A_DAY = 5  # posts of a day with posts by lot
POST_COST = 20.0
LAGS = (0.5, 0.25, 0.15, 0.10)  # of what a post brings: that day, and the three after it
POST_LOW, POST_WIDE = 0.7, 0.6  # orders that a post brings in all
MARGIN, MARGIN_SPREAD = 6.50, 0.03  # that an order leaves
ORDERS = 95.0  # a day, without posts
SEASON, TOP = 0.22, 350  # height in logs, and the day of the year at which it is highest
WEEKDAYS = np.array([-0.05, -0.08, -0.04, 0.0, 0.06, 0.16, 0.12])
LAUNCHES, LAUNCH_DAYS, LAUNCH = (592, 651, 762, 851, 935), 7, 0.25
MOOD, STAYS = 0.07, 0.8  # of the town from day to day: spread in logs, and what stays of it
FOLLOWS, WEEKEND = 1.6, 1.2  # posts more for a mood of one spread, and on a weekend

PRESS_LAGS = (0.6, 0.3, 0.1)
PRESS_LOW, PRESS_WIDE = 2.0, 2.0  # orders that 100,000 readers bring
PRESS_COST = 6_000.0  # a year
ARTICLES, ARTICLES_OF_LAUNCH = 0.08, 1.0  # a day
READERS, READERS_SPREAD = 45_000.0, 0.8  # the article in the middle, and spread in logs
AVE = 0.012  # euros of advertising space for a reader
TONES = ("positive", "neutral", "negative")
_SAID = declared("market/observed/press.toml")
OUTLETS, TITLES, OTHERS = (tuple(_SAID[name]) for name in ("outlets", "launches", "others"))

PLACES = tuple(f"Market-{number}" for number in range(1, 41))
FIRST_TASTING, MONTH, MONTHS, ASKED = 565, 28, 12, 4  # days; months, of them without a draw
TASTINGS = 13  # a year
VISITORS_LOW, VISITORS_HIGH, VISITORS_SPREAD = 300.0, 2_600.0, 0.12
BAGS_LOW, BAGS_HIGH, BAGS_SPREAD = 50.0, 220.0, 0.06  # in four weeks without a tasting
TASTED_LOW, TASTED_WIDE = 0.042, 0.016  # bags that a visitor of that day buys more in four weeks
OFFER, OFFERS = (
    0.4,
    0.3,
)  # what a price-off of the place adds in logs, and how often; none in the draw
BAG_MARGIN, TASTING_COST = 4.20, 220.0
STREAM = " ".join(("daily", "content"))  # the name of the draws: nobody reads it


class _Brings(NamedTuple):
    """What this market has drawn."""

    post: float
    readers: float  # orders of 100,000 of them
    tasted: float


def brings(seed: int) -> _Brings:
    """Orders of a post and of 100,000 readers, and bags of a visitor of a tasting."""
    lot = uniforms(seed, STREAM, 3)
    return _Brings(
        POST_LOW + POST_WIDE * float(lot[0]),
        PRESS_LOW + PRESS_WIDE * float(lot[1]),
        TASTED_LOW + TASTED_WIDE * float(lot[2]),
    )


def _lot(seed: int, what: str, size: int) -> Floats:
    """Numbers of a stream of its own: (days of the table, size)."""
    some = [uniforms(seed, " ".join((STREAM, what)), size, week=day) for day in range(FIRST, OVER)]
    return np.array(some)


def mood(seed: int) -> Floats:
    """What moves orders of a day that no calendar knows, in spreads."""
    step, now = normals(_lot(seed, "mood", 1)[:, 0]), np.empty(OVER - FIRST)
    now[0] = step[0]
    for day in range(1, len(now)):
        now[day] = STAYS * now[day - 1] + np.sqrt(1 - STAYS**2) * step[day]
    return now


def launches() -> Flags:
    """Days of the week after a launch.

    >>> int(launches().sum())
    35
    """
    day = np.arange(FIRST, OVER)[:, None] - np.array(LAUNCHES)
    return np.asarray(((day >= 0) & (day < LAUNCH_DAYS)).any(axis=1))


def posts(seed: int) -> Ints:
    """Posts of each day."""
    day, lot = np.arange(FIRST, OVER), _lot(seed, "posts", 2)
    wish = 3.0 + FOLLOWS * mood(seed) + WEEKEND * (day % 7 >= 5) + 0.8 * normals(lot[:, 0])
    sold = np.rint(wish).clip(0, 8)
    usual = lot[:, 1] < 0.4
    by_lot = A_DAY * (lot[:, 1] < 0.5)
    of_the_hundred = (day >= HUNDRED) & (day < HUNDRED + DAYS)
    number = np.where(day >= DRAW, by_lot, np.where(of_the_hundred, sold, usual))
    return np.asarray(number, dtype=np.int64)


def _press(seed: int) -> pd.DataFrame:
    """All articles of the time, by day (counted from `FIRST`)."""
    lot = _lot(seed, "press", 12)
    mean = np.where(launches(), ARTICLES_OF_LAUNCH, ARTICLES)
    number = np.minimum(_poisson(lot[:, 0], mean), 2)
    day, place = np.nonzero(np.arange(2) < number[:, None])
    mine = lot[:, 1:11].reshape(-1, 2, 5)[day, place]
    readers = READERS * np.exp(READERS_SPREAD * normals(mine[:, 0]))
    new = (mine[:, 1] * len(TITLES)).astype(np.int64)
    old = (mine[:, 1] * len(OTHERS)).astype(np.int64)
    launch = launches()[day]
    return pd.DataFrame(
        {
            "day": day,
            "title": labels(TITLES + OTHERS, np.where(launch, new, len(TITLES) + old)),
            "outlet": labels(OUTLETS, (mine[:, 2] * len(OUTLETS)).astype(np.int64)),
            "launch": launch,
            "audience": np.rint(readers / 100).astype(np.int64) * 100,
            "tone": labels(TONES, np.searchsorted([0.45, 0.9], mine[:, 3], side="right")),
            "ave": np.rint(readers * AVE * np.exp(0.2 * normals(mine[:, 4]))),
        }
    )


def expected(seed: int) -> Floats:
    """Orders expected of each day."""
    day, table, drawn = np.arange(FIRST, OVER), _press(seed), brings(seed)
    season = SEASON * np.cos(2 * np.pi * (day % 365 - TOP) / 365)
    usual = ORDERS * np.exp(
        season + WEEKDAYS[day % 7] + LAUNCH * launches() + MOOD * mood(seed) - MOOD**2 / 2
    )
    readers = np.bincount(table["day"], table["audience"] / 100_000, minlength=len(day))
    of_posts = np.convolve(posts(seed), LAGS)[: len(day)] * drawn.post
    of_press = np.convolve(readers, PRESS_LAGS)[: len(day)] * drawn.readers
    return np.asarray(usual + of_posts + of_press)


def _seen(history: History) -> int:
    """Days of the table that this market has lived."""
    return int(np.clip(7 * len(history.weeks) - FIRST, 0, OVER - FIRST))


def content_days(history: History) -> pd.DataFrame | None:
    """The log of the days at the delivery partner."""
    seed, seen = history.seed, _seen(history)
    if not seen:
        return None
    day, number, lot = np.arange(FIRST, OVER), posts(seed), _lot(seed, "days", 4)
    reach = number * 9_000 * np.exp(0.35 * mood(seed) + 0.4 * normals(lot[:, 0]))
    likes = reach * 0.02 * np.exp(0.3 * normals(lot[:, 1]))
    orders = _poisson(lot[:, 2], expected(seed))
    table = pd.DataFrame(
        {
            "date": days(day),
            "posts": number,
            "drawn": day >= DRAW,
            "launch": launches(),
            "reach": np.rint(reach).astype(np.int64),
            "likes": np.rint(likes).astype(np.int64),
            "orders": orders,
            "margin": (orders * MARGIN * np.exp(MARGIN_SPREAD * normals(lot[:, 3]))).round(2),
            "cost": POST_COST * number,
        }
    )
    return table.head(seen)


def press(history: History) -> pd.DataFrame | None:
    """The articles, as the agency clips them."""
    if not _seen(history):
        return None
    table = _press(history.seed)
    table = table[table["day"] < _seen(history)]
    table.insert(0, "date", days(FIRST + table["day"].to_numpy()))
    return table.drop(columns="day").reset_index(drop=True)


class _Places(NamedTuple):
    """What each place is like."""

    visitors: Floats
    bags: Floats


def _places(seed: int) -> _Places:
    size = len(PLACES)
    lot = uniforms(seed, " ".join((STREAM, "places")), 3 * size).reshape(3, size)
    steps = (np.argsort(lot[0]) + lot[1]) / size
    visitors = VISITORS_LOW * (VISITORS_HIGH / VISITORS_LOW) ** steps
    return _Places(visitors, BAGS_LOW * (BAGS_HIGH / BAGS_LOW) ** lot[2])


def field_events(history: History) -> pd.DataFrame | None:
    """Places and months, with a tasting on the Saturday of the date or without."""
    starts = FIRST_TASTING + MONTH * np.arange(MONTHS)
    seen = int((starts + MONTH <= 7 * len(history.weeks)).sum())
    if not seen:
        return None
    size, seed, place = len(PLACES), history.seed, _places(history.seed)
    lot = np.array(
        [uniforms(seed, " ".join((STREAM, "months")), 5 * size, week=m) for m in range(MONTHS)]
    )
    lot = lot.reshape(MONTHS, 5, size)
    offer = (lot[:, 0] < OFFERS) & (np.arange(MONTHS) < ASKED)[:, None]
    held = lot[:, 1] < np.where(offer, 0.9, 0.1)
    for month in range(ASKED, MONTHS):
        first = (month - ASKED) % 2 == 0
        held[month] = (lot[month - (not first), 1] < 0.5) == first
    visitors = np.rint(place.visitors * np.exp(VISITORS_SPREAD * normals(lot[:, 2])))
    season = SEASON * np.cos(2 * np.pi * ((starts + 14) % 365 - TOP) / 365)
    usual = np.exp(season[:, None] + OFFER * offer + BAGS_SPREAD * normals(lot[:, 3]))
    bags = _poisson(lot[:, 4], place.bags * usual + held * visitors * brings(seed).tasted)
    at, which = np.nonzero(np.ones((seen, size)))
    return pd.DataFrame(
        {
            "date": days(starts[at]),
            "place": labels(PLACES, which),
            "tasting": held[at, which],
            "drawn": at >= ASKED,
            "visitors": visitors[at, which].astype(np.int64),
            "bags": bags[at, which],
            "margin": (BAG_MARGIN * bags[at, which]).round(2),
            "cost": np.where(held[at, which], TASTING_COST, 0.0),
        }
    )


def _poisson(luck: Floats, mean: Floats) -> Ints:
    return np.asarray(np.ceil(pdtrik(luck, np.maximum(mean, 1e-9))).clip(0), dtype=np.int64)


def lags(history: History) -> pd.DataFrame:
    """Orders that a post and 100,000 readers bring on the day, and on the days after it."""
    drawn = brings(history.seed)
    of_press = np.array([*PRESS_LAGS, 0.0])
    return pd.DataFrame(
        {
            "lag": np.arange(len(LAGS)),
            "orders_per_post": np.array(LAGS) * drawn.post,
            "orders_per_100k_readers": of_press * drawn.readers,
        }
    )


def gains(history: History) -> pd.DataFrame:
    """What a year of each thing brings, and costs."""
    drawn, place = brings(history.seed), _places(history.seed)
    launch = 4 * LAUNCH_DAYS
    articles = launch * ARTICLES_OF_LAUNCH + (365 - launch) * ARTICLES
    readers = articles * READERS * np.exp(READERS_SPREAD**2 / 2) / 100_000
    visitors = place.visitors * np.exp(VISITORS_SPREAD**2 / 2)
    each = MARGIN * np.exp(MARGIN_SPREAD**2 / 2)
    amount = np.array([365.0 * A_DAY, readers, *(TASTINGS * visitors)])
    effect = np.array([drawn.post, drawn.readers, *np.full(len(PLACES), drawn.tasted)])
    margin = np.array([each, each, *np.full(len(PLACES), BAG_MARGIN)])
    yearly = [365 * A_DAY * POST_COST, PRESS_COST, *np.full(len(PLACES), TASTINGS * TASTING_COST)]
    cost = np.array(yearly)
    table = {"what": ("posts", "press", *PLACES), "amount_52w": amount, "effect": effect}
    told = pd.DataFrame(table).assign(margin_each=margin, cost_52w=cost)
    return told.assign(gain_52w=amount * effect * margin - cost)
