"""What people answer in exercise 27 instead, mistake by mistake: the first stands for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import process
from mktlab.course.questions.given_27 import (
    DAYS,
    TODAY,
    WITHIN,
    answered,
    given,
    parcels,
    receivers,
)
from mktlab.plan.costs import GOODWILL, SUPPORT_HOUR, TICKETS_PER_HOUR

if TYPE_CHECKING:
    from mktlab.company import Company

Answers = Mapping[str, list[float]]


def first_of(listed: Callable[[Company], Answers], kind: str, company: Company) -> float:
    return listed(company)[kind][0]


def parcels_of(company: Company) -> Answers:
    cases = parcels(company)
    hours, come = cases["hours"], cases["closed"]
    sent = company.orders[company.orders["promised_date"].notna()]
    every = company.orders[company.orders["order_date"] >= company.today - pd.Timedelta(days=DAYS)]
    kept = {"all": sent, "lately": sent.loc[cases.index]}
    kept_share = {k: (t["delivered_date"] <= t["promised_date"]).mean() for k, t in kept.items()}
    return {
        "settled_alone": [float((hours <= WITHIN).mean())],
        "open_as_late": [float((come & (hours <= WITHIN)).mean()), float(kept_share["lately"])],
        "other_promise": [float((hours < WITHIN).mean()), float((come & (hours < WITHIN)).mean())],
        "other_days": [float(kept_share["all"])],
        "has_come": [float(come.mean()), float(1 - come.mean())],
        "all_orders": [
            float((come & (hours <= WITHIN)).sum() / len(every)),
            float((every["delivered_date"] <= every["promised_date"]).mean()),
            float(come.sum() / len(every)),
        ],
    }


def line(company: Company) -> Answers:
    handed, can = given(company), TICKETS_PER_HOUR * TODAY
    came = handed["ahead"]["requests"]
    left = process.backlog(came, can, start=handed["waiting"])
    free = (handed["waiting"] + (came - can).cumsum()).clip(lower=0)
    alone, wages = (came - can).clip(lower=0), SUPPORT_HOUR * TODAY * 52

    def cost(waiting: pd.Series[float], settled: float = can, part: float = 0.5) -> float:
        return float((GOODWILL * came * (waiting / settled).clip(upper=2) * part).sum())

    return {
        "own_week": [cost(alone), GOODWILL * float(alone.sum())],
        "no_floor": [cost(free)],
        "left_over": [
            GOODWILL * float(left.sum()),
            GOODWILL * float(left.sum()) / 2,
            GOODWILL * float(left.iloc[-1]),
            GOODWILL * float(left.max()),
            GOODWILL * float((left * (left / can).clip(upper=2)).sum()) / 2,
            GOODWILL * float((left * (left / can)).sum()) / 2,
        ],
        "not_euros": [
            cost(left) / GOODWILL,
            float(left.sum()),
            float((left / can).sum()),
            float((left / can).clip(upper=2).sum()),
            float(left.max()),
        ],
        "wages": [cost(left) + wages, wages],
        "week_before": [cost(left.shift(1, fill_value=handed["waiting"])), cost(left.shift(1))],
        "hours_for_requests": [cost(left, TODAY)],
        "whole": [
            GOODWILL * float(came.sum()),
            GOODWILL * float(came[left > 0].sum()),
            cost(left, part=1.0),
            float((GOODWILL * came * (left / can).clip(upper=1)).sum()),
        ],
    }


def gaps(company: Company) -> Answers:
    people = receivers(company)
    found = process.alike(people, "stays", of="late", by=["parcels"])
    gap, everyone = float(found["gap"]["alike"]), float(found["gap"]["all"])
    late, others = float(found["with"]["alike"]), float(found["without"]["alike"])
    each = people.groupby(["parcels", "late"])["stays"].mean().unstack()
    return {
        "ratio": [late / others, gap / others],
        "not_alike": [
            everyone - gap,
            float(people["late"].astype(float).corr(people["stays"].astype(float))),
            float((each[True] - each[False]).mean()),
        ],
        "one_side": [float(people["stays"].mean()), float(people["late"].mean())],
    }


def replies(company: Company) -> Answers:
    log = answered(company)
    sums = log.groupby("held_out")["back"].sum()
    more = log.groupby("held_out")["back"].mean()
    return {
        "answered_alone": [100 * float(log["back"].mean()), 100 * float(log["held_out"].mean())],
        "counts": [
            float(log["back"].sum()),
            float(len(log)),
            float(sums[False]),
            float(sums[True]),
            float(sums[False] - sums[True]),
            float((more[False] - more[True]) * len(log)),
            float((more[False] - more[True]) * len(log) / 2),
        ],
    }
