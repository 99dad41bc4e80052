"""A plan as a workbook for those who keep theirs in Excel.

`to_excel` writes the sheets Objectives, Actions, Budget, Calendar and KPIs. Totals in Budget are
formulas, so that a changed week or cost is added up again. A text that a person wrote is never a
formula, whatever it begins with, and the same plan gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.plan.calendar import Calendar, calendar
from mktlab.plan.costs import weekly_costs
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import DECIDED, Mix
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.spending import cost_table
from mktlab.plan.wording import P_NAMES, write
from mktlab.show import sheets
from mktlab.show.words import say

if TYPE_CHECKING:
    from openpyxl import Workbook


_PREPARING, _RUNNING = "B9D4E6", "0072B2"
_EUROS = "#,##0 [$€-1]"


def to_excel(plan: Decisions, path: str | Path) -> None:
    """Write a plan as an .xlsx workbook.

    Raises
    ------
    MktlabError
        When a value is no number or out of its limits, the name does not end in .xlsx, or the
        place cannot be written to.
    """
    dates = calendar(plan)
    book = sheets.empty()
    _objectives(book, plan)
    _actions(book, plan)
    _budget(book, plan)
    calendar_sheet(book, dates)
    _kpis(book)
    write(path, sheets.content_of(book), suffixes=(".xlsx",))


def _objectives(book: Workbook, plan: Decisions) -> None:
    rows = []
    entries: Sequence[object] = plan.objectives
    for entry in entries:
        if not isinstance(entry, Objective):
            continue  # `validate` tells about it
        kpi = INDICATORS.get(entry.kpi) if isinstance(entry.kpi, str) else None
        better = (
            "" if kpi is None else {"up": say("at least"), "down": say("at most")}[kpi.direction]
        )
        target = (better, entry.target, kpi.unit if kpi else "", entry.by_week)
        rows.append((entry.label(), *target, entry.owner, entry.note))
    heads = ("Objective", "Bound", "Target", "Unit", say("By week"), "Owner", "Note")
    sheet = sheets.add(book, "Objectives", heads, rows, widths=(22, 10, 14, 14, 10, 22, 50))
    for row in range(2, len(rows) + 2):
        sheet.cell(row, 3).number_format = "#,##0.####"


def _actions(book: Workbook, plan: Decisions) -> None:
    rows = [
        (*row[:5], DECIDED[str(row[0])].lead_weeks, *row[5:])
        for row in plan.changes().itertuples(index=False, name=None)
    ]
    heads = ("Lever", "P", "From", "To", "Unit", say("Weeks to prepare"), say("Starts in week"))
    widths = (30, 18, 12, 12, 16, 18, 16, 20, 60)
    sheets.add(book, "Actions", (*heads, "Owner", "Meaning"), rows, widths=widths)


def _budget(book: Workbook, plan: Decisions) -> None:
    """Costs by lever; column E is the week from which the new cost counts."""
    from openpyxl.styles import Font

    before, after = weekly_costs(Mix()), weekly_costs(plan)
    total = len(after) + 2 + bool(plan.product.launch)
    weeks = f"$B${total + 2}"
    rows: list[tuple[object, ...]] = []
    for row, lever in enumerate(after, start=2):
        starts = min(max(plan.starts_in(lever), 1), plan.weeks + 1) if plan.changed(lever) else 1
        cost = f"=C{row}*(E{row}-1)+D{row}*({weeks}-E{row}+1)"
        extra = f"=F{row}-C{row}*{weeks}"
        p = P_NAMES[DECIDED[lever].group]
        weekly = (round(before.get(lever, 0.0), 6), round(after[lever], 6))
        rows.append((p, lever, *weekly, starts, cost, extra))
    launch = DECIDED["product.launch"]
    once = cost_table(plan).set_index("lever")["total"].get(launch.path)
    if once is not None:
        first = plan.starts_in(launch.path)
        rows.append((P_NAMES[launch.group], launch.path, 0, 0, first, f"={once}", f"={once}"))
    sums = [f"=SUM({column}2:{column}{total - 1})" for column in "FG"]
    rows.append(("Total", "", "", "", "", sums[0], sums[1]))
    weekly_heads = say("€ a week today"), say("€ a week planned")
    heads = ("P", "Lever", *weekly_heads, say("From week"), say("Total €"), say("Extra €"))
    widths = (18, 30, 18, 18, 12, 16, 16)
    sheet = sheets.add(book, "Budget", heads, rows, widths=widths, formulas=(6, 7))
    for row in range(2, total + 1):
        for column, look in ((3, "#,##0.00"), (4, "#,##0.00"), (6, _EUROS), (7, _EUROS)):
            sheet.cell(row, column).number_format = look
    left = f"=B{total + 3}-F{total}"
    feet: dict[str, float | str] = {"Weeks": plan.weeks, "Budget": plan.budget, "Left": left}
    for row, label in enumerate(feet, start=total + 2):
        sheet.cell(row, 1, label)
        sheet.cell(row, 2, feet[label]).number_format = "0" if label == "Weeks" else _EUROS
    for row in range(total, total + 5):
        for column in (1, 2, 6, 7):
            sheet.cell(row, column).font = Font(bold=True)


def calendar_sheet(book: Workbook, dates: Calendar) -> None:
    """One column for each week: p and light for preparing, r and dark for running."""
    from openpyxl.styles import Font, PatternFill

    actions = dates.table.to_dict("records")
    rows = [(a["action"], a["p"], a["owner"]) for a in actions] or [
        (say("Nothing changes, so nothing is to be prepared."), "", "")
    ]
    heads = ("Action", "P", "Owner", *range(1, dates.weeks + 1))
    widths = (44, 18, 20, *([4] * dates.weeks))
    sheet = sheets.add(book, "Calendar", heads, rows, widths=widths, freeze="D2")
    for row, action in enumerate(actions, start=2):
        for week in range(max(action["prepare_from"], 1), min(action["ends"], dates.weeks) + 1):
            runs = week >= action["starts"]
            color, letter = (_RUNNING, "r") if runs else (_PREPARING, "p")
            cell = sheet.cell(row, week + 3, letter)
            cell.fill = PatternFill("solid", fgColor=color)
            cell.font = Font(color="FFFFFF" if runs else "1F2328")


def _kpis(book: Workbook) -> None:
    over = {"sum": "sum", "end": say("at the end"), "mean": "mean"}
    rows = [
        (name, kpi.label, kpi.unit, kpi.direction, over[kpi.over], kpi.definition)
        for name, kpi in INDICATORS.items()
    ]
    heads = ("Name", "Indicator", "Unit", "Better", say("Over the weeks"), "Definition")
    sheets.add(book, "KPIs", heads, rows, widths=(18, 22, 14, 10, 16, 80))
