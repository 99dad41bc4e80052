"""A plan as a workbook for those who keep theirs in Excel.

`to_excel` writes the sheets Objectives, Actions, Budget, Calendar and KPIs. Totals in Budget are
formulas, so that a changed week or cost is added up again. A text that a person wrote is never a
formula, whatever it begins with, and the same plan gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.plan.calendar import calendar
from mktlab.plan.costs import weekly_costs
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import LEVERS, Mix
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.wording import P_NAMES, is_flag, is_number, is_whole, number, write

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


_HEADER, _PREPARING, _RUNNING = "0B57A4", "B9D4E6", "0072B2"
_EUROS = "#,##0 [$€-1]"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can tell


def to_excel(plan: Decisions, path: str | Path) -> None:
    """Write a plan as an .xlsx workbook.

    Raises
    ------
    MktlabError
        When a value is no number or out of its limits, the name does not end in .xlsx, or the
        place cannot be written to.
    """
    from openpyxl import Workbook

    dates = calendar(plan)
    book = Workbook()
    sheets = [book.create_sheet(name) for name in ("Objectives", "Actions", "Budget", "Calendar")]
    if book.active is not None:
        book.remove(book.active)
    _objectives(sheets[0], plan)
    _actions(sheets[1], plan)
    _budget(sheets[2], plan)
    _calendar(sheets[3], plan, dates.table.to_dict("records"))
    _kpis(book.create_sheet("KPIs"))
    stream = io.BytesIO()
    book.save(stream)
    write(path, _timeless(stream.getvalue()), suffixes=(".xlsx",))


def _objectives(sheet: Worksheet, plan: Decisions) -> None:
    rows = []
    entries: Sequence[object] = plan.objectives
    for entry in entries:
        if not isinstance(entry, Objective):
            continue  # `validate` tells about it
        kpi = INDICATORS.get(entry.kpi) if isinstance(entry.kpi, str) else None
        better = "" if kpi is None else {"up": "at least", "down": "at most"}[kpi.direction]
        unit = kpi.unit if kpi else ""
        rows.append(
            (entry.label(), better, entry.target, unit, entry.by_week, entry.owner, entry.note)
        )
    heads = ("Objective", "Bound", "Target", "Unit", "By week", "Owner", "Note")
    _fill(sheet, heads, rows, widths=(22, 10, 14, 14, 10, 22, 50))
    for row in range(2, len(rows) + 2):
        sheet.cell(row, 3).number_format = "#,##0.####"


def _actions(sheet: Worksheet, plan: Decisions) -> None:
    rows = [
        (*row[:5], LEVERS[str(row[0])].lead_weeks, *row[5:])
        for row in plan.changes().itertuples(index=False, name=None)
    ]
    heads = ("Lever", "P", "From", "To", "Unit", "Weeks to prepare", "Starts in week")
    widths = (30, 18, 12, 12, 16, 18, 16, 20, 60)
    _fill(sheet, (*heads, "Owner", "Meaning"), rows, widths=widths)


def _budget(sheet: Worksheet, plan: Decisions) -> None:
    """Costs by lever; column E is the week from which the new cost counts."""
    from openpyxl.styles import Font

    before, after = weekly_costs(Mix()), weekly_costs(plan)
    total = len(before) + 2
    weeks = f"$B${total + 2}"
    rows: list[tuple[object, ...]] = []
    for row, lever in enumerate(before, start=2):
        starts = min(max(plan.starts_in(lever), 1), plan.weeks + 1) if plan.changed(lever) else 1
        cost = f"=C{row}*(E{row}-1)+D{row}*({weeks}-E{row}+1)"
        extra = f"=F{row}-C{row}*{weeks}"
        p = P_NAMES[LEVERS[lever].group]
        weekly = (round(before[lever], 6), round(after[lever], 6))
        rows.append((p, lever, *weekly, starts, cost, extra))
    sums = [f"=SUM({column}2:{column}{total - 1})" for column in "FG"]
    rows.append(("Total", "", "", "", "", sums[0], sums[1]))
    heads = ("P", "Lever", "€ a week today", "€ a week planned", "From week", "Total €", "Extra €")
    _fill(sheet, heads, rows, widths=(18, 30, 18, 18, 12, 16, 16), formulas=(6, 7))
    for row in range(2, total + 1):
        for column, look in ((3, "#,##0.00"), (4, "#,##0.00"), (6, _EUROS), (7, _EUROS)):
            sheet.cell(row, column).number_format = look
    sheet.cell(total + 2, 1, "Weeks")
    sheet.cell(total + 2, 2, int(plan.weeks))
    sheet.cell(total + 3, 1, "Budget")
    sheet.cell(total + 3, 2, float(plan.budget)).number_format = _EUROS
    sheet.cell(total + 4, 1, "Left")
    sheet.cell(total + 4, 2, f"=B{total + 3}-F{total}").number_format = _EUROS
    for row in range(total, total + 5):
        for column in (1, 2, 6, 7):
            sheet.cell(row, column).font = Font(bold=True)


def _calendar(sheet: Worksheet, plan: Decisions, actions: Sequence[dict[Any, Any]]) -> None:
    """One column for each week: p and light for preparing, r and dark for running."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    rows = [(a["action"], a["p"], a["owner"]) for a in actions] or [
        ("Nothing changes, so nothing is to be prepared.", "", "")
    ]
    heads = ("Action", "P", "Owner", *range(1, plan.weeks + 1))
    _fill(sheet, heads, rows, widths=(44, 18, 20), freeze="D2")
    for week in range(1, plan.weeks + 1):
        sheet.column_dimensions[get_column_letter(week + 3)].width = 4
    for row, action in enumerate(actions, start=2):
        for week in range(max(action["prepare_from"], 1), plan.weeks + 1):
            runs = week >= action["starts"]
            color, letter = (_RUNNING, "r") if runs else (_PREPARING, "p")
            cell = sheet.cell(row, week + 3, letter)
            cell.fill = PatternFill("solid", fgColor=color)
            cell.font = Font(color="FFFFFF" if runs else "1F2328")


