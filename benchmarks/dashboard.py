"""How long the dashboard takes to follow a filter: `python -m benchmarks dashboard`.

The peer is the plain way: filter the tables and compute every tile with `kpi.compute`, without a
trend, alerts or intervals.
"""

import time

import numpy as np
import pandas as pd

import mktlab
from benchmarks.timing import Ratio, compare
from mktlab import dashboard, kpi
from mktlab.company import Company
from mktlab.dashboard.view import Dashboard

CHANGES = 100


def changes(page: Dashboard, rng: np.random.Generator) -> list[float]:
    """Seconds that the page took for each of many random changes of one filter."""
    seconds = []
    names = ["period", "segment", "channel", "against", "sigmas", "measure"]
    while len(seconds) < CHANGES:
        control = page.controls[names[rng.integers(len(names))]]
        options = [value for _, value in control._options_full if value != control.value]
        choice = options[rng.integers(len(options))]
        begun = time.perf_counter()
        control.value = choice
        seconds.append(time.perf_counter() - begun)
    return seconds


def run() -> list[Ratio]:
    """Measure on Maison Solane; also print the percentiles, the figures that a person feels."""
    company = mktlab.load("solane")
    page = dashboard.show(company)
    seconds = np.quantile(changes(page, np.random.default_rng(0)), [0.5, 0.95, 1])
    told = ", ".join(f"{q} {s:.2f} s" for q, s in zip(("p50", "p95", "max"), seconds, strict=True))
    print(f"dashboard, {CHANGES} changes of a filter, drawn: {told}")

    board = dashboard.Board(company)
    chosen = board.latest(13)._replace(segment="champions")
    names = [name for name in dashboard.TILES if name not in ("cac", "wait_minutes")]

    def ours() -> pd.DataFrame:
        return board.page(chosen).tiles

    def plain() -> pd.DataFrame:
        people = set(board.filters.people(chosen))
        tables = {
            name: table[table["customer_id"].isin(people)] if "customer_id" in table else table
            for name, table in company.tables.items()
        }
        part = Company(tables, name="champions", today=company.today)
        return kpi.compute(part, names, start=chosen.start)

    return [compare("dashboard, one segment: page / filter and compute the tiles", ours, plain)]
