"""What a plan wants to reach: a KPI, a target and a date, so that all can tell whether it did.

`KPIS` lists what the market reports; an `Objective` sets a target for one of them, and
`problems_of` says what is wrong with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Literal, NamedTuple


class Kpi(NamedTuple):
    """A number that steers: amounts count from the plan's first week, levels hold at its last."""

    label: str
    unit: str
    direction: Literal["up", "down"]
    definition: str


KPIS: dict[str, Kpi] = {
    "profit": Kpi("Profit", "€", "up", "all revenue less all cost, summed over the weeks"),
    "revenue": Kpi(
        "Revenue", "€", "up", "shop, cafés, boxes and shipping fees, net of refunds, summed"
    ),
    "orders": Kpi("Orders", "orders", "up", "paid orders of the shop, summed over the weeks"),
    "order_value": Kpi("Order value", "€", "up", "shop sales over paid orders of the weeks"),
    "new_customers": Kpi("New customers", "people", "up", "first orders, summed over the weeks"),
    "customers": Kpi(
        "Customers", "people", "up", "those who have not left, at the last week's end"
    ),
    "boxes": Kpi("Subscriptions", "boxes", "up", "running at the end of the last week"),
    "nps": Kpi(
        "Net promoter score", "points", "up", "if all customers were asked in the last week"
    ),
    "satisfaction": Kpi("Satisfaction", "0 to 10", "up", "mean of all customers in the last week"),
    "awareness": Kpi("Awareness", "share", "up", "people who know the brand, in the last week"),
    "wait_minutes": Kpi("Wait", "minutes", "down", "at peak, mean of cafés and weeks"),
    "late_share": Kpi("Late parcels", "share", "down", "parcels after the promised day, mean"),
}
_LIMITS = {"nps": (-100, 100), "satisfaction": (0, 10), "awareness": (0, 1), "late_share": (0, 1)}


@dataclass(frozen=True)
class Objective:
    """One target: the KPI, the number to reach, the plan's week to reach it by, and who sees to it.

    >>> print(Objective("nps", 30, by_week=52, owner="café manager"))
    Net promoter score of at least 30 points by week 52
    """

    kpi: str
    target: float
    by_week: int = 52
    owner: str = ""
    note: str = ""

    def __str__(self) -> str:
        kpi = KPIS.get(self.kpi)
        if kpi is None:
            return f"{self.kpi}: {self.target} by week {self.by_week}"
        bound = "at least" if kpi.direction == "up" else "at most"
        return f"{kpi.label} of {bound} {amount(self.target, kpi.unit)} by week {self.by_week}"


def amount(number: float, unit: str) -> str:
    """A number with its unit, as a manager writes it.

    >>> amount(120000, "€"), amount(0.05, "share"), amount(2.5, "minutes")
    ('€120,000', '5%', '2.5 minutes')
    """
    if unit == "€":
        return f"€{number:,.0f}" if abs(number) >= 100 else f"€{number:,.2f}"
    if unit == "share":
        return f"{100 * number:.3g}%"
    return f"{number:,.10g} {unit}"


def problems_of(objectives: Iterable[Objective], *, weeks: int) -> list[str]:
    """One sentence for each thing that keeps an objective from being measured."""
    problems = []
    for goal in objectives:
        if goal.kpi not in KPIS:
            likely = get_close_matches(str(goal.kpi), KPIS, n=1)
            ask = f"did you mean {likely[0]}?" if likely else f"choose among {', '.join(KPIS)}."
            problems.append(f"objectives: {goal.kpi!r} is no KPI that the market reports; {ask}")
            continue
        low, high = _LIMITS.get(goal.kpi, (-math.inf if goal.kpi == "profit" else 0, math.inf))
        if not is_number(goal.target) or not low <= goal.target <= high:
            accepted = f"from {low:g} to {high:g}" if high < math.inf else "not below 0"
            accepted = "that is finite" if goal.kpi == "profit" else accepted
            problems.append(
                f"objectives: the target of {goal.kpi} is {goal.target!r}; set a number {accepted}."
            )
        whole = isinstance(goal.by_week, int) and not isinstance(goal.by_week, bool)
        if not whole or not 1 <= goal.by_week <= weeks:
            problems.append(
                f"objectives: {goal.kpi} is due in week {goal.by_week!r}; set a whole number from "
                f"1 to {weeks}, the plan's last week."
            )
    return problems


def is_number(value: object) -> bool:
    """Whether a value is a finite number; yes and no are none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, Real) and math.isfinite(value)
