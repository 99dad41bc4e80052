"""Forecasts that add up: of the smallest series, of their groups, and of the whole.

`hierarchy` says which series add up to which, `add_up` adds the smallest ones, and `reconcile`
changes forecasts that were made apart as little as it takes until they add up.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

ALL = "all"


def hierarchy(parts: pd.DataFrame) -> pd.DataFrame:
    """Which of the smallest series each series is the sum of: 1 where it holds it, else 0.

    Parameters
    ----------
    parts
        A row per smallest series, by its name; a column per way to group them, such as zone and
        family. Names of groups differ from each other and from those of the series.

    Returns
    -------
    A row for `all`, for each group, and for each smallest series; a column per smallest series.

    Raises
    ------
    MktlabError
        When two of them have the same name.

    Examples
    --------
    >>> parts = pd.DataFrame({"family": ["tea", "tea", "beans"]}, ["T1", "T2", "B1"])
    >>> hierarchy(parts).loc[["all", "tea"]].values.tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]
    """
    rows = {ALL: pd.Series(1.0, parts.index)}
    names = [ALL, *parts.index]
    for way in parts.columns:
        for group in sorted(parts[way].unique()):
            rows[group] = (parts[way] == group).astype(float)
            names.append(group)
    if twice := [name for name in names if names.count(name) > 1]:
        raise MktlabError(say("Two series are called {name}: rename one.", name=str(twice[0])))
    own = pd.DataFrame(np.eye(len(parts)), index=parts.index, columns=parts.index)
    return pd.concat([pd.DataFrame(rows).T, own])


def add_up(lowest: pd.DataFrame, adds: pd.DataFrame) -> pd.DataFrame:
    """All series of `hierarchy`, as sums of the smallest ones (from the bottom up).

    Examples
    --------
    >>> adds = hierarchy(pd.DataFrame(index=["beans", "tea"]))
    >>> add_up(pd.DataFrame({"beans": [5], "tea": [2]}), adds)["all"].tolist()
    [7.0]
    """
    return lowest[adds.columns] @ adds.T


def reconcile(
    told: pd.DataFrame, adds: pd.DataFrame, *, variance: pd.Series[float] | None = None
) -> pd.DataFrame:
    """Forecasts that were made apart, changed by least squares until they add up.

    The sum of the squared changes is as small as can be (Hyndman et al., 2011). So, over all
    series together, the sum of squared errors never grows. With the `variance` of each series'
    errors, those that are surer change less: minimum trace, with errors taken as independent
    (Wickramasuriya, Athanasopoulos & Hyndman, 2019).

    Parameters
    ----------
    told
        A column per series of `adds`.
    adds
        From `hierarchy`.
    variance
        Of past errors, by series, above 0; without it all are trusted alike.

    Examples
    --------
    The parts are 7 and the whole was told as 10: the gap of 3 is shared by three numbers.

    >>> adds = hierarchy(pd.DataFrame(index=["beans", "tea"]))
    >>> told = pd.DataFrame({"all": [10.0], "beans": [5.0], "tea": [2.0]})
    >>> reconcile(told, adds).round(6).values.tolist()
    [[9.0, 6.0, 3.0]]
    """
    if missing := [name for name in adds.index if name not in told]:
        raise MktlabError(say("There is no forecast of {name}: give one.", name=str(missing[0])))
    weight = 1 / (pd.Series(1.0, adds.index) if variance is None else variance[adds.index])
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise MktlabError(say("Each variance is above 0: leave out what never errs."))
    sums = adds.to_numpy()
    weighted = sums.T * weight.to_numpy()
    lowest = np.linalg.solve(weighted @ sums, weighted @ told[adds.index].to_numpy().T).T
    return add_up(pd.DataFrame(lowest, told.index, adds.columns), adds)
