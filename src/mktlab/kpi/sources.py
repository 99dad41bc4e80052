"""Where KPIs come from: each table made ready, and the measures that are added up over its rows.

A `Source` prepares one table: a row per thing that is counted, with the `day` it belongs to and the
dimensions it can be split by. A `Measure` is one aggregate over the rows of a source. Tables may be
pandas or polars frames or DuckDB relations: everything here is narwhals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


class Source(NamedTuple):
    """One table made ready: the tables it needs always, and how it is made.

    `dimensions` maps what it can be split by to the table that has the column.
    """

    tables: tuple[str, ...]
    dimensions: Mapping[str, str]
    prepare: Callable[[Tables, tuple[str, ...]], Frame]


class Measure(NamedTuple):
    """What each row of a source adds, and the columns that this needs beyond the required ones.

    They are those of the source's first table, but for those written as "table.column".
    """

    source: str
    value: nw.Expr
    needs: tuple[str, ...] = ()


def lazy(table: Any) -> Frame:
    """Any table as narwhals sees it, without computing anything."""
    frame: Frame = nw.from_native(table).lazy()
    return frame


def measured_rows(
    tables: Tables, name: str, measures: Iterable[str], by: tuple[str, ...] = ()
) -> Frame:
    """A source's rows with these measures; where its table is a sample, of the whole."""
    source = SOURCES[name]
    frame, table = source.prepare(tables, by), source.tables[0]
    share = getattr(tables["company"], "samples", {}).get(table, 1.0)
    scale = TABLES[table].weight(share) if share < 1 else nw.lit(1.0)
    values = {m: MEASURES[m].value.cast(nw.Float64) * scale for m in measures}
    return frame.with_columns(**values)


def _unique(tables: Tables, name: str) -> Frame:
    """A table with one row per key: with a key twice, what is joined with it would multiply."""
    TABLES[name].refuse_twice(tables[name])
    return lazy(tables[name])


def _sound(low: str, high: str) -> nw.Expr:
    """Whether a row keeps a rule of `Table.ordered`; an empty cell breaks none."""
    return ~(nw.col(low) > nw.col(high)).fill_null(False)


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
        sound = _sound("refunded", "revenue")
        refund = nw.when(sound).then(nw.col("refunded")).otherwise(nw.col("revenue"))
    frame = frame.with_columns(paid=_is(paid), bought=_is(bought), refund=refund)
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
    return (
        lazy(tables["order_lines"])
        .join(orders.select("order_id", "customer_id", "day", *kept), on="order_id", how="inner")
        .join(products.select("product_id", *known), on="product_id", how="left")
    )


def _deliveries(tables: Tables, by: tuple[str, ...]) -> Frame:
    frame = _with_day(_orders(tables, by), "delivered_date", "arrived")
    return frame.filter(~nw.col("arrived").is_null() & _sound("day", "arrived"))


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
            (nw.col("paid") > 0) & (nw.col("promised") < today) & _sound("day", "promised")
        )
    else:
        promised = nw.col("day").dt.offset_by(f"{PROMISED_DAYS}d")
        frame = frame.with_columns(promised=promised).filter(
            (nw.col("day").dt.offset_by(f"{LONGEST_DAYS}d") < today) & ~nw.col("arrived").is_null()
        )
    in_time = (nw.col("arrived") <= nw.col("promised")).fill_null(False)
    return frame.filter(_sound("day", "arrived")).with_columns(late=_is(~in_time))


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
        frame = frame.filter(_sound(*pair)) if set(pair) <= set(known) else frame
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
    "sessions": _own("sessions", "started_at", "channel", "device"),
    "emails": Source(("emails",), {}, _emails),
    "social": _own("social_posts", "posted_at", "network"),
    "survey": _own("survey_responses", "responded_date"),
    "tickets": _own("tickets", "opened_at", "topic"),
    "cafes": _own("store_weeks", "week", "zone"),
    "reservations": _own("reservations", "visit_date"),
    "awareness": Source(("awareness",), {}, _awareness),
    "market_panel": Source(("market_panel",), {}, _market_panel),
}
"""Name -> source."""


def _sum(source: str, column: str) -> Measure:
    return Measure(source, nw.col(column), (column,))


def _rows(source: str) -> Measure:
    return Measure(source, nw.lit(1.0))


def _part(source: str, low: str, high: str, *, of: str) -> Measure:
    """A column where its rule is kept: of a share, both parts leave the other rows out."""
    return Measure(source, nw.when(_sound(low, high)).then(nw.col(of)), (low, high))


