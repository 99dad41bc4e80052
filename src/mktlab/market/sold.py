"""What was sold, by family and week: as it came, or without the luck of single orders.

`sold` gives both in the form that a variance against plan takes (`mktlab.kpi.variance`): families
of products, the cafés and the boxes, each with units, sales and the cost of its goods.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.baskets import CANCELLED, MEAN_REFUND
from mktlab.market.demand import category_sum
from mktlab.market.draws import Floats
from mktlab.market.profit import GOODS, REVENUE, goods_factor
from mktlab.market.state import History, Week
from mktlab.market.world import CATEGORIES, CATEGORY_OF, COST_CENTS

GROUPS = (*(category.name for category in CATEGORIES), "cafés", "boxes")


def sold(history: History, since: int, *, expected: bool = False) -> pd.DataFrame:
    """The weeks from `since` on: `week` (the first is 1), `category`, `units`, `sales`, `goods`.

    Units are pieces of the shops, guests who bought in the cafés, and boxes sent; sales are after
    refunds, goods what they cost, in euros. New bags, partners and a fifth café have accounts of
    their own in the books.
    """
    rows = []
    for number in range(since, len(history.weeks)):
        week = history.weeks[number]
        cost = np.rint(COST_CENTS * goods_factor(history.climate, number, week.mix)[CATEGORY_OF])
        shops = _expected(week, cost) if expected else _realized(week, cost)
        books = week.books(scale=history.people.scale, expected=expected)
        came = week.expected if expected else week.sold
        cafes = (came.cafe_guests, books[REVENUE[1]], -books[GOODS[1]])
        boxes = (came.boxes, books[REVENUE[2]], -books[GOODS[2]])
        rows.append(np.vstack([shops, cafes, boxes]))
    table = pd.DataFrame(np.vstack(rows), columns=["units", "sales", "goods"])
    table.insert(0, "category", GROUPS * len(rows))
    table.insert(0, "week", np.repeat(np.arange(1, len(rows) + 1), len(GROUPS)))
    return table.round(2)


def _realized(week: Week, cost: Floats) -> Floats:
    """Units, sales and goods of each family, as they came."""
    orders, lines = week.orders, week.lines
    paid = ~orders.cancelled[lines.order]
    kept = paid * (1 - orders.refund_share[lines.order])
    units = paid * lines.quantity
    each = (
        units,
        kept * lines.quantity * lines.unit_cents / 100,
        units * cost[lines.product] / 100,
    )
    family, size = CATEGORY_OF[lines.product], len(CATEGORIES)
    return np.column_stack([np.bincount(family, weights=w, minlength=size) for w in each])


def _expected(week: Week, cost: Floats) -> Floats:
    """The same, expected."""
    pieces, shares = week.pieces, week.demand.shares
    price = category_sum(shares * week.prices.net) / 100
    goods = category_sum(shares * cost) / 100
    parts = (
        (1 - CANCELLED) * pieces,
        (1 - CANCELLED - MEAN_REFUND) * pieces * price,
        (1 - CANCELLED) * pieces * goods,
    )
    return np.column_stack([part.sum(axis=(0, 1)) for part in parts])
