"""The company a lesson is about: its tables, its present day and, if it is simulated, its truth.

`load` (in `loading`) finds or reads one and gives a `Company`; `Company.save` writes one. A company
and its `Truth` never change: every access to a table gives a copy of its own, which costs no memory
until it is changed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from mktlab.data.folder import SOLANE, load
from mktlab.schema import MktlabError, first_and_last
from mktlab.spelling import did_you_mean
from mktlab.tables import TABLES

__all__ = ["SOLANE", "Company", "MissingTable", "NoTruth", "Truth", "UnknownName", "load"]


class UnknownName(MktlabError, AttributeError):  # noqa: N818 - reads as a sentence in a notebook
    """A company, or its truth, has nothing by that name."""


class MissingTable(UnknownName):
    """A lesson asks for a table that this company does not have."""


class _Tables:
    """Tables as attributes, which cannot be replaced and which a change of a copy leaves alone."""

    _tables: dict[str, pd.DataFrame]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: table.copy(deep=False) for name, table in self._tables.items()}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):  # Python and Jupyter ask for optional methods this way
            raise AttributeError(name)
        if name in self._tables:
            return self._tables[name].copy(deep=False)
        raise self._unknown(name)

    def _unknown(self, name: str) -> UnknownName:
        likely = did_you_mean(name, dir(self))
        return UnknownName(f"There is no {name} here{likely}; it has {', '.join(self._tables)}.")

    def __setattr__(self, name: str, value: object) -> None:
        raise MktlabError(
            f"{name} cannot be set, because a company does not change: keep your own version under "
            "a name of its own, such as my_orders = company.orders.assign(...)."
        )

    def __delattr__(self, name: str) -> None:
        setattr(self, name, None)

    def __dir__(self) -> list[str]:
        public = [name for name in super().__dir__() if not name.startswith("_")]
        return sorted({*public, *self._tables})


class Truth(_Tables):
    """What is so in a simulated market, whatever the company's tables say.

    Parameters
    ----------
    tables
        The truth tables by name.
    parameters
        The numbers that the market was played with, ready for JSON.
    meanings
        A sentence for each table, by its name, and for columns, by "table.column".
    later
        Tables that take long to work out, by name: functions, called when first asked for.

    Examples
    --------
    >>> truth = Truth({"customers": pd.DataFrame({"segment": ["local"]})}, {"seed": 1},
    ...               {"customers": "Who the customers really are."})
    >>> truth
    The truth of a simulated market
    truth.customers (1 row): Who the customers really are.
    truth.parameters (1 entry): The numbers that the market was played with.
    """

    meanings: dict[str, str]
    _later: dict[str, Callable[[], pd.DataFrame]]

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        parameters: Mapping[str, Any],
        meanings: Mapping[str, str],
        later: Mapping[str, Callable[[], pd.DataFrame]] | None = None,
    ) -> None:
        # Through JSON, so that a truth is the same before it is saved and after.
        plain = json.loads(json.dumps(dict(parameters)))
        kept = {"_tables": dict(tables), "_parameters": plain, "_later": dict(later or {})}
        self.__dict__.update(kept, meanings=dict(meanings))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, those that take long included."""
        for name in list(self._later):
            getattr(self, name)
        return super().tables

    @property
    def ready(self) -> dict[str, pd.DataFrame]:
        """Every table that is worked out already, by name."""
        return super().tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        if not name.startswith("_") and name in self._later:
            self._tables[name] = self._later.pop(name)()
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._later})

    @property
    def parameters(self) -> dict[str, Any]:
        """The numbers that the market was played with."""
        return copy.deepcopy(self.__dict__["_parameters"])

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        from mktlab.company.display import truth_text

        return truth_text(self)

    def _repr_html_(self) -> str:
        from mktlab.company.display import truth_html

        return truth_html(self)


class NoTruth:
    """What stands in the place of `Truth` in a real company: nothing, and why."""

    MESSAGE = (
        "Real markets keep their truth secret. To check an estimate on your own data, hold out the "
        "last weeks and predict them, or run an experiment; company.truth exists for simulated "
        'companies only, such as mktlab.load("solane").'
    )

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnknownName(self.MESSAGE)

    def __repr__(self) -> str:
        return self.MESSAGE


