"""The questions of lesson 21: guests, a long line, objectives, a break-even, what goes together."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.plan import INDICATORS, Objective, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

QUARTER, YEAR = 13, 52
LONG_WAIT = 5.5
MOVED, SURVEY = 0.01, 5.0
HANDS = 4

DRAFT = Plan.baseline().but(
    name="Draft",
    weeks=QUARTER,
    budget=125_000,
    process={"order_ahead": True},
    product={"quality": 0.7},
    promotion={"search_brand": 0, "deal_chance": 0.04},
    starts={"product.quality": 10},
)
"""The plan that question 3 is about."""

PROPOSALS = (
    Objective("awareness", 42, by_week=13),
    Objective("wait_minutes", 4.5, by_week=13),
    Objective("wait_minutes", 3.5, by_week=4),
    Objective("joy", 9, by_week=13),
    Objective("nps", 30, by_week=13),
    Objective("profit", 210_000, by_week=52),
    Objective("profit", 45_000, by_week=13),
)
"""What the departments propose for it; each world gives them other letters."""

ACTIONS: dict[str, dict[str, Any]] = {
    "best_coffee": {"product": {"quality": 0.95}},
    "nicer_cafe": {"physical_evidence": {"ambience": 0.75}},
    "app": {"process": {"order_ahead": True}},
    "more_service": {"people": {"support_hours": 22}},
    "training": {"people": {"training": 0.7}},
    "dearer_cafe": {"price": {"cafe": 1.1}},
    "fewer_baristas": {"people": {"baristas": 1.1}},
}
"""What question 5 chooses from; each world leaves one of `MISSING` out.

