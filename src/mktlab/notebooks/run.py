"""Run a lesson on someone's own tables and write a report, or the lesson as a page.

`report` and `page` make the page, `lists` the list beside it, of what the kernel hands over at the
end (`handover`).
"""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.course.catalogue import LESSONS, Lesson
from mktlab.course.stored import read
from mktlab.data.as_of import day_of
from mktlab.data.folder import own_ids
from mktlab.data.load import load
from mktlab.data.pseudonyms import make_key
from mktlab.files import is_folder, printable, write_whole
from mktlab.notebooks.clean import clean_outputs
from mktlab.notebooks.engine import Watch, run_cells
from mktlab.notebooks.handover import Handed, handed_over
from mktlab.notebooks.lists import check_list, led_back, names_addresses, write_list
from mktlab.notebooks.page import Page, render
from mktlab.notebooks.report import has_findings, render_report
from mktlab.schema import MktlabError
from mktlab.show.few import told_of_few, words_without_few
from mktlab.show.words import say, say_many

if TYPE_CHECKING:
    import pandas as pd
    from nbformat import NotebookNode


def run_notebook(
    notebook: Path,
    *,
    data: str | Path = "solane",
    learner: str = "",
    output: Path,
    list_to: Path | None = None,
    pseudonyms: Path | None = None,
    as_of: str = "",
    whole: bool = False,
    tell: Callable[[str], object] = lambda sentence: None,
) -> Path:
    """Run a notebook on a data folder and write the result as one self-contained page.

    On a reader's own data the page is a report on her company, if the notebook has cells tagged
    `finding`: what was read, and what these cells found. Beside it stands a list of all customers,
    where the catalogue says that the lesson makes one. Otherwise the page is the notebook.

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
    list_to
        The list, a .csv or .xlsx file, with ids as the files have them, so that one can write to
        these customers. By default it stands beside the report and is named after it, and ids
        that would name people are pseudonyms.
    pseudonyms, as_of
        As in `mktlab.load`; a key file that is not there is made.
    whole
        Whether the whole notebook follows the findings.
    tell
        Is told, sentence by sentence, what was read, assumed and written.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    MktlabError
        Before anything runs, if a path, the learner or the day cannot be used; afterwards,
        if a cell fails. When the cell's own error is a `MktlabError`, its message is passed on as
        it is.
    """
    notebook, output = Path(notebook), Path(output)
    lesson = read(notebook)
    _check_parameters(lesson, notebook, learner)
    folder = None if str(data) == "solane" else _data_folder(Path(data))
    _check_options(
        folder, learner, {"--list": list_to, "--pseudonyms": pseudonyms, "--as-of": as_of}
    )
    _check_output(output, notebook)
    known = next((one for one in LESSONS if one.name == notebook.stem), None)
    listed = _listed(known, notebook, folder, list_to)
    asked, list_to = list_to, list_to or output.with_name(f"{output.stem}_customers.csv")
    if listed:
        check_list(list_to, output)
    session = _session(pseudonyms, as_of, tell)
    session["quiet"] = bool(folder) and has_findings(lesson)  # a report shows the account itself
    whose = printable(folder.name) if folder else "Maison Solane"
    if learner:
        whose = load("solane", learner=learner).name  # here it can tell that it makes this world
    elif folder:
        with suppress(MktlabError):  # here it can tell what became of the files; else the lesson
            load(folder)
    values = {"SOURCE": str(folder or "solane"), "LEARNER": learner}
    setting = ", ".join(f"{name} = {value!r}" for name, value in values.items() if value)
    watch = Watch(lesson, notebook, advice=f'"jupyter lab {notebook}", set {setting}')
    _set_parameters(lesson, session, values)
    left_out = {"catalogue", "solane"} if folder else {"catalogue"}
    lesson.cells = [c for c in lesson.cells if not left_out & {*c.metadata.get("tags", [])}]
    handed = _run(lesson, watch, listed)
    few = clean_outputs(lesson) if folder else 0
    written, customers = [str(output)], handed.customers
    if customers is not None:
        if folder and asked and pseudonyms is None:
            customers = led_back(customers, own_ids(folder))
        write_list(customers, list_to)
        written.append(f"{list_to} ({_many(customers)})")
    elif listed:
        tell(say("No list: the notebook makes no table {name}.", name=listed))
    hide = _local_paths(Path(data).absolute() if folder else None, notebook)
    page = Page(folder=notebook.resolve().parent, hide=hide)
    made = say("{today:day} · made with mktlab", today=datetime.date.today())
    if folder and has_findings(lesson):
        title = known.report if known and known.report else notebook.stem
        read_lines = [*map(words_without_few, handed.lines), *([told_of_few()] if few else [])]
        found: Any = {"read": read_lines, "beside": _beside(handed.customers, list_to)}
        text = render_report(
            page, lesson, title=title, whose=whose, byline=made, whole=whole, **found
        )
    else:
        byline = say("{file} · data: {whose}", file=notebook.name, whose=whose)
        text = render(page, lesson, name=notebook.stem, byline=f"{byline} · {made}")
    write_whole(output, text, what=say("The report"))
    if few:
        tell(told_of_few())
    tell(say("Wrote {files}.", files=say(" and ").join(written)))
    if customers is not handed.customers or names_addresses(customers):
        told = say(
            "{file} names customers as your files do, which is personal data: keep it safe. "
            "Without --list, or with --pseudonyms, a list has pseudonyms.",
            file=list_to,
        )
        tell(told)
    return output


