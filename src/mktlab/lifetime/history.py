"""What each customer did until a day: `summary`, and the same as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrameT

from mktlab.lifetime.fitting import Floats
from mktlab.schema import MktlabError
from mktlab.segmentation.bought import bought_before, day_number, day_of
from mktlab.show.words import say
from mktlab.spelling import need_columns

UNITS = {"day": 1, "week": 7}
"""Unit of time -> its days."""


class Rows(NamedTuple):
    """Histories, equal ones once: `n` customers each, `z` their covariates."""

    x: Floats
    recency: Floats
    age: Floats
    z: Floats
    n: Floats


def summary(orders: IntoFrameT, *, unit: str, until: date | str) -> IntoFrameT:
    """What each customer did until a day: how often she came back, when last, since when.

    A purchase is what `mktlab.orders.purchases` says; the orders of one day count once. Money is
    what was kept after refunds; an order refunded in full is none, and amounts below 0 are refused.

    Parameters
    ----------
    orders
        As in `segmentation.rfm`.
    unit
        "week" or "day". The names of the columns hold it, so that no model can mistake it.
    until
        The first day that is not known yet, such as `company.today`.

    Returns
    -------
    The same kind of table, a row per customer, sorted: `customer_id`, `frequency` (days with a
    purchase after the first such day), `recency_weeks` (from the first to the last of them),
    `age_weeks` (from the first to the last known day), and `mean_value` (money per day with a
    purchase, without the first; empty where there is none).

    Raises
    ------
    MktlabError
        As `segmentation.rfm`, and for another unit.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-15", "2025-01-15", "2025-01-08"])
    >>> orders = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ana", "Ben"], "order_date": days,
    ...                        "revenue": [20.0, 30.0, 5.0, 15.0]})
    >>> summary(orders, unit="week", until="2025-01-30")
      customer_id  frequency  recency_weeks  age_weeks  mean_value
    0         Ana          1            2.0        4.0        35.0
    1         Ben          0            0.0        3.0         NaN
    """
    if unit not in UNITS:
        raise MktlabError(
            say("unit is {unit!r}: give 'week' or 'day', the unit of time to count in.", unit=unit)
        )
    day, days = day_of(until, "until"), UNITS[unit]
    daily = by_day(orders, day).with_columns(number=day_number("day"))
    each = daily.group_by("customer_id").agg(
        nw.len().cast(nw.Int64).alias("days"),
        nw.col("number").min().alias("first"),
        nw.col("number").max().alias("last"),
        nw.col("net").sum().alias("all"),
        nw.col("net").first(order_by="day").alias("once"),
    )
    later = nw.when(nw.col("days") > 1).then(nw.col("days") - 1)  # else empty
    told = each.select(
        "customer_id",
        (nw.col("days") - 1).alias("frequency"),
        ((nw.col("last") - nw.col("first")) / days).alias(f"recency_{unit}s"),
        ((day.toordinal() - 1 - nw.col("first")) / days).alias(f"age_{unit}s"),
        ((nw.col("all") - nw.col("once")) / later).round(2).alias("mean_value"),
    )
    result: IntoFrameT = nw.maybe_reset_index(told.sort("customer_id")).to_native()
    return result


def by_day(orders: Any, until: date) -> Any:
    """Money by customer and day with a purchase before `until`."""
    bought = bought_before(orders, until).with_columns(day=nw.col("order_date").dt.truncate("1d"))
    return bought.group_by("customer_id", "day", drop_null_keys=True).agg(nw.col("net").sum())


def unit_of(table: Any) -> str:
    """The unit that the names of the columns hold."""
    names = set(nw.from_native(table).collect_schema())
    found = [unit for unit in UNITS if {f"recency_{unit}s", f"age_{unit}s"} <= names]
    if len(found) != 1:
        raise MktlabError(
            say(
                "This table needs recency_weeks and age_weeks, or recency_days and age_days, and "
                "not both, so that the unit of time is known: make it with lifetime.summary."
            )
        )
    return found[0]


def customers_of(table: Any, needs: Sequence[str], of: str = "summary") -> pd.DataFrame:
    """The columns of a summary as numbers in pandas, checked, by customer."""
    frame = nw.from_native(table)
    need_columns(needs, frame.collect_schema(), of=of)
    known = frame.lazy().collect("pandas").to_native()
    known.index = pd.Index(known.get("customer_id", known.index), name="customer_id")
    for name in needs:
        values = pd.to_numeric(known[name], errors="coerce").astype(float)
        known[name] = values
        used = known["frequency"] > 0 if name == "mean_value" else True
        wrong = used & ~np.isfinite(values)
        if name in ("frequency", "mean_value") or name.startswith(("recency_", "age_")):
            wrong |= used & (values <= 0 if name == "mean_value" else values < 0)
        if wrong.any():
            raise MktlabError(
                say(
                    "{of}: {name} is {value} for {who}; it must be a number, {least}.",
                    of=of,
                    name=name,
                    value=values[wrong].iloc[0],
                    who=known.index[wrong][0],
                    least=say("above 0") if name == "mean_value" else say("not below 0"),
                )
            )
    return pd.DataFrame(known)


def rows_of(table: Any, covariates: Sequence[str]) -> tuple[pd.DataFrame, Rows, Any]:
    """The customers, their histories (equal ones once), and the place of each among these."""
    unit = unit_of(table)
    names = ["frequency", f"recency_{unit}s", f"age_{unit}s", *covariates]
    known = customers_of(table, names)
    x, recency, age = (known[name].to_numpy() for name in names[:3])
    wrong = (recency > age) | ((x == 0) != (recency == 0)) | (x % 1 != 0)
    if wrong.any():
        raise MktlabError(
            say(
                "summary: {who} has frequency {x}, recency {recency} and age {age}; frequency "
                "counts purchases after the first, recency is 0 without one and never above age.",
                who=known.index[int(wrong.argmax())],
                x=x[wrong][0],
                recency=recency[wrong][0],
                age=age[wrong][0],
            )
        )
    if not (x > 0).any():
        raise MktlabError(say("summary: nobody came back, so nothing tells who will; wait."))
    code = np.zeros(len(known), dtype=np.int64)
    for name in names:
        at, levels = pd.factorize(known[name].to_numpy(), sort=True)
        code = np.unique(code * len(levels) + at, return_inverse=True)[1]
    first, n = np.unique(code, return_index=True, return_counts=True)[1:]
    z = known[list(covariates)].to_numpy(dtype=float)[first].reshape(len(first), -1)
    return known, Rows(x[first], recency[first], age[first], z, n.astype(float)), code
