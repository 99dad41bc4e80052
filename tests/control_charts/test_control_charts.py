"""Noise seldom rings, a jump does, and a week is held against the weeks before it alone."""

import numpy as np
import pandas as pd
import pytest

from mktlab.control_charts import limits, unusual
from mktlab.schema import MktlabError


def noise(weeks=400, seed=3):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2018-01-01", periods=weeks, freq="7D", name="week")
    return pd.DataFrame({"late_share": 0.05 + 0.005 * rng.normal(size=weeks)}, index=index)


def test_noise_seldom_rings_and_a_jump_does():
    quiet = noise()
    assert len(unusual(quiet, sigmas=4.0)) <= 4
    loud = quiet.copy()
    loud.iloc[300] += 0.05
    news = unusual(loud, sigmas=4.0)
    assert loud.index[300] in set(news["week"])
    assert news.set_index("week").loc[loud.index[300], "side"] == "worse"


def test_a_week_is_held_against_earlier_weeks_alone():
    weekly = noise()
    before = limits(weekly)
    later = weekly.copy()
    later.iloc[200:] = 9.0
    after = limits(later)
    columns = ["usual", "low", "high"]
    pd.testing.assert_frame_equal(before[columns].iloc[:201], after[columns].iloc[:201])


@pytest.mark.parametrize(("sigmas", "least", "most"), [(3.0, 0.013, 0.019), (4.0, 0.0015, 0.004)])
def test_quiet_weeks_ring_as_often_as_the_docstring_says(sigmas, least, most):
    quiet = noise(weeks=20_000)
    rings = len(unusual(quiet, sigmas=sigmas)) / 20_000
    assert least < rings < most
    assert least < len(unusual(quiet, sigmas=sigmas, season=52)) / 20_000 < most


def december(weeks=20 * 52):
    """Quiet weeks, but four of each year have half as much again, year after year."""
    weekly = noise(weeks)
    weekly.loc[np.arange(weeks) % 52 >= 48] += 0.025
    return weekly


def test_a_december_like_the_one_before_rings_only_where_the_season_is_not_known():
    weekly = december()
    late = weekly.index[np.arange(len(weekly)) % 52 >= 48]
    assert unusual(weekly)["week"].isin(late).sum() > 0.8 * len(late)
    known = unusual(weekly, season=52)["week"]
    assert known.isin(late).sum() < 0.06 * len(late)
    weekly.loc[late[-1]] += 0.03
    assert late[-1] in set(unusual(weekly, season=52)["week"])


@pytest.mark.parametrize("wrong", [[1, 2], None, pd.DataFrame({"late_share": ["5%"]})])
def test_alerts_need_weeks_of_numbers(wrong):
    with pytest.raises(MktlabError, match="weekly must be a table"):
        unusual(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sigmas": 0},
        {"sigmas": True},
        {"weeks": 5},
        {"weeks": 26.5},
        {"season": 1},
        {"season": 5.5},
    ],
)
def test_an_odd_rule_is_refused(wrong):
    with pytest.raises(MktlabError, match="give a"):
        limits(noise(), **wrong)
