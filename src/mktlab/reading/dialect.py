"""A file of a person's own, in whichever dialect their software wrote it, as columns of text.

`read_file` opens what a table is packed in (`containers`), recognizes encoding and separator, finds
the headers (`layout`) and gives every cell as trimmed text, with missing cells null; workbooks and
Parquet files keep their types. A file that cannot be used at all raises `Unreadable`;
what is wrong with single lines is noted in `TextTable.problems`, what was assumed in `notes`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mktlab.reading.account import LeftOut
from mktlab.reading.containers import above, read_parquet, read_workbook, unpack
from mktlab.reading.layout import header_place, is_total, is_value, separator_said, table_width
from mktlab.reading.problems import Problem, Unreadable, shown, unreadable
from mktlab.reading.quotes import damaged, swallowed
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import (
    MEMORY,
    MISSING,
    TextTable,
    not_available,
    note_duplicates,
    split,
    tidy,
    trimmed,
)
from mktlab.show.words import say, say_many

__all__ = ["MEMORY", "TextTable", "Unreadable", "decode", "read_csv", "read_file", "utf8"]

SEPARATORS = ",;\t|"
_HEAD = 200_000  # bytes; enough for the headers and some rows
_LONGEST = 100_000  # of a line of headers
_PIECE = 1 << 22  # bytes that are looked at in one go


def read_file(
    path: Path, *, settings: Settings | None = None, known: Collection[str] = ()
) -> TextTable:
    """Read a table, however it is packed and written.

    Parameters
    ----------
    path
        A CSV, Excel or Parquet file, or a zip or gzip archive of one.
    settings
        What the reader has said of the file.
    known
        Headers that are looked for, as `spelling.plain` writes them: they tell the line of headers
        and the sheet of a workbook.

    Raises
    ------
    Unreadable
        If nothing of the file can be used.
    """
    settings = settings or Settings()
    kind, data = unpack(path)
    if kind == "parquet":
        return read_parquet(path.name, path if len(data) == 4 else pa.BufferReader(data))
    if kind == "workbook":
        return read_workbook(path.name, data, known, settings.decimal)
    text, note = utf8(path.name, data, settings.encoding)
    del data  # as large as the text, and not needed any more
    return _read_text(path.name, text, note, settings, known)


def read_bytes(file: str, data: bytes, settings: Settings) -> TextTable:
    """Read a table of text that was packed in a file, with others."""
    text, note = utf8(file, data, settings.encoding)
    return _read_text(file, text, note, settings, ())


def read_csv(path: Path) -> TextTable:
    """Read a CSV file that this package wrote: its first line has the headers, all else is rows."""
    text, _ = utf8(path.name, path.read_bytes())
    for _, names in split(text[:_HEAD].decode("utf-8", "ignore"), ","):
        return _table(path.name, text, ",", names, begin=1)
    raise unreadable(path.name, say("an empty file"))


def decode(path: Path) -> str:
    """The text of a small file in UTF-8 or UTF-16 with or without a mark of order, or in cp1252."""
    try:
        return utf8(path.name, path.read_bytes())[0].decode("utf-8")
    except OSError as error:
        raise unreadable(
            path.name, say("a file that could not be opened"), str(error.strerror)
        ) from error


def utf8(file: str, data: bytes, said: str = "") -> tuple[bytes, str]:
    """A text in UTF-8 without a mark of order, and a note if its encoding was a guess."""
    settle = say('or say in columns.toml, under the table\'s name: encoding = "mac_roman", or such')
    marks = {b"\xff\xfe\0\0": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encoding = next((name for mark, name in marks.items() if data.startswith(mark)), said)
    if not encoding and 4 * data[:2000].count(b"\0") > len(data[:2000]):
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff").encode("utf-8"), ""
        except (UnicodeError, LookupError) as error:
            found = say("text that is not written in {encoding}", encoding=encoding)
            fix = say("save it again as CSV UTF-8, ") + settle
            raise unreadable(file, found, str(error), fix=fix) from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.isascii():
        return data, ""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd") - data.count("\ufffd".encode())
    if not wrong:
        return data, ""
    if 10 * wrong < len(data) - len(text):
        lost = say_many(
            "{n} letter is damaged, and shown as \ufffd.",
            "{n:count} letters are damaged, and shown as \ufffd.",
            wrong,
        )
        return text.encode("utf-8"), lost
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        found = say("text in an encoding other than UTF-8, UTF-16 and Windows-1252")
        fix = say("save it again as CSV UTF-8, ") + settle
        raise unreadable(file, found, fix=fix) from error
    note = say(
        "read as Windows-1252, as it is not UTF-8; if names look wrong, say encoding = "
        '"cp1250", "mac_roman" or what it is in columns.toml, under the table\'s name.'
    )
    return text.encode("utf-8"), note


def _read_text(
    file: str, text: bytes, note: str, settings: Settings, known: Collection[str]
) -> TextTable:
    if not text or text.isspace():
        raise unreadable(file, say("an empty file"))
    if len(text) > _LONGEST and not {*b"\r\n"} & {*text[:_LONGEST]}:
        found = say("a first line of more than {n:count} letters", n=_LONGEST)
        raise unreadable(file, found, fix=say("export a table: a line of headers, a line per row"))
    head = text[:_HEAD].decode("utf-8", "ignore")
    separator, records = _separator(head)
    rows = [cells for _, cells in records]
    place = header_place(rows, known)
    if place < 0:
        raise _headless(file, rows, records)
    line, names = records[place]
    filled = [cells for cells in rows[place + 1 :] if any(cells)]
    if not filled:
        raise unreadable(file, say("a header, but no rows"))
    if len(names) == 1 and _blanks(head):
        fix = say(
            "open it in a spreadsheet with blanks as separators, name the columns in the first "
            "line, and save as CSV UTF-8"
        )
        raise unreadable(file, say("columns separated by blanks"), fix=fix)
    begun = "".join(islice(io.StringIO(head, newline=""), line - 1))
    sheet = _table(file, text[len(begun.encode()) :], separator, names, begin=line)
    if (
        begun.strip() and not (line == 2 and separator_said(begun.rstrip("\r\n")))
    ) or "\n" in begun[:1]:
        sheet.notes.append(above(line))
    if note:
        sheet.notes.append(note)
    tidy(sheet, settings.decimal)
    return sheet


def _headless(file: str, rows: list[list[str]], records: list[tuple[int, list[str]]]) -> Exception:
    width = table_width(rows)
    line, cells = next((each for each in records if len(each[1]) == width), records[0])
    values = [cell for cell in cells if is_value(cell)] or cells
    found = say(
        "values such as {value} in the first line, where headers belong", value=shown(values[0])
    )
    return unreadable(file, found, line=line, fix=say("add a first line that names the columns"))


def _separator(head: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The separator that gives the first lines the shape of a table, and their trimmed cells."""
    begin = head.removeprefix("\ufeff").split("\n", 1)[0].split("\r", 1)[0]
    said = separator_said(begin)
    best: tuple[tuple[float, int], str, list[tuple[int, list[str]]]] = ((-1.0, 0), ",", [])
    for separator in dict.fromkeys([*said, *SEPARATORS]):
        records = [
            (line, [cell.strip() for cell in cells])
            for line, cells in islice(split(head, separator), 60)
            if not (line == 1 and said)
        ]
        rows = [cells for _, cells in records]
        width = table_width(rows)
        alike = sum(len(row) == width for row in rows)
        place = header_place(rows)
        score = 0.0 if width == 1 else alike - place if place >= 0 else alike / 2
        if separator == said and width > 1:
            score = np.inf
        best = max(best, ((score, width), separator, records), key=lambda each: each[0])
    return best[1], best[2]


