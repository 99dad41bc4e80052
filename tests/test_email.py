"""Claims about e-mail: the three years, and what followed a mail."""

import numpy as np
import pandas as pd
import pytest

from mktlab import email
from mktlab.recommendation import extra
from mktlab.schema import MktlabError

DAY = pd.Timestamp("2025-06-01")


def agreed(*dates, ended=None, reason=None):
    names = [f"C{n}" for n in range(len(dates))]
    table = pd.DataFrame({"customer_id": names, "consent_date": pd.to_datetime(list(dates))})
    ends = pd.Series(pd.to_datetime(ended if ended is not None else [None] * len(dates)))
    return table.assign(ended_date=ends, end_reason=reason if reason else [None] * len(dates))


def status(table, **more):
    return email.may_write(table, DAY, **more)["status"].tolist()


def test_three_years_count_from_the_last_action_to_the_day():
    table = agreed("2022-06-01", "2022-05-31", "2025-06-01")
    assert status(table) == [email.ALLOWED, email.EXPIRED, email.LATER]
    assert status(table, years=2)[:2] == [email.EXPIRED] * 2


def test_an_order_or_a_click_is_an_action_if_it_came_before_the_day():
    table = agreed("2020-01-01", "2020-01-01", "2020-01-01")
    orders = pd.DataFrame(
        {"customer_id": ["C0", "C2"], "order_date": pd.to_datetime(["2023-01-01", DAY])}
    )
    clicks = pd.DataFrame({"customer_id": ["C1"], "date": pd.to_datetime(["2024-01-02"])})
    assert status(table, orders=orders, clicks=clicks) == [
        email.ALLOWED,
        email.ALLOWED,
        email.EXPIRED,
    ]
    found = email.may_write(table, DAY, clicks=clicks)["last_action"]
    assert found[1] == pd.Timestamp("2024-01-02")


def test_a_withdrawal_counts_before_the_years_and_a_dead_address_has_its_own_reason():
    ended = ["2025-05-31", "2025-05-31", "2025-06-02"]
    table = agreed(*["2020-01-01"] * 3, ended=ended, reason=["unsubscribed", "hard_bounce", None])
    assert status(table) == [email.WITHDRAWN, email.DEAD, email.EXPIRED]
    assert status(table.drop(columns="end_reason"))[1] == email.WITHDRAWN


def test_days_after_a_mail_differ_by_flow_and_an_order_may_follow_two_mails():
    day = pd.Timestamp("2025-03-01")
    log = pd.DataFrame({"customer_id": ["A", "A", "B"], "date": day, "flow": ["x", "y", "x"]})
    orders = pd.DataFrame(
        {"customer_id": ["A", "A"], "order_date": [day, day + pd.Timedelta(days=4)]}
    )
    orders = orders.assign(margin=[3.0, 5.0])
    found = email.after(log, orders, {"x": 3, "y": 5})
    assert found["orders"].tolist() == [1, 2, 0]
    assert found["margin"].tolist() == [3.0, 8.0, 0.0]
    assert found.index.equals(log.index)


def test_the_holdout_finds_what_a_mail_adds_in_19_of_20_trials():
    inside, added = [], 0.03
    for seed in range(60):
        rng = np.random.default_rng(seed)
        held = rng.random(4000) < 0.25
        buys = rng.random(4000) < np.where(held, 0.07, 0.07 + added)
        log = pd.DataFrame(
            {"customer_id": np.arange(4000), "held_out": held, "buys": buys, "flow": "x"}
        )
        row = extra(log, "buys", by="flow").loc["x"]
        inside.append(row["low"] <= 1000 * added <= row["high"])
    assert np.mean(inside) >= 0.9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: email.may_write(pd.DataFrame({"customer_id": []}), DAY), "consent_date"),
        (lambda: email.after(pd.DataFrame({"date": []}), pd.DataFrame(), 3), "customer_id"),
        (
            lambda: email.after(
                pd.DataFrame({"customer_id": ["A"], "date": [DAY], "flow": ["x"]}),
                pd.DataFrame({"customer_id": ["A"], "order_date": [DAY]}),
                {"y": 3},
            ),
            "must name every flow",
        ),
        (
            lambda: email.after(
                pd.DataFrame({"customer_id": ["A"], "date": [DAY], "flow": "x", "held_out": False}),
                pd.DataFrame({"customer_id": ["A"], "order_date": [DAY]}),
                3,
            ),
            "held_out is the same in all rows of x",
        ),
    ],
)
def test_bad_input_is_told_in_one_sentence(call, words):
    with pytest.raises(MktlabError, match=words):
        call()
