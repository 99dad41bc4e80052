"""What lesson 53 claims: before and after says too much, one café alone too little, all enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mktlab import small_test
from mktlab.course.claims import Claim
from mktlab.course.questions.given_53 import (
    FIRST,
    alone,
    books,
    gain,
    list_by,
    own,
    panel,
    pooled,
    start,
)

if TYPE_CHECKING:
    from mktlab.company import Company

WEEKS = 12


def _truth(company: Company) -> float:
    return float(company.truth.cafes["lift"].iloc[0])


def _before_after(company: Company) -> float:
    mine = panel(company)[FIRST]
    late = mine.index >= start(company)
    return float(mine[late].mean() / mine[~late].mean() - 1)


def _twin(company: Company) -> float:
    told = small_test.apart(panel(company), FIRST, start=start(company))
    return float(told.loc[FIRST])


def before_and_after_says_too_much(company: Company) -> bool:
    """The year with posts over the year before says half as much again, or more."""
    return _before_after(company) >= 1.5 * _truth(company)


def the_twin_is_closer(company: Company) -> bool:
    """Neighbors, weighted, come closer to the truth than before and after does."""
    true = _truth(company)
    return abs(_twin(company) - true) < abs(_before_after(company) - true)


def twelve_weeks_are_mostly_luck(company: Company) -> bool:
    """The 95% interval of twelve drawn weeks is twice as wide as the lift, or wider."""
    lift = small_test.draws(small_test.posterior(own(company).head(WEEKS)))["lift"]
    low, high = np.quantile(lift, [0.025, 0.975])
    return bool(high - low >= 2 * _truth(company))


def together_is_better_than_alone(company: Company) -> bool:
    """Cafés picked by the lift of all earn 5% more than those picked each by its own lift."""
    both = gain(company, list_by(company, pooled(books(company))))
    return both >= 1.05 * gain(company, list_by(company, alone(books(company))))


CLAIMS = (
    Claim(
        "A year with posts over the year before it says that they bring half as much again as they "
        "do, or more.",
        before_and_after_says_too_much,
        at_least=17,
    ),
    Claim(
        "A twin made of twelve neighbors comes closer to the truth than before and after.",
        the_twin_is_closer,
        at_least=18,
    ),
    Claim(
        "After twelve weeks, the 95% interval of the café's own test is twice as wide as what "
        "posts do, or wider.",
        twelve_weeks_are_mostly_luck,
        at_least=17,
    ),
    Claim(
        "Cafés chosen by the lift of all together earn 5% more, or better, than cafés chosen each "
        "by its own test.",
        together_is_better_than_alone,
        at_least=17,
    ),
)
