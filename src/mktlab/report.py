"""Run a notebook: in place to store its outputs, or on someone's own tables to write a report.

`execute` runs a stored notebook from a fresh kernel and writes it back in the one form in which
notebooks are stored (`strip`). `run_notebook` gives a notebook a data folder, runs it elsewhere and
writes `mktlab.page.render`'s page of it. Both use the kernel of the running Python, and both tell
what went wrong in one sentence that names the cell (`_Watch` knows which one runs).
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

from mktlab.page import WIDGET, headings, plain_stderr, render
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
    watch = _Watch(path)
    with watch.telling_where():
        NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_manager_class=_kernel_manager(),
            resources={"metadata": {"path": str(path.resolve().parent)}},
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
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
    _write(path, text)


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
    for key in ("widgets", "papermill"):
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
        for output in cell.get("outputs", []):
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
    if folder:
        lesson.cells = [c for c in lesson.cells if "solane" not in _tags(c)]
    done = _run(lesson, notebook, str(folder or "solane"))
    today = datetime.date.today()
    page = render(
        done,
        name=notebook.stem,
        byline=f"{notebook.name} · data: {folder.name if folder else 'Maison Solane'} · "
        f"{today.day} {today:%B %Y} · made with mktlab",
        folder=notebook.resolve().parent,
        hide=_local_paths(Path(data).absolute() if folder else None, notebook),
    )
    _write(output, page)
    return output


def _run(lesson: NotebookNode, path: Path, source: str) -> NotebookNode:
    """The executed copy of `lesson`, with `SOURCE` set; the working directory is `path`'s."""
    import nbformat
    from papermill import execute_notebook

    watch = _Watch(path, advice=f'"jupyter lab {path}", set SOURCE = {source!r}')
    with tempfile.TemporaryDirectory() as scratch, _progress(lesson) as show:
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
                cwd=path.resolve().parent,
                kernel_manager_class=_kernel_manager(),
                store_widget_state=False,
                on_cell_start=step,
            )
    return done


class _Watch:
    """Knows which cell runs: its number, as Jupyter shows it in brackets, and its section."""

    def __init__(self, path: Path, *, advice: str = "") -> None:
        self.path = path
        self.advice = advice
        self.number = 0
        self.section = ""

    def __call__(self, *, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "markdown":
            self.section = (headings(cell.source) or [self.section])[-1]
        elif cell.source.strip() and "injected-parameters" not in _tags(cell):
            self.number += 1

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
                f"{self.where} took longer than {CELL_SECONDS} seconds and was stopped: give it "
                "less data or a shorter computation."
            ) from None
        except DeadKernelError:
            raise MktlabError(
                f"{self.where} ended Python itself, most often for want of memory: close other "
                "programs or use less data."
            ) from None
        except Exception as error:
            if not hasattr(error, "ename"):  # nbclient and papermill each have a class with one
                raise
            raise MktlabError(self._sentence(error)) from None

    def _sentence(self, error: Any) -> str:
        told = f"{error.ename}: {plain_stderr(error.evalue)}"
        if not self.advice:
            return f"{self.where}: {told}"
        if _is_ours(error):
            return plain_stderr(error.evalue)
        return (
            f"{self.where} stopped with {told.rstrip('.')}. To look into it, open the notebook "
            f"with {self.advice} in its parameters cell, and run it up to there."
        )


def _is_ours(error: Any) -> bool:
    """Whether a cell's error is a `MktlabError`, of any subclass: it shows itself in one line."""
    return "".join(error.traceback).strip() == f"{error.ename}: {error.evalue}".strip()


def _kernel_manager() -> type[AsyncKernelManager]:
    """Kernels of the running Python, whatever kernel "python3" may name on this machine."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(**get_kernel_dict())

    return ThisPython


def _refuse_warnings(notebook: NotebookNode, path: Path) -> None:
    watch = _Watch(path)
    for index, cell in enumerate(notebook.cells):
        watch(cell=cell, cell_index=index)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise MktlabError(
                    f"{watch.where} wrote a warning, and a stored notebook has none: "
                    f"{plain_stderr(output.text)}"
                )


@contextmanager
def _progress(notebook: NotebookNode) -> Iterator[Callable[[str, int], None]]:
    """A bar of cells done with the section being run; nothing where no one is watching."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}"))
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("Starting Python", total=len(notebook.cells))

        def show(section: str, done: int) -> None:
            bar.update(task, completed=done, description=escape(section))

        yield show


def _read(path: Path) -> NotebookNode:
    import nbformat

    if not path.is_file():
        raise MktlabError(f"There is no notebook {path}: give the path of an .ipynb file.")
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call,no-any-return]
    except (ValueError, KeyError, AttributeError) as error:
        raise MktlabError(
            f"{path} is not a notebook that Jupyter can read ({type(error).__name__}): give an "
            ".ipynb file."
        ) from None


def _check_parameters(lesson: NotebookNode, path: Path) -> None:
    tagged = [c for c in lesson.cells if "parameters" in _tags(c)]
    if not any(re.search(r"^SOURCE\b", c.source, re.MULTILINE) for c in tagged):
        raise MktlabError(
            f"{path.name} has no cell tagged `parameters` that sets SOURCE, so it cannot be given "
            'other data: add a cell SOURCE = "solane" with that tag.'
        )


def _data_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise MktlabError(
            f"There is no folder {folder}: --data takes a folder of tables, such as one that holds "
            "orders.csv, or the word solane."
        )
    return folder.resolve()


def _check_output(output: Path, notebook: Path) -> None:
    """Refuse, before an hour of work, a place where the report could not be written."""
    if output.suffix.lower() not in {".html", ".htm"}:
        raise MktlabError(
            f"The report is a web page and cannot be called {output.name}: give a name that ends "
            f"in .html, such as {notebook.stem}.html."
        )
    try:
        if output.is_dir() or output.resolve() == notebook.resolve():
            raise OSError(0, "something else is there")
        with tempfile.TemporaryFile(dir=output.resolve().parent):
            pass
    except OSError as error:
        raise MktlabError(
            f"The report cannot be written to {output} ({(error.strerror or 'refused').lower()}): "
            "give a file in a folder that exists and that you may write to."
        ) from None


def _local_paths(data: Path | None, notebook: Path) -> dict[str, str]:
    """The paths of this machine that a page must not show, longest first, and their stand-ins."""
    paths = {str(Path.home()): "~", tempfile.gettempdir(): "(temporary)"}
    paths[str(notebook.resolve().parent)] = "."
    if data:
        paths |= {str(p): data.resolve().name for p in (data, data.resolve())}
    named = {path: name for path, name in paths.items() if len(Path(path).parts) > 1}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _write(path: Path, text: str) -> None:
    """Write all of the file or nothing: readers never see half a page."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)
