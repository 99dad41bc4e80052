"""A table written to a file as CSV or Parquet, part by part, so that its size does not matter.

`write_table` writes a frame and returns the size and the sha256 of the file, which are counted
while the bytes pass. `csv_parts` makes the text of a CSV file and `parquet_parts` the row groups of
a Parquet file; both round amounts to cents and hold the same values. All work on whole columns of
a part: a Python call per cell would take minutes where this takes seconds.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.tables import TABLES

ROWS = 1 << 17
"""Rows of one part: some 10 MB of text, and the row group of a Parquet file."""

_TEXT = pa.large_string()
_CENTS = pa.decimal64(18, 2)
_MOST_CENTS = 1e13  # up to here, 100 times an amount is off by far less than the margin below
_MARGIN = 0.01

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def write_table(
    frame: pd.DataFrame,
    path: Path,
    *,
    table: str = "",
    written: Callable[[int], None] = lambda rows: None,
) -> tuple[int, str]:
    """Write a frame as the ending of `path` says, `.csv` or `.parquet`.

    Parameters
    ----------
    frame
        Any number of rows; memory beyond it stays that of one part.
    table
        The declared table that the frame is, whose money is rounded to cents; "" if it is none.
    written
        Called after each part with its number of rows.

    Returns
    -------
    The file's bytes, and its sha256 in hexadecimal digits.
    """
    with path.open("wb") as file:
        sink = _Sink(file)
        if path.suffix == ".parquet":
            _write_parquet(frame, sink, table, written)
        else:
            for rows, text in csv_parts(frame, table):
                sink.write(text)
                written(rows)
    return sink.size, sink.digest.hexdigest()


def _write_parquet(
    frame: pd.DataFrame, sink: _Sink, table: str, written: Callable[[int], None]
) -> None:
    import pyarrow.parquet as pq

    # Pandas' own notes on the frame would put versions into the file, and nobody needs them.
    options = {"compression": "zstd", "store_schema": False}
    with pq.ParquetWriter(sink, _schema(frame, table), **options) as writer:
        for part in parquet_parts(frame, table):
            writer.write_table(part, row_group_size=ROWS)
            written(part.num_rows)


class _Sink(io.RawIOBase):
    """A file that is written from front to back, with the size and checksum of what passed."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        length = memoryview(data).nbytes
        self.digest.update(data)
        self.size += length
        self.file.write(data)
        return length


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), ROWS):
        yield frame.iloc[start : start + ROWS]


def _money(table: str) -> set[str]:
    return {c.name for c in TABLES[table].columns if c.kind == "money"} if table else set()


def to_csv(frame: pd.DataFrame, table: str = "") -> str:
    r"""A frame as CSV text; the columns that `table` declares as money get two decimals.

    >>> to_csv(pd.DataFrame({"revenue": [12.5], "paid": [True]}), "orders")
    'revenue,paid\n12.50,true\n'
    """
    return b"".join(text for _, text in csv_parts(frame, table)).decode("utf-8")


def csv_parts(frame: pd.DataFrame, table: str = "") -> Iterator[tuple[int, bytes]]:
    """How many rows, and their text in UTF-8: the header alone, then `ROWS` rows at a time."""
    money = _money(table)
    # All moments of a column are written alike, so it is the whole column that decides.
    fine = {name for name in frame if _has_fractions(frame[name])}
    yield 0, _lines([pa.array([str(name)], _TEXT) for name in frame])
    for part in _parts(frame):
        columns = [_cells(part[name], money=name in money, fine=name in fine) for name in frame]
        yield len(part), _lines(columns)


def _has_fractions(values: pd.Series[Any]) -> bool:
    moments = isinstance(values.dtype, pd.DatetimeTZDtype)
    return moments and bool((values.dt.microsecond > 0).any())


def _lines(columns: list[Any]) -> bytes:
    """Rows of text cells as lines; a cell is quoted if it would be read as something else."""
    if not columns:
        return b"\n"
    if len(columns) == 1:  # an empty line would be no row
        cells = pc.fill_null(columns[0], "")
        return _joined([pc.if_else(pc.equal(cells, ""), '""', _quoted(cells))])
    rows = len(columns[0])
    text = _joined(columns)
    # To look for what needs quotes in the whole text is faster than cell by cell, and mostly in
    # vain: the commas and ends of lines are those just written, and there is no quote.
    marks = [text.count(mark) for mark in (b",", b"\n", b"\r", b'"')]
    if marks != [rows * (len(columns) - 1), rows, 0, 0]:
        text = _joined([_quoted(column) for column in columns])
    return text


def _joined(columns: list[Any]) -> bytes:
    comma = pa.scalar(",", _TEXT)
    rows = pc.binary_join_element_wise(
        *columns, comma, null_handling="replace", null_replacement=""
    )
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(rows)], pa.int64()), rows)
    return bytes(pc.binary_join(whole, pa.scalar("\n", _TEXT))[0].as_buffer()) + b"\n"


def _quoted(cells: Any) -> Any:
    special = pc.match_substring_regex(cells, '[,"\r\n]')
    mark = pa.scalar('"', _TEXT)
    inner = pc.replace_substring(cells, pattern='"', replacement='""')
    quoted = pc.binary_join_element_wise(mark, inner, mark, pa.scalar("", _TEXT))
    return pc.if_else(special, quoted, cells)


