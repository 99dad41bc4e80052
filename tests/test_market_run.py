"""Claims about the market as a whole."""

import functools

import numpy as np
import pandas as pd
import pytest

from mktlab.market import simulate
from mktlab.market.history import NEVER
from mktlab.market.run import past as run
from mktlab.market.world import ZONES, Conditions
from mktlab.schema import MktlabError

PERSONAL = ("customer", "joined_day", "left_day", "satisfaction", "promotion_stock", "exposure")


@functools.cache
def small(people=2000, weeks=40, seed=6):
    return run(people=people, weeks=weeks, seed=seed)


def orders_of(history, persons):
    return [
        [field[week.orders.person < persons].tolist() for field in week.orders]
        for week in history.weeks
    ]


def test_the_same_seed_gives_the_same_company():
    once, again = (simulate(people=300, weeks=20, seed=8) for _ in range(2))
    assert once.tables.keys() == again.tables.keys()
    for name, table in once.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_exact=True)
    pd.testing.assert_frame_equal(once.truth.customers, again.truth.customers, check_exact=True)


def test_another_seed_gives_another_company():
    assert not np.array_equal(small().state.satisfaction, small(seed=7).state.satisfaction)


def test_people_live_the_same_lives_in_a_larger_market():
    few, many = small(), small(people=4000)
    for name in PERSONAL:
        assert np.array_equal(getattr(few.state, name), getattr(many.state, name)[:2000])
    assert orders_of(few, 2000) == orders_of(many, 2000)


def test_a_longer_market_begins_with_the_shorter_one():
    short, long = small(weeks=20), small()
    assert orders_of(short, 2000) == orders_of(long, 2000)[:20]


def test_a_lift_in_one_zone_leaves_the_others_bit_identical():
    lift = np.zeros(len(ZONES))
    lift[0] = 0.5
    lifted = run(
        people=2000,
        weeks=40,
        seed=6,
        conditions=lambda week, state: Conditions(advertising_lift=lift),
    )
    usual = small()
    elsewhere = usual.people.zone != 0
    for name in PERSONAL:
        ours, theirs = getattr(usual.state, name), getattr(lifted.state, name)
        assert np.array_equal(ours[elsewhere], theirs[elsewhere])
    sold = [sum(len(w.orders.person) for w in history.weeks) for history in (usual, lifted)]
    assert sold[1] > sold[0]


def test_normal_conditions_are_the_default():
    explicit = run(people=300, weeks=13, seed=6, conditions=lambda week, state: Conditions())
    assert orders_of(explicit, 300) == orders_of(run(people=300, weeks=13, seed=6), 300)


def test_more_awareness_brings_people_in_earlier_never_later():
    known = run(
        people=2000, weeks=40, seed=6, conditions=lambda week, state: Conditions(awareness=0.5)
    )
    usual = small()
    earlier = known.state.joined_day // 7 < usual.state.joined_day // 7
    later = known.state.joined_day // 7 > usual.state.joined_day // 7
    assert earlier.sum() > 20
    assert not later.any()


def test_unhappy_customers_leave_sooner():
    worse = run(
        people=2000,
        weeks=40,
        seed=6,
        conditions=lambda week, state: Conditions(satisfaction_shift=-2.0),
    )
    assert (worse.state.left_day <= small().state.left_day).all()
    assert (worse.state.left_day < small().state.left_day).sum() > 20


def test_newcomers_order_on_the_day_they_join_and_nobody_orders_after_leaving():
    history = small(weeks=40)
    state = history.state
    new = np.flatnonzero((state.joined_day >= 0) & (state.joined_day != NEVER))
    day = np.concatenate([w.orders.day for w in history.weeks])
    person = np.concatenate([w.orders.person for w in history.weeks])
    first, last = pd.Series(day).groupby(person).min(), pd.Series(day).groupby(person).max()
    assert (first.loc[new] == state.joined_day[new]).all()
    assert (last < state.left_day[last.index]).all()
    assert (first >= state.joined_day[first.index]).all()


def test_the_market_is_as_large_as_the_study_says():
    company = simulate(people=12_000, flaws=())
    orders = company.tables["orders"]
    customers, truth = company.tables["customers"], company.truth.customers
    paid = orders[(orders["status"] == "paid") & (orders["refunded"] < orders["revenue"])]
    assert 240 < len(orders) / 156 < 330
    assert paid["revenue"].mean() == pytest.approx(39, rel=0.05)
    assert paid["revenue"].median() == pytest.approx(30.5, rel=0.05)
    assert 0.50 < (paid.groupby("customer_id").size() > 1).sum() / len(customers) < 0.65
    assert 0.35 < truth["is_customer"].mean() < 0.50
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
