"""The questions of lesson 41: cost of a customer, shrinking denominators, an interval, a price."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import kpi
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

CANDIDATES = (
    "purchase_frequency",
    "revenue_per_customer",
    "units_per_order",
    "marketing_efficiency_ratio",
    "ctr",
    "repeat_rate",
    "cafe_conversion",
    "open_rate",
)
FAMILIES = ("beans", "ground", "capsules", "gift", "tea", "cafe")
LOWEST, HIGHEST = -10.0, 40.0

sheet = Sheet(
    "41_kpi",
    given=lambda company: {"candidates": list(CANDIDATES)},
    lowest=LOWEST,
    highest=HIGHEST,
)


def _ago(company: Company, weeks: int) -> pd.Timestamp:
    return company.today - pd.Timedelta(weeks=weeks)


@sheet.number(tolerance=0.05)
def cost_of_a_customer(company: Company, weeks: int | None = 52, number: str = "cac") -> float:
    start = None if weeks is None else _ago(company, weeks)
    return float(kpi.compute(company, number, start=start)["value"].iloc[0])


@cost_of_a_customer.mistake("mean_of_zones")
def _mean_over_zones(company: Company) -> float:
    by_zone = kpi.compute(company, "cac", by="zone", start=_ago(company, 52))
    return float(by_zone["value"].mean())


@cost_of_a_customer.mistake("per_order")
def _spend_per_order(company: Company) -> float:
    parts = kpi.compute(company, ["ad_spend", "orders"], start=_ago(company, 52))
    spend, orders = parts["value"]
    return float(spend / orders)


cost_of_a_customer.mistake("all_years", weeks=None)
cost_of_a_customer.mistake("claimed_order", number="cpa")
cost_of_a_customer.mistake("nothing_divided", number="ad_spend")


@cost_of_a_customer.mistake("first_orders")
def _per_first_order(company: Company) -> float:
    first = purchases(company.orders).groupby("customer_id")["order_date"].min()
    spent: float = cost_of_a_customer(company, number="ad_spend")
    return spent / int((first >= _ago(company, 52)).sum())


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


@sheet.ids()
def apart(company: Company, which: str = "apart") -> set[str]:
    table = _two_years(company)
    table = table.assign(apart=table["rose"] == table["fell"])
    return set(table.index[table[which]])


apart.mistake("all_that_rose", which="rose")
apart.mistake("all_that_fell", which="fell")


def _answers(company: Company, weeks: int) -> pd.Series[float]:
    answers = company.survey_responses
    since = answers["responded_date"] >= _ago(company, weeks)
    return answers.loc[since & answers["nps"].notna(), "nps"].astype(float)


@sheet.number(part="low", tolerance=0.3, percent=True)
def lowest_nps(
    company: Company, weeks: int = 13, z: float = 1.959964, two_kinds: bool = False
) -> pd.Series[float]:
    """`two_kinds`: with the error of a share, as if every answer were for or against."""
    scores = _answers(company, weeks)
    promoters, detractors = (scores >= 9).mean(), (scores <= 6).mean()
    value = promoters - detractors
    variance = promoters + detractors - value**2
    if two_kinds:
        variance = promoters * (1 - promoters)
    half = z * (variance / len(scores)) ** 0.5
    return 100 * pd.Series({"value": value, "low": value - half, "high": value + half})


lowest_nps.mistake("one_error", z=1.0)
lowest_nps.mistake("error_of_share", two_kinds=True)
lowest_nps.mistake("a_year", weeks=52)


@lru_cache(maxsize=256)
def _year_with(percent: float) -> float:
    """What a change of all prices earns in a year, in two markets, luck left out."""
    from mktlab.market.score import HIDDEN_SEEDS, judge
    from mktlab.plan import Plan

    level = 1 + percent / 100
    plan = Plan.baseline().but(price=dict.fromkeys(FAMILIES, level))
    return judge(plan, seeds=HIDDEN_SEEDS[:2])[0].profit


def _best(company: Company) -> float:
    return max((6.5, 9.5, 12.5), key=lambda percent: price_change(company, percent))


@sheet.decision(
    best=_best,
    choices=lambda company: (LOWEST, HIGHEST),
    reads=number_between,
    good_enough=0.85,
    percent=True,
)
def price_change(company: Company, percent: float) -> float:
    _ = company.truth.parameters  # where the market is real, nobody knows
    return _year_with(round(percent, 2))


price_change.mistake("orders", LOWEST)
price_change.mistake("margin_rate", HIGHEST)
price_change.mistake("as_it_is", 0.0)
