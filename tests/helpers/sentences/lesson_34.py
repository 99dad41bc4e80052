"""What lesson 34 says, recomputed from the orders and from what its charts draw."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sentences import drawn, number, orders_of, sentence


def wrong(notebook: Any) -> list[str]:
    """The sentences that the orders or the charts contradict."""
    return list(_found(notebook))


def _weeks(notebook: Any) -> np.ndarray:
    """Purchases in each full week."""
    orders, today = orders_of(notebook)
    start, end = orders.loc[orders["bought"], "order_date"].min(), today
    monday = start + pd.Timedelta(days=(7 - start.day_of_week) % 7)
    day = (orders.loc[orders["bought"], "order_date"].dt.normalize() - monday).dt.days
    return np.bincount(day[day >= 0] // 7, minlength=1)[: (end - monday).days // 7]


def _naive(weeks: np.ndarray) -> dict[str, float]:
    """Mean errors of both naive forecasts from up to 13 origins."""
    origins = min(13, (len(weeks) - 104) // 4)
    cuts = [len(weeks) - 4 * back for back in range(origins, 0, -1)]
    off = {"last year's week": [], "mean of four weeks": []}
    for cut in cuts:
        came = weeks[cut : cut + 4]
        off["last year's week"] += abs(came - weeks[cut - 52 : cut - 48]).tolist()
        off["mean of four weeks"] += abs(came - weeks[cut - 4 : cut].mean()).tolist()
    return {name: float(np.mean(each)) for name, each in off.items()}


def _found(notebook: Any) -> Iterator[str]:
    weeks = _weeks(notebook)
    told = sentence(
        notebook,
        r"Last year's week was off by ([\d,]+) orders a week,\nthe mean of "
        r"four weeks by ([\d,]+)",
    )
    last = abs(weeks[-4:] - weeks[-56:-52]).mean(), abs(weeks[-4:] - weeks[-8:-4].mean()).mean()
    if any(
        abs(number(said) - right) > 0.51 for said, right in zip(told.groups(), last, strict=True)
    ):
        yield f"{told.groups()} are told of the last weeks, and {last} are right"
    title = r"The best method is off by ([\d,]+) orders a week, the better naive one by ([\d,]+)"
    best, usual = map(number, sentence(notebook, title).groups())
    bars = drawn(notebook, title)
    for name, right in _naive(weeks).items():
        if abs(bars[name] - right) > 0.51:
            yield f"{name} is off by {right:.1f}, and {bars[name]} is drawn"
    if best != min(bars.values()) or usual != min(bars[name] for name in _naive(weeks)):
        yield f"{best} and {usual} are told, {bars} are drawn"
    share = bars["regression"] / max(usual, 1)
    beats = r"beats both naive|is hardly better than|is as good as the regression"
    verdict = sentence(notebook, beats)[0]
    right = {"beats both naive": share < 0.93, "is hardly better than": 0.85 < share < 1.05}
    if usual >= 10 and not right.get(verdict, share > 0.95):  # else rounded too far
        yield f"the regression {verdict}, where the errors stand as {share:.2f} to 1"
    sum_told = number(sentence(notebook, r"Four weeks ahead: ([\d,]+) orders")[1])
    ready = drawn(notebook, "At these costs, have")["forecast"]
    if abs(sum_told - ready) > 1.01:
        yield f"{sum_told} orders are told, {ready} are drawn"