def _blanks(head: str) -> bool:
    """Whether nearly all lines have the same three parts or more with blanks between them."""
    widths = [len(line.split()) for line in head.splitlines()[:50] if line.strip()]
    return widths[0] > 2 and sum(width == widths[0] for width in widths) >= 0.8 * len(widths) > 1


def _table(file: str, text: bytes, separator: str, names: list[str], *, begin: int) -> TextTable:
    """The table of a CSV text that begins with its headers."""
    quoted = b'"' in text
    if quoted and (problem := damaged(file, text, separator, begin=begin)):
        raise Unreadable(problem)
    table, ragged = _parse(file, text, separator, len(names))
    sheet = TextTable(file, {}, table.num_rows, text, separator, begin=begin)
    note_duplicates(sheet, names)
    if ragged and quoted and (joined := _joined(text, separator)) != text:
        return _table(file, joined, separator, names, begin=begin)
    if ragged:
        _note_ragged(sheet, names)
    if quoted and (row := swallowed(table.columns, len(names), separator)) >= 0:
        found = say("a cell that holds whole rows of the table")
        fix = say("look for a quote that opens there and should not, and take it out")
        sheet.problems.append(Problem(file, found, say("one row in a line"), fix, sheet.line(row)))
    blanks = _has_blanks(text, separator)
    for position, (name, column) in enumerate(zip(names, table.columns, strict=True), 1):
        column = trimmed(column) if blanks else column
        if name or column.null_count < len(column):  # spreadsheets append empty columns
            sheet.columns.setdefault(name or f"column {position}", column)
    if b"NA" in text:
        for name in sheet.columns:
            not_available(sheet, name)
    sheet.forget_text()
    return sheet


