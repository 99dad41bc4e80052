"""Weekly sales with a season and promotions, and the intervals of forecasts of four weeks.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played. An interval covers when the week that came
lies in it: one week per world, so that no two of them share their luck.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import forecast

WEEKS, AHEAD, LEVEL = 156, 4, 0.95

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> forecast, low, high, and what was sold in the world of one seed."""
    rng = np.random.default_rng([34, seed])
    sold, plan = _shop(rng)
    past = sold.iloc[:-AHEAD]
    methods = {name: forecast.METHODS[name] for name in ("recent", "regression")}
    tested = forecast.backtest(past, plan.iloc[: len(past)], methods, horizon=AHEAD)
    week, found = int(rng.integers(AHEAD)), {}
    for name, method in methods.items():
        told = method(past, plan).rename(columns={"orders": "forecast"})
        ahead = forecast.conformal(tested[tested["method"] == name], told, level=LEVEL).iloc[week]
        came = float(sold["orders"].iloc[len(past) + week])
        claim = f"a week that comes, told by the method {name}"
        found[claim] = (float(ahead["forecast"]), float(ahead["low"]), float(ahead["high"]), came)
    return found


def _shop(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders by week, and the promotions that were planned."""
    index = pd.date_range("2023-01-02", periods=WEEKS, freq="7D", name="week")
    deals = np.where(rng.random(WEEKS) < 0.2, rng.uniform(0.1, 0.25, WEEKS), 0.0)
    level = 5.5 + np.cumsum(rng.normal(0, 0.02, WEEKS))
    season = 0.2 * np.sin(2 * np.pi * np.asarray(index.day_of_year) / 365.25)
    mean = np.exp(level + season + 2.5 * deals + rng.normal(0, 0.05, WEEKS))
    return pd.DataFrame({"orders": rng.poisson(mean)}, index), pd.DataFrame({"all": deals}, index)
