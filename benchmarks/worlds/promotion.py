"""Six channels in thirteen zones, whose returns differ as the model holds likely; and a media plan.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.promotion import media_model, media_plan

ZONES, WEEKS, EVERY, LONG = 13, 156, 11, 8
SOLD, COMMON = 26.0, 0.012  # new customers a week; of a euro, on the usual channel
EUROS = (130.0, 280.0, 330.0, 140.0, 360.0, 90.0)
CHANNELS = tuple("abcdef")
FOLLOWS = (1.2, 0.9, 0.3, 1.0, 0.0, 0.2)  # how far spend follows demand
ADULTS, PANEL = 40_000, 500

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng([25, seed])
    spend, sales, per_euro = _shop(rng)
    found = media_model(spend, sales).returns()
    claims = {}
    for name, channel in {"a large channel": "e", "a small channel": "f"}.items():
        row, place = found.loc[channel], CHANNELS.index(channel)
        share = SOLD / EUROS[place]
        missing = share * (1 - np.exp(-per_euro[place] / share))  # without the channel
        told = f"new customers for a euro of {name}"
        claims[told] = (row["per_euro"], row["low"], row["high"], missing)
        told = f"new customers of the next euro on {name}"  # at half saturation
        truth = per_euro[place] / 2
        claims[told] = (row["marginal"], row["marginal_low"], row["marginal_high"], truth)
    return claims | _reaches(rng)


def _shop(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series[float], np.ndarray]:
    size = rng.dirichlet(np.full(ZONES, 2.0))
    demand = np.exp(
        0.15 * rng.normal(size=(WEEKS, 1)) + 0.2 * np.sin(np.arange(WEEKS) / 8)[:, None]
    )
    per_euro = np.abs(rng.normal(COMMON, COMMON, len(EUROS)))
    kept = rng.uniform(0, 0.8, len(EUROS))
    week = np.arange(WEEKS)
    tested = rng.integers(len(EUROS), size=WEEKS // EVERY + 1)[week // EVERY]
    tested = np.where(week % EVERY >= EVERY - LONG, tested, -1)
    lots = np.array([rng.permutation(ZONES) < ZONES // 2 for _ in range(WEEKS // EVERY + 1)])
    half = lots[week // EVERY]
    rows, lift = [], np.zeros((WEEKS, ZONES))
    for place, name in enumerate(CHANNELS):
        flight = 0.45 * rng.normal(size=(WEEKS // 4, ZONES)).repeat(4, axis=0)
        flight = np.exp(flight + 0.1 * rng.normal(size=(WEEKS, ZONES)) - 0.106)
        dark = half & (tested == place)[:, None]
        spent = np.where(dark, 0.0, EUROS[place] * size * flight * demand ** FOLLOWS[place])
        left = np.zeros(ZONES)
        for now in week:
            left = kept[place] * left + spent[now]
            level = left * (1 - kept[place]) / (EUROS[place] * size)
            lift[now] += per_euro[place] * EUROS[place] / SOLD * 2 * level / (level + 1)
        mark = np.where(dark, "dark", np.where((tested == place)[:, None], "on", "no test"))
        cells = {"spend": spent.ravel(), "budget_test": mark.ravel(), "channel": name}
        rows.append(pd.DataFrame(cells).assign(cell=np.arange(WEEKS * ZONES)))
    today = float(per_euro @ EUROS) / SOLD
    new = rng.poisson(SOLD * size * demand * np.exp(lift - today))
    ads = pd.concat(rows, ignore_index=True)
    monday = pd.Timestamp("2023-01-02") + pd.to_timedelta(7 * week, unit="D")
    zone = np.char.add("zone ", np.arange(ZONES).astype(str)).astype(object)
    ads = ads.assign(week=monday[ads["cell"] // ZONES], zone=zone[ads["cell"] % ZONES])
    keys = [monday.repeat(ZONES).rename("week"), pd.Index(np.tile(zone, WEEKS), name="zone")]
    return ads, pd.Series(new.ravel().astype(float), keys), per_euro


def _reaches(rng: np.random.Generator) -> dict[str, Claim]:
    """The net reach of two supports, of which a panel of unequal weights is asked."""
    heavy = rng.random(ADULTS) < 0.4
    mean = np.where(heavy, 1.6, 0.6)[:, None] * np.array([0.15, 0.08])
    chance = rng.beta(0.8 * mean, 0.8 * (1 - mean))
    pull = np.where(heavy, 2.0, 1.0)
    asked = rng.choice(ADULTS, PANEL, replace=False, p=pull / pull.sum())
    rows = {
        "person_id": np.repeat(asked, 2).astype(str),
        "support": np.tile(["paper", "radio"], PANEL),
        "chance": chance[asked].ravel(),
        "persons": np.repeat(1 / pull[asked], 2),
    }
    tariffs = pd.DataFrame({"support": ["paper", "radio"], "insertions": [3, 6], "price": 1.0})
    row = media_plan(pd.DataFrame(rows), tariffs, {"paper": 3, "radio": 6}).loc["together"]
    truth = 1 - ((1 - chance[:, 0]) ** 3 * (1 - chance[:, 1]) ** 6).mean()
    return {"net reach of two supports": (row["reach"], row["low"], row["high"], truth)}
