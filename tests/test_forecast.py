"""Claims about forecasts: what they know, what they must not know, and when they refuse."""

import numpy as np
import pandas as pd
import pytest

from mktlab import forecast
from mktlab.schema import MktlabError


def made(weeks=156, seed=1, lift=2.5):
    """Two families: a season, promotions of the first, and luck."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2023-01-02", periods=weeks, freq="7D", name="week")
    deals = pd.Series(0.0, index)
    for start in rng.choice(weeks // 6, weeks // 12, replace=False) * 6:
        deals.iloc[start : start + 2] = 0.2
    season = 0.2 * np.sin(2 * np.pi * index.day_of_year / 365.25)
    means = {"beans": np.exp(5 + season + lift * deals), "tea": np.exp(4 + season)}
    sold = pd.DataFrame({name: rng.poisson(mean) for name, mean in means.items()}, index)
    return sold, pd.DataFrame({"beans": deals, "tea": 0.0})


def off(tested):
    return (tested["actual"] - tested["forecast"]).abs().groupby(tested["method"]).mean()


def test_weeks_that_are_cut_are_left_out_and_empty_ones_are_zero():
    days = pd.to_datetime(["2025-12-03", "2025-12-09", "2025-12-09", "2025-12-30", "2026-01-06"])
    rows = pd.DataFrame({"order_date": days, "family": "tea", "pieces": [9, 2, 3, 4, 5]})
    sold = forecast.weekly(rows, today=pd.Timestamp("2026-01-07"), by="family", count="pieces")
    assert sold["tea"].tolist() == [5, 0, 0, 4]
    assert sold.index[0] == pd.Timestamp("2025-12-08")


def test_no_full_week_is_refused_in_one_sentence():
    rows = pd.DataFrame({"order_date": pd.to_datetime(["2025-12-03"])})
    with pytest.raises(MktlabError, match="No full week"):
        forecast.weekly(rows, today=pd.Timestamp("2025-12-05"))


def test_a_plan_without_offers_has_no_columns():
    weeks = pd.date_range("2025-12-01", periods=3, freq="7D")
    assert forecast.planned(None, weeks, ahead=4).shape == (7, 0)


def test_no_method_sees_the_weeks_that_it_tells():
    sold, plan = made()
    ahead, other = sold.iloc[:120], sold.copy()
    other.iloc[120:] = 0
    for method in forecast.METHODS.values():
        told = method(ahead, plan.iloc[:124])
        assert told.index.equals(plan.index[120:124])
        assert np.allclose(told, method(other.iloc[:120], plan.iloc[:124]))


def test_the_regression_knows_promotions_and_the_naive_do_not():
    sold, plan = made()
    methods = {name: forecast.METHODS[name] for name in ("last_year", "recent", "regression")}
    tested = forecast.backtest(sold, plan, methods, origins=6)
    found = off(tested[tested["series"] == "beans"])
    assert found["regression"] < 0.6 * min(found["last_year"], found["recent"])
    scaled = forecast.mase(tested, sold)
    assert scaled.idxmin() == "regression"


def test_smoothing_follows_what_the_weeks_can_teach():
    rng = np.random.default_rng(1)
    weeks = pd.date_range("2021-01-04", periods=208, freq="7D", name="week")
    season = np.exp(5 + np.sin(2 * np.pi * np.arange(208) / 52))
    sold = pd.DataFrame(
        {"sweets": rng.poisson(season), "tea": rng.poisson(100, 208), "flat": 0}, weeks
    )
    kinds = forecast.aic(sold).idxmin()
    assert kinds[["sweets", "tea"]].tolist() == ["season", "level"]
    assert "season" not in forecast.aic(sold.head(103)).index
    ahead = pd.DataFrame(index=pd.date_range(weeks[0], periods=221, freq="7D", name="week"))
    told = forecast.ets(sold, ahead)
    assert told["sweets"].iloc[12] == pytest.approx(np.exp(6), rel=0.15)  # the top of the season
    assert told["flat"].tolist() == [0] * 13


def test_the_regression_knows_a_price_that_was_planned():
    sold, plan = made(lift=0)
    dearer = pd.Series(0.0, sold.index)
    dearer.iloc[[40, 41, 60, 61, 80, 81, 100, 101, 120, 121, 150, 151]] = 0.2
    sold["beans"] = (sold["beans"] * np.exp(-3 * dearer)).round()
    prices = pd.DataFrame(
        {"week": sold.index, "product_id": "B1", "shelf_price": 10 * np.exp(dearer)}
    )
    products = pd.DataFrame({"product_id": ["B1"], "category": ["beans"]})
    known = forecast.priced(plan, prices, products)
    assert np.allclose(known["price_of_beans"], dearer)
    assert forecast.priced(plan, None, products) is plan
    told = {
        name: forecast.regression(sold.head(148), p) for name, p in {"a": plan, "b": known}.items()
    }
    off = {name: np.abs(one["beans"] - sold["beans"].tail(8)).mean() for name, one in told.items()}
    assert off["b"] < 0.7 * off["a"]
    assert np.allclose(told["a"]["tea"], told["b"]["tea"])  # it counts for its own family alone


def crossed():
    """Two zones and two families, told apart, and what came."""
    rng = np.random.default_rng(1)
    names = ["north beans", "north tea", "south beans", "south tea"]
    parts = pd.DataFrame([name.split() for name in names], names, ["zone", "family"])
    adds = forecast.hierarchy(parts)
    came = forecast.add_up(pd.DataFrame(rng.poisson(50.0, (40, 4)), columns=names), adds)
    return adds, came, came + rng.normal(0, 10, came.shape)


def test_reconciled_forecasts_add_up_and_are_no_further_off():
    adds, came, told = crossed()
    agreed = forecast.reconcile(told, adds)
    assert np.allclose(agreed["north"] + agreed["south"], agreed["all"])
    assert np.allclose(agreed["beans"] + agreed["tea"], agreed["all"])
    assert (((agreed - came) ** 2).sum(axis=1) <= ((told - came) ** 2).sum(axis=1)).all()
    assert np.allclose(forecast.reconcile(agreed, adds), agreed)  # nothing is left to change


def test_a_series_that_is_surer_changes_less():
    adds, _, told = crossed()
    moved = {}
    for trust in (1.0, 1e-6):
        variance = pd.Series(1.0, adds.index)
        variance["all"] = trust
        agreed = forecast.reconcile(told, adds, variance=variance)
        moved[trust] = (agreed["all"] - told["all"]).abs().mean()
    assert moved[1e-6] < 1e-3 < moved[1.0]
    assert np.allclose(  # each has the same variance, so none counts more
        forecast.reconcile(told, adds, variance=pd.Series(9.0, adds.index)),
        forecast.reconcile(told, adds),
    )


def test_what_cannot_be_added_up_is_refused_in_one_sentence():
    adds, _, told = crossed()
    with pytest.raises(MktlabError, match="no forecast of tea"):
        forecast.reconcile(told.drop(columns="tea"), adds)
    with pytest.raises(MktlabError, match="above 0"):
        forecast.reconcile(told, adds, variance=pd.Series(0.0, adds.index))
    with pytest.raises(MktlabError, match="Two series are called tea"):
        forecast.hierarchy(pd.DataFrame({"family": ["tea"]}, ["tea"]))


def test_too_few_weeks_are_refused_in_one_sentence():
    sold, plan = made(weeks=120)
    with pytest.raises(MktlabError, match="120 full weeks, and to judge forecasts takes 128"):
        forecast.backtest(sold, plan)
    with pytest.raises(MktlabError, match="needs 104"):
        forecast.regression(sold.head(90), plan)


def test_intervals_need_enough_errors():
    past = pd.DataFrame({"forecast": 10.0, "actual": [9.0, 11.0, 12.0]})
    with pytest.raises(MktlabError, match="3 past forecasts are too few"):
        forecast.conformal(past, past, level=0.95)


def test_a_dearer_missing_piece_asks_for_more():
    rng = np.random.default_rng(1)
    past = pd.DataFrame({"forecast": 100.0, "actual": rng.poisson(100, 500)})
    ahead = pd.DataFrame({"forecast": [100.0]})
    pieces = [forecast.stock(past, ahead, short=s, left=1)["pieces"].iloc[0] for s in (0.25, 1, 9)]
    assert pieces == sorted(pieces)
    assert pieces[2] == pytest.approx(113, abs=2)  # the quantile of 0.9 of a Poisson of 100
    with pytest.raises(MktlabError, match="more than 0"):
        forecast.stock(past, ahead, short=0, left=1)


@pytest.mark.slow
def test_intervals_hold_as_many_as_they_say():
    held = []
    for seed in range(10):
        sold, plan = made(seed=seed)
        few = {"regression": forecast.regression}
        tested = forecast.backtest(sold[["beans"]], plan, few)
        last = tested["origin"] == tested["origin"].max()
        told = forecast.conformal(tested[~last], tested[last], level=0.9)
        held += told["actual"].between(told["low"], told["high"]).tolist()
    assert np.mean(held) == pytest.approx(0.9, abs=0.1)
