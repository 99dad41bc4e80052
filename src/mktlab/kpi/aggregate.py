"""Add measures up: one query per source, grouped by periods and dimensions."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from mktlab.kpi.measures import MEASURES, measured_rows
from mktlab.kpi.sources import MONDAY, SOURCES, Frame, Tables, week_number

PERIODS = {"week": "", "month": "1mo", "quarter": "1q", "year": "1y"}
"""Period -> how narwhals truncates a day to it; `in_period` counts weeks, from Monday on."""


def totals(
    tables: Tables,
    measures: Sequence[str],
    dimensions: tuple[str, ...],
    first: pd.Timestamp | None,
    last: pd.Timestamp,
) -> pd.DataFrame | None:
    """A row per group, a column per measure; None when none of the measures adds up."""
    table = None
    for name in SOURCES:
        asked = [m for m in measures if m in MEASURES and MEASURES[m].source == name]
        if asked:
            frame = within(measured_rows(tables, name, asked, dimensions), first, last)
            frame = in_period(frame, dimensions)
            sums = [nw.col(m).sum() for m in asked]
            frame = frame.group_by(*dimensions).agg(*sums) if dimensions else frame.select(*sums)
            found = collected(frame, dimensions).astype(dict.fromkeys(asked, "float64"))
            table = joined(table, found.fillna(dict.fromkeys(asked, 0.0)), dimensions)
    return table


def within(frame: Frame, first: pd.Timestamp | None, last: pd.Timestamp) -> Frame:
    """The rows from the first day up to, not including, the last one."""
    frame = frame.filter(nw.col("day") < nw.lit(last.to_pydatetime()))
    return frame if first is None else frame.filter(nw.col("day") >= nw.lit(first.to_pydatetime()))


def in_period(frame: Frame, dimensions: tuple[str, ...]) -> Frame:
    """The frame with the first day of its period, for weeks with their number since 1970."""
    for name, unit in PERIODS.items():
        if name in dimensions:
            period = nw.col("day").dt.truncate(unit) if unit else week_number("day")
            frame = frame.with_columns(period.alias(name))
    return frame


def collected(frame: Frame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """The result as a pandas table, periods by their first day."""
    table: pd.DataFrame = frame.collect("pandas").to_native()
    table = table.reset_index(drop=True)
    for name in dimensions:
        if name == "week":
            weeks = pd.to_timedelta(7 * table["week"].astype("int64"), unit="D")
            table["week"] = (pd.Timestamp(MONDAY) + weeks).astype("datetime64[us]")
        elif name in PERIODS:
            table[name] = table[name].astype("datetime64[us]")
        else:
            table[name] = table[name].astype("str")
    return table


def joined(
    table: pd.DataFrame | None, more: pd.DataFrame, dimensions: tuple[str, ...]
) -> pd.DataFrame:
    """Both tables side by side; a group that one of them lacks stays empty there."""
    if table is None:
        return more
    if not dimensions:
        return pd.concat([table, more], axis=1)
    return table.merge(more, on=list(dimensions), how="outer")
