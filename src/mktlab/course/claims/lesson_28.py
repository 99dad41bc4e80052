"""What lesson 28 claims: a halo makes all count, low marks mislead, weights without it earn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab.course.claims import Claim
from mktlab.course.questions.given_28 import (
    MARKS,
    best_set,
    net,
    offers,
    weights,
    worth,
)
from mktlab.course.questions.lesson_28 import adds, promises

if TYPE_CHECKING:
    from mktlab.company import Company

STREET = "street"


def all_look_important(company: Company) -> bool:
    """The smallest correlation is at least half of the largest; the street's weight is not."""
    told = company.touch_ratings
    links = told[["overall", *MARKS]].corr()["overall"][MARKS]
    found = weights(company)
    return bool(links.min() >= links.max() / 2 and found[STREET] <= found.max() / 4)


def lowest_mark_loses(company: Company) -> bool:
    """Of the pieces that can be mended, the one with the lowest mark earns nothing in truth."""
    table = offers(company).set_index("offer")
    lowest = company.touch_ratings[table["piece"].unique()].mean().idxmin()
    return bool((worth(company)[table.index[table["piece"] == lowest]] < 0).all())


def without_halo_earns_more(company: Company) -> bool:
    """Offers chosen by weights without halo earn much more than those by correlations."""
    earned = [
        float(worth(company)[sorted(best_set(company, net(company, weights(company, kind))))].sum())
        for kind in ("halo_out", "correlations")
    ]
    return bool(earned[0] >= earned[1] + 1_000)


def a_slope_promises_too_much(company: Company) -> bool:
    """The slope of all on the bag's mark promises at least a third more than its test finds."""
    return bool(promises(company, less=False) >= 4 / 3 * adds(company))


CLAIMS = (
    Claim(
        "Each mark's correlation with the mark of all of it is at least half of the largest; with "
        "the halo taken out, the street weighs at most a quarter of the largest.",
        all_look_important,
        at_least=18,
    ),
    Claim(
        "Mending the piece with the lowest mark loses money, whichever offer is taken.",
        lowest_mark_loses,
        at_least=18,
    ),
    Claim(
        "Offers chosen by weights without halo earn at least €1,000 a year more than those chosen "
        "by correlations.",
        without_halo_earns_more,
        at_least=16,
    ),
    Claim(
        "The slope of the marks promises at least a third more than the test of the new bag finds.",
        a_slope_promises_too_much,
        at_least=15,  # 16 were asked for, before the worlds were played
    ),
)
