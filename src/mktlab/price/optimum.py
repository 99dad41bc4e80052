"""What prices earn: `outcomes` for some prices, `best_price` for the one that earns most."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mktlab.price.checks import numbers, one_number
from mktlab.price.elasticity import Elasticity
from mktlab.schema import MktlabError
from mktlab.show.words import label, say


@dataclass(frozen=True)
class BestPrice:
    """The price that earns most within the limits, and what decides it.

    `decided_by` is "demand" when that price lies inside the limits, else the limit's name. It is
    "highest_tried" (or lowest, or only) where nobody tried what lies beyond, and "loss" where
    nothing is earned at any price allowed: then no price is proposed, and `price` is NaN. `free` is
    the best price without limits (of those tried), or None where there is none. Prices `beside` it
    earn "less" or "no_more", or those that are "dearer", "cheaper" or "either" were never tried.
    """

    price: float
    decided_by: str
    free: float | None
    beside: str = "less"

    def __repr__(self) -> str:
        if self.decided_by == "loss":
            return say("No best price: nothing is earned at any price allowed.")
        beside = {
            "less": say("dearer or cheaper earns less"),
            "no_more": say("dearer or cheaper earns no more"),
            "dearer": say("dearer ones may earn more"),
            "cheaper": say("cheaper ones may earn more"),
            "either": say("cheaper or dearer ones may earn more"),
        }[self.beside]
        tried = {
            "highest_tried": say("the highest price tried"),
            "lowest_tried": say("the lowest price tried"),
            "only_tried": say("the only price tried"),
        }
        facts: dict[str, Any] = {"price": self.price, "free": self.free, "beside": beside}
        if self.decided_by == "demand":
            return say("{price:decimal.2}: {beside}.", **facts)
        if self.decided_by in tried:
            return say(
                "No best price yet: the margin is highest at {free:decimal.2}, {tried}; {beside}.",
                tried=tried[self.decided_by],
                **facts,
            )
        facts["limit"] = label(self.decided_by)
        if self.free is None:
            return say(
                "{price:decimal.2}: {limit} decides; without limits there is no best price.",
                **facts,
            )
        if self.free == self.price:
            return say("{price:decimal.2}: {limit} decides; {beside}.", **facts)
        if self.beside in ("less", "no_more"):
            return say(
                "{price:decimal.2}: {limit} decides; without limits it would be {free:decimal.2}.",
                **facts,
            )
        return say(
            "{price:decimal.2}: {limit} decides; without limits it would be {free:decimal.2}, and "
            "{beside}.",
            **facts,
        )


def outcomes(
    prices: Iterable[float],
    *,
    elasticity: float | Elasticity,
    unit_cost: float,
    price_now: float,
    pieces_now: float,
) -> pd.DataFrame:
    """What each price would sell and earn, if the elasticity holds that far.

    pieces = pieces_now * (price / price_now) ** elasticity; margin = pieces * (price - unit_cost).

    Parameters
    ----------
    prices
        Prices of one piece, above 0.
    elasticity
        A number, or what an estimator gave.
    unit_cost
        What one piece more costs, in all.
    price_now, pieces_now
        Where one stands today.

    Returns
    -------
    A row per price: `price, pieces, revenue, margin` (in the currency of the prices) and
    `margin_rate` (share of the price).

    Raises
    ------
    MktlabError
        When a number is missing, infinite or not above 0.

    Examples
    --------
    >>> table = outcomes([10, 20], elasticity=-1, unit_cost=4, price_now=10, pieces_now=100)
    >>> table[["pieces", "margin"]].values.tolist()
    [[100.0, 600.0], [50.0, 800.0]]
    """
    caller = "outcomes"
    table = numbers(pd.DataFrame({"price": list(prices)}), ["price"], caller, positive=True)
    slope = _slope(elasticity, caller)
    cost = one_number(unit_cost, "unit_cost", caller, above=0)
    now = one_number(price_now, "price_now", caller, above=0)
    sold = one_number(pieces_now, "pieces_now", caller, above=0)
    pieces = sold * (table["price"] / now) ** slope
    return table.assign(
        pieces=pieces,
        revenue=pieces * table["price"],
        margin=pieces * (table["price"] - cost),
        margin_rate=1 - cost / table["price"],
    )


def best_price(
    demand: float | Elasticity | pd.DataFrame,
    unit_cost: float,
    *,
    low: float | None = None,
    high: float | None = None,
    least_margin: float = 0.0,
) -> BestPrice:
    """The price with the highest margin in money, within limits.

    At a constant elasticity e below -1 it is unit_cost * e / (1 + e). Between -1 and 0 every dearer
    price earns more: there is no best price, and the upper limit decides.

    Parameters
    ----------
    demand
        An elasticity, or a table of demand points, `price` and `pieces`: then one of its prices is
        chosen, the lowest of those that earn alike. Where the margin still rises at the border of
        what was tried, the answer says so and proposes no price.
    unit_cost
        What one piece more costs, in all.
    low, high
        Limits of the price, both allowed.
    least_margin
        Margin to be kept, as a share of the price: .4 asks for a price of unit_cost / .6 or more.

    Raises
    ------
    MktlabError
        When the limits leave no price, when there is no best price and no upper limit, when people
        are said to buy more at a higher price, or when a number is odd.

    References
    ----------
    Lerner, A. P. (1934). The concept of monopoly and the measurement of monopoly power. *Review of
    Economic Studies*, 1(3).

    Examples
    --------
    >>> best_price(-2, 5)  # 5 * -2 / -1
    10.00: dearer or cheaper earns less.
    >>> best_price(-0.6, 5, high=12)
    12.00: high decides; without limits there is no best price.
    >>> best_price(pd.DataFrame({"price": [8, 9, 10], "pieces": [30, 25, 15]}), 5)
    9.00: dearer or cheaper earns less.
    >>> best_price(pd.DataFrame({"price": [8, 9, 10], "pieces": [30, 28, 27]}), 5)
    No best price yet: the margin is highest at 10.00, the highest price tried; dearer ones may \
