"""The `mktlab` command: opens the course, runs a lesson on own tables, checks the installation.

Each command is a thin door to a module that is imported only when the command runs, so that
`mktlab --help` answers at once. `Commands` turns a `MktlabError` from any of them into its one
sentence on stderr and exit code 2; `find_notebook` knows the notebook that a person names.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mktlab import data_commands, lesson_commands, plan_commands
from mktlab.course.stored import LAID_OUT, course_folder, lay_out, project_folder
from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many

START = Path("notebooks", "00_start_here.ipynb")
Tables = Annotated[
    str, typer.Option(help="The folder of your tables, or solane for Maison Solane.")
]


class Commands(TyperGroup):
    """A group of commands that tells a person's mistake in one sentence."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a MktlabError ends it with its sentence and exit code 2."""
        # Whoever ends a command lets it tidy up; a name that cannot be shown is shown with a "?".
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        getattr(sys.stdout, "reconfigure", dict)(errors="replace")
        try:
            return super().invoke(ctx)
        except MktlabError as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(2) from problem


app = typer.Typer(
    cls=Commands,
    help="Operational marketing in Python, on a company whose truth is known.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_commands.app, name="data")
app.add_typer(lesson_commands.app, name="lesson")
app.add_typer(plan_commands.app, name="plan")
app.command()(plan_commands.league)


def find_notebook(name: str) -> Path:
    """The notebook that `name` means: a path, or a lesson's name or number such as 11.

    Raises
    ------
    MktlabError
        If no lesson goes by that name.
    """
    from mktlab.course.catalogue import LESSONS
    from mktlab.files import is_file

    if is_file(name):
        return Path(name)
    for lesson in LESSONS:
        if name in (lesson.name, lesson.number):
            return course_folder() / lesson.path()
    told = say(
        "No notebook is called {name!r}: give its path, or one of these lessons: {names}",
        name=name,
        names=", ".join(lesson.name for lesson in LESSONS),
    )
    raise MktlabError(told)


@app.command(context_settings={"ignore_unknown_options": True})
def lab(
    options: Annotated[
        list[str] | None,
        typer.Argument(help="Options of JupyterLab, such as --no-browser --port 8899."),
    ] = None,
) -> None:
    """Open the course in JupyterLab, for this machine only."""
    import zmq
    from jupyterlab.labapp import main

    root = lay_out()
    if root.name == LAID_OUT:
        typer.echo(say("The course lies in {folder}: write there.", folder=root))
    # Settings that keep JupyterLab on this machine, without its news and update check, its only
    # request to others. They stand in files, so that an option of the same name replaces them.
    config = [str(Path(__file__).with_name("lab")), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, config))
    settings = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{START.as_posix()}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # a container: there is no other user
        settings.append("--ServerApp.allow_root=True")
    if zmq.has("curve"):  # else each kernel warns that other users of the machine may listen
        settings.append("--KernelManager.transport_encryption=auto")
    here = str(Path(sys.executable).parent)  # so that its terminals know the command mktlab
    os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])
    sys.argv[0] = "jupyter-lab"
    main([*settings, *(options or [])])


@app.command()
def run(
    notebook: Annotated[str, typer.Argument(help="A notebook's path, or its name: 11_rfm, 11.")],
    data: Tables = "solane",
    learner: Annotated[
        str, typer.Option(help="A name, for a Maison Solane of this learner's own.")
    ] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The report to write.")] = Path(
        "report.html"
    ),
    list_to: Annotated[
        Path | None,
        typer.Option("--list", help="The list of all customers, .csv or .xlsx, with your own ids."),
    ] = None,
    pseudonyms: Annotated[
        Path | None,
        typer.Option(help="Replace ids by pseudonyms, with the key in this file; it may be new."),
    ] = None,
    as_of: Annotated[
        str, typer.Option(metavar="DAY", help="Leave out what came on this day or later.")
    ] = "",
    whole: Annotated[
        bool, typer.Option("--lesson", help="Let the lesson's text follow the findings.")
    ] = False,
) -> None:
    """Run a lesson on your own tables, or in a learner's world, and write a report."""
    from mktlab.notebooks import run_notebook

    lesson = find_notebook(notebook)
    _check_tables(lesson.stem, data)
    run_notebook(
        lesson,
        data=data,
        learner=learner,
        output=output,
        list_to=list_to,
        pseudonyms=pseudonyms,
        as_of=as_of,
        whole=whole,
        tell=typer.echo,
    )


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The folder of your files.")],
    write: Annotated[
        bool, typer.Option("--write", help="Put the proposed columns.toml into the folder.")
    ] = False,
) -> None:
    """Tell what your files hold, how they are read, and what must be decided."""
    from mktlab.files import with_home
    from mktlab.folder_check import check as look_at

    lines, well = look_at(with_home(folder), save=write)
    typer.echo("\n".join(lines))
    if not well:
        raise typer.Exit(2)


