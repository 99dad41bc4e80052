"""What lesson 35 claims: two ends are two, late entry counts, a good year is no good contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mktlab import survival
from mktlab.course.claims import Claim
from mktlab.course.questions.given_35 import GOODS, TODAY, leaves, lives, power
from mktlab.plan import Plan
from mktlab.plan.costs import BOX_GOODS

if TYPE_CHECKING:
    from mktlab.company import Company

YEAR, TWO_YEARS = 13, 26
POINTS = 0.02


def one_cause_alone_is_too_much(company: Company) -> bool:
    """The share that cancels within two years, other ends taken as censored, is too large."""
    known = lives(company, True)
    so = survival.incidence(known, "canceled")["share"]
    alone = survival.incidence(known.assign(ended=known["cause"] == "canceled"))["share"]
    return bool(alone[TWO_YEARS] >= 1.1 * so[TWO_YEARS])


def late_entry_counts(company: Company) -> bool:
    """Whoever takes old contracts as seen from their start believes that more stay."""
    known = lives(company, True)
    naive = survival.incidence(known.assign(entry=0))["share"][YEAR]
    return bool(survival.incidence(known)["share"][YEAR] - naive >= POINTS)


def mixed_ends_hide_the_price(company: Company) -> bool:
    """With all ends as the event, the test finds a weaker answer to the price."""
    return power(company, "ended") < power(company)


def a_good_year_costs_three(company: Company) -> bool:
    """The price that leaves most in a year leaves less than today's in three, when played."""
    from mktlab import market

    prices = np.arange(TODAY, 46.0)
    dear = float(max(prices, key=lambda price: leaves(company, price, 52, BOX_GOODS)))
    known = company.truth.parameters
    plan = Plan.baseline().but(name="Dear", budget=5_000_000, price={"box": dear})
    season = market.start(plan, seed=known["seed"], people=known["people"])
    books = season.advance(156).pnl().set_index("account")["expected_difference"]
    return bool(books["boxes"] + books[GOODS] < 0)


CLAIMS = (
    Claim(
        "One less Kaplan-Meier of cancellations alone overstates the share that will have "
        "canceled after two years, by a tenth or more.",
        one_cause_alone_is_too_much,
        at_least=18,
    ),
    Claim(
        "Without late entry, the share still there after a year comes out 2 points too high or "
        "more.",
        late_entry_counts,
        at_least=16,
    ),
    Claim(
        "When failed payments and lost customers count as cancellations, the test finds a weaker "
        "answer to the price.",
        mixed_ends_hide_the_price,
        at_least=16,
    ),
    Claim(
        "The price at which the box leaves most in a year leaves less than today's price in three "
        "years, when the market plays it.",
        a_good_year_costs_three,
        at_least=18,
    ),
)
