"""The questions of lesson 21: guests, a long line, objectives, a break-even, what goes together."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions import given_wrong_21 as wrong
from mktlab.course.questions.given_21 import (
    ACTIONS,
    DRAFT,
    HANDS,
    LONG_WAIT,
    MOVED,
    PROFITS,
    SURVEY,
    YEAR,
    actions,
    letters,
    offered,
    profits,
    proposals,
    told,
    weeks,
    well_formed,
)
from mktlab.plan import INDICATORS, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

sheet = Sheet(
    "21_plan",
    given=lambda company: {
        "draft": DRAFT,
        "proposals": proposals(company),
        "objectives": letters(company),
        "offer": offered(company),
        "actions": actions(company),
    },
    long_wait=LONG_WAIT,
    moved=MOVED,
    survey=SURVEY,
    hands=HANDS,
)


@sheet.number()
def guests(company: Company, last: int | None = YEAR, column: str = "visits") -> int:
    return int(weeks(company, last=last)[column].sum())


guests.mistake("all_years", last=None)
guests.mistake("buyers", column="sales")


@guests.mistake("rows")
def _rows(company: Company) -> int:
    return len(weeks(company))


for kind in ("revenue", "a_part", "orders"):
    guests.mistake(kind, partial(wrong.first_of, wrong.counts, kind))
guests.leads(wrong.counts, "all_years", "buyers", "revenue", "a_part", "rows", "orders")


@sheet.share(told=lambda found: {"others": 1 - found})
def guests_who_wait(company: Company, last: int | None = YEAR, column: str = "visits") -> float:
    cafes = weeks(company, last=last)
    return float(cafes.loc[cafes["long"], column].sum() / cafes[column].sum())


guests_who_wait.mistake("all_years", last=None)


@guests_who_wait.mistake("share_of_weeks")
def _share_of_weeks(company: Company) -> float:
    return float(weeks(company)["long"].mean())


@guests_who_wait.mistake("short_waits")
def _short_waits(company: Company) -> float:
    return 1 - float(guests_who_wait(company))


@guests_who_wait.mistake("mean_of_shares")
def _mean_of_shares(company: Company) -> float:
    return wrong.farthest(wrong.shares(company)["means"], guests_who_wait(company))


for kind in ("other_column", "other_limit", "other_whole", "left"):
    guests_who_wait.mistake(kind, partial(wrong.first_of, wrong.shares, kind))
guests_who_wait.leads(wrong.shares, "all_years", "share_of_weeks", "other_column", "other_limit")
guests_who_wait.leads(wrong.shares, "other_whole", "mean_of_shares", "left")


@sheet.ids(told=lambda found: {"n": len(found)})
def usable(company: Company, moved: bool = True, survey: float = SURVEY) -> set[str]:
    valid = {a: goal for a, goal in letters(company).items() if well_formed(goal)}
    return {a for a, goal in valid.items() if not moved or told(company, goal, survey=survey)}


usable.mistake("well_formed_only", moved=False)
usable.mistake("too_early", survey=0)


@usable.mistake("counted_only")
def _counted_only(company: Company) -> set[str]:
    return {name for name, goal in letters(company).items() if goal.kpi in INDICATORS}


@usable.mistake("not_valid")
def _with_one_that_is_not_valid(company: Company) -> set[str]:
    goals, right = letters(company), set(usable(company))
    return right | {min(name for name in goals if not well_formed(goals[name]))}


@usable.mistake("missing")
def _one_missing(company: Company) -> set[str]:
    right = set(usable(company))
    return right - {min(right)}


usable.leads(wrong.proposed, "not_valid", "well_formed_only", "too_early", "missing")


@sheet.number(tolerance=0.5)
def more_pieces(
    company: Company,
    tax: bool = False,
    on_cost: bool = False,
    buyers: bool = True,
    leaflet: bool = True,
) -> float:
    offer = offered(company)
    price = offer["on_shelf"] / (1 if tax else 1 + offer["vat_rate"])
    margin = price - offer["unit_cost"]
    part = margin / (offer["unit_cost"] if on_cost else price)
    left = (part - offer["cut"]) * price
    lost = offer["pieces"] * offer["cut"] * price * buyers
    return float(np.ceil(round((lost + offer["leaflet"] * leaflet) / left, 6)))


more_pieces.mistake("with_tax", tax=True)
more_pieces.mistake("margin_on_cost", on_cost=True)
more_pieces.mistake("nothing_less", buyers=False)
more_pieces.mistake("without_leaflet", leaflet=False)


@more_pieces.mistake("in_all")
def _in_all(company: Company) -> float:
    return float(more_pieces(company)) + float(offered(company)["pieces"])


@more_pieces.mistake("share", tolerance=0.0005)
def _share_of_today(company: Company) -> float:
    return float(more_pieces(company)) / float(offered(company)["pieces"])


for kind in ("rounded_down", "full_margin", "revenue", "step"):
    more_pieces.mistake(kind, partial(wrong.first_of, wrong.pieces, kind))
more_pieces.leads(wrong.pieces, "with_tax", "full_margin", "revenue", "share", "step", "in_all")
more_pieces.leads(wrong.pieces, "nothing_less")


def _best(company: Company) -> set[str]:
    """The best of all sets of four: each has been played."""
    fours = combinations(actions(company), HANDS)
    return set(max(fours, key=lambda four: profits()[frozenset(four)]))


def _best_alone(company: Company) -> set[str]:
    alone = {name: profits()[frozenset([name])] for name in actions(company)}
    return set(sorted(alone, key=alone.__getitem__)[-HANDS:])


def _for_guests(company: Company) -> set[str]:
    """What guests like: nothing of it uses the room that is made."""
    liked = ("nicer_cafe", "best_coffee", "more_service", "training", "app")
    return set([name for name in liked if name in actions(company)][:HANDS])


def _guesses(company: Company) -> Mapping[str, set[str]]:
    """Sets that need no trial: the first and the last four, and all cures with one that fills."""
    there = list(actions(company))
    cures = [name for name in ("dearer_cafe", "app", "training", "nicer_cafe") if name in there]
    return {
        "first": set(there[:HANDS]),
        "last": set(there[-HANDS:]),
        "cures_with_coffee": {*cures, "best_coffee"},
        "cures_with_service": {*cures, "more_service"},
        "lessons_two_and_service": {"nicer_cafe", "best_coffee", "more_service", cures[0]},
    }


@sheet.decision(
    best=_best,
    choices=lambda company: pd.Series(sorted(actions(company)), name="action"),
    reads=partial(ids_among, exactly=HANDS),
    good_enough=0.95,
    guesses=_guesses,
    amiss=wrong.alone,
)
def together(company: Company, chosen: set[str]) -> float:
    """What the actions earn in a year, mean of three hidden worlds, luck left out."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    return profits()[frozenset(chosen)]


together.mistake("best_alone", _best_alone)
together.mistake("for_guests", _for_guests)


def played(sets: list[frozenset[str]]) -> pd.DataFrame:
    """What sets of actions earn in a year: the rows of `lesson_21.csv`."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    rows = []
    for names in sets:
        plan = Plan.baseline().but(budget=1_000_000)
        for name in sorted(names):
            plan = plan.but(**ACTIONS[name])
        profit = judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit
        rows.append((" & ".join(name for name in ACTIONS if name in names), round(profit)))
    return pd.DataFrame(rows, columns=["actions", "profit"])


def every_set() -> list[frozenset[str]]:
    """All sets of the actions, the empty one first."""
    return [frozenset(s) for n in range(len(ACTIONS) + 1) for s in combinations(ACTIONS, n)]


if __name__ == "__main__":  # five minutes
    played(every_set()).to_csv(PROFITS, index=False, lineterminator="\n")
