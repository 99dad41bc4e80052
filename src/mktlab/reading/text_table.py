"""The columns of one file by header, as they were found, and the line of each of their rows.

`tidy` takes out what is no row of the table: empty rows, headers that stand there again, totals.
`join` puts several files of one table, such as one for each year, one after the other.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.account import LeftOut
from mktlab.reading.layout import is_amount, is_total
from mktlab.reading.numbers import parse_numbers
from mktlab.reading.problems import Problem
from mktlab.show.words import say, say_many

# Arrow's own allocator holds on to some 100 MB that small tables do not need.
MEMORY = pa.system_memory_pool()
pa.set_memory_pool(MEMORY)

MISSING = ("", *r"N/A n/a #N/A null NULL Null \N NaN nan - -- – —".split())  # noqa: SIM905
"""Cells that mean: nothing is known here; so does NA, where it is no code of two letters."""

_MOST_TOTALS = 12  # rows of totals and remarks below a table


@dataclass
class TextTable:
    """The columns of one file by header, in its order.

    `text` is a CSV file's own in UTF-8, from its headers on, which stand in line `begin`.
    `left_out` are rows of the file that are no rows of a table, `notes` what was assumed of it;
    `totals` are the cells of those that sum up others. Of several files joined, `parts` are these.
    `report` names the preset of a tool's report (`reports`); where its rows are sums of the file's,
    these were `summed` rows of `files`, and `places` has the file and line at which each begins.
    """

    file: str
    columns: dict[str, Any]
    rows: int
    text: bytes | None = None
    separator: str = ","
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    begin: int = 1
    gone: list[int] = field(default_factory=list)
    parts: list[TextTable] = field(default_factory=list)
    totals: list[dict[str, str]] = field(default_factory=list)
    report: str = ""
    summed: int = 0
    places: list[tuple[str, int]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def forget_text(self) -> None:
        """Let go of the text where every row is a line, so that nothing needs it any more."""
        text = self.text or b""
        breaks = text.count(b"\n") or text.count(b"\r")
        if breaks + (text[-1:] not in b"\r\n") == self.rows + 1:
            self.text = None

    def place(self, row: int) -> tuple[str, int]:
        """The file that row number `row`, counted from 0, stands in, and its line there."""
        if self.places:
            return self.places[row]
        for part in self.parts:
            if row < part.rows:
                return part.place(row)
            row -= part.rows
        return self.file, self.line(row)

    def line(self, row: int) -> int:
        """The line of the file that row number `row`, counted from 0, begins on."""
        for taken in self.gone:
            row += taken <= row
        return self._lines[row] if row < len(self._lines) else row + self.begin + 1

    @cached_property
    def _lines(self) -> Sequence[int]:
        if self.text is None:
            return range(self.begin + 1, self.begin + 1 + self.rows + len(self.gone))
        records = list(split(self.text.decode("utf-8"), self.separator))
        width = len(records[0][1])
        return [self.begin - 1 + line for line, cells in records[1:] if len(cells) == width]


def split(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on, the first being 1; empty lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begin = 1
    with suppress(csv.Error):  # a cell of more than 131,072 letters
        for cells in reader:
            if cells:
                yield begin, cells
            begin = reader.line_num + 1


def trimmed(column: Any) -> Any:
    """A column of text without blanks around its cells, missing ones null."""
    column = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    return without(column, MISSING)


def without(column: Any, words: Sequence[str]) -> Any:
    """A column of text in which cells that are one of these words are null."""
    missing = pc.is_in(column, value_set=pa.array(words, pa.large_string()))
    return pc.if_else(missing, pa.scalar(None, pa.large_string()), column)


def not_available(sheet: TextTable, header: str) -> None:
    """Take NA in a column of text for a missing cell, unless it is one of its codes: EU, NA, US."""
    column = sheet.columns[header]
    available = pc.not_equal(column, "NA")
    count = pc.sum(pc.invert(available)).as_py() or 0
    if not count:
        return
    others = pc.unique(column.filter(pc.fill_null(available, False)).slice(0, 100_000))
    if len(others) and pc.all(pc.match_substring_regex(others, "^[A-Z]{2}$")).as_py():
        return
    sheet.columns[header] = without(column, ["NA"])
    if pc.any(pc.match_substring_regex(others, r"^\pL")).as_py():
        sheet.notes.append(
            say_many(
                "NA in {n} row of {header} taken for an empty cell; if it is a name, write it out.",
                "NA in {n:count} rows of {header} taken for empty cells; if it is a name, write it "
                "out.",
                count,
                header=header,
            )
        )


def note_duplicates(sheet: TextTable, names: list[str]) -> None:
    """Add a problem for each header that stands more than once."""
    for name, times in Counter(filter(None, names)).items():
        if times > 1:
            sheet.problems.append(
                Problem(
                    sheet.file,
                    say("the header {name} {times} times", name=name, times=times),
                    say("each header once"),
                    say("rename or remove the columns that are not meant"),
                    sheet.begin or None,
                    name,
                )
            )


def tidy(sheet: TextTable, decimal: str = "") -> None:
    """Take empty rows, repeated headers and rows of totals out of a table of text."""
    columns = list(sheet.columns.values())
    empty = np.zeros(sheet.rows, dtype=bool)
    if columns and all(column.null_count for column in columns):
        empty = np.logical_and.reduce([column.is_null().to_numpy() for column in columns])
    again = _headers_again(sheet)
    gone = empty | again
    kept = np.flatnonzero(~gone)
    below = _summary(columns, kept[-_MOST_TOTALS:].tolist(), decimal)
    above = [row for row in kept[:1].tolist() if _is_total(columns, row, below, decimal)]
    gone[[*below, *above]] = True
    if not gone.any() or gone.all():
        return
    _leave(sheet, say("the headers, repeated"), np.flatnonzero(again))
    _leave(sheet, say("a total or remark below the table"), below)
    _leave(sheet, say("a total of the rows below"), above)
    for row in (*below, *above):
        sheet.totals.append({h: str(c[row]) for h, c in sheet.columns.items() if c[row].is_valid})
    sheet.columns = {name: column.filter(pa.array(~gone)) for name, column in sheet.columns.items()}
    sheet.gone = np.flatnonzero(gone).tolist()
    sheet.rows -= len(sheet.gone)
    sheet.__dict__.pop("_lines", None)


def _leave(sheet: TextTable, why: str, rows: Any) -> None:
    if len(rows):
        sheet.left_out.append(LeftOut(why, len(rows), line=sheet.line(int(rows[0]))))


def _headers_again(sheet: TextTable) -> Any:
    again = np.zeros(sheet.rows, dtype=bool)
    for header, column in sheet.columns.items():
        same = pc.equal(column, header).fill_null(False).to_numpy()
        again = same & again if again.any() else same
        if not again.any():
            break
    return again


def _summary(columns: Sequence[Any], tail: list[int], decimal: str) -> list[int]:
    """The last rows that are none of the table: from a total on, and remarks below it.

    What stands below a total belongs to it if it fills no other columns: tax, shipping.
    """
    for place, row in enumerate(tail):
        filled = _filled(columns, row)
        label = columns[filled[0]][row].as_py() if filled else ""
        remark = filled == [0] and len(columns) > 2 and str(label).count(" ") > 1
        rest = tail[place + 1 :]
        inside = all({*_filled(columns, other)} <= {*filled, 0} for other in rest)
        if inside and (remark or _is_total(columns, row, rest, decimal)):
            return tail[place:]
    return []


def _filled(columns: Sequence[Any], row: int) -> list[int]:
    return [place for place, column in enumerate(columns) if column[row].is_valid]


def _is_total(columns: Sequence[Any], row: int, known: Sequence[int], decimal: str) -> bool:
    """Whether a row sums up others: its first cell says so, or all that it holds are sums.

    `known` are rows that are no rows of the table either, and are not added up.
    """
    filled = _filled(columns, row)
    cells = [columns[place][row].as_py() for place in filled]
    if not cells or is_total(cells[0]):
        return bool(cells)
    amounts = [place for place, cell in zip(filled, cells, strict=True) if is_amount(cell)]
    if not amounts or len(filled) == len(columns) or not {*filled[1:]} <= {*amounts}:
        return False
    sums = 0
    for place in amounts:
        numbers, _ = parse_numbers(columns[place], decimal=decimal)
        if np.isnan(numbers[row]):
            if place != filled[0]:
                return False
            continue
        others = np.delete(numbers, [row, *known])
        others = others[np.isfinite(others) & (others != 0)]
        if len(others) > 1:
            sums += 1
            if not np.isclose(others.sum(), numbers[row], rtol=1e-9, atol=0.006):
                return False
    return sums > 0


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
        parts=sheets,
        report=first.report if all(sheet.report for sheet in sheets) else "",
    )
    for sheet in sheets:
        file = sheet.file if joined.report else ""
        joined.left_out += [replace(left, file=file) for left in sheet.left_out]
        joined.notes += [f"{file}: {note}" if file else note for note in sheet.notes]
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
