"""The commands `mktlab plan` and `mktlab league`: plans as files, played alone or by a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.own_plan import OwnPlan
    from mktlab.plan import Plan

app = typer.Typer(no_args_is_help=True)
PlanFile = Annotated[Path, typer.Argument(help=say("The plan, as TOML."))]
First = Annotated[str, typer.Option(metavar="DAY", help=say("The plan's first day, for dates."))]


@app.callback()
def plan() -> None:
    """A plan on the seven Ps as a file: begin, check, print and play it."""


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="The file to write, such as plans/ada.toml.")],
    data: Annotated[
        Path | None, typer.Option(help="The folder of your tables: a plan of your own company.")
    ] = None,
    budget: Annotated[float, typer.Option(help="Euros that the year may cost.")] = 600_000,
) -> None:
    """Write a plan that leaves all as today, with every lever explained, to be changed."""
    from mktlab.files import write_whole
    from mktlab.plan import Plan

    if file.exists():
        told = say("{file} is there already: give another name, or delete it first.", file=file)
        raise MktlabError(told)
    if data is None:
        Plan.baseline().but(name=file.stem, budget=budget).to_toml(file)
    else:
        from mktlab.own_plan import template

        write_whole(file, template(_company(data), name=file.stem), what=say("The plan"))
    typer.echo(say("Wrote {file}: change it, then look: mktlab plan check {file}", file=file))


@app.command("check")
def check(file: PlanFile) -> None:
    """Say what a plan changes and costs, and everything that is wrong with it."""
    from mktlab.own_plan.pages import summary as summary_of_own
    from mktlab.plan import Plan
    from mktlab.plan.brief import summary

    read = _read(file)
    problems = read.validate()
    for problem in problems:
        typer.echo(f"- {problem}")
    if problems:
        raise typer.Exit(2)
    if isinstance(read, Plan):
        typer.echo(f"{read.name}: {summary(read)}")
        typer.echo(say("It can be carried out: mktlab plan run {file}", file=file))
    else:
        typer.echo(f"{read.name}: {summary_of_own(read)}")
        typer.echo(say("Budget, dates, people and lead times fit. No market is played for it."))


@app.command("brief")
def brief(
    file: PlanFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path(
        "brief.html"
    ),
    starting: First = "",
) -> None:
    """Write the plan on one page, for a wall or a meeting."""
    from mktlab.own_plan import pages
    from mktlab.plan import Plan

    read = _read(file)
    if isinstance(read, Plan):
        read.brief(starting=starting or None).save(output)
    else:
        pages.brief(read).save(output)
    typer.echo(say("Wrote {file}", file=output))


@app.command("workbook")
def workbook(
    file: PlanFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write.")] = Path(
        "plan.xlsx"
    ),
) -> None:
    """Write the plan as a workbook: objectives, actions, budget, calendar, indicators."""
    from mktlab.own_plan import pages
    from mktlab.plan import Plan

    read = _read(file)
    if isinstance(read, Plan):
        read.to_excel(output)
    else:
        pages.to_excel(read, output)
    typer.echo(say("Wrote {file}", file=output))


@app.command("books")
def books(
    file: PlanFile,
    data: Annotated[Path, typer.Option(help="The folder of your tables.")],
) -> None:
    """Hold a plan of your own company against its tables, month by month."""
    from mktlab.kpi.tree import shown
    from mktlab.own_plan import books as held
    from mktlab.plan import Plan
    from mktlab.show.formats import UNKNOWN
    from mktlab.show.tables import Grid

    read = _read(file)
    if isinstance(read, Plan):
        told = say("{file} is a plan for Maison Solane: play it with mktlab plan run.", file=file)
        raise MktlabError(told)
    rows = []
    for until, line, *amounts, unit in held(read, _company(data)).itertuples(index=False):
        said = [UNKNOWN if x != x else shown(x, unit, read.currency) for x in amounts]
        rows.append((say("{until:day}", until=until), line, *said))
    heads = (say("before"), say("line"), say("planned"), say("came"))
    typer.echo(Grid.of(heads, rows, right=(2, 3)).text())


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

    read = _read(file)
    if not isinstance(read, Plan):
        told = say(
            "{file} is a plan of your own company, and nobody can play a real market: once it has "
            "begun, hold it against your tables with mktlab plan books.",
            file=file,
        )
        raise MktlabError(told)
    seed = seed_of(learner) if learner else PUBLISHED
    season = start(read, seed=seed).advance(weeks)
    books = season.pnl().set_index("account")["expected_difference"]
    changed = books[books.abs() >= 500].map(lambda euros: money(euros, "EUR", sign=True))
    typer.echo(say_many("After {n} week:", "After {n} weeks, against everything as today:", weeks))
    typer.echo(grid(changed.rename(say("changed by"))).text())
    report = season.report()
    aims = report.loc[
        report["target"].notna(), ["meaning", "value", "target", "by_week", "reached"]
    ]
    if len(aims):
        typer.echo("\n" + grid(aims.round(1).set_index("meaning")).text())


def _read(file: Path) -> Plan | OwnPlan:
    """The plan in a file: one of your own company says on which day it begins."""
    from mktlab.own_plan import OwnPlan
    from mktlab.plan import Plan
    from mktlab.plan.source import read

    return (OwnPlan if "starting" in read(file)[1] else Plan).from_toml(file)


def _company(folder: Path) -> Company:
    from mktlab.data.load import load
    from mktlab.files import with_home

    return load(with_home(folder))


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
