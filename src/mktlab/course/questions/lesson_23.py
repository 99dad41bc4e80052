"""The questions of lesson 23: a survey, an elasticity, a margin to keep, a cost to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.question import Decision, Exercise, Mistake, Question, QuestionSet
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


def exercise(company: Company) -> Exercise:
    """The exercise of lesson 23 about this company."""
    return SHEET.bind(company)


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


SHEET = QuestionSet(
    "23_price",
    (
        Question(
            "q1",
            "The survey accepts prices up to pme. What share of people does that price lose?",
            "a share between 0 and 1: of the people whose four prices rise, those for whom a bag "
            "at pme is too expensive.",
            expected=_too_dear,
            tolerance=0.01,
            mistakes=(
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _too_dear(company),
                    "The value is right in percent; a share lies between 0 and 1.",
                    tolerance=1.0,
                ),
                Mistake(
                    "people whose prices do not rise are counted",
                    lambda company: _too_dear(company, everybody=True),
                    "Who calls a low price too expensive and a higher one cheap has not understood "
                    "the questions. Leave these people out before you count.",
                ),
                Mistake(
                    "these find it expensive",
                    lambda company: _too_dear(company, question="expensive"),
                    "Expensive is not lost: these people hesitate, and some still buy. Take the "
                    "fourth question.",
                ),
                Mistake(
                    "these are the people who stay",
                    lambda company: 1 - _too_dear(company),
                    "For these the price is not too expensive yet. Asked are the others.",
                ),
                Mistake(
                    "this is the share at the 'optimal' price",
                    lambda company: _too_dear(company, at="opp"),
                    "opp is where too cheap and too expensive cross. The accepted range ends at "
                    "pme.",
                ),
            ),
            hint="van_westendorp(survey).pme is the price; keep the people whose four prices rise, "
            "and take the mean of too_expensive <= that price.",
        ),
        Question(
            "q2",
            "By how many percent do sales of the gifts change when they are 1% dearer?",
            "an elasticity with its sign, from the prices that a lot decided (price_test).",
            expected=_test,
            tolerance=0.01,
            mistakes=(
                Mistake(
                    "you compare weeks",
                    lambda company: price.elasticity(_weeks(company)).value,
                    "Before Christmas gifts sell by themselves, and that is when they are dear. "
                    "The regression takes the season for an effect of the price.",
                ),
                Mistake(
                    "you control for what stands in a table",
                    lambda company: _controlled(company),
                    "What the manager felt stands in no table. Only a lot, or a cost that moves "
                    "the price, gives prices that nobody chose.",
                ),
                Mistake(
                    "the instrument is too weak",
                    _by_instrument,
                    "Look at the first-stage F: green coffee is a small part of a gift box and "
                    "hardly moves its price. Below 10, the number is noise.",
                ),
                Mistake(
                    "the sign is missing",
                    lambda company: -_test(company),
                    "Dearer gifts sell less: the elasticity is negative.",
                ),
                Mistake(
                    "this is the elasticity of revenue",
                    _of_revenue,
                    "A dearer piece brings more money, so revenue falls less than sales. Count "
                    "pieces.",
                ),
                Mistake(
                    "these are all weeks, not those of the test",
                    lambda company: price.elasticity_within(_panel(company)).value,
                    "Between tests, somebody had a reason for what each zone pays. Keep to the "
                    "weeks in which a lot decided.",
                ),
            ),
            hint="sales_panel for the category gift, then zone_test.",
        ),
        Question(
            "q3",
            "Capsules: which price earns most, if 40% of it must stay as margin?",
            "euros for a pack of CAP-01. A pack more costs 1.4 times its goods, and sales answer "
            "as the price test of the capsules says.",
            expected=_with_margin,
            mistakes=(
                Mistake(
                    "the margin that must stay is forgotten",
                    lambda company: _with_margin(company, least=0.0),
                    "This price earns most of all, but too little of it stays. Which is the "
                    "lowest that leaves the margin asked for?",
                ),
                Mistake(
                    "a margin on the cost",
                    lambda company: _cost(company) * (1 + LEAST_MARGIN),
                    "Here 40% are added to the cost. A margin rate is a share of the price: then "
                    "the cost is 60% of the price.",
                ),
                Mistake(
                    "the rule stands upside down",
                    _upside_down,
                    "This price lies below the cost of a pack. The rule is cost times e / (1 + e).",
                ),
                Mistake(
                    "twice the cost",
                    lambda company: 2 * _cost(company),
                    "It leaves more than is asked for and loses too many buyers: it looks at the "
                    "cost alone.",
                ),
                Mistake(
                    "a pack costs more than its goods",
                    lambda company: _with_margin(company) / ALL_IN,
                    "You took the cost of goods. Its part in parcels, fees and service makes it "
                    "1.4 times as much.",
                ),
            ),
            hint="best_price takes the result of zone_test, the cost of a pack in all, and "
            "least_margin. Its answer says what decides.",
        ),
        Decision(
            "q4",
            "Green coffee has become dear: a pack more of capsules costs 25% more than in question "
            "3. What do you ask for CAP-01? (No margin is prescribed any more, and the competitors "
            "stay where they are.)",
            "a number from 2 to 15, in euros.",
            value=_margin,
            expected=_best,
            known=lambda company: (LOWEST, HIGHEST),
            reads=number_between,
            alike=_near,
            mistakes=(
                Mistake(
                    "you leave it as it is",
                    _today,
                    "Buyers stay, but each pack leaves too little. Part of a higher cost belongs "
                    "into the price.",
                ),
                Mistake(
                    "you trust the regression with controls",
                    _trusting_controls,
                    "It compares the prices that the manager chose when demand was strong. The "
                    "buyers of capsules mind the price far more than it says.",
                ),
                Mistake(
                    "you double the cost",
                    lambda company: 2 * DEARER * _cost(company),
                    "This asks what a pack costs, and not what its buyers do. They go.",
                ),
            ),
            hint="Multiply the cost by 1.25 and call best_price once more, with an elasticity "
            "that you believe.",
            good_enough=0.97,
        ),
    ),
)
