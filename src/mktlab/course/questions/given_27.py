"""What exercise 27 hands out, and what hours of customer service do when they are played."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import process
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.orders import purchases
from mktlab.plan import Plan
from mktlab.plan.costs import GOODWILL, SUPPORT_HOUR, TICKETS_PER_HOUR
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

PART, PARTS = 4, tuple(f"hours_{number}" for number in range(1, 13))
"""Weeks of a part, and the parts that are decided: all but the first, which is as today."""
TODAY, LEAST, MOST = 15.5, 8.0, 100.0
DAYS, WITHIN, BACK, STARS = 14, 72, 28, 2
YEAR, QUARTER = pd.Timedelta(weeks=52), pd.Timedelta(weeks=13)
Hours = tuple[float, ...]


def parcels(company: Company, days: float = DAYS) -> pd.DataFrame:
    """Parcels of the last days, with the hours to the door."""
    sent = company.orders[company.orders["promised_date"].notna()]
    sent = sent[sent["order_date"] >= company.today - pd.Timedelta(days=days)]
    return process.durations(sent["order_date"], sent["delivered_date"], today=company.today)


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


def _plan(hours: float) -> Plan:
    return Plan.baseline().but(budget=1_000_000, people={"support_hours": hours})


@lru_cache(maxsize=64)
def _year(seed: int, people: int) -> pd.DataFrame:
    from mktlab import market

    return market.start(_plan(TODAY), seed=seed, people=people).advance(52).service()


def given(company: Company) -> dict[str, Any]:
    """The department's forecast for the year ahead, and what waits today."""
    known = company.truth.parameters
    year = _year(known["seed"], known["people"])
    ahead = year.loc[1:, ["week", "expected"]].rename(columns={"expected": "requests"}).round(1)
    waiting = year["backlog_weeks"].iloc[0] * TODAY * TICKETS_PER_HOUR
    return {"ahead": ahead.reset_index(drop=True), "waiting": round(float(waiting))}


def vouchers(
    company: Company, *, rate: float = TICKETS_PER_HOUR, start: bool = True, most: float = 2.0
) -> float:
    """What requests cost in a year of today's hours that nobody answers in time."""
    handed, can = given(company), rate * TODAY
    came = handed["ahead"]["requests"].to_numpy()
    left = process.backlog(came, can, start=handed["waiting"] * start)
    return float((GOODWILL * came * np.minimum(left / can, most) / 2).sum())


def other_limits(company: Company) -> list[float]:
    """Vouchers with another limit of the line, where that tells another sum: without one first."""
    right, told = vouchers(company), (np.inf, 1.0, 4.0, 0.5, 0.25, 0.1)
    found = [vouchers(company, most=most) for most in told]
    return [value for value in found if abs(value - right) > 4]


def best(company: Company) -> pd.Series[float]:
    """The hours that cost least by the forecast, as whole numbers."""
    handed = given(company)
    return hours(*_best(tuple(handed["ahead"]["requests"]), handed["waiting"]))


@lru_cache(maxsize=64)
def _best(came: tuple[float, ...], waiting: float) -> Hours:
    """Part by part, three times through the year."""
    plan = [TODAY] * len(PARTS)
    for part in 3 * [*range(len(PARTS))]:
        tries = [[*plan[:part], float(h), *plan[part + 1 :]] for h in range(8, 61)]
        plan = min(tries, key=lambda some: _cost(came, waiting, some))
    return tuple(plan)


def _cost(came: tuple[float, ...], waiting: float, plan: list[float]) -> float:
    """Wages and vouchers of a year."""
    left, cost = waiting, 0.0
    for requests, planned in zip(came, np.repeat([TODAY, *plan], PART).tolist(), strict=True):
        can = TICKETS_PER_HOUR * planned
        left = max(0.0, left + requests - can)
        cost += SUPPORT_HOUR * planned + GOODWILL * requests * min(left / can, 2.0) / 2
    return cost


