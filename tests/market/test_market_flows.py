"""Claims about mail flows: a randomized test, and the market without a flow."""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import flows
from mktlab.market.flows import FLOWS, SENT
from mktlab.market.observed import flow_emails as log_of
from mktlab.market.observed import sales
from mktlab.market.run import past
from mktlab.market.truth import mail
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play
from mktlab.plan.mix import BASE, LEVERS

NAMES = list(FLOWS)


def switched_off(*names):
    return replace(BASE, promotion=replace(BASE.promotion, flows_off=names))


@pytest.fixture(scope="module")
def worlds():
    histories = [past(people=4000, weeks=80, seed=seed) for seed in range(4)]
    return [(h, log_of.flow_emails(h), log_of.triggers(h)) for h in histories]


def test_the_log_is_as_declared_and_one_in_four_is_held_out(worlds):
    for history, told, fired in worlds:
        assert_declared("flow_emails", told)
        days = (told["date"] - pd.Timestamp("2023-01-02")).dt.days
        assert days.min() >= 7 * (len(history.weeks) - log_of.WEEKS) - 14
        assert fired.day.max() + 3 <= 7 * len(history.weeks)
        assert abs(told["held_out"].mean() - 1 + SENT) < 4 * 0.44 / np.sqrt(len(told))
        nothing = told.loc[told["held_out"], ["opened", "clicked", "opted_out", "voucher_used"]]
        assert not nothing.any(axis=None)
        assert 0 <= len(fired.day) - len(told) < 0.01 * len(told)  # who opted out gets no more


def test_whoever_opted_out_of_a_flow_gets_no_more_of_it(worlds):
    for _, told, _ in worlds:
        out = told[told["opted_out"]].drop_duplicates(["customer_id", "flow"])
        both = told.merge(out, on=["customer_id", "flow"], suffixes=("", "_out"))
        assert (both["date"] <= both["date_out"]).all()


def test_triggers_are_what_they_say(worlds):
    history, told, fired = worlds[0]
    orders, _ = sales.orders_and_lines(history)
    paid = orders[orders["status"] == "paid"]
    mails = told.reset_index().merge(paid[["customer_id", "order_date"]], on="customer_id")
    since = (mails["date"] - mails["order_date"]).dt.days
    last = since[since > 0].groupby(mails["index"]).min()
    silent = told["flow"] == "win-back"
    assert (last.reindex(told.index[silent]) == flows.SILENCE).all()
    first = paid.groupby("customer_id")["order_date"].min()
    welcome = told[told["flow"] == "welcome"]
    joined = welcome["customer_id"].map(
        sales.customers(history).set_index("customer_id")["joined_date"]
    )
    assert ((welcome["date"] - joined).dt.days == flows.WELCOME).all()
    assert (first.reindex(welcome["customer_id"]).dropna() >= pd.Timestamp("2023-01-02")).all()
    counts = [
        ((since <= 0) & (since > -FLOWS[n].days) & (mails["flow"] == n))
        .groupby(mails["index"])
        .sum()
        for n in NAMES
    ]
    in_time = sum(count.reindex(told.index, fill_value=0) for count in counts)
    assert in_time.sum() == pytest.approx(fired.orders.sum(), rel=0.01)


def test_all_who_get_a_mail_are_on_the_list_that_day(worlds):
    for history, _, fired in worlds:
        people, state = history.people, history.state
        assert people.email_opt_in[fired.person].all()
        for day in (state.unsubscribed_day, state.left_day):
            assert (day[fired.person] > fired.day).all()
        assert (state.joined_day[fired.person] < fired.day).all()


def test_who_is_held_out_hangs_on_nothing_before_it(worlds):
    for history, told, _ in worlds:
        person = told["customer_id"].str[1:].astype(int).to_numpy() - 1
        known = {
            "rate": history.people.order_rate[person],
            "taste": history.people.email_taste[person],
            "day": told["date"].astype("int64"),
            **{name: told["flow"] == name for name in NAMES},
        }
        for name, value in known.items():
            link = np.corrcoef(told["held_out"], value)[0, 1]
            assert abs(link) < 4 / np.sqrt(len(told)), name


