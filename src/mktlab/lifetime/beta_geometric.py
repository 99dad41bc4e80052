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

STARTS = {"r": (1, 0.3, 3), "alpha": (1, 0.2, 1), "a": (1, 0.5, 2), "b": (1, 3, 9)}


def likely(theta: Floats, rows: Rows, shift: int) -> tuple[float, Floats]:
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


def alive(theta: Floats, rows: Rows, shift: int) -> Floats:
    """The chance that a customer has not left."""
    r, alpha, a, b = np.exp(theta)
    gap = (r + rows.x) * np.log((alpha + rows.age) / (alpha + rows.recency))
    return np.asarray(expit(-_odds(a, b + rows.x + shift - 1, gap, rows.x, shift)))


def expected(theta: Floats, rows: Rows, time: Any, shift: int) -> Floats:
    """Purchases within `time` from now (Fader, Hardie & Lee, 2005, eq. 10).

    Euler's transformation keeps the 2F1 near 1, however many purchases there were; where the
    formula is 0 / 0, a (or c) is moved by a millionth.
    """
    r, alpha, a, b = np.exp(theta)
    a = a + 1e-6 * (abs(a - 1) < 1e-6)
    c = a + b + rows.x + shift - 1
    c = c + 1e-6 * (np.abs(c) < 1e-6)
    part = time / (alpha + rows.age + time)
    kept = (1 - part) ** (a - 1) * hyp2f1(a + b + shift - 1 - r, a - 1, c, part)
    return np.asarray(c / (a - 1) * (1 - kept) * alive(theta, rows, shift))
