"""What risks are worth: AUC with its interval, calibration, gains, profit of a cut-off."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from mktlab import churn
from mktlab.schema import MktlabError

risks = st.integers(0, 10).map(lambda tenth: tenth / 10)


@st.composite
def scored(draw: st.DrawFn) -> tuple[list[float], list[bool]]:
    """Risks with ties, and outcomes of both kinds, two each at least."""
    rest = draw(st.lists(st.tuples(risks, st.booleans()), max_size=30))
    sure = [(draw(risks), kind) for kind in (True, True, False, False)]
    risk, churned = zip(*sure, *rest, strict=True)
    return list(risk), list(churned)


def pairs(risk: list[float], churned: list[bool]) -> np.ndarray:
    """1, one half or 0 for every pair of a churner (rows) and a stayer (columns)."""
    score, event = np.array(risk), np.array(churned)
    gap = score[event][:, None] - score[~event]
    return (np.sign(gap) + 1) / 2


@given(scored())
def test_the_area_is_the_share_of_pairs_in_the_right_order(data) -> None:
    assert churn.auc(*data).auc == pytest.approx(pairs(*data).mean())
    assert churn.auc(*data).auc == pytest.approx(roc_auc_score(data[1], data[0]))


@given(scored())
def test_the_interval_is_that_of_delong_by_its_definition(data) -> None:
    right = pairs(*data)
    m, n = right.shape
    variance = right.mean(axis=1).var(ddof=1) / m + right.mean(axis=0).var(ddof=1) / n
    half = norm.ppf(0.975) * np.sqrt(variance)
    _, low, high = churn.auc(*data)
    assert low == pytest.approx(max(right.mean() - half, 0), abs=1e-9)
    assert high == pytest.approx(min(right.mean() + half, 1), abs=1e-9)


@given(scored())
def test_customers_with_one_row_each_change_nothing(data) -> None:
    names = [f"c{k}" for k in range(len(data[0]))]
    assert churn.auc(*data, customer=names) == pytest.approx(churn.auc(*data), abs=1e-9)


@given(scored(), st.integers(2, 5))
def test_copies_of_a_customer_are_no_news(data, copies) -> None:
    """Every row several times, as snapshots weeks apart nearly are: the interval stays as wide."""
    names = np.tile([f"c{k}" for k in range(len(data[0]))], copies)
    often = np.tile(data[0], copies), np.tile(data[1], copies)
    assert churn.auc(*often, customer=names) == pytest.approx(churn.auc(*data), abs=1e-9)
    careless = churn.auc(*often)
    assert careless.high - careless.low <= churn.auc(*data).high - churn.auc(*data).low + 1e-9


@given(scored())
def test_only_the_order_of_scores_counts(data) -> None:
    risk, churned = data
    stretched = [10 * score**3 - 4 for score in risk]
    assert churn.auc(stretched, churned) == pytest.approx(churn.auc(risk, churned))
    upside_down = churn.auc([-score for score in risk], churned)
    assert upside_down.auc == pytest.approx(1 - churn.auc(risk, churned).auc)


@given(scored(), st.integers(2, 12))
def test_calibration_keeps_everybody_and_every_churner(data, bins) -> None:
    risk, churned = data
    table = churn.calibration(risk, churned, bins=bins)
    assert table["customers"].sum() == len(risk)
    assert (table["customers"] * table["observed"]).sum() == pytest.approx(sum(churned))
    assert (table["customers"] * table["predicted"]).sum() == pytest.approx(sum(risk))
    assert table["predicted"].is_monotonic_increasing
    assert (table["low"] <= table["observed"] + 1e-12).all()
    assert (table["observed"] <= table["high"] + 1e-12).all()


def test_the_interval_of_calibration_is_wilsons() -> None:
    """5 of 20: .112 to .469 (Newcombe, 1998, uses the same formula; by hand here)."""
    table = churn.calibration([0.1] * 20 + [0.9], [True] * 5 + [False] * 15 + [True], bins=2)
    p, n, z = 0.25, 20, 1.959964
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert table[["low", "high"]].iloc[0].tolist() == pytest.approx(
        [(middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)]
    )
    assert table[["low", "high"]].iloc[0].round(3).tolist() == [0.112, 0.469]


@given(scored())
def test_gains_end_with_every_churner_and_never_depend_on_the_order_of_rows(data) -> None:
    curve = churn.gains(*data)
    assert curve["contacts"].tolist() == list(range(len(data[0]) + 1))
    assert curve["churner_share"].iloc[[0, -1]].tolist() == pytest.approx([0, 1])
    assert (curve["churners"].diff().dropna() >= 0).all()
    backwards = churn.gains(data[0][::-1], data[1][::-1])
    pd.testing.assert_frame_equal(curve, backwards)


@given(scored())
def test_the_area_under_the_gains_curve_tells_the_auc(data) -> None:
    """Share of stayers against share of churners found is the ROC curve: the same area."""
    curve = churn.gains(*data)
    stayers = (curve["contacts"] - curve["churners"]) / (len(data[0]) - sum(data[1]))
    area = np.trapezoid(curve["churner_share"], stayers)
    assert area == pytest.approx(churn.auc(*data).auc)


@given(scored(), st.floats(0.1, 5), st.floats(1, 50), st.floats(0.05, 1))
def test_the_best_list_ends_at_the_cut_off(data, cost, value, success) -> None:
    curve = churn.profit_curve(
        data[0], cost=cost, value=value, success=success, churned=data[1]
    ).set_index("contacts")
    best = int(curve["expected"].idxmax())
    cutoff = cost / (success * value)
    assert (curve["risk"].iloc[1 : best + 1] >= cutoff - 1e-9).all()
    assert (curve["risk"].iloc[best + 1 :] <= cutoff + 1e-9).all()
    everyone = success * value * sum(data[1]) - cost * len(data[0])
    assert curve["profit"].iloc[-1] == pytest.approx(everyone)
    assert curve["expected"].iloc[-1] == pytest.approx(
        success * value * sum(data[0]) - cost * len(data[0])
    )


def test_lists_arrays_and_columns_are_all_right() -> None:
    risk, churned = [0.9, 0.2, 0.4, 0.1], [1, 1, 0, 0]
    series = pd.Series(risk, index=[7, 7, 1, 2]), pd.Series(churned, dtype=bool)
    assert churn.auc(np.array(risk), np.array(churned)) == churn.auc(*series)


GOOD = {"risk": [0.9, 0.5, 0.4, 0.1], "churned": [True, False, True, False]}
MONEY = {"cost": 1.0, "value": 20.0, "success": 0.2}


@pytest.mark.parametrize(
    ("function", "change", "sentence"),
    [
        ("auc", {"risk": [0.1]}, "risk has 1 rows and churned 4"),
        ("auc", {"risk": [], "churned": []}, "risk is empty"),
        ("auc", {"risk": [0.1, np.nan, 0.2, 0.3]}, "risk holds nan in row 1"),
        ("auc", {"risk": [0.1, np.inf, 0.2, 0.3]}, "risk holds inf in row 1"),
        ("auc", {"risk": ["high", "low", "low", "low"]}, "must be plain columns: numbers"),
        ("auc", {"churned": [0, 1, 2, 1]}, "churned holds 2.0 in row 2"),
        ("auc", {"churned": [True] * 4}, "two churners and two stayers at least: 4 and 0"),
        ("auc", {"churned": [True, False, False, False]}, "two churners and two stayers"),
        ("auc", {"level": 95}, "level is 95: give a number between 0 and 1"),
        ("auc", {"customer": ["a"]}, "customer has 1 rows and risk 4"),
        ("auc", {"customer": ["a", "b", "a", "b"]}, "churned rows of two customers"),
        ("calibration", {"risk": [0.1, 1.2, 0.3, 0.4]}, "risk holds 1.2 in row 1: .* 0 to 1"),
        ("calibration", {"bins": 1}, "bins is 1: give a whole number"),
        ("calibration", {"bins": 2.0}, "bins is 2.0"),
        ("gains", {"churned": [False] * 4}, "there are no churners to find"),
        ("profit_curve", {**MONEY, "risk": [50, 20, 10, 5]}, "risk holds 50.0 in row 0"),
        ("profit_curve", {**MONEY, "cost": -1}, "cost is -1: give an amount, 0 or more"),
        ("profit_curve", {**MONEY, "value": np.inf}, "value is inf: give an amount"),
        ("profit_curve", {**MONEY, "value": np.nan}, "value is nan: give an amount"),
        ("profit_curve", {**MONEY, "value": "20"}, "value is '20': give an amount"),
        ("profit_curve", {**MONEY, "success": 20}, "success is 20: give a share from 0 to 1"),
    ],
)
def test_bad_input_gets_one_sentence(function: str, change: dict, sentence: str) -> None:
    call = GOOD | change
    with pytest.raises(MktlabError, match=sentence) as told:
        getattr(churn, function)(call.pop("risk"), **call)
    assert "\n" not in str(told.value)
