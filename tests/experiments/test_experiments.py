"""Tests: sizes as published, intervals that hold, looks that alarm as often as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from mktlab.experiments import (
    Effect,
    adjusted_effect,
    boundaries,
    compare,
    ratio_effect,
    reshuffled,
    running,
    sample_size,
    smallest_lift,
)
from mktlab.schema import MktlabError


def made_tests(number, days, visitors, rate, lift=0.0, seed=1):
    """Made tests: a row per test, version and day."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "experiment_id": np.repeat([f"X{k:04}" for k in range(number)], 2 * days),
            "variant": np.tile(np.repeat(["A", "B"], days), number),
            "date": np.tile(pd.date_range("2025-03-03", periods=days), 2 * number),
        }
    )
    frame["is_control"] = frame["variant"] == "A"
    frame["visitors"] = rng.poisson(visitors, len(frame))
    chance = rate * np.where(frame["is_control"], 1.0, 1.0 + lift)
    frame["conversions"] = rng.binomial(frame["visitors"], chance)
    return frame.assign(revenue=rng.gamma(4.0, 10.0, len(frame)) * frame["conversions"])


def one_day(visitors, conversions):
    return pd.DataFrame(
        {
            "experiment_id": "X1",
            "variant": ["A", "B"],
            "is_control": [True, False],
            "date": pd.Timestamp("2025-03-03"),
            "visitors": visitors,
            "conversions": conversions,
        }
    )


# Sizes.
def test_a_hundredth_of_a_lift_less_asks_for_more_visitors():
    needed = [sample_size(0.02, lift) for lift in (0.1, 0.09, 0.05)]
    assert needed == sorted(needed)


def test_arcsine_size_equals_that_of_statsmodels():
    power = pytest.importorskip("statsmodels.stats.power")
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    effect = proportion.proportion_effectsize(0.022, 0.02)
    theirs = power.NormalIndPower().solve_power(effect, power=0.8, alpha=0.05)
    assert sample_size(0.02, 0.1, method="arcsine") == round(theirs)


def test_the_smallest_lift_of_a_size_is_the_lift_of_that_size():
    for lift in (0.05, 0.2, 0.8):
        assert smallest_lift(0.02, sample_size(0.02, lift)) == pytest.approx(lift, rel=1e-3)
    assert np.isnan(smallest_lift(0.5, 3))


def test_the_pooled_size_keeps_its_promise_and_that_of_the_control_alone_does_not():
    noticed = {}
    for method in ("pooled", "control"):
        size = sample_size(0.05, 0.2, method=method)
        found = compare(made_tests(4_000, 1, size, 0.05, 0.2))
        noticed[method] = (found["p"] < 0.05).mean()
    assert noticed["pooled"] == pytest.approx(0.8, abs=0.019)  # three errors of 4,000 tests
    assert noticed["control"] < 0.785


@pytest.mark.parametrize(("rate", "lift"), [(0.0, 0.1), (1.2, 0.1), (0.6, 0.7), (0.1, 0.0)])
def test_a_size_that_nothing_can_have_is_refused_in_a_sentence(rate, lift):
    with pytest.raises(MktlabError):
        sample_size(rate, lift)


# Counts.
def test_a_version_is_compared_with_the_control_of_its_test_alone():
    three = one_day([1000, 1000], [100, 130])
    third = three[~three["is_control"]].assign(variant="C", conversions=90)
    found = compare(pd.concat([three, third])).set_index("variant")
    assert found["lift"].round(9).to_dict() == {"B": 0.3, "C": -0.1}


def test_without_strata_p_is_the_pooled_z_test_and_the_interval_the_delta_method():
    found = compare(one_day([1200, 800], [60, 64])).iloc[0]
    pooled = 124 / 2000
    z = (0.08 - 0.05) / np.sqrt(pooled * (1 - pooled) * (1 / 1200 + 1 / 800))
    assert found["p"] == pytest.approx(2 * norm.sf(z * np.sqrt(1999 / 2000)))
    error = np.sqrt(1 / 64 - 1 / 800 + 1 / 60 - 1 / 1200)
    assert found["low"] == pytest.approx(1.6 * np.exp(-1.959964 * error) - 1)


def test_a_sale_while_few_saw_the_new_page_is_no_lift_within_days():
    early = one_day([1800, 200], [180, 20])
    late = one_day([1000, 1000], [50, 50]).assign(date=pd.Timestamp("2025-03-10"))
    both = pd.concat([early, late])
    assert compare(both)["lift"].iloc[0] == pytest.approx((70 / 1200) / (230 / 2800) - 1)
    assert compare(both, within="date")["lift"].iloc[0] == pytest.approx(0.0)


def test_lost_visitors_show_in_the_split():
    found = compare(one_day([10_000, 9_200], [200, 200]))
    assert found["split_p"].iloc[0] < 0.0005
    even = compare(made_tests(2_000, 1, 5_000, 0.05))
    assert (even["split_p"] < 0.05).mean() == pytest.approx(0.05, abs=0.012)


def test_a_version_without_a_conversion_has_a_p_and_no_interval():
    found = compare(one_day([1000, 1000], [0, 15])).iloc[0]
    assert found["p"] < 0.001
    assert np.isnan(found["low"])


def test_revenue_by_day_alarms_as_often_as_it_says():
    found = compare(made_tests(2_000, 21, 400, 0.05), metric="revenue")
    assert (found["p"] < 0.05).mean() == pytest.approx(0.05, abs=0.015)


