"""Is this answer the expected value, and if not, what differs? Never what is expected.

`difference` compares anything a person may hand in with a number, a text, a set of ids or a table,
and gives one sentence where they disagree. Order of rows and columns, Series or table, key in the
index or in a column, whole or decimal numbers make no difference. What reads a single value is in
`answers`; tables are taken apart here, column by column (`_columns`), matched by key (`_rows`) and
compared by value (`_same`).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence, Set
from typing import Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import (
    EMPTY,
    FLAGS,
    NUMBERS,
    Unreadable,
    alone,
    as_pandas,
    described,
    ids,
    is_a,
    label,
    labels,
    number,
)

MOST_COLUMNS = 1_000

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def difference(
    answer: Any, expected: Any, *, key: Sequence[str] = (), tolerance: float | None = None
) -> str | None:
    """What differs between an answer and the expected value, in one sentence; None if nothing.

    Parameters
    ----------
    answer
        Whatever was handed in. It is not changed.
    expected
        A number, a text or day, a set of ids, or a DataFrame or Series of values by key.
    key
        For tables: the columns by which rows are matched; by default, the names of the index.
    tolerance
        How far a number may be off, in its own unit. By default half a cent or, below 1, half a
        unit of the third significant digit: amounts may be rounded to 2 decimals, shares to 3
        digits.

    Returns
    -------
    A sentence, which may tell what the answer holds but not what is expected; or None.

    Examples
    --------
    >>> difference(0.123, 0.12345)
    >>> difference(12.3, 0.12345)
    'Your number is too high.'
    >>> difference(["b", "a"], {"a", "b", "c"})
    'Of those asked for, 1 is missing.'
    """
    try:
        if isinstance(expected, pd.Series | pd.DataFrame):
            return _tables_differ(answer, expected, tuple(key), tolerance)
        if isinstance(expected, Set):
            return _sets_differ(ids(answer), {label(i) for i in expected})
        if isinstance(expected, str | datetime.date):
            return _texts_differ(answer, expected)
        found = number(answer)
    except Unreadable as problem:
        return str(problem)
    if _close(np.array([found]), np.array([float(expected)]), tolerance).all():
        return None
    return "Your number is too high." if found > expected else "Your number is too low."


def _sets_differ(found: set[str], expected: set[str]) -> str | None:
    missing, extra = len(expected - found), len(found - expected)
    told = []
    if missing:
        told.append(f"Of those asked for, {missing:,} {'is' if missing == 1 else 'are'} missing.")
    if extra:
        told.append(f"{extra:,} of yours {'is' if extra == 1 else 'are'} not asked for.")
    return " ".join(told) or None


def _texts_differ(answer: Any, expected: str | datetime.date) -> str | None:
    value = alone(answer)
    wanted = "a text in quotation marks" if isinstance(expected, str) else "a day"
    if not is_a(value, str, datetime.date, np.datetime64):
        return f"Your answer is {described(value)}: give {wanted}."
    if label(value).strip().casefold() == label(expected).strip().casefold():
        return None
    return f"Your answer is {wanted}, but not the right one."


def _tables_differ(
    answer: Any,
    expected: pd.DataFrame | pd.Series[Any],
    key: tuple[str, ...],
    tolerance: float | None,
) -> str | None:
    right = expected.to_frame() if isinstance(expected, pd.Series) else expected
    key = key or tuple(str(name) for name in right.index.names)
    theirs = _columns(right, key)
    values = [name for name in theirs if name not in key]
    mine = _columns(_table(answer, [*key, *values], most=2 * len(right) + 1000), key)
    spare = [name for name in mine if name not in theirs]
    if len(values) == len(spare) == 1 and len(mine) == len(theirs):
        mine[values[0]] = mine.pop(spare[0])
    missing = [name for name in theirs if name not in mine]
    if missing:
        told = f"Your table lacks {_listed(missing)}"
        return f"{told}; it has {_listed(spare)} instead." if spare else f"{told}."
    my_rows, their_rows = _rows(mine, key), _rows(theirs, key)
    rows_differ = _rows_differ(my_rows, their_rows, " and ".join(key))
    if rows_differ:
        return rows_differ
    order = my_rows.get_indexer(their_rows)
    for name in values:
        wrong = ~_same(mine[name].iloc[order], theirs[name], name, tolerance)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            place = their_rows[first] if len(key) == 1 else ", ".join(their_rows[first])
            have = _shown(mine[name].iloc[order[first]])
            return (
                f"{wrong.sum():,} of {len(wrong):,} values of {name} differ. The first is that of "
                f"{' and '.join(key)} {place}, where you have {have}."
            )
    return None


def _table(answer: Any, columns: list[str], *, most: int) -> pd.DataFrame:
    """The answer as a table whose columns have one name each."""
    answer = as_pandas(answer)
    if is_a(answer, pd.Series):
        answer = answer.to_frame("value" if answer.name is None else answer.name)
    if not is_a(answer, pd.DataFrame):
        raise Unreadable(
            f"Your answer is {described(answer)}: give a table with {_listed(columns)}."
        )
    if len(answer) > most:
        raise Unreadable(f"Your table has {len(answer):,} rows: that is far too many.")
    if answer.shape[1] > MOST_COLUMNS:
        raise Unreadable(f"Your table has {answer.shape[1]:,} columns: that is far too many.")
    if answer.columns.nlevels > 1:
        raise Unreadable("Your table has several levels of column names: give each column one.")
    names = [label(name) for name in answer.columns]
    twice = [name for name in columns if names.count(name) > 1]
    if twice:
        raise Unreadable(f"Your table has several columns {twice[0]}: rename or drop the others.")
    table: pd.DataFrame = answer.set_axis(names, axis=1)
    return table


def _columns(table: pd.DataFrame, key: tuple[str, ...]) -> dict[str, pd.Series[Any]]:
    """Columns by name, those of the key included even if they are the index."""
    columns = {name: table.iloc[:, at] for at, name in enumerate(table.columns)}
    levels = [label(name) for name in table.index.names]
    if not set(key) & {*columns, *levels} and len(levels) == len(key):
        counted = is_a(table.index, pd.RangeIndex)  # row numbers say nothing
        levels = levels if counted else list(key)
    for at, name in enumerate(levels):
        if name in key and name not in columns:
            columns[name] = table.index.get_level_values(at).to_series(index=table.index)
    return columns


def _rows(columns: dict[str, pd.Series[Any]], key: tuple[str, ...]) -> pd.Index[Any]:
    levels = [labels(columns[name]) for name in key]
    rows: pd.Index[Any] = pd.MultiIndex.from_arrays(levels)
    return rows if len(key) > 1 else pd.Index(levels[0], dtype=object)


def _rows_differ(mine: pd.Index[Any], theirs: pd.Index[Any], key: str) -> str | None:
    if not mine.is_unique:
        return (
            f"Your table has {len(mine):,} rows for {mine.nunique():,} different {key}: give one "
            "row for each."
        )
    missing = int((mine.get_indexer(theirs) < 0).sum())
    extra = len(mine) - (len(theirs) - missing)  # no key stands twice on either side
    if missing or extra:
        return (
            f"Your table has {len(mine):,} rows. By {key}, {missing:,} of those asked for "
            f"{'is' if missing == 1 else 'are'} missing, and {extra:,} of yours "
            f"{'is' if extra == 1 else 'are'} not asked for."
        )
    return None


def _same(
    mine: pd.Series[Any], theirs: pd.Series[Any], name: str, tolerance: float | None
) -> Flags:
    """Which values are the same, row by row."""
    if not pd.api.types.is_numeric_dtype(theirs.dtype):
        return np.asarray(labels(mine) == labels(theirs))
    flags = pd.api.types.is_bool_dtype(theirs.dtype)
    expected = theirs.to_numpy(dtype=float, na_value=np.nan)
    return _close(_numeric(mine, name, flags=flags), expected, tolerance)


def _numeric(column: pd.Series[Any], name: str, *, flags: bool) -> Numbers:
    """A learner's column as decimal numbers, NaN where it is empty."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) and not flags:
        raise Unreadable(f"The column {name} of your table is true or false: give numbers.")
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if pd.api.types.is_timedelta64_dtype(kind):
        raise Unreadable(f"The column {name} of your table holds durations: give days (.dt.days).")
    return np.array([_cell(value, name, flags=flags) for value in column.astype(object)])


