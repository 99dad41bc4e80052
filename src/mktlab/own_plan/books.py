"""Month by month: what the plan meant to spend and to reach, and what the tables say came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import kpi
from mktlab.company import Company
from mktlab.kpi import KPIS
from mktlab.own_plan.decisions import OwnPlan
from mktlab.schema import MktlabError
from mktlab.show.words import say

YEAR = pd.Timedelta(weeks=52)


def books(plan: OwnPlan, company: Company) -> pd.DataFrame:
    """The plan against the company's tables, for each month since it began.

    Sums such as revenue are added up from the plan's first day, rates are those of all days since
    then; so is their target at that moment. A target of a sum is spread over the weeks as the same
    weeks of the year before had it, where the tables go back so far, else evenly; that of a rate is
    the same in all months. What chance does is not taken off: see lesson 47.

    Parameters
    ----------
    plan
        A valid plan.
    company
        Its tables; months that `company.today` has not reached are left out.

    Returns
    -------
    A row per month and line: `until` (the day after the month's last known day), `line` ("costs
    planned so far" or a KPI), `planned`, `came` (empty for costs: the tables hold no invoices) and
    `unit`.

    Raises
    ------
    MktlabError
        When the plan has problems, has not begun on `company.today`, or aims at a KPI whose tables
        are not there.
    """
    problems = plan.validate()
    if problems:
        raise MktlabError("\n- ".join([say("The plan must be mended first:"), *problems]))
    first, today = pd.Timestamp(plan.starting), company.today
    if today <= first:
        told = say(
            "The plan begins on {first:day}, and the tables end before {today:day}: nothing of it "
            "has happened yet.",
            first=first,
            today=today,
        )
        raise MktlabError(told)
    end = min(today, first + pd.Timedelta(weeks=plan.weeks))
    months = pd.date_range(first, end, freq="MS")
    ends = [*months[months > first], *([] if end in months else [end])]
    rows = []
    for until in ends:
        rows.append(_costs(plan, first, until))
        for goal in plan.objectives:
            came = kpi.compute(company, goal.kpi, start=first, end=until)["value"].iloc[0]
            part = 1.0
            if not KPIS[goal.kpi].denominator:
                part = _part(company, goal.kpi, first, until, goal.by_week)
            rows.append((until, goal.label(), goal.target * part, came, KPIS[goal.kpi].unit))
    return pd.DataFrame(rows, columns=["until", "line", "planned", "came", "unit"])


def _costs(plan: OwnPlan, first: pd.Timestamp, until: pd.Timestamp) -> tuple[object, ...]:
    weekly = plan.costs().sum(axis=1)
    days = (until - first).days
    share = np.clip(days / 7 - (weekly.index - 1), 0, 1)  # of each week, how much is over
    return until, say("costs planned so far"), float((weekly * share).sum()), np.nan, "currency"


def _part(
    company: Company, name: str, first: pd.Timestamp, until: pd.Timestamp, by_week: int
) -> float:
    """The share of a sum's target that is due on a day."""
    due = first + pd.Timedelta(weeks=by_week)
    until = min(until, due)
    orders = company.tables.get("orders")
    begins = first - YEAR
    if orders is not None and orders["order_date"].min() <= begins + pd.Timedelta(weeks=1):
        so_far, whole = (
            kpi.compute(company, name, start=begins, end=end - YEAR)["value"].iloc[0]
            for end in (until, due)
        )
        if whole > 0 and due - YEAR <= company.today:
            return float(so_far / whole)
    return float((until - first) / (due - first))
