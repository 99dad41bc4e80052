"""What is wrong with a plan, one sentence each: values, dates, prices, staff, budget, objectives.

`problems` gives all sentences. `blocking` gives those without whose mending the plan cannot even be
priced: a value that is no number or is out of its limits, or a length that is no number of weeks.
Prices and staff are checked in every stretch of weeks, since a plan may be sound at its end and
still pass through a week in which nobody can be served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from mktlab.plan.costs import (
    BOX_GOODS,
    GOODS,
    GUESTS,
    GUESTS_PER_HOUR,
    MOST_WEEKS,
    OPENING_HOURS,
    QUALITY_GOODS,
    TICKETS_PER_HOUR,
    USUAL_TICKETS,
    skill,
    weekly_costs,
)
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import BASE, DECIDED, Mix
from mktlab.plan.objectives import objective_problems
from mktlab.plan.space import shelf_problems
from mktlab.plan.spending import cost_table, phases
from mktlab.plan.values import kind_problem, limit_problem
from mktlab.plan.wording import as_written, is_number, is_whole, number, preparation
from mktlab.schema import MktlabError
from mktlab.show.formats import money
from mktlab.show.words import say, say_many
from mktlab.spelling import did_you_mean


def problems(plan: Decisions) -> list[str]:
    """All sentences, in the order in which a person reads a plan; none when it is sound."""
    found = blocking(plan)
    found += [sentence for path in DECIDED for sentence in _start(plan, path)]
    found += [
        say(
            "starts: there is no lever {path}{hint}; write it as in price.beans.",
            path=number(path),
            hint=did_you_mean(path, DECIDED),
        )
        for path in plan.starts
        if path not in DECIDED
    ]
    found += [
        say(
            "{path}: it says nothing without {of}; choose one there, or set {base}.",
            path=path,
            of=lever.of,
            base=number(lever.base),
        )
        for path, lever in DECIDED.items()
        if lever.of and plan.changed(path) and not plan.changed(lever.of)
    ]
    if not blocking(plan):
        mixes = [(week, mix) for week, _, mix in phases(plan)]
        for check in (_prices, _staff, shelf_problems):
            found += _first_of_each(mixes, check)
        found += _budget(plan)
    weeks = plan.weeks if not list(_frame(plan)) else None
    for place, objective in enumerate(plan.objectives, start=1):
        found += objective_problems(objective, f"objectives[{place}]", weeks)
    return found


def blocking(plan: Decisions) -> list[str]:
    """The sentences on name, length, budget and values: what is to be mended before all else."""
    found = list(_frame(plan))
    if not isinstance(plan.name, str) or not plan.name.strip():
        found.append(
            say("name: {name} is no name; write a few words in quotes.", name=number(plan.name))
        )
    if not is_number(plan.budget) or plan.budget < 0:
        found.append(
            say(
                "budget: {budget} is no amount; write a number of euros from 0 up.",
                budget=number(plan.budget),
            )
        )
    for path, lever in DECIDED.items():
        value = plan.value(path)
        found += [kind_problem(lever, value) or limit_problem(lever, value)]
    return [sentence for sentence in found if sentence]


def priced(plan: Decisions) -> pd.DataFrame:
    """What the plan costs; `Plan.cost` says how, and refuses what has no price."""
    refuse(plan, blocking(plan))
    return cost_table(plan)


def refuse(plan: Decisions, problems: list[str]) -> None:
    """Raise one `MktlabError` with these problems, if there are any."""
    if problems:
        lines = "".join(f"\n- {sentence}" for sentence in problems)
        head = say_many(
            "The plan {name} has {n} problem:",
            "The plan {name} has {n} problems:",
            len(problems),
            name=number(plan.name),
        )
        raise MktlabError(head + lines)


def _frame(plan: Decisions) -> Iterator[str]:
    if not is_whole(plan.weeks) or not 1 <= plan.weeks <= MOST_WEEKS:
        yield (
            say(
                "weeks: {weeks} is no length of a plan; write a whole number from 1 to "
                "{most_weeks}.",
                weeks=as_written(plan.weeks),
                most_weeks=MOST_WEEKS,
            )
        )


def _start(plan: Decisions, path: str) -> Iterator[str]:
    """What is wrong with the week in which a lever starts."""
    lever, said = DECIDED[path], plan.starts.get(path)
    earliest = lever.lead_weeks + 1
    if path in plan.starts and not is_whole(said):
        yield (
            say(
                "starts: {path} starts in week {said}, which is no whole number; write one from "
                "{earliest} up.",
                path=path,
                said=as_written(said),
                earliest=earliest,
            )
        )
        return
    if not plan.changed(path):
        if path in plan.starts:
            yield (
                say(
                    "starts: {path} stays as today, so nothing starts in week {said}; change the "
                    "lever, or take it out of starts.",
                    path=path,
                    said=said,
                )
            )
        return
    begins = plan.starts_in(path)
    if begins < earliest:
        yield (
            say(
                "starts: {path} is to start in week {begins}, but needs {time}; let it start in "
                "week {earliest} or later.",
                path=path,
                begins=begins,
                time=preparation(lever),
                earliest=earliest,
            )
        )
    elif not list(_frame(plan)) and begins > plan.weeks:
        yield (
            say(
                "starts: {path} ({time}) would start in week {begins}, after the plan's last "
                "week, {weeks}; start it earlier, lengthen the plan, or leave it as today.",
                path=path,
                time=preparation(lever),
                begins=begins,
                weeks=plan.weeks,
            )
        )


def _first_of_each(
    mixes: Iterable[tuple[int, Mix]], check: Callable[[Mix], Iterator[tuple[str, str]]]
) -> Iterator[str]:
    """The first week in which each lever fails a check that every week of the plan must pass."""
    told = set()
    for week, mix in mixes:
        for path, sentence in check(mix):
            if path not in told:
                told.add(path)
                yield say(
                    "{path}: from week {week} on, {sentence}",
                    path=path,
                    week=week,
                    sentence=sentence,
                )


def _prices(mix: Mix) -> Iterator[tuple[str, str]]:
    """Families and boxes that sell below what their goods cost."""
    depth = mix.promotion.deal_depth if mix.promotion.deal_chance else 0.0
    dearer = 1 + QUALITY_GOODS * (mix.product.quality - BASE.product.quality)
    for family, share in GOODS.items():
        price, cost = getattr(mix.price, family) * (1 - depth), share * dearer
        if price < cost:
            sentence = say(
                "a promotion sells at {price:decimal.2} of the list price, below the unit "
                "cost of {cost:decimal.2}; raise the price above {least:decimal.2}, or lower "
                "promotion.deal_depth.",
                price=price,
                cost=cost,
                least=cost / (1 - depth),
            )
            yield f"price.{family}", sentence
    if mix.price.box < BOX_GOODS:
        sentence = say(
            "{box} are below the {box_goods} that goods and postage of a box cost; ask for more.",
            box=money(mix.price.box, "EUR", cents=True),
            box_goods=money(BOX_GOODS, "EUR", cents=True),
        )
        yield "price.box", sentence


def _staff(mix: Mix) -> Iterator[tuple[str, str]]:
    """Counters and desks where requests come in faster than anyone could serve them."""
    people, arrivals = mix.people, GUESTS / OPENING_HOURS
    speed = GUESTS_PER_HOUR * skill(mix)
    served, settled = people.baristas * speed, people.support_hours * TICKETS_PER_HOUR
    if served <= arrivals:
        sentence = say(
            "{baristas} baristas serve {served:decimal} guests an hour, but "
            "{arrivals:decimal} come to a mean café; plan more than "
            "{least:decimal.2} baristas, train them, or offer process.order_ahead.",
            baristas=number(people.baristas),
            served=served,
            arrivals=arrivals,
            least=arrivals / speed,
        )
        yield "people.baristas", sentence
    if settled <= USUAL_TICKETS:
        sentence = say(
            "{support_hours} hours settle {settled:decimal} requests a week, but "
            "{requests} come in; plan more than {least:decimal.2} hours.",
            support_hours=number(people.support_hours),
            settled=settled,
            requests=USUAL_TICKETS,
            least=USUAL_TICKETS / TICKETS_PER_HOUR,
        )
        yield "people.support_hours", sentence


def _budget(plan: Decisions) -> Iterator[str]:
    costs = cost_table(plan)
    over = float(costs["total"].sum()) - plan.budget
    if over < 0.01:
        return
    dearest = costs[costs["extra"] > 0].nlargest(3, "extra")
    rows = zip(dearest["lever"], dearest["extra"], strict=True)
    named = ", ".join(f"{lever} ({money(extra, 'EUR', sign=True)})" for lever, extra in rows)
    today = money(sum(weekly_costs(BASE).values()) * plan.weeks, "EUR")
    why = (
        say("the dearest changes are {named}", named=named)
        if named
        else say("going on as today costs {today}", today=today)
    )
    yield (
        say(
            "budget: the plan costs {total} over {weeks} weeks, {over} more than its budget of "
            "{budget}; {why}; spend less or raise the budget.",
            total=money(plan.budget + over, "EUR"),
            weeks=plan.weeks,
            over=money(over, "EUR"),
            budget=money(plan.budget, "EUR"),
            why=why,
        )
    )