def _cell(value: Any, name: str, *, flags: bool) -> float:
    if is_a(value, *NUMBERS) and (flags or not is_a(value, *FLAGS)):
        return float(value)
    if label(value) == EMPTY:
        return math.nan
    if is_a(value, str):
        raise Unreadable(
            f"The column {name} of your table holds text: give numbers, such as 0.12 rather than "
            "'12 %'."
        )
    raise Unreadable(f"The column {name} of your table holds {described(value)}: give numbers.")


def _close(mine: Numbers, theirs: Numbers, tolerance: float | None) -> Flags:
    """Which numbers are equal but for rounding, and for sums taken in another order."""
    size = np.abs(theirs)
    with np.errstate(all="ignore"):
        digits = np.floor(np.log10(size))
        allowed = np.minimum(0.005, 0.005 * 10**digits) if tolerance is None else tolerance
        near = np.abs(mine - theirs) <= allowed * (1 + 1e-6) + 1e-9 * size + 1e-12
    return np.asarray(near | (mine == theirs) | (np.isnan(mine) & np.isnan(theirs)))


def _shown(value: Any) -> str:
    if is_a(value, float, np.floating) and math.isfinite(value):
        return f"{value:.6g}" if abs(value) < 100_000 else f"{value:.2f}"
    return label(value)[:60]


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = ["..."] if len(names) > most else []
    return ", ".join([*(str(name)[:60] for name in names[:most]), *more])
