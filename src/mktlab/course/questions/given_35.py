"""What exercise 35 hands out, and what the box leaves at each price when the market plays it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import survival
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.plan import Plan
from mktlab.plan.costs import BOX_GOODS
from mktlab.plan.mix import BASE
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

TODAY = BASE.price.box
PLANS = {"one_year": 52, "three_years": 156}
COSTS = (12.5, 12.7, 12.9, 13.1)
STARTS = -1.8
LOWEST, HIGHEST = 17.0, 45.0
_ENDS = {"payment_failure": "failed", "customer_left": "left"}
CAUSES = {name.replace("_", " "): cause for name, cause in _ENDS.items()}
BOXES = Path(__file__).with_name("lesson_35.csv")
"""Boxes that are sent at each price; written by `python -m mktlab.course.questions.given_35`."""
FIRST = (1, 4, 14)
GOODS = "box_goods".replace("_", " ")  # the account in the books
EVERY = survival.contracts.EVERY


def _drawn(company: Company, size: int, turn: int = 0) -> int:
    rng = np.random.default_rng([len(company.orders), turn])
    return int(rng.integers(size))


def newsletter(company: Company) -> bool:
    """Whether questions 1 to 3 are about customers who get the newsletter, or about the others."""
    return bool(_drawn(company, 2, 35))


def cost(company: Company) -> float:
    """What a box will cost in goods and postage."""
    return COSTS[_drawn(company, len(COSTS), 36)]


def log_start(company: Company) -> pd.Timestamp:
    return pd.Timestamp(company.orders["order_date"].min())


@lru_cache(maxsize=8)
def contracts(company: Company, all_of_them: bool = False) -> pd.DataFrame:
    """Contracts of the customers of questions 1 to 3, or all."""
    table, people = company.subscriptions, company.customers
    wanted = people.loc[people["email_opt_in"] == newsletter(company), "customer_id"]
    some = table["customer_id"].isin(wanted) | all_of_them
    return table[some].reset_index(drop=True)


@lru_cache(maxsize=8)
def lives(company: Company, all_of_them: bool = False) -> pd.DataFrame:
    """The renewals that were seen of them."""
    return survival.lives(
        contracts(company, all_of_them),
        today=company.today,
        since=log_start(company),
        causes=CAUSES,
    )


@lru_cache(maxsize=4)
def test(company: Company) -> pd.DataFrame:
    """The test of prices: a row per renewal, with its number, and what ended until the next."""
    table = company.subscriptions.set_index("subscription_id")
    rows = company.box_price_test
    began = rows["subscription_id"].map(table["started_date"])
    ends = rows["subscription_id"].map(table["ended_date"])
    renewal = (rows["date"] - began).dt.days // EVERY
    soon = ends < rows["date"] + pd.Timedelta(days=EVERY)
    return rows.assign(
        entry=renewal - 1, age=renewal, log_price=np.log(rows["price"] / TODAY), ended=soon
    )


@lru_cache(maxsize=8)
def power(company: Company, event: str = "canceled") -> float:
    """The elasticity of cancellations to the price of the next box."""
    told = survival.cox(test(company), ["log_price"], event=event)
    return float(np.log(told["ratio"].iloc[0]))


@lru_cache(maxsize=4)
def running(company: Company) -> pd.Series[float]:
    """Contracts that run today, by the renewals that each has behind it."""
    table = company.subscriptions
    some = table[table["ended_date"].isna()]
    behind = ((company.today - some["started_date"]).dt.days - 1) // EVERY
    counts: pd.Series[float] = behind.value_counts().sort_index().astype(float)
    return counts.rename_axis("renewals")


def starts(company: Company) -> float:
    """New contracts in four weeks, mean of the last 52."""
    began = company.subscriptions["started_date"]
    return round(float((began >= company.today - pd.Timedelta(weeks=52)).sum()) / 13, 1)


@lru_cache(maxsize=4)
def _chances(company: Company) -> pd.DataFrame:
    return survival.chances(lives(company, True), first=FIRST)


def leaves(
    company: Company,
    price: float,
    weeks: int,
    unit_cost: float,
    *,
    moved: str = "canceled",
    on_starts: float = STARTS,
    elasticity: float | None = None,
) -> float:
    """What the box will leave at a price, as the tables tell it."""
    told, ratio = _chances(company), price / TODAY
    lift = ratio ** (power(company) if elasticity is None else elasticity) - 1
    chance = (told["ended"] + told[moved] * lift).clip(upper=1.0)
    paid = survival.ahead(
        chance,
        running=running(company),
        starts=starts(company) * ratio**on_starts,
        periods=weeks // (EVERY // 7),
    )
    return float(paid.sum()) * (price - unit_cost)


def pair(*prices: float) -> pd.Series[float]:
    """A price for each plan: for a year, then for three."""
    index = pd.Index(list(PLANS), name="plan")
    return pd.Series(prices, index, name="price", dtype=float)


@lru_cache(maxsize=64)
def likeliest(company: Company, **turned: Any) -> pd.Series[float]:
    """The prices at which the box leaves most, by `leaves`."""
    spent, found = cost(company), []
    prices = np.arange(LOWEST, HIGHEST + 0.25, 0.5)
    for weeks in PLANS.values():
        left = [leaves(company, float(price), weeks, spent, **turned) for price in prices]
        found.append(float(prices[int(np.argmax(left))]))
    return pair(*found)


@cache
def _boxes(plan: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A smooth curve through the boxes that were sent: its coefficients, in logs."""
    table = pd.read_csv(BOXES)
    table = table[table["plan"] == plan]
    return np.polyfit(np.log(table["price"] / TODAY), np.log(table["boxes"]), 3)


