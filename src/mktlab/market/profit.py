"""The books: from what was sold in a week to its profit, account by account.

`Sold` is what a week sold: as it came, in whole cents, or as it was expected. `book` turns it into
accounts that add up to the cent; revenue is positive, cost negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mktlab.market.baskets import CANCELLED, MEAN_REFUND, Lines, Orders
from mktlab.market.demand import category_sum
from mktlab.market.draws import Floats
from mktlab.market.prices import Climate
from mktlab.market.shelf import Prices
from mktlab.market.world import CATEGORY_OF, COST_CENTS, OUTLETS, People, of_categories
from mktlab.plan.costs import BOX_GOODS, GOODWILL, OVERHEAD, QUALITY_GOODS, RENT, weekly_costs
from mktlab.plan.mix import BASE, CHANNELS, Mix

SHIPPING = 4.90
PARCEL = 5.40
FASTER = 1.10  # for each day below three
PAYMENT_FEE = 0.015
MARKETPLACE_FEE = 0.15
POINTS_COST = 0.70  # of the points earned, what is spent one day
REWARD_COST = 2.0  # both friends get it
CAFE_GOODS = 0.27
_NONE: Mapping[str, float] = MappingProxyType({})
WEB, MARKETPLACE = OUTLETS.index("web"), OUTLETS.index("marketplace")


class Sold(NamedTuple):
    """What one week sold; money in euros."""

    orders: Floats  # paid, by outlet
    sales: Floats  # by outlet, after refunds
    goods: float  # cost of what left the warehouse
    shipping: float  # paid by customers
    member_sales: float
    newcomers: float = 0.0
    referred: float = 0.0
    cafe_guests: float = 0.0  # who bought
    cafe_sales: float = 0.0
    boxes: float = 0.0
    unheard: float = 0.0  # requests that nobody answered in time


REVENUE = ("shop sales", "café sales", "boxes", "shipping fees")
GOODS = ("goods", "café goods", "box goods")


def book(
    sold: Sold, mix: Mix, *, spend: float, scale: float, others: Mapping[str, float] = _NONE
) -> dict[str, float]:
    """The accounts of a week, in euros rounded to cents; the last one is their sum.

    `spend` is what the channels really billed, `others` are accounts of behaviors.
    """
    costs = {path: scale * cost for path, cost in weekly_costs(mix).items()}
    costs = {k: v for k, v in costs.items() if k.removeprefix("promotion.") not in CHANNELS}
    boxes = sold.boxes * mix.price.box
    taken = (float(sold.sales.sum()), sold.cafe_sales, boxes, sold.shipping)
    per_parcel = PARCEL + FASTER * max(0.0, 3 - mix.place.delivery_days)
    quality = 1 + QUALITY_GOODS * (mix.product.quality - BASE.product.quality)
    accounts = {
        **dict(zip(REVENUE, taken, strict=True)),
        "goods": -sold.goods,
        GOODS[1]: -CAFE_GOODS * sold.cafe_sales / mix.price.cafe * quality,
        GOODS[2]: -BOX_GOODS * sold.boxes * quality,
        "delivery": -per_parcel * float(sold.orders[WEB]),
        "payment fees": -PAYMENT_FEE * sum(taken),
        "marketplace fees": -MARKETPLACE_FEE * float(sold.sales[MARKETPLACE]),
        "advertising": -spend,
        "goodwill": -GOODWILL * sold.unheard,
        "points": -POINTS_COST * mix.promotion.loyalty_earn * sold.member_sales,
        "referral rewards": -REWARD_COST * mix.promotion.referral_reward * sold.referred,
        **{path.partition(".")[2].replace("_", " "): -cost for path, cost in costs.items()},
        "rent": -RENT * scale,
        "overhead": -OVERHEAD * scale,
        **others,
    }
    cents = {name: round(100 * amount) for name, amount in accounts.items()}
    return {name: cent / 100 for name, cent in cents.items()} | {
        "profit": sum(cents.values()) / 100
    }


def goods_factor(climate: Climate, week: int, mix: Mix) -> Floats:
    """Cost of goods today over the standard cost, by category: green coffee and quality."""
    green = of_categories("green_share")
    quality = 1 + QUALITY_GOODS * (mix.product.quality - BASE.product.quality)
    return np.asarray((1 - green + green * np.exp(climate.green_cost[week])) * quality)


def realized(orders: Orders, lines: Lines, people: People, mix: Mix, *, factor: Floats) -> Sold:
    """What the shops sold in a week as it came; cafés, boxes and newcomers are added by others."""
    amount = np.bincount(
        lines.order, weights=lines.quantity * lines.unit_cents, minlength=len(orders.person)
    )
    cost = np.rint(COST_CENTS * factor[CATEGORY_OF])[lines.product] * lines.quantity
    paid = ~orders.cancelled
    kept = np.where(paid, amount - np.rint(orders.refund_share * amount), 0.0)
    low = amount < np.rint(100 * mix.place.free_shipping_from)
    charged = paid & (orders.outlet == WEB) & low
    return Sold(
        orders=np.bincount(orders.outlet[paid], minlength=3).astype(float),
        sales=np.bincount(orders.outlet, weights=kept, minlength=3) / 100,
        goods=float(cost[paid[lines.order]].sum()) / 100,
        shipping=round(SHIPPING * float(charged.sum()), 2),
        member_sales=float(kept[people.loyalty_member[orders.person]].sum()) / 100,
    )


def expected(
    placed: Floats,
    pieces: Floats,
    *,
    shares: Floats,
    prices: Prices,
    outlets: Floats,
    factor: Floats,
    members: float,
    mix: Mix,
) -> Sold:
    """The same, expected: orders placed (segments, zones) and pieces (segments, zones, categories).

    `members` is the share of the orders that members place. Charged shipping is estimated from a
    mean order: its share of small orders is that of an exponential basket.
    """
    mean_price = category_sum(shares * prices.net) / 100
    mean_cost = category_sum(shares * np.rint(COST_CENTS * factor[CATEGORY_OF])) / 100
    gross = (pieces * mean_price).sum(axis=-1)
    sales = (1 - CANCELLED - MEAN_REFUND) * gross
    paid = (1 - CANCELLED) * placed
    basket = gross / np.maximum(placed, 1e-9)
    small = 1 - np.exp(-mix.place.free_shipping_from / np.maximum(basket, 1e-9))
    return Sold(
        orders=(paid[..., None] * outlets).sum(axis=(0, 1)),
        sales=(sales[..., None] * outlets).sum(axis=(0, 1)),
        goods=float((1 - CANCELLED) * (pieces * mean_cost).sum()),
        shipping=float(SHIPPING * (paid * small * outlets[..., WEB]).sum()),
        member_sales=members * float(sales.sum()),
    )
