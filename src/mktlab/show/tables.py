"""Tables as the course shows them: one look for every frame, company, brief and dashboard.

`register` teaches a notebook to show DataFrames and Series this way. `grid` turns one into a
`Grid`, whose cells are text already, and `Grid.html` and `Grid.text` write it. Text stands left,
numbers right, a header as its column; the styles stand in the cells, where no notebook drops them.
Data never change: only what is shown does.
"""

from __future__ import annotations

import math
import numbers
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd

from mktlab.show import formats
from mktlab.show.words import label, say, say_many

MOST_ROWS = 15
"""A longer table shows its first five rows and its last five."""
_MOST_COLUMNS = 8
_ENDS = 5
_CUT, _PROSE, _SHORT = 300, 40, 16  # letters of a cell: most, of more lines, of one line
_NAMES_THINGS = {"year", "id"}  # such a number is a name, as one that names a row: no thousands
_MONEY = re.compile(  # but a logarithm of an amount is none
    r"(?!log_)(\w+_)?(amount|cost|discount|kept|monetary|net|price|refunded|revenue|shipping|spend)"
    r"|(\w+_)?margin(_\d+w)?"
)
_AMOUNT = re.compile(r"[-+−]?[€$£¥]?\d[\d.,\u202f]*([ \u00a0]?[%€$£¥])?|–|")


@dataclass(frozen=True)
class Grid:
    """A table whose cells are text.

    Attributes
    ----------
    heads
        One row of headers, or one per level; as long as the rows.
    rows
        The cells.
    right
        Whether a column holds numbers, which stand right.
    keys
        How many columns, from the left, name the row.
    note
        A line below the table.
    """

    heads: Sequence[Sequence[str]]
    rows: Sequence[Sequence[str]]
    right: Sequence[bool]
    keys: int = 1
    note: str = ""

    @classmethod
    def of(
        cls,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Collection[int] = (),
    ) -> Grid:
        """A grid of texts; a column of written amounts stands right, and those named.

        >>> print(Grid.of(("item", "cost"), [("rent", "€1,200"), ("tea", "€9")]).text())
        item    cost
        rent  €1,200
        tea       €9
        """
        columns = zip(*rows, strict=True) if rows else [()] * len(heads)
        return cls([heads], rows, [n in right or _amounts(c) for n, c in enumerate(columns)])

    def text(self) -> str:
        """The table as plain text."""
        lines = [*self.heads, *self.rows] if any(map(any, self.heads)) else [*self.rows]
        widths = [max(map(len, cells), default=0) for cells in zip(*lines, strict=True)]
        written = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, self.right, strict=False)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*written, *filter(None, [self.note])])

    def html(self, *, caption: str = "", label: str = "", kind: str = "", foot: int = 0) -> str:
        """The table as HTML; where it is wide, in a box that scrolls by mouse and keys.

        Parameters
        ----------
        caption
            What stands above it.
        label
            The name of the box, which the table then has whatever its width.
        kind
            A class for style sheets.
        foot
            How many of the last rows are sums.
        """
        body, feet = (self.rows[:-foot], self.rows[-foot:]) if foot else (self.rows, ())
        parts = [f'<table class="{kind}">' if kind else "<table>"]
        if caption:
            parts.append(f'<caption style="text-align:left">{escape(caption)}</caption>')
        if any(map(any, self.heads)):
            parts += ["<thead>", *map(self._head, range(len(self.heads))), "</thead>"]
        parts += ["<tbody>", *map(self._row, body), "</tbody>"]
        parts += ["<tfoot>", *map(self._row, feet), "</tfoot>"] if feet else []
        table = "\n".join([*parts, "</table>"])
        if label or self._is_wide():
            known = label or caption or ", ".join(filter(None, self.heads[-1][:3]))
            said = escape(say("Table: {name}", name=known), quote=True)
            box = f'style="overflow-x:auto" role="region" aria-label="{said}" tabindex="0"'
            table = f"<div {box}>\n{table}\n</div>"
        return table + (f"\n<p>{escape(self.note)}</p>" if self.note else "")

    def _head(self, level: int) -> str:
        """A row of headers; neighbors under one header above the last level share it."""
        cells, place = [], 0
        above = list(zip(*self.heads[: level + 1], strict=True))
        for (*_, text), same in groupby(above):
            wide = len(list(same))
            lone = not text or level == len(self.heads) - 1
            for span in [1] * wide if lone else [wide]:
                tag = "th" if text else "td"
                scope = f' scope="{"colgroup" if span > 1 else "col"}"' if text else ""
                scope += f' colspan="{span}"' if span > 1 else ""
                cells.append(f"<{tag}{scope}{self._style(place)}>{escape(text)}</{tag}>")
                place += span
        return f"<tr>{''.join(cells)}</tr>"

    def _row(self, texts: Sequence[str]) -> str:
        cells = []
        for place, text in enumerate(texts):
            tag, scope = ("th", ' scope="row"') if place < self.keys else ("td", "")
            cells.append(f"<{tag}{scope}{self._style(place)}>{escape(text)}</{tag}>")
        return f"<tr>{''.join(cells)}</tr>"

    def _style(self, place: int) -> str:
        side = f"text-align:{'right' if self.right[place] else 'left'}"
        sizes = [[len(cell) for cell in column] for column in zip(*self.rows, strict=True)]
        if max(map(max, sizes), default=0) > _PROSE:  # then lines are read from the top
            side += ";vertical-align:top"
            side += ";white-space:nowrap" if max(sizes[place]) <= _SHORT else ""
        return f' style="{side}"'

    def _is_wide(self) -> bool:
        """Whether it takes more than a page's width although texts are broken into lines."""
        columns = list(zip(*self.heads, *self.rows, strict=True))
        return len(columns) > 8 or sum(min(max(map(len, cells)), 20) + 3 for cells in columns) > 110


