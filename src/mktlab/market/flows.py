"""Mail flows: what an automation tool sends to one person because something happened.

Four flows run: `welcome` three days after the first order, `basket` after a basket was left on the
web shop, `birthday`, and `win-back` when the last order is 20 weeks ago. A draw decides each time
whether the mail leaves (`SENT`) or the person is held out. A mail multiplies the orders of the days
that follow (`days`) by `ratio`: it acts because it was sent, not because its trigger fired.

The market as usual has all flows on. `act` is the door by which one that is switched off
(`promotion.flows_off`) changes the weeks: orders that fall in its windows lose what the mails
added, and its vouchers are saved. Nothing is drawn here; `observed.flow_emails` writes the log.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Flags, Floats, Ints, uniforms
from mktlab.market.state import History
from mktlab.market.world import OUTLETS, People, outlet_chances
from mktlab.plan.mix import Mix

SENT = 0.75
USED = 0.8  # of the vouchers of those who order in time
WELCOME = 3  # days after the first order
SILENCE = 140  # days without an order until the win-back
LEFT_BEFORE = 0.16  # of the web orders, those before which a basket was left
LEFT_FOR_GOOD = 3.0  # baskets left for good, for each one that is left before an order
_WEB = OUTLETS.index("web")
BIRTHDAYS = 365  # days from one to the next


class Flow(NamedTuple):
    """One flow."""

    days: int  # in which an order counts, the day of the trigger included
    ratio: float  # orders in these days with the mail over those without
    voucher: float  # euros off the next order, booked as advertising
    orders: float  # in time, over order rate times weeks, mails as usual; measured on four markets
    opts_out: float  # of those who get it: no more mails of this flow
    complains: float  # of those who get it, to the provider of the mailbox


FLOWS = {
    "basket": Flow(3, 1.05, 7.0, 3.1, 0.004, 0.0008),
    "birthday": Flow(14, 1.12, 15.0, 0.7, 0.003, 0.0006),
    "welcome": Flow(14, 2.6, 0.0, 0.75, 0.006, 0.0008),
    "win-back": Flow(14, 2.6, 4.0, 0.68, 0.012, 0.012),
}
"""In the order of their names."""


def mean_ratio(flow: Flow) -> float:
    """Orders in time with one in four held out, over those without any mail.

    >>> mean_ratio(FLOWS["win-back"])  # .25 + .75 x 2.6
    2.2
    """
    return round(1 - SENT + SENT * flow.ratio, 9)


def listed(history: History, day: Ints | int, who: Ints | slice = slice(None)) -> Flags:
    """Whether the address of each person is on the list and works on a day."""
    people, state = history.people, history.state
    known = people.email_opt_in[who] & (state.joined_day[who] < day)
    return np.asarray(known & (state.left_day[who] > day) & (state.unsubscribed_day[who] > day))


def birthdays(seed: int, size: int) -> Ints:
    """Day of the first birthday of each person after the market's start."""
    return (BIRTHDAYS * uniforms(seed, "birthday", size)).astype(np.int64)


def web_share(people: People, mix: Mix) -> Floats:
    """Share of each person's orders that come by the web shop."""
    return np.asarray(outlet_chances(mix)[people.segment, people.zone, _WEB], dtype=float)


def _last_order(history: History, week: int) -> Ints:
    """Day of each person's last paid order before a week, among the weeks that matter."""
    last = np.full(len(history.people), -(10**6))
    for past in history.weeks[max(week - SILENCE // 7 - 3, 0) : week]:
        paid = ~past.orders.cancelled
        np.maximum.at(last, past.orders.person[paid], past.orders.day[paid])
    return last


def _overlap(first: Ints, days: int, monday: int) -> Floats:
    """Share of a week's days that lie in windows of so many days."""
    end = np.minimum(first + days, monday + 7)
    return np.asarray(np.clip(end - np.maximum(first, monday), 0, 7) / 7)


def window_share(history: History, week: int, name: str, mix: Mix) -> Floats:
    """Share of each person's orders of a week that fall in windows of a flow."""
    people, monday, flow = history.people, 7 * week, FLOWS[name]
    on_list = listed(history, monday + 1)
    if name == "basket":
        web = web_share(people, mix)
        rate = people.order_rate * web
        one_a_week = -np.expm1(-rate) / np.maximum(rate, 1e-12)
        by_chance = LEFT_FOR_GOOD * people.order_rate * flow.days / 7
        return np.asarray(on_list * LEFT_BEFORE * web * one_a_week * (1 + by_chance))
    if name == "birthday":
        born = birthdays(history.seed, len(people))
        ago = (monday + 6 - born) % BIRTHDAYS  # the last birthday up to Sunday
        return np.asarray(on_list * _overlap(monday + 6 - ago, flow.days, monday))
    if name == "welcome":
        first = np.where(on_list, history.state.joined_day, -(10**6)) + WELCOME
    else:
        first = _last_order(history, week) + SILENCE
    return np.asarray(on_list * _overlap(first, flow.days, monday))


def _vouchers(history: History, week: int, name: str, share: Floats) -> float:
    """Euros of vouchers that the orders of a week would have used, expected."""
    people, state, flow = history.people, history.state, FLOWS[name]
    rate = people.order_rate * (state.customer & ~state.paused)
    in_time = rate * flow.days / 7
    once = np.ones(len(people))
    if name == "birthday":  # one voucher, however many orders; the others' windows close with one
        once = -np.expm1(-in_time) / np.maximum(in_time, 1e-12)
    used = USED * SENT * flow.ratio / mean_ratio(flow)
    return float(flow.voucher * used * (share * rate * once).sum())


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What flows that are switched off do to a week."""
    total = Nudge()
    for name in mix.promotion.flows_off:
        share = window_share(history, week, name, mix)
        lift = np.log1p(-share * (1 - 1 / mean_ratio(FLOWS[name])))
        total += Nudge(
            orders=lift, accounts={"flow_vouchers": _vouchers(history, week, name, share)}
        )
    return total
