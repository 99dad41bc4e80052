"""The page in words: tiles, tables and alerts as HTML, and the same as plain sentences.

Nothing is told by color alone: every status has a word and a sign. `STYLE` keeps text on its
ground at a contrast of 4.5 to 1 or better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from mktlab.dashboard.figures import Page
from mktlab.dashboard.filters import said
from mktlab.kpi.registry import KPIS
from mktlab.kpi.tree import shown
from mktlab.resources import read_text
from mktlab.show.formats import decimal, share
from mktlab.show.tables import Grid
from mktlab.show.words import label, say, say_many

SIGNS = {"on target": "✓", "off target": "✗", "too early to tell": "?", "no target": "–"}
STYLE = f"<style>\n{read_text('dashboard/page/board.css')}</style>"


def html(*parts: str) -> str:
    """Parts of the page, styled."""
    return f'{STYLE}<div class="mktlab-board">{"".join(parts)}</div>'


def status(text: str) -> str:
    """A sentence that screen readers announce."""
    return html(f'<p role="status">{escape(text)}</p>')


def value_of(name: str, value: float, currency: str) -> str:
    """A KPI's value as people write it.

    >>> value_of("late_share", 0.102, "EUR"), value_of("cac", 31.5, "USD")
    ('10.2%', '$31.50')
    """
    return "unknown" if pd.isna(value) else shown(float(value), KPIS[name].unit, currency)


def range_of(name: str, low: float, high: float, currency: str) -> str:
    """Two values of a KPI, the unit told once.

    >>> range_of("nps", 20.04, 33.77, "EUR"), range_of("late_share", 0.09, 0.115, "EUR")
    ('20.0 to 33.8 points', '9.0% to 11.5%')
    """
    unit = KPIS[name].unit
    if unit in ("share", "currency"):
        ends = value_of(name, low, currency), value_of(name, high, currency)
        return say("{low} to {high}", low=ends[0], high=ends[1])
    digits = 0 if high >= 100 else 1
    return say("{low} to {high}", low=decimal(low, digits), high=decimal(high, digits)) + f" {unit}"


def change_of(name: str, value: float, before: float) -> str:
    """How a KPI has moved: shares and points by their difference, all else in percent.

    >>> change_of("late_share", 0.102, 0.075), change_of("revenue", 90.0, 100.0)
    ('2.7 points more than', '10% less than')
    """
    unit = KPIS[name].unit
    if unit in ("share", "points"):
        moved = (value - before) * (100 if unit == "share" else 1)
        size = say("{size:decimal} points", size=abs(moved))
    else:
        moved = value / before - 1 if before else 0.0
        size = share(abs(moved))
    if not re.search("[1-9]", size):
        return say("as much as")
    if moved > 0:
        return say("{size} more than", size=size)
    return say("{size} less than", size=size)


def tiles(page: Page) -> str:
    """The tiles, a list item each."""
    items = []
    for tile in page.tiles.itertuples():
        look = {"on target": "mktlab-on", "off target": "mktlab-off"}.get(str(tile.status), "")
        lines = [escape(text) for text in tile_lines(tile, page)]
        body = "".join(f"<p>{line}</p>" for line in lines[1:])
        title = f"<h3>{escape(str(tile.label))}</h3>"
        items.append(f'<li class="{look}">{title}<b>{lines[0]}</b>{body}</li>')
    rule = say(
        "A tile without a target of yours is held against what was measured {before}. Chance was "
        "in both, so the interval of the difference decides; of these verdicts at most 5% are "
        "expected to be false.",
        before=against(page),
    )
    listed = f"<ul class='mktlab-tiles'>{''.join(items)}</ul>"
    return f"<h2>{escape(title_of(page))}</h2>{listed}<p>{escape(rule)}</p>"


def title_of(page: Page) -> str:
    """Which weeks, and of whom."""
    last = page.selection.end - pd.Timedelta(days=1)
    weeks = say_many("{n} week", "{n} weeks", page.selection.weeks)
    return say(
        "{first:day} to {last:day} ({weeks}), {whose}",
        first=page.selection.start,
        last=last,
        weeks=weeks,
        whose=said(page.selection),
    )


def tile_lines(row: Any, page: Page, *, interval: bool = True) -> list[str]:
    """A tile's lines: value, interval (where it is asked for), target, change."""
    name, currency = str(row.kpi), page.currency
    if isinstance(row.value, str):
        return [row.value]
    lines = [value_of(name, row.value, currency)]
    if interval and pd.notna(row.low) and pd.notna(row.high):
        ends = range_of(name, row.low, row.high, currency)
        lines.append(say("95% interval: {ends}", ends=ends))
    state, target = str(row.status), row.target
    aim = value_of(name, target, currency).removesuffix(f" {KPIS[name].unit}")
    goal = say(", target {target}", target=aim)
    lines.append(f"{SIGNS[state]} {label(state)}{goal if pd.notna(target) else ''}")
    if pd.notna(row.before) and not isinstance(row.before, str):
        lines.append(f"{change_of(name, row.value, row.before)} {against(page)}")
    return lines


