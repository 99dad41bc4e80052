"""What exercise 54 hands out, and what its year and its revisions do when they are played.

The lesson's plan and its parts stand here, too: the claims play them in other worlds.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.plan import Plan
from mktlab.plan.mix import CHANNELS
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from mktlab.company import Company
    from mktlab.market import Season

QUARTER, YEAR, GOAL = 13, 52, 30_000
SHOP = ("beans", "ground", "capsules", "gift", "tea")

TODAY = Plan.baseline().but(budget=600_000)
PARTS: dict[str, dict[str, Any]] = {
    "product": {"product": {"launch": "Jardin"}},
    "price": {"price": {"cafe": 1.1}},
    "place": {"place": {"partners": ("wholesaler",)}},
    "promotion": {
        "promotion": {
            "search_brand": 0,
            "social": 400,
            "offer": {"light": "gift", "medium": "points"},
        }
    },
    "people": {"people": {"roster": "square-root", "support_hours": 18.5}},
    "process": {"process": {"web_ease": 0.9}},
    "physical_evidence": {
        "physical_evidence": {"mended": ("bag_look", "parcel_box"), "ambience": 0.75}
    },
}
"""The lesson's plan, by P."""
SEVEN = TODAY.but(name=say("Seven Ps"), **{p: part[p] for part in PARTS.values() for p in part})
CHEAPER = SEVEN.but(price=dict.fromkeys(SHOP, 0.9))
NO_DEALS = SEVEN.but(promotion={"deal_chance": 0})
HALF_ADS = TODAY.but(
    promotion={name: getattr(TODAY.promotion, name) / 2 for name in CHANNELS},
)

HANDS = 3
REVISIONS: dict[str, dict[str, Any]] = {
    "cheaper_gifts": {"price": {"gift": 0.9, "tea": 0.9}},
    "easier_web": {"process": {"web_ease": 1.2}},
    "deeper_promotions": {"promotion": {"deal_depth": 0.3}},
    "less_service": {"people": {"support_hours": 15.5}},
    "nicer_cafes": {"physical_evidence": {"ambience": 1.0}},
    "halve_ads": {
        "promotion": {name: getattr(SEVEN.promotion, name) / 2 for name in CHANNELS},
    },
    "friend_reward": {"promotion": {"referral_reward": 10}},
    "fewer_baristas": {"people": {"baristas": 1.2}},
    "no_promotions": {"promotion": {"deal_chance": 0}},
}
"""What the last question chooses from, in force from the second quarter on; each world leaves one
of `MISSING` out."""
MISSING = ("nicer_cafes", "no_promotions", "easier_web", "friend_reward")
REACT = ("cheaper_gifts", "deeper_promotions", "halve_ads")
SAVE = ("halve_ads", "less_service", "fewer_baristas")
PLAYED = Path(__file__).with_name("lesson_54.csv")
"""What every three of them change: `python -m mktlab.course.questions.lesson_54` plays them."""


def drawn(company: Company, most: int) -> int:
    """A number below `most`, another one in other worlds."""
    return int(np.random.default_rng(len(company.orders)).integers(most))


def revisions(company: Company) -> dict[str, dict[str, Any]]:
    missing = MISSING[drawn(company, len(MISSING))]
    return {name: levers for name, levers in REVISIONS.items() if name != missing}


def revised(names: Collection[str]) -> Plan:
    """The plan with some of the revisions."""
    plan = SEVEN
    for name in REVISIONS:
        if name in names:
            plan = plan.but(**REVISIONS[name])
    return plan


@cache
def worths() -> dict[frozenset[str], float]:
    """Revisions -> what they add to the year's profit and to what customers bring in the next."""
    table = pd.read_csv(PLAYED)
    sets = (frozenset(names.split(" & ")) for names in table["revisions"])
    worth = (table["profit"] + table["equity"]).astype(float)
    return dict(zip(sets, worth, strict=True))


@lru_cache(maxsize=4)
def _season(seed: int, people: int, plan: Plan) -> Season:
    from mktlab import market

    return market.start(plan, seed=seed, people=people).advance(2 * QUARTER)


def played(company: Company, plan: Plan = SEVEN) -> Season:
    """Half a year of a plan in this world."""
    known = company.truth.parameters
    return _season(known["seed"], known["people"], plan)


def families(
    company: Company,
    plan: Plan = SEVEN,
    *,
    weeks: tuple[int, int] = (14, 26),
    expected: bool = False,
) -> pd.DataFrame:
    """Units, sales and goods by family in these weeks of the plan."""
    sold = played(company, plan).sold(expected=expected)
    sold = sold[sold["week"].between(*weeks)]
    return sold.groupby("category", as_index=False)[["units", "sales", "goods"]].sum()


def planned(company: Company, weeks: tuple[int, int] = (14, 26)) -> pd.DataFrame:
    """The same of a year as today, without luck."""
    return families(company, TODAY, weeks=weeks, expected=True).round(0)


def offer(company: Company) -> dict[str, int]:
    """A test that is for sale: each world has another one."""
    number = drawn(company, 5)
    return {
        "gain": 1_000 + 300 * number,
        "give_or_take": 6_000 + 500 * number,
        "error": 3_000 + 400 * number,
        "price": 900,
    }
