"""What lesson 41 claims: rates do not average, and most revenue comes without advertising."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import kpi
from mktlab.course.claims import Claim
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


def _year(company: Company, name: str) -> float:
    start = company.today - pd.Timedelta(weeks=52)
    return float(kpi.compute(company, name, start=start)["value"].iloc[0])


def rates_do_not_average(company: Company) -> bool:
    """The mean of the click rates is more than twice the clicks over the views."""
    ads = company.ad_spend[company.ad_spend["week"] >= company.today - pd.Timedelta(weeks=52)]
    ads = ads[ads["clicks"].notna() & (ads["impressions"] > 0)]
    together = ads["clicks"].sum() / ads["impressions"].sum()
    return bool((ads["clicks"] / ads["impressions"]).mean() > 2 * together)


def most_would_have_come(company: Company) -> bool:
    """All revenue over spend is more than twice what advertising brings for each euro."""
    weeks = company.truth.without
    brought = (weeks["revenue"] - weeks["without_advertising"]).sum()
    mer = _year(company, "marketing_efficiency_ratio")
    return bool(mer > 2 * brought / _year(company, "ad_spend"))


def more_does_not_pay(company: Company) -> bool:
    """The next euro loses, where MER times the margin rate promises a profit."""
    truth = company.truth.channels
    left = (truth["profit"] + truth["spend"]) / truth["revenue"]
    next_euro = (truth["spend"] * (truth["marginal_roas"] * left - 1)).sum()
    mer = _year(company, "marketing_efficiency_ratio")
    return bool(next_euro < 0 and mer * _year(company, "actual_margin_rate") > 1)


CLAIMS = (
    Claim(
        say("The mean of the click rates is more than twice the clicks over the views."),
        rates_do_not_average,
        at_least=18,
    ),
    Claim(
        say("All revenue over spend is more than twice what advertising brings for each euro."),
        most_would_have_come,
        at_least=18,
    ),
    Claim(
        say(
            "A further euro of advertising, spread as today, costs more than the margin it brings, "
            "though MER times the margin rate promises a profit."
        ),
        more_does_not_pay,
        at_least=16,
    ),
)
