"""The questions of lesson 46: a limit, the alerts of a quarter, a fixed segment, an alert rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import kpi
from mktlab.control_charts import limits, unusual
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.segmentation import rfm

if TYPE_CHECKING:
    from mktlab.company import Company

NUMBERS = ("revenue", "cafe_revenue", "order_value", "new_customers", "late_share", "wait_minutes")
WEEK = pd.Timedelta(weeks=1)
LOOK = 80.0  # euros that looking into an alert costs
LOWEST, HIGHEST = 0.5, 8.0
PER_VISITOR = 0.73 * 6.3  # margin of a café ticket, as the lesson's exercise states it


sheet = Sheet(
    "46_dashboard",
    given=lambda company: {"weekly": weekly(company)},
    lowest=LOWEST,
    highest=HIGHEST,
)


def weekly(company: Company) -> pd.DataFrame:
    """The numbers of the exercise: a row per whole week since the first order, a column each."""
    names = [name for name in NUMBERS if name in kpi.available(company)]
    table = kpi.compute(company, names, by="week")
    wide: pd.DataFrame = table.pivot(index="week", columns="kpi", values="value")[names]
    first = company.orders["order_date"].min()
    return wide.loc[first : company.today - WEEK]


@sheet.number(tolerance=0.02)
def limit(company: Company, sigmas: float = 3.0) -> float:
    table = limits(weekly(company)[["wait_minutes"]], sigmas=sigmas)
    return float(table["high"].iloc[-1])


@limit.mistake("mean")
def _with_mean(company: Company) -> float:
    before = weekly(company)["wait_minutes"].iloc[-27:-1]
    return float(before.mean() + 3 * before.std())


@limit.mistake("no_factor")
def _without_factor(company: Company) -> float:
    before = weekly(company)["wait_minutes"].iloc[-27:-1]
    return float(before.median() + 3 * (before - before.median()).abs().median())


limit.mistake("two_sigmas", sigmas=2.0)


@limit.mistake("own_week")
def _with_the_week(company: Company) -> float:
    waits = weekly(company)["wait_minutes"].iloc[-26:]
    return float(waits.median() + 3 * 1.4826 * (waits - waits.median()).abs().median())


@sheet.ids()
def rang(company: Company, sigmas: float = 3.0, weeks: int = 13, worse: bool = True) -> set[str]:
    found = unusual(weekly(company), sigmas=sigmas)
    found = found[found["week"] >= company.today - weeks * WEEK]
    return set(found.loc[(found["side"] == "worse") | (not worse), "kpi"])


rang.mistake("better_too", worse=False)
rang.mistake("all_weeks", weeks=200)
rang.mistake("two_sigmas", sigmas=2.0)


@sheet.number(tolerance=0.5, percent=True)
def champions(company: Company, fixed: bool = True, whole: bool = False) -> float:
    """Change of the champions' revenue in percent, last 13 weeks against the 13 before."""
    today, middle = company.today, company.today - 13 * WEEK
    orders = company.orders
    as_of = today - 26 * WEEK if fixed else today
    scored = rfm(orders[orders["order_date"] < as_of], as_of=as_of)
    best = scored.loc[scored["segment"] == "champions", "customer_id"]
    bought = purchases(orders)
    bought = bought[bought["customer_id"].isin(best) | whole]
    kept, day = bought["revenue"] - bought["refunded"], bought["order_date"]
    now = kept[day.between(middle, today, inclusive="left")].sum()
    before = kept[day.between(today - 26 * WEEK, middle, inclusive="left")].sum()
    return float(100 * (now / before - 1))


champions.mistake("of_today", fixed=False)
champions.mistake("everybody", whole=True)


@lru_cache(maxsize=8)
def _waits(company: Company) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Weekly waits, and what each week of trouble cost in guests who walked out."""
    cafes = company.store_weeks.merge(company.truth.service, on=["week", "zone"])
    cafes = cafes.assign(lost=cafes["walked_out"] * cafes["visits"])
    sums = cafes.groupby("week")[["lost", "visits"]].sum()
    share = sums["lost"] / sums["visits"]
    trouble = share > 1.5 * share.median()
    more = (share - share[~trouble].median()).clip(lower=0)
    return weekly(company)[["wait_minutes"]], (more * sums["visits"] * PER_VISITOR).where(
        trouble, 0
    )


def _best(company: Company) -> float:
    grid = [0.55 + 0.1 * step for step in range(55)]
    return max(grid, key=lambda sigmas: alert_rule(company, sigmas))


@sheet.decision(
    best=_best,
    choices=lambda company: (LOWEST, HIGHEST),
    reads=number_between,
    good_enough=0.9,
)
def alert_rule(company: Company, sigmas: float) -> float:
    """Euros spared by this rule, against never looking."""
    waits, harm = _waits(company)
    rings = unusual(waits, sigmas=sigmas)
    rings = rings[rings["side"] == "worse"]
    return float(harm.reindex(rings["week"]).sum() - LOOK * len(rings))


alert_rule.mistake("three", 3.0)
alert_rule.mistake("quiet", 5.0)
