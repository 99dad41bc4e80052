"""Claims about the test of rewards: it only observes, and gives the market's ratios back."""

import numpy as np
import pytest
from declared import assert_declared

from mktlab.market.observed import rewards, sales
from mktlab.market.run import past
from mktlab.orders import margins, purchases


@pytest.fixture(scope="module")
def history():
    return past(people=12_000, weeks=156, seed=3)


@pytest.fixture(scope="module")
def told(history):
    return rewards.reward_test(history)


def test_everybody_who_bought_of_late_is_drawn_as_declared(history, told):
    assert_declared("reward_test", told)
    customers = sales.customers(history)
    orders, _ = sales.orders_and_lines(history)
    drawn = told["drawn_date"].iloc[0]
    bought = purchases(orders)
    weeks = (drawn - bought["order_date"]).dt.days / 7
    late = bought[(weeks > 0) & (weeks <= rewards.LOOK_BACK)]["customer_id"].dropna().unique()
    assert set(told["customer_id"]) == set(late) & set(customers["customer_id"])
    share = told["reward"].value_counts(normalize=True)
    assert np.abs(share - 0.25).max() < 4 * 0.43 / np.sqrt(len(told))


def test_the_year_after_is_what_the_orders_say(history, told):
    orders, lines = sales.orders_and_lines(history)
    rows = margins(orders, lines, sales.products())
    rows = rows[rows["order_date"] >= told["drawn_date"].iloc[0]].groupby("customer_id")
    known = told.set_index("customer_id")
    assert np.allclose(known["margin"], rows["margin"].sum().reindex(known.index).fillna(0))
    assert (known["purchases"] == rows.size().reindex(known.index).fillna(0)).all()


def test_a_reward_hangs_on_nothing_before_it(history, told):
    orders, _ = rewards.bought(history)
    past_year = (orders.day // 7 < rewards.DRAWN) & ~orders.cancelled
    before = np.bincount(orders.person[past_year], minlength=len(history.people))
    person = told["customer_id"].str[1:].astype(int).to_numpy() - 1
    for value in (before[person], history.people.segment[person]):
        for reward in rewards.REWARDS:
            drawn = (told["reward"] == reward).to_numpy()
            assert abs(np.corrcoef(drawn, value)[0, 1]) < 4 / np.sqrt(len(told))


def test_margins_stand_to_each_other_as_the_market_has_drawn(history):
    year = rewards.year_after(history)
    chance = rewards.chances(history, year)
    mean = (chance * year.margin[:, None]).sum(axis=0) / chance.sum(axis=0)
    assert mean / mean[0] == pytest.approx(rewards.ratios(history.seed), abs=0.02)
    effects = rewards.effects(history).set_index("reward")
    assert effects["net"].tolist() == pytest.approx((effects["margin"] - effects["cost"]).tolist())
    assert effects.loc["discount", "cost"] > effects.loc["gift", "cost"] > rewards.CONTENT


def test_a_longer_market_changes_no_row(told):
    longer = rewards.reward_test(past(people=12_000, weeks=160, seed=3))
    assert longer.equals(told)


def test_a_short_market_has_no_test():
    short = past(people=100, weeks=13, seed=1)
    assert rewards.reward_test(short) is None
    assert rewards.effects(short) is None
