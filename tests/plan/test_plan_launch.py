"""Claims about the launch of a new bag in a plan: files, costs, dates, and what is refused."""

import openpyxl
import pytest

from mktlab.plan import Plan
from mktlab.plan.launches import CANDIDATES
from mktlab.schema import MktlabError

LAUNCH = Plan.baseline().but(product={"launch": "Jardin", "launch_price": 14.6}, budget=600_000)


def test_a_plan_with_a_launch_reads_back_from_its_file():
    assert Plan.from_toml(LAUNCH.to_toml()) == LAUNCH
    assert 'launch = ""' in Plan.baseline().to_toml()


def test_a_launch_costs_once():
    table = LAUNCH.cost().set_index("lever")
    assert table.loc["product.launch", "total"] == CANDIDATES["Jardin"].launch_cost
    assert LAUNCH.total_cost == Plan.baseline().total_cost + CANDIDATES["Jardin"].launch_cost
    assert "product.launch" not in set(Plan.baseline().cost()["lever"])


def test_brief_and_calendar_tell_of_it():
    page = LAUNCH.brief().html
    assert "Launch: none → Jardin" in page
    assert "€5,000" in page
    assert LAUNCH.calendar().table["starts"].tolist() == [9, 9]


def test_the_workbook_adds_it_up(tmp_path):
    path = tmp_path / "plan.xlsx"
    LAUNCH.to_excel(path)
    budget = openpyxl.load_workbook(path)["Budget"]
    rows = {row[1].value: row for row in budget.iter_rows() if row[1].value}
    assert rows["product.launch"][5].value == f"={CANDIDATES['Jardin'].launch_cost}"
    total = next(row for row in budget.iter_rows() if row[0].value == "Total")
    assert total[5].value == f"=SUM(F2:F{total[0].row - 1})"
    assert rows["product.launch"][0].row == total[0].row - 1


@pytest.mark.parametrize("wrong", ["Jardn", 3, None, True])
def test_an_unknown_bag_is_one_sentence(wrong):
    plan = Plan.baseline().but(product={"launch": wrong})
    (problem,) = [s for s in plan.validate() if s.startswith("product.launch:")]
    assert "choose among Atelier, Chiapas, Huila, Jardin" in problem
    with pytest.raises(MktlabError, match=r"product\.launch: "):
        plan.check()


def test_a_price_without_a_bag_and_a_price_that_is_none_are_told():
    alone = Plan.baseline().but(product={"launch_price": 14.0})
    assert any("says nothing without product.launch" in s for s in alone.validate())
    dear = LAUNCH.but(product={"launch_price": 99.0})
    assert any(s.startswith("product.launch_price") for s in dear.validate())
    early = LAUNCH.but(starts={"product.launch": 3})
    assert any("needs 8 weeks of preparation" in s for s in early.validate())
