"""Books of cafés that pour our coffee: what posts to the neighborhood did to their quiet days.

`cafe_weeks` has a row per week and café. The first café posted each week of one year; in the year
after it, all of them posted in weeks that were drawn, one of each two. Season and the town move all
cafés, each in its own degree. The table only observes: it is drawn from streams of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import pdtrik

from mktlab.market.draws import Flags, Floats, Ints, normals, uniforms
from mktlab.market.observed.sales import days, labels
from mktlab.market.state import History

NAMED = (
    *("Nadia", "Zinc", "Canopée", "Deux-Quais", "Lumière", "Traboule", "Carreau"),
    *("Atelier", "Passerelle", "Kiosque", "Verrière", "Perchoir", "Ardoise"),
)
"""The first is the one of the lesson; the others gave their books from the start."""
CAFES = (*NAMED, *(f"Café-{number}" for number in range(len(NAMED) + 1, 101)))
OWN = 60.0  # bookings of the first café for its quiet days, a week
SMALLEST, LARGEST = 10.0, 70.0  # of the others
DONORS_LARGEST = 80.0  # of those that gave their books from the start, and their smallest half
ALWAYS, LOT, OVER = 52, 104, 156  # weeks: posts each week, posts by lot, no more
COST = 120.0  # of a week of posts
LIFT_LOW, LIFT_WIDE = 0.105, 0.02  # log of bookings with posts over those without
COVERS = 2.6  # people a booking
LEAVES = 8.4  # euros that one of them leaves, at a café in the middle
LEAVES_SPREAD = 0.35  # in logs, up and down
GROWTH, GROWN, GROWS = 0.16, 54, 5.0  # what the new tram brings in logs; its week; weeks it takes
_COLD, _WARM, _TOWN = 0.12, 0.08, 0.006
PEOPLE = " ".join(("cafe", "sizes"))  # the names of the draws: nobody reads them
WEEKLY = " ".join(("cafe", "weeks"))


class _Cafes(NamedTuple):
    """What each café is like."""

    size: Floats
    leaves: Floats
    answers: Floats  # to the cold, the warm season and the town: (3, cafés)
    lift: float


def _cafes(seed: int) -> _Cafes:
    size = len(CAFES)
    lot = uniforms(seed, PEOPLE, 1 + 6 * size)
    cafes = lot[1:].reshape(6, size)
    steps = np.argsort(cafes[0, 1:]) + cafes[1, 1:]
    others = SMALLEST * (LARGEST / SMALLEST) ** (steps / (size - 1))
    donors = slice(1, len(NAMED))
    sizes = np.concatenate([[OWN * (0.92 + 0.16 * cafes[1, 0])], others])
    sizes[donors] = DONORS_LARGEST / 2 * 2 ** cafes[1, donors]
    leaves = LEAVES * np.exp(LEAVES_SPREAD * (2 * cafes[2] - 1))
    leaves[0] = LEAVES
    answers = np.stack([0.5 + cafes[3], cafes[4], 0.5 + cafes[5]])
    answers[:, 0] = 1.0, 0.5, 1.1
    return _Cafes(sizes, leaves, answers, float(np.expm1(LIFT_LOW + LIFT_WIDE * lot[0])))


def usual(seed: int, weeks: int) -> Floats:
    """Bookings expected without posts: (weeks, cafés).

    >>> usual(1, 5).shape
    (5, 100)
    """
    cafes, week = _cafes(seed), np.arange(weeks)
    walk = [normals(uniforms(seed, WEEKLY, 1, week=int(w)))[0] for w in week]
    town = GROWTH / (1 + np.exp((GROWN - week) / GROWS)) + _TOWN * np.cumsum(walk)
    cold, warm = _COLD * np.cos(2 * np.pi * week / 52), -_WARM * np.cos(2 * np.pi * week / 52)
    moved = np.stack([cold, warm, town], axis=1) @ cafes.answers
    return np.asarray(cafes.size * np.exp(moved))


def _posts(seed: int, weeks: int) -> Flags:
    """Whether each café posted: (weeks, cafés)."""
    on = np.zeros((weeks, len(CAFES)), dtype=np.bool_)
    on[ALWAYS:LOT, 0] = True
    for week in range(LOT, min(weeks, OVER)):
        first = (week - LOT) % 2 == 0
        lot = uniforms(seed, " ".join(("cafe", "lot")), len(CAFES), week=week - (not first))
        on[week] = (lot < 0.5) == first
    return on


def cafe_weeks(history: History) -> pd.DataFrame:
    """The books: a row per week and café."""
    seed, weeks = history.seed, len(history.weeks)
    cafes, on, mean = _cafes(seed), _posts(seed, weeks), usual(seed, weeks)
    mean = mean * np.where(on, 1 + cafes.lift, 1.0)
    size = len(CAFES)
    lot = [uniforms(seed, WEEKLY, 1 + 3 * size, week=w)[1:] for w in range(weeks)]
    luck = np.array(lot).reshape(weeks, 3, size)
    bookings = _poisson(luck[:, 0], mean)
    covers = bookings + _poisson(luck[:, 1], np.maximum((COVERS - 1) * bookings, 1e-9))
    margin = covers * cafes.leaves * np.exp(0.04 * normals(luck[:, 2]))
    week, cafe = np.nonzero(
        (np.arange(weeks)[:, None] >= LOT) | (np.arange(size) < len(NAMED))[None]
    )
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "cafe": labels(CAFES, cafe),
            "posts_on": on[week, cafe],
            "drawn": (week >= LOT) & (week < OVER),
            "bookings": bookings[week, cafe],
            "covers": covers[week, cafe],
            "margin": margin[week, cafe].round(2),
            "cost": np.where(on[week, cafe], COST, 0.0),
        }
    )


def _poisson(luck: Floats, mean: Floats) -> Ints:
    return np.asarray(np.ceil(pdtrik(luck, mean)).clip(0), dtype=np.int64)


def gains(history: History) -> pd.DataFrame:
    """What posts in each week of a year like the last one bring to each café."""
    cafes = _cafes(history.seed)
    bookings = usual(history.seed, len(history.weeks))[-52:].mean(axis=0)
    each = COVERS * cafes.leaves * np.exp(0.04**2 / 2)
    return pd.DataFrame(
        {
            "cafe": CAFES,
            "bookings": bookings,
            "lift": cafes.lift,
            "margin_per_booking": each,
            "cost": COST,
            "gain_52w": 52 * (bookings * cafes.lift * each - COST),
        }
    )
