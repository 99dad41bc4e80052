"""Reads an answer as a list of ids or as one number, and says in a sentence when it is neither.

`ids` and `number` read an answer, `ids_among` and `number_between` a choice; `alone`, `label` and
`labels` are their parts, which comparing needs too. `plain` has made the answer harmless before.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mktlab.course.checking.plain import (
    FLAGS,
    MOST_IDS,
    NUMBERS,
    Unreadable,
    clear_number,
    described,
    genuine,
    is_a,
    numbers_of,
    plain,
    plain_value,
)
from mktlab.show.words import say

EMPTY = "(empty)"
FEW = 20
"""So many values or fewer are taken by their names."""


class Ids(frozenset[str]):
    """Ids as text that have been read, with the name of their column if it is known."""

    name: object = None

    @classmethod
    def of(cls, column: Iterable[Any]) -> Ids:
        """What ids there are in a column or list.

        >>> sorted(Ids.of([3, "c1"]))
        ['3', 'c1']
        """
        made = cls(map(label, column))
        made.name = getattr(column, "name", None)
        return made


def number(answer: Any) -> float:
    """The one finite number an answer is: plain, alone in a Series or table, or of a result.

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
    if numbers_of(value):
        found = clear_number(value)
        if found is None:
            names = ", ".join(f"`.{name}`" for name in numbers_of(value))
            raise Unreadable(
                say(
                    "Your answer is {kind}, which holds several numbers: give the one that is "
                    "asked for ({names}).",
                    kind=described(value),
                    names=names,
                )
            )
        return found
    if is_a(value, str):
        if any(map(str.isdigit, value)):
            raise Unreadable(
                say(
                    "Your answer is a number written as text: give the number itself, without "
                    "quotation marks, signs and commas. `show` is for sentences."
                )
            )
        raise Unreadable(say("Your answer is text: give a number, such as 0.12 and not '12 %'."))
    if is_a(value, *FLAGS) or not is_a(value, *NUMBERS) or not genuine(type(value)):
        raise Unreadable(say("Your answer is {kind}: give a number.", kind=described(value)))
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Unreadable(
            say("Your number is empty or infinite: look for an empty column or a division by zero.")
        )
    return found


def ids(answer: Any) -> Ids:
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
    if type(answer) is Ids:
        return answer
    column = _id_column(plain(answer))
    if is_a(column, pd.Series, pd.Index, np.ndarray, pd.api.extensions.ExtensionArray):
        if column.ndim != 1:
            raise Unreadable(say("Your answer has rows and columns: give a list of ids or names."))
        if pd.api.types.is_bool_dtype(column.dtype):
            raise Unreadable(say("Your answer is true or false for each row: select with it."))
        if pd.api.types.is_float_dtype(column.dtype):
            raise Unreadable(
                say("Your answer holds amounts: if the ids or names are its index, give its index.")
            )
    elif not is_a(column, list):
        told = say("Your answer is {kind}: give a list of ids or names.", kind=described(column))
        raise Unreadable(told)
    if len(column) > MOST_IDS:
        raise Unreadable(say("Your answer has {n:count} elements: give each once.", n=len(column)))
    listed = column if is_a(column, list) else column.tolist()
    first = listed[0] if listed else ""
    if is_a(first, *FLAGS) or label(first) == f"({described(first)})":  # no id, but a thing
        raise Unreadable(say("Your list holds {kind}: give ids or names.", kind=described(first)))
    kinds = set(map(type, listed))
    found = Ids(listed if kinds <= {str} else map(str if kinds <= {int} else label, listed))
    if len(found) < len(listed):
        raise Unreadable(
            say(
                "Your answer has {all:count} entries, {twice:count} too many: give each once.",
                all=len(listed),
                twice=len(listed) - len(found),
            )
        )
    return found


def ids_among(answer: Any, choices: Iterable[Any], *, exactly: int | None = None) -> Ids:
    """A choice of some of the ids there are; by default, of as many as one likes.

    Raises
    ------
    Unreadable
        If it is not, with a sentence for the learner.

    Examples
    --------
    >>> sorted(ids_among(("c1",), ["c1", "c2"]))
    ['c1']
    """
    chosen = ids(answer)
    known = choices if type(choices) is Ids else Ids.of(choices)
    unknown = chosen - known
    if unknown:
        if are_row_numbers(chosen, known):
            raise Unreadable(row_numbers(known.name))
        raise Unreadable(
            say(
                "Not among what can be chosen: {unknown:count} of your {all:count}, such as {one}.",
                all=len(chosen),
                unknown=len(unknown),
                one=min(unknown)[:60],
            )
        )
    if exactly is not None and len(chosen) != exactly:
        raise Unreadable(
            say(
                "Your answer names {n:count}: choose exactly {exactly:count}.",
                n=len(chosen),
                exactly=exactly,
            )
        )
    return chosen


