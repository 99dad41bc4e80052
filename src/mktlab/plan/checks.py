"""What keeps a plan from being carried out: limits, budget, lead times, prices, staffing.

`problems_of` gathers every problem of a plan, one sentence each: what, where, what is accepted and
what to do. Values come first; what follows from them is checked once they are sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mktlab.plan import objectives
from mktlab.plan.costs import (
    BOX_GOODS,
    CUPS_PER_HOUR,
    GOODS,
    GUESTS,
    OPENING_HOURS,
    PEAK,
    QUALITY_GOODS,
    TICKETS_PER_HOUR,
    USUAL_TICKETS,
    skill,
)
from mktlab.plan.mix import BASE, LEVERS, Lever
from mktlab.plan.objectives import is_number

if TYPE_CHECKING:
    from mktlab.plan import Plan

LONGEST = 156


def problems_of(plan: Plan) -> list[str]:
    """Every problem of a plan, a sentence each; none if it can be carried out."""
    frame = [*_frame(plan)]
    values = [*_values(plan)]
    weeks = plan.weeks if not frame else LONGEST
    problems = frame + values + [*_starts(plan, weeks)]
    problems += objectives.problems_of(plan.objectives, weeks=weeks)
    if not frame and not values:
        problems += [*_prices(plan), *_staff(plan), *_budget(plan)]
    return problems


def _frame(plan: Plan) -> Iterable[str]:
    weeks = plan.weeks
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= LONGEST:
        yield f"weeks is {weeks!r}; set a whole number from 1 to {LONGEST}."
    elif plan.budget is not None and (not is_number(plan.budget) or plan.budget < 0):
        yield f"budget is {plan.budget!r}; set an amount in euros from 0 up, or leave it out."


def _values(plan: Plan) -> Iterable[str]:
    for path, lever in LEVERS.items():
        value = plan.value(path)
        if isinstance(lever.base, bool):
            if not isinstance(value, bool):
                yield f"{path} is {value!r}; set true or false."
        elif not is_number(value):
            yield f"{path} is {value!r}; set a number from {_limits(lever)}."
        elif not lever.low <= value <= lever.high:
            side = "below" if value < lever.low else "above"
            accepted = f"set a number from {_limits(lever)}."
            yield f"{path} is {value:g}, {side} what is possible; {accepted}"


def _limits(lever: Lever) -> str:
    return f"{lever.low:g} to {lever.high:g} ({lever.unit})"


def _starts(plan: Plan, weeks: int) -> Iterable[str]:
    for path, first in plan.starts:
        if path not in LEVERS:
            likely = get_close_matches(str(path), LEVERS, n=1)
            ask = f"did you mean {likely[0]}?" if likely else "use a lever such as people.baristas."
            yield f"starts: there is no lever {path!r}; {ask}"
            continue
        earliest = LEVERS[path].lead_weeks + 1
        if isinstance(first, bool) or not isinstance(first, int):
            yield f"starts: {path} starts in week {first!r}; set a whole number from {earliest} up."
        elif first < earliest:
            yield (
                f"starts: {path} starts in week {first}, but takes {earliest - 1} weeks to "
                f"prepare; start it in week {earliest} or later."
            )
        elif first > weeks:
            yield (
                f"starts: {path} starts in week {first}, after the plan's last week; start it in "
                f"week {weeks} or earlier, or make the plan longer."
            )


def _prices(plan: Plan) -> Iterable[str]:
    dearer = 1 + QUALITY_GOODS * (plan.product.quality - BASE.product.quality)
    for family, share in GOODS.items():
        level, cost = getattr(plan.price, family), share * dearer
        dealt = level * (1 - plan.promotion.deal_depth)
        if dealt <= cost:
            yield (
                f"price.{family} is {level:g} of list, {dealt:.2f} on a deal, but the goods cost "
                f"{cost:.2f}; raise the price or lower promotion.deal_depth or product.quality."
            )
    box = BOX_GOODS * dearer
    if plan.price.box <= box:
        yield (
            f"price.box is €{plan.price.box:.2f}, but a box costs €{box:.2f}; set a higher price."
        )


def _staff(plan: Plan) -> Iterable[str]:
    arrivals = GUESTS / OPENING_HOURS * PEAK
    speed = CUPS_PER_HOUR * skill(plan)
    if plan.people.baristas * speed <= arrivals:
        yield (
            f"people.baristas is {plan.people.baristas:g}: they serve "
            f"{plan.people.baristas * speed:.0f} guests an hour at a mean café, and "
            f"{arrivals:.0f} come at peak; set {arrivals / speed:.1f} or more."
        )
    answered = plan.people.support_hours * TICKETS_PER_HOUR
    if answered < USUAL_TICKETS:
        yield (
            f"people.support_hours is {plan.people.support_hours:g}: enough for {answered:.1f} "
            f"requests a week, and {USUAL_TICKETS:g} come; set "
            f"{USUAL_TICKETS / TICKETS_PER_HOUR:.1f} or more."
        )


def _budget(plan: Plan) -> Iterable[str]:
    over = plan.total_cost - plan.total_budget
    if over > 0:
        dearest = plan.cost().query("extra > 0").nlargest(3, "extra")
        pairs = zip(dearest["lever"], dearest["extra"], strict=True)
        names = ", ".join(f"{lever} (+€{extra:,.0f})" for lever, extra in pairs)
        yield (
            f"The plan costs €{plan.total_cost:,.0f}, €{over:,.0f} more than its budget of "
            f"€{plan.total_budget:,.0f}; spend less"
            + (f", for instance on {names}" if names else "")
            + ", or raise the budget."
        )
