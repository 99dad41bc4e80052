"""What lesson 33 claims: textbook and file flatter, a model cannot lose, labels are no causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab import experiments, lifetime
from mktlab.course.claims import Claim
from mktlab.course.questions.given_33 import (
    YEAR,
    bought,
    fitted,
    naive_worth,
    newer,
    rate,
    worths,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


def textbook_doubles(company: Company) -> bool:
    """A buyer's spending times years is twice what newcomers leave in about as many years."""
    return bool(naive_worth(company) >= 2 * worths(company)["true"].mean())


def bgnbd_keeps_them(company: Company) -> bool:
    """Of those who bought once most have left; BG/NBD keeps all, MBG/NBD comes nearest."""
    histories = lifetime.summary(newer(company), unit="week", until=company.today)
    fits = (lifetime.fit_bgnbd, lifetime.fit_pareto_nbd, lifetime.fit_mbgnbd)
    once = histories.set_index("customer_id")["frequency"] == 0
    status = company.truth.customers.set_index("customer_id")["status"]
    true = float((status.reindex(once[once].index).dropna() != "gone").mean())
    bgnbd, pareto, mbgnbd = (float(fit(histories).chance_alive()[once].mean()) for fit in fits)
    near = abs(mbgnbd - true)
    return true < 0.5 and bgnbd == 1 and near < abs(pareto - true) and near < abs(bgnbd - true)


def file_flatters(company: Company) -> bool:
    """Newcomers are worth less, and nearer the truth, without those of the first half-year."""
    rows, true = bought(company), float(worths(company)["true"].mean())
    first = rows.loc[rows["order_date"] == rows["first_day"], "margin"].sum()
    first = float(first / rows["customer_id"].nunique())
    told = []
    for everybody in (True, False):
        model, spend = fitted(company, everybody)
        worth = lifetime.value(
            model, spend, weeks=130, margin=rate(company), annual_discount=0
        ).newcomer["value"]
        told.append(first + worth)
    return bool(told[1] < told[0] and abs(told[1] - true) < abs(told[0] - true))


def label_is_no_cause(company: Company) -> bool:
    """A newcomer who would not have come costs half as much again as the label "search" says."""
    start = company.today - YEAR
    rows = bought(company)
    known = company.customers.drop_duplicates("customer_id").set_index("customer_id")
    new = rows.loc[rows["first_day"] >= start, "customer_id"].drop_duplicates()
    labeled = int((known["acquisition_channel"].reindex(new) == "search").sum())
    paid = ["search_brand", "search_generic"]
    channels = company.truth.channels.set_index("channel")
    caused = float(channels["newcomers"].reindex(paid).sum())
    return labeled >= 1.5 * caused


def users_would_have_come(company: Company) -> bool:
    """Who used a discount left twice as much more as the discount brings, or more."""
    rows = company.reward_test
    used = rows[(rows["reward"] == "discount") & (rows["cost"] > 0)]["margin"].mean()
    more = float(used - rows[rows["reward"] == "none"]["margin"].mean())
    true = company.truth.reward_test.set_index("reward")["margin"]
    return more >= 2 * float(true["discount"])


def test_finds_a_reward(company: Company) -> bool:
    """The reward with the highest net effect in the test brings more than it costs, in truth."""
    test, rows = company.reward_test, bought(company)
    drawn = test["drawn_date"].iloc[0]
    before = rows[(rows["order_date"] >= drawn - YEAR) & (rows["order_date"] < drawn)]
    before = before.groupby("customer_id")["margin"].sum()
    test = test.assign(
        net=test["margin"] - test["cost"], before=test["customer_id"].map(before).fillna(0)
    )
    true, found = company.truth.reward_test.set_index("reward")["net"], {}
    for reward in true.index:
        two = test[test["reward"].isin([reward, "none"])]
        two = two.assign(drawn=two["reward"] == reward)
        found[reward] = experiments.adjusted_effect(two, "net", "before", "drawn").difference
    return bool(true[max(found, key=lambda reward: found[reward])] > 0)


CLAIMS = (
    Claim(
        say(
            "What a buyer of the last year spent, times the years that buyers stay, is twice the "
            "margin of a newcomer in about as many years, or more."
        ),
        textbook_doubles,
        at_least=18,
    ),
    Claim(
        say(
            "Most of those who bought once have left; BG/NBD counts all of them as still there, "
            "and MBG/NBD comes nearest to the truth."
        ),
        bgnbd_keeps_them,
        at_least=18,
    ),
    Claim(
        say(
            "Without the customers of the first half-year of the file, the worth of a newcomer is "
            "lower, and nearer to the truth."
        ),
        file_flatters,
        at_least=16,
    ),
    Claim(
        say(
            "A newcomer who would not have come without search ads costs half as much again as the "
            "label “search” says, or more."
        ),
        label_is_no_cause,
        at_least=18,
    ),
    Claim(
        say(
            "Who used a discount left twice as much more than people without a reward as the "
            "discount brings, or more."
        ),
        users_would_have_come,
        at_least=18,
    ),
    Claim(
        say(
            "The reward that a random draw among good customers calls best brings more than it "
            "costs, in truth."
        ),
        test_finds_a_reward,
        at_least=17,
    ),
)
