"""Errors that last for weeks and weak instruments: intervals that hold, and that say so."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy.stats import binom

from mktlab.price import elasticity
from mktlab.price.elasticity import Elasticity
from mktlab.price.inference import NEEDED_F, anderson_rubin, fixed_b, partial_slopes, window
from mktlab.schema import MktlabError

numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


def lasting(rng, weeks, by):
    """A series whose luck lasts: its share `by` is left a week later; variance 1."""
    luck = rng.normal(size=weeks) * math.sqrt(1 - by**2)
    luck[0] = rng.normal()
    for week in range(1, weeks):
        luck[week] += by * luck[week - 1]
    return luck


def market(seed, *, pull=0.05, slope=-1.5, weeks=156):
    """Weeks whose price follows demand and a cost; `pull` is what the cost does to the price."""
    rng = np.random.default_rng(seed)
    cost, wanted = lasting(rng, weeks, 0.8), lasting(rng, weeks, 0.5)
    price = pull * cost + 0.05 * wanted + 0.02 * rng.normal(size=weeks)
    pieces = 6 + slope * price + 0.1 * wanted
    week = pd.date_range("2023-01-02", periods=weeks, freq="7D")
    logs = {"price": price, "pieces": pieces, "cost": cost}
    return pd.DataFrame({name: np.exp(column) for name, column in logs.items()}).assign(week=week)


def test_the_window_is_that_of_the_paper():
    """Lazarus et al. (2018) give S = 1.3 T^(1/2), so 18.4 for 200 weeks, rounded up."""
    assert [window(200), window(156)] == [19, 17]


def test_the_wider_reach_ends_where_the_window_is_all_weeks():
    """Kiefer, Vogelsang & Bunzel (2000, Table 1) have 6.811 / root 2 for a window of all weeks."""
    assert fixed_b(1) == pytest.approx(6.811 / math.sqrt(2), abs=0.02)


def test_a_mean_of_luck_that_does_not_last_is_missed_in_five_of_a_hundred():
    """The reach, by chance alone: 4,000 means of 400 weeks, of which 5% +- 1% may be missed."""
    weeks, worlds = 400, 4_000
    luck = np.random.default_rng(2).normal(size=(weeks, worlds))
    rest = luck - luck.mean(axis=0)
    spread = (rest**2).sum(axis=0)
    for lag in range(1, window(weeks)):
        spread += 2 * (1 - lag / window(weeks)) * (rest[lag:] * rest[:-lag]).sum(axis=0)
    missed = np.abs(luck.sum(axis=0)) > fixed_b(weeks) * np.sqrt(spread)
    assert 0.04 < missed.mean() < 0.06


@given(numbers, numbers, numbers, numbers, numbers, st.floats(1, 3))
def test_the_set_holds_just_what_the_test_does_not_reject(one, two, a, b, c, reach):
    assume(one or a)  # a price that surely never moves is refused before
    slopes, root = np.array([one, two]), np.array([[a, 0], [b, c]])
    covariance = root @ root.T
    low, high, gap = anderson_rubin(slopes, covariance, reach)
    for e in (-9.3, -2.1, -0.4, 0.3, 1.7, 8.9):
        aside = np.array([-e, 1.0])
        rest = (aside @ slopes) ** 2 - reach**2 * aside @ covariance @ aside
        if abs(rest) > 1e-6:
            inside = low <= e <= high and not (gap and gap[0] < e < gap[1])
            assert inside == (rest < 0)


def test_a_weak_instrument_leaves_everything_or_all_but_a_gap_open():
    nothing = anderson_rubin(np.array([0.1, 0.1]), np.eye(2), 2.0)
    assert nothing == (-math.inf, math.inf, None)
    # (3 - e/10)^2 <= 4 (1 + e^2) fails between the roots of 3.99 e^2 + .6 e - 5.
    low, high, gap = anderson_rubin(np.array([0.1, 3.0]), np.eye(2), 2.0)
    assert (low, high) == (-math.inf, math.inf)
    assert gap == pytest.approx(tuple(np.roots([3.99, 0.6, -5])[[0, 1]]))


def test_the_estimate_is_in_its_set_and_the_f_is_the_square_of_t():
    found = elasticity(market(1), instrument="cost")
    assert found.low < found.value < found.high
    logs = np.log(market(1)[["price", "cost"]].to_numpy())
    slopes, covariance = partial_slopes(logs[:, :1], logs[:, 1], np.ones((len(logs), 1)))
    assert found.first_stage_f == pytest.approx(slopes[0] ** 2 / covariance[0, 0])
    assert found.first_stage_f < NEEDED_F
    assert "t test needs" in repr(found)
    strong = elasticity(market(1, pull=0.5), instrument="cost")
    assert strong.first_stage_f > NEEDED_F
    assert "t test" not in repr(strong)


def test_the_set_holds_the_truth_although_the_instrument_hardly_moves_the_price():
    """100 worlds of F about 3: 95 of them, give or take what 1 in 1,000 allows."""
    found = [elasticity(market(seed, pull=0.005), instrument="cost") for seed in range(100)]
    assert np.median([f.first_stage_f for f in found]) < 10
    held = sum(
        f.low <= -1.5 <= f.high and not (f.gap and f.gap[0] < -1.5 < f.gap[1]) for f in found
    )
    assert binom.ppf(0.0005, 100, 0.95) <= held
    ends = [f.value + side * 1.96 * f.std_error for f in found for side in (-1, 1)]
    naive = sum(low <= -1.5 <= high for low, high in zip(ends[::2], ends[1::2], strict=True))
    assert naive < held


def test_another_road_of_the_instrument_is_closed_by_a_control_in_both_stages():
    weeks = market(3).assign(competitor=lambda t: np.random.default_rng(4).normal(size=len(t)))
    weeks["competitor"] = 0.7 * np.log(weeks["cost"]) + 0.3 * weeks["competitor"]
    weeks["pieces"] *= np.exp(0.1 * weeks["competitor"])
    assert elasticity(weeks, instrument="cost").low > -1.5
    held = elasticity(weeks, instrument="cost", controls=["competitor"])
    assert held.low < -1.5 < held.high


def test_where_price_and_luck_both_last_for_months_the_set_is_too_short():
    """What the docstring warns of: of 200 worlds it holds 86%, give or take 1 in 1,000."""
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        cost, wanted = lasting(rng, 156, 0.95), lasting(rng, 156, 0.8)
        slopes, covariance = partial_slopes(wanted[:, None], cost, np.ones((156, 1)))
        held += abs(slopes[0]) <= fixed_b(156) * math.sqrt(covariance[0, 0])
    assert binom.ppf(0.0005, 200, 0.86) <= held <= binom.ppf(0.9995, 200, 0.86)


ANYTHING = elasticity(market(11, pull=0.0), instrument="cost")
GAP = Elasticity(-1.5, -math.inf, math.inf, 2.0, 50, "instrument", 2.0, (-0.5, 4.0))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ANYTHING, "any number, so the instrument cannot tell"),
        (GAP, "all but −0.50 to 4.00"),
        (elasticity(market(1), instrument="cost"), "Anderson-Rubin: −3.06 to −1.31"),
    ],
)
def test_whatever_the_set_is_it_is_told_and_drawn(found, said):
    assert said in repr(found)
    ax = found.plot(truth=-1.5)
    assert "truth" in [text.get_text()[:5] for text in ax.texts]
    if found is GAP:
        assert "all but −0.50 to 4.00" in ax.get_label()
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        (market(1).assign(cost=lambda t: 2 * t["price"]), "cost is the price itself, or moves"),
        (market(1).assign(price=10.0), "the price .or instrument. does not vary"),
        (market(1).assign(cost=1.0), "the price .or instrument. does not vary"),
    ],
)
def test_what_is_no_instrument_is_refused(weeks, words):
    with pytest.raises(MktlabError, match=words):
        elasticity(weeks, instrument="cost")
