"""How each model here is fitted: log-parameters, several starts, intervals by the Hessian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from mktlab.show.words import say

Floats = np.ndarray[Any, np.dtype[np.float64]]
Part = TypeVar("Part", bound=tuple[Any, ...])
Z = 1.959964  # of a 95% interval
_MANY, _FAR, _STEP = 20_000, 8.0, 1e-4


class Fit(NamedTuple):
    """The most likely `theta` (logarithms of what is above 0), its covariance, and how it went."""

    theta: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool
    convergence: str


def maximize(
    likely: Callable[[Floats, Part], tuple[float, Floats]],
    rows: Part,
    starts: Sequence[Sequence[float]],
    names: Sequence[str],
) -> Fit:
    """The parameters under which `rows` are most likely.

    `likely` gives the log-likelihood and its slope. Starts are tried on at most 20,000 rows, spread
    evenly over all; from the best end the fit goes on with all rows, a step of Newton's at last.
    """
    few = type(rows)(*(column[:: 1 + len(rows[0]) // _MANY] for column in rows))
    ends = [_climb(likely, few, np.array(start, dtype=float), starts[0]) for start in starts]
    best = max(ends, key=lambda end: end[1])
    same = sum(end[1] > best[1] - 0.01 for end in ends)
    theta, height = _climb(likely, rows, best[0], starts[0])
    curve, slope = _curve(likely, rows, theta), likely(theta, rows)[1]
    away = np.abs(theta - starts[0]) > _FAR - 0.01
    if away.any() or np.linalg.eigvalsh(curve).min() <= 0:
        loose = np.array(names)[away if away.any() else [int(np.argmin(np.diag(curve)))]]
        told = say(
            "Not converged: these customers do not tell how large {loose} is, so there are no "
            "intervals; take more customers, more time or another model.",
            loose=", ".join(loose),
        )
        return Fit(theta, np.full(curve.shape, np.nan), height, False, told)
    covariance = np.linalg.inv(curve)
    after = theta + covariance @ slope
    if (higher := likely(after, rows)[0]) >= height:
        theta, height, slope = after, higher, likely(after, rows)[1]
    if slope @ covariance @ slope > 1e-4:
        told = say("Not converged: the search stopped on a slope; rescale odd columns.")
        return Fit(theta, covariance, height, False, told)
    told = say("Converged: {same} of {tried} starts end here.", same=same, tried=len(starts))
    return Fit(theta, covariance, height, True, told)


def _climb(likely: Any, rows: Any, start: Floats, middle: Sequence[float]) -> tuple[Floats, float]:
    def unlikely(theta: Floats) -> tuple[float, Floats]:
        height, slope = likely(theta, rows)
        return -height, -slope

    bounds = [(one - _FAR, one + _FAR) for one in middle]
    tight = {"ftol": 1e-13, "gtol": 1e-6, "maxiter": 500}
    found = minimize(unlikely, start, jac=True, method="L-BFGS-B", bounds=bounds, options=tight)
    return found.x, -float(found.fun)


def _curve(likely: Any, rows: Any, theta: Floats) -> Floats:
    """Minus the second derivative of the log-likelihood."""
    steps = _STEP * np.eye(len(theta))
    sides = [likely(theta - step, rows)[1] - likely(theta + step, rows)[1] for step in steps]
    curve = np.array(sides) / (2 * _STEP)
    return np.asarray((curve + curve.T) / 2)


def parameters(fit: Fit, names: Sequence[str], positive: int) -> pd.DataFrame:
    """A row per parameter: `estimate`, and `low` and `high` of its 95% interval."""
    error = Z * np.sqrt(np.diag(fit.covariance))
    table = np.column_stack([fit.theta, fit.theta - error, fit.theta + error])
    table[:positive] = np.exp(table[:positive])
    return pd.DataFrame(table, pd.Index(names, name="parameter"), ["estimate", "low", "high"])


def draws(fit: Fit, number: int, seed: int) -> Floats:
    """Parameters (as `theta`) that the data leave possible: draws from the normal of the fit."""
    luck = np.random.default_rng(seed).standard_normal((number, len(fit.theta)))
    if np.isnan(fit.covariance).any():
        return np.full(luck.shape, np.nan)
    return np.asarray(fit.theta + luck @ np.linalg.cholesky(fit.covariance).T)


def fit_lines(title: str, fit: Fit, table: pd.DataFrame) -> str:
    """How a fitted model shows itself: what it is, a line per parameter, how the search ended."""
    rows = [
        say(
            "{name}: {estimate:decimal.3} ({low:decimal.3} to {high:decimal.3})",
            name=row.Index,
            estimate=row.estimate,
            low=row.low,
            high=row.high,
        )
        for row in table.itertuples()
    ]
    height = say("log-likelihood {height:decimal.1}", height=fit.log_likelihood)
    return "\n".join([title, *rows, height, fit.convergence])
