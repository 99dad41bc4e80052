"""The questions of lesson 23: a survey, an elasticity, a margin to keep, a cost to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.words import decision, question, question_set
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

FAMILY, PRODUCT = "capsules", "CAP-01"
ALL_IN = 1.4
"""What one pack more costs in all, as a multiple of its goods."""
LEAST_MARGIN = 0.4
DEARER = 1.25
"""Cost of a pack after the harvest, as a multiple of before."""
LOWEST, HIGHEST = 2.0, 15.0
DELAY = 6


def _too_dear(
    company: Company, *, question: str = "too_expensive", at: str = "pme", everybody: bool = False
) -> float:
    """Share of respondents for whom a point of the survey is too dear, or as dear as asked."""
    survey = company.price_survey
    answers = survey[list(price.survey.QUESTIONS)]
    rises = (answers.diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    limit = getattr(price.van_westendorp(survey), at)
    return float((survey.loc[rises | everybody, question] <= limit).mean())


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


def _test(company: Company, family: str = "gift") -> float:
    return price.zone_test(_panel(company, family)).value


def _controlled(company: Company, family: str = "gift") -> float:
    controls = ["on_promotion", "competitor", "month"]
    return price.elasticity(_weeks(company, family), controls=controls).value


def _by_instrument(company: Company) -> float:
    weeks = _weeks(company).dropna(subset="green_before")
    return price.elasticity(weeks, instrument="green_before").value


def _of_revenue(company: Company) -> float:
    panel = _panel(company)
    return price.zone_test(panel.assign(pieces=panel["pieces"] * panel["price"])).value


def _pack(company: Company, column: str) -> float:
    """Of the pack that stands for all: `list_price`, or `unit_cost` of its goods."""
    return float(company.products.set_index("product_id")[column][PRODUCT])


def _today(company: Company) -> float:
    return _pack(company, "list_price")


def _cost(company: Company) -> float:
    return ALL_IN * _pack(company, "unit_cost")


def _with_margin(company: Company, *, least: float = LEAST_MARGIN) -> float:
    demand = _test(company, FAMILY)
    return price.best_price(demand, _cost(company), least_margin=least).price


def _upside_down(company: Company) -> float:
    slope = _test(company, FAMILY)
    return _cost(company) * (1 + slope) / slope


def _packs(company: Company) -> float:
    """What the family sold in the last 52 weeks, counted in packs at today's price."""
    sold = purchases(company.orders.drop(columns="refunded"))  # what came back had been sold
    late = sold[sold["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    family = company.products[company.products["category"] == FAMILY]
    lines = company.order_lines[company.order_lines["order_id"].isin(late["order_id"])]
    packs = lines[lines["quantity"] > 0].merge(family, on="product_id")
    return float((packs["quantity"] * packs["list_price"]).sum() / _today(company))


def _margin(company: Company, asked: float) -> float:
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


def _best(company: Company) -> float:
    prices = np.arange(100 * LOWEST, 100 * HIGHEST + 1) / 100
    truth = company.truth.price_response.set_index("category")["elasticity"]
    pieces = prices ** float(truth[FAMILY])
    return float(prices[np.argmax(pieces * (prices - DEARER * _cost(company)))])


def _trusting_controls(company: Company) -> float:
    return price.best_price(
        _controlled(company, FAMILY), DEARER * _cost(company), high=HIGHEST
    ).price


def _near(choice: float, other: float) -> bool:
    """Prices at most 2% apart."""
    return abs(choice / other - 1) <= 0.02


QUESTIONS = question_set(
    "23_price",
    q1=question(
        expected=_too_dear,
        tolerance=0.01,
        mistakes={
            "percent": (lambda company: 100 * _too_dear(company), 1.0),
            "everybody": lambda company: _too_dear(company, everybody=True),
            "expensive": lambda company: _too_dear(company, question="expensive"),
            "who_stays": lambda company: 1 - _too_dear(company),
            "at_optimal": lambda company: _too_dear(company, at="opp"),
        },
    ),
    q2=question(
        expected=_test,
        tolerance=0.01,
        mistakes={
            "weeks": lambda company: price.elasticity(_weeks(company)).value,
            "controls": lambda company: _controlled(company),
            "instrument": _by_instrument,
            "no_sign": lambda company: -_test(company),
            "of_revenue": _of_revenue,
            "all_weeks": lambda company: price.elasticity_within(_panel(company)).value,
        },
    ),
    q3=question(
        expected=_with_margin,
        mistakes={
            "no_margin": lambda company: _with_margin(company, least=0.0),
            "on_cost": lambda company: _cost(company) * (1 + LEAST_MARGIN),
            "upside_down": _upside_down,
            "twice_cost": lambda company: 2 * _cost(company),
            "goods_only": lambda company: _with_margin(company) / ALL_IN,
        },
    ),
    q4=decision(
        value=_margin,
        expected=_best,
        known=lambda company: (LOWEST, HIGHEST),
        reads=number_between,
        alike=_near,
        good_enough=0.97,
        mistakes={
            "as_it_is": _today,
            "regression": _trusting_controls,
            "twice_cost": lambda company: 2 * DEARER * _cost(company),
        },
    ),
)
