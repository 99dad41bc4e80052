"""Plans that no one would think of: many sound ones, and many with one thing wrong."""

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from mktlab.plan import INDICATORS, LEVERS, Objective, Plan
from mktlab.plan.costs import (
    GUESTS,
    GUESTS_PER_HOUR,
    OPENING_HOURS,
    TICKETS_PER_HOUR,
    USUAL_TICKETS,
    skill,
)

LEAST_BARISTAS = GUESTS / OPENING_HOURS / GUESTS_PER_HOUR  # of today's skill
LEAST_HOURS = USUAL_TICKETS / TICKETS_PER_HOUR
UNTRAINED = Plan.baseline().but(people={"training": LEVERS["people.training"].low})
WITHIN = {  # narrower than a lever's limits, so that any combination sells above cost and serves
    "price.box": (11, 60),
    "promotion.deal_depth": (0, 0.3),
    "people.baristas": (1.05 * LEAST_BARISTAS / skill(UNTRAINED), LEVERS["people.baristas"].high),
    "people.support_hours": (1.05 * LEAST_HOURS, 100),
} | {f"price.{family}": (0.9, 2.0) for family in ("beans", "ground", "capsules", "gift", "tea")}
TARGETS = {"nps": (-100, 100), "satisfaction": (0, 10)} | dict.fromkeys(
    ("awareness", "late_share", "market_share", "penetration"), (0, 1)
)


def change(plan: Plan, path: str, value: Any, **frame: Any) -> Plan:
    """The plan with one lever at another value."""
    group, name = path.split(".")
    return plan.but(**{group: {name: value}}, **frame)


def valid(n: int, seed: int) -> list[Plan]:
    """Sound plans: any levers, any dates that can be kept, a budget that is enough."""
    return [_valid(Random(f"{seed} {number}")) for number in range(n)]


def _valid(rng: Random) -> Plan:
    plan = Plan(name=f"Plan {rng.random()}", weeks=rng.randint(13, 156))
    starts = {}
    for path in rng.sample(sorted(LEVERS), rng.randint(0, len(LEVERS))):
        lever = LEVERS[path]
        low, high = WITHIN.get(path, (lever.low, lever.high))
        flag = isinstance(lever.base, bool)
        plan = change(plan, path, rng.random() < 0.5 if flag else rng.uniform(low, high))
        if plan.changed(path) and rng.random() < 0.5:
            starts[path] = rng.randint(lever.lead_weeks + 1, plan.weeks)
    objectives = [_objective(rng, plan.weeks) for _ in range(rng.randint(0, 4))]
    plan = plan.but(starts=starts, objectives=objectives)
    return plan.but(budget=math.ceil(plan.total_cost * rng.uniform(1, 1.5)) + 1)


def _objective(rng: Random, weeks: int) -> Objective:
    kpi = rng.choice(sorted(INDICATORS))
    target = rng.uniform(*TARGETS.get(kpi, (0, 1e6)))
    return Objective(kpi, target, rng.randint(1, weeks), owner=rng.choice(["", "the owner"]))


def invalid(n: int, seed: int) -> list[tuple[Plan, str]]:
    """Plans that break exactly one rule each, with what their sentence must hold (a regex)."""
    made = []
    for number in range(n):
        rng = Random(f"{seed} {number}")
        broken = BREAKS[number % len(BREAKS)]
        made.append(broken(_valid(rng), rng))
    return made


