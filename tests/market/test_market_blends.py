"""Claims about the test of the designer: the draw hangs on nothing, the truth is what it gives."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import blends


def drawn_in(seed, weeks=156):
    table = blends.blend_test(SimpleNamespace(seed=seed, weeks=[None] * weeks))
    cut = pd.cut(table["purchases_before"], [0, 1, 5, 99], labels=blends.GROUPS)
    return table.assign(group=cut.astype(str))


def truth(seed):
    return blends.effects(SimpleNamespace(seed=seed)).set_index(["group", "price"])


@pytest.fixture(scope="module")
def table():
    return drawn_in(1)


def test_the_table_is_as_declared(table):
    assert_declared("blend_test", table.drop(columns="group"))


def test_a_longer_market_changes_no_row(table):
    pd.testing.assert_frame_equal(drawn_in(1, 13), table)


def test_the_draw_hangs_on_nothing_before_it(table):
    for name in ("purchases_before", "margin_before", "said"):
        known = table[table[name].notna()]
        for price in blends.PRICES:
            drawn = (known["price"] == price).astype(float)
            assert abs(np.corrcoef(drawn, known[name])[0, 1]) < 4 / np.sqrt(len(known))


def test_nobody_buys_a_blend_without_a_design(table):
    hidden = table[table["price"].isna()]
    assert (hidden[["designs", "blends", "minutes"]] == 0).all(axis=None)
    assert (table["blends"] <= table["designs"]).all()
    assert ((table["minutes"] > 0) == (table["blends"] > 0)).all()
    assert 0.35 < len(hidden) / len(table) < 0.45


def test_blends_and_minutes_are_what_the_truth_says():
    gaps = {"blends": [], "minutes": []}
    for seed in range(12):
        told, seen = truth(seed), drawn_in(seed).groupby(["group", "price"])
        for name, found in gaps.items():
            found.append((seen[name].mean() / told[name]).loc[["regular", "occasional"]])
    for found in gaps.values():
        assert np.mean(found) == pytest.approx(1, abs=0.04)


def test_blends_replace_what_the_truth_says():
    shares = []
    for seed in range(20):
        rows, told = drawn_in(seed).query("group == 'regular'"), truth(seed).loc["regular"]
        hidden = rows[rows["price"].isna()]
        slope = np.polyfit(hidden["margin_before"], hidden["margin"], 1)[0]
        left = rows["margin"] - slope * rows["margin_before"]
        lost = left[rows["price"].isna()].mean() - left.groupby(rows["price"]).mean()
        shares.append(lost.sum() / told["replaced"].sum())
    assert np.mean(shares) == pytest.approx(1, abs=0.06)


def test_regulars_buy_most_blends_and_replace_most():
    for seed in range(20):
        told = truth(seed)
        each = (told["replaced"] / told["blends"]).unstack("group")
        assert (each["regular"] > 3 * each["occasional"]).all()
        assert told["blends"].unstack("group").idxmax(axis=1).eq("regular").all()
