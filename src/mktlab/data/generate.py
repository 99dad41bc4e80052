"""A simulated company of any size, written to a folder, with a sign of progress on a terminal.

`make` looks at what it was asked first, so that a mistake is told at once and not after minutes of
simulation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mktlab.company.package import FORMATS, replaced, rows_of, saved_in, write
from mktlab.files import HIDDEN, printable
from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from rich.progress import Progress

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
            raise MktlabError(f"--{name} is {number:,}; give a number from {low:,} to {high:,}.")
    if format not in FORMATS:
        raise MktlabError(f"--format is {format!r}; give {' or '.join(FORMATS)}.")
    with replaced(out) as making, _progress() as progress:
        _check(out, format)
        playing = progress.add_task(f"Playing {weeks} weeks with {people:,} people", total=None)
        try:
            from mktlab.market import simulate

            company = simulate(people=people, weeks=weeks, seed=seed)
        except MemoryError as error:
            raise MktlabError(
                f"{people:,} people over {weeks} weeks do not fit into this machine's memory; "
                "lower --people or --weeks."
            ) from error
        progress.update(playing, total=1, completed=1)
        reruns = people <= MOST_REPLAYED
        writing = progress.add_task(f"Writing {format}", total=rows_of(company, reruns=reruns))

        def advance(rows: int) -> None:
            progress.advance(writing, rows)

        write(company, making, format=format, reruns=reruns, written=advance)
    rows = ", ".join(f"{name} {len(table):,}" for name, table in company.tables.items())
    return f"Wrote {printable(out)}: {rows} rows"


def _check(out: Path, format: str) -> None:
    """Refuse a folder that holds what must not be mixed with."""
    held = [path.name for path in out.iterdir()] if out.is_dir() else []
    held = sorted(name for name in held if not name.startswith(HIDDEN))
    ours = saved_in(out)
    strange = [name for name in held if name not in ours]
    if strange:
        raise MktlabError(
            f"{printable(out)} is not empty: it holds {printable(strange[0])}, which this command "
            "did not write; give a new folder with --out."
        )
    other = [name for name in held if name.endswith(tuple(FORMATS)) and not name.endswith(format)]
    if other:
        raise MktlabError(
            f"{printable(out)} holds {other[0]} of an earlier run, which would mix with {format} "
            "files; give a new folder with --out, or empty this one."
        )


def _progress() -> Progress:
    """A bar on stderr; nothing is shown where stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
