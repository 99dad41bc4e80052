"""What lesson 33 says, recomputed from the orders that it ran on and the tables that it prints."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sentences import near, number, orders_of, said, sentence, table

YEAR, PRICE = pd.Timedelta(weeks=52), 150


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return [*_counts(notebook), *_values(notebook)]


def _counts(notebook: Any) -> Iterator[str]:
    orders, today = orders_of(notebook)
    bought = orders[orders["bought"]].assign(day=orders["order_date"].dt.normalize())
    days = bought.groupby("customer_id")["day"].agg(["min", "nunique"])
    late = days[days["min"] >= bought["order_date"].min() + YEAR / 2]
    told, (newcomers,) = said(notebook, r"^First seen after the first 26 weeks: ([\d,]+) cust")
    if newcomers != len(late):
        yield f"{told!r}, where there are {len(late)}"
    told, (never,) = said(notebook, r"^Of 100 newcomers, (\d+) have never come back")
    if abs(never - 100 * (late["nunique"] == 1).mean()) > 0.51:
        yield f"{told!r}, where it is {(late['nunique'] == 1).mean():.2f}"
    naive = r"spent \D*([\d,]+)\.\n(\d+%) of the .* again: ([\d.]+) years"
    told = sentence(notebook, naive + r"|Nobody bought in the year before")
    last = bought[bought["day"] >= today - YEAR]
    before = bought[bought["day"].between(today - 2 * YEAR, today - YEAR, "left")]
    if told[1]:
        again = before["customer_id"].drop_duplicates().isin(last["customer_id"]).mean()
        spent = last.groupby("customer_id")["net"].sum().mean()
        if abs(number(told[2]) - again) > 0.0051 or abs(number(told[1]) - spent) > 0.51:
            yield f"{told[0]!r}, where it is {spent:.0f} and {again:.2f}"
    elif len(before):
        yield f"{told[0]!r}, where {len(before)} purchases are"


def _values(notebook: Any) -> Iterator[str]:
    rows = {next(iter(row.values())): row for row in table(notebook, "one-time buyers")}
    came = number(rows["what came"]["all customers"])
    told, (off,) = said(notebook, r"MBG/NBD missed by ([+−]?\d+%)")
    if abs(number(rows["MBG/NBD"]["all customers"]) / came - 1 - off) > 0.006 + 1 / came:
        yield f"{told!r}, where the table has {rows}"
    told, (hand, helper) = said(notebook, r"so far: \D*([\d,]+) by hand,\n\D*([\d,]+) by")
    if not near(hand, helper):
        yield f"{told!r} are not the same"
    told, (plain, worth) = said(notebook, r"leaves \D*([\d,]+) in all;\n.*today \D*([\d,]+) \(")
    if worth > plain:
        yield f"{told!r}: discounted it is more"
    told = sentence(notebook, r"weeks, discounted \((?:95% interval \D*([\d,]+) to \D*([\d,]+))?")
    low, high = (number(end or "–") for end in told.groups())
    verdict = sentence(notebook, r"she pays: buy|she does not pay|nobody can say|Nothing tells")[0]
    right = {"she pays: buy": low >= PRICE, "she does not pay": high <= PRICE}
    if not right.get(verdict, not (low > PRICE or high < PRICE)):
        yield f"{verdict!r}, where {low} to {high} are told"
