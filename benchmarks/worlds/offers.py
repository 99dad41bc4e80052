"""A test of offers: people who differ in how often they order, six arms drawn in each round."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import offers
from mktlab.recommendation import extra

Row = tuple[float, float, float, float]
PEOPLE, ROUNDS, RATE = 900, 8, 0.06
ARMS = ("none", "cut", "bundle", "voucher", "gift", "points")
ODDS, RATIOS = (0.25, *[0.15] * 5), (1.0, 3.0, 1.8, 1.0, 2.2, 1.3)


def trial(seed: int) -> dict[str, Row]:
    """Orders that the offer with most of them adds, and one that does nothing."""
    rng = np.random.default_rng([29, seed])
    often = rng.gamma(0.8, 1 / 0.8, PEOPLE)
    who = np.repeat(np.arange(PEOPLE), rng.integers(1, ROUNDS + 1, PEOPLE))
    arm = rng.choice(len(ARMS), len(who), p=ODDS)
    during = rng.poisson(RATE * often[who] * np.array(RATIOS)[arm])
    test = pd.DataFrame({"customer_id": who, "mechanic": np.array(ARMS)[arm], "during": during})
    told = extra(offers.against_none(test), "during", by="mechanic")
    found = {}
    for name in ("cut", "voucher"):
        one, truth = told.loc[name], 1_000 * RATE * (RATIOS[ARMS.index(name)] - 1)
        row = (float(one["extra"]), float(one["low"]), float(one["high"]), truth)
        found[f"orders that an offer adds, with less without: {name}"] = row
    return found
