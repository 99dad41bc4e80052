"""The dashboard's numbers are those of the KPIs; filters add up; alerts ring when they should."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mktlab
from mktlab import dashboard, kpi
from mktlab.company import Company
from mktlab.dashboard.control import ControlRoom
from mktlab.dashboard.export import workbook
from mktlab.dashboard.figures import TILES
from mktlab.plan import Plan
from mktlab.schema import MktlabError

WEEK = pd.Timedelta(weeks=1)
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1"]


@pytest.fixture(scope="module")
def solane():
    return mktlab.load("solane")


@pytest.fixture(scope="module")
def board(solane):
    return dashboard.Board(solane)


@pytest.fixture(scope="module")
def shop(solane):
    """Only customers and orders."""
    tables = {name: solane.tables[name] for name in ("customers", "orders")}
    return Company(tables, name="Corner shop", today=solane.today)


@pytest.fixture(scope="module")
def page(solane):
    return dashboard.show(solane)


# Numbers


@pytest.mark.parametrize("weeks", [1, 13, 52, 156])
def test_tiles_are_the_kpis_of_these_weeks(solane, board, weeks):
    chosen = board.latest(weeks)
    tiles = board.page(chosen).tiles.set_index("kpi")["value"]
    found = kpi.compute(solane, list(tiles.index), start=chosen.start, end=chosen.end)
    found = found.set_index("kpi")["value"]
    assert set(tiles.index) == set(found.index)
    assert tiles.to_dict() == pytest.approx(found[tiles.index].to_dict())


def test_the_weeks_are_the_kpis_by_week(solane, board):
    weekly = board.page(board.latest(13)).shown
    names = list(weekly)
    found = kpi.compute(solane, names, by="week", start=weekly.index[0])
    found = found.pivot(index="week", columns="kpi", values="value")[names]
    np.testing.assert_allclose(weekly, found.reindex(weekly.index), equal_nan=True)


def test_the_channels_are_the_kpis_by_channel(solane, board):
    chosen = board.latest(13)
    table = board.page(chosen).channels
    found = kpi.compute(solane, "ad_spend", by="channel", start=chosen.start)
    found = found.set_index("channel")["value"]
    assert table["ad_spend"].dropna().to_dict() == pytest.approx(found.to_dict())


def test_intervals_are_close_to_those_of_the_kpis(solane, board):
    chosen = board.latest(13)
    tiles = board.page(chosen).tiles.set_index("kpi")
    names = ["late_share", "nps", "order_value", "margin_rate"]
    found = kpi.intervals(solane, names, start=chosen.start).set_index("kpi")
    for name in names:
        width = found.loc[name, "high"] - found.loc[name, "low"]
        assert tiles.loc[name, "low"] == pytest.approx(found.loc[name, "low"], abs=0.15 * width)
        assert tiles.loc[name, "high"] == pytest.approx(found.loc[name, "high"], abs=0.15 * width)


@settings(max_examples=5, deadline=None)
@given(
    weeks=st.integers(1, 100), back=st.integers(0, 50), by=st.sampled_from(["segment", "channel"])
)
def test_parts_add_up_to_the_whole(board, weeks, back, by):
    last = board.last - pd.Timedelta(days=1) - back * WEEK
    whole = board.selection(last - (weeks - 1) * WEEK, last)
    parts = board.filters.segments if by == "segment" else sorted(set(board.filters.channel_of))
    sums = {"revenue": 0.0, "new_customers": 0.0, "active_customers": 0.0}
    for part in filter(None, parts):
        try:
            tiles = board.page(whole._replace(**{by: part})).tiles.set_index("kpi")["value"]
        except MktlabError:  # nobody of this part did anything
            continue
        for name in sums:
            sums[name] += tiles.get(name, 0.0)
    if by == "segment":
        expected = board.page(whole).tiles.set_index("kpi")["value"]
        assert sums == pytest.approx({name: expected[name] for name in sums})
    else:
        expected = board.page(whole).tiles.set_index("kpi")["value"]
        assert all(sums[name] <= expected[name] + 1e-6 for name in sums)


def test_a_begun_week_rings_no_alert(solane):
    begun = Company(dict(solane.tables), name="Begun", today=solane.today - pd.Timedelta(days=5))
    alerts = dashboard.Board(begun)
    page = alerts.page(alerts.latest(13))
    assert (page.alerts["week"] <= begun.today - WEEK).all()


# Targets


def test_a_target_is_reached_missed_or_too_early_to_tell(solane):
    targets = {"late_share": 0.5, "order_value": 500.0, "nps": 27.0}
    tiles = dashboard.Board(solane, targets=targets)
    status = tiles.page(tiles.latest(13)).tiles.set_index("kpi")["status"]
    assert status["late_share"] == "on target"
    assert status["order_value"] == "off target"
    assert status["nps"] == "too early to tell"


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"love": 1.0}, "love"),
        ({"tickets": 1.0}, "tickets"),
        ({"nps": float("nan")}, "nps"),
        ({"nps": "30"}, "nps"),
    ],
)
def test_what_cannot_be_a_target_is_refused(solane, targets, words):
    with pytest.raises(MktlabError, match=words):
        dashboard.Board(solane, targets=targets)


# Alerts


def noise(weeks=400, seed=3):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2018-01-01", periods=weeks, freq="7D", name="week")
    return pd.DataFrame({"late_share": 0.05 + 0.005 * rng.normal(size=weeks)}, index=index)


def test_noise_seldom_rings_and_a_jump_does():
    quiet = noise()
    assert len(dashboard.unusual(quiet, sigmas=4.0)) <= 4
    loud = quiet.copy()
    loud.iloc[300] += 0.05
    news = dashboard.unusual(loud, sigmas=4.0)
    assert loud.index[300] in set(news["week"])
    assert news.set_index("week").loc[loud.index[300], "side"] == "worse"


def test_a_week_is_held_against_earlier_weeks_alone():
    weekly = noise()
    before = dashboard.limits(weekly)
    later = weekly.copy()
    later.iloc[200:] = 9.0
    after = dashboard.limits(later)
    columns = ["usual", "low", "high"]
    pd.testing.assert_frame_equal(before[columns].iloc[:201], after[columns].iloc[:201])


@pytest.mark.parametrize("wrong", [{"sigmas": 0}, {"sigmas": True}, {"weeks": 5}, {"weeks": 26.5}])
def test_an_odd_rule_is_refused(wrong):
    with pytest.raises(MktlabError, match="give a"):
        dashboard.limits(noise(), **wrong)


# The page


def test_the_page_is_a_widget_a_picture_and_a_sentence(page):
    data, metadata = page._repr_mimebundle_()
    assert {"text/plain", "image/png"} <= set(data)
    assert "Net promoter score" in data["text/plain"]
    assert metadata["image/png"]["alt"] == page.message


def test_filters_change_the_page_and_a_period_moves_the_days(solane):
    page = dashboard.show(solane)
    before = page.message
    page.controls["period"].value = "Last 4 weeks"
    assert page.controls["first"].value == (solane.today - 4 * WEEK).date()
    assert page.message != before
    page.controls["segment"].value = "champions"
    assert "champions customers" in page.message
    page.controls["channel"].value = page.board.filters.channels[0]
    assert page.board.filters.channels[0] in page.message


def test_days_without_data_and_missing_days_get_a_sentence(solane):
    page = dashboard.show(solane)
    page.controls["last"].value = None
    assert page.message.startswith("A day is missing")
    assert page.page is None
    page.controls["first"].value = pd.Timestamp("2031-01-06").date()
    page.controls["last"].value = pd.Timestamp("2031-02-06").date()
    assert "There are no data from 2031-01-06" in page.message
    page.controls["period"].value = "Last 13 weeks"
    assert "Revenue" in page.message


def test_an_unknown_filter_is_refused_with_those_there_are(board):
    for what in ("segment", "channel"):
        with pytest.raises(MktlabError, match=f"There is no {what} 'nobody' here: choose among"):
            board.page(board.latest(13)._replace(**{what: "nobody"}))


def test_with_customers_and_orders_alone_there_is_a_page_that_says_what_is_missing(shop):
    page = dashboard.show(shop)
    assert set(page.page.tiles["kpi"]) == {
        "revenue", "order_value", "active_customers", "new_customers", "late_share"
    }  # fmt: skip
    (missing, *_) = page.page.notes
    assert "store_weeks" in missing
    assert "Net promoter score" in missing


def test_a_company_without_orders_is_refused(solane):
    products = Company({"products": solane.products}, name="No sales", today=solane.today)
    with pytest.raises(MktlabError, match="No sales has no table that the dashboard could show"):
        dashboard.show(products)


# The workbook


def test_no_text_of_a_table_becomes_a_formula(solane):
    orders = solane.orders.head(3_000)
    customers = solane.customers.copy()
    names = pd.Series(HOSTILE * len(customers), dtype="str")
    customers["acquisition_channel"] = names.iloc[: len(customers)].to_numpy()
    hostile = Company({"orders": orders, "customers": customers}, name="=1+1", today=solane.today)
    board = dashboard.Board(hostile)
    chosen = board.latest(156)._replace(channel=HOSTILE[0])
    content = workbook(board.page(chosen), company=hostile.name, sigmas=3.0)
    cells = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
    ]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"=1+1", HOSTILE[0]} <= texts
    assert not [cell for cell in cells if cell.data_type == "f"]
    odd = [
        c for c in cells if isinstance(c.value, str) and c.value.startswith(("=", "+", "-", "@"))
    ]
    assert odd
    assert all(cell.quotePrefix for cell in odd)


def test_the_workbook_holds_the_page(page):
    content = workbook(page.page, company="Maison Solane", sigmas=3.0)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Selection", "KPIs", "Weeks", "Channels", "Alerts"]
    rows = list(book["KPIs"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == pytest.approx(page.page.tiles["value"].tolist())
    assert len(rows) == len(TILES)
    assert book["Weeks"].max_row == 1 + 13


# The control room


@pytest.fixture(scope="module")
def room():
    return ControlRoom(people=2_000)


def test_playing_weeks_moves_the_season_and_its_report(room):
    assert "no week is played yet" in room.message
    room.advance(4)
    assert room.season.week == 4
    assert room.message.startswith("Week 4: the plan has earned")
    assert "Books" in room._parts["report"].value


def test_a_draft_is_checked_before_it_is_carried_out(room):
    room.levers["price.beans"].value = 90.0
    assert room.carry() is False
    assert "price.beans" in room._parts["plan"].value
    assert room.season.plan == Plan.baseline()
    room.levers["price.beans"].value = 1.1
    assert room.carry() is True
    assert room.season.plan.value("price.beans") == 1.1
    assert room.message == "From week 5 on, the changed plan is carried out."


def test_the_season_as_a_workbook(room):
    book = openpyxl.load_workbook(io.BytesIO(room.workbook()))
    assert book.sheetnames == ["Season", "Targets", "Books", "Changes"]
    assert book["Books"].max_row > 10
