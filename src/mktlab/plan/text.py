"""A plan as a file that a person can edit, in TOML, and back.

`to_toml` writes every lever with its meaning, unit, limits and today's value above it; `from_toml`
reads such a file, whole or in part, and tells about everything that is wrong with it at once.
What a readable value is worth (limits, dates, budget) is for `Plan.validate` to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from mktlab.plan.checks import blocking
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import DECIDED, Lever
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.source import read
from mktlab.plan.values import kind_problem
from mktlab.plan.wording import (
    GROUPS,
    P_NAMES,
    as_written,
    is_flag,
    is_number,
    is_whole,
    number,
    preparation,
    write,
)
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

D = TypeVar("D", bound=Decisions)
_HEAD = """\
# A marketing plan. Change what follows an equals sign; numbers have a decimal point, text stands in
# double quotes, yes and no are true and false. A line that is left out stays as today.
"""
_STARTS = """
# From which week of the plan a change acts (the first week is 1), such as "people.baristas" = 5.
# A lever that is not named starts as early as its preparation allows.
[starts]
"""
_OBJECTIVES = f"""
# What the plan is to reach, one block for each:
# [[objectives]]
# kpi = "profit"  # one of {", ".join(list(INDICATORS)[:6])},
#                 # {", ".join(list(INDICATORS)[6:])}
# target = 60000.0
# by_week = 52
# owner = ""
# note = ""
"""
_KEYS = ("name", "weeks", "budget", *GROUPS, "starts", "objectives")


def to_toml(plan: Decisions, path: str | Path | None = None) -> str:
    """The plan as TOML; `from_toml` makes an equal plan of it.

    Raises
    ------
    MktlabError
        When a value is of the wrong kind, or `path` cannot be written to.
    """
    _refuse_odd(plan)
    parts = [
        _HEAD,
        f"name = {_value(plan.name)}\n",
        f"weeks = {_value(plan.weeks)}  # its length\n",
        f"budget = {_value(plan.budget)}  # € over these weeks\n",
    ]
    for group in GROUPS:
        parts.append(f"\n# {P_NAMES[group]}\n[{group}]\n")
        levers = [lever for lever in DECIDED.values() if lever.group == group]
        parts += [_lever(lever, plan.value(lever.path)) for lever in levers]
    parts.append(_STARTS)
    parts += [f"{_value(path)} = {_value(week)}\n" for path, week in plan.starts.items()]
    parts.append(_OBJECTIVES)
    for objective in plan.objectives:
        lines = [f"{f.name} = {_value(getattr(objective, f.name))}\n" for f in fields(objective)]
        parts.append("\n[[objectives]]\n" + "".join(lines))
    text = "".join(parts)
    if path is not None:
        write(path, text, suffixes=(".toml",))
    return text


def _lever(lever: Lever, value: Any) -> str:
    limits = say(", {low} to {high}", low=number(lever.low), high=number(lever.high))
    limits = "" if isinstance(lever.base, bool) else ", ".join(lever.names) or limits
    today = number(lever.base) if is_number(lever.base) else _value(lever.base)
    said = say(
        "{meaning}: {unit}{limits}; today {today}; {time}",
        meaning=lever.meaning,
        unit=lever.unit,
        limits=limits,
        today=today,
        time=preparation(lever),
    )
    return f"# {said}\n{lever.name} = {_value(value)}\n"


def _value(value: object) -> str:
    if is_flag(value):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(" = ".join(map(_value, pair)) for pair in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if is_whole(value):
        return str(int(value))
    if is_number(value):
        return repr(float(value))
    text = json.dumps(str(value).encode("utf-8", "replace").decode(), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")  # which JSON allows and TOML does not


def _refuse_odd(plan: Decisions) -> None:
    """A file holds what can be read back: numbers, yes and no, text."""
    odd = [kind_problem(lever, plan.value(path)) for path, lever in DECIDED.items()]
    odd += [told for told in blocking(plan) if told.startswith(("weeks:", "name:", "budget:"))]
    odd += _starts_problems(dict(plan.starts))
    for place, entry in enumerate(plan.objectives, start=1):
        said = vars(entry) if isinstance(entry, Objective) else {"kpi": entry}
        odd += _entry_problems(said, f"objectives[{place}]")
    _raise([sentence for sentence in odd if sentence], "The plan cannot be written")


def from_toml(source: str | Path, make: type[D]) -> D:
    """The plan that a TOML file, or a text of TOML, describes.

    Parameters
    ----------
    source
        A path, or the text itself: a string of more than one line, or with an equals sign.
    make
        What to make of it: `Plan`, or another kind of `Decisions`.

    Raises
    ------
    MktlabError
        With one sentence for each thing that cannot be read.

    Examples
    --------
    >>> from_toml("price.beans = 1.1", Decisions).price.beans
    1.1
    """
    name, said = read(source)
    found = [
        say(
            "{key}: a plan has nothing of this name{hint}; choose among {keys}.",
            key=key,
            hint=did_you_mean(key, _KEYS),
            keys=", ".join(_KEYS),
        )
        for key in said
        if key not in _KEYS
    ]
    found += _frame_problems(said)
    for group in GROUPS:
        found += _group_problems(group, said.get(group, {}))
    starts = _flat(said.get("starts", {}))
    if not isinstance(said.get("starts", {}), dict):
        found.append(say('starts: write lines such as "price.beans" = 5 under a line [starts].'))
    found += _starts_problems(starts)
    entries = said.get("objectives", [])
    if not isinstance(entries, list):
        found.append(say("objectives: write each one under a line [[objectives]]."))
        entries = []
    for place, entry in enumerate(entries, start=1):
        found += _entry_problems(entry, f"objectives[{place}]")
    _raise(found, say("{name} cannot be read as a plan", name=name))
    frame = {key: said[key] for key in ("name", "weeks", "budget") if key in said}
    objectives = tuple(Objective(**entry) for entry in entries)
    plan = make(**frame, objectives=objectives, starts=starts)
    return plan.but(budget=plan.budget, **{group: said[group] for group in GROUPS if group in said})


def _frame_problems(said: dict[str, Any]) -> Iterator[str]:
    if not isinstance(said.get("name", ""), str):
        yield say("name: {name} is no text; put it in double quotes.", name=number(said["name"]))
    if not is_whole(said.get("weeks", 1)):
        yield say(
            "weeks: {weeks} is no whole number; write one without quotes.",
            weeks=as_written(said["weeks"]),
        )
    if not is_number(said.get("budget", 1)):
        yield (
            say(
                "budget: {budget} is no finite number; write it without quotes and with a decimal "
                "point.",
                budget=number(said["budget"]),
            )
        )


def _group_problems(group: str, levers: object) -> Iterator[str]:
    if not isinstance(levers, dict):
        yield say(
            "{group}: {value} is no P; write its levers under a line [{group}].",
            group=group,
            value=number(levers),
        )
        return
    known = [lever.name for lever in DECIDED.values() if lever.group == group]
    for name, value in levers.items():
        if name not in known:
            yield (
                say(
                    "{group}.{name}: there is no such lever{hint}; choose among {known}.",
                    group=group,
                    name=name,
                    hint=did_you_mean(name, known),
                    known=", ".join(known),
                )
            )
        else:
            problem = kind_problem(DECIDED[f"{group}.{name}"], value)
            yield from [problem] if problem else []


def _flat(starts: object) -> dict[str, Any]:
    """Weeks by path, whether a path is quoted as a key or, as TOML reads dots, a table in one."""
    if not isinstance(starts, dict):
        return {}
    flat: dict[str, Any] = {}
    for key, week in starts.items():
        inner = week if isinstance(week, dict) else None
        flat |= {f"{key}.{name}": w for name, w in inner.items()} if inner else {key: week}
    return flat


def _starts_problems(starts: dict[str, Any]) -> Iterator[str]:
    for path, week in starts.items():
        if path not in DECIDED:
            yield (
                say(
                    'starts: there is no lever {path!r}{hint}; write it as in "price.beans" = 5 '
                    "under a line [starts].",
                    path=path,
                    hint=did_you_mean(path, DECIDED),
                )
            )
        elif not is_whole(week):
            yield (
                say(
                    "starts: {path} starts in week {week}, which is no whole number; write one "
                    "without quotes.",
                    path=path,
                    week=as_written(week),
                )
            )


def _entry_problems(entry: object, place: str) -> Iterator[str]:
    """What is wrong with the kinds of one objective's values."""
    if not isinstance(entry, dict):
        yield say(
            "{place}: {entry} is no objective; write it under a line [[objectives]].",
            place=place,
            entry=number(entry),
        )
        return
    names = [f.name for f in fields(Objective)]
    for key in entry:
        if key not in names:
            yield (
                say(
                    "{place}: an objective has no {key}{hint}; choose among {names}.",
                    place=place,
                    key=key,
                    hint=did_you_mean(key, names),
                    names=", ".join(names),
                )
            )
    for key in ("kpi", "owner", "note"):
        if not isinstance(entry.get(key, ""), str):
            yield say(
                "{place}: {key} is {value}; put text in double quotes.",
                place=place,
                key=key,
                value=number(entry[key]),
            )
    checks = {"target": (is_number, "finite"), "by_week": (is_whole, "whole")}
    for key, (is_right, kind) in checks.items():
        if key in entry and not is_right(entry[key]):
            yield (
                say(
                    "{place}: {key} is {value}, which is no {kind} number; write one without "
                    "quotes.",
                    place=place,
                    key=key,
                    value=as_written(entry[key]),
                    kind=kind,
                )
            )
    for key in names[:3]:
        if key not in entry:
            yield say("{place}: it has no {key}; add a line {key} = ...", place=place, key=key)


def _raise(problems: list[str], opening: str) -> None:
    if problems:
        raise MktlabError(opening + ":" + "".join(f"\n- {sentence}" for sentence in problems))
