"""Claims about doors: what comes in by one moves nothing else, and does what it says."""

import functools
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest

from mktlab.market import flaws, season
from mktlab.market.doors import BEHAVIORS, Nudge
from mktlab.market.draws import uniforms
from mktlab.market.flaws.shop import SHOP_FLAWS
from mktlab.market.flaws.study import STUDY_FLAWS
from mktlab.market.observed import BESIDE, observe
from mktlab.market.truth import reveal
from mktlab.market.week import begin, play
from mktlab.plan import Plan
from mktlab.plan.costs import CAFES

NEW = SHOP_FLAWS | STUDY_FLAWS
SIZE = {"people": 1500, "seed": 6}
WEEKS = 40


def played():
    return play(begin(**SIZE, weeks=WEEKS), WEEKS)


@functools.cache
def usual():
    names = {"evidence", "flows", "launch", "message", "offers", "partners", "shelf_space", "sites"}
    assert set(BEHAVIORS) == names
    history = played()
    return history, observe(history), reveal(history)


def draws_its_own(history, week, mix):
    """A behavior that rolls its dice, and does nothing."""
    lot = uniforms(history.seed, "a stream of its own", len(history.people), week=week)
    assert lot.min() < lot.max()
    return Nudge()


def same_tables(tables, others):
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, others[name], check_exact=True, obj=name)


def test_a_behavior_that_draws_and_does_nothing_changes_no_byte(monkeypatch):
    _, tables, truth = usual()
    monkeypatch.setitem(BEHAVIORS, "idle", draws_its_own)
    history = played()
    told, so = observe(history), reveal(history)
    assert tables.keys() == told.keys()
    assert truth.keys() == so.keys()
    same_tables(tables, told)
    same_tables(truth, so)


def test_a_table_beside_the_others_changes_no_byte_of_them(monkeypatch):
    _, tables, truth = usual()

    def field_notes(history):
        lot = uniforms(history.seed, "field notes", len(history.weeks))
        return pd.DataFrame({"note": lot})

    monkeypatch.setitem(BESIDE, "field_notes", field_notes)
    history = played()
    told = observe(history)
    assert set(told) - set(tables) == {"field_notes"}
    assert len(told["field_notes"]) == WEEKS
    same_tables(tables, told)
    same_tables(truth, reveal(history))


def digests(tables):
    """Table -> digest of its bytes as a CSV file."""
    return {name: sha256(t.to_csv(index=False).encode()).hexdigest() for name, t in tables.items()}


def test_the_tables_beside_the_others_change_no_byte_of_them_with_flaws_and_truth(monkeypatch):
    history, tables, truth = usual()
    damaged, log = flaws.plant(tables, flaws=flaws.DEFAULT_FLAWS, seed=history.seed)
    whole = digests(damaged | {"truth flaws": log[~log["table"].isin(BESIDE)]})
    monkeypatch.setattr("mktlab.market.observed.BESIDE", {})
    monkeypatch.setattr(flaws, "FLAWS", {k: v for k, v in flaws.FLAWS.items() if k not in NEW})
    alone = played()
    damaged, log = flaws.plant(observe(alone), flaws=flaws.DEFAULT_FLAWS, seed=alone.seed)
    told = digests(damaged | {"truth flaws": log})
    assert set(whole) - set(told) == set(BESIDE) & set(tables)
    assert told == {name: digest for name, digest in whole.items() if name in told}
    same_tables(truth, reveal(alone))


def expected(history, what):
    return np.array([np.sum(getattr(week.expected, what)) for week in history.weeks])


@pytest.mark.parametrize(
    ("nudge", "rises"),
    [
        (Nudge(orders=0.1), "orders"),
        (Nudge(joining=0.2), "newcomers"),
        (Nudge(guests=np.full(len(CAFES), 0.1)), "cafe_guests"),
    ],
)
def test_a_behavior_lifts_what_it_says_by_about_what_it_says(monkeypatch, nudge, rises):
    monkeypatch.setitem(BEHAVIORS, "lift", lambda history, week, mix: nudge)
    before, after = usual()[0], play(begin(**SIZE, weeks=1), 1)
    lift = np.log(expected(after, rises)[0] / expected(before, rises)[0])
    said = np.max([np.max(getattr(nudge, name)) for name in ("orders", "joining", "guests")])
    assert 0.6 * said < lift <= 1.01 * said
    for other in {"orders", "newcomers", "cafe_guests"} - {rises}:
        if (rises, other) != ("newcomers", "orders"):  # who joins orders at once
            assert expected(after, other)[0] == expected(before, other)[0]


def test_two_behaviors_add_up(monkeypatch):
    monkeypatch.setitem(BEHAVIORS, "one", lambda history, week, mix: Nudge(orders=0.04))
    monkeypatch.setitem(BEHAVIORS, "other", lambda history, week, mix: Nudge(orders=0.06))
    both = play(begin(**SIZE, weeks=5), 5)
    monkeypatch.delitem(BEHAVIORS, "other")
    monkeypatch.setitem(BEHAVIORS, "one", lambda history, week, mix: Nudge(orders=0.10))
    assert np.allclose(
        expected(both, "orders"), expected(play(begin(**SIZE, weeks=5), 5), "orders")
    )


def press(history, week, mix):
    """Costs that come only in some weeks, and a revenue."""
    return Nudge(accounts={"press": -50.0, "awards": 20.0} if week >= 30 else {})


def test_accounts_of_a_behavior_are_in_the_books_and_these_add_up(monkeypatch):
    monkeypatch.setitem(BEHAVIORS, "press", press)
    history = played()
    told = reveal(history)["profit"]
    assert not told.isna().any(axis=None)
    assert told["press"].tolist() == [0.0] * 30 + [-50.0] * 10
    assert told["awards"].tolist() == [0.0] * 30 + [20.0] * 10
    accounts = told.drop(columns=["week", "profit", "expected_profit"])
    assert np.allclose(accounts.sum(axis=1), told["profit"], atol=0.001)
    before = usual()[2]["profit"]
    assert np.allclose(told["profit"] - before["profit"], [0.0] * 30 + [-30.0] * 10)
    same_tables(usual()[1], observe(history))


def test_a_season_compares_accounts_that_only_the_plan_has(monkeypatch):
    def event(history, week, mix):
        held = mix.promotion.radio != Plan.baseline().promotion.radio
        return Nudge(accounts={"field events": -100.0} if held else {})

    monkeypatch.setitem(BEHAVIORS, "event", event)
    plan = Plan.baseline().but(promotion={"radio": 0.0})
    outcome = season.start(plan, people=300, seed=77).advance(5).outcome(flaws=())
    row = outcome.vs_baseline.set_index("account").loc["field events"]
    assert row.tolist() == [-400.0, 0.0, -400.0, -400.0]  # radio ends in week 2
    assert outcome.vs_baseline["account"].iloc[-1] == "profit"
    assert not outcome.pnl.isna().any(axis=None)
