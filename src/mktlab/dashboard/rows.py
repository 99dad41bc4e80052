"""The rows behind the KPIs, made ready once, so that any filter is only a sum.

A KPI is one measure over another, and measures add up. `Rows` takes the rows of each source of
`mktlab.kpi` with their measures, and writes beside them which week, customer segment and channel
they belong to, and which customer (or visitor, answer, ...) is independent of the others. For any
selection `weekly` and `total` then add up, `ratios` divides, and `interval` says how far chance
goes. The numbers are those of `kpi.compute`; tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.company import Company
from mktlab.dashboard.filters import WEEK, Filters, Selection, monday
from mktlab.kpi.compute import asked_tables
from mktlab.kpi.intervals import DECIDED, UNITS, measured
from mktlab.kpi.registry import BUYERS, CONTRACTS, KPIS
from mktlab.kpi.sources import MEASURES, SOURCES, Tables, measured_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEDIA = ("ad_spend", "sessions")
BOUGHT = ("orders", "lines", "deliveries", "promises", "customers", "tickets")
"""Sources of customers in which a week without a row is a week without anything."""
PEOPLE = (*BOUGHT, "referrals", "survey", "emails")
"""Sources whose rows belong to a customer. All others belong to the company as a whole."""
_Z = 1.96


class SourceRows(NamedTuple):
    """One source's rows: whole numbers that say where each belongs, and its measures."""

    week: Ints
    unit: Ints
    segment: Ints
    channel: Ints
    measures: dict[str, Floats]

    def only(self, keep: npt.NDArray[np.bool_]) -> SourceRows:
        """Some of the rows."""
        measures = {name: column[keep] for name, column in self.measures.items()}
        week, unit, segment, channel = (part[keep] for part in self[:4])
        return SourceRows(week, unit, segment, channel, measures)

    def sums(self, by: Ints, size: int) -> pd.DataFrame:
        """The measures added up."""
        return pd.DataFrame(
            {name: np.bincount(by, value, size) for name, value in self.measures.items()}
        )


