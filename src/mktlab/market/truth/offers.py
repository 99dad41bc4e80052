"""What is so of deals and offers: the last year played again without the one, with the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.demand import category_sum
from mktlab.market.draws import Floats
from mktlab.market.observed.sales import labels
from mktlab.market.profit import goods_factor
from mktlab.market.truth.counterfactual import Rewind, Year, silent
from mktlab.market.world import CATEGORIES, CATEGORY_OF, COST_CENTS
from mktlab.plan.mix import BUYERS, MECHANICS


def _euros(rewind: Rewind, year: Year) -> tuple[Floats, Floats]:
    """Sales and margin by week and family, before what is cancelled and refunded."""
    sales, start = [], len(rewind.before.weeks)
    for place, week in enumerate(year.weeks, start=start):
        factor = goods_factor(rewind.history.climate, place, week.mix)[CATEGORY_OF]
        each = [week.prices.net, np.rint(COST_CENTS * factor)]
        mean = [category_sum(week.demand.shares * cents) / 100 for cents in each]
        sales.append([(week.pieces * euros).sum(axis=(0, 1)) for euros in mean])
    taken, goods = np.swapaxes(np.array(sales), 0, 1)
    return taken, taken - goods


def offers(rewind: Rewind) -> pd.DataFrame:
    """What the year's promotions brought by family: with them, and without any."""
    ours, other = rewind.year, rewind.play(silent("deal_chance"))
    on = np.array([week.prices.on_promotion for week in ours.weeks])
    (sales, margin), (without, idle) = _euros(rewind, ours), _euros(rewind, other)
    return pd.DataFrame(
        {
            "category": labels(tuple(c.name for c in CATEGORIES), np.arange(len(CATEGORIES))),
            "weeks": on.sum(axis=0),
            "sales_on_deal": (sales * on).sum(axis=0),
            "sales_anyway": (without * on).sum(axis=0),
            "sales_other_weeks": ((sales - without) * ~on).sum(axis=0),
            "margin_on_deal": ((margin - idle) * on).sum(axis=0),
            "margin_other_weeks": ((margin - idle) * ~on).sum(axis=0),
        }
    )


def offer_test(rewind: Rewind) -> pd.DataFrame:
    """What each mechanic brings in a year, given to one group of buyers."""
    year, rows = rewind.year, []
    orders = sum(week.expected.orders.sum() for week in year.weeks)
    for buyer in BUYERS:
        for mechanic in MECHANICS:
            other = rewind.play({}, offer={buyer: mechanic})
            placed = sum(week.expected.orders.sum() for week in other.weeks)
            rows.append(
                {
                    "buyer": buyer,
                    "mechanic": mechanic,
                    "extra_orders": float(placed - orders),
                    "cost": -float(other.accounts["offers"].sum()),
                    "profit_year": other.profit - year.profit,
                }
            )
    return pd.DataFrame(rows)
