"""How far chance may have moved a number: one formula for all, linearized and clustered.

A KPI is a function of sums. Linearized (Taylor), its error is a sum, too: what each customer (or
visitor, week, ...) adds to it, its *influence*. The square root of the sum of the squares is the
standard error (Woodruff, 1971; Wolter, 2007, *Introduction to Variance Estimation*, ch. 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from mktlab.kpi.measures import MEASURES, UNITS
from mktlab.kpi.registry import BUYERS, CONTRACTS, DERIVED, DIVIDED, GIVEN, Kpi

SCALES = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}
"""Unit -> the least and the most that a KPI can be, where its parts keep to them."""
DECIDED = ("cafes", "social", "web_metrics", "mailings")  # how many weeks or posts is no chance
COUNTED = ("awareness", "aided_awareness", "penetration", "subscription_churn")
"""Shares of people who are counted only in sum."""
STATED = "market_share"  # the panel states the errors of its sales

Ends = tuple[float, float]


class Estimate(NamedTuple):
    """A value, the influence of each of the `size` units behind it, and what its interval keeps to.

    `form` is "scale" within the `scale`, "positive" for what cannot be below 0, "inverse" for a
    known amount over a count, else "free".
    """

    value: float
    influence: pd.Series[float]
    size: float
    form: Literal["scale", "positive", "inverse", "free"] = "free"
    scale: Ends = (0.0, 1.0)

    @property
    def error(self) -> float:
        """The standard error."""
        return float(np.sqrt((self.influence**2).sum()))

    def interval(self, level: float) -> Ends:
        """The ends; empty where fewer than two units stand behind the value, or no error is known.

        Within a scale by Wilson (1927) at the effective number of units, which has a width even
        where all are alike; else by Student's t.
        """
        from scipy.stats import norm, t

        nothing = (np.nan, np.nan)
        if self.size < 2 or not np.isfinite([self.value, self.error]).all():
            return nothing
        if self.form == "scale":
            return _wilson(self, float(norm.ppf((1 + level) / 2)))
        half = float(t.ppf((1 + level) / 2, self.size - 1)) * self.error
        if half <= 1e-9 * abs(self.value):
            return nothing
        if self.form == "inverse":
            far = half / self.value
            return (self.value / (1 + far), self.value / (1 - far)) if far < 1 else nothing
        low = self.value - half
        return max(low, 0.0) if self.form == "positive" else low, self.value + half


def _wilson(estimate: Estimate, z: float) -> Ends:
    least, most = estimate.scale
    p = (estimate.value - least) / (most - least)
    variance = (estimate.error / (most - least)) ** 2
    n = p * (1 - p) / variance if variance > 1e-15 and 0 < p < 1 else estimate.size
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return float(least + low * (most - least)), float(least + high * (most - least))


def drawn(kpi: Kpi) -> bool:
    """Whether chance has a hand in the KPI, and how is known."""
    if kpi.name in (*COUNTED, STATED):
        return True
    if any(part in GIVEN or part in CONTRACTS for part in kpi.parts) or kpi.denominator in DIVIDED:
        return False
    return len({UNITS[source][0] for source in sources(kpi) if source in UNITS}) == 1


def sources(kpi: Kpi) -> dict[str, None]:
    """The sources of a KPI's measures; who bought is known from the orders."""
    return dict.fromkeys("orders" if p in BUYERS else MEASURES[p].source for p in kpi.parts)