@lru_cache(maxsize=256)
def played(seed: int, people: int, plan: Hours) -> float:
    """What a year with these hours earns, more than one with today's, luck left out."""
    from mktlab import market

    year = market.start(_plan(plan[0]), seed=seed, people=people)
    for planned in plan[1:]:
        year.advance(PART).revise(_plan(planned))
    year.advance(2 * PART)
    return float(year.pnl().set_index("account")["expected_difference"]["profit"])


def hours(*planned: float) -> pd.Series[float]:
    """Hours a week in each part of the year."""
    return pd.Series(planned, pd.Index(PARTS, name="part"), name="hours", dtype=float)


def hours_of(answer: Any, _: Any) -> pd.Series[float]:
    """Twelve numbers of hours in their order, one for each of the 52 weeks, or a table by part."""
    asked = say(
        "Give {parts:count} numbers of hours a week: one for each four weeks, from week 5 on.",
        parts=len(PARTS),
    )
    unnamed = isinstance(answer, pd.Series | pd.DataFrame) and isinstance(
        answer.index, pd.RangeIndex
    )
    if unnamed and answer.size in (len(PARTS), PART * (len(PARTS) + 1)):
        answer = answer.to_numpy().ravel()
    if isinstance(answer, str | int | float | np.number | set):
        raise Unreadable(asked)
    if isinstance(answer, list | tuple | np.ndarray):
        try:
            values = np.ravel(np.asarray(answer, dtype=float))
        except (TypeError, ValueError):
            raise Unreadable(asked) from None
    else:
        values = _by_part(answer, asked)
    if len(values) == PART * (len(PARTS) + 1):
        values = values[PART - 1 :: PART]
    if len(values) == len(PARTS) + 1 and values[0] == TODAY:
        values = values[1:]
    if len(values) != len(PARTS) or not np.isfinite(values).all():
        raise Unreadable(asked)
    if values.min() < LEAST or values.max() > MOST:
        raise Unreadable(
            say(
                "Your hours reach from {low:decimal} to {high:decimal}: a plan needs {least:count} "
                "or more in each week, and {most:count} at most.",
                low=float(values.min()),
                high=float(values.max()),
                least=LEAST,
                most=MOST,
            )
        )
    return hours(*values)


def _by_part(answer: Any, asked: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The numbers of a table or dict that names the parts, in the order of the year."""
    if type(answer) is dict and set(answer) != set(PARTS):
        return np.asarray(pd.to_numeric(pd.Series(list(answer.values())), errors="coerce"))
    answer = pd.Series(answer, dtype=object) if type(answer) is dict else answer
    found = pairs(answer, hours(*range(len(PARTS))))
    if not found:
        raise Unreadable(difference(answer, hours(*range(len(PARTS)))) or asked)
    (pair,) = found.values()
    return np.asarray(pair.mine, dtype=float)[np.argsort(pair.theirs)]


def near(mine: pd.Series[float], other: pd.Series[float]) -> bool:
    """The same hours, to 3% in each part of the year."""
    return bool(((mine - other).abs() <= 0.03 * other).all())


def amiss(company: Company, chosen: pd.Series[float], best: pd.Series[float]) -> Slip:
    """In which part of the year most is lost, and to which side."""
    handed, mended = given(company), []
    mine, right = chosen.tolist(), best.tolist()
    came = tuple(handed["ahead"]["requests"])
    for part in range(len(PARTS)):
        other = [*mine[:part], right[part], *mine[part + 1 :]]
        mended.append(_cost(came, handed["waiting"], other))
    worst = int(np.argmin(mended))
    last = PART * (worst + 2)
    first = last - PART + 1
    if mine[worst] > right[worst]:
        told = say(
            "Most is lost in weeks {first} to {last}: an hour less there saves more than the "
            "vouchers it costs.",
            first=first,
            last=last,
        )
        return Slip(say("too many hours stand idle"), told)
    told = say(
        "Most is lost in weeks {first} to {last}: an hour more there saves more vouchers than it "
        "costs.",
        first=first,
        last=last,
    )
    return Slip(say("the line grows too long"), told)
