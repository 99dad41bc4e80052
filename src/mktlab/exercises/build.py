"""Exercises are derived from solutions, so the two cannot disagree.

`build_all` writes exercises/ from solutions/, or tells where they differ. In a solution notebook a
code cell tagged `solution` holds a worked answer. In the exercise it becomes a cell tagged
`exercise`: what stands above the line `# Your code here.` stays, the answer below it is replaced by
`answer = ...`. Without that line, all of it is replaced. Nothing else changes.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

MARK = "# Your code here."


def starter(source: str) -> str:
    """What a solution cell becomes.

    >>> print(starter("cafe = orders\\n# Your code here.\\nanswer = len(cafe)"))
    cafe = orders
    # Your code here.
    answer = ...
    """
    above, mark, _ = source.partition(MARK)
    return f"{above if mark else ''}{MARK}\nanswer = ..."


def derive(solution: NotebookNode) -> NotebookNode:
    """The exercise of a solution notebook, not yet executed."""
    exercise = copy.deepcopy(solution)
    for cell in exercise.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            tags = cell.metadata.get("tags", [])
            if "solution" in tags:
                cell.source = starter(cell.source)
                cell.metadata = {"tags": ["exercise" if t == "solution" else t for t in tags]}
    return exercise


def build_all(root: Path, *, check: bool = False) -> list[Path]:
    """Derive every exercise below `root`; return those that differed.

    Parameters
    ----------
    root
        The folder that holds solutions/ and exercises/.
    check
        Only look, write nothing.
    """
    import nbformat

    from mktlab.report import execute

    changed = []
    solutions, exercises = root / "solutions", root / "exercises"
    sources = {path.relative_to(solutions): path for path in _notebooks(solutions)}
    for place, source in sources.items():
        wanted = derive(nbformat.read(source, as_version=4))  # type: ignore[no-untyped-call]
        target = exercises / place
        if target.is_file():
            stored = nbformat.read(target, as_version=4)  # type: ignore[no-untyped-call]
            if _content(stored) == _content(wanted):
                continue
        changed.append(target)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(wanted, target)  # type: ignore[no-untyped-call]
            execute(target)
    for orphan in _notebooks(exercises):
        if orphan.relative_to(exercises) not in sources:
            changed.append(orphan)
            if not check:
                orphan.unlink()
    return changed


def _notebooks(folder: Path) -> list[Path]:
    found = folder.rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def _content(notebook: NotebookNode) -> list[dict[str, Any]]:
    """What a notebook says, without what comes from running it."""
    return [
        {"id": cell.id, "type": cell.cell_type, "source": cell.source, "metadata": cell.metadata}
        for cell in notebook.cells
    ]
