"""Reads whatever a person hands in as an answer, without trusting it.

`ids` and `number` read an answer that is a list of ids or one number, `ids_among` and
`number_between` one that is a choice; `alone`, `as_pandas`, `label` and `labels` are their parts,
which comparing needs too. What cannot be read is `Unreadable`.

An answer may be any object, so nothing here calls its methods, not even `==` or `str`, before its
type is known to be harmless: `is_a` looks at the type alone.
"""

from __future__ import annotations

import datetime
import math
import sys
import types
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

MOST_IDS = 2_000_000
EMPTY = "(empty)"
NUMBERS = (int, float, np.integer, np.floating, Decimal, Fraction)
FLAGS = (bool, np.bool_)


class Unreadable(Exception):  # noqa: N818 - a sentence for the learner, not a fault
    """What keeps an answer from being compared, in one sentence."""


def number(answer: Any) -> float:
    """The one finite number an answer is, whether plain, of numpy, or alone in a Series or table.

    Raises
    ------
    Unreadable
        If it is not, with a sentence for the learner.

    Examples
    --------
    >>> number(pd.Series([12]))
    12.0
    """
    value = alone(answer)
    if is_a(value, str):
        raise Unreadable("Your answer is text: give a number, such as 0.12 rather than '12 %'.")
    if is_a(value, *FLAGS) or not is_a(value, *NUMBERS):
        raise Unreadable(f"Your answer is {described(value)}: give a number.")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Unreadable(
            "Your number is empty or infinite: look for an empty column or a division by zero."
        )
    return found


def ids(answer: Any) -> set[str]:
    """The ids in a list, tuple, set, array, Series, Index or column of a table, as text.

    Raises
    ------
    Unreadable
        If there are none to read or some stand there twice, with a sentence for the learner.

    Examples
    --------
    >>> sorted(ids(pd.DataFrame({"customer_id": ["c2", "c1"], "monetary": [8.0, 9.5]})))
    ['c1', 'c2']
    """
    column = _id_column(_plain(as_pandas(answer)))
    if is_a(column, pd.Series, pd.Index, np.ndarray, pd.api.extensions.ExtensionArray):
        if column.ndim != 1:
            raise Unreadable("Your answer has rows and columns: give a list of ids or names.")
        if pd.api.types.is_bool_dtype(column.dtype):
            raise Unreadable("Your answer is true or false for each row: select with it.")
        if pd.api.types.is_float_dtype(column.dtype):
            raise Unreadable(
                "Your answer holds amounts: if the ids or names are its index, give answer.index."
            )
    elif not is_a(column, list):
        raise Unreadable(f"Your answer is {described(column)}: give a list of ids or names.")
    if len(column) > MOST_IDS:
        raise Unreadable(f"Your answer has {len(column):,} elements: give each once.")
    listed = [label(value) for value in column]
    found = set(listed)
    if len(found) < len(listed):
        twice = len(listed) - len(found)
        raise Unreadable(
            f"Of your {len(listed):,} entries, {twice:,} repeat others: give each once."
        )
    return found


def ids_among(answer: Any, choices: Iterable[Any], *, exactly: int | None = None) -> set[str]:
    """A choice of some of the ids there are; by default, of as many as one likes.

    Raises
    ------
    Unreadable
        If it is not, with a sentence for the learner.

    Examples
    --------
    >>> ids_among(("c1",), ["c1", "c2"])
    {'c1'}
    """
    chosen = ids(answer)
    unknown = chosen.difference(map(label, choices))
    if unknown:
        raise Unreadable(
            f"Of your {len(chosen):,} entries, {len(unknown):,} cannot be chosen, such as "
            f"{min(unknown)[:60]}."
        )
    if exactly is not None and len(chosen) != exactly:
        raise Unreadable(f"Your answer names {len(chosen):,}: choose exactly {exactly:,}.")
    return chosen


