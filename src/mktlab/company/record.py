"""What a company is: its tables, its present day, its currency and, if it is simulated, its truth.

`Record` holds these and answers for them; `Company` is the same with the doors to showing and
saving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

import pandas as pd

from mktlab.company.truth import NoTruth, Tables, Truth, UnknownName
from mktlab.reading.account import Account
from mktlab.resources import declared
from mktlab.schema import MktlabError, first_and_last
from mktlab.show.formats import symbol
from mktlab.show.words import say
from mktlab.spelling import did_you_mean
from mktlab.tables import TABLES


class MissingTable(UnknownName):
    """A lesson asks for a table that this company does not have."""


class Record(Tables):
    """The tables of one company and what is known of it; `Company` says what each part is."""

    name: str
    currency: str
    notes: tuple[str, ...]
    samples: Mapping[str, float]
    truth: Truth | NoTruth
    account: Account | None

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        name: str,
        today: pd.Timestamp | None = None,
        currency: str = "EUR",
        truth: Truth | None = None,
        notes: Iterable[str] = (),
        samples: Mapping[str, float] | None = None,
        account: Account | None = None,
    ) -> None:
        unknown = [table for table in tables if table not in TABLES]
        if unknown:
            raise MktlabError(
                say(
                    "Company: {unknown} is no table of a company; the tables are {tables}.",
                    unknown=", ".join(unknown),
                    tables=", ".join(TABLES),
                )
            )
        for table, share in (samples or {}).items():
            if not (table in TABLES and TABLES[table].sample_of and 0 < share <= 1):
                raise MktlabError(
                    say(
                        "Company: samples says {share!r} of {table}; give a share above 0 and up "
                        "to 1 of {tables}.",
                        share=share,
                        table=table,
                        tables=", ".join(name for name in TABLES if TABLES[name].sample_of),
                    )
                )
        kept = {table: tables[table].copy(deep=False) for table in TABLES if table in tables}
        self.__dict__.update(
            _tables=kept,
            _today=today,
            name=name,
            currency=currency,
            notes=tuple(notes),
            samples={table: share for table, share in (samples or {}).items() if table in kept},
            truth=truth if truth is not None else NoTruth(),
            account=account,
        )

    def but(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        notes: Iterable[str],
        today: pd.Timestamp | None = None,
    ) -> Self:
        """The same company with other rows; its truth, which was that of these, is left out."""
        other = object.__new__(type(self))
        other.__dict__.update(
            self.__dict__,
            _tables={table: tables[table] for table in self._tables if table in tables},
            _today=self.__dict__["_today"] if today is None else today,
            notes=tuple(notes),
            truth=NoTruth(),
        )
        return other

    @property
    def today(self) -> pd.Timestamp:
        """Midnight of the day after the last observed day; every "as of" uses it."""
        given: pd.Timestamp | None = self.__dict__["_today"]
        if given is not None:
            return given
        lasts = [days[1] for name in self._tables if (days := self.period(name))]
        if not lasts:
            raise MktlabError(
                say(
                    "{name}: no table has a day in it, so today is unknown; add a table with "
                    "dates, such as orders.csv.",
                    name=self.name,
                )
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

    def one_row_per(self, table: str) -> str:
        """What a row of a table is and, if the table is a sample, of what and how large a one."""
        row = TABLES[table].one_row_per
        if table not in self.samples:
            return row
        words: str = declared("company/datacard.toml")["sample"]
        n = round(1 / self.samples[table], 1)
        return words.format(row=row, n=n, drawn=TABLES[table].sample_of)

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
            raise UnknownName(
                say(
                    "describe: no table is {table!r}{likely}; choose among {known}.",
                    table=table,
                    likely=likely,
                    known=known,
                )
            )
        dictionary = TABLES[table].dictionary()
        dictionary["unit"] = dictionary["unit"].replace("currency", symbol(self.currency))
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
                "one_row_per": [self.one_row_per(name) for name in self._tables],
                "rows": [len(frame) for frame in self._tables.values()],
                "columns": [len(frame.columns) for frame in self._tables.values()],
                "first_day": [first for first, _ in periods.values()],
                "last_day": [last for _, last in periods.values()],
            }
        )

    def _unknown(self, name: str) -> UnknownName:
        if name not in TABLES:
            return super()._unknown(name)
        return MissingTable(
            say(
                "{company} has no table {name}: add {name}.csv to its folder, with the columns "
                "{required} at least.",
                company=self.name,
                name=name,
                required=", ".join(TABLES[name].required),
            )
        )
