"""What lesson 44 claims: credit goes to who was there, and a budget that follows it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab import attribution
from mktlab.course.claims import Claim
from mktlab.plan import Plan
from mktlab.plan.mix import BASE, CHANNELS

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company


def credited(company: Company) -> pd.Series[float]:
    """The orders that last click credits to each paid channel, none where nobody can click."""
    table = attribution.attribute(attribution.paths(company))
    return table.set_index("channel")["credit"].reindex(CHANNELS).fillna(0.0)


def brand_search_is_praised_for_a_loss(company: Company) -> bool:
    """Brand search has most of the credit of paid channels, and loses money."""
    truth = company.truth.channels.set_index("channel")["profit"]
    return bool(credited(company).idxmax() == "search_brand" and truth["search_brand"] < 0)


def radio_is_passed_over(company: Company) -> bool:
    """Radio, which no model credits, brings more revenue than any other channel."""
    truth = company.truth.channels.set_index("channel")["revenue"]
    unseen = not attribution.paths(company)["channel"].eq("radio").any()
    return bool(unseen and truth.idxmax() == "radio")


def last_click_budget_loses(company: Company) -> bool:
    """Today's budget, shared out by last click's credits, earns less in a year."""
    from mktlab import market

    total = sum(float(BASE.value(f"promotion.{name}")) for name in CHANNELS)
    credit = credited(company)
    budget = {name: total * float(credit[name]) / float(credit.sum()) for name in CHANNELS}
    plan = Plan.baseline().but(budget=1_000_000, promotion=budget)
    known = company.truth.parameters
    books = market.start(plan, seed=known["seed"], people=known["people"]).advance(52).pnl()
    return bool(books.set_index("account")["expected_difference"]["profit"] < 0)


CLAIMS = (
    Claim(
        "Of the paid channels, last click credits brand search with most orders, and a year "
        "without its ads would have earned more.",
        brand_search_is_praised_for_a_loss,
        at_least=18,
    ),
    Claim(
        "No model credits radio with an order, and no channel brings more revenue.",
        radio_is_passed_over,
        at_least=16,
    ),
    Claim(
        "Today's budget earns more in a year than the same euros shared out by last click.",
        last_click_budget_loses,
        at_least=18,
    ),
)
