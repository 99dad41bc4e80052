"""The catalogue: which lessons there are, what each needs, and in which order one does them.

`lessons.toml` is read once into `LESSONS`. Whatever lists lessons (the README, the map in lesson
00, what a folder of tables opens, the tests) asks here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from mktlab.resources import declared
from mktlab.schema import MktlabError
from mktlab.show.words import say

PARTS: Mapping[str, str] = {
    "": "To begin with",
    "1_segmentation": "Segmentation",
    "2_marketing_mix": "Marketing mix",
    "3_prediction": "Prediction",
    "4_measurement": "Measurement",
    "5_practice": "Practice",
}
"""Folder of a part -> the part in words."""


class Lesson(NamedTuple):
    """One lesson: its place, question, tables and minutes, what comes before, its new words.

    `report` is the title of what it finds out about a reader's own company, `listed` the variable
    of its notebook that has a row per customer; tables `instead` are enough without the others.
    """

    name: str
    title: str
    question: str
    tables: tuple[str, ...]
    read: int
    part: str = ""
    instead: tuple[str, ...] = ()
    more: str = ""
    exercise: int = 0
    after: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    own: bool = True
    report: str = ""
    listed: str = ""

    @property
    def number(self) -> str:
        """Its number, such as "11"."""
        return self.name.partition("_")[0]

    @property
    def heading(self) -> str:
        """Number and title, as a link shows them.

        >>> find(11).heading
        '11 · RFM'
        """
        return f"{self.number} · {self.title}"

    def path(self, folder: str = "notebooks") -> PurePosixPath:
        """Where its notebook lies, from the project's folder.

        >>> find(11).path("exercises").as_posix()
        'exercises/1_segmentation/11_rfm_exercise.ipynb'
        """
        kind = "" if folder == "notebooks" else f"_{folder.removesuffix('s')}"
        return PurePosixPath(folder, self.part, f"{self.name}{kind}.ipynb")

    def opens(self, tables: Collection[str]) -> bool:
        """Whether these tables, of a reader's own company, are enough for it.

        >>> find(11).opens(["orders"]), find(23).opens(["orders"])
        (True, False)
        """
        return self.own and not self.lacks(tables)

    def lacks(self, tables: Collection[str]) -> list[str]:
        """The tables that it needs beyond these.

        >>> find(11).lacks(["customers"]), find(11).lacks(["orders"])
        (['orders'], [])
        """
        if self.instead and set(self.instead) <= set(tables):
            return []
        return [table for table in self.tables if table not in tables]


def _read() -> tuple[Lesson, ...]:
    rows = declared("course/lessons.toml")
    lists = ("tables", "instead", "after", "words")
    for name, row in rows.items():
        row |= {key: tuple(row[key]) for key in lists if key in row}
        needed = {field for field in Lesson._fields if field not in Lesson._field_defaults} - {
            "name"
        }
        wrong = {
            say("lacks"): needed - set(row),
            say("has an odd"): set(row) - set(Lesson._fields[1:]),
            say("comes after a lesson that is not there,"): set(row.get("after", ())) - set(rows),
        }
        for problem, keys in wrong.items():
            if keys:
                told = say(
                    "course/lessons.toml: [{name}] {problem} {keys}; write its row as those of the "
                    "other lessons are.",
                    name=name,
                    problem=problem,
                    keys=", ".join(sorted(keys)),
                )
                raise MktlabError(told)
    return tuple(Lesson(name=name, **rows[name]) for name in sorted(rows))


LESSONS = _read()
"""Every lesson, by number."""


def find(lesson: str | int) -> Lesson:
    """The lesson of that name or number.

    Raises
    ------
    MktlabError
        If there is none.

    Examples
    --------
    >>> find(41).question
    'What is a number?'
    """
    said = f"{lesson:02}" if isinstance(lesson, int) else str(lesson)
    for known in LESSONS:
        if said in (known.name, known.number):
            return known
    names = ", ".join(known.name for known in LESSONS)
    raise MktlabError(
        say("There is no lesson {lesson!r}: choose among {names}.", lesson=lesson, names=names)
    )


def course() -> Iterator[Lesson]:
    """The lessons in the order in which one does them: what a lesson builds on comes before it.

    >>> [lesson.number for lesson in course()][:2]
    ['00', '01']
    """
    done: set[str] = set()
    while len(done) < len(LESSONS):
        later = [x for x in LESSONS if x.name not in done]
        ready = next((x for x in later if done.issuperset(x.after)), None)
        if ready is None:
            names = ", ".join(x.name for x in later)
            told = say(
                "course/lessons.toml: each of {names} comes after another of them.", names=names
            )
            raise MktlabError(told)
        done.add(ready.name)
        yield ready
