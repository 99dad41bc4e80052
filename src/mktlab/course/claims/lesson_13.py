"""What lesson 13 claims: mixes find people, money does not; the best buyers answer least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mktlab import personas
from mktlab.course.claims import Claim
from mktlab.course.questions.lesson_13 import (
    by_answer,
    found,
    gains,
    raw_groups,
    richest_persona,
)

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company


def agreement(company: Company, groups: pd.Series[str]) -> float:
    """Adjusted Rand index with the true segments."""
    from sklearn.metrics import adjusted_rand_score

    truth = company.truth.customers.set_index("customer_id")["segment"].reindex(groups.index)
    known = truth.notna()
    return float(adjusted_rand_score(truth[known], groups[known]))


def hands_find_people(company: Company) -> bool:
    """Personas agree with the true segments at .7 or more, unscaled money at less than .1."""
    mixes = agreement(company, found(company).found.of)
    return mixes >= 0.7 and agreement(company, raw_groups(company)) < 0.1


def dealt_hands_have_no_personas(company: Company) -> bool:
    """No kind of mark is beyond luck in a dealt deck, or no number of groups holds."""
    cards = personas.deal(found(company).cards, rng=np.random.default_rng(2001))
    marks = personas.luck(cards)
    return not personas.telling(marks) or personas.suggest(personas.gaps(cards, marks)) == 1


def those_who_answer_pay(company: Company) -> bool:
    """Vouchers by the measured answer earn in truth; to the richest persona they lose."""
    gain = gains(company)
    return bool(
        gain[list(by_answer(company))].sum() > 0 > gain[list(richest_persona(company))].sum()
    )


CLAIMS = (
    Claim(
        "What customers buy and where tells who they are (adjusted Rand index of .7 or more with "
        "the truth), days, purchases and money as they are do not (less than .1).",
        hands_find_people,
        at_least=18,
    ),
    Claim(
        "When the purchases are shuffled and dealt anew, no personas are found.",
        dealt_hands_have_no_personas,
        at_least=19,
    ),
    Claim(
        "300 vouchers by what each persona's answer to price promises earn money in truth; sent to "
        "the persona that spends most a head, they lose money.",
        those_who_answer_pay,
        at_least=18,
    ),
)
