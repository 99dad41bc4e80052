"""The purchases of customers that were known on a day: `bought_before`; `day_of` reads the day."""

from __future__ import annotations

import warnings
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import narwhals as nw

from mktlab.orders import TEST_REVENUE, check_orders, rules
from mktlab.schema import MktlabError
from mktlab.show.words import say


def day_of(as_of: object, name: str = "as_of") -> date:
    """The day, or its text; `name` is what the argument is called."""
    with suppress(ValueError):
        if isinstance(as_of, str):
            return date.fromisoformat(as_of)
        if isinstance(as_of, date):
            return date.fromordinal(as_of.toordinal())
    raise MktlabError(
        say(
            "{name} is {as_of!r}: give a day such as company.today or '2025-12-29' (YYYY-MM-DD).",
            name=name,
            as_of=as_of,
        )
    )


def day_number(column: str) -> nw.Expr:
    """The day as `date.toordinal` counts it: differences of dates are typed differently in every
    engine, years and days of the year are not."""
    year = nw.col(column).dt.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    return year * 365 + leap_days + nw.col(column).dt.ordinal_day()


def bought_before(orders: Any, day: date) -> nw.LazyFrame[Any]:
    """The purchases before the day, with `net` = money kept."""
    check_orders(orders, ("customer_id", "order_date", "revenue"))
    frame: nw.LazyFrame[Any] = nw.from_native(orders)
    known = frame.collect_schema()
    _, bought = rules(known)
    bought = bought & (nw.col("order_date") < nw.lit(datetime(day.year, day.month, day.day)))
    net = nw.col("revenue") - nw.col("refunded") if "refunded" in known else nw.col("revenue")
    _check_customers(frame, bought, day)
    return frame.filter(bought).select("customer_id", "order_date", net=net)


def _check_customers(frame: nw.LazyFrame[Any], bought: nw.Expr, day: date) -> None:
    """Refuse it when no customer bought, and say how many purchases belong to nobody."""
    named = bought & ~nw.col("customer_id").is_null()
    sums = [rule.fill_null(False).cast(nw.Int64).sum() for rule in (bought, named)]
    counts = frame.select(nw.len().alias("rows"), sums[0].alias("bought"), sums[1].alias("named"))
    rows, purchases, of_customers = (number or 0 for number in counts.lazy().collect().row(0))
    if not of_customers:
        raise MktlabError(
            say(
                "orders: none of the {rows:count} rows is a customer's purchase before {day} "
                "(paid, not refunded in full, {least} or more, with a customer_id); look "
                "at these columns and at this day.",
                rows=rows,
                day=day,
                least=TEST_REVENUE,
            )
        )
    if of_customers < purchases:
        warnings.warn(
            say(
                "{nameless:count} of {purchases:count} purchases have no customer_id and are "
                "left out.",
                nameless=purchases - of_customers,
                purchases=purchases,
            ),
            stacklevel=4,
        )
