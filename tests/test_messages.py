"""Claims about messages: what followed each, and each against the mean of all."""

import numpy as np
import pandas as pd
import pytest

from mktlab import messages
from mktlab.schema import MktlabError


def test_orders_count_in_their_days_alone_and_cancelled_ones_never():
    day = pd.Timestamp("2025-03-03")
    tests = pd.DataFrame(
        {"customer_id": ["A", "B", "A"], "date": [day, day, day + pd.Timedelta("7D")]}
    )
    orders = pd.DataFrame(
        {
            "order_id": list("12345"),
            "customer_id": ["A", "A", "A", "B", "C"],
            "order_date": day + pd.to_timedelta([0, 6, 7, -1, 1], unit="D"),
            "revenue": 10.0,
            "status": ["paid", "paid", "paid", "paid", "paid"],
        }
    )
    assert messages.ordered(tests, orders).to_list() == [2, 0, 1]
    assert messages.ordered(tests, orders, days=8).to_list() == [3, 0, 1]
    cancelled = orders.assign(status=["paid", "cancelled", "paid", "paid", "paid"])
    assert messages.ordered(tests, cancelled).to_list() == [1, 0, 1]
    shuffled = tests.iloc[[2, 0, 1]]
    assert messages.ordered(shuffled, orders).to_list() == [1, 2, 0]
    assert messages.ordered(shuffled, orders).index.equals(shuffled.index)


def test_lifts_recover_the_truth_and_their_intervals_hold_it():
    truth, held, miss = np.array([-0.2, 0.0, 0.2]), [], []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        line = rng.integers(3, size=3000)
        rows = pd.DataFrame({"line": line, "sold": rng.poisson(0.1 * (1 + truth[line]))})
        found = messages.lifts(rows, "sold", by="line").loc[[0, 1, 2]]
        miss.append(found["lift"] - truth)
        held.append((found["low"] <= truth) & (truth <= found["high"]))
    assert np.abs(np.mean(miss, axis=0)).max() < 0.03
    assert np.mean(held) > 0.93


def test_the_best_comes_first_and_lifts_weighted_are_nothing():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"line": rng.integers(9, size=500), "sold": rng.poisson(0.3, 500)})
    found = messages.lifts(rows, "sold", by="line")
    assert found["lift"].is_monotonic_decreasing
    assert abs((found["lift"] * found["messages"]).sum()) < 1e-9


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"line": ["a", "a"], "sold": [1, 0]}, "compare nothing"),
        ({"line": ["a", "b"], "sold": [0, 0]}, "compare nothing"),
        ({"lines": ["a", "b"], "sold": [0, 1]}, "no column line"),
    ],
)
def test_bad_input_is_one_sentence(rows, said):
    with pytest.raises(MktlabError, match=said):
        messages.lifts(pd.DataFrame(rows), "sold", by="line")
