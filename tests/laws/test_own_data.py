"""Lessons on a reader's own tables, when there are only customers and orders, in dollars."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mktlab.cli import app, find_notebook
from mktlab.notebooks import run_notebook

SOLANE = Path(__file__).parents[2] / "datasets" / "solane"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's export: customers and orders, and nothing that says where they are from."""
    folder = tmp_path_factory.mktemp("corner_shop")
    for table in ("customers", "orders"):
        shutil.copy(SOLANE / f"{table}.csv", folder)
    (folder / "columns.toml").write_text('currency = "USD"\n', encoding="utf-8")
    return folder


@pytest.mark.parametrize("lesson", ["11_rfm", "31_churn", "41_kpi"])
def test_a_report_on_customers_and_orders_alone_is_useful(lesson, folder, tmp_path):
    page = run_notebook(find_notebook(lesson), data=folder, output=tmp_path / "report.html")
    text = page.read_text(encoding="utf-8")
    assert text.count("<img ") >= 3
    assert "Camille" not in text
    assert "Traceback" not in text
    assert "€" not in text
    assert "$" in text


@pytest.mark.parametrize(
    ("lesson", "table"), [("21_plan", "store_weeks"), ("23_price", "price_survey")]
)
def test_a_lesson_that_needs_more_says_so_in_one_sentence(lesson, table, folder, tmp_path):
    report = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["run", lesson, "--data", str(folder), "-o", str(report)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{lesson} needs the tables ")
    assert table in result.stderr
    assert "run one that your tables open: 11_rfm, 31_churn, 41_kpi" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not report.exists()
