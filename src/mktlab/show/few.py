"""Groups of so few persons that their numbers may tell who they are: hidden in what is shared.

`LEAST` is the k of k-anonymity (Sweeney, 2002): who looks at a table that leaves the house finds no
group of fewer persons in it. What somebody sees of her own company on her own screen stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from mktlab.show.words import say

LEAST = 5
"""Persons that a group has at least in a table that is shared."""
_WHO = (
    r"\b(?:acheteurs|buyers|clients|customers|newcomers|people|persons|personnes|visit(?:eu|o)rs)\b"
)
_COUNT = re.compile(rf"[1-{LEAST - 1}](?:\.0+)?")
_TOLD = re.compile(
    rf"(?<![\w.,%€$£−-])(?<!\bin )[1-{LEAST - 1}](?= (?:of (?:the |these |those |your )?)?"
    rf"(?:[a-z]+ )?{_WHO})"
)
_RATE = re.compile(r"\b(?:share|part|per|rate)\b|%")
_DRAWN = re.compile(
    rf"(?i)\. (?:number of |new |weekly )*{_WHO}[^.:]*\bby [^:]*: "
    rf"(?:.*[ −])?[1-{LEAST - 1}](?= \(| to |[,.;](?!\d)|$)"
)


def is_few(persons: Any) -> bool:
    """Whether a count is of too few persons; nobody is not few, and a missing count is none.

    >>> [is_few(n) for n in (0, 1, 4, 5, None)]
    [False, True, True, False, False]
    """
    return bool(pd.notna(persons)) and bool(0 < persons < LEAST)


def hidden() -> str:
    """What stands in place of a number of few persons."""
    return say("fewer than {least:count}", least=LEAST)


def told_of_few() -> str:
    """What one must know of a report from which something was taken."""
    return say(
        "So that it can be passed on, rows of persons are left out, and counts of {few} persons "
        "hidden. Look through it yourself before you do.",
        few=hidden(),
    )


def without_few(table: pd.DataFrame, persons: str, cells: list[str]) -> pd.DataFrame:
    """A table without these cells in rows that count too few persons.

    Parameters
    ----------
    table
        A row per group.
    persons
        The column that counts the persons of a group.
    cells
        The columns that tell of them, the count among them if it is to be hidden, too.

    Examples
    --------
    >>> groups = pd.DataFrame({"city": ["Lyon", "Nice"], "buyers": [9, 2], "revenue": [90, 70]})
    >>> without_few(groups, "buyers", ["buyers", "revenue"])
       city        buyers       revenue
    0  Lyon             9            90
    1  Nice  fewer than 5  fewer than 5
    """
    few = table[persons].map(is_few)
    changed = {name: table[name].astype(object).where(~few, hidden()) for name in cells}
    return table.assign(**changed)


def few_cells(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """The cells of a written table, by row and column, that tell of too few persons.

    A column such as "customers" counts those of whom its row tells, so that the row's other figures
    go, too; one such as "new customers", or a row of that name, counts for itself alone.

    >>> few_cells(["city", "customers", "sales"], [["Lyon", "120", "€900"], ["Nice", "3", "€20"]])
    {(1, 1), (1, 2)}
    >>> few_cells(["kpi", "value"], [["revenue", "3"], ["new customers", "2"]])
    {(1, 1)}
    """
    found = set()
    for row, cells in enumerate(rows):
        named = _counts_people(cells[0]) if cells else False
        for place, cell in enumerate(cells):
            head = heads[place] if place < len(heads) else ""
            if not _COUNT.fullmatch(cell) or not (_counts_people(head) or (named and place)):
                continue
            found.add((row, place))
            if re.fullmatch(_WHO, head.strip().casefold()):
                found |= {(row, n) for n, text in enumerate(cells) if n and re.search(r"\d", text)}
    return found


def _counts_people(name: str) -> bool:
    name = name.casefold().replace("_", " ")
    return bool(re.search(_WHO, name)) and not _RATE.search(name)


def words_without_few(text: str) -> str:
    """Sentences in which no count of persons is of too few.

    >>> words_without_few("3 new customers brought €4, 12 customers came, 1 in 4 customers left.")
    'fewer than 5 new customers brought €4, 12 customers came, 1 in 4 customers left.'
    """
    return _TOLD.sub(hidden(), text)


def draws_few(described: str) -> bool:
    """Whether a chart, by its description, counts customers and draws too few of them.

    >>> draws_few("Many are new. Customers by year. Bars: from 90 (2023) to 3 (2024).")
    True
    >>> draws_few("Many are new. Share of customers by year. Bars: from 3% (2023) to 9% (2024).")
    False
    """
    return bool(_DRAWN.search(described))
