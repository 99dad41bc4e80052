"""What became of every row of a person's files: read, left out and why, assumed; with the money.

Whoever reads a file adds to its `FileAccount`; `Account.lines` tells all of it in sentences, for
the terminal and for the top of a report.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from mktlab.show.words import say, say_many


@dataclass
class LeftOut:
    """Rows of a file that are in no table: why, how many, what money they held, the first's line.

    `why` ends a sentence about these rows: "without a customer", "a total of the rows above".
    """

    why: str
    rows: int
    money: float | None = None
    line: int | None = None


@dataclass
class FileAccount:
    """One file: `rows` as they stand in it, `kept` rows of its table, and what lies between.

    `read` is the money of all rows, `money` that of the kept ones, `refunds` what rows gave back;
    they are None where the table has no amount of its own.
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


@dataclass
class Account:
    """All files of a folder; `not_read` are those of which nothing was taken."""

    files: list[FileAccount] = field(default_factory=list)
    currency: str = ""
    not_read: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The account in sentences, one for each thing to know.

        >>> file = FileAccount("orders.csv", "orders", rows=9, kept=7)
        >>> file.left_out = [LeftOut("without a customer", 2, 30.5, line=4)]
        >>> Account([file], "EUR").lines()
        ['orders.csv: 9 rows read, 7 kept.', 'orders.csv: 2 rows left out, without a customer \
(€30.50, the first at line 4).']
        """
        lines = []
        for file in self.files:
            lines += _of(file, self.currency or None)
        if self.not_read:
            lines.append(say("Not read: {files}.", files=", ".join(self.not_read)))
        return lines


def _of(file: FileAccount, currency: str | None) -> list[str]:
    period = (
        say(", {first:day} to {last:day}", first=file.first, last=file.last)
        if file.first is not None and file.last is not None
        else ""
    )
    lines = [
        say(
            "{file}: {rows:count} rows read, {kept:count} kept{period}.",
            file=file.file,
            rows=file.rows,
            kept=file.kept,
            period=period,
        )
    ]
    for left in file.left_out:
        told = [say("{money:money.2}", money=left.money, currency=currency)] * (
            left.money is not None
        )
        told += [say("the first at line {line:count}", line=left.line)] * (left.line is not None)
        lines.append(
            say_many(
                "{file}: {n} row left out, {why}{told}.",
                "{file}: {n:count} rows left out, {why}{told}.",
                left.rows,
                file=file.file,
                why=left.why,
                told=f" ({', '.join(told)})" if told else "",
            )
        )
    return lines + [f"{file.file}: {sentence}" for sentence in file.assumed]
