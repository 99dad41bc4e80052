"""What a price table must hold: each refusal is one sentence that says where and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many
from mktlab.spelling import need_columns


def needs(table: object, columns: Iterable[str], who: str) -> None:
    """Refuse what is no table, or lacks a column, or has no row."""
    if not isinstance(table, pd.DataFrame):
        raise MktlabError(
            say("{who}: got a {name}; give a pandas table.", who=who, name=type(table).__name__)
        )
    need_columns(columns, table.columns, of=say("{who}: the table", who=who))
    if table.empty:
        raise MktlabError(say("{who}: the table has no rows; check how it was filtered.", who=who))


def numbers(
    table: pd.DataFrame,
    columns: Iterable[str],
    who: str,
    *,
    positive: bool = False,
    empty: bool = False,
) -> pd.DataFrame:
    """The columns as finite numbers from 0 up (above 0 if `positive`); `empty` cells if allowed."""
    names = list(columns)
    needs(table, names, who)
    for name in names:
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            raise MktlabError(
                say(
                    "{who}: {name} holds {dtype}, not numbers; convert it with pandas.to_numeric.",
                    who=who,
                    name=name,
                    dtype=column.dtype,
                )
            )
        values = column.astype("float64")
        _refuse(
            values.isna() & (not empty),
            name,
            "empty",
            say("fill them or leave these rows out"),
            who,
        )
        _refuse(
            values.abs() == np.inf, name, "infinite", say("mend these rows or leave them out"), who
        )
        wrong = values <= 0 if positive else values < 0
        what, why = ("not above 0", " (0 has no logarithm)") if positive else ("below 0", "")
        _refuse(
            wrong,
            name,
            what,
            say("mend these rows{why}, or add up weeks or zones first", why=why),
            who,
        )
    return table[names].astype("float64")


def days(table: pd.DataFrame, column: str, who: str) -> None:
    """Refuse a column that is missing, holds no days, or is empty somewhere."""
    needs(table, [column], who)
    if not pd.api.types.is_datetime64_any_dtype(table[column]):
        raise MktlabError(
            say(
                "{who}: {column} holds {dtype}, not days; convert it with pandas.to_datetime.",
                who=who,
                column=column,
                dtype=table[column].dtype,
            )
        )
    _refuse(table[column].isna(), column, "empty", say("fill them or leave these rows out"), who)


def _refuse(rows: pd.Series[bool], name: str, what: str, then: str, who: str) -> None:
    count = int(rows.sum())
    if count:
        raise MktlabError(
            say_many(
                "{who}: {name} is {what} in {n} row, the first at index {first}; {then}.",
                "{who}: {name} is {what} in {n:count} rows, the first at index {first}; {then}.",
                count,
                who=who,
                name=name,
                what=what,
                first=rows.idxmax(),
                then=then,
            )
        )


def one_number(value: object, name: str, who: str, *, above: float = -math.inf) -> float:
    """A finite number above a bound."""
    good = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not good or not math.isfinite(value) or value <= above:  # type: ignore[operator,arg-type]
        bound = "" if above == -math.inf else f" above {above:g}"
        raise MktlabError(
            say(
                "{who}: {name} is {value!r}; give a number{bound}.",
                who=who,
                name=name,
                value=value,
                bound=bound,
            )
        )
    return float(value)  # type: ignore[arg-type]
