"""What lesson 52 claims: days promise too much, a calendar helps a little, a draw decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab.course.claims import Claim
from mktlab.course.questions.given_52 import (
    AGENCY,
    CALENDAR,
    LAGS,
    best_of,
    days,
    each_visitor,
    gains,
    places_by,
    slope,
)

if TYPE_CHECKING:
    from mktlab.company import Company


def _true(company: Company) -> float:
    return float(company.truth.content_lags["orders_per_post"].sum())


def days_promise_thrice(company: Company) -> bool:
    """Of days before the draw, a post more comes with three times the orders it brings, or more."""
    rows = days(company)
    return slope(rows[~rows["drawn"]], "orders~posts", "posts") >= 3 * _true(company)


def a_calendar_is_not_enough(company: Company) -> bool:
    """With weekday, month and launches told apart, it still seems to bring half as much again."""
    rows = days(company)
    known = slope(rows[~rows["drawn"]], f"orders~posts+{CALENDAR}", "posts")
    return known >= 1.5 * _true(company)


def the_draw_says_no(company: Company) -> bool:
    """By the drawn days, a day with posts brings less margin, over four days, than it costs."""
    rows = days(company)
    rows = rows[rows["drawn"]]
    brings = slope(rows, f"margin~{'+'.join(LAGS)}+{CALENDAR}", *LAGS)
    return bool(brings < rows.loc[rows["on"] == 1, "cost"].mean())


def clips_are_no_margin(company: Company) -> bool:
    """The advertising value of the clips is ten times the margin that their readers leave."""
    clips, told = company.press, company.truth.content_gains.set_index("what").loc["press"]
    brings = clips["audience"].sum() / 100_000 * told["effect"] * told["margin_each"]
    return bool(clips["ave"].sum() >= 10 * brings)


def the_agency_loses(company: Company) -> bool:
    """Paying posts and press, and the places of the draw, earns half of the places alone, or less.

    The places alone, by the draw, earn 94% of the best, or more.
    """
    places = places_by(company, each_visitor(company))
    euros = gains(company)
    alone, both = (float(euros[sorted(what)].sum()) for what in (places, {*places, *AGENCY}))
    return both <= alone / 2 and alone >= 0.94 * best_of(company)


CLAIMS = (
    Claim(
        "Days with more posts promise three times the orders that a post brings, or more.",
        days_promise_thrice,
        at_least=16,
    ),
    Claim(
        "With weekday, month and launches told apart, but no draw, a post still seems to bring "
        "half as much again as it does, or more.",
        a_calendar_is_not_enough,
        at_least=17,
    ),
    Claim(
        "By the days of the draw, posts bring less than they cost.",
        the_draw_says_no,
        at_least=18,
    ),
    Claim(
        "The advertising value of the press clips is ten times the margin that readers bring, or "
        "more.",
        clips_are_no_margin,
        at_least=19,
    ),
    Claim(
        "Tastings at the places that the draw tells earn 94% of what is possible; the agency "
        "beside them costs half of that, or more.",
        the_agency_loses,
        at_least=18,
    ),
)
