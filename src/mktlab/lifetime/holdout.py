"""Whether a model keeps its word on weeks that it has not seen: by groups, and week by week."""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.lifetime.fitting import Z
from mktlab.lifetime.history import UNITS, by_day, summary
from mktlab.lifetime.models import PurchaseModel
from mktlab.schema import MktlabError
from mktlab.segmentation.bought import day_number, day_of
from mktlab.show.words import say


def calibration(
    model: PurchaseModel, orders: Any, *, cut: date | str, until: date | str, bins: int = 10
) -> pd.DataFrame:
    """Purchases that the model expected after the cut, beside those that came.

    Parameters
    ----------
    model
        Fitted on `summary(orders, until=cut)`, which is verified: it has not seen what came after.
    orders
        As in `summary`, until `until` or longer.
    cut, until
        The first day after the fit, and the first that is not counted any more.
    bins
        How many groups of rising expectation, of nearly equal size; 1 for all together.

    Returns
    -------
    A row per group: `customers`, `expected` and `observed` (days with a purchase per customer), and
    `low, high`, the 95% interval of `observed` (normal, of customers who buy independently).

    Raises
    ------
    MktlabError
        As `summary`; when the model saw other orders or later ones, or `until` is not after `cut`.
    """
    first, last, known = _checked(model, orders, cut, until)
    if isinstance(bins, bool) or not isinstance(bins, int) or not 1 <= bins <= 100:
        raise MktlabError(say("bins is {bins!r}: give a whole number from 1 to 100.", bins=bins))
    weeks = (last - first).days / 7
    came = known[known["number"] >= first.toordinal()].groupby("customer_id").size()
    table = pd.DataFrame({"expected": model.expected_purchases(weeks)})
    table["observed"] = came.reindex(table.index, fill_value=0).astype(float)
    order = table["expected"].rank(method="first").astype(int) - 1
    groups = table.groupby((order * bins // len(table)).to_numpy())
    told = groups.mean().assign(customers=groups.size())
    error = Z * groups["observed"].std() / np.sqrt(told["customers"])
    told = told.assign(low=(told["observed"] - error).clip(lower=0), high=told["observed"] + error)
    return told[["customers", "expected", "observed", "low", "high"]].reset_index(drop=True)


def track(
    model: PurchaseModel, orders: Any, *, cut: date | str, until: date | str
) -> pd.DataFrame:
    """Repeat purchases of all customers together, week by week, before the cut and after it.

    Customers are those of the model, who came before the cut; what is expected of each hangs on
    her first day alone. Arguments and errors are those of `calibration`.

    Returns
    -------
    A row per week, the last ones of 7 days before `until`: `week` (its first day), `held_out`
    (whether it began at the cut or later), `expected` and `observed` (days with a purchase after
    the first one). A week in which the cut lies is moved: weeks begin on the weekday of the cut.
    """
    first, last, known = _checked(model, orders, cut, until)
    born = known.groupby("customer_id")["number"].min()
    start, end = int(born.min()), first.toordinal()
    begins = np.arange(end - -(-(end - start) // 7) * 7, last.toordinal() - 6, 7)
    repeats = known[known["number"] > known["customer_id"].map(born)]["number"]
    observed = np.histogram(repeats, np.append(begins, begins[-1] + 7) - 0.5)[0]
    new, place = model.newcomers()
    group = pd.DataFrame({"place": place[model.place], "born": born[model.customers.index].values})
    many = group.value_counts(sort=False).reset_index()
    total = np.zeros(len(begins) + 1)
    edges = np.append(begins, begins[-1] + 7)
    for at in range(len(new.n)):
        ages = np.arange(edges[-1] - start) / UNITS[model.unit]
        mean = model.expected(model.fit.theta, type(new)(*(c[at : at + 1] for c in new)), ages)
        here = many[many["place"] == at]
        age = np.maximum(edges[:, None] - 1 - here["born"].to_numpy(), 0)
        total += mean[age] @ here["count"].to_numpy()
    week = pd.to_datetime([date.fromordinal(int(day)) for day in begins])
    return pd.DataFrame(
        {
            "week": week,
            "held_out": begins >= end,
            "expected": np.diff(total),
            "observed": observed,
        }
    )


def _checked(
    model: PurchaseModel, orders: Any, cut: date | str, until: date | str
) -> tuple[date, date, pd.DataFrame]:
    """The two days, and a row per customer of the model and day with a purchase."""
    first, last = day_of(cut, "cut"), day_of(until, "until")
    if last < first + pd.Timedelta(days=7):
        raise MktlabError(
            say("until is {last}: give a day a week or more after {cut}.", last=last, cut=first)
        )
    told = nw.from_native(summary(orders, unit=model.unit, until=first)).lazy().collect("pandas")
    then = told.to_native().set_index("customer_id")
    columns = ["frequency", f"recency_{model.unit}s", f"age_{model.unit}s"]
    same = then.index.equals(model.customers.index) and np.allclose(
        then[columns].to_numpy(float), model.customers[columns].to_numpy(float)
    )
    if not same:
        raise MktlabError(
            say(
                "The model was fitted on other orders or up to another day than {cut}: fit it on "
                "lifetime.summary(orders, unit={unit!r}, until={cut!r}).",
                cut=f"{first}",
                unit=model.unit,
            )
        )
    daily = by_day(orders, last).with_columns(number=day_number("day"))
    days = daily.select("customer_id", "number").lazy().collect("pandas").to_native()
    return first, last, days[days["customer_id"].isin(model.customers.index)]