def _times(source: str, value: nw.Expr, *needs: str) -> Measure:
    return Measure(source, value, needs)


def _ours(value: nw.Expr) -> Measure:
    """A value of the company's own rows."""
    return Measure("market_panel", nw.when(nw.col("ours")).then(value).otherwise(0.0))


def _is(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Float64)


_revenue, _bought = nw.col("revenue"), nw.col("bought")
_took = (nw.col("arrived") - nw.col("day")).dt.total_seconds() / 86_400
_cart = nw.col("added_to_cart")
_settled = nw.col("closed_at") >= nw.col("opened_at")
_settling = (nw.col("closed_at") - nw.col("opened_at")).dt.total_seconds() / 3_600
_sampled = _is(_sound("buyers", "households"))
_variance = nw.col("sales_error") * nw.col("sales_error")
_placed, _ = rules(["revenue"])  # paid or cancelled, but no test of the checkout
MEASURES: dict[str, Measure] = {
    "net_sales": _times("orders", nw.col("paid") * (_revenue - nw.col("refund"))),
    "gross_sales": _times("orders", nw.col("paid") * _revenue),
    "refunds": _times("orders", nw.col("paid") * nw.col("refund"), "refunded"),
    "discounts": _times("orders", nw.col("paid") * nw.col("discount"), "discount"),
    "list_sales": _times("orders", nw.col("paid") * (_revenue + nw.col("discount")), "discount"),
    "purchases": _times("orders", _bought),
    "kept": _times("orders", _bought * (_revenue - nw.col("refund"))),
    "orders_placed": _times("orders", _is(_placed)),
    "orders_cancelled": _times("orders", _is(_placed) - nw.col("paid"), "status"),
    "pieces": _sum("lines", "quantity"),
    "line_sales": _sum("lines", "amount"),
    "goods": _times("lines", nw.col("quantity") * nw.col("unit_cost"), "products.unit_cost"),
    "deliveries": Measure("deliveries", nw.lit(1.0), ("delivered_date",)),
    "delivery_days": _times("deliveries", _took, "delivered_date"),
    "due": Measure("promises", nw.lit(1.0), ("delivered_date",)),
    "late": _times("promises", nw.col("late"), "delivered_date"),
    "joined": _rows("customers"),
    "referred": _rows("referrals"),
    "spend": _sum("ad_spend", "spend"),
    "impressions": _sum("ad_spend", "impressions"),
    "clicks": _sum("ad_spend", "clicks"),
    "clicks_on_views": _part("ad_spend", "clicks", "impressions", of="clicks"),
    "views_with_clicks": _part("ad_spend", "clicks", "impressions", of="impressions"),
    "claimed": _sum("ad_spend", "claimed_conversions"),
    "visits": _rows("sessions"),
    "bounces": _times("sessions", _is(nw.col("pages") <= 1), "pages"),
    "carts": _sum("sessions", "added_to_cart"),
    "carts_left": _times(
        "sessions", _is(_cart > nw.col("purchased")), "added_to_cart", "purchased"
    ),
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
    "settled": _times("tickets", _is(_settled), "closed_at"),
    "settling_hours": _times("tickets", nw.when(_settled).then(_settling), "closed_at"),
    "guests": _sum("cafes", "visits"),
    "served": _part("cafes", "sales", "visits", of="sales"),
    "guests_of_served": _part("cafes", "sales", "visits", of="visits"),
    "cafe_sales": _sum("cafes", "revenue"),
    "staff_hours": _sum("cafes", "staff_hours"),
    "waited": _times("cafes", nw.col("wait_minutes") * nw.col("visits"), "wait_minutes", "visits"),
    "booked": _rows("reservations"),
    "no_shows": _times("reservations", _is(~nw.col("showed_up")), "showed_up"),
    "asked": _sum("awareness", "asked"),
    "spontaneous": _sum("awareness", "spontaneous"),
    "aided": _sum("awareness", "aided"),
    "our_sales": _ours(nw.col("sales")),
    "market_sales": _sum("market_panel", "sales"),
    "our_variance": _ours(_variance),
    "their_variance": Measure(
        "market_panel", nw.when(~nw.col("ours")).then(_variance).otherwise(0.0)
    ),
    "our_buyers": _ours(_sampled * nw.col("buyers")),
    "panel_households": _ours(_sampled * nw.col("households")),
}
"""Name -> measure that adds up: the parts of a whole sum to it."""
