"""A published work that a lesson names stands among those to go further with."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from stored import ROOT, at, cells, in_every_notebook, notebook_at

from mktlab.course.catalogue import LESSONS

YEAR = r"((?:19|20)\d\d)"
NAME = r"[A-Z][\w’'-]+"
NAMED = re.compile(
    rf"({NAME}(?:(?:,? (?:and|&)|,| et al\.?| and others)? ?{NAME})*[^\s().]*) \({YEAR}\)"
)
IN_BRACKETS = re.compile(rf"\(([A-Z][^()]*?),?\s+{YEAR}\)")
SAID = re.compile(r"real companies|published|meta-analys|surveyed")
FOUND_AT = re.compile(rf"{YEAR}|https?://|\w\.(?:com|org|fr|eu)\b")
FURTHER = "**Go further**"


def works(source: str) -> Iterator[tuple[str, str]]:
    """The works that a text names: authors, and year."""
    for found in (NAMED, IN_BRACKETS):
        for match in found.finditer(source):
            yield re.sub(r"['’]s$", "", match[1]), match[2]


def listed(source: str, authors: str, year: str) -> bool:
    """Whether a list of works has one of these authors and of this year."""
    names = [name for name in re.findall(NAME, authors) if name not in ("Help", "CUPED")]
    entries = re.split(r"^\* ", source, flags=re.MULTILINE)[1:]
    return any(year in entry and any(name in entry for name in names) for entry in entries)


def further(path: Path) -> str:
    """The list of works of the lesson to which a notebook belongs."""
    lesson = next(lesson for lesson in LESSONS if lesson.number == path.name[:2])
    sources = [cell.source for cell in notebook_at(ROOT / lesson.path()).cells]
    return "\n".join(sources).rpartition(FURTHER)[2]


@in_every_notebook
def test_every_work_that_is_named_stands_in_the_list(path):
    known = further(path)
    for cell in cells(path, "markdown"):
        for authors, year in () if FURTHER in cell.source else works(cell.source):
            assert listed(known, authors, year), (
                f"{at(path, cell)}: {authors} ({year}) is not among those to go further with."
            )


@in_every_notebook
def test_every_published_number_says_whose_it_is(path):
    for cell in cells(path, "markdown"):
        for paragraph in cell.source.split("\n\n"):
            told = re.sub(r"\]\([^)]*\)", "]", paragraph)
            if SAID.search(told) and re.search(r"\d%|\d\.\d", told):
                assert FOUND_AT.search(paragraph), (
                    f"{at(path, cell)}: say who published it, and when: {told[:80]!r}"
                )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Booms and Bitner (1981) added three.", True),
        ("as Erlang's (1917) formula", False),
        ("the logit (McFadden, 1974).", False),
        ("(CUPED; Bitner and others, 1981)", True),
        ("by Booms (1982)", False),
    ],
)
def test_a_work_that_is_missing_is_found(text, found):
    book = "**Go further**\n\n* Booms, B. H., & Bitner, M. J. (1981). Marketing strategies."
    ((authors, year),) = works(text)
    assert listed(book, authors, year) is found
