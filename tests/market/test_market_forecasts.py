"""Claims about the log of forecasts: it only observes, and a reason is what it says."""

import numpy as np
import pytest
from declared import assert_declared

from mktlab.market.observed import forecasts
from mktlab.market.run import past


@pytest.fixture(scope="module")
def history():
    return past(people=3000, weeks=100, seed=1)


def test_the_log_is_as_declared(history):
    told = forecasts.forecast_adjustments(history)
    assert_declared("forecast_adjustments", told)
    same = told["reason"] == "none"
    assert (told.loc[same, "system"] == told.loc[same, "final"]).all()
    off = np.array([week.prices.off for week in history.weeks])[forecasts.START :]
    assert ((told["reason"] == "promotion") == (off > 0).ravel()).all()
    assert (told["reason"] == "feeling").mean() == pytest.approx(0.4, abs=0.1)


def test_later_weeks_change_no_forecast(history):
    short = forecasts.forecast_adjustments(past(people=3000, weeks=90, seed=1))
    long = forecasts.forecast_adjustments(history)
    assert short.equals(long.head(len(short)))


def test_the_system_sees_no_week_that_it_forecasts():
    sold = np.array([[10], [20], [90], [20]])
    off = np.array([[0.0], [0.0], [0.2], [0.0]])
    assert forecasts._system(sold, off).ravel().tolist() == [10, 10, 13, 13]


def test_a_short_market_has_no_log():
    assert forecasts.forecast_adjustments(past(people=100, weeks=13, seed=1)) is None
