"""Claims about tests of one small business: the twin, what counts tell, and what to decide."""

import numpy as np
import pandas as pd
import pytest

from mktlab import small_test
from mktlab.schema import MktlabError

WEEKS = pd.date_range("2023-01-02", periods=104, freq="7D", name="week")
START = WEEKS[52]


def town(seed, lift=0.0, size=60.0):
    """Two kinds of quarters, and a café that is a mix of both."""
    rng, time = np.random.default_rng(seed), np.arange(104)
    kinds = [np.exp(0.2 / (1 + np.exp((54 - time) / 5))), np.exp(0.1 * np.cos(time / 8.3))]
    mixes = np.linspace(0, 1, 9)
    panel = {f"n{k}": size * kinds[0] ** m * kinds[1] ** (1 - m) for k, m in enumerate(mixes)}
    ours = size * kinds[0] ** 0.6 * kinds[1] ** 0.4 * np.where(time >= 52, 1 + lift, 1)
    return pd.DataFrame({"ours": ours, **panel}, WEEKS).pipe(
        lambda t: pd.DataFrame(rng.poisson(t), t.index, t.columns)
    )


def drawn(seed, lift, weeks=26, usual=60):
    rng, on = np.random.default_rng(seed), np.arange(weeks) % 2 == 0
    bookings = rng.poisson(np.where(on, usual * (1 + lift), usual))
    return pd.DataFrame({"posts_on": on, "bookings": bookings})


def test_a_twin_is_a_mix():
    weights = small_test.twin(town(0), "ours", start=START)
    assert weights.sum() == pytest.approx(1, abs=1e-3)
    assert (weights > 0).all()
    assert "ours" not in weights


def test_a_twin_knows_nothing_of_what_came_after():
    panel, other = town(1), town(1)
    other.loc[START:] = 7
    pd.testing.assert_series_equal(
        small_test.twin(panel, "ours", start=START), small_test.twin(other, "ours", start=START)
    )


def test_a_large_town_gives_the_lift_back():
    told = small_test.apart(town(2, lift=0.2, size=60_000), "ours", start=START)
    assert told.index[0] == "ours"
    assert told["ours"] == pytest.approx(0.2, abs=0.01)
    assert told.drop("ours").abs().max() < 0.05


def test_the_size_of_a_place_counts_for_nothing():
    panel = town(3)
    larger = panel.assign(n3=10 * panel["n3"])
    one, two = (small_test.apart(p, "ours", start=START) for p in (panel, larger))
    pd.testing.assert_series_equal(one.sort_index(), two.sort_index())


def test_too_little_for_a_twin_is_said():
    panel = town(4)
    with pytest.raises(MktlabError, match="there are 1 and 52"):
        small_test.twin(panel[["ours", "n1"]], "ours", start=START)
    with pytest.raises(MktlabError, match="there are 9 and 8"):
        small_test.twin(panel, "ours", start=WEEKS[8])


def test_a_prior_draws_the_lift_to_its_own():
    weeks = drawn(5, 0.3)
    means = [small_test.posterior(weeks, prior=n)["mean"] for n in (0, 200, 1e6)]
    lifts = [mean[True] / mean[False] - 1 for mean in means]
    assert lifts[0] > lifts[1] > lifts[2] > -0.01
    assert lifts[2] < 0.01
    sure = small_test.posterior(weeks, prior=1e7, lift=0.15)["mean"]
    assert sure[True] / sure[False] - 1 == pytest.approx(0.15, abs=0.001)


def test_one_kind_of_weeks_is_no_test():
    weeks = drawn(6, 0.1)
    for some in (weeks[weeks["posts_on"]], weeks.assign(bookings=0), weeks.head(0)):
        with pytest.raises(MktlabError, match="weeks with posts and weeks without"):
            small_test.posterior(some)


def test_weeks_that_nobody_drew_are_no_test():
    weeks = drawn(10, 0.1).assign(week=WEEKS[:26], drawn=True)
    assert len(small_test.drawn(weeks[::-1])) == 26
    assert small_test.drawn(weeks[::-1])["week"].is_monotonic_increasing
    for some in (weeks.assign(drawn=False), weeks.head(7), weeks.assign(posts_on=True)):
        with pytest.raises(MktlabError, match="a draw said which is which"):
            small_test.drawn(some)


def test_the_order_of_the_rows_counts_for_nothing():
    known = small_test.posterior(drawn(7, 0.1))
    pd.testing.assert_frame_equal(small_test.draws(known), small_test.draws(known[::-1]))


def test_no_decision_loses_less_than_nothing():
    for lift in (-0.2, 0.0, 0.1, 0.4):
        known = small_test.posterior(drawn(8, lift), prior=100)
        told = small_test.decisions(known, margin=20, cost=120)
        assert (told["loss"] >= -1e-9).all()
        assert told.loc["stop", "expected"] == 0


def test_waiting_is_worth_most_where_all_is_open():
    known = small_test.posterior(drawn(9, 0.0, weeks=2), prior=50)
    gap = float(known["mean"][True] - known["mean"][False])
    even = small_test.decisions(known, margin=20, cost=20 * gap)["loss"]
    assert even.idxmin() == "test_longer"
    clear = small_test.decisions(known, margin=20, cost=20 * (gap + 40))["loss"]
    assert clear.idxmin() == "stop"


def test_more_weeks_decide_better():
    how = {"bookings": 60, "margin": 20, "cost": 120}
    few, many = (small_test.chance_right([0.0, 0.05, 0.15, 0.3], n, **how) for n in (12, 52))
    assert (many > few).all()


@pytest.mark.slow
@pytest.mark.parametrize("lift", [0.0, 0.15])
def test_the_chance_to_be_right_is_that_of_tests_that_are_played(lift):
    how = {"margin": 20.0, "cost": 120.0}
    right = 0
    for seed in range(2000):
        mean = small_test.posterior(drawn(seed, lift, weeks=12), prior=200)["mean"]
        goes_on = (mean[True] - mean[False]) * how["margin"] > how["cost"]
        right += goes_on == (60 * lift * how["margin"] >= how["cost"])
    said = small_test.chance_right(lift, 12, bookings=60, prior=200, **how)
    assert right / 2000 == pytest.approx(float(said), abs=0.04)


@pytest.mark.slow
def test_95_of_100_intervals_hold_the_truth():
    held = 0
    for seed in range(1000):
        some = small_test.draws(small_test.posterior(drawn(seed, 0.1)), size=2000, seed=seed)
        low, high = some["lift"].quantile([0.025, 0.975])
        held += low < 0.1 < high
    assert 0.93 < held / 1000 < 0.97
