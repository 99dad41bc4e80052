"""The dashboard's numbers are those of the KPIs; filters add up; what is missing is said."""

import io
import re
from datetime import date

import matplotlib as mpl
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mktlab
from mktlab import dashboard, kpi
from mktlab.company import Company
from mktlab.dashboard import wording
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


def test_intervals_and_differences_are_those_of_the_kpis(solane, board):
    chosen = board.latest(13)
    tiles = board.page(chosen).tiles.set_index("kpi")
    names = [name for name in tiles.index if name != "subscriptions"]
    found = kpi.intervals(solane, names, start=chosen.start, before=chosen.compared.start)
    columns = ["low", "high", "change_low", "change_high"]
    found = found.set_index("kpi")
    known = found["before"].notna()
    pd.testing.assert_frame_equal(tiles.loc[names, columns][known], found[columns][known])


def test_a_page_without_targets_compares_both_years_and_one_with_targets_the_number(solane):
    """A score of 34, known to 5: 30 may be met, 20 is; and 37, last year's, was known to 5, too."""
    score = {}
    for targets in ({}, {"nps": 30.0}, {"nps": 20.0}):
        tiles = dashboard.Board(solane, targets=targets)
        page = tiles.page(tiles.latest(13)).tiles.set_index("kpi")
        score[targets.get("nps")] = page.loc["nps", ["target", "before", "status"]].tolist()
    assert score[None][0] == score[None][1]
    assert [score[goal][0] for goal in (30, 20)] == [30, 20]
    assert [status for *_, status in score.values()] == [*["too early to tell"] * 2, "on target"]


@pytest.mark.parametrize("filters", [{"segment": "champions"}, {"channel": "search"},
                                     {"segment": "loyal", "channel": "social"}])  # fmt: skip
def test_a_filter_is_the_kpis_of_the_tables_of_these_customers(solane, board, filters):
    chosen = board.latest(52)._replace(**filters)
    people = set(board.filters.people(chosen))
    tables = {
        name: table[table["customer_id"].isin(people)]
        for name, table in solane.tables.items()
        if "customer_id" in table
    } | {name: solane.tables[name] for name in ("products", "order_lines", "product_costs")}
    part = Company(tables, name=solane.name, today=solane.today)
    tiles = board.page(chosen).tiles.set_index("kpi")
    tiles = tiles.drop(index=["cac", "conversion"], errors="ignore")  # of channels, not of people
    found = kpi.compute(part, list(tiles.index), start=chosen.start).set_index("kpi")
    assert len(tiles) >= 5
    assert tiles["value"].to_dict() == pytest.approx(found["value"].to_dict(), nan_ok=True)


def test_a_channel_is_the_kpis_split_by_channel(solane, board):
    chosen = board.latest(13)
    split = {"revenue": "acquisition_channel", "order_value": "acquisition_channel",
             "new_customers": "acquisition_channel", "late_share": "acquisition_channel",
             "conversion": "channel"}  # fmt: skip
    found = {
        name: kpi.compute(solane, name, by=by, start=chosen.start).set_index(by)["value"]
        for name, by in split.items()
    }
    for channel in ("search", "social", "email"):
        tiles = board.page(chosen._replace(channel=channel)).tiles.set_index("kpi")["value"]
        shared = [name for name in split if channel in found[name]]
        assert shared
        for name in shared:
            assert tiles[name] == pytest.approx(found[name][channel])


