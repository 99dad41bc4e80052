"""The page as a workbook: what was chosen, the numbers, how each is defined, and all alerts.

A workbook is there to be passed on, and so is a picture of the page: `to_share` is the page of
which no number counts fewer than five persons.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from mktlab.dashboard.figures import Page
from mktlab.dashboard.filters import said
from mktlab.dashboard.wording import against, alert_sentences
from mktlab.kpi.registry import KPIS
from mktlab.schema import MktlabError
from mktlab.show import sheets
from mktlab.show.few import LEAST, is_few, without_few
from mktlab.show.words import say


def workbook(page: Page, *, company: str, sigmas: float) -> bytes:
    """The page as the bytes of an .xlsx file.

    Parameters
    ----------
    page
        What is shown.
    company
        Whose numbers these are.
    sigmas
        The alert rule in force.

    Raises
    ------
    MktlabError
        When fewer than five customers bought in what is chosen.
    """
    page = to_share(page)
    book, chosen = sheets.empty(), page.selection
    last = chosen.end - pd.Timedelta(days=1)
    selection = [
        ("Company", company),
        (say("First day"), f"{chosen.start:%Y-%m-%d}"),
        (say("Last day"), f"{last:%Y-%m-%d}"),
        ("Weeks", chosen.weeks),
        ("Customers", said(chosen)),
        ("Segment", chosen.segment or "all"),
        ("Channel", chosen.channel or "all"),
        (say("Compared with"), against(page)),
        (say("Alert beyond, in standard deviations"), sigmas),
        ("Currency", page.currency),
        *(("Note", note) for note in page.notes),
    ]
    sheets.add(book, "Selection", ("What", "Chosen"), selection, widths=(36, 90))
    heads = ("KPI", "Value", say("Low (95%)"), say("High (95%)"), "Target", "Status", "Before")
    tail = ("Unit", "Definition", say("Classic mistake"))
    columns = ["label", "value", "low", "high", "target", "status", "before", "unit"]
    known = [KPIS[name] for name in page.tiles["kpi"]]
    words = {"formula": [kpi.formula for kpi in known], "mistake": [kpi.mistake for kpi in known]}
    tiles = page.tiles[columns].assign(**words).itertuples(index=False, name=None)
    widths = (26, *([14] * 4), 18, 14, 14, 52, 80)
    sheets.add(book, "KPIs", (*heads, *tail), tiles, widths=widths)
    weeks = page.shown.rename(index="{:%Y-%m-%d}".format)
    for name, first, table in (("Weeks", 12, weeks), ("Channels", 20, page.channels)):
        labels = [name.removesuffix("s"), *(KPIS[str(column)].label for column in table)]
        wide = [first, *([16] * len(table.columns))]
        sheets.add(book, name, labels, table.itertuples(name=None), widths=wide)
    alerts = [(sentence,) for sentence in alert_sentences(page)] or [(say("No alert."),)]
    sheets.add(book, "Alerts", ("Alert",), alerts, widths=(110,))
    return sheets.content_of(book)


def to_share(page: Page) -> Page:
    """The page without counts of few persons; none of few customers at all.

    Raises
    ------
    MktlabError
        When fewer than five customers bought in what is chosen.
    """
    tiles = page.tiles.set_index("kpi")
    if "active_customers" in tiles.index and is_few(tiles.loc["active_customers", "value"]):
        told = say(
            "Fewer than {least:count} customers bought in what is chosen, so their numbers could "
            "tell who they are: choose more weeks, or a larger group.",
            least=LEAST,
        )
        raise MktlabError(told)
    people = [name for name in tiles.index if KPIS[str(name)].unit == "people"]
    counts = page.tiles["value"].where(page.tiles["kpi"].isin(people))
    cells = ["value", "low", "high", "before"]
    shared = without_few(page.tiles.assign(persons=counts), "persons", cells)
    earlier = page.tiles["before"].where(page.tiles["kpi"].isin(people))
    shared = without_few(shared.assign(persons=earlier), "persons", ["before"])
    weekly = page.weekly
    for name in [name for name in people if name in weekly]:
        weekly = without_few(weekly, name, [name])
    told_of = page.alerts["kpi"].isin(people) & page.alerts["value"].map(is_few)
    return replace(page, tiles=shared, weekly=weekly, alerts=page.alerts[~told_of])
