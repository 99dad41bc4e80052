"""What a customer spends at a purchase: the Gamma-Gamma model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaln, psi

from mktlab.lifetime.fitting import Fitted, Floats, maximize
from mktlab.lifetime.history import numbers_of
from mktlab.schema import MktlabError
from mktlab.show.words import say


class _Spent(NamedTuple):
    x: Floats
    mean: Floats


@dataclass(frozen=True, repr=False)
class SpendModel(Fitted):
    """A fitted Gamma-Gamma model.

    `correlation` is that of frequency and mean value of those who came back; the model takes it for
    0, so that a large one warns.
    """

    correlation: float

    def expected_spend(self) -> pd.Series:
        """Money per day with a purchase, of each customer: her mean, drawn toward that of all."""
        return pd.Series(self.expected(self.theta), self.customers.index)

    def expected(self, theta: Floats, *, newcomer: bool = False) -> Floats:
        """As `expected_spend`, in an array; infinite where q is so small that no mean exists."""
        p, q, gamma = np.exp(theta)
        x = self.customers["frequency"].to_numpy() * (not newcomer)
        spent = x * self.customers["mean_value"].fillna(0.0).to_numpy()
        with np.errstate(divide="ignore"):
            return np.where(p * x + q > 1, p * (gamma + spent) / (p * x + q - 1), np.inf)


def fit_gamma_gamma(table: Any) -> SpendModel:
    """Gamma-Gamma: what customers spend differs by purchase (`p`) and by customer (`q`, `gamma`).

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
    known = numbers_of(table, ["frequency", "mean_value"])
    x, mean = known["frequency"].to_numpy(), known["mean_value"].to_numpy()
    back = x > 0
    if back.sum() < 3 or not (mean[back] > 0).all() or np.ptp(mean[back]) == 0:
        raise MktlabError(
            say(
                "fit_gamma_gamma: {n:count} customers came back, with mean values from {low} to "
                "{high}; give three or more, above 0 and different.",
                n=back.sum(),
                low=mean[back].min(initial=np.inf),
                high=mean[back].max(initial=-np.inf),
            )
        )
    starts = np.log([[1, 2, 1], [4, 4, 0.7], [0.5, 3, 4]])
    starts[:, 2] += np.log(mean[back].mean())
    told = maximize(_likely, _Spent(x[back], mean[back]), starts, ["p", "q", "gamma"])
    together = np.corrcoef(x[back], mean[back])[0, 1] if np.ptp(x[back]) else 0.0
    return SpendModel("Gamma-Gamma", known, correlation=float(together), **told)


def _likely(theta: Floats, rows: _Spent) -> tuple[float, Floats]:
    """The log-likelihood (Fader & Hardie, 2013, eq. 1a) and its slope in `theta`."""
    p, q, gamma = np.exp(theta)
    px, spent = p * rows.x, rows.x * rows.mean
    whole, both = np.log(gamma + spent), psi(px + q)
    height = gammaln(px + q) - gammaln(px) - gammaln(q) + q * theta[2] - np.log(rows.mean)
    height = height + px * np.log(spent) - (px + q) * whole
    slope = [
        px @ (both - psi(px) + np.log(spent) - whole),
        q * (both - psi(q) + theta[2] - whole).sum(),
        (q - gamma * (px + q) / (gamma + spent)).sum(),
    ]
    return float(height.sum()), np.array(slope)
