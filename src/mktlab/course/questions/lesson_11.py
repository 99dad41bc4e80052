"""The questions of lesson 11: RFM of café customers, concentration, backtest, whom to invite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.question import Decision, Exercise, Mistake, Question, QuestionSet
from mktlab.orders import purchases
from mktlab.segmentation import SEGMENTS, rfm

if TYPE_CHECKING:
    from mktlab.company import Company

AS_OF = "2025-01-01"
MEASURES = ["customer_id", "recency_days", "frequency", "monetary"]
LIFT, COST = 0.40, 12.0


def exercise(company: Company) -> Exercise:
    """The exercise of lesson 11 about this company."""
    return SHEET.bind(company)


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


SHEET = QuestionSet(
    "11_rfm",
    (
        Question(
            "q1",
            "Who are the customers of the cafés, as they stood on January 1, 2025?",
            "a DataFrame with the columns customer_id, recency_days, frequency and monetary, one "
            "row per customer who had bought in a café (outlet is 'cafe') before that day.",
            expected=_cafe_rfm,
            key=("customer_id",),
            mistakes=(
                Mistake(
                    "these are the customers of today",
                    lambda company: _cafe_rfm(company, as_of=company.today),
                    "as_of is the day from which one looks back. On January 1, 2025, the orders "
                    "of 2025 were not known.",
                ),
                Mistake(
                    "orders of 2025 are in it",
                    _without_day,
                    "Days since January 1, 2025 are right, but the orders after that day must not "
                    "be counted: some of your recencies are negative.",
                ),
                Mistake(
                    "cancelled and refunded orders count as purchases",
                    lambda company: _cafe_rfm(company, gross=True),
                    "A purchase is paid and not refunded in full, and its money is what was kept: "
                    "revenue minus refunded.",
                ),
            ),
            hint="Select the café orders first, then call rfm on them with as_of='2025-01-01'.",
        ),
        Question(
            "q2",
            "How much of the money of the last 52 weeks came from the best fifth of its customers?",
            "a share between 0 and 1. Take the purchases of the 52 weeks before company.today and "
            "the money kept; the best fifth is len(customers) // 5 customers.",
            expected=_top_fifth,
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _top_fifth(company),
                    "The value is right in percent; a share lies between 0 and 1.",
                    tolerance=0.05,
                ),
                Mistake(
                    "these are all the weeks",
                    lambda company: _top_fifth(company, weeks=None),
                    "Over all the years the best fifth looks larger, because people who left long "
                    "ago stay in the count as small customers.",
                ),
                Mistake(
                    "this is the best fifth of orders",
                    _best_fifth_of_orders,
                    "Add up each customer's money first: the question is about customers, and a "
                    "good customer has many orders.",
                ),
            ),
            hint="Filter by order_date, group by customer_id, sum, then nlargest and divide.",
        ),
        Question(
            "q3",
            "Which segments come back? Choose 13 weeks before today, then look at what followed.",
            "a Series or table with one row per segment and the column came_back: of the segment's "
            "customers as of 13 weeks before company.today, the share (0 to 1) with a purchase "
            "since.",
            expected=_came_back,
            key=("segment",),
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "the segments already know what followed",
                    lambda company: _came_back(company, leak=True),
                    "They are those of today: whoever bought in the last 13 weeks is recent now, "
                    "by construction. Use the segments of 13 weeks ago.",
                ),
                Mistake(
                    "survivors only",
                    _share_of_those_who_came_back,
                    "You divide by the customers who came back. Divide by all customers that the "
                    "segment had, also those who stayed away.",
                ),
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _came_back(company),
                    "The values are right in percent; a share lies between 0 and 1.",
                    tolerance=0.05,
                ),
            ),
            hint="rfm(orders, as_of=then) gives the segments; isin() tells who bought from that "
            "day on; the mean of true and false, by segment, is the share.",
        ),
        Decision(
            "q4",
            "Whom do you invite to the tasting evening, and how many? An invitation costs €12. It "
            "raises the margin of someone who is still a customer by 40% over the next 13 weeks, "
            "and does nothing for the others.",
            "the customer_id of everyone you invite, as a list or a column.",
            value=_profit,
            expected=_worth_inviting,
            known=lambda company: company.orders["customer_id"],
            mistakes=(
                Mistake(
                    "everybody is invited",
                    lambda company: set(company.orders["customer_id"]),
                    "Most of the people in the file have left or buy too little to pay for an "
                    "invitation.",
                ),
                Mistake(
                    "you invite the customers 'at risk'",
                    lambda company: _segment(company, "at risk"),
                    "They were good customers. Nearly all of them have left, and an invitation "
                    "does not reach them.",
                ),
                Mistake(
                    "you invite all champions",
                    lambda company: _segment(company, "champions"),
                    "The right people, but too many of them: the last ones bring less than they "
                    "cost. How much must a customer bring in 13 weeks to pay for an invitation?",
                ),
            ),
            hint="Rank the customers who are still around by the money they brought, and let the "
            "last 13 weeks tell you (as in the lesson's backtest) how many invitations pay.",
            good_enough=0.6,
        ),
    ),
)
