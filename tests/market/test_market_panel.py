"""Claims about the household panel and the image study: they tell the truth within their error."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared
from levers import but
from scipy.stats import binomtest

from mktlab import kpi
from mktlab.market import rivals
from mktlab.market.observed import observe, panel
from mktlab.market.run import past
from mktlab.plan.mix import BASE

PEOPLE, WORLDS = 12_000, range(20)


def made(seed, first=212, quarters=12):
    """A market by its rules, with a company that sells a fifth of it to a seventh of the town."""
    need = rivals.NEED / 4 * PEOPLE
    return pd.concat(
        [
            rivals.shares(seed, quarter, need, 0.2 * need, PEOPLE // 7, PEOPLE)
            for quarter in range(first, first + quarters)
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def worlds():
    """Truth and the panel's estimates, side by side."""
    parts = []
    for seed in WORLDS:
        truth = made(seed)
        told = panel.projected(seed, truth, people=PEOPLE)
        parts.append(told.merge(truth, on=["quarter", "brand"], suffixes=("", "_true")))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def history():
    return past(people=1500, weeks=80, seed=12)


def test_the_panels_sales_lie_within_their_stated_error_of_the_truth(worlds):
    apart = (worlds["sales"] - worlds["sales_true"]) / worlds["sales_error"]
    assert (apart.abs() < 1.96).mean() == pytest.approx(0.95, abs=0.02)
    assert abs(apart.mean()) < 0.15  # a small sample with little spending states a small error
    assert (worlds["sales"] / worlds["sales_true"]).mean() == pytest.approx(1, abs=0.01)


def test_penetration_lies_within_the_error_of_a_share(worlds):
    share = worlds["buyers_true"] / PEOPLE
    error = np.sqrt(share * (1 - share) / worlds["households"])
    apart = (worlds["buyers"] / worlds["households"] - share) / error
    assert (apart.abs() < 1.96).mean() == pytest.approx(0.95, abs=0.015)
    assert abs(apart.mean()) < 3 / np.sqrt(len(apart))


@pytest.mark.parametrize(
    "seeds", [WORLDS, pytest.param(range(1000, 1400), marks=pytest.mark.slow)], ids=["20", "400"]
)
def test_the_intervals_of_share_and_penetration_hold_the_truth(seeds):
    held = {"market_share": 0, "penetration": 0}
    for seed in seeds:
        truth = made(seed, quarters=4)
        table = panel.projected(seed, truth, people=PEOPLE)
        firm = SimpleNamespace(
            tables={"market_panel": table}, today=pd.Timestamp("2025-01-01"), name=rivals.OURS
        )
        told = kpi.intervals(firm, list(held)).set_index("kpi")
        ours = truth[truth["brand"] == rivals.OURS]
        true = {
            "market_share": ours["sales"].sum() / truth["sales"].sum(),
            "penetration": ours["buyers"].sum() / (4 * PEOPLE),
        }
        for name, value in true.items():
            held[name] += told.loc[name, "low"] < value < told.loc[name, "high"]
    for name, worlds in held.items():
        covered = binomtest(worlds, len(seeds)).proportion_ci(0.99)
        assert covered.low <= 0.95 <= covered.high, (name, worlds)


def test_what_people_say_of_a_brand_lies_within_its_error_of_its_position(history):
    apart = []
    for seed in WORLDS:
        world = replace(history, seed=seed)
        image = panel.brand_image(world).merge(panel.positions(world))
        error = np.sqrt(image["position"] * (1 - image["position"]) / image["asked"])
        apart.append((image["agree"] / image["asked"] - image["position"]) / error)
    apart = np.concatenate(apart)
    assert (np.abs(apart) < 1.96).mean() == pytest.approx(0.95, abs=0.02)
    assert abs(apart.mean()) < 3 / np.sqrt(len(apart))


def test_only_quarters_that_are_over_and_waves_that_were_asked_are_told(history):
    table, image = panel.market_panel(history), panel.brand_image(history)
    assert table["quarter"].max() == pd.Timestamp("2024-04-01")  # week 80 ends on July 14, 2024
    assert set(image["wave"].dt.month) == {3, 9}
    assert image["wave"].nunique() == 3
    assert set(table["brand"]) == {*image["brand"], rivals.OTHERS}
    assert table.groupby("quarter")["brand"].nunique().eq(len(rivals.brands())).all()


def test_a_short_market_has_no_quarter_yet():
    short = past(people=200, weeks=5, seed=1)
    for name, table in {
        "market_panel": panel.market_panel(short),
        "brand_image": panel.brand_image(short),
    }.items():
        assert table.empty
        assert_declared(name, table)


def test_the_price_index_is_the_mean_price_over_the_list_price(history):
    ours = panel.market_panel(history).query("brand == 'Maison Solane'")
    weeks = history.weeks[:13]
    log_price = np.mean([week.prices.log for week in weeks])
    assert ours["price_index"].iloc[0] == pytest.approx(100 * np.exp(log_price), abs=0.06)


def test_better_coffee_is_tasted_by_and_by_and_a_higher_price_is_seen():
    better = but("product.quality", BASE.product.quality + 0.2)
    run = past(people=200, weeks=96, seed=2, decide=lambda week: better if week > 20 else BASE)
    taste = panel.positions(run).query("brand == 'Maison Solane' and attribute == 'taste'")
    first, second, third, fourth = taste["position"]
    assert first == rivals.IMAGE[0]
    assert first < second < third < fourth == pytest.approx(rivals.IMAGE[0] + 0.04)
    dear = past(people=200, weeks=20, seed=2, decide=lambda week: but("price.beans", 1.25))
    value = panel.positions(dear).query("brand == 'Maison Solane' and attribute == 'value'")
    assert value["position"].item() == pytest.approx(rivals.IMAGE[1] - 0.03)


def test_the_panel_changes_no_byte_of_the_other_tables(history, monkeypatch):
    whole = observe(history)
    monkeypatch.setattr(panel, "market_panel", lambda history: pd.DataFrame())
    monkeypatch.setattr(panel, "brand_image", lambda history: pd.DataFrame())
    for name, table in observe(history).items():
        if name not in ("market_panel", "brand_image"):
            pd.testing.assert_frame_equal(table, whole[name], check_exact=True)
