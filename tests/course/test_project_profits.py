"""What exercise 26 says that four projects earn together is what the market gives."""

from itertools import combinations

import pandas as pd
import pytest

import mktlab
from mktlab.course.questions.given_26 import HANDS, PROFITS, QUARTERS, named
from mktlab.market.score import HIDDEN_SEEDS, judge
from mktlab.plan import Plan


@pytest.fixture(scope="module")
def projects():
    return mktlab.load("solane").projects.set_index("project_id")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(PROFITS).set_index("projects")["profit"]


def test_every_set_that_a_budget_pays_has_its_profit(projects, stored):
    most = max(quarter.budget for quarter in QUARTERS)
    sets = (list(four) for four in combinations(projects.index, HANDS))
    assert set(stored.index) == {named(s) for s in sets if projects.loc[s, "cost"].sum() <= most}


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 40])
def test_a_stored_profit_is_that_of_years_in_the_market(projects, stored, number):
    levers = projects.loc[stored.index[number].split(" & "), "levers"]
    plan = Plan.from_toml("\n".join(levers) + "\n").but(budget=1_000_000)
    assert round(judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit) == stored.iloc[number], (
        f"The market changed: write {PROFITS.name} anew with "
        "python -m mktlab.course.questions.given_26"
    )
