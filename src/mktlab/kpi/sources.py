"""Where KPIs come from: each table made ready.

A `Source` prepares one table: a row per thing that is counted, with the `day` it belongs to and the
dimensions it can be split by. Tables may be pandas or polars frames or DuckDB relations: everything
here is narwhals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from mktlab.orders import rules
from mktlab.show.words import say
from mktlab.tables import TABLES

Frame = nw.LazyFrame[Any]
Tables = Mapping[str, Any]

PROMISED_DAYS = 3
"""What is taken for the promise where orders have no `promised_date`."""
LONGEST_DAYS = 14
"""By then, nearly all parcels have come; who waits longer is not known without a promise."""
ROBOT_VISITS = 10
"""A visitor with that many visits on one day is taken for a program, and left out."""
MONDAY = datetime(1970, 1, 5)
WEEK_SECONDS = 7 * 86_400


class Source(NamedTuple):
    """One table made ready: the tables it needs always, and how it is made.

    `dimensions` maps what it can be split by to the table that has the column.
    """

    tables: tuple[str, ...]
    dimensions: Mapping[str, str]
    prepare: Callable[[Tables, tuple[str, ...]], Frame]


def lazy(table: Any) -> Frame:
    """Any table as narwhals sees it, without computing anything."""
    frame: Frame = nw.from_native(table).lazy()
    return frame


def _unique(tables: Tables, name: str) -> Frame:
    """A table with one row per key: with a key twice, what is joined with it would multiply."""
    TABLES[name].refuse_twice(tables[name])
    return lazy(tables[name])


def sound(low: str, high: str) -> nw.Expr:
    """Whether a row keeps a rule of `Table.ordered`; an empty cell breaks none."""
    return ~(nw.col(low) > nw.col(high)).fill_null(False)


def is_true(condition: nw.Expr) -> nw.Expr:
    """1 where it holds, else 0."""
    return condition.cast(nw.Float64)


def week_number(day: str) -> nw.Expr:
    """The week of a day, from Monday on, counted since 1970."""
    return (nw.col(day) - nw.lit(MONDAY)).dt.total_seconds() // WEEK_SECONDS


def _with_day(frame: Frame, column: str, name: str = "day") -> Frame:
    """The frame with a day: midnight of the day, or of the day in UTC of a moment."""
    day = nw.col(column)
    kind = frame.collect_schema()[column]
    if isinstance(kind, nw.Datetime) and kind.time_zone is not None:
        if kind.time_zone not in ("UTC", "Etc/UTC"):
            day = day.dt.convert_time_zone("UTC")
        day = day.dt.replace_time_zone(None)
    return frame.with_columns(day.cast(nw.Datetime("us")).dt.truncate("1d").alias(name))


def _orders(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(lazy(tables["orders"]), "order_date")
    known = frame.collect_schema()
    paid, bought = rules(known)
    refund = nw.lit(0.0)
    if "refunded" in known:  # delivery is given back, too, but was never in the revenue
        refund = (
            nw.when(sound("refunded", "revenue"))
            .then(nw.col("refunded"))
            .otherwise(nw.col("revenue"))
        )
    frame = frame.with_columns(paid=is_true(paid), bought=is_true(bought), refund=refund)
    return _with_people(frame, tables, by)


def _with_people(frame: Frame, tables: Tables, by: tuple[str, ...]) -> Frame:
    wanted = [name for name in ("acquisition_channel", "zone") if name in by]
    if not wanted:
        return frame
    people = _unique(tables, "customers").select("customer_id", *wanted)
    return frame.join(people, on="customer_id", how="left")


def _lines(tables: Tables, by: tuple[str, ...]) -> Frame:
    orders = _orders(tables, by).filter(nw.col("bought") > 0)
    kept = [name for name in ("outlet", "acquisition_channel", "zone") if name in by]
    products = _unique(tables, "products")
    known = [name for name in ("category", "unit_cost") if name in products.collect_schema()]
    lines = (
        lazy(tables["order_lines"])
        .join(orders.select("order_id", "customer_id", "day", *kept), on="order_id", how="inner")
        .join(products.select("product_id", *known), on="product_id", how="left")
    )
    if "product_costs" not in tables:
        return lines
    costs = _with_day(_unique(tables, "product_costs"), "week", "monday")
    costs = costs.select(
        "product_id", week_number("monday").alias("cost_week"), cost_then="unit_cost"
    )
    return lines.with_columns(cost_week=week_number("day")).join(
        costs, on=["product_id", "cost_week"], how="left"
    )


def _sessions(tables: Tables, by: tuple[str, ...]) -> Frame:
    """Visits of people: a visitor who comes very often within a day is a program."""
    frame = _with_day(lazy(tables["sessions"]), "started_at")
    often = frame.group_by("visitor_id", "day").agg(nw.len().alias("visits"))
    robots = often.filter(nw.col("visits") >= ROBOT_VISITS).select("visitor_id").unique()
    return frame.join(robots, on="visitor_id", how="anti")


def _deliveries(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(_orders(tables, by), "delivered_date", "arrived")
    return frame.filter(~nw.col("arrived").is_null() & sound("day", "arrived"))


def _promises(tables: Tables, by: tuple[str, ...]) -> Frame:
    """Parcels whose promised day is over, with what is `late`: came after it, or is still open.

    Without `promised_date`, an order that has not come may be none that is sent: what came counts,
    and only of orders so old that it would have.
    """
    orders = _orders(tables, by)
    known = orders.collect_schema()
    today = nw.lit(pd.Timestamp(tables["company"].today).to_pydatetime())
    frame = _with_day(orders, "delivered_date", "arrived")
    if "promised_date" in known:
        frame = _with_day(frame, "promised_date", "promised").filter(
            (nw.col("paid") > 0) & (nw.col("promised") < today) & sound("day", "promised")
        )
    else:
        promised = nw.col("day").dt.offset_by(f"{PROMISED_DAYS}d")
        frame = frame.with_columns(promised=promised).filter(
            (nw.col("day").dt.offset_by(f"{LONGEST_DAYS}d") < today) & ~nw.col("arrived").is_null()
        )
    in_time = (nw.col("arrived") <= nw.col("promised")).fill_null(False)
    return frame.filter(sound("day", "arrived")).with_columns(late=is_true(~in_time))


def assumed(tables: Tables) -> list[str]:
    """What `late_share` takes for granted, in a sentence, where parcels have no `promised_date`."""
    known = lazy(tables["orders"]).collect_schema() if "orders" in tables else {}
    if "delivered_date" not in known or "promised_date" in known:
        return []
    told = say(
        "The orders have no promised_date: a parcel is late after {promise} days, and orders of "
        "the last {longest} days are left out.",
        promise=PROMISED_DAYS,
        longest=LONGEST_DAYS,
    )
    return [told]


def _emails(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(lazy(tables["emails"]), "sent_at")
    return frame.filter(~nw.col("held_out")) if "held_out" in frame.collect_schema() else frame


def _awareness(tables: Tables, by: tuple[str, ...]) -> Frame:
    """The panel's answers on the company: the brand that the panel names first."""
    frame = _with_day(lazy(tables["awareness"]), "month")
    known = frame.collect_schema()
    for pair in TABLES["awareness"].ordered:
        frame = frame.filter(sound(*pair)) if set(pair) <= set(known) else frame
    ours = getattr(tables["company"], "name", None)
    return frame if ours is None or "brand" not in known else frame.filter(nw.col("brand") == ours)


