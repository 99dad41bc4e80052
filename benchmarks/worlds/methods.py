"""Intervals that need no market: a valid instrument, and two scores of the same customers.

Seeds 1 to 400. A claim holds when the exact 99% interval of its share (Clopper & Pearson, 1934)
holds 95%; one that misses is run once more on seeds 401 to 800, and both are told. The worlds were
written down before the first was played. One missed: the weak instrument, 366 of the first 400,
then 378 of the second. At the true elasticity its test is the strong one's, with other luck: 377
and 380. All worlds of both runs are in the file.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtr

from mktlab import churn
from mktlab.price import elasticity

SLOPE, WEEKS = -1.5, 156
STRONG, WEAK = 0.05, 0.005  # what the cost does to the price: F about 90, and about 1
LASTS, LUCK_LASTS = 0.8, 0.3  # share of the cost, and of the luck, that is left a week later
CUSTOMERS, CUTS, CHURN = 200, 3, 0.3
BETTER, WORSE = 1.0, 0.7  # how far churners score above stayers, in standard deviations

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    return {
        "Anderson-Rubin, strong instrument": _instrument(rng, STRONG),
        "Anderson-Rubin, weak instrument": _instrument(rng, WEAK),
        "AUC difference": _scores(rng, cuts=1),
        "AUC difference of three cuts, clustered by customer": _scores(rng, cuts=CUTS),
    }


def _instrument(rng: np.random.Generator, pull: float) -> Claim:
    """A price that follows demand and a cost; of two rays, the one that the truth could be on."""
    cost, wanted = _lasting(rng, LASTS), _lasting(rng, LUCK_LASTS)
    price = pull * cost + 0.05 * wanted + 0.02 * rng.normal(size=WEEKS)
    pieces = 6 + SLOPE * price + 0.1 * wanted + 0.03 * rng.normal(size=WEEKS)
    logs = {"price": price, "pieces": pieces, "cost": cost}
    weeks = pd.DataFrame({name: np.exp(column) for name, column in logs.items()})
    weeks["week"] = pd.date_range("2023-01-02", periods=WEEKS, freq="7D")
    found = elasticity(weeks, instrument="cost")
    low, high = found.low, found.high
    if found.gap:
        low, high = (low, found.gap[0]) if found.gap[0] >= SLOPE else (found.gap[1], high)
    return found.value, low, high, SLOPE


def _lasting(rng: np.random.Generator, share: float) -> np.ndarray:
    luck = rng.normal(size=WEEKS) * math.sqrt(1 - share**2)
    luck[0] = rng.normal()
    for week in range(1, WEEKS):
        luck[week] += share * luck[week - 1]
    return luck


def _scores(rng: np.random.Generator, *, cuts: int) -> Claim:
    """Two scores with half their luck in common; who is at risk at one cut often is at the next."""
    whose = np.repeat(np.arange(CUSTOMERS), cuts)

    def luck() -> np.ndarray:
        own, now = rng.normal(size=CUSTOMERS)[whose], rng.normal(size=len(whose))
        return math.sqrt(0.5) * own + math.sqrt(0.5) * now

    churned = ndtr(luck()) < CHURN
    shared = luck()
    one, other = (
        ahead * churned + math.sqrt(0.5) * shared + math.sqrt(0.5) * luck()
        for ahead in (BETTER, WORSE)
    )
    found = churn.auc_difference(one, other, churned, customer=whose)
    truth = ndtr(BETTER / math.sqrt(2)) - ndtr(WORSE / math.sqrt(2))
    return found.difference, found.low, found.high, float(truth)
