"""The commands `mktlab plan` and `mktlab league`: plans as files, played alone or by a class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many

app = typer.Typer(no_args_is_help=True)
PlanFile = Annotated[Path, typer.Argument(help=say("The plan, as TOML."))]
First = Annotated[str, typer.Option(metavar="DAY", help=say("The plan's first day, for dates."))]


@app.callback()
def plan() -> None:
    """A plan on the seven Ps as a file: begin, check, print and play it."""


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="The file to write, such as plans/ada.toml.")],
    budget: Annotated[float, typer.Option(help="Euros that the year may cost.")] = 600_000,
) -> None:
    """Write a plan that leaves all as today, with every lever explained, to be changed."""
    from mktlab.plan import Plan

    if file.exists():
        told = say("{file} is there already: give another name, or delete it first.", file=file)
        raise MktlabError(told)
    Plan.baseline().but(name=file.stem, budget=budget).to_toml(file)
    typer.echo(say("Wrote {file}: change it, then look: mktlab plan check {file}", file=file))


@app.command("check")
def check(file: PlanFile) -> None:
    """Say what a plan changes and costs, and everything that is wrong with it."""
    from mktlab.plan import Plan
    from mktlab.plan.brief import summary

    read = Plan.from_toml(file)
    problems = read.validate()
    for problem in problems:
        typer.echo(f"- {problem}")
    if problems:
        raise typer.Exit(2)
    typer.echo(f"{read.name}: {summary(read)}")
    typer.echo(say("It can be carried out: mktlab plan run {file}", file=file))


@app.command("brief")
def brief(
    file: PlanFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path(
        "brief.html"
    ),
    starting: First = "",
) -> None:
    """Write the plan on one page, for a wall or a meeting."""
    from mktlab.plan import Plan

    Plan.from_toml(file).brief(starting=starting or None).save(output)
    typer.echo(say("Wrote {file}", file=output))


@app.command("workbook")
def workbook(
    file: PlanFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write.")] = Path(
        "plan.xlsx"
    ),
) -> None:
    """Write the plan as a workbook: objectives, actions, budget, calendar, indicators."""
    from mktlab.plan import Plan

    Plan.from_toml(file).to_excel(output)
    typer.echo(say("Wrote {file}", file=output))


@app.command("run")
def run(
    file: PlanFile,
    learner: Annotated[str, typer.Option(help="Play it in the market of this name.")] = "",
    weeks: Annotated[int, typer.Option(help="Weeks to play, 1 to 156.")] = 52,
) -> None:
    """Carry the plan out in the market; tell what it earned and which targets it reached."""
    from mktlab.data.learner_worlds import PUBLISHED, seed_of
    from mktlab.market import start
    from mktlab.plan import Plan
    from mktlab.show.formats import money
    from mktlab.show.tables import grid

    seed = seed_of(learner) if learner else PUBLISHED
    season = start(Plan.from_toml(file), seed=seed).advance(weeks)
    books = season.pnl().set_index("account")["expected_difference"]
    changed = books[books.abs() >= 500].map(lambda euros: money(euros, "EUR", sign=True))
    typer.echo(say_many("After {n} week:", "After {n} weeks, against everything as today:", weeks))
    typer.echo(grid(changed.rename(say("changed by"))).text())
    told = season.report()
    aims = told.loc[told["target"].notna(), ["meaning", "value", "target", "by_week", "reached"]]
    if len(aims):
        typer.echo("\n" + grid(aims.round(1).set_index("meaning")).text())


def league(
    plans: Annotated[list[Path], typer.Argument(help="Plans as TOML, or folders of them.")],
    key: Annotated[
        Path, typer.Option(help="The class's secret, of which the worlds are made; it may be new.")
    ] = Path("league.key"),
    quarters: Annotated[int, typer.Option(help="Quarters to play, 1 to 4.")] = 4,
    budget: Annotated[float, typer.Option(help="Euros a year that a plan may cost.")] = 600_000,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path(
        "league.html"
    ),
) -> None:
    """Rank a class's plans over hidden worlds; ada.2.toml is what Ada does from quarter 2 on."""
    from mktlab.course.league import league as play
    from mktlab.data.pseudonyms import make_key, read_key
    from mktlab.files import with_home, write_whole

    if make_key(key):
        typer.echo(say("Wrote {file}, a new key: keep it for all rounds, and secret.", file=key))
    played = play(
        [with_home(path) for path in plans],
        key=read_key(key),
        quarters=quarters,
        budget=budget,
        tell=typer.echo,
    )
    played.page().save(output)
    names = output.with_name(f"{output.stem}_names.csv")
    rows = [f"{team},{who}" for team, who in sorted(played.names.items())]
    write_whole(names, "\n".join(["team,plan", *rows, ""]))
    for name, reason in played.broken.items():
        typer.echo(say("Not ranked: {name}: {reason}", name=name, reason=reason))
    typer.echo(
        say("Wrote {file}, to be shown, and {names}, for you alone.", file=output, names=names)
    )
    if not len(played.table):
        raise typer.Exit(2)
