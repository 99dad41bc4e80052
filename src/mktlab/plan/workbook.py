"""Plans as an Excel workbook that a marketing team works with: five sheets, sums as formulas."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.plan.costs import weekly_costs
from mktlab.plan.mix import BASE
from mktlab.plan.objectives import KPIS
from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from mktlab.plan import Plan

_MONEY = "#,##0 €;[Red]-#,##0 €"
_MADE = datetime.datetime(2000, 1, 1)  # the same plan gives the same file


def write(plan: Plan, path: Path) -> Path:
    """Write the workbook; text that looks like a formula stays text.

    Raises
    ------
    MktlabError
        When the path does not end in .xlsx or cannot be written.
    """
    from openpyxl import Workbook

    if path.suffix.lower() != ".xlsx":
        raise MktlabError(f"{path} is no workbook's name; let it end in .xlsx.")
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = _MADE
    _objectives(book.create_sheet("Objectives"), plan)
    _actions(book.create_sheet("Actions"), plan)
    _budget(book.create_sheet("Budget"), plan)
    _calendar(book.create_sheet("Calendar"), plan)
    _kpis(book.create_sheet("KPIs"), plan)
    try:
        book.save(path)
    except OSError as error:
        raise MktlabError(
            f"{path} cannot be written ({error.strerror}); close it in Excel, or choose a folder "
            "that exists and is yours."
        ) from error
    return path


def _fill(
    sheet: Worksheet,
    headers: Sequence[object],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[int],
    *,
    formulas: bool = False,
) -> None:
    """A table from the first row on; `formulas` says that text may be one of ours."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, (header, width) in enumerate(zip(headers, widths, strict=True), start=1):
        cell = sheet.cell(1, place, str(header))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="EEF3F7")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, row in enumerate(rows, start=2):
        for place, content in enumerate(row, start=1):
            if formulas:
                sheet.cell(number, place, content)
            else:
                _put(sheet, number, place, content)
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, column: int, content: Any) -> None:
    """Write a cell; what a person typed is never taken for a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = isinstance(content, str)
    cell = sheet.cell(row, column, ILLEGAL_CHARACTERS_RE.sub("", content) if text else content)
    if text:
        cell.data_type = "s"
        cell.quotePrefix = content.startswith(("=", "+", "-", "@"))


def _objectives(sheet: Worksheet, plan: Plan) -> None:
    rows = []
    for goal in plan.objectives:
        kpi = KPIS.get(goal.kpi)
        label, unit = (kpi.label, kpi.unit) if kpi else (goal.kpi, "")
        bound = "at most" if kpi and kpi.direction == "down" else "at least"
        rows.append([label, bound, goal.target, unit, goal.by_week, goal.owner, goal.note])
    headers = ["KPI", "bound", "target", "unit", "by week", "owner", "note"]
    _fill(sheet, headers, rows, [24, 10, 14, 12, 10, 22, 50])


def _actions(sheet: Worksheet, plan: Plan) -> None:
    changes = plan.changes()
    columns = ["p", "lever", "today", "planned", "unit", "prepare_from", "starts", "owner"]
    headers = ["P", "lever", "today", "planned", "unit", "prepare from week", "acts from week"]
    rows = [[*row, ""] for row in changes[columns].astype(object).to_numpy().tolist()]
    _fill(sheet, [*headers, "owner", "state"], rows, [18, 34, 12, 12, 16, 18, 16, 20, 14])


def _budget(sheet: Worksheet, plan: Plan) -> None:
    today, planned = weekly_costs(BASE), weekly_costs(plan)
    headers = ["P", "lever", "€ a week today", "€ a week planned", "weeks as today"]
    headers += ["weeks as planned", "total", "more than today"]
    rows: list[list[Any]] = []
    for row, path in enumerate(planned, start=2):
        waits = min(plan.first_week(path) - 1, plan.weeks)
        total = f"=C{row}*E{row}+D{row}*F{row}"
        extra = f"=G{row}-C{row}*(E{row}+F{row})"
        weeks = [waits, plan.weeks - waits]
        rows.append([_p_of(path), path, today[path], planned[path], *weeks, total, extra])
    last = len(rows) + 1
    _fill(sheet, headers, rows, [20, 32, 18, 18, 16, 18, 16, 18], formulas=True)
    for row, name in enumerate(("All levers", "Budget", "Left"), start=last + 1):
        sheet.cell(row, 1, name)
    sheet.cell(last + 1, 7, f"=SUM(G2:G{last})")
    sheet.cell(last + 1, 8, f"=SUM(H2:H{last})")
    sheet.cell(last + 2, 7, plan.total_budget)
    sheet.cell(last + 3, 7, f"=G{last + 2}-G{last + 1}")
    for cells in sheet.iter_rows(min_row=2, max_row=last + 3):
        for place in (2, 3, 6, 7):
            cells[place].number_format = _MONEY


def _p_of(path: str) -> str:
    from mktlab.plan import P_NAMES

    return P_NAMES[path.partition(".")[0]]


def _calendar(sheet: Worksheet, plan: Plan) -> None:
    from openpyxl.styles import PatternFill

    table = plan.calendar().table
    first = min([1, *table["prepare_from"]])
    weeks = list(range(first, plan.weeks + 1))
    rows = table[["action", "owner"]].to_numpy().tolist()
    _fill(sheet, ["action", "owner", *weeks], rows, [44, 22, *[4] * len(weeks)])
    pale, full = (PatternFill("solid", fgColor=color) for color in ("C9DCEB", "0072B2"))
    for row, (prepare, start) in enumerate(
        zip(table["prepare_from"], table["starts"], strict=True), start=2
    ):
        for column, week in enumerate(weeks, start=3):
            if week >= prepare:
                sheet.cell(row, column).fill = full if week >= start else pale
    sheet.freeze_panes = "C2"


def _kpis(sheet: Worksheet, plan: Plan) -> None:
    targets = {goal.kpi: goal.target for goal in plan.objectives}
    rows = [
        [kpi.label, kpi.unit, kpi.direction, kpi.definition, targets.get(name), None]
        for name, kpi in KPIS.items()
    ]
    headers = ["KPI", "unit", "better when", "definition", "target", "result"]
    _fill(sheet, headers, rows, [22, 12, 12, 60, 14, 14])
