"""Exercises are derived from solutions, so the two cannot disagree.

`build_all` writes exercises/ from solutions/, or tells where they differ; `derive` is the rule for
one notebook and `starter` for one cell:

* A code cell tagged `solution` becomes one tagged `exercise`. What stands above its line
  `# Your code here.` stays; the answer below is replaced by its last line's name and dots, such as
  `answer_2 = ...`. Without that line, all of it is replaced.
* `11_rfm_solution.ipynb` becomes `11_rfm_exercise.ipynb`.
* A text cell tagged `solution`, which says why, is left out.
* Nothing else changes. Outputs come from running the exercise, never from the solution.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.course.stored import notebooks_in, read, strip
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

MARK = "# Your code here."


def starter(source: str) -> str:
    """What the code of a solution cell becomes.

    >>> print(starter("cafe = orders\\n# Your code here.\\nanswer_1 = len(cafe)"))
    cafe = orders
    # Your code here.
    answer_1 = ...

    Raises
    ------
    MktlabError
        If no line of it begins with `answer_1 =` or another number.
    """
    lines = source.splitlines()
    above = lines[: lines.index(MARK)] if MARK in lines else []
    answers = re.findall(r"^answer_\d+(?= = )", "\n".join(lines[len(above) :]), re.MULTILINE)
    if not answers:
        told = say(
            "A cell tagged solution gives no answer: {lines}; add a line `answer_1 = ...`, with "
            "the number of its question.",
            lines=lines[:1],
        )
        raise MktlabError(told)
    return "\n".join([*above, MARK, f"{answers[-1]} = ..."])


def derive(solution: NotebookNode) -> NotebookNode:
    """The exercise of a solution notebook, not yet executed; the solution is not changed."""
    exercise = strip(solution)
    exercise.metadata = type(exercise)(
        {key: exercise.metadata[key] for key in ("kernelspec", "language_info")}
    )
    exercise.cells = [c for c in exercise.cells if not _is_solution(c) or c.cell_type == "code"]
    for cell in exercise.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if _is_solution(cell):
            cell.source = starter(cell.source)
            tags = ["exercise" if tag == "solution" else tag for tag in cell.metadata.tags]
            cell.metadata = type(cell)({"tags": tags})
    return exercise


def build_all(root: Path, *, run: Callable[[Path], object], check: bool = False) -> list[Path]:
    """Derive and run every exercise below `root` whose solution says something new.

    Exercises without a solution are deleted.

    Parameters
    ----------
    root
        The folder that holds solutions/ and exercises/.
    run
        Runs a notebook and stores its outputs: `mktlab.notebooks.execute`.
    check
        Only look, write nothing.

    Returns
    -------
    list of Path
        The exercises that were out of date, in order.

    Raises
    ------
    MktlabError
        If there is no solutions/, a solution is no notebook, or an exercise fails when it is run;
        then the exercise stays as it was.
    """
    solutions, exercises = root / "solutions", root / "exercises"
    if not solutions.is_dir():
        told = say(
            "There is no folder solutions in {root}: name the course's own folder.", root=root
        )
        raise MktlabError(told)
    changed = []
    for source in notebooks_in(solutions):
        target = _renamed(exercises / source.relative_to(solutions), "solution", "exercise")
        wanted = derive(read(source))
        stored = read(target) if target.is_file() else None
        if stored is None or not _agrees(stored, wanted):
            changed.append(target)
            if not check:
                _write(wanted, target, run, stored)
    for target in notebooks_in(exercises):
        source = _renamed(solutions / target.relative_to(exercises), "exercise", "solution")
        if not source.is_file():
            changed.append(target)
            if not check:
                target.unlink()
    return sorted(changed)


def _renamed(path: Path, old: str, new: str) -> Path:
    return path.with_stem(f"{path.stem.removesuffix(f'_{old}')}_{new}")


def _agrees(stored: NotebookNode, wanted: NotebookNode) -> bool:
    """Whether a stored exercise says what it should and has been run."""
    code = [cell for cell in _code(stored) if cell.source.strip()]
    return _content(stored) == _content(wanted) and all(cell.execution_count for cell in code)


def _content(notebook: NotebookNode) -> dict[str, Any]:
    """What a notebook says, without what comes from running it."""
    run = ("outputs", "execution_count")
    cells = [{key: cell[key] for key in cell if key not in run} for cell in notebook.cells]
    return {"metadata": notebook.metadata, "cells": cells}


def _write(
    exercise: NotebookNode,
    target: Path,
    run: Callable[[Path], object],
    stored: NotebookNode | None,
) -> None:
    """Store the exercise with its outputs, run anew only where its code is new.

    If it does not run, what was there stays.
    """
    import nbformat

    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.read_bytes() if target.is_file() else None
    kept, code = _code(stored) if stored else [], _code(exercise)
    ran = all(cell.execution_count for cell in kept)
    if ran and [(c.id, c.source) for c in kept] == [(c.id, c.source) for c in code]:
        for old, new in zip(kept, code, strict=True):
            new.outputs, new.execution_count = old.outputs, old.execution_count
        nbformat.write(exercise, target)  # type: ignore[no-untyped-call]
        return
    nbformat.write(exercise, target)  # type: ignore[no-untyped-call]
    try:
        run(target)
    except BaseException:
        if before is None:
            target.unlink()
        else:
            target.write_bytes(before)
        raise


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_solution(cell: NotebookNode) -> bool:
    return "solution" in cell.metadata.get("tags", [])
