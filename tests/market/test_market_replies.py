"""Claims about the replies to reviews: a randomized test that changes nothing, and its truth."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import opinions, replies, service
from mktlab.market.run import past


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=6000, weeks=110, seed=seed) for seed in range(4)]
    return [(h, replies.review_replies(h), replies._written(h)) for h in histories]


def test_each_review_with_a_known_writer_has_a_row_as_declared(worlds):
    history, told, _ = worlds[0]
    assert_declared("review_replies", told)
    reviews = opinions.reviews(history)
    known = reviews[reviews["customer_id"].notna()]
    assert told["review_id"].tolist() == known["review_id"].tolist()
    assert (told["date"].to_numpy() == known["review_date"].to_numpy()).all()


def test_an_answer_hangs_on_nothing_before_it(worlds):
    for history, told, wrote in worlds:
        out = told["held_out"].to_numpy()
        assert abs(out.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(told))
        for value in (
            wrote.chance,
            wrote.stars,
            wrote.day,
            history.people.order_rate[wrote.person],
        ):
            assert abs(np.corrcoef(out, value)[0, 1]) < 4 / np.sqrt(len(told))


def test_the_difference_of_answered_and_not_gives_the_truth_back(worlds):
    miss = []
    for history, told, wrote in worlds:
        truth = replies.gains(history).set_index("stars")
        known = wrote.day + replies.WITHIN < 7 * len(history.weeks)
        table = told.assign(back=wrote.back, stars=wrote.stars)[known]
        for stars, rows in table.groupby("stars"):
            groups = rows.groupby("held_out")["back"]
            rate, error = groups.mean(), groups.var() / groups.size()
            found = 100 * (rate[False] - rate[True]) - truth.loc[stars, "extra"]
            miss.append(found / 100 / error.sum() ** 0.5)
    assert abs(np.mean(miss)) < 0.75  # 20 of them, nearly standard normal
    assert 0.5 < np.std(miss) < 1.5


def test_an_answer_brings_back_the_unhappy(worlds):
    for history, *_ in worlds:
        extra = replies.gains(history)["extra"]
        assert extra.iloc[:2].min() > 5 > 2 > extra.iloc[3:].max()


def test_later_weeks_change_no_answer_whose_outcome_is_known():
    short = replies.review_replies(past(people=3000, weeks=60, seed=1))
    long = replies.review_replies(past(people=3000, weeks=70, seed=1))
    settled = short["date"] <= short["date"].max() - pd.Timedelta(days=replies.WITHIN)
    assert short[settled].equals(long.iloc[: settled.sum()])


def test_waits_are_those_of_the_tickets_and_of_open_ones_too(worlds):
    history, *_ = worlds[0]
    asked, waits = service.tickets(history), service.waits(history)
    assert asked["ticket_id"].tolist() == waits["ticket_id"].tolist()
    hours = (asked["closed_at"] - asked["opened_at"]).dt.total_seconds() / 3600
    closed = hours.notna()
    assert hours[closed].to_numpy() == pytest.approx(waits.loc[closed, "hours"].to_numpy())


def test_a_market_of_a_few_people_and_weeks_has_replies_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("review_replies", replies.review_replies(history))
    assert replies.gains(history).notna().all(axis=None)
