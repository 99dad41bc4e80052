"""What lesson 34 claims: what a plan adds to a forecast, what feeling does, and what is moved."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mktlab import forecast
from mktlab.course.claims import Claim
from mktlab.course.questions.given_34 import (
    BEST,
    NAMES,
    SIMPLE,
    batches,
    changes,
    cost,
    plan,
    told,
)
from mktlab.course.questions.lesson_34 import CHANCE
from mktlab.orders import purchases
from mktlab.show.words import say

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company


@lru_cache(maxsize=2)
def _off(company: Company) -> pd.Series[float]:
    """Mean error of the forecasts of all orders, by method."""
    sold = forecast.weekly(purchases(company.orders), today=company.today)
    rows = forecast.backtest(sold, plan(company))
    return (rows["actual"] - rows["forecast"]).abs().groupby(rows["method"]).mean()


def plan_beats_the_naive(company: Company) -> bool:
    """The regression is off by less than three quarters of what the better naive is off."""
    off = _off(company)
    return bool(off[BEST] < 0.75 * off[list(NAMES[:2])].min())


def surprised_by_promotions(company: Company) -> bool:
    """Without a plan, forecasts are twice as far off in weeks with a promotion, or more."""
    rows = told(company)
    rows = rows[rows["method"] == SIMPLE]
    deals = plan(company).stack()
    deal = deals.reindex(list(zip(rows["week"], rows["series"], strict=True))).to_numpy() > 0
    off = (rows["actual"] - rows["forecast"]).abs()
    return bool(off[deal].mean() >= 2 * off[~deal].mean())


def news_helps_and_feeling_does_not(company: Company) -> bool:
    """Changes for a promotion bring the forecast nearer, changes by feeling do not."""
    rows = changes(company)
    more = (rows["final"] - rows["sold"]).abs() - (rows["system"] - rows["sold"]).abs()
    more = more.groupby(rows["reason"]).mean()
    return bool(more["promotion"] < 0 <= more["feeling"])


def promotions_move_sales(company: Company) -> bool:
    """Of what promotions sell more, a third or more is missing in other weeks."""
    sales = company.truth.offers[["sales_on_deal", "sales_anyway", "sales_other_weeks"]].sum()
    more = sales["sales_on_deal"] - sales["sales_anyway"]
    return bool(-sales["sales_other_weeks"] >= more / 3)


def quantile_saves(company: Company) -> bool:
    """Batches of the forecast itself cost 1.3 times as much as those of its quantile, or more."""
    right = cost(company, batches(company, quantile=CHANCE))
    return cost(company, batches(company)) >= 1.3 * right


CLAIMS = (
    Claim(
        say(
            "Four weeks ahead, the regression with season and promotions is off by less than three "
            "quarters of what the better naive forecast is off."
        ),
        plan_beats_the_naive,
        at_least=18,
    ),
    Claim(
        say(
            "The mean of four weeks is off twice as much in weeks with a promotion as in others, "
            "or more."
        ),
        surprised_by_promotions,
        at_least=18,
    ),
    Claim(
        say(
            "What the manager changes for a promotion brings the forecast nearer; what she changes "
            "by feeling does not."
        ),
        news_helps_and_feeling_does_not,
        at_least=18,
    ),
    Claim(
        say(
            "Of what promotions sell more, a third or more is missing in other weeks and families."
        ),
        promotions_move_sales,
        at_least=16,
    ),
    Claim(
        say(
            "Batches of the size of the forecast cost 1.3 times as much as those of the quantile "
            "that the two costs ask for, or more."
        ),
        quantile_saves,
        at_least=18,
    ),
)
