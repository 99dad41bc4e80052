"""Lessons on a reader's own tables, when there are only customers and orders."""

import shutil
from pathlib import Path

import pytest

from mktlab.cli import find_notebook
from mktlab.report import run_notebook
from mktlab.schema import MktlabError

SOLANE = Path(__file__).parents[1] / "datasets" / "solane"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's export: customers and orders, and nothing that says where they are from."""
    folder = tmp_path_factory.mktemp("corner_shop")
    for table in ("customers", "orders"):
        shutil.copy(SOLANE / f"{table}.csv", folder)
    return folder


@pytest.mark.parametrize("lesson", ["11_rfm", "31_churn", "41_kpi"])
def test_a_report_on_customers_and_orders_alone_is_useful(lesson, folder, tmp_path):
    page = run_notebook(find_notebook(lesson), data=folder, output=tmp_path / "report.html")
    text = page.read_text(encoding="utf-8")
    assert text.count("<img ") >= 3
    assert "Camille" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("lesson", ["21_plan", "23_price"])
def test_a_lesson_that_needs_more_says_so_in_one_sentence(lesson, folder, tmp_path):
    with pytest.raises(MktlabError) as stopped:
        run_notebook(find_notebook(lesson), data=folder, output=tmp_path / "report.html")
    message = str(stopped.value)
    assert "has no table" in message
    assert "\n" not in message
    assert not (tmp_path / "report.html").exists()