@app.command()
def clean(
    places: Annotated[list[Path], typer.Argument(help="Notebooks, or folders of them.")],
    check: Annotated[bool, typer.Option("--check", help="Only look; exit 1 if there are.")] = False,
) -> None:
    """Take rows of persons, and of fewer than five, out of the stored outputs of notebooks."""
    from mktlab.course.stored import notebooks_in
    from mktlab.notebooks.clean import clean as clean_notebook

    paths = [path for place in places for path in (notebooks_in(place) or [place])]
    found = {path: rows for path in paths if (rows := clean_notebook(path, save=not check))}
    for path, rows in found.items():
        many = say_many("{n} row of persons or of few", "{n:count} rows of persons or of few", rows)
        done = "" if check else say(" taken out")
        typer.echo(say("{path}: {many}{done}.", path=path, many=many, done=done))
    if not found:
        many = say_many("{n} notebook", "{n:count} notebooks", len(paths))
        typer.echo(say("No row of persons or of few in {many}.", many=many))
    elif check:
        raise typer.Exit(1)


@app.command()
def work(
    lesson: Annotated[str, typer.Argument(help="A lesson's name or number: 11_rfm, 11.")],
    learner: Annotated[str, typer.Option(help="Play it in the market of this name.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Make new copies beside those that are there.")
    ] = False,
) -> None:
    """Copy a lesson and its exercise into my_work/."""
    from mktlab.course.catalogue import find
    from mktlab.notebooks.work import copy_lesson

    wanted = find(lesson)
    copies = copy_lesson(wanted, project_folder(), learner=learner, again=again)
    for copy in copies:
        file = os.path.relpath(copy.path)
        if copy.made:
            typer.echo(say("Wrote {file}", file=file))
        else:
            typer.echo(say("{file} is there already, and stays as it is.", file=file))
    old = [copy for copy in copies if not copy.made]
    if old and learner:
        typer.echo(say("For copies in the world of {name}, add --again.", name=learner))
    elif any(copy.newer for copy in old):
        typer.echo(say("The course has a newer version: --again copies it beside yours."))
    told = say(
        "To open it: {command} lab {file}; or, where JupyterLab is open, its folder on the left.",
        command=_command(),
        file=os.path.relpath(copies[0].path),
    )
    typer.echo(told)


def _command() -> str:
    """How one calls mktlab here: by its name where a terminal finds it, else by its path."""
    command = Path(sys.executable).with_name("mktlab")
    if shutil.which("mktlab"):
        return "mktlab"
    return str(command.relative_to(Path.cwd()) if command.is_relative_to(Path.cwd()) else command)


@app.command()
def progress() -> None:
    """Tell how far you are in each exercise."""
    from mktlab.notebooks.progress import progress as progress_of

    for exercise in progress_of(project_folder()):
        typer.echo(str(exercise))


def _check_tables(name: str, data: str) -> None:
    """Refuse at once a lesson whose tables are not there; a notebook of one's own may try."""
    from mktlab.course.catalogue import LESSONS
    from mktlab.files import is_folder
    from mktlab.reading import tables_in

    lesson = next((known for known in LESSONS if known.name == name), None)
    if lesson is None or not is_folder(data):
        return
    tables = tables_in(Path(data))
    missing = lesson.lacks(tables)
    open_ones = [known.name for known in LESSONS if known.opens(tables)]
    if not lesson.own:
        told = say(
            "{name} shows the tools on Maison Solane's tables alone: run one of {others}.",
            name=name,
            others=", ".join(open_ones) or LESSONS[0].name,
        )
        raise MktlabError(told)
    if tables and missing:
        names = ", ".join(open_ones)
        told = say_many(
            "{name} needs the table {tables}, and {folder} has none: add a file of that name"
            "{instead}.",
            "{name} needs the tables {tables}, and {folder} has none: add a file of that name"
            "{instead}.",
            len(missing),
            name=name,
            tables=", ".join(missing),
            folder=Path(data).resolve().name,
            instead=names and say(", or run one that your tables open: {names}", names=names),
        )
        raise MktlabError(told)


@app.command()
def dashboard(
    data: Tables = "solane",
    learner: Annotated[
        str, typer.Option(help="A name, for a Maison Solane of this learner's own.")
    ] = "",
    as_of: Annotated[
        str, typer.Option(metavar="DAY", help="Leave out what came on this day or later.")
    ] = "",
    season: Annotated[
        bool, typer.Option("--season", help="The control room of a season in the market.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="Where to listen [default: 8866, or any free port].")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only tell the address.")
    ] = False,
) -> None:
    """Open the dashboard as a web page, for this machine only."""
    from mktlab.dashboard.serve import serve

    asked: Any = {"learner": learner, "as_of": as_of, "season": season}
    serve(data, **asked, port=port, browser=not no_browser, say=typer.echo)


@app.command()
def doctor() -> None:
    """Check the installation; name the fix of what is wrong."""
    from mktlab.doctor import examine

    well = True
    for check in examine(course_folder()):
        typer.echo(str(check))
        well = well and check.ok
    if not well:
        raise typer.Exit(1)


@app.command()
def execute(
    places: Annotated[list[Path], typer.Argument(help="Notebooks, or folders of them.")],
) -> None:
    """Run notebooks anew and store their outputs (for authors)."""
    from mktlab.course.stored import notebooks_in
    from mktlab.notebooks import execute as execute_notebook

    for place in places:
        for notebook in notebooks_in(place) if place.is_dir() else [place]:
            typer.echo(say("Running {file}", file=notebook))
            execute_notebook(notebook)
