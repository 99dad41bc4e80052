"""The three models of purchases: likelihood and slope, chance to be there, purchases to come.

`theta` holds logarithms of the parameters, of the Pareto/NBD also effects of covariates. Of BG/NBD
`shift` is 0: nobody leaves before her first repeat purchase; of MBG/NBD it is 1: she may.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit, gammaln, hyp2f1, psi

from mktlab.lifetime.fitting import Floats
from mktlab.lifetime.history import Rows

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_BLOCK, _FOLDS = 8_192, 40.0  # rows at once; what is e^40 times smaller than the most is nothing


def geometric_likely(theta: Floats, rows: Rows, shift: int) -> tuple[float, Floats]:
    """The log-likelihood (Fader, Hardie & Lee, 2005, eq. 6) and its slope in `theta`."""
    r, alpha, a, b = np.exp(theta)
    x, at = np.unique(rows.x, return_inverse=True)
    n, c, count = rows.n, b + x + shift, np.bincount(at, rows.n)
    buys, later, last = r + rows.x, alpha + rows.age, alpha + rows.recency
    gap = np.log(later) - np.log(last)
    odds = _odds(a, c[at] - 1, buys * gap, rows.x, shift)
    gone = n * expit(odds)
    ways = gammaln(r + x) - gammaln(r) + gammaln(c) - gammaln(a + c) + gammaln(a + b) - gammaln(b)
    height = count @ ways + n @ (r * theta[1] - buys * np.log(later) + np.logaddexp(0, odds))
    slope = [
        count @ (psi(r + x) - psi(r)) + n @ (theta[1] - np.log(later)) + gone @ gap,
        n @ (r / alpha - buys / later) + gone @ (buys / later - buys / last),
        count @ (psi(a + b) - psi(a + c)) + gone.sum() / a,
        count @ (psi(c) - psi(a + c) + psi(a + b) - psi(b))
        - gone @ (1 / np.maximum(c[at] - 1, 1e-300)),
    ]
    return float(height), np.exp(theta) * np.array(slope)


def _odds(a: Any, c: Any, gap: Any, x: Any, shift: int) -> Any:
    """The logarithm of the odds that a customer has left."""
    return np.where((x > 0) | (shift == 1), np.log(a / np.maximum(c, 1e-300)) + gap, -np.inf)


def geometric_alive(theta: Floats, rows: Rows, shift: int) -> Floats:
    """The chance that a customer has not left."""
    r, alpha, a, b = np.exp(theta)
    gap = (r + rows.x) * np.log((alpha + rows.age) / (alpha + rows.recency))
    return np.asarray(expit(-_odds(a, b + rows.x + shift - 1, gap, rows.x, shift)))


def geometric_expected(theta: Floats, rows: Rows, time: Any, shift: int) -> Floats:
    """Purchases within `time` from now (Fader, Hardie & Lee, 2005, eq. 10).

    Euler's transformation keeps the 2F1 near 1; where 0 / 0 stands, a or c moves by a millionth.
    """
    r, alpha, a, b = np.exp(theta)
    a = a + 1e-6 * (abs(a - 1) < 1e-6)
    c = a + b + rows.x + shift - 1
    c = c + 1e-6 * (np.abs(c) < 1e-6)
    part = time / (alpha + rows.age + time)
    kept = (1 - part) ** (a - 1) * hyp2f1(a + b + shift - 1 - r, a - 1, c, part)
    return np.asarray(c / (a - 1) * (1 - kept) * geometric_alive(theta, rows, shift))


def _own(theta: Floats, rows: Rows) -> tuple[Any, Any, Any, Any]:
    """r, alpha, s, beta: alpha and beta of each row (Fader & Hardie, 2007)."""
    r, alpha, s, beta = np.exp(theta[:4])
    rate, leave = (rows.z @ part for part in np.split(theta[4:], 2))
    return r, alpha * np.exp(-rate), s, beta * np.exp(-leave)


def _silent(r: float, alpha: Floats, s: float, beta: Floats, rows: Rows) -> Floats:
    """The log of the integral of (alpha + u)^-(r + x) (beta + u)^-(s + 1) from recency to age,
    and means over it: of log(alpha + u), 1 / (alpha + u), and those of beta.

    It is the two 2F1 of the literature, taken on the scale of logarithms: smooth whichever of alpha
    and beta is larger, and nothing cancels.
    """
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


def pareto_likely(theta: Floats, rows: Rows) -> tuple[float, Floats]:
    """The log-likelihood (Schmittlein, Morrison & Colombo, 1987) and its slope in `theta`."""
    r, alpha, s, beta = _own(theta, rows)
    n, buys, one, two = rows.n, r + rows.x, alpha + rows.age, beta + rows.age
    whole, log_one, inverse_one, log_two, inverse_two = _silent(r, alpha, s, beta, rows)
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


def pareto_alive(theta: Floats, rows: Rows) -> Floats:
    """The chance that a customer has not left."""
    r, alpha, s, beta = _own(theta, rows)
    here = -(r + rows.x) * np.log(alpha + rows.age) - s * np.log(beta + rows.age)
    return np.asarray(expit(here - np.log(s) - _silent(r, alpha, s, beta, rows)[0]))


def pareto_expected(theta: Floats, rows: Rows, time: Any) -> Floats:
    """Purchases within `time` from now (Fader & Hardie, 2005, a note on the Pareto/NBD)."""
    r, alpha, s, beta = _own(theta, rows)
    more = s - 1 + 1e-9 * (abs(s - 1) < 1e-9)
    stays = -np.expm1(-more * np.log1p(time / (beta + rows.age))) / more
    rate = (r + rows.x) * (beta + rows.age) / (alpha + rows.age)
    return np.asarray(rate * stays * pareto_alive(theta, rows))
