"""A folder with the exports of five tools becomes one page, with the source of each number."""

import pandas as pd
import pytest
from five_tools import write

import mktlab
from mktlab import dashboard
from mktlab.dashboard.sections import sections
from mktlab.folder_check import check

DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The page of a shop, and what its tools counted."""
    folder = tmp_path_factory.mktemp("five")
    counted = write(folder)
    check(folder, save=True)
    board = dashboard.Board(mktlab.load(folder))
    return board, counted


def test_the_tiles_are_what_the_tools_counted(told):
    board, counted = told
    page = board.page(board.selection(board.first, board.last - DAY))
    tiles = page.tiles.set_index("kpi")["value"]
    assert tiles["revenue"] == pytest.approx(counted["cents"] / 100)
    assert tiles["ad_spend"] == pytest.approx(
        (counted["google_cents"] + counted["meta_cents"]) / 100
    )
    assert tiles["web_sessions"] == counted["sessions"]
    assert tiles["web_purchase_rate"] == pytest.approx(counted["seen"] / counted["sessions"])
    assert tiles["mailing_click_rate"] == pytest.approx(counted["clicked"] / counted["delivered"])
    spend = page.channels["ad_spend"].dropna()
    assert spend["search"] == pytest.approx(counted["google_cents"] / 100)
    assert spend["social"] == pytest.approx(counted["meta_cents"] / 100)


def test_efficiency_is_of_the_weeks_that_shop_and_both_ad_tools_have(told):
    board, _ = told
    page = board.page(board.selection(board.first, board.last - DAY))
    tables = board.company.tables
    first, last = pd.Timestamp("2024-01-15"), pd.Timestamp("2024-07-21")
    orders, ads = tables["orders"], tables["ad_spend"]
    sold = orders.loc[orders["order_date"].between(first, last), "revenue"].sum()
    spent = ads.loc[ads["week"].between(first, last), "spend"].sum()
    tile = page.tiles.set_index("kpi").loc["marketing_efficiency_ratio"]
    assert tile["value"] == pytest.approx(sold / spent)
    assert tile["low"] < sold / spent < tile["high"]
    ends = page.weekly.loc["2024-07-22", ["ad_spend", "marketing_efficiency_ratio"]]
    assert ends.isna().all()  # one of the two tools is not there: no alert comes of it
    assert not (page.alerts["kpi"] == "marketing_efficiency_ratio").any()


def test_each_number_has_its_file_and_the_page_says_which_days_all_have(told):
    board, _ = told
    found = sections(board.page(board.latest(13)))[-1]
    assert found.finding == "All files have the days from 29 Jan 2024 to 11 Jul 2024"
    text = repr(found)
    for file, numbers in [
        ("orders_export.csv", "Revenue, Order value"),
        ("campaigns.csv and meta.csv", "Advertising: search"),
        ("traffic.csv", "Sessions, Purchases a session"),
        ("mailings.csv", "Click rate of mailings"),
    ]:
        assert any(line.startswith(file) and numbers in line for line in text.splitlines())


def test_orders_that_end_before_visits_are_not_known_and_no_zero(told):
    board, _ = told
    tables = dict(board.company.tables)
    orders = tables["orders"]
    tables["orders"] = orders[orders["order_date"] < "2024-07-01"]
    shorter = dashboard.Board(board.company.but(tables, notes=()))
    weekly = shorter.page(shorter.latest(13)).weekly
    assert weekly["revenue"].tail(4).isna().all()
    assert weekly["revenue"].iloc[-5] > 0


def test_a_company_that_was_read_from_no_file_has_no_such_table(told):
    board, _ = told
    company = mktlab.Company(board.company.tables, name="Shop", today=board.company.today)
    page = dashboard.Board(company).page(board.latest(13))
    assert "files" not in page.evidence
    assert "web_sessions" not in set(page.tiles["kpi"])
