"""How much each mark counts: shares of what all explain, and slopes, from covariances."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MOST_SHAPLEY = 12  # marks: 4,096 regressions


def parts(spread: pd.DataFrame, outcome: str) -> tuple[list[str], Floats, Floats, Floats]:
    """Marks, their covariances, those with the outcome, and the scales of marks and outcome."""
    if outcome not in spread.columns or list(spread.index) != list(spread.columns):
        raise MktlabError(
            say(
                "The covariances hold no row and column {outcome}: give table[[...]].cov() of the "
                "outcome and its marks.",
                outcome=outcome,
            )
        )
    value, at = spread.to_numpy(dtype=float), list(spread.columns).index(outcome)
    variance = np.diag(value)
    if len(value) < 3 or not (np.isfinite(variance).all() and (variance > 0).all()):
        raise MktlabError(
            say(
                "Weights need an outcome and two marks or more that differ from answer to answer: "
                "leave out a column that is always the same."
            )
        )
    some = [place for place in range(len(value)) if place != at]
    scale = np.sqrt(np.append(variance[some], variance[at]))
    marks = [str(spread.columns[place]) for place in some]
    return marks, value[np.ix_(some, some)], value[some, at], scale


def _correlations(spread: pd.DataFrame, outcome: str) -> tuple[list[str], Floats, Floats]:
    """Marks, their correlations, and those with the outcome."""
    marks, inner, outer, scale = parts(spread, outcome)
    each = scale[:-1]
    return marks, inner / np.outer(each, each), outer / (each * scale[-1])


def _shares(value: Floats, marks: Sequence[str], name: str) -> pd.Series[float]:
    return pd.Series(value / value.sum(), index=pd.Index(marks, name="mark"), name=name)


def relative_weights(spread: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """Share of each mark in what all of them explain of the outcome; they sum to 1.

    Parameters
    ----------
    spread
        Covariances (or correlations) of the outcome and its marks.
    outcome
        Row and column of the outcome.

    Returns
    -------
    A share per mark, none below 0.

    Raises
    ------
    MktlabError
        When the outcome is missing, fewer than two marks are given, or a column never changes.

    Notes
    -----
    The marks are replaced by the uncorrelated variables that are nearest to them (Johnson, 2000,
    *Multivariate Behavioral Research*, 35). It comes close to `shapley` and takes no time. A share
    says what goes with the outcome among people; what marks have in common is split among them.

    Examples
    --------
    Two marks that have nothing in common: correlations .6 and .3 explain .36 and .09.

    >>> names = ["overall", "bag", "label"]
    >>> spread = pd.DataFrame([[1, 0.6, 0.3], [0.6, 1, 0], [0.3, 0, 1]], names, names)
    >>> relative_weights(spread, "overall").round(2).to_dict()
    {'bag': 0.8, 'label': 0.2}
    """
    marks, inner, outer = _correlations(spread, outcome)
    values, vectors = np.linalg.eigh(inner)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 1e-9))) @ vectors.T
    beta = np.linalg.solve(root, outer)
    return _shares(root**2 @ beta**2, marks, "relative_weight")


def shapley(spread: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """Share of each mark in what all explain: what it adds, over all orders of the marks.

    Parameters
    ----------
    spread, outcome
        As in `relative_weights`; at most 12 marks.

    Returns
    -------
    A share per mark; they sum to 1.

    Notes
    -----
    The value of Shapley (1953), as Lindeman, Merenda and Gold (1980) use it for R².

    Examples
    --------
    >>> names = ["overall", "bag", "label"]
    >>> spread = pd.DataFrame([[1, 0.6, 0.3], [0.6, 1, 0], [0.3, 0, 1]], names, names)
    >>> shapley(spread, "overall").round(2).to_dict()
    {'bag': 0.8, 'label': 0.2}
    """
    marks, inner, outer = _correlations(spread, outcome)
    if len(marks) > MOST_SHAPLEY:
        raise MktlabError(
            say(
                "shapley tries all orders of at most {most:count} marks, and got {rows:count}: "
                "take relative_weights.",
                most=MOST_SHAPLEY,
                rows=len(marks),
            )
        )
    size = len(marks)
    explained: dict[tuple[int, ...], float] = {(): 0.0}
    for many in range(1, size + 1):
        for some in combinations(range(size), many):
            at = list(some)
            beta = np.linalg.lstsq(inner[np.ix_(at, at)], outer[at], rcond=1e-9)[0]
            explained[some] = float(beta @ outer[at])
    value = np.zeros(size)
    for some, r2 in explained.items():
        for mark in set(range(size)) - set(some):
            weight = factorial(len(some)) * factorial(size - len(some) - 1) / factorial(size)
            value[mark] += weight * (explained[tuple(sorted((*some, mark)))] - r2)
    return _shares(value, marks, "shapley")


def regression_weights(spread: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """How far the outcome moves with each mark while the others stay, as parts of their sum.

    Parameters
    ----------
    spread, outcome
        As in `relative_weights`; marks in the same unit.

    Returns
    -------
    A weight per mark; they sum to 1, and one may lie below 0.

    Raises
    ------
    MktlabError
        As in `relative_weights`, or when the weights cancel out.

    Examples
    --------
    The outcome is .5 times the first mark and .2 times the second:

    >>> names = ["overall", "bag", "label"]
    >>> spread = pd.DataFrame([[2, 0.5, 0.2], [0.5, 1, 0], [0.2, 0, 1]], names, names)
    >>> regression_weights(spread, "overall").round(2).to_dict()
    {'bag': 0.71, 'label': 0.29}
    """
    marks, inner, outer, _ = parts(spread, outcome)
    slope = np.asarray(np.linalg.lstsq(inner, outer, rcond=1e-9)[0], dtype=float)
    if slope.sum() <= 0:
        raise MktlabError(
            say("No mark goes up with {outcome}: there are no weights to share.", outcome=outcome)
        )
    return _shares(slope, marks, "weight")
