"""Takes an answer apart that should be a table, and matches its rows with those expected by key.

`match` gives the columns of values of both, row by row, or says why there is no such match;
`numeric` reads a column as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import EMPTY, label, labels
from mktlab.course.checking.plain import (
    FLAGS,
    NUMBERS,
    Unreadable,
    described,
    genuine,
    is_a,
    plain,
    too_long,
)
from mktlab.show.words import say, say_many

MOST_COLUMNS = 1_000

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Columns = dict[str, "pd.Series[Any]"]


def match(
    answer: Any, expected: pd.DataFrame | pd.Series[Any], key: tuple[str, ...]
) -> str | tuple[Columns, Columns]:
    """Their columns of values, row by row, the answer's first; or why there is no such match."""
    right = expected.to_frame() if isinstance(expected, pd.Series) else expected
    key = key or tuple(str(name) for name in right.index.names)
    theirs = _columns(right, key)
    values = [name for name in theirs if name not in key]
    mine = _columns(_table(answer, key, values, most=2 * len(right) + 1000), key)
    spare = [name for name in mine if name not in theirs]
    if len(values) == len(spare) == 1 and len(mine) == len(theirs):
        mine[values[0]] = mine.pop(spare[0])
    missing = [name for name in theirs if name not in mine]
    if missing:
        names, instead = _listed(missing), _listed(spare)
        told = say("Your table lacks {names}.", names=names)
        if spare:
            told = say(
                "Your table lacks {names}; it has {spare} instead.", names=names, spare=instead
            )
        lost = [name for name in key if name in missing]
        if lost:
            told += " " + say(
                "Its rows are told apart by {lost}: keep it as a column or as the index.",
                lost=_listed(lost),
            )
        return told
    my_rows, their_rows = _rows(mine, key), _rows(theirs, key)
    differ = _rows_differ(my_rows, their_rows, " and ".join(key))
    if differ:
        return differ
    order = my_rows.get_indexer(their_rows)
    return (
        {name: mine[name].iloc[order].set_axis(their_rows) for name in values},
        {name: theirs[name].set_axis(their_rows) for name in values},
    )


def _table(answer: Any, key: tuple[str, ...], values: list[str], *, most: int) -> pd.DataFrame:
    """The answer as a table whose columns have one name each."""
    columns = [*key, *values]
    answer = plain(answer)
    if type(answer) is dict:  # numbers by name are a column
        answer = _series(answer)
    if is_a(answer, pd.Series):
        answer = answer.to_frame("value" if answer.name is None else answer.name)
    if not is_a(answer, pd.DataFrame):
        raise Unreadable(
            say(
                "Your answer is {kind}: give a table with {columns}.",
                kind=described(answer),
                columns=_listed(columns),
            )
        )
    if len(answer) > most:
        told = say("Asked for is one row for each {key}: group by it.", key=_listed(key))
        raise Unreadable(f"{too_long(len(answer))} {told}")
    if answer.shape[1] > MOST_COLUMNS:
        raise Unreadable(
            say("Your table has {n:count} columns: that is far too many.", n=answer.shape[1])
        )
    if answer.columns.nlevels > 1:
        raise Unreadable(
            say("Your table has several levels of column names: give each column one.")
        )
    names = [label(name) for name in answer.columns]
    twice = [name for name in columns if names.count(name) > 1]
    if twice:
        raise Unreadable(
            say("Your table has several columns {name}: rename or drop the others.", name=twice[0])
        )
    table: pd.DataFrame = answer.set_axis(names, axis=1)
    return table


def _series(answer: dict[Any, Any]) -> Any:
    """A dict of numbers as a column with its names; another dict as it is."""
    if not answer or not all(is_a(value, *NUMBERS, str) for value in answer.values()):
        return answer
    return pd.Series([*map(plain, answer.values())], index=[*map(label, answer)], dtype=object)


def _columns(table: pd.DataFrame, key: tuple[str, ...]) -> Columns:
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


def _rows(columns: Columns, key: tuple[str, ...]) -> pd.Index[Any]:
    levels = [labels(columns[name]) for name in key]
    rows: pd.Index[Any] = pd.MultiIndex.from_arrays(levels)
    return rows if len(key) > 1 else pd.Index(levels[0], dtype=object)


def _rows_differ(mine: pd.Index[Any], theirs: pd.Index[Any], key: str) -> str | None:
    if not mine.is_unique:
        return say(
            "Your table has {rows:count} rows for {keys:count} different {key}: give one row for "
            "each.",
            rows=len(mine),
            keys=mine.nunique(),
            key=key,
        )
    missing = int((mine.get_indexer(theirs) < 0).sum())
    spare = mine[theirs.get_indexer(mine) < 0]
    if not missing and not len(spare):
        return None
    told = [say("Your table has {rows:count} rows.", rows=len(mine))]
    if missing:
        told.append(
            say_many(
                "By {key}, {n} of those asked for is missing.",
                "By {key}, {n:count} of those asked for are missing.",
                missing,
                key=key,
            )
        )
    if len(spare):
        told.append(
            say_many(
                "By {key}, {n} of yours is not asked for: {one}. Look at its rows.",
                "By {key}, {n:count} of yours are not asked for, such as {one}. Look at its rows.",
                len(spare),
                key=key,
                one=str(min(spare))[:60],
            )
        )
    return " ".join(told)


def numeric(column: pd.Series[Any], name: str, *, flags: bool) -> Numbers:
    """A learner's column as decimal numbers, NaN where it is empty."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) and not flags:
        raise Unreadable(
            say("The column {name} of your table is true or false: give numbers.", name=name)
        )
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if pd.api.types.is_timedelta64_dtype(kind):
        raise Unreadable(
            say(
                "The column {name} of your table holds durations: give days (`.dt.days`).",
                name=name,
            )
        )
    return np.array([_cell(value, name, flags=flags) for value in column.astype(object)])


def _cell(value: Any, name: str, *, flags: bool) -> float:
    if is_a(value, *NUMBERS) and genuine(type(value)) and (flags or not is_a(value, *FLAGS)):
        return float(value)
    if label(value) == EMPTY:
        return math.nan
    if is_a(value, str):
        raise Unreadable(
            say(
                "The column {name} of your table holds text: give numbers, such as 0.12 and not "
                "'12 %'.",
                name=name,
            )
        )
    raise Unreadable(
        say(
            "The column {name} of your table holds {kind}: give numbers.",
            name=name,
            kind=described(value),
        )
    )


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = ["..."] if len(names) > most else []
    return ", ".join([*(str(name)[:60] for name in names[:most]), *more])
