"""What exercise 36 rests on: leads with what became of them, the change learned from the draw, and
what a call really adds, which prices the decision.

`last_year`, `true_gain` and `reported` are the lesson's own, for its claims, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import leads, uplift
from mktlab.course.checking.slips import Slip
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

POINTS = {"page_views": 1, "mails_opened": 2, "downloads": 5, "price_views": 8}
STAGES = {"qualified": 0.2, "tasting": 0.4, "offer": 0.6}
HOUR, WEEKLY, YEAR = 32, 60, 52
HOURS, WAITED, SOURCE = 240, 26, "referral"
LEARN: dict[str, Any] = {"outcome": "won", "treated": "called"}


@lru_cache(maxsize=2)
def rows(company: Company) -> pd.DataFrame:
    """A row per lead, with what became of it."""
    found = leads.followed(company.leads, company.calls, company.deals, today=company.today)
    return found.assign(points=sum(each * found[name] for name, each in POINTS.items()))


@lru_cache(maxsize=2)
def scored(company: Company) -> pd.DataFrame:
    """All leads with what each is worth and takes, its chance with a call, and the change."""
    every = rows(company)
    known = leads.features(every)
    names = [str(name) for name in known]
    known = known.assign(won=every["won"], called=every["called"])
    drawn = leads.drawn(every).index
    called = every.index[every["called"] & (every["age_weeks"] >= leads.RIPE)]
    return leads.worth(every, known=every).assign(
        change=uplift.effects(known.loc[drawn], known, features=names, **LEARN),
        chance=uplift.chance(known.loc[called], known, features=names, outcome="won"),
    )


def last_year(company: Company) -> pd.DataFrame:
    """The leads of the last year, and `per_hour`: what an hour spent on each should bring."""
    every = scored(company)
    every = every[every["age_weeks"] <= YEAR]
    return every.assign(per_hour=every["change"] * every["value"] / every["need"])


def true_gain(company: Company) -> pd.Series[float]:
    """What a call in the week after it came adds to each lead's margin, by lead_id."""
    table = company.truth.leads.set_index("lead_id")
    return (table["chance_with"] - table["chance_without"]) * table["margin"]


def reported(company: Company) -> tuple[float, float]:
    """What an hour of calls seems to bring, and what it adds: leads called in the last year."""
    year = last_year(company)
    called = year[year["called"] & (year["age_weeks"] >= leads.RIPE)]
    added = called["lead_id"].map(true_gain(company)).sum()
    hours = called["hours"].sum()
    return float(called["margin"].sum() / hours), float(added / hours)


@lru_cache(maxsize=2)
def waiting(company: Company) -> pd.DataFrame:
    """Leads of the last weeks that were drawn for no call and have not bought, mixed."""
    every = scored(company)
    some = every[(every["test"] == "none") & (every["age_weeks"] <= WAITED) & ~every["won"]]
    mixed: pd.DataFrame = some.sample(frac=1, random_state=36).reset_index(drop=True)
    return mixed


def gain(company: Company) -> pd.Series[float]:
    """What a call today adds to each lead's margin, by lead_id."""
    table = company.truth.leads.set_index("lead_id")
    return table["change_today"] * table["margin"]


def fitting(company: Company, score: pd.Series[float]) -> set[str]:
    """Whom the hours reach, in the order of a score."""
    some = waiting(company)
    return set(some.loc[leads.first_calls(some, score, hours=HOURS), "lead_id"])


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    year = last_year(company).drop(columns=["chance", "per_hour"])
    shown = ["lead_id", "source", "kind", "cups", *POINTS, "points", "value", "need"]
    return {"rows": rows(company), "year": year, "waiting": waiting(company)[shown]}


def amiss(company: Company, chosen: set[str], _: set[str]) -> Slip:
    """What is wrong with a list: hours left over, leads that do not change, or little worth."""
    some = waiting(company).set_index("lead_id")
    picked = some.loc[sorted(chosen)]
    if picked["need"].sum() < 0.9 * HOURS:
        told = say("Your list leaves hours unused. Whom else does a call change?")
        return Slip(say("there are hours left"), told)
    if picked["change"].mean() < some["change"].mean():
        told = say("A call changes these less than others: some buy anyway, some never.")
        return Slip(say("a call hardly changes these"), told)
    told = say(
        "A call changes them. How much margin does each bring if it buys, and how many hours does "
        "it take?"
    )
    return Slip(say("others bring more for an hour"), told)
