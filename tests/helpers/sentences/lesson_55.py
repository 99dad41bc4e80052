"""What lesson 55 says, recomputed from the orders and from what its charts draw."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sentences import drawn, near, number, orders_of, said, table, texts

WEEK = pd.Timedelta(weeks=1)


def wrong(notebook: Any) -> list[str]:
    """The sentences that the orders or the charts contradict."""
    return [told for told, right in _told(notebook) if not right]


def _told(notebook: Any) -> Iterator[tuple[str, bool]]:
    orders, today = orders_of(notebook)
    if "outlet" in orders:  # Solane's: the lesson reads an export of the web shop
        orders = orders[orders["outlet"] == "web"]
        today = orders["order_date"].max().normalize() + pd.Timedelta(days=1)
    bought = orders[orders["bought"]]
    words = {row["word"]: row["this folder"] for row in table(notebook, "word", "this folder")}
    told, counted = words["order"].partition(" in all, ")[::2]
    yield words["order"], (number(told), number(counted)) == (len(orders), len(bought))
    yield words["customer"], number(words["customer"]) == bought["customer_id"].nunique()
    yield words["revenue"], near(number(words["revenue"]), bought["net"].sum())
    yield words["refund"], number(words["refund"]) == (orders["refunded"] > 0).sum()
    off = number(words["cancelled"].partition(": ")[2])
    yield words["cancelled"], off == len(orders) - len(bought)

    risky = r"^([\d,]+) good customers have not bought for a long time"
    if any("good customers" in text for text in texts(notebook)):
        text, (listed,) = said(notebook, risky)
        bars = drawn(notebook, risky)
        yield text, bars["at risk"] == listed and min(bars.values()) >= 5
        yield text, sum(bars.values()) <= bought["customer_id"].nunique()
        text, (worth,) = said(notebook, r"They brought (\S+)\. Ask")
        yield text, worth <= bought["net"].sum() * 1.001
    weeks = (today - bought["order_date"].min()).days // 7
    if weeks >= 154:
        title = r"^The nearest forecast is off by (\S+) orders a week, .+ by ([\d,.]+)\. "
        text, (nearest, far) = said(notebook, title)
        bars = drawn(notebook, title)
        yield text, near(nearest, min(bars.values())) and far in bars.values()
    else:
        text, (known,) = said(notebook, r"^([\d,]+) weeks of orders: forecasts of eight weeks")
        yield text, known == weeks

    year = bought[bought["order_date"] >= today - 52 * WEEK]
    lately = year.loc[year["order_date"] >= today - 8 * WEEK, "customer_id"].nunique()
    people = year["customer_id"].nunique()
    if any("buy within eight weeks" in text for text in texts(notebook)):
        text, (all_of_them, rate) = said(notebook, r"([\d,]+) customers, (\S+) buy within eight")
        yield text, all_of_them == people and near(rate, lately / people)
    days = bought.assign(day=bought["order_date"].dt.normalize()).sort_values("day")
    pattern = days.groupby("customer_id")["day"].agg(tuple)
    text, (alone,) = said(notebook, r"^(\S+) of the customers are the only one with their days")
    yield text, near(alone, (~pattern.duplicated(keep=False)).mean())
