"""What lesson 47 claims: a standard cost misleads, and no interval tells of who did not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import kpi
from mktlab.course.claims import Claim
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


def standard_cost_misleads(company: Company) -> bool:
    """Against last year, the rate at the cost of the day is nearer to the books."""
    names = ["margin_rate", "actual_margin_rate"]
    rates = kpi.compute(company, names, by="quarter")
    rates = rates.pivot(index="quarter", columns="kpi", values="value")
    books = company.truth.profit
    quarters = books["week"].dt.to_period("Q").dt.start_time
    sums = books.groupby(quarters)[["shop_sales", "goods"]].sum()
    moved = rates.assign(books=1 + sums["goods"] / sums["shop_sales"]).diff(4).iloc[-1]
    off = (moved[names] - moved["books"]).abs()
    return bool(off["margin_rate"] > off["actual_margin_rate"])


def answers_are_not_everybody(company: Company) -> bool:
    """The interval of the year's score lies above the score of all customers."""
    surveys = company.truth.nps.tail(4)
    everybody = (surveys["nps"] * surveys["asked"]).sum() / surveys["asked"].sum()
    start = company.today - pd.Timedelta(weeks=52)
    return bool(kpi.intervals(company, "nps", start=start)["low"].iloc[0] > everybody)


CLAIMS = (
    Claim(
        say(
            "Against last year's quarter, the margin rate at the cost of the day moved more like "
            "the books than the rate at standard cost."
        ),
        standard_cost_misleads,
        at_least=18,
    ),
    Claim(
        say(
            "The 95% interval of the year's net promoter score lies above the score of all "
            "customers."
        ),
        answers_are_not_everybody,
        at_least=18,
    ),
)
