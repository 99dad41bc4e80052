"""Exercise 54 can be lost: the plausible wrong revisions cost, and its stored profits are true."""

from itertools import combinations

import pytest

from mktlab import market
from mktlab.course.questions.given_54 import (
    CHEAPER,
    HANDS,
    MISSING,
    PLAYED,
    QUARTER,
    REACT,
    REVISIONS,
    SAVE,
    SEVEN,
    YEAR,
    revised,
    worths,
)
from mktlab.market.score import HIDDEN_SEEDS, judge

THREES = [frozenset(names) for names in combinations(REVISIONS, HANDS)]


def test_every_three_revisions_have_their_worth():
    assert set(worths()) == set(THREES)


@pytest.mark.parametrize("missing", MISSING)
def test_who_reacts_or_saves_loses_in_the_books(missing):
    open_to_all = [names for names in THREES if missing not in names]
    best = max(worths()[names] for names in open_to_all)
    assert best > 0
    assert all(worths()[frozenset(wrong)] < 0 for wrong in (REACT, SAVE))


def test_prices_cut_after_a_slow_quarter_sell_more_and_earn_less():
    april = market.start(SEVEN, people=1_500).advance(QUARTER)
    alone = april.copy().advance(YEAR - QUARTER)
    cut = april.copy().revise(CHEAPER).advance(YEAR - QUARTER)
    units = [year.sold(expected=True)["units"].sum() for year in (cut, alone)]
    profit = [year.books(expected=True)["profit"].sum() for year in (cut, alone)]
    assert units[0] > units[1]
    assert profit[0] < 0.9 * profit[1]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 60])
def test_a_stored_worth_is_that_of_a_year_in_the_market(number):
    seeds, names = HIDDEN_SEEDS[:3], THREES[number]
    alone, _ = judge(SEVEN, seeds=seeds)
    merit, _ = judge(SEVEN, seeds=seeds, then={QUARTER: revised(names)})
    more = round(merit.profit - alone.profit) + round(merit.equity - alone.equity)
    assert more == worths()[names], (
        f"The market changed: write {PLAYED.name} anew with "
        "python -m mktlab.course.questions.lesson_54"
    )
