"""Claims about offers: a randomized test, a plan's offers in the books, deals as they were."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import offers, season
from mktlab.market.observed import offers as log_of
from mktlab.market.observed import sales
from mktlab.market.run import past
from mktlab.market.truth import offers as truth_of
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play
from mktlab.plan import Plan
from mktlab.plan.mix import BASE, BUYERS, LEVERS, MECHANICS
from mktlab.schema import MktlabError


def offering(**given):
    return replace(BASE, promotion=replace(BASE.promotion, offer=given))


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=6000, weeks=112, seed=seed) for seed in range(4)]
    return [(h, log_of.offer_test(h), log_of.turns(h)) for h in histories]


@pytest.fixture(scope="module")
def rewind():
    before = play(begin(people=4000, weeks=104, seed=1), 52)
    return Rewind.of(before, play(before.copy(), 52))


def test_the_tables_are_as_declared(worlds):
    for history, told, turns in worlds:
        assert_declared("offer_test", told)
        assert_declared("offers", log_of.offers(history))
        arms = told["mechanic"].value_counts(normalize=True)
        odds = pd.Series(log_of.ODDS, index=log_of.ARMS)
        assert (arms - odds).abs().max() < 4 * 0.44 / np.sqrt(len(told))
        assert not told.loc[told["mechanic"] == "none", "cost"].any()
        assert (turns.week % offers.EVERY == 0).all()
        assert turns.week.max() + offers.EVERY <= len(history.weeks)  # all is known
    assert log_of.offer_test(past(people=200, weeks=13, seed=1)) is None


def test_groups_are_purchases_of_26_weeks(worlds):
    history, told, _ = worlds[0]
    orders, _ = sales.orders_and_lines(history)
    paid = orders.loc[orders["status"] == "paid", ["customer_id", "order_date"]]
    both = told.reset_index().merge(paid, on="customer_id")
    before = (both["date"] - both["order_date"]).dt.days.between(1, 182)
    count = both[before].groupby("index").size().reindex(told.index, fill_value=0)
    group = pd.cut(count, [0, 1, 3, 10**6], labels=list(BUYERS)).astype(str)
    assert (group == told["buyer"]).all()


def test_who_gets_what_hangs_on_nothing_before_it(worlds):
    for history, told, turns in worlds:
        known = {
            "rate": history.people.order_rate[turns.person],
            "zone": history.people.zone[turns.person],
            "week": turns.week,
            "group": turns.group,
        }
        for name, value in known.items():
            for arm in log_of.ARMS:
                link = np.corrcoef(told["mechanic"] == arm, value)[0, 1]
                assert abs(link) < 4 / np.sqrt(len(told)), (name, arm)


def test_the_mean_of_each_arm_is_what_its_ratio_says(worlds):
    """Exactly so in expectation over the draw, for each segment and group."""
    for history, _, turns in worlds:
        chance = log_of.chances(history, turns)
        assert chance.sum(axis=1) == pytest.approx(1)
        segment = history.people.segment[turns.person]
        for place, name in enumerate(MECHANICS, start=1):
            for column, most in zip((0, 1), log_of.MOST, strict=True):
                count = np.minimum((turns.during, turns.after)[column], most)
                none, mine = (np.average(count, weights=chance[:, arm]) for arm in (0, place))
                ratio = offers.ratios(name, segment, turns.group)[column]
                wanted = np.average(ratio, weights=chance[:, 0] * (count + 1e-12))
                assert mine / none == pytest.approx(wanted, rel=0.06), name


def test_a_first_order_after_a_voucher_and_all_orders_with_a_gift_cost(worlds):
    for _, told, turns in worlds:
        gift, voucher = (told["mechanic"] == name for name in ("gift", "voucher"))
        assert (told["cost"] == (5.0 * turns.during).round(2))[gift].all()
        assert (told["cost"] == 5.0 * (turns.after > 0))[voucher].all()


def test_more_people_or_later_weeks_change_no_deal():
    short, long = (log_of.offers(past(people=300, weeks=n, seed=4)) for n in (40, 60))
    whole = long[long["start_date"] <= short["start_date"].max()]
    pd.testing.assert_frame_equal(short, whole.reset_index(drop=True))


def test_deals_are_the_weeks_that_the_shelf_shows():
    history = past(people=300, weeks=80, seed=2)
    told, shelf = log_of.offers(history), sales.prices(history)
    product = sales.products().set_index("product_id")["category"]
    on = shelf.assign(category=shelf["product_id"].map(product)).query("on_promotion")
    weeks = {(row.category, row.week) for row in on.itertuples()}
    listed = {
        (deal.category, week)
        for deal in told.itertuples()
        for week in pd.date_range(deal.start_date, deal.end_date, freq="7D")
    }
    last = shelf["week"].max()
    assert {pair for pair in listed if pair[1] <= last} == weeks


def test_no_offer_books_nothing_and_an_offer_is_no_lever():
    usual = play(begin(people=500, weeks=10, seed=3), 10)
    assert usual.weeks[-1].accounts == {}
    assert not any("offer" in path for path in LEVERS)
    none = play(begin(people=500, weeks=10, seed=3), 10, lambda w: offering(light="", heavy=""))
    assert none.weeks[-1].accounts == {}
    some = play(begin(people=500, weeks=10, seed=3), 10, lambda w: offering(heavy="gift"))
    assert some.weeks[8].accounts["offers"] < 0


def test_a_plan_with_an_offer_moves_the_books():
    plan = Plan.baseline().but(promotion={"offer": {"light": "gift", "heavy": ""}})
    assert plan.validate() == []
    told = season.run(plan, weeks=26, people=1500).vs_baseline.set_index("account")["difference"]
    assert told["offers"] < 0 < told["shop sales"]
    with pytest.raises(MktlabError, match=r"promotion\.offer: there is no 'gfit'"):
        season.run(Plan.baseline().but(promotion={"offer": {"light": "gfit"}}), people=300)


def test_a_mechanic_moves_the_orders_of_its_group_as_its_ratio_says(rewind):
    """In each week: expected orders of all, against the group's own orders times its ratio."""
    history = rewind.history
    for name, group in (("gift", 0), ("points", 1), ("cut", 2)):
        other = rewind.play({}, offer={BUYERS[group]: name})
        gained = played = 0.0
        for week, (ours, usual) in enumerate(
            zip(other.weeks, rewind.year.weeks, strict=True), start=52
        ):
            since = week % offers.EVERY
            mine = offers.groups(history, week - since)[usual.orders.person] == group
            who = usual.orders.person[mine]
            ratio = offers.ratios(name, history.people.segment[who], np.full(len(who), group))
            gained += (ratio[since >= offers.RUNS] - 1).sum()
            played += ours.repeat_orders.sum() - usual.repeat_orders.sum()
        assert played == pytest.approx(gained, rel=0.35, abs=12), name


def test_what_an_offer_costs_in_the_books_is_what_its_orders_cost(rewind):
    """Expected costs beside those of the orders that came."""
    history = rewind.history
    other = rewind.play({}, offer={"heavy": "gift"})
    placed = 0
    for week, ours in enumerate(other.weeks, start=52):
        since = week % offers.EVERY
        if since < offers.RUNS:
            group = offers.groups(history, week - since)
            placed += (group[ours.orders.person] == 2).sum()
    assert -other.accounts["offers"].sum() == pytest.approx(5.0 * placed, rel=0.15)


def test_truth_is_the_year_played_again(rewind):
    told = truth_of.offer_test(rewind).set_index(["buyer", "mechanic"])
    assert list(told.index) == [(b, m) for b in BUYERS for m in MECHANICS]
    best = told["profit_year"].unstack().idxmax(axis=1)
    assert best["light"] == "gift"
    assert best["medium"] == "points"
    assert (told.loc["heavy", "profit_year"] < 0).all()
    cuts = truth_of.offers(rewind).set_index("category")
    assert (cuts["sales_on_deal"] > cuts["sales_anyway"]).all()
    assert cuts["sales_other_weeks"].sum() < 0
