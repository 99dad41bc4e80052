"""Compute KPIs: each table is read once, all its measures are added up, then one divides the other.

`compute` is the door: it checks what is asked for, has the measures added up (`aggregate`) and
customers and contracts followed from one period to the next (`retention`), and divides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mktlab.kpi.aggregate import PERIODS, joined, totals
from mktlab.kpi.registry import BUYERS, CONTRACTS, DERIVED, DIVIDED, KPIS, Kpi, amounts, find
from mktlab.kpi.retention import buyers, contracts
from mktlab.kpi.sources import SOURCES, Tables, lazy
from mktlab.orders import check_orders
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import TABLES, HasTables

ORDERS = ("order_id", "customer_id", "order_date", "revenue")
LENGTHS = {"week": 7, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}
"""Period -> its days, for what is reckoned by the year."""
Columns = Mapping[str, Collection[str]]


def compute(
    company: HasTables,
    names: Iterable[str] | str | None = None,
    *,
    by: str | Sequence[str] | None = None,
    start: date | str | None = None,
    end: date | str | None = None,
    given: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """The value of KPIs over a period, in all or split by time and by dimensions.

    Parameters
    ----------
    company
        Its tables and present day; the tables may be pandas or polars frames or DuckDB relations.
    names
        Names in `KPIS`; by default all that the tables, and `by`, allow.
    by
        "week", "month", "quarter" or "year", and dimensions such as "channel", "zone", "outlet" or
        "category"; one, or several in a list.
    start, end
        First day and day after the last one; by default all days before `company.today`.
    given
        Amounts of these days that no table holds, for what needs them: `incremental_margin` (of
        romi), `variable_costs` beyond the goods (of contribution_margin, break_even) and
        `fixed_costs` (of break_even).

    Returns
    -------
    DataFrame
        One row per KPI and group: the columns of `by` (a period by its first day), `kpi`, `value`,
        `numerator`, `denominator` (1 for a sum) and `unit`. A ratio is `scale` times numerator by
        denominator; it is empty where the denominator is 0.

    Notes
    -----
    A period that is not over, or that `start` or `end` cuts, shows what is known of it. Only what
    follows customers or contracts through a whole period (retention, churn, lifetime value, box
    churn) is left out there: three days say nothing of who comes back within a month.

    Raises
    ------
    MktlabError
        For an unknown KPI or dimension, a missing table, column or given amount, a KPI that cannot
        be split as asked, and days that are none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> orders = pd.DataFrame({
    ...     "order_id": ["1", "2", "3"], "customer_id": ["Ana", "Ben", "Ana"],
    ...     "order_date": pd.to_datetime(["2025-01-05", "2025-01-20", "2025-02-03"]),
    ...     "outlet": ["web", "cafe", "web"], "revenue": [20.0, 10.0, 60.0],
    ... })
    >>> shop = SimpleNamespace(tables={"orders": orders}, today=pd.Timestamp("2025-03-01"))
    >>> compute(shop, "order_value")[["kpi", "value", "numerator", "denominator"]]
               kpi  value  numerator  denominator
    0  order_value   30.0       90.0          3.0
    >>> compute(shop, "order_value", by="outlet")[["outlet", "value"]]
      outlet  value
    0   cafe   10.0
    1    web   40.0
    """
    dimensions = _dimensions(by)
    first, last = period(company, start, end)
    known = amounts(given)
    tables, wanted = asked(company, names, dimensions, known)
    measures = list(dict.fromkeys(part for kpi in wanted for part in kpi.parts))
    table = totals(tables, measures, dimensions, first, last)
    if any(name in BUYERS for name in measures):
        table = joined(table, buyers(tables, dimensions, first, last), dimensions)
    if any(name in CONTRACTS for name in measures):
        table = joined(table, contracts(tables, dimensions, first, last), dimensions)
    assert table is not None  # every KPI has a measure
    days = LENGTHS[dimensions[0]] if dimensions and dimensions[0] in LENGTHS else np.nan
    if not dimensions and first is not None:
        days = (last - first).days
    return _long(_derive(table.assign(**known, days=days)), wanted, dimensions)


def available(company: HasTables) -> list[str]:
    """The names of the KPIs whose tables and columns are there, and that need nothing else."""
    known = _columns(asked_tables(company))
    return [name for name, kpi in KPIS.items() if not (kpi.given or _missing(known, kpi.needs))]


def _dimensions(by: str | Sequence[str] | None) -> tuple[str, ...]:
    given = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    known = {*PERIODS, *(name for source in SOURCES.values() for name in source.dimensions)}
    for name in given:
        if name not in known:
            raise MktlabError(
                say(
                    "by: {name!r} is no way to split; choose among {known}.",
                    name=name,
                    known=_list(known),
                )
            )
    if len(set(given)) < len(given) or sum(name in PERIODS for name in given) > 1:
        raise MktlabError(
            say("by: {given} names a split twice; give each once.", given=", ".join(given))
        )
    return given


def asked(
    company: HasTables,
    names: Iterable[str] | str | None,
    dimensions: tuple[str, ...] = (),
    given: Collection[str] = (),
) -> tuple[Tables, list[Kpi]]:
    """The tables and the KPIs asked for, if these tables can give them."""
    tables = asked_tables(company)
    wanted = _wanted(tables, names, dimensions, given)
    if any("orders" in kpi.tables for kpi in wanted):
        check_orders(tables["orders"], ORDERS, today=pd.Timestamp(company.today))
    return tables, wanted


def asked_tables(company: HasTables) -> dict[str, Any]:
    """The tables by name, and the `company`: its name, its present day, what are samples."""
    if not (hasattr(company, "tables") and hasattr(company, "today")):
        raise MktlabError(
            say(
                'company is a {name}: give a company, such as mktlab.load("solane").',
                name=type(company).__name__,
            )
        )
    return {**company.tables, "company": company}


def period(
    company: HasTables, start: date | str | None, end: date | str | None
) -> tuple[pd.Timestamp | None, pd.Timestamp]:
    """The first day, if one is given, and the day after the last."""
    today = pd.Timestamp(company.today)
    last = today if end is None else _day("end", end)
    first = None if start is None else _day("start", start)
    if last > today:
        raise MktlabError(
            say(
                "end is {last:%Y-%m-%d}, but the tables end before {today:%Y-%m-%d}: nothing is "
                "known of later days, so take an earlier end.",
                last=last,
                today=today,
            )
        )
    if first is not None and first >= last:
        raise MktlabError(
            say(
                "start is {first:%Y-%m-%d} and end {last:%Y-%m-%d}: the start comes before the "
                "end.",
                first=first,
                last=last,
            )
        )
    return first, last


def _day(name: str, said: date | str) -> pd.Timestamp:
    try:
        day = date.fromisoformat(said) if isinstance(said, str) else said
        return pd.Timestamp(year=day.year, month=day.month, day=day.day)
    except (TypeError, ValueError, AttributeError):
        raise MktlabError(
            say(
                "{name} is {said!r}: give a day such as company.today or '2025-12-29' "
                "(YYYY-MM-DD).",
                name=name,
                said=said,
            )
        ) from None


def _wanted(
    tables: Tables,
    names: Iterable[str] | str | None,
    dimensions: tuple[str, ...],
    given: Collection[str] = (),
) -> list[Kpi]:
    known = _columns(tables)
    if names is None:
        there = [
            kpi
            for kpi in KPIS.values()
            if set(kpi.given) <= set(given) and not _missing(known, kpi.needs)
        ]
        fit = [kpi for kpi in there if not _blocking(known, kpi, dimensions)]
        if not there:
            raise MktlabError(
                say("No KPI can be computed from the tables {known}.", known=_list(known))
            )
        if not fit:
            blocked = max((_blocking(known, kpi, dimensions) for kpi in there), key=len)
            ways = _list(dict.fromkeys(way for kpi in there for way in _ways(known, kpi)))
            raise MktlabError(
                say(
                    "by: no KPI can be split by {blocked}; choose among {ways}.",
                    blocked=blocked,
                    ways=ways,
                )
            )
        return fit
    wanted = []
    for name in dict.fromkeys([names] if isinstance(names, str) else names):
        kpi = find(name)
        kpi.check_amounts(given, split=bool(dimensions))
        if missing := _missing(known, kpi.needs):
            raise MktlabError(
                say(
                    "{name} needs {missing}; kpi.available(company) lists what can be.",
                    name=name,
                    missing=missing,
                )
            )
        if blocked := _blocking(known, kpi, dimensions):
            ways = _list(_ways(known, kpi))
            raise MktlabError(
                say(
                    "{name} cannot be split by {blocked}; it can be by {ways}.",
                    name=name,
                    blocked=blocked,
                    ways=ways,
                )
            )
        wanted.append(kpi)
    if not wanted:
        raise MktlabError(
            say("names is empty: give the name of a KPI, or None for all there can be.")
        )
    return wanted


def _columns(tables: Tables) -> Columns:
    return {
        name: set(lazy(table).collect_schema()) for name, table in tables.items() if name in TABLES
    }


def _missing(known: Columns, needs: Iterable[str]) -> str:
    """The first table, or column, of what is needed that is not there; "" for none."""
    for need in needs:
        table, _, column = need.partition(".")
        if table not in known:
            return say("the table {table}", table=table)
        if column and column not in known[table]:
            return say("the column {column} of {table}", column=column, table=table)
    return ""


def _ways(known: Columns, kpi: Kpi) -> list[str]:
    """What a KPI can be split by."""
    if kpi.given:
        return []
    return [*PERIODS, *(name for name, at in kpi.splits.items() if not _missing(known, at))]


def _blocking(known: Columns, kpi: Kpi, dimensions: tuple[str, ...]) -> str:
    """The dimensions that a KPI cannot be split by, with what is missing, if that is why."""
    ways = _ways(known, kpi)
    blocked = [name for name in dimensions if name not in ways]
    lacks = [_missing(known, kpi.splits[name]) for name in blocked if name in kpi.splits]
    return _list(blocked) + (say(" ({lacks} is missing)", lacks=_list(lacks)) if lacks else "")


def _derive(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the measures that are made of others."""
    new = {}
    for name, (whole, *rest) in DERIVED.items():
        if {whole, *rest} <= set(table.columns):
            new[name] = table[whole] - sum(table[part] for part in rest)
    for name, (parts, ratio) in DIVIDED.items():
        if set(parts) <= set(table.columns):
            new[name] = ratio(table).replace([np.inf, -np.inf], np.nan)
    return table.assign(**new)


def _long(table: pd.DataFrame, kpis: Sequence[Kpi], dimensions: tuple[str, ...]) -> pd.DataFrame:
    """One row per KPI and group, in the order of the groups, then of the KPIs."""
    keys = list(dimensions)
    parts = []
    for place, kpi in enumerate(kpis):
        top = table[kpi.numerator]
        bottom = table[kpi.denominator] if kpi.denominator else pd.Series(1.0, index=table.index)
        part = table[keys].assign(
            kpi=kpi.name,
            value=kpi.scale * top / bottom.where(bottom != 0),
            numerator=top,
            denominator=bottom,
            unit=kpi.unit,
            place=place,
        )
        parts.append(part[part["denominator"].notna() & part["numerator"].notna()])
    long = pd.concat(parts, ignore_index=True).sort_values([*keys, "place"], kind="stable")
    return long.drop(columns="place").reset_index(drop=True)


def _list(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))
