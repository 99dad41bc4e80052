"""What each customer did until a day: `summary`, and whom one saw come: `newcomers`."""

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

UNITS = {"day": 1, "week": 7}  # in days


class Rows(NamedTuple):
    """Histories, equal ones once: `n` customers each, `z` their covariates, `place` of each."""

    x: Floats
    recency: Floats
    age: Floats
    z: Floats
    n: Floats
    place: Any


def summary(orders: IntoFrameT, *, unit: str, until: date | str) -> IntoFrameT:
    """What each customer did until a day: how often she came back, when last, since when.

    A purchase is what `mktlab.orders.purchases` says; those of one day count once. Money is what
    was kept after refunds; an order refunded in full is none, and amounts below 0 are refused.
    `orders` and errors are as in `segmentation.rfm`. `unit` is "week" or "day": the names of the
    columns hold it, so that no model mistakes it. `until` is the first day that is not known yet,
    such as `company.today`. Back comes the same kind of table, a row per `customer_id`, sorted:
    `frequency` (days with a purchase after the first such day), `recency_weeks` (from the first to
    the last of them), `age_weeks` (from the first to the last known day), `mean_value` (money per
    day with a purchase, without the first; empty where there is none).

    >>> days = pd.to_datetime(["2025-01-01", "2025-01-15", "2025-01-15", "2025-01-08"])
    >>> orders = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ana", "Ben"], "order_date": days,
    ...                        "revenue": [20.0, 30.0, 5.0, 15.0]})
    >>> summary(orders, unit="week", until="2025-01-30")
      customer_id  frequency  recency_weeks  age_weeks  mean_value
    0         Ana          1            2.0        4.0        35.0
    1         Ben          0            0.0        3.0         NaN
    """
    if unit not in UNITS:
        raise MktlabError(say("unit is {unit!r}: give 'week' or 'day'.", unit=unit))
    day, days = day_of(until, "until"), UNITS[unit]
    daily = by_day(orders, day)
    lazy = isinstance(daily, nw.LazyFrame)
    once = nw.col("net").first(order_by="number" if lazy else None)
    daily = daily if lazy else daily.sort("number")
    each = daily.group_by("customer_id").agg(
        first=nw.min("number"), last=nw.max("number"), days=nw.len(), all=nw.sum("net"), once=once
    )
    back = nw.col("days").cast(nw.Int64) - 1
    mean = (nw.col("all") - nw.col("once")) / nw.when(back > 0).then(back)
    told = each.select(
        "customer_id",
        back.alias("frequency"),
        ((nw.col("last") - nw.col("first")) / days).alias(f"recency_{unit}s"),
        ((day.toordinal() - 1 - nw.col("first")) / days).alias(f"age_{unit}s"),
        mean.round(6).alias("mean_value"),
    )
    result: IntoFrameT = nw.maybe_reset_index(told.sort("customer_id")).to_native()
    return result


def newcomers(
    orders: IntoFrameT, *, until: date | str, after_weeks: float = 26, least_weeks: float = 103
) -> IntoFrameT:
    """The orders of customers who were first seen after the first weeks of the file.

    In the first weeks of a file most customers are old ones, whose earlier purchases it does not
    have: those who stay and buy often. Their first purchase in the file is no beginning.

    `orders`, `until` and errors are as in `summary`; a file that is shorter than `least_weeks` is
    refused, and one without a newcomer. Back come the rows of these customers, as the kind of
    table that was given.

    >>> days = pd.to_datetime(["2025-01-01", "2025-03-10", "2025-03-01", "2025-04-01"])
    >>> orders = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben", "Ben"], "order_date": days,
    ...                        "revenue": [20.0, 30.0, 5.0, 15.0]})
    >>> newcomers(orders, until="2025-05-01", after_weeks=4, least_weeks=10)
      customer_id order_date  revenue
    0         Ben 2025-03-01      5.0
    1         Ben 2025-04-01     15.0
    """
    day = day_of(until, "until")
    first = by_day(orders, day).group_by("customer_id").agg(first=nw.min("number"))
    known = first.lazy().collect("pandas").to_native()["first"]
    weeks, start = (day.toordinal() - known.min()) / 7, known.min() + after_weeks * 7
    if weeks < least_weeks:
        told = say("a file of {least:decimal.0} weeks or more tells who is new", least=least_weeks)
        raise MktlabError(
            say("orders: they go back {n:decimal.0} weeks; {told}.", n=weeks, told=told)
        )
    if not (known >= start).any():
        told = say("nobody came after the first {n:decimal.0} weeks", n=after_weeks)
        raise MktlabError(say("orders: {told}, so nothing tells what a newcomer does.", told=told))
    new = first.filter(nw.col("first") >= start).select("customer_id")
    frame: Any = nw.from_native(orders)
    kept: IntoFrameT = nw.maybe_reset_index(
        frame.join(new, on="customer_id", how="semi")
    ).to_native()
    return kept


def by_day(orders: Any, until: date) -> Any:
    """Money by customer and day (as a number) with a purchase before `until`."""
    bought = bought_before(orders, until).with_columns(day=nw.col("order_date").dt.truncate("1d"))
    daily = bought.group_by("customer_id", "day", drop_null_keys=True).agg(nw.col("net").sum())
    return daily.select("customer_id", "net", number=day_number("day"))


def numbers_of(table: Any, needs: Sequence[str]) -> pd.DataFrame:
    """These columns of a summary as numbers, by customer; what is no number is empty."""
    frame = nw.from_native(table)
    need_columns(needs, frame.collect_schema(), of="summary", do=say("make it with summary"))
    known = frame.lazy().collect("pandas").to_native()
    index = pd.Index(known.get("customer_id", known.index), name="customer_id")
    columns = {name: pd.to_numeric(known[name], errors="coerce").to_numpy(float) for name in needs}
    return pd.DataFrame(columns, index)


def rows_of(table: Any, covariates: Sequence[str]) -> tuple[pd.DataFrame, str, Rows]:
    """A summary as numbers, the unit that the names of its columns hold, and its histories."""
    names = nw.from_native(table).collect_schema()
    unit = next((unit for unit in UNITS if f"age_{unit}s" in names), "week")
    known = numbers_of(table, ["frequency", f"recency_{unit}s", f"age_{unit}s", *covariates])
    data = known.to_numpy()
    x, recency, age = data.T[:3]
    right = np.isfinite(data).all(axis=1) & (x >= 0) & (x % 1 == 0) & (recency >= 0)
    right &= (recency <= age) & ((x > 0) == (recency > 0))
    if not right.all():
        who, row = known.index[right.argmin()], known.iloc[right.argmin()].to_dict()
        told = say("frequency is whole, recency above 0 only with it and never above age")
        raise MktlabError(
            say("summary: customer {who} has {row}; {told}.", who=who, row=row, told=told)
        )
    if not (x > 0).any():
        raise MktlabError(say("summary: nobody came back, so nothing tells who will; wait."))
    place = known.groupby(list(known)).ngroup().to_numpy()
    n = np.bincount(place)
    own = np.empty((len(n), data.shape[1]))
    own[place] = data  # a row of each group, whose rows are alike
    x, recency, age = own[:, :3].T.copy()
    return known, unit, Rows(x, recency, age, own[:, 3:], n.astype(float), place)
