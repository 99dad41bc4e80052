"""A million paths: all models together, against the simple ones by hand."""

import numpy as np
import pandas as pd

from benchmarks.timing import Ratio, compare
from mktlab.attribution import MODELS, attribute

PATHS = 1_000_000


def made() -> pd.DataFrame:
    """A row per contact of a million paths among ten channels; a tenth of the paths convert."""
    rng = np.random.default_rng(0)
    size = rng.geometric(0.35, PATHS)
    names = pd.Series([f"channel {k}" for k in range(10)], dtype="str")
    return pd.DataFrame(
        {
            "path_id": np.repeat(np.arange(PATHS), size),
            "channel": names.take(rng.integers(0, 10, size.sum())).to_numpy(),
            "days_before": rng.random(size.sum()),
            "conversions": np.repeat((rng.random(PATHS) < 0.1).astype(int), size),
            "weight": 1.0,
        }
    )


def by_hand(paths: pd.DataFrame) -> list[pd.Series]:
    """First, last, linear and Shapley, as an analyst writes them with `groupby`."""
    won = paths[paths["conversions"] == 1]
    path = won.groupby("path_id")["channel"]
    linear = won.assign(part=1 / path.transform("size")).groupby("channel")["part"].sum()
    once = won.drop_duplicates(["path_id", "channel"])
    part = 1 / once.groupby("path_id")["channel"].transform("size")
    shapley = once.assign(part=part).groupby("channel")["part"].sum()
    return [path.first().value_counts(), path.last().value_counts(), linear, shapley]


def run() -> list[Ratio]:
    """All seven models against four of them by hand."""
    paths = made()

    def ours() -> object:
        return [attribute(paths, model=model) for model in MODELS]

    return [compare("attribution: seven models / four by groupby", ours, lambda: by_hand(paths))]
