"""What an interface answers in JSON, `{"headers": [], "rows": [{"values": []}]}`, as a table."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from mktlab.reading.problems import Problem, Refused
from mktlab.reading.text_table import TextTable, note_duplicates, trimmed
from mktlab.show.words import say

_HEAD = 4096  # bytes in which the headers or the first row stand
_MOST = 1 << 28


def opened(path: Path) -> TextTable | None:
    """The table of such a file; None if it is no such file.

    Raises
    ------
    Refused
        If it is one, and not every row has a value for each header.
    """
    found: Any = None
    with suppress(OSError, ValueError, RecursionError):
        with path.open("rb") as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
        if head.startswith(b"{") and (b'"headers"' in head or b'"rows"' in head):
            found = json.loads(path.read_bytes()[:_MOST])
    found = found if isinstance(found, dict) else {}
    headers, rows = found.get("headers"), found.get("rows")
    if not isinstance(headers, list) or not isinstance(rows, list) or not headers:
        return None
    cells = [row.get("values") if isinstance(row, dict) else row for row in rows]
    wide = [isinstance(row, list) and len(row) == len(headers) for row in cells]
    if not cells or not all(wide):
        told = say("no row") if not cells else say("a row without a value for each header")
        fix = say("export it again, with the same dimensions and metrics in every row")
        wanted = say("rows with as many values as there are headers")
        line = None if not cells else wide.index(False) + 1
        raise Refused(Problem(path.name, told, wanted, fix, line))
    names = [str(header).strip() for header in headers]
    sheet = TextTable(path.name, {}, len(cells), begin=0)
    note_duplicates(sheet, names)
    for name, column in zip(names, zip(*cells, strict=True), strict=True):
        texts = [None if cell is None else str(cell) for cell in column]
        sheet.columns[name] = trimmed(pa.chunked_array([pa.array(texts, pa.large_string())]))
    return sheet
