"""The rows behind the KPIs, made ready once, so that any filter is only a sum.

A KPI is one measure over another, and measures add up. `Rows` takes the rows of each source of
`mktlab.kpi` with their measures, and writes beside them which week, customer segment and channel
they belong to, and which customer (or visitor, week, ...) is independent of the others. For any
selection `weekly` and `total` then add up, `ratios` divides, and `estimates` say how far chance
goes. The numbers are those of `kpi.compute` and `kpi.intervals`; tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.company import Company
from mktlab.dashboard.filters import WEEK, Filters, Selection, monday
from mktlab.kpi.compute import asked_tables
from mktlab.kpi.errors import Estimate, drawn, estimate, measured, sources
from mktlab.kpi.measures import MEASURES, NAMELESS, UNITS, measured_rows, with_unit
from mktlab.kpi.registry import BUYERS, CONTRACTS, KPIS
from mktlab.kpi.sources import SOURCES, Tables
from mktlab.show.words import say

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEDIA = ("ad_spend", "sessions", "web_metrics")
BOUGHT = ("orders", "lines", "deliveries", "promises", "customers", "tickets")
"""Sources of customers in which a week without a row is a week without anything."""
PEOPLE = (*BOUGHT, "referrals", "survey", "emails")
"""Sources whose rows belong to a customer. All others belong to the company as a whole."""


class SourceRows(NamedTuple):
    """One source's rows: whole numbers that say where each belongs, and its measures.

    Units from 1 to `named` are customers by name, or other units; whoever is nameless comes after.
    """

    week: Ints
    unit: Ints
    segment: Ints
    channel: Ints
    named: int
    measures: dict[str, Floats]

    def only(self, keep: npt.NDArray[np.bool_]) -> SourceRows:
        """Some of the rows."""
        measures = {name: column[keep] for name, column in self.measures.items()}
        week, unit, segment, channel = (part[keep] for part in self[:4])
        return SourceRows(week, unit, segment, channel, self.named, measures)

    def sums(self, by: Ints, size: int) -> pd.DataFrame:
        """The measures added up."""
        return pd.DataFrame(
            {name: np.bincount(by, value, size) for name, value in self.measures.items()}
        )

    def units(self) -> pd.DataFrame:
        """A row per unit that is there: its measures, and whether it bought, once and again."""
        size = int(self.unit.max(initial=0)) + 1
        there = np.bincount(self.unit, minlength=size) > 0
        table = self.sums(self.unit, size)
        if "purchases" in table:
            named = table.index <= self.named
            for name, least in (("buyers", 0), ("repeat_buyers", 1)):
                table[name] = (named & (table["purchases"] > least)).astype(float)
        return table[there]


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
        self._spans = {name: self._span(name) for name in self._facts}

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

    def _span(self, source: str) -> tuple[int, int]:
        """The weeks that a source has, from one up to another; orders have all up to their last.

        Advertising of several tools has those that each of their channels has.
        """
        week, channel = self._facts[source].week, self._facts[source].channel
        if not len(week):
            return 0, 0
        if source in BOUGHT:
            return 0, int(week.max()) + 1 if source == "orders" else len(self.weeks)
        files = self._filters.company.account.files if self._filters.company.account else []
        several = any(file.table == source and len(file.parts) > 1 for file in files)
        parts = pd.Series(week).groupby(channel if several else np.zeros(len(week)))
        return int(parts.min().max()), int(parts.max().min()) + 1

    def common(self, selection: Selection, name: str) -> Selection:
        """The weeks of a selection that all sources of a KPI have; its end is its start if none."""
        if not adds_up(name):
            return selection
        starts, ends = zip(*(self._spans[one] for one in sources(KPIS[name])), strict=True)
        if len(starts) < 2 or max(starts) >= min(ends):
            return selection if len(starts) < 2 else selection._replace(end=selection.start)
        first, last = self.weeks[max(starts)], self.weeks[min(ends) - 1] + WEEK
        start = min(max(selection.start, first), selection.end)
        return selection._replace(start=start, end=max(start, min(selection.end, last)))

    def weeks_of(self, selection: Selection, names: Iterable[str]) -> dict[Selection, list[str]]:
        """The KPIs by the weeks that each is of: `common`."""
        found: dict[Selection, list[str]] = {}
        for name in names:
            found.setdefault(self.common(selection, name), []).append(name)
        return found

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
        unit, named = nobody, 0
        if source in UNITS:
            nameless = table["unit"].astype("str").str.startswith(NAMELESS).to_numpy(bool)
            unit = _numbered(table["unit"].mask(nameless))
            named = int(unit.max(initial=0))
            unit = np.where(nameless, named + _numbered(table["unit"]), unit)
        measures = table.columns.difference(["day", "channel", "customer_id", "unit"])
        values = {name: table[name].fillna(0.0).to_numpy(float) for name in measures}
        facts = SourceRows(week, unit, segment, channel, named, values)
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
        row means that nobody came, unless all orders end before.
        """
        parts = []
        for source, facts in self._chosen(selection, all_weeks=True).items():
            sums = facts.sums(facts.week, len(self.weeks)).set_index(self.weeks)
            empty = np.bincount(facts.week, minlength=len(self.weeks)) == 0
            first, end = self._spans[source]
            empty[first:end] &= source not in BOUGHT
            empty[:first] = empty[end:] = True
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
                units = facts.units()
                row |= {name: float(units[name].sum()) for name in ("buyers", "repeat_buyers")}
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

    def estimates(self, selection: Selection, names: Iterable[str]) -> dict[str, Estimate]:
        """KPI -> its value with what chance does to it; without those in which nothing is drawn."""
        found = {}
        known: dict[Selection, tuple[dict[str, SourceRows], dict[str, pd.DataFrame]]] = {}
        for one in (KPIS[name] for name in names):
            weeks = self.common(selection, one.name) if drawn(one) else selection
            if weeks not in known:
                chosen = self._chosen(weeks, all_weeks=False)
                by_unit = {name: facts.units() for name, facts in chosen.items() if name in UNITS}
                known[weeks] = chosen, by_unit
            chosen, units = known[weeks]
            if not drawn(one) or not set(sources(one)) <= set(chosen):
                continue
            tables = [units[source] for source in sources(one) if source in units]
            fixed = {
                part: float(chosen[MEASURES[part].source].measures[part].sum())
                for part in one.parts
                if part in MEASURES and MEASURES[part].source not in UNITS
            }
            each = tables[0] if len(tables) == 1 else pd.concat(tables, axis=1).fillna(0.0)
            found[one.name] = estimate(one, each, fixed)
        return found


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
        top = one.scale * measured(sums, one.numerator).to_numpy(float)
        if one.denominator:
            base = measured(sums, one.denominator).to_numpy(float)
            top = np.divide(top, base, out=np.full(len(top), np.nan), where=base != 0)
        found[name] = top
    return pd.DataFrame(found, index=sums.index)


