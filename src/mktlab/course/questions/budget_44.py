"""The budget of exercise 44: how it is read, what it earns, and what people choose instead."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_44 import STEP, credit, returns, today
from mktlab.plan import Plan
from mktlab.plan.mix import CHANNELS
from mktlab.show.formats import decimal
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


def budget_of(answer: Any, choices: tuple[tuple[str, ...], float]) -> pd.Series[float]:
    """A budget: euros a week for each channel, today's total in all."""
    names, most = choices
    answer = pd.Series(answer, dtype=object) if type(answer) is dict else answer
    index = pd.Index(names, name="channel")
    places = pd.Series(np.arange(float(len(names))), index, name="euros")
    found = pairs(answer, places)
    if not found:
        asked = say("Give the euros a week for each channel.")
        raise Unreadable(difference(answer, places) or asked)
    (pair,) = found.values()
    euros = pair.mine[np.argsort(pair.theirs)]
    budget = pd.Series(euros, index, name="euros", dtype=float)
    total = float(budget.sum())
    if not np.isfinite(budget).all() or (budget < 0).any():
        raise Unreadable(say("A channel has a budget below 0, or none: give 0 or more euros."))
    if total <= 1.5:
        raise Unreadable(
            say("Your budget adds up to {sum}: give euros a week, not shares.", sum=round(total, 2))
        )
    if 98 < total < 102:
        raise Unreadable(say("Your budget adds up to 100: give euros a week, not percents."))
    if abs(total - most) > 0.01 * most:
        raise Unreadable(
            say(
                "Your budget adds up to {total:count} euros a week: share out all {most:count}.",
                total=total,
                most=most,
            )
        )
    return budget


def near(budget: pd.Series[float], other: pd.Series[float]) -> bool:
    """Budgets of which at most 4% lie elsewhere."""
    return float((budget - other).abs().sum()) <= 0.08 * float(other.sum())


def shared(part: pd.Series[float]) -> pd.Series[float]:
    """Today's euros, shared out in this proportion."""
    part = part.reindex(today().index).fillna(0.0)
    return (today().sum() * part / part.sum()).rename("euros")


def best(company: Company) -> pd.Series[float]:
    """Each ten euros go where, by the tests, they bring most."""
    table = returns(company)
    now, per_euro = table["today"], table["per_euro"]
    euros = 0.0 * now

    def brings(spent: pd.Series[float]) -> pd.Series[float]:
        return per_euro * now * 2 * spent / (spent + now)

    for _ in range(round(now.sum() / STEP)):
        euros.iloc[int((brings(euros + STEP) - brings(euros)).to_numpy().argmax())] += STEP
    return euros.rename("euros")


def by_returns_of_next(
    company: Company, euros: pd.Series[float], _: pd.Series[float]
) -> Slip | None:
    """What is wrong with a budget: what its next euro brings differs from channel to channel."""
    table = returns(company)
    now = table["today"]
    brings = table["per_euro"] * 2 * now**2 / (euros.reindex(now.index) + now) ** 2
    funded = brings[euros.reindex(now.index) > 0]
    if brings.max() > 1.5 * funded.min():
        told = say(
            "The next euro brings {times} times as much on one channel as on another: move euros "
            "from where it brings least to where it brings most, and look again after each step.",
            times=decimal(float(brings.max() / funded.min()), 1),
        )
        return Slip(say("the next euro does not bring the same everywhere"), told)
    told = say("The next euro brings nearly the same everywhere: make your steps smaller.")
    return Slip(say("your steps are too large"), told)


@lru_cache(maxsize=256)
def played(seed: int, people: int, euros: tuple[float, ...]) -> float:
    from mktlab import market

    promotion = dict(zip(CHANNELS, euros, strict=True))
    plan = Plan.baseline().but(budget=1_000_000, promotion=promotion)
    books = market.start(plan, seed=seed, people=people).advance(52).pnl()
    return float(books.set_index("account")["expected_difference"]["profit"])


def by_return(company: Company) -> pd.Series[float]:
    return shared(returns(company)["per_euro"])


def all_on_one(company: Company) -> pd.Series[float]:
    per_euro = returns(company)["per_euro"]
    return shared((per_euro == per_euro.max()).astype(float))


def guesses(company: Company) -> dict[str, pd.Series[float]]:
    """Budgets that need no look at what the next euro brings."""
    now, best = today(), returns(company)["per_euro"].nlargest(3).index
    made = {model: shared(credit(company, model=model)) for model in attribution.MODELS}
    made["brand_to_radio"] = moved(radio=1.0)
    made["best_three"] = shared(pd.Series(1.0, best))
    made["best_three_as_today"] = shared(now[best])
    made["round"] = pd.Series([0.0, 300, 300, 100, 330, 300], now.index)
    made["round_thirds"] = pd.Series([0.0, 300, 300, 0, 430, 300], now.index)
    made["double_the_best"] = pd.Series([0.0, 280, 330, 180, 360, 180], now.index)
    made["round_by_rank"] = pd.Series([50.0, 250, 250, 100, 380, 300], now.index)
    return made


def moved(**to: float) -> pd.Series[float]:
    """Today's budget, but what brand search has goes elsewhere."""
    euros = today()
    spare = float(euros["search_brand"])
    euros["search_brand"] = 0.0
    for name, part in to.items():
        euros[name] += part * spare
    return euros
