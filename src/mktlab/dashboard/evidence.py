"""What else the page tells where the tables exist: purchase path, tests, and channel credit.

An `Evidence` is made once for a company; `of` gives the tables of a selection. Of the verdicts of
one table, at most 5% are expected to be false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pandas as pd

from mktlab.attribution import attribute, paths
from mktlab.company import Company
from mktlab.dashboard.filters import Selection, monday
from mktlab.experiments import compare, running
from mktlab.geo_test import geo_test
from mktlab.journeys import STEPS, went_on
from mktlab.kpi.compute import asked_tables
from mktlab.kpi.sources import SOURCES
from mktlab.kpi.targets import beyond_chance
from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say

NOTHING = pd.DataFrame()


class Evidence:
    """Path, tests and credit of a company."""

    def __init__(self, company: Company) -> None:
        tables, self._visits, self._touches = company.tables, NOTHING, NOTHING
        self._held = company.samples.get("sessions", 1.0)
        if "sessions" in tables:
            people = SOURCES["sessions"].prepare(asked_tables(company), ())
            self._visits = people.collect("pandas").to_native()
        self._experiments = tables.get("experiments", NOTHING)
        self._spend = tables.get("ad_spend", pd.DataFrame(columns=["week", "channel", "spend"]))
        with suppress(KeyError):  # no such table or column
            touches = tables["touchpoints"]
            touches = touches[touches["order_id"].fillna("") != ""]
            last = touches.groupby("order_id")["touched_at"].transform("max")
            self._touches = touches.assign(day=last.dt.tz_localize(None).dt.normalize())
        self._kept, self._tested = _tested(tables)

    def of(self, selection: Selection) -> dict[str, pd.DataFrame]:
        """The tables: of a segment none, of a channel the path alone."""
        parts = {"tests": self._tests, "credit": self._credit} if not selection.channel else {}
        found = {}
        for name, make in ({} if selection.segment else {"path": self._path} | parts).items():
            with suppress(KeyError, MktlabError):  # no such table or column, or nothing to tell
                found[name] = make(selection)
        return {name: table for name, table in found.items() if len(table)}

    def _path(self, selection: Selection) -> pd.DataFrame:
        visits = _within(self._visits, "day", selection)
        steps = [step for step in STEPS if step in visits and visits[step].any()]
        return went_on(visits, steps, sample=self._held)

    def _tests(self, selection: Selection) -> pd.DataFrame:
        """A row per test: `name, running, days, visitors, lift, low, high, status`."""
        rows = self._experiments
        last = rows.groupby("experiment_id")["date"].transform("max")
        rows = rows[(rows["date"] < selection.end) & (last >= selection.start)]
        if rows.empty:
            return NOTHING
        found = compare(rows)
        ends = found["experiment_id"].map(last.groupby(rows["experiment_id"]).first())
        runs = ends >= selection.end - pd.Timedelta(days=1)
        looks = running(rows).groupby(["experiment_id", "variant"]).tail(1).reset_index(drop=True)
        for end in ("low", "high"):
            found[end] = found[end].where(~runs, looks[f"always_{end}"])
        broken = found["split_p"] < 0.0005  # not split as planned, see `compare`
        lifts = (np.log1p(found[name]).mask(broken) for name in ("lift", "low", "high"))
        status = _verdicts(lifts, say("better"), say("worse"))
        names = found["name"].where(found["name"] != "", found["experiment_id"])
        return found.assign(
            name=names.mask(names.duplicated(keep=False), names + " " + found["variant"]),
            running=runs,
            visitors=found["visitors"] + found["visitors_control"],
            status=status.mask(broken, say("split broken")),
        )

    def _credit(self, selection: Selection) -> pd.DataFrame:
        """By channel: `orders` of last contacts, `spend, credited, tested, low, high, status`."""
        touches = _within(self._touches, "day", selection)
        found = attribute(paths(SimpleNamespace(tables={"touchpoints": touches})))
        since = max(selection.start, monday(self._touches["day"].min()))
        weeks = _within(self._spend, "week", selection._replace(start=since))
        spend = weeks.groupby("channel")["spend"].sum().astype(float)
        orders, spend = found.set_index("channel")["credit"], spend[spend > 0]
        names = sorted({*orders.index, *spend.index, *self._tested.index})
        table = pd.DataFrame({"orders": orders, "spend": spend}, names).join(self._tested)
        table = table.fillna({"orders": 0.0}).assign(since=since)
        table["credited"] = table["orders"] * self._kept / table["spend"]
        gaps = (table[name] - table["credited"] for name in ("tested", "low", "high"))
        status = _verdicts(gaps, say("test says more"), say("test says less"))
        table = table.assign(status=status).rename_axis("channel").reset_index()
        return table.sort_values(["orders", "channel"], ascending=[False, True])


def _within(table: pd.DataFrame, day: str, selection: Selection) -> pd.DataFrame:
    """The rows of these weeks, and of the channel."""
    inside = table[day].between(selection.start, selection.end, inclusive="left")
    return table[inside & (table["channel"] == selection.channel) if selection.channel else inside]


def _verdicts(gaps: Iterable[pd.Series[float]], more: str, less: str) -> pd.Series[str]:
    """What is to be said of gaps that are no chance, of others, and of those not known."""
    gap, low, high = gaps
    sure = beyond_chance(gap, low, high, np.full(len(gap), True), 0.95)
    told = np.where(sure, np.where(gap > 0, more, less), say("too early to tell"))
    return pd.Series(told, gap.index, dtype="str").where(gap.notna(), "–")


def _tested(tables: Mapping[str, pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    """What a mean order is worth, and channel -> `tested, low, high`: money for a euro by test."""
    kept, found = np.nan, pd.DataFrame(columns=["tested", "low", "high"], dtype=float)
    with suppress(KeyError, MktlabError):  # no such table or column, or no channel was tested
        bought = purchases(tables["orders"])
        kept = float((bought["revenue"] - bought.get("refunded", 0.0)).mean())
        people = tables["customers"][["customer_id", "zone"]].drop_duplicates("customer_id")
        bought["week"] = bought["order_date"].dt.to_period("W").dt.start_time
        sales = bought.merge(people).groupby(["week", "zone"]).size()
        tests = geo_test(tables["ad_spend"], sales.astype(float)).set_index("channel")
        found = (tests[["per_euro", "low", "high"]] * kept).set_axis(list(found), axis=1)
    return kept, found
