"""Claims about the replies to reviews: a randomized test that changes nothing, and its truth."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab import market, process
from mktlab.market.observed import opinions, replies, service
from mktlab.market.run import past
from mktlab.plan import Plan
from mktlab.plan.costs import GOODWILL, TICKETS_PER_HOUR


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


def test_hours_of_service_move_the_line_and_the_books_as_the_queue_says():
    """A season tells its requests, and hours are played as the lesson's queue has them."""
    today = Plan.baseline().but(budget=1_000_000)
    more = today.but(people={"support_hours": 24.0})
    played = {
        name: market.start(plan, people=3_000, seed=5).advance(26)
        for name, plan in {"today": today, "more": more}.items()
    }
    unheard = {}
    for name, year in played.items():
        table = year.service()
        assert table["week"].tolist() == list(range(27))
        can = TICKETS_PER_HOUR * table["support_hours"].to_numpy()
        left = table["backlog_weeks"].to_numpy() * can
        queue = process.backlog(table["expected"][1:], can[1:], start=left[0])
        assert np.allclose(queue, left[1:])
        share = table["backlog_weeks"][1:].clip(upper=2) / 2
        unheard[name] = float((table["expected"][1:] * share).sum())
    assert unheard["more"] < unheard["today"]
    books = played["more"].pnl().set_index("account")["expected_difference"]
    saved = GOODWILL * (unheard["today"] - unheard["more"])
    assert books["goodwill"] == pytest.approx(saved, abs=1)
    assert books["support hours"] == pytest.approx(-23.4 * 8.5 * 22 / 4, abs=1)  # a quarter's size
    assert market.run(more, 26, people=3_000, seed=5).vs_baseline.set_index("account").loc[
        "goodwill", "expected_difference"
    ] == pytest.approx(saved, abs=1)
