"""How often the intervals cover the truth: `python -m benchmarks.coverage [again] [TOPIC ...]`.

Every topic in `benchmarks.worlds` has a `trial`: it simulates one small world and returns, claim by
claim, the estimate, its interval and the truth. This command runs the trials of many seeds and
writes them to `coverage.csv`, from which `tests/laws/test_coverage.py` reads the shares; the test
also runs some trials again, so that the file cannot drift from the code. `JOBS=1` takes one core.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path

import pandas as pd

SEEDS = {
    "price": range(1, 241),
    "churn": range(1, 241),
    "kpi": range(1, 401),
    "kpi_samples": range(1, 401),
    "methods": range(1, 401),
    "experiments": range(1, 401),
    "geo_tests": range(1, 401),
    "journeys": range(1, 401),
    "satisfaction": range(1, 401),
    "attribution": range(1, 401),
    "survival": range(1, 401),
    "recommendation": range(1, 401),
    "process": range(1, 401),
    "market_study": range(1, 401),
    "email": range(1, 401),
    "personas": range(1, 401),
    "search_terms": range(1, 401),
    "queues": range(1, 401),
    "place": range(1, 401),
    "conjoint": range(1, 401),
    "offers": range(1, 401),
    "drivers": range(1, 401),
    "promotion": range(1, 401),
    "uplift": range(1, 401),
    "lifetime": range(1, 401),
    "contracts": range(1, 401),
    "forecast": range(1, 401),
}
"""Topic -> its seeds. Where a claim misses, the trials of `AGAIN` are run once more."""
AGAIN = {topic: range(401, 801) for topic in SEEDS if topic not in ("price", "churn")}
TOPICS = tuple(SEEDS)
FILE = Path(__file__).with_name("coverage.csv")
COLUMNS = ["topic", "claim", "seed", "estimate", "low", "high", "truth"]


def trial(topic: str, seed: int) -> pd.DataFrame:
    """The claims of one topic in one world: a row each."""
    found = import_module(f"benchmarks.worlds.{topic}").trial(seed)
    rows = [
        (topic, claim, seed, *(float(f"{float(n):.8g}") for n in row))
        for claim, row in found.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def summary(trials: pd.DataFrame) -> pd.DataFrame:
    """Per claim: worlds, share of intervals that cover the truth, bias of the estimate, width."""
    covered = trials["truth"].between(trials["low"], trials["high"])
    error = trials["estimate"] - trials["truth"]
    return (
        trials.assign(covered=covered, error=error, width=trials["high"] - trials["low"])
        .groupby(["topic", "claim"])
        .agg(
            worlds=("seed", "nunique"),
            covered=("covered", "mean"),
            truth=("truth", "mean"),
            bias=("error", "mean"),
            width=("width", "mean"),
        )
    )


def main(topics: tuple[str, ...], seeds: Mapping[str, range] = SEEDS) -> None:
    """Run the trials of these topics and replace their rows of these seeds in the file."""
    kept = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame(columns=COLUMNS)
    parts = []
    with ProcessPoolExecutor(int(os.environ.get("JOBS", os.cpu_count() or 1))) as pool:
        for topic in topics:
            kept = kept[(kept["topic"] != topic) | ~kept["seed"].isin(seeds[topic])]
            parts += pool.map(partial(trial, topic), seeds[topic], chunksize=4)
    trials = pd.concat([part for part in (kept, *parts) if len(part)])
    trials.sort_values(["topic", "claim", "seed"]).to_csv(FILE, index=False)
    print(summary(trials[trials["topic"].isin(topics)]).round(3).to_string())


if __name__ == "__main__":
    again = sys.argv[1:2] == ["again"]
    main(tuple(sys.argv[1 + again :]) or TOPICS, AGAIN if again else SEEDS)
