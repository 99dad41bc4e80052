"""Claims about marks of bag, label, parcel, pictures and café, and about mending them."""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.drivers import without_halo_weights
from mktlab.market import evidence
from mktlab.market.observed import touches
from mktlab.market.run import past
from mktlab.market.truth import evidence as truth
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play
from mktlab.plan.costs import MENDED, weekly_costs
from mktlab.plan.mix import BASE, LEVERS, MENDINGS

PIECES = list(evidence.WEIGHTS)


def mended(*offers):
    return replace(BASE, physical_evidence=replace(BASE.physical_evidence, mended=offers))


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=8000, weeks=80, seed=seed) for seed in range(3)]
    return [(h, touches.touch_ratings(h), touches.bag_test(h)) for h in histories]


def test_tables_are_as_declared(worlds):
    for _, told, test in worlds:
        assert_declared("touch_ratings", told)
        assert_declared("bag_test", test)
        assert told["response_id"].is_unique and told["customer_id"].duplicated().any()
        assert abs(test["new_bag"].mean() - 0.5) < 4 * 0.5 / np.sqrt(len(test))


def test_without_halo_the_weights_come_back_and_the_street_weighs_nothing(worlds):
    found = [without_halo_weights(t[["overall", *PIECES]].cov(), "overall") for _, t, _ in worlds]
    assert np.mean(found, axis=0) == pytest.approx([*evidence.WEIGHTS.values()], abs=0.04)


def test_with_halo_everything_goes_with_the_whole(worlds):
    for _, told, _ in worlds:
        links = told[["overall", *PIECES]].corr()["overall"][PIECES]
        assert links.idxmax() == "bag" and links.min() > links.max() / 2


def test_the_lowest_mark_is_for_what_hardly_counts(worlds):
    for _, told, _ in worlds:
        assert told[PIECES].mean().idxmin() == "label"


def test_the_new_bag_adds_what_its_points_and_weight_say(worlds):
    gaps = {"bag": evidence.OFFERS[touches.TESTED].points, "overall": 0.0}
    gaps["overall"] = gaps["bag"] * evidence.WEIGHTS["bag"]
    for name, true in gaps.items():
        found = []
        for _, _, test in worlds:
            means = test.groupby("new_bag")[name].mean()
            found.append(means[True] - means[False])
        assert np.mean(found) == pytest.approx(true, abs=0.15)  # marks end at 10


def test_who_gets_the_new_bag_hangs_on_nothing(worlds):
    for history, _, test in worlds:
        who = test["customer_id"].str[1:].astype(int).to_numpy() - 1
        for value in (history.people.order_rate[who], history.state.satisfaction[who]):
            assert abs(np.corrcoef(test["new_bag"], value)[0, 1]) < 4 / np.sqrt(len(who))


def test_comments_name_the_piece_that_pleases_or_displeases(worlds):
    _, told, _ = worlds[0]
    words = told.dropna(subset="comment")
    assert words["comment"].str.contains("sachet|bag|paquet", case=False).mean() > 0.1
    label = words[words["comment"].str.contains("label|tiquette", case=False)]
    sad = label["overall"] <= 6
    assert label[sad]["label"].mean() + 2 < label[~sad]["label"].mean()


def test_an_offer_is_no_lever_and_the_market_as_usual_has_none():
    usual = play(begin(people=500, weeks=8, seed=3), 8)
    assert usual.weeks[-1].accounts == {}
    assert tuple(sorted(evidence.OFFERS)) == tuple(sorted(MENDED)) == MENDINGS
    assert not any("mended" in path for path in LEVERS)
    new = play(begin(people=500, weeks=8, seed=3), 8, lambda week: mended("bag_zip"))
    assert new.weeks[-1].accounts == {}  # what it costs is booked like the levers


def test_of_two_offers_for_one_piece_the_larger_counts_and_both_cost():
    history = play(begin(people=500, weeks=2, seed=3), 2)
    both = evidence.act(history, 2, mended("bag_look", "bag_zip"))
    large = evidence.act(history, 2, mended("bag_zip"))
    assert np.array_equal(both.orders, large.orders)
    costs = [weekly_costs(mended(*n)) for n in ((), ("bag_zip",), ("bag_zip", "bag_look"))]
    paid = [cost.get("physical_evidence.mended", 0.0) for cost in costs]
    assert paid == pytest.approx([0.0, 4200 / 52, 5600 / 52])


def test_orders_rise_by_weight_points_and_the_share_that_meets_the_piece():
    history = play(begin(people=500, weeks=2, seed=3), 2)
    zip_bag = evidence.act(history, 2, mended("bag_zip")).orders
    assert zip_bag == pytest.approx(np.log1p(0.06 * 0.34 * 1.6))
    box = evidence.act(history, 2, mended("parcel_box")).orders
    web = evidence.met(history, "parcel", BASE)
    assert np.allclose(box, np.log1p(0.06 * 0.22 * 1.6 * web))


@functools.cache
def rewind(seed):
    before = play(begin(people=4000, weeks=104, seed=seed), 52)
    return Rewind.of(before, play(before.copy(), 52))


@pytest.mark.slow
def test_played_in_the_market_the_books_move_as_the_truth_says():
    """Of three years the median of sales per sales expected; and what is cheap earns."""
    ratios = []
    for seed in (1, 2, 3):
        again = rewind(seed)
        table = truth.touch_repairs(again).set_index("offer")
        year = again.year.accounts["shop sales"].sum()
        drivers = truth.touch_drivers(again.history).set_index("piece")
        told = table.drop(index="ambience")
        weight = told["piece"].map(drivers["weight"]) * told["piece"].map(drivers["met"])
        expected = year * evidence.ORDERS_A_POINT * weight * told["points"]
        ratios.append((told["revenue_year"] / expected).median())
        assert (told["profit_year"] < told["revenue_year"] - told["cost"]).all()
    assert 0.6 < np.median(ratios) < 1.2


@pytest.mark.slow
def test_together_offers_earn_nearly_what_each_earns():
    again = rewind(1)
    some = ("bag_look", "parcel_box", "photos_new")
    whole = again.play({}, mended=some).profit - again.year.profit
    each = sum(again.play({}, mended=(name,)).profit - again.year.profit for name in some)
    assert whole == pytest.approx(each, rel=0.15)


def test_more_people_and_later_weeks_change_no_earlier_answer():
    size = {"people": 800, "seed": 5}
    less, more = (play(begin(**size, weeks=60), weeks) for weeks in (52, 58))
    one, other = (touches.touch_ratings(history) for history in (less, more))
    pd.testing.assert_frame_equal(one, other)
    few, many = (past(people=people, weeks=26, seed=5) for people in (400, 800))
    one, other = (touches.touch_ratings(history) for history in (few, many))
    asked = one.drop(columns="response_id").merge(other, how="left")
    assert len(one) and asked["response_id"].notna().mean() > 0.5


def test_a_market_of_a_few_people_and_weeks_has_marks_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("touch_ratings", touches.touch_ratings(history))
    assert_declared("bag_test", touches.bag_test(history))
    assert truth.touch_drivers(history).notna().all(axis=None)
