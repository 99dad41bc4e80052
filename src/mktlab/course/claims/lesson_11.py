"""What lesson 11 claims: recency pays, and most of the customers 'at risk' have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab.course.claims import Claim
from mktlab.segmentation import rfm

if TYPE_CHECKING:
    from mktlab.company import Company

BOXES, LIFT, COST = 500, 0.25, 10.0


def profit(company: Company, chosen: pd.DataFrame) -> float:
    """What a box for each of the chosen earns in truth: once a person, at the cost of each box."""
    truth = company.truth.customers
    twice = truth["duplicate_of"] != ""
    truth = truth.assign(person=truth["customer_id"].mask(twice, truth["duplicate_of"]))
    people = truth[truth["customer_id"].isin(chosen["customer_id"])].drop_duplicates("person")
    return float(LIFT * people["expected_margin_13w"].sum() - COST * len(chosen))


def recency_pays(company: Company) -> bool:
    """The biggest spenders with a recency of 4 or 5 earn more than the biggest spenders ever."""
    table = rfm(company.orders, as_of=company.today)
    table = table.sort_values(["monetary", "customer_id"], ascending=[False, True])
    recent = table[table["r"] >= 4]
    return profit(company, recent.head(BOXES)) > profit(company, table.head(BOXES))


def at_risk_are_away(company: Company) -> bool:
    """Fewer than half of those 'at risk' are active."""
    table = rfm(company.orders, as_of=company.today).merge(
        company.truth.customers, on="customer_id"
    )
    quiet = table[table["segment_x"] == "at risk"]
    return bool((quiet["status"] == "active").mean() < 0.5)


CLAIMS = (
    Claim(
        "Of the biggest spenders ever, 500 with a recency of 4 or 5 earn more in truth than 500 "
        "without that condition.",
        recency_pays,
        at_least=18,
    ),
    Claim("Most of the customers 'at risk' pause or are gone.", at_risk_are_away, at_least=18),
)
