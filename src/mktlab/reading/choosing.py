"""Which column of a file is which of a table's, by the meaning of headers and by cells.

`choose` decides; a `Proposal` collects the `Line`s of `columns.toml` that say it, each with its
reason. A line that is not sure stands in the proposal as a comment: a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.fit import Fit, fits
from mktlab.reading.meanings import meaning
from mktlab.reading.numbers import Floats, parse_numbers
from mktlab.reading.presets import Preset
from mktlab.schema import Column, Table
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

OF_LINES = ("product_id", "quantity", "unit_price")


class Raw(str):
    """Text that stands in `columns.toml` as it is, with dots for what a person fills in."""


@dataclass
class Line:
    """One line of `columns.toml` and its reason; one that is not `sure` is a comment.

    `must` says that the table cannot be read before a person has decided it.
    """

    key: str
    value: Any
    why: list[str] = field(default_factory=list)
    sure: bool = True
    must: bool = False


@dataclass
class Proposal:
    """The lines of one table; `folder` stands above all tables, `spellings` are words for words.

    What a person has `said` of the table already is never proposed.
    """

    table: str
    said: dict[str, Any] = field(default_factory=dict)
    preset: Preset | None = None
    lines: list[Line] = field(default_factory=list)
    folder: list[Line] = field(default_factory=list)
    spellings: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def open(self) -> list[Line]:
        """What a person must decide."""
        return [line for line in (*self.folder, *self.lines) if line.must and not line.sure]

    def add(self, key: str, value: Any, *why: str, sure: bool = True, must: bool = False) -> None:
        """Add a line of the table, unless its key is said."""
        if key not in self.said:
            self.lines.append(Line(key, value, [text for text in why if text], sure, must))

    def __contains__(self, key: str) -> bool:
        return any(line.key == key and line.sure for line in self.lines)


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
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
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
