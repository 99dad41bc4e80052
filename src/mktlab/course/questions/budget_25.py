"""The campaign and the budget of exercise 25: how they are read, what they are worth, guesses."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_25 import (
    MONEY,
    SUPPORTS,
    WITHIN,
    chances,
    cheapest_contacts,
    elsewhere,
    model,
    more,
    new_customers,
    paid,
    prices,
    target,
    today,
)
from mktlab.plan import Plan
from mktlab.plan.mix import CHANNELS
from mktlab.promotion import allocate
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.promotion.sampler import Floats


def _by_name(answer: Any, names: tuple[str, ...], index: str, of: str, asked: str) -> Any:
    """A number for each name, from a dictionary, a Series or a table."""
    answer = pd.Series(answer, dtype=object) if type(answer) is dict else answer
    places = pd.Series(np.arange(float(len(names))), pd.Index(names, name=index), name=of)
    found = pairs(answer, places)
    if not found:
        raise Unreadable(difference(answer, places) or asked)
    (pair,) = found.values()
    mine = pair.mine[np.argsort(pair.theirs)]
    numbers = pd.Series(mine, places.index, name=of, dtype=float)
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise Unreadable(say("One of your numbers is below 0, or is none: give 0 or more."))
    return numbers


def campaign_of(answer: Any, choices: tuple[dict[str, Floats], float]) -> pd.Series[float]:
    """A campaign: whole insertions in each support, which the money pays for."""
    table, most = choices
    asked = say("Give the insertions in each support.")
    found = _by_name(answer, SUPPORTS, "support", "insertions", asked)
    top = min(len(table[name]) for name in SUPPORTS) - 1
    if (found != found.round()).any() or (found > top).any():
        raise Unreadable(say("An insertion is whole: give numbers from 0 to {top}.", top=top))
    plan = {name: int(number) for name, number in zip(SUPPORTS, found, strict=True)}
    cost = sum(float(table[name][number]) for name, number in plan.items())
    if cost > most:
        raise Unreadable(
            say(
                "Your campaign costs {cost:count} euros: there are {most:count}.",
                cost=cost,
                most=most,
            )
        )
    if cost == 0:
        raise Unreadable(say("Your campaign buys nothing: share out the money."))
    return of_supports(plan)


def of_supports(plan: dict[str, int]) -> pd.Series[float]:
    """Insertions by support, as a Series."""
    index = pd.Index(SUPPORTS, name="support")
    return pd.Series([float(plan[name]) for name in SUPPORTS], index, name="insertions")


def numbers_of(plan: pd.Series[float]) -> dict[str, int]:
    """Insertions by support, as whole numbers."""
    return {name: int(number) for name, number in zip(SUPPORTS, plan, strict=True)}


def budget_of(answer: Any, choices: tuple[tuple[str, ...], float]) -> pd.Series[float]:
    """A budget: euros a week for each channel, today's total in all."""
    names, most = choices
    asked = say("Give the euros a week for each channel.")
    budget: pd.Series[float] = _by_name(answer, names, "channel", "euros", asked)
    total = float(budget.sum())
    if total <= 1.5 or 98 < total < 102:
        raise Unreadable(
            say("Your budget adds up to {sum:decimal.1}: give euros a week, not parts.", sum=total)
        )
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
    """Of which at most 4% lie elsewhere."""
    return float((budget - other).abs().sum()) <= 0.08 * float(other.sum())


def fitted(plan: dict[str, int], company: Company) -> pd.Series[float]:
    """The campaign, with insertions taken off one by one where it costs too much."""
    plan = dict(plan)
    while paid(company, plan) > MONEY:
        plan[max(plan, key=lambda name: plan[name])] -= 1
    return of_supports(plan)


def campaigns(company: Company) -> dict[str, pd.Series[float]]:
    """Campaigns by ways that do not ask whom nothing has met yet."""
    table = prices(company)
    top = min(len(table[name]) for name in SUPPORTS)
    same = [n for n in range(1, top) if paid(company, dict.fromkeys(SUPPORTS, n)) <= MONEY]
    found = {
        "cheapest": cheapest_contacts(company, SUPPORTS),
        "thirds": {name: int((table[name] <= MONEY / 3).sum()) - 1 for name in SUPPORTS},
        "as_often": dict.fromkeys(SUPPORTS, max(same)),
    }
    for name in SUPPORTS:
        alone = int((table[name] <= MONEY).sum()) - 1
        found[f"only_{name}"] = dict.fromkeys(SUPPORTS, 0) | {name: alone}
    return {name: of_supports(plan) for name, plan in found.items()}


