"""Loaded tables held against their declarations: empty cells, ranges, choices, keys, the future.

`check` asks each column for the rows that break its rule, and the table for repeated keys.
`crossed` notes rows whose columns contradict each other, `dangling` links between tables that lead
nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.problems import Fault, Mask, masked
from mktlab.reading.settings import WEEKDAYS, Settings
from mktlab.reading.shaping import question
from mktlab.schema import Column, Table
from mktlab.show.words import say, say_many
from mktlab.tables import TABLES


def _hint(table: Table, column: str, usual: str) -> str:
    """What to do about a column, if there is more to say than the usual."""
    hints = {
        "revenue": say(
            'if these rows are refunds, say refunds = "rows" under [orders] in columns.toml: they '
            "are taken off the orders that brought the money"
        ),
        "order_id": say(
            "if each row is an article, say lines = true under [orders] in columns.toml: the rows "
            "of an order are added up; never keep one of them only"
        ),
    }
    return hints.get(column, usual) if table.name == "orders" else usual


def check(
    table: Table, frame: pd.DataFrame, faulty: Mapping[str, Mask], *, now: pd.Timestamp
) -> Iterator[tuple[str, Fault]]:
    """Yield each rule that rows of `frame` break, with the column that it is about.

    Parameters
    ----------
    table
        The declaration.
    frame
        The table as read, with a range index.
    faulty
        Per column, the rows that were not understood, which are reported already.
    now
        Days later than the day after it are in the future.
    """
    refunds = "refunded" in frame and bool((frame["refunded"] > 0).any())
    for column in table.columns:
        if column.name in frame:
            unread = faulty.get(column.name, np.zeros(len(frame), dtype=bool))
            for fault in _broken(table, column, frame[column.name], ~unread, now, refunds=refunds):
                yield column.name, fault
    if all(name in frame for name in table.required):
        yield from _repeated(table, list(table.key), frame, faulty)


def _broken(
    table: Table,
    column: Column,
    values: pd.Series[Any],
    understood: Mask,
    now: pd.Timestamp,
    *,
    refunds: bool,
) -> Iterator[Fault]:
    empty = values.isna().to_numpy() & understood
    nobody = (table.name, column.name) == ("orders", "customer_id")  # told, see shaping
    if empty.any() and not column.nullable and not nobody:
        optional = "" if column.required else say(", or leave the whole column out")
        yield Fault(
            empty,
            say("an empty cell"),
            say("fill it in, or remove its row{optional}", optional=optional),
        )
    if empty.sum() == understood.sum():
        return
    broken = ~column.keeps(values)
    if broken.any() and (table.name, column.name) == ("orders", "status"):
        if fault := question(values.where(understood), Settings(), refunds=refunds):
            yield fault
    elif broken.any():
        fix = (
            say("write one of these words in every cell")
            if column.allowed
            else say("mend these cells")
        )
        fix = _hint(table, column.name, fix)
        yield Fault(broken, _example(column, values, broken), fix)
    if column.name == "week":
        yield from _weeks(values)
    if column.kind in ("date", "instant") and not column.ahead:
        yield from _ahead(values, now.normalize() + pd.Timedelta(days=2))


def _weeks(values: pd.Series[Any]) -> Iterator[Fault]:
    """The question on which day weeks begin, where they all begin on one that is not Monday."""
    begins = values.dt.day_of_week.dropna().unique()
    if len(begins) == 1 and begins[0] != 0:
        name = WEEKDAYS[int(begins[0])]
        yield Fault(
            values.notna().to_numpy(),
            say("weeks that begin on a {name}", name=name.capitalize()),
            say(
                'write week_starts = "{name}" at the top of columns.toml: each week then counts as '
                "the Monday week that it shares most days with",
                name=name,
            ),
            accepted=say("the Monday that each week starts on"),
        )


def _ahead(values: pd.Series[Any], end: pd.Timestamp) -> Iterator[Fault]:
    ahead = (values >= end.tz_localize(values.dt.tz)).to_numpy()
    if ahead.any():
        found = say("{day:%Y-%m-%d}, in the future", day=values[int(ahead.argmax())])
        fix = say("look at the year, the order of day and month, and this machine's clock")
        yield Fault(ahead, found, fix, accepted=say("a day up to tomorrow"))


def _repeated(
    table: Table, key: list[str], frame: pd.DataFrame, faulty: Mapping[str, Mask]
) -> Iterator[tuple[str, Fault]]:
    key = [name for name in key if name in frame]
    whole = np.ones(len(frame), dtype=bool)
    for name in key:
        if name in faulty:
            whole &= ~faulty[name]
        if not table[name].nullable:
            whole &= frame[name].notna().to_numpy()
    again = frame.duplicated(key, keep=False).to_numpy() & whole
    if again.any():
        first = int(again.argmax())
        same = ", ".join(
            _example(table[name], frame[name], again) if pd.notna(frame[name][first]) else "empty"
            for name in key
        )
        name = key[0] if len(key) == 1 else ""
        hint = say("keep one row per {one_row_per}", one_row_per=table.one_row_per)
        yield (
            name,
            Fault(
                again,
                say(
                    "the same {key} ({same}) in more than one row", key=" and ".join(key), same=same
                ),
                _hint(table, name, hint),
                accepted=say("one row per {one_row_per}", one_row_per=table.one_row_per),
            ),
        )


def _example(column: Column, values: pd.Series[Any], rows: Mask) -> str:
    value = values[int(rows.argmax())]
    if column.kind in ("money", "number", "count"):
        return f"{value:.12g}"
    if column.kind in ("date", "instant"):
        return f"{value:%Y-%m-%d}"
    return str(value).lower() if column.kind == "flag" else masked(str(value))


def crossed(
    table: Table, frame: pd.DataFrame, file: str, line: Callable[[int], int]
) -> Iterator[str]:
    """Yield a sentence for each pair in `ordered` that rows break; `line` says where a row stands.

    >>> orders = pd.DataFrame({"revenue": [10.0, 20.0], "refunded": [15.0, 0.0]})
    >>> list(crossed(TABLES["orders"], orders, "orders.csv", lambda row: row + 2))
    ['orders.csv: refunded is more than revenue in 1 row, first at line 2 (15 and 10); KPIs leave \
out what that would spoil.']
    """
    for low, high in table.ordered:
        if low not in frame or high not in frame:
            continue
        broken = (frame[low] > frame[high]).fillna(False).to_numpy(dtype=bool)
        if broken.any():
            day = table[low].kind in ("date", "instant")
            said = (
                say("{high} is before {low}", high=high, low=low)
                if day
                else say("{low} is more than {high}", low=low, high=high)
            )
            names = (high, low) if day else (low, high)
            values = " and ".join(_example(table[name], frame[name], broken) for name in names)
            count = say_many("{n} row", "{n:count} rows", broken.sum())
            unit = "row" if file.lower().endswith(".parquet") else "line"
            yield (
                say(
                    "{file}: {said} in {count}, first at {unit} {line:count} ({values}); KPIs "
                    "leave out what that would spoil.",
                    file=file,
                    said=said,
                    count=count,
                    unit=unit,
                    line=line(int(broken.argmax())),
                    values=values,
                )
            )


def dangling(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a sentence for each column that points to rows which the other table does not have.

    >>> orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": ["a", "b"]}, dtype="str")
    >>> customers = pd.DataFrame({"customer_id": ["a"]}, dtype="str")
    >>> list(dangling({"orders": orders, "customers": customers}))
    ['orders: the customer_id of 1 row is not in customers.']
    """
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            target = tables.get(column.refers_to)
            if target is None or column.name not in frame or column.name not in target:
                continue
            ids = pa.array(frame[column.name].dropna(), pa.large_string())
            known = pa.array(target[column.name], pa.large_string())
            count = len(ids) - (pc.sum(pc.is_in(ids, value_set=known)).as_py() or 0)
            if count:
                yield say_many(
                    "{table}: the {column} of {n} row is not in {other}.",
                    "{table}: the {column} of {n:count} rows are not in {other}.",
                    count,
                    table=name,
                    column=column.name,
                    other=column.refers_to,
                )
