"""What lesson 51 claims: who wants a blend most is not whom it pays for, and words are no sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import cannibalization
from mktlab.course.claims import Claim
from mktlab.course.questions.given_51 import EACH, GROUPS, PRICES, VAT, test, truth

if TYPE_CHECKING:
    from mktlab.company import Company

GOODS, WAGE, KIT, DESIGNER = 7.4, 0.4, 4.0, 4000.0


def _net(company: Company) -> pd.DataFrame:
    """Euros of half a year by price and group in truth, before the designer."""
    told = truth(company).reset_index()
    leaves = told["price"] / (1 + VAT) - GOODS
    each = told["blends"] * leaves - WAGE * told["minutes"] - told["replaced"] - KIT
    whole = told.assign(net=EACH * told["customers"] * each)
    return whole.pivot_table(index="price", columns="group", values="net")


def _cost(company: Company) -> float:
    rows = test(company)
    return float(GOODS + WAGE * rows["minutes"].sum() / rows["blends"].sum())


def regulars_want_it_and_lose(company: Company) -> bool:
    """Regulars buy more blends than the two other groups, and lose money at each price."""
    bought = test(company).groupby("group", observed=True)["blends"].sum()
    loses = bool((_net(company)["regular"] < 0).all())
    return loses and bool(bought["regular"] > bought.drop("regular").sum())


def most_revenue_loses_most(company: Company) -> bool:
    """The price with the most revenue, for all, loses more than all blends of the best list earn.

    With the designer paid, both in truth.
    """
    shown = test(company).groupby("price")["blends"].mean()
    price = (shown * shown.index.to_numpy()).idxmax()
    net = _net(company)
    return bool(
        net.sum(axis=1)[price] - DESIGNER < -(net.clip(lower=0).sum(axis=1).max() - DESIGNER)
    )


def words_are_twice_the_sales(company: Company) -> bool:
    """At the two highest prices, twice as many say they would pay it as buy at it, or more."""
    rows = test(company)
    said = [(rows["said"].dropna() >= price).mean() for price in PRICES[2:]]
    bought = [(rows.loc[rows["price"] == price, "blends"] > 0).mean() for price in PRICES[2:]]
    return all(one >= 2 * other for one, other in zip(said, bought, strict=True))


def the_test_finds_what_pays(company: Company) -> bool:
    """The price and groups that the test picks earn 85% of the best, with the designer paid."""
    rows, net = test(company), _net(company)[list(GROUPS)]
    size = rows["group"].value_counts()
    each = (
        cannibalization.contribution(rows, PRICES, cost=_cost(company), vat=VAT)[list(GROUPS)] - KIT
    )
    total = (each * size[list(GROUPS)].to_numpy()).clip(lower=0).sum(axis=1)
    price = float(PRICES[int(total.loc[list(PRICES)].to_numpy().argmax())])
    chosen = [name for name in GROUPS if float(each[name][price]) > 0]
    earned = float(net[chosen].sum(axis=1)[price]) - DESIGNER
    return bool(earned >= 0.85 * (net.clip(lower=0).sum(axis=1).max() - DESIGNER))


CLAIMS = (
    Claim(
        "Regulars buy more than half of all blends, and the shop loses on them at each of the four "
        "prices.",
        regulars_want_it_and_lose,
        at_least=16,
    ),
    Claim(
        "The price with the most revenue, offered to all, loses more than the best price and list "
        "earn.",
        most_revenue_loses_most,
        at_least=18,
    ),
    Claim(
        "At the two highest prices, twice as many say that they would pay it as buy at it, or "
        "more.",
        words_are_twice_the_sales,
        at_least=18,
    ),
    Claim(
        "The price and the groups that the test picks earn 85% of the best, or more.",
        the_test_finds_what_pays,
        at_least=17,
    ),
)
