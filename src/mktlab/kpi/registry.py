"""The KPIs: name, formula, unit, wanted direction, what they are made of, and the classic mistake.

`kpis.toml` lists them by family. Every KPI is `scale` times one measure over another, so a ratio is
always a ratio of sums; `parts` says which measures of the tables it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from mktlab.kpi.measures import MEASURES
from mktlab.kpi.sources import SOURCES
from mktlab.resources import declared
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

BUYERS = ("buyers", "repeat_buyers", "buyers_before", "returned", "lapsed")
"""Measures that follow customers: who bought, twice or more, in the period before, in both."""
CONTRACTS = ("contracts_running", "contracts_before", "contracts_ended")
"""Measures that follow subscriptions: running at the end, at the beginning, ended in between."""
GIVEN = ("incremental_margin", "variable_costs", "fixed_costs")
"""Amounts of the period that no table holds: who asks for what needs them gives them."""
DERIVED: Mapping[str, tuple[str, ...]] = {
    "margin": ("costed_sales", "goods"),
    "actual_margin": ("costed_sales_then", "goods_then"),
    "contribution": ("costed_sales", "goods", "variable_costs"),
    "incremental_profit": ("incremental_margin", "spend"),
}
"""Measures made of others: the first less the rest."""
DISCOUNT = 0.10
"""What money of next year is worth less than this year's, for the lifetime value."""
DIVIDED: Mapping[str, tuple[tuple[str, ...], Callable[[pd.DataFrame], pd.Series[float]]]] = {
    "contribution_rate": (
        ("costed_sales", "goods", "variable_costs"),
        lambda t: 1 - (t["goods"] + t["variable_costs"]) / t["costed_sales"],
    ),
    "margin_of_the_next_period": (
        ("costed_sales", "goods", "buyers", "returned", "buyers_before"),
        lambda t: (
            (t["costed_sales"] - t["goods"]) / t["buyers"] * t["returned"] / t["buyers_before"]
        ),
    ),
    "lost_each_period": (
        ("lapsed", "buyers_before"),
        lambda t: (1 + DISCOUNT) ** (t["days"] / 365) - 1 + t["lapsed"] / t["buyers_before"],
    ),
}
"""Measures that are ratios of others: of which, and how."""


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
            made_of = DIVIDED[name][0] if name in DIVIDED else DERIVED.get(name, (name,))
            found |= dict.fromkeys(made_of)
        return tuple(found)

    @property
    def given(self) -> tuple[str, ...]:
        """The amounts that it needs and that no table holds."""
        return tuple(name for name in self.parts if name in GIVEN)

    def check_amounts(self, known: Collection[str], *, split: bool) -> None:
        """Refuse to go without an amount that it needs, and to split one."""
        if lacking := [amount for amount in self.given if amount not in known]:
            raise MktlabError(
                say(
                    "{name} needs {meaning}, and no table holds that: give it for these days, "
                    "as given={{{lacking!r}: ...}}.",
                    name=self.name,
                    meaning=meaning(lacking[0]),
                    lacking=lacking[0],
                )
            )
        if self.given and split:
            raise MktlabError(
                say(
                    "{name} rests on an amount given for all these days, so it cannot be split: "
                    "leave out by.",
                    name=self.name,
                )
            )

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it needs."""
        return tuple(dict.fromkeys(need.partition(".")[0] for need in self.needs))

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables that it needs, and the columns, as "table.column", that one may lack."""
        found: list[str] = []
        for name in self.parts:
            if name in MEASURES:
                found += SOURCES[MEASURES[name].source].tables
            elif name not in GIVEN:
                found.append("orders" if name in BUYERS else "subscriptions")
        for name in self.parts:
            if name in CONTRACTS:
                found.append("subscriptions.ended_date")
            elif name in MEASURES:
                table = SOURCES[MEASURES[name].source].tables[0]
                columns = MEASURES[name].needs
                found += [column if "." in column else f"{table}.{column}" for column in columns]
        return tuple(dict.fromkeys(found))

    @property
    def splits(self) -> dict[str, list[str]]:
        """The dimensions that it can be split by, and the columns that each needs."""
        if any(name not in MEASURES for name in self.parts):
            return {}
        shared = [SOURCES[MEASURES[name].source].dimensions for name in self.parts]
        return {
            name: [f"{where[name]}.{name}" for where in shared]
            for name in shared[0]
            if all(name in where for where in shared)
        }


OWN = "own"
"""The family of KPIs that a reader declares for her company."""
BUILT_IN = {name: Kpi(name=name, **entry) for name, entry in declared("kpi/kpis.toml").items()}
KPIS = dict(BUILT_IN)
"""Name -> KPI: the course's, and those of the company loaded last."""


def use(own: Iterable[Kpi]) -> None:
    """Let these KPIs, and no others, stand beside those of the course from now on."""
    KPIS.clear()
    KPIS.update(BUILT_IN | {kpi.name: kpi for kpi in own})


def own_kpis() -> list[str]:
    """The names of the reader's own KPIs.

    >>> own_kpis()
    []
    """
    return [name for name, kpi in KPIS.items() if kpi.family == OWN]


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


def meaning(amount: str) -> str:
    """What an amount is that no table holds."""
    return {
        "incremental_margin": say("the margin that only came by the advertising (an experiment)"),
        "variable_costs": say("what else grows with sales, such as delivery and payment fees"),
        "fixed_costs": say("rent, salaries and whatever else stays when sales fall"),
    }[amount]


def amounts(given: Mapping[str, float] | None) -> dict[str, float]:
    """The amounts that no table holds, if they can be ones."""
    known = dict(given or {})
    for name, amount in known.items():
        number = isinstance(amount, int | float) and not isinstance(amount, bool)
        if name not in GIVEN or not number or not np.isfinite(amount):
            raise MktlabError(
                say(
                    "given: {name} is {amount!r}; give amounts of {known}.",
                    name=name,
                    amount=amount,
                    known=", ".join(GIVEN),
                )
            )
    return known