def not_yet_met(company: Company, bought: pd.Series[float], _: pd.Series[float]) -> Slip | None:
    """What is wrong with a campaign: money left, or a support in which a euro meets fewer."""
    plan = numbers_of(bought)
    (chance, part), costs = chances(target(company)), more(company, plan)
    if MONEY - paid(company, plan) >= min(costs.values()):
        told = say("Money for another insertion is left: buy the one that meets most new people.")
        return Slip(say("not all of the money is spent"), told)
    missed = part.to_numpy(float)
    for name, number in plan.items():
        missed = missed * (1 - chance[name].to_numpy(float)) ** number
    gain = {name: float(missed @ chance[name]) / cost for name, cost in costs.items()}
    best, worst = max(gain, key=lambda s: gain[s]), min(gain, key=lambda s: gain[s])
    told = say(
        "For its price, another insertion in {best} would meet more new people than one in "
        "{worst}: move money from the one to the other, and look again.",
        best=best.replace("_", " "),
        worst=worst.replace("_", " "),
    )
    return Slip(say("the next insertion does not meet as many everywhere"), told)


def best_budget(company: Company) -> pd.Series[float]:
    """The budget in which the model's next euro brings the same everywhere."""
    found = allocate(model(company, told=True), today(), within=WITHIN).budget
    return found.reindex(list(CHANNELS)).rename_axis("channel").rename("euros")


def next_euro(company: Company, euros: pd.Series[float], _: pd.Series[float]) -> Slip | None:
    """What is wrong with a budget: what its next euro brings differs from channel to channel."""
    found = model(company, told=True)
    brings = found.marginal(euros.reindex(found.today.index)).mean(axis=0)
    funded = brings[euros.reindex(found.today.index).to_numpy(float) > 0]
    if brings.max() > 1.5 * funded.min():
        told = say(
            "By the model with `elsewhere`, the next euro brings {times:decimal.1} times as much "
            "on one channel as on another: let `promotion.allocate` move euros until it is the "
            "same.",
            times=float(brings.max() / funded.min()),
        )
        return Slip(say("the next euro does not bring the same everywhere"), told)
    told = say("The next euro brings nearly the same everywhere: move the last few euros, too.")
    return Slip(say("your steps are too large"), told)


@lru_cache(maxsize=256)
def played(seed: int, people: int, euros: tuple[float, ...]) -> float:
    """Profit of a year with this budget, more than with today's."""
    from mktlab import market

    promotion = dict(zip(CHANNELS, euros, strict=True))
    plan = Plan.baseline().but(budget=1_000_000, promotion=promotion)
    books = market.start(plan, seed=seed, people=people).advance(52).pnl()
    return float(books.set_index("account")["expected_difference"]["profit"])


def shared(part: pd.Series[float]) -> pd.Series[float]:
    """Today's euros, shared out in this proportion."""
    part = part.reindex(today().index).fillna(0.0).clip(lower=0.0)
    return (today().sum() * part / part.sum()).rename("euros")


@lru_cache(maxsize=2)
def by_weeks(company: Company) -> pd.Series[float]:
    """What a euro seems to bring from week to week, by channel."""
    spent = company.ad_spend.pivot_table(
        index="week", columns="channel", values="spend", aggfunc="sum"
    )
    new = new_customers(company).groupby("week").sum().reindex(spent.index).fillna(0.0)
    return pd.Series({name: float(np.polyfit(spent[name], new, 1)[0]) for name in spent})


def budgets(company: Company) -> dict[str, pd.Series[float]]:
    """Budgets that follow credit, weeks, own weak tests, the mean euro, or nothing."""
    table = attribution.attribute(attribution.paths(company)).set_index("channel")
    each = elsewhere(company).set_index("channel")["per_euro"]
    own = allocate(model(company), today(), within=WITHIN).budget
    no_brand = today().where(today().index != "search_brand", 0.0)
    top = (each == each.max()).astype(float)
    return {
        "last_click": shared(table["credit"]),
        "the_weeks": shared(by_weeks(company).clip(lower=0.0)),
        "own_tests": own.reindex(list(CHANNELS)).rename("euros"),
        "by_return": shared(each),
        "equal": shared(pd.Series(1.0, list(CHANNELS))),
        "as_today": today(),
        "all_on_one": shared(top),
        "brand_alone": shared(no_brand),
    }
