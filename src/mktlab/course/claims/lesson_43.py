"""What lesson 43 claims: winners promise what they do not bring, and real lifts stay unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab import experiments
from mktlab.course.claims import Claim

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company


def graded(company: Company) -> pd.DataFrame:
    """The results of the tests with their true lifts, and whether each new page won."""
    results = experiments.compare(company.experiments)
    truth = company.truth.experiments[["experiment_id", "true_lift"]]
    results = results.merge(truth, on="experiment_id")
    return results.assign(won=(results["p"] < 0.05) & (results["lift"] > 0))


def winners_promise_too_much(company: Company) -> bool:
    """Some page wins, and the winners bring less than a fifth of what they promise."""
    won = graded(company).query("won")
    return bool(len(won) and won["true_lift"].sum() < won["lift"].sum() / 5)


def real_lifts_stay_unseen(company: Company) -> bool:
    """Fewer than half of the pages that truly help by 1% or more win."""
    better = graded(company).query("true_lift >= 0.01")
    return bool(better["won"].mean() < 0.5)


CLAIMS = (
    Claim(
        "Some new page wins with p below 0.05, and all that win bring less than a fifth of what "
        "they promise.",
        winners_promise_too_much,
        at_least=16,
    ),
    Claim(
        "Fewer than half of the new pages that truly help by 1% or more win.",
        real_lifts_stay_unseen,
        at_least=18,
    ),
)
