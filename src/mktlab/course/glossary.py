"""The words of marketing that the course teaches: one meaning each, one French word each.

`glossary.csv` is their one home. A lesson's row in the catalogue names its words, and the table of
words in its notebook is written from here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mktlab.resources import read_text
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean


class Word(NamedTuple):
    """A word: what it means in one line, what a French marketer says, and a note for translators.

    A word without a meaning is one that no lesson explains yet.
    """

    english: str
    meaning: str
    french: str
    note: str


def _read() -> dict[str, Word]:
    _, *rows = csv.reader(read_text("course/glossary.csv").splitlines())
    words = [Word(*row) for row in rows]
    return {word.english: word for word in words}


GLOSSARY: Mapping[str, Word] = _read()
"""English -> the word."""


LEFT = '<div style="display: inline-block">'
"""Opens what holds a table: JupyterLab would center it."""


def table(words: Iterable[str]) -> str:
    """The table of words of a lesson, as Markdown that stands left in JupyterLab, too.

    Raises
    ------
    MktlabError
        For a word that the glossary does not have, or does not explain.

    Examples
    --------
    >>> print(table(["recency"]))
    <div style="display: inline-block">
    <BLANKLINE>
    | word | meaning | en français |
    |:---|:---|:---|
    | recency | days since the last purchase | récence |
    <BLANKLINE>
    </div>
    """
    rows = [LEFT, "", "| word | meaning | en français |", "|:---|:---|:---|"]
    for name in words:
        word = GLOSSARY.get(name)
        if word is None or not word.meaning:
            known = [known for known, explained in GLOSSARY.items() if explained.meaning]
            told = say(
                "course/glossary.csv does not explain {word!r}{near}: give its line a meaning, or "
                "take the word out of course/lessons.toml.",
                word=name,
                near=did_you_mean(name, known),
            )
            raise MktlabError(told)
        rows.append(f"| {word.english} | {word.meaning} | {word.french} |")
    return "\n".join([*rows, "", "</div>"])
