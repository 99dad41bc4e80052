"""The skeleton of a new lesson: a small true example that runs, with a TODO wherever to fill it in.

`write` puts each file of `templates/` into its place. A template of a notebook is its cells, each
below a line `%% kind id tags`.
"""

from __future__ import annotations

import re
from pathlib import Path

from mktlab.course.catalogue import LESSONS, PARTS, Lesson
from mktlab.course.stored import strip
from mktlab.resources import read_text
from mktlab.schema import MktlabError
from mktlab.show.words import say

NAME = re.compile(r"[1-5]\d_[a-z][a-z0-9_]*")


def write(root: Path, name: str) -> list[Path]:
    """Write the skeleton of a lesson into the course below `root`.

    Parameters
    ----------
    root
        The project's folder, which holds notebooks/ and src/.
    name
        Number and name of the lesson, such as "17_message"; the first digit is that of its part.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    MktlabError
        When the name is none, or the number or a file is taken; then nothing is written.
    """
    lesson = _planned(name)
    course = root / "src" / "mktlab" / "course"
    files = {
        root / lesson.path(): _notebook("lesson", lesson),
        root / lesson.path("solutions"): _notebook("solution", lesson),
        course / "questions" / f"lesson_{lesson.number}.py": _filled("questions.py", lesson),
        course / "questions" / f"lesson_{lesson.number}.toml": _filled("questions.toml", lesson),
    }
    taken = [path for path in files if path.exists()]
    if taken:
        there = say(
            "{path} is there already, and nothing is overwritten: take another name.",
            path=taken[0],
        )
        raise MktlabError(there)
    catalogue = course / "lessons.toml"
    if not catalogue.is_file():
        need = say(
            "There is no {path}: a lesson is written in a checkout of the course.", path=catalogue
        )
        raise MktlabError(need)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    text = with_row(catalogue.read_text(encoding="utf-8"), _filled("row.toml", lesson))
    catalogue.write_text(text, encoding="utf-8", newline="\n")
    return [catalogue, *files]


def _planned(name: str) -> Lesson:
    """The lesson that a name stands for."""
    if not NAME.fullmatch(name):
        odd = say(
            "A lesson is called by its number and a name, such as 17_message, and not {name}.",
            name=name,
        )
        raise MktlabError(odd)
    number, _, words = name.partition("_")
    for known in LESSONS:
        if known.number == number:
            told = say(
                "{number} is taken by {known}: choose another number of its part.",
                number=number,
                known=known.name,
            )
            raise MktlabError(told)
    part = next(folder for folder in PARTS if folder[:1] == number[0])
    title = words.replace("_", " ").capitalize()
    return Lesson(name, title, "", ("orders",), 0, part=part, exercise=1)


def _filled(template: str, lesson: Lesson) -> str:
    text = read_text(f"course/templates/{template}.txt")
    for hole, word in {
        "NN_name": lesson.name,
        "NN": lesson.number,
        "TITLE": lesson.title,
        "PART": lesson.part,
    }.items():
        text = text.replace(hole, word)
    return text


def _notebook(template: str, lesson: Lesson) -> str:
    """A notebook from its cells, not yet run."""
    import nbformat

    cells = []
    for part in re.split(r"^%% ", _filled(template, lesson), flags=re.MULTILINE)[1:]:
        head, _, source = part.partition("\n")
        kind, name, *tags = head.split()
        make = getattr(nbformat.v4, f"new_{kind}_cell")
        cells.append(make(source.rstrip(), id=name, metadata={"tags": tags} if tags else {}))
    notebook = strip(nbformat.v4.new_notebook(cells=cells))  # type: ignore[no-untyped-call]
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def with_row(catalogue: str, row: str) -> str:
    """The catalogue with a row put in by its number.

    >>> print(with_row("# Lessons.\\n\\n[11_rfm]\\n\\n[21_plan]\\n", "[12_x]\\n"))
    # Lessons.
    <BLANKLINE>
    [11_rfm]
    <BLANKLINE>
    [12_x]
    <BLANKLINE>
    [21_plan]
    <BLANKLINE>
    """
    head, *rows = re.split(r"^(?=\[)", catalogue, flags=re.MULTILINE)
    rows = sorted([*(old.strip() for old in rows), row.strip()])
    return "\n\n".join([head.strip(), *rows]) + "\n"
