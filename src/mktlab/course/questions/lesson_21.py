"""The questions of lesson 21: guests, a long line, objectives, a break-even, what goes together."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.given import cafes_21 as cafes
from mktlab.course.given import wrong_21 as wrong
from mktlab.course.given.cafes_21 import LONG_WAIT, YEAR, weeks_of
from mktlab.course.given.lesson_21 import (
    DRAFT,
    QUARTER,
    actions,
    cut_of_margin,
    euros_lost,
    letters,
    offer,
    profits,
    proposals,
    taxed_here_and_there,
)
from mktlab.plan import INDICATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mktlab.company import Company
    from mktlab.plan import Objective

MOVED, SURVEY = 0.01, 5.0
HANDS = 4

sheet = Sheet(
    "21_plan",
    given=lambda company: {
        "draft": DRAFT,
        "proposals": proposals(company),
        "objectives": letters(company),
        "offer": offer(company),
        "actions": actions(company),
    },
    long_wait=LONG_WAIT,
    moved=MOVED,
    survey=SURVEY,
    hands=HANDS,
)


@sheet.number()
def guests(company: Company, last: int | None = YEAR, column: str = "visits") -> int:
    return int(weeks_of(company, last=last)[column].sum())


guests.mistake("all_years", last=None)
guests.also("all_years", {"last": None, "column": "sales"})
guests.mistake("buyers", column="sales")
guests.mistake("first_week_missing", last=YEAR - 1)
guests.mistake("other_column", column="revenue")
guests.also("other_column", {"column": "staff_hours"})
guests.also("all_years")(cafes.other_weeks)
guests.also("buyers")(cafes.parts_of_the_guests)
guests.also("a_week")(cafes.means)
guests.also("rows")(cafes.rows)


@guests.mistake("a_week")
def _of_a_week(company: Company) -> float:
    return float(guests(company)) / YEAR


@guests.mistake("rows")
def _rows(company: Company) -> int:
    return len(weeks_of(company))


guests.leads(wrong.visits, "all_years", "buyers", "a_week", "one_cafe")


@sheet.share(told=lambda found: {"others": 1 - found})
def guests_who_wait(
    company: Company,
    last: int | None = YEAR,
    column: str = "visits",
    limit: float = LONG_WAIT,
) -> float:
    weeks = weeks_of(company, last=last, limit=limit)
    return float(weeks.loc[weeks["long"], column].sum() / weeks[column].sum())


guests_who_wait.mistake("all_years", last=None)
guests_who_wait.mistake("buyers", column="sales")
guests_who_wait.also("buyers", {"column": "staff_hours"}, {"column": "revenue"})
guests_who_wait.mistake("first_week_missing", last=YEAR - 1)
guests_who_wait.mistake("other_limit", limit=5)
guests_who_wait.also("other_limit", {"limit": 6})
guests_who_wait.also("all_years")(cafes.two_periods)
guests_who_wait.also("buyers")(cafes.buyers_and_guests)
guests_who_wait.also("share_of_weeks")(cafes.mean_weeks)
guests_who_wait.mistake("mean_of_shares", cafes.mean_of_shares)
guests_who_wait.also("mean_of_shares")(lambda company: [cafes.mean_of_shares(company, "week")])


@guests_who_wait.mistake("share_of_weeks")
def _share_of_weeks(company: Company) -> float:
    return float(weeks_of(company)["long"].mean())


@guests_who_wait.mistake("over_the_others")
def _over_the_others(company: Company) -> float:
    share = float(guests_who_wait(company))
    return share / (1 - share)


@guests_who_wait.mistake("short_waits")
def _short_waits(company: Company) -> float:
    return 1 - float(guests_who_wait(company))


guests_who_wait.leads(
    wrong.waits, "all_years", "buyers", "other_limit", "share_of_weeks", "one_cafe"
)


def _well_formed(goal: Objective) -> bool:
    return not DRAFT.but(objectives=[goal]).validate()


@lru_cache(maxsize=64)
def _change(seed: int, people: int, kpi: str, week: int) -> tuple[float, float]:
    """A number with the draft and without, in the week in which it is due."""
    from mktlab import market

    report = market.start(DRAFT, seed=seed, people=people).advance(week).report().set_index("kpi")
    return float(report["value"][kpi]), float(report["baseline"][kpi])


def _told(
    company: Company, goal: Objective, *, survey: float, week: int | None, rise: bool
) -> bool:
    """Whether the draft moves the number in time, and by enough to be told."""
    known = company.truth.parameters
    value, baseline = _change(known["seed"], known["people"], goal.kpi, week or goal.by_week)
    least = survey if goal.kpi == "nps" else MOVED * abs(baseline)
    return (value - baseline if rise else abs(value - baseline)) >= least


@sheet.ids(told=lambda found: {"n": len(found)})
def usable(
    company: Company,
    moved: bool = True,
    survey: float = SURVEY,
    week: int | None = None,
    rise: bool = False,
) -> set[str]:
    valid = {a: goal for a, goal in letters(company).items() if _well_formed(goal)}
    least: dict[str, Any] = {"survey": survey, "week": week, "rise": rise}
    return {a for a, goal in valid.items() if not moved or _told(company, goal, **least)}


usable.mistake("well_formed_only", moved=False)
usable.mistake("too_early", survey=0)
usable.mistake("one_week_for_all", week=QUARTER)
usable.mistake("rises_only", rise=True)


@usable.mistake("not_valid")
def _not_valid(company: Company) -> set[str]:
    return {name for name, goal in letters(company).items() if not _well_formed(goal)}


@usable.mistake("counted_only")
def _counted_only(company: Company) -> set[str]:
    return {name for name, goal in letters(company).items() if goal.kpi in INDICATORS}


def _by_letters(company: Company) -> dict[str, list[set[str]]]:
    goals = letters(company)
    valid = {name for name, goal in goals.items() if _well_formed(goal)}
    return wrong.letters_of(goals, valid, usable(company))


usable.mistake("not_sound", lambda company: set(letters(company)))
usable.mistake("some_missing", lambda company: _by_letters(company)["some_missing"][0])
usable.leads(_by_letters, "not_sound", "well_formed_only", "some_missing")


@sheet.number(tolerance=0.5)
def more_pieces(
    company: Company,
    tax: bool = False,
    on_cost: bool = False,
    buyers: bool = True,
    leaflet: float = 1,
    cost: float = 1,
    uncut: bool = False,
    whole: Callable[[float], float] = np.ceil,
) -> float:
    given = offer(company)
    price = given["on_shelf"] / (1 if tax else 1 + given["vat_rate"])
    margin = price - given["unit_cost"] * cost
    part = margin / (given["unit_cost"] if on_cost else price)
    left = (part - given["cut"] * (not uncut)) * price
    lost = given["pieces"] * given["cut"] * price * buyers
    return float(whole(round((lost + given["leaflet"] * leaflet) / left, 6)))


more_pieces.mistake("with_tax", tax=True)
more_pieces.also("with_tax", {"tax": True, "leaflet": 0})
more_pieces.mistake("margin_on_cost", on_cost=True)
more_pieces.also("margin_on_cost", {"on_cost": True, "leaflet": 0})
more_pieces.mistake("nothing_less", buyers=False)
more_pieces.also("nothing_less", {"buyers": False, "uncut": True}, {"buyers": False, "tax": True})
more_pieces.also("nothing_less", {"buyers": False, "uncut": True, "tax": True})
more_pieces.mistake("without_leaflet", leaflet=0)
more_pieces.also("without_leaflet", {"leaflet": -1})
more_pieces.mistake("as_much_revenue", cost=0)
more_pieces.also("as_much_revenue", {"cost": 0, "leaflet": 0})
more_pieces.mistake("full_margin", uncut=True)


@more_pieces.mistake("not_rounded_up")
def _one_fewer(company: Company) -> float:
    return float(more_pieces(company)) - 1


@more_pieces.also("not_rounded_up")
def _a_part_of_one(company: Company) -> list[float]:
    need = float(more_pieces(company, whole=float))
    return [need] if need < more_pieces(company) - 0.5 else []


@more_pieces.mistake("in_all")
def _in_all(company: Company, **turned: Any) -> float:
    return float(more_pieces(company, **turned)) + float(offer(company)["pieces"])


@more_pieces.also("in_all")
def _in_all_and_more(company: Company) -> list[float]:
    today = float(offer(company)["pieces"])
    return [_in_all(company, leaflet=0), _in_all(company, tax=True), today]


@more_pieces.mistake("share_more", tolerance=0.005)
def _share_more(company: Company) -> float:
    given = offer(company)
    return float(more_pieces(company, leaflet=0, whole=float)) / float(given["pieces"])


@more_pieces.also("share_more")
def _percent_more(company: Company) -> list[float]:
    return [100 * _share_more(company)]


more_pieces.also("with_tax")(taxed_here_and_there)
more_pieces.mistake("cut_of_margin", cut_of_margin)
more_pieces.mistake("euros", euros_lost)


more_pieces.leads(wrong.pieces, "full_margin", "euros", "nothing_less", "with_tax")
more_pieces.leads(wrong.pieces, "not_rounded_up", "as_the_cut", "other_weeks")


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
)
def together(company: Company, chosen: set[str]) -> float:
    """What the actions earn in a year, mean of three hidden worlds, luck left out."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    return profits()[frozenset(chosen)]


together.mistake("best_alone", _best_alone)
together.mistake("for_guests", _for_guests)


def _no_room(company: Company) -> set[str]:
    """Fewer baristas beside one action that makes room, and two that fill it."""
    return {"fewer_baristas", "app", "nicer_cafe", "best_coffee"}


together.mistake("no_room", _no_room)


@together.also("no_room")
def _no_room_either(company: Company) -> list[set[str]]:
    cures = {"app", "training", "dearer_cafe"}
    fours = map(set, combinations(actions(company), HANDS))
    return [four for four in fours if "fewer_baristas" in four and len(four & cures) < 2]


@together.also("for_guests")
def _for_guests_either(company: Company) -> list[set[str]]:
    fours = map(set, combinations(actions(company), HANDS))
    return [four for four in fours if not four & {"fewer_baristas", "dearer_cafe"}]


together.leads(wrong.fours, "earns_less")
