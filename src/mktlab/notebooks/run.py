"""Run a lesson on someone's own tables and write a report: the page that `page.render` makes."""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.course.stored import read
from mktlab.data.load import load
from mktlab.files import is_folder, printable, write_whole
from mktlab.notebooks.engine import Watch, run_cells
from mktlab.notebooks.page import render
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode


def run_notebook(
    notebook: Path, *, data: str | Path = "solane", learner: str = "", output: Path
) -> Path:
    """Run a notebook on a data folder and write the result as one self-contained page.

    The notebook itself is not changed. Left out are the cells tagged `catalogue`, which lead
    through the course, and on a reader's own data those tagged `solane`, Maison Solane's story.

    Parameters
    ----------
    notebook
        A notebook with a cell tagged `parameters` that sets `SOURCE`, and `LEARNER` where one may
        be given.
    data
        A folder of tables, or `"solane"`.
    learner
        Whose Maison Solane, as in `mktlab.load`; without a name, the published one.
    output
        The HTML file to write. It replaces an earlier one, and only once everything ran.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    MktlabError
        Before anything runs, if one of the three paths or the learner cannot be used; afterwards,
        if a cell fails. When the cell's own error is a `MktlabError`, its message is passed on as
        it is.
    """
    notebook, output = Path(notebook), Path(output)
    lesson = read(notebook)
    _check_parameters(lesson, notebook, learner)
    folder = None if str(data) == "solane" else _data_folder(Path(data))
    if folder and learner:
        raise MktlabError(
            say("--learner goes with Maison Solane only: leave out --learner, or leave out --data.")
        )
    _check_output(output, notebook)
    whose = printable(folder.name) if folder else "Maison Solane"
    if learner:
        whose = load("solane", learner=learner).name  # here it can tell that it makes this world
    elif folder:
        with suppress(
            MktlabError
        ):  # here it can tell what became of the files; else the lesson does
            load(folder)
    source = str(folder or "solane")
    setting = f"SOURCE = {source!r}" + (f", LEARNER = {learner!r}" if learner else "")
    watch = Watch(lesson, notebook, advice=f'"jupyter lab {notebook}", set {setting}')
    _set_parameters(lesson, SOURCE=source, LEARNER=learner)
    left_out = {"catalogue", "solane"} if folder else {"catalogue"}
    lesson.cells = [c for c in lesson.cells if not left_out & {*c.metadata.get("tags", [])}]
    with _progress(len(lesson.cells)) as show:
        run_cells(lesson, watch, show=show)
    byline = say(
        "{file} · data: {whose} · {today:day} · made with mktlab",
        file=notebook.name,
        whose=whose,
        today=datetime.date.today(),
    )
    page = render(
        lesson,
        name=notebook.stem,
        byline=byline,
        folder=notebook.resolve().parent,
        hide=_local_paths(Path(data).absolute() if folder else None, notebook),
    )
    write_whole(output, page, what=say("The report"))
    return output


def _set_parameters(lesson: NotebookNode, **values: str) -> None:
    """Let a cell after the parameters overrule them; a page shows neither."""
    import nbformat

    tags = {"parameters", "injected-parameters"}
    last = max(n for n, c in enumerate(lesson.cells) if tags & {*c.metadata.get("tags", [])})
    cell = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
        "\n".join(f"{name} = {value!r}" for name, value in values.items()),
        metadata={"tags": ["injected-parameters"]},
    )
    lesson.cells.insert(last + 1, cell)


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
        task = bar.add_task(say("Starting Python"), total=cells)
        yield lambda section, done: bar.update(task, completed=done, description=escape(section))


def _check_parameters(lesson: NotebookNode, path: Path, learner: str) -> None:
    tagged = [c for c in lesson.cells if "parameters" in c.metadata.get("tags", [])]
    known = {name for c in tagged for name in re.findall(r"^(\w+) *=", c.source, re.MULTILINE)}
    if "SOURCE" not in known:
        told = say(
            "{notebook} has no cell tagged `parameters` that sets SOURCE, so it cannot be given "
            'other data: add a cell SOURCE = "solane" with that tag.',
            notebook=path.name,
        )
        raise MktlabError(told)
    if learner and "LEARNER" not in known:
        raise MktlabError(
            say(
                "{notebook} knows no LEARNER, so it cannot be run in a learner's world: add the "
                'line LEARNER = "" to its cell tagged `parameters`, and learner=LEARNER to its '
                "mktlab.load.",
                notebook=path.name,
            )
        )


def _data_folder(folder: Path) -> Path:
    if not is_folder(folder):
        told = say(
            "There is no folder {folder}: --data takes a folder of tables, such as one that holds "
            "orders.csv, or the word solane.",
            folder=printable(folder),
        )
        raise MktlabError(told)
    return folder.resolve()


def _check_output(output: Path, notebook: Path) -> None:
    """Refuse, before an hour of work, a place where the report could not be written."""
    if output.suffix.lower() not in {".html", ".htm"}:
        told = say(
            "The report is a web page and cannot be called {name}: give a name that ends in .html, "
            "such as {stem}.html.",
            name=printable(output.name),
            stem=notebook.stem,
        )
        raise MktlabError(told)
    write_whole(output, None, what=say("The report"))
    if output.exists() and output.samefile(notebook):
        told = say("The report {file} is the notebook itself: give another file.", file=output)
        raise MktlabError(told)


def _local_paths(data: Path | None, notebook: Path) -> dict[str, str]:
    """The paths of this machine that a page must not show, longest first, and their stand-ins."""
    paths = {str(Path.home()): "~", tempfile.gettempdir(): "(temporary)"}
    paths[str(notebook.resolve().parent)] = "."
    if data:
        paths |= {str(p): printable(data.resolve().name) for p in (data, data.resolve())}
    named = {path: name for path, name in paths.items() if len(Path(path).parts) > 1}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))
