"""What pieces of physical evidence are worth: their weights, and each offer played for a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import evidence
from mktlab.market.observed.touches import MEAN
from mktlab.market.state import History
from mktlab.market.truth.counterfactual import Rewind
from mktlab.plan.costs import MENDED, weekly_costs
from mktlab.plan.mix import BASE

CAFE_MONEY = 100.0  # euros a week more for the ambience of the cafés
_AMBIENCE = "physical_evidence.ambience"


def touch_drivers(history: History) -> pd.DataFrame:
    """Weight of each piece in satisfaction, what is felt about it, and the orders that meet it."""
    mix, rate = history.weeks[-1].mix, history.people.order_rate * history.state.customer
    pieces = list(evidence.WEIGHTS)
    share = [float(np.average(evidence.met(history, p, mix), weights=rate)) for p in pieces]
    return pd.DataFrame(
        {
            "piece": pd.array(pieces, dtype="str"),
            "weight": list(evidence.WEIGHTS.values()),
            "felt": MEAN,
            "met": share,
        }
    )


def touch_repairs(rewind: Rewind) -> pd.DataFrame:
    """The last year with each offer, and with as much more ambience as `CAFE_MONEY` buys."""
    scale = rewind.history.people.scale
    rows = [
        (name, o.piece, o.points, MENDED[name] * scale, rewind.play({}, mended=(name,)))
        for name, o in evidence.OFFERS.items()
    ]
    more = (1 + CAFE_MONEY / weekly_costs(BASE)[_AMBIENCE]) ** 0.5
    cafe = rewind.play({_AMBIENCE: more})
    rows.append(("ambience", "cafe", np.nan, 52 * CAFE_MONEY * scale, cafe))
    year = rewind.year
    return pd.DataFrame(
        [
            (*row, float((played.revenue - year.revenue).sum()), played.profit - year.profit)
            for *row, played in rows
        ],
        columns=["offer", "piece", "points", "cost", "revenue_year", "profit_year"],
    ).astype({"offer": "str", "piece": "str"})
