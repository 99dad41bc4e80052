"""Further answers that mistakes of exercise 26 lead to, by the mistakes' names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import queues, workload
from mktlab.course.questions.given_26 import (
    HANDS,
    SKILLS,
    WEEKS,
    cafe_week,
    fullest,
    patience,
    team,
)

if TYPE_CHECKING:
    from mktlab.company import Company

Lists = dict[str, list[float]]


def of_crowded(company: Company) -> Lists:
    """Question 1: other columns, other hours, other cafés."""
    week, every = cafe_week(company), cafe_week(company, "all")
    left = week["gave_up"] * week["guests"]
    full = week["load"] > week["staff"].mean()
    busy = every["load"] > every.groupby("zone")["staff"].transform("mean")
    lines = {name: week[name] > week[name].mean() for name in ("arrivals", "load", "gave_up")}
    lines |= {"own": week["load"] > week["staff"], "staff": week["staff"] > week["staff"].mean()}
    guests = week["guests"]
    return {
        "who_left": [
            float(left[full].sum() / whole)
            for whole in (left.sum(), guests[full].sum(), guests.sum())
        ],
        "other_column": [
            float(week.loc[full, name].sum() / week[name].sum()) for name in ("load", "staff")
        ],
        "other_line": [float(guests[line].sum() / guests.sum()) for line in lines.values()],
        "other_cafes": [
            float(every.loc[busy, name].sum() / every[name].sum()) for name in ("guests", "hours")
        ],
    }


def of_give_up(company: Company, staff: float) -> Lists:
    """Question 2: other patience, other staff, other hours."""
    week, every, wait = cafe_week(company), cafe_week(company, "all"), patience(company)
    top = week.iloc[[fullest(company)]]

    def share(hours: pd.DataFrame, there: float | None, minutes: float = wait) -> float:
        staffed = hours if there is None else hours.assign(staff=there)
        found = queues.erlang_a(staffed, patience_minutes=minutes)["gives_up"]
        return float((found * staffed["arrivals"]).sum() / staffed["arrivals"].sum())

    known = company.store_hours
    fitted = [
        queues.patience(rows).minutes
        for rows in (known, known[known["zone"] == top["zone"].iloc[0]])
    ]
    means = pd.DataFrame([week[["arrivals", "service_minutes"]].mean()])
    hours = [every.nlargest(1, "arrivals"), every, week, means]
    hours += [week.nlargest(1, name) for name in ("gave_up", "staff", "load")]
    simple = queues.erlang_a(week.assign(staff=staff), patience_minutes=wait)["gives_up"]
    minutes = [wait / 60, 60 * wait, 30, 34, 1 / wait, *np.minimum(fitted, 2_000)]
    return {
        "other_patience": [share(top, staff, m) for m in minutes],
        "staff_of_today": [share(top, s) for s in (float(week["staff"].mean()), 1.0, 3.0)],
        "mean_hour": [*(share(rows, staff) for rows in hours), float(simple.mean())],
    }


def of_by_root(company: Company) -> Lists:
    """Question 3: other hours to spread, parts of the rule, whole people."""
    week, every, row = cafe_week(company), cafe_week(company, "all"), fullest(company)
    load, hours = week["load"], float(week["staff"].sum())
    rooted = queues.square_root(load, hours=hours)
    top, root, right = load.iloc[row], np.sqrt(load), rooted.iloc[row]
    reserve = (hours - load.sum()) / root.sum()
    of_means = (week["staff"].mean() - load.mean()) / np.sqrt(load.mean())
    spread = [WEEKS * hours, float(week["staff"].mean()), float(len(week))]
    whole = queues.square_root(every["load"], hours=float(every["staff"].sum()))
    return {
        "factor": [reserve, right - top, top + of_means * root.iloc[row], root.iloc[row]],
        "one": [
            *(queues.square_root(load, hours=some).iloc[row] for some in spread),
            *(top + reserve * top, top + reserve, hours * root.iloc[row] / root.sum(), hours),
        ],
        "no_load": [
            queues.square_root(week["arrivals"], hours=hours).iloc[row],
            week["arrivals"].iloc[row],
        ],
        "all_cafes": [
            whole.iloc[int(every["arrivals"].to_numpy().argmax())],
            whole[(every["zone"] == week["zone"].iloc[0]).to_numpy()].iloc[row],
        ],
    }


def of_missing(company: Company) -> Lists:
    """Question 4: other people, other projects, other rows and sums."""
    projects, people = company.projects, team(company)
    four = projects.nlargest(HANDS, "promised_profit")
    needed = float(four[SKILLS].to_numpy().sum())
    found = workload.shortage(people, four, skills=SKILLS)
    likely = projects["promised_profit"] * projects["kept"] - projects["cost"]
    others = [projects.nlargest(n, "promised_profit") for n in (3, 5, 10)]
    others += [projects.head(HANDS), projects.loc[likely.nlargest(HANDS).index]]

    def lacking(present: pd.DataFrame, chosen: pd.DataFrame, *, level: int = 2) -> float:
        short = workload.shortage(present, chosen, skills=SKILLS, level=level)
        return float(short["missing"].max()) if len(short) else 0.0

    def by_skill(present: pd.DataFrame) -> list[float]:
        hours = workload.free_hours(present, weeks=WEEKS).to_numpy()
        return [float(four[s].sum() - hours[present[s] >= 2].sum()) for s in SKILLS]

    there = [float(workload.free_hours(p, weeks=WEEKS).sum()) for p in (people, company.team)]
    alone, everybody = by_skill(people), by_skill(company.team)
    twice = sum(lack for lack in alone if lack > 0)
    table = [float(n) for n in found[["needed", "there"]].to_numpy()[0]] if len(found) else []
    lacks = found["missing"].tolist()
    return {
        "everybody": [lacking(company.team, four), lacking(team(company, present=True), four)],
        "with_help": [lacking(people, four, level=1)],
        "counted_twice": [
            twice,
            max(alone),
            sum(alone),
            -sum(alone),
            max(everybody),
            sum(everybody),
        ],
        "other_four": [lacking(people, some) for some in others],
        "other_row": [*lacks[1:], found["missing"].mean(), float(len(found))],
        "all_hours": [*table, sum(lacks), *there, *(needed - some for some in there)],
    }
