"""Several files of one table, such as one for each year, read as one.

`join` puts them one after the other. `overlap` finds what a later file repeats of an earlier one,
as exports whose periods overlap do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading.problems import Mask, Problem
from mktlab.reading.text_table import TextTable
from mktlab.show.words import say, say_many


def join(sheets: list[TextTable]) -> TextTable:
    """One table of files with the same headers, in any order; of one file, as it is.

    A column that only some of the files have is empty in the others and told; files that each have
    headers the other lacks are a problem.
    """
    first = sheets[0]
    if len(sheets) == 1:
        return first
    headers = list(dict.fromkeys(header for sheet in sheets for header in sheet.columns))
    joined = TextTable(
        say(" and ").join(sheet.file for sheet in sheets),
        {},
        sum(sheet.rows for sheet in sheets),
        problems=[problem for sheet in sheets for problem in sheet.problems],
        left_out=[left for sheet in sheets for left in sheet.left_out],
        notes=[note for sheet in sheets for note in sheet.notes],
        parts=sheets,
    )
    for sheet in sheets:
        joined.notes.append(
            say_many("{n} row of {file}.", "{n:count} rows of {file}.", sheet.rows, file=sheet.file)
        )
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
    return Problem(file, found, say("the same headers in each file of join"), fix, 1)


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


def overlap(
    sheet: TextTable, keys: pd.DataFrame, days: pd.Series[Any] | None
) -> tuple[Mask, Mask, Mask]:
    """What stands in more than one of the joined files.

    Parameters
    ----------
    sheet
        The files, joined.
    keys
        What together says which order (or other thing) a row is about.
    days
        The day of each row; the same number on another day is another order.

    Returns
    -------
    The rows of earlier files that a later one has just so, those that it has with other cells, and
    the rows of later files whose number is that of an order of another day.
    """
    sizes = [part.rows for part in sheet.parts or [sheet]]
    files = np.repeat(np.arange(len(sizes)), sizes)
    codes = keys.groupby(list(keys), sort=False, dropna=True).ngroup().to_numpy()
    by = pd.Series(files).groupby(codes)
    last = by.transform("max").to_numpy()
    both = (codes >= 0) & (by.transform("min").to_numpy() < last)
    none = np.zeros(len(both), dtype=bool)
    if not both.any():
        return none, none, none
    anew = none
    if days is not None:
        known = days.groupby([codes, files]).transform("min").groupby(codes)
        apart = (known.transform("min") != known.transform("max")).to_numpy() & both
        first = by.transform("min").to_numpy()
        anew, both = apart & (files > first), both & ~apart
    cells = {name: column.filter(pa.array(both)) for name, column in sheet.columns.items()}
    text = pd.DataFrame({name: column.to_pandas() for name, column in cells.items()}).astype("str")
    found = pd.DataFrame({"code": codes[both], "file": files[both]})
    found["hash"] = pd.util.hash_pandas_object(text, index=False).to_numpy()
    sums = found.groupby(["code", "file"])["hash"].agg(["sum", "count"])
    alike = (sums.groupby("code").transform("last") == sums).all(axis=1)
    places = pd.MultiIndex.from_arrays([codes, files])
    same = alike.reindex(places).fillna(False).to_numpy(bool)
    earlier = both & (files < last)
    return earlier & same, earlier & ~same, anew
