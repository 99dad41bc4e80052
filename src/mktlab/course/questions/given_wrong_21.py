"""Where mistakes in exercise 21 lead: for each question, wrong answers by the mistake's name."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_21 import (
    LONG_WAIT,
    YEAR,
    actions,
    letters,
    offered,
    profits,
    told,
    weeks,
    well_formed,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from mktlab.company import Company

Lists = dict[str, list[Any]]
WEEK = pd.Timedelta(weeks=1)


def periods(company: Company) -> list[pd.DataFrame]:
    """Café weeks of other periods than the last 52 weeks."""
    cafes, today = weeks(company, last=None), company.today
    week, start = cafes["week"], today - YEAR * WEEK
    kept = [week >= today - n * WEEK for n in (4, 13, 26, 51, 53, 104)]
    kept += [week < start, (week < start) & (week >= start - YEAR * WEEK)]
    kept += [week.dt.year == year for year in week.dt.year.unique()]
    return [cafes[some] for some in kept]


@lru_cache(maxsize=2)
def counts(company: Company) -> Lists:
    """Question 1: other weeks and columns, a mean, a part, orders for guests."""
    year, every = weeks(company), weeks(company, last=None)
    visits, sales = year["visits"], year["sales"]
    by_cafe, by_week = (visits.groupby(year[key]).sum() for key in ("zone", "week"))
    bought = company.orders[company.orders["outlet"] == "cafe"]
    late = bought[bought["order_date"] >= company.today - YEAR * WEEK]
    return {
        "all_years": [float(some["visits"].sum()) for some in periods(company)]
        + [every["visits"].sum() / 3, every["visits"].sum() / every["week"].nunique() * YEAR],
        "buyers": [every["sales"].sum(), (visits - sales).sum(), (visits + sales).sum()],
        "revenue": [year["revenue"].sum(), every["revenue"].sum()],
        "a_part": [
            visits.mean(),
            visits.median(),
            visits.max(),
            by_week.mean(),
            by_cafe.mean(),
            *by_cafe,
        ],
        "rows": [len(every), visits.nunique(), len(by_week), len(by_cafe)],
        "orders": [
            len(late),
            len(bought),
            late["customer_id"].nunique(),
            bought["customer_id"].nunique(),
            len(company.customers),
        ],
    }


@lru_cache(maxsize=2)
def shares(company: Company) -> Lists:
    """Question 2: other weeks, columns, limits and wholes; means of shares."""
    year, every = weeks(company), weeks(company, last=None)
    visits, long, wait = year["visits"], year["long"], year["wait_minutes"]
    left, all_visits = visits - year["sales"], float(visits.sum())
    waited = float(visits[long].sum())

    def of(some: pd.DataFrame, column: str = "visits") -> float:
        return float(some.loc[some["long"], column].sum() / some[column].sum())

    by = [
        (visits * long).groupby(year[key]).sum() / visits.groupby(year[key]).sum()
        for key in ("zone", "week")
    ]
    return {
        "all_years": [of(some) for some in periods(company) if some["visits"].sum()],
        "share_of_weeks": [float(every["long"].mean()), long.groupby(year["week"]).any().mean()],
        "other_column": [of(year, column) for column in ("sales", "revenue", "staff_hours")]
        + [year.loc[long, "sales"].sum() / all_visits, waited / year["sales"].sum()],
        "other_limit": [float(visits[wait > n].sum() / all_visits) for n in (5, 6, 4.5, 5.4, 5.6)]
        + [float(visits[wait >= LONG_WAIT].sum() / all_visits)],
        "other_whole": [
            waited / (all_visits - waited),
            waited / float(every["visits"].sum()),
            waited / float(every.loc[every["long"], "visits"].sum()),
        ],
        "means": [float(part.mean()) for part in by],
        "mean_of_shares": [float(part.mean()) for part in by] + [*map(float, by[0])],
        "left": [
            left.sum() / all_visits,
            left[long].sum() / waited,
            left[long].sum() / left.sum(),
            left[long].sum() / all_visits,
        ],
    }


@lru_cache(maxsize=2)
def proposed(company: Company) -> Lists:
    """Question 3: every list of letters, by the worst that is in it."""
    goals = letters(company)
    valid = {name for name, goal in goals.items() if well_formed(goal)}
    usable = {name for name in valid if told(company, goals[name])}
    early = {name for name in valid - usable if goals[name].kpi == "nps"}
    found: Lists = {"not_valid": [], "well_formed_only": [], "too_early": [], "missing": []}
    for some in (set(c) for n in range(len(goals) + 1) for c in combinations(sorted(goals), n)):
        if some - valid:
            found["not_valid"].append(some)
        elif some - usable - early:
            found["well_formed_only"].append(some)
        elif some - usable:
            found["too_early"].append(some)
        elif some != usable:
            found["missing"].append(some)
    return found


@lru_cache(maxsize=2)
def pieces(company: Company) -> Lists:
    """Question 4: the tax elsewhere, no cut in what is left, revenue, steps on the way."""
    known = offered(company)
    shelf, rate, unit, number, cut, leaflet = (
        float(known[name])
        for name in ("on_shelf", "vat_rate", "unit_cost", "pieces", "cut", "leaflet")
    )
    price, less = shelf / (1 + rate), shelf * (1 - rate)
    lost, left, full = number * cut * price, price * (1 - cut) - unit, price - unit

    def up(*wanted: tuple[float, float]) -> list[float]:
        """Sums over what one more leaves, rounded up."""
        return [float(np.ceil(round(a / b, 6))) for a, b in wanted if b > 0]

    right = up((lost + leaflet, left))[0]
    taxed = [
        *((number * cut * less + leaflet, less * (1 - cut) - unit), (lost, shelf * (1 - cut))),
        *((number * cut * shelf + leaflet, left), (lost + leaflet, shelf * (1 - cut) - unit)),
        *((number * cut * shelf + leaflet, shelf * (1 - cut) - unit * (1 + rate)),),
        *((lost + leaflet, price - cut * shelf - unit), (lost + leaflet / (1 + rate), left)),
        (number * cut * shelf, shelf * (1 - cut) - unit),
    ]
    margins = [
        *((lost + leaflet, full), (leaflet, full), (lost, full)),
        (number * cut * full + leaflet, full * (1 - cut)),
    ]
    return {
        "rounded_down": [right - 1],
        "with_tax": up(*taxed),
        "full_margin": up(*margins),
        "revenue": up(
            *((lost + leaflet, price * (1 - cut)), (lost, price * (1 - cut))),
            *((leaflet, price), (leaflet, shelf), (number * full + leaflet, left)),
        ),
        "share": [
            lost / left / number,
            cut * price / left,
            cut / (full / price),
            100 * lost / left / number,
            100 * right / number,
        ],
        "step": [
            lost,
            lost + leaflet,
            left,
            full,
            number,
            number * cut,
            number * (1 + cut),
            price,
            leaflet / number,
            left * number,
            full * number,
        ],
        "in_all": [number + more for more in (*up((lost, left)), *up(*taxed), *up(*margins))],
        "nothing_less": up((leaflet, left)),
    }


def alone(company: Company, chosen: set[str], _: set[str]) -> Slip:
    """What is wrong with a set of actions: one adds nothing there, or others add more."""
    earned = profits()[frozenset(chosen)]
    added = {name: earned - profits()[frozenset(chosen - {name})] for name in sorted(chosen)}
    if min(added.values()) <= 0:
        why = say(
            "Beside the other three it costs more than it adds. Play your four without each of "
            "them, then put another in its place."
        )
        return Slip(say("one of them earns nothing in this company"), why)
    better = max(
        profits()[frozenset(chosen - {name} | {other})]
        for name in chosen
        for other in actions(company)
        if other not in chosen
    )
    if better > earned:
        why = say("Each of the four adds something. Put another in the place of each, and play it.")
        return Slip(say("another would add more in the place of one of them"), why)
    why = say("No change of one action helps: play every set of four.")
    return Slip(say("two of them together would have to be others"), why)


def first_of(lists_of: Callable[[Company], Lists], name: str, company: Company) -> float:
    """Where a mistake leads first of all."""
    return float(lists_of(company)[name][0])


def farthest(found: list[float], right: float) -> float:
    """The wrong answer that lies farthest from the right one: no world takes it for that."""
    return float(max(found, key=lambda value: abs(value - right)))
