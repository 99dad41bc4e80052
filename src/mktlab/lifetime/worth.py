"""What customers spend, and what they are worth: purchases times spend times margin, today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaln, psi

from mktlab.lifetime.fitting import Fitted, Floats, maximize, need
from mktlab.lifetime.history import UNITS, Rows, numbers_of
from mktlab.lifetime.models import PurchaseModel
from mktlab.schema import MktlabError
from mktlab.show.words import say

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
_DRAWS = 200


class _Spent(NamedTuple):
    x: Floats
    mean: Floats


@dataclass(frozen=True, repr=False)
class SpendModel(Fitted):
    """A fitted Gamma-Gamma model."""

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

    `table` is what `summary` gives, or its `frequency` and `mean_value`. The model is learned from
    those who came back, and believes that spending does not go together with frequency: look. A
    MktlabError says so when a column is missing or no number, or fewer than three came back.

    Fader, P. S., & Hardie, B. G. S. (2013). *The Gamma-Gamma model of monetary value*.

    >>> table = pd.DataFrame({"frequency": [1, 2, 3, 5, 0],
    ...                       "mean_value": [20.0, 35.0, 28.0, 60.0, None]})
    >>> spend = fit_gamma_gamma(table).expected_spend()
    >>> bool(20 < spend[0] < spend[4] < spend[3] < 60)  # drawn toward the mean of all
    True
    """
    known = numbers_of(table, ["frequency", "mean_value"])
    x, mean = known[known["frequency"] > 0].to_numpy().T
    if len(x) < 3 or not (np.isfinite(mean) & (mean > 0)).all() or np.ptp(mean) == 0:
        told = say("mean_value must be above 0 where frequency is, and differ")
        raise MktlabError(say("summary: {n} customers came back; {told}.", n=len(x), told=told))
    starts = np.log([[1.0, 2.0, 1.0], [4.0, 4.0, 0.7], [0.5, 3.0, 4.0]])
    starts[:, 2] += np.log(mean.mean())
    found = maximize(_likely, _Spent(x, mean), starts, ["p", "q", "gamma"])
    return SpendModel("Gamma-Gamma", known, *found)


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


@dataclass(frozen=True)
class LifetimeValue:
    """Margin to come, discounted to today; `low` and `high` are 95% intervals.

    `customers` has `value, low, high` of each, `total` of all, `newcomer` of one who has just
    bought for the first time, beside that purchase. Intervals tell how well these *means* are
    known, not how far one customer may be from hers.
    """

    customers: pd.DataFrame
    total: pd.Series
    newcomer: pd.Series

    def __repr__(self) -> str:
        """The total and a newcomer."""
        told = say("all: {value:money} ({low:money} to {high:money})", **self.total)
        new = say("a newcomer: {value:money.2} ({low:money.2} to {high:money.2})", **self.newcomer)
        return f"{told}\n{new}"


def value(
    model: PurchaseModel, spend: SpendModel, *, weeks: float, margin: float, annual_discount: float
) -> LifetimeValue:
    """The margin that each customer will bring in the next weeks, discounted to today.

    Both models are fitted on one summary; how often and how much are taken to be independent.
    `weeks` are weeks, whatever the unit of the model. `margin` is the share of what is spent that
    is left after the costs that grow with it (0.4 for 40%), `annual_discount` a rate a year, spread
    evenly over its days. Behind the intervals are 200 draws from the normal of each fit. A
    MktlabError says so when an argument is out of its range or the models know other customers.

    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
    customer base analysis. *Journal of Marketing Research*, 42(4), 415-430.
    """
    need("margin", margin, 0, 1)
    need("annual_discount", annual_discount, -1e-9, 9)
    if not model.customers.index.equals(spend.customers.index):
        raise MktlabError(say("value: fit both models on one summary; these know others."))
    rate, time = np.log1p(annual_discount) / 365.25 * UNITS[model.unit], model.time(weeks)
    new, n = model.newcomers(), len(model.customers)
    luck = zip(model.draws(_DRAWS, 33), spend.draws(_DRAWS, 34), strict=True)
    worth = np.empty((_DRAWS + 1, n + 2))
    for at, (theta, money) in enumerate([(model.theta, spend.theta), *luck]):
        each = _discounted(model, theta, model.rows, time, rate)[model.rows.place]
        first = _discounted(model, theta, new, time, rate) @ new.n / n
        worth[at, :n] = each * spend.expected(money)
        worth[at, n] = worth[at, :n].sum()
        worth[at, n + 1] = first * spend.expected(money, newcomer=True)[0]
    low, high = np.percentile(worth[1:], [2.5, 97.5], axis=0)
    table = margin * pd.DataFrame({"value": worth[0], "low": low, "high": high})
    each_one = table[:n].set_index(model.customers.index)
    return LifetimeValue(each_one, table.loc[n], table.loc[n + 1])


def _discounted(
    model: PurchaseModel, theta: Floats, rows: Rows, time: float, rate: float
) -> Floats:
    """Purchases within `time`, each discounted to today: by parts, an integral of their sum."""
    times = np.append((1 + _NODES) * time / 2, time)
    weight = np.exp(-rate * times)
    weight[:-1] *= rate * _WEIGHTS * time / 2
    return np.asarray(weight @ model.expected(theta, rows, times[:, None]))