@st.composite
def shops(draw):
    """Customers won by channels of any name, and their orders, some of them by nobody known."""
    people = list("abcdefgh")
    channels = draw(st.lists(st.sampled_from(["walk-in", *HOSTILE]), min_size=8, max_size=8))
    joined = draw(st.lists(st.dates(date(2025, 1, 1), date(2025, 6, 29)), min_size=8, max_size=8))
    customers = pd.DataFrame(
        {
            "customer_id": pd.Series(people, dtype="str"),
            "joined_date": pd.to_datetime(joined),
            "acquisition_channel": pd.Series(channels, dtype="str"),
        }
    )
    order = st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(people if draw(st.booleans()) else [*people, None]),
            "order_date": st.dates(date(2025, 1, 1), date(2025, 6, 29)).map(pd.Timestamp),
            "status": st.sampled_from(["paid", "paid", "paid", "cancelled"]),
            "revenue": st.sampled_from([0.01, 5.0, 12.5, 80.25]),
            "refunded": st.sampled_from([0.0, 0.0, 5.0]),
        }
    )
    orders = pd.DataFrame(draw(st.lists(order, min_size=1, max_size=30)))
    orders = orders.assign(order_id=[str(i) for i in range(len(orders))])
    orders["customer_id"] = orders["customer_id"].astype("str")
    today = pd.Timestamp("2025-06-30")
    return Company({"orders": orders, "customers": customers}, name="Any", today=today)


@settings(max_examples=10)
@given(shops(), st.integers(1, 30))
def test_parts_add_up_to_the_whole_which_is_that_of_the_kpis(shop, weeks):
    board = dashboard.Board(shop)
    whole = board.latest(weeks)

    def tiles(**filters):
        try:
            return board.page(whole._replace(**filters)).tiles.set_index("kpi")["value"]
        except MktlabError as nothing:
            assert "There is nothing from" in str(nothing)
            return pd.Series(dtype=float)

    every = tiles()
    if len(every):
        found = kpi.compute(shop, list(every.index), start=whole.start).set_index("kpi")["value"]
        np.testing.assert_allclose(every, found.reindex(every.index), equal_nan=True)
    if shop.orders["customer_id"].isna().any():
        return  # what nobody known bought is in no part
    for by in ("segment", "channel"):
        parts = [tiles(**{by: part}) for part in getattr(board.filters, f"{by}s")]
        for name in ("revenue", "new_customers", "active_customers"):
            total = sum(part.get(name, 0.0) for part in parts)
            assert total == pytest.approx(every.get(name, 0.0))


def test_orders_of_nobody_known_are_told(solane):
    orders = solane.orders.sort_values("order_date", ignore_index=True).head(900)
    last = orders["order_date"].max().normalize() + pd.Timedelta(days=1)
    nameless = orders["customer_id"].mask(orders.index % 3 == 0)
    company = Company({"orders": orders.assign(customer_id=nameless)}, name="X", today=last)
    board = dashboard.Board(company)
    page = board.page(board.latest(52))
    assert len([note for note in page.notes if "300 orders name no customer" in note]) == 1


def test_a_begun_week_rings_no_alert(solane):
    today = solane.today - pd.Timedelta(days=5)
    orders = solane.orders[solane.orders["order_date"] < today]
    begun = Company({"orders": orders}, name="Begun", today=today)
    alerts = dashboard.Board(begun)
    page = alerts.page(alerts.latest(13))
    assert (page.alerts["week"] <= begun.today - WEEK).all()


# Targets


def test_a_target_is_reached_missed_or_too_early_to_tell(solane):
    targets = {"late_share": 0.5, "order_value": 500.0, "nps": 34.0}
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
        ({"bounce_rate": 0.5}, "bounce_rate is not on the page"),
        (["nps"], "targets is a list"),
    ],
)
def test_what_cannot_be_a_target_is_refused(solane, targets, words):
    with pytest.raises(MktlabError, match=words):
        dashboard.Board(solane, targets=targets)


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
    assert "Wait" not in " ".join(page.page.notes)
    assert page.page.further["survey_responses"] == ["Net promoter score"]
    closed = wording.notes(page.page)
    assert "<details><summary>What further tables would add</summary>" in closed
    assert "<li>survey_responses: Net promoter score</li>" in closed


def test_a_company_without_orders_is_refused(solane):
    products = Company({"products": solane.products}, name="No sales", today=solane.today)
    with pytest.raises(MktlabError, match="No sales has no table that the dashboard could show"):
        dashboard.show(products)
    nothing = Company({}, name="Empty hands", today=solane.today)
    with pytest.raises(MktlabError, match="Empty hands has no table"):
        dashboard.show(nothing)


