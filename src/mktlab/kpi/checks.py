"""Look at orders before they are counted: what would mislead gets a sentence, not a number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd

from mktlab.kpi.sources import lazy
from mktlab.schema import MktlabError

REQUIRED = ("order_id", "customer_id", "order_date", "revenue")


def check_orders(orders: Any, today: pd.Timestamp) -> None:
    """Refuse orders that cannot be counted rightly.

    Raises
    ------
    MktlabError
        When a column is missing or of the wrong type; when a day or an amount is empty, an amount
        is infinite or below 0, a day is today or later, or an order's number stands twice.
    """
    frame = lazy(orders)
    known = frame.collect_schema()
    missing = [name for name in REQUIRED if name not in known]
    if missing:
        raise MktlabError(
            f"orders has no column {', '.join(missing)}: it has {', '.join(known)}; rename yours."
        )
    amounts = [name for name in ("revenue", "refunded", "discount") if name in known]
    if not isinstance(known["order_date"], nw.Date | nw.Datetime):
        raise MktlabError(
            f"order_date of orders holds {known['order_date']}, not days: load the table with "
            "mktlab.load, or convert the column with pandas.to_datetime."
        )
    for name in amounts:
        if not known[name].is_numeric():
            raise MktlabError(
                f"{name} of orders holds {known[name]}, not numbers: load the table with "
                "mktlab.load, or convert the column with pandas.to_numeric."
            )
    after = nw.lit(datetime(today.year, today.month, today.day))
    wrong = {"order_date is empty": nw.col("order_date").is_null()}
    wrong[f"the day is {today:%Y-%m-%d}, which is today, or later"] = nw.col("order_date") >= after
    for name in amounts:
        wrong[f"{name} is empty or infinite"] = _not_finite(name)
        wrong[f"{name} is below 0"] = nw.col(name) < 0
    sums = [
        rule.fill_null(False).cast(nw.Int64).sum().alias(f"n{place}")
        for place, rule in enumerate(wrong.values())
    ]
    counts = frame.select(nw.len().alias("rows"), nw.col("order_id").n_unique().alias("ids"), *sums)
    rows, ids, *found = counts.collect().row(0)
    for said, number in zip(wrong, found, strict=True):
        if number:
            raise MktlabError(
                f"orders: {said} in {number:,} row{'s' if number > 1 else ''}; mend them, or leave "
                "them out and say so."
            )
    if ids < rows:
        raise MktlabError(
            f"orders: order_id is not unique: {rows:,} rows, {ids:,} different numbers; every "
            "order needs a number of its own and one row."
        )


def _not_finite(name: str) -> nw.Expr:
    value = nw.col(name).cast(nw.Float64)
    return value.is_null() | ~value.is_finite().fill_null(False)
