"""Other people's headers: which of a file's columns is which of a table's.

`assign` finds the declared columns among a file's headers. A header that merely means the same is
proposed (`proposing`), never taken.
"""

from __future__ import annotations

from collections.abc import Iterable

from mktlab.reading.mapping import FILE
from mktlab.reading.problems import Problem, meant
from mktlab.schema import Table
from mktlab.show.words import say
from mktlab.spelling import plain


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
            if not header:
                continue
            if header in headers:
                taken[column.name] = header
                continue
            fix = meant(column.name, header, headers, say("mend it"))
            found = say(
                '{name} = "{header}", a header that {file} does not have',
                name=column.name,
                header=header,
                file=file,
            )
            accepted = say("a header of {file}: {headers}", file=file, headers=", ".join(headers))
            problems.append(Problem(FILE, found, accepted, fix))
        elif plain(column.name) in by_plain and by_plain[plain(column.name)] not in said.values():
            taken[column.name] = by_plain[plain(column.name)]
    return taken, problems
