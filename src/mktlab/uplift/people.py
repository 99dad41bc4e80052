"""The rows of a randomized test, checked: what happened to whom, as numbers, and in which fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Column = Sequence[Any] | npt.NDArray[Any] | pd.Series


class Known(NamedTuple):
    """What happened in the test."""

    good: Floats
    offered: Flags

    def rows(self, some: Flags) -> Known:
        return Known(self.good[some], self.offered[some])


def checked(people: pd.DataFrame, features: Sequence[str], outcome: str, treated: str) -> Known:
    need_columns([outcome, treated, *features], people, of="people")
    good, offered = (flags(people, name) for name in (outcome, treated))
    leaks = [name for name in features if name in (outcome, treated)]
    if leaks:
        raise MktlabError(say("features holds {name}, which is not known before.", name=leaks[0]))
    known = Known(good, offered.astype(bool))
    if len(set(known.offered.tolist())) < 2:
        raise MktlabError(
            say("{name} is the same in every row: no group to compare with.", name=treated)
        )
    return known


def flags(people: pd.DataFrame, name: str) -> Floats:
    """A column of true and false, as ones and zeros."""
    if not people[name].isin([0, 1]).all():
        raise MktlabError(say("{name} must be true or false in every row.", name=name))
    return people[name].to_numpy(dtype=float)


def numbers(people: pd.DataFrame, features: Sequence[str]) -> Floats:
    if not len(features):
        raise MktlabError(say("features is empty: give columns that were known before the offer."))
    try:
        return people[list(features)].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise MktlabError(say("features must be numbers, or true and false.")) from None


def by_row(people: pd.DataFrame, name: str, column: Column | float) -> Floats:
    """Numbers by row; a Series must have the index of `people`."""
    if isinstance(column, pd.Series) and not column.index.equals(people.index):
        raise MktlabError(
            say("{name} has another index than people: give a row for each.", name=name)
        )
    try:
        rows = np.asarray(column, dtype=float)
    except (TypeError, ValueError):
        rows = np.zeros((2, 2))
    if rows.shape not in ((), (len(people),)):
        raise MktlabError(
            say("{name} needs a number for each of {n:count} rows.", name=name, n=len(people))
        )
    if not np.isfinite(rows).all():
        raise MktlabError(say("{name} is empty in some rows.", name=name))
    return np.broadcast_to(rows, len(people))


def parts(known: Known, folds: int, seed: int) -> Iterator[Flags]:
    """The rows of each fold; all folds have the same share of each group and outcome."""
    if not 2 <= folds <= 20:
        raise MktlabError(say("folds is {n}: give 2 to 20.", n=folds))
    luck = np.random.default_rng(seed).random(len(known.good))
    order = np.lexsort([luck, known.good, known.offered])
    fold = np.empty(len(order), dtype=int)
    fold[order] = np.arange(len(order)) % folds
    for one in range(folds):
        yield fold == one
