"""Claims about a fifth café in a plan: while it is open it costs staff, fit-out and rent."""

import openpyxl
import pytest

from mktlab.plan import Plan
from mktlab.plan.costs import FIFTH_CAFE

CAFE = Plan.baseline().but(place={"cafe": "park"}, budget=700_000)


def test_a_fifth_cafe_is_paid_from_its_opening_on():
    assert pytest.approx(60 * 18.5 + 240 + 560) == FIFTH_CAFE
    row = CAFE.cost().set_index("lever").loc["place.cafe"]
    assert row["weekly_before"] == 0
    assert row["total"] == row["extra"] == pytest.approx(32 * FIFTH_CAFE)  # 20 weeks to prepare
    assert CAFE.total_cost == pytest.approx(Plan.baseline().total_cost + 32 * FIFTH_CAFE)


def test_who_opens_one_on_todays_budget_is_told():
    (sentence,) = Plan.baseline().but(place={"cafe": "park"}).validate()
    assert sentence.startswith("budget: ") and "place.cafe (+€61,120)" in sentence


def test_the_workbook_adds_it_up(tmp_path):
    path = tmp_path / "plan.xlsx"
    CAFE.to_excel(path)
    budget = openpyxl.load_workbook(path)["Budget"]
    rows = {row[1].value: row for row in budget.iter_rows() if row[1].value}
    assert [rows["place.cafe"][k].value for k in (2, 3, 4)] == [0, FIFTH_CAFE, 21]
    total = next(row for row in budget.iter_rows() if row[0].value == "Total")
    assert total[5].value == f"=SUM(F2:F{total[0].row - 1})"
