"""Claims about customers who pause: they buy nothing, are not gone, and some come back."""

import functools

import numpy as np
import pandas as pd
import pytest

from mktlab.market.crm import TEST_LASTS, TEST_WEEK
from mktlab.market.demand import PAUSE_SHARE, RETURN
from mktlab.market.observed.sales import orders_and_lines
from mktlab.market.prices import START
from mktlab.market.run import past
from mktlab.market.state import NEVER, PAUSED_AT_START
from mktlab.market.truth import reveal
from mktlab.market.week import begin, play
from mktlab.segmentation import rfm

WEEKS = 60


@functools.cache
def watched():
    """A market, and who was a customer and who paused when each week began and at the end."""
    history = begin(people=6000, weeks=WEEKS, seed=4)
    customer, paused = [history.state.customer.copy()], [history.state.paused.copy()]
    for _ in range(WEEKS):
        play(history, 1)
        customer.append(history.state.customer.copy())
        paused.append(history.state.paused.copy())
    return history, np.array(customer), np.array(paused)


def test_only_customers_pause_and_the_stated_share_does_at_the_start():
    _, customer, paused = watched()
    assert not (paused & ~customer).any()
    share, size = paused[0][customer[0]].mean(), customer[0].sum()
    assert abs(share - PAUSED_AT_START) < 3 * np.sqrt(0.25 / size)


def test_who_pauses_buys_nothing_until_they_return():
    history, _, paused = watched()
    for week, record in enumerate(history.weeks):
        assert not paused[week][record.orders.person].any()
        assert not paused[week][record.boxes.started].any()


def test_who_returns_buys_again():
    history, _, paused = watched()
    back = np.flatnonzero((paused[:20].any(axis=0)) & ~paused[20:].any(axis=0))
    bought = np.unique(np.concatenate([w.orders.person for w in history.weeks[20:]]))
    assert len(back) > 50
    assert np.isin(back, bought).mean() > 0.3


def test_a_pause_ends_by_chance_at_the_stated_rate():
    _, customer, paused = watched()
    back = paused[:-1] & ~paused[1:]
    assert not (back & ~customer[1:]).any()  # nobody leaves for good out of a pause
    at_risk = paused[:-1].sum()
    assert abs(back.sum() - RETURN * at_risk) < 3 * np.sqrt(RETURN * at_risk)


def test_three_of_four_who_stop_only_pause_unless_it_was_the_first_order():
    history, customer, paused = watched()
    joined = history.state.joined_day // 7
    buying = customer & ~paused
    week = np.arange(WEEKS)[:, None]
    older = buying[:-1] & (joined < week)
    pauses, leaves = (older & paused[1:]).sum(), (older & ~customer[1:]).sum()
    error = np.sqrt(PAUSE_SHARE * (1 - PAUSE_SHARE) / (pauses + leaves))
    assert abs(pauses / (pauses + leaves) - PAUSE_SHARE) < 3 * error
    new = (joined == week) & customer[1:]
    assert new.any()
    assert not (new & paused[1:]).any()


def test_who_pauses_has_not_left_and_the_truth_says_so():
    history, customer, paused = watched()
    truth = reveal(history)["customers"]
    person = truth["customer_id"].str.removeprefix("C").astype(int).to_numpy() - 1
    status = np.select([paused[-1], customer[-1]], ["paused", "active"], "gone")[person]
    assert truth["status"].tolist() == status.tolist()
    assert set(status) == {"paused", "active", "gone"}
    assert ((truth["status"] == "gone") == truth["left_date"].notna()).all()
    assert (history.state.left_day[paused[-1]] == NEVER).all()


def test_who_pauses_is_worth_less_than_who_buys_but_not_nothing():
    truth = reveal(watched()[0])["customers"]
    worth = truth.groupby("status")[["expected_orders_13w", "expected_margin_52w"]].mean()
    assert (worth.loc["gone"] == 0).all()
    assert (worth.loc["paused"] > 0).all()
    assert (worth.loc["paused"] < 0.4 * worth.loc["active"]).all()


def test_the_retention_test_lets_nobody_pause():
    """It measures who leaves for good, so nobody in it does anything else while it runs."""
    history = begin(people=3000, weeks=TEST_WEEK + TEST_LASTS, seed=4)
    play(history, TEST_WEEK)
    before = history.state.paused.copy()
    play(history, TEST_LASTS)
    tested = history.weeks[TEST_WEEK].retention.person
    assert not (history.state.paused & ~before)[tested].any()


@pytest.mark.slow
def test_of_those_at_risk_5_to_20_percent_buy_again_within_13_weeks():
    """What a campaign to win customers back competes with (4 worlds, as published)."""
    again = []
    for seed in (2023, 2024, 2025, 2026):
        orders, _ = orders_and_lines(past(people=12_000, weeks=156, seed=seed))
        today = pd.Timestamp(START) + pd.Timedelta(weeks=156)
        then = today - pd.Timedelta(weeks=13)
        scores = rfm(orders[orders["order_date"] < then], as_of=then)
        at_risk = scores.loc[scores["segment"] == "at risk", "customer_id"]
        later = orders[(orders["order_date"] >= then) & (orders["status"] == "paid")]
        again.append(at_risk.isin(later["customer_id"]).mean())
        assert len(at_risk) > 200
    assert 0.05 < np.mean(again) < 0.20
