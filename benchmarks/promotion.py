"""Five seconds for a media model of 13 zones, 6 channels and 156 weeks; a tenth for a budget."""

from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks.timing import Ratio
from mktlab.promotion import MediaModel, allocate, media_model

ZONES, WEEKS = 13, 156
EUROS = pd.Series([130.0, 280.0, 330.0, 140.0, 360.0, 90.0], list("abcdef"))
SETS = 500
MOST = {"model": 5.0, "budget": 0.1}  # seconds


def make_weeks(seed: int = 0) -> tuple[pd.DataFrame, "pd.Series[float]"]:
    """Spend and sales by week and zone."""
    rng = np.random.default_rng(seed)
    week = pd.Timestamp("2023-01-02") + pd.to_timedelta(7 * np.arange(WEEKS), unit="D")
    names = [week, [f"zone {k}" for k in range(ZONES)], list(EUROS.index)]
    cells = pd.MultiIndex.from_product(names, names=["week", "zone", "channel"])
    flight = np.exp(0.45 * rng.normal(size=len(cells)))
    spend = pd.Series(EUROS.reindex(cells.get_level_values("channel")).to_numpy() / ZONES * flight)
    index = pd.MultiIndex.from_product(names[:2], names=["week", "zone"])
    sales = pd.Series(rng.poisson(20.0, len(index)).astype(float), index)
    return spend.set_axis(cells).rename("spend").reset_index(), sales


def random_sets(number: int = SETS) -> list[MediaModel]:
    """What six channels may do, at random."""
    made = []
    for seed in range(number):
        rng = np.random.default_rng(seed)
        lift = rng.gamma(1.5, 0.02, 6) * rng.gamma(2.0, 0.5, (2_000, 6))
        half = rng.choice([0.5, 1.0, 2.0], lift.shape)
        made.append(MediaModel(EUROS * rng.uniform(0.2, 3.0, 6), 300.0, lift, half, 0 * lift))
    return made


def run(sets: int = SETS) -> list[Ratio]:
    """Measure against what is allowed; budgets are kept to the cent and never worse."""
    data, times = make_weeks(), []
    for _ in range(3):
        start = perf_counter()
        media_model(*data)
        times.append(perf_counter() - start)
    budgets = []
    for model in random_sets(sets):
        start = perf_counter()
        found = allocate(model)
        budgets.append(perf_counter() - start)
        cents = (100 * found.table[["start", "euros"]]).sum().round()
        assert cents["start"] == cents["euros"]
        assert found.gain >= 0
    return [
        Ratio("media model, 13 zones x 6 channels x 156 weeks / 5 s", median(times), MOST["model"]),
        Ratio(f"allocate, slowest of {sets} random sets / 0.1 s", max(budgets), MOST["budget"]),
    ]