earn more.
    """
    caller = "best_price"
    cost = one_number(unit_cost, "unit_cost", caller, above=0)
    share = one_number(least_margin, "least_margin", caller)
    if not 0 <= share < 1:
        raise MktlabError(
            say(
                "{caller}: least_margin is {share:g}; give a share from 0 to below 1.",
                caller=caller,
                share=share,
            )
        )
    floors = {"low": one_number(low, "low", caller, above=0) if low is not None else 0.0}
    floors["least_margin"] = cost / (1 - share) if share else 0.0
    floor = max(floors, key=lambda name: floors[name])
    lowest = floors[floor]
    highest = one_number(high, "high", caller, above=0) if high is not None else math.inf
    if lowest > highest:
        raise MktlabError(
            say(
                "{caller}: no price is allowed: {floor} asks for {lowest:decimal.2} or more, high "
                "for {highest:decimal.2} or less; loosen one of them.",
                caller=caller,
                floor=floor,
                lowest=lowest,
                highest=highest,
            )
        )
    if isinstance(demand, pd.DataFrame):
        return _best_point(demand, cost, lowest, highest, floor)
    free = _free(_slope(demand, caller), cost, highest)
    if highest < cost:
        return BestPrice(math.nan, "loss", free)
    if free is None or free > highest:
        return BestPrice(highest, "high", free)
    return BestPrice(lowest, floor, free) if free < lowest else BestPrice(free, "demand", free)


def _free(slope: float, cost: float, highest: float) -> float | None:
    """The best price without limits, or None where every dearer price earns more."""
    if slope >= 0:
        raise MktlabError(
            say(
                "best_price: an elasticity of {slope:decimal.2} says that people buy more when it "
                "is dearer, and no price follows from that; measure with prices that demand did "
                "not set.",
                slope=slope,
            )
        )
    if slope >= -1 and highest == math.inf:
        raise MktlabError(
            say(
                "best_price: at an elasticity of {slope:decimal.2} every dearer price earns more, "
                "so there is no best price; give the highest price that you would ask, high=...",
                slope=slope,
            )
        )
    return cost * slope / (1 + slope) if slope < -1 else None


def _best_point(
    demand: pd.DataFrame, cost: float, lowest: float, highest: float, floor: str
) -> BestPrice:
    caller = "best_price"
    points = numbers(demand, ["price"], caller, positive=True).join(
        numbers(demand, ["pieces"], caller)
    )
    points = points.assign(margin=points["pieces"] * (points["price"] - cost))
    allowed = points[points["price"].between(lowest, highest)]
    if allowed.empty:
        raise MktlabError(
            say(
                "{caller}: none of the {points} prices lies from {lowest:decimal.2} to "
                "{highest:decimal.2}; give more prices or loosen a limit.",
                caller=caller,
                points=len(points),
                lowest=lowest,
                highest=highest,
            )
        )
    best, price = _most(points), float(_most(allowed).min())
    free, cheapest, dearest = float(best.min()), points["price"].min(), points["price"].max()
    cheaper, dearer = free == cheapest, best.max() == dearest  # is it an end of what was tried?
    beside = "less" if len(best) == 1 else "no_more"
    if allowed["margin"].max() <= 0:
        return BestPrice(math.nan, "loss", free, beside)
    if cheaper or dearer:
        beside = "either" if cheaper and dearer else "cheaper" if cheaper else "dearer"
    if not lowest <= free <= highest:
        return BestPrice(price, "high" if free > highest else floor, free, beside)
    if not (cheaper or dearer):
        return BestPrice(price, "demand", free, beside)
    if not ((cheaper and lowest < cheapest) or (dearer and highest > dearest)):
        return BestPrice(price, "high" if dearer else floor, free, beside)
    if cheapest == dearest:
        return BestPrice(math.nan, "only_tried", free, beside)
    if dearer:
        return BestPrice(math.nan, "highest_tried", float(dearest), beside)
    return BestPrice(math.nan, "lowest_tried", free, beside)


def _most(points: pd.DataFrame) -> pd.Series[float]:
    """The prices that earn most, which may be several."""
    most: pd.Series[float] = points.loc[points["margin"] == points["margin"].max(), "price"]
    return most.drop_duplicates()


def _slope(elasticity: object, caller: str) -> float:
    value = elasticity.value if isinstance(elasticity, Elasticity) else elasticity
    return one_number(value, "elasticity", caller)
