"""Where KPIs come from: each table made ready, and the measures that are added up over its rows.

A `Source` prepares one table: a row per thing that is counted, with the `day` it belongs to and the
dimensions it can be split by. A `Measure` is one aggregate over the rows of a source. Tables may be
pandas or polars frames or DuckDB relations: everything here is narwhals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import narwhals as nw

from mktlab.orders import TEST_REVENUE

Frame = nw.LazyFrame[Any]
Tables = Mapping[str, Any]

PROMISED_DAYS = 3


class Source(NamedTuple):
    """One table made ready: what it needs, what it can be split by, and how it is made.

    `tables` are needed always; `dimensions` maps a dimension to the further table that it needs, or
    to "".
    """

    tables: tuple[str, ...]
    dimensions: Mapping[str, str]
    prepare: Callable[[Tables, tuple[str, ...]], Frame]


class Measure(NamedTuple):
    """What each row of a source adds, and the columns of its first table that this needs."""

    source: str
    value: nw.Expr
    needs: tuple[str, ...] = ()


def lazy(table: Any) -> Frame:
    """Any table as narwhals sees it, without computing anything."""
    frame: Frame = nw.from_native(table).lazy()
    return frame


def _with_day(frame: Frame, column: str) -> Frame:
    """The frame with `day`: midnight of the day, or of the day in UTC of a moment."""
    day = nw.col(column)
    kind = frame.collect_schema()[column]
    if isinstance(kind, nw.Datetime) and kind.time_zone is not None:
        if kind.time_zone not in ("UTC", "Etc/UTC"):
            day = day.dt.convert_time_zone("UTC")
        day = day.dt.replace_time_zone(None)
    return frame.with_columns(day=day.cast(nw.Datetime("us")).dt.truncate("1d"))


def _orders(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(lazy(tables["orders"]), "order_date")
    known = frame.collect_schema()
    paid = nw.col("status") == "paid" if "status" in known else nw.lit(True)
    refund = nw.col("refunded") if "refunded" in known else nw.lit(0.0)
    paid = paid & (nw.col("revenue") >= TEST_REVENUE)
    frame = frame.with_columns(
        paid=paid.cast(nw.Float64),
        bought=(paid & (refund < nw.col("revenue"))).cast(nw.Float64),
        refund=refund,
    )
    return _with_people(frame, tables, by)


def _with_people(frame: Frame, tables: Tables, by: tuple[str, ...]) -> Frame:
    wanted = [name for name in ("acquisition_channel", "zone") if name in by]
    if not wanted:
        return frame
    people = lazy(tables["customers"]).select("customer_id", *wanted)
    return frame.join(people, on="customer_id", how="left")


def _lines(tables: Tables, by: tuple[str, ...]) -> Frame:
    orders = _orders(tables, by).filter(nw.col("bought") > 0)
    kept = [name for name in ("outlet", "acquisition_channel", "zone") if name in by]
    products = lazy(tables["products"]).select("product_id", "category", "unit_cost")
    return (
        lazy(tables["order_lines"])
        .join(orders.select("order_id", "customer_id", "day", *kept), on="order_id", how="inner")
        .join(products, on="product_id", how="left")
        .with_columns(goods=nw.col("quantity") * nw.col("unit_cost"))
    )


def _deliveries(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _orders(tables, by).filter(~nw.col("delivered_date").is_null())
    took = (nw.col("delivered_date") - nw.col("order_date")).dt.total_seconds() / 86_400
    return frame.with_columns(days_taken=took)


def _tickets(tables: Tables, by: tuple[str, ...]) -> Frame:
    hours = (nw.col("closed_at") - nw.col("opened_at")).dt.total_seconds() / 3_600
    settled = (~nw.col("closed_at").is_null()).cast(nw.Float64)
    return _with_day(lazy(tables["tickets"]), "opened_at").with_columns(
        hours=hours, settled=settled
    )


def _emails(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(lazy(tables["emails"]), "sent_at")
    return frame.filter(~nw.col("held_out")) if "held_out" in frame.collect_schema() else frame


def _cafes(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(lazy(tables["store_weeks"]), "week")
    return frame.with_columns(waited=nw.col("wait_minutes") * nw.col("visits"))


def _awareness(tables: Tables, by: tuple[str, ...]) -> Frame:
    """The panel's answers on the company: the brand that the panel names first."""
    frame = _with_day(lazy(tables["awareness"]), "month")
    if "brand" not in frame.collect_schema() or "our_brand" not in tables:
        return frame
    return frame.filter(nw.col("brand") == nw.lit(tables["our_brand"]))


def _plain(table: str, day: str) -> Callable[[Tables, tuple[str, ...]], Frame]:
    return lambda tables, by: _with_day(lazy(tables[table]), day)


