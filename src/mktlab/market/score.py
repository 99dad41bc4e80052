"""What a plan is worth: judged on hidden worlds, against doing nothing and against chance.

`score` carries a plan out in `HIDDEN_SEEDS` and compares profit, customer equity and the net
promoter score with those of random plans (`random_plans.csv`, made by `judge_random_plans`).
Revenue or a final week's cash would be easier to count, and easy to game.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.season import measure, weekly_pnl
from mktlab.market.state import History
from mktlab.market.truth.customers import expect, outlook
from mktlab.market.week import begin, play
from mktlab.plan import Plan
from mktlab.plan.mix import BASE, LEVERS, REFERENCE_PEOPLE, Mix
from mktlab.show.formats import money
from mktlab.show.words import say

HIDDEN_SEEDS = tuple(range(9001, 9009))
PEOPLE = 3000  # in each hidden world; euros are told for a company of REFERENCE_PEOPLE
PAST = 52
RANDOM_BUDGET = 550_000.0  # a quarter more than today's levers cost in a year
WEIGHTS = {"profit": 0.50, "equity": 0.20, "nps": 0.15, "control": 0.15}
RANDOM_PLANS = Path(__file__).with_name("random_plans.csv")


class Merit(NamedTuple):
    """What a plan changed, mean over the hidden worlds, in expectation."""

    profit: float  # euros over the plan's weeks, more than doing nothing
    equity: float  # euros: margin that today's customers will bring in the year after, more
    nps: float  # points, more, when the plan ends


@dataclass(frozen=True)
class Score:
    """A plan's score, 0 to 100, and what it is made of.

    `percentile` is the share of random plans that this one beats on profit, equity and NPS, in
    percent; `control` is 100 less the mean error of the plan's own targets, in percent.
    """

    total: float
    percentile: float
    merit: Merit
    points: dict[str, float]

    def __repr__(self) -> str:
        profit, equity, nps = self.merit
        return say(
            "Score {total:count} of 100, better than {percentile:count}% of random plans\n"
            "Profit {profit} against doing nothing: {for_profit:count} points\n"
            "Customer equity {equity}: {for_equity:count} points\n"
            "Net promoter score {nps:+decimal}: {for_nps:count} points\n"
            "Control, targets against results: {control:count} points",
            total=self.total,
            percentile=self.percentile,
            profit=money(profit, "EUR", sign=True),
            for_profit=self.points["profit"],
            equity=money(equity, "EUR", sign=True),
            for_equity=self.points["equity"],
            nps=nps,
            for_nps=self.points["nps"],
            control=self.points["control"],
        )


def score(
    plan: Plan,
    *,
    then: Mapping[int, Plan] | None = None,
    seeds: Sequence[int] = HIDDEN_SEEDS,
) -> Score:
    """Judge a plan, and the plans `then` follow it: weeks played before -> the plan from then on.

    `seeds` are those of the worlds, by default all that are hidden; fewer are faster, and say less.
    Points, 0 to 100 each: for profit, customer equity and net promoter score the percent of random
    plans that do worse; for control 100 less the mean absolute error in percent of the plan's own
    targets (0 without targets). The total weighs them by `WEIGHTS`.

    Raises
    ------
    MktlabError
        With every problem of the plan, a sentence each.
    """
    plans = {0: plan, **(then or {})}
    for each in plans.values():
        each.check()
    merit, results = judge(plan, seeds=seeds, then=then)
    return points_of(merit, plan, results)


def points_of(merit: Merit, plan: Plan, results: Mapping[str, float]) -> Score:
    """The score of what was changed, and of how near a plan's own targets the results came."""
    random = pd.read_csv(RANDOM_PLANS)
    points = {
        name: 100 * float((random[name] < value).mean()) for name, value in merit._asdict().items()
    }
    market = sum(WEIGHTS[name] * points[name] for name in merit._fields)
    ranks = 100 * random[list(merit._fields)].rank(pct=True)
    of_random = (ranks * pd.Series({name: WEIGHTS[name] for name in merit._fields})).sum(axis=1)
    points["control"] = _control(plan, results)
    total = market + WEIGHTS["control"] * points["control"]
    return Score(total, 100 * float((of_random < market).mean()), merit, points)


def judge(
    plan: Plan,
    *,
    seeds: Sequence[int] = HIDDEN_SEEDS,
    then: Mapping[int, Plan] | None = None,
) -> tuple[Merit, dict[str, float]]:
    """What a plan changed, and each KPI with it, mean over worlds, by default the hidden ones."""
    return mean_of([in_world(seed, {0: plan, **(then or {})}, plan.weeks) for seed in seeds])


