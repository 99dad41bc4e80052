"""Charts of a share: published limits, and as many false alarms as they say."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from mktlab.control_charts import laney_chart, p_chart
from mktlab.schema import MktlabError

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2: 30 wafers of 50 chips each.
CHIPS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22]
CHIPS += [8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]

weeks = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=30,
).filter(lambda rows: 0 < sum(r[0] for r in rows) < sum(r[1] for r in rows))


def test_the_limits_are_those_of_the_handbook():
    chart = p_chart(CHIPS, [50] * 30)
    assert chart[["usual", "low", "high"]].iloc[0].tolist() == pytest.approx(
        [0.2313, 0.0524, 0.4102], abs=1e-4
    )
    assert list(chart.index[chart["outside"]]) == [14, 22]  # wafers 15 and 23


@given(weeks)
def test_limits_stay_between_nothing_and_all_and_hold_the_usual(rows):
    events, sizes = zip(*rows, strict=True)
    charts = [p_chart(events, sizes), p_chart(events, sizes, exact=True)]
    if len({Fraction(*row) for row in rows}) > 1:  # shares that never move are refused
        charts.append(laney_chart(events, sizes))
    for chart in charts:
        assert chart["low"].between(0, chart["usual"]).all()
        assert chart["high"].between(chart["usual"], 1).all()
        beyond = (chart["value"] < chart["low"] - 1e-9) | (chart["value"] > chart["high"] + 1e-9)
        assert (chart["outside"] == beyond).all()


def quiet(usual, size, rows=40_000, seed=1):
    """Weeks in which only chance is at work; the usual share is known from all of them."""
    events = np.random.default_rng(seed).binomial(size, usual, rows)
    return events, np.full(rows, size)


@pytest.mark.parametrize(("usual", "size"), [(0.1, 200), (0.04, 300), (0.03, 60)])
def test_a_p_chart_rings_as_often_as_whole_events_allow(usual, size):
    """Reckoned before: the chance of the counts beyond .1 -+ 3 sigma; 4 standard errors around."""
    reach = 3 * np.sqrt(usual * (1 - usual) / size)
    low, high = np.ceil(size * (usual - reach)), np.floor(size * (usual + reach))
    chance = binom.cdf(low - 1, size, usual) + binom.sf(high, size, usual)
    rings = p_chart(*quiet(usual, size))["outside"].mean()
    assert rings == pytest.approx(chance, abs=4 * np.sqrt(chance / 40_000))
    exact = p_chart(*quiet(usual, size), exact=True)["outside"].mean()
    assert exact <= 0.0027 + 4 * np.sqrt(0.0027 / 40_000)


def test_where_weeks_differ_by_more_than_chance_laney_stays_quiet_and_the_p_chart_does_not():
    """2,000 cases a week of a share that is itself .1 -+ .02; Laney's limits ring .27% +- .15%."""
    rng = np.random.default_rng(3)
    events = rng.binomial(2_000, rng.normal(0.1, 0.02, 20_000).clip(0.01))
    assert p_chart(events, [2_000] * 20_000)["outside"].mean() > 0.2
    assert 0.0012 < laney_chart(events, [2_000] * 20_000)["outside"].mean() < 0.0042


def test_where_there_is_only_chance_laney_s_limits_are_the_p_chart_s():
    events, sizes = quiet(0.1, 200)
    one, other = laney_chart(events, sizes), p_chart(events, sizes)
    assert one["high"].iloc[0] == pytest.approx(other["high"].iloc[0], rel=0.01)


def test_a_baseline_alone_says_what_is_usual():
    index = pd.date_range("2025-01-06", periods=6, freq="7D")
    chart = p_chart(pd.Series([5, 5, 5, 40, 40, 40], index=index), [100] * 6, baseline=3)
    assert chart["usual"].unique() == pytest.approx([0.05])
    assert chart.index[chart["outside"]].tolist() == list(index[3:])


@pytest.mark.parametrize(
    ("events", "sizes", "more", "words"),
    [
        ([1, 2], [9, 9, 9], {}, "events has 2 rows and sizes 3"),
        ([1, 12], [9, 9], {}, "hold 12 of 9 in row 1: give whole numbers"),
        ([0.1, 0.2], [9, 9], {}, "hold 0.1 of 9 in row 0"),
        ([0, 0], [9, 0], {}, "leave out weeks without a case"),
        ([0, 0], [9, 9], {}, "events happen never in the weeks"),
        ([1, np.nan], [9, 9], {}, "events has 2 rows, of which 1 hold no number"),
        (["a", "b"], [9, 9], {}, "events must be a column of numbers"),
        ([1, 2], [9, 9], {"baseline": 1}, "baseline is 1: give a whole number of weeks"),
        ([1, 2], [9, 9], {"baseline": 3}, "from 2 to 2"),
    ],
)
@pytest.mark.parametrize("draw", [p_chart, laney_chart])
def test_what_is_no_share_is_refused_in_one_sentence(draw, events, sizes, more, words):
    with pytest.raises(MktlabError, match=words) as told:
        draw(events, sizes, **more)
    assert "\n" not in str(told.value)
