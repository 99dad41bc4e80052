"""How far chance may have moved a KPI: intervals, each from what is independent in its table.

Orders of one customer belong together, so customers are drawn, not orders; visitors, posts, weeks
likewise (`UNITS`). A ratio gets a bootstrap (`_Draws`), a sum, a share of known people and the net
promoter score have formulas; a share of the market has the errors that the panel states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.kpi.aggregate import within
from mktlab.kpi.compute import asked_tables, available, compute, period
from mktlab.kpi.registry import BUYERS, CONTRACTS, DERIVED, Kpi, find
from mktlab.kpi.sources import MEASURES, SOURCES, Tables, measured_rows
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import HasTables

Floats = np.ndarray[Any, np.dtype[np.float64]]

UNITS = {
    "orders": "customer_id",
    "lines": "customer_id",
    "deliveries": "customer_id",
    "promises": "customer_id",
    "customers": "customer_id",
    "referrals": "customer_id",
    "sessions": "visitor_id",
    "emails": "customer_id",
    "social": "post_id",
    "survey": "response_id",
    "tickets": "ticket_id",
    "cafes": "week",
    "reservations": "reservation_id",
}
"""Source -> what is independent in it. Advertising is not there: its cost is known, not drawn."""
GROUPS = 2000
BLOCK = 250  # draws held as wide numbers at a time: 4 MB
DECIDED = ("cafes", "social")  # how many weeks and posts there are is no chance
_COUNTED = (
    *("awareness", "aided_awareness", "penetration"),
    *("retention", "churn", "subscription_churn"),
)
_PROJECTED = {"market_share": ("our_variance", "their_variance")}
_PER_BUYER = ("repeat_rate", "purchase_frequency", "revenue_per_customer")
Days = tuple[pd.Timestamp | None, pd.Timestamp]


def intervals(
    company: HasTables,
    names: Iterable[str] | str | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 1,
    start: date | str | None = None,
    end: date | str | None = None,
) -> pd.DataFrame:
    """KPIs with intervals that cover the value behind them in `level` of all periods like this one.

    Parameters
    ----------
    company, names, start, end
        As in `compute`; by default all KPIs that can have an interval.
    level
        Confidence, between 0 and 1.
    draws
        Bootstrap draws of a ratio, 100 or more.
    seed
        Of the draws.

    Returns
    -------
    `kpi, value, low, high`, one row per KPI. `low` and `high` are empty where fewer than two
    customers, or other units, stand behind the value.

    Notes
    -----
    Ratio: Poisson bootstrap, every unit weighted by a draw from Poisson(1) (Hanley & MacGibbon,
    2006); more than 2,000 units are first put into 2,000 groups by lot (random groups; Wolter,
    2007), which leaves a ratio's error as it is. Sum: the square root of the sum of the units'
    squares (how many come and what each brings are both chance). Net promoter score:
    100 x sqrt((p + d - (p - d)^2) / n). Share of known people: sqrt(p (1 - p) / n).
    Market share s: sqrt((1 - s)^2 V(ours) + s^2 V(theirs)) / sales of all, where V are squares of
    the errors that the panel states (delta method).

    Raises
    ------
    MktlabError
        As in `compute`; for a KPI in which nothing is drawn, such as advertising; for an argument
        out of its range.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> answers = pd.DataFrame({
    ...     "response_id": [str(i) for i in range(100)], "nps": [10] * 50 + [8] * 20 + [0] * 30,
    ...     "responded_date": pd.Timestamp("2025-01-05"),
    ... })
    >>> tables = {"survey_responses": answers}
    >>> firm = SimpleNamespace(tables=tables, today=pd.Timestamp("2025-02-01"))
    >>> intervals(firm, "nps").round(1)  # 20 -+ 1.96 x 100 x sqrt((.5 + .3 - .2^2) / 100)
       kpi  value  low  high
    0  nps   20.0  2.9  37.1
    """
    _check(level, draws)
    tables, (first, last) = asked_tables(company), period(company, start, end)
    if names is None:
        wanted = [find(name) for name in available(company)]
        wanted = [kpi for kpi in wanted if _drawn(kpi)]
    else:
        wanted = [find(name) for name in ([names] if isinstance(names, str) else names)]
        for kpi in wanted:
            if not _drawn(kpi):
                raise MktlabError(
                    say(
                        "{name} has no interval: nothing in it is drawn by lot, or no formula is "
                        "known; leave it out, or use kpi.compute.",
                        name=kpi.name,
                    )
                )
    values = compute(company, [kpi.name for kpi in wanted], start=start, end=end)
    known = values.set_index("kpi")[["value", "denominator"]].astype(float).T.to_dict("list")
    units = _units(tables, wanted, (first, last))
    draw = _Draws(level, draws, seed)
    rows = []
    for kpi in wanted:
        value, base = known.get(kpi.name, [np.nan, np.nan])
        low = high = np.nan
        if np.isfinite(value):
            low, high = _interval(kpi, value, base, units, draw)
        rows.append((kpi.name, value, low, high))
    return pd.DataFrame(rows, columns=["kpi", "value", "low", "high"])


def _check(level: float, draws: int) -> None:
    if isinstance(level, bool) or not isinstance(level, float | int) or not 0 < level < 1:
        raise MktlabError(
            say("level is {level!r}: give a number between 0 and 1, such as 0.95.", level=level)
        )
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 100:
        raise MktlabError(
            say("draws is {draws!r}: give a whole number of 100 or more.", draws=draws)
        )


def _drawn(kpi: Kpi) -> bool:
    """Whether chance has a hand in the KPI, and how is known."""
    if kpi.name in (*_COUNTED, *_PER_BUYER, *_PROJECTED):
        return True
    if any(name in BUYERS or name in CONTRACTS for name in kpi.parts):
        return False
    return len({UNITS.get(MEASURES[name].source) for name in kpi.parts} - {None}) == 1


def _units(tables: Tables, kpis: Iterable[Kpi], days: Days) -> dict[str, pd.DataFrame]:
    """Source -> a row per unit, or one row where nothing is drawn; a column per measure."""
    needed = [name for kpi in kpis if kpi.name not in _COUNTED for name in kpi.parts]
    if any(kpi.name in _PER_BUYER for kpi in kpis):
        needed += ["kept", "purchases"]
    needed += [part for kpi in kpis for part in _PROJECTED.get(kpi.name, ())]
    found = {}
    for name in SOURCES:
        measures = [
            m for m in dict.fromkeys(needed) if m in MEASURES and MEASURES[m].source == name
        ]
        if not measures:
            continue
        frame = within(measured_rows(tables, name, measures), *days)
        unit, sums = UNITS.get(name), [nw.col(m).sum() for m in measures]
        frame = frame.select(*sums) if unit is None else frame.group_by(unit).agg(*sums)
        table = frame.collect("pandas").to_native().astype(dict.fromkeys(measures, "float64"))
        found[name] = table if unit is None else table.set_index(unit).sort_index()
    return found


class _Draws:
    """Weights of the bootstrap, drawn once for each number of units."""

    def __init__(self, level: float, draws: int, seed: int) -> None:
        from scipy.stats import norm

        self.z = float(norm.ppf((1 + level) / 2))
        self.level, self._draws, self._seed = level, draws, seed
        self._weights: dict[int, list[np.ndarray[Any, np.dtype[np.uint8]]]] = {}

    def ratio(self, top: Floats, bottom: Floats) -> tuple[float, float]:
        """Percentiles of the ratio of two sums."""
        both = np.column_stack([top, bottom])
        if len(both) > GROUPS:
            group = np.random.default_rng(self._seed).permutation(len(both)) % GROUPS
            both = np.column_stack([np.bincount(group, column, GROUPS) for column in both.T])
        if len(both) not in self._weights:
            rng = np.random.default_rng(self._seed)
            blocks = [BLOCK] * (self._draws // BLOCK) + [self._draws % BLOCK]
            self._weights[len(both)] = [
                rng.poisson(1.0, (rows, len(both))).astype(np.uint8) for rows in blocks
            ]
        sums = np.concatenate([w.astype(float) @ both for w in self._weights[len(both)]])
        there = sums[:, 1] > 0
        if there.sum() < self._draws / 2:
            return np.nan, np.nan
        tail = (1 - self.level) / 2
        low, high = np.quantile(sums[there, 0] / sums[there, 1], [tail, 1 - tail])
        return float(low), float(high)


def _interval(
    kpi: Kpi, value: float, base: float, units: Mapping[str, pd.DataFrame], draw: _Draws
) -> tuple[float, float]:
    if kpi.name in _COUNTED:
        half = draw.z * float(np.sqrt(value * (1 - value) / base))
        return max(value - half, 0.0), min(value + half, 1.0)
    if kpi.name in _PROJECTED:
        half = draw.z * _share_error(value, units["market_panel"].iloc[0])
        known = np.isfinite(half)
        return (max(value - half, 0.0), min(value + half, 1.0)) if known else (np.nan, np.nan)
    if kpi.name in _PER_BUYER:
        half = draw.z * _error_per_buyer(kpi.name, units["orders"])
        return value - half, value + half
    drawn, fixed = _split(kpi, units)
    if len(drawn) < 2:
        return np.nan, np.nan
    if kpi.name == "nps":
        half = draw.z * _nps_error(drawn)
        return value - half, value + half
    if kpi.denominator and not fixed:
        return draw.ratio(
            kpi.scale * measured(drawn, kpi.numerator), measured(drawn, kpi.denominator)
        )
    return _of_sum(kpi, value, drawn, draw.z)


def _split(kpi: Kpi, units: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """A row per unit with what is drawn, and the names of the measures that are not."""
    sources = dict.fromkeys(MEASURES[name].source for name in kpi.parts)
    tables = [units[name] for name in sources if UNITS.get(name)]
    fixed = [name for name in kpi.parts if not UNITS.get(MEASURES[name].source)]
    return pd.concat(tables, axis=1).fillna(0.0).sort_index(), fixed


def _of_sum(kpi: Kpi, value: float, drawn: pd.DataFrame, z: float) -> tuple[float, float]:
    """The interval of a sum, or of a sum by a known amount, or of a known amount by a sum."""
    parts = [name for name in kpi.parts if name in drawn]
    each = drawn[parts[0]] - sum(drawn[name] for name in parts[1:])
    total = float(each.sum())
    decided = MEASURES[parts[0]].source in DECIDED
    spread = len(each) * each.var() if decided else (each**2).sum()
    half = z * float(np.sqrt(spread))
    if kpi.denominator in drawn:  # a known amount by a sum, such as a cost per customer
        ends = sorted(value * total / (total + end) for end in (-half, half) if total + end > 0)
        return (ends[0], ends[-1]) if len(ends) == 2 else (np.nan, np.nan)
    scale = 1.0
    if kpi.denominator:
        others = {"romi": 1.0}.get(kpi.name, 0.0)
        scale = (value + others) / total if total else np.nan
    return value - scale * half, value + scale * half


def _error_per_buyer(name: str, orders: pd.DataFrame) -> float:
    buyers = orders[orders["purchases"] > 0]
    each = {
        "repeat_rate": (buyers["purchases"] > 1).astype(float),
        "purchase_frequency": buyers["purchases"],
        "revenue_per_customer": buyers["kept"],
    }[name]
    return float(each.std() / np.sqrt(len(each)))


def _share_error(share: float, panel: pd.Series[float]) -> float:
    """Of a share of sales whose brands are estimated apart (delta method)."""
    ours, theirs = float(panel["our_variance"]), float(panel["their_variance"])
    variance = (1 - share) ** 2 * ours + share**2 * theirs
    return float(np.sqrt(variance) / panel["market_sales"])


def _nps_error(answers: pd.DataFrame) -> float:
    score = answers["promoters_less_detractors"]
    promoters, detractors = (score > 0).mean(), (score < 0).mean()
    variance = promoters + detractors - (promoters - detractors) ** 2
    return float(100 * np.sqrt(variance / answers["answers"].sum()))


def measured(units: pd.DataFrame, measure: str) -> Floats:
    """A measure of each unit; one that is made of others is the first less the rest."""
    whole, *rest = (units[part].to_numpy(float) for part in DERIVED.get(measure, (measure,)))
    return np.asarray(whole - sum(rest), dtype=float)
