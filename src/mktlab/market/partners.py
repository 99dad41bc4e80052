"""Intermediaries: what a retailer and a wholesaler sell of ours, on which terms, whom they take.

A partner sells, each week, its `volume` times what our own outlets sold on average in the year
before. A part of that, `switch`, is bought by people who would have come to us: so our customers
order less. The market as usual has no partner; `act` is the
door by which `place.partners` changes the weeks. Terms, volumes and switches are drawn by seed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, uniforms
from mktlab.market.state import History
from mktlab.market.world import outlet_chances
from mktlab.plan.mix import PARTNERS, Mix

YEAR = 52  # weeks
GOODS_SHARE = 0.42  # of the value of what is sold: the unit costs of the list
CREDIT = 0.08  # a year, on money that is still to come
# fmt: off
_RANGES = {  # lowest and highest: volume, switch, commission, returns
    "retailer": ((.16, .24), (.35, .65), (.28, .36), (.03, .06)),
    "wholesaler": ((.08, .13), (.04, .20), (.36, .48), (.005, .015)),
}
# fmt: on
_LISTING = {"retailer": (90.0, 150.0), "wholesaler": (0.0, 0.0)}  # euros a week
_DAYS = {"retailer": 60, "wholesaler": 45}
_AT: dict[str, Floats] = {  # whom a partner takes, by where they bought from us; OUTLETS
    "retailer": np.array([0.8, 1.5, 0.7]),
    "wholesaler": np.array([1.0, 1.0, 1.0]),
}


class Partner(NamedTuple):
    """One intermediary's offer, and what becomes of it."""

    name: str
    volume: float  # of what our own outlets sell, before returns
    switch: float  # of that, bought by people who would have come to us
    commission: float  # of what it sells and keeps
    returns: float  # of what it takes, sent back and lost
    listing_fee: float  # euros a week in a market of `mix.REFERENCE_PEOPLE`
    payment_days: int  # from the sale to the money


def partners(seed: int) -> dict[str, Partner]:
    """The offers of this market.

    >>> [p.payment_days for p in partners(1).values()]
    [60, 45]
    """
    found = {}
    for name in PARTNERS:
        lot = uniforms(seed, f"partner_{name}", 5)
        ends = np.array((*_RANGES[name], _LISTING[name]))
        volume, switch, commission, returns, fee = ends[:, 0] + lot * (ends[:, 1] - ends[:, 0])
        found[name] = Partner(
            name,
            float(volume),
            float(switch),
            round(float(commission), 2),
            round(float(returns), 3),
            float(5 * round(fee / 5)),
            _DAYS[name],
        )
    return found


def own_sales(history: History, week: int) -> float:
    """Euros that our own outlets sold in a week, mean of the year before it."""
    past = history.weeks[max(week - YEAR, 0) : week]
    return float(np.mean([w.sold.sales.sum() for w in past])) if past else 0.0


def lost_share(history: History, partner: Partner, mix: Mix) -> Floats:
    """Share of each person's orders that go to a partner instead of to us."""
    people = history.people
    chances = outlet_chances(mix)[people.segment, people.zone] @ _AT[partner.name]
    return partner.switch * partner.volume * chances


def accounts(partner: Partner, sold: float, *, scale: float) -> dict[str, float]:
    """The books of one week in which a partner takes goods worth `sold` euros.

    >>> terms = Partner("shop", 0.2, 0.5, 0.3, 0.0, 0.0, 0)
    >>> {name: round(amount, 2) for name, amount in accounts(terms, 100.0, scale=1.0).items()}
    {'shop sales': 100.0, 'shop commission': -30.0, 'shop goods': -42.0, 'shop terms': -0.0}
    """
    kept = sold * (1 - partner.returns)
    net = kept * (1 - partner.commission)
    credit = CREDIT * partner.payment_days / 365 * net
    return {
        f"{partner.name} sales": kept,
        f"{partner.name} commission": net - kept,
        f"{partner.name} goods": -GOODS_SHARE * sold,
        f"{partner.name} terms": -partner.listing_fee * scale - credit,
    }


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What the partners that a plan has chosen do to a week."""
    total = Nudge()
    for name in mix.place.partners:
        partner = partners(history.seed)[name]
        sold = partner.volume * own_sales(history, week)
        lift = np.log1p(-np.minimum(lost_share(history, partner, mix), 0.9))
        total += Nudge(
            orders=lift,
            accounts=accounts(partner, sold, scale=history.people.scale),
        )
    return total
