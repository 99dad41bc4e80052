"""What an order holds: outlet, day, fate, lines and pieces.

`fill_baskets` draws the orders of one week. Each draw belongs to a person, the number of the order
in the week and the slot of the line, so an order's content does not depend on who else ordered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.demand import Demand
from mktlab.market.draws import Flags, Floats, Ints, choices, mean_of_poissons, poissons, uniforms
from mktlab.market.shelf import Prices, without_tax
from mktlab.market.world import CATEGORY_OF, OUTLETS, People, of_categories, of_segments

MOST_ORDERS = 3  # per person and week
MOST_EXTRA_LINES = 5
MOST_EXTRA_PIECES = 12
CANCELLED = 0.02
REFUNDED = 0.025
REFUNDED_IN_FULL = 0.70  # of the refunded; the others get 20 to 80 % back
TICKETS_PER_ORDER = 0.008
TICKETS_PER_PARCEL = 0.045  # five times as many when it is late
MEAN_REFUND = REFUNDED * (REFUNDED_IN_FULL + (1 - REFUNDED_IN_FULL) * 0.5)
_DAYS = np.array(  # Monday to Sunday, by outlet
    [
        [0.13, 0.13, 0.13, 0.13, 0.13, 0.16, 0.19],
        [0.12, 0.12, 0.13, 0.13, 0.16, 0.24, 0.10],
        [0.13, 0.13, 0.13, 0.13, 0.13, 0.16, 0.19],
    ]
)


class Orders(NamedTuple):
    """One entry per order."""

    person: Ints
    number: Ints  # 0, 1, 2: first, second, third order of the person in the week
    day: Ints  # days since the start of the market
    outlet: Ints
    cancelled: Flags
    refund_share: Floats
    delivery_days: Ints  # from order to door; 0 when nothing was sent
    late: Flags  # the parcel arrived after the promised day
    ticket: Flags  # the customer wrote to customer service about it


class Lines(NamedTuple):
    """One entry per line; `order` is the position of its order."""

    order: Ints
    slot: Ints
    product: Ints
    quantity: Ints
    unit_cents: Ints
    promotion_cents: Ints  # taken off one piece


def lines_per_order() -> Floats:
    """Mean lines of an order, by segment."""
    return 1 + mean_of_poissons(of_segments("extra_lines"), most=MOST_EXTRA_LINES)


def pieces_per_order(demand: Demand, orders: Floats, weighted: Floats) -> Floats:
    """Expected pieces: (segments, zones, categories).

    `orders` and `weighted`, the same times each person's basket size, are by segment and zone.
    """
    extra = of_categories("extra_pieces")
    share = demand.by_category / demand.total[..., None]
    pieces = orders[..., None] + weighted[..., None] * extra
    return np.asarray(lines_per_order()[:, None, None] * share * pieces)


def fill_baskets(
    seed: int,
    week: int,
    people: People,
    count: Ints,
    *,
    demand: Demand,
    prices: Prices,
    outlets: Floats,
    late_share: float,
    promised_days: float,
) -> tuple[Orders, Lines]:
    """Draw what everybody buys in one week.

    `count` holds each person's number of orders, `outlets` the chances by segment and zone.
    """
    orders: list[Orders] = []
    lines: list[Lines] = []
    before = 0
    for number in range(MOST_ORDERS):
        who = np.flatnonzero(count > number)
        if number and not len(who):
            break
        some_orders = _place(seed, week, people, who, number, outlets, late_share, promised_days)
        some_lines = _choose(seed, week, people, who, number, demand, prices)
        orders.append(some_orders)
        lines.extend(part._replace(order=part.order + before) for part in some_lines)
        before += len(who)
    return (
        Orders._make(map(np.concatenate, zip(*orders, strict=True))),
        Lines._make(map(np.concatenate, zip(*lines, strict=True))),
    )


def _place(
    seed: int,
    week: int,
    people: People,
    who: Ints,
    number: int,
    outlets: Floats,
    late_share: float,
    promised_days: float,
) -> Orders:
    """Outlet, day and fate of each person's order of this number."""

    def uniform(stream: str) -> Floats:
        return uniforms(seed, f"{stream} {number}", len(people), week=week)[who]

    outlet = choices(uniform("outlet"), outlets[people.segment[who], people.zone[who]])
    web = outlet == OUTLETS.index("web")
    fate = uniform("fate")
    refunded = (fate - CANCELLED) / REFUNDED  # in 0-1 for the refunded orders
    partly = 0.2 + 0.6 * (refunded - REFUNDED_IN_FULL) / (1 - REFUNDED_IN_FULL)
    share = np.where(refunded < REFUNDED_IN_FULL, 1.0, partly)
    kept = fate >= CANCELLED
    speed, promised = uniform("late"), round(promised_days)
    late = web & kept & (speed < late_share)
    in_time = 1 + (speed - late_share) / (1 - late_share) * promised
    days = np.where(late, promised + 1 + 4 * speed / late_share, in_time).astype(np.int64)
    asks = TICKETS_PER_ORDER + TICKETS_PER_PARCEL * web * (1 + 4 * late)
    return Orders(
        person=who,
        number=np.full(len(who), number),
        day=7 * week + choices(uniform("day"), _DAYS[outlet]),
        outlet=outlet,
        cancelled=fate < CANCELLED,
        refund_share=np.where((refunded >= 0) & (refunded < 1), share, 0.0),
        delivery_days=np.where(web & kept, days, 0),
        late=late,
        ticket=kept & (uniform("ticket") < asks),
    )


def _choose(
    seed: int, week: int, people: People, who: Ints, number: int, demand: Demand, prices: Prices
) -> list[Lines]:
    """Lines of each person's order of this number, one part per slot."""

    def uniform(stream: str, where: Ints) -> Floats:
        return uniforms(seed, f"{stream} {number}", len(people), week=week)[where]

    net, before = prices.net, without_tax(prices.regular)
    extra = of_segments("extra_lines")[people.segment[who]]
    slots = 1 + poissons(uniform("lines", who), extra, most=MOST_EXTRA_LINES)
    parts = []
    for slot in range(1 + MOST_EXTRA_LINES):
        order = np.flatnonzero(slots > slot)
        if slot and not len(order):
            break
        person = who[order]
        zone = people.zone[person]
        chances = demand.by_product[people.segment[person], zone]
        product = choices(uniform(f"product {slot}", person), chances)
        more = of_categories("extra_pieces")[CATEGORY_OF[product]] * people.basket_size[person]
        pieces = poissons(uniform(f"pieces {slot}", person), more, most=MOST_EXTRA_PIECES)
        unit = net[zone, product]
        parts.append(
            Lines(
                order=order,
                slot=np.full(len(order), slot),
                product=product,
                quantity=1 + pieces,
                unit_cents=unit,
                promotion_cents=before[zone, product] - unit,
            )
        )
    return parts
