"""What lesson 46 claims: the young look good, and limits by size are wrong in fewer weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import kpi
from mktlab.control_charts import p_chart
from mktlab.course.claims import Claim
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

BASELINE, LOOK = 52, 80.0


def late(company: Company) -> pd.DataFrame:
    """Late parcels of each week, of how many."""
    table = kpi.compute(company, "late_share", by="week").set_index("week")
    return table[["numerator", "denominator"]]


def chance(company: Company) -> pd.Series[Any]:
    """The chance of a parcel to be late, by week."""
    table: pd.Series[Any] = company.truth.operations.set_index("week")["late_share"]
    return table


def rules(company: Company) -> dict[str, pd.Series[Any]]:
    """Whether each rule rings, in the weeks after the first year."""
    table = late(company)
    chart = p_chart(table["numerator"], table["denominator"], baseline=BASELINE)
    value, before = chart["value"], chart["value"].shift(1).rolling(26)
    found = {
        "red": value > value.shift(1),
        "mean": value > before.mean() + 2 * before.std(),
        "p": value > chart["high"],
    }
    return {name: rings.iloc[BASELINE:] for name, rings in found.items()}


def wrong(company: Company, name: str) -> int:
    """Weeks that ring for nothing, or are troubled and do not ring."""
    rings, real = rules(company)[name], chance(company)
    trouble = real > 1.5 * real.median()
    return int((rings != trouble.reindex(rings.index)).sum())


def cost(company: Company, name: str) -> float:
    """Euros of looks, and of goodwill in weeks of trouble before which nothing rang."""
    rings, real = rules(company)[name], chance(company)
    trouble = real > 1.5 * real.median()
    goodwill = -company.truth.profit.set_index("week")["goodwill"]
    harm = (goodwill - goodwill[~trouble].median()).where(trouble, 0).clip(lower=0)
    unseen = harm.reindex(rings.index)[~rings.shift(1, fill_value=False)]
    return float(LOOK * rings.sum() + unseen.sum())


def the_young_look_good(company: Company) -> bool:
    """Of the last whole week's parcels that have come, fewer were late than their chance says."""
    orders, week = company.orders, pd.Timedelta(weeks=1)
    since = orders["order_date"] >= company.today - week
    come = orders[since & orders["delivered_date"].notna()]
    seen = (come["delivered_date"] > come["promised_date"]).mean()
    return bool(seen < chance(company)[company.today - week])


def limits_by_size_err_less(company: Company) -> bool:
    """The p-chart is wrong in fewer weeks than mean and standard deviation of the weeks before."""
    return wrong(company, "p") < wrong(company, "mean")


def red_costs_twice(company: Company) -> bool:
    """The p-chart costs less than half of looking at whatever is worse than last week."""
    return cost(company, "p") < cost(company, "red") / 2


CLAIMS = (
    Claim(
        say("Of the newest week's parcels that have come, fewer are late than their chance says."),
        the_young_look_good,
        at_least=18,
    ),
    Claim(
        say(
            "In two years the p-chart is wrong in fewer weeks than the mean and two standard "
            "deviations of the 26 weeks before."
        ),
        limits_by_size_err_less,
        at_least=16,
    ),
    Claim(
        say("Ringing by the p-chart costs less than half of looking at every red week."),
        red_costs_twice,
        at_least=18,
    ),
)
