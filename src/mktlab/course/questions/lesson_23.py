"""The questions of lesson 23: a margin, a survey, an elasticity, a price for a dear pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.sheet import Sheet

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.price.elasticity import Elasticity

FAMILY, PRODUCT = "capsules", "CAP-01"
ALL_IN = 1.75
"""What one pack more costs in all, as a multiple of its goods: a small thing to pack and send."""
DEARER = 2.5
"""Cost of a pack after the frost, as a multiple of before."""
LOWEST, HIGHEST = 2.0, 15.0

sheet = Sheet("23_price", all_in=ALL_IN, dearer=DEARER, lowest=LOWEST, highest=HIGHEST)


def _shelf(company: Company, weeks: int = 13) -> float:
    """The mean net price of a pack in the last weeks."""
    prices = company.prices.query("product_id == @PRODUCT")
    late = prices["week"] >= company.today - pd.Timedelta(weeks=weeks)
    return float(prices.loc[late, "price"].mean())


def _tax(company: Company) -> float:
    return float(company.products.set_index("product_id")["vat_rate"][PRODUCT])


def _cost(company: Company, all_in: float = ALL_IN) -> float:
    costs = company.product_costs.query("product_id == @PRODUCT").sort_values("week")
    return all_in * float(costs["unit_cost"].iloc[-1])


@sheet.share(digits=3)
def margin_rate(
    company: Company, taxed: bool = False, all_in: float = ALL_IN, on_cost: bool = False
) -> float:
    """Margin of a pack as a part of its net price."""
    asked = _shelf(company) * (1 + _tax(company) * taxed)
    cost = _cost(company, all_in)
    return (asked - cost) / (cost if on_cost else asked)


margin_rate.mistake("taxed", taxed=True)
margin_rate.mistake("on_cost", on_cost=True)
margin_rate.mistake("goods_only", all_in=1.0)


@sheet.share(digits=3)
def too_dear(
    company: Company,
    question: str = "too_expensive",
    at: str = "pme",
    everybody: bool = False,
    stays: bool = False,
    taxed: bool = True,
) -> float:
    """Share of respondents for whom a point of the survey is too dear, or as dear as asked."""
    survey = company.price_survey
    rises = (survey[list(price.survey.QUESTIONS)].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    limit = getattr(price.van_westendorp(survey), at)
    limit = limit if taxed else limit / (1 + _tax(company))
    dear = survey.loc[rises | everybody, question] <= limit
    return float((dear ^ stays).mean())


too_dear.mistake("everybody", everybody=True)
too_dear.mistake("expensive", question="expensive")
too_dear.mistake("who_stays", stays=True)
too_dear.mistake("at_optimal", at="opp")
too_dear.mistake("without_tax", taxed=False)


def _panel(company: Company, family: str = FAMILY) -> pd.DataFrame:
    return price.sales_panel(company, category=family)


def _weeks(company: Company) -> pd.DataFrame:
    """One row per week, as the lesson makes them."""
    weeks = (
        _panel(company)
        .groupby("week", as_index=False)
        .agg(
            pieces=("pieces", "sum"),
            price=("price", "mean"),
            on_promotion=("on_promotion", "max"),
            competitor=("competitor", "first"),
            green_coffee=("green_coffee", "first"),
        )
    )
    return weeks.assign(
        competitor=weeks["competitor"].interpolate(limit_direction="both"),
        green_before=weeks["green_coffee"].shift(6),
        month=weeks["week"].dt.month_name(),
    )


@sheet.number(tolerance=0.006)
def capsule_elasticity(company: Company, family: str = FAMILY, money: bool = False) -> Elasticity:
    panel = _panel(company, family)
    return price.zone_test(panel.assign(pieces=panel["pieces"] * panel["price"] ** money))


@capsule_elasticity.mistake("weeks")
def _of_weeks(company: Company) -> Elasticity:
    return price.elasticity(_weeks(company))


@capsule_elasticity.mistake("controls")
def _controlled(company: Company) -> Elasticity:
    return price.elasticity(_weeks(company), controls=["on_promotion", "competitor", "month"])


@capsule_elasticity.mistake("instrument")
def _by_instrument(company: Company) -> Elasticity:
    weeks = _weeks(company).dropna(subset="green_before")
    return price.elasticity(weeks, instrument="green_before")


@capsule_elasticity.mistake("no_sign")
def _no_sign(company: Company) -> float:
    return -float(capsule_elasticity(company).value)


capsule_elasticity.mistake("of_revenue", money=True)
capsule_elasticity.mistake("of_beans", family="beans")


def _usual(company: Company) -> float:
    """The mean net price of a pack over all weeks."""
    return float(company.prices.query("product_id == @PRODUCT")["price"].mean())


def _packs(company: Company) -> float:
    """What the family sold in the last 52 weeks, counted in packs at today's price."""
    panel = _panel(company)
    year = panel[panel["week"] >= company.today - pd.Timedelta(weeks=52)]
    return float((year["pieces"] * year["price"]).sum() / _shelf(company))


def _truly_lost(company: Company) -> float:
    """The part of the buyers whom each euro more loses in truth, everything included."""
    truth = company.truth.price_response.set_index("category")["elasticity"]
    return float(-truth[FAMILY] / _shelf(company, weeks=52))


def _best(company: Company) -> float:
    return float(DEARER * _cost(company) + 1 / _truly_lost(company))


def _near(choice: float, other: float) -> bool:
    """Prices at most 2% apart."""
    return abs(choice / other - 1) <= 0.02


def _guesses(company: Company) -> dict[str, float]:
    """Prices that need no elasticity."""
    cost, now = DEARER * _cost(company), _shelf(company)
    return {
        "twice the new cost": 2 * cost,
        "the same margin rate": DEARER * now,
        "today's price": now,
        "today's price, a tenth up": 1.1 * now,
        "a margin of a half on the cost": 1.5 * cost,
        "the rise in euros on today's price": now + cost - _cost(company),
    }


@sheet.decision(
    best=_best,
    choices=lambda company: (LOWEST, HIGHEST),
    reads=number_between,
    alike=_near,
    good_enough=0.96,
    guesses=_guesses,
)
def dear_coffee(company: Company, asked: float) -> float:
    """A year's margin at a net price and the dearer cost, as the market truly answers."""
    kept = np.exp(-_truly_lost(company) * (asked - _shelf(company)))
    return float(_packs(company) * kept * (asked - DEARER * _cost(company)))


dear_coffee.mistake("as_it_is", _shelf)


@dear_coffee.mistake("whole_rise")
def _rise_on_the_price(company: Company) -> float:
    return DEARER * _shelf(company)


@dear_coffee.mistake("old_cost")
def _old_cost(company: Company) -> float:
    return _cost(company) + _usual(company) / -float(capsule_elasticity(company).value)


@dear_coffee.mistake("goods_only")
def _goods_only(company: Company) -> float:
    goods = DEARER * _cost(company, 1.0)
    return goods + _usual(company) / -float(capsule_elasticity(company).value)
