"""Requests that wait, and customers who write them: shares that open cases blur, and gaps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from mktlab import process

Row = tuple[float, float, float, float]
CASES, PEOPLE, TYPES = 60, 1_500, 6
SLOW, WITHIN, WATCHED = 0.2, 24.0, 96.0
ASKS, STAYS = 0.04, 0.11  # for each order before
HARM = -0.05  # of a request, among customers alike


@cache
def _weights() -> tuple[float, float]:
    """The true chance to be settled in time, and the true gap of those who ask."""
    orders = np.arange(1, TYPES + 1)
    of_askers = ASKS * orders / (ASKS * orders).sum()
    stays = STAYS * orders
    in_time = (1 - SLOW) + SLOW * (1 - np.exp(-WITHIN / 120))
    return in_time, float((of_askers * (np.maximum(stays + HARM, 0) - stays)).sum())


def trial(seed: int) -> dict[str, Row]:
    """The service level and the gap of one world."""
    rng = np.random.default_rng([27, seed])
    in_time, gap = _weights()
    slow = rng.random(CASES) < SLOW
    wait = np.where(slow, rng.exponential(120, CASES), rng.uniform(2, 22, CASES))
    watched = rng.uniform(0, WATCHED, CASES)
    cases = pd.DataFrame({"hours": np.minimum(wait, watched), "closed": wait <= watched})
    level = process.service_level(cases, within=WITHIN)
    orders = rng.integers(1, TYPES + 1, PEOPLE)
    asked = rng.random(PEOPLE) < ASKS * orders
    stays = rng.random(PEOPLE) < STAYS * orders + HARM * asked
    people = pd.DataFrame({"orders": orders, "asked": asked, "stays": stays})
    found = process.alike(people, "stays", of="asked", by=["orders"]).loc["alike"]
    return {
        "service level, open cases counted": (level.share, level.low, level.high, in_time),
        "gap among customers alike": (found["gap"], found["low"], found["high"], gap),
    }
