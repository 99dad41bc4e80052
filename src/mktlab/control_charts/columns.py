"""What a chart is given: columns of numbers, and how many of their rows say what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

Column = Sequence[float] | np.ndarray[Any, Any] | pd.Series
TO_SIGMA = 1.128
"""Mean distance of two neighbors in standard deviations, where chance is normal (the d2 of two)."""


def numbers(column: Column, name: str) -> pd.Series[float]:
    """The column as finite numbers, two rows or more."""
    try:
        values = pd.Series(column).astype("float64")
    except (TypeError, ValueError):
        raise MktlabError(
            say("{name} must be a column of numbers, a row per week.", name=name)
        ) from None
    wrong = ~np.isfinite(values.to_numpy())
    if wrong.any() or len(values) < 2:
        raise MktlabError(
            say(
                "{name} has {rows} rows, of which {wrong} hold no number: give two weeks or more, "
                "each with its number.",
                name=name,
                rows=len(values),
                wrong=int(wrong.sum()),
            )
        )
    return values


def first(values: pd.Series[float], baseline: int | None) -> pd.Series[float]:
    """The rows that say what is usual: the first `baseline` ones, or all."""
    if baseline is None:
        return values
    plain = isinstance(baseline, int | np.integer) and not isinstance(baseline, bool)
    if not plain or not 2 <= baseline <= len(values):
        raise MktlabError(
            say(
                "baseline is {baseline!r}: give a whole number of weeks from 2 to {rows}.",
                baseline=baseline,
                rows=len(values),
            )
        )
    return values.iloc[: int(baseline)]


def moving_sigma(values: pd.Series[float]) -> float:
    """Standard deviation from neighbors, which a slow drift or a jump hardly widens."""
    sigma = float(values.diff().abs().mean()) / TO_SIGMA
    if sigma < 1e-9 * values.abs().max() or sigma == 0:
        raise MktlabError(
            say(
                "the weeks that say what is usual are all the same, which tells nothing of chance: "
                "give more of them."
            )
        )
    return sigma


def chart(
    values: pd.Series[float], usual: object, low: object, high: object, outside: object
) -> pd.DataFrame:
    """The columns that every chart has."""
    return pd.DataFrame(
        {"value": values, "usual": usual, "low": low, "high": high, "outside": outside},
        index=values.index,
    )
