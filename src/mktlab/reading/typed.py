"""Files whose cells have types: Parquet files, and the sheets of workbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa

from mktlab.reading.containers import Rows, cell_text, sheet_rows
from mktlab.reading.layout import header_place, table_width
from mktlab.reading.problems import unreadable
from mktlab.reading.text_table import TextTable, not_available, note_duplicates, tidy, trimmed
from mktlab.show.words import say
from mktlab.spelling import plain


def read_parquet(file: str, source: Any) -> TextTable:
    """Read a Parquet file; text is trimmed, other types stay as they are."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as parquet:
            table = parquet.read()
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, say("something that is not a Parquet file"), str(error)) from error
    if not table.num_rows:
        raise unreadable(file, say("columns, but no rows"))
    names = [name.strip() for name in table.column_names if not name.startswith("__index_level")]
    sheet = TextTable(file, {}, table.num_rows, begin=0)
    note_duplicates(sheet, names)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        name = name.strip()
        if name in names and name not in sheet.columns:
            text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
            sheet.columns[name] = trimmed(column) if text else column
            if text:
                not_available(sheet, name)
    return sheet


def read_workbook(file: str, data: bytes, known: Collection[str], decimal: str = "") -> TextTable:
    """Read the first sheet of a workbook that has the `known` headers, or else looks like a table.

    Days and numbers keep their types where every cell of a column is one.
    """

    def fits(name: str, rows: Rows) -> float:
        texts = [[cell_text(cell) for cell in row] for row in rows]
        place = header_place(texts, known)
        if place < 0 or len(rows) <= place + 1:
            return 0
        named = sum(plain(cell) in known for cell in texts[place])
        return 1 + named if table_width(texts) > 1 else 0.5

    rows, name, others = sheet_rows(file, data, fits)
    head = [[cell_text(cell) for cell in row] for row in rows[:50]]
    place = header_place(head, known)
    if place < 0:
        found = say("a sheet, {name}, without a line of headers", name=name)
        raise unreadable(file, found, fix=say("add a first line that names the columns"))
    body = rows[place + 1 :]
    if not any(cell is not None for row in body for cell in row):
        raise unreadable(file, say("a header, but no rows"))
    sheet = TextTable(file, {}, len(body), begin=place + 1)
    if place:
        sheet.notes.append(above(place + 1))
    if others:
        sheet.notes.append(
            say("the sheet {name} was read, not {others}.", name=name, others=", ".join(others))
        )
    note_duplicates(sheet, head[place])
    raw: dict[str, Any] = {}
    for position, title in enumerate(head[place]):
        cells = [row[position] if position < len(row) else None for row in body]
        key = title or f"column {position + 1}"
        if key not in raw and (title or any(cell is not None for cell in cells)):
            raw[key] = np.array([*cells, None], dtype=object)[:-1]
            texts = pa.array([cell_text(cell) for cell in cells], pa.large_string())
            sheet.columns[key] = trimmed(pa.chunked_array([texts]))
    tidy(sheet, decimal)
    for key, filled in raw.items():
        not_available(sheet, key)
        typed = _typed(np.delete(filled, sheet.gone), sheet.columns[key])
        sheet.columns[key] = sheet.columns[key] if typed is None else typed
    return sheet


def above(line: int) -> str:
    """The note that lines above the headers were left out."""
    return say("the headers stand in line {line:count}; nothing above it was read.", line=line)


def _typed(cells: Any, texts: Any) -> Any:
    """Cells as numbers, days or flags, if each that is not missing is one; else None."""
    known = [cell for cell, text in zip(cells, texts.to_pylist(), strict=True) if text is not None]
    kinds = {type(cell) for cell in known}
    for type_, accepted in (
        (pa.bool_(), {bool}),
        (pa.int64(), {int}),
        (pa.float64(), {int, float}),
        (pa.timestamp("us"), {dt.datetime, dt.date}),
    ):
        if kinds and kinds <= accepted:
            try:
                filled = [
                    cell if text is not None else None
                    for cell, text in zip(cells, texts.to_pylist(), strict=True)
                ]
                return pa.chunked_array([pa.array(filled, type_)])
            except (pa.ArrowInvalid, OverflowError):
                return None
    return None
