"""Which piece of what people see counts? Weights of marks that go together, with and without halo.

All starts from one table of covariances: `table[[outcome, *marks]].cov()`. `relative_weights`
(Johnson) and `shapley` share out what the marks explain; `regression_weights` says how far the
outcome moves with one mark while the others stay. `halo` finds what lifts all marks of an answer at
once, `without_halo` takes it out of the covariances, after which each of the three may be asked
again. `intervals` repeats all of it on customers drawn anew. (Of Python's libraries, `rwa` has
Johnson's weights, for Python 3.13 on; none takes out a halo or draws customers.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Weigh = Callable[[pd.DataFrame, str], "pd.Series[float]"]

MOST_SHAPLEY = 12  # marks: 4,096 regressions
_STEPS = 40
_LEAST = 0.05  # of a mark's variance, that is its own in any case


def _parts(spread: pd.DataFrame, outcome: str) -> tuple[list[str], Floats, Floats, Floats]:
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
    marks, inner, outer, scale = _parts(spread, outcome)
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
    explained = {(): 0.0}
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
    marks, inner, outer, _ = _parts(spread, outcome)
    slope = np.linalg.lstsq(inner, outer, rcond=1e-9)[0]
    if slope.sum() <= 0:
        raise MktlabError(
            say("No mark goes up with {outcome}: there are no weights to share.", outcome=outcome)
        )
    return _shares(slope, marks, "weight")


def halo(spread: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """How far what lifts all marks of an answer at once lifts each of them: a common factor.

    Parameters
    ----------
    spread, outcome
        As in `relative_weights`; three marks or more.

    Returns
    -------
    Points that each mark rises with one standard deviation of the factor. The outcome does not
    help to find it; it is taken to rise by as much as a mark on average.

    Notes
    -----
    Principal factors, repeated until the marks' own variances settle (Thurstone, 1947).

    Examples
    --------
    Three marks with a variance of 2, of which 1 is common:

    >>> names = ["overall", "bag", "label", "parcel"]
    >>> spread = pd.DataFrame(1.0, names, names) + np.eye(4)
    >>> halo(spread, "overall").round(2).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    marks, inner, _, scale = _parts(spread, outcome)
    if len(marks) < 3:
        raise MktlabError(say("A common factor needs three marks or more: give another mark."))
    inner = inner / np.outer(scale[:-1], scale[:-1])
    common = 1 - 1 / np.diag(np.linalg.pinv(inner))
    load = np.zeros(len(marks))
    for _ in range(_STEPS):
        reduced = inner.copy()
        np.fill_diagonal(reduced, np.clip(common, 0, 1 - _LEAST))
        values, vectors = np.linalg.eigh(reduced)
        load = vectors[:, -1] * np.sqrt(max(float(values[-1]), 0.0))
        common = load**2
    lift = np.clip(np.abs(load), 0, (1 - _LEAST) ** 0.5) * np.sign(load * load.sum()) * scale[:-1]
    found = pd.Series(lift, index=marks)
    return found.reindex(spread.index).fillna(float(lift.mean())).rename("halo")


def without_halo(spread: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """The covariances without what lifts all marks of an answer at once.

    Parameters
    ----------
    spread, outcome
        As in `halo`.

    Returns
    -------
    The covariances less those that `halo` explains.

    Notes
    -----
    It takes out whatever all marks have in common: the halo, and a real cause that moves all of
    them. If the halo lifts the outcome by more than a mark, some of it stays; a mark that cannot
    matter shows that.

    Examples
    --------
    >>> names = ["overall", "bag", "label", "parcel"]
    >>> spread = pd.DataFrame(1.0, names, names) + np.eye(4)
    >>> float(without_halo(spread, "overall").loc["bag", "bag"].round(2))
    1.0
    """
    lift = halo(spread, outcome)
    return spread - np.outer(lift, lift)


def without_halo_weights(spread: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """`regression_weights` of `without_halo`."""
    return regression_weights(without_halo(spread, outcome), outcome)


def intervals(
    table: pd.DataFrame,
    outcome: str,
    marks: Sequence[str],
    weigh: Weigh = without_halo_weights,
    *,
    by: str = "customer_id",
    draws: int = 300,
    seed: int = 28,
    level: float = 0.95,
) -> pd.DataFrame:
    """Weights of marks with intervals, from customers drawn anew: a clustered bootstrap.

    Parameters
    ----------
    table
        A row per answer; rows with a missing mark are left out.
    outcome, marks
        Columns of numbers.
    weigh
        What makes weights of covariances, such as `relative_weights`.
    by
        Column of the customer, all of whose answers are drawn together; without it in the table,
        each answer is a person of her own.
    draws, seed
        How often, and which draws.
    level
        Confidence, between 0 and 1.

    Returns
    -------
    For each mark `weight`, and the ends `low` and `high` of its interval (percentiles).

    Raises
    ------
    MktlabError
        When a column is missing, or fewer than 30 answers have all marks.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> told = pd.DataFrame(rng.normal(size=(500, 3)), columns=["bag", "label", "parcel"])
    >>> told = told.assign(overall=2 * told["bag"] + told["label"] + rng.normal(size=500))
    >>> found = intervals(told, "overall", ["bag", "label", "parcel"], regression_weights)
    >>> found["weight"].round(1).to_dict()
    {'bag': 0.7, 'label': 0.3, 'parcel': 0.0}
    """
    columns = [outcome, *marks]
    need_columns(columns, table, of=say("The table of answers"))
    told = table.dropna(subset=columns)
    if len(told) < 30:
        raise MktlabError(
            say(
                "Only {rows:count} answers have all marks: weights need 30 or more, so leave out a "
                "mark that few people give.",
                rows=len(told),
            )
        )
    who = np.full(len(told), -1) if by not in told else pd.factorize(told[by])[0]
    who[who < 0] = who.max() + 1 + np.arange((who < 0).sum())
    value = told[columns].to_numpy(dtype=float)
    sums = np.zeros((who.max() + 1, 1 + len(columns) + len(columns) ** 2))
    square = (value[:, :, None] * value[:, None, :]).reshape(len(value), -1)
    np.add.at(sums, who, np.column_stack([np.ones(len(value)), value, square]))
    rng = np.random.default_rng(seed)
    drawn = [
        weigh(_covariances(sums[rng.integers(len(sums), size=len(sums))], columns), outcome)
        for _ in range(draws)
    ]
    tail = (1 - level) / 2
    ends = np.quantile(np.array(drawn), [tail, 1 - tail], axis=0)
    found = weigh(_covariances(sums, columns), outcome)
    return pd.DataFrame({"weight": found, "low": ends[0], "high": ends[1]})


def _covariances(sums: Floats, columns: list[str]) -> pd.DataFrame:
    """Covariances from each person's number of answers, their sums and sums of products."""
    total, size = sums.sum(axis=0), len(columns)
    mean = total[1 : 1 + size] / total[0]
    square = total[1 + size :].reshape(size, size) / total[0] - np.outer(mean, mean)
    return pd.DataFrame(square * total[0] / (total[0] - 1), columns, columns)
