"""What exercise 51 hands out: the test of the designer, and what a blend costs with a machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import cannibalization
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.plain import Unreadable
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

GROUPS = ("once", "occasional", "regular")
PRICES = (18.0, 22.0, 26.0, 30.0)
VAT = 0.06
COST = 8.0  # of a blend that a machine weighs and bags
EACH = 10  # customers of the shop for each one in the test
OFFERS = {f"{group}_{price:.0f}": (group, price) for group in GROUPS for price in PRICES}


@lru_cache(maxsize=4)
def test(company: Company) -> pd.DataFrame:
    """The test, with the group of each customer."""
    table: pd.DataFrame = company.blend_test
    group = pd.cut(table["purchases_before"], [0, 1, 5, 999], labels=list(GROUPS))
    return table.assign(group=group)


@lru_cache(maxsize=4)
def truth(company: Company) -> pd.DataFrame:
    """What each group does at each price, in truth."""
    table: pd.DataFrame = company.truth.blends
    return table.set_index(["group", "price"])


def gain(company: Company, offers: set[str]) -> float:
    """Euros that offers bring in half a year, in truth, at the cost of the exercise."""
    told: dict[Any, Any] = truth(company).to_dict("index")
    total = 0.0
    for name in sorted(offers):
        row = told[OFFERS[name]]
        leaves = OFFERS[name][1] / (1 + VAT) - COST
        total += EACH * float(row["customers"] * (row["blends"] * leaves - row["replaced"]))
    return total


def best(company: Company) -> set[str]:
    """The offers that bring most, in truth."""
    return best_by(lambda name: gain(company, {name}))


def best_by(value: Any) -> set[str]:
    """For each group, the offer of the highest value, if that is above 0."""
    chosen = set()
    for group in GROUPS:
        names = [name for name, (of, _) in OFFERS.items() if of == group]
        top = max(names, key=value)
        if value(top) > 0:
            chosen.add(top)
    return chosen


def learned(company: Company, *, takes: bool = True) -> set[str]:
    """The offers that the test picks, with what a blend takes from other goods, or without."""
    rows = test(company)
    if takes:
        each = cannibalization.contribution(rows, PRICES, cost=COST, vat=VAT)
    else:
        leaves = pd.Series(PRICES, PRICES) / (1 + VAT) - COST
        each = cannibalization.take_up(rows, PRICES).mul(leaves, axis=0)
    return best_by(lambda name: float(each[OFFERS[name][0]].to_dict()[OFFERS[name][1]]))


def all_at(price: float) -> set[str]:
    """One price for all groups."""
    return {name for name, (_, at) in OFFERS.items() if at == price}


def read(answer: Any, choices: set[str]) -> set[str]:
    """A list of offers: at most one for each group."""
    found: set[str] = set(ids_among(answer, choices))
    groups = [OFFERS[name][0] for name in found]
    twice = sorted({group for group in groups if groups.count(group) > 1})
    if twice:
        raise Unreadable(
            say("The group {name} has two offers: give it one price, or none.", name=twice[0])
        )
    return found


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    offers = pd.DataFrame(OFFERS, index=["group", "price"]).T.rename_axis("offer").reset_index()
    return {
        "test": test(company),
        "cost": COST,
        "vat": VAT,
        "offers": offers.astype({"group": "str", "price": float}),
    }
