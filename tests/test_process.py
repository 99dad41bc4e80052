"""Claims about a process: open cases, service levels, backlogs, and whom one may compare."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab import process
from mktlab.schema import MktlabError

DAY = pd.Timestamp("2025-12-29")


def cases(hours, closed=True):
    return pd.DataFrame({"hours": np.asarray(hours, dtype=float), "closed": closed})


def test_an_open_case_has_waited_until_today():
    opened = pd.Series([DAY - pd.Timedelta(hours=h) for h in (72, 48, 24, -5)])
    closed = pd.Series([DAY - pd.Timedelta(hours=60), pd.NaT, DAY + pd.Timedelta(hours=9), pd.NaT])
    found = process.durations(opened, closed, today=DAY)
    assert found["hours"].tolist() == [12, 48, 24]
    assert found["closed"].tolist() == [True, False, False]  # what is dated later is not known yet


def test_moments_with_a_zone_and_days_are_both_read():
    opened = pd.Series(pd.to_datetime(["2025-12-01T08:00Z"]))
    closed = pd.Series(pd.to_datetime(["2025-12-01T20:00Z"]))
    assert process.durations(opened, closed, today="2025-12-29")["hours"].tolist() == [12]
    assert process.durations(opened, closed, today=DAY.date())["closed"].all()


def test_a_case_closed_before_it_was_opened_is_left_out():
    opened, closed = pd.Series([DAY, DAY]), pd.Series([DAY - pd.Timedelta(days=1), DAY])
    assert len(process.durations(opened, closed, today="2026-01-05")) == 1


@pytest.mark.parametrize(
    ("opened", "closed", "today", "told"),
    [
        (["2025-01-01"], [DAY], DAY, "opened must be a column of days"),
        ([DAY], [5], DAY, "closed must be a column of days"),
        ([DAY], [DAY], "soon", "today is 'soon'"),
        ([DAY, DAY], [DAY], DAY, "opened has 2 rows and closed 1"),
        ([DAY], [DAY], "2020-01-01", "No case was opened before 2020-01-01"),
    ],
)
def test_odd_columns_are_told_in_a_sentence(opened, closed, today, told):
    with pytest.raises(MktlabError, match=told):
        process.durations(pd.Series(opened), pd.Series(closed), today=today)


def test_the_share_is_that_of_statsmodels_and_of_the_textbook():
    # Borgan (2014) and every textbook: 6-MP, weeks in remission (Freireich et al., 1963)
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    table = cases(weeks, np.array(ended, dtype=bool))
    for within, left in ((6, 0.857), (10, 0.753), (16, 0.627), (23, 0.448)):
        assert 1 - process.service_level(table, within=within).share == pytest.approx(
            left, abs=5e-4
        )
    from statsmodels.duration.survfunc import SurvfuncRight

    curve = SurvfuncRight(weeks, ended)
    for within, left in zip(curve.surv_times, curve.surv_prob, strict=True):
        assert process.service_level(table, within=within).share == pytest.approx(1 - left)


def test_without_open_cases_the_level_is_a_share_with_wilsons_interval():
    from statsmodels.stats.proportion import proportion_confint

    found = process.service_level(cases([1] * 45 + [50] * 5), within=24)
    low, high = proportion_confint(45, 50, method="wilson")
    assert (found.share, found.low, found.high) == pytest.approx((0.9, low, high))
    all_in_time = process.service_level(cases([1] * 50), within=1)
    assert all_in_time.high == 1 > all_in_time.low > 0.9


@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=40),
    st.integers(1, 60),
)
def test_the_level_is_a_share_in_its_interval_and_rises_with_the_promise(rows, within):
    table = cases([h for h, _ in rows], [done for _, done in rows])
    longest = max(h for h, _ in rows)
    if longest < within + 1 and (longest, False) in rows:
        return
    found = [process.service_level(table, within=w) for w in (within, within + 1)]
    assert found[0].share <= found[1].share + 1e-12
    for level, promise in zip(found, (within, within + 1), strict=True):
        if sum(done or h >= promise for h, done in rows) < 2:
            assert np.isnan([level.low, level.high]).all()
            continue
        assert 0 <= level.low <= level.share + 1e-9
        assert level.share - 1e-9 <= level.high <= 1


def test_open_cases_as_lost_or_left_out_are_both_wrong_and_the_level_is_right():
    rng = np.random.default_rng(1)
    wait, watched = rng.exponential(30, 40_000), rng.uniform(0, 90, 40_000)
    table = cases(np.minimum(wait, watched), wait <= watched)
    truth = 1 - np.exp(-24 / 30)
    closed = table[table["closed"]]
    assert process.service_level(table, within=24).share == pytest.approx(truth, abs=0.01)
    assert (closed["hours"] <= 24).mean() > truth + 0.1
    assert (table["closed"] & (table["hours"] <= 24)).mean() < truth - 0.05


@pytest.mark.parametrize("within", [0, -3, float("nan")])
def test_a_promise_that_is_none_is_refused(within):
    with pytest.raises(MktlabError, match="give hours above 0"):
        process.service_level(cases([5, 50]), within=within)


def test_what_nobody_has_waited_for_is_not_known():
    with pytest.raises(MktlabError, match="longest case is open for 50"):
        process.service_level(cases([5, 50], [True, False]), within=100)
    assert process.service_level(cases([5, 50]), within=100).share == 1  # all are closed
    with pytest.raises(MktlabError, match="empty"):
        process.service_level(cases([]), within=1)


def test_a_map_has_the_steps_in_their_order_and_no_time_that_is_not_known():
    steps = {
        "door": cases([24] * 8 + [96] * 2),
        "answer": cases([5, 9, 30, 40], [True] + 3 * [False]),
    }
    found = process.process_map(steps, promised={"door": 72})
    assert found.index.tolist() == ["door", "answer"]
    assert found.loc["door", ["median", "slow", "late"]].tolist() == pytest.approx([24, 96, 0.2])
    assert found.loc["answer", ["median", "slow", "late"]].isna().all()
    assert found["open"].tolist() == [0, 3]
    young = process.process_map({"answer": cases([5, 9], [True, False])}, promised={"answer": 48})
    assert np.isnan(young.loc["answer", "late"])  # none has been open for as long as promised


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(0, 30), st.integers(0, 50)
)
def test_a_backlog_is_what_came_less_what_was_settled(came, settled, start):
    left = process.backlog(came, settled, start=start)
    assert (left >= 0).all()
    before = np.concatenate([[start], left.to_numpy()[:-1]])
    done = before + came - left.to_numpy()
    assert (done <= settled + 1e-9).all()  # nobody settles more than she can
    assert ((left == 0) | (done >= settled - 1e-9)).all()  # nor less while there is work


def test_enough_on_average_is_not_enough():
    came = np.random.default_rng(2).poisson(10, 20_000)
    assert process.backlog(came, 10).mean() > 10 * process.backlog(came, 12).mean()


def test_a_backlog_takes_hours_by_week_and_keeps_the_index():
    came = pd.Series([5, 5], index=["a", "b"])
    assert process.backlog(came, [2, 9]).to_dict() == {"a": 3, "b": 0}
    with pytest.raises(MktlabError, match="came has 2 weeks and settled 3"):
        process.backlog(came, [1, 2, 3])
    with pytest.raises(MktlabError, match="missing or below 0"):
        process.backlog([1, np.nan], 2)


def test_heavy_buyers_ask_more_and_stay_more_and_alike_they_are_equal():
    rng, miss = np.random.default_rng(3), []
    for _ in range(40):
        orders = rng.integers(1, 8, 2_000)
        people = pd.DataFrame({"orders": orders, "asked": rng.random(2_000) < 0.05 * orders})
        people["stays"] = rng.random(2_000) < 0.1 * orders
        found = process.alike(people, "stays", of="asked", by=["orders"])
        assert found.loc["all", "low"] > 0
        miss.append(found.loc["alike", "gap"])
    assert abs(np.mean(miss)) < 0.015


def test_groups_without_others_are_left_out_and_nobody_to_compare_is_told():
    people = pd.DataFrame(
        {
            "buys": list("aabc"),
            "asked": [True, False, True, False],
            "stays": [True, False, True, True],
        }
    )
    found = process.alike(people, "stays", of="asked", by=["buys"])
    assert found["people"].to_dict() == {"all": 2, "alike": 1}
    with pytest.raises(MktlabError, match="Nobody can be compared"):
        process.alike(people.assign(asked=True), "stays", of="asked", by=["buys"])
    with pytest.raises(MktlabError, match="no column stay "):
        process.alike(people, "stay", of="asked", by=["buys"])
