"""Other people's headers: which of a file's columns is which of a table's.

`Mapping` is what the reader wrote into `columns.toml`; `read_mapping` reads it. `assign` finds the
declared columns among a file's headers, and `proposal` writes the lines of `columns.toml` that
would map the likeliest ones. A header that merely looks alike is proposed, never taken.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mktlab.files import parse_toml
from mktlab.reading.dialect import decode
from mktlab.reading.problems import Problem
from mktlab.reading.settings import ORDERS, Settings
from mktlab.resources import declared
from mktlab.schema import Table
from mktlab.show.words import say
from mktlab.spelling import nearest, plain

FILE = "columns.toml"
_KEYS = {"decimal": (".", ","), "date_order": ORDERS}

SYNONYMS: dict[str, list[str]] = declared("reading/synonyms.toml")
"""How exports in English and French name the columns that own data usually has."""


@dataclass
class Mapping:
    """What `columns.toml` says: headers by table and column, settings, files, samples.

    `of` gives the settings of a table; what holds for the whole folder is in `folder`.
    """

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    samples: dict[str, float] = field(default_factory=dict)
    currency: str = ""
    folder: Settings = field(default_factory=Settings)
    problems: list[Problem] = field(default_factory=list)

    def of(self, table: str) -> Settings:
        """The settings of a table, whether `columns.toml` speaks of it or not."""
        return self.settings.get(table, self.folder)


def read_mapping(path: Path, tables: dict[str, Table]) -> Mapping:
    """Read `columns.toml`; a mistake in it becomes a problem and the rest still counts.

    Its tables are those of `tables`, each with lines `column = "header of the file"` and, if need
    be, `file = "name of the file"`, `decimal = ","` and `date_order = "day first"`; `sample = 0.1`
    says that a table holds a tenth of what `Table.sample_of` names. Above them may stand
    `currency = "EUR"`.
    """
    mapping = Mapping()
    try:
        said = parse_toml(decode(path).removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else None
        accepted = say('lines such as [orders] and order_id = "header of your file"')
        fix = say("mend that line; text stands in double quotes")
        mapping.problems = [Problem(path.name, line, "", str(error), accepted, fix)]
        return mapping
    for name, lines in said.items():
        if name == "currency" and isinstance(lines, str):
            mapping.currency = lines
        elif name in tables and isinstance(lines, dict):
            _take(mapping, tables[name], lines)
        else:
            known = say("currency, or a table: {tables}", tables=", ".join(tables))
            mapping.problems.append(_unknown(f"[{name}]", nearest(name, tables), known))
    return mapping


def _take(mapping: Mapping, table: Table, lines: dict[str, Any]) -> None:
    columns = [column.name for column in table.columns]
    others = ["file", *_KEYS, *(["sample"] if table.sample_of else [])]
    headers = mapping.headers.setdefault(table.name, {})
    settings = {}
    for key, said in lines.items():
        accepted = _KEYS.get(key)
        wanted = " or ".join(json.dumps(value) for value in accepted or ("text",))
        sound = isinstance(said, str) and (accepted is None or said in accepted)
        if key == "sample":
            wanted = say("the share of the {drawn} that it holds, 0.1", drawn=table.sample_of)
            sound = type(said) in (int, float) and 0 < said <= 1
        if key not in (*columns, *others):
            known = say(
                "a column of {name}: {columns}; {others}",
                name=table.name,
                columns=", ".join(columns),
                others=", ".join(others),
            )
            found = say("{key} under [{name}]", key=key, name=table.name)
            mapping.problems.append(_unknown(found, nearest(key, columns), known))
        elif not sound:
            found = say("{key} = {said!r} under [{name}]", key=key, said=said, name=table.name)
            mapping.problems.append(Problem(FILE, None, "", found, wanted, say("mend that line")))
        elif key == "file":
            mapping.files[table.name] = said
        elif key == "sample":
            mapping.samples[table.name] = said
        elif accepted:
            settings[key] = said
        else:
            headers[key] = said.strip()
    mapping.settings[table.name] = Settings(**settings)


def _unknown(found: str, likely: str, known: str) -> Problem:
    fix = (
        say("write {likely}, if that is meant", likely=likely)
        if likely
        else say("mend or remove that line")
    )
    return Problem(FILE, None, "", found, known, fix)


def assign(
    table: Table, headers: Iterable[str], said: dict[str, str], file: str
) -> tuple[dict[str, str], list[Problem]]:
    """Find the declared columns among the headers: as mapped, else by name in any case.

    Returns
    -------
    column -> header, and a problem for each mapped header that the file does not have.
    """
    headers = list(headers)
    taken, problems = {}, []
    exact = [header for header in headers if header in {column.name for column in table.columns}]
    by_plain = {plain(header): header for header in [*reversed(headers), *exact]}
    for column in table.columns:
        if column.name in said:
            header = said[column.name]
            if header in headers:
                taken[column.name] = header
                continue
            likely = nearest(header, headers)
            fix = (
                say('write {name} = "{likely}", if that is meant', name=column.name, likely=likely)
                if likely
                else say("mend it")
            )
            found = say(
                '{name} = "{header}", a header that {file} does not have',
                name=column.name,
                header=header,
                file=file,
            )
            accepted = say("a header of {file}: {headers}", file=file, headers=", ".join(headers))
            problems.append(Problem(FILE, None, "", found, accepted, fix))
        elif plain(column.name) in by_plain and by_plain[plain(column.name)] not in said.values():
            taken[column.name] = by_plain[plain(column.name)]
    return taken, problems


def proposal(table: Table, headers: Iterable[str], taken: dict[str, str]) -> str:
    """The lines of columns.toml that map the likeliest headers, ready to paste.

    >>> from mktlab.tables import TABLES
    >>> print(proposal(TABLES["competitor_prices"], ["Semaine", "Famille", "Indice"], {}))
    [competitor_prices]
    week = "Semaine"
    category = "Famille"
    # price_index = "..."
    """
    free = [header for header in headers if header not in taken.values()]
    lines = [f"[{table.name}]"]
    found = dict(taken)
    for cutoff in (1.0, 0.6):  # exact synonyms first, so that a near miss does not take their place
        for column in table.columns:
            if column.name in found or (cutoff < 1 and not column.required):
                continue
            names = (column.name, *SYNONYMS.get(column.name, ()))
            scores = {header: max(_alike(header, name) for name in names) for header in free}
            best = max(scores, key=lambda header: scores[header], default="")
            if best and scores[best] >= cutoff:
                found[column.name] = best
                free.remove(best)
    for column in table.columns:
        if column.name not in taken and (column.name in found or column.required):
            header = found.get(column.name)
            quoted = json.dumps(header, ensure_ascii=False) if header else '"..."'
            lines.append(f"{'' if header else '# '}{column.name} = {quoted}")
    return "\n".join(lines)


def _alike(header: str, name: str) -> float:
    return difflib.SequenceMatcher(None, plain(header), plain(name)).ratio()
