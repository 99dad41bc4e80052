"""Path, tests and credit on the page: the numbers of their rooms, and no verdict by chance."""

import numpy as np
import pandas as pd
import pytest

import mktlab
from mktlab import dashboard, kpi
from mktlab.attribution import attribute, paths
from mktlab.company import Company
from mktlab.dashboard import wording
from mktlab.dashboard.evidence import Evidence
from mktlab.dashboard.filters import Selection
from mktlab.experiments import compare, reshuffled, running

TODAY = pd.Timestamp("2025-12-29")
YEAR = Selection(pd.Timestamp("2024-12-30"), TODAY)
ORDERS = ("customers", "orders")


@pytest.fixture(scope="module")
def solane():
    return mktlab.load("solane")


@pytest.fixture(scope="module")
def page(solane):
    return dashboard.show(solane)


def only(solane, *names, **others):
    tables = {name: solane.tables[name] for name in names} | others
    samples = {name: share for name, share in solane.samples.items() if name in tables}
    return Company(tables, name="Part", today=solane.today, samples=samples)


def test_the_path_ends_in_the_conversion_of_the_tile(solane, page):
    path = page.page.evidence["path"].set_index("step")
    visits = kpi.compute(solane, "visits", start=page.page.selection.start)["value"].iloc[0]
    begun = path["visits"].iloc[0] + path["lost"].iloc[0]
    assert begun == pytest.approx(visits)
    tile = page.page.tiles.set_index("kpi").loc["conversion", "value"]
    assert path.loc["purchased", "visits"] / begun == pytest.approx(tile)
    assert path["rate"].prod() == pytest.approx(tile)
    assert (path["low"] < path["rate"]).all() and (path["rate"] < path["high"]).all()


def test_the_paths_of_channels_add_up_to_the_path_of_all(page):
    board, chosen = page.board, page.page.selection
    parts = [board.page(chosen._replace(channel=name)) for name in ("direct", "organic", "social")]
    assert [list(part.evidence) for part in parts] == [["path"]] * 3
    every = [
        Evidence(board.company).of(chosen._replace(channel=name)).get("path")
        for name in board.company.sessions["channel"].dropna().unique()
    ]
    total = sum(part["visits"].iloc[-1] for part in every if part is not None)
    known = board.company.sessions["channel"].notna().mean()
    if known == 1:
        assert total == pytest.approx(page.page.evidence["path"]["visits"].iloc[-1])


def test_a_segment_has_neither_path_nor_tests_nor_credit(page):
    chosen = page.page.selection._replace(segment="loyal")
    assert page.board.page(chosen).evidence == {}


def test_what_has_no_table_does_not_stand_on_the_page(solane):
    assert dashboard.show(only(solane, *ORDERS)).sections == []
    titles = {"sessions": "Purchase path", "experiments": "Tests of the shop",
              "touchpoints": "Channel credit"}  # fmt: skip
    for name, title in titles.items():
        told = [part.title for part in dashboard.show(only(solane, *ORDERS, name)).sections]
        assert told == [title]


def test_credit_stands_without_spend_and_tests_and_then_says_only_who_was_there(solane):
    (credit,) = dashboard.show(only(solane, *ORDERS, "touchpoints")).sections
    assert credit.grid.heads == [["Channel", "Orders"]]
    assert "Credit is no proof of effect" in credit.rule


def test_credit_is_that_of_the_last_contact_and_adds_up_to_the_orders(solane):
    every = Selection(pd.Timestamp("2025-06-02"), TODAY)
    found = Evidence(solane).of(every)["credit"].set_index("channel")["orders"]
    known = attribute(paths(solane)).set_index("channel")["credit"]
    assert found[known.index].to_dict() == pytest.approx(known.to_dict())
    touches = solane.touchpoints
    assert found.sum() == touches.loc[touches["order_id"].fillna("") != "", "order_id"].nunique()


def test_a_test_rules_a_credit_out_only_where_its_interval_does(page):
    credit = page.page.evidence["credit"]
    sure = credit["status"].isin(["test says more", "test says less"])
    inside = credit["credited"].between(credit["low"], credit["high"])
    assert sure.any() and not (sure & inside).any()
    assert (credit.loc[credit["tested"].isna(), "status"] == "–").all()


def test_ended_tests_have_the_interval_of_a_single_look(solane):
    found = Evidence(solane).of(YEAR)["tests"].set_index("experiment_id")
    known = compare(solane.experiments).set_index("experiment_id").loc[found.index]
    assert not found["running"].any()
    pd.testing.assert_frame_equal(found[["lift", "low", "high"]], known[["lift", "low", "high"]])
    assert found["status"].to_dict()["X18"] == "split broken"


def test_a_test_that_runs_on_has_the_interval_that_holds_at_every_look(solane):
    half = Selection(pd.Timestamp("2025-09-01"), pd.Timestamp("2025-11-24"))
    found = Evidence(solane).of(half)["tests"].set_index("experiment_id")
    assert found["running"].to_dict() == {"X22": False, "X23": False, "X24": True}
    so_far = solane.experiments[solane.experiments["date"] < half.end]
    last = running(so_far).set_index("experiment_id").loc["X24"].iloc[-1]
    assert found.loc["X24", "high"] == last["always_high"]
    assert found.loc["X24", "days"] == 14


def test_of_tests_of_one_page_with_itself_hardly_any_is_called(solane):
    """Twenty tests at 5% each would call one on a page; here, one on 20 pages."""
    rng = np.random.default_rng(7)
    whole = solane.experiments[~solane.experiments["experiment_id"].isin(["X18"])]
    called = []
    for _ in range(40):
        company = Company({"experiments": reshuffled(whole, rng)}, name="Same", today=TODAY)
        every = Selection(pd.Timestamp("2023-01-02"), TODAY)
        status = Evidence(company).of(every)["tests"]["status"]
        called.append(status.isin(["better", "worse"]).any())
    assert np.mean(called) <= 0.15


def test_tests_without_a_control_leave_the_page_standing(solane):
    odd = solane.experiments.assign(is_control=False)
    told = dashboard.show(only(solane, *ORDERS, "sessions", experiments=odd))
    assert [part.title for part in told.sections] == ["Purchase path"]


def test_contacts_without_orders_leave_the_page_standing(solane):
    bare = solane.touchpoints.drop(columns="order_id")
    assert dashboard.show(only(solane, *ORDERS, touchpoints=bare)).sections == []


def test_ink_and_ground_are_those_of_the_theme():
    """In a dark notebook dark words stood on the dark page."""
    ink = wording.STYLE.split(".mktlab-board {")[1].split("}")[0]
    assert "color: var(--jp-" in ink
    assert "background: #fff" not in wording.STYLE


def test_a_section_shows_itself(page):
    for part in page.sections:
        assert part.finding in repr(part) and part.rule in repr(part)
        assert f"<h3>{part.title}</h3>" in part._repr_html_()
        assert len(part.grid.heads[0]) <= 7 and len(part.grid.rows) <= 10