It is never the app: without it the best four are not the best in every market.
"""
MISSING = ("training", "dearer_cafe", "training")
PROFITS = Path(__file__).with_name("lesson_21.csv")
"""What every set of actions earns: `python -m mktlab.course.questions.lesson_21` plays them all."""


def _drawn(company: Company, most: int) -> int:
    """A number below `most`, another one in other worlds."""
    return int(np.random.default_rng(len(company.orders)).integers(most))


def _letters(company: Company) -> dict[str, Objective]:
    order = np.random.default_rng(len(company.orders)).permutation(len(PROPOSALS))
    return {"ABCDEFG"[place]: PROPOSALS[n] for place, n in enumerate(order)}


def _proposals(company: Company) -> pd.DataFrame:
    rows = [(a, g.kpi, g.target, g.by_week) for a, g in _letters(company).items()]
    return pd.DataFrame(rows, columns=["proposal", "kpi", "target", "by_week"])


def _offer(company: Company) -> dict[str, Any]:
    """A promotion of the barista set: its tax is a fifth, and each world has another cut."""
    product: Any = company.products.set_index("product_id").loc["GIF-04"]
    paid = purchases(company.orders)
    late = paid.loc[paid["order_date"] >= company.today - pd.Timedelta(weeks=QUARTER), "order_id"]
    sold = company.order_lines[company.order_lines["product_id"] == "GIF-04"]
    shelf = round(float(product["list_price"] * (1 + product["vat_rate"])), 2)
    return {
        "on_shelf": shelf,
        "vat_rate": float(product["vat_rate"]),
        "unit_cost": float(product["unit_cost"]),
        "pieces": int(sold.loc[sold["order_id"].isin(late), "quantity"].sum()),
        "cut": (0.10, 0.15, 0.20)[_drawn(company, 3)],
        "leaflet": 750,
    }


def _actions(company: Company) -> dict[str, dict[str, Any]]:
    missing = MISSING[_drawn(company, len(MISSING))]
    return {name: levers for name, levers in ACTIONS.items() if name != missing}


sheet = Sheet(
    "21_plan",
    given=lambda company: {
        "draft": DRAFT,
        "proposals": _proposals(company),
        "objectives": _letters(company),
        "offer": _offer(company),
        "actions": _actions(company),
    },
    long_wait=LONG_WAIT,
    moved=MOVED,
    survey=SURVEY,
    hands=HANDS,
)


def _weeks(company: Company, *, last: int | None = YEAR) -> pd.DataFrame:
    cafes = company.store_weeks
    if last is not None:
        cafes = cafes[cafes["week"] >= company.today - pd.Timedelta(weeks=last)]
    return cafes.assign(long=cafes["wait_minutes"] > LONG_WAIT)


@sheet.number()
def guests(company: Company, last: int | None = YEAR, column: str = "visits") -> int:
    return int(_weeks(company, last=last)[column].sum())


guests.mistake("all_years", last=None)
guests.mistake("buyers", column="sales")


@guests.mistake("rows")
def _rows(company: Company) -> int:
    return len(_weeks(company))


@sheet.share(told=lambda found: {"others": 1 - found})
def guests_who_wait(company: Company, last: int | None = YEAR, column: str = "visits") -> float:
    cafes = _weeks(company, last=last)
    return float(cafes.loc[cafes["long"], column].sum() / cafes[column].sum())


guests_who_wait.mistake("all_years", last=None)


@guests_who_wait.mistake("share_of_weeks")
def _share_of_weeks(company: Company) -> float:
    return float(_weeks(company)["long"].mean())


@guests_who_wait.mistake("short_waits")
def _short_waits(company: Company) -> float:
    return 1 - float(guests_who_wait(company))


def _well_formed(goal: Objective) -> bool:
    return not DRAFT.but(objectives=[goal]).validate()


@lru_cache(maxsize=64)
def _change(seed: int, people: int, kpi: str, week: int) -> tuple[float, float]:
    """A number with the draft and without, in the week in which it is due."""
    from mktlab import market

    report = market.start(DRAFT, seed=seed, people=people).advance(week).report().set_index("kpi")
    return float(report["value"][kpi]), float(report["baseline"][kpi])


def _told(company: Company, goal: Objective, *, survey: float = SURVEY) -> bool:
    """Whether the draft moves the number in time, and by enough to be told."""
    known = company.truth.parameters
    value, baseline = _change(known["seed"], known["people"], goal.kpi, goal.by_week)
    least = survey if goal.kpi == "nps" else MOVED * abs(baseline)
    return abs(value - baseline) >= least


@sheet.ids(told=lambda found: {"n": len(found)})
def usable(company: Company, moved: bool = True, survey: float = SURVEY) -> set[str]:
    valid = {a: goal for a, goal in _letters(company).items() if _well_formed(goal)}
    return {a for a, goal in valid.items() if not moved or _told(company, goal, survey=survey)}


usable.mistake("well_formed_only", moved=False)
usable.mistake("too_early", survey=0)


@usable.mistake("counted_only")
def _counted_only(company: Company) -> set[str]:
    return {name for name, goal in _letters(company).items() if goal.kpi in INDICATORS}


@sheet.number(tolerance=0.5)
def more_pieces(
    company: Company,
    tax: bool = False,
    on_cost: bool = False,
    buyers: bool = True,
    leaflet: bool = True,
) -> float:
    offer = _offer(company)
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
    return float(more_pieces(company)) + float(_offer(company)["pieces"])


@cache
def _profits() -> dict[frozenset[str], float]:
    table = pd.read_csv(PROFITS, keep_default_na=False)
    sets = (frozenset(filter(None, names.split(" & "))) for names in table["actions"])
    return dict(zip(sets, table["profit"].astype(float), strict=True))


def _best(company: Company) -> set[str]:
    """The best of all sets of four: each has been played."""
    fours = combinations(_actions(company), HANDS)
    return set(max(fours, key=lambda four: _profits()[frozenset(four)]))


def _best_alone(company: Company) -> set[str]:
    alone = {name: _profits()[frozenset([name])] for name in _actions(company)}
    return set(sorted(alone, key=alone.__getitem__)[-HANDS:])


def _for_guests(company: Company) -> set[str]:
    """What guests like: nothing of it uses the room that is made."""
    liked = ("nicer_cafe", "best_coffee", "more_service", "training", "app")
    return set([name for name in liked if name in _actions(company)][:HANDS])


def _guesses(company: Company) -> Mapping[str, set[str]]:
    """Sets that need no trial: the first and the last four, and all cures with one that fills."""
    there = list(_actions(company))
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
    choices=lambda company: pd.Series(sorted(_actions(company)), name="action"),
    reads=partial(ids_among, exactly=HANDS),
    good_enough=0.95,
    guesses=_guesses,
)
def together(company: Company, chosen: set[str]) -> float:
    """What the actions earn in a year, mean of three hidden worlds, luck left out."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    return _profits()[frozenset(chosen)]


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
