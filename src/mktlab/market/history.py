"""What a run of the market carries from week to week, and what it remembers.

`State` changes every week; `Week` is the record of one; `History` is the whole run, from which
`measurement` makes the analyst's tables and `truth` the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mktlab.market.baskets import Lines, Orders
from mktlab.market.demand import Demand
from mktlab.market.draws import Flags, Floats, Ints
from mktlab.market.prices import Climate, Prices
from mktlab.market.world import People

NEVER = np.iinfo(np.int64).max
"""Day of something that has not happened."""


@dataclass
class State:
    """Where every person stands; days count from the start of the market."""

    customer: Flags
    prospect: Flags
    joined_day: Ints
    left_day: Ints
    satisfaction: Floats
    promotion_stock: Floats
    exposure: Floats  # joining rate summed so far; a prospect joins when it exceeds the patience

    @classmethod
    def at_start(cls, people: People) -> State:
        """The first Monday: some persons are customers already, nobody has left."""
        customer = people.starts_as_customer
        return cls(
            customer=customer.copy(),
            prospect=~customer,
            joined_day=np.where(customer, -people.days_before_start, NEVER),
            left_day=np.full(len(people), NEVER),
            satisfaction=people.base_satisfaction.copy(),
            promotion_stock=np.zeros(len(people)),
            exposure=np.zeros(len(people)),
        )


@dataclass(frozen=True)
class Week:
    """One week of the market."""

    demand: Demand
    prices: Prices
    competitor: Floats  # log price by category
    repeat_orders: Floats  # expected from those who were customers: (segments, zones)
    orders: Orders
    lines: Lines


@dataclass(frozen=True)
class History:
    """A run of the market so far: what never changes, where it stands, and the weeks played."""

    seed: int
    people: People
    taste: Floats
    climate: Climate
    state: State
    weeks: list[Week]
