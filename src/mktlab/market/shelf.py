"""The shelf: regular prices that stay, price tests, and promotions that may be announced.

Regular prices are reviewed twice a year, product by product, and changed when the review asks for
more than `WORTH_CHANGING`; what it asks for follows the cost of green coffee and demand
(`FOLLOWS_DEMAND`). The latter misleads an analyst who only correlates; tests by zone are drawn by
lot, which does not. A promotion lasts two weeks, and its discount is off the lowest price of the
30 days before, as French law wants it (Code de la consommation, L112-1-1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mktlab.market.draws import Flags, Floats, Ints
from mktlab.market.prices import PASS_THROUGH, Climate
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    LIST_SHELF,
    PRODUCTS,
    VAT,
    ZONES,
    of_categories,
)
from mktlab.plan.mix import DEAL_GAP, DEAL_WEEKS, Mix

REVIEW_EVERY = 26  # weeks
WORTH_CHANGING = 0.05  # log: smaller changes are not worth new labels
FOLLOWS_DEMAND = 0.8
_FOLLOWS_COST = PASS_THROUGH * of_categories("cost_exposure")[CATEGORY_OF]
_REVIEWED: Ints = 7 * np.arange(len(PRODUCTS)) % REVIEW_EVERY  # first week of review, by product


@dataclass(frozen=True)
class Prices:
    """One week on the shelf: (zones, products), in cents."""

    regular: Ints  # tax included, before the promotion
    shelf: Ints  # tax included, what the label says
    off: Floats  # part of the price that a promotion takes off, by category; 0 without one

    @property
    def net(self) -> Ints:
        """What the company gets: the shelf price without tax, to the cent."""
        return without_tax(self.shelf)

    @property
    def on_promotion(self) -> Flags:
        """By category."""
        return np.asarray(self.off > 0)

    @property
    def log(self) -> Floats:
        """Log of the shelf price relative to the list price (l in the equations)."""
        return np.log(self.shelf / LIST_SHELF)


@dataclass(frozen=True)
class Shelf:
    """What the shelf remembers from week to week."""

    base: Floats  # log of the regular price over the list price, by product, without the plan
    deal_age: Ints  # weeks since the last promotion started, by category
    deal_off: Floats  # its discount, by category
    reference: Ints  # what the discount is off: (zones, products)
    recent: Ints  # shelf prices of the last weeks: (`DEAL_GAP`, zones, products)

    @classmethod
    def at_start(cls) -> Shelf:
        """List prices for long, and no promotion."""
        shape = (DEAL_GAP, len(ZONES), len(PRODUCTS))
        list_prices = np.broadcast_to(LIST_SHELF, shape)
        long_ago = np.full(len(CATEGORIES), DEAL_WEEKS + DEAL_GAP)
        nothing = np.zeros(len(CATEGORIES))
        return cls(np.zeros(len(PRODUCTS)), long_ago, nothing, list_prices[0], list_prices)


def without_tax(shelf: Ints) -> Ints:
    """Prices without tax, to the cent, of prices on the shelf; the last axis is the product.

    >>> int(without_tax(LIST_SHELF)[0])  # 1,190 cents / 1.055
    1128
    """
    return np.rint(shelf / (1 + VAT)).astype(np.int64)


def price_levels(mix: Mix) -> Floats:
    """Planned price over list price, by category."""
    return np.array([mix.value(f"price.{c.name}") for c in CATEGORIES], dtype=float)


def ending(cents: Floats) -> Ints:
    """The nearest price that shops like: its last digit is 0, 5 or 9.

    >>> ending(np.array([1191.0, 1193.0, 1197.4, 1198.0])).tolist()
    [1190, 1195, 1199, 1199]
    """
    tens = 10 * np.floor(cents / 10)[..., None]
    nearest = np.abs(tens + np.array([0, 5, 9, 10]) - cents[..., None]).argmin(axis=-1)
    price = tens[..., 0] + np.array([0, 5, 9, 10])[nearest]
    return np.asarray(np.maximum(price, 5), dtype=np.int64)


def set_prices(shelf: Shelf, climate: Climate, week: int, mix: Mix) -> tuple[Shelf, Prices]:
    """The shelf as it is this week, and its prices."""
    base = _review(shelf.base, climate, week)
    level = np.log(price_levels(mix)) + np.log1p(climate.test[week])  # (zones, categories)
    regular = ending(LIST_SHELF * np.exp(base + level[:, CATEGORY_OF]))
    starts = _starts(shelf, climate, week, mix)
    age = np.where(starts, 0, shelf.deal_age + 1)
    depth = mix.promotion.deal_depth * climate.promotion_shape[week]
    deal_off = np.where(starts, depth, shelf.deal_off)
    lowest = np.minimum(shelf.recent.min(axis=0), regular)
    reference = np.where(starts[CATEGORY_OF], lowest, shelf.reference)
    running = (age < DEAL_WEEKS) & (mix.promotion.deal_chance > 0)
    off = np.where(running, deal_off, 0.0)
    reduced = ending(np.minimum(reference, regular) * (1 - off[CATEGORY_OF]))
    shown = np.where((off > 0)[CATEGORY_OF], np.minimum(reduced, regular), regular)
    recent = np.concatenate([shelf.recent[1:], shown[None]])
    return Shelf(base, age, deal_off, reference, recent), Prices(regular, shown, off)


def _review(base: Floats, climate: Climate, week: int) -> Floats:
    """Regular prices after this week's reviews, log over list."""
    wanted = _FOLLOWS_COST * climate.green_cost[week]
    wanted = wanted + FOLLOWS_DEMAND * climate.shock[week][CATEGORY_OF]
    wanted = wanted + climate.review_noise[week]
    changes = (week % REVIEW_EVERY == _REVIEWED) & (np.abs(wanted - base) >= WORTH_CHANGING)
    return np.where(changes, wanted, base)


def _starts(shelf: Shelf, climate: Climate, week: int, mix: Mix) -> Flags:
    """Families whose promotion starts: by lot, and never within 30 days after another one."""
    rested = shelf.deal_age + 1 >= DEAL_WEEKS + DEAL_GAP
    lot = climate.promotion_lot[week]
    return np.asarray(rested & (lot < starting_chance(mix.promotion.deal_chance)))


def starting_chance(deal_share: float) -> float:
    """Weekly chance that a promotion starts, once it may, so that this share of weeks has one.

    >>> round(starting_chance(0.13), 3)  # 2 weeks on, 5 at rest, 8.4 of waiting: 2 of 15.4
    0.107
    >>> round(starting_chance(2 / 7), 9)
    1.0
    """
    if deal_share <= 0:
        return 0.0
    return 1 / max(DEAL_WEEKS / deal_share - DEAL_WEEKS - DEAL_GAP + 1, 1.0)