def test_orders_that_the_kpis_refuse_are_refused(solane):
    orders = solane.orders.head(500)
    for wrong, words in (
        (orders.head(0), "its tables are empty"),
        (orders.assign(revenue="many"), "not numbers"),
        (orders.assign(order_date=pd.NaT), "order_date is empty"),
        (pd.concat([orders, orders]), "order_id is not unique"),
        (orders.drop(columns="customer_id"), "has no column customer_id"),
    ):
        with pytest.raises(MktlabError, match=words):
            dashboard.show(Company({"orders": wrong}, name="Odd", today=solane.today))


def test_days_the_wrong_way_round_get_a_sentence(board):
    days = pd.Timestamp("2025-12-01"), pd.Timestamp("2025-06-02")
    with pytest.raises(MktlabError, match=r"no data from 2025-12-01 to 2025-06-02: .* first one"):
        board.selection(*days)
    chosen = board.latest(4)
    with pytest.raises(MktlabError, match="there is no week"):
        board.page(chosen._replace(start=chosen.end, end=chosen.start))


def texts(widget):
    """All that a widget and those inside it say."""
    own = [str(getattr(widget, name, "")) for name in ("value", "description")]
    return own + [text for child in getattr(widget, "children", ()) for text in texts(child)]


def test_amounts_are_in_the_currency_of_the_company(solane, page):
    tables = {name: solane.tables[name] for name in solane.tables}
    shop = Company(tables, name="Corner shop", today=solane.today, currency="USD")
    abroad = dashboard.show(shop)
    assert "€" not in " ".join([*texts(abroad.view), abroad.message])
    assert abroad.message == page.message.replace("€", "$")
    poster = abroad.poster()
    drawn = [text for ax in (poster, *poster.axes) for text in ax.findobj(mpl.text.Text)]
    assert not [text.get_text() for text in drawn if "€" in text.get_text()]
    assert any("$" in text.get_text() for text in drawn)
    twice = [text for text in drawn if text.get_text().count("$") > 1]  # two of them mean a formula
    assert not any(text.get_parse_math() for text in twice)
    content = workbook(abroad.page, company=shop.name, sigmas=3.0)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert "€" not in str([list(sheet.values) for sheet in book])


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
    assert len(rows) == len(TILES) - 1  # one margin rate, not both
    assert book["Weeks"].max_row == 1 + 13


def bought_by(persons):
    """A company whose last weeks know so many customers, and more before."""
    days = pd.date_range("2025-01-06", "2025-06-29", freq="D")
    orders = pd.DataFrame({"order_id": [f"o{n}" for n in range(len(days))], "order_date": days})
    orders["customer_id"] = [
        f"c{n % (40 if day.month < 4 else persons)}" for n, day in enumerate(days)
    ]
    orders["revenue"], orders["status"] = 20.0, "paid"
    return Company({"orders": orders.assign(refunded=0.0)}, name="Corner shop")


def test_a_workbook_of_four_customers_is_refused_and_one_of_five_is_not():
    chosen = dashboard.Board(bought_by(4)).latest(8)
    with pytest.raises(MktlabError, match="Fewer than 5 customers bought in what is chosen"):
        workbook(dashboard.Board(bought_by(4)).page(chosen), company="Corner shop", sigmas=3.0)
    assert workbook(dashboard.Board(bought_by(5)).page(chosen), company="Shop", sigmas=3.0)


def test_a_workbook_has_no_count_of_few_persons(solane):
    customers = solane.customers.copy()
    last = customers["joined_date"] >= solane.today - pd.Timedelta(weeks=13)
    gone = customers.index[last][3:]
    few = Company(
        {"orders": solane.orders, "customers": customers.drop(index=gone)},
        name="Few",
        today=solane.today,
    )
    board = dashboard.Board(few)
    page = board.page(board.latest(13))
    shown = page.tiles.set_index("kpi").loc["new_customers", "value"]
    assert 0 < shown < 5
    book = openpyxl.load_workbook(io.BytesIO(workbook(page, company="Few", sigmas=3.0)))
    rows = {row[0]: row[1] for row in book["KPIs"].iter_rows(min_row=2, values_only=True)}
    assert rows["New customers"] == "fewer than 5"
    heads, *weeks = book["Weeks"].iter_rows(values_only=True)
    joined = [row[heads.index("New customers")] for row in weeks]
    assert "fewer than 5" in joined
    assert not [n for n in joined if n != "fewer than 5" and n and 0 < n < 5]


