"""Lessons on a reader's own tables, when there are only customers and orders, in dollars."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from companies import Company
from turns import a_third
from typer.testing import CliRunner

from mktlab.cli import app, find_notebook
from mktlab.course.catalogue import LESSONS
from mktlab.notebooks import run_notebook

SOLANE = Path(__file__).parents[2] / "datasets" / "solane"
TABLES = ("customers", "orders")
LACKING = {lesson.name: lesson.lacks(TABLES) for lesson in LESSONS if lesson.own}
OPEN = [lesson for lesson, lacking in LACKING.items() if not lacking]
CLOSED = [lesson for lesson, lacking in LACKING.items() if lacking]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's export: customers and orders, and nothing that says where they are from."""
    folder = tmp_path_factory.mktemp("corner_shop")
    for table in TABLES:
        shutil.copy(SOLANE / f"{table}.csv", folder)
    (folder / "columns.toml").write_text('currency = "USD"\n', encoding="utf-8")
    return folder


@pytest.mark.parametrize("lesson", a_third(OPEN))
def test_a_report_on_customers_and_orders_alone_is_useful(lesson, folder, tmp_path):
    where = {"data": folder, "output": tmp_path / "report.html"}
    page = run_notebook(find_notebook(lesson), **where, whole=True)
    text = page.read_text(encoding="utf-8")
    charts = text.count("<img ")
    assert charts >= 3, f"{lesson}: {charts} charts are left on own tables; tag fewer cells solane."
    for word, instead in {"Camille": "tag what tells of her solane", "€": "use show.money"}.items():
        assert word not in text, f"{lesson} says {word} on a reader's own tables: {instead}."
    assert "$" in text, f"{lesson} shows no amount in the reader's currency: use show.money."


@pytest.mark.parametrize("lesson", a_third(CLOSED))
def test_a_lesson_that_needs_more_says_so_in_one_sentence(lesson, folder, tmp_path):
    report = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["run", lesson, "--data", str(folder), "-o", str(report)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{lesson} needs the table")
    assert all(table in result.stderr for table in LACKING[lesson])
    assert f"run one that your tables open: {', '.join(OPEN)}" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not report.exists()


def test_a_report_is_about_the_company_and_names_nobody(tmp_path):
    made = Company("grocery", 60, 40).orders()
    made["customer_id"] = made["customer_id"] + "@example.com"
    (tmp_path / "shop").mkdir()
    made.to_csv(tmp_path / "shop" / "orders.csv", index=False)
    (tmp_path / "shop" / "columns.toml").write_text('currency = "USD"\n', encoding="utf-8")
    told, page = [], tmp_path / "report.html"
    where = {"data": tmp_path / "shop", "output": page}
    run_notebook(find_notebook("11_rfm"), **where, tell=told.append)
    text = page.read_text(encoding="utf-8").partition("<body>")[2]
    text = re.sub(r'src="data:[^"]*"', "", text)
    assert "<h1>Customers: who buys, and who has gone quiet</h1>" in text
    assert "Amounts are in USD." in text
    assert "orders.csv: no column status (taken as paid)" in text
    for word in (
        "@",
        "€",
        "coffee",
        "Solane",
        "minutes to read",
        "Your turn",
        "SOURCE",
        "Show code",
    ):
        assert word not in text, f"the report says {word}"
    listed = pd.read_csv(tmp_path / "report_customers.csv")
    assert set(listed["customer_id"]) == set(made["customer_id"])
    assert listed["segment"].notna().all()
    assert any("report_customers.csv (40 customers)." in sentence for sentence in told)
    assert any("e-mail addresses" in sentence for sentence in told)
