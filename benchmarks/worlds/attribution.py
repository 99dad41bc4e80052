"""Intervals that lesson 44 makes in its own cells: what ads added to four lists, a common return.

The cells are taken from the notebook and run on made tables, so that what is tried is what is
shown. Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told.
The worlds were written down before the first was played.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from scipy.stats import t

from mktlab import show

LESSON = Path(__file__).parents[2] / "notebooks" / "4_measurement" / "44_attribution.ipynb"
WEEKS, MOOD = 26, 0.10
LISTS = {  # people, orders a week of those held out, what ads add to it, euros a week for each
    "past buyers": (3_000, 0.030, 0.012, 0.025),
    "look-alikes": (15_000, 0.0011, 0.40, 0.008),
    "everybody": (60_000, 0.00012, 0.30, 0.0012),
}
CHANNELS, RETURN, APART = 6, 1.3, 1.5  # euros for a euro; how far channels differ, where they do
ERRORS = 0.7, 5.4  # of the tests, from the surest to the least sure

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    return {
        **_lists(rng),
        "common return, channels that are alike": _common(rng, 0.0),
        "common return, channels that differ": _common(rng, APART),
    }


@cache
def _cell(name: str) -> Any:
    cells = nbformat.read(LESSON, 4).cells
    (source,) = [cell.source for cell in cells if cell.id == name]
    return compile(source, name, "exec")


def _run(*names: str, **known: Any) -> dict[str, Any]:
    space: dict[str, Any] = {"np": np, "pd": pd, "show": show, "print": lambda *_: None, **known}
    for name in names:
        exec(_cell(name), space)
    return space


def _lists(rng: np.random.Generator) -> dict[str, Claim]:
    rows, truth = [], {}
    mood = np.exp(MOOD * rng.normal(size=WEEKS))
    for name, (people, rate, lift, cost) in LISTS.items():
        held = int(rng.binomial(people, 0.5))
        for out, size in ((True, held), (False, people - held)):
            chance = rate * (1 + lift * (not out)) * mood
            spent = 0.0 if out else size * cost
            sums = {"conversions": rng.binomial(size, chance), "cost": spent}
            rows.append(pd.DataFrame({"audience": name, "held_out": out, "people": size, **sums}))
        truth[name] = 1000 * rate * lift / cost  # orders added by 1,000 euros
    company = SimpleNamespace(tables={"audiences": pd.concat(rows)})
    cells = ("audiences-sums", "audiences-found")
    found = _run(*cells, company=company, named=lambda names: list(names))["found"]
    return {
        f"orders added by ads to {name}": (*found.loc[name, ["added", "low", "high"]], true)
        for name, true in truth.items()
    }


def _common(rng: np.random.Generator, apart: float) -> Claim:
    error = rng.uniform(*ERRORS, size=CHANNELS)
    true = RETURN + apart * rng.normal(size=CHANNELS)
    rows = pd.DataFrame({"per_euro": true + error * rng.normal(size=CHANNELS), "error": error})
    space = _run("shrink-code", "shrink-sure", rows=rows, t=t)
    common, half = space["common"], space["half"]
    return common, common - half, common + half, RETURN