def against(page: Page) -> str:
    """What the page is compared with."""
    return say("a year before") if page.selection.against == "year" else say("in the weeks before")


def alert_sentences(page: Page) -> list[str]:
    """Each alert as a sentence."""
    found = []
    rows: Iterable[Any] = page.alerts.itertuples()
    for row in rows:
        name = str(row.kpi)
        floor = 0.0 if row.value >= 0 and row.low < 0 else row.low
        usual = range_of(name, floor, row.high, page.currency)
        words = {"better": say("better than usual"), "worse": say("worse than usual")}
        seen = f"{KPIS[name].label} {value_of(name, row.value, page.currency)}"
        found.append(
            say(
                "Week of {week:%Y-%m-%d}: {seen}, {word} (usually {usual})",
                week=row.week,
                seen=seen,
                word=words.get(str(row.side), say("unusual")),
                usual=usual,
            )
        )
    return found


def alert_list(page: Page, *, sigmas: float, most: int = 8) -> str:
    """The latest alerts, and how many there are."""
    sentences = alert_sentences(page)
    title = say("Alerts: {alerts} in the last weeks shown", alerts=len(sentences))
    asked = say(
        "A week is told when it lies more than {sigmas:g} standard deviations from the 26 weeks "
        "before it. Unusual is not yet important: look before you act.",
        sigmas=sigmas,
    )
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences[:most])
    more = len(sentences) - most
    rest = f"<ul>{items}</ul>" if items else f"<p>{say('No alert.')}</p>"
    if more > 0:
        rest += f"<p>{say('And {more} earlier ones, in the workbook.', more=more)}</p>"
    return f"<h2>{title}</h2><p>{asked}</p>{rest}"


def channel_table(page: Page) -> str:
    """What each channel costs and brings."""
    if page.channels.empty:
        return ""
    known = page.channels.rename(label).apply(
        lambda column: column.map(lambda value: value_of(str(column.name), value, page.currency))
    )
    known = known.replace({"unknown": "–", " visits$": ""}, regex=True)
    rows = [[str(cell).replace("_", " ") for cell in row] for row in known.itertuples()]
    heads = ["Channel", *(KPIS[str(name)].label for name in page.channels)]
    told = say("These weeks, all customers")
    return "<h2>Channels</h2>" + Grid.of(heads, rows).html(caption=told, label=told)


def notes(page: Page) -> str:
    """What is not known, a paragraph each; closed, what tables would add, how files were read."""
    added = [f"{lacks}: {', '.join(labels)}" for lacks, labels in page.further.items()]
    told = "".join(f"<p>{escape(note)}</p>" for note in page.notes)
    told += _closed(say("What further tables would add"), added)
    return told + _closed(say("How the files were read"), page.account)


def _closed(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<details><summary>{title}</summary><ul>{items}</ul></details>" if lines else ""


def summary(page: Page) -> str:
    """The page in one paragraph: what is told where it cannot be shown."""
    tiles: Iterable[Any] = page.tiles.itertuples()
    told = [f"{tile.label} {tile_lines(tile, page)[0]} ({tile.status})" for tile in tiles]
    count = len(page.alerts)
    alerts = say_many("{n} alert", "{n} alerts", count) if count else say("no alert")
    return f"{title_of(page)}: {', '.join(told)}; {alerts}."
