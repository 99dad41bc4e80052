"""A simulated company of any size, written to a folder, with a sign of progress on a terminal.

`make` looks at what it was asked first, so that a mistake is told at once and not after minutes of
simulation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.company.package import FORMATS, replaced, rows_of, saved_in, write
from mktlab.files import HIDDEN, printable
from mktlab.schema import MktlabError
from mktlab.show.formats import count
from mktlab.show.words import say

if TYPE_CHECKING:
    from rich.progress import Progress

    from mktlab.company import Company

MOST_REPLAYED = 20_000
"""People up to whom the truth that takes two dozen replays of the last year is written too."""


def make(
    out: Path, *, format: str = "csv", people: int = 12_000, weeks: int = 156, seed: int = 2023
) -> str:
    """Simulate Maison Solane and write it to a folder.

    Parameters
    ----------
    out
        A new or empty folder, or one that this function wrote before, whose files are replaced.
    format
        "csv" or "parquet".
    people, weeks, seed
        As in `mktlab.market.simulate`.

    Returns
    -------
    A sentence on what was written.

    Raises
    ------
    MktlabError
        For a number out of its range, an unknown format, a folder that holds anything else or
        cannot be written to, or a market that does not fit into memory.
    """
    from mktlab.market.run import LIMITS

    for name, number in {"people": people, "weeks": weeks, "seed": seed}.items():
        low, high = LIMITS[name]
        if not low <= number <= high:
            told = say(
                "--{name} is {number}; give a number from {low:count} to {high:count}.",
                name=name,
                number=number,
                low=low,
                high=high,
            )
            raise MktlabError(told)
    if format not in FORMATS:
        known = " or ".join(FORMATS)
        raise MktlabError(say("--format is {given!r}; give {known}.", given=format, known=known))
    with replaced(out) as making, _progress() as progress:
        _check(out, format)
        size: dict[str, Any] = {"people": people, "weeks": weeks}
        doing = say("Playing {weeks} weeks with {people:count} people", **size)
        playing = progress.add_task(doing, total=None)
        try:
            from mktlab.market import simulate

            company = simulate(people=people, weeks=weeks, seed=seed)
        except MemoryError as error:
            told = say(
                "{people:count} people over {weeks} weeks do not fit into this machine's memory; "
                "lower --people or --weeks.",
                **size,
            )
            raise MktlabError(told) from error
        progress.update(playing, total=1, completed=1)
        reruns = people <= MOST_REPLAYED
        doing = say("Writing {format}", format=format)
        writing = progress.add_task(doing, total=rows_of(company, reruns=reruns))

        def advance(rows: int) -> None:
            progress.advance(writing, rows)

        write(company, making, format=format, reruns=reruns, written=advance)
    return written(company, out)


def written(company: Company, folder: Path) -> str:
    """A sentence on the tables of a company that were written to a folder."""
    rows = ", ".join(f"{name} {count(len(table))}" for name, table in company.tables.items())
    return say("Wrote {folder}: {rows} rows", folder=printable(folder), rows=rows)


def _check(out: Path, format: str) -> None:
    """Refuse a folder that holds what must not be mixed with."""
    held = [path.name for path in out.iterdir()] if out.is_dir() else []
    held = sorted(name for name in held if not name.startswith(HIDDEN))
    ours = saved_in(out)
    strange = [name for name in held if name not in ours]
    if strange:
        told = say(
            "{folder} is not empty: it holds {file}, which this command did not write; give a new "
            "folder with --out.",
            folder=printable(out),
            file=printable(strange[0]),
        )
        raise MktlabError(told)
    other = [name for name in held if name.endswith(tuple(FORMATS)) and not name.endswith(format)]
    if other:
        told = say(
            "{folder} holds {file} of an earlier run, which would mix with {format} files; give a "
            "new folder with --out, or empty this one.",
            folder=printable(out),
            file=other[0],
            format=format,
        )
        raise MktlabError(told)


def _progress() -> Progress:
    """A bar on stderr; nothing is shown where stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