def _market_panel(tables: Tables, by: tuple[str, ...]) -> Frame:
    """The quarters in which the panel reports on the company, and which rows are its own."""
    frame = _with_day(lazy(tables["market_panel"]), "quarter")
    if "sales_error" not in frame.collect_schema():
        frame = frame.with_columns(sales_error=nw.lit(float("inf")))
    frame = frame.with_columns(
        ours=nw.col("brand") == nw.lit(getattr(tables["company"], "name", ""))
    )
    reported = frame.filter(nw.col("ours")).select("day")
    return frame.join(reported, on="day", how="semi")


def _own(table: str, day: str, *dimensions: str) -> Source:
    """A table whose rows are counted as they are, split by columns of its own."""
    where = dict.fromkeys(dimensions, table)
    return Source((table,), where, lambda tables, by: _with_day(lazy(tables[table]), day))


_PEOPLE = {"acquisition_channel": "customers", "zone": "customers"}
_SALES = {"outlet": "orders", **_PEOPLE}
SOURCES: dict[str, Source] = {
    "orders": Source(("orders",), _SALES, _orders),
    "lines": Source(
        ("order_lines", "orders", "products"), {"category": "products", **_SALES}, _lines
    ),
    "deliveries": Source(("orders",), _SALES, _deliveries),
    "promises": Source(("orders",), _SALES, _promises),
    "customers": Source(
        ("customers",),
        _PEOPLE,
        lambda tables, by: _with_day(_unique(tables, "customers"), "joined_date"),
    ),
    "referrals": _own("referrals", "referred_date"),
    "ad_spend": _own("ad_spend", "week", "channel", "zone"),
    "web_metrics": _own("web_metrics", "week", "channel"),
    "sessions": Source(("sessions",), {"channel": "sessions", "device": "sessions"}, _sessions),
    "emails": Source(("emails",), {}, _emails),
    "mailings": _own("email_campaigns", "sent_at"),
    "social": _own("social_posts", "posted_at", "network"),
    "survey": _own("survey_responses", "responded_date"),
    "tickets": _own("tickets", "opened_at", "topic"),
    "cafes": _own("store_weeks", "week", "zone"),
    "reservations": _own("reservations", "visit_date"),
    "awareness": Source(("awareness",), {}, _awareness),
    "market_panel": Source(("market_panel",), {}, _market_panel),
}
"""Name -> source."""
