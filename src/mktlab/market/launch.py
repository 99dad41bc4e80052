"""A new bag of beans: who buys it, from whom it takes, and what that does to the books.

`product.launch` of a mix names it (`plan.launches`). Whoever wants beans chooses among our bags,
the rivals' and the new one, or leaves without one: a logit of label, origin and price, in which
each segment minds the price as in the shop. So a part of what the new bag sells comes from our own
bags and the rest is won from others. `effect` says how much, `act` brings it to the week: the
account `new_bag` (what it leaves), `taken_from_ours` (what these would have left), `launch` (once,
in its first week), and more orders: of the bags won a share, `VISITS`, comes with an order that
holds the usual basket, too. Prices and costs are as planned: no promotions, cancellations or fees.
Nothing is drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats
from mktlab.market.observed.studies import NONE_WORTH
from mktlab.market.profit import goods_factor
from mktlab.market.state import History
from mktlab.market.world import (
    CATEGORIES,
    COST_CENTS,
    LABEL_WORTH,
    ORIGIN_WORTH,
    PRODUCTS,
    of_categories,
    of_segments,
)
from mktlab.plan.launches import CANDIDATES, RIVAL_BAGS
from mktlab.plan.mix import Mix

VISITS = 1 / 20
VAT = 0.055
BEANS = [c.name for c in CATEGORIES].index("beans")
_OURS = [place for place, p in enumerate(PRODUCTS) if p.product_id.startswith("BEA")]


class Effect(NamedTuple):
    """What a new bag does in a week: pieces, and euros; the last axis runs over segments."""

    sold: Floats
    taken: Floats  # of them, from our own bags
    margin: Floats  # of what is sold
    lost: Floats  # margin of what is taken


def pull(label: str, origin: bool, price: Floats | float) -> Floats:
    """How a bag draws each segment, as in `observed.studies`, the price as in the shop.

    The last axis runs over segments, those before it over prices.

    >>> pull("none", False, 12.0).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    minds = of_categories("substitution")[BEANS] * of_segments("price_sensitivity")
    liked = LABEL_WORTH[label] + ORIGIN_WORTH * origin
    return np.asarray(np.exp(liked - np.multiply.outer(np.log(np.divide(price, 12)), minds)))


def effect(history: History, week: int, mix: Mix, name: str, price: Floats | float) -> Effect:
    """A bag in a week, from the beans that were expected to be sold in the week before."""
    bag, level = CANDIDATES[name], mix.price.beans
    ours = [PRODUCTS[place] for place in _OURS]
    pulls = np.array([pull(p.label, p.single_origin, level * p.shelf_price) for p in ours])
    shelf = level * np.array([p.shelf_price for p in ours]) / (1 + VAT)
    cost = COST_CENTS[_OURS] / 100 * goods_factor(history.climate, week, mix)[BEANS]
    own = pulls.sum(axis=0)
    kept = (shelf - cost) @ pulls / own
    others = np.sum([pull(*rival) for rival in RIVAL_BAGS.values()], axis=0) + np.exp(NONE_WORTH)
    new = pull(bag.label, bag.single_origin, price)
    beans = history.weeks[week - 1].pieces[:, :, BEANS].sum(axis=1) if week else np.zeros(len(own))
    share = new / (own + others + new)
    sold, taken = beans * (own + others) / own * share, beans * share
    margin = np.divide(price, 1 + VAT) - bag.unit_cost
    return Effect(sold, taken, (sold.T * margin).T, taken * kept)


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What the new bag of a mix does to a week; without one, nothing."""
    name = mix.product.launch
    if not name:
        return Nudge()
    bag = CANDIDATES[name]
    found = effect(history, week, mix, name, mix.product.launch_price or bag.price)
    usual = history.weeks[week - 1].repeat_orders.sum(axis=1) if week else np.ones(len(found.sold))
    lift = np.log1p(VISITS * (found.sold - found.taken) / np.maximum(usual, 1e-9))
    before = history.weeks[week - 1].mix.product.launch if week else ""
    accounts = {
        "new_bag": float(found.margin.sum()),
        "taken_from_ours": -float(found.lost.sum()),
    }
    accounts["launch"] = -bag.launch_cost * history.people.scale * (name != before)
    return Nudge(orders=lift[history.people.segment], accounts=accounts)