def _many(customers: pd.DataFrame) -> str:
    return say_many("{n} customer", "{n:count} customers", len(customers))


def _beside(customers: pd.DataFrame | None, list_to: Path) -> str:
    if customers is None:
        return ""
    many = _many(customers)
    told = say("The list beside this page, {file}, has {many}.", file=list_to.name, many=many)
    return words_without_few(told)


def _session(pseudonyms: Path | None, as_of: str, tell: Callable[[str], object]) -> dict[str, Any]:
    """What `load` is to go by in the kernel; a key file that is not there is made."""
    session: dict[str, Any] = {
        "as_of": f"{day_of(as_of):%Y-%m-%d}" if as_of else "",
        "pseudonyms": "",
    }
    if pseudonyms is not None:
        session["pseudonyms"] = str(pseudonyms.resolve())
        if make_key(pseudonyms):
            tell(say("Wrote {file}, a new key: keep it, and keep it secret.", file=pseudonyms))
    return session


def _listed(known: Lesson | None, notebook: Path, folder: Path | None, asked: Path | None) -> str:
    """The variable with a row per customer; "" where none is written."""
    if asked is not None and not (known and known.listed):
        others = ", ".join(one.name for one in LESSONS if one.listed)
        told = say(
            "{notebook} makes no list of customers: leave out --list, or run one of {others}.",
            notebook=notebook.stem,
            others=others,
        )
        raise MktlabError(told)
    return known.listed if known and folder else ""


def _run(lesson: NotebookNode, watch: Watch, listed: str) -> Handed:
    """Run all cells, and one more that hands over what was read and the list of that name."""
    with tempfile.TemporaryDirectory(prefix="mktlab-run-") as place:
        file = Path(place) / "handed"
        customers = f"globals().get({listed!r})" if listed else "None"
        last = (
            "from mktlab.notebooks.handover import hand_over\n\n"
            f"hand_over({str(file)!r}, globals().get('company'), {customers})"
        )
        lesson.cells.append(_injected(last))
        with _progress(len(lesson.cells)) as show:
            run_cells(lesson, watch, show=show)
        return handed_over(file)


def _set_parameters(lesson: NotebookNode, session: dict[str, Any], values: dict[str, str]) -> None:
    """Let a cell after the parameters overrule them; a page shows neither."""
    tags = {"parameters", "injected-parameters"}
    last = max(n for n, c in enumerate(lesson.cells) if tags & {*c.metadata.get("tags", [])})
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    if any(session.values()):
        said = ", ".join(f"{name}={value!r}" for name, value in session.items())
        lines += ["", "from mktlab.data.session import use", "", f"use({said})"]
    lesson.cells.insert(last + 1, _injected("\n".join(lines)))


def _injected(source: str) -> NotebookNode:
    import nbformat

    cell: NotebookNode = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
        source, metadata={"tags": ["injected-parameters"]}
    )
    return cell


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


def _check_options(folder: Path | None, learner: str, options: dict[str, object]) -> None:
    if folder and learner:
        raise MktlabError(
            say("--learner goes with Maison Solane only: leave out --learner, or leave out --data.")
        )
    given = [name for name, value in options.items() if value]
    if given and not folder:
        told = say(
            "{option} goes with your own tables: leave it out, or add --data and their folder.",
            option=given[0],
        )
        raise MktlabError(told)


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
