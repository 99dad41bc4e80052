"""The questions of lesson 54: a quarter, luck of half a year, a variance, a test, a revision."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab import kpi
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_54 import (
    HANDS,
    PLAYED,
    QUARTER,
    REACT,
    REVISIONS,
    SAVE,
    SEVEN,
    YEAR,
    families,
    offer,
    planned,
    played,
    revised,
    revisions,
    worths,
)
from mktlab.market.profit import REVENUE
from mktlab.orders import margins
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

SALES = list(REVENUE)

sheet = Sheet(
    "54_year_in_the_market",
    given=lambda company: {
        "plan": SEVEN,
        "as_today": planned(company),
        "offer": offer(company),
        "revisions": revisions(company),
    },
    hands=HANDS,
)


@sheet.number(tolerance=0.5)
def second_quarter(company: Company, first: int = 14, last: int = 26, kind: bool = False) -> float:
    books = played(company).books(expected=kind).set_index("week")
    return float(books.loc[first:last, "profit"].sum())


second_quarter.mistake("half_a_year", first=1)
second_quarter.mistake("first_quarter", first=1, last=13)
second_quarter.mistake("without_luck", kind=True)
second_quarter.mistake("a_week_off", first=13)
second_quarter.also("a_week_off", {"first": 13, "last": 25}, {"first": 15}, {"last": 25})


@second_quarter.mistake("sales")
def _sales_of_the_quarter(company: Company) -> float:
    books = played(company).books().set_index("week")
    return float(books.loc[14:26, SALES].sum().sum())


@second_quarter.also("sales")
def _parts_of_the_sales(company: Company) -> list[float]:
    books = played(company).books().set_index("week").loc[14:26]
    return [float(books[name].sum()) for name in SALES] + [float(books[SALES[:3]].sum().sum())]


@sheet.number(tolerance=0.5)
def luck_of_half_a_year(
    company: Company,
    parts: float = 2,
    width: float = 1.96,
    times: float = 1,
    column: str = "margin",
    each: str = "order_id",
) -> float:
    bought = margins(company.orders, company.order_lines, company.products)
    year = bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=YEAR)]
    amounts = year.groupby(each)[column].sum()
    return float(times * width * np.sqrt((amounts**2).sum() / parts))


luck_of_half_a_year.mistake("a_quarter", parts=4)
luck_of_half_a_year.mistake("twice_a_quarter", parts=4, times=2)
luck_of_half_a_year.also("twice_a_quarter", {"times": 0.5, "parts": 1})
luck_of_half_a_year.mistake("one_error", width=1)
luck_of_half_a_year.also("one_error", {"width": 1, "parts": 4}, {"width": 1, "parts": 1})
luck_of_half_a_year.mistake("sales", column="revenue")
luck_of_half_a_year.also("sales", {"column": "kept"}, {"column": "revenue", "parts": 4})
luck_of_half_a_year.mistake("by_customer", each="customer_id")


@luck_of_half_a_year.also("a_quarter")
def _a_year(company: Company) -> list[float]:
    return [luck_of_half_a_year(company, parts=part) for part in (1, 52, 26, 13)]


@luck_of_half_a_year.mistake("around_the_mean")
def _around_the_mean(company: Company) -> float:
    bought = margins(company.orders, company.order_lines, company.products)
    year = bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=YEAR)]
    return float(1.96 * year["margin"].std() * np.sqrt(len(year) / 2))


@luck_of_half_a_year.mistake("from_the_weeks")
def _from_the_weeks(company: Company) -> float:
    bought = margins(company.orders, company.order_lines, company.products)
    weekly = bought.resample("W", on="order_date")["margin"].sum().iloc[1:-1]
    return float(1.96 * weekly.diff(YEAR).std() / np.sqrt(2) * np.sqrt(2 * QUARTER))


def _steps(
    company: Company, weeks: tuple[int, int] = (14, 26), hoped: bool = False, apart: bool = False
) -> dict[str, float]:
    """The variance of these weeks; of what was expected to come; or with luck in a step apart."""
    likely = families(company, weeks=weeks, expected=True)
    parts = kpi.variance(
        planned(company, weeks),
        likely if hoped else families(company, weeks=weeks),
        expected=likely if apart else None,
    )
    return dict(zip(parts["step"], parts["euros"].astype(float), strict=True))


@sheet.number(tolerance=0.5)
def by_price(
    company: Company,
    step: str = "price",
    weeks: tuple[int, int] = (14, 26),
    hoped: bool = False,
    apart: bool = False,
) -> float:
    return _steps(company, weeks, hoped, apart)[step]


by_price.mistake("all_of_it", step="all")
by_price.mistake("pieces", step="volume")
by_price.also("pieces", {"step": "mix"}, {"step": "cost"})
by_price.mistake("half_a_year", weeks=(1, 26))
by_price.also("half_a_year", {"weeks": (1, 13)})
by_price.mistake("luck_apart", apart=True)
by_price.also("luck_apart", {"hoped": True})


@by_price.mistake("one_order")
def _price_first(company: Company) -> float:
    return _in_one_order(company)[0]


@by_price.also("one_order")
def _in_one_order(company: Company) -> list[float]:
    """Another price on the planned units, and on those that came."""
    plan, came = (t.set_index("category") for t in (planned(company), families(company)))
    change = came["sales"] / came["units"] - plan["sales"] / plan["units"]
    return [float((change * plan["units"]).sum()), float((change * came["units"]).sum())]


@by_price.mistake("sales")
def _change_of_sales(company: Company) -> float:
    return float((families(company)["sales"] - planned(company)["sales"]).sum())


def _knowing(m: float, s: float, e: float = 0) -> float:
    s = s**2 / np.hypot(s, e)
    return float(s * norm.pdf(m / s) + m * norm.cdf(m / s) - max(0, m))


@sheet.number(tolerance=0.5)
def left_of_a_test(company: Company, perfect: bool = False, paid: bool = True) -> float:
    test = offer(company)
    error = 0 if perfect else test["error"]
    return _knowing(test["gain"], test["give_or_take"], error) - paid * test["price"]


left_of_a_test.mistake("perfect", perfect=True)
left_of_a_test.mistake("not_paid", paid=False)
left_of_a_test.also("not_paid", {"paid": False, "perfect": True})


@left_of_a_test.mistake("already_known")
def _with_what_is_gained_anyway(company: Company) -> float:
    return float(left_of_a_test(company) + offer(company)["gain"])


@left_of_a_test.also("already_known")
def _the_same_without_the_price(company: Company) -> list[float]:
    test = offer(company)
    return [left_of_a_test(company, paid=False) + test["gain"]]


@left_of_a_test.mistake("error_for_spread")
def _with_the_error_of_the_test(company: Company) -> float:
    test = offer(company)
    return _knowing(test["gain"], test["error"]) - test["price"]


@left_of_a_test.also("error_for_spread")
def _with_both(company: Company) -> list[float]:
    test = offer(company)
    both = float(np.hypot(test["give_or_take"], test["error"]))
    return [
        _knowing(test["gain"], both) - test["price"],
        _knowing(test["gain"], test["error"]),
        _knowing(test["gain"], both),
        _knowing(test["gain"], test["error"], test["give_or_take"]) - test["price"],
    ]


def _best(company: Company) -> set[str]:
    """The best of all sets of three: each has been played."""
    threes = combinations(revisions(company), HANDS)
    return set(max(threes, key=lambda names: worths()[frozenset(names)]))


def _guesses(company: Company) -> Mapping[str, set[str]]:
    there = list(revisions(company))
    return {"first": set(there[:HANDS]), "last": set(there[-HANDS:])}


def _amiss(company: Company, chosen: set[str], _: set[str]) -> Slip:
    """What is wrong with three revisions: one reacts, or one saves."""
    if chosen & set(REACT):
        told = say(
            "One of them brings people or euros at once. What does it leave of the margin, and of "
            "next year's customers? Play it alone."
        )
        return Slip(say("one of them answers the quarter, not the year"), told)
    told = say("One of them saves wages. What does another add in its place? Play each alone.")
    return Slip(say("one of them adds little"), told)


@sheet.decision(
    best=_best,
    choices=lambda company: pd.Series(sorted(revisions(company)), name="revision"),
    reads=partial(ids_among, exactly=HANDS),
    good_enough=0.95,
    guesses=_guesses,
    amiss=_amiss,
)
def rest_of_the_year(company: Company, chosen: set[str]) -> float:
    """What the revisions add, mean of three hidden worlds, luck left out."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    return worths()[frozenset(chosen)]


rest_of_the_year.mistake("react", lambda _: set(REACT))
rest_of_the_year.mistake("save", lambda _: set(SAVE))


def every_three() -> pd.DataFrame:
    """What every three revisions add to leaving the plan alone: the rows of `lesson_54.csv`."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    seeds = HIDDEN_SEEDS[:3]
    alone, _ = judge(SEVEN, seeds=seeds)
    rows: list[tuple[Any, ...]] = []
    for names in combinations(REVISIONS, HANDS):
        merit, _ = judge(SEVEN, seeds=seeds, then={QUARTER: revised(names)})
        more = round(merit.profit - alone.profit), round(merit.equity - alone.equity)
        rows.append((" & ".join(names), *more))
    return pd.DataFrame(rows, columns=["revisions", "profit", "equity"])


if __name__ == "__main__":  # a minute
    every_three().to_csv(PLAYED, index=False, lineterminator="\n")
