"""Claims about plans in the market: what they do, what doing nothing does, how they are judged."""

import re

import numpy as np
import pandas as pd
import pytest
from random_plans import LEAST_BARISTAS, invalid, valid

from mktlab import market
from mktlab.market import simulate
from mktlab.market.observed.surveys import survey_margin
from mktlab.market.score import RANDOM_PLANS, WEIGHTS, judge, random_plan, score
from mktlab.plan import INDICATORS, Objective, Plan
from mktlab.plan.mix import BASE
from mktlab.schema import MktlabError

PEOPLE = 1500
VALID, INVALID = valid(200, seed=5), invalid(200, seed=6)
TODAY = BASE.people.baristas
MORE, FEW = round(TODAY + 0.2, 2), round(0.9 * LEAST_BARISTAS, 2)
BETTER = Plan.baseline().but(
    name="Better service",
    budget=700_000,
    price={"beans": 1.1, "gift": 1.1},
    people={"baristas": MORE, "training": 0.8},
    objectives=(Objective("wait_minutes", 2.5, 26), Objective("profit", 1e9, 10)),
)


@pytest.fixture(scope="module")
def outcome():
    return market.run(BETTER, weeks=26, people=PEOPLE)


@pytest.fixture(scope="module")
def season():
    return market.start(BETTER, people=PEOPLE).advance(13)


def test_the_plan_of_doing_nothing_reproduces_the_base_world_bit_for_bit():
    idle = market.run(Plan.baseline(), weeks=5, people=PEOPLE)
    base = simulate(people=PEOPLE, weeks=161)
    assert idle.tables.keys() == base.tables.keys()
    for name, table in base.tables.items():
        pd.testing.assert_frame_equal(table, idle.tables[name], check_exact=True)
    assert (idle.vs_baseline[["difference", "expected_difference"]] == 0).all(axis=None)
    assert (idle.kpis["difference"] == 0).all()


def test_the_books_add_up_to_the_cent_and_to_the_comparison(outcome):
    accounts = outcome.pnl.drop(columns=["week", "profit"])
    assert np.allclose(accounts.sum(axis=1), outcome.pnl["profit"], atol=0.001)
    compared = outcome.vs_baseline.set_index("account")
    assert compared.loc["profit", "plan"] == pytest.approx(outcome.pnl["profit"].sum(), abs=0.01)
    assert compared["plan"].drop("profit").sum() == pytest.approx(
        compared.loc["profit", "plan"], abs=0.5
    )


def test_an_outcome_is_a_company_whose_past_is_the_published_one(outcome):
    assert outcome.today == pd.Timestamp("2026-06-29")
    usual = simulate(people=PEOPLE, flaws=())
    ours = market.run(BETTER, weeks=26, people=PEOPLE, flaws=())
    old = ours.orders[ours.orders["order_date"] < usual.today].drop(columns="delivered_date")
    pd.testing.assert_frame_equal(
        old.reset_index(drop=True), usual.orders.drop(columns="delivered_date")
    )
    assert set(outcome.kpis["kpi"]) == set(INDICATORS)


def test_more_and_better_baristas_shorten_the_queue_once_they_are_there(outcome):
    sheets = outcome.store_weeks
    before = sheets[sheets["week"] < "2026-01-26"]
    hours = sheets[sheets["week"] >= "2026-01-26"]["staff_hours"].mean()
    assert hours / before["staff_hours"].mean() == pytest.approx(MORE / TODAY, rel=0.01)
    kpis = outcome.kpis.set_index("kpi")
    assert kpis.loc["wait_minutes", "value"] < kpis.loc["wait_minutes", "baseline"]


def test_a_season_played_in_parts_is_the_season_played_at_once(outcome, season):
    parts = market.start(BETTER, people=PEOPLE).advance(13).advance(9).advance(4).outcome()
    pd.testing.assert_frame_equal(parts.pnl, outcome.pnl, check_exact=True)


def test_a_report_says_what_is_due_and_whether_it_is_reached(season):
    report = season.report().set_index("kpi")
    assert list(report.index) == list(INDICATORS)
    assert report.loc["profit", "reached"] == "no"  # a billion by week 10
    assert report.loc["wait_minutes", "reached"] == ""  # not due before week 26
    assert report.loc["wait_minutes", "target"] == 2.5
    assert report.loc["revenue", "reached"] == ""


def test_a_score_near_its_target_is_too_early_to_tell():
    ours = market.start(BETTER, people=PEOPLE).advance(13)
    nps = ours.report().set_index("kpi").loc["nps", "value"]
    margin = survey_margin(ours._history)
    assert 5 < margin < 40  # some eighty answers: 1.96 x 100 x sqrt(.8 / 80) is 20 points
    told = {}
    for away in (-1.1, -0.9, 0.9, 1.1):
        ours.plan = BETTER.but(objectives=[Objective("nps", nps + away * margin, by_week=13)])
        told[away] = ours.report().set_index("kpi").loc["nps", "reached"]
    assert told == {-1.1: "yes", -0.9: "too early to tell", 0.9: "too early to tell", 1.1: "no"}


