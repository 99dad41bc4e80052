"""Methods: from the weeks so far and the plan of all weeks to the weeks of the plan ahead."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from threadpoolctl import threadpool_limits

from mktlab.forecast.weeks import PRICE, YEAR, seasons
from mktlab.schema import MktlabError
from mktlab.show.words import say

Method = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
"""Weeks so far by series, and the plan of all weeks -> the weeks of the plan that are ahead."""


def last_year(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """The seasonal naive: each week ahead sells what it sold 52 weeks before."""
    ahead = _ahead(sold, plan, weeks=YEAR)
    before = ahead - pd.Timedelta(weeks=YEAR)
    return sold.reindex(before).set_axis(ahead).astype(float)


def recent(sold: pd.DataFrame, plan: pd.DataFrame, *, weeks: int = 4) -> pd.DataFrame:
    """Each week ahead sells the mean of the last four."""
    ahead = _ahead(sold, plan, weeks=weeks)
    return pd.DataFrame([sold.tail(weeks).mean()] * len(ahead), ahead)


def smoothing(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Exponential smoothing (Brown, 1959): a mean in which late weeks weigh more.

    How much more is learned from the weeks so far; where the errors hardly hang on it, the search
    stops early, and the level is as good.
    """
    ahead = _ahead(sold, plan, weeks=8)
    level = {}
    for name, series in sold.items():
        fit = SimpleExpSmoothing(series.to_numpy(dtype=float), initialization_method="estimated")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            level[name] = fit.fit().forecast(len(ahead))
    return pd.DataFrame(level, ahead)


KINDS: dict[str, dict[str, Any]] = {
    "level": {},
    "damped_trend": {"trend": "add", "damped_trend": True},
    "season": {"seasonal": "add", "seasonal_periods": YEAR},
}
"""What a smoothing may follow, as `ETSModel` of statsmodels asks for it."""
STARTS = {"level": 1, "damped_trend": 2, "season": YEAR}
"""Numbers that each kind starts from: a level, a trend, and a season whose mean is the level."""


def aic(sold: pd.DataFrame) -> pd.DataFrame:
    """How badly each kind of smoothing fits, and how many numbers it takes: the smallest is best.

    The AIC (Akaike, 1974) counts 2 for each number that is learned. What a kind starts from counts,
    too (Hyndman et al., 2002). A season needs two years: without them it has no row.

    Examples
    --------
    >>> weeks = pd.date_range("2023-01-02", periods=60, freq="7D")
    >>> sold = pd.DataFrame({"tea": [8, 12, 10, 9, 11] * 12}, weeks)
    >>> aic(sold)["tea"].idxmin()
    'level'
    """
    return pd.DataFrame({name: _kinds(series)[1] for name, series in sold.items()})


def ets(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Smoothing of log sales that follows a level, a damped trend, or a level and a season.

    Each series takes the kind that has the smallest `aic`.
    """
    ahead = _ahead(sold, plan, weeks=12)
    told = {}
    for name, series in sold.items():
        fits, badness = _kinds(series)
        told[name] = np.expm1(fits[str(badness.idxmin())].forecast(len(ahead)))
    return pd.DataFrame(told, ahead).clip(lower=0)


def _kinds(series: pd.Series[float]) -> tuple[dict[str, Any], pd.Series[float]]:
    """Each kind of smoothing that the weeks can teach, and its AIC."""
    log = np.log1p(series.to_numpy(dtype=float))
    kinds = [kind for kind in KINDS if kind != "season" or len(log) >= 2 * YEAR]
    with warnings.catch_warnings():  # a flat series leaves no error to make smaller
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        models = {
            kind: ETSModel(log, initialization_method="heuristic", **KINDS[kind]) for kind in kinds
        }
        fits = {kind: model.fit(disp=False) for kind, model in models.items()}
    return fits, pd.Series({kind: fit.aic + 2 * STARTS[kind] for kind, fit in fits.items()})


def regression(sold: pd.DataFrame, plan: pd.DataFrame, *, waves: int = 2) -> pd.DataFrame:
    """Log sales by season and promotions, on a level that moves (SARIMAX: Box & Jenkins, 1970).

    What is planned under the name of a series, or as its price, counts for it alone. Without a
    plan it knows the season only.

    Raises
    ------
    MktlabError
        With fewer than 104 weeks: a season seen once cannot be told from luck.
    """
    ahead = _ahead(sold, plan, weeks=2 * YEAR)
    told = {}
    with threadpool_limits(1, user_api="blas"):  # waiting for each other takes ten times
        for name, series in sold.items():
            known = _drivers(name, sold, plan, waves)
            log = np.log1p(series.to_numpy(dtype=float))
            model = SARIMAX(log, known.loc[sold.index].to_numpy(), order=(0, 1, 1))
            fit = model.fit(disp=False, maxiter=500, warn_convergence=False, cov_type="none")
            told[name] = np.expm1(fit.forecast(len(ahead), exog=known.loc[ahead].to_numpy()))
    return pd.DataFrame(told, ahead)


def boosting(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Gradient boosting (Friedman, 2001): many small trees on season and promotions.

    It learns the log sales of a week over the median of eight weeks, as it was known then.

    Raises
    ------
    MktlabError
        With fewer than 104 weeks.
    """
    ahead = _ahead(sold, plan, weeks=2 * YEAR)
    told = {}
    for name, series in sold.items():
        known = _drivers(name, sold, plan, 1)
        log = pd.Series(np.log1p(series.to_numpy(dtype=float)), sold.index)
        level = log.rolling(8).median().shift(len(ahead)).dropna()
        trees = GradientBoostingRegressor(
            n_estimators=150, learning_rate=0.05, max_depth=2, subsample=0.8, random_state=0
        )
        trees.fit(known.loc[level.index].to_numpy(), (log[level.index] - level).to_numpy())
        change = trees.predict(known.loc[ahead].to_numpy())
        told[name] = np.expm1(log.tail(8).median() + change)
    return pd.DataFrame(told, ahead)


METHODS: dict[str, Method] = {
    "last_year": last_year,
    "recent": recent,
    "smoothing": smoothing,
    "ets": ets,
    "regression": regression,
    "boosting": boosting,
}


def _drivers(name: object, sold: pd.DataFrame, plan: pd.DataFrame, waves: int) -> pd.DataFrame:
    """Season, and the plan of a series; for the only series, all that is planned."""
    known = seasons(pd.DatetimeIndex(plan.index), waves=waves)
    own = plan.filter([name, f"{PRICE}{name}"]) if len(sold.columns) > 1 else plan
    moved = own.loc[sold.index].max() > own.loc[sold.index].min()
    return known.join(own[moved.index[moved]])


def _ahead(sold: pd.DataFrame, plan: pd.DataFrame, *, weeks: int) -> pd.DatetimeIndex:
    if len(sold) < weeks:
        raise MktlabError(
            say(
                "The table has {n:count} full weeks, and this forecast needs {weeks:count}: "
                "take another one, or wait.",
                n=len(sold),
                weeks=weeks,
            )
        )
    return pd.DatetimeIndex(plan.index[plan.index > sold.index[-1]], name="week")
