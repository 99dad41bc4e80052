"""The questions of lesson 23: a survey, an elasticity, a margin to keep, a cost to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.price.elasticity import Elasticity

FAMILY, PRODUCT = "capsules", "CAP-01"
ALL_IN = 1.4
"""What one pack more costs in all, as a multiple of its goods."""
LEAST_MARGIN = 0.4
DEARER = 1.25
"""Cost of a pack after the harvest, as a multiple of before."""
LOWEST, HIGHEST = 2.0, 15.0
DELAY = 6

sheet = Sheet(
    "23_price",
    all_in=ALL_IN,
    least_margin=LEAST_MARGIN,
    rest=1 - LEAST_MARGIN,
    dearer=DEARER,
    rise=DEARER - 1,
    lowest=LOWEST,
    highest=HIGHEST,
)


@sheet.share(tolerance=0.01)
def too_dear(
    company: Company,
    question: str = "too_expensive",
    at: str = "pme",
    everybody: bool = False,
    stays: bool = False,
) -> float:
    """Share of respondents for whom a point of the survey is too dear, or as dear as asked."""
    survey = company.price_survey
    answers = survey[list(price.survey.QUESTIONS)]
    rises = (answers.diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    limit = getattr(price.van_westendorp(survey), at)
    dear = survey.loc[rises | everybody, question] <= limit
    return float((dear ^ stays).mean())


too_dear.mistake("everybody", everybody=True)
too_dear.mistake("expensive", question="expensive")
too_dear.mistake("who_stays", stays=True)
too_dear.mistake("at_optimal", at="opp")


def _panel(company: Company, family: str = "gift") -> pd.DataFrame:
    return price.sales_panel(company, category=family)


def _weeks(company: Company, family: str = "gift") -> pd.DataFrame:
    """One row per week, as the lesson makes them."""
    weeks = (
        _panel(company, family)
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
        green_before=weeks["green_coffee"].shift(DELAY),
        month=weeks["week"].dt.month_name(),
    )


@sheet.number(tolerance=0.01)
def gift_elasticity(company: Company, family: str = "gift", money: bool = False) -> Elasticity:
    panel = _panel(company, family)
    return price.zone_test(panel.assign(pieces=panel["pieces"] * panel["price"] ** money))


@gift_elasticity.mistake("weeks")
def _of_weeks(company: Company) -> Elasticity:
    return price.elasticity(_weeks(company))


@gift_elasticity.mistake("controls")
def _controlled(company: Company, family: str = "gift") -> Elasticity:
    controls = ["on_promotion", "competitor", "month"]
    return price.elasticity(_weeks(company, family), controls=controls)


@gift_elasticity.mistake("instrument")
def _by_instrument(company: Company) -> Elasticity:
    weeks = _weeks(company).dropna(subset="green_before")
    return price.elasticity(weeks, instrument="green_before")


@gift_elasticity.mistake("no_sign")
def _no_sign(company: Company) -> float:
    return -float(gift_elasticity(company).value)


gift_elasticity.mistake("of_revenue", money=True)
gift_elasticity.mistake("of_beans", family="beans")


@gift_elasticity.mistake("two_controls")
def _two_controls(company: Company) -> Elasticity:
    return price.elasticity(_weeks(company), controls=["on_promotion", "month"])


@gift_elasticity.mistake("all_weeks")
def _within(company: Company) -> Elasticity:
    return price.elasticity_within(_panel(company))


def _pack(company: Company, column: str) -> float:
    """Of the pack that stands for all: `list_price`, or `unit_cost` of its goods."""
    return float(company.products.set_index("product_id")[column][PRODUCT])


def _today(company: Company) -> float:
    return _pack(company, "list_price")


def _cost(company: Company) -> float:
    return ALL_IN * _pack(company, "unit_cost")


@sheet.number()
def price_with_margin(
    company: Company, least: float = LEAST_MARGIN, all_in: float = ALL_IN
) -> float:
    demand = gift_elasticity(company, FAMILY)
    cost = all_in / ALL_IN * _cost(company)
    return float(price.best_price(demand, cost, least_margin=least).price)


price_with_margin.mistake("no_margin", least=0.0)


@price_with_margin.mistake("on_cost")
def _on_cost(company: Company) -> float:
    return _cost(company) * (1 + LEAST_MARGIN)


@price_with_margin.mistake("upside_down")
def _upside_down(company: Company) -> float:
    slope: float = gift_elasticity(company, FAMILY).value
    return _cost(company) * (1 + slope) / slope


@price_with_margin.mistake("twice_cost")
def _twice(company: Company) -> float:
    return 2 * _cost(company)


price_with_margin.mistake("goods_only", all_in=1.0)


@price_with_margin.mistake("over_margin")
def _over_margin(company: Company) -> float:
    return _cost(company) / LEAST_MARGIN


@price_with_margin.mistake("margin_in_euros")
def _margin_in_euros(company: Company) -> float:
    return float(price_with_margin(company) - _cost(company))


def _packs(company: Company) -> float:
    """What the family sold in the last 52 weeks, counted in packs at today's price."""
    sold = purchases(company.orders.drop(columns="refunded"))  # what came back had been sold
    late = sold[sold["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    family = company.products[company.products["category"] == FAMILY]
    lines = company.order_lines[company.order_lines["order_id"].isin(late["order_id"])]
    packs = lines[lines["quantity"] > 0].merge(family, on="product_id")
    return float((packs["quantity"] * packs["list_price"]).sum() / _today(company))


def _best(company: Company) -> float:
    prices = np.arange(100 * LOWEST, 100 * HIGHEST + 1) / 100
    truth = company.truth.price_response.set_index("category")["elasticity"]
    pieces = prices ** float(truth[FAMILY])
    return float(prices[np.argmax(pieces * (prices - DEARER * _cost(company)))])


def _near(choice: float, other: float) -> bool:
    """Prices at most 2% apart."""
    return abs(choice / other - 1) <= 0.02


def _guesses(company: Company) -> dict[str, float]:
    return {
        "the margin of question 3 on the dearer cost": DEARER * price_with_margin(company),
        "the rise of the cost on today's price": DEARER * _today(company),
    }


@sheet.decision(
    best=_best,
    choices=lambda company: (LOWEST, HIGHEST),
    reads=number_between,
    alike=_near,
    good_enough=0.97,
    guesses=_guesses,
)
def dear_coffee(company: Company, asked: float) -> float:
    """A year's margin at a price and the dearer cost, as the market truly answers."""
    truth = company.truth.price_response.set_index("category")["elasticity"]
    return float(
        price.outcomes(
            [asked],
            elasticity=float(truth[FAMILY]),
            unit_cost=DEARER * _cost(company),
            price_now=_today(company),
            pieces_now=_packs(company),
        )["margin"].iloc[0]
    )


dear_coffee.mistake("as_it_is", _today)


@dear_coffee.mistake("whole_rise")
def _rise_on_the_price(company: Company) -> float:
    return DEARER * _today(company)
