"""Plans as TOML: written with units and limits beside every lever, read back with plain words.

`write` and `read` are each other's inverse.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mktlab.plan import P_NAMES, Objective, Plan
from mktlab.plan.mix import LEVERS
from mktlab.plan.objectives import is_number
from mktlab.schema import MktlabError

_FRAME = {"name": str, "weeks": int, "budget": float}
_GOAL = [field.name for field in fields(Objective)]


def write(plan: Plan) -> str:
    """The plan as TOML text."""
    lines = [f"name = {_value(plan.name)}", f"weeks = {_value(plan.weeks)}"]
    if plan.budget is not None:
        lines.append(f"budget = {_value(plan.budget)}")
    else:
        lines.append(f"# budget = {plan.total_budget:.0f}  # €, if you leave it out")
    for group in P_NAMES:
        lines += ["", f"[{group}]  # {_first_sentence(getattr(plan, group).__doc__)}"]
        for lever in (lever for lever in LEVERS.values() if lever.group == group):
            limits = "" if isinstance(lever.base, bool) else f", {lever.low:g} to {lever.high:g}"
            says = f"{lever.meaning}; {lever.unit}{limits}; today {_value(lever.base)}"
            lines.append(f"{lever.name} = {_value(plan.value(lever.path))}  # {says}")
    lines += ["", "[starts]  # lever = first week of the plan in which it acts"]
    lines += [f"{_value(str(path))} = {_value(first)}" for path, first in plan.starts]
    for goal in plan.objectives:
        lines += ["", "[[objectives]]"]
        lines += [f"{name} = {_value(getattr(goal, name))}" for name in _GOAL]
    return "\n".join(lines) + "\n"


def _first_sentence(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def read(source: str | Path) -> Plan:
    """A plan from a TOML file or text."""
    said = _parse(_text_of(source))
    problems = [*_unknown(said)]
    plan = Plan()
    for name, kind in _FRAME.items():
        if name in said and not _fits(said[name], kind):
            problems.append(f"{name} is {said[name]!r}; set {_words(kind)}.")
        elif name in said:
            plan = replace(plan, **{name: said[name]})
    for group in P_NAMES:
        levers, found = _levers(group, said.get(group, {}))
        problems += found
        plan = replace(plan, **{group: replace(getattr(plan, group), **levers)})
    starts = said.get("starts", {})
    if not isinstance(starts, dict):
        problems.append(
            'starts must be a table: [starts], then lines such as "people.baristas" = 5.'
        )
        starts = {}
    goals, found = _goals(said.get("objectives", []))
    problems += found
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise MktlabError(f"The plan cannot be read:\n{listed}")
    return replace(plan, starts=tuple(_flat(starts)), objectives=goals)


def _text_of(source: str | Path) -> str:
    if isinstance(source, str) and ("\n" in source or "=" in source):
        return source
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MktlabError(
            f"{source} is not UTF-8 text; save it as UTF-8 and read it again."
        ) from error
    except OSError as error:
        raise MktlabError(
            f"{source} cannot be read ({error.strerror}); give the path of a plan's TOML file."
        ) from error


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MktlabError(
            f"The plan is not TOML: {error}. A line reads like beans = 1.1, with a decimal point "
            'and text in "quotes".'
        ) from error


def _unknown(said: dict[str, Any]) -> Iterable[str]:
    known = [*_FRAME, *P_NAMES, "starts", "objectives"]
    for name in said:
        if name not in known:
            yield f"there is no {name!r} in a plan; {_ask(name, known)}"


def _ask(name: str, known: list[str]) -> str:
    likely = get_close_matches(name, known, n=1)
    return f"did you mean {likely[0]!r}?" if likely else f"it has {', '.join(known)}."


def _levers(group: str, said: object) -> tuple[dict[str, Any], list[str]]:
    if not isinstance(said, dict):
        return {}, [f"{group} must be a table: [{group}], then a line for each lever."]
    levers = {lever.name: lever for lever in LEVERS.values() if lever.group == group}
    problems, fit = [], {}
    for name, value in said.items():
        if name not in levers:
            problems.append(f"{group} has no lever {name!r}; {_ask(name, list(levers))}")
            continue
        kind = bool if isinstance(levers[name].base, bool) else float
        if _fits(value, kind):
            fit[name] = value
        else:
            problems.append(f"{group}.{name} is {value!r}; set {_words(kind)}.")
    return fit, problems


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return is_number(value) or isinstance(value, float)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _words(kind: type) -> str:
    return {
        str: 'text in "quotes"',
        int: "a whole number without quotes, such as 52",
        float: "a number with a decimal point and without quotes, such as 1.1",
        bool: "true or false",
    }[kind]


def _flat(starts: dict[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Paths and weeks; people.baristas = 5 without quotes makes a table within the table."""
    for name, value in starts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _goals(said: object) -> tuple[tuple[Objective, ...], list[str]]:
    if not isinstance(said, list) or not all(isinstance(goal, dict) for goal in said):
        return (), ["objectives must be written as [[objectives]], each with kpi, target, by_week."]
    goals, problems = [], []
    for number, goal in enumerate(said, start=1):
        place = f"objectives, number {number}"
        unknown = [name for name in goal if name not in _GOAL]
        problems += [f"{place}: there is no {n!r}; {_ask(n, _GOAL)}" for n in unknown]
        lacking = [name for name in ("kpi", "target") if name not in goal]
        problems += [f"{place}: {name} is missing." for name in lacking]
        kinds = {"kpi": str, "target": float, "by_week": int, "owner": str, "note": str}
        wrong = {n: k for n, k in kinds.items() if n in goal and not _fits(goal[n], k)}
        problems += [f"{place}: {n} is {goal[n]!r}; set {_words(k)}." for n, k in wrong.items()]
        if not (unknown or lacking or wrong):
            goals.append(Objective(**goal))
    return tuple(goals), problems
