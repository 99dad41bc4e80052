"""Tests of a channel's budget in a company like ours: a few zones, few orders, seasons and moods.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.geo_test import geo_test

ZONES, WEEKS, WAVE = 13, 104, 8
ORDERS, EUROS, PER_EURO = 280.0, 300.0, 0.05
MOOD = 0.05  # of a zone in a week, on the log scale

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    return {
        "orders for a euro, one wave": _found(rng, waves=1),
        "orders for a euro, three waves": _found(rng, waves=3),
        "orders for a euro, three waves, a season": _found(rng, waves=3, season=0.3),
    }


def _found(rng: np.random.Generator, *, waves: int, season: float = 0.0) -> Claim:
    size = rng.gamma(2.0, size=ZONES)
    size = size / size.sum()
    week, zone = np.divmod(np.arange(WEEKS * ZONES), ZONES)
    begins = 10 + 30 * np.arange(waves)
    wave = np.searchsorted(begins, week, side="right") - 1
    runs = (wave >= 0) & (week < begins[np.maximum(wave, 0)] + WAVE)
    dark = np.array([rng.permutation(ZONES) < ZONES // 2 for _ in begins])[wave, zone] & runs
    flight = np.exp(0.3 * rng.normal(size=len(week)) - 0.045)
    spend = EUROS * size[zone] * flight * ~dark
    base = (ORDERS - PER_EURO * EUROS) * size[zone]
    of_season = np.exp(season * np.sin(week / 8))
    mean = (base + PER_EURO * spend) * of_season
    orders = rng.poisson(mean * np.exp(MOOD * rng.normal(size=len(week))))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")
    name = np.char.add("zone ", zone.astype(str))
    ads = pd.DataFrame(
        {
            "week": day,
            "zone": name,
            "channel": "radio",
            "spend": spend,
            "budget_test": np.where(dark, "dark", np.where(runs, "on", "no test")),
        }
    )
    sales = pd.Series(
        orders.astype(float), [pd.Index(day, name="week"), pd.Index(name, name="zone")]
    )
    row = geo_test(ads, sales).iloc[0]
    truth = PER_EURO * float(of_season[runs].mean())  # in the weeks of the test
    return float(row["per_euro"]), float(row["low"]), float(row["high"]), truth
