"""Run a stored notebook in place and keep its outputs in the one form that `strip` gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.course.stored import read, strip
from mktlab.files import write_whole
from mktlab.notebooks.engine import CELL_SECONDS, Watch, run_cells
from mktlab.notebooks.page import plain_stderr
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_BYTES = 2_000_000


def execute(path: Path) -> None:
    """Run a stored notebook from a fresh kernel and write it back with its outputs.

    The kernel is this Python and starts in the notebook's folder. The notebook is written only
    when every cell ran without an error and without a warning.

    Parameters
    ----------
    path
        The notebook.

    Raises
    ------
    MktlabError
        If the file is no notebook, a cell fails, warns or takes over 120 seconds, or the
        result is larger than 2 MB. The message names the notebook and the cell.
    """
    import nbformat

    path = Path(path)
    notebook = read(path)
    watch = Watch(notebook, path)
    run_cells(notebook, watch, timeout=CELL_SECONDS)
    _refuse_warnings(notebook, watch)
    text = nbformat.writes(strip(notebook)) + "\n"  # type: ignore[no-untyped-call]
    size = len(text.encode())
    if size > MOST_BYTES:
        told = say(
            "{file} weighs {size:decimal.1} MB with its outputs and a stored notebook may weigh "
            "{most:count} MB: draw fewer or smaller figures, or show fewer rows.",
            file=path.name,
            size=size / 1e6,
            most=MOST_BYTES / 1e6,
        )
        raise MktlabError(told)
    write_whole(path, text, what=say("The notebook"))


def _refuse_warnings(notebook: NotebookNode, watch: Watch) -> None:
    for cell in notebook.cells:
        watch.at(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                told = say(
                    "{where} wrote a warning, and a stored notebook has none: {warning}",
                    where=watch.where,
                    warning=plain_stderr(output.text),
                )
                raise MktlabError(told)
