"""The company a lesson is about: its tables, its present day and, if it is simulated, its truth.

`mktlab.load` finds or reads one and gives a `Company`; `Company.save` writes one. A company and its
`Truth` never change: every access to a table gives a copy of its own, which costs no memory until
it is changed.
"""

from __future__ import annotations

from pathlib import Path

from mktlab.company.display import company_html, company_text
from mktlab.company.package import save
from mktlab.company.record import MissingTable, Record
from mktlab.company.truth import NoTruth, Truth, UnknownName

__all__ = ["Company", "MissingTable", "NoTruth", "Truth", "UnknownName"]


class Company(Record):
    """The tables of one company, as attributes: `company.orders`, `company.customers`, ...

    Parameters
    ----------
    tables
        DataFrames by name, as `mktlab.tables.TABLES` declares them.
    name
        What the company is called.
    today
        Midnight of the day after the last observed day; by default, the latest day of the tables
        decides.
    currency
        The currency of every amount.
    truth
        What is so, if the market is simulated.
    notes
        Sentences on what was odd but usable when the tables were read.
    samples
        Table -> share of the whole that it holds, for tables that are samples; `TABLES` says of
        what. KPIs that count their rows are scaled up.
    account
        What became of every row of the files that the tables were read from.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_date": pd.to_datetime(["2024-01-05", "2024-03-09"])})
    >>> company = Company({"orders": orders}, name="Corner shop")
    >>> company.today
    Timestamp('2024-03-10 00:00:00')
    >>> "customers" in company.tables
    False
    """

    def save(self, folder: str | Path, format: str = "csv") -> None:
        """Write the tables as CSV or Parquet with their description, and the truth beside them.

        Parameters
        ----------
        folder
            Gets a file per table, `truth/`, `README.md` (data card and dictionary) and
            `datapackage.json` (Frictionless Data Package v1, with the sha256 of every file).
        format
            "csv", or "parquet" for large tables: smaller, and read ten times faster.

        Notes
        -----
        Amounts are rounded to cents. The same company gives the same bytes on every machine; for
        Parquet, under the same version of pyarrow. Tables are written part by part, so that saving
        needs little memory beyond the tables themselves.

        Raises
        ------
        MktlabError
            For an unknown format, and for a folder that cannot be written to or holds tables that
            this company does not have.
        """
        save(self, Path(folder), format=format)

    def __repr__(self) -> str:
        return company_text(self)

    def _repr_html_(self) -> str:
        return company_html(self)
