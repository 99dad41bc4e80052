"""The features of a customer on a cut day, each from rows dated before that day.

`Purchases` holds the checked purchases, sorted by day, and measures what orders say. `MEASURES`
reads each other table once (`Events`) and gives a function of cut and window. Days are whole
numbers, counted from 1970; a measure is an array over all customers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from mktlab.orders import TEST_REVENUE, check_orders, purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import TABLES

FEATURES: dict[str, str] = {
    "recency_days": "days from the last purchase to the cut",
    "purchases": "purchases in the window",
    "purchases_before": "purchases in the window before the window",
    "spend": "money kept of the window's purchases",
    "gap_days": "mean days between purchases; empty for one",
    "tenure_weeks": "weeks since joining or the first purchase",
    "discount_share": "share of purchases with a discount",
    "outlets": "different outlets used in the window",
    "products": "different products bought in the window",
    "tickets": "requests to customer service in the window",
    "emails": "newsletters received in the window",
    "open_share": "share of them opened, machines included",
    "visits": "visits to the site, signed in, in the window",
    "subscribed": "1 if a subscription runs that day, else 0",
    "nps": "last answer to the survey; empty for none",
    "member": "1 if loyalty points had moved before, else 0",
}
"""What each feature says."""

NEEDS: dict[str, tuple[str, ...]] = {
    "discount_share": ("orders", "discount"),
    "outlets": ("orders", "outlet"),
    "products": ("order_lines", "order_id", "product_id"),
    "tickets": ("tickets", "customer_id", "opened_at"),
    "emails": ("emails", "customer_id", "sent_at"),
    "open_share": ("emails", "customer_id", "sent_at", "opened"),
    "visits": ("sessions", "customer_id", "started_at"),
    "subscribed": ("subscriptions", "customer_id", "started_date", "ended_date"),
    "nps": ("survey_responses", "customer_id", "responded_date", "nps"),
    "member": ("loyalty", "customer_id", "moved_date"),
}
"""Table and columns of a feature that needs more than the columns that every order has."""

REQUIRED = ("order_id", "customer_id", "order_date", "revenue")
NEVER = 10**6  # a day that does not come
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Measure = Callable[[int, int], Floats]


class Purchases:
    """The purchases of a company, sorted by day, and what they say of each customer.

    `code` is the customer of each purchase, as a position in `ids`; `since` the first day on which
    each customer was known.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], today: pd.Timestamp) -> None:
        orders = _orders(tables, today)
        bought = purchases(orders)
        net = bought["revenue"]
        if "refunded" in bought:
            net = net - bought["refunded"]
        if bought.empty:
            raise MktlabError(
                say(
                    "None of the {orders:count} orders is a purchase (paid, not refunded in full, "
                    "{least} or more): look at status and refunded in orders.",
                    orders=len(orders),
                    least=TEST_REVENUE,
                )
            )
        used = ["order_id", "customer_id", "order_date", "discount", "outlet"]
        rows = bought[[name for name in used if name in bought]]
        self.rows = rows.assign(net=net).sort_values("order_date", kind="stable")
        self.day = to_days(self.rows["order_date"])
        self.code, self.ids = pd.factorize(self.rows["customer_id"], sort=True)
        self.since = np.full(len(self.ids), NEVER)
        np.minimum.at(self.since, self.code, self.day)
        customers = tables.get("customers")
        if customers is not None and {"customer_id", "joined_date"} <= set(customers):
            TABLES["customers"].refuse_twice(customers)
            joined = customers[customers["joined_date"].notna()]
            code = self.ids.get_indexer(pd.Index(joined["customer_id"]))
            np.minimum.at(self.since, code[code >= 0], to_days(joined["joined_date"])[code >= 0])

    def between(self, start: int, end: int) -> slice:
        """The purchases from day `start` up to, not including, day `end`."""
        return slice(*np.searchsorted(self.day, [start, end]).tolist())

    def total(self, rows: slice, weights: Any = None) -> Floats:
        """Per customer, the number of these purchases, or the sum of a column."""
        weights = None if weights is None else np.asarray(weights, dtype=float)[rows]
        return np.bincount(self.code[rows], weights, len(self.ids)).astype(float)

    def measures(self, cut: int, window: int) -> dict[str, Floats]:
        """What the orders before the cut say, by feature."""
        now, earlier = self.between(cut - window, cut), self.between(cut - 2 * window, cut - window)
        code, size = self.code[now], len(self.ids)
        count, first, last = self.total(now), np.full(size, NEVER), np.full(size, -NEVER)
        np.minimum.at(first, code, self.day[now])
        np.maximum.at(last, code, self.day[now])
        before = self.total(earlier)
        if not covers(int(self.day[0]), cut, 2 * window):
            before[:] = np.nan
        measured = {
            "recency_days": (cut - last).astype(float),
            "purchases": count,
            "purchases_before": before,
            "spend": self.total(now, self.rows["net"]).round(2),
            "gap_days": ratio((last - first).astype(float), count - 1),
            "tenure_weeks": (cut - self.since) / 7,
        }
        if "discount" in self.rows:
            measured["discount_share"] = ratio(self.total(now, self.rows["discount"] > 0), count)
        if "outlet" in self.rows:
            outlet = pd.factorize(self.rows["outlet"])[0]
            measured["outlets"] = distinct(code, outlet[now], size)
        return measured


