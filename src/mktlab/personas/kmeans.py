"""K-means as the course uses it: on one thread, from fixed starts, on a sample of many."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

SAMPLE = 1_000  # hands among which groups are counted


def some(table: pd.DataFrame, rng: np.random.Generator, *, most: int = SAMPLE) -> pd.DataFrame:
    """All rows, or so many drawn by lot."""
    if len(table) <= most:
        return table
    return table.iloc[np.sort(rng.choice(len(table), most, replace=False))]


def kmeans(groups: int, points: np.ndarray, *, tries: int, seed: int = 13) -> Any:
    from sklearn.cluster import KMeans

    with _threads().limit(limits=1, user_api="openmp"):  # waiting for each other takes ten times
        return KMeans(groups, n_init=tries, random_state=seed).fit(points)


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
