"""The data card of a saved company: what it is, how it was made, its size, license and limits.

`data_card` writes it as Markdown, with the data dictionary of every table, generated from the
declarations in `mktlab.tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from mktlab.company.record import Record
from mktlab.resources import declared

PUBLISHED = "mktlab data build"
"""The command that makes the published company."""

_WORDS = declared("company/datacard.toml")


def data_card(company: Record, *, format: str = "csv") -> str:
    """The README.md of a company saved in a format."""
    simulated = bool(company.truth)
    text = _WORDS["what"].format(
        name=company.name,
        origin=_WORDS["simulated" if simulated else "own"].format(name=company.name),
        last=company.today - pd.Timedelta(days=1),
        today=company.today,
        currency=company.currency,
        format=_WORDS["formats"][format],
        source="solane" if _command(company) == PUBLISHED else "this folder",
    )
    parts = [text, "\n## Size\n\n", _sizes(company)]
    if company.truth:
        seed = company.truth.parameters.get("seed", "")
        made = {"command": _command(company), "seed": f" {seed}".rstrip(), "format": format}
        parts.append(_WORDS["made"].format(**made))
    parts.append("\n## Dictionary\n")
    for name in company.tables:
        parts.append(f"\n### {name}\n\nOne row per {company.one_row_per(name)}.\n\n")
        dictionary = company.describe(name).replace("your own column", "column of its own")
        present = dictionary["column"].isin(company.tables[name].columns)
        parts.append(_markdown(dictionary.columns, dictionary[present].itertuples(index=False)))
    if company.truth:
        parts.append(_WORDS["truth"])
        for name, table in company.truth.ready.items():
            meanings = company.truth.meanings
            parts.append(f"\n### truth/{name}\n\n{meanings.get(name, '')}\n\n")
            rows = [(column, meanings.get(f"{name}.{column}", "")) for column in table]
            parts.append(_markdown(("column", "meaning"), rows))
    return "".join(parts)


def _command(company: Record) -> str:
    """The command that makes a simulated company again; "" for a real one."""
    if not company.truth:
        return ""
    played = [company.truth.parameters.get(name) for name in ("people", "weeks", "seed")]
    if played == [12_000, 156, 2023]:
        return PUBLISHED
    return "mktlab data --people {} --weeks {} --seed {}".format(*played)


def _sizes(company: Record) -> str:
    summary = company.describe()
    rows = zip(
        summary["table"],
        summary["one_row_per"],
        (f"{count:,}" for count in summary["rows"]),
        (str(count) for count in summary["columns"]),
        strict=True,
    )
    return _markdown(("table", "one row per", "rows", "columns"), rows)


def _markdown(headers: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    headers = list(headers)
    lines = [headers, ["---"] * len(headers), *([str(cell) for cell in row] for row in rows)]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )
