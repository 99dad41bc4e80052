"""The commands of whoever writes a lesson: `mktlab lesson new 12_cohorts` and `... check 12`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from mktlab.show.words import say


def add_to(lessons: typer.Typer, project_folder: Callable[[], Path]) -> None:
    """Give the group `mktlab lesson` its commands for authors."""

    @lessons.command("new")
    def new(
        name: Annotated[str, typer.Argument(help="Number and name, such as 12_cohorts.")],
    ) -> None:
        """Write the skeleton of a lesson: it runs, and says where to fill it in."""
        from mktlab.course.skeleton import write

        root = project_folder()
        for path in write(root, name):
            typer.echo(say("Wrote {file}", file=path.relative_to(root)))
        number = name.partition("_")[0]
        told = say(
            "Now fill in what says TODO, and look: mktlab lesson check {number}", number=number
        )
        typer.echo(told)

    @lessons.command("check")
    def check(
        name: Annotated[str, typer.Argument(help="Its number or name: 12, 12_cohorts.")],
        all_worlds: Annotated[
            bool,
            typer.Option("--all", help="Twenty learners' worlds instead, and store the count."),
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