class Rows:
    """The rows of a company behind some KPIs; made once, then asked for any selection."""

    def __init__(self, filters: Filters, names: Sequence[str]) -> None:
        self._filters, company = filters, filters.company
        self._today = company.today
        parts = {part for name in names for part in KPIS[name].parts}
        if parts & set(BUYERS):
            parts.add("purchases")
        prepared = {}
        for source in SOURCES:
            measures = [m for m in parts if m in MEASURES and MEASURES[m].source == source]
            if measures:
                prepared[source] = _prepared(asked_tables(company), source, sorted(measures))
        self.weeks = self._all_weeks(company, prepared)
        self._facts = {name: self._coded(name, table) for name, table in prepared.items()}

    def _all_weeks(self, company: Company, prepared: dict[str, pd.DataFrame]) -> pd.DatetimeIndex:
        """Every week with data, from the first order on: customers may have joined before."""
        orders = company.tables.get("orders")
        days = [table["day"].min() for table in prepared.values() if table["day"].notna().any()]
        if orders is not None and orders["order_date"].notna().any():
            days = [orders["order_date"].min()]
        if not days:
            return pd.DatetimeIndex([], name="week")
        last = self._today - pd.Timedelta(days=1)
        return pd.date_range(monday(min(days)), monday(last), freq=WEEK, name="week")

    def _coded(self, source: str, table: pd.DataFrame) -> SourceRows:
        table = table[table["day"] < self._today]
        first = self.weeks[0] if len(self.weeks) else self._today
        week = np.asarray((table["day"] - first) // WEEK, dtype=np.int64)
        nobody = np.zeros(len(table), dtype=np.int64)
        segment = channel = nobody
        if source in PEOPLE and "customer_id" in table:
            who = table["customer_id"]
            segment = _codes(who.map(self._filters.segment_of), self._filters.segments)
            channel = _codes(who.map(self._filters.channel_of), self._filters.channels)
        elif source in MEDIA and "channel" in table:
            channel = _codes(table["channel"], self._filters.channels)
        unit = week if UNITS.get(source) == "week" else nobody
        if UNITS.get(source) in table and UNITS[source] != "week":
            unit = pd.factorize(table[UNITS[source]])[0].astype(np.int64) + 1
        measures = table.columns.difference(["day", "channel", *UNITS.values()])
        values = {name: table[name].fillna(0.0).to_numpy(float) for name in measures}
        facts = SourceRows(week, unit, segment, channel, values)
        return facts.only((week >= 0) & (week < len(self.weeks)))

    def speaks(self, source: str, selection: Selection) -> bool:
        """Whether a source can say anything about the segment and the channel chosen."""
        if source in MEDIA:
            return not selection.segment
        if source in PEOPLE:
            return not selection.channel or selection.channel in set(self._filters.channel_of)
        return not (selection.segment or selection.channel)

    def _chosen(self, selection: Selection, *, all_weeks: bool) -> dict[str, SourceRows]:
        found = {}
        first, last = self.weeks.searchsorted([selection.start, selection.end])
        for source, facts in self._facts.items():
            if not self.speaks(source, selection):
                continue
            keep = np.ones(len(facts.week), dtype=bool)
            if not all_weeks:
                keep &= (facts.week >= first) & (facts.week < last)
            if selection.segment:
                keep &= facts.segment == self._filters.segments.index(selection.segment) + 1
            if selection.channel:
                keep &= facts.channel == self._filters.channels.index(selection.channel) + 1
            found[source] = facts.only(keep)
        return found

    def weekly(self, selection: Selection) -> pd.DataFrame:
        """All weeks of a selection's segment and channel: a row per week, a column per measure.

        A week in which a source has no row at all is empty, but for orders and customers: there, no
        row means that nobody came.
        """
        parts = []
        for source, facts in self._chosen(selection, all_weeks=True).items():
            sums = facts.sums(facts.week, len(self.weeks)).set_index(self.weeks)
            if source not in BOUGHT:
                empty = np.bincount(facts.week, minlength=len(self.weeks)) == 0
                sums = sums.mask(pd.Series(empty, index=self.weeks), axis=0)
            parts.append(sums)
        return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=self.weeks)

    def total(self, selection: Selection) -> pd.DataFrame:
        """The measures over a selection's weeks, in one row; those without any row are left out."""
        row: dict[str, float] = {}
        for source, facts in self._chosen(selection, all_weeks=False).items():
            if len(facts.week):
                row |= {name: float(value.sum()) for name, value in facts.measures.items()}
            if source == "orders" and "purchases" in facts.measures:
                bought = np.bincount(facts.unit, facts.measures["purchases"])
                row["buyers"] = float((bought > 0).sum())
                row["repeat_buyers"] = float((bought > 1).sum())
        return pd.DataFrame([row])

    def channels(self, selection: Selection) -> pd.DataFrame:
        """Channel -> measures of advertising and visits over a selection's weeks."""
        everybody = selection._replace(segment="")
        names = pd.Index(["", *self._filters.channels], name="channel")
        parts = []
        for source, facts in self._chosen(everybody, all_weeks=False).items():
            if source in MEDIA and len(facts.week):
                sums = facts.sums(facts.channel, len(names)).set_index(names)
                parts.append(sums[np.bincount(facts.channel, minlength=len(names)) > 0])
        return pd.concat(parts, axis=1).sort_index() if parts else pd.DataFrame()

    def intervals(self, selection: Selection, names: Iterable[str]) -> pd.DataFrame:
        """KPI -> `low, high`, 95%; empty where nothing is drawn by lot, or too little."""
        chosen = self._chosen(selection, all_weeks=False)
        ends = {name: interval(name, chosen) for name in names}
        return pd.DataFrame(ends, index=["low", "high"]).T.astype(float)


