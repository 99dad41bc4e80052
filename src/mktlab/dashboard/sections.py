"""The lower part of the page: purchase path, tests and channel credit, a table each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import NamedTuple

import pandas as pd

from mktlab.dashboard.figures import Page
from mktlab.kpi.registry import KPIS
from mktlab.show.formats import count, day, money, share
from mktlab.show.tables import Grid
from mktlab.show.words import label, say
from mktlab.tables import TABLES

PART, MOVE = partial(share, digits=1), partial(share, digits=1, sign=True)


class Section(NamedTuple):
    """One table of the page: its finding stands above, its rule below."""

    title: str
    finding: str
    grid: Grid
    rule: str

    def _repr_html_(self) -> str:
        heads = f"<h3>{escape(self.title)}</h3><p><b>{escape(self.finding)}</b></p>"
        return f"{heads}{self.grid.html(label=self.title)}<p>{escape(self.rule)}</p>"

    def __repr__(self) -> str:
        return f"{self.finding}\n{self.grid.text()}\n{self.rule}"


def sections(page: Page) -> list[Section]:
    """What the tables of a company allow, for the weeks shown."""
    made = {"path": _path, "tests": _tests, "credit": _credit, "files": _files}
    return [made[name](page, table) for name, table in page.evidence.items()]


def _path(_page: Page, table: pd.DataFrame) -> Section:
    steps = table["step"].map(lambda step: label(TABLES["sessions"][step].meaning))
    most = int(table["lost"].argmax())
    finding = say(
        "Of {visits:count} visits, {lost:count} end before the step “{step}”: the largest loss",
        visits=table["visits"].iloc[0] + table["lost"].iloc[0],
        lost=table["lost"].iloc[most],
        step=steps.iloc[most],
    )
    rule = say(
        "Lost: visits that the step before had and this one has not. A sample is scaled up to all "
        "visits; those of programs are left out."
    )
    shown = {
        say("Step"): steps,
        say("Visits"): table["visits"].map(count),
        say("Lost"): table["lost"].map(count),
        say("Went on"): table["rate"].map(PART),
        say("95% interval"): _range(table, PART),
    }
    return Section(say("Purchase path"), finding, _grid(shown), rule)


def _tests(_page: Page, table: pd.DataFrame) -> Section:
    finding = say(
        "Tests in these weeks: {all:count}, with a difference beyond chance: {clear:count}",
        all=len(table),
        clear=table["status"].isin([say("better"), say("worse")]).sum(),
    )
    rule = say(
        "Lift: how many more buy with the new version than with the old one. The interval of a "
        "test that runs on holds however often one looks. Too early to tell is not “no effect”."
    )
    shown = {
        say("Test"): table["name"],
        say("State"): table["running"].map({True: say("runs on"), False: say("ended")}),
        say("Days"): table["days"].map(count),
        say("Visitors"): table["visitors"].map(count),
        say("Lift"): table["lift"].map(MOVE),
        say("95% interval"): _range(table, MOVE),
        say("Verdict"): table["status"],
    }
    return Section(say("Tests of the shop"), finding, _grid(shown), rule)


def _credit(page: Page, table: pd.DataFrame) -> Section:
    first, euro = table.iloc[0], money(1, page.currency)
    finding = say(
        "Of {orders:count} orders, {first:count} are credited to {channel}, their last contact",
        orders=table["orders"].sum(),
        first=first["orders"],
        channel=label(first["channel"]).replace("_", " "),
    )
    rule = say(
        "Orders since {since:day}. Credit is no proof of effect: it tells who was there before an "
        "order. Only zones that a random draw leaves without a channel show what it brings.",
        since=first["since"],
    )
    cents = partial(money, currency=page.currency, cents=True)
    shown = {
        say("Channel"): table["channel"].map(label).str.replace("_", " "),
        say("Orders"): table["orders"].map(count),
        say("Spend"): table["spend"].map(partial(money, currency=page.currency)),
        say("Credited for {euro}", euro=euro): table["credited"].map(cents),
        say("By test for {euro}", euro=euro): table["tested"].map(cents),
        say("95% interval"): _range(table, cents),
        say("Verdict"): table["status"],
    }
    return Section(say("Channel credit"), finding, _grid(shown), rule)


def _files(_page: Page, table: pd.DataFrame) -> Section:
    first, last = table["first"].max(), table["last"].min()
    finding = say("All files have the days from {first:day} to {last:day}", first=first, last=last)
    if first > last:
        finding = say("There is no day that all files have")
    rule = say(
        "A number that needs two files, such as the marketing efficiency ratio, is of the weeks "
        "that both have. Each tool counts by its own rules, so their orders need not agree."
    )
    names = table["kpis"].map(lambda kpis: ", ".join(KPIS[name].label for name in kpis))
    channel = table["channel"].map(label).str.replace("_", " ")
    shown = {
        say("File"): table["file"],
        say("Numbers"): names.where(table["channel"] == "", names + ": " + channel),
        say("First day"): table["first"].map(day),
        say("Last day"): table["last"].map(day),
    }
    return Section(say("Where the numbers come from"), finding, _grid(shown), rule)


def _grid(shown: dict[str, pd.Series[str]]) -> Grid:
    """The columns of which anything is known."""
    table = pd.DataFrame({n: column for n, column in shown.items() if (column != "–").any()})
    return Grid.of([*map(str, table)], list(table.head(10).itertuples(index=False, name=None)))


def _range(table: pd.DataFrame, write: Callable[[float], str]) -> pd.Series[str]:
    both = zip(table["low"], table["high"], strict=True)
    told = [say("{low} to {high}", low=write(a), high=write(b)) if a == a else "–" for a, b in both]
    return pd.Series(told, table.index)
