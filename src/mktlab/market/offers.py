"""Offers to groups of customers: what each mechanic does to the orders of those who get it.

An offer runs `RUNS` weeks of every `EVERY`. It goes to customers by their purchases in the 26 weeks
before (`mix.BUYERS`), which a marketer can see. In its weeks it multiplies their orders; in the
weeks after, a discount that filled the shelf at home lowers them, and a voucher raises them.
Whoever buys little has most to add, and whoever buys much would have come anyway (`reach`).

The market as usual has no offer. `act` is the door by which `promotion.offer` changes the weeks;
nothing is drawn here. `observed.offers` writes the log of a randomized test of all mechanics.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.demand import ORDERS_PER_SATISFACTION
from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, Ints
from mktlab.market.state import History
from mktlab.market.world import SEGMENTS
from mktlab.plan.mix import BUYERS, Mix

EVERY, RUNS = 8, 2  # weeks from one offer to the next, and weeks that one lasts
LOOK_BACK = 26  # weeks whose purchases make the groups
LEAST: Ints = np.array([1, 2, 4])  # purchases in them, by group


class Mechanic(NamedTuple):
    """What an offer does, and what it costs."""

    during: float  # orders more, as a share, in its weeks, of who is reached
    after: float  # in the weeks until the next one
    sales: float  # of the sales in its weeks that it gives away
    order: float  # euros that each order in its weeks costs
    voucher: float  # euros off the first order after its weeks
    reach: tuple[float, ...]  # of each group, for `during` and for a voucher
    taste: tuple[float, ...]  # of each segment, for both


OFFERS = {
    "cut": Mechanic(2.60, -0.22, 0.16, 0.0, 0.0, (1.0, 0.5, 0.05), (0.7, 1.0, 1.5, 0.9, 0.7)),
    "bundle": Mechanic(0.80, -0.16, 0.15, 0.0, 0.0, (1.0, 0.5, 0.1), (0.9, 1.1, 1.3, 0.9, 0.6)),
    "voucher": Mechanic(0.0, 0.14, 0.0, 0.0, 5.0, (1.0, 0.5, 0.05), (0.8, 1.1, 1.2, 1.0, 0.8)),
    "gift": Mechanic(1.90, 0.0, 0.0, 5.0, 0.0, (1.0, 0.25, 0.02), (1.2, 0.9, 0.7, 1.0, 1.5)),
    "points": Mechanic(0.60, 0.0, 0.021, 0.0, 0.0, (0.25, 1.0, 0.06), (1.0, 1.0, 0.9, 1.2, 0.6)),
}
"""Mechanic -> what it does, in the order of `mix.MECHANICS`; assumptions of the market."""


def groups(history: History, week: int) -> Ints:
    """Position in `BUYERS` of each person on a week's Monday; -1 without a purchase of late."""
    past = history.weeks[max(week - LOOK_BACK, 0) : week]
    some = [w.orders.person[~w.orders.cancelled] for w in past]
    none = np.zeros(0, dtype=np.int64)
    count = np.bincount(np.concatenate([none, *some]), minlength=len(history.people))
    return np.asarray(np.searchsorted(LEAST, count, side="right") - 1)


def ratios(name: str, segment: Ints, group: Ints) -> tuple[Floats, Floats]:
    """Orders with the offer over those without: in its weeks, and in those after.

    >>> during, after = ratios("cut", np.array([2, 2]), np.array([0, 2]))  # bargain hunters
    >>> during.round(3).tolist(), after.round(3).tolist()
    ([4.9, 1.195], [0.78, 0.78])
    """
    offer = OFFERS[name]
    taste = np.array(offer.taste)[segment] * np.array(offer.reach)[group]
    later = taste if offer.after > 0 else np.ones_like(taste)  # shelves fill alike
    return 1 + offer.during * taste, 1 + offer.after * later


def _rates(history: History) -> Floats:
    """Orders of each person that a week without an offer would bring, nearly."""
    people, state = history.people, history.state
    rate = people.order_rate * (state.customer & ~state.paused)
    if history.weeks:
        rate = rate * history.weeks[-1].demand.total[people.segment, people.zone]
    return np.asarray(rate * np.exp(ORDERS_PER_SATISFACTION * (state.satisfaction - 7)))


def _order_values(history: History) -> Floats:
    """Sales of a mean order in euros, by segment, in the weeks that make the groups."""
    amount, count = np.zeros(len(SEGMENTS)), np.full(len(SEGMENTS), 1e-9)
    for past in history.weeks[-LOOK_BACK:]:
        segment = history.people.segment[past.orders.person]
        euros = past.lines.quantity * past.lines.unit_cents / 100
        amount += np.bincount(segment[past.lines.order], weights=euros, minlength=len(amount))
        count += np.bincount(segment, minlength=len(count))
    return np.asarray(amount / count)


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What the plan's offers do to a week."""
    if not mix.promotion.offer:
        return Nudge()
    people, since = history.people, week % EVERY
    group, rate, cost = groups(history, week - since), _rates(history), 0.0
    lift = np.zeros(len(people))
    for name, mechanic in mix.promotion.offer.items():
        who = np.flatnonzero(group == BUYERS.index(name))
        offer, segment = OFFERS[mechanic], people.segment[who]
        ratio = ratios(mechanic, segment, group[who])[since >= RUNS]
        lift[who] = np.log(ratio)
        orders = rate[who] * ratio
        if since < RUNS:
            cost += offer.sales * float((orders * _order_values(history)[segment]).sum())
            cost += offer.order * float(orders.sum())
        else:  # a voucher is used once
            first = np.exp(-orders * (since - RUNS)) * -np.expm1(-orders)
            cost += offer.voucher * float(first.sum())
    return Nudge(orders=lift, accounts={"offers": -cost})
