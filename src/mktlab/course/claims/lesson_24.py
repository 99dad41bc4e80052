"""What lesson 24 claims: a channel flatters itself, a copied share promises, a rule idles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import merchandising
from mktlab.course.claims import Claim

if TYPE_CHECKING:
    from mktlab.company import Company

HOUSEHOLD, CONTRIBUTION = 52.0, 0.715  # euros a year; of a café's sales, after goods and fees
COSTS = 52 * (1110 + 240)  # euros a year: one barista and the fittings
RINGS = (12, 24)  # minutes


def retailer_flatters(company: Company) -> bool:
    """The retailer's own accounts say more than twice what it adds."""
    row = company.truth.channel_terms.set_index("channel").loc["retailer"]
    return bool(row["margin"] > 2 * row["profit"])


def formula_promises(company: Company) -> bool:
    """The formula promises of its first choice more than half again what this choice adds."""
    found = by_formula(company)
    first = str(found.idxmax())
    adds = company.truth.sites.set_index("place")["profit"]
    return bool(found[first] > 1.5 * float(adds[first]))


def by_formula(company: Company) -> pd.Series[float]:
    """Profit of each of the premises when our own café's share of each ring is copied."""
    table = company.sites
    money = HOUSEHOLD * table["households"] * table["spend_index"]
    asked = table.groupby("area")["visits"].transform("sum").astype(float)
    table = table.assign(money=money, ring=(table["minutes"] > RINGS[0]) * 1)
    table["ring"] += table["minutes"] > RINGS[1]
    ours = table[table["kind"] == "ours"]
    sold = ours["money"] * ours["visits"].astype(float) / asked[ours.index]
    share = sold.groupby(ours["ring"]).sum() / ours["money"].groupby(ours["ring"]).sum()
    new = table[table["kind"] == "site"]
    hoped = (new["money"] * new["ring"].map(share)).groupby(new["place"]).sum()
    return CONTRIBUTION * hoped - COSTS - 52 * new.groupby("place")["rent"].first()


def textbook_idles(company: Company) -> bool:
    """Over equal facings, the rule gains less than half of what measured elasticities gain."""
    truth = company.truth.shelf.set_index("product_id")
    shelf = company.shelf_weeks.merge(company.products[["product_id", "category"]])
    found = merchandising.space(shelf, by="category")["elasticity"]
    family = company.products.set_index("product_id")["category"]
    power = truth.index.to_series().map(family).map(found)
    measured = merchandising.fill(truth["margin"] / ((1 + 5**power) / 2), power)
    textbook = merchandising.in_proportion(truth["margin"])

    def earns(facings: pd.Series[int]) -> float:
        over = facings.reindex(truth.index).astype(float) ** truth["elasticity"]
        return float((truth["margin"] * (over / truth["over_one_facing"] - 1)).sum())

    equal = earns(pd.Series(3, truth.index))
    return earns(textbook) - equal < (earns(measured) - equal) / 2


CLAIMS = (
    Claim(
        "What the retailer's own accounts say is more than twice what it adds to the profit.",
        retailer_flatters,
        at_least=18,
    ),
    Claim(
        "Of the premises that it ranks first, the formula with a copied share promises more than "
        "half again what they add.",
        formula_promises,
        at_least=18,
    ),
    Claim(
        "Over equal facings, the textbook's rule gains less than half of what measured "
        "elasticities gain.",
        textbook_idles,
        at_least=16,
    ),
)
