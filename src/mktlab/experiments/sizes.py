"""How many visitors a test needs, and what a number of visitors can show."""

from __future__ import annotations

import math
from typing import Literal

from scipy.optimize import brentq
from scipy.stats import norm

from mktlab.schema import MktlabError
from mktlab.show.words import say

Method = Literal["pooled", "control", "arcsine"]
METHODS = ("pooled", "control", "arcsine")


def sample_size(
    rate: float, lift: float, *, power: float = 0.8, alpha: float = 0.05, method: Method = "pooled"
) -> int:
    """Visitors that each version needs, so that a test notices a true lift.

    Parameters
    ----------
    rate
        Share of visitors who convert with the control.
    lift
        The relative lift to notice: 0.1 is from 2% to 2.2%.
    power
        How often the test is to notice such a lift.
    alpha
        How often it may call a lift where there is none, two-sided.
    method
        What calculators disagree on is the variance while nothing is different: "pooled" takes that
        of the mean of both rates, as the test itself does, and so keeps its promise; "control"
        takes that of the control alone; "arcsine" compares angles, whose variance hangs on no
        rate.

    Raises
    ------
    MktlabError
        If a share is not between 0 and 1, or the lift is 0 or leads beyond 100%.

    References
    ----------
    Fleiss, J. L., Levin, B., & Paik, M. C. (2003). *Statistical Methods for Rates and Proportions*,
    ch. 4. Cohen, J. (1988). *Statistical Power Analysis for the Behavioral Sciences*, ch. 6.

    Examples
    --------
    From 20% to 25%; the three numbers that the calculators give.

    >>> [sample_size(0.2, 0.25, method=method) for method in METHODS]
    [1094, 1030, 1092]
    """
    other = rate * (1 + lift)
    for name, value in {
        "rate": rate,
        "power": power,
        "alpha": alpha,
        "rate*(1+lift)": other,
    }.items():
        _share(name, value)
    if lift == 0:
        raise MktlabError(say("lift is 0: no number of visitors shows what is not there."))
    if method not in METHODS:
        raise MktlabError(
            say("method is {name!r}: one of {known}.", name=method, known=", ".join(METHODS))
        )
    return max(1, round(_needed(rate, other, power, alpha, method)))


def _needed(rate: float, other: float, power: float, alpha: float, method: str) -> float:
    surely, often = float(norm.ppf(1 - alpha / 2)), float(norm.ppf(power))
    if method == "arcsine":
        angle = 2 * (math.asin(math.sqrt(other)) - math.asin(math.sqrt(rate)))
        return 2 * ((surely + often) / angle) ** 2
    middle = (rate + other) / 2
    both = rate * (1 - rate) + other * (1 - other)
    if method == "pooled":
        size = (surely * math.sqrt(2 * middle * (1 - middle)) + often * math.sqrt(both)) ** 2
    else:
        size = (surely * math.sqrt(2 * rate * (1 - rate)) + often * math.sqrt(both)) ** 2
    return size / (other - rate) ** 2


def smallest_lift(
    rate: float, visitors: float, *, power: float = 0.8, alpha: float = 0.05
) -> float:
    """The smallest relative lift that so many visitors a version notice.

    Parameters
    ----------
    rate
        Share of visitors who convert with the control.
    visitors
        Of each version.
    power, alpha
        As in `sample_size`.

    Returns
    -------
    The lift, such as 0.1 for a tenth more; `nan` where even all of them would not do.

    Raises
    ------
    MktlabError
        If a share is not between 0 and 1, or there are no visitors.

    Examples
    --------
    >>> round(smallest_lift(0.2, 1094), 3)
    0.25
    """
    for name, value in {"rate": rate, "power": power, "alpha": alpha}.items():
        _share(name, value)
    if not visitors > 0:
        raise MktlabError(say("visitors is {n}: a number above 0 is needed.", n=visitors))

    def missing(lift: float) -> float:
        return _needed(rate, rate * (1 + lift), power, alpha, "pooled") - visitors

    most = 1 / rate - 1
    if missing(most) > 0:
        return math.nan
    return float(brentq(missing, 1e-9, most, xtol=1e-12))


def _share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise MktlabError(
            say("{name} is {value}: a share between 0 and 1 is needed.", name=name, value=value)
        )