def _joined(text: bytes, separator: str) -> bytes:
    """A text in which no blank stands before an opening quote, as in 1, "Tea, green", 2."""
    sign = re.escape(separator.encode())
    return re.sub(
        rb"((?:^|[\r\n]|" + sign + rb') *")', lambda found: found[1].replace(b" ", b""), text
    )


def _has_blanks(text: bytes, separator: str) -> bool:
    """Whether a cell may have a blank at its beginning or end."""
    if not text.isascii() and any(mark in text for mark in (b"\xc2\xa0", b"\xe2\x80", b"\xe3\x80")):
        return True
    letters = np.frombuffer(text, dtype=np.uint8)
    edges = np.zeros(256, dtype=bool)
    edges[[*b'\r\n" \t', *separator.encode()[:1]]] = True
    last = len(letters) - 1
    for begin in range(0, len(letters), _PIECE):
        piece = letters[begin : begin + _PIECE]
        blank = piece == ord(" ")
        blanks = begin + np.flatnonzero(blank if separator == "\t" else blank | (piece == 9))
        before, behind = letters[np.maximum(blanks - 1, 0)], letters[np.minimum(blanks + 1, last)]
        if (edges[before] | edges[behind]).any():
            return True
    return False


def _parse(file: str, text: bytes, separator: str, width: int) -> tuple[pa.Table, bool]:
    """All rows of the header's width as text, and whether there are rows of another width."""
    from pyarrow import csv as arrow_csv

    names = [str(position) for position in range(width)]
    ragged = []

    def skip(row: Any) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=1, block_size=1 << 24
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=b'"' in text, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=MISSING,
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException as error:
        raise unreadable(file, say("lines that do not form a table"), str(error)) from error
    return table, bool(ragged)


def _note_ragged(sheet: TextTable, names: list[str]) -> None:
    """Leave out comments, totals and a footer; a problem for other lines of another width.

    A total may have its label behind the last column.
    """
    width = len(names)
    records = list(split((sheet.text or b"").decode("utf-8"), sheet.separator))
    last = max(line for line, cells in records if len(cells) == width)
    left: dict[str, list[int]] = {}
    odd = []
    for line, cells in records:
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(cells) == width or not filled:
            continue
        if cells[0].startswith("#") and len(cells) < width:
            left.setdefault(say("a comment that begins with #"), []).append(line)
        elif is_total(filled[0]) or (len(cells) == width + 1 and is_total(cells[-1].strip())):
            left.setdefault(say("a total of other rows"), []).append(line)
            if len(cells) == width + 1:
                held = zip([*names, ""], cells, strict=True)
                sheet.totals.append({name: cell for name, cell in held if cell})
        elif line > last and len(filled) == 1 and filled[0].count(" ") > 1 and width > 2:
            left.setdefault(say("a remark below the table"), []).append(line)
        else:
            odd.append((line + sheet.begin - 1, len(cells)))
    sheet.left_out += [
        LeftOut(why, len(lines), line=lines[0] + sheet.begin - 1) for why, lines in left.items()
    ]
    if not odd:
        return
    line, count = odd[0]
    what, fix = say("too few"), say("complete the line, or remove it")
    if count > width:
        what, sign = say("too many"), sheet.separator
        fix = say('put a cell that holds a "{separator}" in double quotes', separator=sign)
    found = say(
        "{cells} cells where the header has {width}: {what}", cells=count, width=width, what=what
    )
    accepted = say("{width} cells in every line", width=width)
    sheet.problems.append(Problem(sheet.file, found, accepted, fix, line, rows=len(odd)))
