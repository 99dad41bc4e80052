"""Where to sell, in one made world: own sales lost, Huff's powers, what facings and levels do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import merchandising, place

LOST, THROUGH = 0.1, 0.2  # of what own outlets sell
POWERS = {"seats": 0.7, "minutes": -1.7}
SPACE = {"beans": 0.08, "gift": 0.40, "tea": 0.27}
LEVELS = {"eye": 0.12, "hand": 0.0, "floor": -0.15}


def trial(seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Claim -> estimate, low, high, truth."""
    rng = np.random.default_rng([24, seed])
    lost = place.switching(_pilot(rng)).loc["shop"]
    claims = {
        "change": (*lost[["change", "low", "high"]], -LOST),
        "switched": (*lost[["switched", "switched_low", "switched_high"]], LOST / THROUGH),
    }
    powers = place.attraction(_places(rng))[["power", "low", "high"]]
    claims |= {f"power_{name}": (*powers.loc[name], true) for name, true in POWERS.items()}
    shelf = _shelf(rng)
    space = merchandising.space(shelf, by="category")[["elasticity", "low", "high"]]
    claims |= {f"space_{name}": (*space.loc[name], true) for name, true in SPACE.items()}
    heights = merchandising.heights(shelf)[["lift", "low", "high"]]
    claims |= {f"level_{n}": (*heights.loc[n], np.expm1(LEVELS[n])) for n in heights.index}
    return claims


def _pilot(rng: np.random.Generator) -> pd.DataFrame:
    """Twelve towns and 52 weeks; in half of the towns a shop opens in the middle."""
    town, week = np.indices((12, 52)).reshape(2, -1)
    late, here = week >= 26, town < 6
    drift = rng.normal(0, 0.012, 12)[town] * late
    own = rng.lognormal(6, 0.4, 12)[town] * np.exp(drift + 0.3 * late + rng.normal(0, 0.05, 624))
    return pd.DataFrame(
        {
            "week": pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * week, unit="D"),
            "zone": [f"town {t:02d}" for t in town],
            "channel": np.where(here, "shop", "none"),
            "opened": here & late,
            "own_sales": own * (1 - LOST * (here & late)),
            "channel_sales": THROUGH * own * (here & late),
        }
    )


def _places(rng: np.random.Generator) -> pd.DataFrame:
    """Eighteen areas, seven cafés, 60 households asked in each area."""
    seats, rows = rng.integers(24, 50, 7), []
    for area in range(18):
        minutes = rng.integers(4, 60, 7)
        pull = seats ** POWERS["seats"] * minutes ** POWERS["minutes"]
        visits = rng.multinomial(60, pull / pull.sum())
        rows.append({"area": area, "seats": seats, "minutes": minutes, "visits": visits})
    return pd.concat([pd.DataFrame(row) for row in rows], ignore_index=True)


def _shelf(rng: np.random.Generator) -> pd.DataFrame:
    """Six products in four cafés; every four weeks another layout; some take several pieces."""
    category = np.repeat([*SPACE], 2)
    power, rows = np.array([SPACE[name] for name in category]), []
    for zone in range(4):
        usual = 6 * rng.lognormal(0, 0.5, 6)
        for period in range(13):
            facings = rng.permutation([1, 1, 1, 5, 5, 5])
            level = rng.permutation(["eye", "eye", "hand", "hand", "floor", "floor"])
            high = np.array([LEVELS[name] for name in level])
            mean = usual * (1 + 0.8 * (period > 10)) * facings**power * np.exp(high)
            buyers = rng.poisson(4 * mean / 2)
            rows.append(
                pd.DataFrame(
                    {
                        "week": pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=4 * period),
                        "zone": f"café {zone}",
                        "product_id": [f"P{k}" for k in range(6)],
                        "category": category,
                        "facings": facings,
                        "level": level,
                        "pieces": buyers + rng.poisson(buyers),
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)