def interval(name: str, chosen: dict[str, SourceRows]) -> tuple[float, float]:
    """How far chance may have moved a KPI: 95% intervals, units being independent.

    Notes
    -----
    As `kpi.intervals`, with the linearized error of a ratio (Cochran, 1977, *Sampling Techniques*)
    in place of a bootstrap: sqrt(sum (x - r y)^2) / sum y, over the units. Of a sum: the square
    root of the sum of the units' squares.
    """
    nothing = (np.nan, np.nan)
    parts = KPIS[name].parts
    if any(part in BUYERS or part in CONTRACTS for part in parts):
        return nothing
    sources = {MEASURES[part].source for part in parts}
    drawn = {source for source in sources if source in UNITS}
    if len(drawn) != 1 or not sources <= set(chosen):
        return nothing
    (source,) = drawn
    facts = chosen[source]
    there = np.bincount(facts.unit) > 0 if len(facts.unit) else np.zeros(0, dtype=bool)
    if there.sum() < 2:
        return nothing
    units = facts.sums(facts.unit, len(there))[there]
    fixed = {
        part: float(chosen[MEASURES[part].source].measures[part].sum())
        for part in parts
        if MEASURES[part].source != source
    }
    return _ends(name, units, fixed, decided=source in DECIDED)


def _ends(
    name: str, units: pd.DataFrame, fixed: dict[str, float], *, decided: bool
) -> tuple[float, float]:
    one = KPIS[name]
    if one.denominator and not fixed:
        top, base = (measured(units, part) for part in (one.numerator, one.denominator))
        if base.sum() <= 0:
            return np.nan, np.nan
        value = top.sum() / base.sum()
        half = _Z * float(np.sqrt(((top - value * base) ** 2).sum())) / base.sum()
        low = value - half if (top < 0).any() else max(value - half, 0.0)
        return one.scale * low, one.scale * (value + half)
    drawn = measured(units, one.numerator if one.numerator in units else one.denominator)
    total = drawn.sum()
    spread = len(drawn) * drawn.var(ddof=1) if decided else (drawn**2).sum()
    half = _Z * float(np.sqrt(spread))
    if one.denominator:  # a known amount by a sum, such as a cost per customer
        amount = one.scale * fixed.get(one.numerator, np.nan)
        if total - half <= 0:
            return np.nan, np.nan
        return amount / (total + half), amount / (total - half)
    return total - half, total + half


def ratios(sums: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The KPIs that sums of measures make: a column for each whose measures are there.

    >>> ratios(pd.DataFrame({"kept": [90.0], "purchases": [3.0]}), ["order_value"])
       order_value
    0         30.0
    """
    found = {}
    for name in names:
        one = KPIS[name]
        if not set(one.parts) <= set(sums):
            continue
        top = one.scale * measured(sums, one.numerator)
        if one.denominator:
            base = measured(sums, one.denominator)
            top = np.divide(top, base, out=np.full(len(top), np.nan), where=base != 0)
        found[name] = top
    return pd.DataFrame(found, index=sums.index)


def adds_up(name: str) -> bool:
    """Whether a KPI can be had for every week from that week's sums.

    >>> adds_up("revenue"), adds_up("active_customers")
    (True, False)
    """
    return not any(part in BUYERS or part in CONTRACTS for part in KPIS[name].parts)


def _prepared(tables: Tables, source: str, measures: list[str]) -> pd.DataFrame:
    """A source's rows with their day, what they belong to, and their measures."""
    frame = measured_rows(tables, source, measures)
    known = frame.collect_schema()
    kept = [name for name in dict.fromkeys(["customer_id", "channel", UNITS.get(source)]) if name]
    columns = ["day", *(name for name in kept if name in known and name not in measures), *measures]
    table: pd.DataFrame = frame.select(*columns).collect("pandas").to_native()
    return table.reset_index(drop=True)


def _codes(values: pd.Series[Any], names: Sequence[str]) -> Ints:
    """1 for the first name, 2 for the next; 0 for anything else."""
    return pd.Index(names).get_indexer(pd.Index(values)).astype(np.int64) + 1
