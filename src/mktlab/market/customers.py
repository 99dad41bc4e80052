"""What a week does to people: who comes, orders, joins, how they feel, who pauses and who leaves.

`move` brings new people to the town and takes others away. `count_orders` and `join` say who buys
this week, as drawn and as expected. Afterwards `restock` fills the shelves at home, `feel` moves
satisfaction, which `pulse` takes, and `leave` says who pauses, who returns and what is over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market import crm, service
from mktlab.market.baskets import MOST_ORDERS, Lines, Orders
from mktlab.market.demand import (
    DEAL_DEATH,
    PAUSE_SHARE,
    PROMOTION_SHOPPERS,
    RETURN,
    SATISFACTION_NOISE,
    SATISFACTION_PULL,
    STOCK_KEPT,
    STOCK_MOST,
    Conditions,
    Demand,
    joining_rate,
    leaving_chance,
    net_promoters,
    one_time_chance,
    order_rate,
)
from mktlab.market.draws import Flags, Floats, Ints, mean_of_poissons, normals, poissons, uniforms
from mktlab.market.state import History, Pulse, State
from mktlab.market.world import SEGMENTS, ZONES, People


class Repeat(NamedTuple):
    """Orders of customers: as drawn, by person, and as expected, by (segment, zone)."""

    drawn: Ints
    expected: Floats  # orders
    weighted: Floats  # orders times basket size
    members: float  # expected orders of members of the loyalty program


class New(NamedTuple):
    """Newcomers, one order each: as drawn, and as expected, by (segment, zone)."""

    person: Ints
    expected: Floats  # orders
    weighted: Floats  # orders times basket size
    members: float  # expected orders of members of the loyalty program


def by_cell(people: People, who: Ints, number: Floats) -> Floats:
    """Sums over the persons `who`: (segments, zones)."""
    cell = people.segment[who] * len(ZONES) + people.zone[who]
    total = np.bincount(cell, weights=number, minlength=len(SEGMENTS) * len(ZONES))
    return np.asarray(total.reshape(len(SEGMENTS), len(ZONES)))


def move(history: History, week: int) -> None:
    """New people arrive in town, and some prospects live elsewhere from now on."""
    people, state = history.people, history.state
    if week:
        state.prospect |= people.arrives_week == week
    state.prospect &= people.moves_week > week


def count_orders(history: History, week: int, demand: Demand, now: Conditions) -> Repeat:
    """Orders of each customer this week, and how many were expected."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer & ~state.paused)
    rate = order_rate(
        people,
        who,
        demand,
        satisfaction=state.satisfaction,
        promotion_stock=state.promotion_stock,
        conditions=now,
    )
    count = np.zeros(len(people), dtype=np.int64)
    chance = uniforms(history.seed, "orders", len(people), week=week)[who]
    count[who] = poissons(chance, rate, most=MOST_ORDERS)
    mean = mean_of_poissons(rate, most=MOST_ORDERS)
    return Repeat(
        drawn=count,
        expected=by_cell(people, who, mean),
        weighted=by_cell(people, who, mean * people.basket_size[who]),
        members=float(mean[people.loyalty_member[who]].sum()),
    )


