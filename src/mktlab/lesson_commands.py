"""The commands `mktlab lesson`: which lessons there are, what is derived, and a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mktlab.course.stored import project_folder
from mktlab.show.words import say

app = typer.Typer(no_args_is_help=True)


@app.callback()
def lesson() -> None:
    """The lessons, and what is derived."""


@app.command("list")
def list_lessons(
    data: Annotated[
        Path | None, typer.Option(help="A folder of tables: which lessons does it open?")
    ] = None,
) -> None:
    """List the lessons in the order in which one does them; with --data, what each still needs."""
    from mktlab.course.catalogue import course
    from mktlab.files import with_home
    from mktlab.reading import tables_in

    tables = None if data is None else tables_in(with_home(data))
    for lesson in course():
        if tables is not None and not lesson.own:
            continue
        lacks = [] if tables is None else lesson.lacks(tables)
        needs = f"  {say('needs {tables}', tables=', '.join(lacks))}" if lacks else ""
        typer.echo(f"{lesson.name:<16}{lesson.question}{needs}")


@app.command("build")
def build_lessons(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when something is out of date.")
    ] = False,
) -> None:
    """Write what is derived: the catalogue's words in notebooks and README, and exercises/."""
    from mktlab.course.build import build_all
    from mktlab.course.derived import write_all
    from mktlab.notebooks import execute

    root = project_folder()
    changed = [*write_all(root, check=check), *build_all(root, run=execute, check=check)]
    for path in changed:
        told = say("Out of date: {file}", file=path) if check else say("Wrote {file}", file=path)
        typer.echo(told)
    if not changed:
        typer.echo(say("Everything that is derived matches its source."))
    elif check:
        typer.echo(say("To mend it: mktlab lesson build"), err=True)
        raise typer.Exit(1)


@app.command("new")
def new_lesson(
    name: Annotated[str, typer.Argument(help="Number and name, such as 17_message.")],
) -> None:
    """Write the skeleton of a lesson: it runs, and says where to fill it in."""
    from mktlab.course.skeleton import write

    root = project_folder()
    for path in write(root, name):
        typer.echo(say("Wrote {file}", file=path.relative_to(root)))
    number = name.partition("_")[0]
    told = say("Now fill in what says TODO, and look: mktlab lesson check {number}", number=number)
    typer.echo(told)


@app.command("check")
def check_lesson(
    name: Annotated[str, typer.Argument(help="Its number or name: 12, 12_cohorts.")],
    all_worlds: Annotated[
        bool, typer.Option("--all", help="Twenty learners' worlds instead, and store the count.")
    ] = False,
) -> None:
    """Build, run and judge one lesson; with --all, in twenty learners' worlds."""
    from mktlab.course.catalogue import find
    from mktlab.course.check import judge, judge_everywhere
    from mktlab.notebooks import execute

    lesson, well = find(name), True
    look = judge_everywhere if all_worlds else judge
    for finding in look(project_folder(), lesson, run=execute):
        typer.echo(str(finding))
        well = well and finding.ok
    if not well:
        raise typer.Exit(1)
