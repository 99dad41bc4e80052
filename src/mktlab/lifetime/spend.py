"""What a customer spends at a purchase: the Gamma-Gamma model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaln, psi

from mktlab.lifetime.fitting import Fit, Floats, fit_lines, maximize, parameters
from mktlab.lifetime.history import customers_of
from mktlab.schema import MktlabError
from mktlab.show.words import say

_NAMES = ("p", "q", "gamma")


class _Spent(NamedTuple):
    x: Floats
    mean: Floats


@dataclass(frozen=True)
class SpendModel:
    """A fitted Gamma-Gamma model; `parameters` as in `PurchaseModel`.

    `correlation` is that of frequency and mean value: the model takes it for 0, so that a large one
    warns.
    """

    parameters: pd.DataFrame
    customers: pd.DataFrame = field(repr=False)
    correlation: float
    fit: Fit = field(repr=False)

    def __repr__(self) -> str:
        """A line per parameter, and how the search ended."""
        title = say(
            "Gamma-Gamma, {n:count} customers who came back, correlation of frequency and value "
            "{correlation:decimal.2}",
            n=int((self.customers["frequency"] > 0).sum()),
            correlation=self.correlation,
        )
        return fit_lines(title, self.fit, self.parameters)

    @property
    def log_likelihood(self) -> float:
        """Its logarithm."""
        return self.fit.log_likelihood

    @property
    def convergence(self) -> str:
        """How the search ended, in one sentence."""
        return self.fit.convergence

    def expected_spend(self) -> pd.Series:
        """Money per day with a purchase, of each customer: her mean, drawn toward that of all."""
        told = self.expected(self.fit.theta)
        if not np.isfinite(told).all():
            raise MktlabError(
                say("expected_spend: q is 1 or less, so that the mean of all has no end.")
            )
        return pd.Series(told, self.customers.index, name="expected_spend")

    def expected(self, theta: Floats, *, newcomer: bool = False) -> Floats:
        """As `expected_spend`, in an array; infinite where the mean has no end."""
        p, q, gamma = np.exp(theta)
        x = self.customers["frequency"].to_numpy() * (not newcomer)
        spent = x * self.customers["mean_value"].fillna(0.0).to_numpy()
        below = p * x + q - 1
        with np.errstate(divide="ignore"):
            return np.where(below > 0, p * (gamma + spent) / below, np.inf)


def fit_gamma_gamma(table: Any) -> SpendModel:
    """Gamma-Gamma: what customers spend at a purchase differs by purchase and by customer.

    Parameters
    ----------
    table
        What `summary` gives, or its columns `frequency` and `mean_value`. The model is learned from
        those who came back; spending must not go together with frequency.

    Raises
    ------
    MktlabError
        When a column is missing, no number or impossible, or fewer than three came back.

    References
    ----------
    Fader, P. S., & Hardie, B. G. S. (2013). *The Gamma-Gamma model of monetary value*.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [1, 2, 3, 5, 0],
    ...                       "mean_value": [20.0, 35.0, 28.0, 60.0, None]})
    >>> spend = fit_gamma_gamma(table).expected_spend()
    >>> bool(20 < spend[0] < spend[4] < spend[3] < 60)  # drawn toward the mean of all
    True
    """
    known = customers_of(table, ["frequency", "mean_value"])
    back = known[known["frequency"] > 0]
    if len(back) < 3 or back["mean_value"].nunique() < 2:
        raise MktlabError(
            say("fit_gamma_gamma: {n:count} customers came back, too few or too alike.", n=len(back))
        )
    spent = _Spent(back["frequency"].to_numpy(), back["mean_value"].to_numpy())
    scale = float(np.log(spent.mean.mean()))
    pairs = [(1.0, 2.0, 1.0), (4.0, 4.0, 0.7), (0.5, 3.0, 4.0)]
    starts = [[np.log(p), np.log(q), np.log(k) + scale] for p, q, k in pairs]
    fit = maximize(_likely, spent, starts, _NAMES)
    varies = back["frequency"].nunique() > 1
    together = float(np.corrcoef(spent.x, spent.mean)[0, 1]) if varies else 0.0
    return SpendModel(parameters(fit, _NAMES, 3), known, together, fit)


def _likely(theta: Floats, rows: _Spent) -> tuple[float, Floats]:
    """The log-likelihood (Fader & Hardie, 2013, eq. 1a) and its slope in `theta`."""
    p, q, gamma = np.exp(theta)
    x, mean = rows
    px, whole = p * x, gamma + x * mean
    log_whole, share = np.log(whole), np.log(x * mean)
    height = gammaln(px + q) - gammaln(px) - gammaln(q) + q * theta[2]
    height = height + px * share - np.log(mean) - (px + q) * log_whole
    both = psi(px + q)
    slope = [
        p * (x @ (both - psi(px) + share - log_whole)),
        q * (both - psi(q) + theta[2] - log_whole).sum(),
        gamma * (q / gamma - (px + q) / whole).sum(),
    ]
    return float(height.sum()), np.array(slope)
