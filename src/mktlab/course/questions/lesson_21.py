"""The questions of lesson 21: the line, objectives that can be used, cost, next quarter's plan."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.plain import Unreadable, described, is_a
from mktlab.course.checking.sheet import Sheet
from mktlab.plan import INDICATORS, Objective, Plan
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

QUARTER = 13
BUDGET = 125_000.0
LONG_WAIT = 5.5
MOVED = 0.01

DRAFT = Plan.baseline().but(
    name="Draft of a quarter",
    weeks=QUARTER,
    budget=BUDGET,
    people={"support_hours": 18},
    process={"order_ahead": True},
    product={"quality": 0.7},
    price={"beans": 1.1},
    promotion={"search_brand": 0, "social": 400},
    starts={"product.quality": 10},
)
"""The plan that questions 2 and 3 are about."""

PROPOSALS = {
    "A": Objective("awareness", 42, by_week=13, owner="media buyer", note="be known"),
    "B": Objective("wait_minutes", 4.5, by_week=13, owner="café manager", note="shorter lines"),
    "C": Objective("wait_minutes", 3.5, by_week=4, owner="café manager", note="much shorter"),
    "D": Objective("joy", 9, by_week=13, owner="everybody", note="happy guests"),
    "E": Objective("boxes", 330, by_week=13, owner="web shop", note="more subscribers"),
    "F": Objective("profit", 210_000, by_week=52, owner="Camille", note="what the board asked"),
    "G": Objective("profit", 45_000, by_week=13, owner="Camille", note="a first step"),
}
"""What the departments propose for it."""

BEST_KNOWN = Plan.baseline().but(
    name="The best known",
    weeks=QUARTER,
    budget=BUDGET,
    product={"quality": 1.15},
    price={"beans": 1.14, "gift": 1.25, "capsules": 0.84, "tea": 1.1, "cafe": 1.11, "box": 40},
    place={"free_shipping_from": 55},
    promotion={
        "search_brand": 0,
        "retargeting": 70,
        "radio": 540,
        "deal_chance": 0,
        "referral_reward": 15,
        "posts_per_week": 15,
    },
    people={"training": 0.75},
    process={"order_ahead": True, "web_ease": 1.2},
    physical_evidence={"ambience": 1.5},
)


def proposals() -> pd.DataFrame:
    """The proposed objectives of question 2, a row each."""
    rows = [
        (name, goal.note, goal.kpi, goal.target, goal.by_week) for name, goal in PROPOSALS.items()
    ]
    columns = ["proposal", "wish", "kpi", "target", "by_week"]
    return pd.DataFrame(rows, columns=columns)


sheet = Sheet(
    "21_plan",
    given=lambda company: {
        "draft": DRAFT,
        "proposals": proposals(),
        "objectives": dict(PROPOSALS),
    },
    budget=BUDGET,
    long_wait=LONG_WAIT,
)


def _last_year(company: Company, *, weeks: int | None = 52) -> pd.DataFrame:
    cafes = company.store_weeks
    if weeks is not None:
        cafes = cafes[cafes["week"] >= company.today - pd.Timedelta(weeks=weeks)]
    return cafes.assign(long=cafes["wait_minutes"] > LONG_WAIT)


@sheet.share()
def guests_who_wait(company: Company, weeks: int | None = 52) -> float:
    cafes = _last_year(company, weeks=weeks)
    return float(cafes.loc[cafes["long"], "visits"].sum() / cafes["visits"].sum())


@guests_who_wait.mistake("share_of_weeks")
def _share_of_weeks(company: Company) -> float:
    return float(_last_year(company)["long"].mean())


guests_who_wait.mistake("all_years", weeks=None)


def _well_formed(goal: Objective) -> bool:
    return not DRAFT.but(objectives=[goal]).validate()


def _moved(goal: Objective) -> bool:
    """Whether the draft moves the number by the week in which it is due."""
    from mktlab import market

    report = market.start(DRAFT).advance(goal.by_week).report().set_index("kpi")
    value, baseline = (float(report[column][goal.kpi]) for column in ("value", "baseline"))
    return abs(value - baseline) >= MOVED * abs(baseline)


@sheet.ids()
def usable(company: Company) -> set[str]:
    return {name for name, goal in PROPOSALS.items() if _well_formed(goal) and _moved(goal)}


@usable.mistake("well_formed_only")
def _validated_only(company: Company) -> set[str]:
    return {name for name, goal in PROPOSALS.items() if _well_formed(goal)}


@usable.mistake("counted_only")
def _counted_only(company: Company) -> set[str]:
    return {name for name, goal in PROPOSALS.items() if goal.kpi in INDICATORS}


@sheet.number(tolerance=0.5)
def extra_cost(company: Company) -> float:
    return float(DRAFT.cost()["extra"].sum())


@extra_cost.mistake("whole_cost")
def _whole_cost(company: Company) -> float:
    return DRAFT.total_cost


@extra_cost.mistake("all_at_once")
def _extra_from_the_first_week(company: Company) -> float:
    cost = DRAFT.cost()
    return float(QUARTER * (cost["weekly_after"] - cost["weekly_before"]).sum())


def plan_for_the_quarter(answer: Any, known: tuple[int, float]) -> Plan:
    """A plan, or the text of its file, that is valid for the quarter and within its budget.

    Raises
    ------
    Unreadable
        If it is not, with a sentence for the learner.
    """
    weeks, budget = known
    if is_a(answer, str):
        try:
            answer = Plan.from_toml(answer)
        except MktlabError as problem:
            raise Unreadable(str(problem)) from None
    if not is_a(answer, Plan):
        raise Unreadable(
            say(
                "Your answer is {kind}: give a plan: `Plan.baseline().but(weeks={weeks}, ...)`.",
                kind=described(answer),
                weeks=weeks,
            )
        )
    plan: Plan = answer
    if plan.weeks != weeks:
        raise Unreadable(
            say(
                "Your plan has {given} weeks: a quarter has {weeks}.", given=plan.weeks, weeks=weeks
            )
        )
    if plan.budget > budget:
        raise Unreadable(
            say(
                "Your plan gives itself {given:money}: there are {budget:money}.",
                currency="EUR",
                given=plan.budget,
                budget=budget,
            )
        )
    problems = plan.validate()
    if problems:
        raise Unreadable(say("Your plan cannot be carried out. {why}", why=" ".join(problems)))
    return plan


@lru_cache(maxsize=64)
def _profit(levers: str) -> float:
    """What a plan's decisions earn within a year, mean over three worlds, luck left out."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    plan = Plan.from_toml(levers).but(weeks=52)
    return judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit


