"""The questions of lesson 26: full hours, who gives up, the square root, hours, four projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import queues, workload
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_26 import (
    HANDS,
    SKILLS,
    WEEKS,
    amiss,
    cafe_week,
    earned,
    first,
    fullest,
    given,
    patience,
    sets,
    team,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

ENOUGH = 0.9
STAFF = 2.0
sheet = Sheet("26_people", given=given, staff=STAFF, hands=HANDS, weeks=WEEKS)


@sheet.share(digits=3)
def crowded(company: Company, column: str = "guests", zone: str = "", rest: bool = False) -> float:
    week = cafe_week(company, zone)
    full = week["load"] > week.groupby("zone")["staff"].transform("mean")
    return float(week.loc[full ^ rest, column].sum() / week[column].sum())


crowded.mistake("of_hours", column="hours")
crowded.mistake("others", rest=True)
crowded.also("others", {"rest": True, "column": "hours"})


@crowded.mistake("who_left")
def _who_left(company: Company) -> float:
    week = cafe_week(company)
    week = week.assign(left=week["gave_up"] * week["guests"])
    full = week["load"] > week["staff"].mean()
    return float(week.loc[full, "left"].sum() / week["left"].sum())


@crowded.also("who_left")
def _shares_that_left(company: Company) -> list[float]:
    week = cafe_week(company)
    week = week.assign(left=week["gave_up"] * week["guests"])
    full = week["load"] > week["staff"].mean()
    left = float(week.loc[full, "left"].sum())
    return [left / float(week.loc[full, "guests"].sum()), left / float(week["guests"].sum())]


@crowded.mistake("busy")
def _busy(company: Company) -> float:
    week = cafe_week(company)
    return float(week["load"].mean() / week["staff"].mean())


def _hour(company: Company, staff: float = STAFF) -> pd.DataFrame:
    week = cafe_week(company)
    return week.iloc[[fullest(company)]].assign(staff=staff)


@sheet.share(digits=3)
def give_up(
    company: Company, column: str = "gives_up", minutes: float | None = None, staff: float = STAFF
) -> float:
    wait = patience(company) if minutes is None else minutes
    found = queues.erlang_a(_hour(company, staff), patience_minutes=wait)
    return float(found[column].iloc[0])


give_up.mistake("must_wait", column="waits")
give_up.also("must_wait", {"column": "busy"}, {"column": "waits", "minutes": np.inf})
give_up.mistake("stay", lambda c: 1 - give_up(c))
give_up.mistake("other_patience", lambda c: give_up(c, minutes=60 * patience(c)))
give_up.also("other_patience")(
    lambda c: [give_up(c, minutes=m) for m in (patience(c) / 60, 30, 34, 1 / patience(c))]
)
give_up.mistake("seen", lambda c: float(_hour(c)["gave_up"].iloc[0]))


@give_up.mistake("staff_of_today")
def _staff_of_today(company: Company) -> float:
    return float(give_up(company, staff=float(cafe_week(company)["staff"].max())))


@give_up.also("staff_of_today")
def _other_staff(company: Company) -> list[float]:
    week = cafe_week(company)
    return [give_up(company, staff=s) for s in (float(week["staff"].mean()), 1.0, 3.0)]


@give_up.mistake("mean_hour")
def _mean_hour(company: Company) -> float:
    week = cafe_week(company)
    hour = pd.DataFrame([week[["arrivals", "service_minutes"]].mean()]).assign(staff=STAFF)
    found = queues.erlang_a(hour, patience_minutes=patience(company))
    return float(found["gives_up"].iloc[0])


@give_up.also("mean_hour")
def _mean_of_hours(company: Company) -> list[float]:
    week = cafe_week(company)
    found = queues.erlang_a(week.assign(staff=STAFF), patience_minutes=patience(company))
    today = queues.erlang_a(week, patience_minutes=patience(company))
    of_all = (found["gives_up"] * week["arrivals"]).sum() / week["arrivals"].sum()
    return [float(found["gives_up"].mean()), float(of_all), float(today["gives_up"].mean())]


@sheet.number(tolerance=0.005)
def by_root(company: Company, rule: str = "root") -> float:
    week, row = cafe_week(company), fullest(company)
    load, hours = week["load"], float(week["staff"].sum())
    rules = {
        "root": queues.square_root(load, hours=hours),
        "share": load * hours / load.sum(),
        "load": load,
        "one": load + np.sqrt(load),
        "today": week["staff"],
        "even": week["staff"].groupby(week["zone"]).transform("mean"),
    }
    return float(rules[rule].iloc[row])


by_root.mistake("in_proportion", rule="share")
by_root.mistake("load", rule="load")
by_root.mistake("one", rule="one")
by_root.mistake("today", rule="today")
by_root.also("today", {"rule": "even"})


@by_root.mistake("factor")
def _factor(company: Company) -> float:
    load = cafe_week(company)["load"]
    return float((cafe_week(company)["staff"].sum() - load.sum()) / np.sqrt(load).sum())


@by_root.also("factor")
def _reserves(company: Company) -> list[float]:
    week = cafe_week(company)
    load, root = week["load"], queues.square_root(week["load"], hours=week["staff"].sum())
    mean = (week["staff"].mean() - load.mean()) / np.sqrt(load.mean())
    top = load.iloc[fullest(company)]
    return [float(root.iloc[fullest(company)] - top), float(top + mean * np.sqrt(top))]


def _four(company: Company) -> pd.DataFrame:
    return company.projects.nlargest(HANDS, "promised_profit")


@sheet.number(tolerance=0.5)
def missing(company: Company, level: int = 2, present: bool = False, weeks: int = WEEKS) -> float:
    people = team(company, present=present)
    short = workload.shortage(people, _four(company), skills=SKILLS, weeks=weeks, level=level)
    return float(short["missing"].max()) if len(short) else 0.0


missing.mistake("everybody", present=True)
missing.mistake("with_help", level=3)
missing.mistake("one_week", weeks=1)
missing.also("one_week", {"weeks": 12}, {"weeks": 52})


@missing.mistake("counted_twice")
def _counted_twice(company: Company) -> float:
    people, four = team(company), _four(company)
    hours = workload.free_hours(people, weeks=WEEKS).to_numpy()
    lacks = [four[s].sum() - hours[people[s] >= 2].sum() for s in SKILLS]
    return float(sum(lack for lack in lacks if lack > 0))


@missing.also("counted_twice")
def _largest_skill(company: Company) -> list[float]:
    people, four = team(company), _four(company)
    hours = workload.free_hours(people, weeks=WEEKS).to_numpy()
    lacks = [float(four[s].sum() - hours[people[s] >= 2].sum()) for s in SKILLS]
    return [max(lacks), sum(lacks), -sum(lacks)]


@missing.mistake("all_hours")
def _needed(company: Company) -> float:
    return float(_four(company)[SKILLS].to_numpy().sum())


@missing.also("all_hours")
def _other_sums(company: Company) -> list[float]:
    short = workload.shortage(team(company), _four(company), skills=SKILLS)
    there = float(workload.free_hours(team(company), weeks=WEEKS).sum())
    told = [float(n) for n in short[["needed", "there"]].iloc[0]] if len(short) else []
    return [*told, float(short["missing"].sum()), there, _needed(company) - there]


@sheet.decision(
    best=lambda company: first(sets(company)[sets(company)["done"]], "true"),
    choices=lambda company: company.projects["project_id"],
    reads=lambda answer, known: ids_among(answer, known, exactly=HANDS),
    good_enough=ENOUGH,
    amiss=amiss,
    guesses=lambda company: {
        "first": {"P01", "P02", "P03", "P04"},
        "last": {"P07", "P08", "P09", "P10"},
        "cheapest": first(sets(company), "cheap"),
    },
)
def four_projects(company: Company, chosen: Iterable[str]) -> float:
    return earned(company, chosen)


four_projects.mistake("most_promised", lambda c: first(sets(c), "promised"))


@four_projects.mistake("promised_that_fit")
def _promised_that_fit(company: Company) -> set[str]:
    return first(sets(company)[sets(company)["done"]], "promised")


@four_projects.mistake("per_hour")
def _per_hour(company: Company) -> set[str]:
    projects = company.projects.set_index("project_id")
    likely = projects["promised_profit"] * projects["kept"] - projects["cost"]
    return set((likely / projects[SKILLS].sum(axis=1)).nlargest(HANDS).index)
