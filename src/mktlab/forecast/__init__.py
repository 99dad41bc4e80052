"""Forecasts of weekly sales, and how far off they were: the naive ones, and models with a plan.

`weekly` counts what was sold in each full week, `planned` writes promotions beside the weeks and
`priced` regular prices. A method takes the weeks so far and says the next ones: `last_year`,
`recent`, `smoothing`, `ets` (of the kind that `aic` chooses), `regression` and `boosting`.
`backtest` lets methods forecast from several days in the past (rolling origins), `mase` and
scikit-learn's `mean_pinball_loss` judge them, `conformal` gives intervals from their past errors,
and `stock` says how much to have. `hierarchy`, `add_up` and `reconcile` let forecasts of parts add
up to that of the whole.
"""

from mktlab.forecast.judging import FEWEST, backtest, conformal, mase, stock
from mktlab.forecast.methods import (
    METHODS,
    Method,
    aic,
    boosting,
    ets,
    last_year,
    recent,
    regression,
    smoothing,
)
from mktlab.forecast.reconcile import add_up, hierarchy, reconcile
from mktlab.forecast.weeks import PRICE, YEAR, planned, priced, seasons, weekly

__all__ = [
    "FEWEST",
    "METHODS",
    "PRICE",
    "YEAR",
    "Method",
    "add_up",
    "aic",
    "backtest",
    "boosting",
    "conformal",
    "ets",
    "hierarchy",
    "last_year",
    "mase",
    "planned",
    "priced",
    "recent",
    "reconcile",
    "regression",
    "seasons",
    "smoothing",
    "stock",
    "weekly",
]
