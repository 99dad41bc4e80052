"""Claims about the subject lines: a randomized test that changes nothing, and its truth."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import messages, relations, sales
from mktlab.market.run import past

OPEN_RATES = (0.7, 1.6)  # of a line over the mean: assumption, written before they were counted


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
        opens, gain = messages.effects(history)
        assert opens.mean() == pytest.approx(1)
        assert gain.mean(axis=0) == pytest.approx(np.ones(5))
        assert (opens - 1) @ gain == pytest.approx(np.zeros(5), abs=1e-9)


def test_claims_hold_or_not_by_the_list():
    """Each claim whose truth the list can tell, against the list."""
    shelf = {p["name"]: p for p in _shelf()}
    lines = messages._LINES.set_index("text")["holds"]
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
        and (messages._LINES.loc[~messages._LINES["holds"], "claim"] != "none").all()
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
