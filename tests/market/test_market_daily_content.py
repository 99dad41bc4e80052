"""Claims about the hundred days: the draw hangs on nothing, and each action does what is told."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import daily_content

TABLES = {
    "content_days": daily_content.content_days,
    "press": daily_content.press,
    "field_events": daily_content.field_events,
}


def market(seed, weeks=156):
    return SimpleNamespace(seed=seed, weeks=[None] * weeks)


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_are_as_declared(name):
    for seed in range(8):
        assert_declared(name, TABLES[name](market(seed)))


@pytest.mark.parametrize("name", TABLES)
def test_later_weeks_change_no_earlier_row(name):
    whole = TABLES[name](market(1))
    for weeks in (85, 100, 120):
        short = TABLES[name](market(1, weeks))
        assert 0 < len(short) < len(whole)
        pd.testing.assert_frame_equal(short, whole.head(len(short)))
    pd.testing.assert_frame_equal(TABLES[name](market(1, 170)), whole)
    assert TABLES[name](market(1, 80)) is None


def test_by_lot_posts_hang_on_nothing_and_in_the_hundred_days_on_the_mood():
    tied = {True: [], False: []}
    for seed in range(20):
        days, mood = daily_content.content_days(market(seed)), daily_content.mood(seed)
        hundred = days["date"].between("2024-09-02", "2024-12-10").to_numpy()
        assert hundred.sum() == daily_content.DAYS
        for drawn, some in ((True, days["drawn"].to_numpy()), (False, hundred)):
            tied[drawn].append(np.corrcoef(days["posts"][some], mood[some])[0, 1])
    assert np.mean(tied[True]) == pytest.approx(0, abs=0.04)
    assert np.mean(tied[False]) > 0.6


def test_each_place_tastes_in_one_of_two_months():
    events = daily_content.field_events(market(2)).query("drawn")
    pair = events["date"].rank(method="dense").sub(1).floordiv(2)
    assert (events.groupby(["place", pair])["tasting"].sum() == 1).all()


def test_the_expected_orders_add_up_from_what_the_truth_says():
    days, lags = daily_content.content_days(market(4)), daily_content.lags(market(4))
    assert lags["orders_per_post"].sum() == pytest.approx(daily_content.brings(4).post)
    table = pd.DataFrame({f"l{k}": days["posts"].shift(k).fillna(0) for k in range(4)})
    without = daily_content.expected(4) - table.to_numpy() @ lags["orders_per_post"].to_numpy()
    assert (without > 0).all()
    spread = (days["orders"] - daily_content.expected(4)) / daily_content.expected(4) ** 0.5
    assert spread.std() == pytest.approx(1, abs=0.1)


def test_tastings_do_what_the_truth_says():
    found = []
    for seed in range(20):
        events = daily_content.field_events(market(seed)).query("drawn")
        visitors = events.loc[events["tasting"], "visitors"].sum()
        sold = events.groupby("tasting")["bags"].sum()
        found.append((sold[True] - sold[False]) / visitors / daily_content.brings(seed).tasted)
    assert np.mean(found) == pytest.approx(1, abs=0.05)


def test_gains_add_up_and_posts_and_press_lose_everywhere():
    for seed in range(40):
        told = daily_content.gains(market(seed)).set_index("what")
        brings = told["amount_52w"] * told["effect"] * told["margin_each"] - told["cost_52w"]
        assert brings.to_numpy() == pytest.approx(told["gain_52w"].to_numpy())
        assert (told["gain_52w"][["posts", "press"]] < 0).all()
        places = told["gain_52w"].drop(["posts", "press"])
        assert 8 <= (places > 0).sum() <= 30
