"""How like a real market the simulated one is: `make realism` writes `docs/realism.md`.

`realism.toml` holds what the literature gives for each quantity, written down before any market
was measured. `realism_company`, `realism_customers`, `realism_departments`, `realism_practice`
and `realism_replays` measure the quantities, in several worlds each; this command sets both side by
side. A range is never changed after the fact: a miss stays, and `reason` in the toml explains it.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from benchmarks import (
    realism_company,
    realism_customers,
    realism_departments,
    realism_practice,
    realism_replays,
)
from benchmarks.worlds.realism import LARGE_SEEDS, SEEDS, NotThereYet, World
from mktlab.show.formats import UNKNOWN, decimal, share

RANGES = Path(__file__).with_suffix(".toml")
FILE = Path(__file__).parents[1] / "docs" / "realism.md"
JUDGED = {"mean": np.mean, "highest": np.max, "lowest": np.min}
WORLDS = {
    **dict.fromkeys(("settling", "deal_customers", "referred"), LARGE_SEEDS),
    **dict.fromkeys(("best_price_lowest", "best_price_highest", "much_dearer"), SEEDS[:2]),
}
"""Quantities that need large worlds, or take long; all others are measured in those of `SEEDS`."""
INTRODUCTION = """\
# How real is the market?

The market of this course is simulated, and a lesson learned in it is worth as much as it is like
real markets. This page sets {rows} quantities of it beside what has been published about real ones.
A range was written down, with its source, before the market was measured, and is never changed
afterwards: where the market misses it, the miss stays, with the reason if we know one. {inside}
quantities lie inside their range, {outside} outside{missing}.
The ranges of *Shelf, audiences and opinions*, *Place*, *People at the counter*, *Business buyers*
and *Practice* are the exception: they were written down when the tables were there to look at, so
that they show what was aimed at, and prove less.

- **published** is the range, and **evidence** says how well it is founded: *read* where its number
  stands in the source's own text or abstract, *weak* where it comes from a trade page, from a
  source that quotes another, or from memory, *assumption* where it is ours.
- **market** is the mean of four markets of 12,000 people over three years (of two for best prices,
  of three of 60,000 people for what is rare or breaks with size), or the lowest or highest of them
  where one bad market is one too many; **worlds** shows how far they differ.

`make realism` plays the markets and writes this page; the ranges are in `benchmarks/realism.toml`,
the measures in `benchmarks/realism_company.py`, `realism_customers.py`, `realism_departments.py`,
`realism_practice.py` and `realism_replays.py`.
"""


class Quantity(NamedTuple):
    """What `realism.toml` says of one quantity."""

    group: str
    title: str
    unit: str
    low: float
    high: float
    source: str
    evidence: str
    measured: str
    of: str
    reason: str

    def judge(self, values: list[float]) -> tuple[str, str, str]:
        """The number that is judged, how far the worlds differ, and the verdict, as written."""
        if not values:
            return UNKNOWN, UNKNOWN, "not there yet"
        number = float(JUDGED[self.of](values))
        inside = self.low - 1e-9 <= number <= self.high + 1e-9
        apart = f"{self.write(min(values))} to {self.write(max(values))}"
        outside = f"outside: {self.reason}" if self.reason else "outside"
        return self.write(number), apart, "inside" if inside else outside

    @property
    def name(self) -> str:
        """Its title, with the unit where the numbers do not show it."""
        return self.title + ("" if self.unit in ("share", "number") else f", {self.unit}")

    def write(self, number: float) -> str:
        """A number in this unit."""
        if self.unit == "share":
            return share(number, 1)
        return decimal(number, 0 if self.high >= 20 else 3 if self.high - self.low < 1 else 2)


def quantities() -> dict[str, Quantity]:
    """Name -> quantity, in the order of the page."""
    listed = tomllib.loads(RANGES.read_text(encoding="utf-8"))
    return {name: Quantity(**row) for name, row in listed.items()}


TABLES = (realism_company, realism_customers, realism_departments, realism_practice)


def measures(*modules: ModuleType) -> dict[str, Callable[[World], float]]:
    """Name -> the function that measures it, of these modules or of all."""
    return {
        name: function
        for module in modules or (*TABLES, realism_replays)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }


def measure(names: Collection[str]) -> dict[str, list[float]]:
    """Name -> its value in each world; empty where the market has no such thing yet."""
    functions = measures()
    found: dict[str, list[float]] = {name: [] for name in names}
    for seed in (*SEEDS, *LARGE_SEEDS):
        world = World(seed)
        for name in names:
            if seed in WORLDS.get(name, SEEDS):
                try:
                    found[name].append(float(functions[name](world)))
                except NotThereYet:
                    continue
    return found


def page(found: dict[str, list[float]]) -> str:
    """The page that shows these values."""
    known = quantities()
    told = {name: quantity.judge(found[name]) for name, quantity in known.items()}
    verdicts = [verdict.partition(":")[0] for *_, verdict in told.values()]
    missing = verdicts.count("not there yet")
    parts = [
        INTRODUCTION.format(
            rows=len(known),
            inside=verdicts.count("inside"),
            outside=verdicts.count("outside"),
            missing=f", and {missing} are not in the market yet" if missing else "",
        )
    ]
    for group in dict.fromkeys(quantity.group for quantity in known.values()):
        rows = {name: quantity for name, quantity in known.items() if quantity.group == group}
        parts.append(_table(group, rows, told))
    return "\n".join(parts)


def _table(group: str, rows: dict[str, Quantity], told: dict[str, tuple[str, str, str]]) -> str:
    lines = [
        f"## {group}\n",
        "| quantity | published | evidence | market | worlds | verdict | source |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in rows.items():
        number, apart, verdict = told[name]
        number = number if row.of == "mean" or number == UNKNOWN else f"{number} ({row.of})"
        published = f"{row.write(row.low)} to {row.write(row.high)}"
        cells = (row.name, published, row.evidence, number, apart, verdict, row.source)
        lines.append(f"| {' | '.join(cells)} |")
    lines.append("\nHow they are measured:\n")
    lines += [f"- *{row.title}*: {row.measured}." for row in rows.values()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure everything and write the page."""
    FILE.write_text(page(measure(quantities())), encoding="utf-8")
    print(f"{FILE} is written.")


if __name__ == "__main__":
    main()
