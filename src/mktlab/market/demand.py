"""How people answer prices: market shares, category demand, order rates, and their elasticities.

A shopper first decides whether to order (`order_rate`), then what kind of product
(`category_demand`), then which one (`market_shares`). `react` puts the chain together for one
week. Because every step has a formula, so have the true elasticities: `sku_elasticity` for one
product's price, `category_elasticity` for a whole family's. `joining_rate` and `leaving_chance`
open and close a customer's life. Arrays run over (segments, zones, products or categories).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from mktlab.market.draws import Floats, Ints
from mktlab.market.shelf import Prices
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    SEGMENTS,
    ZONES,
    People,
    of_categories,
    of_segments,
)

CROSS_PRICE = 0.26
FEATURE_LIFT = 0.15
STOCK_EFFECT = 0.30
JOINING_RATE = 0.0035
ANSWER_ABOVE = 0.9
ANSWER_SPREAD = 1.4155  # person's style of answering, .8 x .7, and mood of the day, 1.3
ORDERS_PER_SATISFACTION = 0.10
DEATH_PER_SATISFACTION = 0.28
STOCK_KEPT = 0.6  # of the promotional stock at home, from week to week
STOCK_MOST = 1.5
PROMOTION_SHOPPERS = 0.8  # more one-time buyers for each unit of discount (after Lewis, 2006)
SATISFACTION_PULL = 0.08  # of the gap to the deserved satisfaction, closed every week
SATISFACTION_NOISE = 0.12
PAUSE_SHARE = 0.75  # of those who leave after more than one order: they may come back
RETURN = 0.012  # weekly chance that one who pauses comes back
DEAL_DEATH = 2.0  # higher leaving chance of those won on a deal, for each unit of discount
_FIRST_OF_CATEGORY: Ints = np.searchsorted(CATEGORY_OF, np.arange(len(CATEGORIES)))


@dataclass(frozen=True)
class Conditions:
    """What advertising, e-mail and the rest of the company do to a week's demand.

    Lifts are added to the logarithm of a rate. By zone means (zones, 2): for those who are shown
    social advertising, and for the holdout. The defaults are a normal week.
    """

    advertising_lift: Floats | float = 0.0  # by zone: on orders (L - .125)
    acquisition_lift: Floats | float = 0.76 - 0.9  # by zone: on joining (sum of beta_acq H - .9)
    awareness: Floats | float = 0.35  # (zones,): share of people who know the brand
    order_lift: Floats | float = 0.0  # by person: e-mail, loyalty program
    sold_share: Floats | float = 1.0  # (segments, zones): wishes to order that find an outlet
    joining_lift: Floats | float = 0.0  # (segments, zones): reputation, web shop, referrals


@dataclass(frozen=True)
class Demand:
    """One week's demand for one person of each segment and zone, relative to a normal week."""

    shares: Floats  # sigma: (segments, zones, products), sum to 1 within a category
    log_price_index: Floats  # ln P: (segments, zones, categories)
    by_category: Floats  # V: (segments, zones, categories)

    @property
    def total(self) -> Floats:
        """Sum over categories: 1 in a normal week. (segments, zones)"""
        return np.asarray(self.by_category.sum(axis=-1))

    @cached_property
    def by_product(self) -> Floats:
        """Category demand times market share: (segments, zones, products)."""
        return np.asarray(self.by_category[..., CATEGORY_OF] * self.shares)


def category_sum(by_product: Floats) -> Floats:
    """Sum over the products of each category (last axis).

    >>> category_sum(np.ones(24)).tolist()
    [8.0, 5.0, 5.0, 4.0, 2.0]
    """
    return np.add.reduceat(by_product, _FIRST_OF_CATEGORY, axis=-1)


def attraction(taste: Floats, log_price: Floats) -> Floats:
    """Pull of each product, w = exp(alpha - b l): (segments, zones, products)."""
    steepness = of_categories("substitution")[CATEGORY_OF]
    return np.asarray(np.exp(taste[:, None, :] - steepness * log_price))


def market_shares(pull: Floats) -> Floats:
    """Share of each product in its category: its pull over the pull of all (multinomial logit).

    >>> market_shares(np.ones((5, 13, 24)))[0, 0, [0, 23]].tolist()  # 8 beans, 2 teas
    [0.125, 0.5]
    """
    return pull / category_sum(pull)[..., CATEGORY_OF]


def price_index(pull: Floats, taste: Floats) -> Floats:
    """Log price index of each category (ln P): what its prices are worth to the segment.

    It weighs products as the segment does: 0 at list prices, .05 when all rise by 5 log points.
    """
    at_list_price = category_sum(np.exp(taste))[:, None, :]
    return np.asarray(-np.log(category_sum(pull) / at_list_price) / of_categories("substitution"))


def category_demand(
    log_price_index: Floats,
    *,
    competitor: Floats,
    season: Floats,
    shock: Floats,
    on_promotion: Floats,
) -> Floats:
    """Demand for each category (V): preference, own price, competitors' price, season, shock.

    Semi-logarithmic in the own price, so that a family has a best price: who finds it dear today
    finds it dearer than twice as dear at twice the distance.

    The last four hold one number per category, in logs; `on_promotion` is 1 or 0.
    """
    preference = np.array([s.categories for s in SEGMENTS])[:, None, :]
    week = CROSS_PRICE * competitor + season + shock + FEATURE_LIFT * on_promotion
    dearer = np.expm1(log_price_index)  # price index over that of list prices, less 1
    return np.asarray(preference * np.exp(_steepness()[:, None, :] * dearer + week))


