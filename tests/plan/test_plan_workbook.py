"""The workbook of a plan: totals that add up by themselves, texts that stay texts."""

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from random_plans import valid

from mktlab.plan import INDICATORS, Objective, Plan
from mktlab.schema import MktlabError

mpl.use("agg")

PLAN = Plan.baseline().but(
    name="=1+1",
    budget=600_000,
    people={"baristas": 2.6},
    promotion={"radio": 500.0},
    process={"order_ahead": True},
    starts={"promotion.radio": 43},
    objectives=[Objective("profit", 60_000, 52, owner='=HYPERLINK("x")', note="@sum\x00")],
)


def written(plan: Plan, folder: Path) -> Any:
    plan.to_excel(folder / "plan.xlsx")
    return load_workbook(folder / "plan.xlsx")


def value(sheet: Worksheet, place: str) -> float:
    """What a cell of numbers, sums, differences and products comes to."""
    content = sheet[place].value
    if not isinstance(content, str):
        return float(content or 0)
    total = re.fullmatch(r"=SUM\(([A-Z])(\d+):[A-Z](\d+)\)", content)
    if total:
        rows = range(int(total[2]), int(total[3]) + 1)
        return sum(value(sheet, f"{total[1]}{row}") for row in rows)
    numbers = re.sub(
        r"\$?([A-Z])\$?(\d+)", lambda cell: repr(value(sheet, cell[1] + cell[2])), content[1:]
    )
    return float(eval(numbers, {"__builtins__": {}}))


def test_the_sheets_are_those_of_a_plan_with_frozen_headers(tmp_path: Path) -> None:
    book = written(PLAN, tmp_path)
    assert book.sheetnames == ["Objectives", "Actions", "Budget", "Calendar", "KPIs"]
    assert [sheet.freeze_panes for sheet in book] == ["A2", "A2", "A2", "D2", "A2"]
    for sheet in book:
        assert sheet["A1"].font.bold
        assert sheet.column_dimensions["A"].width > 10


@pytest.mark.parametrize("plan", [Plan.baseline(), PLAN, *valid(5, seed=6)])
def test_the_formulas_come_to_what_the_plan_costs(plan: Plan, tmp_path: Path) -> None:
    sheet, costs = written(plan, tmp_path)["Budget"], plan.cost()
    for row, cost in enumerate(costs.itertuples(index=False), start=2):
        assert sheet[f"B{row}"].value == cost.lever
        assert value(sheet, f"F{row}") == pytest.approx(cost.total, abs=0.006)
        assert value(sheet, f"G{row}") == pytest.approx(cost.extra, abs=0.006)
    total = len(costs) + 2
    assert sheet[f"A{total}"].value == "Total"
    assert value(sheet, f"F{total}") == pytest.approx(plan.total_cost, abs=0.05)
    assert value(sheet, f"G{total}") == pytest.approx(costs["extra"].sum(), abs=0.05)
    assert value(sheet, f"B{total + 4}") == pytest.approx(plan.budget - plan.total_cost, abs=0.05)


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    sheet = written(PLAN, tmp_path)["Objectives"]
    owner, note = sheet["F2"], sheet["G2"]
    assert (owner.value, owner.data_type, owner.quotePrefix) == ('=HYPERLINK("x")', "s", True)
    assert (note.value, note.data_type, note.quotePrefix) == ("@sum", "s", True)
    formulas = {
        sheet.title for sheet in written(PLAN, tmp_path) for row in sheet for cell in row
        if cell.data_type == "f"
    }  # fmt: skip
    assert formulas == {"Budget"}


def test_actions_and_objectives_are_those_of_the_plan(tmp_path: Path) -> None:
    book = written(PLAN, tmp_path)
    levers = [cell.value for cell in book["Actions"]["A"][1:]]
    assert levers == PLAN.changes()["path"].tolist()
    assert [cell.value for cell in book["Actions"][4][2:7]] == ["no", "yes", "yes or no", 8, 9]
    assert [cell.value for cell in book["Objectives"][2][:5]] == [
        "Profit", "at least", 60_000, "€", 52,
    ]  # fmt: skip
    assert [cell.value for cell in book["KPIs"]["A"][1:]] == list(INDICATORS)


def test_the_calendar_colors_preparation_and_running_week_by_week(tmp_path: Path) -> None:
    sheet = written(PLAN, tmp_path)["Calendar"]
    baristas = next(row for row in sheet if str(row[0].value).startswith("Baristas"))
    weeks = [cell.value for cell in baristas[3:]]
    assert weeks == ["p"] * 4 + ["r"] * 48
    assert baristas[3].fill.fgColor.rgb != baristas[7].fill.fgColor.rgb


def test_an_empty_calendar_says_so(tmp_path: Path) -> None:
    assert "Nothing changes" in written(Plan.baseline(), tmp_path)["Calendar"]["A2"].value


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        PLAN.to_excel(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert load_workbook(tmp_path / "a.xlsx").properties.modified.year == 2000


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("plan.xls", r"cannot be called 'plan.xls': give a name that ends in \.xlsx"),
        ("missing/plan.xlsx", "cannot be written .no such file or directory.: give a file in a"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_told(
    tmp_path: Path, path: str, sentence: str
) -> None:
    with pytest.raises(MktlabError, match=sentence):
        PLAN.to_excel(tmp_path / path)


def test_a_plan_without_a_price_has_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(MktlabError, match=r"price.tea: 9 is outside"):
        PLAN.but(price={"tea": 9}).to_excel(tmp_path / "plan.xlsx")
