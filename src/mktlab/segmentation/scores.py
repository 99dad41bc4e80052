"""Recency, frequency and monetary value: `rfm`, and the grid of `SEGMENTS` behind its names."""

from __future__ import annotations

from datetime import date

import narwhals as nw
from narwhals.typing import IntoFrameT

from mktlab.schema import MktlabError
from mktlab.segmentation.bought import bought_before, day_number, day_of
from mktlab.show.words import say

SEGMENTS: dict[str, tuple[str, str]] = {
    "champions": ("high", "high"),
    "promising": ("high", "middle"),
    "newcomers": ("high", "low"),
    "loyal": ("middle", "high"),
    "drifting": ("middle", "middle"),
    "occasional": ("middle", "low"),
    "at risk": ("low", "high"),
    "fading": ("low", "middle"),
    "lost": ("low", "low"),
}
"""Segment -> (level of recency, level of value), the most recent first."""


def rfm(orders: IntoFrameT, *, as_of: date | str, bins: int = 5) -> IntoFrameT:
    """Recency, frequency and monetary value of every customer, scored and named.

    A purchase is what `mktlab.orders.purchases` says, dated before `as_of`; what comes later is not
    known yet on that day. A score is 1 plus `bins` times the share of customers who are worse,
    rounded down: 1 is the worst, `bins` the best, equal customers get equal scores, and there may
    be fewer customers than bins. `f` and `m` count who is strictly worse: the smallest purchases
    stay the smallest, however many make them. For `r`, half of those who bought last on the same
    day count as worse, oneself included: whoever nobody is more recent than is never low.

    The segment looks at two levels: of `r`, and of the mean of `f` and `m`. A level is *high* in
    the upper 40% of the scale (of 5 bins: 4 or more), *low* in the lower 40% (2 or less), else
    *middle*; `SEGMENTS` names the nine pairs.

    Parameters
    ----------
    orders
        One row per order, with `customer_id, order_date, revenue` and, when known, `status` and
        `refunded`: a pandas or polars frame, or a lazy one of polars, DuckDB or PySpark.
        Orders without a `customer_id` belong to nobody: a warning says how many are left out.
    as_of
        The day from which one looks back, or its text `YYYY-MM-DD`.
    bins
        Number of scores, 2 to 10.

    Returns
    -------
    The same kind of table, one row per customer, sorted by `customer_id`: `customer_id`,
    `recency_days` (days from the last purchase to `as_of`, at least 1), `frequency` (purchases),
    `monetary` (money kept after refunds, in the currency of `orders`, in cents), the scores
    `r, f, m` and `segment`.

    Raises
    ------
    MktlabError
        When a column is missing or is not of the right type, when a day is empty or an amount is
        empty, infinite or below 0, when an order stands there twice or none is a purchase, or when
        an argument is out of range.

    References
    ----------
    Hughes, A. M. (1994). *Strategic Database Marketing*. Probus.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["Ana", "Ana", "Ben"],
    ...     "order_date": pd.to_datetime(["2025-01-01", "2025-01-29", "2025-01-11"]),
    ...     "revenue": [20.0, 30.0, 15.0],
    ... })
    >>> table = rfm(orders, as_of="2025-01-31")
    >>> table[["customer_id", "recency_days", "frequency", "monetary", "r", "f", "m"]]
      customer_id  recency_days  frequency  monetary  r  f  m
    0         Ana             2          2      50.0  4  3  3
    1         Ben            20          1      15.0  2  1  1
    """
    day = day_of(as_of)
    if isinstance(bins, bool) or not isinstance(bins, int) or not 2 <= bins <= 10:
        raise MktlabError(say("bins is {bins!r}: give a whole number from 2 to 10.", bins=bins))
    measures = (
        bought_before(orders, day)
        .group_by("customer_id", drop_null_keys=True)
        .agg(
            nw.col("order_date").max().alias("last"),
            nw.len().alias("frequency"),
            nw.col("net").sum().alias("monetary"),
        )
        .with_columns(
            nw.col("frequency").cast(nw.Int64),
            nw.col("monetary").round(2),  # cents: sums differ in their last digits between engines
            recency_days=day.toordinal() - day_number("last"),
        )
    )
    scored = measures.with_columns(
        r=_recency_score(bins), f=_score("frequency", bins), m=_score("monetary", bins)
    )
    named = scored.with_columns(segment=_segment(bins))
    columns = ["customer_id", "recency_days", "frequency", "monetary", "r", "f", "m", "segment"]
    result = nw.maybe_reset_index(named.select(columns).sort("customer_id"))
    native: IntoFrameT = result.to_native()
    return native


def _score(column: str, bins: int) -> nw.Expr:
    return _below(column) * bins // nw.len() + 1


def _recency_score(bins: int) -> nw.Expr:
    """The share of the less recent and half of the equally recent, in halves of a customer:
    less + equal / 2 = (all + less - more) / 2, whole numbers in every engine."""
    less, more = _below("recency_days", descending=True), _below("recency_days")
    return (nw.len() + less - more) * bins // (2 * nw.len()) + 1


def _below(column: str, *, descending: bool = False) -> nw.Expr:
    """How many customers have less of it (descending: more)."""
    return nw.col(column).rank(method="min", descending=descending).cast(nw.Int64) - 1


def _segment(bins: int) -> nw.Expr:
    """The name of the pair of levels; scores are doubled so that a mean of two stays whole."""
    recency, value = 2 * nw.col("r"), nw.col("f") + nw.col("m")
    name = nw.lit("drifting")
    for segment, (recency_level, value_level) in SEGMENTS.items():
        if segment != "drifting":
            here = _is(recency, recency_level, bins) & _is(value, value_level, bins)
            name = nw.when(here).then(nw.lit(segment)).otherwise(name)
    return name


def _is(doubled: nw.Expr, level: str, bins: int) -> nw.Expr:
    """Whether half of `doubled`, a score of 1 to `bins`, lies at this level of the scale."""
    place = 5 * (doubled - 1)  # 0 to 10 x bins along the scale
    high, low = place > 6 * bins, place < 4 * bins
    return {"high": high, "low": low, "middle": ~high & ~low}[level]
