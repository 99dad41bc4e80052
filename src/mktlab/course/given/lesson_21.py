"""What exercise 21 hands out: a draft, proposals, an offer, actions, and what actions earn."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.orders import purchases
from mktlab.plan import Objective, Plan

if TYPE_CHECKING:
    from mktlab.company import Company

QUARTER = 13

DRAFT = Plan.baseline().but(
    name="Draft",
    weeks=QUARTER,
    budget=125_000,
    process={"order_ahead": True},
    product={"quality": 0.7},
    promotion={"search_brand": 0, "deal_chance": 0.04},
    starts={"product.quality": 10},
)
"""The plan that question 3 is about."""

PROPOSALS = (
    Objective("awareness", 42, by_week=13),
    Objective("wait_minutes", 4.5, by_week=13),
    Objective("wait_minutes", 3.5, by_week=4),
    Objective("joy", 9, by_week=13),
    Objective("nps", 30, by_week=13),
    Objective("profit", 210_000, by_week=52),
    Objective("profit", 45_000, by_week=13),
)
"""What the departments propose for it; each world gives them other letters."""

ACTIONS: dict[str, dict[str, Any]] = {
    "best_coffee": {"product": {"quality": 0.95}},
    "nicer_cafe": {"physical_evidence": {"ambience": 0.75}},
    "app": {"process": {"order_ahead": True}},
    "more_service": {"people": {"support_hours": 22}},
    "training": {"people": {"training": 0.7}},
    "dearer_cafe": {"price": {"cafe": 1.1}},
    "fewer_baristas": {"people": {"baristas": 1.1}},
}
"""What question 5 chooses from; each world leaves one of `MISSING` out.

It is never the app: without it the best four are not the best in every market.
"""
MISSING = ("training", "dearer_cafe", "training")
PROFITS = Path(__file__).with_name("lesson_21.csv")
"""What every set of actions earns: `python -m mktlab.course.given.lesson_21` plays them all."""


def _drawn(company: Company, most: int) -> int:
    """A number below `most`, another one in other worlds."""
    return int(np.random.default_rng(len(company.orders)).integers(most))


def letters(company: Company) -> dict[str, Objective]:
    """The proposed objectives by their letters, in an order that each world has of its own."""
    order = np.random.default_rng(len(company.orders)).permutation(len(PROPOSALS))
    return {"ABCDEFG"[place]: PROPOSALS[n] for place, n in enumerate(order)}


def proposals(company: Company) -> pd.DataFrame:
    """The proposed objectives as a table: `proposal, kpi, target, by_week`."""
    rows = [(a, g.kpi, g.target, g.by_week) for a, g in letters(company).items()]
    return pd.DataFrame(rows, columns=["proposal", "kpi", "target", "by_week"])


def offer(company: Company) -> dict[str, Any]:
    """A promotion of the barista set: its tax is a fifth, and each world has another cut."""
    product: Any = company.products.set_index("product_id").loc["GIF-04"]
    paid = purchases(company.orders)
    late = paid.loc[paid["order_date"] >= company.today - pd.Timedelta(weeks=QUARTER), "order_id"]
    sold = company.order_lines[company.order_lines["product_id"] == "GIF-04"]
    shelf = round(float(product["list_price"] * (1 + product["vat_rate"])), 2)
    return {
        "on_shelf": shelf,
        "vat_rate": float(product["vat_rate"]),
        "unit_cost": float(product["unit_cost"]),
        "pieces": int(sold.loc[sold["order_id"].isin(late), "quantity"].sum()),
        "cut": (0.10, 0.15, 0.20)[_drawn(company, 3)],
        "leaflet": 750,
    }


def taxed_here_and_there(company: Company) -> list[float]:
    """The break-even of the offer with the tax in some of its prices."""
    given = offer(company)
    shelf, cut, cost = given["on_shelf"], given["cut"], given["unit_cost"]
    price = shelf / (1 + given["vat_rate"])
    less = shelf * (1 - given["vat_rate"])  # a fifth taken away is not a fifth put on
    ways = [(shelf, price * (1 - cut)), (price, shelf * (1 - cut)), (shelf, price - cut * shelf)]
    ways += [(less, less * (1 - cut)), (shelf, shelf * (1 - cut) - given["vat_rate"] * cost)]
    paid = [given["pieces"] * cut * asked + given["leaflet"] for asked, _ in ways]
    return [
        float(np.ceil(sum_ / (left - cost))) for sum_, (_, left) in zip(paid, ways, strict=True)
    ]


def cut_of_margin(company: Company) -> float:
    """The break-even of an offer that cuts the margin."""
    given = offer(company)
    margin = given["on_shelf"] / (1 + given["vat_rate"]) - given["unit_cost"]
    lost = given["pieces"] * given["cut"] * margin + given["leaflet"]
    return float(np.ceil(lost / (margin * (1 - given["cut"]))))


def euros_lost(company: Company) -> float:
    """What the offer must earn back."""
    given = offer(company)
    price = given["on_shelf"] / (1 + given["vat_rate"])
    return float(given["pieces"] * given["cut"] * price + given["leaflet"])


def actions(company: Company) -> dict[str, dict[str, Any]]:
    """The actions to choose from: the levers of each, by its name."""
    missing = MISSING[_drawn(company, len(MISSING))]
    return {name: levers for name, levers in ACTIONS.items() if name != missing}


@cache
def profits() -> dict[frozenset[str], float]:
    """What every set of actions earns in a year (€), mean of three worlds."""
    table = pd.read_csv(PROFITS, keep_default_na=False)
    sets = (frozenset(filter(None, names.split(" & "))) for names in table["actions"])
    return dict(zip(sets, table["profit"].astype(float), strict=True))


def played(sets: list[frozenset[str]]) -> pd.DataFrame:
    """What sets of actions earn in a year: the rows of `lesson_21.csv`."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    rows = []
    for names in sets:
        plan = Plan.baseline().but(budget=1_000_000)
        for name in sorted(names):
            plan = plan.but(**ACTIONS[name])
        profit = judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit
        rows.append((" & ".join(name for name in ACTIONS if name in names), round(profit)))
    return pd.DataFrame(rows, columns=["actions", "profit"])


def every_set() -> list[frozenset[str]]:
    """All sets of the actions, the empty one first."""
    return [frozenset(s) for n in range(len(ACTIONS) + 1) for s in combinations(ACTIONS, n)]


if __name__ == "__main__":  # five minutes
    played(every_set()).to_csv(PROFITS, index=False, lineterminator="\n")
