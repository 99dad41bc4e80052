"""A file of a person's own, in whichever dialect their software wrote it, as columns of text.

`read_csv` recognizes encoding and separator and gives every cell as trimmed text, with missing
cells null; `read_parquet` keeps the types that the file declares. Both return a `TextTable`, which
knows its headers and the line of each of its rows. A file that cannot be used at all raises
`Unreadable`; what is wrong with single lines is noted in `TextTable.problems`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.account import LeftOut
from mktlab.reading.problems import Problem, shown
from mktlab.show.words import say

# Arrow's own allocator holds on to some 100 MB that small tables do not need.
MEMORY = pa.system_memory_pool()
pa.set_memory_pool(MEMORY)

MISSING = ("", "NA", "N/A", "n/a", "null", "NULL", "Null", "NaN", "nan", "-")
"""Cells that mean: nothing is known here."""

SEPARATORS = ",;\t|"
_HEAD = 200_000  # letters; enough for the header and some rows
_VALUE = re.compile(r"\S+@\S+\.\S+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|-?\d+[.,]\d+")
_FORMS = "a CSV file (separator , ; tab or |) or a Parquet file, with one line of headers"


class Unreadable(Exception):  # noqa: N818 - never reaches a person: it carries a Problem
    """Nothing of a file can be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class TextTable:
    """The columns of one file by header, in its order.

    `left_out` are rows of the file that are no rows of a table, `notes` what was assumed of it.
    """

    file: str
    columns: dict[str, Any]
    rows: int
    text: str | None = None
    separator: str = ","
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def line(self, row: int) -> int:
        """The line of the file that row number `row`, counted from 0, begins on."""
        return self._lines[row] if row < len(self._lines) else row + 2

    @cached_property
    def _lines(self) -> Sequence[int]:
        if self.text is None:
            return range(1, self.rows + 1)
        breaks = self.text.count("\n") or self.text.count("\r")
        if breaks + (self.text[-1] not in "\r\n") == self.rows + 1:
            return range(2, self.rows + 2)
        width, *_ = (len(cells) for _, cells in _records(self.text, self.separator))
        return [line for line, cells in _records(self.text, self.separator) if len(cells) == width][
            1:
        ]


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on; empty lines are no records."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begin = 1
    with suppress(csv.Error):  # a cell of more than 131,072 letters: a quote that never closes
        for cells in reader:
            if cells:
                yield begin, cells
            begin = reader.line_num + 1


def read_parquet(path: Path) -> TextTable:
    """Read a Parquet file; text is trimmed, other types stay as they are."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, say("something that is not a Parquet file"), str(error)) from error
    if not table.num_rows:
        raise _unreadable(path, say("columns, but no rows"))
    names = [name.strip() for name in table.column_names if not name.startswith("__index_level")]
    sheet = TextTable(path.name, {}, table.num_rows)
    _note_duplicates(sheet, names)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = _trimmed(column)
        if name.strip() in names:
            sheet.columns.setdefault(name.strip(), column)
    return sheet


def read_csv(path: Path, *, may_be_empty: bool = False) -> TextTable:
    """Read a CSV file in any of the known encodings and separators, as text."""
    text = decode(path)
    if not text.strip():
        raise _unreadable(path, say("an empty file"))
    separator = _separator(text)
    first = list(islice(_records(text[:_HEAD], separator), 2))
    if len(first) < 2 - may_be_empty:
        raise _unreadable(path, say("a header, but no rows"))
    names = [name.strip() for name in first[0][1]]
    values = [name for name in names if _VALUE.fullmatch(name)]
    if values:
        found = say(
            "values such as {values} in the first line, where headers belong",
            values=shown(values[0]),
        )
        raise _unreadable(path, found, fix=say("add a first line that names the columns"))
    table, ragged = _parse(path, text, separator, len(names))
    sheet = TextTable(path.name, {}, table.num_rows, text, separator)
    _note_duplicates(sheet, names)
    if ragged:
        _note_ragged(sheet, len(names))
    for position, (name, column) in enumerate(zip(names, table.columns, strict=True), 1):
        column = _trimmed(column)
        if name or column.null_count < len(column):  # spreadsheets append empty columns
            sheet.columns.setdefault(name or f"column {position}", column)
    return sheet


def decode(path: Path) -> str:
    """The text of a file in UTF-8 or UTF-16 with or without a mark of order, or in cp1252."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(
            path, say("a file that could not be opened"), str(error.strerror)
        ) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found = say("a spreadsheet workbook under the name of a text file")
        raise _unreadable(path, found, fix=say("open it in the spreadsheet, save as CSV UTF-8"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:2000]:
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    found = say("text in an encoding other than UTF-8, UTF-16 and Windows-1252")
    raise _unreadable(path, found, fix=say("save it again as CSV UTF-8"))


def _unreadable(path: Path, found: str, why: str = "", *, fix: str = "") -> Unreadable:
    found += f" ({why.splitlines()[0]})" if why else ""
    fix = fix or say("export the table again, or take the file out of the folder")
    return Unreadable(Problem(path.name, None, "", found, _FORMS, fix))


def _separator(text: str) -> str:
    """The separator that cuts most of the first lines into as many cells as the header."""

    def score(separator: str) -> tuple[int, int]:
        widths = [len(cells) for _, cells in islice(_records(head, separator), 50)]
        alike = sum(width == widths[0] for width in widths)
        return (alike if widths[0] > 1 else 0, widths[0])

    head = text[:_HEAD]
    return max(SEPARATORS, key=score)


def _parse(path: Path, text: str, separator: str, width: int) -> tuple[pa.Table, bool]:
    """All rows of the header's width as text, and whether there are rows of another width."""
    from pyarrow import csv as arrow_csv

    names = [str(position) for position in range(width)]
    ragged = []

    def skip(row: Any) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=1, block_size=1 << 24
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values='"' in text, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        raise _unreadable(path, say("lines that do not form a table"), str(error)) from error
    return table, bool(ragged)


def _trimmed(column: Any) -> Any:
    column = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    missing = pc.is_in(column, value_set=pa.array(MISSING, pa.large_string()))
    return pc.if_else(missing, pa.scalar(None, pa.large_string()), column)


def _note_duplicates(sheet: TextTable, names: list[str]) -> None:
    for name, times in Counter(filter(None, names)).items():
        if times > 1:
            sheet.problems.append(
                Problem(
                    sheet.file,
                    None if sheet.text is None else 1,
                    name,
                    say("the header {name} {times} times", name=name, times=times),
                    say("each header once"),
                    say("rename or remove the columns that are not meant"),
                )
            )


def _note_ragged(sheet: TextTable, width: int) -> None:
    found = [
        (line, len(cells))
        for line, cells in _records(sheet.text or "", sheet.separator)
        if len(cells) != width
    ]
    if not found:
        return
    line, cells = found[0]
    if cells > width:
        what, fix = (
            say("too many"),
            say(
                'put a cell that holds a "{separator}" in double quotes', separator=sheet.separator
            ),
        )
    else:
        what, fix = say("too few"), say("complete the line, or remove it")
    sheet.problems.append(
        Problem(
            sheet.file,
            line,
            "",
            say(
                "{cells} cells where the header has {width}: {what}",
                cells=cells,
                width=width,
                what=what,
            ),
            say("{width} cells in every line", width=width),
            fix,
            rows=len(found),
        )
    )
