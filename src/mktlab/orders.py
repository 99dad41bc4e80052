"""Orders that can be counted: what would mislead gets a sentence, not a number.

Whatever is told from orders asks `check_orders` first; `purchases` says which of them count, and
`rules` says the same of the rows of a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrameT

from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many
from mktlab.spelling import need_columns
from mktlab.tables import TABLES

TEST_REVENUE = 0.05
"""An order of less is somebody of the staff trying the checkout."""

STATUS = next(c.allowed for c in TABLES["orders"].columns if c.name == "status")
AMOUNTS = [c.name for c in TABLES["orders"].columns if c.kind == "money"]
DAYS = [c.name for c in TABLES["orders"].columns if c.kind == "date"]
Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def purchases(orders: IntoFrameT) -> IntoFrameT:
    """The orders that are purchases: paid, not refunded in full, and no test of the checkout.

    Parameters
    ----------
    orders
        One row per order with `revenue`. Without `status` all are paid, without `refunded` kept.

    Returns
    -------
    The rows that count, as the kind of table that was given.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"revenue": [9.0, 9.0, 0.01], "refunded": [4.0, 9.0, 0.0], "status": "paid"}
    ... )
    >>> purchases(orders)
       revenue  refunded status
    0      9.0       4.0   paid
    """
    frame: Frame = nw.from_native(orders)
    _, bought = rules(frame.collect_schema())
    kept: IntoFrameT = frame.filter(bought).to_native()
    return kept


def margins(orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The purchases, with what is kept of their revenue and what is left of it after the goods.

    Parameters
    ----------
    orders
        One row per order: `order_id`, `revenue`, `refunded`.
    lines
        What was in them: `order_id`, `product_id`, `quantity`.
    products
        `product_id` and `unit_cost`, the standard cost of a piece.

    Returns
    -------
    The rows that count, in the order of `orders`, with `kept` (revenue less refunds) and `margin`
    (kept less goods), in euros. What came back is counted as lost.

    Examples
    --------
    >>> orders = pd.DataFrame({"order_id": [1, 2], "revenue": [20.0, 9.0], "refunded": [5.0, 9.0]})
    >>> lines = pd.DataFrame({"order_id": [1, 2], "product_id": "A", "quantity": [2, 1]})
    >>> margins(orders, lines, pd.DataFrame({"product_id": ["A"], "unit_cost": [4.0]}))
       order_id  revenue  refunded  kept  margin
    0         1     20.0       5.0  15.0     7.0
    """
    bought, cost = purchases(orders), products.set_index("product_id")["unit_cost"]
    goods = (lines["quantity"] * lines["product_id"].map(cost)).groupby(lines["order_id"]).sum()
    kept = bought["revenue"] - bought["refunded"]
    return bought.assign(kept=kept, margin=kept - bought["order_id"].map(goods).fillna(0))


def rules(known: Iterable[str]) -> tuple[nw.Expr, nw.Expr]:
    """Whether an order is paid and no test of the checkout, and whether it is a purchase.

    Parameters
    ----------
    known
        The names of the columns that the orders have.

    Examples
    --------
    >>> orders = pd.DataFrame({"revenue": [9.0, 9.0, 0.01], "refunded": [4.0, 9.0, 0.0]})
    >>> paid, bought = rules(orders.columns)
    >>> nw.from_native(orders).select(paid=paid, bought=bought).to_native()
        paid  bought
    0   True    True
    1   True   False
    2  False   False
    """
    columns = set(known)
    paid = nw.col("revenue") >= TEST_REVENUE
    if "status" in columns:
        paid = paid & (nw.col("status") == "paid")
    bought = paid & (nw.col("refunded") < nw.col("revenue")) if "refunded" in columns else paid
    return paid, bought


