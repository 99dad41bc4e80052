"""Tests of budgets: what is lost in the dark is found, and nothing else is."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from mktlab.geo_test import changes, geo_test
from mktlab.schema import MktlabError

ZONES = [f"zone {n}" for n in range(8)]
PER_EURO = 0.2


def market(seed=1, *, per_euro=PER_EURO, waves=2, noise=0.0, channels=("radio",)):
    """Spend and sales of 40 weeks: the zones sell 100, 200 ... and what the ads add."""
    rng = np.random.default_rng(seed)
    rows, sold = [], {}
    for week in range(40):
        mood = 1 + 0.2 * np.sin(week)
        for place, zone in enumerate(ZONES):
            sold[week, zone] = 100.0 * (place + 1) * mood * np.exp(noise * rng.normal())
    for channel in channels:
        for wave in range(waves):
            dark = set(rng.permutation(ZONES)[:4])
            for week in range(20 * wave, 20 * wave + 20):
                runs = week % 20 >= 12
                for place, zone in enumerate(ZONES):
                    off = runs and zone in dark
                    euros = 0.0 if off else 10.0 * (place + 1)
                    sold[week, zone] += per_euro * euros * (1 + 0.2 * np.sin(week))
                    test = "dark" if off else "on" if runs else "no test"
                    rows.append((week, zone, channel, euros, test))
    ads = pd.DataFrame(rows, columns=["week", "zone", "channel", "spend", "budget_test"])
    ads["week"] = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * ads["week"], unit="D")
    sales = pd.Series(sold).rename_axis(["week", "zone"]).reset_index(name="sold")
    sales["week"] = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * sales["week"], unit="D")
    return ads, sales.set_index(["week", "zone"])["sold"]


def test_what_a_euro_brings_is_found_where_nothing_else_differs():
    ads, sales = market()
    row = geo_test(ads, sales).iloc[0]
    season = 1 + 0.2 * np.sin([w for w in range(40) if w % 20 >= 12]).mean()
    assert row["per_euro"] == pytest.approx(PER_EURO * season, rel=0.01)
    assert row["waves"] == 2
    assert row["high"] - row["low"] < 0.02


def test_channels_without_effect_bring_nothing():
    ads, sales = market(per_euro=0.0)
    assert geo_test(ads, sales)["per_euro"].abs().max() < 1e-9


def test_intervals_hold_the_truth_over_seeds():
    season = 1 + 0.2 * np.sin([w for w in range(40) if w % 20 >= 12]).mean()
    rows = pd.concat([geo_test(*market(seed, noise=0.1)) for seed in range(60)])
    held = (rows["low"] <= PER_EURO * season) & (rows["high"] >= PER_EURO * season)
    assert 0.86 <= held.mean() <= 1
    assert abs(rows["per_euro"].mean() - PER_EURO * season) < 0.1


def test_the_regression_is_that_of_statsmodels():
    ads, sales = market(noise=0.1)
    rows = changes(ads, sales).astype({"dark": int})
    fit = smf.wls("change ~ C(wave) + dark", data=rows, weights=rows["usual"]).fit()
    row = geo_test(ads, sales).iloc[0]
    assert row["lost"] == pytest.approx(-fit.params["dark"], abs=1e-9)
    low, high = -fit.conf_int().loc["dark"].to_numpy()[::-1]
    scale = row["per_euro"] / row["lost"]
    assert [row["low"], row["high"]] == pytest.approx([scale * low, scale * high], abs=1e-9)


def test_a_channel_that_was_never_tested_is_left_out():
    ads, sales = market(channels=("radio", "social"))
    ads.loc[ads["channel"] == "social", "budget_test"] = "no test"
    assert list(geo_test(ads, sales)["channel"]) == ["radio"]


def test_two_zones_give_an_estimate_and_no_interval():
    ads, sales = market(waves=1)
    dark = ads.loc[ads["budget_test"] == "dark", "zone"].iloc[0]
    lit = ads.loc[ads["budget_test"] == "on", "zone"].iloc[0]
    row = geo_test(ads[ads["zone"].isin([dark, lit])], sales).iloc[0]
    assert np.isfinite(row["per_euro"])
    assert (row["low"], row["high"]) == (-np.inf, np.inf)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 20))
def test_sales_in_another_unit_scale_the_answer_alone(seed, unit):
    ads, sales = market(seed, noise=0.1)
    one, other = geo_test(ads, sales), geo_test(ads, unit * sales)
    assert other["lost"].to_numpy() == pytest.approx(one["lost"].to_numpy())
    for column in ("per_euro", "error", "low", "high"):
        assert other[column].to_numpy() == pytest.approx(unit * one[column].to_numpy())


def test_the_order_of_rows_changes_nothing():
    ads, sales = market(noise=0.1)
    mixed = geo_test(ads.sample(frac=1, random_state=3), sales.sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(mixed, geo_test(ads, sales))


@pytest.mark.parametrize("column", ["week", "zone", "spend", "budget_test"])
def test_a_missing_column_is_named(column):
    ads, sales = market()
    with pytest.raises(MktlabError, match=column):
        geo_test(ads.drop(columns=column), sales)


@pytest.mark.parametrize("everywhere", ["dark", "on"])
def test_a_channel_that_went_dark_everywhere_tells_nothing(everywhere):
    ads, sales = market()
    ads.loc[ads["budget_test"] != "no test", "budget_test"] = everywhere
    with pytest.raises(MktlabError, match="No channel was tested"):
        geo_test(ads, sales)
