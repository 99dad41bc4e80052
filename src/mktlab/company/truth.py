"""Tables as attributes, and the truth of a simulated market, which is tables too.

`Tables` is what a company and a truth have in common: `company.orders`, `truth.customers`, never
changed. `NoTruth` stands where a real company has none.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import pandas as pd

from mktlab.company import html
from mktlab.schema import MktlabError
from mktlab.spelling import did_you_mean


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

    def _rows(self) -> list[tuple[str, ...]]:
        """What it holds, a row each: name, size, meaning."""
        sizes = {name: _size_of(table) for name, table in self._tables.items()}
        sizes |= dict.fromkeys(self._later, "worked out when asked for")
        rows = [
            (f"truth.{name}", size, self.meanings.get(name, "")) for name, size in sizes.items()
        ]
        count = len(self.parameters)
        entries = "1 entry" if count == 1 else f"{count} entries"
        return [
            *rows,
            ("truth.parameters", entries, "The numbers that the market was played with."),
        ]

    def __repr__(self) -> str:
        lines = [f"{name} ({rows}): {meaning}".strip() for name, rows, meaning in self._rows()]
        return "\n".join(["The truth of a simulated market", *lines])

    def _repr_html_(self) -> str:
        return html.table(
            "The truth of a simulated market", ("name", "holds", "meaning"), self._rows()
        )


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


def _size_of(table: pd.DataFrame) -> str:
    return "1 row" if len(table) == 1 else f"{len(table):,} rows"