def _off_limits(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice([p for p in LEVERS if not isinstance(LEVERS[p].base, bool)])
    lever = LEVERS[path]
    value = rng.choice([lever.high * 1.01, lever.low - 0.01, 1e300, -1e300])
    return change(_unset(plan, path), path, value), f"^{path}: .* is outside "


def _no_number(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice([p for p in LEVERS if not isinstance(LEVERS[p].base, bool)])
    value = rng.choice([math.nan, math.inf, "1,5", None, True, [1.0]])
    return change(_unset(plan, path), path, value), f"^{path}: .* is no finite number"


def _no_flag(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice(["place.marketplace", "process.order_ahead"])
    value = rng.choice([0.5, "yes", None, math.nan])
    return change(_unset(plan, path), path, value), f"^{path}: .* is neither yes nor no"


def _over_budget(plan: Plan, rng: Random) -> tuple[Plan, str]:
    return plan.but(budget=plan.total_cost * rng.uniform(0, 0.99)), "^budget: the plan costs "


def _bad_budget(plan: Plan, rng: Random) -> tuple[Plan, str]:
    return plan.but(budget=rng.choice([-1.0, math.nan, "much"])), "^budget: .* is no amount"


def _bad_weeks(plan: Plan, rng: Random) -> tuple[Plan, str]:
    weeks = rng.choice([0, -3, 157, 52.5, "52", True])
    return replace(plan, weeks=weeks, objectives=()), "^weeks: .* is no length"


def _no_name(plan: Plan, rng: Random) -> tuple[Plan, str]:
    return replace(plan, name=rng.choice(["", " ", 7])), "^name: .* is no name"


def _too_early(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice(["people.training", "product.quality"])
    start = rng.randint(-5, LEVERS[path].lead_weeks)
    plan = change(plan, path, 0.7, starts={path: start})
    return _affordable(plan), f"^starts: {path} is to start in week {start}, but needs "


def _too_late(plan: Plan, rng: Random) -> tuple[Plan, str]:
    start = plan.weeks + rng.randint(1, 99)
    plan = change(plan, "price.cafe", 1.04, starts={"price.cafe": start})
    return plan, f"^starts: price.cafe .* would start in week {start}, after "


def _odd_start(plan: Plan, rng: Random) -> tuple[Plan, str]:
    odd = rng.choice([8.5, "9", None, math.nan, True])
    plan = change(plan, "price.cafe", 1.04, starts={"price.cafe": odd})
    return plan, "^starts: price.cafe starts in week .* no whole number"


def _idle_start(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice(["price.cafe", "promotion.loyalty_earn"])
    plan = change(plan, path, LEVERS[path].base)
    return plan.but(starts={path: rng.randint(5, 13)}), f"^starts: {path} stays as today"


def _unknown_start(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = rng.choice(["price.bean", "people.barista"])
    return plan.but(
        starts={path: 9}
    ), rf"^starts: there is no lever '{path}' \(did you mean {path}s"


def _below_cost(plan: Plan, rng: Random) -> tuple[Plan, str]:
    if rng.random() < 0.5:
        return change(_unset(plan, "price.box"), "price.box", 10), "^price.box: .* below the €10.80"
    often = LEVERS["promotion.deal_chance"].high
    deals = {"deal_depth": rng.uniform(0.2, 0.3), "deal_chance": rng.uniform(0.1, often)}
    for path in ("price.gift", "promotion.deal_depth", "promotion.deal_chance"):
        plan = _unset(plan, path)
    return plan.but(price={"gift": 0.5}, promotion=deals), "^price.gift: .* below the unit cost"


def _no_one_serves(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = "people.baristas"
    few = rng.uniform(LEVERS[path].low, LEAST_BARISTAS / skill(plan))
    return change(_unset(plan, path), path, few), f"^{path}: .* serve .* guests an hour"


def _no_one_answers(plan: Plan, rng: Random) -> tuple[Plan, str]:
    path = "people.support_hours"
    return change(_unset(plan, path), path, rng.uniform(0, 0.99 * LEAST_HOURS)), (
        f"^{path}: .* requests a week"
    )


def _bad_objective(plan: Plan, rng: Random) -> tuple[Plan, str]:
    wrong, sentence = rng.choice(
        [
            (Objective("profits", 1, 9), r"no indicator 'profits' \(did you mean profit\?\)"),
            (Objective("profit", math.nan, 9), "target is nan"),
            (Objective("orders", -1, 9), "the target of orders is −1, but it is never below 0"),
            (Objective("awareness", 40, 9), "write 40 % as 0.4"),
            (Objective("nps", -101, 9), "lies from −100 to 100"),
            (Objective("boxes", 9, 0), "by_week is 0, but the plan has weeks 1 to"),
            (Objective("boxes", 9, plan.weeks + 1), "but the plan has weeks 1 to"),
            (Objective("boxes", 9, 2.5), "by_week is 2.5, but it is a whole number"),
            ("profit", "'profit' is no objective"),
        ]
    )
    place = rng.randint(0, len(plan.objectives))
    objectives = [*plan.objectives[:place], wrong, *plan.objectives[place:]]
    return plan.but(objectives=objectives), rf"^objectives\[{place + 1}\]: .*{sentence}"


BREAKS: list[Callable[[Plan, Random], tuple[Plan, str]]] = [
    _off_limits,
    _no_number,
    _no_flag,
    _over_budget,
    _bad_budget,
    _bad_weeks,
    _no_name,
    _too_early,
    _too_late,
    _odd_start,
    _idle_start,
    _unknown_start,
    _below_cost,
    _no_one_serves,
    _no_one_answers,
    _bad_objective,
]


def _unset(plan: Plan, path: str) -> Plan:
    """The plan without a week said for a lever, so that only the lever's value is at stake."""
    return replace(plan, starts={p: week for p, week in plan.starts.items() if p != path})


def _affordable(plan: Plan) -> Plan:
    return plan.but(budget=plan.total_cost + 1)