class Company(_Tables):
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

    Examples
    --------
    >>> orders = pd.DataFrame({"order_date": pd.to_datetime(["2024-01-05", "2024-03-09"])})
    >>> company = Company({"orders": orders}, name="Corner shop")
    >>> company.today
    Timestamp('2024-03-10 00:00:00')
    >>> "customers" in company.tables
    False
    """

    name: str
    currency: str
    notes: tuple[str, ...]
    truth: Truth | NoTruth

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        name: str,
        today: pd.Timestamp | None = None,
        currency: str = "EUR",
        truth: Truth | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        unknown = [table for table in tables if table not in TABLES]
        if unknown:
            raise MktlabError(
                f"Company: {', '.join(unknown)} is no table of a company; the tables are "
                f"{', '.join(TABLES)}."
            )
        kept = {table: tables[table].copy(deep=False) for table in TABLES if table in tables}
        self.__dict__.update(
            _tables=kept,
            _today=today,
            name=name,
            currency=currency,
            notes=tuple(notes),
            truth=truth if truth is not None else NoTruth(),
        )

    @property
    def today(self) -> pd.Timestamp:
        """Midnight of the day after the last observed day; every "as of" uses it."""
        given: pd.Timestamp | None = self.__dict__["_today"]
        if given is not None:
            return given
        lasts = [days[1] for name in self._tables if (days := self.period(name))]
        if not lasts:
            raise MktlabError(
                f"{self.name}: no table has a day in it, so today is unknown; add a table with "
                "dates, such as orders.csv."
            )
        return max(lasts) + pd.Timedelta(days=1)

    def period(self, table: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last observed day of a table, or None if it has no days."""
        frame = self._tables[table]
        days = [
            first_and_last(frame[column.name], table)
            for column in TABLES[table].columns
            if column.kind in ("date", "instant")
            and column.name in frame
            and not column.ahead
            and frame[column.name].notna().any()
        ]
        if not days:
            return None
        return min(day["min"] for day in days), max(day["max"] for day in days)

    def describe(self, table: str | None = None) -> pd.DataFrame:
        """The data dictionary of one table, or a row on each table.

        Parameters
        ----------
        table
            A table's name; without it, the company's tables are listed.

        Returns
        -------
        One row per column: `column, meaning, unit, accepts, key, needed`; or one row per table:
        `table, one_row_per, rows, columns, first_day, last_day`.

        Raises
        ------
        MktlabError
            If no table goes by that name.
        """
        if table is None:
            return self._summary()
        if table not in TABLES:
            likely = did_you_mean(table, TABLES)
            known = ", ".join(TABLES)
            raise UnknownName(f"describe: no table is {table!r}{likely}; choose among {known}.")
        dictionary = TABLES[table].dictionary()
        dictionary["unit"] = dictionary["unit"].replace("currency", self.currency)
        if table not in self._tables:
            return dictionary
        declared = set(dictionary["column"])
        own = [name for name in self._tables[table].columns if name not in declared]
        extra = pd.DataFrame({"column": own, "meaning": "your own column"}, dtype="str")
        return pd.concat([dictionary, extra], ignore_index=True).fillna("")

    def _summary(self) -> pd.DataFrame:
        periods = {name: self.period(name) or (pd.NaT, pd.NaT) for name in self._tables}
        return pd.DataFrame(
            {
                "table": list(self._tables),
                "one_row_per": [TABLES[name].one_row_per for name in self._tables],
                "rows": [len(frame) for frame in self._tables.values()],
                "columns": [len(frame.columns) for frame in self._tables.values()],
                "first_day": [first for first, _ in periods.values()],
                "last_day": [last for _, last in periods.values()],
            }
        )

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
        from mktlab.company.package import save

        save(self, Path(folder), format=format)

    def _unknown(self, name: str) -> UnknownName:
        if name not in TABLES:
            return super()._unknown(name)
        return MissingTable(
            f"{self.name} has no table {name}: add {name}.csv to its folder, with the columns "
            f"{', '.join(TABLES[name].required)} at least."
        )

    def __repr__(self) -> str:
        from mktlab.company.display import company_text

        return company_text(self)

    def _repr_html_(self) -> str:
        from mktlab.company.display import company_html

        return company_html(self)
