"""Plans: the seven Ps as decisions, priced and dated before they are run.

A `Plan` is a `Mix` with a name, a length, a budget, objectives, and the weeks in which its changes
start. It starts from today: `Plan.baseline().but(price={"beans": 1.1})`. `validate` says what is
wrong with it, `cost` prices it, `calendar` dates it, `brief` puts it on one page, and `to_toml`,
`from_toml` and `to_excel` carry it into files.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd

from mktlab.plan.brief import Brief, brief
from mktlab.plan.calendar import Calendar, calendar
from mktlab.plan.checks import priced, problems, refuse
from mktlab.plan.decisions import Decisions
from mktlab.plan.launches import candidates, rival_bags
from mktlab.plan.mix import DECIDED, LEVERS, Mix
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.text import from_toml, to_toml

__all__ = [
    "DECIDED",
    "INDICATORS",
    "LEVERS",
    "Mix",
    "Objective",
    "Plan",
    "candidates",
    "rival_bags",
]


@dataclass(frozen=True)
class Plan(Decisions):
    """One decision on the seven Ps, with a length, a budget, objectives and dates.

    Odd values are kept as they are: `validate` tells about all of them at once.

    Parameters
    ----------
    price, product, place, promotion, people, process, physical_evidence
        The groups of `Mix`; what is not given stays as today.
    name
        What the plan is called.
    weeks
        Its length: a whole number from 1 to 156.
    budget
        Euros over the plan's weeks for everything that `cost` lists. Without one, what going on as
        today costs over these weeks, rounded up to the next 10,000 euros.
    objectives
        What it is to reach.
    starts
        Path of a lever, such as "people.baristas" -> week of the plan, the first is 1, from which
        its new value acts. A lever that is not named starts as early as it can: after its weeks of
        preparation, so in week `lead_weeks` + 1 (a lead of 1 week: week 2).

    Raises
    ------
    MktlabError
        When a group, `starts` or `objectives` is of a wrong type altogether.

    Examples
    --------
    >>> plan = Plan.baseline().but(name="Dearer beans", price={"beans": 1.1})
    >>> plan.changes()[["path", "from", "to", "starts"]].values.tolist()
    [['price.beans', 1.0, 1.1, 2]]
    >>> plan.in_week(0).price.beans, plan.in_week(1).price.beans
    (1.0, 1.1)
    """

    def validate(self) -> list[str]:
        """What is wrong with the plan, one sentence each; empty when it can be run.

        >>> Plan.baseline().validate()
        []
        """
        return problems(self)

    def check(self) -> None:
        """Raise one `MktlabError` with all that `validate` finds, if it finds anything."""
        refuse(self, self.validate())

    def cost(self) -> pd.DataFrame:
        """What the plan costs before a single sale, lever by lever, with its starts respected.

        Returns
        -------
        DataFrame
            One row per lever that costs by itself, in euros: `p, lever, weekly_before` (today's
            cost a week), `weekly_after` (once changed), `total` (over the plan's weeks) and `extra`
            (total less what going on as today costs). `total_cost` adds it up.

        Raises
        ------
        MktlabError
            When a value is no number or out of its limits: such a plan has no price.
        """
        return priced(self)

    @property
    def total_cost(self) -> float:
        """Euros over the plan's weeks, to be compared with `budget`.

        >>> Plan.baseline().total_cost < Plan.baseline().budget
        True
        """
        return round(float(self.cost()["total"].sum()), 2)

    def calendar(self, *, starting: str | dt.date | None = None) -> Calendar:
        """Who prepares what and when it starts; with `starting`, the plan's first day, in dates."""
        return calendar(self, starting=starting)

    def brief(self, *, currency: str = "EUR", starting: str | dt.date | None = None) -> Brief:
        """The plan on one page, to be read in a notebook, saved or printed."""
        return brief(self, currency=currency, starting=starting)

    def to_toml(self, path: str | Path | None = None) -> str:
        """The plan as a file that a person can edit; also written to `path`, if one is given."""
        return to_toml(self, path)

    @classmethod
    def from_toml(cls, source: str | Path) -> Self:
        """The plan that a file, or a text such as `to_toml` gives, describes."""
        return from_toml(source, cls)

    def to_excel(self, path: str | Path) -> None:
        """Write the plan as a workbook: objectives, actions, budget, calendar, indicators."""
        from mktlab.plan.workbook import to_excel

        to_excel(self, path)