_PEOPLE = {"acquisition_channel": "customers", "zone": "customers"}
SOURCES: dict[str, Source] = {
    "orders": Source(("orders",), {"outlet": "", **_PEOPLE}, _orders),
    "lines": Source(
        ("order_lines", "orders", "products"), {"category": "", "outlet": "", **_PEOPLE}, _lines
    ),
    "deliveries": Source(("orders",), {"outlet": "", **_PEOPLE}, _deliveries),
    "customers": Source(
        ("customers",), {"acquisition_channel": "", "zone": ""}, _plain("customers", "joined_date")
    ),
    "referrals": Source(("referrals",), {}, _plain("referrals", "referred_date")),
    "ad_spend": Source(("ad_spend",), {"channel": "", "zone": ""}, _plain("ad_spend", "week")),
    "sessions": Source(
        ("sessions",), {"channel": "", "device": ""}, _plain("sessions", "started_at")
    ),
    "emails": Source(("emails",), {}, _emails),
    "social": Source(("social_posts",), {"network": ""}, _plain("social_posts", "posted_at")),
    "survey": Source(("survey_responses",), {}, _plain("survey_responses", "responded_date")),
    "tickets": Source(("tickets",), {"topic": ""}, _tickets),
    "cafes": Source(("store_weeks",), {"zone": ""}, _cafes),
    "reservations": Source(("reservations",), {}, _plain("reservations", "visit_date")),
    "awareness": Source(("awareness",), {}, _awareness),
}
"""Name -> source."""


def _sum(source: str, column: str, *more: str) -> Measure:
    return Measure(source, nw.col(column), (column, *more))


def _rows(source: str) -> Measure:
    return Measure(source, nw.lit(1.0))


def _times(source: str, value: nw.Expr, *needs: str) -> Measure:
    return Measure(source, value, needs)


def _is(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Float64)


_revenue, _bought = nw.col("revenue"), nw.col("bought")
MEASURES: dict[str, Measure] = {
    "net_sales": _times("orders", nw.col("paid") * (_revenue - nw.col("refund"))),
    "gross_sales": _times("orders", nw.col("paid") * _revenue),
    "refunds": _times("orders", nw.col("paid") * nw.col("refund"), "refunded"),
    "discounts": _times("orders", nw.col("paid") * nw.col("discount"), "discount"),
    "list_sales": _times("orders", nw.col("paid") * (_revenue + nw.col("discount")), "discount"),
    "purchases": _times("orders", _bought),
    "kept": _times("orders", _bought * (_revenue - nw.col("refund"))),
    "orders_placed": _times("orders", _is(_revenue >= TEST_REVENUE)),
    "orders_cancelled": _times(
        "orders", _is((nw.col("status") != "paid") & (_revenue >= TEST_REVENUE)), "status"
    ),
    "pieces": _sum("lines", "quantity"),
    "line_sales": _sum("lines", "amount"),
    "goods": _times("lines", nw.col("goods")),
    "deliveries": Measure("deliveries", nw.lit(1.0), ("delivered_date",)),
    "delivery_days": _times("deliveries", nw.col("days_taken"), "delivered_date"),
    "late": _times("deliveries", _is(nw.col("days_taken") > PROMISED_DAYS), "delivered_date"),
    "joined": _rows("customers"),
    "referred": _rows("referrals"),
    "spend": _sum("ad_spend", "spend"),
    "impressions": _sum("ad_spend", "impressions"),
    "clicks": _sum("ad_spend", "clicks"),
    "claimed": _sum("ad_spend", "claimed_conversions"),
    "visits": _rows("sessions"),
    "bounces": _times("sessions", _is(nw.col("pages") <= 1), "pages"),
    "carts": _sum("sessions", "added_to_cart"),
    "checkouts": _sum("sessions", "began_checkout"),
    "sales_visits": _sum("sessions", "purchased"),
    "sent": _rows("emails"),
    "opened": _sum("emails", "opened"),
    "clicked": _sum("emails", "clicked"),
    "unsubscribed": _sum("emails", "unsubscribed"),
    "reach": _sum("social", "reach"),
    "engagements": _times(
        "social",
        nw.col("likes") + nw.col("shares") + nw.col("comments"),
        "likes",
        "shares",
        "comments",
    ),
    "answers": _times("survey", _is(~nw.col("nps").is_null()), "nps"),
    "promoters": _times("survey", _is(nw.col("nps") >= 9), "nps"),
    "promoters_less_detractors": _times(
        "survey", _is(nw.col("nps") >= 9) - _is(nw.col("nps") <= 6), "nps"
    ),
    "service_points": _sum("survey", "service"),
    "service_answers": _times("survey", _is(~nw.col("service").is_null()), "service"),
    "requests": _rows("tickets"),
    "settled": _times("tickets", nw.col("settled"), "closed_at"),
    "settling_hours": _times("tickets", nw.col("hours"), "closed_at"),
    "guests": _sum("cafes", "visits"),
    "served": _sum("cafes", "tickets"),
    "cafe_sales": _sum("cafes", "revenue"),
    "staff_hours": _sum("cafes", "staff_hours"),
    "waited": _times("cafes", nw.col("waited"), "wait_minutes"),
    "booked": _rows("reservations"),
    "no_shows": _times("reservations", _is(~nw.col("showed_up")), "showed_up"),
    "asked": _sum("awareness", "asked"),
    "spontaneous": _sum("awareness", "spontaneous"),
    "aided": _sum("awareness", "aided"),
}
"""Name -> measure that adds up: the parts of a whole sum to it."""
