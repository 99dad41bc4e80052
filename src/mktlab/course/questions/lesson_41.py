"""The questions of lesson 41: cost of a customer, shrinking denominators, an interval, a price."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import kpi
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.question import Decision, Mistake, Question, QuestionSet

if TYPE_CHECKING:
    from mktlab.company import Company

CANDIDATES = (
    "purchase_frequency",
    "revenue_per_customer",
    "units_per_order",
    "roas",
    "ctr",
    "repeat_rate",
    "cafe_conversion",
    "open_rate",
)
FAMILIES = ("beans", "ground", "capsules", "gift", "tea", "cafe")
LOWEST, HIGHEST = -10.0, 40.0


def _ago(company: Company, weeks: int) -> pd.Timestamp:
    return company.today - pd.Timedelta(weeks=weeks)


def _value(company: Company, name: str, *, weeks: int | None = 52) -> float:
    start = None if weeks is None else _ago(company, weeks)
    return float(kpi.compute(company, name, start=start)["value"].iloc[0])


def _mean_over_zones(company: Company) -> float:
    by_zone = kpi.compute(company, "cac", by="zone", start=_ago(company, 52))
    return float(by_zone["value"].mean())


def _spend_per_order(company: Company) -> float:
    parts = kpi.compute(company, ["ad_spend", "orders"], start=_ago(company, 52))
    spend, orders = parts["value"]
    return float(spend / orders)


def _two_years(company: Company) -> pd.DataFrame:
    """Each candidate this year and the year before, in values and numerators."""
    names = [name for name in CANDIDATES if name in kpi.available(company)]
    middle = _ago(company, 52)
    last = kpi.compute(company, names, start=_ago(company, 104), end=middle).set_index("kpi")
    this = kpi.compute(company, names, start=middle).set_index("kpi")
    both = this.merge(last, left_index=True, right_index=True, suffixes=("", "_last"))
    return both.assign(
        rose=both["value"] > both["value_last"],
        fell=both["numerator"] < both["numerator_last"],
    )


def _shrunk(company: Company) -> set[str]:
    table = _two_years(company)
    return set(table.index[table["rose"] & table["fell"]])


def _all_that_rose(company: Company) -> set[str]:
    table = _two_years(company)
    return set(table.index[table["rose"]])


def _all_that_fell(company: Company) -> set[str]:
    table = _two_years(company)
    return set(table.index[table["fell"]])


def _answers(company: Company) -> pd.Series[float]:
    answers = company.survey_responses
    since = answers["responded_date"] >= _ago(company, 13)
    return answers.loc[since & answers["nps"].notna(), "nps"].astype(float)


def _lower_end(company: Company, *, z: float = 1.959964) -> float:
    scores = _answers(company)
    promoters, detractors = (scores >= 9).mean(), (scores <= 6).mean()
    variance = promoters + detractors - (promoters - detractors) ** 2
    return float(100 * (promoters - detractors) - z * 100 * (variance / len(scores)) ** 0.5)


def _as_if_two_kinds(company: Company) -> float:
    """With the standard error of a share, as if every answer were for or against."""
    scores = _answers(company)
    promoters, detractors = (scores >= 9).mean(), (scores <= 6).mean()
    error = (promoters * (1 - promoters) / len(scores)) ** 0.5
    return float(100 * (promoters - detractors) - 196 * error)


@lru_cache(maxsize=256)
def _year_with(percent: float) -> float:
    """What a change of all prices earns in a year, in two markets, luck left out."""
    from mktlab.market.score import HIDDEN_SEEDS, judge
    from mktlab.plan import Plan

    level = 1 + percent / 100
    plan = Plan.baseline().but(price=dict.fromkeys(FAMILIES, level))
    return judge(plan, seeds=HIDDEN_SEEDS[:2])[0].profit


def _earned(company: Company, percent: float) -> float:
    _ = company.truth.parameters  # where the market is real, nobody knows
    return _year_with(round(percent, 2))


def _best(company: Company) -> float:
    return max((6.5, 9.5, 12.5), key=lambda percent: _earned(company, percent))


QUESTIONS = QuestionSet(
    "41_kpi",
    (
        Question(
            "q1",
            "What did a new customer cost in the last 52 weeks?",
            "euros: advertising of the 52 weeks before company.today over the customers who "
            "joined in them.",
            expected=lambda company: _value(company, "cac"),
            tolerance=0.05,
            mistakes=(
                Mistake(
                    "the mean of the zones' costs",
                    _mean_over_zones,
                    "A zone with few new customers weighs as much as a large one. Add up the "
                    "money, add up the customers, divide once.",
                ),
                Mistake(
                    "this is the cost of an order",
                    _spend_per_order,
                    "Most orders are by customers whom you have had for years.",
                ),
                Mistake(
                    "these are all the years",
                    lambda company: _value(company, "cac", weeks=None),
                    "The file knows customers who joined long before the first advertisement in "
                    "it. Take the same 52 weeks above and below.",
                ),
            ),
            hint="kpi.compute with the name cac and a start; or two sums of your own.",
        ),
        Question(
            "q2",
            "Which of these ratios rose only because their denominator fell?",
            "names from exercise_41.CANDIDATES, as a list: those whose value is higher in the last "
            "52 weeks than in the 52 weeks before, though their numerator is lower.",
            expected=_shrunk,
            mistakes=(
                Mistake(
                    "these are all that rose",
                    _all_that_rose,
                    "Look at the numerators: where both parts grew, something really grew.",
                ),
                Mistake(
                    "these are all whose numerator fell",
                    _all_that_fell,
                    "Some of these ratios fell as well: nobody would be misled by them.",
                ),
            ),
            hint="kpi.compute gives value, numerator and denominator; do it for both years and "
            "compare.",
        ),
        Question(
            "q3",
            "How low may the net promoter score of the last 13 weeks really be?",
            "points: the lower end of its 95% interval, for the answers of the 13 weeks before "
            "company.today.",
            expected=_lower_end,
            tolerance=0.15,
            mistakes=(
                Mistake(
                    "one standard error instead of 1.96",
                    lambda company: _lower_end(company, z=1.0),
                    "One standard error on each side holds about two thirds; 95% takes 1.96.",
                ),
                Mistake(
                    "the standard error of a share",
                    _as_if_two_kinds,
                    "A score is the difference of two shares, which move against each other. Its "
                    "formula is in the lesson.",
                ),
            ),
            hint="kpi.intervals, or the lesson's formula with p, d and n of these 13 weeks.",
        ),
        Decision(
            "q4",
            "By how many percent do you change all prices?",
            "a number from -10 to 40, for the shop and the cafés alike.",
            value=_earned,
            expected=_best,
            known=lambda company: (LOWEST, HIGHEST),
            reads=number_between,
            best_known="The best of 6.5, 9.5 and 12.5 earns",
            mistakes=(
                Mistake(
                    "you steer by orders",
                    lambda company: LOWEST,
                    "Lower prices bring orders, frequency and retention. They cost more margin "
                    "than these bring, and the cafés cannot serve the guests.",
                ),
                Mistake(
                    "you steer by the margin rate",
                    lambda company: HIGHEST,
                    "The rate has never been better. But a rate is earned on what is still sold.",
                ),
                Mistake(
                    "you leave it as it is",
                    lambda company: 0.0,
                    "The lesson's chart shows what the slide of prices did to the margin.",
                ),
            ),
            hint="Try a few levels in the market: market.start(plan).advance(52).pnl(), with the "
            "same level for beans, ground, capsules, gift, tea and cafe.",
            good_enough=0.85,
        ),
    ),
)
