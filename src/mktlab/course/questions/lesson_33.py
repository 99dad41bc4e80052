"""The questions of lesson 33: TODO what they practice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("33_lifetime_value", cost=4.0, lift=0.25)


def lately(company: Company, weeks: int) -> pd.DataFrame:
    bought = purchases(company.orders)
    return bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=weeks)]


@sheet.share(digits=3)
def around(company: Company, weeks: int = 52, each: str = "customer_id") -> float:
    return float(lately(company, weeks)[each].nunique() / purchases(company.orders)[each].nunique())


around.mistake("half_a_year", weeks=26)
around.mistake("orders_counted", each="order_id")


@sheet.table(key="outlet")
def by_outlet(company: Company, weeks: int = 52, each: str = "customer_id") -> pd.Series[Any]:
    return lately(company, weeks).groupby("outlet")[each].nunique().rename("customers")


by_outlet.mistake("orders_counted", each="order_id")
by_outlet.mistake("ever", weeks=520)


def margins(company: Company) -> pd.Series[Any]:
    return company.truth.customers.set_index("customer_id")["expected_margin_13w"]


def worth_it(company: Company) -> set[str]:
    gain = 0.25 * margins(company) - 4.0
    return set(gain[gain > 0].index) & set(company.orders["customer_id"])


@sheet.decision(
    choices=lambda company: company.orders["customer_id"], best=worth_it, good_enough=0.5
)
def catalog(company: Company, chosen: set[str]) -> float:
    return float(0.25 * margins(company).reindex(list(chosen)).sum() - 4.0 * len(chosen))


@catalog.mistake("everybody")
def _(company: Company) -> set[str]:
    return set(company.orders["customer_id"])


@catalog.mistake("silent")
def _(company: Company) -> set[str]:
    return set(company.orders["customer_id"]) - set(lately(company, 52)["customer_id"])
