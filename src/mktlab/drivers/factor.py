"""What lifts all marks of an answer at once, weights without it, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from mktlab.drivers.weights import Floats, parts, regression_weights
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Weigh = Callable[[pd.DataFrame, str], "pd.Series[float]"]

_STEPS = 40
_LEAST = 0.05  # of a mark's variance, that is its own in any case


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
    marks, inner, _, scale = parts(spread, outcome)
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