def _amounts(cells: Sequence[str]) -> bool:
    return any(cells) and all(map(_AMOUNT.fullmatch, cells))


def register() -> None:
    """Show every DataFrame and Series of this notebook in the look of the course.

    Outside a notebook it does nothing.
    """
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is None:
        return
    for kind in (pd.DataFrame, pd.Series):
        shell.display_formatter.formatters["text/html"].for_type(kind, _html)
        shell.display_formatter.formatters["text/plain"].for_type(kind, _print)


def _html(table: pd.DataFrame | pd.Series) -> str:
    return grid(table).html()


def _print(table: pd.DataFrame | pd.Series, printer: Any, cycle: bool) -> None:
    printer.text(grid(table).text())


def grid(table: pd.DataFrame | pd.Series) -> Grid:
    """A frame in the look of the course.

    Row numbers are left out; a Series shows its labels unless they count from 0. More than 15 rows
    are cut to the first and last five, more than 8 columns to the first eight. Numbers of
    a column have as many digits after the point as they need: none from 1,000 on, and at most two;
    three where all are below 1 and were rounded so, more where all are below 0.1. Where very large
    and small ones mix, each has its own. Amounts such as `revenue`, or under a head with the
    currency's sign, have that sign in their cells, and below 1,000 their cents.

    Examples
    --------
    >>> frame = pd.DataFrame({"kpi": ["orders", "cafés"], "sum": [1200.0, None]})
    >>> print(grid(frame).text())
    kpi       sum
    orders  1,200
    cafés       –
    """
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if isinstance(table, pd.Series) and table.name is None:
        frame = frame.set_axis([""], axis=1)
    index = frame.index
    numbered = index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index)
    if isinstance(table, pd.Series):
        numbered = numbered and isinstance(index, pd.RangeIndex)
    shown, note = _cut(frame)
    columns = [_column(shown.index.get_level_values(n)) for n in range(index.nlevels)]
    keys = 0 if numbered else len(columns)
    columns = columns[:keys] + [_column(shown.iloc[:, n]) for n in range(shown.shape[1])]
    levels = frame.columns.nlevels
    rows = [list(row) for row in zip(*(cells for cells, _ in columns), strict=True)]
    right = [right for _, right in columns]
    names = [("",) * (levels - 1) + (_name(n),) for n in index.names][:keys]
    if levels == 1:
        found = zip(map(_name, shown.columns), right[keys:], strict=True)
        names += [(name.removesuffix(_sign()) if number else name,) for name, number in found]
    else:
        names += [tuple(map(_name, head)) for head in shown.columns]
    if len(frame) > len(shown):
        rows.insert(_ENDS, ["…"] * len(right))
    if frame.shape[1] > shown.shape[1] and not _beyond(frame):
        names.append(("…",) * levels)
        right.append(False)
        rows = [[*row, "…"] for row in rows]
    return Grid(list(zip(*names, strict=True)), rows, right, keys, note)


