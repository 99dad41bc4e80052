"""The marketing tables: every column's meaning, unit and rule, said once.

`TABLES` is the single source of the data dictionary (`company.describe`), of the checks on loading
and of `datapackage.json`.

Conventions: snake_case; ids are text; a day is `date` or `*_date`, an instant is `*_at` (UTC);
money is in the company's currency, net of tax; only counts and amounts are stored, rates are
computed; missing, zero and hidden are three different things.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mktlab.schema import Column, Table
from mktlab.schema import HasTables as HasTables

ORDERED: dict[str, tuple[tuple[str, str], ...]] = {
    "orders": (("order_date", "delivered_date"), ("refunded", "revenue")),
    "ad_spend": (("clicks", "impressions"),),
    "experiments": (("conversions", "visitors"),),
    "subscriptions": (("started_date", "ended_date"),),
    "tickets": (("opened_at", "closed_at"),),
    "store_weeks": (("tickets", "visits"),),
    "reservations": (("booked_date", "visit_date"),),
    "awareness": (("spontaneous", "aided"), ("aided", "asked")),
}
"""Columns of which the first is never later, or more, than the second."""


def _of(kind: str, **defaults: object) -> partial[Column]:
    return partial(Column, kind=kind, **defaults)  # type: ignore[arg-type]


_id = _of("id", required=True)
_link = _of("id")
_text = _of("text", nullable=True)
_choice = _of("choice")
_date = _of("date")
_instant = _of("instant")
_money = _of("money", unit="currency")
_number = _of("number")
_count = _of("count", low=0)
_flag = _of("flag")

_week = _date("week", meaning="Monday that the week starts on", required=True)
_zone = _text("zone", meaning="sales zone; a café city, or Online")


def _table(name: str, *, row: str, key: str) -> Callable[..., Table]:
    return lambda *columns: Table(name, row, columns, tuple(key.split()))


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table("customers", row="customer", key="customer_id")(
            _id("customer_id", meaning="the customer's number"),
            _date("joined_date", meaning="day of the first contact as a customer", required=True),
            _text("email", meaning="e-mail address"),
            _text("city", meaning="city of the customer's address"),
            _zone,
            _text("acquisition_channel", meaning="channel credited with winning the customer"),
            _flag("email_opt_in", meaning="agreed to receive e-mail", default=False),
            _flag("loyalty_member", meaning="joined the loyalty program", default=False),
            _money("ltv_total", meaning="total value, as the export has it", nullable=True),
        ),
        _table("products", row="product", key="product_id")(
            _id("product_id", meaning="the product's code"),
            _text("name", meaning="name on the shelf", required=True, nullable=False),
            _text("category", meaning="product family"),
            _money("list_price", meaning="regular price of one piece", low=0),
            _money("unit_cost", meaning="cost of one piece: goods and packing", low=0),
            _text("label", meaning="none, organic, or organic and fair trade"),
            _flag("single_origin", meaning="from one plantation"),
        ),
        _table("orders", row="order", key="order_id")(
            _id("order_id", meaning="the order's number"),
            _id("customer_id", meaning="who ordered", refers_to="customers"),
            _date("order_date", meaning="day of the order", required=True),
            _text("outlet", meaning="where it was sold: web, cafe, marketplace ..."),
            _choice(
                "status",
                meaning="paid, or cancelled before payment",
                allowed=("paid", "cancelled"),
                default="paid",
            ),
            _money(
                "revenue",
                meaning="paid for goods after discount, before refunds",
                required=True,
                low=0,
            ),
            _money("discount", meaning="taken off by promotions", low=0, default=0.0),
            _money("shipping", meaning="paid for delivery", low=0, default=0.0),
            _money("refunded", meaning="given back later", low=0, default=0.0),
            _date(
                "delivered_date",
                meaning="day the parcel arrived; empty if none has",
                nullable=True,
                ahead=True,
            ),
        ),
        _table("order_lines", row="line of an order", key="order_id line_no")(
            _id("order_id", meaning="the order it belongs to", refers_to="orders"),
            _count("line_no", meaning="position in the order", low=1, required=True),
            _id("product_id", meaning="what was sold", refers_to="products"),
            _count("quantity", meaning="pieces; negative when taken back", low=None, required=True),
            _money("unit_price", meaning="paid for one piece, after discount", low=0),
            _money("discount", meaning="taken off by a promotion, whole line", default=0.0),
            _money("amount", meaning="paid for the line: quantity x unit_price", required=True),
        ),
        _table("prices", row="week, zone and product", key="week zone product_id")(
            _week,
            _zone,
            _id("product_id", meaning="what is sold", refers_to="products"),
            _money("price", meaning="price of one piece on the shelf", low=0, required=True),
            _flag("on_promotion", meaning="sold with a promotional discount", default=False),
            _text("price_test", meaning="group of the zone in a price test, if one ran"),
        ),
        _table("competitor_prices", row="week and category", key="week category")(
            _week,
            _text("category", meaning="product family", required=True, nullable=False),
            _number(
                "price_index",
                meaning="competitors' average price; 100 is their usual",
                unit="index",
                low=0,
                nullable=True,
                required=True,
            ),
            _number(
                "green_coffee_index",
                meaning="green coffee on the exchange; 100 is usual",
                unit="index",
                low=0,
            ),
        ),
        _table(
            "ad_spend", row="week, zone, channel and campaign", key="week zone channel campaign"
        )(
            _week,
            _zone,
            _text("channel", meaning="advertising channel", required=True, nullable=False),
            _text("campaign", meaning="campaign name"),
            _count("impressions", meaning="times shown", unit="views", nullable=True),
            _count("clicks", meaning="times clicked", unit="clicks", nullable=True),
            _money("spend", meaning="paid to the channel", low=0, required=True),
            _text("budget_test", meaning="on or dark where a budget experiment ran"),
            _count(
                "claimed_conversions",
                meaning="orders the platform counts as its own",
                unit="orders",
                nullable=True,
            ),
        ),
        _table("sessions", row="visit to the shop's site", key="session_id")(
            _id("session_id", meaning="the visit's number"),
            _id("visitor_id", meaning="the browser that visited"),
            _link(
                "customer_id",
                meaning="the customer, when signed in",
                refers_to="customers",
                nullable=True,
            ),
            _instant("started_at", meaning="moment the visit began", required=True),
            _text("channel", meaning="where the visit came from"),
            _text("device", meaning="desktop, mobile or tablet"),
            _count("pages", meaning="pages seen", unit="pages"),
            _flag("viewed_product", meaning="saw a product page", default=False),
            _flag("added_to_cart", meaning="put something in the cart", default=False),
            _flag("began_checkout", meaning="began to pay", default=False),
            _flag("purchased", meaning="bought", required=True),
        ),
        _table(
            "touchpoints", row="contact on the way to an order", key="visitor_id touched_at channel"
        )(
            _id("visitor_id", meaning="the browser that was reached"),
            _link(
                "customer_id",
                meaning="the customer, when known",
                refers_to="customers",
                nullable=True,
            ),
            _instant("touched_at", meaning="moment of the contact", required=True),
            _text("channel", meaning="channel of the contact", required=True, nullable=False),
            _link(
                "order_id",
                meaning="the order that the path ended in",
                refers_to="orders",
                nullable=True,
            ),
        ),
        _table("emails", row="e-mail sent to a customer", key="campaign_id customer_id")(
            _id("campaign_id", meaning="the mailing's number"),
            _id("customer_id", meaning="who it was sent to", refers_to="customers"),
            _instant("sent_at", meaning="moment it was sent", required=True),
            _flag("held_out", meaning="left out of this mailing by lot: not sent", default=False),
            _flag("opened", meaning="was opened, by a person or by a machine"),
            _flag("clicked", meaning="a link in it was clicked"),
            _flag("unsubscribed", meaning="the customer left the list", default=False),
        ),
        _table("survey_responses", row="answer to the survey", key="response_id")(
            _id("response_id", meaning="the answer's number"),
            _link("customer_id", meaning="who answered", refers_to="customers", nullable=True),
            _date("responded_date", meaning="day of the answer", required=True),
            _count("nps", meaning="would recommend", unit="0-10", high=10, required=True),
            *(
                _number(
                    name, meaning=f"rating of {what}", unit="0-10", low=0, high=10, nullable=True
                )
                for name, what in (
                    ("quality", "the products"),
                    ("value", "value for money"),
                    ("delivery", "the delivery"),
                    ("service", "the staff"),
                    ("ambience", "the place"),
                )
            ),
            _text("comment", meaning="free text"),
        ),
        _table("experiments", row="test, variant and day", key="experiment_id variant date")(
            _id("experiment_id", meaning="the test's number"),
            _text("name", meaning="what was tested"),
            _text("variant", meaning="version shown", required=True, nullable=False),
            _flag("is_control", meaning="this version is the control", required=True),
            _date("date", meaning="day counted", required=True),
            _count("visitors", meaning="people who saw it that day", required=True),
            _count("conversions", meaning="of these, people who bought", required=True),
            _money("revenue", meaning="what they paid", low=0),
        ),
        _table("subscriptions", row="subscription", key="subscription_id")(
            _id("subscription_id", meaning="the subscription's number"),
            _id("customer_id", meaning="who subscribed", refers_to="customers"),
            _date("started_date", meaning="day of the first box", required=True),
            _date("ended_date", meaning="day it ends; empty if it runs", nullable=True, ahead=True),
            _text("cancel_reason", meaning="reason given, or payment failure"),
            _money("box_price", meaning="price of one box", low=0, required=True),
        ),
        _table("retention_campaign", row="customer of the retention test", key="customer_id")(
            _id("customer_id", meaning="who was in the test", refers_to="customers"),
            _date("assigned_date", meaning="day of the draw", required=True),
            _flag("treated", meaning="drawn to receive the offer", required=True),
            _flag("clicked_offer", meaning="clicked the offer after receiving it"),
            _flag("lapsed", meaning="left for good in the 12 weeks after", required=True),
        ),
        _table("loyalty", row="member and movement of points", key="customer_id moved_date reason")(
            _id("customer_id", meaning="the member", refers_to="customers"),
            _date("moved_date", meaning="day of the movement", required=True),
            _choice("reason", meaning="why points moved", allowed=("joined", "earned", "spent")),
            _count("points", meaning="points; negative when spent", low=None, required=True),
        ),
        _table("referrals", row="referred customer", key="customer_id")(
            _id("customer_id", meaning="the new customer", refers_to="customers"),
            _id("referrer_id", meaning="the customer who recommended"),
            _date("referred_date", meaning="day of the first order", required=True),
            _money("reward", meaning="paid to the referrer", low=0, required=True),
        ),
        _table("social_posts", row="post", key="post_id")(
            _id("post_id", meaning="the post's number"),
            _text("network", meaning="social network", required=True, nullable=False),
            _instant("posted_at", meaning="moment of the post", required=True),
            _text("topic", meaning="what the post shows"),
            _count("followers", meaning="followers that day", unit="people"),
            _count("reach", meaning="accounts that saw it", unit="people", required=True),
            *(
                _count(name, meaning=f"{name} received", required=True)
                for name in ("likes", "shares", "comments")
            ),
        ),
        _table("page_clicks", row="click on a page", key="click_id")(
            _id("click_id", meaning="the click's number"),
            _id("session_id", meaning="the visit it belongs to", refers_to="sessions"),
            _text("page", meaning="page clicked", required=True, nullable=False),
            _text("element", meaning="element under the pointer; empty on bare ground"),
            _number("x", meaning="distance from the left edge", unit="pixels", required=True),
            _number("y", meaning="distance from the top of the page", unit="pixels", required=True),
            _count("screen_width", meaning="width of the window", unit="pixels"),
        ),
        _table("tickets", row="request to customer service", key="ticket_id")(
            _id("ticket_id", meaning="the request's number"),
            _link("customer_id", meaning="who asked", refers_to="customers", nullable=True),
            _instant("opened_at", meaning="moment it came in", required=True),
            _instant("closed_at", meaning="moment it was settled; empty if open", nullable=True),
            _text("topic", meaning="what it was about"),
        ),
        _table("store_weeks", row="café and week", key="week zone")(
            _week,
            _zone,
            _count("visits", meaning="people who came in", unit="people", required=True),
            _count("tickets", meaning="sales at the counter", required=True),
            _money("revenue", meaning="paid at the counter", low=0, required=True),
            _number("open_hours", meaning="hours the counter was open", unit="hours", low=0),
            _number("staff_hours", meaning="hours worked by baristas", unit="hours", low=0),
            _number("wait_minutes", meaning="mean wait at peak", unit="minutes", low=0),
        ),
        _table("reservations", row="table booked at the neighborhood café", key="reservation_id")(
            _id("reservation_id", meaning="the booking's number"),
            _date("booked_date", meaning="day it was booked", required=True),
            _date("visit_date", meaning="day it was for", required=True, ahead=True),
            _count("covers", meaning="people expected", unit="people", low=1, required=True),
            _text("source", meaning="how it came in, such as phone or social"),
            _flag("showed_up", meaning="the party came; empty if still to come", nullable=True),
        ),
        _table(
            "conjoint_choices",
            row="alternative shown in a choice task",
            key="respondent_id task alternative",
        )(
            _id("respondent_id", meaning="who chose"),
            _count("task", meaning="number of the choice task", low=1, required=True),
            _count("alternative", meaning="number of the alternative", low=1, required=True),
            _text("label", meaning="none, organic, or organic and fair trade"),
            _flag("single_origin", meaning="from one plantation"),
            _money("price", meaning="price shown", low=0, nullable=True, required=True),
            _flag("chosen", meaning="this alternative was chosen", required=True),
        ),
        _table("price_survey", row="respondent", key="respondent_id")(
            _id("respondent_id", meaning="who answered"),
            *(
                _money(name, meaning=f"price at which it is {what}", low=0, required=True)
                for name, what in (
                    ("too_cheap", "so cheap that one doubts it"),
                    ("cheap", "a bargain"),
                    ("expensive", "getting expensive"),
                    ("too_expensive", "too expensive to consider"),
                )
            ),
        ),
        _table("awareness", row="month and brand of the awareness panel", key="month brand")(
            _date("month", meaning="first day of the month", required=True),
            _text("brand", meaning="brand asked about", required=True, nullable=False),
            _count("asked", meaning="people asked", unit="people", low=1, required=True),
            _count("spontaneous", meaning="named it unaided", unit="people", required=True),
            _count("aided", meaning="recognized it", unit="people", required=True),
        ),
    )
}
