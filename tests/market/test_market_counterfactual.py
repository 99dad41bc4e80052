"""Claims about what would have happened otherwise."""

import functools

import numpy as np
import pandas as pd
import pytest

from mktlab.market import simulate
from mktlab.market.advertising import of_media
from mktlab.market.truth.counterfactual import Rewind, silent
from mktlab.market.week import begin, play
from mktlab.plan.mix import CHANNELS

SEEDS = range(4)
slow = pytest.mark.slow  # the others play a year again for every channel and seed


@functools.cache
def rewind(seed):
    before = play(begin(people=3000, weeks=104, seed=seed), 52)
    return Rewind.of(before, play(before.copy(), 52))


@functools.cache
def without(seed, *levers):
    return rewind(seed).play(silent(*levers))


def test_the_year_played_again_unchanged_is_the_same_year():
    again = rewind(0).play({})
    pd.testing.assert_frame_equal(again.accounts, rewind(0).year.accounts, check_exact=True)


@slow
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_silent_channel_brings_less_revenue_or_makes_no_difference(channel):
    brought = [(rewind(s).year.revenue - without(s, channel).revenue).sum() for s in SEEDS]
    error = np.std(brought, ddof=1) / np.sqrt(len(brought))
    assert np.mean(brought) > -2 * error
    spent = [without(s, channel).spend[CHANNELS.index(channel)] for s in SEEDS]
    assert np.max(spent) == 0


@slow
def test_channels_that_win_customers_bring_the_more_newcomers_the_stronger_they_are():
    strength = of_media("on_joining")
    brought = [
        np.mean([rewind(s).year.newcomers - without(s, c).newcomers for s in SEEDS])
        for c in CHANNELS
    ]
    assert np.argsort(brought).tolist() == np.argsort(strength).tolist()


@slow
def test_all_advertising_together_brings_less_than_its_channels_one_by_one_would_promise():
    together = np.mean(
        [(rewind(s).year.revenue - without(s, *CHANNELS).revenue).sum() for s in SEEDS]
    )
    revenue = np.mean([rewind(s).year.revenue.sum() for s in SEEDS])
    assert 0.06 < together / revenue < 0.16  # a year without advertising costs about a tenth


@pytest.mark.slow
def test_truth_that_takes_long_is_worked_out_once_when_asked_for_and_says_what_it_measures():
    truth = simulate(people=400, weeks=60).truth
    assert "channels" in dir(truth)
    assert "worked out when asked for" in set(truth.describe()["holds"])
    channels = truth.channels
    assert channels["channel"].tolist() == list(CHANNELS)
    assert truth.channels.equals(channels)
    assert set(truth.tables) >= {"channels", "programs", "without", "price_response"}
    assert "worked out when asked for" not in set(truth.describe()["holds"])
    for name, table in truth.tables.items():
        assert truth.meanings[name], name
        assert len(table), name
    assert set(truth.answers["measures"].str.len() > 20) == {True}


@slow
def test_total_price_response_is_near_the_elasticity_of_repeat_demand():
    truth = simulate(people=6000, weeks=104, seed=4, flaws=()).truth
    formula = truth.elasticity.query("level == 'category'").set_index("category")["elasticity"]
    total = truth.price_response.set_index("category")["elasticity"]
    assert (np.abs(total / formula - 1) < 0.25).all()