def are_row_numbers(found: Ids, ids: Iterable[str]) -> bool:
    """Whether entries are numbers of rows, where ids were meant."""
    return bool(found) and all(map(str.isdecimal, found)) and found.isdisjoint(ids)


def row_numbers(column: object = None) -> str:
    """What is said to somebody who hands in the numbers of rows."""
    if is_a(column, str):
        return say("These are row numbers: give the column `{column}`.", column=column)
    return say("These are row numbers: give the column that holds the ids or names.")


def _quoted(name: Any) -> str:
    """A name of a row as one writes it in code."""
    return repr(name[:60]) if type(name) is str else label(name)[:60]


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
        raise Unreadable(
            say(
                "Your number is {found:,g}: choose one from {low:,g} to {high:,g}.",
                found=found,
                low=low,
                high=high,
            )
        )
    return found


def _id_column(answer: Any) -> Any:
    """Of a table, the column or index that holds the ids, of a dict its keys; else as it is."""
    if not is_a(answer, pd.DataFrame):
        return list(answer) if type(answer) is dict else answer
    named = [at for at, name in enumerate(answer.columns) if label(name).endswith("_id")]
    in_index = label(answer.index.name).endswith("_id")
    if in_index and not named:
        return answer.index
    if in_index or (len(named) != 1 and answer.shape[1] != 1):
        raise Unreadable(
            say("Your answer is a table: give the one column that holds the ids or names.")
        )
    return answer.iloc[:, named[0] if named else 0]


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
    value = value if genuine(type(value)) else plain_value(value)
    if not genuine(type(value)):
        return f"({described(value)})"
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
    """The one value of a Series, table, array or list; anything else as it is."""
    answer = plain(answer)
    if is_a(answer, pd.DataFrame):
        if answer.size != 1:
            raise Unreadable(_a_table(answer))
        return plain(answer.to_numpy(dtype=object)[0, 0])
    of_pandas = is_a(answer, pd.api.extensions.ExtensionArray) and genuine(type(answer))
    if of_pandas or is_a(answer, pd.Series, pd.Index, np.ndarray):  # `unique` gives the first
        if answer.size != 1:
            raise Unreadable(_a_column(answer))
        return plain(np.asarray(answer).ravel()[0])
    if is_a(answer, list):
        if len(answer) != 1:
            raise Unreadable(
                say("Your answer has {n:count} values: give one of them.", n=len(answer))
            )
        return plain(answer[0])
    return answer


def _a_table(table: pd.DataFrame) -> str:
    """What is said of a table where one value is asked for."""
    return say(
        "Your answer is a table of {rows:count} rows and {columns:count} columns: give one value. "
        "`len(...)` counts its rows; `sum` and `mean` work on one of its columns.",
        rows=len(table),
        columns=table.shape[1],
    )


def _a_column(column: Any) -> str:
    """What is said of a column where one value is asked for, and how one gets there."""
    n = column.size
    if pd.api.types.is_bool_dtype(column.dtype):
        return say(
            "Your answer is `True` or `False` for each of {n:count} rows: its `sum` counts the "
            "`True`s, its `mean` is their share.",
            n=n,
        )
    if is_a(column, pd.Series) and n <= FEW and not is_a(column.index, pd.RangeIndex):
        return say(
            "Your answer has {n:count} values, each with a name: take one by its name, with "
            "`.loc[{first}]` or another.",
            n=n,
            first=_quoted(column.index[0]) if n else "...",
        )
    if pd.api.types.is_numeric_dtype(column.dtype):
        return say(
            "Your answer is a column of {n:count} numbers: give one. `len(...)` counts them, "
            "`sum` adds them up, `mean` is their average.",
            n=n,
        )
    return say(
        "Your answer is a column of {n:count} values: give one. `len(...)` counts them, `nunique` "
        "counts the different ones.",
        n=n,
    )
