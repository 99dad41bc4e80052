"""Cohorts: those who were first seen in the same period, followed from there on."""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from mktlab.schema import MktlabError
from mktlab.segmentation.bought import bought_before, day_of
from mktlab.show.words import say

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Period -> its months."""


def cohorts(orders: IntoFrameT, *, as_of: date | str, period: str = "quarter") -> IntoFrameT:
    """Who was first seen in the same period, and how many of them bought at each age.

    A purchase is what `mktlab.orders.purchases` says, dated before `as_of`. A customer's cohort is
    the calendar period of her first purchase **in the table**: in its first periods, most of them
    are old customers. The age counts periods from there; age 0 is the cohort's own period.

    Parameters
    ----------
    orders
        As in `rfm`: one row per order, with `customer_id, order_date, revenue` and, when known,
        `status` and `refunded`; pandas, polars, or a lazy frame of polars, DuckDB or PySpark.
    as_of
        The day from which one looks back, or its text `YYYY-MM-DD`.
    period
        "month", "quarter" or "year".

    Returns
    -------
    The same kind of table, one row per cohort and age, sorted by both: `cohort` (first day of its
    period), `age`, `customers` (in the cohort, at any age), `buyers` and `purchases` at this age,
    `money` (kept after refunds, in the currency of `orders`, in cents) and `complete`: whether
    this age has ended before `as_of`. Who buys nothing at one age and comes back at the next
    counts at the next. A period in which no customer of any cohort bought has no rows. What comes
    from DuckDB lives in its default connection.

    Raises
    ------
    MktlabError
        When a column is missing or is not of the right type, when a day is empty or an amount is
        empty, infinite or below 0, when an order stands there twice or none is a purchase, or when
        an argument is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["Ana", "Ana", "Ben", "Cem"],
    ...     "order_date": pd.to_datetime(["2025-01-05", "2025-04-29", "2025-02-11", "2025-05-02"]),
    ...     "revenue": [20.0, 30.0, 15.0, 8.0],
    ... })
    >>> cohorts(orders, as_of="2025-06-01")
          cohort  age  customers  buyers  purchases  money  complete
    0 2025-01-01    0          2       2          2   35.0      True
    1 2025-01-01    1          2       1          1   30.0     False
    2 2025-04-01    0          1       1          1    8.0     False
    """
    day = day_of(as_of)
    if period not in MONTHS:
        raise MktlabError(
            say("period is {period!r}: give 'month', 'quarter' or 'year'.", period=period)
        )
    months = MONTHS[period]
    bought = bought_before(orders, day).filter(~nw.col("customer_id").is_null())
    each = (  # a customer's purchases of one period
        bought.with_columns(period=_number(months))
        .group_by("customer_id", "period")
        .agg(
            nw.len().alias("purchases"),
            nw.col("net").sum().alias("money"),
            nw.col("order_date").min().alias("first"),
        )
        .with_columns(born=nw.col("period").min().over("customer_id"))
    )
    cells = each.group_by("born", "period").agg(
        nw.len().alias("buyers"),
        nw.col("purchases").sum(),
        nw.col("money").sum(),
        nw.col("first").min(),
    )
    if bought.implementation.is_duckdb():  # it would read the orders again at each use of the cells
        again = _every_age(cells.lazy().collect(), day, months).lazy(backend="duckdb")
    else:
        again = _every_age(cells, day, months)
    found: IntoFrameT = again.to_native()
    return found


def _number(months: int) -> nw.Expr:
    """The period of a day, counted from the year 0."""
    month = nw.col("order_date").dt.month().cast(nw.Int64) - 1
    return nw.col("order_date").dt.year().cast(nw.Int64) * (12 // months) + month // months


def _every_age(cells: Any, day: date, months: int) -> Any:
    """A row for each cohort and each age up to the day, also where nobody bought."""
    size = nw.col("buyers").alias("customers")
    own = nw.col("period") == nw.col("born")
    started = nw.col("first").dt.truncate({1: "1mo", 3: "1q", 12: "1y"}[months]).alias("cohort")
    born = cells.filter(own).select("born", size, started)
    periods = cells.select("period").unique()
    grid = born.join(periods, how="cross").filter(nw.col("period") >= nw.col("born"))
    found = grid.join(cells.drop("first"), on=["born", "period"], how="left")
    running = (day.year * 12 + day.month - 1) // months  # it has not ended before the day
    counts = [nw.col(name).fill_null(0).cast(nw.Int64) for name in ("buyers", "purchases")]
    table = found.with_columns(
        *counts,
        nw.col("customers").cast(nw.Int64),
        nw.col("money").fill_null(0.0).round(2),
        age=(nw.col("period") - nw.col("born")).cast(nw.Int64),
        complete=nw.col("period") < running,
    )
    columns = ["cohort", "age", "customers", "buyers", "purchases", "money", "complete"]
    return nw.maybe_reset_index(table.select(columns).sort("cohort", "age"))


def comparable_age(table: Any, *, most: int = 4) -> int:
    """The highest age, up to `most`, that two cohorts or more have finished.

    Raises
    ------
    MktlabError
        When no two cohorts have finished an age above 0.

    Examples
    --------
    >>> import pandas as pd
    >>> comparable_age(pd.DataFrame({"age": [0, 1, 2, 0, 1], "complete": True}))
    1
    """
    done: Any = nw.from_native(table).filter(nw.col("complete") & (nw.col("age") <= most))
    counts = done.group_by("age").agg(nw.len().alias("cohorts")).lazy().collect()
    ages = counts.filter(nw.col("cohorts") >= 2)["age"].to_list()
    if max(ages, default=0) < 1:
        raise MktlabError(
            say(
                "orders: no two cohorts have finished the period after the one in which they were "
                "first seen; cohorts need four quarters or more of orders, with customers who "
                "first bought in more than one of them."
            )
        )
    return int(max(ages))
