"""What exercise 26 hands out, and what sets of projects earn when they are played."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from mktlab import queues, workload
from mktlab.course.checking.slips import Slip
from mktlab.plan import Plan
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mktlab.company import Company

HANDS, WEEKS = 4, 13
SKILLS = ["analysis", "content", "design", "web", "service"]
CAFES = ("Bordeaux", "Lyon", "Marseille")
FREE = {"Camille": 6.0, "Inès": 5.5, "Hugo": 6.5, "Manon": 7.0, "Paul": 6.5, "Théo": 6.5}
"""Hours a week that the daily work leaves in a quarter in which everybody is there."""


class Quarter(NamedTuple):
    """Who is away for all of it, who for half, and what projects may cost at once."""

    away: str
    half: str
    budget: int


QUARTERS = (
    Quarter("Hugo", "Manon", 6_000),
    Quarter("Hugo", "Inès", 4_500),
    Quarter("Camille", "Théo", 4_500),
    Quarter("Hugo", "Théo", 3_500),
)
PROFITS = Path(__file__).with_name("lesson_26.csv")
"""What each set of four projects earns; written by `python -m mktlab.course.questions.given_26`."""


def _drawn(company: Company, size: int, turn: int = 0) -> int:
    rng = np.random.default_rng([len(company.orders), turn])
    return int(rng.integers(size))


def cafe(company: Company) -> str:
    """The café that questions 1 to 3 ask about."""
    return CAFES[_drawn(company, len(CAFES))]


def patience(company: Company) -> int:
    """Minutes that its guests wait before they give up, as question 2 gives them."""
    return 20 + 5 * _drawn(company, 5, 1)


def quarter(company: Company) -> Quarter:
    """The quarter that questions 4 and 5 are about."""
    return QUARTERS[_drawn(company, len(QUARTERS), 2)]


@lru_cache(maxsize=4)
def cafe_week(company: Company, zone: str = "") -> pd.DataFrame:
    """The typical week of a café, with its load; all cafés with `zone="all"`."""
    hours, zone = company.store_hours, zone or cafe(company)
    week = queues.typical_week(hours if zone == "all" else hours[hours["zone"] == zone])
    return week.assign(load=week["arrivals"] * week["service_minutes"] / 60)


def fullest(company: Company) -> int:
    """The row of its hour with the most guests."""
    return int(cafe_week(company)["arrivals"].to_numpy().argmax())


def team(company: Company, *, present: bool = False) -> pd.DataFrame:
    """The team of the quarter: its hours without those of who is away, or as if all were there."""
    table, now = company.team.copy(), quarter(company)
    there = {} if present else {now.away: 0.0, now.half: 0.5}
    more = [FREE[person] * there.get(person, 1.0) for person in table["person"]]
    return table.assign(hours=table["daily_work"] + more)


def named(chosen: Iterable[str]) -> str:
    """Projects as the file names them."""
    return " & ".join(sorted(chosen))


@cache
def profits() -> dict[str, float]:
    """Projects -> what they earn in a year, without what they cost once."""
    table = pd.read_csv(PROFITS).set_index("projects")["profit"]
    return {str(name): float(profit) for name, profit in table.items()}


@lru_cache(maxsize=4)
def sets(company: Company) -> pd.DataFrame:
    """Every set of four: whether team and budget carry it, and what it is likely to earn."""
    rows, projects = [], company.projects.set_index("project_id")
    people, present = team(company), team(company, present=True)
    likely = projects["promised_profit"] * projects["kept"] - projects["cost"]
    for some in combinations(sorted(projects.index), HANDS):
        chosen = projects.loc[list(some)]
        cost = float(chosen["cost"].sum())
        rows.append(
            {
                "projects": named(some),
                "fits": workload.shortage(people, chosen, skills=SKILLS).empty,
                "fitted": workload.shortage(present, chosen, skills=SKILLS).empty,
                "paid": cost <= quarter(company).budget,
                "promised": float(chosen["promised_profit"].sum()),
                "likely": float(likely[list(some)].sum()),
                "cheap": -cost,
                "true": profits().get(named(some), np.nan) - cost,
            }
        )
    table = pd.DataFrame(rows).set_index("projects")
    return table.assign(done=table["fits"] & table["paid"])


def first(table: pd.DataFrame, by: str) -> set[str]:
    """The set that is largest by a column."""
    best = table.sort_index().sort_values(by, ascending=False, kind="stable")
    return set(str(best.index[0]).split(" & ")) if len(best) else set()


def amiss(company: Company, chosen: Any, best: Any) -> Slip | None:
    """What is wrong with a set of four."""
    row = sets(company).loc[named(chosen)]
    if not row["fits"]:
        told = say(
            "Somebody would need hours that nobody has: give these four and the team of this "
            "quarter to workload.shortage."
        )
        return Slip(say("the team cannot do these four"), told)
    if not row["paid"]:
        told = say("Together these four cost more than the budget: add up the column cost.")
        return Slip(say("the budget does not pay for these four"), told)
    told = say(
        "These four can be done, and others earn more: count of each promise only what such "
        "promises kept, and take its cost off."
    )
    return Slip(say("the promises of these four do not hold"), told)


def earned(company: Company, chosen: Iterable[str]) -> float:
    """Profit of a year less cost; what cannot be done earns nothing."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    table, name = sets(company), named(chosen)
    return float(table["true"].to_dict()[name]) if table["done"].to_dict()[name] else 0.0


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "cafe": cafe(company),
        "patience": patience(company),
        "team": team(company),
        **quarter(company)._asdict(),
    }


def played(company: Company) -> pd.DataFrame:
    """Every set of four that some quarter's budget pays, in three hidden worlds."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    rows = []
    for four in combinations(company.projects.index, HANDS):
        chosen = company.projects.loc[list(four)]
        if chosen["cost"].sum() <= max(quarter.budget for quarter in QUARTERS):
            text = "\n".join(chosen["levers"])
            plan = Plan.from_toml(f"{text}\n").but(budget=1_000_000)
            profit = judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit
            rows.append((named(chosen["project_id"]), round(profit)))
    return pd.DataFrame(rows, columns=["projects", "profit"])


if __name__ == "__main__":  # three minutes
    from mktlab.data.load import load

    played(load("solane")).to_csv(PROFITS, index=False, lineterminator="\n")
