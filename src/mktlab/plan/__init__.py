"""Plans: the seven Ps as dated decisions, priced and checked before they are carried out.

A `Plan` is a `Mix` with a name, weeks, a budget, objectives and starting weeks. `validate` says
what keeps it from being carried out, `cost` and `calendar` what it takes and when, `brief` puts it
on one page; `to_toml` and `to_excel` write it for people to edit and to work with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.plan.costs import weekly_costs
from mktlab.plan.mix import BASE, LEVERS, Mix
from mktlab.plan.objectives import KPIS, Objective
from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from mktlab.plan.brief import Brief
    from mktlab.plan.calendar import Calendar

__all__ = ["KPIS", "LEVERS", "Mix", "Objective", "Plan"]

P_NAMES = {group.name: group.name.replace("_", " ").capitalize() for group in fields(Mix)}


@dataclass(frozen=True, kw_only=True)
class Plan(Mix):
    """What a company will do on its seven Ps, from when, at what cost, and to reach what.

    Parameters
    ----------
    price, product, place, promotion, people, process, physical_evidence
        The levers of each P; without them, as today.
    name
        What the plan is called.
    weeks
        How long it runs, 1 to 156.
    budget
        Euros that its levers may cost over these weeks; without it, today's cost and 15% more,
        rounded up to 10,000.
    objectives
        What it wants to reach.
    starts
        Lever -> first week of the plan in which its new value acts; without it, as early as its
        preparation allows (its `lead_weeks`, and one).

    Examples
    --------
    >>> plan = Plan.baseline().but(name="Dearer beans", price={"beans": 1.1})
    >>> plan.price.beans, plan.validate()
    (1.1, [])
    """

    name: str = "Baseline"
    weeks: int = 52
    budget: float | None = None
    objectives: tuple[Objective, ...] = ()
    starts: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        starts = dict(self.starts)
        object.__setattr__(self, "starts", tuple(sorted(starts.items(), key=lambda s: str(s[0]))))
        object.__setattr__(self, "objectives", tuple(self.objectives))

    @classmethod
    def baseline(cls) -> Plan:
        """The plan of doing nothing: everything as today."""
        return cls()

    def but(self, **changes: Any) -> Plan:
        """The plan with some things changed.

        A P takes a mapping of its levers, `starts` one of lever paths; the other fields take their
        new value.

        Raises
        ------
        MktlabError
            When there is no such field or lever.
        """
        known = {field.name for field in fields(self)}
        new = dict(changes)
        for name, change in changes.items():
            if name not in known:
                raise MktlabError(f"but: a plan has no {name!r}; {_likely(name, known)}")
            if name in P_NAMES and isinstance(change, Mapping):
                group = getattr(self, name)
                levers = {lever.name for lever in fields(group)}
                for lever in change:
                    if lever not in levers:
                        ask = _likely(str(lever), levers)
                        raise MktlabError(f"but: {name} has no lever {lever!r}; {ask}")
                new[name] = replace(group, **change)
            elif name == "starts":
                new[name] = tuple({**dict(self.starts), **change}.items())
        return replace(self, **new)

    def validate(self) -> list[str]:
        """Every problem of the plan, a sentence each; an empty list when it can be carried out."""
        from mktlab.plan.checks import problems_of

        return problems_of(self)

    def check(self) -> None:
        """Raise a MktlabError with every problem, if there is one."""
        problems = self.validate()
        if problems:
            listed = "\n".join(f"- {problem}" for problem in problems)
            raise MktlabError(f"The plan {self.name!r} cannot be carried out:\n{listed}")

    def first_week(self, path: str) -> int:
        """The plan's first week, from 1, in which a lever has its new value.

        >>> Plan().first_week("people.baristas")  # four weeks to hire
        5
        """
        return dict(self.starts).get(path, LEVERS[path].lead_weeks + 1)

    def in_week(self, week: int, *, before: Mix = BASE) -> Mix:
        """The mix in force in one week of the plan, 0 for its first.

        Levers that have not started yet are as in `before`.
        """
        groups = {}
        for group in P_NAMES:
            new, old = getattr(self, group), getattr(before, group)
            waiting = {
                lever.name: getattr(old, lever.name)
                for lever in fields(new)
                if week + 1 < self.first_week(f"{group}.{lever.name}")
            }
            groups[group] = replace(new, **waiting)
        return Mix(**groups)

    def changes(self) -> pd.DataFrame:
        """What differs from today.

        Returns
        -------
        One row per lever that changes: `p, lever, today, planned, unit, prepare_from, starts,
        owner, meaning`; weeks count from 1, `prepare_from` may lie before the plan (0 or less).
        """
        rows = []
        for path, lever in LEVERS.items():
            value = self.value(path)
            if value != lever.base:
                first = self.first_week(path)
                row = (P_NAMES[lever.group], path, lever.base, value, lever.unit)
                rows.append((*row, first - lever.lead_weeks, first, lever.owner, lever.meaning))
        columns = ["p", "lever", "today", "planned", "unit"]
        columns += ["prepare_from", "starts", "owner", "meaning"]
        return pd.DataFrame(rows, columns=columns)

    def cost(self) -> pd.DataFrame:
        """What the levers cost over the plan's weeks, starting weeks respected.

        What depends on sales (goods, delivery, points, rewards) is not in it.

        Returns
        -------
        One row per lever that costs: `p, lever, weekly_today, weekly_planned, total, extra`, in
        euros; `extra` is more than today.
        """
        today, planned = weekly_costs(BASE), weekly_costs(self)
        rows = []
        for path in planned:
            waits = min(self.first_week(path) - 1, self.weeks)
            total = waits * today[path] + (self.weeks - waits) * planned[path]
            extra = total - self.weeks * today[path]
            p = P_NAMES[LEVERS[path].group]
            rows.append((p, path, today[path], planned[path], total, extra))
        columns = ["p", "lever", "weekly_today", "weekly_planned", "total", "extra"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def total_cost(self) -> float:
        """Euros that the levers cost over the plan's weeks."""
        return float(self.cost()["total"].sum())

    @property
    def total_budget(self) -> float:
        """The budget, or what stands for it when none is set."""
        if self.budget is not None:
            return self.budget
        today = self.weeks * sum(weekly_costs(BASE).values())
        return 10_000.0 * math.ceil(1.15 * today / 10_000)

    def calendar(self, *, starting: str | pd.Timestamp | None = None) -> Calendar:
        """Who prepares and does what, when; `starting` is the plan's first Monday."""
        from mktlab.plan.calendar import Calendar

        return Calendar(self, None if starting is None else pd.Timestamp(starting))

    def brief(self, *, starting: str | pd.Timestamp | None = None) -> Brief:
        """The plan on one page, as HTML."""
        from mktlab.plan.brief import Brief

        return Brief(self, None if starting is None else pd.Timestamp(starting))

    def to_toml(self, path: str | Path | None = None) -> str:
        """The plan as TOML that a person can edit; written to `path` if given."""
        from mktlab.plan.text import write

        text = write(self)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    @classmethod
    def from_toml(cls, source: str | Path) -> Plan:
        """Read a plan from a TOML file, or from TOML text.

        Raises
        ------
        MktlabError
            With every problem of the text, a sentence each.
        """
        from mktlab.plan.text import read

        return read(source)

    def to_excel(self, path: str | Path) -> Path:
        """Write the plan as a workbook: objectives, actions, budget, calendar, KPIs."""
        from mktlab.plan.workbook import write

        return write(self, Path(path))


def _likely(name: str, names: set[str]) -> str:
    found = get_close_matches(name, sorted(names), n=1)
    return f"did you mean {found[0]!r}?" if found else f"choose among {', '.join(sorted(names))}."
