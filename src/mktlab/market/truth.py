"""What is so, whatever the tables say: segments, rates, lifetimes, expected value, elasticities.

`reveal` writes the truth tables of a market's history; `MEANINGS` says what each one and its
columns mean. A customer's expected value is a forecast with every parameter known: `outlook` says
how the coming weeks look, `expect` what each customer will do in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mktlab.market import baskets
from mktlab.market import demand as rules
from mktlab.market import prices as shelf
from mktlab.market.baskets import (
    CANCELLED,
    MEAN_REFUND,
    MOST_EXTRA_LINES,
    MOST_EXTRA_PIECES,
    MOST_ORDERS,
)
from mktlab.market.demand import category_elasticity, leaving_chance, sku_elasticity
from mktlab.market.draws import Floats, Ints, mean_of_poissons
from mktlab.market.history import History, Week
from mktlab.market.measurement import customer_ids, days, ever_customers, labels
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    COST_CENTS,
    PRODUCTS,
    SEGMENTS,
    of_categories,
    of_segments,
)

MEANINGS = {
    "customers": "Who each customer really is, today; the staff's test account is nobody.",
    "customers.order_rate": "Orders per week in a normal week, at satisfaction 7.",
    "customers.death_rate": "Rate per week of leaving for good, at satisfaction 7.",
    "customers.price_sensitivity": "Multiplier of the category elasticities of the average buyer.",
    "customers.basket_size": "Multiplier of the pieces bought beyond the first of a line.",
    "customers.satisfaction": "Latent satisfaction, 0 to 10, today or on the day of leaving.",
    "customers.left_date": "First day as a customer no more; empty for those who still are.",
    "customers.is_customer": "Still a customer today.",
    "customers.expected_orders_13w": "Paid orders expected in the 13 weeks from today on.",
    "customers.expected_margin_13w": (
        "Margin expected in the 13 weeks from today on: paid orders, revenue after refunds minus "
        "unit costs of all pieces sold, without shipping, fees or advertising; season as the "
        "calendar says; prices, promotions, competitors and shocks as in the last 52 weeks on "
        "average; the chance of leaving included; 0 for those who left; not discounted."
    ),
    "customers.expected_margin_52w": "The same for 52 weeks.",
    "customers.duplicate_of": (
        "For a second record of one person: the customer_id of the first. Leave these rows out to "
        "count persons."
    ),
    "elasticity": (
        "Own-price elasticity of repeat demand in the last 52 weeks, by product (one price moves) "
        "and by category (all its prices move), weighted by expected pieces."
    ),
    "demand": (
        "The forces behind each week and category: season, unrecorded shock, promotion, green "
        "coffee cost (six weeks earlier) and price indices in logs; pieces expected from customers."
    ),
    "flaws": "Every damaged row of the tables: its key, the flaw, and the true value if any.",
}


@dataclass(frozen=True)
class Outlook:
    """Coming weeks: (weeks, segments, zones, categories)."""

    demand: Floats  # V
    margin: Floats  # euros per piece of an order placed, cancelled and refunded ones included
    promoted: Floats  # share of the lines bought on promotion: (weeks, segments, zones)


def reveal(history: History) -> dict[str, pd.DataFrame]:
    """The truth tables; `flaws` is added by whoever plants them."""
    tables = {
        "customers": _customers(history),
        "elasticity": _elasticity(history),
        "demand": _demand(history),
    }
    # Rounded, so that the last digit of a platform's exp() does not show.
    return {name: t.round(dict.fromkeys(t.select_dtypes("float"), 6)) for name, t in tables.items()}


def with_duplicates(customers: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """The truth of customers plus a row, copied from the person's, for each second record."""
    planted = log[(log["flaw"] == "duplicates") & (log["table"] == "customers")]
    copies = customers.set_index("customer_id").loc[planted["true_value"]].reset_index()
    copies["duplicate_of"] = copies["customer_id"]
    copies["customer_id"] = planted["key"].to_numpy()
    everyone = pd.concat([customers, copies]) if len(copies) else customers
    return everyone.sort_values("customer_id", ignore_index=True)


