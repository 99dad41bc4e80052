"""Claims about the test of box prices: it only observes, and gives the market's rule back."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab import survival
from mktlab.market import crm
from mktlab.market.observed import boxes, relations
from mktlab.market.run import past
from mktlab.plan.mix import BASE


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=12_000, weeks=130, seed=seed) for seed in range(4)]
    return [(h, boxes.box_price_test(h), boxes.renewals(h)) for h in histories]


def test_each_renewal_has_a_letter_as_declared(worlds):
    for history, told, due in worlds:
        assert_declared("box_price_test", told)
        contracts = relations.subscriptions(history).set_index("subscription_id")
        began = told["subscription_id"].map(contracts["started_date"])
        assert (((told["date"] - began).dt.days / 28) == due.number).all()
        ends = told["subscription_id"].map(contracts["ended_date"])
        assert not (ends < told["date"]).any()
        odds = told["price"].value_counts(normalize=True).sort_index()
        assert odds.index.tolist() == boxes.PRICES.tolist()
        assert np.abs(odds.to_numpy() - boxes.ODDS).max() < 4 * 0.5 / np.sqrt(len(told))


def test_who_cancels_is_who_canceled(worlds):
    for history, told, _ in worlds:
        contracts = relations.subscriptions(history).set_index("subscription_id")
        reason = contracts["cancel_reason"].fillna("")
        quit = (reason != "") & ~reason.isin(["payment failure", "customer left"])
        first = told["date"].min()
        late = contracts.index[quit & (contracts["ended_date"] >= first)]
        assert set(told.loc[told["canceled"], "subscription_id"]) == set(late)
        assert not told.loc[told["canceled"], "subscription_id"].duplicated().any()


def test_a_price_hangs_on_nothing_before_it(worlds):
    for history, told, due in worlds:
        for value in (
            due.number,
            due.week,
            history.people.segment[due.person],
            history.people.base_satisfaction[due.person],
        ):
            assert abs(np.corrcoef(told["price"], value)[0, 1]) < 4 / np.sqrt(len(told))


def test_all_prices_together_cancel_as_many_as_the_price_of_today():
    assert boxes.ODDS.sum() == pytest.approx(1)
    assert abs(float(boxes.ODDS @ boxes.RATIOS) - 1) < 0.002


def test_cox_gives_the_rule_of_the_market_back(worlds):
    logs = []
    for _, told, due in worlds:
        rows = told.assign(entry=due.number - 1, age=due.number)
        rows["log_price"] = np.log(rows["price"] / BASE.price.box)
        logs.append(np.log(survival.cox(rows, ["log_price"], event="canceled")["ratio"].iloc[0]))
    assert np.mean(logs) == pytest.approx(2.0, abs=0.35)  # each is off by 0.3 or so
    truth = boxes.price_ratios(worlds[0][0]).set_index("price")
    assert truth.loc[31.0, "cancel_ratio"] == pytest.approx((31 / 23) ** 2)
    assert truth.loc[23.0].tolist() == [1.0, 1.0]


def test_the_chances_of_renewals_are_those_that_come_true(worlds):
    for history, _, due in worlds:
        truth = boxes.renewal_chances(history).set_index("renewal")
        early = due.number <= 3
        for some, chance in ((early, truth["canceled"][1]), (~early, truth["canceled"][20])):
            seen, size = due.cancels[some].mean(), some.sum()
            assert seen == pytest.approx(chance, abs=4 * np.sqrt(chance / size) + 0.01)
        assert (truth["payment_failed"] == crm.BOX_FAILURE).all()


def test_later_weeks_and_more_people_change_no_letter():
    short = boxes.box_price_test(past(people=3000, weeks=90, seed=1))
    long = boxes.box_price_test(past(people=3000, weeks=100, seed=1))
    both = short.merge(long, on=["subscription_id", "date"], suffixes=("", "_later"))
    assert len(both) == len(short)
    assert (both["price"] == both["price_later"]).all()


def test_a_market_of_a_few_people_and_weeks_has_renewals_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("box_price_test", boxes.box_price_test(history))
    assert boxes.renewal_chances(history).notna().all(axis=None)
    assert pd.notna(boxes.price_ratios(history)).all(axis=None)
