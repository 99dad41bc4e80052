"""The plan on a page and as a workbook, in the looks of the course's other plans."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from mktlab.kpi import KPIS
from mktlab.own_plan.decisions import OwnPlan
from mktlab.plan.brief import Brief, listed, page, pair, paragraph, people, picture, section
from mktlab.plan.wording import GROUPS, P_NAMES, write
from mktlab.plan.workbook import calendar_sheet
from mktlab.show import sheets
from mktlab.show.formats import money
from mktlab.show.tables import Grid
from mktlab.show.words import say, say_many


def summary(plan: OwnPlan) -> str:
    """The plan in two sentences, counted from what stands in it."""
    first = say_many(
        "{n} action from {first:day} on, over {weeks:count} weeks.",
        "{n} actions from {first:day} on, over {weeks:count} weeks.",
        len(plan.actions),
        first=plan.starting,
        weeks=plan.weeks,
    )
    costs = say(
        "They cost {cost} of a budget of {budget}.",
        cost=money(plan.total_cost, plan.currency),
        budget=money(plan.budget, plan.currency),
    )
    return f"{first} {costs}"


def brief(plan: OwnPlan) -> Brief:
    """The plan on one page: objectives, the seven Ps, calendar, people, risks."""
    dates = plan.calendar()
    market = say("No market is played for a company of your own: its books will tell.")
    sections = [
        f"<h1>{escape(plan.name)}</h1>\n<p>{escape(summary(plan))}</p>",
        section(say("Objectives"), _objectives(plan)),
        section(say("The seven Ps and what they cost"), _seven_ps(plan)),
        section(say("Calendar"), picture(dates)),
        pair(
            section(say("Who does what"), people(dates)),
            section(say("How we will know"), listed([*_rules(plan), market])),
        ),
        section(say("Risks"), _risks(plan)),
    ]
    return page(plan.name, sections, crowded=len(plan.actions) > 12)


def to_excel(plan: OwnPlan, path: str | Path) -> None:
    """The plan as a workbook: objectives, actions, budget by month, calendar."""
    book = sheets.empty()
    goals = [
        (goal.label(), goal.kpi, goal.target, KPIS[goal.kpi].unit, goal.by_week, goal.owner)
        for goal in plan.objectives
        if goal.kpi in KPIS  # `validate` tells of others
    ]
    heads = [say("Objective"), "KPI", say("Target"), say("Unit"), say("By week"), say("Owner")]
    sheets.add(book, say("Objectives"), heads, goals, widths=(26, 22, 14, 14, 10, 20))
    totals = plan.costs().sum()
    actions = [
        (
            *(P_NAMES[a.p], a.action, a.owner, a.prepare, a.starts, plan.last_week(a)),
            *(a.hours, a.cost, a.weekly, float(totals[a.action])),
        )
        for a in plan.actions
    ]
    heads = ["P", say("Action"), say("Owner"), say("Weeks to prepare"), say("Starts in week")]
    heads += [say("Ends in week"), say("Hours a week"), say("Once"), say("A week"), say("Total")]
    widths = (18, 44, 18, 12, 12, 12, 12, 12, 12, 14)
    sheets.add(book, say("Actions"), heads, actions, widths=widths)
    days = [pd.Timestamp(plan.starting) + pd.Timedelta(weeks=n) for n in range(plan.weeks)]
    weekly = pd.Series(plan.costs().sum(axis=1).to_numpy(), index=pd.DatetimeIndex(days))
    rows = [
        (f"{month:%Y-%m}", float(cost), f"=SUM(B$2:B{row})")
        for row, (month, cost) in enumerate(weekly.resample("MS").sum().items(), start=2)
    ]
    heads = [say("Month"), say("Costs"), say("So far")]
    sheets.add(book, say("Budget"), heads, rows, widths=(12, 14, 14), formulas=(3,))
    calendar_sheet(book, plan.calendar())
    write(path, sheets.content_of(book), suffixes=(".xlsx",))


def _objectives(plan: OwnPlan) -> str:
    if not plan.objectives:
        return paragraph(
            say("The plan names no objective, so nothing will tell whether it worked.")
        )
    heads = (say("Objective"), say("Target"), say("By week"), say("Owner"), say("Counted as"))
    rows = [
        (
            goal.label(),
            goal.words(plan.currency),
            str(goal.by_week),
            goal.owner or say("not named"),
            KPIS[goal.kpi].formula if goal.kpi in KPIS else "",
        )
        for goal in plan.objectives
    ]
    return Grid.of(heads, rows).html(label=say("Objectives"), kind="targets")


def _seven_ps(plan: OwnPlan) -> str:
    totals = plan.costs().sum()
    rows = []
    for group in GROUPS:
        actions = [action for action in plan.actions if action.p == group]
        cost = sum(float(totals[action.action]) for action in actions)
        said = "; ".join(action.action for action in actions) or say("as today")
        rows.append((P_NAMES[group], said, money(cost, plan.currency) if actions else ""))
    left = plan.budget - plan.total_cost
    rows += [
        (say("Total"), "", money(plan.total_cost, plan.currency)),
        (say("Budget"), "", money(plan.budget, plan.currency)),
        (say("Left") if left >= 0 else say("Over budget"), "", money(abs(left), plan.currency)),
    ]
    grid = Grid.of(("P", say("What is done"), say("Cost")), rows, right=(2,))
    return grid.html(label=say("The seven Ps and what they cost"), kind="costs", foot=3)


def _rules(plan: OwnPlan) -> list[str]:
    rules = [
        say(
            "{goal} in week {half}: if it is behind its part of the target, find out why.",
            goal=goal.label(),
            half=max(goal.by_week // 2, 1),
        )
        for goal in plan.objectives
    ]
    return [*rules, say("Each month: `mktlab plan books` sets the tables against the plan.")]


def _risks(plan: OwnPlan) -> str:
    if found := plan.validate():
        return f'<div class="risks">\n{listed(found)}\n</div>'
    busiest = plan.hours().max()
    told = [
        say(
            "{who} gives up to {hours:count} of {most:count} hours a week.",
            who=who,
            hours=float(busiest[who]),
            most=float(most),
        )
        for who, most in plan.people.items()
    ]
    return listed([say("Budget, dates, people and lead times were checked."), *told])
