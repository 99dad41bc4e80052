"""What lesson 26 claims: means plan lines, the square root does not, promises do not fit people."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import queues, workload
from mktlab.course.claims import Claim

if TYPE_CHECKING:
    from mktlab.company import Company

TIMES = 3
NOW, WAGE, KEEPS = 1.3, 18.5, 0.71  # baristas, an hour of one, what a euro leaves
BUDGET, FOUR = 9_000, 4
SKILLS = ["analysis", "content", "design", "web", "service"]


def the_mean_plans_lines(company: Company) -> bool:
    """In truth the same staff all day loses three times as many at peak as the square root."""
    staffing = company.truth.staffing
    lost = staffing[np.isclose(staffing["baristas"], 1.3)].set_index("roster")["gives_up_at_peak"]
    return bool(lost["even"] > TIMES * lost["square-root"])


def expected(company: Company) -> pd.Series[float]:
    """What the model expects of rosters with the same hours: share of all guests who give up."""
    week = queues.typical_week(company.store_hours)
    week["load"] = week["arrivals"] * week["service_minutes"] / 60
    zones = week.groupby("zone")
    even = zones["staff"].transform("mean")
    rosters = {
        "even": even,
        "usual": week["staff"],
        "proportional": even * week["load"] / zones["load"].transform("mean"),
        "square-root": zones["load"].transform(
            lambda load: queues.square_root(load, hours=week.loc[load.index, "staff"].sum())
        ),
    }
    minutes = queues.patience(company.store_hours).minutes
    lost = {}
    for name, staff in rosters.items():
        gives_up = queues.erlang_a(week.assign(staff=staff), patience_minutes=minutes)["gives_up"]
        lost[name] = float((gives_up * week["arrivals"]).sum() / week["arrivals"].sum())
    return pd.Series(lost)


def the_model_finds_the_roster(company: Company) -> bool:
    """The roster that the model likes best earns most of the four, and the worst least."""
    lost, earned = expected(company), company.truth.rosters.set_index("roster")["profit"]
    return bool(lost.idxmin() == earned.idxmax() and lost.idxmax() == earned.idxmin())


def the_model_cuts_too_much(company: Company) -> bool:
    """With as many baristas as Erlang A likes best, the counters earn less in truth than today."""
    hours = company.store_hours
    week = queues.typical_week(hours)
    loads = (week["arrivals"] * week["service_minutes"] / 60).groupby(week["zone"])
    minutes = queues.patience(hours).minutes
    cafes = company.store_weeks
    sold = cafes.loc[cafes["week"] >= hours["date"].min(), "revenue"].sum()
    per_guest = sold / (hours["guests"].sum() - hours["gave_up"].sum())

    def of_hour(baristas: float) -> float:
        staff = loads.transform(
            lambda load: queues.square_root(
                load, hours=baristas / NOW * week.loc[load.index, "staff"].sum()
            )
        )
        gives_up = queues.erlang_a(week.assign(staff=staff), patience_minutes=minutes)["gives_up"]
        stay = float((week["arrivals"] * (1 - gives_up)).sum())
        return float(stay * per_guest * KEEPS - staff.sum() * WAGE)

    truth = company.truth.staffing
    earned = truth[truth["roster"] == "square-root"].set_index("baristas")["profit"].round(2)
    likes = max(earned.index, key=of_hour)
    return bool(earned[likes] < earned[NOW])


def promises_do_not_fit(company: Company) -> bool:
    """The four that promise most do not fit the team, and earn less than those that do."""
    projects = company.projects.set_index("project_id")
    promised = list(projects["promised_profit"].nlargest(FOUR).index)
    likely = projects["promised_profit"] * projects["kept"] - projects["cost"]
    sets = {
        some: float(likely[list(some)].sum())
        for some in combinations(projects.index, FOUR)
        if projects.loc[list(some), "cost"].sum() <= BUDGET
        and workload.shortage(company.team, projects.loc[list(some)], skills=SKILLS).empty
    }
    ours = list(max(sets.items(), key=lambda pair: pair[1])[0])
    earned = company.truth.projects.set_index("project_id")["profit"]
    lacks = not workload.shortage(company.team, projects.loc[promised], skills=SKILLS).empty
    return bool(lacks and earned[ours].sum() > earned[promised].sum())


CLAIMS = (
    Claim(
        "With the same hours, staff that is the same all day loses more than three times as many "
        "guests at peak as staff by the square-root rule.",
        the_mean_plans_lines,
        at_least=18,
    ),
    Claim(
        "Of four rosters, the one of which Erlang A expects the fewest to give up earns most in "
        "truth, and the one of which it expects the most earns least.",
        the_model_finds_the_roster,
        at_least=16,
    ),
    Claim(
        "Erlang A, whose patience is taken from today's lines, would cut too much staff: with as "
        "many baristas as it likes best, the counters earn less in truth than with today's.",
        the_model_cuts_too_much,
        at_least=16,
    ),
    Claim(
        "The four projects that promise most do not fit the team, and earn less than the four of "
        "the largest expected gain that fit.",
        promises_do_not_fit,
        at_least=18,
    ),
)
