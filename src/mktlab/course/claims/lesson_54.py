"""What lesson 54 claims: a slow first quarter, a wrong revision, luck, and ads that are missed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mktlab.course.claims import Claim
from mktlab.course.questions.given_54 import (
    CHEAPER,
    GOAL,
    HALF_ADS,
    NO_DEALS,
    PARTS,
    QUARTER,
    SEVEN,
    TODAY,
    YEAR,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company
    from mktlab.plan import Plan


@lru_cache(maxsize=32)
def _quarters(seed: int, people: int, plan: Plan, then: Plan, weeks: int) -> tuple[float, ...]:
    """Profit of each quarter, luck left out, when `then` follows `plan` after so many weeks."""
    from mktlab import market

    season = market.start(plan, seed=seed, people=people).advance(weeks)
    season.revise(then).advance(YEAR - weeks)
    profit = season.books(expected=True)["profit"]
    return tuple(profit.groupby(np.arange(YEAR) // QUARTER).sum())


def _more(company: Company, plan: Plan, then: Plan, weeks: int, than: Plan) -> pd.Series[float]:
    """By how much each quarter's profit is above that of the plan `than`, left alone."""
    import pandas as pd

    known = company.truth.parameters
    world = known["seed"], known["people"]
    ours = _quarters(*world, plan, then, weeks)
    return pd.Series(ours) - pd.Series(_quarters(*world, than, than, QUARTER))


def slow_first_quarter(company: Company) -> bool:
    """The first quarter brings less than a fourth of the goal, the year brings all of it."""
    more = _more(company, SEVEN, SEVEN, QUARTER, TODAY)
    return bool(more[0] < GOAL / 4 and more.sum() >= GOAL)


def cheaper_loses(company: Company) -> bool:
    """Prices cut by 10% after the first quarter cost profit against the plan left alone."""
    return bool(_more(company, SEVEN, CHEAPER, QUARTER, SEVEN).sum() < 0)


def less_promotion_pays(company: Company) -> bool:
    """No promotions from the third quarter on earn more than the plan left alone."""
    return bool(_more(company, SEVEN, NO_DEALS, 2 * QUARTER, SEVEN).sum() > 0)


def luck_is_larger(company: Company) -> bool:
    """Luck moves a quarter by more than most of the seven Ps alone do, in the mean."""
    books = company.truth.profit
    weekly = float((books["profit"] - books["expected_profit"]).std())
    luck = 1.96 * weekly * QUARTER**0.5
    plans = [TODAY.but(**part) for part in PARTS.values()]
    moved = [_more(company, plan, plan, QUARTER, TODAY).abs().mean() for plan in plans]
    return bool(sum(one < luck for one in moved) > len(moved) / 2)


def ads_are_missed_later(company: Company) -> bool:
    """Half the ads earn more in the first quarter, and customers bring less the year after."""
    from mktlab.market.score import judge

    now = _more(company, HALF_ADS, HALF_ADS, QUARTER, TODAY)[0]
    merit, _ = judge(HALF_ADS, seeds=(company.truth.parameters["seed"],))
    return bool(now > 0 > merit.equity)


CLAIMS = (
    Claim(
        say(
            "With a goal for the year divided by four, the seven Ps miss it in the first quarter, "
            "and reach it in the year."
        ),
        slow_first_quarter,
        at_least=17,
    ),
    Claim(
        say(
            "Shop prices cut by 10% after the first quarter earn less in the year than the plan "
            "left alone."
        ),
        cheaper_loses,
        at_least=18,
    ),
    Claim(
        say(
            "Luck moves a quarter's profit by more than most of the seven Ps do alone, in the mean."
        ),
        luck_is_larger,
        at_least=16,
    ),
    Claim(
        say("No promotions from the third quarter on earn more than the plan left alone."),
        less_promotion_pays,
        at_least=17,
    ),
    Claim(
        say(
            "Half the ads earn more in the first quarter, and leave customers who bring less in "
            "the year after."
        ),
        ads_are_missed_later,
        at_least=18,
    ),
)
