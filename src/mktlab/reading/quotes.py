"""Quotes of a CSV file that prove it damaged: one that never closes, text behind a closing one.

Readers of CSV forgive both and lose or join cells without a word, even whole rows; so a file with
such a quote is refused with the line where it opens. A quote within a cell that does not begin
with one, as in 24" screen, is a letter like any other.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow.compute as pc

from mktlab.reading.layout import is_value
from mktlab.reading.problems import Problem
from mktlab.show.words import say

_MOST_CELLS = 1000


def damaged(file: str, data: bytes, separator: str, *, begin: int) -> Problem | None:
    """The first quote that damages a CSV file in UTF-8, whose first byte is on line `begin`.

    >>> damaged("orders.csv", b'1,"Tea,"green, 50 g"\\n', ",", begin=2).line
    2
    """
    if _sound(data, separator):
        return None
    found = _first(data.decode("utf-8"), separator)
    if found is None:
        return None
    line, never = found
    if never:
        what = say("a quote that opens here and never closes")
        fix = say("close it or take it out, and look at the lines after it")
    else:
        what = say("a cell in quotes with text behind its closing quote")
        fix = say("mend the quotes of that line: a quote inside a cell is written twice")
    accepted = say("cells in double quotes from end to end, and a quote inside them twice")
    return Problem(file, what, accepted, fix, begin + line)


def _sound(data: bytes, separator: str) -> bool:
    """Whether each quote opens a cell, closes it, or is one of a pair inside it.

    Counted from 0, every even quote must open a cell or follow a quote, every odd one close a cell
    or have a quote behind it. Files that fail this may be sound even so.
    """
    if not separator.isascii():
        return False
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(bytes_ == ord('"'))
    if len(quotes) % 2:
        return False
    ends = np.zeros(256, dtype=bool)
    ends[[ord(sign) for sign in (separator, "\n", "\r", '"')]] = True
    opens, closes = quotes[::2], quotes[1::2]
    before = ends[bytes_[np.maximum(opens - 1, 0)]] | (opens == 0)
    last = len(bytes_) - 1
    behind = ends[bytes_[np.minimum(closes + 1, last)]] | (closes == last)
    return bool(before.all() and behind.all())


def _first(text: str, separator: str) -> tuple[int, bool] | None:
    """The line, from 0, of the first damaging quote, and whether it never closes."""
    cell = re.compile(rf'"[^"]*+(?:""[^"]*+)*+("?)([^{re.escape(separator)}\r\n]*)')
    ends = (separator, "\n", "\r")
    place = text.find('"')
    while place >= 0:
        if place and text[place - 1] not in ends:
            place = text.find('"', place + 1)  # inside a cell that begins without one
            continue
        match = cell.match(text, place)
        if match and (not match[1] or match[2].strip()):
            return _breaks(text[:place]), not match[1]
        place = text.find('"', match.end() if match else place + 1)
    return None


def _breaks(text: str) -> int:
    return text.count("\n") or text.count("\r")


def swallowed(columns: list[Any], width: int, separator: str) -> int:
    """The row of the first cell that holds whole rows of the table, -1 if there is none.

    Two stray quotes far from each other make one cell of all rows between them. Such a cell has a
    line within it that has as many separators as a row, and a day or an amount.

    >>> import pyarrow as pa
    >>> columns = [pa.chunked_array([["note", "x\\n2,B,2024-01-31\\n3"]])]
    >>> swallowed(columns, 3, ",")
    1
    """
    rows = []
    for column in columns:
        broken = pc.match_substring_regex(column, "[\n\r]")
        places = pc.indices_nonzero(broken.fill_null(False))[:_MOST_CELLS].to_pylist()
        rows += [row for row in places if _holds_rows(column[row].as_py(), width, separator)]
    return min(rows, default=-1)


def _holds_rows(cell: str, width: int, separator: str) -> bool:
    inner = re.split(r"[\r\n]+", cell)[1:-1]
    rows = (line.split(separator) for line in inner if line.count(separator) == width - 1)
    return width > 1 and any(is_value(part.strip()) for row in rows for part in row)
