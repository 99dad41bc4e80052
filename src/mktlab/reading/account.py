"""What became of every row of a person's files: read, left out and why, assumed; with the money.

Whoever reads a file adds to its `FileAccount`; `Account.lines` tells all of it in sentences, for
the terminal and for the top of a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from mktlab.show.words import label, say, say_many

USUAL = "EUR"
"""The currency of amounts of which nobody has said it."""


@dataclass
class LeftOut:
    """Rows of a file that are in no table: why, how many, what money they held, the first's line.

    `why` ends a sentence about these rows: "without a customer", "a total of the rows above";
    `file` is theirs, where several were joined.
    """

    why: str
    rows: int
    money: float | None = None
    line: int | None = None
    file: str = ""


@dataclass
class FileAccount:
    """One file: `rows` as they stand in it, `kept` rows of its table, and what lies between.

    `read` is the money of all rows, `money` that of the kept ones, `refunds` what rows gave back;
    they are None where the table has no amount of its own. `parts` are the files that were joined.
    """

    file: str
    table: str
    rows: int
    kept: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    read: float | None = None
    money: float | None = None
    refunds: float | None = None
    parts: list[str] = field(default_factory=list)

    def assumptions(self) -> list[str]:
        """What was assumed of the file, each with its name."""
        own = tuple(f"{file}: " for file in self.parts)
        return [s if s.startswith(own) else f"{self.file}: {s}" for s in self.assumed]


@dataclass
class Account:
    """All files of a folder; `not_read` are those of which nothing was taken.

    `likely` says of these which table they would join, and with which files.
    """

    files: list[FileAccount] = field(default_factory=list)
    currency: str = ""
    not_read: list[str] = field(default_factory=list)
    likely: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The account in sentences, one for each thing to know.

        >>> file = FileAccount("orders.csv", "orders", rows=9, kept=7, read=130.5, money=100)
        >>> file.left_out = [LeftOut("without a customer", 2, 30.5, line=4)]
        >>> print(*Account([file], "EUR").lines(), sep="\\n")
        orders.csv: 9 rows (€130.50) read, 7 orders (€100.00) kept.
        orders.csv: 2 rows left out, without a customer (€30.50, the first at line 4).
        """
        currency = self.currency or USUAL
        lines = [line for file in self.files for line in _of(file, currency)]
        if not self.currency and any(file.money is not None for file in self.files):
            lines.append(
                say(
                    "Amounts are taken as {code}, as no file names a currency: "
                    'currency = "..." at the top of columns.toml says another one.',
                    code=currency,
                )
            )
        other = [file for file in self.not_read if file not in self.likely]
        if other:
            lines.append(
                say("Not read, as no table goes by that name: {files}.", files=", ".join(other))
            )
        for file, (table, files) in self.likely.items():
            lines.append(
                say(
                    "{file} was not read; it has the headers of {first}: "
                    "join = {files} under [{table}] in columns.toml reads both.",
                    file=file,
                    first=files[0],
                    files=json.dumps(files, ensure_ascii=False),
                    table=table,
                )
            )
        return lines


def _of(file: FileAccount, currency: str) -> Iterator[str]:
    table = label(file.table.replace("_", " "))
    about = {"file": file.file, "currency": currency}
    yield say_many(
        "{file}: {n} row{read} read, {kept}{money} kept{period}.",
        "{file}: {n:count} rows{read} read, {kept}{money} kept{period}.",
        file.rows,
        read=_money(file.read, currency),
        kept=say_many("{n} row of {table}", "{n:count} {table}", file.kept, table=table),
        money=_money(file.money, currency),
        period=""
        if file.first is None
        else say(", {first:day} to {last:day}", first=file.first, last=file.last),
        **about,
    )
    if file.refunds:
        yield say("{file}: {refunds:money.2} was given back.", refunds=file.refunds, **about)
    for left in file.left_out:
        told = _money(left.money, currency).strip(" ()")
        where = say("the first at line {line:count}", line=left.line) if left.line else ""
        told = ", ".join(filter(None, [told, where]))
        yield say_many(
            "{file}: {n} row left out, {why}{told}.",
            "{file}: {n:count} rows left out, {why}{told}.",
            left.rows,
            why=left.why,
            told=f" ({told})" if told else "",
            **about | ({"file": left.file} if left.file else {}),
        )
    yield from file.assumptions()


def _money(amount: float | None, currency: str) -> str:
    return "" if amount is None else say(" ({amount:money.2})", amount=amount, currency=currency)
