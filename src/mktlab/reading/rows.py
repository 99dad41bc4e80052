"""The rows of a table between their file and what is kept of them.

Whoever drops rows does it by `Rows.leave_out`, which says why, how many and what money they held,
so that every amount of a file is in the account.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.reading.account import USUAL, FileAccount, LeftOut
from mktlab.reading.mapping import FILE
from mktlab.reading.numbers import Floats
from mktlab.reading.parsing import natural
from mktlab.reading.problems import Mask, Problem
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import TextTable

MONEY = {"orders": "revenue", "order_lines": "amount", "ad_spend": "spend", "search_terms": "cost"}
"""The amount of a table that the account adds up."""

Numbers = npt.NDArray[np.int64]


@dataclass
class Rows:
    """A table on its way from its file.

    For each row of `frame`: `first`, the row of the file that it begins on; `sizes`, of how many
    rows it is made; `returned`, how many of these give money back, and `back`, how much; `order`,
    its number among the orders of the file.
    `headers` has the file's header of each column. `amount` is what an expression of the headers
    `amounts` gives for each row of the file; with `total`, `revenue` is the order's beside it.
    `seen` is the currency that the file names, `asked` the columns that wait for an answer. `parts`
    are columns of order_lines in the rows of the file, `made` other tables that these rows hold.
    `notes` are on what is odd; `all_headers` are those of the file,
    and `personal` the columns of ids that would name people, with the kind of data.
    """

    sheet: TextTable
    frame: pd.DataFrame
    settings: Settings
    account: FileAccount
    currency: str = USUAL
    problems: list[Problem] = field(default_factory=list)
    first: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    sizes: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    back: Floats = field(default_factory=lambda: np.empty(0))
    returned: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    order: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    headers: dict[str, str] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    amount: Floats | None = None
    total: bool = False
    seen: str = ""
    asked: set[str] = field(default_factory=set)
    parts: dict[str, pd.Series[Any]] = field(default_factory=dict)
    made: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    all_headers: set[str] = field(default_factory=set)
    personal: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(self.frame)
        self.first, self.order = np.arange(rows), np.arange(rows)
        self.sizes, self.returned = np.ones(rows, np.int64), np.zeros(rows, np.int64)
        self.back = np.zeros(rows)

    def line(self, row: int) -> int:
        """The line of the file that a row begins on."""
        return self.sheet.place(int(self.first[row]))[1]

    def problem(self, rows: Mask, column: str, found: str, accepted: str, fix: str) -> None:
        """Add a problem of these rows."""
        file, line = self.sheet.place(int(self.first[int(rows.argmax())]))
        number = int(rows.sum())
        self.asked.add(column)
        self.problems.append(Problem(file, found, accepted, fix, line, column, number))

    def wrong(self, key: str, value: str, why: str, accepted: str, fix: str) -> None:
        """Add a problem of a line of columns.toml."""
        found = f"{key} = {json.dumps(value, ensure_ascii=False)}: {why}"
        self.problems.append(Problem(FILE, found, accepted, fix))

    def tell(self, sentence: str) -> None:
        """Add to what was assumed."""
        self.account.assumed.append(sentence)

    def money(self, rows: Mask) -> float | None:
        """What these rows brought, less what they gave back."""
        column = MONEY.get(self.account.table, "")
        if column not in self.frame:
            return None
        return float(np.nansum(self.frame[column].to_numpy(float)[rows]) - self.back[rows].sum())

    def leave_out(self, rows: Mask, why: str) -> None:
        """Drop rows, with their count and money in the account."""
        if rows.any():
            line = self.line(int(rows.argmax()))
            left = LeftOut(why, int(self.sizes[rows].sum()), self.money(rows), line)
            self.account.left_out.append(left)
            self.keep(~rows)

    def keep(self, rows: Mask) -> None:
        """Keep these rows only."""
        self.frame = self.frame[rows].reset_index(drop=True)
        self.first, self.sizes = self.first[rows], self.sizes[rows]
        self.back, self.returned = self.back[rows], self.returned[rows]
        self.order = self.order[rows]


def in_order(
    columns: dict[str, pd.Series[Any]],
    sheet: TextTable,
    taken: dict[str, str],
    keep: tuple[str, ...] | None,
    personal: set[str],
) -> dict[str, pd.Series[Any]]:
    """Columns in the order of the file, the reader's own among them; then those of defaults.

    Headers that are `personal` are left out.
    """
    ordered: dict[str, pd.Series[Any]] = {}
    for header, cells in sheet.columns.items():
        if header in personal:
            continue
        names = [name for name, mapped in taken.items() if mapped == header]
        ordered |= {name: columns[name] for name in names}
        if not names and (keep is None or header in keep):
            ordered[f"{header} (file)" if header in columns else header] = natural(cells)
    return ordered | columns
