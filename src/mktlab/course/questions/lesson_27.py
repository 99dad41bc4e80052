"""The questions of lesson 27: parcels on their way, vouchers, late parcels, answers, hours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import process, recommendation
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions import given_wrong_27 as wrong
from mktlab.course.questions.given_27 import (
    BACK,
    DAYS,
    PART,
    STARS,
    TODAY,
    WITHIN,
    amiss,
    answered,
    best,
    given,
    hours,
    hours_of,
    near,
    other_limits,
    parcels,
    played,
    receivers,
    vouchers,
)
from mktlab.plan.costs import GOODWILL, SUPPORT_HOUR, TICKETS_PER_HOUR

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet(
    "27_process",
    given=given,
    days=DAYS,
    within=WITHIN,
    back=BACK,
    stars=STARS,
    goodwill=GOODWILL,
    hour=SUPPORT_HOUR,
    today=TODAY,
)


@sheet.share(digits=3)
def in_time(company: Company, days: float = DAYS, within: float = WITHIN) -> float:
    return process.service_level(parcels(company, days), within=within).share


@in_time.mistake("settled_alone")
def _settled_alone(company: Company) -> float:
    cases = parcels(company)
    return float((cases.loc[cases["closed"], "hours"] <= WITHIN).mean())


@in_time.mistake("old_alone")
def _old_alone(company: Company) -> float:
    cases = parcels(company)
    sent = company.orders.loc[cases.index, "order_date"]
    old = cases[sent <= company.today - pd.Timedelta(hours=WITHIN)]
    return float((old["closed"] & (old["hours"] <= WITHIN)).mean())


in_time.mistake("other_promise", within=WITHIN + 24)
in_time.also("other_promise", {"within": WITHIN - 24}, {"within": WITHIN - 1})
for kind in ("open_as_late", "has_come", "all_orders"):
    in_time.mistake(kind, partial(wrong.first_of, wrong.parcels_of, kind))
in_time.leads(wrong.parcels_of, "settled_alone", "other_promise", "other_days", "has_come")
in_time.leads(wrong.parcels_of, "all_orders")
in_time.mistake("other_days", days=7)
in_time.also("other_days", *({"days": days} for days in (13, 15, 28, 91, 364, 9_999)))


@in_time.mistake("ends")
def _low(company: Company) -> float:
    return process.service_level(parcels(company), within=WITHIN).low


@in_time.also("ends")
def _high(company: Company) -> list[float]:
    return [process.service_level(parcels(company), within=WITHIN).high]


@sheet.number(tolerance=2.0)
def voucher_cost(
    company: Company,
    rate: float = TICKETS_PER_HOUR,
    start: bool = True,
    most: float = 2.0,
) -> float:
    return vouchers(company, rate=rate, start=start, most=most)


voucher_cost.mistake("hours_for_requests", rate=1.0)
voucher_cost.also("hours_for_requests", {"rate": 1 / TICKETS_PER_HOUR})
voucher_cost.mistake("no_most", lambda c: other_limits(c)[0])
voucher_cost.also("no_most")(lambda c: other_limits(c)[1:])
voucher_cost.mistake("whole", lambda c: 2 * vouchers(c))
OF_LINE = ("own_week", "no_floor", "left_over", "not_euros", "wages", "week_before")
for kind in OF_LINE:
    voucher_cost.mistake(kind, partial(wrong.first_of, wrong.line, kind))
voucher_cost.leads(wrong.line, "hours_for_requests", "whole", *OF_LINE)
voucher_cost.also("own_week", {"start": False})


@sheet.share(digits=3)
def late_gap(
    company: Company, row: str = "alike", column: str = "gap", by: str = "parcels", most: int = 10
) -> float:
    table = receivers(company, by, most)
    return float(process.alike(table, "stays", of="late", by=[by])[column][row])


late_gap.mistake("not_alike", row="all")
late_gap.mistake("one_side", column="with")
late_gap.also("one_side", {"column": "without"}, {"row": "all", "column": "without"})
late_gap.mistake("ratio", partial(wrong.first_of, wrong.gaps, "ratio"))
late_gap.leads(wrong.gaps, "not_alike", "one_side", "ratio")
late_gap.mistake("ends", column="low")
late_gap.also("ends", {"column": "high"})
late_gap.mistake("other_groups", by="orders")
late_gap.also("other_groups", {"most": 5}, {"most": 20}, {"most": 99})


@sheet.number(tolerance=0.05)
def brought_back(
    company: Company, days: int = BACK, stars: int = STARS, column: str = "extra", per: int = 100
) -> float:
    log = answered(company, days, stars)
    return float(recommendation.extra(log, "back", per=per)[column].iloc[0])


brought_back.mistake("answered_alone", column="shown")
brought_back.also("answered_alone", {"column": "held_out"})
brought_back.mistake("counts", partial(wrong.first_of, wrong.replies, "counts"))
brought_back.leads(wrong.replies, "answered_alone", "counts")
brought_back.mistake("ends", column="low")
brought_back.also("ends", {"column": "high"})
brought_back.mistake("other_stars", stars=3)
brought_back.also("other_stars", {"stars": 5}, {"stars": 1})
brought_back.mistake("other_time", days=56)
brought_back.also("other_time", {"days": 91})
brought_back.mistake("of_thousand", per=1_000)


@brought_back.mistake("relative")
def _relative(company: Company) -> float:
    found = recommendation.extra(answered(company), "back", per=100).iloc[0]
    return 100 * float(found["extra"] / found["held_out"])


def _needs(company: Company) -> list[float]:
    """Hours that settle the mean of each part of the year, the first four weeks too."""
    came = given(company)["ahead"]["requests"].to_numpy().reshape(-1, PART)
    return [max(8.0, part / TICKETS_PER_HOUR) for part in came.mean(axis=1).tolist()]


def _mean_hours(company: Company) -> pd.Series[float]:
    mean = float(given(company)["ahead"]["requests"].mean()) / TICKETS_PER_HOUR
    return hours(*[max(8.0, mean)] * 12)


def _guesses(company: Company) -> dict[str, pd.Series[float]]:
    """Round hours that a look at the calendar gives, and the rules of the lesson."""
    made = {f"flat_{number}": hours(*[number] * 12) for number in (12.0, 20.0)}
    for first, calm, end, busy in (
        (10, 10, 25, 2),
        (12, 10, 30, 1),
        (15, 12, 25, 2),
        (20, 12, 40, 1),
    ):
        plan = [first] * 3 + [calm] * (9 - busy) + [end] * busy
        made[f"round_{first}_{calm}_{end}"] = hours(*plan)
    fifth = [1.2 * part for part in _needs(company)[1:]]
    return made | {"lesson": hours(*[TODAY] * 10, 30, 30), "a_fifth_more": hours(*fifth)}


@sheet.decision(
    best=best,
    choices=lambda company: (),
    reads=hours_of,
    alike=near,
    amiss=amiss,
    good_enough=0.95,
    guesses=_guesses,
)
def hours_ahead(company: Company, plan: pd.Series[float]) -> float:
    """What a year with these hours earns, more than one with today's."""
    known = company.truth.parameters
    return played(known["seed"], known["people"], tuple(plan.round(2).tolist()))


hours_ahead.mistake("as_it_is", lambda c: hours(*[TODAY] * 12))
hours_ahead.mistake("mean", _mean_hours)
hours_ahead.mistake("mean_of_parts", lambda c: hours(*_needs(c)[1:]))
hours_ahead.mistake("part_before", lambda c: hours(*_needs(c)[:-1]))
hours_ahead.mistake("busiest", lambda c: hours(*[_busiest(c)] * 12))


def _busiest(company: Company) -> float:
    return min(100.0, float(given(company)["ahead"]["requests"].max()) / TICKETS_PER_HOUR)
