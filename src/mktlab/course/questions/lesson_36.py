"""The questions of lesson 36: ripe leads, what a call changes, open deals, next hours, a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import leads
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_36 import (
    HOURS,
    SOURCE,
    STAGES,
    WAITED,
    amiss,
    fitting,
    gain,
    given,
    last_year,
    rows,
    waiting,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("36_leads", given=given, hours=HOURS, waited=WAITED, ripe=leads.RIPE)
FAIR = "fair"
LOW, HIGH = 40, 60  # hours a week, of question 4
FAR = 26  # weeks that question 3 looks ahead


@sheet.share(digits=3)
def ripe_share(
    company: Company, source: str | None = FAIR, ripe: float = leads.RIPE, called: bool = False
) -> float:
    """Share of ripe leads of a source that bought."""
    some = rows(company)
    some = some[some["age_weeks"] >= ripe]
    some = some[some["source"] == source] if source else some
    some = some[some["called"]] if called else some
    return float(some["won"].mean())


ripe_share.mistake("young_ones", ripe=0)
ripe_share.mistake("all_sources", source=None)
ripe_share.also(
    "all_sources", {"source": "form"}, {"source": "referral"}, {"source": None, "ripe": 0}
)
ripe_share.mistake("called_only", called=True)
ripe_share.also("called_only", {"called": True, "ripe": 0})


@ripe_share.mistake("deals")
def _with_a_deal(company: Company) -> float:
    """Leads with a deal, won or not."""
    some = rows(company)
    some = some[(some["age_weeks"] >= leads.RIPE) & (some["source"] == FAIR)]
    return float(some["lead_id"].isin(company.deals["lead_id"]).mean())


@ripe_share.also("deals")
def _of_deals(company: Company) -> list[float]:
    some = rows(company)
    some = some[(some["age_weeks"] >= leads.RIPE) & (some["source"] == FAIR)]
    some = some[some["lead_id"].isin(company.deals["lead_id"])]
    return [float(some["won"].mean())]


def _difference(some: pd.DataFrame, by: str) -> float:
    shares = some.groupby(by)["won"].mean()
    return float(shares.iloc[-1] - shares.iloc[0])


@sheet.share(digits=3)
def effect_of_calls(
    company: Company, source: str | None = SOURCE, ripe: float = leads.RIPE, drawn: bool = True
) -> float:
    """What a call changes in the share of a source's leads that buy."""
    some = rows(company)
    some = some[some["age_weeks"] >= ripe]
    some = some[some["test"].notna()] if drawn else some
    return _difference(some[some["source"] == source] if source else some, "called")


effect_of_calls.mistake("chosen", drawn=False)
effect_of_calls.also("chosen", {"drawn": False, "ripe": 0}, {"drawn": False, "source": None})
effect_of_calls.mistake("all_sources", source=None)
effect_of_calls.also("all_sources", {"source": FAIR}, {"source": "form"})
effect_of_calls.mistake("young_ones", ripe=0)


def _shares(company: Company) -> list[float]:
    some = leads.drawn(rows(company))
    some = some[some["source"] == SOURCE]
    return [float(share) for share in some.groupby("called")["won"].mean()]


effect_of_calls.mistake("level", lambda company: _shares(company)[1])
effect_of_calls.also("level")(_shares)


@sheet.number(tolerance=1)
def open_margin(company: Company, weeks: int = FAR, end: str = "expected") -> float:
    """What the open deals should bring within half a year."""
    told = leads.forecast(company.deals, today=company.today, weeks=weeks)
    return float(getattr(told, end))


open_margin.mistake("lesson_weeks", weeks=13)
open_margin.also("lesson_weeks", {"weeks": 52})
open_margin.mistake("ends", end="low")
open_margin.also("ends", {"end": "high"})


def _open(company: Company) -> pd.DataFrame:
    deals: pd.DataFrame = company.deals
    return deals[deals["closed_date"].isna()]


@open_margin.mistake("by_stage")
def _by_stage(company: Company) -> float:
    some = _open(company)
    return float((some["stage"].map(STAGES) * some["margin"]).sum())


