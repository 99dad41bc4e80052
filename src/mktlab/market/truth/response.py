"""How demand answers: price elasticities by formula, and the forces behind every week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import demand as rules
from mktlab.market.baskets import lines_per_order
from mktlab.market.demand import category_elasticity, sku_elasticity
from mktlab.market.draws import Floats
from mktlab.market.observed.sales import days, labels
from mktlab.market.state import History, Week
from mktlab.market.truth.customers import pieces_per_line
from mktlab.market.world import CATEGORIES, CATEGORY_OF, PRODUCTS, SEGMENTS


def expected_pieces(week: Week) -> Floats:
    """Pieces expected from repeat customers, average basket: (segments, zones, products)."""
    per_demand = lines_per_order()[:, None] * week.repeat_orders / week.demand.total
    pieces = pieces_per_line(np.ones(1))[0, CATEGORY_OF]
    return np.asarray(per_demand[..., None] * week.demand.by_product * pieces)


def elasticity(history: History) -> pd.DataFrame:
    """Own-price elasticities of repeat demand, by category and product."""
    products, categories, weights = [], [], []
    for week in history.weeks[-52:]:
        pieces = expected_pieces(week)
        weights.append(pieces.sum(axis=(0, 1)))
        products.append((pieces * sku_elasticity(week.demand)).sum(axis=(0, 1)))
        by_category = category_elasticity(week.demand.log_price_index)[..., CATEGORY_OF]
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


def segment_elasticity(history: History) -> pd.DataFrame:
    """Own-price elasticities of repeat demand, by product and segment."""
    weights, weighted = [], []
    for week in history.weeks[-52:]:
        pieces = expected_pieces(week)
        weights.append(pieces.sum(axis=1))
        weighted.append((pieces * sku_elasticity(week.demand)).sum(axis=1))
    weight = np.sum(weights, axis=0)  # none where nobody of a segment is left
    answer = np.divide(
        np.sum(weighted, axis=0), weight, out=np.full_like(weight, np.nan), where=weight > 0
    )
    segment, product = np.indices(answer.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "segment": labels(tuple(s.name for s in SEGMENTS), segment),
            "product_id": labels(tuple(p.product_id for p in PRODUCTS), product),
            "elasticity": answer.reshape(-1),
        }
    )


def demand(history: History) -> pd.DataFrame:
    """Season, shock, cost, promotion and prices behind each week and category."""
    climate, weeks = history.climate, len(history.weeks)
    pieces = np.array([rules.category_sum(expected_pieces(week)) for week in history.weeks])
    index = np.array([week.demand.log_price_index for week in history.weeks])
    expected = pieces.sum(axis=(1, 2))
    off = np.array([week.prices.off for week in history.weeks])
    week, category = np.indices(expected.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "category": labels(tuple(c.name for c in CATEGORIES), category),
            "season": climate.season[:weeks].reshape(-1),
            "shock": climate.shock[:weeks].reshape(-1),
            "green_cost": climate.green_cost[week],
            "promotion": off.reshape(-1),
            "log_price_index": ((pieces * index).sum(axis=(1, 2)) / expected).reshape(-1),
            "log_competitor": np.array([w.competitor for w in history.weeks]).reshape(-1),
            "expected_pieces": expected.reshape(-1),
        }
    )
