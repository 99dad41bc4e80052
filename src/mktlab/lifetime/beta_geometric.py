"""BG/NBD and MBG/NBD: customers buy at random, and may leave after each purchase.

`shift` is 0 where nobody leaves before her first repeat purchase (BG/NBD) and 1 where she may
(MBG/NBD); `theta` holds the logarithms of r, alpha, a and b.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit, gammaln, hyp2f1, psi

from mktlab.lifetime.fitting import Floats
from mktlab.lifetime.history import Rows

NAMES = ("r", "alpha", "a", "b")


def starts(scale: float) -> list[list[float]]:
    """Where the search begins, for times of this size."""
    pairs = [(1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.5, 3.0), (3.0, 1.0, 2.0, 9.0)]
    return [[np.log(r), np.log(k * scale), np.log(a), np.log(b)] for r, k, a, b in pairs]


def likely(theta: Floats, rows: Rows, shift: int) -> tuple[float, Floats]:
    """The log-likelihood (Fader, Hardie & Lee, 2005, eq. 6) and its slope in `theta`."""
    r, alpha, a, b = np.exp(theta)
    x, n, buys = rows.x, rows.n, r + rows.x
    later, last = np.log(alpha + rows.age), np.log(alpha + rows.recency)
    levels, at = np.unique(x, return_inverse=True)
    c = b + levels + shift
    ways = gammaln(r + levels) - gammaln(r) + gammaln(c) - gammaln(a + c) + gammaln(a + b)
    slopes = np.array([psi(r + levels) - psi(r), psi(a + b) - psi(a + c), psi(c) - psi(a + c)])
    count = np.bincount(at, n)
    odds = _odds(a, c[at] - 1, buys * (later - last), x, shift)
    gone = n * expit(odds)
    left = gone / np.maximum(c[at] - 1, 1e-300)
    height = count @ (ways - gammaln(b)) + n @ (r * theta[1] - buys * later + np.logaddexp(0, odds))
    slope = [
        count @ slopes[0] + n @ (theta[1] - later) + gone @ (later - last),
        n @ (r / alpha - buys / (alpha + rows.age))
        + gone @ (buys / (alpha + rows.age) - buys / (alpha + rows.recency)),
        count @ slopes[1] + gone.sum() / a,
        count @ (slopes[2] + psi(a + b) - psi(b)) - left.sum(),
    ]
    return float(height), np.exp(theta) * np.array(slope)


def _odds(a: Any, c: Any, gap: Any, x: Any, shift: int) -> Any:
    """The logarithm of the odds that a customer has left."""
    with np.errstate(divide="ignore"):
        return np.where((x > 0) | (shift == 1), np.log(a) - np.log(c) + gap, -np.inf)


def alive(theta: Floats, rows: Rows, shift: int) -> Floats:
    """The chance that a customer has not left."""
    r, alpha, a, b = np.exp(theta)
    gap = (r + rows.x) * np.log((alpha + rows.age) / (alpha + rows.recency))
    return np.asarray(expit(-_odds(a, b + rows.x + shift - 1, gap, rows.x, shift)))


def expected(theta: Floats, rows: Rows, time: Any, shift: int) -> Floats:
    """Purchases within `time` from now (Fader, Hardie & Lee, 2005, eq. 10).

    Euler's transformation keeps the 2F1 near 1, however many purchases there were; at a = 1, where
    the formula is 0 / 0, a is moved by a millionth.
    """
    r, alpha, a, b = np.exp(theta)
    a = a + 1e-6 * (abs(a - 1) < 1e-6)
    c = a + b + rows.x + shift - 1
    c = c + 1e-6 * (np.abs(c) < 1e-6)
    part = time / (alpha + rows.age + time)
    kept = (1 - part) ** (a - 1) * hyp2f1(a + b + shift - 1 - r, a - 1, c, part)
    return np.asarray(c / (a - 1) * (1 - kept) * alive(theta, rows, shift))