@open_margin.mistake("closed_deals")
def _by_closed_deals(company: Company) -> float:
    """Each open deal at the share of closed ones that were won."""
    closed = company.deals[company.deals["closed_date"].notna()]
    return float((closed["stage"] == "won").mean() * _open(company)["margin"].sum())


@open_margin.mistake("all_of_them")
def _all_of_them(company: Company) -> float:
    return float(_open(company)["margin"].sum())


@sheet.number(tolerance=0.05)
def next_hour(
    company: Company,
    low: int = LOW,
    high: int = HIGH,
    score: str = "per_hour",
    chance: str = "change",
) -> float:
    """What an hour brings between two numbers of hours a week, best leads first."""
    year = last_year(company)
    year = year.assign(gain=year["change"] * year["value"], brings=year[chance] * year["value"])
    order = year[score].sort_values(ascending=False, kind="stable").index
    done = year.loc[order, "need"].cumsum() / 52
    some = order[(done > low) & (done <= high)]
    return float(year.loc[some, "brings"].sum() / year.loc[some, "need"].sum())


next_hour.mistake("mean_hour", low=0)
next_hour.also("mean_hour", {"low": 20}, {"low": 20, "high": 40}, {"low": 0, "high": 20})
next_hour.also("mean_hour", {"low": 0, "high": 40}, {"low": 0, "high": 999})
next_hour.mistake("by_points", score="points")
next_hour.also("by_points", {"score": "points", "low": 0}, {"score": "change"}, {"score": "gain"})
next_hour.mistake("not_the_change", chance="chance")
next_hour.also("not_the_change", {"chance": "chance", "low": 0})
next_hour.also("not_the_change", {"chance": "chance", "score": "chance"})


@next_hour.mistake("further_down")
def _further_down(company: Company) -> float:
    """The next batch."""
    year = last_year(company)
    table = leads.next_hours(
        year, year["change"] * year["value"], score=year["per_hour"], step=52 * (HIGH - LOW)
    )
    return float(table["per_hour"].iloc[HIGH // (HIGH - LOW)])


def read(answer: Any, choices: tuple[dict[str, float]]) -> Any:
    """The leads of an answer, if the hours suffice for them."""
    needs = choices[0]
    chosen = ids_among(answer, pd.Series(needs.keys(), name="lead_id"))
    needed = sum(needs[name] for name in chosen)
    if needed > HOURS + 1e-6:
        raise Unreadable(
            say(
                "Your list takes {needed:count} hours, and there are {hours:count}.",
                needed=int(np.ceil(needed)),
                hours=HOURS,
            )
        )
    return chosen


def _needs(company: Company) -> tuple[dict[str, float]]:
    """The hours of each lead."""
    some = waiting(company)
    return (dict(zip(some["lead_id"], some["need"], strict=True)),)


def _most_for_an_hour(company: Company) -> set[str]:
    some = waiting(company)
    return fitting(company, some["change"] * some["value"] / some["need"])


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no thought."""
    some = waiting(company)
    luck = pd.Series(np.random.default_rng(1).random(len(some)), some.index)
    scores = {
        "head": -pd.Series(some.index, some.index),
        "drawn": luck,
        "newest": -some["age_weeks"],
    }
    return {name: fitting(company, 1.0 * score) for name, score in scores.items()}


@sheet.decision(
    best=_most_for_an_hour,
    choices=_needs,
    reads=read,
    guesses=_guesses,
    amiss=amiss,
    good_enough=0.92,
)
def call_list(company: Company, chosen: set[str]) -> float:
    """Margin that the calls add."""
    return float(gain(company)[sorted(chosen)].sum())


@call_list.mistake("points")
def _points(company: Company) -> set[str]:
    return fitting(company, 1.0 * waiting(company)["points"])


@call_list.mistake("likeliest")
def _likeliest(company: Company) -> set[str]:
    return fitting(company, waiting(company)["chance"])


@call_list.mistake("largest")
def _largest(company: Company) -> set[str]:
    return fitting(company, waiting(company)["value"])
