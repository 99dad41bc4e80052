"""The data card of a saved company: what it is, how it was made, its size, license and limits.

`data_card` writes it as Markdown, with the data dictionary of every table, generated from the
declarations in `mktlab.tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from mktlab.company.record import Record
from mktlab.tables import TABLES

PUBLISHED = "mktlab data build"
"""The command that makes the published company."""

_WHAT = """# {name}

{origin}

- **Period**: up to {last:%Y-%m-%d}; the lessons take {today:%Y-%m-%d} as today.
- **Format**: {format} Amounts are in {currency}, net of tax.
- **Description for machines**: `datapackage.json`, with the sha256 of every file.
- **Reading it**: `mktlab.load("{source}")`.
"""

_SIMULATED = """{name} does not exist, and neither do its customers: the market simulator of mktlab
played them week by week. The files are the tables that an analyst of the company would see;
`truth/` holds what is so, which no real analyst ever sees."""

_FORMATS = {
    "csv": """one CSV file per table: UTF-8, comma, decimal point, days as YYYY-MM-DD, moments in
  UTC. An empty cell is a missing value.""",
    "parquet": """one Parquet file per table: ids are text, days are dates, moments are in UTC. A
  null is a missing value.""",
}

_OWN = "The tables of {name}, as they were read and checked by mktlab."

_MADE = """
## How it was made

`{command}` runs the simulator. Every draw follows from the seed{seed}, so the same version
writes the same files again. Behavior follows stated equations, whose numbers are in
`truth/parameters.json`. Defects that real exports have were planted in the tables on purpose:
`truth/flaws.{format}` lists each row that was touched.

## License

CC0 1.0: the data are in the public domain. Names and addresses are made up.

## Limits

- People differ only in the ways that the simulator knows; real ones surprise.
- A method that finds the truth here has passed a first test, no more: check it on your own market.
- No figure here describes a real company, place or product, or may serve as a benchmark.
"""

_TRUTH = """
## Truth

Estimates are compared with these tables; no estimate may use them.
"""


def data_card(company: Record, *, format: str = "csv") -> str:
    """The README.md of a company saved in a format."""
    simulated = bool(company.truth)
    text = _WHAT.format(
        name=company.name,
        origin=(_SIMULATED if simulated else _OWN).format(name=company.name),
        last=company.today - pd.Timedelta(days=1),
        today=company.today,
        currency=company.currency,
        format=_FORMATS[format],
        source="solane" if _command(company) == PUBLISHED else "this folder",
    )
    parts = [text, "\n## Size\n\n", _sizes(company)]
    if company.truth:
        seed = company.truth.parameters.get("seed", "")
        made = {"command": _command(company), "seed": f" {seed}".rstrip(), "format": format}
        parts.append(_MADE.format(**made))
    parts.append("\n## Dictionary\n")
    for name in company.tables:
        parts.append(f"\n### {name}\n\nOne row per {TABLES[name].one_row_per}.\n\n")
        dictionary = company.describe(name).replace("your own column", "column of its own")
        present = dictionary["column"].isin(company.tables[name].columns)
        parts.append(_markdown(dictionary.columns, dictionary[present].itertuples(index=False)))
    if company.truth:
        parts.append(_TRUTH)
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
