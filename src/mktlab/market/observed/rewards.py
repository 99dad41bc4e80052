"""A year of rewards for good customers, one at random for each, and the truth about them.

In week `DRAWN` a draw gave each customer who had bought of late a discount on all that she buys, a
gift in the first parcels, content that nobody else gets, or nothing. `reward_test` has what she
bought in the year after it. The table only observes: the reward is drawn *given* the year that came
(Bayes' rule), so that among those who had bought alike before, the margin of each reward stands to
that of none as the market has drawn for it. So the law of both is that of a randomized test, and no
other table changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, choices, uniforms
from mktlab.market.observed.sales import bought, customer_ids, days, labels
from mktlab.market.state import History
from mktlab.market.world import COST_CENTS

DRAWN, LASTS, LOOK_BACK = 104, 52, 26  # weeks
REWARDS = ("none", "discount", "gift", "content")
RATIOS = ((1.0, 1.0), (1.10, 1.30), (1.08, 1.28), (1.0, 1.12))
"""Margin with each reward over that with none: in a market somewhere between the two."""
DISCOUNT, GIFT, GIFTS, CONTENT = 0.10, 3.50, 2, 1.20
"""Share of sales; what a gift costs, and how many at most; what a year of content costs."""
CLASSES = (1, 2, 3, 5, 9)  # purchases before, from which a class of buyers begins
LEAST = 0.05  # of the usual chance of a reward
STREAM = "reward test"


class _Year(NamedTuple):
    """One entry per customer who was drawn, by person: what she bought in the year after it."""

    person: Ints
    cell: Ints  # who bought alike before
    purchases: Ints
    sales: Floats  # euros, after refunds
    margin: Floats


def year_after(history: History) -> _Year | None:
    """Who had bought of late, and what she bought then; nothing in a short market."""
    if len(history.weeks) < DRAWN + LASTS:
        return None
    orders, lines = bought(history)
    size, sums = len(history.people), len(orders.person)
    amount = np.bincount(lines.order, lines.quantity * lines.unit_cents, minlength=sums)
    goods = np.bincount(lines.order, lines.quantity * COST_CENTS[lines.product], minlength=sums)
    kept = np.rint(amount - np.rint(orders.refund_share * amount))
    counts, week = ~orders.cancelled & (kept > 0), orders.day // 7
    past = counts & (week >= DRAWN - LOOK_BACK) & (week < DRAWN)
    before = np.bincount(orders.person[past], minlength=size)
    now = counts & (week >= DRAWN) & (week < DRAWN + LASTS)
    person = orders.person[now]
    who = np.flatnonzero(before)
    group = np.searchsorted(CLASSES, before[who], side="right")
    return _Year(
        person=who,
        cell=history.people.segment[who] * (len(CLASSES) + 1) + group,
        purchases=np.bincount(person, minlength=size)[who],
        sales=np.bincount(person, kept[now], minlength=size)[who] / 100,
        margin=np.bincount(person, (kept - goods)[now], minlength=size)[who] / 100,
    )


def ratios(seed: int) -> Floats:
    """What this market has drawn for each reward."""
    low, high = np.array(RATIOS).T
    return np.asarray(low + (high - low) * uniforms(seed, STREAM + " sizes", len(REWARDS)))


def chances(history: History, year: _Year) -> Floats:
    """Chance of each reward, given the year that came: (customers, rewards)."""
    wanted = ratios(history.seed)
    wanted = wanted / wanted.mean() - 1
    chance = np.ones((len(year.person), len(REWARDS)))
    for cell in np.unique(year.cell):
        some = year.cell == cell
        mean, variance = year.margin[some].mean(), year.margin[some].var()
        if variance > 0:
            gap = (year.margin[some] - mean) * mean / variance
            chance[some] = np.maximum(1 + gap[:, None] * wanted, LEAST)
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def costs(year: _Year) -> Floats:
    """What each reward costs for each customer, in euros: (customers, rewards)."""
    gifts = GIFT * np.minimum(year.purchases, GIFTS)
    each = (0 * year.sales, DISCOUNT * year.sales, gifts, 0 * year.sales + CONTENT)
    return np.column_stack(each)


def reward_test(history: History) -> pd.DataFrame | None:
    """The log: a row per customer who was drawn."""
    year = year_after(history)
    if year is None:
        return None
    luck = uniforms(history.seed, STREAM, len(history.people), week=DRAWN)[year.person]
    reward = choices(luck, chances(history, year))
    cost = np.take_along_axis(costs(year), reward[:, None], axis=1)[:, 0]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(year.person),
            "drawn_date": days(np.full(len(reward), 7 * DRAWN)),
            "reward": labels(REWARDS, reward),
            "purchases": year.purchases,
            "margin": year.margin.round(2),
            "cost": cost.round(2),
        }
    )


def effects(history: History) -> pd.DataFrame | None:
    """What each reward brings: the mean over all draws that could have been."""
    year = year_after(history)
    if year is None:
        return None
    chance = chances(history, year)
    share = chance / chance.sum(axis=0)
    margin = (share * year.margin[:, None]).sum(axis=0)
    cost = (share * costs(year)).sum(axis=0)
    more = margin - margin[0]
    table = {"reward": labels(REWARDS, np.arange(len(REWARDS))), "margin": more, "cost": cost}
    return pd.DataFrame(table).assign(net=more - cost).iloc[1:].reset_index(drop=True)
