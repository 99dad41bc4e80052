"""What customers bring who came back, in exercise 31, and what others bring or other weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import churn
from mktlab.course.given.lesson_31 import (
    HORIZON,
    MARGIN_RATE,
    WEEK,
    WINDOW,
    bought_in,
    latest_cut,
    snapshot,
)

if TYPE_CHECKING:
    from mktlab.company import Company

DISCOUNT = 0.025


def mean_return(
    company: Company,
    silent_days: int,
    *,
    column: str = "net",
    quarters: int = 1,
    all_: bool = False,
    window: int = WINDOW,
    shorter: bool = False,
) -> tuple[float, float]:
    """Money of the mean customer who came back, and the share who bought in the next quarter."""
    rows, bought = snapshot(company, 26, window), bought_in(company)
    then, cut = company.today - 26 * WEEK, latest_cut(company)
    silent = (rows["recency_days"] > silent_days) ^ shorter
    chosen = silent & (~rows["churned"] | all_)
    if column == "orders":
        bought = company.orders.assign(orders=company.orders["revenue"])
    returned, day = rows.loc[chosen, "customer_id"], bought["order_date"]
    some = (day >= then) & (day < then + quarters * HORIZON * WEEK)
    money = bought[some].groupby("customer_id")[column].sum()
    later = bought.loc[day >= cut, "customer_id"]
    return float(returned.map(money).mean()), float(returned.isin(later).mean())


def _who_came_back(company: Company) -> pd.Series[str]:
    rows = snapshot(company, 26)
    return rows.loc[(rows["recency_days"] > 91) & ~rows["churned"], "customer_id"]


def other_orders(company: Company) -> list[float]:
    """What other mean orders leave, or bring."""
    bought, then = bought_in(company), company.today - 26 * WEEK
    day, returned = bought["order_date"], _who_came_back(company)
    theirs = (day >= then) & (day < latest_cut(company)) & bought["customer_id"].isin(returned)
    every = bought["net"].mean(), bought.loc[theirs, "net"].mean()
    last_year = bought.loc[day >= company.today - 52 * WEEK, "net"].mean()
    margin = MARGIN_RATE * float(every[1])
    year = _year(margin, mean_return(company, 91)[1])
    return [float(last_year), *(MARGIN_RATE * float(mean) for mean in every), year]


def _year(margin: float, retention: float) -> float:
    return margin + churn.residual_value(margin, retention=retention, discount=DISCOUNT, periods=3)


def of_all_customers(company: Company) -> list[float]:
    """A year's margin of the mean customer, and what one brings who had not been silent."""
    bought = bought_in(company)
    year = bought[bought["order_date"] >= company.today - 52 * WEEK]
    mean = MARGIN_RATE * float(year["net"].sum()) / year["customer_id"].nunique()
    money, again = mean_return(company, 91, shorter=True)
    return [mean, _year(MARGIN_RATE * money, again)]


def of_other_weeks(company: Company) -> list[float]:
    """The margin in all weeks of those who came back; and from the cut on, of who came then."""
    bought, recent = bought_in(company), snapshot(company, HORIZON)
    ever, since = (
        part.groupby("customer_id")["net"].sum()
        for part in (bought, bought[bought["order_date"] >= latest_cut(company)])
    )
    late = recent.loc[(recent["recency_days"] > 91) & ~recent["churned"], "customer_id"]
    means = _who_came_back(company).map(ever).mean(), late.map(since).mean()
    return [MARGIN_RATE * float(mean) for mean in means]


def nothing_from_who_stayed(company: Company) -> list[float]:
    """Who stayed away brings nothing in the first quarter."""
    rows, (money, again) = snapshot(company, 26), mean_return(company, 91, all_=True)
    came = 1 - float(rows.loc[rows["recency_days"] > 91, "churned"].mean())
    return [_year(MARGIN_RATE * money * came, again)]
