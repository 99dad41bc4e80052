"""How often customers buy, whether they are still there (three models), and what they spend.

`theta` holds logarithms of the parameters, of the Pareto/NBD also effects of covariates. Of BG/NBD
`shift` is 0: nobody leaves before her first repeat purchase; of MBG/NBD it is 1. Each model has a
log-likelihood with its slope in `theta`, log odds of having left, and purchases if one has not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, gammaln, hyp2f1, psi

from mktlab.lifetime.fitting import Fitted, Floats, maximize, need
from mktlab.lifetime.history import UNITS, Rows, numbers_of, rows_of
from mktlab.schema import MktlabError
from mktlab.show.words import say

_STARTS = np.log([[1.0, 1.0, 1.0, 1.0], [0.3, 0.2, 0.4, 0.6], [3.0, 1.0, 2.0, 6.0]])  # in mean ages
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_BLOCK, _FOLDS = 8_192, 40.0  # rows at once; what is e^40 times smaller than the most is nothing


@dataclass(frozen=True, repr=False)
class PurchaseModel(Fitted):
    """A fitted model of purchases; alpha and beta are in `unit`, that of the summary."""

    unit: str
    rows: Rows = field(repr=False)
    odds: Callable[[Floats, Rows], Floats] = field(repr=False)
    still: Callable[[Floats, Rows, Any], Floats] = field(repr=False)

    def expected_purchases(self, weeks: float) -> pd.Series:
        """Days with a purchase in the next weeks, of each customer, given what she did so far."""
        need("weeks", weeks, 0, 5_200)
        many = self.expected(self.theta, self.rows, weeks)
        return pd.Series(many[self.rows.place], self.customers.index)

    def chance_alive(self) -> pd.Series:
        """The chance that a customer has not left for good, of each customer."""
        chance = expit(-self.odds(self.theta, self.rows))
        return pd.Series(chance[self.rows.place], self.customers.index)

    def expected(self, theta: Floats, rows: Rows, weeks: Any) -> Floats:
        """The same of histories, by other parameters; `weeks` may be a column of several."""
        many = self.still(theta, rows, weeks * 7 / UNITS[self.unit])
        return np.asarray(many * expit(-self.odds(theta, rows)))

    def newcomers(self) -> Rows:
        """Everybody on her first day, equal ones once; `place` is that of each of our rows."""
        z, place = np.unique(self.rows.z, axis=0, return_inverse=True)
        nothing, n = np.zeros(len(z)), np.bincount(place.ravel(), self.rows.n).astype(float)
        return Rows(nothing, nothing, nothing, z, n, place.ravel())


def fit_bgnbd(table: Any) -> PurchaseModel:
    """BG/NBD: customers buy at random; after each repeat purchase some leave for good.

    It cannot lose a one-time buyer: who never came back counts as alive with a chance of 1. Where
    many try once and leave, take `fit_mbgnbd` or `fit_pareto_nbd`, and look at `calibration`.
    Rates of purchase differ by a gamma (`r`, `alpha`), chances to leave by a beta (`a`, `b`).
    `table` is what `summary` gives, or `frequency`, `recency_weeks` and `age_weeks` (or days); a
    MktlabError says so when a column is missing, a history is impossible, or nobody came back.

    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model. *Marketing Science*, 24(2), 275-284.

    >>> table = pd.DataFrame({"frequency": [0, 0, 0, 0, 1, 4], "recency_weeks": [0] * 4 + [5, 30],
    ...                       "age_weeks": [40, 38, 36, 34, 39, 37]})
    >>> fit_bgnbd(table).chance_alive().round(2).tolist()[:4]  # nobody leaves before she comes back
    [1.0, 1.0, 1.0, 1.0]
    """
    return _fitted("BG/NBD", table, _GEOMETRIC, [], shift=0)


def fit_mbgnbd(table: Any) -> PurchaseModel:
    """MBG/NBD: as `fit_bgnbd`, but some leave after their very first purchase, too.

    Batislam, E. P., Denizel, M., & Filiztekin, A. (2007). Empirical validation and comparison of
    models for customer base analysis. *International Journal of Research in Marketing*, 24(3).
    """
    return _fitted("MBG/NBD", table, _GEOMETRIC, [], shift=1)


def fit_pareto_nbd(table: Any, *, covariates: Sequence[str] = ()) -> PurchaseModel:
    """Pareto/NBD: customers buy at random until they leave, at any moment, unseen.

    Rates of purchase differ by a gamma (`r`, `alpha`), rates of leaving by another (`s`, `beta`).
    `table` and errors are as in `fit_bgnbd`. `covariates` are columns of numbers or flags that
    vary, known when a customer came and the same ever since: one unit more multiplies her rate of
    purchase by exp(`rate:...`), and that of leaving by exp(`leaving:...`).

    Schmittlein, D. C., Morrison, D. G., & Colombo, R. (1987). Counting your customers. *Management
    Science*, 33(1), 1-24. Fader, P. S., & Hardie, B. G. S. (2007). *Incorporating time-invariant
    covariates into the Pareto/NBD and BG/NBD models*.
    """
    return _fitted("Pareto/NBD", table, _PARETO, list(covariates))


def _fitted(name: str, table: Any, kind: Any, covariates: list[str], **how: int) -> PurchaseModel:
    names, *functions = kind
    likely, odds, still = (partial(function, **how) for function in functions)
    known, unit, rows = rows_of(table, covariates)
    effects = [f"{what}:{z}" for what in ("rate", "leaving") for z in covariates]
    starts = np.column_stack([_STARTS, np.zeros((3, len(effects)))])
    labels = [*names, *effects]
    starts += np.log(rows.age.mean()) * np.isin(labels, ["alpha", "beta"])
    told = maximize(likely, rows, starts, labels)
    return PurchaseModel(name, known, *told, unit, rows, odds, still)


def _geometric_likely(theta: Floats, rows: Rows, shift: int) -> tuple[float, Floats]:
    # Fader, Hardie & Lee (2005), eq. 6
    r, alpha, a, b = np.exp(theta)
    at = rows.x.astype(int)
    n, count = rows.n, np.bincount(at, rows.n)  # sums, as products of BLAS hang on its threads
    x = np.arange(len(count))
    c, buys, later, last = b + x + shift, r + rows.x, alpha + rows.age, alpha + rows.recency
    odds, gap, log_later = _geometric_odds(theta, rows, shift), np.log(later / last), np.log(later)
    gone = n * expit(odds)
    ways = gammaln(r + x) - gammaln(r) + gammaln(c) - gammaln(a + c) + gammaln(a + b) - gammaln(b)
    height = count @ ways + (n * (r * theta[1] - buys * log_later + np.logaddexp(0, odds))).sum()
    left = np.bincount(at, gone) @ (1 / np.maximum(c - 1, 1e-300))
    slope = [
        count @ (psi(r + x) - psi(r)) + (n * (theta[1] - log_later) + gone * gap).sum(),
        (n * (r / alpha - buys / later) + gone * buys * (1 / later - 1 / last)).sum(),
        count @ (psi(a + b) - psi(a + c)) + gone.sum() / a,
        count @ (psi(c) - psi(a + c) + psi(a + b) - psi(b)) - left,
    ]
    return float(height), np.exp(theta) * np.array(slope)


def _geometric_odds(theta: Floats, rows: Rows, shift: int) -> Floats:
    r, alpha, a, b = np.exp(theta)
    gap = (r + rows.x) * np.log((alpha + rows.age) / (alpha + rows.recency))
    odds = np.log(a / np.maximum(b + rows.x + shift - 1, 1e-300)) + gap
    return np.where((rows.x > 0) | (shift == 1), odds, -np.inf)


def _geometric_still(theta: Floats, rows: Rows, time: Any, shift: int) -> Floats:
    # Eq. 10; Euler's transformation keeps the 2F1 near 1, and a and c stay off 0 / 0
    r, alpha, a, b = np.exp(theta)
    a = a + 1e-6 * (abs(a - 1) < 1e-6)
    c = a + b + rows.x + shift - 1 + 1e-9
    part = time / (alpha + rows.age + time)
    kept = (1 - part) ** (a - 1) * hyp2f1(a + b + shift - 1 - r, a - 1, c, part)
    return np.asarray(c / (a - 1) * (1 - kept))


def _own(theta: Floats, rows: Rows) -> tuple[Any, Any, Any, Any]:
    r, alpha, s, beta = np.exp(theta[:4])
    rate, leave = (rows.z @ part for part in np.split(theta[4:], 2))
    return r, alpha * np.exp(-rate), s, beta * np.exp(-leave)


def _silent(theta: Floats, rows: Rows) -> Floats:
    """The log of the integral of (alpha + u)^-(r + x) (beta + u)^-(s + 1) from recency to age,
    and means over it: of log(alpha + u), 1 / (alpha + u), and those of beta. It is the two 2F1 of
    the literature, on the scale of logarithms: smooth whichever of alpha and beta is larger."""
    r, alpha, s, beta = _own(theta, rows)
    least, buys = np.minimum(alpha, beta), r + rows.x
    low, high = np.log(least + rows.recency), np.log(least + rows.age)
    fall = buys / (alpha + rows.recency) + (s + 1) / (beta + rows.recency)
    fall = fall * (least + rows.recency) - 1
    half = np.minimum(high - low, _FOLDS / np.maximum(fall, 1e-9)) / 2
    told = np.empty((5, len(half)))
    for first in range(0, len(half), _BLOCK):
        cut = slice(first, first + _BLOCK)
        y = low[cut, None] + half[cut, None] * (1 + _NODES)
        moment = np.exp(y) - least[cut, None]
        one, two = alpha[cut, None] + moment, beta[cut, None] + moment
        log_one, log_two = np.log(one), np.log(two)
        height = y - buys[cut, None] * log_one - (s + 1) * log_two
        top = height.max(axis=1, keepdims=True)
        weight = np.exp(height - top) * _WEIGHTS
        total = weight.sum(axis=1)
        with np.errstate(divide="ignore"):
            told[0, cut] = np.log(half[cut] * total) + top[:, 0]
        for row, of in enumerate((log_one, 1 / one, log_two, 1 / two), start=1):
            told[row, cut] = (weight * of).sum(axis=1) / total
    return told


def _pareto_likely(theta: Floats, rows: Rows) -> tuple[float, Floats]:
    r, alpha, s, beta = _own(theta, rows)
    n, buys, one, two = rows.n, r + rows.x, alpha + rows.age, beta + rows.age
    whole, log_one, inverse_one, log_two, inverse_two = _silent(theta, rows)
    here = -buys * np.log(one) - s * np.log(two)
    odds = np.log(s) + whole - here
    gone, stay = expit(odds), expit(-odds)
    ways = gammaln(buys) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    height = n @ (ways + here + np.logaddexp(0, odds))
    of_r = psi(buys) - psi(r) + np.log(alpha) - stay * np.log(one) - gone * log_one
    of_s = np.log(beta) - stay * np.log(two) + gone * (1 / s - log_two)
    of_alpha = n * (r - alpha * buys * (stay / one + gone * inverse_one))
    of_beta = n * (s - beta * (stay * s / two + gone * (s + 1) * inverse_two))
    slope = [r * (n @ of_r), of_alpha.sum(), s * (n @ of_s), of_beta.sum()]
    return float(height), np.array([*slope, *(-of_alpha @ rows.z), *(-of_beta @ rows.z)])


def _pareto_odds(theta: Floats, rows: Rows) -> Floats:
    r, alpha, s, beta = _own(theta, rows)
    here = -(r + rows.x) * np.log(alpha + rows.age) - s * np.log(beta + rows.age)
    return np.asarray(np.log(s) + _silent(theta, rows)[0] - here)


def _pareto_still(theta: Floats, rows: Rows, time: Any) -> Floats:
    r, alpha, s, beta = _own(theta, rows)
    more = s - 1 + 1e-9 * (abs(s - 1) < 1e-9)
    stays = -np.expm1(-more * np.log1p(time / (beta + rows.age))) / more
    return np.asarray((r + rows.x) * (beta + rows.age) / (alpha + rows.age) * stays)


_GEOMETRIC = ["r", "alpha", "a", "b"], _geometric_likely, _geometric_odds, _geometric_still
_PARETO = ["r", "alpha", "s", "beta"], _pareto_likely, _pareto_odds, _pareto_still


_Spent = NamedTuple("_Spent", [("x", Floats), ("mean", Floats)])  # noqa: UP014


@dataclass(frozen=True, repr=False)
class SpendModel(Fitted):
    """A fitted Gamma-Gamma model."""

    def expected_spend(self, theta: Floats | None = None) -> pd.Series:
        """Money per day with a purchase, of each customer: her mean, drawn toward that of all.

        Infinite where q is so small that no mean exists; `theta` is for other parameters.
        """
        p, q, gamma = np.exp(self.theta if theta is None else theta)
        spent = self.customers["frequency"] * self.customers["mean_value"].fillna(0.0)
        below = p * self.customers["frequency"] + q - 1
        return pd.Series((p * (gamma + spent) / below).mask(below <= 0, np.inf))


def fit_gamma_gamma(table: Any) -> SpendModel:
    """Gamma-Gamma: what customers spend differs by purchase (`p`) and by customer (`q`, `gamma`).

    `table` is what `summary` gives, or its `frequency` and `mean_value`; errors are those of
    `fit_bgnbd`. Spending must not go together with frequency: look.

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
    found = maximize(_spend_likely, _Spent(x, mean), starts, ["p", "q", "gamma"])
    return SpendModel("Gamma-Gamma", known, *found)


def _spend_likely(theta: Floats, rows: _Spent) -> tuple[float, Floats]:
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
