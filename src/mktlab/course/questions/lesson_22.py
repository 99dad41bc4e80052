"""The questions of lesson 22: careless people, money, a shelf, a slow product, a launch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import conjoint
from mktlab.course.checking.sheet import Sheet
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_22 import (
    HIGHEST,
    LOWEST,
    NOTHING,
    SHELF,
    bag_of,
    best_of,
    careful,
    earned,
    launch_of,
    model,
    ours,
    pieces,
    plan_of,
    slow,
    year,
)
from mktlab.plan import Plan, candidates, rival_bags
from mktlab.plan.launches import CANDIDATES
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

ORGANIC, BOTH = (f"label: {bag.label}" for bag in (CANDIDATES["Jardin"], CANDIDATES["Chiapas"]))
ORIGIN = "single_origin"
ENOUGH = 0.985
ANY_PRICE = ("Atelier", "Chiapas", "Huila")
"""Bags whose mistake is the bag, whatever its price."""


def handed_out(company: Company) -> dict[str, object]:
    """What the exercise starts with."""
    return {
        "shelf": SHELF,
        "nothing": NOTHING,
        "bags": candidates(),
        "ours": ours(company),
        "rivals": rival_bags(),
        "sold": pieces(company),
        "lines": year(company),
        "slow": slow(company),
    }


sheet = Sheet("22_product", given=handed_out, enough=ENOUGH, lowest=LOWEST, highest=HIGHEST)


@sheet.number(tolerance=0.5)
def always_the_first(company: Company) -> float:
    """People who took the first alternative in each of their tasks."""
    return float(_always(company).sum())


always_the_first.mistake("others", lambda c: (~_always(c)).sum())
always_the_first.mistake("everybody", lambda c: len(_always(c)))


def _always(company: Company) -> pd.Series[bool]:
    choices = company.conjoint_choices
    taken = choices[choices["chosen"]]
    always: pd.Series[bool] = (taken["alternative"] == 1).groupby(taken["respondent_id"]).all()
    return always


@always_the_first.mistake("choices")
def _choices_of_the_first(company: Company) -> float:
    choices = company.conjoint_choices
    return float((choices["chosen"] & (choices["alternative"] == 1)).sum())


@always_the_first.mistake("ever")
def _ever_the_first(company: Company) -> float:
    choices = company.conjoint_choices
    return float(
        choices[choices["chosen"] & (choices["alternative"] == 1)]["respondent_id"].nunique()
    )


@always_the_first.also("choices")
def _their_choices(company: Company) -> list[float]:
    return [10 * float(_always(company).sum()), 40 * float(_always(company).sum())]


@always_the_first.mistake("share")
def _percent_of_people(company: Company) -> float:
    return 100 * float(_always(company).mean())


@always_the_first.also("share")
def _percent_of_choices(company: Company) -> list[float]:
    return [100 * _choices_of_the_first(company) / float(company.conjoint_choices["chosen"].sum())]


@always_the_first.also("ever")
def _often_the_first(company: Company) -> list[float]:
    """In more than half of the tasks, in half of them, in eight, nine of ten."""
    choices = company.conjoint_choices
    taken = choices[choices["chosen"]]
    part = (taken["alternative"] == 1).groupby(taken["respondent_id"]).mean()
    found = [(part > 0.5).sum(), *((part >= p - 1e-9).sum() for p in (0.5, 0.8, 0.9))]
    return [float(n) for n in found if n != always_the_first(company)]


@sheet.number(tolerance=0.006)
def label_in_money(
    company: Company,
    part: str = ORGANIC,
    everybody: bool = False,
    times: float = 1.0,
    column: str = "worth",
) -> float:
    found = conjoint.as_in_shop(model(company, everybody), times)
    return float(conjoint.willingness(found)[column][part])


label_in_money.mistake("end", column="low")
label_in_money.also("end", {"column": "high"})
label_in_money.mistake("everybody", everybody=True, column="high")
label_in_money.also("everybody", {"everybody": True}, {"everybody": True, "column": "low"})
label_in_money.mistake("another_part", part=BOTH)
label_in_money.also("another_part", {"part": ORIGIN}, {"part": BOTH, "everybody": True})
label_in_money.also("another_part", {"part": ORIGIN, "everybody": True})
label_in_money.mistake("in_shop", times=1.21)
label_in_money.also("in_shop", {"times": 1.21, "everybody": True}, {"times": 1.21, "part": BOTH})
label_in_money.mistake("worth", lambda c: float(model(c).worths["worth"][ORGANIC]))
label_in_money.mistake("tax", lambda c: 1.055 * label_in_money(c))
label_in_money.also("tax")(lambda c: [label_in_money(c) / 1.055])
label_in_money.mistake("upside_down", lambda c: 1 / float(label_in_money(c)))
label_in_money.mistake("no_sign", lambda c: -float(label_in_money(c)))


@label_in_money.also("worth")
def _other_worths(company: Company) -> list[float]:
    both = [model(company, everybody).worths["worth"] for everybody in (True, False)]
    odds = float(np.exp(both[1][ORGANIC]))
    parts = [float(w[part]) for w in both for part in (ORGANIC, ORIGIN, BOTH, "price")]
    ratios = [float(w[ORGANIC] / w["none"]) for w in both]
    euros = [float(number / w["price"]) for w in both for number in (1, -1)]
    return [*parts, *(-part for part in parts[3::4]), odds, *ratios, *euros]


@label_in_money.also("another_part")
def _together(company: Company) -> list[float]:
    """What both labels differ in, the mean and the sum of all parts."""
    money = conjoint.willingness(model(company))["worth"]
    return [float(n) for n in (money[BOTH] - money[ORGANIC], money.mean(), money.sum())]


@label_in_money.mistake("shares_taken")
def _gap_taken(company: Company) -> float:
    """The gap of the shares taken."""
    taken = careful(company).groupby("label")["chosen"].mean()
    return float(taken["organic"] - taken["none"])


@label_in_money.also("shares_taken")
def _shares_taken(company: Company) -> list[float]:
    """The gap of shares taken, over that for each euro."""
    seen = careful(company).dropna(subset="price")
    slope = float(np.polyfit(seen["price"], seen["chosen"].astype(float), 1)[0])
    return [_gap_taken(company) / -slope]


@sheet.share(digits=3)
def share_of_ours(
    company: Company,
    leave: bool = True,
    everybody: bool = False,
    times: float = 1.0,
    bag: str = "ours",
) -> float:
    shelf = pd.concat([SHELF, NOTHING] if leave else [SHELF])
    return float(conjoint.shares(conjoint.as_in_shop(model(company, everybody), times), shelf)[bag])


share_of_ours.mistake("nobody_leaves", leave=False)
share_of_ours.mistake("everybody", everybody=True, bag="Vasselin")
share_of_ours.also("everybody", {"everybody": True}, {"everybody": True, "leave": False})
share_of_ours.mistake("another_bag", bag="none")
share_of_ours.also("another_bag", {"bag": "Vasselin"}, {"bag": "Torréval"})
share_of_ours.mistake("in_shop", times=1.21, leave=False)
share_of_ours.also("in_shop", {"times": 1.21})
share_of_ours.mistake("no_model", lambda c: 1 / 4)


@share_of_ours.also("no_model")
def _counted(company: Company) -> list[float]:
    """A third; how often bags like it were taken; how often the alternative was in the study."""
    seen = careful(company).dropna(subset="price")
    organic = seen["label"] == "organic"
    alike = [seen[organic], seen[organic & seen["single_origin"]], seen[seen["single_origin"]]]
    hits = conjoint.hit_rate(model(company), careful(company))
    return [1 / 3, 1 / 2, hits, *(float(rows["chosen"].mean()) for rows in alike)]


@share_of_ours.also("another_bag")
def _gaps(company: Company) -> list[float]:
    """How far ahead of others, or of a fourth, the bag is."""
    ours = share_of_ours(company)
    return [ours - share_of_ours(company, bag=n) for n in ("Vasselin", "Torréval")] + [ours - 0.25]


@share_of_ours.mistake("no_exponent")
def _no_exponent(company: Company) -> float:
    found = model(company)
    worths = found.coding.encode(pd.concat([SHELF, NOTHING]), "shelf") @ found.worths["worth"]
    return float(worths[0] / worths.sum())


def _beside(
    company: Company, *, itself: bool = False, total: bool = False, median: bool = False
) -> pd.Series[float]:
    """Other goods in the orders of each slow product."""
    lines = year(company)
    value = lines["quantity"] * lines["unit_price"]
    order = value.groupby(lines["order_id"]).transform("sum")
    told = (order if itself else order - value)[lines["product_id"].isin(slow(company))]
    by = told.groupby(lines["product_id"])
    whole: pd.Series[float] = by.sum() if total else by.median() if median else by.mean()
    return whole


@sheet.ids()
def fills_baskets(company: Company) -> set[str]:
    return {str(_beside(company).idxmax())}


fills_baskets.mistake("fewest", lambda c: {str(_beside(c).idxmin())})
fills_baskets.mistake("all_slow", lambda c: set(slow(c)))


@fills_baskets.mistake("not_slow")
def _not_slow(company: Company) -> set[str]:
    lines = year(company)
    value = (lines["quantity"] * lines["unit_price"]).groupby(lines["product_id"]).sum()
    return {str(value.idxmax())}


def _near(choice: Plan, other: Plan) -> bool:
    """The same bag at a price at most 25 cents away; of some bags, at any price."""
    (mine, price), (name, theirs) = bag_of(choice), bag_of(other)
    return mine == name and (name in ANY_PRICE or abs(price - theirs) <= 0.25)


def _way(_: Company | None, choice: Plan, best: Plan) -> Slip | None:
    """Which way the price is wrong."""
    (mine, price), (name, theirs) = bag_of(choice), bag_of(best)
    if mine != name:
        return None
    if price > theirs:
        told = say(
            "In a shop each euro counts more than on a screen (`as_in_shop`), and rivals stand "
            "beside the bag."
        )
        return Slip(say("the bag is right, the price too high"), told)
    told = say(
        "A cheaper bag sells more, and much of that comes from our own bags, which leave more."
    )
    return Slip(say("the bag is right, the price too low"), told)


def _guesses(company: Company) -> dict[str, Plan]:
    """Choices of somebody who has understood nothing."""
    made = {f"planned_{name}": _planned(str(name)) for name in candidates().index}
    for end in (LOWEST, HIGHEST):
        made |= {f"{name}_{end}": plan_of(str(name), end) for name in candidates().index}
    return made


def _planned(name: str) -> Plan:
    return plan_of(name, candidates()["price"][name])


@sheet.decision(
    best=best_of,
    choices=lambda company: (tuple(candidates().index), (LOWEST, HIGHEST)),
    reads=launch_of,
    alike=_near,
    amiss=_way,
    good_enough=ENOUGH,
    guesses=_guesses,
)
def launch(company: Company, plan: Plan) -> float:
    """What a year of a launch truly earns."""
    return earned(company, plan)


launch.mistake("nothing_taken", partial(best_of, takes=False))
launch.mistake("no_rivals", partial(best_of, rivals=False))
launch.mistake("most_wanted", lambda company: _planned("Chiapas"))
launch.mistake("as_in_the_lesson", lambda company: _planned("Huila"))
launch.mistake("plain", lambda company: _planned("Atelier"))


@launch.also("nothing_taken")
def _near_nothing_taken(company: Company) -> list[Plan]:
    """Near what a sum without our own bags leads to."""
    name, price = bag_of(best_of(company, takes=False))
    steps = (-1.0, -0.5, 0.5, 1.0)
    return [plan_of(name, max(price + step, LOWEST)) for step in steps]
