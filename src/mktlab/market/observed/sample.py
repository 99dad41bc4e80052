"""Whom the web shop's server logs: one person in seven, for the last eight weeks."""

from __future__ import annotations

import numpy as np

from mktlab.market.baskets import Orders
from mktlab.market.draws import Flags, uniforms
from mktlab.market.state import History
from mktlab.market.world import OUTLETS

SESSION_WEEKS = 8
SAMPLE = 1 / 7  # of people


def paid_on_the_web(orders: Orders) -> Flags:
    """Which orders end a visit to the web shop."""
    return np.asarray((orders.outlet == OUTLETS.index("web")) & ~orders.cancelled)


def in_sample(history: History) -> Flags:
    """One person in seven, drawn by lot among those who bought as often in the weeks logged.

    So the sample makes a seventh of the purchases, too. By lot among all, it would miss that by a
    twelfth, and by as much all its visits, of which conversion makes so many to each purchase.
    """
    lot = uniforms(history.seed, "web sample", len(history.people))
    weeks = [w.orders.person[paid_on_the_web(w.orders)] for w in history.weeks[-SESSION_WEEKS:]]
    bought = np.array([np.bincount(person, minlength=len(lot)) for person in weeks])
    here = np.flatnonzero(history.people.arrives_week < len(history.weeks))
    bought = bought[:, here]
    in_turn = here[np.lexsort((lot[here], *-bought, -bought.sum(axis=0)))]  # from who bought most
    sampled = np.zeros(len(lot), dtype=bool)
    sampled[in_turn[3 :: round(1 / SAMPLE)]] = True  # the middle one of every seven
    return sampled
