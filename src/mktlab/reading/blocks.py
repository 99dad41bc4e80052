"""Files of several tables, each with its days above it, in lines that begin with #.

Google Analytics writes them: `# Start date: 20240101`, a blank line between tables, days counted
from the first (Nth day). `blocks` reads each table as if it were alone in its file, `counted` turns
counted days into days, `latest` picks of tables that compare periods that of the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.containers import unpack
from mktlab.reading.dialect import read_bytes, utf8
from mktlab.reading.meanings import spelling
from mktlab.reading.problems import Unreadable
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import TextTable
from mktlab.show.words import say
from mktlab.spelling import plain

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)")
_PADDING = ' \t,;"'  # what a spreadsheet adds to a line when it saves it again
_PACKED = (b"PK", b"\x1f\x8b")


@dataclass
class Block:
    """One table of a file: the lines of its text, its place, and the days that it is of."""

    line: int
    lines: list[str]
    first: pd.Timestamp
    last: pd.Timestamp


def blocks(path: Path, settings: Settings) -> list[tuple[Block, TextTable]]:
    """The tables of a file whose remarks, begun with #, name the days they are of; else none."""
    with suppress(OSError, Unreadable):
        with path.open("rb") as file:
            head = file.read(400)
        if b"#" not in head and not head.startswith(_PACKED):
            return []
        kind, data = unpack(path)
        if kind == "text":
            text, note = utf8(path.name, data, settings.encoding)
            found = _parted(text.decode("utf-8"))
            usual = replace(settings, encoding="")
            read = [(block, _read(path, block, usual, note)) for block in found]
            return [(block, sheet) for block, sheet in read if sheet]
    return []


def _parted(text: str) -> list[Block]:
    """The tables of a text, or none if it does not begin with remarks that name a day."""
    found: list[Block] = []
    days: list[str] = []
    fresh, inside = True, False
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip(_PADDING)
        if not bare:
            inside = False
        elif inside:
            found[-1].lines.append(line)
        elif bare.startswith("#"):
            days = [*([] if fresh else days), *_DAY.findall(bare)]
            fresh = False
        elif not days:
            return []
        else:
            first, last = pd.Timestamp(days[0]), pd.Timestamp(days[-1])
            found.append(Block(number, [line], first, last))
            inside = fresh = True
    return [block for block in found if len(block.lines) > 1]


def _read(path: Path, block: Block, settings: Settings, note: str) -> TextTable | None:
    """A table as if it were alone in its file; the lines of its problems are those of the file."""
    above = block.line - 1
    try:
        sheet = read_bytes(path.name, "\n".join(block.lines).encode(), settings)
    except Unreadable:
        return None
    sheet.begin += above
    sheet.problems = [replace(p, line=p.line and p.line + above) for p in sheet.problems]
    sheet.left_out = [
        replace(left, line=left.line and left.line + above) for left in sheet.left_out
    ]
    sheet.notes += [note] if note else []
    return sheet


def latest(found: list[tuple[Block, TextTable]], days: Iterable[str]) -> tuple[Block, TextTable]:
    """Of a file's tables, one that has days, and of those that compare periods the last one's.

    What is left is told in the notes of the table.
    """
    names = {plain(name) for name in days}

    def rank(pair: tuple[Block, TextTable]) -> tuple[bool, int]:
        headers = {*spelling(pair[1].columns)}
        return bool(headers & names), len(headers)

    best = max(found, key=rank)
    same = [pair for pair in found if list(pair[1].columns) == list(best[1].columns)]
    block, sheet = max(same, key=lambda pair: pair[0].last)
    others = {(b.first, b.last) for b, _ in same} - {(block.first, block.last)}
    for first, last in sorted(others):
        told = say(
            "{a:day} to {b:day} is read, not {c:day} to {d:day}, which it compares.",
            a=block.first,
            b=block.last,
            c=first,
            d=last,
        )
        sheet.notes.append(told)
    return block, sheet


def counted(sheet: TextTable, names: Iterable[str], first: pd.Timestamp) -> None:
    """Turn days that are counted from the first, as in Nth day = 0003, into days."""
    spelled = spelling(sheet.columns)
    for header in [spelled[plain(name)] for name in names if plain(name) in spelled]:
        cells = sheet.columns[header]
        if pc.all(pc.match_substring_regex(cells.drop_null(), r"^\d{1,4}$")).as_py():
            number = pd.to_timedelta(cells.cast(pa.int64()).to_pandas(), unit="D")
            days = (first + number).dt.strftime("%Y-%m-%d")
            sheet.columns[header] = pa.chunked_array([pa.array(days, pa.large_string())])