def number_between(answer: Any, choices: tuple[float, float]) -> float:
    """A choice of a number from a lowest to a highest one, both allowed.

    Raises
    ------
    Unreadable
        If it is not, with a sentence for the learner.

    Examples
    --------
    >>> number_between(4, (2.5, 9.0))
    4.0
    """
    low, high = choices
    found = number(answer)
    if not low <= found <= high:
        raise Unreadable(f"Your number is {found:,g}: choose one from {low:,g} to {high:,g}.")
    return found


def _plain(answer: Any) -> Any:
    """A list, tuple, set or the keys of a dict as a list; anything else as it is."""
    kinds: tuple[Any, ...] = (list, tuple, set, frozenset, type({}.keys()))
    for kind in kinds:
        if is_a(answer, kind):
            return list(kind.__iter__(answer))  # a class of its own may iterate without end
    return answer


def _id_column(answer: Any) -> Any:
    """Of a table, the column or index that holds the ids; anything else as it is."""
    if not is_a(answer, pd.DataFrame):
        return answer
    named = [at for at, name in enumerate(answer.columns) if label(name).endswith("_id")]
    if not named and label(answer.index.name).endswith("_id"):
        return answer.index
    if len(named) != 1 and answer.shape[1] != 1:
        raise Unreadable("Your answer is a table: give the one column that holds the ids or names.")
    return answer.iloc[:, named[0] if len(named) == 1 else 0]


def labels(column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Every value of a column as text."""
    if isinstance(column.dtype, pd.StringDtype):
        return column.fillna(EMPTY).to_numpy(dtype=object)
    found = np.empty(len(column), dtype=object)
    found[:] = [label(value) for value in column.astype(object)]
    return found


def label(value: Any) -> str:
    """A value as text: a day without its midnight, a whole number without decimals.

    >>> label(pd.Timestamp("2025-01-31")), label(7.0), label(None)
    ('2025-01-31', '7', '(empty)')
    """
    if type(value) is str:
        return value
    if is_a(value, np.datetime64):
        value = pd.Timestamp(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return EMPTY
    if is_a(value, *NUMBERS) and not is_a(value, *FLAGS):
        return _number_label(value)
    if is_a(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else str(value.isoformat(" "))
    if is_a(value, str, *FLAGS, datetime.date, pd.Period, pd.Interval, pd.Timedelta):
        return str(value)
    return f"({described(value)})"


def _number_label(value: Any) -> str:
    if is_a(value, int, np.integer):
        return str(int(value))
    if math.isnan(value):
        return EMPTY
    whole = math.isfinite(value) and value == int(value)
    return str(int(value)) if whole else str(float(value))


def alone(answer: Any) -> Any:
    """The one value of a Series, table or array; anything else as it is."""
    answer = as_pandas(answer)
    if is_a(answer, pd.Series, pd.DataFrame, pd.Index, np.ndarray):
        if answer.size != 1:
            raise Unreadable(f"Your answer has {answer.size:,} values: give one.")
        if is_a(answer, pd.Series, pd.DataFrame):
            return answer.to_numpy(dtype=object).ravel()[0]
        return answer.ravel()[0]
    return answer


def as_pandas(answer: Any) -> Any:
    """A polars table or column as a pandas one; anything else as it is."""
    polars = sys.modules.get("polars")
    if polars is None or not is_a(answer, polars.DataFrame, polars.Series):
        return answer
    if len(answer) > MOST_IDS:
        raise Unreadable(f"Your answer has {len(answer):,} rows: that is far too many.")
    return answer.to_pandas()


def is_a(value: Any, *kinds: type) -> bool:
    """`isinstance` that asks the type alone: an object may lie about its class, or fail on it."""
    return issubclass(type(value), kinds)


def described(value: Any) -> str:
    """What kind of object it is, with what most often led there."""
    name = type(value).__name__[:60]
    kind = f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    forgot = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
    return f"{kind} (are its parentheses missing?)" if is_a(value, *forgot) else kind
