"""The stored notebooks of the course, for laws that hold of each of them."""

from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mktlab.course.stored import notebooks_in

ROOT = Path(__file__).parents[2]
FOLDERS = ("notebooks", "exercises", "solutions")
NOTEBOOKS = [path for folder in FOLDERS for path in notebooks_in(ROOT / folder)]

in_every_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


@cache
def notebook_at(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def cells(path: Path, kind: str = "code") -> list[Any]:
    return [cell for cell in notebook_at(path).cells if cell.cell_type == kind]


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


def at(path: Path, cell: Any) -> str:
    """Where a cell stands, for a sentence: the notebook, the cell's id and its first line."""
    first = cell.source.strip().partition("\n")[0]
    return f"{path.relative_to(ROOT).as_posix()}, cell {cell.id} ({first[:50]})"
