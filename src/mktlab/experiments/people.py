"""Comparing people one by one: ratios of sums, and outcomes that the past explains in part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab.schema import MktlabError
from mktlab.show.words import say


@dataclass(frozen=True)
class Effect:
    """The difference that a treatment made, with its 95% interval.

    Attributes
    ----------
    difference
        Treated less control, in the unit of the outcome.
    error
        Its standard error.
    low, high
        The ends of its interval.
    p
        Two-sided.
    gain
        The share of the variance that the past took away; 0 where none was used.
    """

    difference: float
    error: float
    gain: float = 0.0

    @property
    def low(self) -> float:
        return self.difference - float(norm.ppf(0.975)) * self.error

    @property
    def high(self) -> float:
        return self.difference + float(norm.ppf(0.975)) * self.error

    @property
    def p(self) -> float:
        return float(2 * norm.sf(abs(self.difference) / self.error))


def ratio_effect(people: pd.DataFrame, top: str, bottom: str, treated: str) -> Effect:
    """The difference between two ratios of sums, where people were drawn and not what is counted.

    Parameters
    ----------
    people
        A row per person who was drawn.
    top, bottom
        Columns to add up: purchases and sessions, revenue and orders.
    treated
        The column that says who was treated, True or False.

    Raises
    ------
    MktlabError
        If a group has fewer than two people, or nothing at the bottom.

    Notes
    -----
    The delta method: a ratio r of the sums of x and y over n people has the variance
    n / (n - 1) sum (x - r y)^2 / (sum y)^2.

    References
    ----------
    Deng, A., Knoblich, U., & Lu, J. (2018). Applying the delta method in metric analytics. *KDD*.

    Examples
    --------
    Two people each: 3 purchases in 6 sessions, and 1 in 4.

    >>> people = pd.DataFrame({"bought": [2, 1, 1, 0], "sessions": [3, 3, 2, 2],
    ...                        "new_page": [True, True, False, False]})
    >>> found = ratio_effect(people, "bought", "sessions", "new_page")
    >>> round(found.difference, 3), round(found.error, 3)  # sqrt(1/36 + 1/16)
    (0.25, 0.3)
    """
    ratios, variances = [], []
    for rows in _groups(people, treated):
        x, y, n = rows[top].astype(float), rows[bottom].astype(float), len(rows)
        if not y.sum() > 0:
            raise MktlabError(say("A group has nothing in {name!r}: no ratio.", name=bottom))
        ratio = x.sum() / y.sum()
        ratios.append(ratio)
        variances.append(n / (n - 1) * ((x - ratio * y) ** 2).sum() / y.sum() ** 2)
    return Effect(float(ratios[0] - ratios[1]), float(np.sqrt(sum(variances))))


def adjusted_effect(people: pd.DataFrame, outcome: str, before: str, treated: str) -> Effect:
    """The difference in an outcome, after what the same people did before is taken out (CUPED).

    Parameters
    ----------
    people
        A row per person who was drawn.
    outcome, before
        Columns: the outcome, and a number known before the draw.
    treated
        The column that says who was treated, True or False.

    Raises
    ------
    MktlabError
        If a group has fewer than two people, or `before` is the same for all.

    Notes
    -----
    With one slope for both groups (Deng et al., 2013): outcome - slope x (before - its mean). The
    slope is the covariance over the variance, pooled within the groups; the variance falls
    by the square of the correlation, which is `gain`.

    References
    ----------
    Deng, A., Xu, Y., Kohavi, R., & Walker, T. (2013). Improving the sensitivity of online
    controlled experiments by utilizing pre-experiment data. *WSDM*.

    Examples
    --------
    Each buys what she bought before, and 1 more if treated: the past explains all but that.

    >>> people = pd.DataFrame({"then": [0.0, 4, 1, 5], "now": [1.0, 5, 1, 5],
    ...                        "drawn": [True, True, False, False]})
    >>> found = adjusted_effect(people, "now", "then", "drawn")
    >>> round(found.difference, 6), round(found.gain, 6)
    (1.0, 1.0)
    """
    groups = _groups(people, treated)
    known = [rows[before].astype(float) - rows[before].mean() for rows in groups]
    then = [rows[outcome].astype(float) - rows[outcome].mean() for rows in groups]
    spread = sum(float((x**2).sum()) for x in known)
    if not spread > 0:
        raise MktlabError(say("{name!r} is the same for all: it explains nothing.", name=before))
    slope = sum(float((x * y).sum()) for x, y in zip(known, then, strict=True)) / spread
    gaps = [rows[outcome].mean() - slope * rows[before].mean() for rows in groups]
    left = [(y - slope * x) ** 2 for x, y in zip(known, then, strict=True)]
    variance = sum(float(rest.sum()) / (len(rest) - 1) / len(rest) for rest in left)
    usual = sum(float((y**2).sum()) / (len(y) - 1) / len(y) for y in then)
    gain = 1 - variance / usual if usual else 0.0
    return Effect(float(gaps[0] - gaps[1]), float(np.sqrt(variance)), gain)


def _groups(people: pd.DataFrame, treated: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    drawn = people[treated].astype(bool)
    groups = people[drawn], people[~drawn]
    for rows, name in zip(groups, ("treated", "control"), strict=True):
        if len(rows) < 2:
            raise MktlabError(
                say(
                    "The {name} group has {n:count} people: two are needed.", name=name, n=len(rows)
                )
            )
    return groups
