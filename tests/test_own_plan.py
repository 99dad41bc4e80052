"""A plan of one's own company: what is wrong with it, what it costs, and what its books say."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from mktlab import cli
from mktlab.company import Company
from mktlab.own_plan import OwnPlan, books, template
from mktlab.own_plan.pages import brief, to_excel
from mktlab.schema import MktlabError

PLAN = """
name = "More <regulars>"
starting = 2025-01-06
weeks = 10
budget = 1000.0
[people]
Ada = 5
[[actions]]
p = "promotion"
action = "Newsletter"
owner = "Ada"
prepare = 2
starts = 3
hours = 3
cost = 100.0
weekly = 20.0
[[actions]]
p = "process"
action = "Answer in a day"
owner = "Ada"
starts = 4
ends = 6
hours = 2
[[objectives]]
kpi = "revenue"
target = 10000
by_week = 10
"""


def test_costs_and_hours_follow_the_weeks_of_actions() -> None:
    plan = OwnPlan.from_toml(PLAN)
    assert plan.validate() == []
    assert plan.costs()["Newsletter"].tolist() == [0, 0, 120, *[20.0] * 7]
    assert plan.total_cost == 100 + 8 * 20
    assert plan.hours()["Ada"].tolist() == [3, 3, 3, 5, 5, 5, 3, 3, 3, 3]
    dates = plan.calendar().table.set_index("action")
    assert dates.loc["Newsletter", "prepare_date"] == pd.Timestamp("2025-01-06")
    assert dates.loc["Answer in a day", "end_date"] == pd.Timestamp("2025-02-16")


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("budget = 1000.0", "budget = 200.0", "more than the budget of €200"),
        ("Ada = 5", "Ada = 4", "Ada has 4 hours a week and the plan takes 5 in week 4"),
        ("prepare = 2", "prepare = 3", "start it in week 4 or later"),
        ("ends = 6", "ends = 11", "the plan has weeks 1 to 10"),
        ('kpi = "revenue"', 'kpi = "revenu"', "did you mean revenue"),
        ('kpi = "revenue"', 'kpi = "average_price"', "no good direction"),
        ("by_week = 10", "by_week = 11", "write a week, 1 to 10"),
        ('action = "Answer in a day"', 'action = "Newsletter"', "another action has this name"),
        ('owner = "Ada"', 'owner = "Eve"', "Eve is not under"),
    ],
)
def test_what_does_not_fit_is_told(line: str, instead: str, told: str) -> None:
    plan = OwnPlan.from_toml(PLAN.replace(line, instead, 1) if line in PLAN else PLAN)
    assert any(told in sentence for sentence in plan.validate()), plan.validate()


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("starting = 2025-01-06", "starting = 2025-01-07", "write a Monday"),
        ("starting = 2025-01-06", 'starting = "soon"', "write a Monday"),
        ("weeks = 10", "weeks = 0", "weeks is 0"),
        ("weeks = 10", "week = 10", "did you mean weeks"),
        ("budget = 1000.0", "", "budget is missing"),
        ('p = "promotion"', 'p = "promo"', "did you mean promotion"),
        ("hours = 3", 'hours = "3"', "hours is '3'"),
        ("hours = 3", "hour = 3", "did you mean hours"),
        ("starts = 3", "starts = 3.5", "starts is 3.5"),
        ("Ada = 5", 'Ada = "5"', "people: Ada has '5'"),
        ("weeks = 10", "weeks = ", "not written as TOML"),
    ],
)
def test_what_cannot_be_read_is_told(line: str, instead: str, told: str) -> None:
    with pytest.raises(MktlabError, match=told.replace("(", r"\(")):
        OwnPlan.from_toml(PLAN.replace(line, instead, 1))


def _company(first: str = "2024-01-01", last: str = "2025-02-10") -> Company:
    """An order of €10 a day, and of €20 from 2025 on."""
    days = pd.date_range(first, last, freq="D")
    ids = [f"O{n}" for n in range(len(days))]
    revenue = np.where(days.year < 2025, 10.0, 20.0)
    table = {"order_id": ids, "customer_id": "C1", "order_date": days, "revenue": revenue}
    table |= {"status": "paid", "refunded": 0.0, "discount": 0.0}
    return Company({"orders": pd.DataFrame(table)}, name="Test")


def test_books_hold_the_tables_against_the_targets_part_that_is_due() -> None:
    told = books(OwnPlan.from_toml(PLAN), _company()).set_index(["until", "line"])
    assert told.index.get_level_values("until").unique().tolist() == [
        pd.Timestamp("2025-02-01"),
        pd.Timestamp("2025-02-11"),
    ]
    line = told.xs("Revenue", level="line")
    assert line["came"].tolist() == [26 * 20, 36 * 20]
    assert line["planned"].round(2).tolist() == [  # every day of last year sold the same
        round(10_000 * 26 / 70, 2),
        round(10_000 * 36 / 70, 2),
    ]
    costs = told.xs("costs planned so far", level="line")["planned"]
    assert costs.round(2).tolist() == [round(120 + 20 * 5 / 7, 2), round(120 + 2 * 20 + 20 / 7, 2)]


def test_books_of_a_plan_to_come_are_refused() -> None:
    with pytest.raises(MktlabError, match="nothing of it has happened"):
        books(OwnPlan.from_toml(PLAN), _company(last="2025-01-04"))
    broken = OwnPlan.from_toml(PLAN.replace("budget = 1000.0", "budget = 0"))
    with pytest.raises(MktlabError, match="mended first"):
        books(broken, _company())


def test_a_page_and_a_workbook_hold_the_plan(tmp_path: Path) -> None:
    plan = OwnPlan.from_toml(PLAN)
    html = brief(plan).html
    assert "More &lt;regulars&gt;" in html
    assert "€260" in html
    assert "No market is played" in html
    to_excel(plan, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames == ["Objectives", "Actions", "Budget", "Calendar"]
    assert sum(row[1].value for row in list(book["Budget"].rows)[1:]) == plan.total_cost
    week_of = [cell.value for cell in book["Calendar"][3]][3:]
    assert week_of == [None, None, None, "r", "r", "r", None, None, None, None]


def test_a_template_is_a_plan_without_faults() -> None:
    plan = OwnPlan.from_toml(template(_company(), name="mine"))
    assert plan.validate() == []
    assert plan.starting == pd.Timestamp("2025-02-17").date()  # the first Monday from today on
    assert {goal.kpi for goal in plan.objectives} >= {"revenue", "orders"}
    assert "#   active_customers: fewer than 5" in template(_company(), name="mine")


def test_commands_know_which_kind_of_plan_a_file_holds(tmp_path: Path) -> None:
    run, folder = CliRunner().invoke, tmp_path / "tables"
    folder.mkdir()
    _company().orders.to_csv(folder / "orders.csv", index=False)
    file = tmp_path / "mine.toml"
    assert run(cli.app, ["plan", "new", str(file), "--data", str(folder)]).exit_code == 0
    assert "No market is played" in run(cli.app, ["plan", "check", str(file)]).output
    refused = run(cli.app, ["plan", "run", str(file)])
    assert refused.exit_code == 2
    assert "mktlab plan books" in refused.output
    file.write_text(PLAN, encoding="utf-8")
    told = run(cli.app, ["plan", "books", str(file), "--data", str(folder)]).output
    assert "€720" in told
    for command, name in (("brief", "mine.html"), ("workbook", "mine.xlsx")):
        made = run(cli.app, ["plan", command, str(file), "-o", str(tmp_path / name)])
        assert made.exit_code == 0, made.output
    run(cli.app, ["plan", "new", str(tmp_path / "solane.toml")])
    wrong = run(cli.app, ["plan", "books", str(tmp_path / "solane.toml"), "--data", str(folder)])
    assert wrong.exit_code == 2
    assert "Maison Solane" in wrong.output