def parameters(history: History) -> dict[str, Any]:
    """Every number the market was played with, ready for JSON."""
    constants = {
        name.lower(): value
        for module in (shelf, rules, baskets)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, float)
    }
    return {
        "seed": history.seed,
        "people": len(history.people),
        "weeks": len(history.weeks),
        **constants,
        "segments": {s.name: s._asdict() for s in SEGMENTS},
        "categories": {c.name: c._asdict() for c in CATEGORIES},
    }


def outlook(history: History, *, weeks: int) -> Outlook:
    """The coming weeks if all but the season stays as in the last year on average."""
    last = history.weeks[-52:]
    first = len(history.weeks) - len(last)
    season = history.climate.season[first : len(history.weeks)]
    past = realized(history, first, len(history.weeks))
    weight = past.demand / np.exp(season)[:, None, None, :]
    usual = weight.mean(axis=0)
    margin = (weight * past.margin).mean(axis=0) / usual
    promoted = past.promoted.mean(axis=0)
    coming = shelf.seasons(shelf.weeks_of_year(len(history.weeks) + weeks)[-weeks:])
    return Outlook(
        demand=usual * np.exp(coming)[:, None, None, :],
        margin=np.broadcast_to(margin, (weeks, *margin.shape)),
        promoted=np.broadcast_to(promoted, (weeks, *promoted.shape)),
    )


def realized(history: History, first: int, last: int) -> Outlook:
    """The weeks from `first` up to, not including, `last` as they came."""
    weeks = history.weeks[first:last]
    demand = np.array([week.demand.by_category for week in weeks])
    on_promotion = np.array([week.prices.on_promotion for week in weeks])[:, None, None, :]
    return Outlook(
        demand=demand,
        margin=np.array([_margin_per_piece(week) for week in weeks]),
        promoted=(demand * on_promotion).sum(axis=-1) / demand.sum(axis=-1),
    )


def _margin_per_piece(week: Week) -> Floats:
    kept = (1 - CANCELLED) - MEAN_REFUND  # refunds are drawn among all orders placed
    euros = (kept * week.prices.shelf - (1 - CANCELLED) * COST_CENTS) / 100
    return rules.category_sum(week.demand.shares * euros)


def expect(
    history: History, who: Ints, ahead: Outlook, *, horizons: tuple[int, ...]
) -> dict[int, tuple[Floats, Floats]]:
    """Paid orders and margin (euros) expected from the customers `who`, for each horizon in weeks.

    Week by week: the chance of still being a customer, times the order rate, times the basket.
    Satisfaction returns to its base with a known mean and variance; the promotional stock at home
    enters by its mean.
    """
    people, state = history.people, history.state
    segment, zone = people.segment[who], people.zone[who]
    extra_lines = of_segments("extra_lines")[segment]
    base, satisfaction = people.base_satisfaction[who], state.satisfaction[who]
    stock, alive, variance = state.promotion_stock[who], state.customer[who].astype(float), 0.0
    pieces = _lines_per_order()[segment, None] * _pieces_per_line(people.basket_size[who])
    orders, margin = np.zeros(len(who)), np.zeros(len(who))
    totals = {}
    for week in range(max(horizons)):
        by_category = ahead.demand[week, segment, zone]
        mood = rules.ORDERS_PER_SATISFACTION * (satisfaction - 7.0)
        mood += rules.ORDERS_PER_SATISFACTION**2 * variance / 2
        rate = people.order_rate[who] * by_category.sum(axis=1)
        rate *= np.exp(mood - rules.STOCK_EFFECT * stock)
        placed = mean_of_poissons(rate, most=MOST_ORDERS)
        basket = (by_category * pieces * ahead.margin[week, segment, zone]).sum(axis=1)
        orders += alive * placed * (1 - CANCELLED)
        margin += alive * placed * basket / by_category.sum(axis=1)
        promoted = ahead.promoted[week, segment, zone]
        some_promoted = 1 - (1 - promoted) * np.exp(-extra_lines * promoted)
        stock = rules.STOCK_KEPT * stock + placed * (1 - CANCELLED) * some_promoted
        satisfaction = satisfaction + rules.SATISFACTION_PULL * (base - satisfaction)
        variance = (1 - rules.SATISFACTION_PULL) ** 2 * variance + rules.SATISFACTION_NOISE**2
        uneven = np.exp(rules.DEATH_PER_SATISFACTION**2 * variance / 2)
        alive = alive * (1 - leaving_chance(people.death_rate[who] * uneven, satisfaction))
        if week + 1 in horizons:
            totals[week + 1] = orders.copy(), margin.copy()
    return totals


