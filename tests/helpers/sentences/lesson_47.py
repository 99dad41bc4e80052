"""What lesson 47 says, recomputed from the orders in the file, and from what it prints."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from sentences import (
    ENDS,
    MOVED,
    around_0,
    names_the_largest,
    near,
    number,
    orders_of,
    said,
    table,
    tables,
    texts,
)

Numbers, Found = dict[str, float], Iterator[tuple[str, bool]]
WAYS = {1: "up", 0: "as before", -1: "down"}
WEEK = pd.Timedelta(weeks=1)
NOTHING = r"The orders begin on .*: no year before|nearly nobody bought: nothing to compare"
SPREAD = 100 * (2 * (0.5 + 0.19 - (0.5 - 0.19) ** 2)) ** 0.5


def measured(orders: pd.DataFrame, start: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, float]]:
    """The customers of 13 weeks, and four numbers of them."""
    bought = orders[
        orders["bought"] & orders["order_date"].between(start, start + 13 * WEEK, "left")
    ]
    each = bought.groupby("customer_id")["net"].agg(["sum", "size"])
    money, count, people = each["sum"].sum(), len(bought), len(each)
    names = ["order_value", "purchase_frequency", "revenue_per_customer", "repeat_rate"]
    parts = [(money, count), (count, people), (money, people), ((each["size"] > 1).sum(), people)]
    return each, {name: a / b for name, (a, b) in zip(names, parts, strict=True) if b}


def by_kpi(notebook: Any, *columns: str) -> dict[str, list[float]]:
    """The numbers of the first printed table with these columns."""
    rows = table(notebook, "number", *columns)
    return {kpi_of(row): [number(row[c]) for c in columns] for row in rows}


def kpi_of(row: dict[str, str]) -> str:
    """The name of a row's KPI, which is shown in words and with its unit."""
    return re.sub(r" \(.*", "", row["number"]).lower().replace(" ", "_")


def wrong(notebook: Any) -> list[str]:
    """The sentences that the orders contradict."""
    orders, today = orders_of(notebook)
    (each, now), (past, then) = (measured(orders, today - n * WEEK) for n in (13, 65))
    found = [*_of_one_period(notebook, each, now)]
    begin = orders.loc[orders["bought"], "order_date"].min()
    short = bool(begin >= today - 64 * WEEK) or len(past) < 2
    nothing = any(re.search(NOTHING, text) for text in texts(notebook))
    found += [("nothing to compare with", short == nothing)]
    found += [] if short else _of_two(notebook, now, then)
    return [told for told, right in found if not right]


def _of_one_period(notebook: Any, each: pd.DataFrame, now: Numbers) -> Found:
    shown = by_kpi(notebook, "last 13 weeks")
    yield f"{shown} of {now}", all(near(shown[name][0], now[name], 1e-3) for name in now)
    text, (value, low, high) = said(notebook, r"Order value (\S+), interval (\S+) to (\S+)$")
    left_out = (each["sum"].sum() - each["sum"]) / (each["size"].sum() - each["size"])
    half = t.ppf(0.975, len(each) - 1) * (len(each) - 1) ** 0.5 * left_out.std(ddof=0)
    yield text, near(value, now["order_value"], 1e-3) and abs(low + high - 2 * value) < 0.0201
    yield f"{text} by {half}", near(high - value, half, 0.05 if len(each) > 200 else 0.3)
    ends = by_kpi(notebook, "value", "low", "high")
    yield f"{ends}", near(ends["order_value"][1], low, 1e-3) or half < 0.005
    text, found = said(
        notebook,
        r"^350 answers show a true fall of 5 points in (\S+) of cases, and prove it in (\S+)\. ",
    )
    gap, sure = 5 * 350**0.5 / SPREAD, 1.96 + norm.ppf(0.8)
    yield text, near(found[0], norm.cdf(gap)) and near(found[1], norm.cdf(gap - 1.96), 0.02)
    text, (needed,) = said(notebook, r"fall of 5 points in 80% of the cases: (\S+) answers")
    yield text, near(needed, (SPREAD * sure / 5) ** 2, 1e-3)
    if len(each) > 40 and each["sum"].std() > 0:
        text, (false,) = said(notebook, r"^Two halves of .* in (\d+) of 20 draws\. .*")
        yield text, false == len(ENDS.findall(text)) - sum(map(around_0, ENDS.findall(text)))


def _of_two(notebook: Any, now: Numbers, then: Numbers) -> Found:
    moved = {kpi_of(row): row["moved"] for row in table(notebook, "number", "moved")}
    way = {name: np.sign(round(now[name] - then[name], 6)) for name in now}
    yield f"{moved}, {way}", all(moved[n] == WAYS[way[n]] for n in now)
    before = by_kpi(notebook, "last year", "change from", "change to")
    yield f"{before} of {then}", all(near(before[n][0], then[n], 1e-3) for n in then if n in before)
    text, (moved_by, every) = said(notebook, MOVED)
    ends = ENDS.findall(text)
    yield text, every == len(ends) and moved_by >= len(ends) - sum(map(around_0, ends))
    yield text, moved_by <= sum(not number(low) < 0 < number(high) for low, high in ends)
    yield text, names_the_largest(text, int(moved_by))
    *_, verdicts = tables(notebook, "target", "status")
    for row in verdicts:
        name = kpi_of(row)
        low, high = before.get(name, [0, 0, 0])[1:]
        sign = {"on target": 1, "off target": -1}.get(row["status"], 0)
        yield f"{row}, {low} to {high}", not sign or not low < 0 < high
        yield f"{row}", name not in now or sign * way[name] >= 0
    counted = re.findall(
        r"^(.* target|too early to tell): (\d+) of", "\n".join(texts(notebook)), re.M
    )
    status = [row["status"] for row in verdicts]
    yield f"{counted}", dict(counted) == {s: f"{status.count(s)}" for s in status}