def drawn(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text)]


def test_what_is_stored_of_the_page_has_no_count_of_few_persons(solane):
    customers = solane.customers.copy()
    last = customers["joined_date"] >= solane.today - pd.Timedelta(weeks=13)
    few = Company(
        {"orders": solane.orders, "customers": customers.drop(index=customers.index[last][3:])},
        name="Few",
        today=solane.today,
    )
    page = dashboard.show(few)
    page.controls["measure"].value = "new_customers"
    assert "New customers 3 people" in page.message
    data, _ = page._repr_mimebundle_()
    assert "New customers fewer than 5" in data["text/plain"]
    assert "customers 3 people" not in data["text/plain"]
    texts = drawn(page.poster())
    assert "fewer than 5" in texts
    assert not [text for text in texts if text.startswith("3 people")]


def test_of_few_customers_no_page_is_stored():
    page = dashboard.show(bought_by(4))
    page.controls["period"].value = "Last 4 weeks"
    data, _ = page._repr_mimebundle_()
    assert data["text/plain"].startswith("Fewer than 5 customers bought in what is chosen")
    assert not [kind for kind in data if "image" in kind]
    with pytest.raises(MktlabError, match="Fewer than 5 customers"):
        page.poster()


# The control room


@pytest.fixture
def room():
    return ControlRoom(people=2_000)


@pytest.mark.parametrize(
    ("plan", "people", "words"),
    [
        ("more ads", None, "plan is a str"),
        (None, 0, "people is 0"),
        (None, 1500.5, "people is 1500.5"),
        (Plan.baseline().but(price={"beans": 99.0}), None, "price.beans: 99 is outside"),
    ],
)
def test_a_season_that_cannot_be_is_refused(plan, people, words):
    with pytest.raises(MktlabError, match=words):
        dashboard.season(plan, people=people)


def said(widget):
    """Everything that a widget and those inside it say."""
    inside = (said(child) for child in getattr(widget, "children", ()))
    return " ".join([str(getattr(widget, "value", "")), *inside])


def test_playing_weeks_moves_the_season_and_its_report(room):
    assert "no week is played yet" in room.message
    room.export.click()
    assert "No week is played yet: play some first." in said(room.view)
    room.advance(4)
    assert room.season.week == 4
    assert room.message.startswith("Week 4: the plan has earned")
    report = said(room.view).partition("<h2>Targets</h2>")[2]
    assert "<h2>Books</h2>" in report
    money = re.findall(r'(?<=right">)[^<>]*€[^<>]*', report)
    assert money  # every amount with its sign before it, and cents on small ones alone
    assert all(re.fullmatch(r"[−+]?€\d{1,3}(,\d{3})*(\.\d\d)?", amount) for amount in money)


def test_a_draft_is_checked_before_it_is_carried_out(room):
    room.advance(4)
    room.levers["price.beans"].value = 90.0
    assert room.carry() is False
    assert "price.beans: 90 is outside 0.5 to 3" in said(room.view)
    assert room.season.plan == Plan.baseline()
    room.levers["price.beans"].value = 1.1
    assert room.carry() is True
    assert room.season.plan.value("price.beans") == 1.1
    assert room.message == "From week 5 on, the changed plan is carried out."


def test_the_season_as_a_workbook(room):
    room.advance(1)
    book = openpyxl.load_workbook(io.BytesIO(room.workbook()))
    assert book.sheetnames == ["Season", "Targets", "Books", "Changes"]
    assert book["Books"].max_row > 10
