"""Which of two scores ranks better, and what a customer who stays is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from mktlab import churn
from mktlab.schema import MktlabError

# DeLong, DeLong & Clarke-Pearson (1988): 43 patients with three tests each; albumin, total protein,
# Krebs-Goplerud score (here as 10 minus the score) and who died after surgery, as reprinted with
# the comparison of the curves in the manual of SAS/STAT, PROC LOGISTIC, "Comparing Receiver
# Operating Characteristic Curves".
TABLE = """3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0
    1.6 5.6 5 1 3.8 5.7 5 1 3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1
    4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0 4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1
    3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1 4.3 6.5 4 1
    3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1
    3.5 6.2 5 1 2.9 5.7 9 0 2.1 4.8 7 1 2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1
    3.6 6.6 5 1"""
PATIENTS = np.array(TABLE.split(), dtype=float).reshape(-1, 4)
ALBUMIN, PROTEIN, SCORE, OUTCOME = PATIENTS.T

tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
two_scores = st.lists(st.tuples(tenths, tenths, st.booleans()), max_size=25).map(
    lambda rows: list(zip(*rows, *[(a / 7, 1 - a / 5, a % 2 == 0) for a in range(4)], strict=True))
)


@pytest.mark.parametrize(
    ("test", "published"),
    [
        (ALBUMIN, (0.0108, -0.1761, 0.1976, 0.9102)),
        (PROTEIN, (-0.0780, -0.2830, 0.1271, 0.4561)),
    ],
)
def test_the_difference_is_that_of_the_paper_s_patients(test, published) -> None:
    assert churn.auc_difference(test, 10 - SCORE, OUTCOME) == pytest.approx(published, abs=5e-5)


@given(two_scores)
def test_the_error_is_that_of_delong_by_its_definition(data) -> None:
    one, other, churned = map(np.array, data)
    right = [(np.sign(s[churned][:, None] - s[~churned]) + 1) / 2 for s in (one, other)]
    gap = right[0] - right[1]
    variance = sum(gap.mean(axis=a).var(ddof=1) / gap.shape[1 - a] for a in (0, 1))
    found = churn.auc_difference(one, other, churned)
    assert found.difference == pytest.approx(gap.mean())
    assert found.low == pytest.approx(max(gap.mean() - 1.959964 * np.sqrt(variance), -1), abs=1e-6)
    if variance > 1e-9:
        p = 2 * norm.sf(abs(gap.mean()) / np.sqrt(variance))
        assert found.p == pytest.approx(p, abs=1e-6)


@given(two_scores)
def test_the_other_way_round_the_difference_changes_its_sign(data) -> None:
    one, other, churned = data
    found, back = (
        churn.auc_difference(one, other, churned),
        churn.auc_difference(other, one, churned),
    )
    assert (back.difference, back.low, back.p) == pytest.approx(
        (-found.difference, -found.high, found.p)
    )
    assert churn.auc_difference(one, one, churned) == (0, 0, 0, 1)


@given(two_scores, st.integers(2, 4))
def test_copies_of_a_customer_are_no_news_for_a_difference(data, copies) -> None:
    names = np.tile(np.arange(len(data[0])), copies)
    often = [np.tile(column, copies) for column in data]
    once = churn.auc_difference(*data)
    assert churn.auc_difference(*often, customer=names) == pytest.approx(once, abs=1e-9)


def test_a_small_lead_can_be_sure_although_the_two_intervals_overlap() -> None:
    rng = np.random.default_rng(1)
    churned = np.arange(2_000) % 2 == 0
    good = churned + rng.normal(size=2_000)
    worse = good + 0.4 * rng.normal(size=2_000)
    one, other = churn.auc(good, churned), churn.auc(worse, churned)
    assert other.high > one.low
    assert churn.auc_difference(good, worse, churned).low > 0


def test_two_scores_that_rank_alike_differ_surely_in_five_of_a_hundred_samples() -> None:
    """400 samples of 150 customers with three rows each: 20, give or take 1 in 1,000 either way."""
    rng, rings = np.random.default_rng(7), 0
    whose = np.repeat(np.arange(150), 3)
    for _ in range(400):
        own = rng.normal(size=150)[whose]
        churned = rng.random(450) < 1 / (1 + np.exp(1 - own))
        seen = [churned + own + rng.normal(size=150)[whose] + rng.normal(size=450) for _ in "ab"]
        rings += churn.auc_difference(*seen, churned, customer=whose).p < 0.05
    assert binom.ppf(0.0005, 400, 0.05) <= rings <= binom.ppf(0.9995, 400, 0.05)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"other": [0.1]}, "other has 1 rows and churned 4"),
        ({"other": [0.1, np.nan, 0.2, 0.3]}, "other holds nan in row 1"),
        ({"churned": [True] * 4}, "two churners and two stayers at least: 4 and 0"),
        ({"level": 95}, "level is 95: give a number between 0 and 1"),
        ({"customer": ["a"]}, "customer has 1 rows and risk 4"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(change, sentence) -> None:
    good = {"risk": [0.9, 0.5, 0.4, 0.1], "other": [0.9, 0.4, 0.5, 0.1]}
    with pytest.raises(MktlabError, match=sentence) as told:
        churn.auc_difference(**good | {"churned": [True, False, True, False]} | change)
    assert "\n" not in str(told.value)


# What a customer who stays is worth


@pytest.mark.parametrize(
    ("retention", "multiple"), [(0.6, 1.15), (0.7, 1.67), (0.8, 2.50), (0.9, 4.09)]
)
def test_the_value_is_the_published_multiple_of_the_margin(retention, multiple) -> None:
    """Gupta & Lehmann (2003), table of margin multiples, discount 12%."""
    assert churn.residual_value(1, retention=retention, discount=0.12) == pytest.approx(
        multiple, abs=0.005
    )


@given(st.floats(0, 0.99), st.floats(0, 0.5), st.integers(1, 40))
def test_the_value_is_the_sum_of_what_the_periods_bring(retention, discount, periods) -> None:
    keeps = retention / (1 + discount)
    so_far = sum(30 * keeps**period for period in range(1, periods + 1))
    facts = {"retention": retention, "discount": discount}
    assert churn.residual_value(30, periods=periods, **facts) == pytest.approx(so_far)
    assert churn.residual_value(30, **facts) >= so_far - 1e-9


def test_customers_who_leave_by_lot_bring_the_value_on_average() -> None:
    lives = np.random.default_rng(5).geometric(0.3, size=40_000) - 1  # periods after this one
    brought = 10 * (1 - 1.1 ** -lives.astype(float)) / 0.1
    value = churn.residual_value(10, retention=0.7, discount=0.1)
    assert brought.mean() == pytest.approx(value, abs=4 * brought.std() / 200)


def test_who_never_leaves_needs_an_end() -> None:
    assert churn.residual_value(10, retention=1, discount=0, periods=3) == 30
    with pytest.raises(MktlabError, match="the value has no end"):
        churn.residual_value(10, retention=1, discount=0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"margin": "10 €"}, "margin is '10 €': give a number"),
        ({"margin": np.inf}, "margin is inf: give a number"),
        ({"retention": 80}, "retention is 80: give a share"),
        ({"discount": -0.1}, "discount is -0.1: give a share"),
        ({"periods": 0}, "periods is 0: give a whole number from 1"),
        ({"periods": 1.5}, "periods is 1.5: give a whole number from 1"),
    ],
)
def test_odd_numbers_of_a_value_are_refused_in_one_sentence(change, sentence) -> None:
    with pytest.raises(MktlabError, match=sentence):
        churn.residual_value(**{"margin": 10, "retention": 0.8, "discount": 0.1} | change)
