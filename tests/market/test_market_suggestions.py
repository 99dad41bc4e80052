"""Claims about the suggestion box: a randomized test that changes nothing, and its truth."""

import numpy as np
import pytest
from declared import assert_declared

from mktlab.market.observed import sales, suggestions
from mktlab.market.run import past


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=6000, weeks=110, seed=seed) for seed in range(4)]
    return [(h, suggestions.suggestions(h), suggestions._boxes(h)) for h in histories]


def test_a_box_in_eight_weeks_for_who_bought_lately_as_declared(worlds):
    for history, told, boxes in worlds:
        assert_declared("suggestions", told)
        days = told.groupby("customer_id")["date"].diff().dropna().dt.days
        assert (days % (7 * suggestions.EVERY) == 0).all()
        assert boxes.day.max() + suggestions.WITHIN <= 7 * len(history.weeks)  # all is known
        assert not told.loc[told["held_out"], "clicked"].any()
        assert told["rule"].value_counts(normalize=True).between(0.22, 0.28).all()


def test_what_was_bought_is_what_the_orders_say(worlds):
    history, told, boxes = worlds[0]
    orders, lines = sales.orders_and_lines(history)
    paid = orders[orders["status"] == "paid"]
    sold = lines.merge(paid[["order_id", "customer_id", "order_date"]])
    both = told.reset_index().merge(sold, on=["customer_id", "product_id"])
    since = (both["order_date"] - both["date"]).dt.days
    in_time = both.loc[since.between(0, suggestions.WITHIN - 1), "index"].unique()
    assert sorted(in_time) == np.flatnonzero(boxes.buys).tolist()
    own = both.loc[since < 0, "index"].unique()
    assert sorted(own) == np.flatnonzero(boxes.kind == 0).tolist()


def test_the_probability_is_that_of_the_draw(worlds):
    for _, told, _ in worlds:
        assert told["probability"].between(0.25 / 24 - 1e-4, 1).all()
        # 1 / probability estimates how many products there are to pick from
        assert (1 / told["probability"]).mean() == pytest.approx(24, rel=0.05)


def test_who_sees_the_box_hangs_on_nothing_before_it(worlds):
    for history, told, boxes in worlds:
        shown = ~told["held_out"].to_numpy()
        assert abs(shown.mean() - suggestions.SHOWN) < 4 * 0.5 / np.sqrt(len(told))
        past_of = {
            "silence": boxes.silence,
            "rate": history.people.order_rate[boxes.person],
            "day": boxes.day,
            "probability": boxes.probability,
            **{f"rule {r}": boxes.rule == r for r in range(4)},
            **{f"segment {s}": history.people.segment[boxes.person] == s for s in range(5)},
            **{f"kind {k}": boxes.kind == k for k in range(3)},
        }
        for name, value in past_of.items():
            assert abs(np.corrcoef(shown, value)[0, 1]) < 4 / np.sqrt(len(told)), name


def test_the_difference_of_shown_and_held_out_gives_the_truth_back(worlds):
    miss = []
    for history, told, boxes in worlds:
        truth = suggestions.lifts(history).set_index("rule")
        told = told.assign(buys=boxes.buys)
        for rule, rows in told.groupby("rule"):
            groups = rows.groupby("held_out")["buys"]
            rate, error = groups.mean(), groups.var() / groups.size()
            found = 1000 * (rate[False] - rate[True])
            miss.append((found - truth.loc[rule, "extra_purchases"]) / 1000 / error.sum() ** 0.5)
            whole = truth.loc[rule, ["bought_without", "bought_with"]].mean()
            assert 1000 * rows["buys"].mean() == pytest.approx(whole, rel=0.25)
    assert abs(np.mean(miss)) < 0.75  # 16 of them, nearly standard normal
    assert 0.5 < np.std(miss) < 1.5


def test_most_bought_is_not_most_brought(worlds):
    for history, *_ in worlds:
        truth = suggestions.lifts(history).set_index("rule")
        assert truth["bought_with"].idxmax() == "again" == truth["extra_purchases"].idxmin()
        assert truth["extra_margin"].idxmax() == "related"


def test_by_segment_product_and_kind_the_truth_adds_up_to_that_by_rule(worlds):
    history, _, boxes = worlds[0]
    each = suggestions.tastes(history).set_index(["segment", "product_id"])
    assert len(each) == 5 * 24
    chance = suggestions._chance(history, boxes)
    ratio = suggestions.RATIO[boxes.kind]
    added = chance * (ratio - 1) / (0.5 + 0.5 * ratio)
    holds = suggestions.per_order(history)[history.people.segment[boxes.person], boxes.product]
    orders = -np.log1p(-chance) / holds
    kinds = each[list(suggestions.KINDS)].to_numpy().reshape(5, 24, 3)
    told = orders * kinds[history.people.segment[boxes.person], boxes.product, boxes.kind]
    assert 1 < told.sum() / added.sum() < 1.12  # nobody buys in time twice


def test_a_market_of_a_few_people_and_weeks_has_boxes_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("suggestions", suggestions.suggestions(history))
    assert suggestions.lifts(history).notna().all(axis=None)