def react(
    taste: Floats, prices: Prices, *, competitor: Floats, season: Floats, shock: Floats
) -> Demand:
    """One week's demand at these prices."""
    pull = attraction(taste, prices.log)
    index = price_index(pull, taste)
    by_category = category_demand(
        index,
        competitor=competitor,
        season=season,
        shock=shock,
        on_promotion=prices.on_promotion.astype(float),
    )
    return Demand(market_shares(pull), index, by_category)


def _steepness() -> Floats:
    """-e m: (segments, categories)."""
    return -np.outer(of_segments("price_sensitivity"), of_categories("elasticity"))


def category_elasticity(log_price_index: Floats) -> Floats:
    """Own-price elasticity of each category at these prices: -e m P, (segments, zones, categories).

    >>> at_list, dearer = np.zeros((5, 13, 5)), np.full((5, 13, 5), np.log(1.1))
    >>> float(category_elasticity(at_list)[2, 0, 2].round(2))  # bargain, capsules: -2.45 x 1.5
    -3.68
    >>> float(category_elasticity(dearer)[2, 0, 2].round(2))  # 10 % dearer
    -4.04
    """
    return np.asarray(_steepness()[:, None, :] * np.exp(log_price_index))


def sku_elasticity(demand: Demand) -> Floats:
    """Own-price elasticity of each product: -[b (1 - share) + e m P share].

    A dearer product loses buyers to its neighbors (b) and a few to not buying at all (e m P).

    >>> one = np.ones((5, 13, 24))
    >>> at_list = Demand(0.25 * one, 0 * one[..., :5], one[..., :5])
    >>> float(sku_elasticity(at_list)[1, 0, 0].round(4))  # -(3.2 x .75 + 1.80 x .25)
    -2.85
    """
    to_neighbors = of_categories("substitution")[CATEGORY_OF] * (1.0 - demand.shares)
    family = category_elasticity(demand.log_price_index)
    return np.asarray(family[..., CATEGORY_OF] * demand.shares - to_neighbors)


def order_rate(
    people: People,
    who: Ints,
    demand: Demand,
    *,
    satisfaction: Floats,
    promotion_stock: Floats,
    conditions: Conditions,
) -> Floats:
    """Expected orders in one week (r) of the persons `who`, in their order.

    `promotion_stock` is the shelf at home, filled by promotions: it explains the dip after one.
    """
    segment, zone, held_out = _kind(people, who)
    advertising = _by_zone(conditions.advertising_lift)[zone, held_out]
    advertising *= of_segments("ad_sensitivity")[segment]
    mood = ORDERS_PER_SATISFACTION * (satisfaction[who] - 7.0)
    lift = np.broadcast_to(conditions.order_lift, len(people))[who]
    log_lift = advertising + mood + lift - STOCK_EFFECT * promotion_stock[who]
    wishes = demand.total * conditions.sold_share
    return np.asarray(people.order_rate[who] * wishes[segment, zone] * np.exp(log_lift))


def joining_rates(demand: Demand, conditions: Conditions) -> Floats:
    """Weekly rate (h) at which prospects become customers: (segments, zones, 2).

    The last axis is as in `Conditions`: those who are shown social advertising, and the holdout.
    """
    known = np.broadcast_to(conditions.awareness, len(ZONES)) / 0.35
    by_zone = JOINING_RATE * known[:, None] * np.exp(_by_zone(conditions.acquisition_lift))
    wishes = demand.total**0.6 * conditions.sold_share * np.exp(conditions.joining_lift)
    return np.asarray(by_zone * wishes[..., None])


def joining_rate(people: People, who: Ints, demand: Demand, *, conditions: Conditions) -> Floats:
    """Weekly joining rate of the prospects `who`."""
    return np.asarray(joining_rates(demand, conditions)[_kind(people, who)])


def leaving_chance(death_rate: Floats, satisfaction: Floats) -> Floats:
    """Chance that a customer leaves this week: pauses or is gone for good.

    >>> leaving_chance(np.array([0.01, 0.01]), np.array([7.0, 5.0])).round(4).tolist()
    [0.01, 0.0174]
    """
    return np.asarray(
        -np.expm1(-death_rate * np.exp(-DEATH_PER_SATISFACTION * (satisfaction - 7.0)))
    )


def net_promoters(satisfaction: Floats) -> Floats:
    """Chance to answer 9 or 10 less chance to answer 0 to 6, "would you recommend us?".

    People answer their satisfaction plus .9, give or take `ANSWER_SPREAD`, rounded.

    >>> net_promoters(np.array([6.6])).round(3).tolist()  # 7.5 lies midway between the cuts
    [0.0]
    """
    center = satisfaction + ANSWER_ABOVE
    return np.asarray(ndtr((center - 8.5) / ANSWER_SPREAD) - ndtr((6.5 - center) / ANSWER_SPREAD))


def one_time_chance(people: People, who: Ints, satisfaction: Floats) -> Floats:
    """Chance that a new customer leaves right after the first order."""
    mood = np.exp(-0.25 * (satisfaction[who] - 7.0))
    return np.asarray(of_segments("one_time_share")[people.segment[who]] * mood)


def _kind(people: People, who: Ints) -> tuple[Ints, Ints, Ints]:
    return people.segment[who], people.zone[who], people.social_holdout[who].astype(np.int64)


def _by_zone(number: Floats | float) -> Floats:
    return np.broadcast_to(number, (len(ZONES), 2))
