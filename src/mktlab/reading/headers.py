"""Other people's headers: which of a file's columns is which of a table's.

`assign` finds the declared columns among a file's headers, and `proposal` writes the lines of
`columns.toml` that would map the likeliest ones. A header that merely looks alike is proposed,
never taken.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable

from mktlab.reading.mapping import FILE
from mktlab.reading.problems import Problem
from mktlab.resources import declared
from mktlab.schema import Table
from mktlab.show.words import say
from mktlab.spelling import nearest, plain

SYNONYMS: dict[str, list[str]] = declared("reading/synonyms.toml")
"""How exports in English and French name the columns that own data usually has."""


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
