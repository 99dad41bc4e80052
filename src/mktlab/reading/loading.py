"""One table from its file, or from several: found, read by `parsing`, shaped, checked.

`read_table` gives the frame with its account, and every problem with the line that it stands on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import pandas_dtype

from mktlab.reading import expression
from mktlab.reading.account import FileAccount
from mktlab.reading.checks import check, crossed
from mktlab.reading.exchange import in_one
from mktlab.reading.folding import fold, overlap
from mktlab.reading.mapping import FILE, OF_LINES, Mapping, assign
from mktlab.reading.numbers import Floats, plain_numbers
from mktlab.reading.parsing import parse
from mktlab.reading.privacy import leave_out, without
from mktlab.reading.problems import Fault, Mask, Problem, Unreadable
from mktlab.reading.proposing import propose
from mktlab.reading.reports import opened
from mktlab.reading.rows import MONEY, Rows, in_order
from mktlab.reading.settings import Settings
from mktlab.reading.shaping import prepare, shape
from mktlab.reading.text_table import MEMORY, TextTable, join
from mktlab.reading.weekly import by_week
from mktlab.reading.writing import write
from mktlab.schema import Column, Table
from mktlab.show.words import say, say_many
from mktlab.spelling import plain
from mktlab.tables import TABLES


def read_table(
    paths: Sequence[Path],
    table: Table,
    mapping: Mapping,
    *,
    checked: bool,
    now: pd.Timestamp,
    invented: bool = False,
) -> Rows:
    """Read the file of a table, or the files that are joined, as `table` declares it.

    Raises
    ------
    Unreadable
        If nothing of a file can be used; what is wrong with cells is among the problems of rows.
    """
    sheets: list[TextTable] = []
    problems: list[Problem] = []
    said, settings = mapping.headers.get(table.name, {}), mapping.of(table.name)
    known = {plain(name) for name in (*table.required, *said.values())} - {""}
    for path in paths:
        try:
            mapped = any(said.values())
            sheets.append(
                opened(path, settings=settings, known=known, table=table.name, mapped=mapped)
            )
        except Unreadable as unreadable:
            problems += unreadable.problems
    if problems:
        raise Unreadable(*problems)
    if not all(sheet.report for sheet in sheets):  # a table of the person's own among them
        sheets = [by_week(sheet, table) if sheet.report else sheet for sheet in sheets]
    sheet = join(sheets)
    sheet = by_week(sheet, table) if sheet.report else sheet
    headers = set(sheet.columns)
    rows, faulty = _read(sheet, table, mapping, invented=invented)
    rows.all_headers = headers
    if not any(mask.any() for mask in faulty.values()) or not _many(rows.settings):
        _shape(rows, table)
    if rows.problems and _many(rows.settings):
        return rows
    faulty = {name: mask[rows.first] for name, mask in faulty.items()}
    faulty |= {name: np.ones(len(rows.frame), bool) for name in rows.asked}
    rows.frame = _fill(rows, table, faulty)
    if checked:
        for name, fault in check(table, rows.frame, faulty, now=now):
            _add(rows, table[name] if name else None, fault)
        rows.notes += crossed(table, rows.frame, sheet.file, rows.line)
    _close(rows, table)
    return rows


def _many(settings: Settings) -> bool:
    """Whether rows of the file and of the table differ, so that its rules cannot be asked first."""
    return bool(settings.lines or settings.refunds or settings.join)


def _read(
    sheet: TextTable, table: Table, mapping: Mapping, *, invented: bool
) -> tuple[Rows, dict[str, Mask]]:
    """What each cell means, row by row, and the rows that were not understood by column."""
    settings, said = mapping.of(table.name), mapping.headers.get(table.name, {})
    if table.name == "orders" and said.get("order_id") == "row" and "row" not in sheet.columns:
        numbers = pa.chunked_array([pa.array(np.arange(1, sheet.rows + 1))])
        sheet.columns["row"] = numbers.cast(pa.large_string())
        sheet.notes.append(say("each row counts as an order of its own."))
    left = sum(left.rows for left in sheet.left_out)
    account = FileAccount(sheet.file, table.name, (sheet.summed or sheet.rows) + left)
    account.parts = sheet.files
    account.left_out, account.assumed = list(sheet.left_out), list(sheet.notes)
    taken, problems = assign(table, sheet.columns, said, sheet.file)
    rows = Rows(sheet, pd.DataFrame(index=range(sheet.rows)), settings, account)
    rows.currency, rows.headers = settings.currency or rows.currency, taken
    rows.problems += sheet.problems + problems
    told, problems = prepare(sheet, table, taken, settings)
    account.assumed += told
    rows.problems += problems
    _missing(rows, table, said)
    personal = set() if invented else leave_out(rows, table)
    columns: dict[str, pd.Series[Any]] = {}
    faulty: dict[str, Mask] = {}
    for column in table.columns:
        if column.name in taken and taken[column.name] not in personal:
            columns[column.name], faulty[column.name] = _parsed(rows, column, taken[column.name])
    rows.frame = pd.DataFrame(in_order(columns, sheet, taken, settings.keep, personal), copy=False)
    if not invented:
        without(rows, table)
    if settings.lines:
        lines = TABLES["order_lines"]
        theirs = {name: header for name, header in said.items() if name in OF_LINES}
        found, problems = assign(lines, sheet.columns, theirs, sheet.file)
        rows.problems += problems
        number = {name: Column(name, "number", "") for name in ("quantity", "unit_price")}
        for name in OF_LINES:
            if name in found:
                part = number.get(name, lines[name])
                rows.parts[name], faulty[f"[{name}]"] = _parsed(rows, part, found[name])
    if settings.amount:
        _amount(rows, said, faulty)
    for header, factor in in_one(rows, table).items():
        for name in [name for name, at in taken.items() if at == header]:
            rows.frame[name] *= factor
        if header in rows.amounts:
            rows.amount = rows.amount * factor
    if sheet.report and "currency" in rows.frame:
        del rows.frame["currency"]  # amounts are in one now
    if not (settings.join or settings.only or settings.refund_of):
        sheet.columns = dict.fromkeys(sheet.columns)  # all cells are typed now
        MEMORY.release_unused()
    return rows, faulty


def _parsed(rows: Rows, column: Column, header: str) -> tuple[pd.Series[Any], Mask]:
    """The values of a column, and the rows that were not understood, which are problems."""
    cells = rows.sheet.columns[header]
    if column.kind in ("money", "number") and (
        (numbers := plain_numbers(cells, rows.settings.decimal)) is not None
    ):
        cells = rows.sheet.columns[header] = pa.chunked_array([pa.array(numbers)])
    values, faults = parse(column, cells, settings=rows.settings, assumed=rows.account.assumed)
    unread = np.zeros(rows.sheet.rows, dtype=bool)
    for fault in faults:
        _add(rows, column, fault)
        unread |= fault.rows
    rows.asked.clear()
    return values, unread


def _amount(rows: Rows, said: dict[str, str], faulty: dict[str, Mask]) -> None:
    """Compute the amount of every row, as the reader has written it."""
    text = rows.settings.amount
    try:
        amount = expression.read(text, rows.sheet.columns)
    except expression.Wrong as wrong:
        accepted = say(
            "headers of {file} with * + - / and numbers, a header with spaces or signs in '...': "
            "{headers}",
            file=rows.sheet.file,
            headers=", ".join(rows.sheet.columns),
        )
        rows.wrong("amount", text, str(wrong), accepted, say("mend that line"))
        return
    parts: dict[str, Floats] = {}
    empty = np.ones(rows.sheet.rows, dtype=bool)
    for header in amount.headers:
        values, faulty[f"[{header}]"] = _parsed(
            rows, Column(header, "number", say("a number")), header
        )
        parts[header] = values.to_numpy(float)
        empty &= np.isnan(parts[header])
    rows.amount = np.where(empty, 0.0, amount.value(parts)) * np.ones(rows.sheet.rows)
    rows.amounts, rows.total = tuple(amount.headers), "revenue" in said
    if empty.any() and amount.headers:
        rows.tell(
            say_many(
                "{n} row holds no amount and counts as 0.",
                "{n:count} rows hold no amount and count as 0.",
                empty.sum(),
            )
        )
    odd = ~np.isfinite(rows.amount) & ~np.logical_or.reduce(list(faulty.values()))
    if odd.any():
        found = say("an amount that cannot be computed, as a part of it is empty or divided by 0")
        rows.problem(odd, "amount", found, text, say("fill in these cells, or remove the rows"))
    if not rows.settings.lines:
        rows.frame["revenue"] = rows.amount


def _shape(rows: Rows, table: Table) -> None:
    account, settings = rows.account, rows.settings
    lost = sum(left.money or 0.0 for left in account.left_out)
    if settings.join and set(table.key) <= set(rows.frame):
        _overlap(rows, table)
        lost = sum(left.money or 0.0 for left in account.left_out)
    for header, words in settings.only.items():
        if header in rows.sheet.columns:
            cells = rows.sheet.columns[header].to_pandas().iloc[rows.first]
            why = say("whose {header} is not {words}", header=header, words=", ".join(words))
            rows.leave_out(~cells.isin(words).to_numpy(), why)
            lost = sum(left.money or 0.0 for left in account.left_out)
    if settings.lines and "order_id" in rows.frame and not rows.problems:
        fold(rows, table, rows.amount, total=rows.total)
        lost = sum(left.money or 0.0 for left in account.left_out)
    account.read = rows.money(np.ones(len(rows.frame), dtype=bool))
    if account.read is not None:
        account.read += lost
    shape(rows, table)
    if "order_lines" in rows.made:
        lines = rows.made["order_lines"]
        lines = lines[lines["order"].isin(rows.order)].drop(columns="order")
        rows.made["order_lines"] = lines.reset_index(drop=True)


def _overlap(rows: Rows, table: Table) -> None:
    """Of what stands in two of the joined files, keep the later one; tell numbers used anew."""
    day = table.name == "orders" and "order_date" in rows.frame
    days = rows.frame["order_date"] if day else None
    same, other, anew = overlap(rows.sheet, rows.frame[list(table.key)], days)
    if anew.any():
        ids = rows.frame["order_id"].astype("str")
        files = [part.file for part in rows.sheet.parts or [rows.sheet] for _ in range(part.rows)]
        rows.frame["order_id"] = ids.where(~anew, ids + " in " + pd.Series(files, dtype="str"))
        rows.tell(
            say_many(
                "{n} row of a later file has the number of another day's order, so numbers begin "
                "anew: {before} became {after}.",
                "{n:count} rows of a later file have numbers of other days' orders, so numbers "
                "begin anew: {before} became {after}.",
                anew.sum(),
                before=ids[int(anew.argmax())],
                after=rows.frame["order_id"][int(anew.argmax())],
            )
        )
    earlier = say("which a later file has too, as they are")
    changed = say("which a later file has too, with other cells")
    for mask, why in ((same, earlier), (other, changed)):
        rows.leave_out(mask[rows.first], why)


def _close(rows: Rows, table: Table) -> None:
    """Fill in what the account says of the kept rows."""
    account, frame = rows.account, rows.frame
    account.kept = len(frame)
    money = MONEY.get(table.name, "")
    if money in frame:
        account.money = float(np.nansum(frame[money].to_numpy(float)))
    days = [c.name for c in table.columns if c.kind in ("date", "instant") and not c.ahead]
    day = next((name for name in days if name in frame and frame[name].notna().any()), "")
    if day:
        ends = frame[day].agg(["min", "max"]).dt.tz_localize(None)
        account.first, account.last = ends["min"], ends["max"]


def _missing(rows: Rows, table: Table, said: dict[str, str]) -> None:
    """A problem of the required columns that nobody has found."""
    taken, sheet = rows.headers, rows.sheet
    made = {"revenue"} if rows.settings.amount else set()
    missing = [name for name in table.required if name not in {*taken, *said} | made]
    if missing:
        usual, settled = Settings(), dict(said)
        for key, value in vars(rows.settings).items():
            if value != getattr(usual, key):
                settled[key] = value
        found = say(
            "no column {missing}; the headers are {columns}",
            missing=", ".join(missing),
            columns=", ".join(sheet.columns),
        )
        fix = say(
            "make a file {file} beside it with these lines, once you have checked them "
            "(mktlab check tells why):\n{lines}",
            file=FILE,
            lines=write([propose(table, sheet, said=settled)], brief=True).rstrip(),
        )
        accepted = say("the columns {required}", required=", ".join(table.required))
        rows.problems.append(Problem(sheet.file, found, accepted, fix))


def _add(rows: Rows, column: Column | None, fault: Fault) -> None:
    accepted = fault.accepted or (column.rule if column else "")
    name = column.name if column else ""
    rows.problem(fault.rows, name, fault.found, accepted, fault.fix)


def _fill(rows: Rows, table: Table, faulty: dict[str, Mask]) -> pd.DataFrame:
    """Put in the declared defaults, and tell where."""
    frame, absent, added = rows.frame, [], {}
    for column in table.columns:
        if column.default is None:
            continue
        default = json.dumps(column.default).strip('"')
        if column.name not in frame:
            absent.append(say("{name} (taken as {default})", name=column.name, default=default))
            added[column.name] = pd.Series(column.default, frame.index, dtype=column.dtype)
            continue
        values = frame[column.name]
        empty = values.isna() & ~faulty.get(column.name, np.zeros(len(frame), bool))
        if empty.any():
            rows.tell(
                say_many(
                    "empty cells of {name} taken as {default}: {n} row.",
                    "empty cells of {name} taken as {default}: {n:count} rows.",
                    empty.sum(),
                    name=column.name,
                    default=default,
                )
            )
            filled = values.where(~empty, column.default)
            added[column.name] = (
                filled if filled.hasnans else filled.astype(pandas_dtype(column.dtype))
            )
    if absent:
        rows.tell(say("no column {absent}.", absent=", ".join(absent)))
    return pd.DataFrame({**frame, **added}, copy=False) if added else frame