def test_days_on_which_one_version_was_not_shown_count_for_the_other():
    rows = pd.concat(
        [
            one_day([100, 100], [10, 12]),
            one_day([50, 0], [5, 0]).iloc[:1].assign(date=pd.Timestamp("2025-03-04")),
        ]
    )
    assert compare(rows)["visitors_control"].iloc[0] == 150


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (one_day([1, 1], [0, 0]).drop(columns="date"), "no column date"),
        (one_day([1, 1], [0, 0]).assign(is_control=True), "2 controls"),
        (one_day([1, 1], [0, 0]).iloc[:1], "control alone"),
        (one_day([1, 1], [0, 0]).iloc[1:], "0 controls"),
    ],
)
def test_a_table_that_is_no_test_gets_one_sentence(rows, said):
    with pytest.raises(MktlabError, match=said):
        compare(rows)


# Looks.
def test_a_test_that_is_looked_at_each_day_is_called_far_too_often_and_always_valid_is_not():
    last = running(made_tests(2_000, 100, 1_000, 0.1)).groupby("experiment_id")
    assert (last["p"].min() < 0.05).mean() > 0.3
    assert (last["always_p"].last() < 0.05).mean() <= 0.05


def test_the_always_valid_interval_and_its_p_say_the_same():
    found = running(made_tests(40, 60, 1_000, 0.1, 0.15))
    outside = (found["always_low"] > 0) | (found["always_high"] < 0)
    first = outside.groupby(found["experiment_id"]).cummax()
    assert (first == (found["always_p"] < 0.05)).all()
    assert outside.any() and not outside.all()


def test_few_planned_looks_alarm_as_often_as_they_say():
    walk = running(made_tests(2_000, 5, 5_000, 0.1))
    limits = boundaries(5)[walk["day"] - 1]
    beyond = pd.Series(norm.isf(walk["p"] / 2) > limits)
    assert beyond.groupby(walk["experiment_id"]).any().mean() <= 0.06


@pytest.mark.parametrize(
    ("looks", "obrien_fleming", "pocock"),
    [
        (1, 1.960, 1.960),
        (2, 1.977, 2.178),
        (3, 2.004, 2.289),
        (5, 2.040, 2.413),
        (10, 2.087, 2.555),
    ],
)
def test_boundaries_equal_those_of_jennison_and_turnbull(looks, obrien_fleming, pocock):
    assert boundaries(looks)[-1] == pytest.approx(obrien_fleming, abs=0.0006)
    assert boundaries(looks, kind="pocock")[0] == pytest.approx(pocock, abs=0.0006)


def test_reshuffling_keeps_the_counts_of_each_day_and_takes_the_lift_away():
    rows = made_tests(300, 2, 2_000, 0.1, 0.5)
    drawn = reshuffled(rows, np.random.default_rng(5))
    day = ["experiment_id", "date"]
    assert (rows.groupby(day)["conversions"].sum() == drawn.groupby(day)["conversions"].sum()).all()
    assert drawn["visitors"].equals(rows["visitors"])
    assert abs(compare(drawn)["lift"].mean()) < 0.02 < compare(rows)["lift"].mean()


# People.
def people(number, seed=3, lift=0.0):
    rng = np.random.default_rng(seed)
    usual = rng.gamma(2.0, 20.0, number)
    sessions = 1 + rng.poisson(usual / 20)
    drawn = rng.random(number) < 0.5
    bought = rng.binomial(sessions, np.clip(usual / 400, 0, 1))
    after = usual + rng.normal(0, 15, number) + lift * drawn
    return pd.DataFrame(
        {"before": usual, "after": after, "sessions": sessions, "bought": bought, "drawn": drawn}
    )


def test_a_ratio_of_sessions_alarms_as_often_as_it_says_when_people_are_the_unit():
    called = [
        ratio_effect(people(400, seed), "bought", "sessions", "drawn").p < 0.05
        for seed in range(600)
    ]
    assert np.mean(called) == pytest.approx(0.05, abs=0.025)


def test_the_past_takes_away_the_square_of_its_correlation():
    rows = people(20_000, lift=2.0)
    found = adjusted_effect(rows, "after", "before", "drawn")
    assert found.gain == pytest.approx(
        np.corrcoef(rows["before"], rows["after"])[0, 1] ** 2, abs=0.01
    )
    assert found.low < 2.0 < found.high


def test_an_adjusted_effect_covers_the_truth_as_often_as_it_says():
    held = [adjusted_effect(people(300, s, 2.0), "after", "before", "drawn") for s in range(600)]
    assert np.mean([e.low <= 2.0 <= e.high for e in held]) == pytest.approx(0.95, abs=0.025)


def test_an_effect_of_nothing_has_a_p_of_one():
    assert Effect(0.0, 1.0).p == 1.0


def test_people_who_cannot_be_compared_get_one_sentence():
    rows = people(10).assign(drawn=True)
    with pytest.raises(MktlabError, match="control"):
        ratio_effect(rows, "bought", "sessions", "drawn")
    with pytest.raises(MktlabError, match="explains nothing"):
        adjusted_effect(people(10).assign(before=1.0), "after", "before", "drawn")
    with pytest.raises(MktlabError, match="no ratio"):
        ratio_effect(people(10).assign(sessions=0), "bought", "sessions", "drawn")
