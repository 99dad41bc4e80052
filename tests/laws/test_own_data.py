"""Lessons on a reader's own tables, when there are only customers and orders, in dollars."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from companies import Company
from turns import a_third
from typer.testing import CliRunner

from mktlab.cli import app, find_notebook
from mktlab.course.catalogue import LESSONS
from mktlab.data.folder import own_ids
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("versions", "days", "visitors"), [(3, 14, 800), (2, 1, 5_000), (2, 4, 20)]
)
def test_a_table_of_tests_alone_is_a_report(versions, days, visitors, tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        (
            f"T{test}",
            "ABC"[k],
            k == 0,
            f"2025-02-{day + 3:02}",
            visitors,
            rng.binomial(visitors, 0.05),
        )
        for test in range(2)
        for day in range(days)
        for k in range(versions)
    ]
    columns = ["experiment_id", "variant", "is_control", "date", "visitors", "conversions"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "experiments.csv", index=False)
    report = tmp_path / "report.html"
    told = ["run", "43", "--data", str(tmp_path), "-o", str(report)]
    assert CliRunner().invoke(app, told).exit_code == 0
    text = report.read_text(encoding="utf-8")
    assert f" of {2 * (versions - 1)} tests seem" in text
    assert "nan" not in text and "Camille" not in text


@pytest.mark.slow
@pytest.mark.parametrize("buyers", [12, 0])
def test_a_table_of_contacts_alone_is_a_report_or_one_sentence(buyers, tmp_path):
    rng = np.random.default_rng(5)
    rows = [
        (f"v{n}", f"2025-03-{1 + day:02} 10:00:00", rng.choice(["Flyer", "Instagram"]), f"A{n}")
        for n in range(30)
        for day in range(1 + n % 3)
    ]
    contacts = pd.DataFrame(rows, columns=["visitor_id", "touched_at", "channel", "order_id"])
    bought = contacts["visitor_id"].isin([f"v{n}" for n in range(buyers)])
    contacts["order_id"] = contacts["order_id"].where(bought, "")
    contacts.to_csv(tmp_path / "touchpoints.csv", index=False)
    report = tmp_path / "report.html"
    told = ["run", "44", "--data", str(tmp_path), "-o", str(report)]
    result = CliRunner().invoke(app, told)
    assert result.exit_code == (0 if buyers else 2)
    if buyers:
        text = report.read_text(encoding="utf-8")
        assert f"of {buyers} orders" in text
        assert "No channel was switched off" in text
        assert "nan" not in text and "Camille" not in text
    else:
        assert "no row has an order_id" in result.stderr


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
    assert len(listed) == made["customer_id"].nunique()
    assert listed["customer_id"].str.fullmatch("[0-9a-f]{16}").all()
    assert set(own_ids(tmp_path / "shop")) == set(listed["customer_id"])
    assert set(own_ids(tmp_path / "shop").values()) == set(made["customer_id"])
    assert listed["segment"].notna().all()
    assert any("report_customers.csv (40 customers)." in sentence for sentence in told)
    assert not any("keep it safe" in sentence for sentence in told)


@pytest.mark.slow
@pytest.mark.parametrize("also", [[], ["device"], ["device", "channel", "viewed_product"]])
def test_a_log_of_visits_alone_is_a_report(also, tmp_path):
    rng, visits = np.random.default_rng(4), 900
    reached = rng.choice(3, visits, p=[0.6, 0.35, 0.05])
    table = pd.DataFrame(
        {
            "session_id": [f"s{n}" for n in range(visits)],
            "visitor_id": [f"v{n}" for n in rng.integers(0, 600, visits)],
            "started_at": pd.Timestamp("2025-03-01")
            + pd.to_timedelta(rng.integers(0, 40 * 86_400, visits), unit="s"),
            "device": rng.choice(["smartphone", "computer", "tablet"], visits, p=[0.6, 0.35, 0.05]),
            "channel": rng.choice(["Paid Social", "(not set)", "Direct"], visits),
            "viewed_product": reached >= 1,
            "purchased": reached >= 2,
        }
    )
    needed = ["session_id", "visitor_id", "started_at", "purchased"]
    table[[*needed, *also]].to_csv(tmp_path / "sessions.csv", index=False)
    report = tmp_path / "report.html"
    told = ["run", "42", "--data", str(tmp_path), "-o", str(report)]
    assert CliRunner().invoke(app, told).exit_code == 0
    text = report.read_text(encoding="utf-8")
    assert "There is no table orders" in text
    assert "Camille" not in text and "€" not in text


@pytest.mark.slow
@pytest.mark.parametrize("orders", [3, 0])
def test_a_report_of_search_terms_alone_is_a_report_or_one_sentence(orders, tmp_path):
    rng = np.random.default_rng(7)
    rows = [
        (f"2025-03-{3 + 7 * week:02}", "search", group, term, 40, 30.0, n, 50.0 * n)
        for week in range(4)
        for group in ("shoes", "own name")
        for term in (f"{group} a", f"{group} b", "(other)")
        for n in [int(rng.poisson(orders))]
    ]
    columns = ["week", "campaign", "ad_group", "search_term", "clicks", "cost", "orders", "revenue"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "search_terms.csv", index=False)
    report = tmp_path / "report.html"
    told = ["run", "17", "--data", str(tmp_path), "-o", str(report)]
    result = CliRunner().invoke(app, told)
    assert result.exit_code == (0 if orders else 2)
    if orders:
        text = report.read_text(encoding="utf-8")
        assert "No test says which orders are extra" in text
        assert "nan" not in text and "Camille" not in text
    else:
        assert "No order is counted" in result.output