def test_a_revised_plan_keeps_what_runs_and_prepares_what_is_new():
    season = market.start(BETTER, people=PEOPLE).advance(13)
    season.revise(BETTER.but(people={"baristas": TODAY + 0.1}, promotion={"radio": 0.0})).advance(
        13
    )
    mixes = [week.mix for week in season._history.weeks[-26:]]
    assert [m.people.baristas for m in mixes] == [TODAY] * 4 + [MORE] * 13 + [TODAY + 0.1] * 9
    assert [m.promotion.radio for m in mixes] == [BASE.promotion.radio] * 14 + [0.0] * 12
    assert [m.people.training for m in mixes] == [BASE.people.training] * 6 + [0.8] * 20


def test_an_impossible_plan_is_refused_with_every_reason():
    wrong = Plan.baseline().but(
        price={"beans": 0.5}, people={"baristas": FEW}, promotion={"radio": -1}
    )
    with pytest.raises(MktlabError, match=r"promotion\.radio: −1 is outside 0 to 5,?000"):
        market.run(wrong)
    with pytest.raises(MktlabError, match=rf"{FEW} baristas serve \d+\.\d guests an hour"):
        market.start(Plan.baseline().but(people={"baristas": FEW}))


@pytest.mark.parametrize("weeks", [0, -1, 2.5, True, 157, "13"])
def test_a_season_advances_by_whole_weeks_only(weeks):
    with pytest.raises(MktlabError, match="weeks must be a whole number from 1 to 156"):
        market.start(Plan.baseline(), people=200).advance(weeks)


def test_a_season_that_has_not_begun_has_nothing_to_report():
    with pytest.raises(MktlabError, match=r"advance\(\) comes first"):
        market.start(Plan.baseline(), people=200).report()


def test_measured_kpis_are_those_of_the_tables():
    season = market.start(Plan.baseline(), people=PEOPLE).advance(13)
    ours, told = season.report().set_index("kpi")["value"], season.outcome(flaws=())
    since = pd.Timestamp("2025-12-29")
    orders = told.orders[(told.orders["order_date"] >= since) & (told.orders["status"] == "paid")]
    assert ours["orders"] == len(orders)
    sales = (orders["revenue"] - orders["refunded"]).sum()
    assert ours["order_value"] == round(sales / len(orders), 4)
    cafes = told.store_weeks[told.store_weeks["week"] >= since]["revenue"].sum()
    accounts = season.pnl().set_index("account")["plan"]
    assert accounts["shop sales"] == pytest.approx(sales)
    assert accounts["café sales"] == pytest.approx(cafes)
    assert accounts["shipping fees"] == pytest.approx(orders["shipping"].sum())
    billed = told.ad_spend[told.ad_spend["week"] >= since]["spend"].sum()
    assert accounts["advertising"] == pytest.approx(-billed)
    assert ours["new_customers"] == (told.customers["joined_date"] >= since).sum()
    left = told.truth.customers["left_date"]  # the first day as a customer no more
    assert ours["customers"] == (left.isna() | (left == told.today)).sum()
    assert ours["boxes"] == told.subscriptions["ended_date"].isna().sum()


def test_random_plans_are_valid():
    assert len(pd.read_csv(RANDOM_PLANS)) == 500
    assert all(not random_plan(number).validate() for number in range(0, 500, 10))


@pytest.mark.slow
def test_the_merits_of_random_plans_are_those_on_file():
    stored = pd.read_csv(RANDOM_PLANS)
    number = 123
    merit, _ = judge(random_plan(number))
    told = stored.set_index("plan").loc[number]
    assert merit.profit == pytest.approx(told["profit"], abs=0.01)
    assert merit.equity == pytest.approx(told["equity"], abs=0.01)
    assert merit.nps == pytest.approx(told["nps"], abs=0.01)


@pytest.mark.slow
def test_a_score_weighs_profit_equity_satisfaction_and_control():
    plan = BETTER.but(objectives=(Objective("wait_minutes", 2.0, by_week=52),))
    judged = score(plan)
    assert judged.total == pytest.approx(sum(WEIGHTS[n] * judged.points[n] for n in WEIGHTS))
    assert judged.merit.nps > 0
    assert 0 < judged.points["control"] <= 100
    assert score(plan.but(objectives=())).points["control"] == 0
    idle = score(Plan.baseline())
    assert idle.merit == (0, 0, 0)
    assert "better than" in repr(idle)


@pytest.mark.parametrize(
    "tenth", [0, *(pytest.param(tenth, marks=pytest.mark.slow) for tenth in range(1, 10))]
)
def test_200_valid_plans_run_without_a_missing_number(tenth):
    for plan in VALID[20 * tenth : 20 * (tenth + 1)]:
        played = market.start(plan, people=300).advance(min(plan.weeks, 6))
        assert np.isfinite(played.report()["value"]).all(), plan.name
        assert np.isfinite(played.pnl()["plan"]).all(), plan.name


def test_200_invalid_plans_are_all_refused_with_their_sentence():
    for plan, sentence in INVALID:
        with pytest.raises(MktlabError) as caught:
            market.start(plan, people=300)
        told = [line.removeprefix("- ") for line in str(caught.value).splitlines()[1:]]
        assert [line for line in told if re.search(sentence, line)]
