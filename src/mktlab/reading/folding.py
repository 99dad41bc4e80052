"""Files with several rows an order, one for each article: summed to orders, and kept as lines.

`fold` makes one row of the rows of an order. What is said of the whole order stands in its first
row, or is the same in all; amounts are added up, unless they are the order's total written again
and again. The same rows become `order_lines` where they say the product and the quantity.
`overlap` finds what a later file repeats of an earlier one, as exports whose periods overlap do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading.numbers import Floats
from mktlab.reading.problems import Mask
from mktlab.reading.rows import Numbers, Rows
from mktlab.reading.settings import ONCE
from mktlab.reading.text_table import TextTable
from mktlab.schema import Table
from mktlab.show.words import say, say_many

_DUST = 6
"""Decimals that are kept of a sum: far below a cent, far above what adding up gets wrong."""

_ENOUGH = 6
"""So many orders of several rows prove a repeated total; in fewer, equal prices may be chance."""


def fold(rows: Rows, table: Table, amount: Floats | None, *, total: bool) -> None:
    """Make one row of each order.

    Parameters
    ----------
    rows
        With a row per row of the file and `order_id`.
    table
        Orders as declared.
    amount
        What each row brought, if the reader said how to compute it; else `revenue` says it.
    total
        Whether `revenue` is the total of an order although there is an `amount`.
    """
    rows.leave_out(rows.frame["order_id"].isna().to_numpy(), say("without an order number"))
    frame = rows.frame
    amount = None if amount is None else amount[rows.first]
    order: Any = frame.groupby("order_id", sort=False).ngroup().to_numpy(np.int64)
    declared = {column.name: column for column in table.columns}
    columns: dict[str, Any] = {}
    net = amount
    for name, values in frame.items():
        first = _first(values, order)
        name = str(name)
        if name == "revenue" and amount is not None and not total:
            continue
        if name in declared and declared[name].kind == "money":
            each = _is_each(rows, name, values, order)
            columns[name] = _sum(values.to_numpy(float), order) if each else first
            if name == "revenue":
                net = values.to_numpy(float) if each else None
        else:
            differing = _differing(values, order)
            if name in declared and differing.any():
                _contradict(rows, name, differing, order)
            if name in declared or not differing.any():
                columns[name] = first
    if amount is not None:
        net, columns["revenue"] = amount, columns.get("revenue", _sum(amount, order))
    below = -np.minimum(np.nan_to_num(net if net is not None else columns["revenue"]), 0.0)
    _lines(rows, order, net)
    places = _places(np.ones(len(order), dtype=bool), order)
    rows.frame = pd.DataFrame(columns)
    rows.first, rows.order = rows.first[places], np.arange(len(places))
    rows.sizes = np.bincount(order)
    rows.back, rows.returned = np.zeros(len(places)), np.zeros(len(places), np.int64)
    if rows.settings.refunds:
        which = order if net is not None and not total else np.arange(len(places))
        rows.back = np.round(np.bincount(which, below, len(places)), _DUST)
        rows.returned = np.bincount(which, below > 0, len(places)).astype(np.int64)
        rows.frame["revenue"] = np.round(rows.frame["revenue"] + rows.back, _DUST)
    rows.tell(
        say_many(
            "{lines:count} rows are {n} order.",
            "{lines:count} rows are {n:count} orders.",
            len(places),
            lines=len(order),
        )
    )


def _places(valid: Mask, order: Numbers) -> Numbers:
    """The first valid row of each order, -1 if it has none."""
    places = np.full(order.max() + 1, -1)
    at = np.flatnonzero(valid)[::-1]
    places[order[at]] = at  # of several, the last one written stays: the first row
    return places


def _first(values: pd.Series[Any], order: Numbers) -> Any:
    """What stands first in the rows of each order."""
    places = _places(values.notna().to_numpy(), order)
    return values.array.take(places, allow_fill=bool((places < 0).any()))


def _sum(values: Floats, order: Numbers) -> Floats:
    """What the rows of each order come to; unknown if all are."""
    known = np.bincount(order, ~np.isnan(values))
    sums = np.round(np.bincount(order, np.nan_to_num(values)), _DUST)
    return np.where(known > 0, sums, np.nan)


def _differing(values: pd.Series[Any], order: Numbers) -> Mask:
    """The rows that say something else than the first of their order."""
    codes, _ = pd.factorize(values)
    first = codes[_places(codes >= 0, order)][order]
    result: Mask = (codes >= 0) & (codes != first)
    return result


def _is_each(rows: Rows, name: str, values: pd.Series[Any], order: Numbers) -> bool:
    """Whether an amount is that of each row, to be added up, or that of the whole order."""
    if rows.settings.lines == ONCE:
        return False
    known = (values.notna() & (values != 0)).to_numpy()
    times = np.bincount(order, known)
    if not (times > 1).any():
        return False  # it stands once in each order
    if _differing(values, order).any():
        return True
    totals = values[known & (times[order] > 1)].nunique()
    several = int((times > 1).sum())
    if name != "revenue" or (several >= _ENOUGH and totals > several / 2):
        rows.tell(
            say(
                "{name} is the same in all rows of an order, and counted once.",
                name=name,
            )
        )
        return False
    line = say(
        'write into columns.toml under [orders] either amount = "{header}", if it is that of '
        'the row, or lines = "{once}"',
        header=rows.headers.get(name, name),
        once=ONCE,
    )
    found = say_many(
        "the same amount in all rows of {n} order",
        "the same amount in all rows of each of {n:count} orders",
        several,
    )
    accepted = say("the amount of each row, or the total of its order")
    rows.problem(known & (times[order] > 1), name, found, accepted, line)
    return False


def _contradict(rows: Rows, name: str, differing: Mask, order: Numbers) -> None:
    rows.tell(
        say_many(
            "{name} differs among the rows of {n} order (line {line:count}); its first is taken.",
            "{name} differs among the rows of {n:count} orders, such as at line {line:count}; "
            "their first is taken.",
            len(np.unique(order[differing])),
            name=name,
            line=rows.line(int(differing.argmax())),
        )
    )


def _lines(rows: Rows, order: Numbers, amount: Floats | None) -> None:
    """The same rows as `order_lines`, where they say the product and the quantity."""
    parts = {name: values.iloc[rows.first] for name, values in rows.parts.items()}
    if not {"product_id", "quantity"} <= set(parts):
        return
    price = parts["unit_price"].to_numpy(float) if "unit_price" in parts else None
    if amount is None and price is not None:
        amount = price * parts["quantity"].to_numpy(float)
    whole = (parts["quantity"] % 1 == 0) | parts["quantity"].isna()
    if amount is None or not whole.all():
        return
    if price is None:
        pieces = parts["quantity"].to_numpy(float)
        price = np.divide(amount, pieces, out=np.full(len(pieces), np.nan), where=pieces != 0)
    table = pd.DataFrame(
        {
            "order_id": rows.frame["order_id"],
            "product_id": parts["product_id"].to_numpy(),
            "quantity": parts["quantity"].to_numpy(),
            "unit_price": price,
            "discount": 0.0,
            "amount": amount,
            "order": order,
        }
    )
    sound = table["product_id"].notna() & table["quantity"].notna() & table["amount"].notna()
    if rows.settings.refunds:
        sound &= table["amount"] >= 0
    table = table[sound & (table["unit_price"].isna() | (table["unit_price"] >= 0))]
    table.insert(1, "line_no", table.groupby("order").cumcount() + 1)
    table["quantity"] = table["quantity"].astype("int64")
    table["product_id"] = table["product_id"].astype("str")
    rows.made["order_lines"] = table.reset_index(drop=True)


def overlap(
    sheet: TextTable, keys: pd.DataFrame, days: pd.Series[Any] | None
) -> tuple[Mask, Mask, Mask]:
    """What stands in more than one of the joined files.

    Parameters
    ----------
    sheet
        The files, joined.
    keys
        What together says which order (or other thing) a row is about.
    days
        The day of each row; the same number on another day is another order.

    Returns
    -------
    The rows of earlier files that a later one has just so, those that it has with other cells, and
    the rows of later files whose number is that of an order of another day.
    """
    sizes = [part.rows for part in sheet.parts or [sheet]]
    files = np.repeat(np.arange(len(sizes)), sizes)
    codes = keys.groupby(list(keys), sort=False, dropna=True).ngroup().to_numpy()
    by = pd.Series(files).groupby(codes)
    last = by.transform("max").to_numpy()
    both = (codes >= 0) & (by.transform("min").to_numpy() < last)
    none = np.zeros(len(both), dtype=bool)
    if not both.any():
        return none, none, none
    anew = none
    if days is not None:
        known = days.groupby([codes, files]).transform("min").groupby(codes)
        apart = (known.transform("min") != known.transform("max")).to_numpy() & both
        first = by.transform("min").to_numpy()
        anew, both = apart & (files > first), both & ~apart
    cells = {name: column.filter(pa.array(both)) for name, column in sheet.columns.items()}
    text = pd.DataFrame({name: column.to_pandas() for name, column in cells.items()}).astype("str")
    found = pd.DataFrame({"code": codes[both], "file": files[both]})
    found["hash"] = pd.util.hash_pandas_object(text, index=False).to_numpy()
    sums = found.groupby(["code", "file"])["hash"].agg(["sum", "count"])
    alike = (sums.groupby("code").transform("last") == sums).all(axis=1)
    places = pd.MultiIndex.from_arrays([codes, files])
    same = alike.reindex(places).fillna(False).to_numpy(bool)
    earlier = both & (files < last)
    return earlier & same, earlier & ~same, anew
