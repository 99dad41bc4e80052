"""Is this answer the expected value, and if not, what differs? Never what is expected.

`difference` compares anything a person may hand in with a number, a text, a set of ids or a table.
It returns nothing when they agree and one sentence when they do not. Order of rows and columns,
Series or table, index or column, whole or decimal numbers make no difference.
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence, Set
from typing import Any

import numpy as np
import pandas as pd

MOST = 2_000_000


def difference(
    answer: Any, expected: Any, *, key: Sequence[str] = (), tolerance: float = 0.005
) -> str | None:
    """What differs between an answer and the expected value, in one sentence; None if nothing.

    Parameters
    ----------
    answer
        Whatever was handed in. It is not changed.
    expected
        A number, a text, a set of ids, or a DataFrame or Series of values by key.
    key
        For tables: the columns by which rows are matched.
    tolerance
        How far a number may be off: absolutely, or as a share of the expected number.

    Examples
    --------
    >>> difference(0.5501, 0.55)
    >>> difference(55, 0.55)
    'Your number is too high.'
    >>> difference(["b", "a"], {"a", "b", "c"})
    'Of the ids asked for, 1 is missing.'
    """
    if isinstance(expected, pd.Series | pd.DataFrame):
        return _tables_differ(answer, _frame(expected, key), key, tolerance)
    if isinstance(expected, Set):
        found = ids(answer)
        return found if isinstance(found, str) else _sets_differ(found, {str(i) for i in expected})
    if isinstance(expected, str):
        return _texts_differ(answer, expected)
    return _numbers_differ(answer, float(expected), tolerance)


def ids(answer: Any) -> set[str] | str:
    """The ids in a list, tuple, set, array, Series, Index or column, as text; or what is wrong."""
    answer = _as_pandas(answer)
    if isinstance(answer, pd.DataFrame):
        named = [c for c in answer if isinstance(c, str) and c.endswith("_id")]
        column = (
            named[0] if len(named) == 1 else answer.columns[0] if answer.shape[1] == 1 else None
        )
        if column is None:
            return "Your answer is a table: give the one column that holds the ids."
        answer = answer[column]
    if isinstance(answer, pd.Series | np.ndarray) and answer.dtype == bool:
        return "Your answer is true or false for each row: select the ids with it."
    if not isinstance(answer, list | tuple | Set | np.ndarray | pd.Series | pd.Index):
        return f"Your answer is {_a(answer)}: give a list of ids."
    if len(answer) > MOST:
        return f"Your answer has {len(answer):,} elements: give each id once."
    listed = [str(i) for i in answer]
    found = set(listed)
    if len(found) < len(listed):
        return f"Your list has {len(listed) - len(found):,} ids more than once: give each id once."
    return found


def _sets_differ(found: set[str], expected: set[str]) -> str | None:
    missing, extra = len(expected - found), len(found - expected)
    told = []
    if missing:
        told.append(f"Of the ids asked for, {missing:,} {'is' if missing == 1 else 'are'} missing.")
    if extra:
        told.append(f"{extra:,} of yours {'is' if extra == 1 else 'are'} not asked for.")
    return " ".join(told) or None


def _texts_differ(answer: Any, expected: str) -> str | None:
    if not isinstance(answer, str):
        return f"Your answer is {_a(answer)}: give a text in quotation marks."
    same = answer.strip().casefold() == expected.strip().casefold()
    return None if same else "Your text is another one."


def _numbers_differ(answer: Any, expected: float, tolerance: float) -> str | None:
    answer = _as_pandas(answer)
    if isinstance(answer, pd.Series | pd.DataFrame | np.ndarray | pd.Index):
        if answer.size != 1:
            return f"Your answer has {answer.size:,} values: give one number."
        answer = np.asarray(answer).ravel()[0]
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, numbers.Number):
        return f"Your answer is {_a(answer)}: give a number."
    if isinstance(answer, complex):
        return "Your answer is a complex number: give a plain one."
    number = float(answer)  # type: ignore[arg-type]
    if not np.isfinite(number):
        return "Your number is not finite: look for an empty column or a division by zero."
    if abs(number - expected) <= max(tolerance, tolerance * abs(expected)):
        return None
    return "Your number is too high." if number > expected else "Your number is too low."


def _tables_differ(
    answer: Any, expected: pd.DataFrame, key: Sequence[str], tolerance: float
) -> str | None:
    columns = list(expected.columns)
    values = [c for c in columns if c not in key]
    answer = _as_pandas(answer)
    if not isinstance(answer, pd.DataFrame | pd.Series):
        return f"Your answer is {_a(answer)}: give a table with the columns {', '.join(columns)}."
    if len(answer) > MOST:
        return f"Your table has {len(answer):,} rows: that is too many."
    table = _frame(answer, key)
    if not table.columns.is_unique:
        return "Two columns of your table have the same name: rename or drop one."
    rest = [c for c in table.columns if c not in key]
    if len(values) == len(rest) == 1:
        table = table.rename(columns={rest[0]: values[0]})
    missing = [c for c in columns if c not in table.columns]
    if missing:
        return f"Your table lacks the column {', '.join(missing)}."
    table = table[columns]
    mine, theirs = _by_key(table, key), _by_key(expected, key)
    if not mine.index.is_unique:
        return f"Your table has several rows for one {' and '.join(key)}: give one row for each."
    absent, extra = (
        len(theirs.index.difference(mine.index)),
        len(mine.index.difference(theirs.index)),
    )
    if absent or extra:
        return (
            f"Your table has {len(mine):,} rows: {absent:,} are missing and {extra:,} are not "
            "asked for."
        )
    return _first_difference(mine.loc[theirs.index], theirs, tolerance)


def _first_difference(mine: pd.DataFrame, theirs: pd.DataFrame, tolerance: float) -> str | None:
    for column in theirs.columns:
        same = _same(mine[column], theirs[column], tolerance)
        if not same.all():
            place = int(np.flatnonzero(~same)[0])
            at = theirs.index[place]
            where = ", ".join(map(str, at)) if isinstance(at, tuple) else str(at)
            value = str(mine[column].iloc[place])[:60]
            return (
                f"{int((~same).sum()):,} of {len(same):,} values of {column} differ; the first is "
                f"that of {where}, where you have {value}."
            )
    return None


def _same(mine: pd.Series[Any], theirs: pd.Series[Any], tolerance: float) -> np.ndarray[Any, Any]:
    if pd.api.types.is_numeric_dtype(theirs) and not pd.api.types.is_bool_dtype(theirs):
        if pd.api.types.is_datetime64_any_dtype(mine) or pd.api.types.is_timedelta64_dtype(mine):
            return np.zeros(len(theirs), dtype=bool)
        number = pd.to_numeric(mine, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        wanted = theirs.to_numpy(dtype=float, na_value=np.nan)
        close = np.isclose(number, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)
        return np.asarray(close)
    if pd.api.types.is_datetime64_any_dtype(theirs):
        days = pd.to_datetime(mine, errors="coerce")
        return np.asarray(days.to_numpy() == theirs.to_numpy())
    return np.asarray(mine.astype(str).to_numpy() == theirs.astype(str).to_numpy())


def _frame(table: pd.DataFrame | pd.Series[Any], key: Sequence[str]) -> pd.DataFrame:
    """A table whose key is among its columns, wherever it was before."""
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if all(k in frame.columns for k in key):
        return frame
    if frame.index.nlevels == len(key) and not set(key) & set(frame.columns):
        unnamed = [n is None for n in frame.index.names]
        named = frame.set_axis(frame.index.set_names(list(key))) if all(unnamed) else frame
        return named.reset_index()
    return frame.reset_index() if set(frame.index.names) & set(key) else frame


def _by_key(table: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    keys = [table[k].map(_label) for k in key]
    index = pd.Index(keys[0]) if len(keys) == 1 else pd.MultiIndex.from_arrays(keys)
    return table.drop(columns=list(key)).set_axis(index)


def _label(value: Any) -> str:
    """A key as text: a day without its midnight, a whole number without its decimals."""
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_pandas(answer: Any) -> Any:
    """A polars table or column as a pandas one; anything else as it is."""
    if type(answer).__module__.split(".")[0] == "polars" and hasattr(answer, "to_pandas"):
        return answer.to_pandas()
    return answer


def _a(answer: Any) -> str:
    name = type(answer).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
