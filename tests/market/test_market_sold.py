"""Claims about what a season sold: it is what the books say, and luck is all that differs."""

import numpy as np
import pandas as pd
import pytest

from mktlab import kpi, market
from mktlab.market.score import judge, score
from mktlab.market.sold import GROUPS
from mktlab.plan import Plan
from mktlab.schema import MktlabError

DEARER = Plan.baseline().but(budget=700_000, price={"beans": 1.1, "cafe": 1.1})
OF_SHOPS = list(GROUPS[:-2])


@pytest.fixture(scope="module")
def season():
    return market.start(DEARER, people=1_500).advance(26)


@pytest.mark.parametrize("expected", [False, True])
def test_families_add_up_to_the_accounts_of_each_week(season, expected):
    books = season.books(expected=expected).set_index("week")
    sold = season.sold(expected=expected).set_index(["week", "category"])
    shops = sold[sold.index.isin(OF_SHOPS, level="category")].groupby("week").sum()
    assert np.allclose(shops["sales"], books["shop sales"], atol=0.05)
    assert np.allclose(shops["goods"], -books["goods"], atol=0.05)
    cafes = sold.xs("cafés", level="category")
    assert np.allclose(cafes["sales"], books["café sales"], atol=0.01)
    assert np.allclose(cafes["goods"], -books["café goods"], atol=0.01)
    assert np.allclose(sold.xs("boxes", level="category")["sales"], books["boxes"], atol=0.01)


def test_weeks_count_from_the_plan_and_each_has_all_families(season):
    sold = season.sold()
    assert all(tuple(names) == GROUPS for _, names in sold.groupby("week")["category"])
    assert list(season.books()["week"]) == list(range(1, 27))


def test_books_are_those_of_the_comparison(season):
    profit = season.pnl().set_index("account").loc["profit", "plan"]
    assert season.books()["profit"].sum() == pytest.approx(profit, abs=0.01)


def test_luck_of_a_variance_is_that_of_the_margin(season):
    came, hoped = (
        season.sold(expected=kind)
        .groupby("category", as_index=False)[["units", "sales", "goods"]]
        .sum()
        for kind in (False, True)
    )
    steps = kpi.variance(hoped, came, expected=hoped).set_index("step")["euros"]
    luck = (came["sales"] - came["goods"]).sum() - (hoped["sales"] - hoped["goods"]).sum()
    assert steps["luck"] == pytest.approx(luck)
    assert steps["all"] == pytest.approx(luck)


def test_nothing_is_told_before_a_week_is_played():
    idle = market.start(Plan.baseline(), people=500)
    for table in (idle.books, idle.sold):
        with pytest.raises(MktlabError, match="no week of the season"):
            table()


def test_a_plan_is_judged_with_the_plans_that_follow_it():
    first, seeds = Plan.baseline().but(weeks=8), (9001,)
    alone, _ = judge(first, seeds=seeds)
    same, _ = judge(first, seeds=seeds, then={4: first})
    assert alone.profit == same.profit == 0
    later, _ = judge(first, seeds=seeds, then={4: DEARER})
    at_once, _ = judge(DEARER.but(weeks=8), seeds=seeds)
    assert 0 < later.profit < at_once.profit


def test_a_following_plan_is_checked():
    with pytest.raises(MktlabError):
        score(Plan.baseline(), then={13: Plan.baseline().but(budget=1)})


def test_a_copy_has_a_future_of_its_own():
    season = market.start(Plan.baseline(), people=500).advance(4)
    other = season.copy().revise(DEARER).advance(4)
    straight = market.start(Plan.baseline(), people=500).advance(8)
    assert season.week == 4
    assert season.plan == Plan.baseline() != other.plan
    pd.testing.assert_frame_equal(season.advance(4).books(), straight.books())
    assert not other.books().equals(straight.books())
