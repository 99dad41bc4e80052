"""How every notebook is run: by a kernel of this Python, with a sentence when a cell fails.

`run_cells` runs a notebook that is in memory; `Watch` knows which of its cells runs; `write` puts
a result into its file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.notebooks.page import headings, plain_stderr
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient.exceptions import CellExecutionError
    from nbformat import NotebookNode

CELL_SECONDS = 120


def run_cells(
    notebook: NotebookNode,
    watch: Watch,
    *,
    timeout: int | None = None,
    show: Callable[[str, int], object] = lambda section, done: None,
) -> None:
    """Run the cells in the folder of the file that `watch` knows, and fill in their outputs.

    `show` is told the section and how many cells are done each time a cell starts. A cell that
    fails, or takes over `timeout` seconds, ends in a MktlabError.
    """
    from nbclient import NotebookClient

    def step(*, cell: NotebookNode, cell_index: int) -> None:
        watch.at(cell)
        show(watch.section, cell_index)

    with watch.telling_where():
        NotebookClient(
            notebook,
            timeout=timeout,
            kernel_manager_class=_kernel_manager(),
            resources={"metadata": {"path": str(watch.path.resolve().parent)}},
            record_timing=False,
            store_widget_state=False,
            on_cell_start=step,
        ).execute()


class Watch:
    """Knows which cell runs: its number, as Jupyter shows it in brackets, and its section."""

    def __init__(self, notebook: NotebookNode, path: Path, *, advice: str = "") -> None:
        self.path = path
        self.advice = advice
        self.places: dict[str, tuple[int, str]] = {}
        self.number, self.section = 0, ""
        self.cell: NotebookNode | None = None
        number, section = 0, ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                section = (headings(cell.source) or [section])[-1]
            elif cell.cell_type == "code" and cell.source.strip():
                number += 1
            self.places[cell.id] = number, section

    def at(self, cell: NotebookNode) -> None:
        self.number, self.section = self.places.get(cell.id, (self.number, self.section))
        self.cell = cell

    @property
    def where(self) -> str:
        section = f" (“{self.section}”)" if self.section else ""
        return say("{file}, cell [{n}]", file=self.path.name, n=self.number) + section

    @contextmanager
    def telling_where(self) -> Iterator[None]:
        """Turn what stops a notebook into a `MktlabError` of one sentence."""
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        try:
            yield
        except CellTimeoutError:
            told = say(
                "{where} took over {n} seconds and was stopped: give it less data.",
                where=self.where,
                n=CELL_SECONDS,
            )
            raise MktlabError(told) from None
        except DeadKernelError:
            told = say(
                "{where} ended Python itself, most often for want of memory: use less data.",
                where=self.where,
            )
            raise MktlabError(told) from None
        except CellExecutionError as error:
            raise MktlabError(self._sentence(error)) from None

    def _sentence(self, error: CellExecutionError) -> str:
        told = f"{error.ename}: {plain_stderr(error.evalue)}"
        if not self.advice:
            return f"{self.where}: {told}"
        alone = [f"{error.ename}: {error.evalue}"]  # a `MktlabError` shows itself in one line
        if self.cell and any(o.get("traceback") == alone for o in self.cell.outputs):
            return plain_stderr(error.evalue)
        return say(
            "{where} stopped with {told}. To look into it, open the notebook with {advice} in its "
            "parameters cell, and run it up to there.",
            where=self.where,
            told=told.rstrip("."),
            advice=self.advice,
        )


def _kernel_manager() -> type[AsyncKernelManager]:
    """Kernels of the running Python, whatever kernel "python3" may name on this machine."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            # A kernel would tell that it is not encrypted (on loopback), and how its end went.
            return KernelSpec(**get_kernel_dict(extra_arguments=["--log-level=CRITICAL"]))

    return ThisPython
