"""The questions of lesson 11: RFM of café customers, concentration, backtest, whom to invite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.words import decision, question, question_set
from mktlab.orders import purchases
from mktlab.segmentation import SEGMENTS, rfm

if TYPE_CHECKING:
    from mktlab.company import Company

AS_OF = "2025-01-01"
MEASURES = ["customer_id", "recency_days", "frequency", "monetary"]
LIFT, COST = 0.40, 12.0


def _cafe_rfm(company: Company, *, as_of: object = AS_OF, gross: bool = False) -> pd.DataFrame:
    orders = company.orders[company.orders["outlet"] == "cafe"]
    if gross:
        orders = orders.assign(status="paid", refunded=0.0)
    return rfm(orders, as_of=as_of)[MEASURES]  # type: ignore[arg-type]


def _without_day(company: Company) -> pd.DataFrame:
    """Orders up to the end of time, recency still counted from the day asked for."""
    late = _cafe_rfm(company, as_of=company.today)
    days = (company.today - pd.Timestamp(AS_OF)).days
    return late.assign(recency_days=late["recency_days"] - days)


def _purchases(company: Company, *, weeks: int | None = None) -> pd.DataFrame:
    kept = purchases(company.orders)
    if weeks is not None:
        kept = kept[kept["order_date"] >= company.today - pd.Timedelta(weeks=weeks)]
    return kept.assign(net=kept["revenue"] - kept["refunded"])


def _top_fifth(company: Company, *, weeks: int | None = 52) -> float:
    money = _purchases(company, weeks=weeks).groupby("customer_id")["net"].sum()
    return float(money.nlargest(len(money) // 5).sum() / money.sum())


def _best_fifth_of_orders(company: Company) -> float:
    money = _purchases(company, weeks=52)["net"]
    return float(money.nlargest(len(money) // 5).sum() / money.sum())


def _came_back(company: Company, *, leak: bool = False) -> pd.Series[Any]:
    then = company.today - pd.Timedelta(weeks=13)
    table = rfm(company.orders, as_of=company.today if leak else then)
    after = _purchases(company, weeks=13)["customer_id"]
    back = table["customer_id"].isin(after).astype(float)
    share = back.groupby(table["segment"]).mean()
    return share.reindex(list(SEGMENTS)).rename_axis("segment").rename("came_back")


def _share_of_those_who_came_back(company: Company) -> pd.Series[Any]:
    then = company.today - pd.Timedelta(weeks=13)
    table = rfm(company.orders, as_of=then)
    back = table[table["customer_id"].isin(_purchases(company, weeks=13)["customer_id"])]
    share = back["segment"].value_counts(normalize=True)
    return share.reindex(list(SEGMENTS)).rename_axis("segment").rename("came_back")


def _persons(company: Company) -> pd.DataFrame:
    """The true customers, with `person`: the same for all records of one person."""
    truth: pd.DataFrame = company.truth.customers
    twice = truth["duplicate_of"] != ""
    return truth.assign(person=truth["customer_id"].mask(twice, truth["duplicate_of"]))


def _profit(company: Company, chosen: set[str]) -> float:
    truth = _persons(company)
    people = truth[truth["customer_id"].isin(chosen)].drop_duplicates("person")
    return float(LIFT * people["expected_margin_13w"].sum() - COST * len(chosen))


def _worth_inviting(company: Company) -> set[str]:
    people = _persons(company).drop_duplicates("person")
    return set(people.loc[LIFT * people["expected_margin_13w"] > COST, "customer_id"])


def _segment(company: Company, *names: str) -> set[str]:
    table = rfm(company.orders, as_of=company.today)
    return set(table.loc[table["segment"].isin(names), "customer_id"])


QUESTIONS = question_set(
    "11_rfm",
    q1=question(
        expected=_cafe_rfm,
        key=("customer_id",),
        mistakes={
            "as_of_today": lambda company: _cafe_rfm(company, as_of=company.today),
            "later_orders": _without_day,
            "cancelled_counted": lambda company: _cafe_rfm(company, gross=True),
        },
    ),
    q2=question(
        expected=_top_fifth,
        tolerance=0.0005,
        mistakes={
            "percent": (lambda company: 100 * _top_fifth(company), 0.05),
            "all_weeks": lambda company: _top_fifth(company, weeks=None),
            "fifth_of_orders": _best_fifth_of_orders,
        },
    ),
    q3=question(
        expected=_came_back,
        key=("segment",),
        tolerance=0.0005,
        mistakes={
            "segments_of_today": lambda company: _came_back(company, leak=True),
            "survivors_only": _share_of_those_who_came_back,
            "percent": (lambda company: 100 * _came_back(company), 0.05),
        },
    ),
    q4=decision(
        value=_profit,
        expected=_worth_inviting,
        known=lambda company: company.orders["customer_id"],
        good_enough=0.6,
        mistakes={
            "everybody": lambda company: set(company.orders["customer_id"]),
            "at_risk": lambda company: _segment(company, "at risk"),
            "champions": lambda company: _segment(company, "champions"),
        },
    ),
)
