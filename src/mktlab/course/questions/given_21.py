"""What exercise 21 hands out, and what its plans do when they are played."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.orders import purchases
from mktlab.plan import Objective, Plan

if TYPE_CHECKING:
    from mktlab.company import Company

QUARTER, YEAR = 13, 52
LONG_WAIT = 5.5
MOVED, SURVEY = 0.01, 5.0
HANDS = 4

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
"""What every set of actions earns: `python -m mktlab.course.questions.lesson_21` plays them all."""


def drawn(company: Company, most: int) -> int:
    """A number below `most`, another one in other worlds."""
    return int(np.random.default_rng(len(company.orders)).integers(most))


def letters(company: Company) -> dict[str, Objective]:
    order = np.random.default_rng(len(company.orders)).permutation(len(PROPOSALS))
    return {"ABCDEFG"[place]: PROPOSALS[n] for place, n in enumerate(order)}


def proposals(company: Company) -> pd.DataFrame:
    rows = [(a, g.kpi, g.target, g.by_week) for a, g in letters(company).items()]
    return pd.DataFrame(rows, columns=["proposal", "kpi", "target", "by_week"])


def offered(company: Company) -> dict[str, Any]:
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
        "cut": (0.10, 0.15, 0.20)[drawn(company, 3)],
        "leaflet": 750,
    }


def actions(company: Company) -> dict[str, dict[str, Any]]:
    missing = MISSING[drawn(company, len(MISSING))]
    return {name: levers for name, levers in ACTIONS.items() if name != missing}


def weeks(company: Company, *, last: int | None = YEAR) -> pd.DataFrame:
    cafes = company.store_weeks
    if last is not None:
        cafes = cafes[cafes["week"] >= company.today - pd.Timedelta(weeks=last)]
    return cafes.assign(long=cafes["wait_minutes"] > LONG_WAIT)


def well_formed(goal: Objective) -> bool:
    return not DRAFT.but(objectives=[goal]).validate()


@lru_cache(maxsize=64)
def change(seed: int, people: int, kpi: str, week: int) -> tuple[float, float]:
    """A number with the draft and without, in the week in which it is due."""
    from mktlab import market

    report = market.start(DRAFT, seed=seed, people=people).advance(week).report().set_index("kpi")
    return float(report["value"][kpi]), float(report["baseline"][kpi])


def told(company: Company, goal: Objective, *, survey: float = SURVEY) -> bool:
    """Whether the draft moves the number in time, and by enough to be told."""
    known = company.truth.parameters
    value, baseline = change(known["seed"], known["people"], goal.kpi, goal.by_week)
    least = survey if goal.kpi == "nps" else MOVED * abs(baseline)
    return abs(value - baseline) >= least


@cache
def profits() -> dict[frozenset[str], float]:
    table = pd.read_csv(PROFITS, keep_default_na=False)
    sets = (frozenset(filter(None, names.split(" & "))) for names in table["actions"])
    return dict(zip(sets, table["profit"].astype(float), strict=True))
