"""Marks with a halo, two answers of each customer on average, and a test of one repair by lot.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.drivers import intervals, regression_weights
from mktlab.recommendation import extra

Row = tuple[float, float, float, float]
PEOPLE = 900
WEIGHTS = {"bag": 0.34, "label": 0.06, "parcel": 0.22, "photos": 0.26, "cafe": 0.12, "street": 0.0}
MEAN, APART, HALO, NOISE = 5.5, 1.2, 1.2, 1.0
TESTED, MORE = 1_200, 1.6


def _said(rng: np.random.Generator, who: np.ndarray, *, halo: float, more: float) -> pd.DataFrame:
    """Marks from 0 to 10 of these persons; the bag pleases by `more` points more."""
    size, count = who.max() + 1, len(WEIGHTS)
    felt = APART * (
        0.6**0.5 * rng.normal(size=(size, count))[who]
        + 0.4**0.5 * rng.normal(size=(len(who), count))
    )
    common = halo * (0.6**0.5 * rng.normal(size=size)[who] + 0.4**0.5 * rng.normal(size=len(who)))
    felt[:, 0] += more
    marks = MEAN + felt + common[:, None] + NOISE * rng.normal(size=felt.shape)
    overall = MEAN + felt @ np.array([*WEIGHTS.values()]) + common + 0.6 * rng.normal(size=len(who))
    told = pd.DataFrame(marks, columns=[*WEIGHTS]).assign(overall=overall)
    return np.rint(told).clip(0, 10).assign(customer_id=who)


def trial(seed: int) -> dict[str, Row]:
    """Weights of marks of one world, and what a new bag adds."""
    rng = np.random.default_rng([28, seed])
    who = np.repeat(np.arange(PEOPLE), rng.integers(1, 4, PEOPLE))
    found = intervals(_said(rng, who, halo=HALO, more=0.0), "overall", [*WEIGHTS])
    rows = {
        f"weight of {what}, halo out": (*map(float, found.loc[name]), WEIGHTS[name])
        for what, name in (("the largest", "bag"), ("the smallest of ours", "label"))
    }
    rows["weight of what cannot matter, halo out"] = (*map(float, found.loc["street"]), 0.0)
    plain = _said(rng, who, halo=0.0, more=0.0)
    there = intervals(plain, "overall", [*WEIGHTS], regression_weights)
    rows["weight of the largest, no halo, by regression"] = (
        *map(float, there.loc["bag"]),
        WEIGHTS["bag"],
    )
    half = np.arange(TESTED // 2)
    old = _said(rng, half, halo=HALO, more=0.0).assign(held_out=True)
    new = _said(rng, half, halo=HALO, more=MORE).assign(held_out=False)
    new["customer_id"] += TESTED
    test = pd.concat([old, new], ignore_index=True).assign(rule="bag")
    one = extra(test, "overall", per=1).loc["bag"]
    rows["points of all of it that a repair adds"] = (
        float(one["extra"]),
        float(one["low"]),
        float(one["high"]),
        WEIGHTS["bag"] * MORE,
    )
    return rows
