"""The numbers of the page: what stands on it for one selection, before anybody draws it.

A `Board` is made once for a company. `Board.page` gives the `Page` of a selection: tiles with
targets and changes, weekly figures, alerts, channels, and a sentence for whatever is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mktlab import kpi
from mktlab.company import Company
from mktlab.control_charts import SIGMAS, unusual
from mktlab.dashboard.evidence import Evidence
from mktlab.dashboard.filters import WEEK, Filters, Selection, monday, said
from mktlab.dashboard.overlap import files_behind, of_tools
from mktlab.dashboard.rows import Rows, adds_up, further, ratios
from mktlab.kpi.compute import ORDERS
from mktlab.kpi.errors import change
from mktlab.kpi.registry import KPIS, own_kpis
from mktlab.kpi.sources import assumed
from mktlab.orders import check_orders
from mktlab.schema import MktlabError
from mktlab.show.words import say

TILES = (
    "revenue",
    "cafe_revenue",
    "actual_margin_rate",
    "margin_rate",
    "order_value",
    "active_customers",
    "new_customers",
    "cac",
    "conversion",
    "nps",
    "late_share",
    "wait_minutes",
    "subscriptions",
)
"""The numbers on the page, from money to what makes it; of two margin rates, one."""
OF_TOOLS: tuple[str, ...] = ("ad_spend", "marketing_efficiency_ratio")
OF_TOOLS += ("web_sessions", "web_purchase_rate", "mailing_click_rate")
"""What stands on the page besides, of a company that was read from the exports of its tools."""
LEVEL = 0.95
CHANNEL_COLUMNS = ("ad_spend", "ctr", "cpc", "visits", "conversion", "web_sessions")
NEWS = 13


@dataclass(frozen=True)
class Page:
    """What the page shows for one selection.

    `tiles` has a row per KPI: `kpi, label, value, before, low, high, change_low, change_high,
    target, unit, direction, status`; `weekly` a row per week of the company and a column per KPI;
    `alerts` what `unusual` gives for the last weeks; `channels` a row per channel; `notes` say in
    sentences what is not known and why; `further` has what a table or column that is missing would
    add; `evidence` the tables of `Evidence`, and of a company read from files also `files`, those
    behind the tiles; `account` says how these were read; `currency` is that of all amounts.
    """

    selection: Selection
    tiles: pd.DataFrame
    weekly: pd.DataFrame
    alerts: pd.DataFrame
    channels: pd.DataFrame
    notes: tuple[str, ...]
    further: Mapping[str, list[str]]
    evidence: Mapping[str, pd.DataFrame]
    account: tuple[str, ...]
    currency: str

    @property
    def shown(self) -> pd.DataFrame:
        """The weeks of the selection."""
        weeks = self.weekly.index
        return self.weekly[(weeks >= self.selection.start) & (weeks < self.selection.end)]


class Board:
    """A company made ready for its page.

    Parameters
    ----------
    company
        Its tables; what they do not allow is left out, with a sentence.
    targets
        KPI -> target in the KPI's unit; of an amount or a count, per week. Where there is none, the
        weeks compared with are the target.

    Raises
    ------
    MktlabError
        When there is no table that says anything, or a target that cannot be one.
    """

    def __init__(self, company: Company, *, targets: Mapping[str, float] | None = None) -> None:
        known = kpi.available(company)
        self._twice = {"margin_rate"} if "actual_margin_rate" in known else set()
        wanted = (*TILES, *(OF_TOOLS if of_tools(company) else ()), *own_kpis())
        self.names = [name for name in wanted if name in known and name not in self._twice]
        self._media_names = [name for name in CHANNEL_COLUMNS if name in known]
        if not self.names:
            raise MktlabError(
                say(
                    "{name} has no table that the dashboard could show: bring an orders.csv at "
                    "least, with order_id, customer_id, order_date and revenue.",
                    name=company.name,
                )
            )
        if "orders" in company.tables:
            check_orders(company.tables["orders"], ORDERS, today=company.today)
        self.company, self.targets = company, _checked(targets)
        orders = company.tables.get("orders", pd.DataFrame({"customer_id": []}))
        self._nameless = int(orders["customer_id"].isna().sum())
        self._subscriptions = company.tables.get("subscriptions", pd.DataFrame())
        self.filters, self._evidence = Filters(company), Evidence(company)
        self.weekly_names = [name for name in self.names if adds_up(name)]
        self._rows = Rows(self.filters, [*self.names, *self._media_names])
        if not len(self._rows.weeks):
            raise MktlabError(
                say("{name} has no week with data: its tables are empty.", name=company.name)
            )

    @property
    def first(self) -> pd.Timestamp:
        """The first Monday with data."""
        return pd.Timestamp(self._rows.weeks[0])

    @property
    def last(self) -> pd.Timestamp:
        """The day after the last day with data."""
        return self.company.today

    def latest(self, weeks: int) -> Selection:
        """The last so many weeks, a begun one included."""
        start = monday(self.last - pd.Timedelta(days=1)) - (weeks - 1) * WEEK
        return self.selection(start, self.last - pd.Timedelta(days=1))

    def selection(
        self,
        first_day: pd.Timestamp,
        last_day: pd.Timestamp,
        *,
        segment: str = "",
        channel: str = "",
        against: str = "year",
    ) -> Selection:
        """The whole weeks, Monday to Sunday, in which these days lie, as far as there are data.

        Raises
        ------
        MktlabError
            When no week with data lies in between, or a filter is unknown.
        """
        start = max(monday(pd.Timestamp(first_day)), self.first)
        end = min(monday(pd.Timestamp(last_day)) + WEEK, self.last)
        if start >= end:
            raise MktlabError(
                say(
                    "There are no data from {first_day:%Y-%m-%d} to {last_day:%Y-%m-%d}: choose "
                    "days from {first:%Y-%m-%d} to {last:%Y-%m-%d}, the first one first.",
                    first_day=first_day,
                    last_day=last_day,
                    first=self.first,
                    last=self.last - pd.Timedelta(days=1),
                )
            )
        chosen = Selection(start, end, segment, channel, against)
        self.filters.check(chosen)
        return chosen

    def page(self, selection: Selection, *, sigmas: float = SIGMAS) -> Page:
        """Everything for one selection.

        Raises
        ------
        MktlabError
            When the selection is none, or nobody in it did anything.
        """
        self.filters.check(selection)
        known = ratios(self._rows.weekly(selection), self.weekly_names)
        weekly = known.reindex(columns=self.weekly_names)
        now = self._values(selection)
        if not (now.fillna(0) != 0).any():
            raise MktlabError(self._nothing(selection))
        whole = weekly[weekly.index <= self.last - WEEK]  # a begun week is no news yet
        news = unusual(whole[whole.index < selection.end], sigmas=sigmas)
        since = max(selection.start, selection.end - NEWS * WEEK)
        channels = ratios(self._rows.channels(selection), self._media_names)
        tiles = self._tiles(selection, now)
        files = files_behind(self.company, tiles["kpi"])
        return Page(
            selection,
            tiles,
            weekly,
            news[news["week"] >= since].reset_index(drop=True),
            channels.reindex(columns=self._media_names),
            tuple(self._notes(selection, now)),
            further(
                [n for n in TILES if n not in (*self.names, *self._twice)], self.company.tables
            ),
            self._evidence.of(selection) | ({"files": files} if len(files) else {}),
            tuple(self.company.account.lines()) if self.company.account else (),
            self.company.currency,
        )

    def _values(self, selection: Selection) -> pd.Series[float]:
        """The KPIs over the weeks of a selection; empty where nothing is known."""
        values = pd.Series(np.nan, index=self.names)
        if selection.start >= self.first:
            for weeks, names in self._rows.weeks_of(selection, self.names).items():
                known = ratios(self._rows.total(weeks), names).iloc[0]
                values.loc[known.index] = known
            if "subscriptions" in self.names and self._rows.speaks("orders", selection):
                values["subscriptions"] = self._running(selection)
        return values

    def _running(self, selection: Selection) -> float:
        table, people = self._subscriptions, self.filters.people(selection)
        if people is not None:
            table = table[table["customer_id"].isin(people)]
        if table.empty:
            return 0.0
        company = Company({"subscriptions": table}, name="subscriptions", today=self.last)
        return float(kpi.compute(company, "subscriptions", end=selection.end)["value"].iloc[0])

    def _nothing(self, selection: Selection) -> str:
        weeks = say(
            "from {start:%Y-%m-%d} up to {end:%Y-%m-%d}", start=selection.start, end=selection.end
        )
        advice = say("choose other weeks or filters.")
        if selection.segment and not self._rows.speaks("orders", selection):
            advice = say(
                "{channel} is no channel that customers were won by; {advice}",
                channel=selection.channel,
                advice=advice,
            )
        return say(
            "There is nothing {weeks} for {selection}: {advice}",
            weeks=weeks,
            selection=said(selection),
            advice=advice,
        )

    def _tiles(self, selection: Selection, now: pd.Series[float]) -> pd.DataFrame:
        before = self._values(selection.compared)
        table = pd.DataFrame({"kpi": self.names, "value": now.array, "before": before.array})
        table = table[table["value"].notna()].reset_index(drop=True)
        kpis = [KPIS[name] for name in table["kpi"]]
        table.insert(1, "label", [one.label for one in kpis])
        known, then = (
            self._rows.estimates(weeks, table["kpi"]) for weeks in (selection, selection.compared)
        )
        nothing = (np.nan, np.nan)
        own = {name: one.interval(LEVEL) for name, one in known.items()}
        moved = {name: change(known[name], then[name], LEVEL) for name in known if name in then}
        table[["low", "high"]] = [own.get(name, nothing) for name in table["kpi"]]
        table[["change_low", "change_high"]] = [moved.get(name, nothing) for name in table["kpi"]]
        targets = self._given(selection)
        table = table.assign(
            target=table["kpi"].map(targets).fillna(table["before"]).astype(float),
            unit=[one.unit for one in kpis],
            direction=[one.direction for one in kpis],
        )
        wanted = {name: targets[name] for name in table["kpi"] if name in targets}
        verdict = kpi.against_targets(table, wanted, level=LEVEL)
        said_of = dict(zip(verdict["kpi"], verdict["status"], strict=True))
        status = [said_of.get(name, "no target") for name in table["kpi"]]
        return table.assign(status=pd.Series(status, index=table.index, dtype="str"))

    def _given(self, selection: Selection) -> dict[str, float]:
        """The targets that the company set, for these weeks; a part of it has none of an amount."""
        found = {}
        for name, target in self.targets.items():
            amount = not KPIS[name].denominator and adds_up(name)
            if not (amount and (selection.segment or selection.channel)):
                found[name] = float(target) * (selection.weeks if amount else 1)
        return found

    def _notes(self, selection: Selection, now: pd.Series[float]) -> list[str]:
        notes = []
        hidden = [KPIS[name].label for name in self.names if pd.isna(now[name])]
        if hidden:
            notes.append(
                say(
                    "Not known for {selection} in these weeks: {hidden}.",
                    selection=said(selection),
                    hidden=", ".join(hidden),
                )
            )
        if selection.compared.start < self.first:
            days = self.company.period("orders") if "orders" in self.company.tables else None
            notes.append(
                say(
                    "The data begin on {first:%Y-%m-%d}, so these weeks have nothing to be "
                    "compared with, and no target but those you set.",
                    first=days[0] if days else self.first,
                )
            )
        if self._nameless:
            notes.append(
                say(
                    "{nameless:count} orders name no customer: they count in the money of all "
                    "customers, and in no segment.",
                    nameless=self._nameless,
                )
            )
        notes += assumed(self.company.tables)
        if selection.segment:
            notes.append(
                say(
                    "Segments are those of today. Looking back, {segment} were chosen by what "
                    "they did since: do not read a trend into it.",
                    segment=selection.segment,
                )
            )
        return notes


def _checked(targets: Mapping[str, float] | None) -> dict[str, float]:
    """The targets, if they can be ones."""
    if not isinstance(targets, Mapping | None):
        raise MktlabError(
            say(
                'targets is a {name}: give each KPI its number, such as {{"late_share": 0.05}}.',
                name=type(targets).__name__,
            )
        )
    wanted = dict(targets or {})
    kpi.against_targets(pd.DataFrame({"kpi": list(wanted), "value": 0.0}), wanted)
    for name in wanted:
        if name not in (tiles := (*TILES, *OF_TOOLS, *own_kpis())):
            raise MktlabError(
                say(
                    "targets: {name} is not on the page; choose among {tiles}.",
                    name=name,
                    tiles=", ".join(tiles),
                )
            )
    return wanted
