"""KPIs with intervals in one small world, beside the chances that the market was played with.

What is left to chance is whose order is cancelled, given back or late, and who answers the survey
and how.
"""

from __future__ import annotations

import numpy as np

from mktlab import kpi
from mktlab.company import Company
from mktlab.market.baskets import CANCELLED, MEAN_REFUND
from mktlab.market.run import company_of, past
from mktlab.market.state import History

PEOPLE, WEEKS = 2500, 39
NAMES = ("nps", "cancellation_rate", "refund_rate", "late_share")


def trial(seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Claim -> estimate, low, high, truth, over the whole of the world `seed`."""
    history = past(people=PEOPLE, weeks=WEEKS, seed=seed)
    company = company_of(history, history, flaws=())
    found = kpi.intervals(company, NAMES).set_index("kpi")
    surveys = company.truth.nps
    answers = surveys["asked"] * surveys["answers"]
    truth = {
        "nps": (surveys["nps_of_respondents"] * answers).sum() / answers.sum(),
        "cancellation_rate": CANCELLED,
        "refund_rate": MEAN_REFUND / (1 - CANCELLED),
        "late_share": _late(company, history),
    }
    return {name: (*found.loc[name, ["value", "low", "high"]], truth[name]) for name in NAMES}


def _late(company: Company, history: History) -> float:
    """The chance of each week to be late, weighted by its parcels."""
    parcels = company.orders.dropna(subset="delivered_date")
    week = (parcels["order_date"] - company.orders["order_date"].min().normalize()).dt.days // 7
    chance = np.array([week.late_share for week in history.weeks])
    return float(chance[week.to_numpy()].mean())
