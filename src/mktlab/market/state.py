"""What a run of the market carries from week to week, and what it remembers.

`State` changes every week; `Week` is the record of one; `History` is the whole run, from which
`observed` makes the analyst's tables and `truth` the answers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.advertising import AWARENESS_AT_START, Media, normal_spend, of_media
from mktlab.market.baskets import Lines, Orders
from mktlab.market.demand import Demand
from mktlab.market.draws import Flags, Floats, Ints, uniforms
from mktlab.market.prices import Climate
from mktlab.market.profit import Sold, book
from mktlab.market.shelf import Prices, Shelf
from mktlab.market.world import ZONES, People, of_segments
from mktlab.plan.mix import BASE, Mix

if TYPE_CHECKING:
    from mktlab.market.service import Cafes

PAUSED_AT_START = 0.33  # of the customers
NEVER = np.iinfo(np.int64).max
"""Day, or week, of something that has not happened."""


@dataclass
class State:
    """Where everybody stands; days count from the start of the market."""

    customer: Flags
    paused: Flags  # customers who buy elsewhere for a while
    prospect: Flags
    joined_day: Ints
    left_day: Ints
    satisfaction: Floats
    promotion_stock: Floats
    exposure: Floats  # joining rate summed so far; a prospect joins when it exceeds the patience
    referrer: Ints  # person who brought this one; -1 for nobody
    unsubscribed_day: Ints
    last_open_week: Ints  # of a newsletter
    promoted_orders: Ints  # orders with something on promotion
    won_on_deal: Floats  # discount on a customer's first order; 0 without one
    box_since: Ints  # week of the first box of the running subscription
    adstock: Floats  # (channels, zones)
    awareness: Floats  # (zones,)
    shelf: Shelf
    reputation: float = BASE.product.quality  # the quality that people talk about
    backlog: float = 0.0  # unanswered requests

    @classmethod
    def at_start(cls, seed: int, people: People) -> State:
        """The first Monday: some persons are customers already, nobody has left."""
        customer, size = people.starts_as_customer, len(people)
        subscribes = uniforms(seed, "first subscriptions", 2 * size).reshape(-1, 2)
        chance = 40 * of_segments("subscription_rate")[people.segment]
        since = -1 - (subscribes[:, 1] * np.minimum(people.days_before_start / 7, 52)).astype(int)
        usual = normal_spend(people.scale) / (1 - of_media("carryover"))[:, None]
        pauses = uniforms(seed, "first pauses", size) < PAUSED_AT_START
        return cls(
            customer=customer.copy(),
            paused=customer & pauses,
            prospect=~customer & (people.arrives_week == 0),
            joined_day=np.where(customer, -people.days_before_start, NEVER),
            left_day=np.full(size, NEVER),
            satisfaction=people.base_satisfaction.copy(),
            promotion_stock=np.zeros(size),
            exposure=np.zeros(size),
            referrer=np.full(size, -1),
            unsubscribed_day=np.full(size, NEVER),
            last_open_week=np.full(size, -1),
            promoted_orders=np.zeros(size, dtype=np.int64),
            won_on_deal=np.zeros(size),
            box_since=np.where(customer & (subscribes[:, 0] < chance), since, NEVER),
            adstock=usual,
            awareness=np.full(len(ZONES), AWARENESS_AT_START),
            shelf=Shelf.at_start(),
        )

    @property
    def standing(self) -> Ints:
        """0 for who is no customer (any more), 1 for who pauses, 2 for who buys; by person."""
        return self.customer * (2 - self.paused.astype(np.int64))

    def copy(self) -> State:
        """A state of its own."""
        return State(**{f.name: copy.copy(getattr(self, f.name)) for f in fields(self)})


@dataclass(frozen=True)
class Boxes:
    """What happened to subscriptions in one week."""

    started: Ints  # persons
    ended: Ints  # persons
    reason: Ints  # of each end, by `crm.END_REASONS`
    sent: int  # boxes delivered
    running: int  # subscriptions when the week ended


@dataclass(frozen=True)
class RetentionTest:
    """The customers of the retention test and what they would do with and without the offer."""

    person: Ints
    treated: Flags
    clicked: Flags
    chance_untreated: Floats  # of leaving for good within 12 weeks
    chance_treated: Floats
    lapses: Flags
    leaves_week: Ints  # of those who lapse
    autopilot: Flags  # buys from habit and has not opened an e-mail for 12 weeks


class Pulse(NamedTuple):
    """How the customers were when the week ended."""

    customers: int
    satisfaction: float  # mean, 0 to 10
    nps: float  # expected if all were asked, -100 to 100


@dataclass(frozen=True)
class Week:
    """One week of the market."""

    mix: Mix
    demand: Demand
    prices: Prices
    competitor: Floats  # log price by category
    spend: Floats  # euros by channel and zone
    reach: Floats  # H, by channel and zone
    awareness: Floats  # by zone, when the week began
    posts: float  # reach of the week's posts over the usual
    joining_rates: Floats  # (segments, zones, 2), with social advertising and without
    repeat_orders: Floats  # expected from those who were customers: (segments, zones)
    pieces: Floats  # expected from everybody: (segments, zones, categories)
    orders: Orders
    lines: Lines
    cafes: Cafes
    boxes: Boxes
    late_share: float
    requests: int
    backlog_weeks: float  # of customer service, when the week ended
    accounts: dict[str, float]  # of behaviors, beside the usual ones
    pulse: Pulse
    sold: Sold
    expected: Sold
    retention: RetentionTest | None = None
    satisfaction: Floats | None = None  # of everybody, at the end of each quarter
    customers: Flags | None = None  # then

    def books(self, *, scale: float, expected: bool = False) -> dict[str, float]:
        """The accounts of the week, as they came or as they were expected."""
        sold, spend = self.expected if expected else self.sold, float(self.spend.sum())
        return book(sold, self.mix, spend=spend, scale=scale, others=self.accounts)


def ledger(weeks: Iterable[Week], *, scale: float, expected: bool = False) -> pd.DataFrame:
    """The books, a row per week; an account that a week does not have is 0, the profit is last."""
    table = pd.DataFrame([week.books(scale=scale, expected=expected) for week in weeks])
    names = sorted(table.columns, key=lambda name: name == "profit")  # all others keep their order
    return table[names].fillna(0.0)


@dataclass
class History:
    """A run of the market so far: what never changes, where it stands, and the weeks played."""

    seed: int
    people: People
    taste: Floats
    climate: Climate
    media: Media
    state: State
    weeks: list[Week] = field(default_factory=list)
    first_boxes: Ints = field(default_factory=lambda: np.full(0, NEVER))

    def copy(self) -> History:
        """The same past, from which another future can be played."""
        return History(
            self.seed,
            self.people,
            self.taste,
            self.climate,
            self.media,
            self.state.copy(),
            list(self.weeks),
            self.first_boxes,
        )

    @property
    def weeks_since_open(self) -> Ints:
        """Weeks since each person last opened a newsletter."""
        return np.asarray(len(self.weeks) - self.state.last_open_week)
