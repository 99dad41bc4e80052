"""Cohorts whose customers leave with chances of their own, which differ more or less.

Lesson 12 projects such a cohort from its first ages. Seeds 1 to 400; a claim that misses is run
once more on seeds 401 to 800, and both are told. The worlds were written down before the first was
played.
"""

from __future__ import annotations

import numpy as np

from mktlab.survival import project

PEOPLE, KNOWN, LATER = 600, 3, 6
WORLDS = {"few return": (0.7, 1.2), "most stay": (0.7, 3.8), "much alike": (3.0, 9.0)}

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, and the share that came in the world of one seed."""
    rng = np.random.default_rng(seed)
    claims = {}
    for name, (alpha, beta) in WORLDS.items():
        chance = np.clip(rng.beta(alpha, beta, PEOPLE), 1e-9, 1)
        left = rng.geometric(chance)
        survivors = [int((left > age).sum()) for age in range(LATER + 1)]
        last = project(survivors[: KNOWN + 1], LATER).iloc[-1]
        claims[name] = (last["expected"], last["low"], last["high"], survivors[-1] / PEOPLE)
    return claims
