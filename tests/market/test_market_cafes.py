"""Claims about the books of cafés: the draw hangs on nothing, and posts do what the truth says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import cafes


def books(seed, weeks=156):
    return cafes.cafe_weeks(SimpleNamespace(seed=seed, weeks=[None] * weeks))


def truth(seed, weeks=156):
    return cafes.gains(SimpleNamespace(seed=seed, weeks=[None] * weeks)).set_index("cafe")


@pytest.fixture(scope="module")
def table():
    return books(1)


def test_the_table_is_as_declared(table):
    assert_declared("cafe_weeks", table)


def test_later_weeks_change_no_earlier_one(table):
    for weeks in (1, 60, 109, 150):
        short = books(1, weeks)
        pd.testing.assert_frame_equal(short, table.head(len(short)))


def test_after_the_draw_nobody_posts(table):
    longer = books(1, 160)
    pd.testing.assert_frame_equal(longer.head(len(table)), table)
    after = longer.iloc[len(table) :]
    assert not after["posts_on"].any()
    assert not after["drawn"].any()


def test_each_café_posts_in_one_of_two_weeks(table):
    drawn = table[table["drawn"]]
    pair = (drawn["week"] - drawn["week"].min()).dt.days // 14
    assert (drawn.groupby(["cafe", pair])["posts_on"].sum() == 1).all()
    assert drawn["posts_on"].to_numpy().reshape(52, -1)[::2].mean() == pytest.approx(0.5, abs=0.04)


def test_neighbors_gave_their_books_and_did_not_post(table):
    early = table[~table["drawn"]]
    assert early["cafe"].nunique() == len(cafes.NAMED)
    assert set(early.loc[early["posts_on"], "cafe"]) == {cafes.CAFES[0]}


def test_posts_do_what_the_truth_says():
    ratios = []
    for seed in range(20):
        drawn = books(seed).query("drawn").groupby("posts_on")["bookings"].sum()
        ratios.append(drawn[True] / drawn[False] / (1 + truth(seed)["lift"].iloc[0]))
    assert np.mean(ratios) == pytest.approx(1, abs=0.004)


def test_gains_add_up():
    told = truth(3)
    brings = told["bookings"] * told["lift"] * told["margin_per_booking"]
    assert (52 * (brings - told["cost"])).to_numpy() == pytest.approx(told["gain_52w"].to_numpy())
    drawn = books(3).query("drawn and not posts_on")
    leaves = drawn["margin"].sum() / drawn["bookings"].sum()
    mean = (told["margin_per_booking"] * told["bookings"]).sum() / told["bookings"].sum()
    assert leaves == pytest.approx(mean, rel=0.02)
