"""Stored notebooks: where they lie, how they are read, and the one form in which they are kept."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

CARRIED = Path(__file__).resolve().parents[1] / "carried"
"""What a wheel has of the course: its notebooks and the published company."""
LAID_OUT = "mktlab-course"
WIDGET = "application/vnd.jupyter.widget-view+json"


def project_folder() -> Path:
    """The project's folder, which holds notebooks/: the current one, or that of the source.

    Where only the package is installed, it is `LAID_OUT` in the current one, as `lay_out` made it.

    Raises
    ------
    MktlabError
        If none holds the course.
    """

    places = (Path.cwd(), Path.cwd() / LAID_OUT, Path(__file__).resolve().parents[3])
    for place in places:
        if (place / "notebooks").is_dir():
            return place
    told = say(
        "No notebooks/ folder in {folder}: this command needs the project's folder, so change to "
        "it and run the command again, or let `mktlab lab` lay the course out here.",
        folder=places[0],
    )
    raise MktlabError(told)


def course_folder() -> Path:
    """Where the notebooks can be read: the project's folder, else what the package carries.

    Raises
    ------
    MktlabError
        If neither is there.
    """
    try:
        return project_folder()
    except MktlabError:
        if CARRIED.is_dir():
            return CARRIED
        raise


def lay_out() -> Path:
    """The project's folder; where only the package is installed, its notebooks are copied here.

    They then lie in `LAID_OUT`; a folder of that name is left as it is.

    Raises
    ------
    MktlabError
        If there is no project's folder, and the package carries no course.
    """
    found = course_folder()
    if found != CARRIED:
        return found
    place = Path.cwd() / LAID_OUT
    shutil.copytree(CARRIED, place, ignore=shutil.ignore_patterns("datasets"))
    return place


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks below a folder, in order, without the copies that Jupyter keeps of them.

    >>> notebooks_in(Path("a folder that is not there"))
    []
    """
    found = folder.rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def read(path: Path) -> NotebookNode:
    """The notebook in a file, in today's format; a MktlabError if there is none."""
    import nbformat

    if not path.is_file():
        told = say("There is no notebook {path}: give the path of an .ipynb file.", path=path)
        raise MktlabError(told)
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        return nbformat.v4.upgrade(notebook)  # type: ignore[no-untyped-call,no-any-return]
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        told = say("{path} is no notebook that Jupyter can read: open it there.", path=path)
        raise MktlabError(told) from None


def strip(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook without what differs from run to run or needs a live kernel.

    Widget views and their state go (without a kernel they show "model not found"; the picture
    beside them stays), as do times and versions. Cell ids, tags and outputs stay.

    >>> import nbformat
    >>> cell = nbformat.v4.new_code_cell("1", id="one", metadata={"execution": {"busy": "now"}})
    >>> stored = strip(nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}}))
    >>> sorted(stored.metadata), dict(stored.cells[0].metadata)
    (['kernelspec', 'language_info'], {})
    """
    import nbformat

    stored = copy.deepcopy(notebook)
    for key in ("widgets", "papermill", "jupytext"):
        stored.metadata.pop(key, None)
    stored.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    stored.metadata["language_info"] = {"name": "python"}
    for cell in stored.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
                output.get("metadata", {}).pop(WIDGET, None)
    return nbformat.from_dict(stored)  # type: ignore[no-any-return,no-untyped-call]


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """A cell's outputs with printed text in one piece, however many pieces it arrived in."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            joined[-1] = type(output)(output, text=last["text"] + output.text)
        else:
            joined.append(output)
    return joined
