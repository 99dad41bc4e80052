"""What lesson 47 says, recomputed from the orders in the file, and from what it prints."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from sentences import near, number, orders_of, said, table, tables, texts

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


def wrong(notebook: Any) -> list[str]:
    """The sentences that the orders contradict."""
    return [told for told, right in _told(notebook) if not right]


def _told(notebook: Any) -> Iterator[tuple[str, bool]]:
    orders, today = orders_of(notebook)
    (each, now), (past, then) = (measured(orders, today - n * WEEK) for n in (13, 65))
    rows = {row["kpi"]: row for row in table(notebook, "kpi", "last 13 weeks")}
    for name in now:
        yield f"{rows[name]} of {now}", near(number(rows[name]["last 13 weeks"]), now[name], 1e-3)
    text, (value, low, high) = said(notebook, r"Order value (\S+), interval (\S+) to (\S+)$")
    left_out = (each["sum"].sum() - each["sum"]) / (each["size"].sum() - each["size"])
    half = t.ppf(0.975, len(each) - 1) * (len(each) - 1) ** 0.5 * left_out.std(ddof=0)
    yield text, near(value, now["order_value"], 1e-3) and near(value - low, high - value, 0.01)
    yield f"{text} by {half}", near(high - value, half, 0.05 if len(each) > 200 else 0.3)
    ends = {row["kpi"]: row for row in table(notebook, "value", "low", "high")}
    yield f"{ends}", near(number(ends["order_value"]["low"]), low, 1e-3)
    yield f"{ends}", not any(number(e["low"]) > number(e["high"]) for e in ends.values())

    text, found = said(notebook, r"^350 answers: the number is lower in (\S+), found in (\S+)\. ")
    gap = 5 * 350**0.5 / SPREAD
    yield text, near(found[0], norm.cdf(gap)) and near(found[1], norm.cdf(gap - 1.96), 0.02)
    text, (needed,) = said(notebook, r"fall of 5 points in 80% of the cases: (\S+) answers")
    yield text, near(needed, (SPREAD * (1.96 + norm.ppf(0.8)) / 5) ** 2, 1e-3)
    if len(each) > 40:
        text, (false,) = said(notebook, r"^Halves of .* in (\d+) of 20\. .*")
        yield text, false == sum(_beyond(*ends) for ends in re.findall(r"\((\S+) to (\S+)\)", text))

    short = orders.loc[orders["bought"], "order_date"].min() >= today - 64 * WEEK or len(past) < 2
    yield (
        "nothing to compare with",
        short == any(re.search(NOTHING, text) for text in texts(notebook)),
    )
    if not short:
        yield from _compared(notebook, now, then)


def _beyond(low: str, high: str) -> bool:
    return number(low) > 0 or number(high) < 0


def _compared(
    notebook: Any, now: dict[str, float], then: dict[str, float]
) -> Iterator[tuple[str, bool]]:
    rows = {row["kpi"]: row for row in table(notebook, "then", "now", "moved")}
    way = {1: "up", 0: "as before", -1: "down"}
    for name in now:
        yield f"{rows[name]}", near(number(rows[name]["then"]), then[name], 1e-3)
        yield f"{rows[name]}", rows[name]["moved"] == way[np.sign(round(now[name] - then[name], 6))]
    both = {row["kpi"]: row for row in table(notebook, "before", "change_low", "change_high")}
    text, (every, moved) = said(notebook, r"^Of (\d+) numbers, (\d+) moved beyond chance, .*")
    shown = re.findall(r"([−+]?\d+)% \((\S+) to (\S+)\)", text)
    sure = [_beyond(low, high.rstrip(",;")) for _, low, high in shown]
    yield text, every == len(shown) <= len(both) and moved >= sum(sure)
    *_, verdicts = tables(notebook, "target", "status")
    for row in verdicts:
        known = both.get(row["kpi"], {"change_low": "–", "change_high": "–"})
        gap = (number(row["value"]) - number(row["target"])) * (1 if row["kpi"] in now else 0)
        yield f"{row}", {"on target": gap >= 0, "off target": gap <= 0}.get(row["status"], True)
        if row["status"] != "too early to tell":
            yield (
                f"{row} of {known}",
                not number(known["change_low"]) < 0 < number(known["change_high"]),
            )
    for status in ("on target", "off target", "too early to tell"):
        many = sum(row["status"] == status for row in verdicts)
        counted = re.findall(
            f"^{status}: (\\d+) of {len(verdicts)}$", "\n".join(texts(notebook)), re.M
        )
        yield f"{status} {counted}", counted == ([f"{many}"] if many else [])
