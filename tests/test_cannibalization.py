"""Claims about a test of a new product: what it takes away, what a price does, what is left."""

import numpy as np
import pandas as pd
import pytest

from mktlab import cannibalization
from mktlab.schema import MktlabError


def made(seed, size=4000, takes=5.0, steep=0.1):
    """Two groups; each piece takes `takes` from the other goods; a euro loses a tenth of pieces."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["few", "many"], size)
    price = rng.choice([np.nan, 18.0, 22.0, 26.0], size)
    usual = np.where(group == "many", 2.0, 0.5) * np.exp(-steep * (price - 22))
    blends = rng.poisson(np.nan_to_num(usual))
    before = rng.normal(100, 30, size)
    margin = before / 2 + rng.normal(0, 10, size) - takes * blends
    table = {"group": group, "price": price, "blends": blends, "margin_before": before}
    return pd.DataFrame(table | {"margin": margin})


def test_what_each_piece_takes_away_is_found():
    told = cannibalization.replaced(made(1))
    assert told.loc["many", "each"] == pytest.approx(5, abs=0.8)
    assert told.loc["few", "each"] == pytest.approx(5, abs=3)
    assert (told["low"] < told["each"]).all()
    assert (told["high"] > told["each"]).all()
    assert told.index.tolist() == ["few", "many"]


def test_buyers_are_not_compared_with_others():
    """Whoever buys more of all is no sign that the product brings it."""
    table = made(2, takes=0.0)
    keen = table["blends"] > 0
    table.loc[keen, "margin_before"] += 80
    table.loc[keen, "margin"] += 40
    hidden = table["price"].isna()
    some = np.random.default_rng(2).random(len(table)) < keen[~hidden].mean()
    table.loc[hidden & some, "margin_before"] += 80
    table.loc[hidden & some, "margin"] += 40
    told = cannibalization.replaced(table.assign(group="all"))
    assert abs(told.loc["all", "each"]) < 3


def test_what_a_price_does_is_the_same_share_for_all():
    told = cannibalization.take_up(made(3, size=20_000), [18, 20, 30])
    assert told.loc[20.0, "many"] / told.loc[18.0, "many"] == pytest.approx(np.exp(-0.2), abs=0.03)
    ratio = told["many"] / told["few"]
    assert ratio.to_numpy() == pytest.approx([4] * 3, rel=0.1)


def test_contribution_is_the_two_together():
    table = made(4)
    told = cannibalization.contribution(table, [18, 26], cost=6, vat=0.06)
    bought = cannibalization.take_up(table, [18, 26])
    lost = cannibalization.replaced(table)["each"]
    by_hand = bought.loc[26.0, "few"] * (26 / 1.06 - 6 - lost["few"])
    assert told.loc[26.0, "few"] == pytest.approx(by_hand)


def test_the_order_of_the_rows_counts_for_nothing():
    table = made(5)
    for what in (cannibalization.replaced, lambda t: cannibalization.take_up(t, [20])):
        pd.testing.assert_frame_equal(what(table), what(table[::-1]))


def test_what_is_no_test_is_said():
    table = made(6)
    for some in (table.dropna(), table.assign(price=np.nan), table.assign(blends=0)):
        with pytest.raises(MktlabError, match="without a price"):
            cannibalization.replaced(some)
    with pytest.raises(MktlabError, match="has no rows"):
        cannibalization.replaced(table.head(0))
    with pytest.raises(MktlabError, match="has one price"):
        cannibalization.take_up(table[table["price"].isin([22]) | table["price"].isna()], [22])


@pytest.mark.slow
def test_95_of_100_intervals_hold_the_truth():
    held = 0
    for seed in range(300):
        told = cannibalization.replaced(made(seed, size=1000)).loc["many"]
        held += told["low"] < 5 < told["high"]
    assert 0.92 < held / 300 < 0.98
