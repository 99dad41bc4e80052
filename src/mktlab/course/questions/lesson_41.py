"""The questions of lesson 41: cost of a customer, shrinking denominators, an interval, a price."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import kpi
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.words import decision, question, question_set

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


QUESTIONS = question_set(
    "41_kpi",
    q1=question(
        expected=lambda company: _value(company, "cac"),
        tolerance=0.05,
        mistakes={
            "mean_of_zones": _mean_over_zones,
            "per_order": _spend_per_order,
            "all_years": lambda company: _value(company, "cac", weeks=None),
        },
    ),
    q2=question(
        expected=_shrunk,
        mistakes={"all_that_rose": _all_that_rose, "all_that_fell": _all_that_fell},
    ),
    q3=question(
        expected=_lower_end,
        tolerance=0.15,
        mistakes={
            "one_error": lambda company: _lower_end(company, z=1.0),
            "error_of_share": _as_if_two_kinds,
        },
    ),
    q4=decision(
        value=_earned,
        expected=_best,
        known=lambda company: (LOWEST, HIGHEST),
        reads=number_between,
        good_enough=0.85,
        mistakes={
            "orders": lambda company: LOWEST,
            "margin_rate": lambda company: HIGHEST,
            "as_it_is": lambda company: 0.0,
        },
    ),
)
