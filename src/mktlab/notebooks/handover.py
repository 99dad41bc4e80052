"""What a lesson that has run hands over to its report: what was read, and a row per customer.

A last cell calls `hand_over` in the kernel; `handed_over` reads it where the report is written.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mktlab.company import Company
from mktlab.show.words import say


@dataclass(frozen=True)
class Handed:
    """Sentences on what was read and assumed, and the customers if the lesson lists them."""

    lines: list[str] = field(default_factory=list)
    customers: pd.DataFrame | None = None


def hand_over(place: str, company: object, customers: object) -> None:
    """Leave in the file `place` what the report needs, as far as the lesson has made it."""
    lines = lines_of(company) if isinstance(company, Company) else []
    listed = customers if isinstance(customers, pd.DataFrame) else None
    Path(place).write_bytes(pickle.dumps(Handed(lines, listed)))


def handed_over(place: Path) -> Handed:
    """What `hand_over` left there, a moment ago and on this machine."""
    handed = pickle.loads(place.read_bytes())
    assert isinstance(handed, Handed)
    return handed


def lines_of(company: Company) -> list[str]:
    """What one must know of a company's tables: rows, period, currency, what was assumed.

    >>> orders = pd.DataFrame({"order_date": pd.to_datetime(["2024-01-05", "2024-03-09"])})
    >>> lines_of(Company({"orders": orders}, name="Shop", currency="USD", notes=["No refunds."]))
    ['orders: 2 rows, 5 Jan 2024 to 9 Mar 2024.', 'Amounts are in USD.', 'No refunds.']
    """
    account = getattr(company, "account", None)
    lines = (
        list(account.lines()) if account else [_read(company, table) for table in company.tables]
    )
    lines += [note for note in company.notes if note not in lines]
    if not any(company.currency in line for line in lines):
        lines.insert(len(company.tables), say("Amounts are in {code}.", code=company.currency))
    return lines


def _read(company: Company, table: str) -> str:
    rows, period = len(company.tables[table]), company.period(table)
    if period is None:
        return say("{table}: {rows:count} rows.", table=table, rows=rows)
    first, last = period
    return say(
        "{table}: {rows:count} rows, {first:day} to {last:day}.",
        table=table,
        rows=rows,
        first=first,
        last=last,
    )
