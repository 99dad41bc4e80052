"""The questions of lesson 27: parcels on their way, vouchers, late parcels, answers, hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import process, recommendation
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_27 import (
    TODAY,
    amiss,
    best,
    given,
    hours,
    hours_of,
    near,
    played,
    vouchers,
)
from mktlab.orders import purchases
from mktlab.plan.costs import GOODWILL, SUPPORT_HOUR, TICKETS_PER_HOUR

if TYPE_CHECKING:
    from mktlab.company import Company

DAYS, WITHIN, BACK, STARS = 14, 72, 28, 2
YEAR, QUARTER = pd.Timedelta(weeks=52), pd.Timedelta(weeks=13)
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


def parcels(company: Company, days: float = DAYS, column: str = "delivered_date") -> pd.DataFrame:
    """Parcels of the last days, with the hours to the door."""
    sent = company.orders[company.orders["promised_date"].notna()]
    sent = sent[sent["order_date"] >= company.today - pd.Timedelta(days=days)]
    return process.durations(sent["order_date"], sent[column], today=company.today)


@sheet.share(digits=3)
def in_time(company: Company, days: float = DAYS, within: float = WITHIN) -> float:
    return process.service_level(parcels(company, days), within=within).share


@in_time.mistake("settled_alone")
def _settled_alone(company: Company) -> float:
    cases = parcels(company)
    return float((cases.loc[cases["closed"], "hours"] <= WITHIN).mean())


@in_time.mistake("open_as_late")
def _open_as_late(company: Company) -> float:
    cases = parcels(company)
    return float((cases["closed"] & (cases["hours"] <= WITHIN)).mean())


@in_time.mistake("old_alone")
def _old_alone(company: Company) -> float:
    cases = parcels(company)
    sent = company.orders.loc[cases.index, "order_date"]
    old = cases[sent <= company.today - pd.Timedelta(hours=WITHIN)]
    return float((old["closed"] & (old["hours"] <= WITHIN)).mean())


in_time.mistake("other_promise", within=WITHIN + 24)
in_time.also("other_promise", {"within": WITHIN - 24}, {"within": WITHIN - 1})
in_time.mistake("other_days", days=7)
in_time.also("other_days", {"days": 28}, {"days": 91}, {"days": 364}, {"days": 9_999})


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
voucher_cost.mistake("no_most", most=np.inf)
voucher_cost.mistake("whole", lambda c: 2 * vouchers(c))
voucher_cost.also("whole")(lambda c: [2 * vouchers(c, most=1.0), _all_vouchers(c)])
voucher_cost.mistake("left_over", lambda c: GOODWILL * float(_left(c).sum()))
voucher_cost.also("left_over")(
    lambda c: [GOODWILL * float(_left(c).iloc[-1]), GOODWILL * float(_left(c).max())]
)


@voucher_cost.mistake("no_floor")
def _no_floor(company: Company) -> float:
    """A backlog that falls below zero: free hours are kept for later."""
    handed = given(company)
    came, can = handed["ahead"]["requests"], TICKETS_PER_HOUR * TODAY
    left = (handed["waiting"] + (came - can).cumsum()).clip(lower=0)
    return float((GOODWILL * came * (left / can).clip(upper=2) / 2).sum())


@voucher_cost.mistake("own_week")
def _own_week(company: Company) -> float:
    """Each week for itself: what it leaves over does not wait for the next."""
    came, can = given(company)["ahead"]["requests"], TICKETS_PER_HOUR * TODAY
    left = (came - can).clip(lower=0)
    return float((GOODWILL * came * (left / can).clip(upper=2) / 2).sum())


voucher_cost.also("own_week", {"start": False})


def _left(company: Company) -> pd.Series[float]:
    handed = given(company)
    can = TICKETS_PER_HOUR * TODAY
    return process.backlog(handed["ahead"]["requests"], can, start=handed["waiting"])


def _all_vouchers(company: Company) -> float:
    return GOODWILL * float(given(company)["ahead"]["requests"].sum())


def receivers(company: Company, by: str = "parcels", most: int = 10) -> pd.DataFrame:
    """Who got parcels in the year up to a quarter ago, whether one was late, and who stays."""
    bought, cut = purchases(company.orders), company.today - QUARTER
    known = bought[bought["order_date"].between(cut - YEAR, cut, inclusive="left")]
    sent = known[known["promised_date"].notna()]
    groups = sent.assign(late=sent["delivered_date"] > sent["promised_date"]).groupby("customer_id")
    people = groups.agg(parcels=("late", "size"), late=("late", "any"))
    people["orders"] = known.groupby("customer_id").size()
    after = bought.loc[bought["order_date"] >= cut, "customer_id"]
    people[by] = people[by].clip(upper=most)
    return people.assign(stays=people.index.isin(after))


@sheet.share(digits=3)
def late_gap(
    company: Company, row: str = "alike", column: str = "gap", by: str = "parcels", most: int = 10
) -> float:
    table = receivers(company, by, most)
    return float(process.alike(table, "stays", of="late", by=[by])[column][row])


late_gap.mistake("not_alike", row="all")
late_gap.mistake("one_side", column="some")
late_gap.also("one_side", {"column": "others"}, {"row": "all", "column": "others"})
late_gap.mistake("ends", column="low")
late_gap.also("ends", {"column": "high"})
late_gap.mistake("other_groups", by="orders")
late_gap.also("other_groups", {"most": 5}, {"most": 20}, {"most": 99})


def answered(company: Company, days: int = BACK, stars: int = STARS) -> pd.DataFrame:
    """Reviews of the log old enough to tell, and who bought again."""
    log = company.review_replies.merge(company.reviews[["review_id", "customer_id", "stars"]])
    log = log[log["date"] < company.today - pd.Timedelta(days=days)]
    bought = purchases(company.orders)[["customer_id", "order_date"]]
    both = log.merge(bought, on="customer_id")
    since = (both["order_date"] - both["date"]).dt.days
    back = both.loc[since.between(1, days), "review_id"]
    log = log.assign(back=log["review_id"].isin(back), rule="all")
    return log[log["stars"] <= stars]


@sheet.number(tolerance=0.05)
def brought_back(
    company: Company, days: int = BACK, stars: int = STARS, column: str = "extra", per: int = 100
) -> float:
    log = answered(company, days, stars)
    return float(recommendation.extra(log, "back", per=per)[column].iloc[0])


brought_back.mistake("answered_alone", column="shown")
brought_back.also("answered_alone", {"column": "held_out"})
brought_back.mistake("ends", column="low")
brought_back.also("ends", {"column": "high"})
brought_back.mistake("other_stars", stars=3)
brought_back.also("other_stars", {"stars": 5}, {"stars": 1})
brought_back.mistake("other_time", days=56)
brought_back.also("other_time", {"days": 91}, {"days": 7})
brought_back.mistake("of_thousand", per=1_000)
brought_back.also("of_thousand", {"per": 1})


@brought_back.mistake("relative")
def _relative(company: Company) -> float:
    found = recommendation.extra(answered(company), "back", per=100).iloc[0]
    return 100 * float(found["extra"] / found["held_out"])


def _needs(company: Company) -> list[float]:
    """Hours that settle the mean of each part of the year, the first four weeks too."""
    came = given(company)["ahead"]["requests"].to_numpy()
    parts = (came[:4], came[4:16], came[16:44], came[44:])
    return [max(8.0, float(part.mean()) / TICKETS_PER_HOUR) for part in parts]


def _mean_hours(company: Company) -> pd.Series[float]:
    mean = float(given(company)["ahead"]["requests"].mean()) / TICKETS_PER_HOUR
    return hours(*[max(8.0, mean)] * 3)


def _guesses(company: Company) -> dict[str, pd.Series[float]]:
    """Hours that need no look at the forecast."""
    flat = {f"flat_{number}": hours(*[number] * 3) for number in (18.0, 20.0, 25.0)}
    return flat | {"lesson": hours(TODAY, TODAY, 30), "round": hours(20, 15, 25)}


@sheet.decision(
    best=best,
    choices=lambda company: (),
    reads=hours_of,
    alike=near,
    amiss=amiss,
    good_enough=0.85,
    guesses=_guesses,
)
def hours_ahead(company: Company, plan: pd.Series[float]) -> float:
    """What a year with these hours earns, more than one with today's."""
    known = company.truth.parameters
    first, second, third = (round(float(part), 2) for part in plan)
    return played(known["seed"], known["people"], (first, second, third))


hours_ahead.mistake("as_it_is", lambda c: hours(TODAY, TODAY, TODAY))
hours_ahead.mistake("mean", _mean_hours)
hours_ahead.mistake("mean_of_parts", lambda c: hours(*_needs(c)[1:]))
hours_ahead.mistake("part_before", lambda c: hours(*_needs(c)[:3]))
hours_ahead.mistake("busiest", lambda c: hours(*[_busiest(c)] * 3))


def _busiest(company: Company) -> float:
    return min(100.0, float(given(company)["ahead"]["requests"].max()) / TICKETS_PER_HOUR)
