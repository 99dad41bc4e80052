"""How sure a regression over weeks is: slopes whose errors last, and what an instrument allows.

`partial_slopes` gives slopes on one regressor and their joint covariance, `fixed_b` how many
standard errors an interval then takes, `anderson_rubin` the elasticities that an instrument does
not contradict.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NEEDED_F = 104.7
"""First-stage F from which a t test with one instrument keeps its 5% (Lee et al., 2022)."""


def window(weeks: int) -> int:
    """Over how many weeks luck may last: 1.3 times the root of the weeks, rounded up.

    References
    ----------
    Lazarus, E., Lewis, D. J., Stock, J. H., & Watson, M. W. (2018). HAR inference: recommendations
    for practice. *Journal of Business & Economic Statistics*, 36(4).

    Examples
    --------
    >>> window(100)
    13
    """
    return min(math.ceil(1.3 * math.sqrt(weeks)), weeks)


def fixed_b(weeks: int) -> float:
    """Standard errors on either side of a 95% interval, where the window is `window(weeks)`.

    1.96 + 2.9694 b + .4160 b^2 - .5324 b^3, with b the window's share of the weeks.

    References
    ----------
    Kiefer, N. M., & Vogelsang, T. J. (2005). A new asymptotic theory for
    heteroskedasticity-autocorrelation robust tests. *Econometric Theory*, 21(6), Table 1
    (Bartlett kernel, 97.5%).

    Examples
    --------
    >>> round(fixed_b(100), 2)  # b = .13: 1.96 + .386 + .007 - .001
    2.35
    """
    b = window(weeks) / weeks
    return 1.96 + 2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3


def partial_slopes(outcomes: Floats, regressor: Floats, held: Floats) -> tuple[Floats, Floats]:
    """Least-squares slope of each outcome on the regressor, and the covariance of these slopes.

    The covariance is that of Newey and West (1987), with `window` as its bandwidth.

    Parameters
    ----------
    outcomes
        Weeks in rows, in their order, an outcome in each column.
    regressor
        One number per week.
    held
        What is held fixed: weeks in rows, a constant among the columns.

    Examples
    --------
    >>> constant, x = np.ones((4, 1)), np.arange(4.0)
    >>> slopes, covariance = partial_slopes(np.column_stack([2 * x, 5 - x]), x, constant)
    >>> slopes.round(6).tolist(), covariance.round(6).tolist()
    ([2.0, -1.0], [[0.0, 0.0], [0.0, 0.0]])
    """
    weeks, columns = held.shape
    both = np.column_stack([regressor, outcomes])
    rest = both - held @ np.linalg.lstsq(held, both)[0]
    alone, others = rest[:, 0], rest[:, 1:]
    size = alone @ alone
    slopes = alone @ others / size
    pull = alone[:, None] * (others - np.outer(alone, slopes)) / size
    spread, reach = pull.T @ pull, window(weeks)
    for lag in range(1, reach):
        apart = pull[lag:].T @ pull[:-lag]
        spread += (1 - lag / reach) * (apart + apart.T)
    return slopes, spread * weeks / (weeks - columns - 1)


def anderson_rubin(
    slopes: Floats, covariance: Floats, reach: float
) -> tuple[float, float, tuple[float, float] | None]:
    """The elasticities e at which pieces less e times price do not follow the instrument.

    Right however weak the instrument is, since nothing is divided by what it does to the price.
    With one instrument the set is never empty: the estimate is in it. It is an interval where the
    instrument surely moves the price; else all numbers, or all but those of a `gap`.

    Parameters
    ----------
    slopes, covariance
        Of log price and log pieces on the log of the instrument, from `partial_slopes`.
    reach
        Standard errors on either side, as from `fixed_b`.

    Returns
    -------
    Lowest and highest elasticity (may be infinite), and the gap between two rays, or None.

    References
    ----------
    Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a
    complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1).
    Andrews, I., Stock, J. H., & Sun, L. (2019). Weak instruments in instrumental variables
    regression: theory and practice. *Annual Review of Economics*, 11.

    Examples
    --------
    Price follows the instrument by 1, surely; pieces by -2, give or take 2 x .25:

    >>> anderson_rubin(np.array([1.0, -2.0]), np.diag([0.0, 0.25**2]), 2.0)
    (-2.5, -1.5, None)
    """
    # (slope of pieces - e slope of price)^2 <= reach^2 variance(e): a e^2 - 2 h e + g <= 0.
    quadratic = np.outer(slopes, slopes) - reach**2 * covariance
    a, h, g = (float(quadratic[at]) for at in ((0, 0), (0, 1), (1, 1)))
    root = h**2 - a * g
    if a <= 0 and (a == 0 or root < 0):
        return -math.inf, math.inf, None
    low, high = sorted((h + sign * math.sqrt(max(root, 0.0))) / a for sign in (-1, 1))
    return (low, high, None) if a > 0 else (-math.inf, math.inf, (low, high))
