"""Claims about the subject lines: a randomized test that changes nothing, and its truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import message
from mktlab.market.observed import messages, relations, sales
from mktlab.market.run import begin, past, play
from mktlab.market.truth.counterfactual import Rewind
from mktlab.plan.mix import PROMISES, READERS

OPEN_RATES = (0.7, 1.6)  # of a line over the mean: assumption, written before they were counted
PLAYED = (0.75, 1.25)  # extra orders played over those expected: written before they were played
FITTING = {"beans": "origin", "capsules": "convenience", "ground": "price"}


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=12_000, weeks=110, seed=seed) for seed in range(4)]
    return [(h, messages.subject_tests(h)) for h in histories]


def test_tables_are_as_declared_and_lines_drawn_evenly(worlds):
    for history, told in worlds:
        assert_declared("subject_tests", told)
        lines = messages.subject_lines(history)
        assert_declared("subject_lines", lines)
        assert lines["author"].value_counts().to_dict() == {"person": 15, "language model": 15}
        assert (lines["promise"].value_counts() == 10).all()
        assert set(lines["claim"]) == set(messages.CLAIMS)
        counts = told["line_id"].value_counts()
        assert ((counts - len(told) / 30).abs() < 4.5 * np.sqrt(len(told) / 30)).all()
        assert told["date"].nunique() == messages.MAILINGS
        assert not told.loc[~told["opened"], "clicked"].any()


def test_opens_are_those_of_the_newsletter(worlds):
    history, told = worlds[0]
    mails = relations.emails(history)
    mails = mails[~mails["held_out"]].assign(
        date=lambda m: m["sent_at"].dt.tz_localize(None).dt.normalize()
    )
    both = told.merge(mails, on=["customer_id", "date"], suffixes=("", "_mail"))
    assert len(both) == len(told)
    assert (both["opened"] == both["opened_mail"]).all()
    assert (both["clicked"] == both["clicked_mail"]).all()


def test_the_line_hangs_on_nothing_but_what_it_moves(worlds):
    for history, told in worlds:
        people = history.people
        who = told["customer_id"].str[1:].astype(int).to_numpy() - 1
        traits = {
            "taste for mail": people.email_taste[who],
            "rate": people.order_rate[who],
            "day": told["date"].astype("int64"),
            **{f"segment {s}": people.segment[who] == s for s in range(5)},
        }
        for promise, drawn in _promises(history, told).items():
            for name, value in traits.items():
                found = np.corrcoef(drawn, value)[0, 1]
                assert abs(found) < 4 / np.sqrt(len(told)), (promise, name)


def _promises(history, told):
    promise = messages.subject_lines(history).set_index("line_id")["promise"]
    return pd.get_dummies(told["line_id"].map(promise))


def test_the_test_gives_back_opens_and_orders(worlds):
    opens, orders = [], []
    for history, told in worlds:
        truth = messages.lines_truth(history).set_index("line_id")
        sent = messages._sent(history)
        rows = told.assign(orders=sent.orders).groupby("line_id")
        rate = rows["opened"].mean() * 1000
        opens += list((rate - truth["opens"]) / (1000 * np.sqrt(0.24 / rows.size())))
        error = 1000 * np.sqrt(rows["orders"].var() / rows.size())
        gap = 1000 * (rows["orders"].mean() - sent.orders.mean())
        orders += list((gap - truth["extra_orders"]) / error)
        assert (truth["opens"] / truth["opens"].mean()).between(*OPEN_RATES).all()
    for miss in (opens, orders):
        assert abs(np.mean(miss)) < 0.3
        assert 0.8 < np.std(miss) < 1.2  # 120 of them


def test_a_promise_sells_to_its_segment(worlds):
    """Over four worlds together: 15 lifts, each within its noise."""
    found, truths = [], []
    for history, told in worlds:
        segment = history.people.segment[told["customer_id"].str[1:].astype(int).to_numpy() - 1]
        sent = messages._sent(history)
        promise = messages.subject_lines(history).set_index("line_id")["promise"]
        rows = pd.DataFrame({"s": segment, "p": told["line_id"].map(promise), "o": sent.orders})
        mean = rows.groupby("s")["o"].mean()
        found.append(rows.groupby(["s", "p"])["o"].mean().div(mean, level="s") - 1)
        truth = messages.promises_truth(history).set_index(["segment", "promise"])["lift"].unstack()
        truths.append(truth.loc[[s.name for s in messages.SEGMENTS]].stack().to_numpy())
    gap = pd.concat(found, axis=1).mean(axis=1) - np.mean(truths, axis=0)
    assert gap.abs().mean() < 0.10
    assert np.corrcoef(gap + np.mean(truths, axis=0), np.mean(truths, axis=0))[0, 1] > 0.7


def test_opens_say_nothing_of_orders(worlds):
    for history, _ in worlds:
        opens, gain = message.effects(history.seed)
        assert opens.mean() == pytest.approx(1)
        assert gain.mean(axis=0) == pytest.approx(np.ones(5))
        assert (opens - 1) @ gain == pytest.approx(np.zeros(5), abs=1e-9)


def test_claims_hold_or_not_by_the_list():
    """Each claim whose truth the list can tell, against the list."""
    shelf = {p["name"]: p for p in _shelf()}
    lines = message.LINES.set_index("text")["holds"]
    capsules = [p for p in shelf.values() if p["category"] == "capsules"]
    assert lines["Every capsule we roast is organic"] == all(
        "organic" in p["label"] for p in capsules
    )
    boxes = [p["with_tax"] for p in shelf.values() if p["category"] == "gift"]
    assert lines["All our gift boxes under €50"] == (max(boxes) < 50)
    assert lines["Earl Grey for €7.87, tax included"] == (
        shelf["Earl Grey, 100 g"]["with_tax"] == 7.87
    )
    ten = min(p["with_tax"] for p in capsules)
    assert lines["Ten capsules for €4.40, tax included"] == (ten == 4.40)
    box = shelf["Discovery box, 3 coffees"]["with_tax"]
    assert lines["The Discovery box: three coffees for less than €20"] == (box < 20)
    peru = [p["label"] for p in shelf.values() if p["name"].startswith("Peru")]
    assert len(peru) == 3 and set(peru) == {"organic and fair trade"}
    assert (
        shelf["Origins box, 5 coffees"]
        and (~lines).sum() == 5
        and (message.LINES.loc[~message.LINES["holds"], "claim"] != "none").all()
    )


def _shelf():
    table = sales.products()
    table["with_tax"] = (table["list_price"] * (1 + table["vat_rate"])).round(2)
    return table.to_dict("records")


def test_later_weeks_change_no_earlier_row():
    long, short = (past(people=1500, weeks=w, seed=3) for w in (60, 58))
    one, other = messages.subject_tests(long), messages.subject_tests(short)
    both = set(one["date"]) & set(other["date"])
    assert len(both) == messages.MAILINGS - 2
    rows = [t[t["date"].isin(both)].reset_index(drop=True) for t in (one, other)]
    same = rows[0].merge(rows[1], on=["customer_id", "date"], suffixes=("", "_other"))
    assert (
        same["line_id"] == same["line_id_other"]
    ).mean() > 0.98  # who leaves later is not listed


def test_a_small_market_has_subject_lines_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("subject_tests", messages.subject_tests(history))
    assert messages.lines_truth(history).notna().all(axis=None)


def test_promises_and_readers_are_those_that_a_plan_chooses_among():
    assert set(message.MOVES.index) == set(PROMISES)
    history = past(people=1500, weeks=60, seed=3)
    group = message.readers(history, 60)
    orders, lines = sales.bought(history)
    week = orders.day[lines.order] // 7
    for person in range(0, 1500, 50):
        mine = lines.product[(orders.person[lines.order] == person) & (week >= 8)]
        counts = np.bincount(message.CATEGORY_OF[mine], minlength=5)
        best = message.CATEGORIES[counts.argmax()].name
        wanted = best if counts.any() and best in READERS else "others"
        assert counts.max() == np.sort(counts)[-2] or READERS[group[person]] == wanted


def test_no_choice_of_promises_changes_nothing_and_a_choice_acts_at_once():
    history = past(people=1500, weeks=60, seed=3)
    mix = history.weeks[-1].mix
    assert message.act(history, 60, mix) == message.Nudge()
    lift = message.act(history, 60, _fitting(mix)).orders
    group = message.readers(history, 60)
    assert (lift[group == READERS.index("others")] == 0).all()
    assert 0 < (lift != 0).mean() < 0.5
    connoisseurs = (history.people.segment == 0) & (group == READERS.index("beans"))
    assert (lift[connoisseurs] >= 0).all()


def _fitting(mix):
    return replace(mix, promotion=replace(mix.promotion, message=FITTING))


@pytest.mark.slow
def test_the_books_move_as_the_truth_of_the_promises_says():
    """Extra orders of a year played again over those that the ratios expect: median of seven."""
    found = []
    for seed in range(1, 8):
        before = play(begin(people=4000, weeks=104, seed=seed), 52)
        again = Rewind.of(before, play(before.copy(), 52))
        expected = 0.0
        for week in range(52, 104):
            now = again.history.weeks[week]
            state = replace_weeks(again.history, week)
            lift = message.act(state, week, _fitting(now.mix)).orders
            expected += (np.exp(lift[now.orders.person[~now.orders.cancelled]]) - 1).sum()
        played = _orders(again.play({}, message=FITTING)) - _orders(again.year)
        found.append(played / expected)
    assert PLAYED[0] < np.median(found) < PLAYED[1]


def replace_weeks(history, week):
    return replace(history, weeks=history.weeks[:week])


def _orders(year):
    return sum((~w.orders.cancelled).sum() for w in year.weeks)
