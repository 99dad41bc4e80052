"""Claims about the cafés' hours, the team and its projects, and about rosters in the market."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import people
from mktlab.market.run import begin, past, play
from mktlab.market.truth import people as truth
from mktlab.market.truth.counterfactual import Rewind
from mktlab.plan import Plan
from mktlab.plan.costs import PEAK_STAFF_OF, baristas_by_cafe, roster, weekly_costs
from mktlab.plan.mix import BASE, ROSTERS


@pytest.fixture(scope="module")
def market():
    before = play(begin(people=3000, weeks=104, seed=5), 52)
    history = play(before.copy(), 52)
    return Rewind.of(before, history)


@pytest.fixture(scope="module")
def hours(market):
    return people.store_hours(market.history)


def test_tables_are_as_declared(market, hours):
    assert_declared("store_hours", hours)
    assert_declared("team", people.team(market.history))
    assert_declared("projects", people.projects(market.history))
    assert len(hours) == people.WEEKS * 60 * 4


def test_hours_add_up_to_the_weekly_sheet(market, hours):
    monday = hours["date"] - pd.to_timedelta(hours["date"].dt.day_of_week, unit="D")
    guests = hours.groupby([monday, "zone"])["guests"].sum().unstack()
    weeks = [week.cafes for week in market.history.weeks[-people.WEEKS :]]
    guests = guests[["Paris", "Lyon", "Marseille", "Bordeaux"]].to_numpy()
    assert np.array_equal(guests, np.array([week.visits for week in weeks]))
    gone = sum((w.visits * w.walked_out).sum() for w in weeks)
    assert abs(hours["gave_up"].sum() - gone) < 4 * np.sqrt(gone) + 0.03 * gone
    staff = (hours["staff"] * hours["open_hours"]).sum()
    assert staff == pytest.approx(sum(w.staff_hours.sum() for w in weeks), rel=0.005)


def test_hours_are_as_the_truth_says(market, hours):
    told = truth.hours(market.history).set_index(["zone", "weekday", "hour"])
    sheet = hours.assign(weekday=hours["date"].dt.day_of_week, waited=hours["wait_minutes"])
    seen = sheet.groupby(["zone", "weekday", "hour"])[["guests", "gave_up", "waited"]].sum()
    expected = told["arrivals"] * people.WEEKS * market.history.people.scale
    gap = (seen["guests"] - expected) / np.sqrt(expected)
    assert abs(gap.mean()) < 0.35
    assert 0.8 < gap.std() < 1.2
    lost = (told["gives_up"] * seen["guests"]).sum()
    assert abs(seen["gave_up"].sum() - lost) < 4 * np.sqrt(lost)
    assert seen["waited"].sum() / people.WEEKS == pytest.approx(
        told["wait_minutes"].sum(), rel=0.05
    )


def test_the_peak_gets_its_share():
    assert people.peaks().sum() == 12
    assert people.profile().sum() == pytest.approx(1)
    assert people.profile()[people.peaks()].sum() == pytest.approx(0.35)


def test_later_weeks_change_no_earlier_row(market, hours):
    short = people.store_hours(replace(market.history, weeks=market.history.weeks[:-1]))
    both = sorted(set(short["date"]) & set(hours["date"]))
    one, other = (t[t["date"].isin(both)].reset_index(drop=True) for t in (short, hours))
    pd.testing.assert_frame_equal(one, other)


def test_a_small_market_has_hours_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("store_hours", people.store_hours(history))
    assert truth.hours(history).notna().all(axis=None)


def test_every_roster_has_the_same_hours_and_wages():
    assert set(PEAK_STAFF_OF) == set(ROSTERS)
    for name in ROSTERS:
        at_peak, calm = roster(1.3, name)
        assert 0.2 * at_peak + 0.8 * calm == pytest.approx(1.3)
        mix = replace(BASE, people=replace(BASE.people, roster=name))
        assert weekly_costs(mix) == weekly_costs(BASE)
        assert people.staffed(mix).mean(axis=0) == pytest.approx(baristas_by_cafe(mix))


def test_the_usual_roster_changes_nothing(market):
    year = market.play({}, roster="usual")
    assert year.profit == market.year.profit


def test_the_books_move_as_the_truth_of_staffing_says(market):
    """Café sales of a replayed year against those of `staffing`, for each roster."""
    told = truth.staffing(market).query("baristas == 1.3").set_index("roster")
    for name in ROSTERS:
        year = market.play({}, roster=name)
        played = float(year.accounts["café sales"].sum())
        assert played == pytest.approx(told["revenue"][name], rel=0.01)
    assert told["profit"].idxmax() == "square-root"


def test_waits_of_a_bad_roster_cost_more_than_the_counter_shows(market):
    """Long lines also make people order less in the shop: the year loses more than the cafés."""
    table = truth.rosters(market).set_index("roster")
    at_counter = truth.staffing(market).query("baristas == 1.3").set_index("roster")["profit"]
    lost = at_counter["even"] - at_counter["usual"]
    assert table["profit"]["even"] < lost < 0
    assert table["profit"]["usual"] == 0


def test_projects_are_plans_that_the_market_plays(market):
    table = people.projects(market.history)
    for levers in table["levers"]:
        plan = Plan.from_toml(levers + "\n")
        assert len(plan.changes()) == 1
        plan.but(budget=1_000_000).check()
    told = truth.projects(market)
    assert list(told["project_id"]) == list(table["project_id"])
    assert (told["gain"].abs() > 1).all()


def test_a_roster_acts_on_waits_at_once_and_on_no_one_else():
    history = play(begin(people=1500, weeks=21, seed=2), 20)
    one, other = history.copy(), history.copy()
    play(one, 1)
    play(other, 1, lambda week: replace(BASE, people=replace(BASE.people, roster="even")))
    now, then = one.weeks[-1], other.weeks[-1]
    assert (then.cafes.wait_minutes > now.cafes.wait_minutes).all()
    assert np.array_equal(then.cafes.visits, now.cafes.visits)
    assert np.array_equal(then.orders.person, now.orders.person)
