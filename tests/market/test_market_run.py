"""Claims about the market as a whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mktlab.market import simulate
from mktlab.market.observed import observe
from mktlab.market.run import past
from mktlab.plan.mix import BASE, Price
from mktlab.schema import MktlabError


def test_the_same_seed_gives_the_same_company():
    once, again = (simulate(people=300, weeks=20, seed=8) for _ in range(2))
    assert once.tables.keys() == again.tables.keys()
    for name, table in once.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_exact=True)
    pd.testing.assert_frame_equal(once.truth.customers, again.truth.customers, check_exact=True)


def test_another_seed_gives_another_company():
    one, other = (simulate(people=300, weeks=20, seed=seed, flaws=()) for seed in (8, 9))
    assert not one.tables["orders"].equals(other.tables["orders"])


def test_simulate_shows_the_past_as_it_was_played():
    company = simulate(people=300, weeks=60, seed=8, flaws=())
    tables = observe(past(people=300, weeks=60, seed=8))
    assert company.tables.keys() == {name for name, table in tables.items() if len(table)}
    for name, table in company.tables.items():
        pd.testing.assert_frame_equal(table, tables[name], check_exact=True)


def test_the_past_follows_the_decisions():
    dearer = replace(BASE, price=Price(beans=1.3))
    history = past(people=300, weeks=13, seed=8, decide=lambda week: dearer if week > 5 else BASE)
    assert [week.mix for week in history.weeks] == [BASE] * 6 + [dearer] * 7
    beans = np.array([week.prices.log[:, 0].mean() for week in history.weeks])
    assert beans[6:].mean() - beans[:6].mean() > 0.15


def test_the_market_is_as_large_as_the_study_says():
    company = simulate(people=12_000, flaws=())
    orders = company.tables["orders"]
    customers, truth = company.tables["customers"], company.truth.customers
    paid = orders[(orders["status"] == "paid") & (orders["refunded"] < orders["revenue"])]
    assert 240 < len(orders) / 156 < 330
    assert paid["revenue"].mean() == pytest.approx(39, rel=0.05)
    assert paid["revenue"].median() == pytest.approx(30.5, rel=0.05)
    assert 0.50 < (paid.groupby("customer_id").size() > 1).sum() / len(customers) < 0.65
    status = truth["status"].value_counts(normalize=True)
    assert 0.30 < status["active"] < 0.50
    assert 0.10 < status["paused"] < 0.30
    december = paid[paid["order_date"].dt.month == 12]["revenue"].sum()
    assert 1.3 < december / (paid["revenue"].sum() / 12) < 2.2


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [("people", 12.5), ("people", 99), ("weeks", 12), ("weeks", True), ("seed", -1), ("seed", "a")],
)
def test_a_wrong_number_is_told_with_what_is_accepted(argument, wrong):
    with pytest.raises(MktlabError, match=f"{argument} must be a whole number from"):
        simulate(**{argument: wrong})


def test_an_unknown_flaw_is_told_with_the_known_ones():
    with pytest.raises(MktlabError, match="no flaw named 'typos'; choose among duplicates"):
        simulate(flaws=("typos",))
