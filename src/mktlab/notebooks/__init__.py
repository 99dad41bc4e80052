"""Run a notebook: in place to store its outputs, or on someone's own tables to write a report.

`execute` runs a stored notebook from a fresh kernel and writes it back in the one form in which
notebooks are stored (`strip`). `run_notebook` gives a notebook a data folder, runs it elsewhere and
writes the page that `page.render` makes of it. Both use the kernel of the running Python, and both
tell what went wrong in one sentence that names the cell (`_Watch` knows which one runs).
"""

from __future__ import annotations

import copy
import datetime
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.files import is_folder, printable, write_whole
from mktlab.notebooks.page import WIDGET, headings, join_streams, plain_stderr, render
from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

CELL_SECONDS = 120
MOST_BYTES = 1_000_000


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
        result is larger than 1 MB. The message names the notebook and the cell.
    """
    import nbformat
    from nbclient import NotebookClient

    path = Path(path)
    notebook = _read(path)
    watch = _Watch(notebook, path)
    with watch.telling_where():
        NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_manager_class=_kernel_manager(),
            resources={"metadata": {"path": str(path.resolve().parent)}},
            record_timing=False,
            store_widget_state=False,
            on_cell_start=watch,
        ).execute()
    _refuse_warnings(notebook, path)
    text = nbformat.writes(strip(notebook)) + "\n"  # type: ignore[no-untyped-call]
    size = len(text.encode())
    if size > MOST_BYTES:
        raise MktlabError(
            f"{path.name} weighs {size / 1e6:.1f} MB with its outputs and a stored notebook may "
            "weigh 1 MB: draw fewer or smaller figures, or show fewer rows."
        )
    write_whole(path, text, what="The notebook")


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


def run_notebook(notebook: Path, *, data: str | Path = "solane", output: Path) -> Path:
    """Run a notebook on a data folder and write the result as one self-contained page.

    The notebook itself is not changed. On a reader's own data the cells tagged `solane`, which
    tell Maison Solane's own story, are left out.

    Parameters
    ----------
    notebook
        A notebook with a cell tagged `parameters` that sets `SOURCE`.
    data
        A folder of tables, or `"solane"`.
    output
        The HTML file to write. It replaces an earlier one, and only once everything ran.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    MktlabError
        Before anything runs, if one of the three paths cannot be used; afterwards, if a cell
        fails. When the cell's own error is a `MktlabError`, its message is passed on as it is.
    """
    notebook, output = Path(notebook), Path(output)
    lesson = _read(notebook)
    _check_parameters(lesson, notebook)
    folder = None if str(data) == "solane" else _data_folder(Path(data))
    _check_output(output, notebook)
    source = str(folder or "solane")
    advice = f'"jupyter lab {notebook}", set SOURCE = {source!r}'
    watch = _Watch(lesson, notebook, advice=advice)
    if folder:
        lesson.cells = [c for c in lesson.cells if "solane" not in c.metadata.get("tags", [])]
    done = _run(lesson, source, watch)
    today = datetime.date.today()
    page = render(
        done,
        name=notebook.stem,
        byline=f"{notebook.name} · data: {printable(folder.name) if folder else 'Maison Solane'} · "
        f"{today.day} {today:%B %Y} · made with mktlab",
        folder=notebook.resolve().parent,
        hide=_local_paths(Path(data).absolute() if folder else None, notebook),
    )
    write_whole(output, page, what="The report")
    return output


def _run(lesson: NotebookNode, source: str, watch: _Watch) -> NotebookNode:
    """The executed copy of `lesson`, with `SOURCE` set, run in the folder of the original."""
    import nbformat
    from papermill import execute_notebook

    with tempfile.TemporaryDirectory() as scratch, _progress(len(lesson.cells)) as show:
        start = Path(scratch) / "notebook.ipynb"
        nbformat.write(lesson, start)  # type: ignore[no-untyped-call]

        def step(*, cell: NotebookNode, cell_index: int) -> None:
            watch(cell=cell, cell_index=cell_index)
            show(watch.section, cell_index)

        with watch.telling_where():
            done: NotebookNode = execute_notebook(
                start,
                None,
                parameters={"SOURCE": source},
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=watch.path.resolve().parent,
                kernel_manager_class=_kernel_manager(),
                store_widget_state=False,
                on_cell_start=step,
            )
    return done


class _Watch:
    """Knows which cell runs: its number, as Jupyter shows it in brackets, and its section."""

    def __init__(self, notebook: NotebookNode, path: Path, *, advice: str = "") -> None:
        self.path = path
        self.advice = advice
        self.places: dict[str, tuple[int, str]] = {}
        self.number, self.section = 0, ""
        number, section = 0, ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                section = (headings(cell.source) or [section])[-1]
            elif cell.cell_type == "code" and cell.source.strip():
                number += 1
            self.places[cell.id] = number, section

    def __call__(self, *, cell: NotebookNode, cell_index: int) -> None:
        self.number, self.section = self.places.get(cell.id, (self.number, self.section))

    @property
    def where(self) -> str:
        section = f" (“{self.section}”)" if self.section else ""
        return f"{self.path.name}, cell [{self.number}]{section}"

    @contextmanager
    def telling_where(self) -> Iterator[None]:
        """Turn what stops a notebook into a `MktlabError` of one sentence."""
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        try:
            yield
        except CellTimeoutError:
            raise MktlabError(
                f"{self.where} took over {CELL_SECONDS} seconds and was stopped: give it less data."
            ) from None
        except DeadKernelError:
            raise MktlabError(
                f"{self.where} ended Python itself, most often for want of memory: use less data."
            ) from None
        except Exception as error:
            if not hasattr(error, "ename"):  # nbclient and papermill each have a class with one
                raise
            raise MktlabError(self._sentence(error)) from None

    def _sentence(self, error: Any) -> str:
        told = f"{error.ename}: {plain_stderr(error.evalue)}"
        if not self.advice:
            return f"{self.where}: {told}"
        if "".join(error.traceback).strip() == f"{error.ename}: {error.evalue}".strip():
            return plain_stderr(error.evalue)  # a `MktlabError` shows itself in one line
        return (
            f"{self.where} stopped with {told.rstrip('.')}. To look into it, open the notebook "
            f"with {self.advice} in its parameters cell, and run it up to there."
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


def _refuse_warnings(notebook: NotebookNode, path: Path) -> None:
    watch = _Watch(notebook, path)
    for index, cell in enumerate(notebook.cells):
        watch(cell=cell, cell_index=index)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise MktlabError(
                    f"{watch.where} wrote a warning, and a stored notebook has none: "
                    f"{plain_stderr(output.text)}"
                )


@contextmanager
def _progress(cells: int) -> Iterator[Callable[[str, int], None]]:
    """A bar of cells done with the section being run; nothing where no one is watching."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("Starting Python", total=cells)
        yield lambda section, done: bar.update(task, completed=done, description=escape(section))


