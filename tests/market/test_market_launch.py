"""Claims about a new bag of beans: who buys it, from whom it takes, what the books say of it."""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mktlab.market import launch, season
from mktlab.market.observed import studies
from mktlab.market.truth import launches
from mktlab.market.truth.counterfactual import Year
from mktlab.market.week import begin, play
from mktlab.market.world import SEGMENTS
from mktlab.plan import Plan
from mktlab.plan.launches import CANDIDATES, candidates, rival_bags
from mktlab.plan.mix import BASE, DECIDED, LEVERS


def selling(name, price=0.0):
    return replace(BASE, product=replace(BASE.product, launch=name, launch_price=price))


@functools.cache
def before(seed=4):
    return play(begin(people=3000, weeks=70, seed=seed), 18)


def year(mix, seed=4):
    return Year.of(play(before(seed).copy(), 52, lambda week: mix), 18)


@functools.cache
def truth(seed=4):
    history = play(before(seed).copy(), 52)
    return launches.launches(history).set_index(["launch", "price"])


def test_without_a_launch_no_account_and_no_lever():
    usual = play(begin(people=500, weeks=6, seed=3), 6)
    assert usual.weeks[-1].accounts == {}
    assert launch.act(usual, 6, BASE).orders == 0
    assert {"product.launch", "product.launch_price"} <= set(DECIDED) - set(LEVERS)


def test_the_pull_of_a_bag_is_that_of_the_choice_study_but_for_the_price():
    worths = studies.part_worths(1).groupby("segment")["log_price_in_shop"].first()
    for place, segment in enumerate(SEGMENTS):
        asked = np.log(launch.pull("none", False, 15.0)[place])
        assert asked == pytest.approx(worths[segment.name] * np.log(15 / 12))
    assert np.log(launch.pull("organic", True, 12.0)) == pytest.approx(0.35 + 0.30)


def test_what_is_sold_is_taken_from_ours_or_won_from_others():
    found = launch.effect(before(), 18, BASE, "Huila", 14.0)
    assert (found.taken > 0).all()
    assert (found.taken < found.sold).all()
    dearer = launch.effect(before(), 18, BASE, "Huila", 15.0)
    assert (dearer.sold < found.sold).all()
    many = launch.effect(before(), 18, BASE, "Huila", np.array([14.0, 15.0]))
    for one, both in zip(found, many, strict=True):
        assert both[0] == pytest.approx(one) or both.ndim == 1
    assert many.margin[1] == pytest.approx(dearer.margin)


def test_dearer_beans_of_ours_sell_more_of_a_new_bag():
    dear = replace(selling("Jardin"), price=replace(BASE.price, beans=1.2))
    share = [
        (e := launch.effect(before(), 18, mix, "Jardin", 12.0)).sold / e.taken
        for mix in (selling("Jardin"), dear)
    ]
    assert (share[1] > share[0]).all()


@pytest.mark.parametrize(("name", "price"), [("Jardin", 15.0), ("Chiapas", 12.9)])
def test_the_books_of_a_year_move_as_the_truth_says(name, price):
    usual, ours, told = year(BASE), year(selling(name, price)), truth().loc[(name, price)]
    books = ours.accounts.sum()
    scale = 3000 / 12_000
    assert books["launch"] == pytest.approx(-scale * CANDIDATES[name].launch_cost)
    assert books["new_bag"] == pytest.approx(told["margin"], rel=0.02)
    assert books["taken_from_ours"] == pytest.approx(-told["lost"], rel=0.02)
    gain = ours.profit - usual.profit
    assert gain == pytest.approx(told["profit"], abs=0.03 * told["margin"])
    assert np.sign(gain) == np.sign(told["profit"])


def test_another_bag_or_price_earns_otherwise_in_the_order_of_the_truth():
    choices = [("Jardin", 15.0), ("Huila", 15.9), ("Atelier", 11.9), ("Chiapas", 12.9)]
    played = [year(selling(*choice)).profit for choice in choices]
    told = [truth().loc[choice, "profit"] for choice in choices]
    assert np.argsort(played).tolist() == np.argsort(told).tolist()


def test_a_launch_is_paid_once_and_at_its_planned_price_by_default():
    books = year(selling("Huila")).accounts
    assert (books["launch"] != 0).sum() == 1
    planned = year(selling("Huila", CANDIDATES["Huila"].price)).accounts
    pd.testing.assert_frame_equal(books, planned)


def test_a_plan_launches_when_the_bag_is_ready():
    plan = Plan.baseline().but(product={"launch": "Jardin"}, budget=600_000)
    assert plan.validate() == []
    pnl = season.run(plan, weeks=12, people=500).pnl
    assert (pnl["launch"] != 0).tolist() == [False] * 8 + [True] + [False] * 3
    assert (pnl["new_bag"].iloc[:8] == 0).all()
    assert (pnl["new_bag"].iloc[8:] > 0).all()


def test_the_truth_is_a_table_by_bag_and_price():
    table = truth()
    assert table.index.is_unique
    assert set(table.index.get_level_values("launch")) == set(CANDIDATES) == set(candidates().index)
    left = table["margin"] - table["lost"] + table["visits"] - table["cost"]
    assert table["profit"].to_numpy() == pytest.approx(left.to_numpy())
    assert len(rival_bags()) == len(launch.RIVAL_BAGS)
