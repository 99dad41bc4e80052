"""Actions with a P, an owner, weeks and costs; goals on the company's KPIs; and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from mktlab.kpi import KPIS
from mktlab.kpi.tree import shown
from mktlab.plan.calendar import Calendar, date_of
from mktlab.plan.objectives import Objective
from mktlab.plan.source import read
from mktlab.plan.wording import GROUPS, P_NAMES, as_written, is_number, is_whole, number
from mktlab.schema import MktlabError
from mktlab.show.formats import money
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

MOST_WEEKS = 156


@dataclass(frozen=True)
class Action:
    """What somebody does, in weeks of the plan (the first is 1).

    It is prepared in the `prepare` weeks before `starts` and runs from `starts` to `ends`, both
    included (by default to the plan's end). It takes `hours` a week of its owner all that time,
    `cost` once in its first week, and `weekly` in each week in which it runs.
    """

    p: str
    action: str
    owner: str
    starts: int
    ends: int | None = None
    prepare: int = 0
    hours: float = 0.0
    cost: float = 0.0
    weekly: float = 0.0


@dataclass(frozen=True)
class Goal(Objective):
    """A target for one of the course's KPIs, over the weeks up to `by_week`."""

    def label(self) -> str:
        """The KPI in words."""
        return KPIS[self.kpi].label if self.kpi in KPIS else str(self.kpi)

    def words(self, currency: str = "EUR") -> str:
        """The target in words, such as "at least €60,000"."""
        if self.kpi not in KPIS:
            return number(self.target)
        known = KPIS[self.kpi]
        bound = say("at most") if known.direction == "down" else say("at least")
        return f"{bound} {shown(self.target, known.unit, currency)}"


@dataclass(frozen=True)
class OwnPlan:
    """Actions, people and objectives of one company, from a Monday on.

    `people` are the hours a week that each can give to the plan; `currency` is that of the books.
    """

    name: str
    starting: dt.date
    weeks: int
    budget: float
    people: Mapping[str, float] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    objectives: tuple[Goal, ...] = ()
    currency: str = "EUR"

    @classmethod
    def from_toml(cls, source: str | Path) -> OwnPlan:
        """The plan that a file, or a text of TOML, describes; errors name all that is wrong."""
        name, said = read(source)
        known = [part.name for part in fields(cls)]
        wrong = list(_odd(said, known, ("name", "starting", "weeks", "budget"), say("the plan")))
        parts: dict[str, Any] = {}
        for key, kind in (("actions", Action), ("objectives", Goal)):
            entries = said.get(key, [])
            if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
                wrong.append(say("{key}: write each one under a line [[{key}]].", key=key))
                continue
            names = [part.name for part in fields(kind)]
            needed = [p.name for p in fields(kind) if p.default is MISSING]
            for place, entry in enumerate(entries, start=1):
                wrong += _odd(entry, names, needed, f"{key}[{place}]")
            parts[key] = (kind, entries)
        if not isinstance(said.get("people", {}), dict):
            wrong.append(say("people: write lines such as Ada = 8 under a line [people]."))
        if not wrong:
            made = {k: tuple(kind(**e) for e in entries) for k, (kind, entries) in parts.items()}
            plan = cls(**{**said, **made})
            wrong = plan.unreadable()
        if wrong:
            told = say("{name} cannot be read as a plan", name=name)
            raise MktlabError(told + ":" + "".join(f"\n- {sentence}" for sentence in wrong))
        return plan

    def validate(self) -> list[str]:
        """What is wrong with it, a sentence each; empty when it can be carried out."""
        if odd := self.unreadable():
            return odd
        found = [t for place, a in enumerate(self.actions, 1) for t in _dates(self, a, place)]
        found += [
            t for place, goal in enumerate(self.objectives, 1) for t in _goal(self, goal, place)
        ]
        return [*found, *_busy(self), *_spent(self)]

    def unreadable(self) -> list[str]:
        """What must be mended before the plan can even be shown, a sentence each."""
        kinds = [told for n, action in enumerate(self.actions, 1) for told in _kinds(action, n)]
        return [*_frame(self), *kinds]

    def last_week(self, action: Action) -> int:
        """The last week in which an action runs."""
        return self.weeks if action.ends is None else action.ends

    def costs(self) -> pd.DataFrame:
        """What each action costs in each week, in euros: a row per week, a column per action."""
        weeks = pd.RangeIndex(1, self.weeks + 1, name="week")
        table = {}
        for action in self.actions:
            runs = (weeks >= action.starts) & (weeks <= self.last_week(action))
            table[action.action] = action.weekly * runs + action.cost * (weeks == action.starts)
        return pd.DataFrame(table, index=weeks, dtype=float)

    def hours(self) -> pd.DataFrame:
        """The hours that each person gives to the plan in each week."""
        weeks = pd.RangeIndex(1, self.weeks + 1, name="week")
        table = pd.DataFrame(0.0, index=weeks, columns=list(self.people))
        for action in self.actions:
            busy = weeks >= action.starts - action.prepare
            busy &= weeks <= self.last_week(action)
            table[action.owner] = table.get(action.owner, 0.0) + action.hours * busy
        return table

    @property
    def total_cost(self) -> float:
        """Euros over the plan's weeks."""
        return round(float(self.costs().to_numpy().sum()), 2)

    def calendar(self) -> Calendar:
        """Who prepares what and when it runs."""
        first = pd.Timestamp(self.starting)
        rows = [
            (
                action.action,
                P_NAMES[action.p],
                action.owner,
                action.starts - action.prepare,
                action.starts,
                self.last_week(action),
                action.action,
            )
            for action in self.actions
        ]
        columns = ["action", "p", "owner", "prepare_from", "starts", "ends", "lever"]
        table = pd.DataFrame(rows, columns=columns)
        table["prepare_date"] = [date_of(first, week) for week in table["prepare_from"]]
        table["start_date"] = [date_of(first, week) for week in table["starts"]]
        table["end_date"] = [date_of(first, w + 1) - pd.Timedelta(days=1) for w in table["ends"]]
        return Calendar(table, self.weeks, self.name, objectives=self.objectives, first=first)


def _odd(said: Mapping[str, Any], known: list[str], needed: Any, place: str) -> Iterator[str]:
    for key in said:
        if key not in known:
            yield say(
                "{place}: nothing is called {key}{hint}; choose among {known}.",
                place=place,
                key=key,
                hint=did_you_mean(key, known),
                known=", ".join(known),
            )
    for key in needed:
        if key not in said:
            yield say("{place}: {key} is missing; add it.", place=place, key=key)


def _frame(plan: OwnPlan) -> Iterator[str]:
    if not isinstance(plan.name, str) or not plan.name.strip():
        yield say("name: give the plan a name in quotes.")
    if not isinstance(plan.starting, dt.date) or plan.starting.weekday() != 0:
        yield say(
            "starting is {day}: write a Monday, without quotes, as in 2026-01-05.",
            day=as_written(plan.starting)
            if not isinstance(plan.starting, dt.date)
            else plan.starting,
        )
    if not is_whole(plan.weeks) or not 1 <= plan.weeks <= MOST_WEEKS:
        told = as_written(plan.weeks)
        yield say("weeks is {n}: write a whole number, 1 to {most}.", n=told, most=MOST_WEEKS)
    if not is_number(plan.budget) or plan.budget < 0:
        yield say("budget is {n}: write a number, 0 or more.", n=as_written(plan.budget))
    for who, hours in plan.people.items():
        if not is_number(hours) or not 0 <= hours <= 168:
            told = as_written(hours)
            yield say("people: {who} has {n} hours a week: write 0 to 168.", who=who, n=told)


def _kinds(action: Action, place: int) -> Iterator[str]:
    where = f"actions[{place}]"
    for key in ("p", "action", "owner"):
        if not isinstance(getattr(action, key), str) or not getattr(action, key).strip():
            yield say("{where}: {key} is no text; write some in quotes.", where=where, key=key)
    if isinstance(action.p, str) and action.p not in GROUPS:
        yield say(
            "{where}: there is no P {p}{hint}; choose among {ps}.",
            where=where,
            p=number(action.p),
            hint=did_you_mean(action.p, GROUPS),
            ps=", ".join(GROUPS),
        )
    for key in ("starts", "ends", "prepare"):
        value = getattr(action, key)
        if not is_whole(value) and not (key == "ends" and value is None):
            told = as_written(value)
            yield say("{where}: {key} is {n}: write a whole number.", where=where, key=key, n=told)
    for key in ("hours", "cost", "weekly", "prepare"):
        value = getattr(action, key)
        if not is_number(value) or value < 0:
            told = as_written(value)
            yield say("{where}: {key} is {n}: write 0 or more.", where=where, key=key, n=told)


def _dates(plan: OwnPlan, action: Action, place: int) -> Iterator[str]:
    where = say("actions[{place}] ({action})", place=place, action=action.action)
    ends = plan.last_week(action)
    if not 1 <= action.starts <= ends <= plan.weeks:
        yield say(
            "{where}: it runs from week {starts} to {ends}, and the plan has weeks 1 to {weeks}.",
            where=where,
            starts=action.starts,
            ends=ends,
            weeks=plan.weeks,
        )
    if action.starts - action.prepare < 1:
        yield say(
            "{where}: {n} weeks of preparation would begin before the plan; start it in week "
            "{first} or later.",
            where=where,
            n=action.prepare,
            first=action.prepare + 1,
        )
    if [other.action for other in plan.actions].count(action.action) > 1:
        yield say("{where}: another action has this name; call one of them otherwise.", where=where)
    if action.owner not in plan.people:
        yield say(
            "{where}: {owner} is not under [people]{hint}; add her with her hours a week.",
            where=where,
            owner=action.owner,
            hint=did_you_mean(action.owner, plan.people),
        )


def _goal(plan: OwnPlan, goal: Goal, place: int) -> Iterator[str]:
    where = f"objectives[{place}]"
    known = KPIS.get(goal.kpi) if isinstance(goal.kpi, str) else None
    if known is None:
        yield say(
            "{where}: there is no KPI {kpi}{hint}; `mktlab plan new --data` lists those of your "
            "tables.",
            where=where,
            kpi=number(goal.kpi),
            hint=did_you_mean(goal.kpi, KPIS),
        )
    elif known.direction == "neither":
        yield say("{where}: {kpi} has no good direction.", where=where, kpi=goal.kpi)
    if not is_number(goal.target):
        told = as_written(goal.target)
        yield say("{where}: the target is {n}: write a number.", where=where, n=told)
    if not is_whole(goal.by_week) or not 1 <= goal.by_week <= plan.weeks:
        told = as_written(goal.by_week)
        yield say(
            "{where}: by_week is {n}: write a week, 1 to {weeks}.",
            where=where,
            n=told,
            weeks=plan.weeks,
        )


def _busy(plan: OwnPlan) -> Iterator[str]:
    hours = plan.hours()
    for who, most in plan.people.items():
        over = hours.index[hours[who] > most + 1e-9]
        if len(over):
            yield say(
                "{who} has {most} hours a week and the plan takes {hours} in week {week} (too many "
                "in {n} weeks): move an action, or give it to somebody else.",
                who=who,
                most=number(most),
                hours=number(float(hours.loc[over[0], who])),
                week=over[0],
                n=len(over),
            )


def _spent(plan: OwnPlan) -> Iterator[str]:
    if plan.total_cost > plan.budget:
        yield say(
            "The actions cost {cost}, {over} more than the budget of {budget}.",
            cost=money(plan.total_cost, plan.currency),
            over=money(plan.total_cost - plan.budget, plan.currency),
            budget=money(plan.budget, plan.currency),
        )
