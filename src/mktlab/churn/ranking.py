"""How well scores rank churners before stayers: `auc` for one, `auc_difference` for two.

Both take one outcome per row and allow for several rows per customer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.churn.scores import Column, Flags, Floats, scored
from mktlab.schema import MktlabError
from mktlab.show.words import say


class AUC(NamedTuple):
    """The chance that a churner has a higher score than a stayer, with its interval."""

    auc: float
    low: float
    high: float


class AUCDifference(NamedTuple):
    """By how much one score ranks better than another on the same rows, with its interval.

    `p` is the chance of a difference as large as this, either way, if both ranked alike.
    """

    difference: float
    low: float
    high: float
    p: float


def auc(
    risk: Column, churned: Column, *, customer: Column | None = None, level: float = 0.95
) -> AUC:
    """Area under the ROC curve and its confidence interval; ties count one half.

    Parameters
    ----------
    risk
        A score per row, higher for those more likely to churn.
    churned
        What happened.
    customer
        Whose row it is, when customers have several: their rows are not independent, and the
        interval is widened accordingly.
    level
        Confidence of the interval, between 0 and 1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44; Obuchowski (1997), *Biometrics* 53,
    for several rows per customer.

    Examples
    --------
    Of the four pairs of a churner and a stayer, three are in the right order:

    >>> round(auc([0.9, 0.2, 0.4, 0.1], [True, True, False, False]).auc, 2)
    0.75
    """
    score, event = scored(risk, churned)
    _refuse(event, level)
    area, share = _placements(score, event)
    half = _reach(level) * _error(share, event, customer)
    return AUC(area, max(area - half, 0.0), min(area + half, 1.0))


def auc_difference(
    risk: Column,
    other: Column,
    churned: Column,
    *,
    customer: Column | None = None,
    level: float = 0.95,
) -> AUCDifference:
    """By how much the AUC of one score is above that of another, on the same rows.

    Two intervals of `auc` that overlap say little: both scores have the same lucky and unlucky
    rows, and in the difference that luck cancels.

    Parameters
    ----------
    risk, other
        A score per row each, higher for those more likely to churn.
    churned
        What happened.
    customer, level
        As in `auc`.

    Raises
    ------
    MktlabError
        When columns do not match or hold anything else, or one kind of customer is missing.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44; Sun & Xu (2014), *IEEE Signal
    Processing Letters* 21, for the way to reckon it by ranks; Obuchowski (1997), *Biometrics* 53,
    for several rows per customer.

    Examples
    --------
    The first has three of four pairs in the right order, the second two:

    >>> first, second = [0.9, 0.2, 0.4, 0.1], [0.9, 0.1, 0.4, 0.2]
    >>> auc_difference(first, second, [True, True, False, False]).difference
    0.25
    """
    from scipy.stats import norm

    one, event = scored(risk, churned)
    two, _ = scored(other, churned, name="other")
    _refuse(event, level)
    (area, share), (area_of_other, share_of_other) = (_placements(s, event) for s in (one, two))
    gap = area - area_of_other
    error = _error(share - share_of_other, event, customer)
    half = _reach(level) * error
    chance = float(2 * norm.sf(abs(gap) / error)) if error > 0 else float(gap == 0)
    return AUCDifference(gap, max(gap - half, -1.0), min(gap + half, 1.0), chance)


def _refuse(event: Flags, level: float) -> None:
    if not 0 < level < 1:
        raise MktlabError(
            say("level is {level!r}: give a number between 0 and 1, such as 0.95.", level=level)
        )
    m, n = int(event.sum()), int((~event).sum())
    if min(m, n) < 2:
        raise MktlabError(
            say("auc needs two churners and two stayers at least: {m} and {n} are here.", m=m, n=n)
        )


def _placements(score: Floats, event: Flags) -> tuple[float, Floats]:
    """The area, and how far above or below it the row's own share of right pairs is."""
    from scipy.stats import rankdata

    m, n = int(event.sum()), int((~event).sum())
    own = np.empty(len(score))
    own[event], own[~event] = rankdata(score[event]), rankdata(score[~event])
    above = rankdata(score) - own  # rows of the other kind below each row, ties one half
    area = float(above[event].sum() / (m * n))
    return area, np.where(event, above / n, 1 - above / m) - area


def _error(share: Floats, event: Flags, customer: Column | None) -> float:
    """Standard error of the area (or of a difference) from the rows' shares in it."""
    m, n = int(event.sum()), int((~event).sum())
    whose = np.arange(len(share)) if customer is None else pd.factorize(np.asarray(customer))[0]
    if len(whose) != len(share):
        raise MktlabError(
            say(
                "customer has {whose:count} rows and risk {score:count}: match them.",
                whose=len(whose),
                score=len(share),
            )
        )
    size = int(whose.max()) + 1
    up = np.bincount(whose, np.where(event, share, 0.0), size)
    down = np.bincount(whose, np.where(event, 0.0, share), size)
    with_up = len(np.unique(whose[event]))
    with_down = len(np.unique(whose[~event]))
    if min(with_up, with_down) < 2:
        raise MktlabError(say("auc needs churned rows of two customers, and stayed rows of two."))
    variance = with_up / (with_up - 1) * (up**2).sum() / m**2
    variance += with_down / (with_down - 1) * (down**2).sum() / n**2
    variance += 2 * size / (size - 1) * (up * down).sum() / (m * n)
    return float(np.sqrt(max(variance, 0.0)))


def _reach(level: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf((1 + level) / 2))