def _customers(history: History) -> pd.DataFrame:
    who = ever_customers(history)
    people, state = history.people, history.state
    expected = expect(history, who, outlook(history, weeks=52), horizons=(13, 52))
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "segment": labels(tuple(s.name for s in SEGMENTS), people.segment[who]),
            "order_rate": people.order_rate[who],
            "death_rate": people.death_rate[who],
            "price_sensitivity": of_segments("price_sensitivity")[people.segment[who]],
            "basket_size": people.basket_size[who],
            "satisfaction": state.satisfaction[who],
            "joined_date": days(state.joined_day[who]),
            "left_date": days(state.left_day[who]),
            "is_customer": state.customer[who],
            "expected_orders_13w": expected[13][0],
            "expected_margin_13w": expected[13][1],
            "expected_margin_52w": expected[52][1],
            "duplicate_of": pd.Series("", index=range(len(who)), dtype="str"),
        }
    )


def expected_pieces(week: Week) -> Floats:
    """Pieces expected from repeat customers, average basket: (segments, zones, products)."""
    per_demand = _lines_per_order()[:, None] * week.repeat_orders / week.demand.total
    pieces = _pieces_per_line(np.ones(1))[0, CATEGORY_OF]
    return np.asarray(per_demand[..., None] * week.demand.by_product * pieces)


def _lines_per_order() -> Floats:
    """Mean lines of an order, by segment."""
    return 1 + mean_of_poissons(of_segments("extra_lines"), most=MOST_EXTRA_LINES)


def _pieces_per_line(basket_size: Floats) -> Floats:
    """Mean pieces of a line: (persons, categories)."""
    extra = of_categories("extra_pieces") * basket_size[:, None]
    return 1 + mean_of_poissons(extra, most=MOST_EXTRA_PIECES)


def _elasticity(history: History) -> pd.DataFrame:
    products, categories, weights = [], [], []
    for week in history.weeks[-52:]:
        pieces = expected_pieces(week)
        weights.append(pieces.sum(axis=(0, 1)))
        products.append((pieces * sku_elasticity(week.demand.shares)).sum(axis=(0, 1)))
        by_category = category_elasticity()[:, None, CATEGORY_OF]
        categories.append((pieces * by_category).sum(axis=(0, 1)))
    weight = np.sum(weights, axis=0)
    family = rules.category_sum(np.sum(categories, axis=0)) / rules.category_sum(weight)
    names = [c.name for c in CATEGORIES]
    return pd.DataFrame(
        {
            "level": ["category"] * len(names) + ["sku"] * len(PRODUCTS),
            "category": [*names, *(names[c] for c in CATEGORY_OF)],
            "product_id": [""] * len(names) + [p.product_id for p in PRODUCTS],
            "elasticity": np.concatenate([family, np.sum(products, axis=0) / weight]),
        }
    )


def _demand(history: History) -> pd.DataFrame:
    climate, weeks = history.climate, len(history.weeks)
    pieces = np.array([rules.category_sum(expected_pieces(week)) for week in history.weeks])
    index = np.array([week.demand.log_price_index for week in history.weeks])
    expected = pieces.sum(axis=(1, 2))
    week, category = np.indices(expected.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "category": labels(tuple(c.name for c in CATEGORIES), category),
            "season": climate.season[:weeks].reshape(-1),
            "shock": climate.shock[:weeks].reshape(-1),
            "green_cost": climate.green_cost[week],
            "promotion": climate.promotion[:weeks].reshape(-1),
            "log_price_index": ((pieces * index).sum(axis=(1, 2)) / expected).reshape(-1),
            "log_competitor": np.array([w.competitor for w in history.weeks]).reshape(-1),
            "expected_pieces": expected.reshape(-1),
        }
    )
