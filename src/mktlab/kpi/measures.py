"""The measures that KPIs are made of: one aggregate each, over the rows of a source.

`measured_rows` gives a source's rows with what each adds; `with_unit` says which rows belong
together by chance, since they are of the same customer, visitor or week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import narwhals as nw

from mktlab.kpi.sources import SOURCES, Frame, Tables, is_true, sound
from mktlab.orders import rules
from mktlab.tables import TABLES


class Measure(NamedTuple):
    """What each row of a source adds, and the columns that this needs beyond the required ones.

    They are those of the source's first table, but for those written as "table.column".
    """

    source: str
    value: nw.Expr
    needs: tuple[str, ...] = ()


NAMELESS = "? "
"""What the unit of a row begins with that nobody's name stands on."""
UNITS: Mapping[str, tuple[str, ...]] = {
    "orders": ("customer_id", "order_id"),
    "lines": ("customer_id", "order_id"),
    "deliveries": ("customer_id", "order_id"),
    "promises": ("customer_id", "order_id"),
    "customers": ("customer_id",),
    "referrals": ("customer_id",),
    "sessions": ("visitor_id",),
    "emails": ("customer_id",),
    "web_metrics": ("week",),
    "mailings": ("campaign_id",),
    "social": ("post_id",),
    "survey": ("customer_id", "response_id"),
    "tickets": ("customer_id", "ticket_id"),
    "cafes": ("week",),
    "reservations": ("reservation_id",),
    "awareness": ("day",),
    "market_panel": ("day",),
}
"""Source -> what is independent in it, and what is where that is empty.

Advertising is not there: its cost is known, not drawn."""


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


def with_unit(frame: Frame, source: str) -> Frame:
    """The rows of a source with the `unit` that each belongs to."""
    name, *own = UNITS[source]
    unit = nw.col(name)
    if own:
        alone = nw.concat_str(nw.lit(NAMELESS), nw.col(*own).cast(nw.String))
        there = name in frame.collect_schema()
        unit = nw.coalesce(unit.cast(nw.String), alone) if there else alone
    return frame.with_columns(unit=unit)


def _sum(source: str, column: str) -> Measure:
    return Measure(source, nw.col(column), (column,))


def _rows(source: str) -> Measure:
    return Measure(source, nw.lit(1.0))


def _part(source: str, low: str, high: str, *, of: str) -> Measure:
    """A column where both parts of a share are known and keep its rule; other rows are left out."""
    return Measure(source, nw.when(nw.col(low) <= nw.col(high)).then(nw.col(of)), (low, high))


def _times(source: str, value: nw.Expr, *needs: str) -> Measure:
    return Measure(source, value, needs)


def _ours(value: nw.Expr) -> Measure:
    """A value of the company's own rows."""
    return Measure("market_panel", nw.when(nw.col("ours")).then(value).otherwise(0.0))


_revenue, _bought = nw.col("revenue"), nw.col("bought")
_took = (nw.col("arrived") - nw.col("day")).dt.total_seconds() / 86_400
_cart, _pieces = nw.col("added_to_cart"), nw.col("quantity")
_settled = nw.col("closed_at") >= nw.col("opened_at")
_settling = (nw.col("closed_at") - nw.col("opened_at")).dt.total_seconds() / 3_600
_sampled = is_true(sound("buyers", "households"))
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
    "orders_placed": _times("orders", is_true(_placed)),
    "orders_cancelled": _times("orders", is_true(_placed) - nw.col("paid"), "status"),
    "pieces": _sum("lines", "quantity"),
    "line_sales": _sum("lines", "amount"),
    "goods": _times("lines", _pieces * nw.col("unit_cost"), "products.unit_cost"),
    "costed_sales": _times(
        "lines",
        nw.when(~nw.col("unit_cost").is_null()).then(nw.col("amount")),
        "products.unit_cost",
    ),
    "goods_then": _times("lines", _pieces * nw.col("cost_then"), "product_costs.unit_cost"),
    "costed_sales_then": _times(
        "lines",
        nw.when(~nw.col("cost_then").is_null()).then(nw.col("amount")),
        "product_costs.unit_cost",
    ),
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
    "spend_with_clicks": _times(
        "ad_spend", nw.when(~nw.col("clicks").is_null()).then(nw.col("spend")), "clicks"
    ),
    "claimed": _sum("ad_spend", "claimed_conversions"),
    "visits": _rows("sessions"),
    "bounces": _times("sessions", is_true(nw.col("pages") <= 1), "pages"),
    "carts": _sum("sessions", "added_to_cart"),
    "carts_left": _times(
        "sessions", is_true(_cart > nw.col("purchased")), "added_to_cart", "purchased"
    ),
    "checkouts": _sum("sessions", "began_checkout"),
    "sales_visits": _sum("sessions", "purchased"),
    "sessions_told": _sum("web_metrics", "sessions"),
    "purchases_told": _part("web_metrics", "purchases", "sessions", of="purchases"),
    "sessions_of_purchases": _part("web_metrics", "purchases", "sessions", of="sessions"),
    "sent": _rows("emails"),
    "opened": _sum("emails", "opened"),
    "clicked": _sum("emails", "clicked"),
    "unsubscribed": _sum("emails", "unsubscribed"),
    "clicks_of_mailings": _part("mailings", "clicked", "delivered", of="clicked"),
    "delivered_with_clicks": _part("mailings", "clicked", "delivered", of="delivered"),
    "reach": _sum("social", "reach"),
    "engagements": _times(
        "social",
        nw.col("likes") + nw.col("shares") + nw.col("comments"),
        "likes",
        "shares",
        "comments",
    ),
    "answers": _times("survey", is_true(~nw.col("nps").is_null()), "nps"),
    "promoters": _times("survey", is_true(nw.col("nps") >= 9), "nps"),
    "promoters_less_detractors": _times(
        "survey", is_true(nw.col("nps") >= 9) - is_true(nw.col("nps") <= 6), "nps"
    ),
    "service_points": _sum("survey", "service"),
    "service_answers": _times("survey", is_true(~nw.col("service").is_null()), "service"),
    "requests": _rows("tickets"),
    "settled": _times("tickets", is_true(_settled), "closed_at"),
    "settling_hours": _times("tickets", nw.when(_settled).then(_settling), "closed_at"),
    "guests": _sum("cafes", "visits"),
    "served": _part("cafes", "sales", "visits", of="sales"),
    "guests_of_served": _part("cafes", "sales", "visits", of="visits"),
    "cafe_sales": _sum("cafes", "revenue"),
    "staff_hours": _sum("cafes", "staff_hours"),
    "waited": _times("cafes", nw.col("wait_minutes") * nw.col("visits"), "wait_minutes", "visits"),
    "booked": _rows("reservations"),
    "no_shows": _times("reservations", is_true(~nw.col("showed_up")), "showed_up"),
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
