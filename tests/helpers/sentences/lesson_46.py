"""What lesson 46 says, recomputed from the orders in the file, and from what it prints."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sentences import (
    ENDS,
    MOVED,
    around_0,
    names_the_largest,
    near,
    number,
    orders_of,
    said,
    sentence,
    table,
)

WEEK = pd.Timedelta(weeks=1)
ON_ORDERS = {"week", "Revenue", "Order value"}


def wrong(notebook: Any) -> list[str]:
    """The sentences that the orders, or the numbers beside them, contradict."""
    return [told for told, right in _told(notebook) if not right]


def _told(notebook: Any) -> Iterator[tuple[str, bool]]:
    orders, today = orders_of(notebook)
    text, (weeks, tiles) = said(notebook, r"^([\d,]+) whole weeks with orders, (\d+) numbers\.")
    mondays = pd.date_range(orders["order_date"].min(), today - WEEK, freq="W-MON")
    yield text, 40 <= weeks <= len(mondays)
    monday = r"^On (\S+) of (\S+) Mondays at least (\d+) of (\d+) numbers are red\..*"
    text, usual = said(notebook, monday)
    shown = [(int(n), int(red)) for n, red in re.findall(r"(\d+) \((\d+)\)", text)]
    counts = np.repeat([red for _, red in shown], [n for n, _ in shown])
    middle = int(np.median(counts))
    yield text, usual == [(counts >= middle).sum(), len(counts), middle, tiles]
    yield text, len(counts) == weeks - 1
    text, (reds, better) = said(notebook, r"^([\d,]+) red numbers; (\S+) of them were better")
    yield text, 0 < reds <= counts.sum()
    again, (luck, ours) = said(notebook, r"a week later: (\S+) by luck alone, (\S+) of ours")
    yield again, near(luck, 2 / 3, 0.03) and ours == better

    changed, (moved, every) = said(notebook, MOVED)
    ends = ENDS.findall(changed)
    yield changed, every == len(ends) <= tiles and moved >= len(ends) - sum(map(around_0, ends))
    yield changed, moved <= sum(not number(low) < 0 < number(high) for low, high in ends)
    yield changed, names_the_largest(changed, int(moved))
    sure = sum(row["status"] != "too early to tell" for row in table(notebook, "number", "status"))
    yield f"{sure} verdicts, {changed}", sure <= moved
    known, measured = (list(row.values())[1:] for row in table(notebook, "one tile"))
    for one, some in ([number(share) for share in row] for row in (known, measured)):
        low, high = (1 - (1 - one - off) ** tiles for off in (-0.0051, 0.0051))
        yield f"{one} of one tile, {some} of {tiles}", low - 0.0051 <= some <= high + 0.0051
    yield f"{known}, {measured}", number(known[0]) >= number(measured[0])

    recipe, (rang, judged) = said(
        notebook, r"^The usual recipe gives an alarm in (\S+) of (\S+) weeks"
    )
    yield recipe, judged == weeks - 26 and rang <= judged
    text, (quiet,) = said(notebook, r"^Beyond 3 standard deviations: (\S+) of the quiet weeks")
    yield text, 0.0027 < quiet < 0.03
    alarms = r"^With (\d+) numbers and a limit of 3\.0, (\S+) alarms a year are false"
    rings, (asked, often) = said(notebook, alarms)
    yield rings, asked == tiles and near(often, 52 * tiles * quiet, 0.06)
    if {name.split(" (")[0] for name in table(notebook, "week")[0]} == ON_ORDERS and weeks == len(
        mondays
    ):
        bought = orders[orders["bought"] & (orders["order_date"] >= mondays[0])]
        sums = bought.resample("W-MON", on="order_date", closed="left", label="left")["net"]
        each = pd.DataFrame(
            {"revenue": sums.sum(), "order_value": sums.sum() / sums.count()}
        ).round(6)
        change, value = each.diff(), each["order_value"]
        later = change.shift(-1)[change < 0].stack().dropna()
        yield sentence(notebook, "red numbers; ")[0], reds == len(later)
        yield f"{better} were better", near(better, (later > 0).mean())
        past = value.shift(1).rolling(26)
        yield recipe, rang == ((value - past.mean()).abs() > 2 * past.std()).sum()