def gain(company: Company, plan: str, price: float) -> float:
    """What the box leaves at a price, more than at today's, when the market plays it."""
    _ = company.truth.parameters  # where the market is real, nobody knows
    at = [(float(np.exp(np.polyval(_boxes(plan), np.log(p / TODAY)))), p) for p in (price, TODAY)]
    mine, usual = (boxes * (p - cost(company)) for boxes, p in at)
    return mine - usual


@lru_cache(maxsize=4)
def best(company: Company) -> pd.Series[float]:
    prices = np.round(np.arange(LOWEST, HIGHEST + 0.05, 0.1), 1)
    found = [[gain(company, plan, float(price)) for price in prices] for plan in PLANS]
    return pair(*(float(prices[int(np.argmax(each))]) for each in found))


def read(answer: Any, _: Any) -> pd.Series[float]:
    """Two prices in the order of the plans, or by their names."""
    asked = say("Give two prices: one for a year, and one for three years, in this order.")
    named = isinstance(answer, pd.Series | pd.DataFrame) and not isinstance(
        answer.index, pd.RangeIndex
    )
    if isinstance(answer, str | int | float | np.number | set):
        raise Unreadable(asked)
    if type(answer) is dict and not set(answer) & set(PLANS):
        answer = list(answer.values())
    if named or isinstance(answer, dict) or hasattr(answer, "columns"):
        told = pd.Series(answer, dtype=object) if type(answer) is dict else answer
        found = pairs(told, pair(1.0, 2.0))
        if not found:
            raise Unreadable(difference(told, pair(1.0, 2.0)) or asked)
        (one,) = found.values()
        values = np.asarray(one.mine, dtype=float)[np.argsort(one.theirs)]
    else:
        try:
            values = np.ravel(np.asarray(answer, dtype=float))
        except (TypeError, ValueError):
            raise Unreadable(asked) from None
    if len(values) != len(PLANS) or not np.isfinite(values).all():
        raise Unreadable(asked)
    if values.min() < LOWEST or values.max() > HIGHEST:
        raise Unreadable(
            say(
                "Your prices reach from {low:decimal} to {high:decimal}: the market was played "
                "with prices from {least:count} to {most:count}.",
                low=float(values.min()),
                high=float(values.max()),
                least=LOWEST,
                most=HIGHEST,
            )
        )
    return pair(*values)


def amiss(company: Company, choice: pd.Series[float], right: pd.Series[float]) -> Slip:
    """Which of the two prices loses most, without saying which would be right."""
    lost = [gain(company, plan, right[plan]) - gain(company, plan, choice[plan]) for plan in PLANS]
    if lost[0] > lost[1]:
        told = say("Most is lost in the plan of one year: play 13 periods at several prices.")
        return Slip(say("the price for one year"), told)
    told = say(
        "Most is lost in the plan of three years: play 39 periods at several prices. Both "
        "cancellations and starts move with the price, and no other end."
    )
    return Slip(say("the price for three years"), told)


def near(mine: pd.Series[float], other: pd.Series[float]) -> bool:
    """Both prices at most 3% apart."""
    return bool(((mine / other - 1).abs() <= 0.03).all())


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "contracts": contracts(company),
        "since": log_start(company),
        "causes": CAUSES,
        "test": test(company),
        "all_contracts": contracts(company, True),
        "running": running(company),
        "starts": starts(company),
        "cost": cost(company),
    }


def played() -> pd.DataFrame:
    """Boxes of a year and of three at each price, mean of three hidden worlds."""
    from mktlab import market
    from mktlab.market.score import HIDDEN_SEEDS

    rows = []
    for price in np.arange(LOWEST, HIGHEST + 1, 2):
        plan = Plan.baseline().but(name="Box", budget=5_000_000, price={"box": float(price)})
        for seed in HIDDEN_SEEDS[:3]:
            season = market.start(plan, seed=seed)
            for name, weeks in PLANS.items():
                season.advance(weeks - season.week)
                goods = season.pnl().set_index("account")["plan"].to_dict()[GOODS]
                rows.append((name, price, -float(goods) / BOX_GOODS))
    table = pd.DataFrame(rows, columns=["plan", "price", "boxes"])
    return table.groupby(["plan", "price"])["boxes"].mean().round(1).reset_index()


if __name__ == "__main__":  # six minutes
    played().to_csv(BOXES, index=False, lineterminator="\n")