def _kpis(sheet: Worksheet) -> None:
    over = {"sum": "sum", "end": "at the end", "mean": "mean"}
    rows = [
        (name, kpi.label, kpi.unit, kpi.direction, over[kpi.over], kpi.definition)
        for name, kpi in INDICATORS.items()
    ]
    heads = ("Name", "Indicator", "Unit", "Better", "Over the weeks", "Definition")
    _fill(sheet, heads, rows, widths=(18, 22, 14, 10, 16, 80))


def _fill(
    sheet: Worksheet,
    heads: Sequence[str | int],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[float],
    formulas: Sequence[int] = (),
    freeze: str = "A2",
) -> None:
    """A sheet with a header, its rows, widths and a frozen first row.

    Only the columns named in `formulas` may hold some.
    """
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for column, head in enumerate(heads, start=1):
        cell: Any = sheet.cell(1, column, head)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEADER)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row, contents in enumerate(rows, start=2):
        for column, content in enumerate(contents, start=1):
            cell = sheet.cell(row, column)
            if column in formulas:
                cell.value = str(content)
            else:
                _put(cell, content)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = freeze
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Cell | Any, content: object) -> None:
    """Write a value; a text stays text, and says so to Excel if it looks like a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if is_flag(content):
        cell.value = "yes" if content else "no"
    elif is_number(content):
        cell.value = int(content) if is_whole(content) else float(content)
    else:
        text = content if isinstance(content, str) else number(content)
        text = ILLEGAL_CHARACTERS_RE.sub("", text).encode("utf-8", "replace").decode()[:32_000]
        cell.value = text
        cell.data_type = "s"
        if text.lstrip()[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True


def _timeless(data: bytes) -> bytes:
    """The same workbook without the moment at which it was made."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist(), key=lambda entry: entry != "[Content_Types].xml"):
            content = old.read(name)
            if name == "docProps/core.xml":
                moment = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
                content = re.sub(moment, b"2000-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return stream.getvalue()
