"""Tests of a shop like ours: few conversions, days with a mood, buyers who come again.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.experiments import Effect, adjusted_effect, compare, ratio_effect

DAYS, VISITORS, RATE, LIFT = 28, 430, 0.018, 0.05
PEOPLE, EXTRA = 1_500, 3.0

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    test, ramped = _test(rng), _test(rng, early=0.1)
    people = _people(rng)
    return {
        "lift of conversions": _lift(compare(test)),
        "lift of conversions within days, traffic moved on the way": _lift(
            compare(ramped, within="date")
        ),
        "lift of revenue per visitor": _lift(compare(test, metric="revenue")),
        "difference of a ratio, by person": _effect(
            ratio_effect(people, "bought", "sessions", "drawn"), 0.0
        ),
        "difference less what the past explains": _effect(
            adjusted_effect(people, "after", "before", "drawn"), EXTRA
        ),
    }


def _lift(found: pd.DataFrame) -> Claim:
    row = found.iloc[0]
    return float(row["lift"]), float(row["low"]), float(row["high"]), LIFT


def _effect(found: Effect, truth: float) -> Claim:
    return found.difference, found.low, found.high, truth


def _test(rng: np.random.Generator, *, early: float = 0.5) -> pd.DataFrame:
    """A test of 28 days; `early` is the share that sees the new page in the first two weeks."""
    day = np.tile(np.arange(DAYS), 2)
    new = np.repeat([False, True], DAYS)
    share = np.where(day < DAYS // 2, np.where(new, early, 1 - early), 0.5)
    mood = np.exp(0.2 * rng.normal(size=DAYS))[day]
    visitors = rng.poisson(2 * VISITORS * share)
    conversions = rng.binomial(visitors, np.minimum(RATE * mood * (1 + LIFT * new), 1))
    return pd.DataFrame(
        {
            "experiment_id": "X1",
            "variant": np.where(new, "B", "A"),
            "is_control": ~new,
            "date": pd.Timestamp("2025-03-03") + pd.to_timedelta(day, unit="D"),
            "visitors": visitors,
            "conversions": conversions,
            "revenue": rng.gamma(np.maximum(2.0 * conversions, 1e-9), 20.0),
        }
    )


def _people(rng: np.random.Generator) -> pd.DataFrame:
    """People who spend as they did before, come several times, and half of whom were treated."""
    usual = rng.gamma(0.7, 60.0, PEOPLE)
    sessions = 1 + rng.poisson(rng.gamma(0.5, 2.0, PEOPLE))
    drawn = rng.random(PEOPLE) < 0.5
    return pd.DataFrame(
        {
            "before": usual * rng.gamma(2.0, 0.5, PEOPLE),
            "after": usual * rng.gamma(2.0, 0.5, PEOPLE) + EXTRA * drawn,
            "sessions": sessions,
            "bought": rng.binomial(sessions, np.clip(usual / 800, 0, 0.9)),
            "drawn": drawn,
        }
    )
