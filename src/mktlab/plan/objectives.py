"""Objectives: what a plan wants to reach, of which indicator, by when, and who answers for it.

`INDICATORS` holds the indicators with unit, wanted direction, limits and definition. An `Objective`
names one of them with a target and a week; `objective_problems` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from mktlab.plan.wording import as_written, is_number, is_whole, number
from mktlab.resources import declared
from mktlab.show.formats import unit, with_unit
from mktlab.show.words import say
from mktlab.spelling import did_you_mean


class Indicator(NamedTuple):
    """One indicator: how it is called and counted, and which values a target may have.

    `over` says what it is taken over: the sum or the mean of weeks 1 to `by_week`, or the end of
    `by_week`.
    """

    label: str
    unit: str
    direction: Literal["up", "down"]
    over: Literal["sum", "end", "mean"]
    definition: str
    low: float = 0
    high: float = inf


INDICATORS = {name: Indicator(**rest) for name, rest in declared("plan/indicators.toml").items()}
"""Name -> indicator."""


@dataclass(frozen=True)
class Objective:
    """One target of a plan.

    Parameters
    ----------
    kpi
        Which indicator: a name in `INDICATORS`.
    target
        The value to reach, in the indicator's unit: at least that much, or at most where less is
        better (`wait_minutes`, `late_share`).
    by_week
        Week of the plan, the first is 1, at whose end the target counts.
    owner, note
        Who answers for it, and anything to add; both may stay empty.

    Examples
    --------
    >>> Objective("wait_minutes", 3, by_week=26).words()
    'at most 3 minutes'
    """

    kpi: str
    target: float
    by_week: int
    owner: str = ""
    note: str = ""

    def label(self) -> str:
        """The indicator's name in words."""
        known = INDICATORS.get(self.kpi) if isinstance(self.kpi, str) else None
        return known.label if known else str(self.kpi)

    def words(self, currency: str = "EUR") -> str:
        """The target in words, such as "at least €60,000"."""
        known = INDICATORS.get(self.kpi) if isinstance(self.kpi, str) else None
        if known is None:
            return number(self.target)
        bound = say("at least") if known.direction == "up" else say("at most")
        return f"{bound} {with_unit(number(self.target), unit(known.unit, currency))}"


def objective_problems(objective: object, place: str, weeks: int | None) -> Iterator[str]:
    """What is wrong with one objective, a sentence each; `weeks` is None when it is itself wrong.

    >>> list(objective_problems(Objective("awareness", 40, 52), "objectives[1]", 52))
    ['objectives[1]: the target of awareness is 40, but it lies from 0 to 1; write 40 % as 0.4.']
    """
    if not isinstance(objective, Objective):
        yield (
            say(
                '{place}: {objective} is no objective; write it as Objective("profit", 60_000, '
                "by_week=52).",
                place=place,
                objective=number(objective),
            )
        )
        return
    kpi = INDICATORS.get(objective.kpi) if isinstance(objective.kpi, str) else None
    if kpi is None:
        yield (
            say(
                "{place}: there is no indicator {kpi}{hint}; choose among {indicators}.",
                place=place,
                kpi=number(objective.kpi),
                hint=did_you_mean(objective.kpi, INDICATORS),
                indicators=", ".join(INDICATORS),
            )
        )
    if not is_number(objective.target):
        yield (
            say(
                "{place}: the target is {target}, which is not a finite number; write one, with a "
                "decimal point if need be.",
                place=place,
                target=number(objective.target),
            )
        )
    elif kpi and not kpi.low <= objective.target <= kpi.high:
        yield f"{place}: {_outside(objective.kpi, kpi, objective.target)}"
    if not is_whole(objective.by_week):
        yield (
            say(
                "{place}: by_week is {by_week}, but it is a whole number; write one, counted from "
                "1.",
                place=place,
                by_week=as_written(objective.by_week),
            )
        )
    elif weeks is not None and not 1 <= objective.by_week <= weeks:
        yield (
            say(
                "{place}: by_week is {by_week}, but the plan has weeks 1 to {weeks}; choose one "
                "of them.",
                place=place,
                by_week=objective.by_week,
                weeks=weeks,
            )
        )
    for name in ("owner", "note"):
        if not isinstance(getattr(objective, name), str):
            yield say(
                "{place}: {name} is {value}; write text in quotes.",
                place=place,
                name=name,
                value=number(getattr(objective, name)),
            )


def _outside(name: str, kpi: Indicator, target: float) -> str:
    if kpi.high == inf:
        return say(
            "the target of {name} is {target}, but it is never below 0; write a number from 0 up.",
            name=name,
            target=number(target),
        )
    limits = f"{number(kpi.low)} to {number(kpi.high)}"
    advice = say("choose a target within")
    if kpi.high == 1 and 1 < target <= 100:
        advice = say(
            "write {target} % as {share}", target=number(target), share=number(target / 100)
        )
    return say(
        "the target of {name} is {target}, but it lies from {limits}; {advice}.",
        name=name,
        target=number(target),
        limits=limits,
        advice=advice,
    )
