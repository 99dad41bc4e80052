"""Plans: the seven Ps as decisions, priced and dated before they are run.

A `Plan` is a `Mix` with a name, a length, a budget, objectives, and the weeks in which its changes
start. It starts from today: `Plan.baseline().but(price={"beans": 1.1})`. `validate` says what is
wrong with it, `cost` prices it, `calendar` dates it, `brief` puts it on one page, and `to_toml`,
`from_toml` and `to_excel` carry it into files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.plan.mix import BASE, LEVERS, Mix
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.wording import GROUPS, P_NAMES, differs, is_whole, number
from mktlab.schema import MktlabError
from mktlab.spelling import did_you_mean

if TYPE_CHECKING:
    from mktlab.plan.brief import Brief
    from mktlab.plan.calendar import Calendar

__all__ = ["INDICATORS", "LEVERS", "Mix", "Objective", "Plan"]


@dataclass(frozen=True)
class Plan(Mix):
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

    _: KW_ONLY
    name: str = "Baseline"
    weeks: int = 52
    budget: float = None  # type: ignore[assignment]  # never None once made
    objectives: tuple[Objective, ...] = ()
    starts: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        from mktlab.plan.spending import usual_budget

        given: dict[str, Any] = vars(self)
        for group in GROUPS:
            accepted = type(getattr(BASE, group))
            if not isinstance(given[group], accepted):
                raise MktlabError(
                    f"{group}: {number(given[group])} is no group of levers; "
                    f"write {accepted.__name__}(...), or use Plan.baseline().but({group}={{...}})."
                )
        starts, objectives = given["starts"], given["objectives"]
        if not isinstance(starts, Mapping):
            raise MktlabError(
                f"starts: {number(starts)} names no weeks by lever; "
                'write them as in {"people.baristas": 5}.'
            )
        if not isinstance(objectives, (list, tuple)):
            raise MktlabError(
                f"objectives: {number(objectives)} is no list; "
                'write it as in [Objective("profit", 60_000, by_week=52)].'
            )
        ordered = dict(sorted(starts.items(), key=lambda item: str(item[0])))
        object.__setattr__(self, "starts", ordered)
        object.__setattr__(self, "objectives", tuple(objectives))
        if given["budget"] is None:
            object.__setattr__(self, "budget", usual_budget(self.weeks))

    @classmethod
    def baseline(cls) -> Plan:
        """The plan that changes nothing."""
        return cls()

    def but(
        self,
        *,
        name: str | None = None,
        weeks: int | None = None,
        budget: float | None = None,
        objectives: Sequence[Objective] | None = None,
        starts: Mapping[str, int] | None = None,
        **groups: Mapping[str, Any],
    ) -> Plan:
        """This plan with some changes.

        Parameters
        ----------
        name, weeks, budget, objectives
            In place of this plan's. A budget that was never set follows the weeks.
        starts
            Weeks by lever, added to this plan's.
        **groups
            Levers and their values by P, such as ``price={"beans": 1.1}``.

        Raises
        ------
        MktlabError
            When there is no such P or lever.

        Examples
        --------
        >>> Plan.baseline().but(people={"baristas": 2.6}).people.baristas
        2.6
        """
        from mktlab.plan.spending import usual_budget

        new: dict[str, Any] = {group: self._group(group, said) for group, said in groups.items()}
        given = {"name": name, "weeks": weeks, "budget": budget, "objectives": objectives}
        new |= {key: value for key, value in given.items() if value is not None}
        if "budget" not in new and not differs(self.budget, usual_budget(self.weeks)):
            new["budget"] = None
        plan = replace(self, **new, starts={**self.starts, **(starts or {})})
        back = {p for p in self.starts if p in LEVERS and self.changed(p) and not plan.changed(p)}
        if not back - set(starts or {}):
            return plan
        kept = {p: w for p, w in plan.starts.items() if p not in back - set(starts or {})}
        return replace(plan, starts=kept)

    def _group(self, group: str, said: object) -> Any:
        if group not in GROUPS:
            raise MktlabError(
                f"but: there is no P named {group!r}{did_you_mean(group, GROUPS)}; "
                f"choose among {', '.join(GROUPS)}."
            )
        if not isinstance(said, Mapping):
            return said
        levers = [lever.name for lever in LEVERS.values() if lever.group == group]
        for name in said:
            if name not in levers:
                raise MktlabError(
                    f"but: {group} has no lever {name!r}{did_you_mean(name, levers)}; "
                    f"choose among {', '.join(levers)}."
                )
        return replace(getattr(self, group), **said)

    def changed(self, path: str) -> bool:
        """Whether the plan sets a lever otherwise than today."""
        return differs(self.value(path), LEVERS[path].base)

    def starts_in(self, path: str) -> int:
        """The week of the plan, the first is 1, from which a lever's new value acts.

        >>> Plan.baseline().starts_in("people.baristas")  # four weeks to hire
        5
        """
        said = self.starts.get(path)
        return int(said) if is_whole(said) else LEVERS[path].lead_weeks + 1

    def changes(self) -> pd.DataFrame:
        """What the plan changes: one row per lever that it sets otherwise than today.

        Returns
        -------
        DataFrame
            `path, p, from, to, unit, starts` (week of the plan), `owner, meaning`; without rows
            when nothing changes.
        """
        rows = [
            {
                "path": path,
                "p": P_NAMES[lever.group],
                "from": lever.base,
                "to": self.value(path),
                "unit": lever.unit,
                "starts": self.starts_in(path),
                "owner": lever.owner,
                "meaning": lever.meaning,
            }
            for path, lever in LEVERS.items()
            if self.changed(path)
        ]
        columns = ["path", "p", "from", "to", "unit", "starts", "owner", "meaning"]
        return pd.DataFrame(rows, columns=columns).astype({"from": object, "to": object})

    def in_week(self, week: int, *, before: Mix = BASE) -> Mix:
        """The mix as it acts in one week, counted from 0 at the plan's start.

        A lever whose change has not started is as in `before`, by default as today. What has
        started stays, also after the plan's last week.

        >>> Plan.baseline().in_week(30) == Mix()
        True
        """
        if not is_whole(week):
            raise MktlabError(f"in_week: {number(week)} is no week; give a whole number from 0 up.")
        groups: dict[str, Any] = {group: getattr(self, group) for group in GROUPS}
        for path, lever in LEVERS.items():
            old = before.value(path)
            if differs(self.value(path), old) and self.starts_in(path) > week + 1:
                groups[lever.group] = replace(groups[lever.group], **{lever.name: old})
        return Mix(**groups)

    def validate(self) -> list[str]:
        """What is wrong with the plan, one sentence each; empty when it can be run.

        >>> Plan.baseline().validate()
        []
        """
        from mktlab.plan.checks import problems

        return problems(self)

    def check(self) -> None:
        """Raise one `MktlabError` with all that `validate` finds, if it finds anything."""
        _refuse(self, self.validate())

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
        from mktlab.plan.checks import blocking
        from mktlab.plan.spending import cost_table

        _refuse(self, blocking(self))
        return cost_table(self)

    @property
    def total_cost(self) -> float:
        """Euros over the plan's weeks, to be compared with `budget`.

        >>> Plan.baseline().total_cost < Plan.baseline().budget
        True
        """
        return round(float(self.cost()["total"].sum()), 2)

    def calendar(self, *, starting: str | dt.date | None = None) -> Calendar:
        """Who prepares what and when it starts; with `starting`, the plan's first day, in dates."""
        from mktlab.plan.calendar import calendar

        return calendar(self, starting=starting)

    def brief(self, *, currency: str = "EUR", starting: str | dt.date | None = None) -> Brief:
        """The plan on one page, to be read in a notebook, saved or printed."""
        from mktlab.plan.brief import brief

        return brief(self, currency=currency, starting=starting)

    def to_toml(self, path: str | Path | None = None) -> str:
        """The plan as a file that a person can edit; also written to `path`, if one is given."""
        from mktlab.plan.text import to_toml

        return to_toml(self, path)

    @classmethod
    def from_toml(cls, source: str | Path) -> Plan:
        """The plan that a file, or a text such as `to_toml` gives, describes."""
        from mktlab.plan.text import from_toml

        return from_toml(source)

    def to_excel(self, path: str | Path) -> None:
        """Write the plan as a workbook: objectives, actions, budget, calendar, indicators."""
        from mktlab.plan.workbook import to_excel

        to_excel(self, path)


def _refuse(plan: Plan, problems: list[str]) -> None:
    if problems:
        lines = "".join(f"\n- {sentence}" for sentence in problems)
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise MktlabError(f"The plan {number(plan.name)} has {count}:{lines}")
