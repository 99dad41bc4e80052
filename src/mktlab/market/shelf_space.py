"""The shelf beside the café counter: what facings and levels do to sales, and a rotation by lot.

More facings sell more, with an elasticity that is low for what people come for anyway and higher
for what they buy on the spot (Eisend, 2014: .17 on average, lowest for commodities, highest for
impulse buys). In the market as usual a draw gives each café another layout every four weeks. `act`
is the door by which `place.facings` keeps one layout: it books what that sells more or less.
"""

from __future__ import annotations

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.state import History
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    COST_CENTS,
    OUTLETS,
    PRODUCTS,
    ZONES,
    of_categories,
)
from mktlab.plan.mix import SHELF, Mix
from mktlab.plan.space import facings

EVERY = 4  # weeks until the layout changes
LEVELS = ("eye", "hand", "floor")
LEVEL: Floats = np.array([0.12, 0.0, -0.15])  # log of sales over those at hand
ROTATED: Ints = np.array([1] * 5 + [5] * 5)
"""Facings of the ten products, in an order that a draw chooses."""
ON_LEVELS: Ints = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
_SPACE = {"beans": 0.08, "ground": 0.05, "capsules": 0.05, "gift": 0.40, "tea": 0.27}
_LUCK = 0.12  # of a product's elasticity, log
_BASKETS = 0.094  # variance of the size of baskets, over their squared mean
_LATELY = 13  # weeks whose sales say what a layout is worth
POSITIONS: Ints = np.array([[p.product_id for p in PRODUCTS].index(name) for name in SHELF])
_CAFE = OUTLETS.index("cafe")


def elasticities(seed: int) -> Floats:
    """Elasticity of sales to facings, of each product on the shelf."""
    family = [CATEGORIES[k].name for k in CATEGORY_OF[POSITIONS]]
    luck = _LUCK * normals(uniforms(seed, "shelf_space", len(SHELF)))
    return np.asarray(np.array([_SPACE[name] for name in family]) * np.exp(luck))


def usual(seed: int) -> Floats:
    """Sales of each product in rotation, over those with one facing."""
    return np.asarray((ROTATED[:, None].astype(float) ** elasticities(seed)).mean(axis=0))


def over_rotation(seed: int, layout: Floats) -> Floats:
    """Sales of each product with these facings, over those in rotation."""
    return np.asarray(layout ** elasticities(seed) / usual(seed))


def sold(history: History, first: int, last: int) -> tuple[Ints, Floats, Floats]:
    """Pieces by (weeks, zones, products of the shelf) in the cafés; euros of sales and of goods.

    Cancelled orders are left out; euros are by product.
    """
    where = np.full(len(PRODUCTS), -1)
    where[POSITIONS] = np.arange(len(SHELF))
    pieces = np.zeros((max(last - first, 0), len(ZONES), len(SHELF)), dtype=np.int64)
    money, goods = np.zeros(len(SHELF)), np.zeros(len(SHELF))
    for k, week in enumerate(history.weeks[first:last]):
        orders, lines = week.orders, week.lines
        paid = (orders.outlet == _CAFE) & ~orders.cancelled
        some = paid[lines.order] & (where[lines.product] >= 0)
        order, product = lines.order[some], lines.product[some]
        zone, quantity = history.people.zone[orders.person[order]], lines.quantity[some]
        np.add.at(pieces[k], (zone, where[product]), quantity)
        kept = 1 - orders.refund_share[order]
        np.add.at(money, where[product], quantity * lines.unit_cents[some] * kept / 100)
        np.add.at(goods, where[product], quantity * COST_CENTS[product] / 100)
    return pieces, money, goods


def spread() -> Floats:
    """Variance of the pieces of each product over their mean: who buys takes one or several.

    A line holds one piece and a Poisson number more, whose mean differs with the basket.
    """
    more = of_categories("extra_pieces")[CATEGORY_OF[POSITIONS]]
    return np.asarray((more * (1 + _BASKETS * more) + (1 + more) ** 2) / (1 + more))


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What a layout that stays does to a week."""
    if not mix.place.facings:
        return Nudge()
    first = max(week - _LATELY, 0)
    _, money, goods = sold(history, first, week)
    more = (over_rotation(history.seed, np.array([*facings(mix).values()])) - 1) / max(
        week - first, 1
    )
    return Nudge(
        accounts={
            "shelf sales": float(money @ more),
            "shelf goods": -float(goods @ more),
        }
    )
