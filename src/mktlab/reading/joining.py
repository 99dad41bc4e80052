"""Several files of one table, such as one for each year, read as one.

`join` puts them one after the other. `overlap` finds what a later file repeats of an earlier one,
as exports whose periods overlap do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading.dialect import TextTable
from mktlab.reading.problems import Mask, Problem
from mktlab.reading.settings import Settings
from mktlab.show.words import say


@dataclass
class Joined(TextTable):
    """The rows of several files, the first file's first."""

    parts: list[TextTable] = field(default_factory=list)

    def number(self, row: int) -> int:
        """The number of the file that a row is of, counted from 0."""
        ends = np.cumsum([part.rows for part in self.parts])
        return int(np.searchsorted(ends, row, side="right"))


def place(sheet: TextTable, row: int) -> tuple[str, int]:
    """The file that a row stands in, and its line there."""
    if not isinstance(sheet, Joined):
        return sheet.file, sheet.line(row)
    before = 0
    for part in sheet.parts:
        if row < before + part.rows:
            return place(part, row - before)
        before += part.rows
    return sheet.file, row + 2


def join(sheets: list[TextTable]) -> Joined:
    """One table of files with the same headers, in any order.

    A column that only some of the files have is empty in the others and told; files that each have
    headers the other lacks are a problem.
    """
    first = sheets[0]
    headers = list(dict.fromkeys(header for sheet in sheets for header in sheet.columns))
    joined = Joined(
        say(" and ").join(sheet.file for sheet in sheets),
        {},
        sum(sheet.rows for sheet in sheets),
        problems=[problem for sheet in sheets for problem in sheet.problems],
        left_out=[left for sheet in sheets for left in sheet.left_out],
        notes=[note for sheet in sheets for note in sheet.notes],
        parts=sheets,
    )
    for sheet in sheets:
        joined.notes.append(say("{rows:count} rows of {file}.", rows=sheet.rows, file=sheet.file))
        more = [header for header in sheet.columns if header not in first.columns]
        less = [header for header in first.columns if header not in sheet.columns]
        if more and less:
            joined.problems.append(_differ(first.file, sheet.file, more, less))
        elif more or less:
            one, other = (sheet, first) if more else (first, sheet)
            joined.notes.append(
                say(
                    "{headers} stands in {file} only and is empty for the rows of {other}.",
                    headers=", ".join(more or less),
                    file=one.file,
                    other=other.file,
                )
            )
    for header in headers:
        joined.columns[header] = _stacked([(s.columns.get(header), s.rows) for s in sheets])
    return joined


def _differ(first: str, file: str, more: list[str], less: list[str]) -> Problem:
    found = say(
        "{more}, which {first} does not have, and no {less}",
        more=", ".join(more),
        first=first,
        less=", ".join(less),
    )
    fix = say("give the columns the same headers in each file, or leave {file} out", file=file)
    return Problem(file, 1, "", found, say("the same headers in each file of join"), fix)


def _stacked(columns: list[tuple[Any, int]]) -> Any:
    kinds = {column.type for column, _ in columns if column is not None}
    kind = kinds.pop() if len(kinds) == 1 else pa.large_string()
    chunks = []
    for column, rows in columns:
        if column is None:
            chunks.append(pa.nulls(rows, kind))
        else:
            chunks += column.cast(kind).chunks
    return pa.chunked_array(chunks, kind)


def overlap(joined: Joined, key: list[str], settings: Settings) -> tuple[Mask, list[Problem]]:
    """Which rows a later file repeats of an earlier one, and a problem where they differ.

    Parameters
    ----------
    joined
        The files, joined.
    key
        The headers that together say which order (or other thing) a row is about.
    """
    repeated = np.zeros(joined.rows, dtype=bool)
    if not key:
        return repeated, []
    sizes = [part.rows for part in joined.parts]
    files = np.repeat(np.arange(len(sizes)), sizes)
    keys = pd.DataFrame({name: joined.columns[name].to_pandas() for name in key})
    codes = keys.groupby(key, sort=False, dropna=True).ngroup().to_numpy()
    spread = pd.Series(files).groupby(codes).transform("nunique").to_numpy()
    both = (spread > 1) & (codes >= 0)
    if not both.any():
        return repeated, []
    rows = pd.DataFrame(
        {name: column.filter(pa.array(both)).to_pandas() for name, column in joined.columns.items()}
    ).astype("str")
    hashes = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    found = pd.DataFrame({"code": codes[both], "file": files[both], "hash": hashes})
    sums = found.groupby(["code", "file"])["hash"].agg(["sum", "count"]).reset_index()
    first = sums.groupby("code")[["sum", "count"]].transform("first")
    same = ((sums[["sum", "count"]] == first).all(axis=1)).groupby(sums["code"]).transform("all")
    alike = set(sums["code"][same])
    later = files > pd.Series(files).groupby(codes).transform("min").to_numpy()
    repeated = both & later & np.isin(codes, list(alike))
    differing = both & ~np.isin(codes, list(alike))
    if not differing.any():
        return repeated, []
    row = int((differing & later).argmax())
    file, line = place(joined, row)
    found_in = say("an entry that {other} has too, with other cells", other=joined.parts[0].file)
    fix = say("take it out of one of the files, or number them differently")
    accepted = say("each {key} in one file", key=", ".join(key))
    number = len(set(codes[differing]))
    return repeated, [Problem(file, line, key[0], found_in, accepted, fix, rows=number)]