def check_orders(
    orders: Any,
    needs: Sequence[str],
    *,
    today: pd.Timestamp | None = None,
    filled: Sequence[str] = (),
) -> None:
    """Refuse orders that cannot be counted rightly.

    Parameters
    ----------
    orders
        One row per order: a pandas or polars frame, a DuckDB relation, or whatever narwhals knows.
    needs
        Columns that must be there, `order_date` and `revenue` among them.
    today
        A day from which on nothing is known; without it, orders may be of any day.
    filled
        Columns that may not be empty, besides days and amounts.

    Raises
    ------
    MktlabError
        When a column is missing or of the wrong type, a day has a time zone or is empty, an amount
        is empty, infinite or below 0, a status is neither paid nor cancelled, a day is today or
        later, or an order's number stands twice.

    Examples
    --------
    >>> day = pd.Timestamp("2025-12-01")
    >>> orders = pd.DataFrame({"order_date": [day, day], "revenue": [10.0, -5.0]})
    >>> check_orders(orders, ["order_date", "revenue"])
    Traceback (most recent call last):
    mktlab.schema.MktlabError: orders: revenue is below 0 (what was given back belongs into the \
column refunded) in 1 row, the first in row 1; mend them, or leave them out and say so.
    """
    try:
        frame: Frame = nw.from_native(orders)
    except TypeError:
        raise MktlabError(
            say(
                "orders is a {kind}: give a table, such as company.orders.",
                kind=type(orders).__name__,
            )
        ) from None
    known = frame.collect_schema()
    _check_columns(frame, needs)
    wrong = _wrong(known, today, filled)
    rules = [rule.fill_null(False).cast(nw.Int64) for rule in wrong.values()]
    sums = [rule.sum().alias(f"n{place}") for place, rule in enumerate(rules)]
    ids = nw.col("order_id").n_unique() if "order_id" in known else nw.len()
    counts = frame.lazy().select(nw.len().alias("rows"), ids.alias("ids"), *sums)
    rows, different, *found = (number or 0 for number in counts.collect().row(0))
    nobody = say(': no_customer = "leave out" under [orders] in columns.toml does')
    for (said, rule), number in zip(wrong.items(), found, strict=True):
        if number:
            raise MktlabError(
                say_many(
                    "orders: {said} in {n} row{first}; mend them, or leave them out and say so"
                    "{setting}.",
                    "orders: {said} in {n:count} rows{first}; mend them, or leave them out and "
                    "say so{setting}.",
                    number,
                    setting=nobody if said.startswith("customer_id") else "",
                    said=said,
                    first=_first(frame, rule),
                )
            )
    if different < rows:
        again = _first(frame, ~nw.col("order_id").is_first_distinct(), again=True)
        raise MktlabError(
            say(
                "orders: order_id is not unique: {rows:count} rows, {different:count} different "
                "numbers{again}; every order needs a number of its own and one row.",
                rows=rows,
                different=different,
                again=again,
            )
        )


def _check_columns(frame: Frame, needs: Sequence[str]) -> None:
    known = frame.collect_schema()
    days = nw.Datetime if frame.implementation.is_pandas() else (nw.Date, nw.Datetime)
    need_columns(needs, known, of="orders")
    if not isinstance(known["order_date"], days):
        raise MktlabError(
            say(
                "order_date of orders holds {dtype}, not days: load the table with "
                "mktlab.load, or convert the column with pandas.to_datetime.",
                dtype=known["order_date"],
            )
        )
    for name in DAYS:
        if zone := getattr(known.get(name), "time_zone", None):
            raise MktlabError(
                say(
                    "{name} of orders holds moments in the time zone {zone}, not days: load the "
                    "table with mktlab.load, or keep the local day (in pandas, "
                    ".dt.tz_localize(None)).",
                    name=name,
                    zone=zone,
                )
            )
    for name in AMOUNTS:
        if name in known and not known[name].is_numeric():
            raise MktlabError(
                say(
                    "{name} of orders holds {dtype}, not numbers: load the table with "
                    "mktlab.load, or convert the column with pandas.to_numeric.",
                    name=name,
                    dtype=known[name],
                )
            )


def _wrong(
    known: nw.Schema, today: pd.Timestamp | None, filled: Sequence[str]
) -> dict[str, nw.Expr]:
    """What may be wrong with a row, in words -> the rule that finds it."""
    rules = {
        say("{name} is empty", name=name): nw.col(name).is_null()
        for name in ("order_date", *filled)
    }
    if today is not None:
        after = nw.lit(datetime(today.year, today.month, today.day))
        rules[say("the day is {today:%Y-%m-%d}, which is today, or later", today=today)] = (
            nw.col("order_date") >= after
        )
    if "status" in known:
        rules[f"status is neither {' nor '.join(STATUS)}"] = ~nw.col("status").is_in(STATUS)
    for name in AMOUNTS:
        if name in known:
            value = nw.col(name).cast(nw.Float64)
            infinite = ~value.is_finite().fill_null(False)
            rules[say("{name} is empty or infinite", name=name)] = value.is_null() | infinite
            below = say(
                "{name} is below 0 (what was given back belongs into the column refunded)",
                name=name,
            )
            rules[below] = value < 0
    return rules


def _first(frame: Frame, rule: nw.Expr, *, again: bool = False) -> str:
    """Where a rule first holds, in a table whose rows have an order."""
    if isinstance(frame, nw.LazyFrame):
        return ""
    row = frame.with_row_index("row_").filter(rule)["row_"][0]
    if again:
        return say(", the first again in row {row}", row=row)
    return say(", the first in row {row}", row=row)