def _read(path: Path) -> NotebookNode:
    import nbformat

    if not path.is_file():
        raise MktlabError(f"There is no notebook {path}: give the path of an .ipynb file.")
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        return nbformat.v4.upgrade(notebook)  # type: ignore[no-untyped-call,no-any-return]
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        raise MktlabError(f"{path} is no notebook that Jupyter can read: open it there.") from None


def _check_parameters(lesson: NotebookNode, path: Path) -> None:
    tagged = [c for c in lesson.cells if "parameters" in c.metadata.get("tags", [])]
    if not any(re.search(r"^SOURCE\b", c.source, re.MULTILINE) for c in tagged):
        raise MktlabError(
            f"{path.name} has no cell tagged `parameters` that sets SOURCE, so it cannot be given "
            'other data: add a cell SOURCE = "solane" with that tag.'
        )


def _data_folder(folder: Path) -> Path:
    if not is_folder(folder):
        raise MktlabError(
            f"There is no folder {printable(folder)}: --data takes a folder of tables, such as one "
            "that holds orders.csv, or the word solane."
        )
    return folder.resolve()


def _check_output(output: Path, notebook: Path) -> None:
    """Refuse, before an hour of work, a place where the report could not be written."""
    if output.suffix.lower() not in {".html", ".htm"}:
        raise MktlabError(
            f"The report is a web page and cannot be called {printable(output.name)}: give a name "
            f"that ends in .html, such as {notebook.stem}.html."
        )
    write_whole(output, None, what="The report")
    if output.exists() and output.samefile(notebook):
        raise MktlabError(f"The report {output} is the notebook itself: give another file.")


def _local_paths(data: Path | None, notebook: Path) -> dict[str, str]:
    """The paths of this machine that a page must not show, longest first, and their stand-ins."""
    paths = {str(Path.home()): "~", tempfile.gettempdir(): "(temporary)"}
    paths[str(notebook.resolve().parent)] = "."
    if data:
        paths |= {str(p): printable(data.resolve().name) for p in (data, data.resolve())}
    named = {path: name for path, name in paths.items() if len(Path(path).parts) > 1}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))
