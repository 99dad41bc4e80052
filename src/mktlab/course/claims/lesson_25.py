"""What lesson 25 claims: spend follows demand, cheap contacts meet few, credit costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.claims import Claim
from mktlab.course.questions.given_25 import (
    by_net_reach,
    cheapest_contacts,
    new_customers,
    today,
    true_reach,
)
from mktlab.plan import Plan
from mktlab.promotion import allocate, media_model

if TYPE_CHECKING:
    from mktlab.company import Company

LARGE_TEST = pd.DataFrame({"channel": ["search_brand"], "per_euro": [0.0], "error": [0.001]})
"""Of brand search, elsewhere: no effect (Blake, Nosko and Tadelis, 2015), give or take a little."""


def spend_follows_demand(company: Company) -> bool:
    """The slope of the weeks says more than ten times what brand search truly brings."""
    ads, new = company.ad_spend, new_customers(company).groupby("week").sum()
    spent = ads[ads["channel"] == "search_brand"].groupby("week")["spend"].sum()
    slope = np.polyfit(spent, new.reindex(spent.index).fillna(0), 1)[0]
    truth = company.truth.channels.set_index("channel").loc["search_brand"]
    return bool(slope > 10 * truth["newcomers"] / truth["spend"])


def cheap_contacts_meet_fewer(company: Company) -> bool:
    """For the same money, the campaign of cheapest contacts truly meets fewer of the target."""
    supports = tuple(sorted(company.media_tariffs["support"].unique()))
    cheap, net = cheapest_contacts(company, supports), by_net_reach(company, supports)
    return true_reach(company, cheap) < true_reach(company, net)


def _earns(company: Company, budget: pd.Series[float]) -> float:
    from mktlab import market

    euros = {str(name): round(float(value), 2) for name, value in budget.items()}
    plan = Plan.baseline().but(budget=1_000_000, promotion=euros)
    known = company.truth.parameters
    books = market.start(plan, seed=known["seed"], people=known["people"]).advance(52).pnl()
    return float(books.set_index("account")["expected_difference"]["profit"])


def next_euro_beats_credit(company: Company) -> bool:
    """The budget by the model's next euro earns more in a year than the one by last click."""
    model = media_model(company.ad_spend, new_customers(company), elsewhere=LARGE_TEST)
    by_model = allocate(model, today()).budget
    table = attribution.attribute(attribution.paths(company)).set_index("channel")
    credit = table["credit"].reindex(today().index).fillna(0.0)
    by_click = today().sum() * credit / credit.sum()
    return _earns(company, by_model) > _earns(company, by_click)


CLAIMS = (
    Claim(
        "From week to week, new customers rise with the spend on brand search by more than ten "
        "times what its ads truly bring.",
        spend_follows_demand,
        at_least=16,
    ),
    Claim(
        "For the same money, the campaign of the cheapest contacts truly meets fewer people of "
        "the target group than the one that looks for people whom nothing has met yet.",
        cheap_contacts_meet_fewer,
        at_least=18,
    ),
    Claim(
        "The budget by the model's next euro, with a large test of brand search from elsewhere, "
        "earns more in a year than the same euros by last click.",
        next_euro_beats_credit,
        at_least=18,
    ),
)
