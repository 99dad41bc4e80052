"""Replies to reviews: the toss of a coin decided which reviews the company answered.

`review_replies` writes the log, `gains` is its truth. The table only observes, as `suggestions`
does: which reviews were answered is drawn *given* who came back (Bayes' rule), with the chances of
a market in which they had been answered first. So the law of both is that of a randomized test, and
no other table changes. That an answer moves the unhappy most is what Gu and Ye (2014) found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, uniforms
from mktlab.market.observed import opinions
from mktlab.market.observed.sales import bought, days
from mktlab.market.state import History

WITHIN = 56  # days after the review in which a purchase counts
ANSWERED = 0.5
GAIN: Floats = np.array([0.32, 0.32, 0.16, 0.03, 0.02])
"""By stars, the share that an answer brings back of those who would not have come back."""
_BEFORE = (1, 3, 8)  # orders before the review, at most
_ALIVE: Floats = np.array([0.85, 0.97, 0.97, 1.05])  # by these, for a customer's own rate
_LEAST, _MOST = 0.2, 0.97  # chance to come back, whether answered or not


class _Reviews(NamedTuple):
    """One entry per review whose writer is known, by day; those of the last weeks too."""

    number: Ints  # of the review, among all
    person: Ints
    day: Ints
    stars: Ints
    back: Flags  # bought again in time
    chance: Floats  # to do so, on average over answered or not


def _written(history: History) -> _Reviews:
    wrote, day = opinions.reviewed(history)
    number = np.flatnonzero(wrote.lot[:, 2] < opinions.VERIFIED)
    person, day = wrote.person[number], day[number]
    orders, _ = bought(history)
    paid = ~orders.cancelled
    span = 7 * len(history.weeks) + WITHIN + 1
    when = np.sort(orders.person[paid] * span + orders.day[paid])

    def until(last: Ints) -> Ints:
        """Orders of each writer up to a day."""
        first = np.searchsorted(when, person * span)
        return (
            np.searchsorted(when, person * span + np.minimum(last, span - 1), side="right") - first
        )

    before = until(day)
    alive = _ALIVE[np.searchsorted(_BEFORE, before)]
    rate = -np.expm1(-history.people.order_rate[person] * WITHIN / 7)
    return _Reviews(
        number=number,
        person=person,
        day=day,
        stars=wrote.stars[number],
        back=until(day + WITHIN) > before,
        chance=np.clip(alive * rate, _LEAST, _MOST),
    )


def review_replies(history: History) -> pd.DataFrame:
    """The log: a row per review whose writer is known."""
    told = _written(history)
    gain, without = GAIN[told.stars - 1], _without(told)
    if_back = ANSWERED * (without + (1 - without) * gain) / told.chance
    if_not = ANSWERED * (1 - gain) / (1 - ANSWERED * gain)
    luck = np.empty(len(told.day))
    for week in np.unique(told.day // 7):  # so that later weeks and persons change none
        now = told.day // 7 == week
        lot = uniforms(history.seed, "replies", len(history.people), week=int(week))
        luck[now] = lot[told.person[now]]
    return pd.DataFrame(
        {
            "review_id": opinions.review_ids(told.number),
            "date": days(told.day),
            "held_out": luck >= np.where(told.back, if_back, if_not),
        }
    )


def _without(told: _Reviews) -> Floats:
    """Chance to come back unanswered."""
    part = ANSWERED * GAIN[told.stars - 1]
    return np.asarray((told.chance - part) / (1 - part))


def gains(history: History) -> pd.DataFrame:
    """What an answer does by stars, expected over the reviews of the log."""
    told = _written(history)
    without, stars = _without(told), np.arange(1, 6)
    size = np.bincount(told.stars, minlength=6)[1:]
    mean = np.bincount(told.stars, weights=without, minlength=6)[1:] / np.maximum(size, 1)
    extra = (1 - mean) * GAIN
    return pd.DataFrame(
        {
            "stars": stars,
            "reviews": size,
            "back_without": 100 * mean,
            "back_with": 100 * (mean + extra),
            "extra": 100 * extra,
        }
    )
