"""The page as a workbook: what was chosen, the numbers, how each is defined, and all alerts.

A text from a table is never a formula, whatever it begins with: a customer may call herself
"=cmd()", a channel "+1". Such a cell is stored as text and says so to Excel.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.dashboard.figures import Page, said
from mktlab.dashboard.wording import against, alert_sentences
from mktlab.kpi.registry import KPIS

if TYPE_CHECKING:
    from openpyxl import Workbook

HOSTILE = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""
_LONGEST = 32_000  # Excel holds 32,767 characters in a cell
Row = Sequence[object]


def workbook(page: Page, *, company: str, sigmas: float) -> bytes:
    """The page as the bytes of an .xlsx file.

    Parameters
    ----------
    page
        What is shown.
    company
        Whose numbers these are.
    sigmas
        The alert rule in force.
    """
    from openpyxl import Workbook

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    chosen = page.selection
    last = chosen.end - pd.Timedelta(days=1)
    fill(
        book,
        "Selection",
        ("What", "Chosen"),
        [
            ("Company", company),
            ("First day", f"{chosen.start:%Y-%m-%d}"),
            ("Last day", f"{last:%Y-%m-%d}"),
            ("Weeks", chosen.weeks),
            ("Customers", said(chosen)),
            ("Segment", chosen.segment or "all"),
            ("Channel", chosen.channel or "all"),
            ("Compared with", against(page)),
            ("Alert beyond, in standard deviations", sigmas),
            *(("Note", note) for note in page.notes),
        ],
        widths=(36, 90),
    )
    _kpis(book, page)
    fill(
        book,
        "Weeks",
        ("Week", *(KPIS[str(name)].label for name in page.weekly)),
        [(f"{week:%Y-%m-%d}", *row) for week, row in _rows(page.shown)],
        widths=(12, *([16] * len(page.weekly.columns))),
    )
    heads = ("Channel", *(KPIS[str(name)].label for name in page.channels))
    channels = [(channel, *row) for channel, row in _rows(page.channels)]
    fill(book, "Channels", heads, channels, widths=(20, *([16] * (len(heads) - 1))))
    alerts = [(sentence,) for sentence in alert_sentences(page.alerts)] or [("No alert.",)]
    fill(book, "Alerts", ("Alert",), alerts, widths=(110,))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _kpis(book: Workbook, page: Page) -> None:
    columns = ["label", "value", "low", "high", "target", "status", "before", "unit"]
    heads = ("KPI", "Value", "Low (95%)", "High (95%)", "Target", "Status", "Before")
    tail = ("Unit", "Definition", "Classic mistake")
    rows = []
    for tile in page.tiles.to_dict("records"):
        one = KPIS[str(tile["kpi"])]
        rows.append((*(tile[column] for column in columns), one.formula, one.mistake))
    widths = (26, *([14] * 4), 18, 14, 14, 52, 80)
    fill(book, "KPIs", (*heads, *tail), rows, widths=widths)


def _rows(table: pd.DataFrame) -> Iterable[tuple[Any, list[object]]]:
    return zip(table.index, table.to_numpy(dtype=object).tolist(), strict=True)


def fill(
    book: Workbook, name: str, heads: Row, rows: Iterable[Row], *, widths: Sequence[float]
) -> None:
    """Add a sheet: a bold first row that stays in sight, then the rows, every text as text."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for row, contents in enumerate([heads, *rows], start=1):
        for column, content in enumerate(contents, start=1):
            put(sheet.cell(row, column), content)
    for column, width in enumerate(widths, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def put(cell: Any, content: object) -> None:
    """Write a number as a number, nothing as nothing, and anything else as text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if content is None or content is pd.NA or content is pd.NaT:
        return
    if isinstance(content, bool | np.bool_):
        content = "yes" if content else "no"
    if isinstance(content, int | float | np.integer | np.floating):
        if math.isfinite(content):
            cell.value = content.item() if isinstance(content, np.generic) else content
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", str(content))[:_LONGEST]
    cell.value = text
    cell.data_type = "s"
    if text.startswith(HOSTILE) or text.lstrip().startswith(HOSTILE):
        cell.quotePrefix = True
