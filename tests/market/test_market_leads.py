"""Claims about business buyers: the draw hangs on nothing, chances come true, others stay."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import business
from mktlab.market.observed import leads
from mktlab.market.run import past


@pytest.fixture(scope="module")
def history():
    return past(people=12_000, weeks=60, seed=4)


@pytest.fixture(scope="module")
def world():
    """All leads of two years, whom the salespeople call, and what becomes of them."""
    weeks = [business.arrivals(5, week) for week in range(104)]
    return [
        (came, called := business.worked(came), business.closed(came, called)) for came in weeks
    ]


def joined(world, name):
    return np.concatenate([getattr(came, name) for came, *_ in world])


def test_the_tables_are_as_declared(history):
    for name in ("leads", "calls", "deals"):
        assert_declared(name, getattr(leads, name)(history))
    known = set(leads.leads(history)["lead_id"])
    assert set(leads.calls(history)["lead_id"]) <= known
    assert set(leads.deals(history)["lead_id"]) <= known


def test_the_draw_hangs_on_nothing(world):
    draw = joined(world, "draw")
    for name in ("source", "kind", "cups", "interest", "without", "margin"):
        for arm in (0, 1):
            value = joined(world, name)
            assert abs(np.corrcoef(draw == arm, value)[0, 1]) < 4 / np.sqrt(len(draw))
    assert np.bincount(draw)[:2] / len(draw) == pytest.approx(business.DRAWN, abs=0.02)


def test_the_draw_decides_who_is_called(world):
    for came, called, _ in world:
        assert called[came.draw == 0].all()
        assert not called[came.draw == 1].any()


def test_who_is_called_by_choice_sounded_good(world):
    called, free = np.concatenate([c for _, c, _ in world]), joined(world, "draw") == 2
    interest = joined(world, "interest")
    assert interest[free & called].mean() > interest[free & ~called].mean() + 0.3


def test_chances_come_true(world):
    called = np.concatenate([c for _, c, _ in world])
    won = np.concatenate([rows["won"] for *_, rows in world])
    chance = np.where(called, joined(world, "with_call"), joined(world, "without"))
    about = 4 * np.sqrt((chance * (1 - chance)).sum())
    assert abs(won.sum() - chance.sum()) < about


def test_points_send_to_those_whom_a_call_hardly_changes(world):
    change = joined(world, "with_call") - joined(world, "without")
    points = np.concatenate([came.points for came, *_ in world])
    most = points >= np.quantile(points, 0.75)
    assert change[most].mean() < change.mean() / 2


def test_a_longer_market_has_the_same_leads_and_calls_first(history):
    longer = past(people=12_000, weeks=64, seed=4)
    for name in ("leads", "calls"):
        short, long = (getattr(leads, name)(each) for each in (history, longer))
        pd.testing.assert_frame_equal(short, long.head(len(short)), check_exact=True)
    short, long = leads.deals(history), leads.deals(longer)
    kept = ["deal_id", "lead_id", "opened_date", "margin"]
    pd.testing.assert_frame_equal(short[kept], long[kept].head(len(short)), check_exact=True)
    shut = short["closed_date"].notna()
    pd.testing.assert_frame_equal(short[shut], long.head(len(short))[shut], check_exact=True)


def test_what_becomes_of_open_deals_is_what_a_longer_market_shows(history):
    truth = leads.outcomes(history).set_index("deal_id")
    later = leads.deals(past(people=12_000, weeks=73, seed=4)).set_index("deal_id")
    assert (later.loc[truth.index, "stage"] == "won").tolist() == truth["won_13w"].tolist()
    assert truth.loc[truth["won_13w"], "won"].all()


def test_a_call_today_changes_nothing_for_who_was_called_or_has_bought(history):
    truth = leads.chances(history).set_index("lead_id")
    touched = [*leads.calls(history)["lead_id"], *leads.deals(history)["lead_id"]]
    there = truth.index.isin(touched)
    assert (truth.loc[there, "change_today"] == 0).all()
    assert (truth.loc[~there, "change_today"] != 0).mean() > 0.9
    gone = business.bought_by(np.array([0.0, 30.0, 365.0]))
    assert gone[0] == 0
    assert gone[1] < gone[2] <= 1


def test_a_market_of_a_few_people_and_weeks_has_leads_or_none():
    history = past(people=100, weeks=13, seed=1)
    for name in ("leads", "calls", "deals"):
        assert_declared(name, getattr(leads, name)(history))
    assert leads.chances(history).notna().all(axis=None)
