"""Claims about the panel of media: a fair sample of all adults, and the truth behind it."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from benchmarks.worlds.realism import media_reach
from mktlab.market.observed import media_panel
from mktlab.market.run import past
from mktlab.promotion import media_plan

PLAN = {"morning_radio": 8, "tram_posters": 4, "podcast": 5}


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=12_000, weeks=1, seed=seed) for seed in range(30)]
    tables = (media_panel.media_panel, media_panel.media_tariffs, media_panel.audience)
    return [tuple(table(history) for table in tables) for history in histories]


def test_tables_are_as_declared(worlds):
    for panel, tariffs, _ in worlds[:3]:
        assert_declared("media_panel", panel)
        assert_declared("media_tariffs", tariffs)
        assert len(panel) == 6 * media_panel.PANEL
        assert len(panel.to_csv(index=False)) < 1_000_000


def test_more_insertions_cost_more_and_each_of_them_less(worlds):
    for _, tariffs, _ in worlds:
        steps = tariffs.groupby("support")["price"].diff().dropna()
        assert (steps > 0).all()
        each = tariffs.assign(each=tariffs["price"] / tariffs["insertions"])
        ends = each.groupby("support")["each"].agg(["first", "last"])
        assert (ends["last"] < ends["first"]).all()


@pytest.mark.parametrize("target", [True, False])
def test_the_panels_reach_lies_within_its_interval_of_the_truth(worlds, target):
    apart = []
    for panel, tariffs, audience in worlds:
        if target:
            panel, audience = panel[panel["target"]], audience[audience["target"]]
        row = media_plan(panel, tariffs, PLAN).loc["together"]
        apart.append(
            (row["reach"] - media_reach(audience, PLAN)) / ((row["high"] - row["low"]) / 3.92)
        )
    assert abs(np.mean(apart)) < 0.6  # of 30, nearly standard normal
    assert 0.7 < np.std(apart) < 1.5


def test_without_weights_the_old_count_too_much(worlds):
    gaps = []
    for panel, tariffs, audience in worlds:
        plan = {"regional_paper": 5}
        plain = media_plan(panel.drop(columns="persons"), tariffs, plan).loc["together", "reach"]
        gaps.append(plain - media_reach(audience, plan))
    assert np.mean(gaps) > 0.01


def test_a_longer_or_larger_market_keeps_its_panel():
    one, longer = (past(people=600, weeks=weeks, seed=3) for weeks in (1, 20))
    pd.testing.assert_frame_equal(media_panel.media_panel(one), media_panel.media_panel(longer))
    larger = media_panel.media_panel(past(people=1_200, weeks=1, seed=3))
    same = ["person_id", "age", "target", "support", "chance"]
    pd.testing.assert_frame_equal(media_panel.media_panel(one)[same], larger[same])
