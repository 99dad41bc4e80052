"""Rows of reports, of one file or several, as tables have them: days summed to weeks, or things."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading.account import LeftOut
from mktlab.reading.events import again, visits
from mktlab.reading.folding import overlap
from mktlab.reading.meanings import presets
from mktlab.reading.problems import Mask
from mktlab.reading.rows import MONEY
from mktlab.reading.text_table import TextTable
from mktlab.schema import Column, Table
from mktlab.show.words import say


def by_week(sheet: TextTable, table: Table) -> TextTable:
    """Sum a report, or several joined, to a row per week and whatever else tells rows apart.

    Rows of a table without weeks are things, such as mailings or deals, and stay as they are. What
    stands in two files of a tool counts once, as the later one has it. Means are weighted as the
    preset says; of several words, that of the row with most views stays.

    Parameters
    ----------
    sheet
        With the columns of the table, those of weeks being days, and `currency`, `account` and
        `period`.
    table
        Which one.
    """
    parts = sheet.parts or [sheet]
    frame = pd.DataFrame({name: cells.to_pandas() for name, cells in sheet.columns.items()})
    places = [part.place(row) for part in parts for row in range(part.rows)]
    money = frame[MONEY[table.name]] if table.name in MONEY else None
    visited = "events" in frame
    rows = frame["events"] if visited else pd.Series(1, frame.index)
    made = TextTable(sheet.file, {}, 0, report=sheet.report, problems=sheet.problems)
    made.files = [part.file for part in parts]
    made.left_out, made.notes = list(sheet.left_out), list(sheet.notes)
    if len(parts) > 1:
        twice = (
            {say("of days that a later file has too"): again(parts, frame)}
            if visited
            else (_twice(sheet, parts, frame, table))
        )
        for why, mask in twice.items():
            if mask.any():
                held = None if money is None else float(money[mask].sum())
                file, line = places[int(mask.argmax())]
                made.left_out.append(LeftOut(why, int(rows[mask].sum()), held, line, file))
        kept = np.flatnonzero(~np.logical_or.reduce([*twice.values()]))
        frame, rows = frame.iloc[kept].reset_index(drop=True), rows.iloc[kept]
        places = [places[row] for row in kept]
    made.summed, sums = int(rows.sum()), frame
    if visited:
        sums = visits(frame, made.notes)
        told = say("{n:count} events are {m:count} visits.", n=made.summed, m=len(sums))
        made.notes.append(told)
    if "week" in frame:
        made.notes += _ends(frame.loc[frame["period"] == "day", "week"])
        sums = _summed(frame, table, presets()[sheet.report].report.get("mean", {}))
        made.notes += sums.attrs["notes"]
    made.rows, made.places = len(sums), [places[row] for row in sums.index]
    for column in table.columns:
        if column.name in sums and sums[column.name].notna().any():
            made.columns[column.name] = _array(sums[column.name], column, made.notes)
    if frame["currency"].ne("").any():
        codes = pa.array(sums["currency"].where(sums["currency"] != ""), pa.large_string())
        made.columns["currency"] = pa.chunked_array([codes])
    if "week" in frame and made.summed != made.rows:
        made.notes.append(
            say("{n:count} rows by day are {m:count} by week.", n=made.summed, m=made.rows)
        )
    return made


def _twice(
    sheet: TextTable, parts: list[TextTable], frame: pd.DataFrame, table: Table
) -> dict[str, Mask]:
    """The rows about which a later file of the tool has one, by why they are left out."""
    files = np.repeat(np.arange(len(parts)), [part.rows for part in parts])
    tools = [presets()[part.report].report["tool"] for part in parts]
    names = [name for name in table.key if name != "channel" and frame[name].notna().any()]
    keys = frame[names].assign(tool=np.take(tools, files))
    known = frame["account"].notna().groupby(keys["tool"]).transform("all")
    keys["account"] = frame["account"].where(known, "")
    if "week" in keys:
        mixed = frame["period"].groupby(keys["tool"]).transform("nunique") > 1
        keys["week"] = monday(keys["week"]).where(mixed, keys["week"])  # days beside weeks
    same, other, _ = overlap(sheet, keys, None)
    return {
        say("which a later file has too, as they are"): same,
        say("which a later file has too, with other cells"): other,
    }


def monday(days: Any) -> Any:
    """The Mondays of the weeks that days are in."""
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")


def _ends(days: pd.Series[Any]) -> list[str]:
    """A note if the first or the last week is not whole."""
    first, last = days.min(), days.max()
    if days.empty or (first.day_of_week == 0 and last.day_of_week == 6):
        return []
    return [say("the days are {a:day} to {b:day}: a week at an end is not whole.", a=first, b=last)]


def _summed(frame: pd.DataFrame, table: Table, means: dict[str, str]) -> pd.DataFrame:
    """The sums of each week; the index is the first row of each."""
    frame["week"] = monday(frame["week"])
    keys = [name for name in table.key if frame[name].notna().any()] + ["currency"]
    group = frame.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    numbers = [c.name for c in table.columns if c.kind in ("money", "number", "count")]
    first = pd.Series(np.arange(len(frame))).groupby(group).first().to_numpy()
    sums: dict[str, Any] = {}
    notes = []
    for name in numbers:
        values = frame[name].astype(float)
        if name in means:
            weight = frame[means[name]].astype(float).where(values.notna())
            top = (values * weight).groupby(group).sum() / weight.groupby(group).sum()
            plain_mean = values.groupby(group).mean()
            sums[name] = top.where(np.isfinite(top), plain_mean).round(6).to_numpy()
        else:
            sums[name] = values.groupby(group).sum(min_count=1).round(6).to_numpy()
            empty = int((values.isna() & (values.groupby(group).transform("count") > 0)).sum())
            if empty:
                told = say("{name}: empty cells count as 0 ({n:count}).", name=name, n=empty)
                notes.append(told)
    most = frame[next((n for n in numbers if n in ("impressions", "clicks")), numbers[0])]
    largest = np.argsort(-most.fillna(0).to_numpy(float), kind="stable")
    for column in table.columns:
        if column.kind == "text" or column.name == "week":
            ranked = frame[column.name].iloc[largest]
            sums[column.name] = ranked.groupby(group[largest]).first().to_numpy()
            if column.name not in keys and frame.groupby([group, column.name]).ngroups > len(first):
                told = say("of several {name} in a week, that with most views.", name=column.name)
                notes.append(told)
    sums["currency"] = frame["currency"].iloc[first].to_numpy()
    made = pd.DataFrame(sums, index=first)
    made.attrs["notes"] = notes
    return made


def _array(values: pd.Series[Any], column: Column, notes: list[str]) -> Any:
    """A column as Arrow has it; counts that tools share out become whole, which is told."""
    if column.kind == "count" and (values.dropna() % 1 > 0).any():
        running = values.fillna(0.0).cumsum().round(6).round()  # so that their sum stays
        whole = running.diff().fillna(running.iloc[0]).where(values.notna())
        notes.append(
            say(
                "{name}: the tool shares orders out in fractions; made whole, {before:.2f} in all "
                "became {after:count}.",
                name=column.name,
                before=values.sum(),
                after=whole.sum(),
            )
        )
        values = whole
    array = pa.array(values, from_pandas=True)
    words = column.kind in ("text", "id")
    return pa.chunked_array([array.cast(pa.large_string()) if words else array])
