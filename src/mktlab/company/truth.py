"""Tables as attributes, and the truth of a simulated market, which is tables too.

`Tables` is what a company and a truth have in common: `company.orders`, `truth.customers`, never
changed. `NoTruth` stands where a real company has none.
"""

from __future__ import annotations

import copy
import json
import textwrap
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, NoReturn

import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.tables import Grid
from mktlab.show.words import say, say_many
from mktlab.spelling import did_you_mean

FEW = 5
"""Most words of a column that are told one by one."""


class UnknownName(MktlabError, AttributeError):  # noqa: N818 - reads as a sentence in a notebook
    """A company, or its truth, has nothing by that name."""


class Tables:
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
        return UnknownName(
            say(
                "There is no {name} here{likely}; it has {tables}.",
                name=name,
                likely=likely,
                tables=", ".join(self._tables),
            )
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise MktlabError(
            say(
                "{name} cannot be set, because a company does not change: keep your own version "
                "under a name of its own, such as my_orders = company.orders.assign(...).",
                name=name,
            )
        )

    def __delattr__(self, name: str) -> None:
        setattr(self, name, None)

    def __dir__(self) -> list[str]:
        public = [name for name in super().__dir__() if not name.startswith("_")]
        return sorted({*public, *self._tables})


class Truth(Tables):
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
    The truth of a simulated market: customers, parameters. What one of them holds:
    company.truth.describe("customers").
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

    def describe(self, *names: str) -> pd.DataFrame:
        """What the truth holds; a lesson shows the part that it uses.

        Parameters
        ----------
        names
            Tables, "table.column", or "parameters"; without any, all tables.

        Returns
        -------
        One row per name: `name, holds, meaning`.

        Raises
        ------
        MktlabError
            If the truth has nothing by that name.

        Examples
        --------
        >>> truth = Truth({"people": pd.DataFrame({"status": ["gone", "active"]})}, {},
        ...               {"people": "Who they are.", "people.status": "Today."})
        >>> truth.describe("people", "people.status")
                    name         holds        meaning
        0         people        2 rows  Who they are.
        1  people.status  active, gone         Today.
        """
        holds = {name: _size_of(table) for name, table in self._tables.items()}
        holds |= dict.fromkeys(self._later, say("worked out when asked for"))
        entries = say_many("{n} entry", "{n:count} entries", len(self.parameters))
        meanings = self.meanings | {
            "parameters": say("The numbers that the market was played with.")
        }
        holds["parameters"] = entries
        chosen = names or tuple(holds)
        for name in names:
            table, _, column = name.partition(".")
            if table not in holds or (column and column not in self._tables.get(table, ())):
                raise self._unknown(name)
            if column:
                holds[name] = _kind_of(self._tables[table][column])
        rows = [(name, holds[name], meanings.get(name, "")) for name in chosen]
        return pd.DataFrame(rows, columns=["name", "holds", "meaning"])

    def __repr__(self) -> str:
        return "\n".join(textwrap.wrap(self._told(), 100))

    def _told(self) -> str:
        names = [*self._tables, *self._later, "parameters"]
        return say(
            "The truth of a simulated market: {names}. What one of them holds: "
            'company.truth.describe("{first}").',
            names=", ".join(names),
            first=names[0],
        )

    def _repr_html_(self) -> str:
        entries = self.describe()
        told = escape(self._told())
        table = Grid.of(list(map(str, entries)), entries.to_numpy().tolist()).html()
        title = escape(say("What each of them holds"))
        return f"<p>{told}</p>\n<details><summary>{title}</summary>\n{table}\n</details>"


class NoTruth:
    """What stands in the place of `Truth` in a real company: nothing, and why."""

    MESSAGE = (
        "Real markets keep their truth secret. To check an estimate on your own data, hold out the "
        "last weeks and predict them, or run an experiment; company.truth exists for simulated "
        'companies only, such as mktlab.load("solane").'
    )

    def describe(self, *_names: str) -> NoTruth:
        """Nothing to describe: shown, it says why."""
        return self

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnknownName(self.MESSAGE)

    def __repr__(self) -> str:
        return self.MESSAGE


def _kind_of(column: pd.Series[Any]) -> str:
    """What a column holds: its few words, or numbers, days, texts."""
    if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
        return say("numbers")
    if pd.api.types.is_datetime64_any_dtype(column):
        return say("days")
    words = sorted(column.dropna().astype("str").unique())
    return ", ".join(words) if len(words) <= FEW else say("texts")


def _size_of(table: pd.DataFrame) -> str:
    return say_many("{n} row", "{n:count} rows", len(table))