def test_the_difference_of_sent_and_held_out_gives_the_ratio_back(worlds):
    miss = []
    for number, name in enumerate(NAMES):
        flow = FLOWS[name]
        sent, held = [], []
        for history, _, fired in worlds:
            whole = log_of.draw(history, fired)[0]
            now = fired.flow == number
            sent.append(fired.orders[now & whole])
            held.append(fired.orders[now & ~whole])
        sent, held = np.concatenate(sent), np.concatenate(held)
        gap = sent.mean() - flow.ratio * held.mean()
        error = np.sqrt(sent.var() / len(sent) + flow.ratio**2 * held.var() / len(held))
        miss.append(gap / error)
    assert np.abs(miss).max() < 3, dict(zip(NAMES, miss, strict=True))


@functools.cache
def rewind(seed):
    before = play(begin(people=4000, weeks=104, seed=seed), 52)
    return Rewind.of(before, play(before.copy(), 52))


def test_all_on_books_nothing_and_off_is_no_lever():
    usual = play(begin(people=500, weeks=8, seed=3), 8)
    assert usual.weeks[-1].accounts == {}
    assert not any("flows" in path for path in LEVERS)
    off = play(begin(people=500, weeks=8, seed=3), 8, lambda w: switched_off("birthday"))
    assert off.weeks[-1].accounts["flow_vouchers"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_without_a_flow_the_books_move_as_its_log_says(name):
    """Orders that a flow added: counted in the log's windows, and by playing the year again.

    Of seven years the median: some year played again parts ways with the first by chance.
    """
    number, flow = NAMES.index(name), FLOWS[name]
    counted, played, spared, used = [], [], [], []
    for seed in range(1, 8):
        again = rewind(seed)
        fired = log_of.triggers(again.history, weeks=52)
        in_time = fired.orders[fired.flow == number].sum()
        counted.append(in_time * (1 - 1 / flows.mean_ratio(flow)))
        off = again.play({}, flows_off=(name,))
        played.append(mail._orders(again.year) - mail._orders(off))
        spared.append(off.accounts["flow_vouchers"].sum())
        log = log_of.flow_emails(again.history)
        last = pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=104) - pd.Timedelta(days=flow.days)
        log = log[log["date"] >= last - pd.Timedelta(weeks=52)]
        used.append(log.loc[log["flow"] == name, "voucher_used"].sum())
    assert np.median(np.divide(played, counted)) == pytest.approx(1, rel=0.15)
    assert sum(spared) == pytest.approx(sum(used), rel=0.15)


def test_the_flow_with_the_most_orders_after_its_mails_loses_money():
    for seed in (1,):
        truth = mail.flows(rewind(seed)).set_index("flow")
        assert truth["orders_with"].idxmax() == "basket"
        lose = set(truth.index[truth["profit_year"] < 0])
        assert lose == {"basket", "birthday"} == set(truth.index[truth["net_margin"] < 0])
        gap = truth["extra_orders"] - truth["orders_with"] + truth["orders_without"]
        assert np.allclose(gap, 0)


def test_more_people_and_later_weeks_change_no_earlier_row():
    """But for the ends: a later year begins later."""
    size = {"people": 800, "seed": 5}
    less, more = (play(begin(**size, weeks=60), weeks) for weeks in (40, 46))
    one, other = log_of.flow_emails(less), log_of.flow_emails(more)
    until = one["date"].max() - pd.Timedelta(days=14)
    left, right = (t[t["date"] <= until].reset_index(drop=True) for t in (one, other))
    pd.testing.assert_frame_equal(left, right)


def test_a_market_of_a_few_people_and_weeks_has_a_log_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("flow_emails", log_of.flow_emails(history))
