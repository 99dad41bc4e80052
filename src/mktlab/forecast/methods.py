"""Methods: from the weeks so far and the plan of all weeks to the weeks of the plan ahead."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from threadpoolctl import threadpool_limits

from mktlab.forecast.weeks import YEAR, seasons
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


def regression(sold: pd.DataFrame, plan: pd.DataFrame, *, waves: int = 2) -> pd.DataFrame:
    """Log sales by season and promotions, on a level that moves (SARIMAX: Box & Jenkins, 1970).

    What is planned under the name of a series counts for it alone. Without a plan it knows the
    season only.

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
    "regression": regression,
    "boosting": boosting,
}


def _drivers(name: object, sold: pd.DataFrame, plan: pd.DataFrame, waves: int) -> pd.DataFrame:
    """Season, and the plan of a series; for the only series, all that is planned."""
    known = seasons(pd.DatetimeIndex(plan.index), waves=waves)
    own = plan.filter([name]) if len(sold.columns) > 1 else plan
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
