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
from mktlab.course.questions.given_wrong_26 import of_by_root, of_crowded, of_give_up, of_missing

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


crowded.mistake("who_left", lambda c: of_crowded(c)["who_left"][0])


@crowded.mistake("busy")
def _busy(company: Company) -> float:
    week = cafe_week(company)
    return float(week["load"].mean() / week["staff"].mean())


crowded.mistake("other_column", column="load")
crowded.mistake("other_line", lambda c: of_crowded(c)["other_line"][1])
crowded.mistake("other_cafes", zone="all")
crowded.leads(of_crowded, "who_left", "other_column", "other_line", "other_cafes")


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
give_up.mistake("seen", lambda c: float(_hour(c)["gave_up"].iloc[0]))


@give_up.mistake("staff_of_today")
def _staff_of_today(company: Company) -> float:
    return float(give_up(company, staff=float(cafe_week(company)["staff"].max())))


@give_up.mistake("mean_hour")
def _mean_hour(company: Company) -> float:
    week = cafe_week(company)
    hour = pd.DataFrame([week[["arrivals", "service_minutes"]].mean()]).assign(staff=STAFF)
    found = queues.erlang_a(hour, patience_minutes=patience(company))
    return float(found["gives_up"].iloc[0])


give_up.leads(
    lambda company: of_give_up(company, STAFF), "other_patience", "staff_of_today", "mean_hour"
)


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


by_root.mistake("factor", lambda c: of_by_root(c)["factor"][0])
by_root.mistake("whole", lambda c: float(np.ceil(by_root(c))))
by_root.mistake("no_load", lambda c: of_by_root(c)["no_load"][1])
by_root.mistake("all_cafes", lambda c: of_by_root(c)["all_cafes"][0])
by_root.leads(of_by_root, "factor", "one", "no_load", "all_cafes")


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


missing.mistake("counted_twice", lambda c: of_missing(c)["counted_twice"][0])


@missing.mistake("all_hours")
def _needed(company: Company) -> float:
    return float(_four(company)[SKILLS].to_numpy().sum())


missing.mistake("other_four", lambda c: of_missing(c)["other_four"][1])
missing.mistake("other_row", lambda c: of_missing(c)["other_row"][-1])
missing.leads(
    of_missing,
    *("everybody", "with_help", "counted_twice", "other_four", "other_row", "all_hours"),
)


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
