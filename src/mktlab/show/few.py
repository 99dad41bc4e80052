"""Groups of so few persons that their numbers may tell who they are: hidden in what is shared.

`LEAST` is the k of k-anonymity (Sweeney, 2002): who looks at a table that leaves the house finds no
group of fewer persons in it. What somebody sees of her own company on her own screen stays whole.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from mktlab.show.words import say

LEAST = 5
"""Persons that a group has at least in a table that is shared."""


def is_few(persons: Any) -> bool:
    """Whether a count is of too few persons; nobody is not few, and a missing count is none.

    >>> [is_few(n) for n in (0, 1, 4, 5, None)]
    [False, True, True, False, False]
    """
    return bool(pd.notna(persons)) and bool(0 < persons < LEAST)


def hidden() -> str:
    """What stands in place of a number of few persons."""
    return say("fewer than {least:count}", least=LEAST)


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
