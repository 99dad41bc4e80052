"""What is so of people: who leaves a line at which staff, and what each project earns.

`hours` and `staffing` ask the market's own queue; `rosters` and `projects` play the last year
again: a project acts from the week on that its preparation allows, and its cost is taken off.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from mktlab.market import service
from mktlab.market.observed import people
from mktlab.market.observed.sales import labels
from mktlab.market.profit import CAFE_GOODS, PAYMENT_FEE
from mktlab.market.state import History
from mktlab.market.truth.counterfactual import Rewind
from mktlab.plan import Plan
from mktlab.plan.costs import CAFES, weekly_costs
from mktlab.plan.mix import BASE, ROSTERS

YEAR = 52
_DAYS, _OFTEN = [0, 5], [5, 1]  # a Monday stands for five days, Saturday for itself
BARISTAS = tuple(round(0.9 + 0.05 * step, 2) for step in range(19))
"""Baristas at a mean café for which `staffing` says what they earn."""


def hours(history: History) -> pd.DataFrame:
    """Guests, who of them leaves, and waits of each hour: mean of the weeks of the sheet."""
    weeks = range(max(len(history.weeks) - people.WEEKS, 0), len(history.weeks))
    seen = [people.counter(history, week) for week in weeks]
    come = np.mean([now.arrivals for now in seen], axis=0)
    left = np.mean([now.arrivals * now.leaving for now in seen], axis=0)
    hour, cafe = np.indices(come.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "zone": labels(tuple(CAFES), cafe),
            "weekday": hour // len(people.OPEN),
            "hour": np.array(people.OPEN)[hour % len(people.OPEN)],
            "arrivals": come.reshape(-1),
            "gives_up": (left / come).reshape(-1),
            "wait_minutes": np.mean([now.wait for now in seen], axis=0).reshape(-1),
        }
    )


def staffing(rewind: Rewind) -> pd.DataFrame:
    """What every number of baristas and every roster would have earned at the counters."""
    history = rewind.history
    weeks = range(max(len(history.weeks) - YEAR, 0), len(history.weeks))
    mixes = [history.weeks[week].mix for week in weeks]
    usual = [people.counter(history, week, days=_DAYS) for week in weeks]
    come = np.array([now.arrivals for now in usual])
    speed = np.array([now.speed for now in usual])[:, None]
    price = np.array([mix.price.cafe for mix in mixes])
    often = np.repeat(_OFTEN, len(people.OPEN))[:, None]
    at_peak, scale = people.peaks()[_DAYS].reshape(-1), history.people.scale
    rows = []
    for roster in ROSTERS:
        for baristas in BARISTAS:
            plans = [
                replace(m, people=replace(m.people, roster=roster, baristas=baristas))
                for m in mixes
            ]
            staff = np.array([people.staffed(plan, days=_DAYS) for plan in plans])
            left = come - service.settle(come, staff, speed)
            sold = service.BUYERS * (often * (come - left)).sum(axis=(1, 2))
            revenue = float(scale * service.CAFE_TICKET * (sold * price).sum())
            goods = float(scale * service.CAFE_TICKET * CAFE_GOODS * sold.sum())
            wages = scale * sum(weekly_costs(plan)["people.baristas"] for plan in plans)
            lost, all_come = (often * left).sum(axis=(0, 2)), (often * come).sum(axis=(0, 2))
            rows.append(
                {
                    "roster": roster,
                    "baristas": baristas,
                    "gives_up_at_peak": lost[at_peak].sum() / all_come[at_peak].sum(),
                    "gives_up_else": lost[~at_peak].sum() / all_come[~at_peak].sum(),
                    "lost": scale * lost.sum(),
                    "revenue": revenue,
                    "wages": wages,
                    "profit": revenue * (1 - PAYMENT_FEE) - goods - wages,
                }
            )
    return pd.DataFrame(rows)


def rosters(rewind: Rewind) -> pd.DataFrame:
    """The last year under each roster: profit against the year as it was, everything included."""
    rows = []
    for name in ROSTERS:
        year = rewind.play({}, roster=name)
        cafes = [week.cafes for week in year.weeks]
        rows.append(
            {
                "roster": name,
                "wait_minutes": np.mean([c.wait_minutes.mean() for c in cafes]),
                "sales": sum(float(c.expected_sales.sum()) for c in cafes),
                "profit": year.profit - rewind.year.profit,
            }
        )
    return pd.DataFrame(rows)


def projects(rewind: Rewind) -> pd.DataFrame:
    """What each project would have earned in the last year, carried out alone."""
    rows = []
    table, scale = people.projects(rewind.history), rewind.history.people.scale
    for name, cost, levers in table[["project_id", "cost", "levers"]].to_numpy():
        plan = Plan.from_toml(f"{levers}\n")
        year = rewind.carry_out(partial(plan.in_week, before=BASE))
        gained = year.profit - rewind.year.profit
        rows.append({"project_id": name, "gain": gained, "profit": gained - cost * scale})
    return pd.DataFrame(rows)