class Events:
    """The dated rows of another table, sorted by day, of customers who ever bought.

    `rows` has the columns that are to be kept.
    """

    def __init__(self, table: pd.DataFrame, column: str, bought: Purchases, *keep: str) -> None:
        table = table.loc[table[column].notna(), ["customer_id", column, *keep]]
        day = to_days(table[column])
        code = bought.ids.get_indexer(pd.Index(table["customer_id"]))
        order = np.argsort(day, kind="stable")
        order = order[code[order] >= 0]
        self.first = int(day.min()) if len(day) else NEVER
        self.size, self.day, self.code = len(bought.ids), day[order], code[order]
        self.rows = table[list(keep)].iloc[order]

    def count(self, cut: int, window: int, weights: Any = None) -> Floats:
        """Per customer, the rows of the window; empty where the table begins later."""
        if not covers(self.first, cut, window):
            return np.full(self.size, np.nan)
        rows = slice(*np.searchsorted(self.day, [cut - window, cut]))
        weights = None if weights is None else np.asarray(weights, dtype=float)[rows]
        return np.bincount(self.code[rows], weights, self.size).astype(float)

    def last(self, cut: int, column: str) -> Floats:
        """Per customer, the column's last number before the cut; empty for none."""
        known = slice(int(np.searchsorted(self.day, cut)))
        found = np.full(self.size, np.nan)
        found[self.code[known]] = self.rows[column].to_numpy(float, na_value=np.nan)[known]
        return found


def to_days(column: pd.Series[Any]) -> Ints:
    """Whole days since 1970 of a column of days or moments (UTC)."""
    if column.dt.tz is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.to_numpy("datetime64[D]").astype(np.int64)


def covers(first: int, cut: int, window: int) -> bool:
    """Whether a table that begins on day `first` knows the window, but for a week at most."""
    return first < min(cut, cut - window + 8)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part by whole, empty where the whole is 0."""
    shares: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return shares


def distinct(code: Ints, thing: Ints, size: int) -> Floats:
    """Per customer, the number of different things; -1 is no thing."""
    kinds = int(thing.max(initial=0)) + 1
    pairs = np.unique((code * kinds + thing)[thing >= 0])
    return np.bincount(pairs // kinds, minlength=size).astype(float)


def _products(tables: Mapping[str, pd.DataFrame], bought: Purchases) -> Measure:
    lines = tables["order_lines"]
    row = pd.Index(bought.rows["order_id"]).get_indexer(lines["order_id"])
    order = np.argsort(row, kind="stable")
    order = order[row[order] >= 0]  # lines of purchases, in the order of the purchases
    row, product = row[order], pd.factorize(lines["product_id"])[0][order]

    def measure(cut: int, window: int) -> Floats:
        rows = bought.between(cut - window, cut)
        inside = slice(*np.searchsorted(row, [rows.start, rows.stop]))
        return distinct(bought.code[row[inside]], product[inside], len(bought.ids))

    return measure


def _emails(tables: Mapping[str, pd.DataFrame], bought: Purchases, *keep: str) -> Events:
    table = tables["emails"]
    if "held_out" in table:
        table = table[~table["held_out"]]
    return Events(table, "sent_at", bought, *keep)


def _open_share(tables: Mapping[str, pd.DataFrame], bought: Purchases) -> Measure:
    sent = _emails(tables, bought, "opened")
    opened = sent.rows["opened"]
    return lambda cut, window: ratio(sent.count(cut, window, opened), sent.count(cut, window))


def _subscribed(tables: Mapping[str, pd.DataFrame], bought: Purchases) -> Measure:
    boxes = Events(tables["subscriptions"], "started_date", bought, "ended_date")
    ended = boxes.rows["ended_date"]
    end_day = np.where(ended.isna(), NEVER, to_days(ended))

    def measure(cut: int, window: int) -> Floats:
        running = (boxes.day < cut) & (end_day >= cut)
        return (np.bincount(boxes.code[running], minlength=boxes.size) > 0).astype(float)

    return measure


def _nps(tables: Mapping[str, pd.DataFrame], bought: Purchases) -> Measure:
    answers = Events(tables["survey_responses"], "responded_date", bought, "nps")
    return lambda cut, window: answers.last(cut, "nps")


def _member(tables: Mapping[str, pd.DataFrame], bought: Purchases) -> Measure:
    points = Events(tables["loyalty"], "moved_date", bought)

    def measure(cut: int, window: int) -> Floats:
        moved = points.code[points.day < cut]
        return (np.bincount(moved, minlength=points.size) > 0).astype(float)

    return measure


MEASURES: dict[str, Callable[[Mapping[str, pd.DataFrame], Purchases], Measure]] = {
    "products": _products,
    "tickets": lambda tables, bought: Events(tables["tickets"], "opened_at", bought).count,
    "emails": lambda tables, bought: _emails(tables, bought).count,
    "open_share": _open_share,
    "visits": lambda tables, bought: Events(tables["sessions"], "started_at", bought).count,
    "subscribed": _subscribed,
    "nps": _nps,
    "member": _member,
}
"""Feature of another table -> how to read that table."""


def _orders(tables: Mapping[str, pd.DataFrame], today: pd.Timestamp) -> pd.DataFrame:
    """The orders, fit to be counted."""
    if "orders" not in tables or not len(tables["orders"]):
        raise MktlabError(say("There are no orders: churn is told from orders, so add that table."))
    orders = tables["orders"]
    check_orders(orders, REQUIRED, today=today, filled=("order_id", "customer_id"))
    return orders
