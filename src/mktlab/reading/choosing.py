"""Which column of a file is which of a table's, by the meaning of headers and by cells.

`fits` looks at a sample and gives a `Fit`: how well (0 is not at all) cells are what a declared
column holds, and why not. Nothing is parsed here: a day that may be two days is a day, and an
amount whose decimal sign is unsettled is an amount. `choose` decides: a column whose cells do not
fit is never chosen, whatever its header says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.meanings import Preset, meaning
from mktlab.reading.numbers import Floats, is_text, parse_numbers
from mktlab.schema import Column, Table
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

MOST = 4_000
"""Cells of a sample."""

_MONTHS = (
    "jan|f[eé]v|feb|mar|m[aä]r|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|ao[uû]|ago|sep|oct|okt|nov"
    "|dec|d[eé]c|dez|dic|ene"
)
_DAY = (
    r"^(?i)([[:alpha:]]{2,9}\.?,?\s)?("
    r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}|\d{4}\s\d{2}\s\d{2}"
    rf"|\d{{1,2}}(er|st|nd|rd|th)?[-/. ]{{0,2}}({_MONTHS})[[:alpha:]]*[-/., ]{{0,2}}\d{{2,4}}"
    rf"|({_MONTHS})[[:alpha:]]*\.? \d{{1,2}}(st|nd|rd|th)?,? \d{{4}}"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{2,6})?"
    r")(([T,]|,?\s+(à\s|at\s)?)\d{1,2}[:h]?\d{2}.*)?$"
)
_SERIAL = r"^[34]\d{4}([.,]\d+)?$"
"""Days as spreadsheets count them, 1982 to 2036."""

_AMOUNT = (
    r"^[-+−'(]{0,2}\s?[^\d\s.,'’()%+−-]{0,4}\s?[-−]?"
    r"(\d{1,3}([\s.,'’\x{00A0}\x{202F}\x{2009}]\d{3})*([.,]\d{1,6})?|\d+([.,]\d*)?|[.,]\d+)"
    r"[\s\x{00A0}\x{202F}]?[^\d\s.,'’()%+−-]{0,5}[-)]?$"
)
_CENTS = r"\d[.,]\d{1,2}([^\d.,].*)?$"
_WHOLE = r"^'?[-−]?\d{1,3}([\s.,\x{00A0}\x{202F}]?\d{3})*([.,]0+)?$"
_CODE = r"^0\d+$|^\d{10,}$"
_FLAG = r"^(?i)(true|false|yes|no|oui|non|vrai|faux|0|1|y|n|t|f|[01][.]0)$"


class Fit(NamedTuple):
    """How well cells fit, 0 (not at all) to 1; the reason of a poor fit ends "the cells ..."."""

    score: float
    reason: str = ""


def sample(cells: Any, most: int = MOST) -> Any:
    """An Arrow column as text, at most so many rows: half from the beginning, half from all over.

    >>> sample(pa.chunked_array([[3, None, 5]])).to_pylist()
    ['3', None, '5']
    """
    rows = len(cells)
    if rows > most:
        spread = np.linspace(most // 2, rows - 1, most // 2).astype(np.int64)
        cells = cells.take(pa.array(np.concatenate([np.arange(most // 2), spread])))
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    try:
        if pa.types.is_duration(cells.type):
            raise pa.ArrowInvalid
        return cells.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.nulls(len(cells), pa.large_string())


def fits(column: Column, cells: Any, *, key: bool = False) -> Fit:
    """How well the cells of a file's column fit a declared column.

    Parameters
    ----------
    column
        The declaration.
    cells
        An Arrow column of any type; missing cells are null.
    key
        Whether this column alone tells the rows of its table apart.

    Examples
    --------
    >>> money = Column("revenue", "money", "paid")
    >>> fits(money, pa.chunked_array([["12,50 €", "(3.10)", None]])).score > 0.5
    True
    >>> fits(money, pa.chunked_array([["France", "Spain"]]))
    Fit(score=0.0, reason='are no amounts')
    """
    texts = sample(cells)
    known = texts.drop_null()
    if not len(known):
        return Fit(0.0, say("are empty"))
    filled = len(known) / len(texts)
    if column.kind == "id":
        fit = _key(texts) if key else _id(column, texts)
    else:
        fit = _RULES[column.kind](known)
    return Fit(fit.score * (0.5 + 0.5 * filled), fit.reason)


def share(known: Any, pattern: str) -> float:
    """The part of cells that match a pattern."""
    if not len(known):
        return 0.0
    return float(pc.mean(pc.cast(pc.match_substring_regex(known, pattern), pa.float64())).as_py())


def _day(known: Any) -> Fit:
    days = share(known, _DAY)
    if days >= 0.9:
        return Fit(days)
    if share(known, _SERIAL) == 1:
        return Fit(0.6)
    return Fit(0.0, say("are no days"))


def _amount(known: Any) -> Fit:
    amounts = share(known, _AMOUNT)
    if amounts < 0.9 or share(known, r"\d") < 0.9:
        return Fit(0.0, say("are no amounts"))
    if share(known, _DAY) > 0.9:
        return Fit(0.0, say("are days"))
    if share(known, _CODE) > 0.02:
        return Fit(0.0, say("are codes or numbers of something"))
    counted = len(known) > 20 and pc.count_distinct(known).as_py() == len(known)
    if counted and share(known, r"^\d+$") == 1 and _rises(known):
        return Fit(0.0, say("count the rows"))
    return Fit(amounts if share(known, _CENTS) > 0 else 0.8 * amounts)


def _rises(known: Any) -> bool:
    numbers = known.cast(pa.float64()).to_numpy(zero_copy_only=False)[: MOST // 2]
    steps = np.diff(numbers)
    return bool((steps > 0).all() or (steps < 0).all()) and float(np.abs(steps).max()) <= 2


def _count(known: Any) -> Fit:
    whole = share(known, _WHOLE)
    return Fit(whole) if whole >= 0.9 else Fit(0.0, say("are no whole numbers"))


def _flag(known: Any) -> Fit:
    return Fit(1.0) if share(known, _FLAG) == 1 else Fit(0.0, say("are not yes or no"))


def _text(known: Any) -> Fit:
    if share(known, _DAY) > 0.9 or share(known, _CENTS) > 0.9:
        return Fit(0.0, say("are days or amounts"))
    return Fit(1.0)


def _choice(known: Any) -> Fit:
    """Words of state: few, and no numbers."""
    words = pc.count_distinct(known).as_py()
    if words > 25 or words > max(6, 0.5 * len(known)) or share(known, r"\d") > 0.2:
        return Fit(0.0, say("are no words of state: {words:count} different ones", words=words))
    return Fit(1.0)


def _no_id(known: Any) -> Fit | None:
    if share(known, _DAY) > 0.9 and share(known, r"^\d+$") < 0.9:
        return Fit(0.0, say("are days"))
    if share(known, r"^[-−]?\d+[.,]\d*[1-9]") > 0.1 or share(known, r"[€$£]|^\(.*\)$") > 0.5:
        return Fit(0.0, say("are amounts"))
    return None


def _key(texts: Any) -> Fit:
    """Nearly every cell its own, or runs of the same one: the lines of an order."""
    known = texts.drop_null()
    if wrong := _no_id(known):
        return wrong
    distinct = pc.count_distinct(known).as_py()
    if distinct >= 0.95 * len(known):
        return Fit(1.0)
    head = known[: MOST // 2]
    runs = 1 + pc.sum(pc.cast(pc.not_equal(head[1:], head[:-1]), pa.int64())).as_py()
    if runs <= 1.2 * pc.count_distinct(head).as_py() and len(head) <= 60 * runs and distinct > 1:
        return Fit(0.95)
    if distinct >= 0.1 * len(known):
        return Fit(0.7)
    found = say("are {distinct:count} different ones in many rows", distinct=distinct)
    return Fit(0.0, found)


def _id(column: Column, texts: Any) -> Fit:
    """An id of something else: it comes again somewhere, and is not the same everywhere."""
    known = texts.drop_null()
    if wrong := _no_id(known):
        return wrong
    distinct = pc.count_distinct(known).as_py()
    if column.refers_to == "customers" and len(known) > 30:
        if distinct == 1:
            return Fit(0.0, say("are all the same"))
        if distinct == len(known):
            return Fit(0.1, say("are new in every row: nobody would have come twice"))
        if distinct <= 5 and len(known) > 200:
            return Fit(0.1, say("are {distinct} different ones only", distinct=distinct))
    return Fit(1.0)


_RULES = {
    "date": _day,
    "instant": _day,
    "money": _amount,
    "number": _amount,
    "count": _count,
    "flag": _flag,
    "choice": _choice,
    "text": _text,
}


OF_LINES = ("product_id", "quantity", "unit_price")


@dataclass
class Choice:
    """Which header is which column, and of those that are none, why a likely header is not."""

    headers: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, list[tuple[str, Fit]]] = field(default_factory=dict)


def choose(
    columns: Iterable[Column],
    table: Table,
    cells: dict[str, Any],
    *,
    known: dict[str, str] | None = None,
    preset: Preset | None = None,
) -> Choice:
    """Choose the columns of a table among those of a file, by meaning and by cells.

    Parameters
    ----------
    columns
        Those to look for.
    table
        Its key tells which column numbers the rows.
    cells
        A sample of each column of the file, by its header.
    known
        Column -> header, of those that are settled.
    preset
        Whose columns alone count, if there is one.

    Examples
    --------
    >>> from mktlab.tables import TABLES
    >>> cells = {"Turnover": pa.array(["5.00"]), "City": pa.array(["Lille"])}
    >>> choose(TABLES["orders"].columns, TABLES["orders"], cells).headers
    {'revenue': 'Turnover'}
    """
    choice = Choice(dict(known or {}))
    found = preset.found(cells) if preset else {}
    scored: list[tuple[float, str, str]] = []
    for column in columns:
        if column.name in choice.headers:
            continue
        for header in cells:
            if header in choice.headers.values():
                continue
            mine = found.get(column.name) == header
            means = 4.0 * mine if preset else meaning(header, column.name)
            if not means:
                continue
            fit = fits(column, cells[header], key=table.key == (column.name,))
            if fit.score < 0.2:
                choice.doubts.setdefault(column.name, []).append((header, fit))
            else:
                scored.append((means + fit.score / 2, column.name, header))
    for _, name, header in sorted(scored, key=lambda one: -one[0]):
        if name not in choice.headers and header not in choice.headers.values():
            choice.headers[name] = header
    return choice


def values_alike(cells: Any) -> dict[str, str]:
    """Words that differ in capitals, accents or blanks only, each with the commonest spelling.

    >>> values_alike(pa.array(["Web", "web", "Web", "Shop"]))
    {'web': 'Web'}
    """
    counts = pd.Series(cells.drop_null().to_pylist(), dtype="str").value_counts()
    ranked = sorted(map(str, counts.index), key=lambda word: (-counts[word], not word.istitle()))
    commonest: dict[str, str] = {}
    return {
        word: commonest[plain(word)]
        for word in ranked
        if plain(word) and commonest.setdefault(plain(word), word) != word
    }


def rows_and_money(rows: int, money: float | None, currency: str) -> str:
    """How many rows, and their money, as a reason tells it.

    >>> rows_and_money(3, 45.5, "USD")
    '3 rows ($45.50)'
    """
    told = say_many("{n} row", "{n:count} rows", rows)
    if money is None or money != money:
        return told
    return told + say(" ({money:money.2})", money=money, currency=currency or "EUR")


def amounts(cells: Any, decimal: str = "") -> Floats:
    """Cells as numbers, NaN where they are none; a decimal sign that nothing proves is a point."""
    if not is_text(cells):
        try:
            return np.asarray(cells.cast(pa.float64()).to_numpy(), dtype=float)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return np.full(len(cells), np.nan)
    cells = cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])
    cells = pc.replace_substring_regex(cells, r"^'([-+−])", r"\1")
    numbers, _ = parse_numbers(cells, decimal=decimal)
    if not decimal and not np.isfinite(numbers).any():
        numbers, _ = parse_numbers(cells, decimal=".")
    return numbers


def quoted(header: str) -> str:
    """A header as it stands in an amount.

    >>> quoted("Unit price"), quoted("Price (net)")
    ('Unit price', "'Price (net)'")
    """
    plain_one = re.fullmatch(r"[^\W\d]\w*( [^\W\d]\w*)*", header)
    return header if plain_one or header == "" else f"'{header}'"
