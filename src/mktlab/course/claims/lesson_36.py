"""What lesson 36 claims: calls seem to bring what they do not, and points send them astray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab import leads
from mktlab.course.claims import Claim
from mktlab.course.questions.given_36 import (
    HOUR,
    STAGES,
    WEEKLY,
    YEAR,
    last_year,
    reported,
    true_gain,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


def calls_seem_to_bring_twice(company: Company) -> bool:
    """Margin of called leads that bought, over the hours, is twice what the calls add, or more."""
    seems, adds = reported(company)
    return seems >= 2 * adds


def _brought(company: Company, score: str) -> float:
    """Margin that the hours of a year really add, in the order of a score."""
    year = last_year(company)
    called = leads.first_calls(year, year[score], hours=WEEKLY * YEAR)
    return float(year.loc[called, "lead_id"].map(true_gain(company)).sum())


def points_bring_half(company: Company) -> bool:
    """In the order of the points the hours bring less than half."""
    return _brought(company, "points") < _brought(company, "per_hour") / 2


def likeliest_bring_less(company: Company) -> bool:
    """In the order of the chance to buy they bring less than nine tenths."""
    return _brought(company, "chance") < 0.9 * _brought(company, "per_hour")


def _won_soon(company: Company) -> float:
    still = company.deals.merge(company.truth.deals, on="deal_id")
    return float(still.loc[still["won_13w"], "margin"].sum())


def stages_say_twice(company: Company) -> bool:
    """Chances by stage forecast more than twice what is won; the interval by age holds it."""
    still = company.deals[company.deals["closed_date"].isna()]
    by_stage = float((still["stage"].map(STAGES) * still["margin"]).sum())
    return by_stage > 2 * _won_soon(company)


def interval_holds(company: Company) -> bool:
    """The interval of the forecast by age holds what is won."""
    told = leads.forecast(company.deals, today=company.today)
    return told.low <= _won_soon(company) <= told.high


def third_does_not_pay(company: Company) -> bool:
    """A third salesperson's hours cost more than they add, though calls seem to bring more."""
    year = last_year(company)
    gain = year["lead_id"].map(true_gain(company))
    batches = leads.next_hours(year, gain, score=year["per_hour"], step=WEEKLY / 2 * YEAR)
    third = float(batches["per_hour"].iloc[2])
    return third < HOUR < reported(company)[0]


CLAIMS = (
    Claim(
        say(
            "The margin of the called leads that bought, over the hours of the calls, is twice "
            "what the calls add, or more."
        ),
        calls_seem_to_bring_twice,
        at_least=18,
    ),
    Claim(
        say(
            "60 hours a week in the order of the points bring less than half of what they bring "
            "in the order of the gain for an hour, as the draw tells it."
        ),
        points_bring_half,
        at_least=18,
    ),
    Claim(
        say(
            "In the order of the chance to buy they bring less than nine tenths of what they bring "
            "in the order of the gain for an hour."
        ),
        likeliest_bring_less,
        at_least=18,
    ),
    Claim(
        say(
            "Chances by stage forecast more than twice the margin that open deals bring within 13 "
            "weeks."
        ),
        stages_say_twice,
        at_least=18,
    ),
    Claim(
        say("The interval of the forecast by age holds what open deals bring within 13 weeks."),
        interval_holds,
        at_least=16,
    ),
    Claim(
        say(
            "The hours of a third salesperson add less than they cost, while calls seem to bring "
            "more than they cost."
        ),
        third_does_not_pay,
        at_least=16,
    ),
)
