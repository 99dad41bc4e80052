"""What a plan decides: the mix, from which week each change acts, and the frame around it.

`Decisions` is a `Mix` with a name, a length, a budget, objectives and starts. What is made of it
(checks, costs, calendar, files) takes `Decisions`; `Plan` adds the doors to all of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Self

import pandas as pd

from mktlab.plan.costs import usual_budget
from mktlab.plan.mix import BASE, DECIDED, Mix
from mktlab.plan.objectives import Objective
from mktlab.plan.wording import GROUPS, P_NAMES, as_told, differs, is_whole, number
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean


@dataclass(frozen=True)
class Decisions(Mix):
    """The levers with their starts, and the frame; `Plan` says what each part is."""

    _: KW_ONLY
    name: str = "Baseline"
    weeks: int = 52
    budget: float = None  # type: ignore[assignment]  # never None once made
    objectives: tuple[Objective, ...] = ()
    starts: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        given: dict[str, Any] = vars(self)
        for group in GROUPS:
            accepted = type(getattr(BASE, group))
            if not isinstance(given[group], accepted):
                raise MktlabError(
                    say(
                        "{group}: {given} is no group of levers; write {name}(...), or use "
                        "Plan.baseline().but({group}={{...}}).",
                        group=group,
                        given=number(given[group]),
                        name=accepted.__name__,
                    )
                )
        starts, objectives = given["starts"], given["objectives"]
        if not isinstance(starts, Mapping):
            raise MktlabError(
                say(
                    "starts: {starts} names no weeks by lever; write them as in "
                    '{{"people.baristas": 5}}.',
                    starts=number(starts),
                )
            )
        if not isinstance(objectives, (list, tuple)):
            raise MktlabError(
                say(
                    'objectives: {objectives} is no list; write it as in [Objective("profit", '
                    "60_000, by_week=52)].",
                    objectives=number(objectives),
                )
            )
        ordered = dict(sorted(starts.items(), key=lambda item: str(item[0])))
        object.__setattr__(self, "starts", ordered)
        object.__setattr__(self, "objectives", tuple(objectives))
        if given["budget"] is None:
            object.__setattr__(self, "budget", usual_budget(self.weeks))

    @classmethod
    def baseline(cls) -> Self:
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
    ) -> Self:
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
        >>> Decisions.baseline().but(people={"baristas": 2.6}).people.baristas
        2.6
        """
        new: dict[str, Any] = {group: self._group(group, said) for group, said in groups.items()}
        given = {"name": name, "weeks": weeks, "budget": budget, "objectives": objectives}
        new |= {key: value for key, value in given.items() if value is not None}
        if "budget" not in new and not differs(self.budget, usual_budget(self.weeks)):
            new["budget"] = None
        plan = replace(self, **new, starts={**self.starts, **(starts or {})})
        back = {p for p in self.starts if p in DECIDED and self.changed(p) and not plan.changed(p)}
        if not back - set(starts or {}):
            return plan
        kept = {p: w for p, w in plan.starts.items() if p not in back - set(starts or {})}
        return replace(plan, starts=kept)

    def _group(self, group: str, said: object) -> Any:
        if group not in GROUPS:
            raise MktlabError(
                say(
                    "but: there is no P named {group!r}{hint}; choose among {groups}.",
                    group=group,
                    hint=did_you_mean(group, GROUPS),
                    groups=", ".join(GROUPS),
                )
            )
        if not isinstance(said, Mapping):
            return said
        levers = [lever.name for lever in DECIDED.values() if lever.group == group]
        for name in said:
            if name not in levers:
                raise MktlabError(
                    say(
                        "but: {group} has no lever {name!r}{hint}; choose among {levers}.",
                        group=group,
                        name=name,
                        hint=did_you_mean(name, levers),
                        levers=", ".join(levers),
                    )
                )
        return replace(getattr(self, group), **said)

    def changed(self, path: str) -> bool:
        """Whether the plan sets a lever otherwise than today."""
        return differs(self.value(path), DECIDED[path].base)

    def starts_in(self, path: str) -> int:
        """The week of the plan, the first is 1, from which a lever's new value acts.

        >>> Decisions.baseline().starts_in("people.baristas")  # four weeks to hire
        5
        """
        said = self.starts.get(path)
        return int(said) if is_whole(said) else DECIDED[path].lead_weeks + 1

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
                "from": as_told(lever.base),
                "to": as_told(self.value(path)),
                "unit": lever.unit,
                "starts": self.starts_in(path),
                "owner": lever.owner,
                "meaning": lever.meaning,
            }
            for path, lever in DECIDED.items()
            if self.changed(path)
        ]
        columns = ["path", "p", "from", "to", "unit", "starts", "owner", "meaning"]
        return pd.DataFrame(rows, columns=columns).astype({"from": object, "to": object})

    def in_week(self, week: int, *, before: Mix = BASE) -> Mix:
        """The mix as it acts in one week, counted from 0 at the plan's start.

        A lever whose change has not started is as in `before`, by default as today. What has
        started stays, also after the plan's last week.

        >>> Decisions.baseline().in_week(30) == Mix()
        True
        """
        if not is_whole(week):
            raise MktlabError(
                say("in_week: {week} is no week; give a whole number from 0 up.", week=number(week))
            )
        groups: dict[str, Any] = {group: getattr(self, group) for group in GROUPS}
        for path, lever in DECIDED.items():
            old = before.value(path)
            if differs(self.value(path), old) and self.starts_in(path) > week + 1:
                groups[lever.group] = replace(groups[lever.group], **{lever.name: old})
        return Mix(**groups)
