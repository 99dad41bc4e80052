"""Doors: where a behavior that the market does not have yet enters the week.

A behavior (mail flows, mechanics of an offer, a segment's own message, terms of retailers, press,
field events, business customers, ...) is a function of the market, the week and the mix. It says
what it does to the week's rates and books as a `Nudge`. `BEHAVIORS` names those that are there;
without any, and with one that is switched off, every byte of a market stays as it is: draws belong
to named streams, so a behavior that draws its own moves no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mktlab.market.draws import Floats
from mktlab.market.state import History
from mktlab.plan.mix import Mix


@dataclass(frozen=True)
class Nudge:
    """What a behavior does to one week; the defaults do nothing. Lifts are added to a log rate."""

    orders: Floats | float = 0.0  # of customers, by person
    joining: Floats | float = 0.0  # of prospects: (segments, zones)
    guests: Floats | float = 0.0  # of the cafés, by café
    accounts: dict[str, float] = field(default_factory=dict)  # euros; revenue > 0, cost < 0

    def __add__(self, other: Nudge) -> Nudge:
        """Both at once.

        >>> both = Nudge(orders=0.1, accounts={"press": -50.0}) + Nudge(accounts={"press": -20.0})
        >>> both.orders, both.accounts
        (0.1, {'press': -70.0})
        """
        names = self.accounts | other.accounts
        return Nudge(
            self.orders + other.orders,
            self.joining + other.joining,
            self.guests + other.guests,
            {n: self.accounts.get(n, 0.0) + other.accounts.get(n, 0.0) for n in names},
        )


Behavior = Callable[[History, int, Mix], Nudge]
BEHAVIORS: dict[str, Behavior] = {}


def nudge(history: History, week: int, mix: Mix) -> Nudge:
    """What all behaviors do to the week."""
    return sum((act(history, week, mix) for act in BEHAVIORS.values()), Nudge())