def join(history: History, demand: Demand, now: Conditions) -> New:
    """Prospects whose patience runs out become customers; they order at once."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.prospect)
    rate = joining_rate(people, who, demand, conditions=now)
    state.exposure[who] += rate
    joined = who[state.exposure[who] > people.patience[who]]
    state.prospect[joined] = False
    state.customer[joined] = True
    chance = -np.expm1(-rate)
    return New(
        person=joined,
        expected=by_cell(people, who, chance),
        weighted=by_cell(people, who, chance * people.basket_size[who]),
        members=float(chance[people.loyalty_member[who]].sum()),
    )


def restock(history: History, orders: Orders, lines: Lines) -> None:
    """Shelves at home empty a little and fill with what was bought on promotion."""
    state = history.state
    bought = np.unique(lines.order[(lines.promotion_cents > 0) & ~orders.cancelled[lines.order]])
    state.promotion_stock *= STOCK_KEPT
    state.promotion_stock[np.unique(orders.person[bought])] += 1.0
    np.minimum(state.promotion_stock, STOCK_MOST, out=state.promotion_stock)
    np.add.at(state.promoted_orders, orders.person[bought], 1)


def feel(
    history: History, week: int, orders: Orders, *, deserved: Floats, backlog_weeks: float
) -> None:
    """Satisfaction drifts to what the experience deserves; lateness and unheard requests hurt."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer)
    chance = uniforms(history.seed, "satisfaction", len(people), week=week)[who]
    shift = deserved[people.segment[who], people.zone[who]]
    felt = state.satisfaction[who]
    gap = people.base_satisfaction[who] + shift - felt
    state.satisfaction[who] = felt + SATISFACTION_PULL * gap + SATISFACTION_NOISE * normals(chance)
    unheard = service.TICKET + service.TICKET_WAIT * min(backlog_weeks, 2.0)
    np.add.at(state.satisfaction, orders.person[orders.late], service.LATE_PARCEL)
    np.add.at(state.satisfaction, orders.person[orders.ticket], unheard)
    np.clip(state.satisfaction, 0.0, 10.0, out=state.satisfaction)


def pulse(state: State) -> Pulse:
    """How the customers are."""
    felt = state.satisfaction[state.customer]
    if not len(felt):
        return Pulse(0, float("nan"), float("nan"))
    return Pulse(len(felt), float(felt.mean()), 100 * float(net_promoters(felt).mean()))


def leave(history: History, week: int, joined: Ints, orders: Orders, lines: Lines) -> None:
    """Customers leave from next Monday on, many newcomers right after one order; some come back.

    Most who leave later than that only pause (`PAUSE_SHARE`): they buy elsewhere until chance
    brings them back (`RETURN`).
    """
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer & ~state.paused)
    chance = np.zeros(len(people))
    chance[who] = leaving_chance(people.death_rate[who], state.satisfaction[who])
    chance[who] *= 1 + DEAL_DEATH * state.won_on_deal[who]
    referred = state.referrer >= 0
    chance[who] *= np.where(referred[who], crm.REFERRED_DEATH, 1.0)
    lot = uniforms(history.seed, "leave", len(people), week=week)
    left, pauses = lot < chance, lot < PAUSE_SHARE * chance
    returns = state.paused & (lot < RETURN)
    once = one_time_chance(people, joined, state.satisfaction)
    once = once * np.where(referred[joined], crm.REFERRED_ONE_TIME, 1.0)
    depth = _deal_depth(len(people), orders, lines)[joined]
    state.won_on_deal[joined] = depth
    # A person's first impression does not depend on the week in which they come.
    impression = uniforms(history.seed, "first impression", len(people))[joined]
    left[joined] = impression < once * (1 + PROMOTION_SHOPPERS * depth)
    pauses[joined] = False
    _obey_the_test(history, week, left, pauses)
    state.paused = (state.paused & ~returns & ~left) | pauses
    gone = left & ~pauses
    state.customer[gone] = False
    state.left_day[gone] = 7 * (week + 1)


def _deal_depth(size: int, orders: Orders, lines: Lines) -> Floats:
    """Largest discount in each person's orders of the week."""
    depth = np.zeros(size)
    off = lines.promotion_cents / np.maximum(lines.promotion_cents + lines.unit_cents, 1)
    np.maximum.at(depth, orders.person[lines.order], off)
    return depth


def _obey_the_test(history: History, week: int, left: Flags, pauses: Flags) -> None:
    """While the retention test runs, it says who of its customers leaves when."""
    since = week - crm.TEST_WEEK
    if not 0 <= since < crm.TEST_LASTS:
        return
    test = history.weeks[crm.TEST_WEEK].retention
    if test is not None:
        left[test.person] = test.lapses & (test.leaves_week == week)
        pauses[test.person] = False