def adds_up(name: str) -> bool:
    """Whether a KPI can be had for every week from that week's sums.

    >>> adds_up("revenue"), adds_up("active_customers")
    (True, False)
    """
    return not any(part in BUYERS or part in CONTRACTS for part in KPIS[name].parts)


def further(names: Iterable[str], tables: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """The labels of KPIs that these tables do not allow, by the first thing that each lacks.

    >>> further(["nps", "late_share"], {"orders": pd.DataFrame({"order_date": []})})
    {'survey_responses': ['Net promoter score'], 'delivered_date of orders': ['Late parcels']}
    """
    found: dict[str, list[str]] = {}
    for one in (KPIS[name] for name in names):
        for need in one.needs:
            table, _, column = need.partition(".")
            if table not in tables or (column and column not in tables[table]):
                lacks = say("{column} of {table}", column=column, table=table) if column else table
                found.setdefault(lacks, []).append(one.label)
                break
    return found


def _prepared(tables: Tables, source: str, measures: list[str]) -> pd.DataFrame:
    """A source's rows with their day, what they belong to, and their measures."""
    frame = measured_rows(tables, source, measures)
    frame = with_unit(frame, source) if source in UNITS else frame
    known, kept = frame.collect_schema(), ("customer_id", "channel", "unit")
    columns = ["day", *(name for name in kept if name in known), *measures]
    table: pd.DataFrame = frame.select(*columns).collect("pandas").to_native()
    return table.reset_index(drop=True)


def _numbered(units: pd.Series[Any]) -> Ints:
    """1 for the first unit, 2 for the next; 0 where it is empty."""
    return pd.factorize(units)[0].astype(np.int64) + 1


def _codes(values: pd.Series[Any], names: Sequence[str]) -> Ints:
    """1 for the first name, 2 for the next; 0 for anything else."""
    return pd.Index(names).get_indexer(pd.Index(values)).astype(np.int64) + 1
