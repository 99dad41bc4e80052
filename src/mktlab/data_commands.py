"""The commands `mktlab data`: Maison Solane at any size, and the published one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mktlab.course.stored import project_folder
from mktlab.schema import MktlabError
from mktlab.show.words import say

app = typer.Typer(no_args_is_help=True)


@app.callback(invoke_without_command=True)
def make_data(
    context: typer.Context,
    people: Annotated[
        int | None, typer.Option(help="Persons in the market, customers or not [default: 12000].")
    ] = None,
    weeks: Annotated[int | None, typer.Option(help="Weeks to play [default: 156].")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed, another history [default: 2023].")
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="csv, or parquet for large tables [default: csv].")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder to write to.")] = None,
) -> None:
    """Simulate Maison Solane at any size and write its tables to a folder.

    The published company itself is made by `mktlab data build`.
    """
    from mktlab.data.generate import make
    from mktlab.files import with_home

    if context.invoked_subcommand is not None:
        if any(option is not None for option in (people, weeks, seed, format, out)):
            told = say(
                "mktlab data: options before {command} are not used; leave them out, or leave out "
                "{command}.",
                command=context.invoked_subcommand,
            )
            raise MktlabError(told)
        return
    if out is None:
        told = say("mktlab data: say which folder to write to, such as --out my_market.")
        raise MktlabError(told)
    size = {"people": people, "weeks": weeks, "seed": seed}
    given = {name: number for name, number in size.items() if number is not None}
    typer.echo(make(with_home(out), format=format or "csv", **given))


@app.command("build")
def build_data(
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to [default: datasets/solane].")
    ] = None,
) -> None:
    """Simulate Maison Solane and write its tables, their truth and their description."""
    from mktlab.data.generate import written
    from mktlab.market import simulate

    folder = out if out is not None else project_folder() / "datasets" / "solane"
    company = simulate()
    company.save(folder)
    typer.echo(written(company, folder))