def estimate(kpi: Kpi, units: pd.DataFrame, known: Mapping[str, float]) -> Estimate:
    """A KPI from its units.

    Parameters
    ----------
    kpi
        Which one; chance has a hand in it.
    units
        A row per unit, a column per measure that is drawn.
    known
        The sums of the measures that are not drawn, such as advertising.

    Examples
    --------
    Two customers: 60 in two orders, 10 in one. The order value is 70 / 3; the first customer brings
    (60 - 2 x 70 / 3) / 3 = 4.44 more than two mean orders, the second as much less.

    >>> from mktlab.kpi.registry import KPIS
    >>> units = pd.DataFrame({"kept": [60.0, 10.0], "purchases": [2.0, 1.0]})
    >>> found = estimate(KPIS["order_value"], units, {})
    >>> found.influence.round(2).tolist()  # 4.44 x sqrt(2 / (2 - 1))
    [6.29, -6.29]
    """
    top, total = _of_units(kpi.numerator, units, known)
    base, whole = _of_units(kpi.denominator, units, known) if kpi.denominator else (None, 1.0)
    if not whole:
        return Estimate(np.nan, pd.Series(dtype=float), 0)
    top = None if top is None else kpi.scale * top
    value = kpi.scale * total / whole
    if top is None:
        assert base is not None  # else nothing is drawn
        return Estimate(value, -value * base / whole, _there(base), "inverse")
    if base is None:
        influence, count = top / whole, _there(top)
        if set(sources(kpi)) <= set(DECIDED):  # how many units there are is no chance
            count = len(units)
            influence = (influence - influence.mean()) * _corrected(count)
        return Estimate(value, influence, count, "free" if (top < 0).any() else "positive")
    count = _there(base)
    influence = (top - value * base) / whole * _corrected(count)
    least, most = SCALES.get(kpi.unit, (0.0, np.inf))
    if kpi.unit.startswith("of "):  # a rating
        most = float(kpi.unit.removeprefix("of "))
    kept = ((least * base <= top + 1e-9) & (top <= most * base + 1e-9)).all()
    if kept and np.isfinite(most):
        return Estimate(value, influence, count, "scale", (least, most))
    return Estimate(value, influence, count, "positive" if kept else "free")


def _there(each: pd.Series[float]) -> int:
    """How many units have anything."""
    return int((each != 0).sum())


def _corrected(count: int) -> float:
    return float(np.sqrt(count / max(count - 1, 1)))


def _of_units(
    measure: str, units: pd.DataFrame, known: Mapping[str, float]
) -> tuple[pd.Series[float] | None, float]:
    """A measure of each unit, None where it is not drawn, and its sum."""
    parts = DERIVED.get(measure, (measure,))
    if parts[0] not in units:
        return None, float(known[parts[0]])
    each = measured(units, measure)
    return each, float(each.sum())


def measured(table: pd.DataFrame, measure: str) -> pd.Series[float]:
    """A measure of each row; one that is made of others is the first less the rest."""
    whole, *rest = (table[part] for part in DERIVED.get(measure, (measure,)))
    return whole - sum(rest) if rest else whole


def counted(value: float, each: pd.Series[float]) -> Estimate:
    """A share of people who are counted only in sum, such as those of each month."""
    size = float(each.sum())
    influence = (each * value * (1 - value)) ** 0.5 / size if size else each
    return Estimate(value, influence, size, "scale")


def stated(value: float, panel: pd.DataFrame) -> Estimate:
    """A share s of sales whose errors a panel states, brand by brand.

    Its error is sqrt((1 - s)^2 V(ours) + s^2 V(theirs)) / sales of all, where V are their squares.
    """
    variance = (1 - value) ** 2 * panel["our_variance"] + value**2 * panel["their_variance"]
    known = np.isfinite(variance).all()
    influence: pd.Series[float] = variance**0.5 / panel["market_sales"].sum()
    return Estimate(value, influence, np.inf if known else 0, "scale")


def change(now: Estimate, before: Estimate, level: float) -> Ends:
    """The interval of now - before, from both intervals and what the same units do in both.

    Notes
    -----
    The method of variance estimates recovery (Newcombe, 1998; Zou & Donner, 2008): with symmetric
    intervals it is 1.96 sqrt(s1^2 + s0^2 - 2 r s1 s0). The correlation r is that of the influences
    of the customers who are in both periods; where there are none, it is 0.

    >>> once = Estimate(30.0, pd.Series({"a": 3.0}), np.inf)
    >>> again = Estimate(20.0, pd.Series({"b": 4.0}), np.inf)
    >>> [round(end, 1) for end in change(once, again, 0.95)]  # 10 -+ 1.96 x 5
    [0.2, 19.8]
    """
    (low, high), (least, most) = now.interval(level), before.interval(level)
    both = now.error * before.error
    shared = float(now.influence.mul(before.influence).sum())
    r = shared / both if both > 0 else 0.0

    def half(one: float, other: float) -> float:
        return float(np.sqrt(max(one**2 + other**2 - 2 * r * one * other, 0.0)))

    gap = now.value - before.value
    return (
        gap - half(now.value - low, most - before.value),
        gap + half(high - now.value, before.value - least),
    )
