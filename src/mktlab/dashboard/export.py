"""The page as a workbook: what was chosen, the numbers, how each is defined, and all alerts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.dashboard.figures import Page, said
from mktlab.dashboard.wording import against, alert_sentences
from mktlab.kpi.registry import KPIS
from mktlab.show import sheets

if TYPE_CHECKING:
    from openpyxl import Workbook


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
    book = sheets.empty()
    chosen = page.selection
    last = chosen.end - pd.Timedelta(days=1)
    sheets.add(
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
    sheets.add(
        book,
        "Weeks",
        ("Week", *(KPIS[str(name)].label for name in page.weekly)),
        [(f"{week:%Y-%m-%d}", *row) for week, row in _rows(page.shown)],
        widths=(12, *([16] * len(page.weekly.columns))),
    )
    heads = ("Channel", *(KPIS[str(name)].label for name in page.channels))
    channels = [(channel, *row) for channel, row in _rows(page.channels)]
    sheets.add(book, "Channels", heads, channels, widths=(20, *([16] * (len(heads) - 1))))
    alerts = [(sentence,) for sentence in alert_sentences(page)] or [("No alert.",)]
    sheets.add(book, "Alerts", ("Alert",), alerts, widths=(110,))
    return sheets.content_of(book)


def _kpis(book: Workbook, page: Page) -> None:
    columns = ["label", "value", "low", "high", "target", "status", "before", "unit"]
    heads = ("KPI", "Value", "Low (95%)", "High (95%)", "Target", "Status", "Before")
    tail = ("Unit", "Definition", "Classic mistake")
    rows = []
    for tile in page.tiles.to_dict("records"):
        one = KPIS[str(tile["kpi"])]
        rows.append((*(tile[column] for column in columns), one.formula, one.mistake))
    widths = (26, *([14] * 4), 18, 14, 14, 52, 80)
    sheets.add(book, "KPIs", (*heads, *tail), rows, widths=widths)


def _rows(table: pd.DataFrame) -> Iterable[tuple[Any, list[object]]]:
    return zip(table.index, table.to_numpy(dtype=object).tolist(), strict=True)
