"""A file's rows become the rows of their table, and whatever happens to one is in the account.

`prepare` works on the text of a file, `shape` on what was read of it, as the settings say: signs
of refunds, weeks, words of state, orders without a customer, refunds (`refunds`). `question` asks
what words of state mean, `likely_states` sorts those of shop systems.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.orders import STATUS
from mktlab.reading.mapping import FILE
from mktlab.reading.numbers import is_text
from mktlab.reading.problems import Fault, Problem, counted, masked
from mktlab.reading.refunds import attach
from mktlab.reading.rows import MONEY, Rows
from mktlab.reading.settings import WEEKDAYS, Settings
from mktlab.reading.text_table import TextTable
from mktlab.resources import declared
from mktlab.schema import Table
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

_LIKELY: dict[str, list[str]] = declared("reading/states.toml")
_KINDS = (*STATUS, "ignored")
_MOST = 30
"""Words that a question shows; a column of more is hardly one of states."""


def likely_states(words: Iterable[str], *, refunds: bool) -> dict[str, list[str]]:
    """The words by what they most likely mean; what nobody knows is under "".

    Parameters
    ----------
    refunds
        Whether the table says how much was given back of each order: a refunded order is then a
        paid one, else one that brought nothing.

    Examples
    --------
    >>> likely_states(["Livrée", "on-hold", "refunded", "blue"], refunds=False)
    {'paid': ['Livrée'], 'cancelled': ['refunded'], 'ignored': ['on-hold'], '': ['blue']}
    """
    found: dict[str, list[str]] = {}
    for word in words:
        kind = next((kind for kind, known in _LIKELY.items() if plain(word) in known), "")
        kind = kind if kind != "refunded" else _KINDS[not refunds]
        found.setdefault(kind, []).append(word)
    return {kind: found[kind] for kind in (*_KINDS, "") if kind in found}


def settle(rows: Rows) -> None:
    """Write paid and cancelled for the words that the reader has settled, if there are any."""
    if "status" not in rows.frame or not any(_said(rows.settings).values()):
        return
    status = rows.frame["status"]
    kinds = _kinds(status, rows.settings)
    if fault := question(status, rows.settings, refunds=_given_back(rows)):
        rows.problem(fault.rows, "status", fault.found, fault.accepted, fault.fix)
        return
    rows.frame["status"] = status.map(kinds).astype("str")
    counts = status.value_counts()
    for kind in STATUS:
        held = {w: counts[w] for w, meaning in kinds.items() if meaning == kind != w}
        if held:
            rows.tell(say("{words} counted as {kind}.", words=counted(held), kind=kind))
    ignored = (rows.frame["status"] == _KINDS[-1]).to_numpy()
    words = [word for word, kind in kinds.items() if kind == _KINDS[-1]]
    rows.leave_out(ignored, say("ignored as {words}", words=", ".join(words)))


def _given_back(rows: Rows) -> bool:
    return "refunded" in rows.frame and bool((rows.frame["refunded"] > 0).any())


def _said(settings: Settings) -> dict[str, tuple[str, ...]]:
    return dict(zip(_KINDS, (settings.paid, settings.cancelled, settings.ignored), strict=True))


def _kinds(status: pd.Series[Any], settings: Settings) -> dict[str, str]:
    """What each word of a column means, "" where nobody has said it."""
    meant = {word: word for word in STATUS} | {
        word.strip().casefold(): kind for kind, words in _said(settings).items() for word in words
    }
    words = map(str, status.value_counts().index)
    return {word: meant.get(word.casefold(), "") for word in words}


def question(status: pd.Series[Any], settings: Settings, *, refunds: bool) -> Fault | None:
    """All words of a column and the lines that settle them, if some are not settled yet.

    >>> fault = question(pd.Series(["paid", "sent", "odd"]), Settings(), refunds=False)
    >>> print(fault.found, fault.fix, sep="\\n")
    paid (1), sent (1), odd (1)
    write into columns.toml under [orders], once you have checked them:
    paid = ["sent"]
    # put "odd" into one of these lines
    """
    kinds = _kinds(status, settings)
    unknown = [word for word, kind in kinds.items() if not kind]
    if not unknown:
        return None
    guess = likely_states(unknown, refunds=refunds)
    lines = []
    for kind in _KINDS:
        already = [word for word, settled in kinds.items() if settled == kind != word]
        if words := [*already, *guess.get(kind, [])]:
            lines.append(f"{kind} = {json.dumps(words, ensure_ascii=False)}")
    if unsure := guess.get("", []):
        left = ", ".join(json.dumps(word, ensure_ascii=False) for word in unsure)
        lines.append(say("# put {words} into one of these lines", words=left))
    counts = {str(word): int(n) for word, n in status.value_counts().items()}
    more = len(counts) - _MOST
    some = dict(list(counts.items())[:_MOST])
    if more > 0:  # so many words are none of state, and may be anybody's
        some = {masked(word): n for word, n in some.items()}
        lines = []
    found = counted(some)
    return Fault(
        status.isin(unknown).to_numpy(),
        found + (say(" and {n:count} other words", n=more) if more > 0 else ""),
        say(
            "write into columns.toml under [orders], once you have checked them:\n{lines}",
            lines="\n".join(lines),
        ),
        say("paid or cancelled, or lines of columns.toml that say which word is which"),
    )


def prepare(
    sheet: TextTable, table: Table, taken: dict[str, str], settings: Settings
) -> tuple[list[str], list[Problem]]:
    """Change the cells of a file as the settings say, before they are read.

    Returns
    -------
    What was done, in sentences, and problems of the settings.
    """
    told: list[str] = []
    problems = []
    for column, words in settings.values.items():  # noqa: PD011 - no DataFrame
        header = taken.get(column, column)
        if header not in sheet.columns:
            found = say("[{table}.values.{column}]", table=table.name, column=column)
            accepted = say("a column of {file}: {names}", file=sheet.file, names=", ".join(taken))
            problems.append(Problem(FILE, found, accepted, say("mend that line")))
            continue
        sheet.columns[header], number, idle = _replaced(sheet.columns[header], words)
        told.append(
            say_many(
                "{column}: {n} cell replaced as [{table}.values.{column}] says.",
                "{column}: {n:count} cells replaced as [{table}.values.{column}] says.",
                number,
                column=column,
                table=table.name,
            )
        )
        if idle and not sheet.report:
            told.append(
                say("{column}: no cell holds {words}.", column=column, words=", ".join(idle))
            )
    if settings.timezone:
        for declared in table.columns:
            header = taken.get(declared.name, "")
            if declared.kind in ("date", "instant") and re.search(r"\b(UTC|GMT)\b", header):
                sheet.columns[header] = _in_utc(sheet.columns[header])
    if settings.lines and "order_id" in taken:
        told += _numbered(sheet, taken)
    return told, problems


def _replaced(cells: Any, words: dict[str, str]) -> tuple[Any, int, list[str]]:
    """Cells with words for words, how many changed, and the words that no cell holds."""
    coded = cells.cast(pa.large_string()).combine_chunks().dictionary_encode()
    found = coded.dictionary.to_pylist()
    plain = {word.strip(): meant for word, meant in words.items()}
    meant = pa.array([plain.get(word, word) for word in found], pa.large_string())
    counts = pc.value_counts(coded.indices.drop_null()).to_pylist()
    number = sum(c["counts"] for c in counts if found[c["values"]] in plain)
    idle = [word for word in plain if word not in found]
    return pa.chunked_array([meant.take(coded.indices)]), number, idle


def _in_utc(cells: Any) -> Any:
    """Moments of a column that is called UTC, with their zone."""
    if pa.types.is_timestamp(cells.type) and cells.type.tz is None:
        return cells.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    if not is_text(cells):
        return cells
    return pc.replace_substring_regex(cells, r"(:\d\d(?:[.,]\d+)?)$", r"\1Z")


def _numbered(sheet: TextTable, taken: dict[str, str]) -> list[str]:
    """Give further lines of an order its number where they leave it empty."""
    header = taken["order_id"]
    ids = sheet.columns[header]
    own = [taken[name] for name in ("order_date", "customer_id", "status") if name in taken]
    if not ids.null_count or ids[0].as_py() is None or not own:
        return []
    further = ids.is_null().combine_chunks()
    for name in own:
        further = pc.and_(further, sheet.columns[name].is_null().combine_chunks())
    number = pc.sum(further).as_py()
    if number:
        sheet.columns[header] = pc.if_else(further, pc.fill_null_forward(ids), ids)
        return [
            say_many(
                "{n} row without a number belongs to the order above it.",
                "{n:count} rows without a number belong to the order above them.",
                number,
            )
        ]
    return []


def shape(rows: Rows, table: Table) -> None:
    """Do what is to be done with the rows of orders, in the order in which it must be done."""
    settings = rows.settings
    positive(rows)
    if "week" in rows.frame and settings.week_starts and not rows.sheet.report:
        _mondays(rows)
    if table.name != "orders":
        return
    if settings.refunds and not settings.lines and "revenue" in rows.frame:
        revenue = rows.frame["revenue"].to_numpy(float)
        rows.back, rows.returned = np.where(revenue < 0, -revenue, 0.0), (revenue < 0) * 1
        rows.frame["revenue"] = np.where(revenue < 0, 0.0, revenue)
    settle(rows)
    if "customer_id" in rows.frame:
        _customers(rows)
    if settings.refunds and not rows.problems:
        attach(rows)


def positive(rows: Rows) -> None:
    """Write what was given back or taken off as a positive amount, if the file has all below 0."""
    for name in ("refunded", "discount"):
        if name in rows.frame and name != MONEY.get(rows.account.table):
            values = rows.frame[name]
            if (values < 0).any() and not (values > 0).any():
                rows.frame[name] = values.abs()
                rows.tell(say("{name} is below 0 in the file and counted as an amount.", name=name))


def _mondays(rows: Rows) -> None:
    """Weeks that begin on another day, by the Monday of the week that they share most days with."""
    begins = WEEKDAYS.index(rows.settings.week_starts)
    weeks = rows.frame["week"]
    other = (weeks.dt.day_of_week != begins).to_numpy() & weeks.notna().to_numpy()
    if other.any():
        day = weeks[int(other.argmax())]
        rows.problem(
            other,
            "week",
            say("{day:%Y-%m-%d}, which is a {name}", day=day, name=WEEKDAYS[day.day_of_week]),
            say("a {name}, as week_starts says", name=rows.settings.week_starts),
            say("mend week_starts, or these cells"),
        )
    shift = -begins if begins <= 3 else 7 - begins
    if shift:
        rows.frame["week"] = weeks + pd.Timedelta(days=shift)
        rows.tell(
            say(
                "weeks begin on a {name}; each counts as the week of the Monday {days} {side}.",
                name=rows.settings.week_starts,
                days=say_many("{n} day", "{n} days", abs(shift)),
                side=say("later") if shift > 0 else say("earlier"),
            )
        )


def _customers(rows: Rows) -> None:
    """Orders of nobody: left out, each a customer of its own, or kept and told."""
    nobody = rows.frame["customer_id"].isna().to_numpy()
    if not nobody.any():
        return
    if rows.settings.no_customer == "leave out":
        rows.leave_out(nobody, say("without a customer"))
    elif rows.settings.no_customer == "guests":
        guests = "guest " + rows.frame["order_id"].astype("str")
        rows.frame["customer_id"] = rows.frame["customer_id"].where(~nobody, guests)
        rows.tell(
            say_many(
                "{n} order without a customer counts as a guest of its own.",
                "{n:count} orders without a customer count as guests, each a customer of its own.",
                nobody.sum(),
            )
        )
    else:
        brought = rows.money(nobody)
        rows.tell(
            say_many(
                "{n} order has no customer{money}: it counts in sales, not among customers; "
                'no_customer = "leave out" or "guests" under [orders] says otherwise.',
                "{n:count} orders have no customer{money}: they count in sales, not among "
                'customers; no_customer = "leave out" or "guests" under [orders] says otherwise.',
                nobody.sum(),
                money=""
                if brought is None
                else say(" ({brought:money.2})", brought=brought, currency=rows.currency),
            )
        )
