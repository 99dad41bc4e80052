"""Workbooks: sheets with a header that stays in sight, in which a text is never a formula.

A customer may call herself "=cmd()", a channel "+1"; such a cell is stored as text and says so to
Excel. The same contents give the same bytes.
"""

from __future__ import annotations

import io
import math
import numbers
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_HEADER = "0B57A4"
_LONGEST = 32_000  # Excel holds 32,767 characters in a cell
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can tell


def empty() -> Workbook:
    """A workbook without a sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def add(
    book: Workbook,
    name: str,
    heads: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[float],
    formulas: Sequence[int] = (),
    freeze: str = "A2",
) -> Worksheet:
    """Add a sheet: a header, the rows, ready to print. Only columns named in `formulas` hold some.

    Examples
    --------
    >>> sheet = add(empty(), "Channels", ("Channel", "Visits"), [("=1+1", 7)], widths=(20, 10))
    >>> sheet["A2"].data_type, sheet["B2"].value
    ('s', 7)
    """
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(name)
    for row, contents in enumerate([heads, *rows], start=1):
        for column, content in enumerate(contents, start=1):
            if row > 1 and column in formulas:
                sheet.cell(row, column, str(content))
            else:
                put(sheet.cell(row, column), content)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEADER)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = freeze
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight, sheet.page_setup.fitToPage = 0, True
    return sheet


def put(cell: Any, content: object) -> None:
    """Write a number as a number, nothing as nothing, and anything else as text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if content is None or content is pd.NA or content is pd.NaT:
        return
    if type(content).__name__ == "bool":  # Python's, or NumPy's
        content = "yes" if content else "no"
    if isinstance(content, numbers.Real):
        if isinstance(content, numbers.Integral):
            cell.value = int(content)
        elif math.isfinite(content):
            cell.value = float(content)
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", str(content)).encode("utf-8", "replace").decode()
    cell.value = text[:_LONGEST]
    cell.data_type = "s"
    if is_formula(text):
        cell.quotePrefix = True


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula.

    >>> is_formula("=cmd()"), is_formula(" +1"), is_formula("K00017")
    (True, True, False)
    """
    return text.startswith(("\t", "\r")) or text.lstrip().startswith(("=", "+", "-", "@"))


def content_of(book: Workbook) -> bytes:
    """The workbook as the bytes of an .xlsx file, without the moment at which it was made."""
    made, stream = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.infolist(), key=lambda e: e.filename != "[Content_Types].xml"):
            content, entry.date_time = old.read(entry), _EPOCH
            if entry.filename == "docProps/core.xml":
                moment = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
                content = re.sub(moment, b"2000-01-01T00:00:00Z", content)
            new.writestr(entry, content)
    return stream.getvalue()
