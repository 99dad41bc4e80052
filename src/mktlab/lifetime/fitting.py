"""How each model here is fitted and shows itself: log-parameters, several starts, the Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from mktlab.schema import MktlabError
from mktlab.show.words import say

Floats = np.ndarray[Any, np.dtype[np.float64]]
Likely = Callable[[Floats, Any], tuple[float, Floats]]  # of theta and rows: height and slope
Found = tuple[pd.DataFrame, float, str, Floats, Floats]
Z = 1.959964  # of a 95% interval
_MANY, _STEP = 20_000, 1e-4
_FAR, _LOOSE = 8.0, 4.0  # a logarithm so far from its start, or with such an error, has no end


@dataclass(frozen=True)
class Fitted:
    """A fitted model: `parameters` has `estimate`, and `low` and `high` of its 95% interval.

    It is by the curve of the likelihood on the scale of logarithms; `convergence` says how the
    search ended. `root` times its transpose is the covariance of `theta`.
    """

    name: str
    customers: pd.DataFrame
    parameters: pd.DataFrame
    log_likelihood: float
    convergence: str
    theta: Floats = field(repr=False)
    root: Floats = field(repr=False)

    def __repr__(self) -> str:
        lines = [say("{name}, {n:count} customers", name=self.name, n=len(self.customers))]
        for name, row in self.parameters.iterrows():
            lines.append(
                f"{name}: "
                + say("{estimate:decimal.3} ({low:decimal.3} to {high:decimal.3})", **row)
            )
        return "\n".join([*lines, self.convergence])

    def draws(self, number: int, seed: int) -> Floats:
        """Parameters that the data leave possible, from the normal of the fit, as `theta`."""
        luck = np.random.default_rng(seed).standard_normal((number, len(self.theta)))
        return np.asarray(self.theta + luck @ self.root.T)


def maximize(likely: Likely, rows: Any, starts: Floats, names: list[str]) -> Found:
    """What `Fitted` tells of the parameters under which `rows` are most likely.

    Starts are tried on at most 20,000 rows, spread evenly; from the best end the search goes on
    with all rows, and ends with a step of Newton's. Names with a colon are effects.
    """
    few = type(rows)(*(column[:: 1 + len(rows[0]) // _MANY] for column in rows))
    ends = [_climb(likely, few, start, starts[0], ftol=1e-9) for start in starts]
    best, most = max(ends, key=lambda end: end[1])
    same = sum(end[1] > most - 0.01 for end in ends)
    theta = _climb(likely, rows, best, starts[0])[0]
    steps = _STEP * np.eye(len(theta))
    sides = np.array([likely(theta - s, rows)[1] - likely(theta + s, rows)[1] for s in steps])
    curve = (sides + sides.T) / (4 * _STEP)
    known = np.linalg.eigvalsh(curve)[0] > 1e-10 * curve.trace()
    root = np.linalg.cholesky(np.linalg.inv(curve)) if known else curve * np.nan
    error = np.sqrt((root**2).sum(axis=1))
    loose = (np.abs(theta - starts[0]) > _FAR - 0.01) | ~(error < _LOOSE)
    told = say("Converged: {same} of {tried} starts end here.", same=same, tried=len(starts))
    if loose.any():
        root, error = root * np.nan, error * np.nan
        told = say(
            "Not converged: these customers do not tell how large {loose} is, so nothing here has "
            "an interval; take more customers, more time or another model.",
            loose=", ".join(np.array(names)[loose]),
        )
    else:
        theta = theta + root @ (root.T @ likely(theta, rows)[1])
    height, slope = likely(theta, rows)
    if ((slope @ root) ** 2).sum() > 1e-4:
        told = say("Not converged: the search stopped on a slope; look for odd customers.")
    table = np.column_stack([theta, theta - Z * error, theta + Z * error])
    table = np.where([[":" in name] for name in names], table, np.exp(table))
    parameters = pd.DataFrame(table, pd.Index(names), ["estimate", "low", "high"])
    return parameters, height, told, theta, root


def _climb(
    likely: Likely, rows: Any, start: Floats, middle: Floats, ftol: float = 1e-13
) -> tuple[Floats, float]:
    down = lambda theta: tuple(-part for part in likely(theta, rows))  # noqa: E731
    bounds = np.column_stack([middle - _FAR, middle + _FAR])
    tight = {"ftol": ftol, "gtol": 1e-6, "maxiter": 500}
    found = minimize(down, start, jac=True, method="L-BFGS-B", bounds=bounds, options=tight)
    return found.x, -float(found.fun)


def need(name: str, number: float, low: float, high: float) -> None:
    if isinstance(number, bool | str) or not low < number <= high:
        told = say("give a number above {low:g}, at most {high:g}", low=low, high=high)
        raise MktlabError(say("{name} is {number!r}: {told}.", name=name, number=number, told=told))
