"""A price test in 13 zones, asked for one group of customers over five product families.

Zones differ in size, waves in season; pieces come in orders of several, so that they vary more than
a Poisson number; each zone and wave of a family is drawn to be dearer, cheaper or the same. Seeds 1
to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The worlds were
written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.price import zone_test

ZONES, WAVES, WEEKS = 13, 9, 8
FAMILIES = {"beans": 0.35, "capsules": 0.3, "ground": 0.2, "gift": 0.1, "tea": 0.05}
STEP, OFF = 0.08, 0.03  # of the test, and of the price beside it, in logs
PER_ORDER = 1.6  # pieces

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    return {
        "elasticity of a large group": _group(rng, pieces=8.0),
        "elasticity of a small group": _group(rng, pieces=2.0),
    }


def _group(rng: np.random.Generator, *, pieces: float) -> Claim:
    """One group that buys so many pieces in a zone and week, of all families together."""
    truth = -float(rng.uniform(1.0, 3.0))
    size = rng.dirichlet(np.full(ZONES, 4.0)) * ZONES
    rows = []
    for family, part in FAMILIES.items():
        for wave in range(WAVES):
            arm = rng.permutation(np.arange(ZONES) % 3) - 1
            season = rng.normal(0, 0.2)
            zone_mood = rng.normal(0, 0.08, ZONES)  # a zone's luck of one wave
            for week in range(WEEKS):
                log_price = STEP * arm + rng.normal(0, OFF / 3, ZONES) + rng.normal(0, OFF)
                rate = pieces * part * size * np.exp(season + zone_mood + truth * log_price)
                orders = rng.poisson(rate / PER_ORDER)
                sold = orders + rng.poisson((PER_ORDER - 1) * orders)
                day = pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=17 * wave + week)
                rows += [
                    (family, day, f"Z{z:02}", np.exp(log_price[z]), sold[z], arm[z])
                    for z in range(ZONES)
                ]
    panel = pd.DataFrame(rows, columns=["category", "week", "zone", "price", "pieces", "arm"])
    panel["price_test"] = panel["arm"].map({-1: "lower", 0: "same", 1: "higher"})
    found = zone_test(panel, by="category")
    return found.value, found.low, found.high, truth
