"""How far a learner is: what each exercise's checks said last, read from stored outputs.

Nothing is run. `progress` looks at every exercise of the catalogue, in my_work/ and in exercises/;
`states` reads one notebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mktlab.course.catalogue import Lesson, course
from mktlab.course.stored import read
from mktlab.notebooks.work import FOLDER
from mktlab.schema import MktlabError
from mktlab.show.words import label, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

STATES = {
    "right": re.compile(r"Right(?! so far)"),
    "right so far": re.compile(r"Right so far"),
    "not yet": re.compile(r"Not yet|A mistake:"),
    "cannot be checked": re.compile(r"\w+ cannot be checked"),
    "not attempted": re.compile(r""),
}
"""State -> how the text of a check that found it begins; the best first."""

_CHECK = re.compile(r"\bex\.(\w+)\.check\(")


class Progress(NamedTuple):
    """An exercise: the state of each question, and a sentence for each file that is in the way."""

    lesson: Lesson
    states: dict[str, str]
    problems: list[str]

    def __str__(self) -> str:
        name = f"{self.lesson.name:<16}"
        right = sum(state == "right" for state in self.states.values())
        told = ", ".join(f"{question} {label(state)}" for question, state in self.states.items())
        known = say("{right:count} of {all:count} right", right=right, all=len(self.states))
        lines = [f"{known}: {told}"] if told else []
        return "\n".join(name + line for line in [*lines, *self.problems])


def progress(root: Path) -> Iterator[Progress]:
    """Every exercise in the order of the course; `root` is the project's folder.

    Where there are several copies of an exercise, a question counts at its best.
    """
    for lesson in course():
        if lesson.exercise:
            path = root / lesson.path("exercises")
            own = root / FOLDER / path.relative_to(root)
            found = {path: None, **dict.fromkeys(sorted(own.parent.glob(f"{own.stem}*.ipynb")))}
            best: dict[str, str] = {}
            problems = []
            for file in found:
                try:
                    said = states(read(file))
                except (MktlabError, OSError) as problem:
                    problems.append(str(problem))
                    continue
                for question, state in said.items():
                    best[question] = min(state, best.get(question, state), key=[*STATES].index)
            yield Progress(lesson, best, problems)


def states(notebook: NotebookNode) -> dict[str, str]:
    """The state that each check in an exercise's outputs tells.

    >>> import nbformat.v4 as v4
    >>> told = v4.new_output("execute_result", {"text/plain": "A mistake: percent for a fraction."})
    >>> cell = v4.new_code_cell("ex.q1.check(answer_1)", outputs=[told])
    >>> states(v4.new_notebook(cells=[cell, v4.new_code_cell("ex.q2.check(answer_2)")]))
    {'q1': 'not yet', 'q2': 'not attempted'}
    """
    found = {}
    for cell in notebook.cells:
        for question in _CHECK.findall(cell.source) if cell.cell_type == "code" else []:
            texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            text = texts[-1] if texts else ""
            found[question] = next(s for s, begins in STATES.items() if begins.match(text))
    return found
