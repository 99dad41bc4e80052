"""A learner's own copies of a lesson and its exercise, in the folder my_work/ beside the course.

`copy_lesson` makes them in the same tree as the course has, so that links among copies stay as they
are; a link to a notebook that has no copy leads back to the course. What is there already is never
written over: it holds somebody's answers.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from os import path as paths
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from mktlab.course.stored import read
from mktlab.data.learner_worlds import seed_of
from mktlab.files import printable, write_whole
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from mktlab.course.catalogue import Lesson

FOLDER = "my_work"
_FREE = 'LEARNER = ""'
_LINK = re.compile(r"(?<=\]\()([^)#\s]+\.ipynb)(?=[)#])")


class Copy(NamedTuple):
    """A copy, whether it was made just now, and if not, whether the course has a newer text."""

    path: Path
    made: bool
    newer: bool = False


def copy_lesson(
    lesson: Lesson, root: Path, *, learner: str = "", again: bool = False
) -> list[Copy]:
    """Copy a lesson and its exercise into my_work/, unless they are there.

    Parameters
    ----------
    lesson
        From the catalogue.
    root
        The project's folder.
    learner
        Whose world the copies play in. Then they come without outputs, which would be those of the
        published company.
    again
        Make new copies beside those that are there, under other names.

    Returns
    -------
    list of Copy
        Of the lesson and, if it has one, of the exercise.

    Raises
    ------
    MktlabError
        When the name is none or the notebook knows no learner, the lesson is not there, or my_work/
        cannot be written to.
    """
    folders = ["notebooks", *(["exercises"] if lesson.exercise else [])]
    sources = [root / lesson.path(folder) for folder in folders]
    originals = {source: read(source) for source in sources}
    texts = {source: _digest(notebook) for source, notebook in originals.items()}
    if learner:
        seed_of(learner)  # refuses a name that is none
        for source, notebook in originals.items():
            _for_learner(notebook, learner, source)
    targets = {source: root / FOLDER / source.relative_to(root) for source in sources}
    if again:
        targets = _beside(targets)
    copies = []
    for source, notebook in originals.items():
        target = targets[source]
        if paths.lexists(target):
            copies.append(Copy(target, made=False, newer=_copied(target) != texts[source]))
            continue
        notebook.metadata["mktlab"] = {"copied": texts[source]}
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _relinked(cell.source, source, root, targets)
        _write(notebook, target)
        copies.append(Copy(target, made=True))
    return copies


def _beside(targets: dict[Path, Path]) -> dict[Path, Path]:
    """The targets under the first number that none of them has yet; at first, without one."""
    for end in ("", *(f"_{turn}" for turn in range(2, 1000))):
        tried = {source: path.with_stem(path.stem + end) for source, path in targets.items()}
        if not any(paths.lexists(path) for path in tried.values()):
            break
    return tried


def _digest(notebook: NotebookNode) -> str:
    """What a notebook of the course says, in 16 digits; outputs do not count."""
    said = "\0".join(cell.source for cell in notebook.cells)
    return sha256(said.encode()).hexdigest()[:16]


def _copied(path: Path) -> str:
    """The text that a copy was made of; "" for a file that is none."""
    try:
        return str(read(path).metadata.get("mktlab", {}).get("copied", ""))
    except MktlabError:
        return ""


def _relinked(text: str, source: Path, root: Path, targets: dict[Path, Path]) -> str:
    """Markdown of `source` as it stands in the copy, whose links lead to copies where there are."""

    def lead(link: re.Match[str]) -> str:
        to = Path(paths.normpath(source.parent / unquote(link[0])))
        if to in targets:
            to = targets[to]
        elif to.is_relative_to(root) and (root / FOLDER / to.relative_to(root)).is_file():
            to = root / FOLDER / to.relative_to(root)
        return Path(paths.relpath(to, targets[source].parent)).as_posix()

    return _LINK.sub(lead, text)


def _for_learner(notebook: NotebookNode, learner: str, source: Path) -> None:
    """Name the learner among the parameters, and drop what was computed for the published world."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    places = [c for c in code if "parameters" in c.metadata.get("tags", []) and _FREE in c.source]
    if not places:
        told = say(
            "{notebook} has no line {line} in a cell tagged `parameters`, so it cannot play in a "
            "learner's world: leave out --learner, or add the line and learner=LEARNER to its "
            "mktlab.load.",
            notebook=source.name,
            line=_FREE,
        )
        raise MktlabError(told)
    line = f"LEARNER = {json.dumps(learner, ensure_ascii=False)}"
    for cell in places:
        cell.source = cell.source.replace(_FREE, line)
    for cell in code:
        cell.outputs, cell.execution_count = [], None


def _write(notebook: NotebookNode, target: Path) -> None:
    import nbformat

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MktlabError(
            say(
                "The folder {folder} cannot be made ({why}): see what is there under that name, "
                "and whether you may write to it.",
                folder=printable(target.parent),
                why=(error.strerror or "refused").lower(),
            )
        ) from None
    text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
    write_whole(target, text, what=say("The copy"))
