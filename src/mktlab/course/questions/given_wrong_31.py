"""Where mistakes in exercise 31 lead: for each question, wrong answers by the mistake's name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import churn
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_31 import (
    DISCOUNT,
    HORIZON,
    MARGIN_RATE,
    WEEK,
    WINDOW,
    bought_in,
    every_4_weeks,
    forest,
    person_of,
    risk_of,
    snapshot,
    worth_of_saving,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from mktlab.company import Company

Lists = dict[str, list[float]]
WEEKS: dict[str, Any] = {"window_weeks": WINDOW, "horizon_weeks": HORIZON}


def _snapshots(company: Company, cut: Any, **other: Any) -> pd.DataFrame:
    features = ["recency_days", "purchases", "spend"]
    return churn.snapshots(company, cut, **(WEEKS | other), features=features)


@lru_cache(maxsize=2)
def _all_cuts(company: Company) -> pd.DataFrame:
    return _snapshots(company, churn.cut_days(company, **WEEKS))


@lru_cache(maxsize=2)
def shares(company: Company) -> Lists:
    """Question 1: another window, cut or horizon; another whole; silence before the cut."""
    cut, then = company.today - HORIZON * WEEK, company.today - 2 * HORIZON * WEEK
    table, every = _snapshots(company, cut), _all_cuts(company)
    gone = table["churned"]
    bought = bought_in(company)
    orders = company.orders[["customer_id", "order_date"]]
    came = orders.loc[orders["order_date"] >= cut, "customer_id"].unique()
    before = orders.loc[orders["order_date"] < cut, "customer_id"].unique()
    by_cut = every.groupby("cut_date")["churned"].mean()

    def of(day: Any, **other: Any) -> float:
        return float(_snapshots(company, day, **other)["churned"].mean())

    horizons = [of(cut, horizon_weeks=n) for n in (4, 8, 6)] + [of(then, horizon_weeks=26)]
    weights = table["purchases"], table["spend"]
    return {
        "lesson_window": [of(cut, window_weeks=n) for n in (13, 52, 65)]
        + [of(then, window_weeks=26)],
        "earlier_cut": [float(every["churned"].mean()), float(by_cut.mean()), *map(float, by_cut)],
        "everybody": [
            1 - float(pd.Index(before).isin(came).mean()),
            1
            - bought.loc[bought["order_date"] >= cut, "customer_id"].nunique()
            / len(company.customers),
        ],
        "other_horizon": horizons,
        "other_whole": [
            *(gone.sum() / whole for whole in ((~gone).sum(), len(company.customers))),
            *(gone.sum() / whole for whole in (bought["customer_id"].nunique(), len(bought))),
            *(float(np.average(gone, weights=by)) for by in weights),
        ],
        "silent": [
            float((table["recency_days"] > 7 * HORIZON).mean()),
            float((table["purchases"] == 1).mean()),
            float(gone[table["purchases"] == 1].mean()),
        ],
    }


@lru_cache(maxsize=2)
def leads(company: Company) -> Lists:
    """Question 2: ends of the turned scores, other rows and scores, one score alone."""
    cut, then = company.today - HORIZON * WEEK, company.today - 2 * HORIZON * WEEK
    table = _snapshots(company, cut)
    gone, few, long = table["churned"], -table["purchases"], table["recency_days"]

    def ends(one: Any, other: Any, truth: Any = gone, **level: Any) -> list[float]:
        found = churn.auc_difference(one, other, truth, **level)
        return [float(found.low), float(found.difference), float(found.high)]

    low, _middle, high = ends(few, long)
    one, other = churn.auc(few, gone), churn.auc(long, gone)
    half = float(np.hypot(one.high - one.low, other.high - other.low)) / 2
    rows = [_snapshots(company, then), _snapshots(company, cut, window_weeks=26)]
    rows.append(_all_cuts(company))
    return {
        "other_way_round": ends(long, few)[1:2],
        "upside_down": [*ends(-few, long), *ends(few, -long), *ends(-few, -long)[:2]],
        "two_intervals": [
            one.low - other.low,
            one.high - other.high,
            one.high - other.low,
            one.auc - other.auc - half,
        ],
        "one_auc": [
            one.auc,
            other.auc,
            1 - one.auc,
            1 - other.auc,
            one.low,
            other.low,
            one.high,
            other.high,
        ],
        "width": [high - low, (high - low) / 2, (high - low) / 3.92],
        "level": [ends(few, long, level=level)[0] for level in (0.9, 0.99)],
        "other_rows": [
            x
            for some in rows
            for x in ends(-some["purchases"], some["recency_days"], some["churned"])[:2]
        ],
        "other_score": [
            x for a, b in ((-table["spend"], long), (few, -table["spend"])) for x in ends(a, b)
        ],
    }


def _learned(company: Company, learn: pd.DataFrame, model: Any = None) -> pd.DataFrame:
    """All monthly rows with the risk that some of them teach."""
    rows = every_4_weeks(company)
    return rows.assign(risk=risk_of(learn, rows, model or forest()))


def _auc(rows: pd.DataFrame) -> float:
    return churn.auc(rows["risk"], rows["churned"]).auc


@lru_cache(maxsize=2)
def aucs(company: Company) -> Lists:
    """Question 3: fewer rows to learn from, or another number of the same forest."""
    rows, cut = every_4_weeks(company), company.today - HORIZON * WEEK
    known = rows[rows["cut_date"] <= cut - HORIZON * WEEK]
    ends = known["cut_date"].max(), known["cut_date"].min()
    fewer = [_learned(company, known[known["cut_date"] == day]) for day in ends]
    judged = _learned(company, known)
    last = judged[judged["cut_date"] == cut]
    yes, found = (
        last.assign(risk=1.0 * (last["risk"] > 0.5)),
        churn.auc(last["risk"], last["churned"]),
    )
    signed = last.assign(purchases=-last["purchases"], spend=-last["spend"])
    return {
        "fewer_rows": [_auc(some[some["cut_date"] == cut]) for some in fewer],
        "yes_or_no": [_auc(yes), float((yes["risk"] == last["churned"]).mean())],
        "other_score": [
            *(found.low, found.high, 2 * found.auc - 1, float(last["churned"].mean())),
            *(_auc(signed.assign(risk=signed[name])) for name in ("recency_days", "purchases")),
        ],
        "shuffled_everywhere": [_auc(judged), _auc(judged.loc[known.index])],
    }


@lru_cache(maxsize=2)
def more_aucs(company: Company) -> Lists:
    """Question 3: what takes more forests."""
    rows, cut = every_4_weeks(company), company.today - HORIZON * WEEK
    drawn, day = rows.sample(frac=0.75, random_state=4), rows["cut_date"]
    learned = _learned(company, drawn)
    everything, last = _learned(company, rows), _learned(company, rows[day == cut])
    seen = [(learned, cut), (everything, cut), (last, cut)]
    by_boosting = rows[day == cut].assign(
        risk=risk_of(rows[day <= cut - HORIZON * WEEK], rows[day == cut])
    )
    part = _learned(company, drawn[drawn["cut_date"] <= cut - HORIZON * WEEK])
    return {
        "learned_the_test": [_auc(some[some["cut_date"] == at]) for some, at in seen]
        + [_auc(learned), _auc(everything), _auc(learned.loc[drawn.index])],
        "fewer_rows": [_auc(part[part["cut_date"] == cut])],
        "other_score": [_auc(by_boosting)],
    }


@lru_cache(maxsize=2)
def returns(company: Company) -> Lists:
    """Question 4: other money, people, quarters or retention; a part of it."""
    rows, bought = snapshot(company, 2 * HORIZON, features=["recency_days"]), bought_in(company)
    then, cut = company.today - 2 * HORIZON * WEEK, company.today - HORIZON * WEEK
    day, silent = bought["order_date"], rows["recency_days"] > 91
    came = rows.loc[silent & ~rows["churned"], "customer_id"]
    first, late = bought[(day >= then) & (day < cut)], bought[day >= cut]
    spent = came.map(first.groupby("customer_id")["net"].sum())
    again = float(came.isin(late["customer_id"]).mean())

    def worth(money: float, stays: float = again, discount: float = DISCOUNT) -> float:
        margin = MARGIN_RATE * money
        return margin + churn.residual_value(margin, retention=stays, discount=discount, periods=3)

    def of(people: pd.Series[str], some: pd.DataFrame = first) -> float:
        return float(people.map(some.groupby("customer_id")["net"].sum()).fillna(0).mean())

    mean = float(spent.mean())
    kept = MARGIN_RATE * mean
    everybody = rows.loc[~rows["churned"], "customer_id"]
    asked = rows.loc[silent, "customer_id"]
    of_asked = asked.map(first.groupby("customer_id")["net"].sum())
    at_cut = snapshot(company, HORIZON, features=["recency_days"])
    later = at_cut.loc[(at_cut["recency_days"] > 91) & ~at_cut["churned"], "customer_id"]
    left = float(rows["churned"].mean())
    gross = company.orders[
        (company.orders["order_date"] >= then) & (company.orders["order_date"] < cut)
    ]
    gross_sums = gross.groupby("customer_id")["revenue"].sum()
    year = bought[day >= company.today - 52 * WEEK]
    return {
        "revenue": [
            worth(float(came.map(money).mean()))
            for money in (gross_sums, first.groupby("customer_id")["revenue"].sum())
        ],
        "discount": [worth(mean, discount=rate) for rate in (0.0, 0.1, DISCOUNT / 4, 0.25)],
        "first_quarter": [kept, mean, 4 * kept, 4 * mean],
        "not_discounted": [kept * (1 + 3 * again), kept / (1 - again) if again < 1 else kept * 9],
        "other_people": [
            *(worth(of(people)) for people in (asked, everybody)),
            *(worth(of(came, some)) for some in (bought[day >= then], late, bought)),
            *(
                worth(money, float(asked.isin(late["customer_id"]).mean()))
                for money in (float(of_asked.fillna(0).mean()), float(of_asked.mean()))
            ),
            worth(of(later, late)),
        ],
        "sum": [worth(float(spent.sum())), worth(float(spent.median())), float(len(came))],
        "other_retention": [
            worth(mean, stays)
            for stays in (
                float(everybody.isin(late["customer_id"]).mean()),
                1 - left,
                left,
                1 - float(at_cut["churned"].mean()),
                1 - again,
                0.999999,
            )
        ],
        "retention": [again],
        "one_order": [
            *(MARGIN_RATE * float(some["net"].mean()) for some in (bought, first)),
            *(float(some["net"].mean()) for some in (bought, year)),
            MARGIN_RATE * float(year.groupby("customer_id")["net"].sum().mean()),
        ],
    }


def reached(company: Company, chosen: set[str], _: set[str]) -> Slip:
    """What is wrong with a list: who has left, who comes anyway, or how few it writes to."""
    truth = company.truth.customers
    people = person_of(truth)[truth["customer_id"].isin(chosen)]
    status = truth.set_index("customer_id")["status"].reindex(people)
    gone = float((status == "gone").mean()) if len(people) else 0.0
    anyway = float((worth_of_saving(company)[people] < 1).mean()) - gone if len(people) else 0.0
    if not len(people):
        told = say("Some parcels bring more than they cost. Who is silent, and has not left?")
        return Slip(say("nobody gets a parcel"), told)
    if gone > max(anyway, 0.4):
        told = say(
            "Who has left opens no parcel. The highest risks have mostly left: take them out first."
        )
        return Slip(say("most of these have left"), told)
    if anyway > 0.4:
        told = say(
            "Who buys anyway costs a parcel and brings nothing more. Look for those who have been "
            "silent for long, and have not left."
        )
        return Slip(say("most of these would have bought anyway"), told)
    told = say(
        "Some have left, some would have bought anyway, and others who could be won are not on it. "
        "Take out the highest risks, then look for the longest silence."
    )
    return Slip(say("too few of these can be won back"), told)


def first_of(lists_of: Callable[[Company], Lists], name: str, company: Company) -> float:
    """Where a mistake leads first of all."""
    return float(lists_of(company)[name][0])
