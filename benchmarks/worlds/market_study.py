"""Samples of a town that answer by age and zone, and two brands that the same people rate.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
town is drawn in each world, ages answer unequally, and the truth is what all of it would say. The
worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market_study import rake, share_gap, weighted_share

PEOPLE, INTERVIEWS = 12_000, 600
AGES, ZONES = ["18-34", "35-49", "50-64", "65+"], ["north", "east", "south", "west", "center"]
ANSWERS_BY_AGE = np.array([1.4, 1.1, 0.9, 0.6])  # how readily each age answers
OFTEN, RARE = np.array([0.46, 0.41, 0.37, 0.33]), np.array([0.05, 0.04, 0.035, 0.03])  # yes, by age
KNOWS, LIKES, HALO = (0.5, 0.25), (0.62, 0.55), 0.6

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng(seed)
    age = rng.choice(4, PEOPLE, p=[0.24, 0.29, 0.25, 0.22])
    zone = rng.choice(5, PEOPLE, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    town = pd.DataFrame({"age": np.array(AGES)[age], "zone": np.array(ZONES)[zone]})
    town = town.assign(often=rng.random(PEOPLE) < OFTEN[age], rare=rng.random(PEOPLE) < RARE[age])
    town = town.join(_brands(rng))
    pull = ANSWERS_BY_AGE[age]
    sample = town.iloc[rng.choice(PEOPLE, INTERVIEWS, replace=False, p=pull / pull.sum())]
    census = town.groupby(["age", "zone"]).size().reset_index(name="persons")
    weights = rake(sample, census, ["age", "zone"])
    found = {}
    for name in ("often", "rare"):
        share = weighted_share(sample[name], weights, population=PEOPLE)
        words = f"weighted share of a {'frequent' if name == 'often' else 'rare'} answer"
        found[words] = (share.value, share.low, share.high, float(town[name].mean()))
    return found | {"gap between two brands that people know": _gap(town, sample)}


def _brands(rng: np.random.Generator) -> pd.DataFrame:
    """Who knows each of two brands and agrees; some people like everything."""
    liking = HALO * rng.normal(size=PEOPLE)
    columns = {}
    for name, knows, likes in zip(("one", "other"), KNOWS, LIKES, strict=True):
        columns[f"knows_{name}"] = rng.random(PEOPLE) < knows
        columns[name] = liking + rng.normal(size=PEOPLE) > np.quantile(liking, 1 - likes)
    return pd.DataFrame(columns)


def _gap(town: pd.DataFrame, sample: pd.DataFrame) -> Claim:
    parts = [[t.loc[t[f"knows_{n}"], n] for n in ("one", "other")] for t in (town, sample)]
    (one, other), said = parts
    return (*share_gap(*said), float(one.mean() - other.mean()))
