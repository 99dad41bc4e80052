"""The log of the mail flows: a row per trigger, sent or held out by lot.

The table only observes: whether a mail was sent is drawn *given* what was ordered in the days that
follow (Bayes' rule), with the chances of a market in which it had been sent first. So the law of
both together is that of a randomized test, and no other table changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.crm import open_chance
from mktlab.market.draws import Flags, Floats, Ints, uniforms
from mktlab.market.flows import (
    BIRTHDAYS,
    FLOWS,
    LEFT_BEFORE,
    LEFT_FOR_GOOD,
    SENT,
    SILENCE,
    USED,
    WELCOME,
    birthdays,
    listed,
    web_share,
)
from mktlab.market.observed.sales import bought, customer_ids, days, labels
from mktlab.market.state import NEVER, History
from mktlab.market.world import OUTLETS

WEEKS = 104  # of the log
CLICKS, BUYERS_CLICK = 0.10, 0.5  # of those who open it and do not order, and who order
LEFT_THEN_ORDERED = 0.225  # of the baskets left, in time; measured on four markets
_NAMES = tuple(FLOWS)
_DRAWS = 5


class Triggers(NamedTuple):
    """One entry per trigger."""

    flow: Ints
    person: Ints
    day: Ints
    orders: Ints  # paid, in time


class _Paid(NamedTuple):
    """Paid orders by person, then day."""

    person: Ints
    day: Ints
    outlet: Ints

    @classmethod
    def of(cls, history: History) -> _Paid:
        orders, _ = bought(history)
        kept = ~orders.cancelled
        by_person = np.lexsort((orders.day[kept], orders.person[kept]))
        return cls._make(a[kept][by_person] for a in (orders.person, orders.day, orders.outlet))

    def within(self, person: Ints, first: Ints, length: int) -> Ints:
        """Orders of each person in so many days from `first` on."""
        span = int(self.day.max(initial=0)) + 10**4
        key, start = self.person * span + self.day, person * span + first
        return np.searchsorted(key, start + length) - np.searchsorted(key, start)


def _baskets(history: History, paid: _Paid, weeks: int) -> tuple[Ints, Ints]:
    """Baskets left: some before an order, and some for good."""
    people, size, left = history.people, len(history.people), []
    for week in range(max(len(history.weeks) - weeks - 2, 0), len(history.weeks)):
        lot = uniforms(history.seed, "baskets", 4 * size, week=week).reshape(-1, 4)
        now = (paid.outlet == OUTLETS.index("web")) & (paid.day // 7 == week)
        who, place = np.unique(paid.person[now], return_index=True)
        some = lot[who, 0] < LEFT_BEFORE
        before = paid.day[now][place] - (3 * lot[who, 1]).astype(np.int64)
        left.append((who[some], before[some]))
        rate = LEFT_FOR_GOOD * LEFT_BEFORE * people.order_rate
        some = np.flatnonzero(lot[:, 2] < rate * web_share(people, history.weeks[week].mix))
        left.append((some, 7 * week + (7 * lot[some, 3]).astype(np.int64)))
    person, day = (np.concatenate(parts) for parts in zip(*left, strict=True))
    return person, day


def _raw(history: History, name: str, paid: _Paid, weeks: int) -> tuple[Ints, Ints]:
    """Persons and days of a flow's triggers, before anybody looks at the list."""
    joined, size = history.state.joined_day, len(history.people)
    if name == "basket":
        return _baskets(history, paid, weeks)
    if name == "birthday":
        years = np.arange(len(history.weeks) * 7 // BIRTHDAYS + 1)
        day = birthdays(history.seed, size)[:, None] + BIRTHDAYS * years
        return np.repeat(np.arange(size), len(years)), day.ravel()
    if name == "welcome":
        some = np.flatnonzero((joined >= 0) & (joined != NEVER))
        return some, joined[some] + WELCOME
    silent = paid.within(paid.person, paid.day + 1, SILENCE - 1) == 0
    return paid.person[silent], paid.day[silent] + SILENCE


def triggers(history: History, *, weeks: int = WEEKS) -> Triggers:
    """The triggers of the last weeks whose days are over, but a person's second within a week."""
    paid, end, parts = _Paid.of(history), 7 * len(history.weeks), []
    for number, (name, flow) in enumerate(FLOWS.items()):
        person, day = _raw(history, name, paid, weeks)
        last = end - flow.days
        kept = (day >= max(last - 7 * weeks, 0)) & (day < last)
        kept[kept] = listed(history, day[kept], person[kept])
        person, day = person[kept], day[kept]
        by_person = np.lexsort((day, person))
        person, day = person[by_person], day[by_person]
        again = np.r_[False, (np.diff(person) == 0) & (np.diff(day) < 7)][: len(day)]
        person, day = person[~again], day[~again]
        in_time = paid.within(person, day, flow.days)
        parts.append(Triggers(np.full(len(day), number), person, day, in_time))
    whole = Triggers._make(map(np.concatenate, zip(*parts, strict=True)))
    order = np.lexsort((whole.flow, whole.person, whole.day))
    return Triggers._make(a[order] for a in whole)


def _of_flows(trait: str, told: Triggers) -> Floats:
    return np.array([float(getattr(flow, trait)) for flow in FLOWS.values()])[told.flow]


def draw(history: History, told: Triggers) -> tuple[Flags, Floats]:
    """Whether each mail is sent, given what was ordered; and numbers for what becomes of it."""
    rate = _of_flows("orders", told) * history.people.order_rate[told.person]
    basket = told.flow == _NAMES.index("basket")
    chance = np.where(basket, LEFT_THEN_ORDERED, -np.expm1(-rate * _of_flows("days", told) / 7))
    ratio = _of_flows("ratio", told)
    mean = 1 - SENT + SENT * ratio
    if_not = SENT * (1 - ratio * chance / mean) / (1 - chance)
    luck = np.empty((_DRAWS, len(told.day)))
    for week in np.unique(told.day // 7):  # so that later weeks and persons change none
        for number, name in enumerate(_NAMES):
            now = (told.day // 7 == week) & (told.flow == number)
            size = _DRAWS * len(history.people)
            lot = uniforms(history.seed, f"flow_{name}", size, week=int(week))
            luck[:, now] = lot.reshape(-1, _DRAWS)[told.person[now]].T
    return luck[0] < np.where(told.orders > 0, SENT * ratio / mean, if_not), luck[1:]


def flow_emails(history: History) -> pd.DataFrame:
    """The log."""
    told = triggers(history)
    sent, luck = draw(history, told)
    buys = told.orders > 0
    opened = sent & (luck[0] < open_chance(history.people.email_taste[told.person]))
    used = sent & buys & (luck[2] < USED)
    table = pd.DataFrame(
        {
            "customer_id": customer_ids(told.person),
            "date": days(told.day),
            "flow": labels(_NAMES, told.flow),
            "held_out": ~sent,
            "opened": opened,
            "clicked": opened & (luck[1] < np.where(buys, BUYERS_CLICK, CLICKS)),
            "voucher_used": np.where(used, _of_flows("voucher", told), 0.0),
            "opted_out": sent & (luck[3] < _of_flows("opts_out", told)),
        }
    )
    out = table.groupby(["customer_id", "flow"])["opted_out"].cumsum() > table["opted_out"]
    return table[~out].reset_index(drop=True)
