"""Files of tools that put texts in no quotes, or in quotes that a text may close: posts, mostly.

A text then shifts its row by its commas, and breaks it by its lines. `opened` and `mended` know
such a file by its headers: what stands before the text and behind it has as many cells as headers
and the forms of days and numbers, and all between is the text. A row where that does not
hold is refused with its line.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mktlab.reading.containers import unpack
from mktlab.reading.dialect import read_bytes, utf8
from mktlab.reading.meanings import Preset, recognize
from mktlab.reading.problems import Problem, Refused, Unreadable
from mktlab.reading.quotes import damaged
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import TextTable, split
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

Forms = list[re.Pattern[str] | None]
_PACKED = (b"PK", b"\x1f\x8b")
_MOST = 200  # lines of a text
_NUMBER = re.compile(r"-?\d*([.]\d+)?%?")
_DAY = re.compile(r"\d{2}/\d{2}/\d{4}( \d{2}:\d{2}(:\d{2})?)?|\d{4}-\d{2}-\d{2}.*")


def opened(path: Path, settings: Settings) -> TextTable | None:
    """The table of such a file; None if it is no such file, or nothing in it needs to be mended."""
    data = b""
    with suppress(OSError, Unreadable):  # told by who reads it next
        with path.open("rb") as file:
            head = file.read(2000)
        if head.startswith(_PACKED) or _preset(head.decode("utf-8", "ignore")):
            kind, data = unpack(path)
            data = data if kind == "text" else b""
    return mended(path.name, data, settings) if data else None


def mended(file: str, data: bytes, settings: Settings) -> TextTable | None:
    """The table of such a file's bytes; None if nothing in it needs to be mended.

    Raises
    ------
    Refused
        If a row cannot be told from its text.
    """
    text, note = utf8(file, data, settings.encoding)
    whole = text.decode("utf-8")
    preset = _preset(whole[:2000])
    if preset is None:
        return None
    width = whole.partition("\n")[0].count(",") + 1
    if not damaged(file, text, ",", begin=1) and all(
        len(cells) == width for _, cells in split(whole, ",")
    ):
        return None
    rows, many = _rows(file, whole, preset)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    sheet = read_bytes(file, out.getvalue().encode(), replace(settings, encoding=""))
    told = say_many(
        "{n} row whose text has commas, quotes or lines without quotes around it is mended.",
        "{n:count} rows whose texts have commas, quotes or lines without quotes around them are "
        "mended.",
        many,
    )
    sheet.notes += [told, *([note] if note else [])]
    return sheet


def _preset(head: str) -> Preset | None:
    """The preset of a file that begins so, if its texts may stand without quotes."""
    first = head.lstrip("\ufeff").partition("\n")[0].rstrip("\r")
    preset = recognize(first.split(","))
    return preset if preset and "unquoted" in preset.report else None


def _rows(file: str, text: str, preset: Preset) -> tuple[list[list[str]], int]:
    """The cells of each row, and how many rows are not what a reader of CSV makes of them."""
    lines = text.splitlines(keepends=True)
    headers = lines[0].strip("\ufeff\r\n").split(",")
    said = preset.report["unquoted"]
    texts = [plain(name) for name in said["text"]]
    place = next(at for at, header in enumerate(headers) if plain(header) in texts)
    forms = {plain(name): _NUMBER for name in said["numbers"]}
    none = "|".join(map(re.escape, preset.report.get("nothing", ())))
    day = re.compile(f"{_DAY.pattern}|{none}")
    forms |= {plain(name): day for name in said["days"]}
    known = [forms.get(plain(header)) for header in headers]
    rows, many, begin = [headers], 0, 1
    cells: list[str] = []
    while begin < len(lines):
        if not lines[begin].strip():
            begin += 1
            continue
        for end in range(begin + 1, min(begin + _MOST, len(lines)) + 1):
            record = "".join(lines[begin:end]).rstrip("\r\n")
            cells = _parted(record, place, known)
            if cells:
                break
        behind = ("".join(lines[at:end]).rstrip("\r\n") for at in range(begin + 1, end))
        read = [row for _, row in split(record, ",")]
        if (
            not cells
            or _longer(read, cells, known)
            or any(_parted(r, place, known) for r in behind)
        ):
            # no row, or a text that has one in it: perhaps that of the row before is odd
            found = say("a row whose text has commas or lines, and no quotes around them")
            wanted = say("as many cells before and behind the text as headers, days and numbers")
            raise Refused(Problem(file, found, wanted, preset.report["export"], begin + 1))
        many += read != [cells]
        rows.append(cells)
        begin = end
    return rows, many


def _longer(read: list[list[str]], cells: list[str], known: Forms) -> bool:
    """Whether a row may as well be a whole one with empty cells behind it."""
    size = len(known)
    whole = [row[:size] for row in read if len(row) > size and not any(row[size:])]
    return any(row != cells and _fit(row, known) for row in whole)


def _fit(cells: list[str], known: Forms) -> bool:
    pairs = zip(cells, known, strict=False)
    return len(cells) == len(known) and all(not f or f.fullmatch(cell) for cell, f in pairs)


def _parted(record: str, place: int, known: Forms) -> list[str]:
    """The cells of a row whose text is number `place`, or none if it is no whole row."""
    parts, width = record.split(","), len(known)
    last = len(parts) - (width - place - 1)
    if last <= place:
        return []
    text = ",".join(parts[place:last])
    quoted = re.fullmatch(r'(?s)"(.*)"', text)
    text = quoted[1].replace('""', '"') if quoted else text
    cells = [*parts[:place], text, *parts[last:]]
    return cells if _fit(cells, known) else []
