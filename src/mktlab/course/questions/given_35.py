"""What exercise 35 hands out, and what the box leaves at each price when the market plays it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import survival
from mktlab.course.checking.plain import Unreadable
from mktlab.plan import Plan
from mktlab.plan.costs import BOX_GOODS
from mktlab.plan.mix import BASE
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

TODAY = BASE.price.box
PLANS = {"one_year": 52, "three_years": 156}
COSTS = (13.0, 13.5, 14.0, 14.5, 15.0)
STARTS = -1.8
LOWEST, HIGHEST = 17.0, 45.0
CAUSES = {"payment failure": "payment failed", "customer left": "customer left"}
BOXES = Path(__file__).with_name("lesson_35.csv")
"""Boxes that are sent at each price; written by `python -m mktlab.course.questions.given_35`."""


def played() -> pd.DataFrame:
    """Boxes of a year and of three at each price, mean of three hidden worlds."""
    from mktlab import market
    from mktlab.market.score import HIDDEN_SEEDS

    rows = []
    for price in np.arange(LOWEST, HIGHEST + 1, 2):
        plan = Plan.baseline().but(name="Box", budget=5_000_000, price={"box": float(price)})
        for seed in HIDDEN_SEEDS[:3]:
            season = market.start(plan, seed=seed)
            for name, weeks in PLANS.items():
                season.advance(weeks - season.week)
                goods = season.pnl().set_index("account").loc["box goods", "plan"]
                rows.append((name, price, -goods / BOX_GOODS))
    table = pd.DataFrame(rows, columns=["plan", "price", "boxes"])
    return table.groupby(["plan", "price"], as_index=False)["boxes"].mean().round(1)


if __name__ == "__main__":  # six minutes
    played().to_csv(BOXES, index=False, lineterminator="\n")
