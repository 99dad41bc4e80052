"""Charts of a number a week: published limits and sums, and how often they ring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.control_charts import cusum_chart, xmr_chart
from mktlab.schema import MktlabError

# Montgomery & Runger, Applied Statistics and Probability for Engineers (3rd ed., 2003): the
# concentration of a chemical process, Table 16-3; its individuals chart, and Table 16-8, its
# tabular cusum around 99 with K = 1 and H = 10.
PROCESS = [102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1]
PROCESS += [101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0]
UP = [2, 0, 0, 0, 2, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1]
DOWN = [0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1, 2.3, 0, 0, 0.8, 0]

columns = st.lists(st.integers(-50, 50), min_size=3, max_size=40).filter(lambda c: len(set(c)) > 1)


def test_the_limits_of_single_values_are_the_book_s():
    chart = xmr_chart(PROCESS)
    assert chart[["usual", "low", "high"]].iloc[0].tolist() == pytest.approx(
        [99.1, 92.21, 105.99], abs=0.01
    )
    assert not chart["outside"].any()


def test_the_cumulated_sums_are_the_book_s():
    chart = cusum_chart(PROCESS, usual=99, sigma=1, k=1, h=10)
    assert chart["up"].tolist() == pytest.approx(UP)
    assert chart["down"].tolist() == pytest.approx(DOWN)
    assert not chart["outside"].any()


@given(columns)
def test_a_sum_is_the_last_one_and_the_step_or_nothing(values):
    chart, sums = cusum_chart(values, usual=1, sigma=2), [0.0, 0.0]
    for value, up, down in zip(values, chart["up"], chart["down"], strict=True):
        apart = (value - 1) / 2
        sums = [max(0, sums[0] + apart - 0.5), max(0, sums[1] - apart - 0.5)]
        assert [up, down] == pytest.approx(sums)


def test_single_values_ring_as_often_as_three_standard_deviations_do():
    """.27% of 40,000 weeks, 4 standard errors of the share around."""
    luck = np.random.default_rng(1).normal(size=40_000)
    assert xmr_chart(luck)["outside"].mean() == pytest.approx(0.0027, abs=0.001)


def test_after_half_a_year_single_values_ring_more_often():
    """2,000 baselines of 26 weeks, with 26 weeks after each: .7%, between .5 and .9."""
    luck = np.random.default_rng(2).normal(size=(2_000, 52))
    rings = [xmr_chart(row, baseline=26)["outside"].iloc[26:].mean() for row in luck[:2_000]]
    assert 0.005 < np.mean(rings) < 0.009


@pytest.mark.parametrize(("shift", "weeks", "within"), [(0, 465, 90), (1, 10.4, 1.2)])
def test_the_sums_ring_after_as_many_weeks_as_published(shift, weeks, within):
    """Montgomery, Introduction to SQC, cusum with k = .5, h = 5; 4 standard errors of 400 runs."""
    rng, runs = np.random.default_rng(4), []
    for _ in range(400):
        luck = rng.normal(shift, 1, 4_000 if shift == 0 else 200)
        runs.append(1 + cusum_chart(luck, usual=0, sigma=1)["outside"].to_numpy().argmax())
    assert np.mean(runs) == pytest.approx(weeks, abs=within)


@pytest.mark.parametrize(
    ("draw", "given", "words"),
    [
        (xmr_chart, {"values": [1, None, 3]}, "values has 3 rows, of which 1 hold no number"),
        (xmr_chart, {"values": ["a", "b"]}, "values must be a column of numbers"),
        (xmr_chart, {"values": [1]}, "give two weeks or more"),
        (xmr_chart, {"values": [1, 2], "baseline": True}, "baseline is True"),
        (xmr_chart, {"values": [0.1, 0.1, 0.1]}, "all the same, which tells nothing of chance"),
        (cusum_chart, {"values": [4, 4, 4]}, "all the same, which tells nothing of chance"),
        (cusum_chart, {"values": [1, 2], "sigma": -1}, "sigma is -1: give a number above 0"),
        (cusum_chart, {"values": [1, 2], "h": "5"}, "h is '5': give a number above 0"),
        (cusum_chart, {"values": [1, 2], "usual": None, "k": -1}, "k is -1: give a number"),
    ],
)
def test_what_cannot_be_charted_is_refused_in_one_sentence(draw, given, words):
    with pytest.raises(MktlabError, match=words) as told:
        draw(**given)
    assert "\n" not in str(told.value)
