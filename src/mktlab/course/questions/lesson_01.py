"""The questions of lesson 01: ten one-liners, from counting rows to a join that multiplies.

Beginners take other rows, another column or another way to put many values into one, so these are
what the functions let one turn wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.show import money

if TYPE_CHECKING:
    from mktlab.company import Company

LIMIT, HUNDRED = 50.0, 100.0
YEAR = 52 * 7
sheet = Sheet("01_tools", limit=LIMIT, hundred=HUNDRED)


def _orders(company: Company, rows: str = "all", days: int | None = None) -> pd.DataFrame:
    """The orders: all, paid, on the web, or the purchases; on request only of the last days."""
    orders = company.orders if rows != "purchases" else purchases(company.orders)
    if rows in ("paid", "web"):
        orders = orders.groupby("status" if rows == "paid" else "outlet").get_group(rows)
    if days is not None:
        orders = orders[orders["order_date"] >= company.today - pd.Timedelta(days=days)]
    return orders


def _bought(company: Company, rows: str = "purchases", days: int | None = None) -> pd.DataFrame:
    return _orders(company, rows, days)


def _sum(table: pd.DataFrame, amount: str) -> pd.Series[Any]:
    """A sum or difference of columns, such as `revenue-refunded`, for each row."""
    return cast("pd.Series[Any]", table.eval(amount))


@sheet.number()
def n_orders(company: Company, each: str = "order_id", **of: Any) -> int:
    return int(_orders(company, **of)[each].nunique())


n_orders.mistake("lines", lambda company: len(company.order_lines))
n_orders.mistake("cells", lambda company: company.orders.size)
n_orders.mistake("columns", lambda company: company.orders.shape[1])
n_orders.mistake("last_row", lambda company: len(company.orders) - 1)
n_orders.mistake("customers", each="customer_id")
n_orders.mistake("hint", lambda company: len(company.products))


@sheet.number()
def mean_revenue(company: Company, amount: str = "revenue", how: str = "mean", **of: Any) -> float:
    return float(_sum(_orders(company, **of), amount).agg(how))


for how in ("median", "sum", "max", "min", "std", "count"):
    mean_revenue.mistake(how, how=how)
mean_revenue.mistake("lines", lambda company: company.order_lines["amount"].mean())
mean_revenue.mistake("hint", amount="shipping")
mean_revenue.mistake("all_customers", lambda c: c.orders["revenue"].sum() / len(c.customers))


@mean_revenue.mistake("customers")
def _(company: Company) -> float:
    return float(company.orders.groupby("customer_id")["revenue"].sum().mean())


@mean_revenue.mistake("mean_of_means")
def _(company: Company) -> float:
    return float(company.orders.groupby("outlet")["revenue"].mean().mean())


@sheet.number()
def large(
    company: Company,
    amount: str = "revenue",
    over: float = LIMIT,
    each: str = "order_id",
    **of: Any,
) -> int:
    chosen = _orders(company, **of)
    return int(chosen.loc[_sum(chosen, amount) > over, each].nunique())


large.mistake("all", over=-1)
large.mistake("all_purchases", over=-1, rows="purchases")
large.mistake("hundred", over=HUNDRED)
large.mistake("customers", each="customer_id")
large.mistake("small", lambda company: (company.orders["revenue"] <= LIMIT).sum())
large.mistake("smaller", lambda company: (company.orders["revenue"] < LIMIT).sum())
large.mistake("at_least", lambda company: (company.orders["revenue"] >= LIMIT).sum())
large.mistake("share", lambda company: (company.orders["revenue"] > LIMIT).mean())
large.mistake("cells", lambda company: company.orders.query("revenue > @LIMIT").size)
large.mistake("hint", amount="shipping", over=3)
large.mistake("lines", lambda company: (company.order_lines["amount"] > LIMIT).sum())
large.mistake("mean", lambda company: company.orders.query("revenue > @LIMIT")["revenue"].mean())
large.mistake("to_hundred", lambda c: c.orders["revenue"].between(LIMIT, HUNDRED).sum())
large.mistake("money", lambda company: company.orders.query("revenue > @LIMIT")["revenue"].sum())


@sheet.share(digits=3)
def on_the_web(
    company: Company, outlets: tuple[str, ...] = ("web",), each: str = "order_id", **of: Any
) -> float:
    chosen = _orders(company, **of)
    there = chosen.loc[chosen["outlet"].isin(outlets), each]
    return float(there.nunique() / chosen[each].nunique())


on_the_web.mistake("cafe", outlets=("cafe",))
on_the_web.mistake("marketplace", outlets=("marketplace",))
on_the_web.mistake("marketplace_too", outlets=("web", "marketplace"))
on_the_web.mistake("not_on_the_web", outlets=("cafe", "marketplace"))
on_the_web.mistake("count", lambda company: (company.orders["outlet"] == "web").sum())
on_the_web.mistake("no_such_outlet", outlets=("Web",))
on_the_web.mistake("customers", each="customer_id")
on_the_web.mistake(
    "hint", lambda company: company.orders["status"].value_counts(normalize=True)["cancelled"]
)


@on_the_web.mistake("without_marketplace")
def _(company: Company) -> float:
    count = company.orders["outlet"].value_counts()
    return float(count["web"] / (count["web"] + count["cafe"]))


@on_the_web.mistake("money")
def _(company: Company) -> float:
    revenue = company.orders.groupby("outlet")["revenue"].sum()
    return float(revenue["web"] / revenue.sum())


@on_the_web.mistake("lines")
def _(company: Company) -> float:
    joined = company.orders.merge(company.order_lines, on="order_id")
    return float((joined["outlet"] == "web").mean())


@sheet.ids()
def largest(company: Company, column: str = "revenue", each: str = "order_id") -> set[str]:
    return set(company.orders.nlargest(3, column)[each])


largest.mistake("most_refunded", column="refunded")
largest.mistake("customers", each="customer_id")
largest.mistake("smallest", lambda company: set(company.orders.nsmallest(3, "revenue")["order_id"]))
largest.mistake(
    "smallest_sorted", lambda c: set(c.orders.sort_values("revenue")["order_id"].head(3))
)
largest.mistake("first_rows", lambda company: set(company.orders["order_id"].head(3)))
largest.mistake("last_rows", lambda company: set(company.orders["order_id"].tail(3)))
largest.mistake("lines", lambda company: set(company.order_lines.nlargest(3, "amount")["order_id"]))


@largest.mistake("best_customers")
def _(company: Company) -> set[str]:
    return set(company.orders.groupby("customer_id")["revenue"].sum().nlargest(3).index)


@sheet.number()
def kept(company: Company, amount: str = "revenue-refunded", how: str = "sum", **of: Any) -> float:
    return float(_sum(_orders(company, **of), amount).agg(how))


kept.mistake("revenue", amount="revenue")
kept.mistake("refunded", amount="refunded")
kept.mistake("added", amount="revenue+refunded")
kept.mistake("discount", amount="revenue-discount")
kept.mistake("discount_too", amount="revenue-refunded-discount")
kept.mistake("less_shipping", amount="revenue-shipping")
kept.mistake("with_shipping", amount="revenue-refunded+shipping")
kept.mistake("mean", how="mean")
kept.mistake("count", how="count")
kept.mistake("revenue_of_purchases", rows="purchases", amount="revenue")
kept.mistake("revenue_of_paid", rows="paid", amount="revenue")
kept.mistake("hint", lambda company: _sum(company.order_lines, "amount+discount").sum())
kept.mistake("largest", how="max")
kept.mistake("lines", lambda company: company.order_lines["amount"].sum())
kept.mistake("not_refunded", lambda company: company.orders.query("refunded == 0").revenue.sum())


@kept.mistake("share")
def _(company: Company) -> float:
    return float(kept(company) / company.orders["revenue"].sum())


for question in (n_orders, mean_revenue, large, on_the_web, kept):
    question.mistake("purchases", rows="purchases")
    question.mistake("weeks", days=YEAR)
for question in (n_orders, mean_revenue, large, kept):
    question.mistake("paid_alone", rows="paid")
    question.mistake("web_alone", rows="web")
    question.mistake("weeks_of_purchases", rows="purchases", days=YEAR)
mean_revenue.mistake("two_tables", lambda c: c.orders["revenue"].sum() / len(purchases(c.orders)))
mean_revenue.mistake(
    "other_two_tables", lambda c: purchases(c.orders)["revenue"].sum() / len(c.orders)
)
on_the_web.mistake("two_tables", lambda c: len(_orders(c, "web")) / len(purchases(c.orders)))
kept.mistake(
    "two_tables", lambda c: c.orders["revenue"].sum() - purchases(c.orders)["refunded"].sum()
)
for question in (mean_revenue, large):
    question.mistake("kept", amount="revenue-refunded")
    question.mistake("with_discount", amount="revenue+discount")
    question.mistake("less_discount", amount="revenue-discount")
mean_revenue.mistake("with_shipping", amount="revenue+shipping")


@sheet.number()
def last_year(company: Company, each: str = "order_id", days: int | None = YEAR, **of: Any) -> int:
    return int(_bought(company, days=days, **of)[each].nunique())


last_year.mistake("year_of_365_days", days=365)
last_year.mistake("without_first_day", days=YEAR - 1)
last_year.mistake("days", days=52)
last_year.mistake("thirteen_weeks", days=13 * 7)
last_year.mistake("week_less", days=YEAR - 7)
last_year.mistake("week_more", days=YEAR + 7)
last_year.mistake("every_purchase", days=None)
last_year.mistake("nobody", 0)
last_year.mistake("a_week", lambda company: last_year(company) / 52)
last_year.mistake("customers", each="customer_id")
last_year.mistake("share", lambda company: last_year(company) / last_year(company, days=None))
last_year.mistake("money", lambda company: _bought(company, days=YEAR)["revenue"].sum())


@last_year.mistake("calendar_year")
def _(company: Company) -> int:
    days = purchases(company.orders)["order_date"]
    return int((days.dt.year == (company.today - pd.Timedelta(days=1)).year).sum())


@last_year.mistake("before", tolerance=99)  # with that day or without it
def _(company: Company) -> int:
    return int(last_year(company, days=None) - last_year(company))


@last_year.mistake("one_day")
def _(company: Company) -> int:
    return int(last_year(company) - last_year(company, days=YEAR - 1))


@last_year.mistake("parcels")
def _(company: Company) -> int:
    since = company.today - pd.Timedelta(days=YEAR)
    return int((purchases(company.orders)["delivered_date"] >= since).sum())


@last_year.mistake("hint")
def _(company: Company) -> int:
    since = company.today - pd.Timedelta(days=30)
    return int((company.orders["delivered_date"] >= since).sum())


@sheet.table(key="outlet")
def by_outlet(
    company: Company, amount: str = "revenue", how: str = "sum", **of: Any
) -> pd.Series[Any]:
    chosen = _bought(company, **of)
    found: pd.Series[Any] = _sum(chosen, amount).groupby(chosen["outlet"]).agg(how)
    return found.rename("revenue")


by_outlet.mistake("kept", amount="revenue-refunded")
by_outlet.mistake("with_shipping", amount="revenue+shipping")
by_outlet.mistake("multiplied", lambda company: _joined(company).groupby("outlet")["revenue"].sum())


def _joined(company: Company, **of: Any) -> pd.DataFrame:
    family = company.products.set_index("product_id")["category"]
    lines = company.order_lines.assign(category=company.order_lines["product_id"].map(family))
    chosen = _bought(company, **of)[["order_id", "outlet", "revenue"]]
    return lines.merge(chosen, on="order_id")


@sheet.table(key="category")
def by_category(
    company: Company, amount: str = "amount", how: str = "sum", **of: Any
) -> pd.Series[Any]:
    joined = _joined(company, **of)
    found: pd.Series[Any] = _sum(joined, amount).groupby(joined["category"]).agg(how)
    return found.rename("amount")


by_category.mistake("multiplied", amount="revenue")
by_category.mistake("multiplied_in_all", amount="revenue", rows="all")
by_category.mistake("pieces", amount="quantity")
by_category.mistake("times_pieces", amount="amount*quantity")
by_category.mistake("price", amount="unit_price")
by_category.mistake("multiplied_in_weeks", amount="revenue", days=YEAR)


@by_category.mistake("list_price")
def _(company: Company) -> pd.Series[Any]:
    joined = _joined(company)
    listed = joined["product_id"].map(company.products.set_index("product_id")["list_price"])
    return (joined["quantity"] * listed).groupby(joined["category"]).sum()


for amount in ("shipping", "discount", "refunded"):
    by_outlet.mistake(amount, amount=amount)

for question in (by_outlet, by_category):
    for how in ("mean", "count", "median", "max"):
        question.mistake(how, how=how)
for question in (last_year, by_outlet, by_category):
    question.mistake("all_orders", rows="all")
    question.mistake("paid", rows="paid")
for question in (by_outlet, by_category):
    question.mistake("weeks", days=YEAR)


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
sentence.mistake("example", lambda company: _told(money(1234, company.currency)))
