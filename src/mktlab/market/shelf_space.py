"""The shelf beside the café counter: what facings and levels do to sales, and a rotation by lot.

More facings sell more, with an elasticity that is low for what people come for anyway and higher
for what they buy on the spot (Eisend, 2014: .17 on average, lowest for commodities, highest for
impulse buys). Guests without an account take from it; their sales are among those of the café. In
the market as usual a draw gives each café another layout every four weeks. `act` is the door by
which `place.facings` keeps one layout: it books what that sells more or less.
"""

from __future__ import annotations

import numpy as np

from mktlab.market.baskets import CANCELLED
from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.state import History
from mktlab.market.world import (
    CAFE_ZONES,
    CATEGORIES,
    CATEGORY_OF,
    COST_CENTS,
    OUTLETS,
    PRODUCTS,
    of_categories,
    outlet_chances,
)
from mktlab.plan.mix import SHELF, Mix
from mktlab.plan.space import facings
from mktlab.show.words import label

EVERY = 4  # weeks until the layout changes
LEVELS = ("eye", "hand", "floor")
LEVEL: Floats = np.array([0.12, 0.0, -0.15])  # log of sales over those at hand
ROTATED: Ints = np.array([1] * 5 + [5] * 5)
"""Facings of the ten products, in an order that a draw chooses."""
ON_LEVELS: Ints = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
_SPACE = {"beans": 0.16, "ground": 0.04, "capsules": 0.05, "gift": 0.33, "tea": 0.27}
_LUCK = 0.05  # of a product's elasticity, log
_GUESTS = 3.0  # without an account, over customers with one
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


def expected(history: History, week: int) -> Floats:
    """Pieces that guests take from the shelf in rotation: (cafés, products of the shelf).

    Guests without an account take what customers with one order in the cafés, `_GUESTS` times.
    """
    now = history.weeks[week]
    at_cafe = (now.pieces * outlet_chances(now.mix)[..., _CAFE, None])[:, CAFE_ZONES]
    by_product = at_cafe[..., CATEGORY_OF[POSITIONS]]
    by_product = by_product * now.demand.shares[:, CAFE_ZONES][..., POSITIONS]
    return np.asarray(_GUESTS * (1 - CANCELLED) * by_product.sum(axis=0))


def earned(history: History, first: int, last: int) -> tuple[Floats, Floats, Floats]:
    """Pieces, euros of sales and of goods of some weeks in rotation, by product of the shelf."""
    pieces, money = np.zeros((2, len(SHELF)))
    for week in range(first, last):
        taken = expected(history, week)
        pieces += taken.sum(axis=0)
        prices = history.weeks[week].prices.net[CAFE_ZONES][:, POSITIONS]
        money += (taken * prices).sum(axis=0) / 100
    return pieces, money, pieces * COST_CENTS[POSITIONS] / 100


def more_pieces() -> Floats:
    """Pieces that a guest takes of each product beyond the first, on average."""
    return np.asarray(of_categories("extra_pieces")[CATEGORY_OF[POSITIONS]])


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What a layout that stays does to a week."""
    if not mix.place.facings:
        return Nudge()
    first = max(week - _LATELY, 0)
    _, money, goods = earned(history, first, week)
    more = (over_rotation(history.seed, np.array([*facings(mix).values()])) - 1) / max(
        week - first, 1
    )
    return Nudge(
        accounts={
            label("shelf sales"): float(money @ more),
            label("shelf goods"): -float(goods @ more),
        }
    )
