"""Surveys like ours: zones of few answers that differ a little, and a panel with a ghost brand.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. Of the
zones one is drawn in each world: an empirical Bayes interval covers 95% of all groups, not of each.
The worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.satisfaction import aided_corrected, shrink

MEAN, APART = 30.0, 6.0  # of the true scores of the zones
ANSWERS = np.array([820, 420, 260, 240, 200, 100, 90, 85, 80, 75, 70, 65, 60])
POINTS = 75.0  # standard deviation of the points of one answer
ASKED, KNOWN, CLAIM = 7_200, 0.35, 0.04

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    return {
        "shrunken score of one of 13 zones": _zone(rng, ANSWERS),
        "shrunken score of one of 40 zones": _zone(rng, rng.choice(ANSWERS[4:], 40)),
        "aided awareness without false claims": _panel(rng),
    }


def _zone(rng: np.random.Generator, answers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Claim:
    error = POINTS / np.sqrt(answers)
    truth = MEAN + APART * rng.normal(size=len(answers))
    zones = pd.DataFrame({"nps": truth + error * rng.normal(size=len(answers)), "error": error})
    drawn = int(rng.integers(len(answers)))
    row = shrink(zones, value="nps", error="error").iloc[drawn]
    return float(row["shrunk"]), float(row["low"]), float(row["high"]), float(truth[drawn])


def _panel(rng: np.random.Generator) -> Claim:
    aided = rng.binomial(ASKED, [KNOWN + CLAIM * (1 - KNOWN), CLAIM])
    panel = pd.DataFrame({"brand": ["ours", "ghost"], "asked": ASKED, "aided": aided})
    row = aided_corrected(panel, ghost="ghost").iloc[0]
    return float(row["known"]), float(row["low"]), float(row["high"]), KNOWN
