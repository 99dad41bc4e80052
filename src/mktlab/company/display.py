"""How a company shows itself, as text and as HTML.

`facts` gathers what is said about a company; `company_text` and `company_html` say it. The words
depend on the data alone, since they are stored in notebooks and compared.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

import pandas as pd

from mktlab.company.record import Record
from mktlab.schema import MktlabError
from mktlab.show.formats import count, day
from mktlab.show.tables import Grid
from mktlab.show.words import say
from mktlab.tables import TABLES

HEADERS = ("about", "table", "rows", "first day", "last day", "one row per")
FIRST = ("customers", "orders", "order_lines", "products", "prices")
"""With these tables one starts: they are bold on a page."""
MANY = 12
"""With more tables than these, a page tells first what they are about, and each table on demand."""


class Summary(NamedTuple):
    """What is said about a company: a title, a row per table, and sentences."""

    title: str
    rows: list[tuple[str, ...]]
    sentences: list[str]
    notes: tuple[str, ...]


def facts(company: Record) -> Summary:
    """Gather what a company shows of itself."""
    rows: list[tuple[str, ...]] = []
    abouts = list(dict.fromkeys(table.about for table in TABLES.values()))
    last_told = ""
    for name in sorted(company.tables, key=lambda name: abouts.index(TABLES[name].about)):
        about, period = TABLES[name].about, company.period(name)
        days = (f"{day:%Y-%m-%d}" for day in period) if period else ("–", "–")
        told = "" if about == last_told else about
        last_told, rows_of = about, count(len(company.tables[name]))
        rows.append((told, name, rows_of, *days, company.one_row_per(name)))
    return Summary(_title(company), rows, _sentences(company), company.notes)


def _title(company: Record) -> str:
    # Customers may have joined long before the first day that other tables speak of.
    tables = [name for name in company.tables if name != "customers"]
    firsts = [period[0] for name in tables if (period := company.period(name))]
    try:
        last = company.today - pd.Timedelta(days=1)
    except MktlabError:  # no table has a day
        return say("{name}: amounts in {code}", name=company.name, code=company.currency)
    return say(
        "{name}: {first} to {last}, amounts in {code}",
        name=company.name,
        first=day(min([*firsts, last])),
        last=day(last),
        code=company.currency,
    )


def _sentences(company: Record) -> list[str]:
    if company.truth:
        return [say("The market is simulated; its truth is in company.truth.")]
    return [say("Which lessons these tables open: mktlab lesson list --data FOLDER.")]


def company_text(company: Record) -> str:
    """A company as plain text."""
    title, rows, sentences, notes = facts(company)
    table = Grid.of(HEADERS, rows).text()
    told = [say("Note: {note}", note=note) for note in notes]
    return "\n".join([title, "", table, "", *sentences, *told])


def company_html(company: Record) -> str:
    """A company as HTML: a table with a caption, then sentences."""
    title, rows, sentences, notes = facts(company)
    table = Grid.of(HEADERS, rows)
    if len(rows) > MANY:
        summary = say("Each table, with its rows and days")
        more = f"<details><summary>{escape(summary)}</summary>\n{table.html()}\n</details>"
        first = ", ".join(name for _, name, *_ in rows if name in FIRST)
        told = say("{n:count} tables: start with {first} (bold).", n=len(rows), first=first)
        tables = f"{_bold(_abouts(rows).html(caption=f'{title}. {told}'))}\n{more}"
    else:
        tables = table.html(caption=title)
    parts = [tables, *(f"<p>{escape(text)}</p>" for text in sentences)]
    if notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        parts.append(f"<p>{escape(say('Notes on the files:'))}</p><ul>{items}</ul>")
    return "\n".join(parts)


def _abouts(rows: list[tuple[str, ...]]) -> Grid:
    """What the tables are about, a row each, with their number and their names."""
    found: dict[str, list[str]] = {}
    about = ""
    for told, name, *_ in rows:
        about = told or about
        found.setdefault(about, []).append(name)
    heads = (say("about"), say("tables"), say("names"))
    ordered = {
        about: sorted(names, key=lambda name: name not in FIRST) for about, names in found.items()
    }
    told_of = [
        (about.replace(" ", "\u00a0"), count(len(names)), ", ".join(names))
        for about, names in ordered.items()
    ]
    return Grid.of(heads, told_of)


def _bold(html: str) -> str:
    """The names of the first tables in bold, and nothing else."""
    html = re.sub('<th scope="row" style="', '<th scope="row" style="font-weight:normal;', html)
    names = "|".join(FIRST)
    cells = re.compile(r"(?<=>)[^<]*(?=</td>)")
    return cells.sub(lambda m: re.sub(rf"\b({names})\b", r"<b>\1</b>", m.group()), html)
