"""Renewals of the box and the price that each was told: a randomized test and its truth.

Before each renewal of the last `ROUNDS` weeks a letter names the price of the next box, one of
`PRICES` at random. `box_price_test` writes the log. The table only observes, as `suggestions` does:
the price is drawn *given* who cancels (Bayes' rule), and the odds are such that all prices together
cancel as many as today's price alone. So the law of both is that of a randomized test, and no other
table changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market import crm
from mktlab.market.draws import Flags, Floats, Ints, choices, uniforms
from mktlab.market.observed.relations import subscription_spells
from mktlab.market.observed.sales import days, numbered
from mktlab.market.state import NEVER, History
from mktlab.plan.mix import BASE

ROUNDS = 104
PRICES: Floats = np.array([15.0, 23.0, 31.0])
ODDS: Floats = np.array([0.5, 0.149, 0.351])
RATIOS: Floats = np.array([crm.cancel_ratio(price / BASE.price.box) for price in PRICES])
"""Cancellations at each price over those at today's; with `ODDS`, 1 on average."""
USUAL = (0.076, 0.045)  # chance to cancel, at the first three renewals and later
_EARLY = 3
STREAM = " ".join(("box", "prices"))  # the name of the draws: nobody reads it


class _Renewals(NamedTuple):
    """One entry per renewal, by week, then contract."""

    spell: Ints
    person: Ints
    week: Ints
    number: Ints
    cancels: Flags


def renewals(history: History) -> _Renewals:
    """Every renewal that came up in the weeks of the test."""
    spells, end = subscription_spells(history), len(history.weeks)
    first = spells["first"].to_numpy(dtype=np.int64)
    last = spells["last"].fillna(end).to_numpy(dtype=np.int64)
    reason = spells["reason"].fillna(crm.RUNNING).to_numpy(dtype=np.int64)
    asked = np.isin(reason, (crm.CANCELLED, crm.FAILED))  # else the last week has no renewal
    parts = []
    for week in range(max(end - ROUNDS, 0), end):
        due = (first < week) & ((week - first) % crm.BOX_EVERY == 0)
        due &= (week < last) | ((week == last) & asked)
        some = np.flatnonzero(due)
        parts.append(
            _Renewals(
                spell=some,
                person=spells["person"].to_numpy(dtype=np.int64)[some],
                week=np.full(len(some), week),
                number=(week - first[some]) // crm.BOX_EVERY,
                cancels=(reason[some] == crm.CANCELLED) & (last[some] == week),
            )
        )
    return _Renewals._make(map(np.concatenate, zip(*parts, strict=True)))


def box_price_test(history: History) -> pd.DataFrame:
    """The log: a row per renewal."""
    told = renewals(history)
    usual = np.where(told.number <= _EARLY, *USUAL)[:, None]
    stays = (1 - usual * RATIOS) / (1 - usual)
    chances = ODDS * np.where(told.cancels[:, None], RATIOS, stays)
    luck = np.empty(len(told.week))
    for week in np.unique(told.week):  # so that later weeks and persons change none
        now = told.week == week
        lot = uniforms(history.seed, STREAM, len(history.people), week=int(week))
        luck[now] = lot[told.person[now]]
    picked = choices(luck, chances / chances.sum(axis=1, keepdims=True))
    return pd.DataFrame(
        {
            "subscription_id": numbered("S", told.spell + 1, 5),
            "date": days(7 * told.week),
            "price": PRICES[picked],
            "canceled": told.cancels,
        }
    )


def price_ratios(history: History) -> pd.DataFrame:
    """What each price does, over today's: to cancellations at a renewal, and to starts."""
    price = PRICES / BASE.price.box
    return pd.DataFrame(
        {
            "price": PRICES,
            "cancel_ratio": RATIOS,
            "start_ratio": [crm.start_ratio(float(each)) for each in price],
        }
    )


def renewal_chances(history: History) -> pd.DataFrame:
    """Why a contract ends at each renewal, as those who have one feel on the last day."""
    state, number = history.state, np.arange(1, 40)
    who = np.flatnonzero(state.box_since != NEVER)
    early = (len(history.weeks) - state.box_since[who]) // crm.BOX_EVERY < _EARLY
    mood = np.exp(-0.30 * (state.satisfaction[who] - 7))
    means = [float(mood[some].mean()) if some.any() else 1.0 for some in (early, ~early)]
    usual = crm.cancel_chance(number, np.zeros(len(number)))
    return pd.DataFrame(
        {
            "renewal": number,
            "canceled": usual * np.where(number <= _EARLY, *means),
            "payment_failed": np.full(len(number), crm.BOX_FAILURE),
        }
    )
