"""The questions of lesson 01: ten one-liners, from counting rows to a join that multiplies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.show import money

if TYPE_CHECKING:
    from mktlab.company import Company

LIMIT = 50.0
sheet = Sheet("01_tools", limit=LIMIT)


@sheet.number()
def rows(company: Company, table: str = "orders") -> int:
    return len(getattr(company, table))


rows.mistake("lines", table="order_lines")


@rows.mistake("cells")
def _(company: Company) -> int:
    return int(company.orders.size)


@sheet.number()
def mean_revenue(company: Company, how: str = "mean") -> float:
    return float(company.orders["revenue"].agg(how))


mean_revenue.mistake("median", how="median")
mean_revenue.mistake("sum", how="sum")


@sheet.number()
def large(company: Company, below: bool = False, add: bool = False) -> float:
    revenue = company.orders["revenue"]
    chosen = revenue[revenue <= LIMIT if below else revenue > LIMIT]
    return float(chosen.sum() if add else len(chosen))


large.mistake("small", below=True)
large.mistake("money", add=True)


@large.mistake("share")
def _(company: Company) -> float:
    return float((company.orders["revenue"] > LIMIT).mean())


@sheet.share(digits=3)
def on_the_web(company: Company, outlet: str = "web", how: str = "mean") -> float:
    return float((company.orders["outlet"] == outlet).agg(how))


on_the_web.mistake("cafe", outlet="cafe")
on_the_web.mistake("count", how="sum")
on_the_web.mistake("no_such_outlet", outlet="Web")


@on_the_web.mistake("money")
def _(company: Company) -> float:
    revenue = company.orders.groupby("outlet")["revenue"].sum()
    return float(revenue["web"] / revenue.sum())


@on_the_web.mistake("purchases")
def _(company: Company) -> float:
    return float((purchases(company.orders)["outlet"] == "web").mean())


@sheet.ids()
def largest(company: Company, column: str = "revenue", top: int = 3) -> set[str]:
    return set(company.orders.nlargest(top, column)["order_id"])


@largest.mistake("smallest")
def _(company: Company) -> set[str]:
    return set(company.orders.sort_values("revenue").head(3)["order_id"])


largest.mistake("most_refunded", column="refunded")


@sheet.number()
def kept(company: Company, minus: str = "refunded") -> float:
    return float((company.orders["revenue"] - company.orders[minus]).sum())


kept.mistake("discount", minus="discount")


@kept.mistake("revenue")
def _(company: Company) -> float:
    return float(company.orders["revenue"].sum())


@kept.mistake("share")
def _(company: Company) -> float:
    return float(kept(company) / company.orders["revenue"].sum())


@sheet.number()
def last_year(company: Company, days: int = 52 * 7, all_orders: bool = False) -> int:
    orders = company.orders if all_orders else purchases(company.orders)
    return int((orders["order_date"] >= company.today - pd.Timedelta(days=days)).sum())


last_year.mistake("all_orders", all_orders=True)
last_year.mistake("year_of_365_days", days=365)
last_year.mistake("without_first_day", days=52 * 7 - 1)


@last_year.mistake("calendar_year")
def _(company: Company) -> int:
    days = purchases(company.orders)["order_date"]
    return int((days.dt.year == (company.today - pd.Timedelta(days=1)).year).sum())


@sheet.table(key="outlet")
def by_outlet(company: Company, how: str = "sum", all_orders: bool = False) -> pd.Series[Any]:
    orders = company.orders if all_orders else purchases(company.orders)
    found: pd.Series[Any] = orders.groupby("outlet")["revenue"].agg(how)
    return found


by_outlet.mistake("mean", how="mean")
by_outlet.mistake("count", how="size")
by_outlet.mistake("all_orders", all_orders=True)


@by_outlet.mistake("kept")
def _(company: Company) -> pd.Series[Any]:
    bought = purchases(company.orders)
    return (bought["revenue"] - bought["refunded"]).groupby(bought["outlet"]).sum()


@by_outlet.mistake("weeks")
def _(company: Company) -> pd.Series[Any]:
    bought = purchases(company.orders)
    recent = bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    return recent.groupby("outlet")["revenue"].sum()


@sheet.table(key="category")
def by_category(
    company: Company, column: str = "amount", how: str = "sum", all_orders: bool = False
) -> pd.Series[Any]:
    lines = company.order_lines.merge(company.products, on="product_id")
    orders = company.orders if all_orders else purchases(company.orders)
    joined = orders.merge(lines, on="order_id")
    found: pd.Series[Any] = joined.groupby("category")[column].agg(how)
    return found


by_category.mistake("multiplied", column="revenue")
by_category.mistake("pieces", column="quantity")
by_category.mistake("mean", how="mean")
by_category.mistake("all_orders", all_orders=True)


def _told(amount: str | float) -> str:
    return f"The largest order brought {amount}."


@sheet.text()
def sentence(company: Company, which: str = "max", raw: bool = False, cents: bool = False) -> str:
    revenue = float(company.orders["revenue"].agg(which))
    return _told(revenue if raw else money(revenue, company.currency, cents=cents))


sentence.mistake("raw", raw=True)
sentence.mistake("smallest", which="min")
sentence.mistake("mean", which="mean")
sentence.mistake("sum", which="sum")
sentence.mistake("cents", cents=True)


@sentence.mistake("example")
def _(company: Company) -> str:
    return _told(money(1234, company.currency))
