"""Whether a model keeps its word on weeks that it has not seen: by groups, and week by week."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mktlab.lifetime.fitting import Z, need
from mktlab.lifetime.history import UNITS, by_day, rows_of, summary
from mktlab.lifetime.models import PurchaseModel
from mktlab.schema import MktlabError
from mktlab.segmentation.bought import day_number, day_of
from mktlab.show.words import say


def calibration(
    model: PurchaseModel, orders: Any, *, cut: date | str, until: date | str, bins: int = 10
) -> pd.DataFrame:
    """Purchases that the model expected after the cut, beside those that came.

    The model was fitted on `summary(orders, until=cut)`, which is verified: it has not seen what
    came after. `until` is the first day that is not counted any more, `bins` the number of groups
    of rising expectation, of nearly equal size (1 for all together). Errors are those of `summary`,
    and one says when the model saw other orders or later ones.

    A row per group: `customers`, `expected` and `observed` (days with a purchase per customer), and
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

    Customers are those who came before the cut; what is expected of each hangs on her first day
    alone. Arguments and errors are those of `calibration`. A row per week, counted from the cut:
    `week` (its first day), `held_out`, `expected` and `observed` (days with a purchase after the
    first one).
    """
    first, last, days = _checked(model, orders, cut, until)
    born = days.groupby("customer_id")["number"].min()[model.customers.index].to_numpy()
    edges = np.arange(first - -(-(first - born.min()) // 7) * 7, last + 1, 7)
    new, total = model.newcomers(), np.zeros(len(edges))
    ages = np.arange(last - born.min()) / UNITS[model.unit]
    mean = model.expected(model.theta, new, ages[:, None])
    kind = pd.DataFrame({"born": born, "place": new.place[model.rows.place]})
    for row in kind.value_counts(sort=False).reset_index().itertuples(index=False):
        total += row.count * mean[np.maximum(edges - 1 - row.born, 0), row.place]
    repeats = np.sort(days["number"])
    observed = np.diff(np.searchsorted(repeats, edges) - np.searchsorted(np.sort(born), edges))
    week = pd.to_datetime([date.fromordinal(int(day)) for day in edges[:-1]])
    told = {"week": week, "held_out": edges[:-1] >= first, "expected": np.diff(total)}
    return pd.DataFrame({**told, "observed": observed})


def _checked(
    model: PurchaseModel, orders: Any, cut: date | str, until: date | str
) -> tuple[int, int, pd.DataFrame]:
    """The two days as numbers, and a row per customer of the model and day with a purchase."""
    first, last = day_of(cut, "cut"), day_of(until, "until")
    if (last - first).days < 7:
        raise MktlabError(
            say("until is {last}: give a day a week after {cut}.", last=last, cut=first)
        )
    then, unit, _ = rows_of(summary(orders, unit=model.unit, until=first), ())
    seen = model.customers[list(then)]
    if not (then.index.equals(seen.index) and np.allclose(then, seen)):
        raise MktlabError(
            say(
                "The model was fitted on other orders or up to another day than {cut}: fit it on "
                "lifetime.summary(orders, unit={unit!r}, until='{cut}').",
                cut=first,
                unit=unit,
            )
        )
    daily = by_day(orders, last).with_columns(number=day_number("day"))
    days = daily.select("customer_id", "number").lazy().collect("pandas").to_native()
    days = days[days["customer_id"].isin(seen.index)]
    return first.toordinal(), last.toordinal(), days.astype({"number": "int64"})
