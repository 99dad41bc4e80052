"""What lesson 29 claims: sales on deal mislead, newcomers on deal buy less, most orders lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import email
from mktlab.course.claims import Claim
from mktlab.course.questions.given_29 import bought, newcomers, test

if TYPE_CHECKING:
    from mktlab.company import Company


def on_deal_is_not_by_the_deal(company: Company) -> bool:
    """In truth, the year's sales on deal exceed twice the sales by the deal."""
    told = company.truth.offers
    return bool(
        told["sales_on_deal"].sum() > 2 * (told["sales_on_deal"] - told["sales_anyway"]).sum()
    )


def won_on_deal_buy_less(company: Company) -> bool:
    """Those won on deal place fewer orders in their first year than those won at full price."""
    start = newcomers(company)
    start = start[start["date"] <= company.today - pd.Timedelta(weeks=52)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], 364)
    means = seen.groupby("deal")["orders"].mean()
    return bool(means[True] < means[False])


def most_orders_lose_money(company: Company) -> bool:
    """The offer with the most orders in its two weeks loses money, given to everybody."""
    rows = test(company)
    most = rows.groupby("mechanic")["during"].mean().idxmax()
    worth = company.truth.offer_test.groupby("mechanic")["profit_year"].sum()
    return bool(worth.get(most, 0.0) < 0)


CLAIMS = (
    Claim(
        "Sales on deal are more than twice the sales by the deal.",
        on_deal_is_not_by_the_deal,
        at_least=18,
    ),
    Claim(
        "Customers won on deal place fewer orders in their first year than those won at full "
        "price.",
        won_on_deal_buy_less,
        at_least=16,
    ),
    Claim(
        "The offer with the most orders in its two weeks loses money when everybody gets it.",
        most_orders_lose_money,
        at_least=18,
    ),
)
