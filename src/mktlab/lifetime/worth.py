"""What customers are worth, and whether a model keeps its word on weeks that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mktlab.lifetime.fitting import Z, need
from mktlab.lifetime.history import by_day, rows_of, summary
from mktlab.lifetime.models import PurchaseModel, SpendModel
from mktlab.schema import MktlabError
from mktlab.segmentation.bought import day_of
from mktlab.show.words import say

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
_DRAWS = 200


@dataclass(frozen=True)
class LifetimeValue:
    """Margin to come, discounted to today; `low` and `high` are 95% intervals.

    `newcomer` has just bought for the first time, and is counted without that purchase. Intervals
    tell how well these *means* are known, not how far one customer may be from hers.
    """

    customers: pd.DataFrame
    total: pd.Series
    newcomer: pd.Series

    def __repr__(self) -> str:
        told = say("all: {value:money} ({low:money} to {high:money})", **self.total)
        line = say("a newcomer: {value:money.2} ({low:money.2} to {high:money.2})", **self.newcomer)
        return f"{told}\n{line}"


def value(
    model: PurchaseModel, spend: SpendModel, *, weeks: float, margin: float, annual_discount: float
) -> LifetimeValue:
    """The margin that each customer will bring in the next weeks, discounted to today.

    Both models are fitted on one summary; how often and how much are taken to be independent.
    `weeks` are weeks, whatever the unit of the model. `margin` is the share of what is spent that
    is left after the costs that grow with it (0.4 for 40%), `annual_discount` a rate a year, spread
    evenly over its days. Behind the intervals are 200 draws from the normal of each fit. Errors:
    an argument out of its range, models of other customers.

    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
    customer base analysis. *Journal of Marketing Research*, 42(4), 415-430.
    """
    need("weeks", weeks, 0, 5_200)
    need("margin", margin, 0, 1)
    need("annual_discount", annual_discount, -1e-9, 9)
    if not model.customers["frequency"].equals(spend.customers["frequency"]):
        raise MktlabError(say("value: fit both models on one summary; these know others."))
    one = replace(spend, customers=pd.DataFrame({"frequency": [0], "mean_value": [0.0]}))
    new, n, rate = model.newcomers(), len(model.customers), np.log1p(annual_discount) * 7 / 365.25
    times = np.append((1 + _NODES) * weeks / 2, weeks)[:, None]  # by parts, an integral of the sum
    weight = np.exp(-rate * times[:, 0]) * np.append(rate * _WEIGHTS * weeks / 2, 1)
    luck = zip(model.draws(_DRAWS, 33), spend.draws(_DRAWS, 34), strict=True)
    worth = np.empty((_DRAWS + 1, n + 2))
    for at, (theta, money) in enumerate([(model.theta, spend.theta), *luck]):
        each, first = (weight @ model.expected(theta, rows, times) for rows in (model.rows, new))
        worth[at, :n] = each[model.rows.place] * spend.expected_spend(money)
        worth[at, n] = worth[at, :n].sum()
        worth[at, n + 1] = first @ new.n / n * one.expected_spend(money)[0]
    low, high = np.sort(worth[1:], axis=0)[[_DRAWS // 40 - 1, -_DRAWS // 40]]  # inf - inf is none
    table = margin * pd.DataFrame({"value": worth[0], "low": low, "high": high})
    own = table[:n].set_index(model.customers.index)
    return LifetimeValue(own, table.iloc[n], table.iloc[n + 1])


def calibration(
    model: PurchaseModel, orders: Any, *, cut: date | str, until: date | str, bins: int = 10
) -> pd.DataFrame:
    """Purchases that the model expected after the cut, beside those that came.

    The model was fitted on `summary(orders, until=cut)`, which is verified, so it has not seen what
    came after. `until` is the first day that is not counted any more, `bins` the number of groups
    of rising expectation, of nearly equal size (1 for all together); errors are as in `summary`. A
    row per group: `customers`, `expected` and `observed` (days with a purchase per customer), and
    `low, high`, the 95% interval of `observed` (normal, of customers who buy independently).
    """
    first, last, days = _checked(model, orders, cut, until)
    need("bins", bins, 0, 100)
    came = days[days["number"] >= first].groupby("customer_id").size()
    table = pd.DataFrame({"expected": model.expected_purchases((last - first) / 7)})
    table["observed"] = came.reindex(table.index, fill_value=0).astype(float)
    order = table["expected"].round(9).rank(method="first").astype(int) - 1
    groups = table.groupby((order * int(bins) // len(table)).to_numpy())
    told = groups.mean().assign(customers=groups.size())
    error = Z * groups["observed"].std() / np.sqrt(told["customers"])
    told = told.assign(low=(told["observed"] - error).clip(lower=0), high=told["observed"] + error)
    return told[["customers", "expected", "observed", "low", "high"]]


def track(model: PurchaseModel, orders: Any, *, cut: date | str, until: date | str) -> pd.DataFrame:
    """Repeat purchases of all customers together, week by week, before the cut and after it.

    Of those who came before the cut; what is expected of each hangs on her first day alone. As in
    `calibration`. A row per week, counted from the cut: `week` (its first day), `held_out`,
    `expected` and `observed` (days with a purchase after the first one).
    """
    first, last, days = _checked(model, orders, cut, until)
    born = days.groupby("customer_id")["number"].min()[model.customers.index].to_numpy()
    edges = np.arange(first - -(-(first - born.min()) // 7) * 7, last + 1, 7)
    new, total = model.newcomers(), np.zeros(len(edges))
    mean = model.expected(model.theta, new, np.arange(last - born.min())[:, None] / 7)
    kind = pd.DataFrame({"born": born, "place": new.place[model.rows.place]})
    for row in kind.value_counts(sort=False).reset_index().itertuples(index=False):
        total += row[2] * mean[np.maximum(edges - 1 - row[0], 0), row[1]]
    repeats = np.sort(days["number"])
    observed = np.diff(np.searchsorted(repeats, edges) - np.searchsorted(np.sort(born), edges))
    week = pd.to_datetime([date.fromordinal(int(day)) for day in edges[:-1]])
    told = {"week": week, "held_out": edges[:-1] >= first, "expected": np.diff(total)}
    return pd.DataFrame({**told, "observed": observed})


def _checked(
    model: PurchaseModel, orders: Any, cut: date | str, until: date | str
) -> tuple[int, int, pd.DataFrame]:
    first, last = day_of(cut, "cut"), day_of(until, "until")
    if (last - first).days < 7:
        raise MktlabError(say("until is {last}: give a day a week after the cut.", last=last))
    then = rows_of(summary(orders, unit=model.unit, until=first), ())[0]
    seen = model.customers[list(then)]
    if not (then.index.equals(seen.index) and np.allclose(then, seen)):
        told = say("fit it on lifetime.summary(orders, ..., until='{cut}')", cut=first)
        raise MktlabError(say("The model saw other orders or another day: {told}.", told=told))
    days = by_day(orders, last).lazy().collect("pandas").to_native().astype({"number": "int64"})
    return first.toordinal(), last.toordinal(), days[days["customer_id"].isin(seen.index)]
