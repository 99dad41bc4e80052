"""Compare contracts with each other: what goes with an early end, and how strongly.

`cox` gives the hazard ratio of each column, by statsmodels, with late entry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say


def cox(table: pd.DataFrame, columns: Sequence[str], *, event: str = "ended") -> pd.DataFrame:
    """How many times as often contracts end, for one more of each column (Cox, 1972).

    Renewals of the same number are compared, so it does not matter how the chance to end changes
    with age, as long as a column multiplies it by the same at every age. Ties as Efron (1977).

    Parameters
    ----------
    table
        `entry`, `age`, the flag `event` and the columns, numbers or flags; a row per contract, or
        per renewal.

    Returns
    -------
    By column: `ratio`, and its 95% interval `low`, `high`.

    Raises
    ------
    MktlabError
        When a column is missing, has gaps, or is the same in all rows, or nothing has ended.

    Examples
    --------
    >>> half = pd.DataFrame({"entry": 0, "age": [1] * 20 + [2] * 20, "ended": [True] * 40})
    >>> rows = pd.concat([half.assign(dear=0), half.assign(dear=1)], ignore_index=True)
    >>> cox(rows, ["dear"])["ratio"].round(3).to_dict()
    {'dear': 1.0}
    """
    from statsmodels.duration.hazard_regression import PHReg

    if missing := [name for name in ("entry", "age", event, *columns) if name not in table]:
        raise MktlabError(say("The column {name} is missing.", name=missing[0]))
    known = table[list(columns)].astype(float)
    for name in columns:
        if known[name].isna().any() or known[name].nunique() < 2:
            raise MktlabError(
                say("The column {name} has gaps, or is the same in all rows.", name=name)
            )
    if not table[event].any():
        raise MktlabError(say("Nothing has ended, so there is nothing to compare."))
    fit = PHReg(
        table["age"].astype(float),
        known - known.mean(),
        status=table[event].astype(int),
        entry=table["entry"].astype(float),
        ties="efron",
    ).fit()
    low, high = np.exp(fit.conf_int()).T
    ratio = np.exp(fit.params)
    index = pd.Index(list(columns), name="column")
    return pd.DataFrame({"ratio": ratio, "low": low, "high": high}, index=index)