def _cells(values: pd.Series[Any], *, money: bool, fine: bool) -> Any:
    """A column as text; null where a value is missing."""
    if pd.api.types.is_float_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return _amount_texts(numbers) if money else _number_texts(numbers)
    array = _array(values, day=True)
    if not pa.types.is_timestamp(array.type):
        return array.cast(_TEXT)
    unit = pa.timestamp("us" if fine else "s")
    texts = array.cast(pa.timestamp("us")).cast(unit, safe=False).cast(_TEXT)
    texts = pc.replace_substring(texts, pattern=" ", replacement="T")
    return pc.binary_join_element_wise(texts, pa.scalar("Z", _TEXT), pa.scalar("", _TEXT))


def _in_cents(amounts: Floats) -> tuple[Floats, Flags]:
    """Amounts in whole cents, and which of them are surely the nearest.

    Half a cent cannot be told from a hair less in floating point; those few are rounded one by one.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        hundredfold = amounts * 100.0
        cents = np.rint(hundredfold)
        sure = (np.abs(hundredfold - cents) < 0.5 - _MARGIN) & (np.abs(cents) < _MOST_CENTS)
    return cents, sure


def _rounded(amounts: Floats) -> Floats:
    cents, sure = _in_cents(amounts)
    rounded = cents / 100.0 + 0.0  # + 0.0 turns -0.0 into 0.0
    for place in np.flatnonzero(~sure & ~np.isnan(amounts)):
        rounded[place] = round(float(amounts[place]), 2) + 0.0
    return rounded


def _amount_texts(amounts: Floats) -> Any:
    cents, sure = _in_cents(amounts)
    missing = np.isnan(amounts)
    whole = pa.array(np.where(sure, cents, 0.0).astype(np.int64), mask=missing)
    texts = pa.Array.from_buffers(_CENTS, len(whole), whole.buffers()).cast(_TEXT)
    hard = ~sure & ~missing
    return _replaced(texts, hard, [f"{round(x, 2) + 0.0:.2f}" for x in amounts[hard].tolist()])


def _number_texts(numbers: Floats) -> Any:
    """Numbers as Python writes them: the fewest digits that give the same number back."""
    missing = np.isnan(numbers)
    size = np.abs(numbers)
    # Within these bounds Arrow writes as Python does, but for the .0 of a whole number.
    plain = ((size >= 1e-3) & (size < 1e9)) | (size == 0.0)
    texts = pa.array(numbers, mask=missing).cast(_TEXT)
    texts = _appended(texts, pa.array(plain & (np.rint(numbers) == numbers)), ".0")
    hard = ~plain & ~missing
    texts = _replaced(texts, hard, [repr(x) for x in numbers[hard].tolist()])
    # Three decimals would look like a thousands separator: 1.234.
    return _appended(texts, pc.match_substring_regex(texts, r"^-?\d+\.\d{3}$"), "0")


def _appended(texts: Any, where: Any, end: str) -> Any:
    longer = pc.binary_join_element_wise(texts, pa.scalar(end, _TEXT), pa.scalar("", _TEXT))
    return pc.if_else(where, longer, texts)


def _replaced(texts: Any, where: Flags, by: list[str]) -> Any:
    return pc.replace_with_mask(texts, pa.array(where), pa.array(by, _TEXT)) if by else texts


def parquet_parts(frame: pd.DataFrame, table: str = "") -> Iterator[Any]:
    """The row groups of a Parquet file as Arrow tables of `ROWS` rows."""
    money, schema = _money(table), _schema(frame, table)
    for part in _parts(frame):
        arrays = []
        for field in schema:
            values = part[field.name]
            if field.name in money and pa.types.is_floating(field.type):
                amounts = values.to_numpy(dtype=np.float64, na_value=np.nan)
                values = pd.Series(_rounded(amounts))
            arrays.append(_array(values, day=pa.types.is_date(field.type)))
        yield pa.Table.from_arrays(arrays, schema=schema)


def _schema(frame: pd.DataFrame, table: str) -> Any:
    """Types by column; days are dates, but a declared table's own columns may hold hours too."""
    days = {c.name for c in TABLES[table].columns if c.kind == "date"} if table else set(frame)
    empty = frame.iloc[:0]
    return pa.schema(
        [(str(name), _array(empty[name], day=name in days).type) for name in frame.columns]
    )


def _array(values: pd.Series[Any], *, day: bool) -> Any:
    """A column as an Arrow array, of a type that follows from the dtype alone."""
    dtype = values.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        kind = pa.timestamp("us", "UTC")
    elif pd.api.types.is_datetime64_any_dtype(dtype):
        kind = pa.timestamp("us")
    elif pd.api.types.is_bool_dtype(dtype):
        kind = pa.bool_()
    elif pd.api.types.is_integer_dtype(dtype):
        kind = pa.int64()
    elif pd.api.types.is_float_dtype(dtype):
        kind = pa.float64()
    else:
        kind = _TEXT
        if not isinstance(dtype, pd.StringDtype):
            values = values.map(str, na_action="ignore").astype("str")
    array = pa.array(values, kind, from_pandas=True, safe=False)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.cast(pa.date32(), safe=False) if day and kind == pa.timestamp("us") else array
