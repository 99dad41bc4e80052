"""What is wrong with a person's tables, told so that they can mend it without help.

A `Problem` says where, what was found, what is accepted and what to do; `TablesNotReadable` is the
numbered report of all of them. `masked` and `shown` decide how much of a value a report repeats:
messages are pasted into e-mails and tickets, so values that could be personal are never whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mktlab.reading.layout import COMPACT, NAMED, NUMERIC, PART
from mktlab.schema import MktlabError
from mktlab.show.formats import count
from mktlab.show.words import say, say_many
from mktlab.spelling import nearest

Mask = npt.NDArray[np.bool_]

_UNIT = r"(?:[A-Z]{0,2}[€$£¥₹]|EUR|USD|GBP|CHF|kr\.?)"
_NUMBER = re.compile(
    rf"[-+−(]{{0,2}}{_UNIT}?\s?[-+−(]?\d[\d\s.,'’]*({_UNIT}|[-−%)])*", re.IGNORECASE
)
_DAYS = [re.compile(form, re.IGNORECASE) for form in (NUMERIC, COMPACT, *NAMED, PART)]


@dataclass(frozen=True)
class Problem:
    """One kind of problem in one place; `rows` says how many rows share it.

    `line` is the line of the file, that of the headers often being line 1; in a workbook it is the
    row of the sheet, in a Parquet file the number of the row, the first being row 1.

    >>> print(Problem("orders.csv", "-3.5", "an amount", "mend it", 45, "revenue", rows=12))
    orders.csv, column revenue: 12 rows, first at line 45
       found:    -3.5
       accepted: an amount
       do:       mend it
    """

    file: str
    found: str
    accepted: str
    fix: str
    line: int | None = None
    column: str = ""
    rows: int = 1

    def __str__(self) -> str:
        where = self.file + (say(", column {column}", column=self.column) if self.column else "")
        if self.line is not None:
            unit = "row" if self.file.lower().endswith((".parquet", ".xlsx", ".xlsm")) else "line"
            place = f"{unit} {count(self.line)}"
            many = say("{rows:count} rows, first at {place}", rows=self.rows, place=place)
            where += f": {many if self.rows > 1 else place}"
        parts = {"found": self.found, "accepted": self.accepted, "do": self.fix}
        lines = [
            f"   {name + ':':<9} " + text.replace("\n", "\n             ")
            for name, text in parts.items()
            if text
        ]
        return "\n".join([where, *lines])


class Unreadable(Exception):  # noqa: N818 - never reaches a person: it carries a Problem
    """Nothing of a file, or of several, can be used."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*map(str, problems))
        self.problems = list(problems)


class Refused(Unreadable):
    """A tool's report that holds, as it was exported, no table of the course."""


FORMS = "a CSV file (separator , ; tab or |), an Excel or a Parquet file, with one line of headers"


def unreadable(
    file: str, found: str, why: str = "", *, line: int | None = None, fix: str = ""
) -> Unreadable:
    """The error of a file of which nothing can be used."""
    found += f" ({why.splitlines()[0]})" if why else ""
    fix = fix or say("export the table again, or take the file out of the folder")
    return Unreadable(Problem(file, found, FORMS, fix, line))


class TablesNotReadable(MktlabError):  # noqa: N818 - reads as a sentence in a report
    """The tables of a folder cannot be used as they are; `problems` lists everything to mend.

    `notes` are sentences on what is well all the same, for whoever tells all of a folder.
    """

    def __init__(
        self, folder: object, problems: Iterable[Problem], notes: Iterable[str] = ()
    ) -> None:
        self.problems, self.notes = list(problems), list(notes)
        report = [f"{number}. {problem}" for number, problem in enumerate(self.problems, 1)]
        super().__init__(
            "\n\n".join(
                [
                    say_many(
                        "{n} problem in {folder}; nothing was loaded.",
                        "{n} problems in {folder}; nothing was loaded.",
                        len(self.problems),
                        folder=folder,
                    ),
                    *report,
                ]
            )
        )


def counted(words: Mapping[str, int]) -> str:
    """Words with how often each stands there.

    >>> counted({"paid": 1200, "sent": 3})
    'paid (1,200), sent (3)'
    """
    return ", ".join(say("{word} ({n:count})", word=word, n=n) for word, n in words.items())


def meant(key: str, said: object, known: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is not known: the line with the likeliest, else `otherwise`.

    >>> meant("file", "ordres.csv", ["orders.csv"], "mend it")
    'write file = "orders.csv", if that is meant'
    """
    likely = nearest(said, known)
    line = say('write {key} = "{likely}", if that is meant', key=key, likely=likely)
    return line if likely else otherwise


def masked(text: str) -> str:
    """The first letter only.

    >>> masked("jane@example.com")
    'j***'
    """
    return f"{text.strip()[:1]}***"


def shown(text: str) -> str:
    """A number or a day as it is; anything else, long numbers such as phones too, masked.

    >>> shown("1.234,5"), shown("30-Feb-2024"), shown("Jane"), shown("06 12 34 56 78")
    ('1.234,5', '30-Feb-2024', 'J***', '0***')
    """
    text = text.strip()
    day = any(form.fullmatch(text) for form in _DAYS)
    if day or (_NUMBER.fullmatch(text) and sum(map(str.isdigit, text)) <= 9):
        return text
    return masked(text)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a column, before it is known which file it came from; `rows` marks where."""

    rows: Mask
    found: str
    fix: str
    accepted: str = ""


def spread(fault: Fault, codes: Any) -> Fault:
    """A fault of distinct values as one of the rows that hold them; `codes` are Arrow indices."""
    places = codes.fill_null(-1).to_numpy()
    return replace(fault, rows=fault.rows[places] & (places >= 0))
