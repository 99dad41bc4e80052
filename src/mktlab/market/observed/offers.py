"""Promotions as the company lists them, and a randomized test of other mechanics.

`offers` has a row per promotion that the shelf had. In `offer_test`, a draw decided every eight
weeks which offer each customer who bought of late got, if any. Both only observe: the offer is
drawn *given* the orders that came (Bayes' rule), so that within each segment and group the orders
of those with it stand to the others' as the market's mechanics say (`market.offers`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, choices, uniforms
from mktlab.market.observed.sales import bought, customer_ids, days, labels, numbered
from mktlab.market.offers import EVERY, OFFERS, RUNS, groups, ratios
from mktlab.market.state import History
from mktlab.market.world import CATEGORIES
from mktlab.plan.mix import BUYERS, DEAL_WEEKS, MECHANICS

ROUNDS = 10
ARMS = ("none", *MECHANICS)
ODDS: Floats = np.array([0.25, *[0.15] * len(MECHANICS)])
STREAM = " ".join(("offer", "test"))  # the name of the draws: nobody reads it
MOST = (2, 4)  # orders that count when an offer is drawn: in its weeks, and after


def offers(history: History) -> pd.DataFrame:
    """A row per promotion, by start, then family."""
    off = np.array([week.prices.off for week in history.weeks])
    before = np.vstack([np.zeros(len(CATEGORIES)), off[:-1]])
    week, family = np.nonzero((off > 0) & (before == 0))
    return pd.DataFrame(
        {
            "offer_id": numbered("D", np.arange(1, len(week) + 1), 3),
            "mechanic": labels(("cut",), np.zeros(len(week), dtype=int)),
            "category": labels(tuple(c.name for c in CATEGORIES), family),
            "depth": off[week, family].round(3),
            "start_date": days(7 * week),
            "end_date": days(7 * (week + DEAL_WEEKS) - 1),
            "zones": labels(("all",), np.zeros(len(week), dtype=int)),
            "feature": np.full(len(week), True),
        }
    )


class _Turns(NamedTuple):
    """One entry per customer and round."""

    person: Ints
    week: Ints
    group: Ints
    during: Ints  # orders in the weeks of the offer
    after: Ints  # until the next round
    sales: Floats  # euros of the orders in its weeks


def turns(history: History) -> _Turns | None:
    """Who took part in which round, and what they ordered; nothing in a short market."""
    size, last = len(history.people), len(history.weeks) // EVERY * EVERY
    orders, lines = bought(history)
    cents = np.bincount(
        lines.order, weights=lines.quantity * lines.unit_cents, minlength=len(orders.person)
    )
    paid, when = ~orders.cancelled, orders.day // 7
    rows = []
    for week in range(max(last - EVERY * ROUNDS, EVERY), last, EVERY):
        group = groups(history, week)
        who = np.flatnonzero(group >= 0)
        now = paid & (when >= week) & (when < week + RUNS)
        later = paid & (when >= week + RUNS) & (when < week + EVERY)
        sums = np.bincount(orders.person[now], weights=cents[now], minlength=size)
        during, after = (
            np.bincount(orders.person[some], minlength=size)[who] for some in (now, later)
        )
        monday = np.full(len(who), week)
        rows.append(_Turns(who, monday, group[who], during, after, sums[who] / 100))
    return _Turns._make(map(np.concatenate, zip(*rows, strict=True))) if rows else None


def chances(history: History, told: _Turns) -> Floats:
    """Chance of each arm, given the orders: (turns, arms).

    It is linear in them, so that in each segment and group the mean orders of every arm are exactly
    those that its ratio says, and all arms together are what was ordered.
    """
    segment = history.people.segment[told.person]
    wanted = np.ones((2, len(segment), len(ARMS)))
    for place, name in enumerate(MECHANICS, start=1):
        wanted[..., place] = ratios(name, segment, told.group)
    wanted = wanted / (wanted @ ODDS)[..., None] - 1
    counts = np.array([told.during, told.after])
    seen = np.minimum(counts, np.array(MOST)[:, None]).astype(float)
    chance = np.empty((len(segment), len(ARMS)))
    cell = segment * len(BUYERS) + told.group
    for place in np.unique(cell):
        some = cell == place
        gap = seen[:, some] - seen[:, some].mean(axis=1, keepdims=True)
        move = seen[:, some].mean(axis=1, keepdims=True) * wanted[:, some][:, 0]
        slope = np.linalg.pinv(gap @ gap.T / max(some.sum(), 1)) @ move
        chance[some] = ODDS * np.maximum(1 + gap.T @ slope, 0.05)
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def offer_test(history: History) -> pd.DataFrame | None:
    """The log of the test: a row per customer and round."""
    told = turns(history)
    if told is None:
        return None
    chance = chances(history, told)
    luck = np.empty(len(told.person))
    for week in np.unique(told.week):
        now = told.week == week
        luck[now] = uniforms(history.seed, STREAM, len(history.people), week=int(week))[
            told.person[now]
        ]
    arm = choices(luck, chance)
    cost = np.zeros(len(arm))
    for place, offer in enumerate(OFFERS.values(), start=1):
        mine = offer.sales * told.sales + offer.order * told.during
        mine = mine + offer.voucher * (told.after > 0)
        cost = np.where(arm == place, mine, cost)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(told.person),
            "date": days(7 * told.week),
            "buyer": labels(BUYERS, told.group),
            "mechanic": labels(ARMS, arm),
            "cost": cost.round(2),
        }
    )