def _line(plan: Plan) -> tuple[int, bool]:
    """What a plan does about the cafés' line: cures (0, 1, or 2 for more), and whether it fills."""
    cures = ("people.training", "people.baristas", "process.order_ahead", "price.cafe")
    today = Plan.baseline()
    up = sum(float(plan.value(path)) > float(today.value(path)) for path in cures)
    return min(up, 2), plan.product.quality > today.product.quality


def _treats_the_line_alike(choice: Plan, mistaken: Plan) -> bool:
    return _line(choice) == _line(mistaken)


def _quarter(**groups: Any) -> Plan:
    return Plan.baseline().but(weeks=QUARTER, budget=BUDGET, **groups)


@sheet.decision(
    best=lambda company: BEST_KNOWN,
    choices=lambda company: (QUARTER, BUDGET),
    reads=plan_for_the_quarter,
    alike=_treats_the_line_alike,
    good_enough=0.45,
)
def next_quarter(company: Company, plan: Plan) -> float:
    _ = company.truth.parameters  # where the market is real, nobody knows
    return _profit(plan.but(name="Plan", objectives=[], budget=BUDGET).to_toml())


next_quarter.mistake("line_as_it_is", _quarter())
next_quarter.mistake(
    "cures_doubled",
    _quarter(people={"training": 0.8}, process={"order_ahead": True}, price={"cafe": 1.1}),
)
next_quarter.mistake("more_guests", _quarter(product={"quality": 0.8}))