def _cut(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The part of a frame that is shown, and a line on its size where that is not all of it."""
    height, width = frame.shape
    shown = frame
    if height > MOST_ROWS:
        shown = pd.concat([shown.iloc[:_ENDS], shown.iloc[-_ENDS:]])
    if width > _MOST_COLUMNS:
        shown = shown.iloc[:, :_MOST_COLUMNS]
    if shown is frame and height:
        return shown, ""
    if width == 1:
        return shown, say_many("{n} row", "{n:count} rows", height)
    size = say_many(
        "{n} row × {columns:count} columns",
        "{n:count} rows × {columns:count} columns",
        height,
        columns=width,
    )
    if more := _beyond(frame):
        size = say("{size}; not shown: {more}", size=size, more=", ".join(more))
    return shown, size


def _beyond(frame: pd.DataFrame) -> list[str]:
    """The names of columns that are not shown, where they are few."""
    names = list(map(_name, frame.columns[_MOST_COLUMNS:])) if frame.columns.nlevels == 1 else []
    return names if len(names) <= _ENDS else []


def _sign() -> str:
    """How a head says that its column is money."""
    return f" ({formats.symbol()})"


def _name(value: object) -> str:
    return "" if value is None else _cell(value, None)


def _column(column: pd.Series | pd.Index) -> tuple[list[str], bool]:
    """The cells of a column as text, and whether they stand right."""
    values = list(column)
    known = [value for value in values if not _is_missing(value)]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        midnight = all(value == value.normalize() for value in known)
        pattern = "%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M"
        return [formats.UNKNOWN if _is_missing(v) else f"{v:{pattern}}" for v in values], False
    if known and all(isinstance(value, str) for value in known):
        cells = [_cell(value, None) for value in values]
        return cells, _amounts(cells) and not all(map(str.isdigit, known))
    if not known:
        return [formats.UNKNOWN] * len(values), pd.api.types.is_numeric_dtype(column.dtype)
    name = str(column.name).lower()
    names = isinstance(column, pd.Index) or _NAMES_THINGS & set(re.split(r"[\W_]", name))
    if names and all(map(_is_whole, known)):
        return [formats.UNKNOWN if _is_missing(v) else str(int(v)) for v in values], True
    found = [float(v) if _is_number(v) else 0.0 for v in values]
    largest = max((abs(n) for n in found if math.isfinite(n)), default=0)
    digits = list(_digits(found))
    money = pd.api.types.is_float_dtype(column.dtype) and _MONEY.fullmatch(name)
    if money or (all(map(_is_number, known)) and str(column.name).endswith(_sign())):
        whole = pd.api.types.is_integer_dtype(column.dtype)
        cents = [not whole and (largest < 1000 or n > 0) for n in digits]
        return [formats.money(v, cents=c) for v, c in zip(values, cents, strict=True)], True
    cells = [_cell(value, places) for value, places in zip(values, digits, strict=True)]
    return cells, all(map(_is_number, known))


def _cell(value: Any, digits: int | None) -> str:
    if _is_missing(value):
        return formats.UNKNOWN
    if type(value).__name__ in ("bool", "bool_"):  # Python's, or NumPy's
        return label("yes") if value else label("no")
    if digits is not None and _is_number(value):
        return formats.decimal(value, digits)
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return f"{value:%Y-%m-%d}"
    text = label(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _CUT else f"{text[:_CUT]}…"


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and type(value).__name__ not in ("bool", "bool_")


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


def _digits(values: Sequence[float]) -> Iterator[int]:
    """How many digits after the point each number of a column shows: all the same, if they can."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    mixed = bool(sizes) and max(sizes) >= 1000 and min(sizes) < 10
    small = [size for size in sizes if size < 1000]
    rounded = all(math.isclose(round(size, 2), size, rel_tol=1e-9) for size in small)
    for value in values:
        alone = mixed and not (rounded and abs(value) < 1000)
        yield _places([abs(value)] if alone else small if mixed else sizes)


def _places(sizes: Sequence[float]) -> int:
    largest = max(sizes, default=0.0)
    if largest >= 1000 or not largest or not math.isfinite(largest):
        return 0
    enough = 2 if largest >= 0.1 else min(1 - math.floor(math.log10(largest)), 8)
    exact = (
        n
        for n in range(4 if largest < 1 else 3)
        if all(math.isclose(round(s, n), s, rel_tol=1e-9) for s in sizes)
    )
    return next(exact, enough)
