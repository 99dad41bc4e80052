"""The KPIs: name, formula, unit, wanted direction, what they are made of, and the classic mistake.

`kpis.toml` lists them by family. Every KPI is `scale` times one measure over another, so a ratio is
always a ratio of sums; `parts` says which measures of the tables it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import pandas as pd

from mktlab.kpi.sources import MEASURES, SOURCES
from mktlab.resources import declared
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

BUYERS = ("buyers", "repeat_buyers", "buyers_before", "returned", "lapsed")
"""Measures that follow customers: who bought, twice or more, in the period before, in both."""
CONTRACTS = ("contracts_running", "contracts_before", "contracts_ended")
"""Measures that follow subscriptions: running at the end, at the beginning, ended in between."""
DERIVED: Mapping[str, tuple[str, ...]] = {
    "margin": ("line_sales", "goods"),
    "margin_less_spend": ("line_sales", "goods", "spend"),
    "kept_per_buyer": ("kept", "buyers"),
    "churn_rate": ("lapsed", "buyers_before"),
}
"""Measures made of others: the first less the rest, but for the last two, which divide."""


class Kpi(NamedTuple):
    """One indicator; `numerator` and `denominator` name measures, and a sum has no denominator."""

    name: str
    label: str
    family: str
    formula: str
    unit: str
    direction: Literal["up", "down", "neither"]
    numerator: str
    mistake: str
    denominator: str = ""
    scale: float = 1

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures that it is made of, those inside derived ones included."""
        found: dict[str, None] = {}
        for name in filter(None, (self.numerator, self.denominator)):
            found |= dict.fromkeys(DERIVED.get(name, (name,)))
        return tuple(found)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it needs."""
        found: dict[str, None] = {}
        for name in self.parts:
            follows = {
                **dict.fromkeys(BUYERS, "orders"),
                **dict.fromkeys(CONTRACTS, "subscriptions"),
            }
            more = (follows[name],) if name in follows else SOURCES[MEASURES[name].source].tables
            found |= dict.fromkeys(more)
        return tuple(found)

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables that it needs, and the columns, as "table.column", that one may lack."""
        found = list(self.tables)
        for name in self.parts:
            if name in CONTRACTS:
                found.append("subscriptions.ended_date")
            elif name in MEASURES:
                table = SOURCES[MEASURES[name].source].tables[0]
                columns = MEASURES[name].needs
                found += [column if "." in column else f"{table}.{column}" for column in columns]
        return tuple(found)

    @property
    def splits(self) -> dict[str, list[str]]:
        """The dimensions that it can be split by, and the columns that each needs."""
        if any(name in CONTRACTS or name in BUYERS for name in self.parts):
            return {}
        shared = [SOURCES[MEASURES[name].source].dimensions for name in self.parts]
        return {
            name: [f"{where[name]}.{name}" for where in shared]
            for name in shared[0]
            if all(name in where for where in shared)
        }


KPIS = {name: Kpi(name=name, **entry) for name, entry in declared("kpi/kpis.toml").items()}
"""Name -> KPI."""


def describe(names: Iterable[str] | str | None = None) -> pd.DataFrame:
    """The registry as a table: `name, label, family, formula, unit, direction, tables, mistake`.

    >>> describe("order_value")[["name", "formula", "unit"]]
              name              formula      unit
    0  order_value  money kept / orders  currency
    """
    wanted = KPIS if names is None else [names] if isinstance(names, str) else list(names)
    rows = [find(name) for name in wanted]
    columns = ["name", "label", "family", "formula", "unit", "direction", "tables", "mistake"]
    table = pd.DataFrame([{**k._asdict(), "tables": ", ".join(k.tables)} for k in rows])
    return table.reindex(columns=columns)


def find(name: str) -> Kpi:
    """The KPI of that name.

    Raises
    ------
    MktlabError
        If there is none, with the name that was probably meant.
    """
    if isinstance(name, str) and name in KPIS:
        return KPIS[name]
    likely = did_you_mean(name, KPIS)
    raise MktlabError(
        say(
            "There is no KPI {name!r}{likely}; kpi.describe() lists them.", name=name, likely=likely
        )
    )
