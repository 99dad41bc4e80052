"""How a company and its truth show themselves, as text and as HTML.

`facts` gathers what is said about a company; `company_text` and `company_html` say it, and
`truth_text` and `truth_html` do the same for a truth. The words depend on the data alone, since
they are stored in notebooks and compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from mktlab.schema import MktlabError
from mktlab.tables import LESSONS, TABLES

if TYPE_CHECKING:
    from mktlab.company import Company, Truth

HEADERS = ("table", "rows", "first day", "last day", "one row per")


class Summary(NamedTuple):
    """What is said about a company: a title, a row per table, and sentences."""

    title: str
    rows: list[tuple[str, ...]]
    sentences: list[str]
    notes: tuple[str, ...]


def facts(company: Company) -> Summary:
    """Gather what a company shows of itself."""
    rows: list[tuple[str, ...]] = []
    for name, table in company.tables.items():
        period = company.period(name)
        first, last = (f"{day:%Y-%m-%d}" for day in period) if period else ("", "")
        rows.append((name, f"{len(table):,}", first, last, TABLES[name].one_row_per))
    return Summary(_title(company), rows, _sentences(company), company.notes)


def _title(company: Company) -> str:
    # Customers may have joined long before the first day that other tables speak of.
    tables = [name for name in company.tables if name != "customers"]
    firsts = [period[0] for name in tables if (period := company.period(name))]
    amounts = f"amounts in {company.currency}"
    try:
        last = company.today - pd.Timedelta(days=1)
    except MktlabError:  # no table has a day
        return f"{company.name}: {amounts}"
    return f"{company.name}: {min([*firsts, last]):%Y-%m-%d} to {last:%Y-%m-%d}, {amounts}"


def _sentences(company: Company) -> list[str]:
    lacking = {
        lesson: [table for table in needed if table not in company.tables]
        for lesson, needed in LESSONS.items()
    }
    ready = [lesson for lesson, tables in lacking.items() if not tables]
    sentences = [f"Lessons that these tables open: {', '.join(ready)}."] if ready else []
    sentences += [
        f"{', '.join(tables)} would open {lesson}." for lesson, tables in lacking.items() if tables
    ]
    if company.truth:
        sentences.append("The market is simulated; its truth is in company.truth.")
    return sentences


def company_text(company: Company) -> str:
    """A company as plain text."""
    title, rows, sentences, notes = facts(company)
    table = [HEADERS, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(HEADERS))]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if header == "rows" else cell.ljust(width)
            for header, cell, width in zip(HEADERS, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([title, "", *lines, "", *sentences, *(f"Note: {note}" for note in notes)])


def company_html(company: Company) -> str:
    """A company as HTML: a table with a caption, then sentences."""
    title, rows, sentences, notes = facts(company)
    parts = [_table(title, HEADERS, rows), *(f"<p>{escape(text)}</p>" for text in sentences)]
    if notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        parts.append(f"<p>Notes on the files:</p><ul>{items}</ul>")
    return "\n".join(parts)


def truth_text(truth: Truth) -> str:
    """A truth as plain text."""
    lines = [f"{name} ({rows}): {meaning}".strip() for name, rows, meaning in _truth_rows(truth)]
    return "\n".join(["The truth of a simulated market", *lines])


def truth_html(truth: Truth) -> str:
    """A truth as an HTML table."""
    headers = ("name", "holds", "meaning")
    return _table("The truth of a simulated market", headers, _truth_rows(truth))


def _truth_rows(truth: Truth) -> list[tuple[str, ...]]:
    sizes = {name: _size_of(table) for name, table in truth._tables.items()}
    sizes |= dict.fromkeys(truth._later, "worked out when asked for")
    rows = [(f"truth.{name}", size, truth.meanings.get(name, "")) for name, size in sizes.items()]
    count = len(truth.parameters)
    entries = "1 entry" if count == 1 else f"{count} entries"
    return [*rows, ("truth.parameters", entries, "The numbers that the market was played with.")]


def _size_of(table: pd.DataFrame) -> str:
    return "1 row" if len(table) == 1 else f"{len(table):,} rows"


def _table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = []
    for first, *others in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
        body.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return "\n".join(
        [
            "<table>",
            f"<caption>{escape(caption)}</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *body,
            "</tbody>",
            "</table>",
        ]
    )