def mean_of(played: Sequence[tuple[Merit, dict[str, float]]]) -> tuple[Merit, dict[str, float]]:
    """What a plan changed, and each KPI with it, mean over the worlds in which it was played."""
    merits, results = zip(*played, strict=True)
    profit, equity, nps = np.mean(merits, axis=0)
    kpis = pd.DataFrame(results).mean()
    told = {str(name): float(value) for name, value in kpis.items()}
    return Merit(float(profit), float(equity), float(nps)), told


def in_world(seed: int, plans: Mapping[int, Plan], weeks: int) -> tuple[Merit, dict[str, float]]:
    """What plans changed in one world in their first weeks, and each KPI with them.

    `plans` are by the week in which they come into force, the first is 0.
    """
    usual, usual_equity = _usual(seed, weeks)
    ours = play(_past(seed).copy(), weeks, lambda week: in_force(plans, week - PAST))
    scale = PEOPLE / REFERENCE_PEOPLE
    profit = (_profit(ours) - _profit(usual)) / scale
    equity = (_equity(ours) - usual_equity) / scale
    nps = ours.weeks[-1].pulse.nps - usual.weeks[-1].pulse.nps
    kpis = measure(ours, PAST, expected=True)
    for amount in ("profit", "revenue", "orders", "new_customers", "customers", "boxes"):
        kpis[amount] /= scale
    return Merit(profit, equity, nps), kpis


def in_force(plans: Mapping[int, Plan], week: int) -> Mix:
    """What is done in a week by plans that follow each other; each counts its weeks from its first.

    >>> first, then = Plan.baseline().but(price={"beans": 1.1}), Plan.baseline()
    >>> [in_force({0: first, 13: then}, week).price.beans for week in (0, 1, 13, 14)]
    [1.0, 1.1, 1.1, 1.0]
    """
    since = max(begins for begins in plans if begins <= week)
    earlier = {begins: plan for begins, plan in plans.items() if begins < since}
    before = in_force(earlier, since) if earlier else BASE
    return plans[since].in_week(week - since, before=before)


def _control(plan: Plan, results: Mapping[str, float]) -> float:
    errors = [
        abs(results[goal.kpi] - goal.target) / max(abs(results[goal.kpi]), 1e-9)
        for goal in plan.objectives
    ]
    return 100 * max(0.0, 1 - float(np.mean(errors))) if errors else 0.0


@lru_cache(maxsize=len(HIDDEN_SEEDS))
def _past(seed: int) -> History:
    return play(begin(people=PEOPLE, weeks=PAST + 156, seed=seed), PAST)


@lru_cache(maxsize=2 * len(HIDDEN_SEEDS))
def _usual(seed: int, weeks: int) -> tuple[History, float]:
    history = play(_past(seed).copy(), weeks)
    return history, _equity(history)


def _profit(history: History) -> float:
    return float(weekly_pnl(history, PAST, expected=True)["profit"].sum())


def _equity(history: History) -> float:
    """Margin expected in the next year from those who are customers now."""
    who = np.flatnonzero(history.state.customer)
    return float(expect(history, who, outlook(history, weeks=52), horizons=(52,))[52].margin.sum())


def random_plan(number: int) -> Plan:
    """A valid plan drawn by lot: one to eight levers, each moved by up to half of its value."""
    paths = list(LEVERS)
    for attempt in range(100):
        lot = uniforms(number, "random plan", 2 * len(paths) + 1, week=attempt)
        size = 1 + int(8 * lot[-1])
        plan = Plan.baseline().but(budget=RANDOM_BUDGET)
        for place in np.argsort(lot[: len(paths)])[:size]:
            plan = _moved(plan, paths[place], float(lot[len(paths) + place]))
        if not plan.validate():
            return plan
    raise AssertionError(say("no valid plan in 100 draws"))


def _moved(plan: Plan, path: str, lot: float) -> Plan:
    lever = LEVERS[path]
    if isinstance(lever.base, bool):
        value: float | bool = not lever.base
    else:
        value = round(min(max(lever.base * (0.5 + lot), lever.low), lever.high), 3)
    group = replace(getattr(plan, lever.group), **{lever.name: value})
    return replace(plan, **{lever.group: group})


def judge_random_plans(numbers: range) -> pd.DataFrame:
    """What random plans change: the rows of `random_plans.csv`."""
    rows = [{"plan": n, **judge(random_plan(n))[0]._asdict()} for n in numbers]
    return pd.DataFrame(rows).round(2)


if __name__ == "__main__":  # python -m mktlab.market.score, half an hour: `make random-plans`
    judge_random_plans(range(500)).to_csv(RANDOM_PLANS, index=False, lineterminator="\n")
