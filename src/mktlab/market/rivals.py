"""The market around the company: its rivals, what residents need for the home, who sells it.

`RIVALS` is a table of assumptions, to be read like a market study. `weekly_need` says how much
coffee and tea for the home the residents buy in a week, whoever sells it: season and shocks move
it, the company does not. What the company sells is taken from rivals in proportion to their share
and to how close they are (`closeness`, `divide`); nothing here feeds back into demand. `market` is
the truth by quarter, `standing` the company's share and penetration over any weeks. Cafés, boxes
and delivery fees are no part of this market.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.prices import START, seasons, usual_season, weeks_of_year
from mktlab.market.state import History, Week
from mktlab.market.world import People

OURS = "Maison Solane"
OTHERS = "others"
ATTRIBUTES = ("taste", "value", "sustainability", "convenience", "gifts", "service")


class Rival(NamedTuple):
    """A brand that sells to the same people."""

    name: str
    image: tuple[float, ...]  # of those who know it, who say that it has each of `ATTRIBUTES`
    price: float  # 100 is the company's list price
    awareness: float
    ticket: float  # euros with tax of a usual purchase


# fmt: off
RIVALS = (
    Rival("Torréval", (.60, .50, .34, .80, .34, .30), 75, .62, 12),  # supermarkets, premium
    Rival("Café Lumance", (.40, .66, .22, .84, .16, .24), 60, .48, 10),  # supermarkets, everyday
    Rival("Valmarché", (.26, .82, .26, .80, .06, .18), 45, .90, 9),  # a supermarket's own label
    Rival("Capsélia", (.68, .34, .30, .66, .56, .46), 105, .70, 38),  # capsules, shops and web
    Rival("Vasselin", (.84, .40, .58, .34, .60, .82), 110, .22, 18),  # a local roaster
    Rival(OTHERS, (.50, .52, .34, .62, .34, .40), 80, .50, 14),
)
IMAGE = (.78, .46, .62, .50, .66, .70)  # of the company, with everything as today
# fmt: on
IMPORTANCE: Floats = np.array([2.0, 2.0, 0.5, 2.5, 0.5, 1.0])  # of the attributes, to buyers
PRICE_WEIGHT = 0.5  # of the log price
NEED = 230.0
"""Euros with tax that a resident, who buys for a household, spends in a year. An assumption: twice
the coffee that a French household buys in super- and hypermarkets (2.8 billion euros in 2018), for
tea, gifts, capsule shops and roasters; our shops then have a fifth to a quarter of the market."""
CATEGORY_MIX: Floats = np.array([0.10, 0.35, 0.33, 0.06, 0.16])  # of the need, as `CATEGORIES`
SEASON = 0.5  # of the company's season: the town's need swings less than its own sales
MARKET_SHOCK = 0.02  # log, by quarter
RIVAL_SHOCK = 0.04  # log, by quarter and rival
UNEQUAL = 0.5  # shape of the gamma distribution of purchases: the lower, the more unequal
FOOD_TAX = 0.055  # of all we sell; the barista set bears more, which is half a percent of sales
MOST = 0.9  # of the market, whatever the company sells


def residents(people: People) -> int:
    """Size of the town."""
    return people.residents


def brands() -> tuple[str, ...]:
    """The company, its rivals, and all others as one."""
    return (OURS, *(rival.name for rival in RIVALS))


def appeal() -> Floats:
    """Shares of the rivals in a town without the company: a logit of image, price, awareness."""
    image, price, awareness = _traits()
    pull = np.exp(image @ IMPORTANCE - PRICE_WEIGHT * np.log(price)) * awareness
    return np.asarray(pull / pull.sum())


def closeness() -> Floats:
    """How close each rival is to the company, in image and log price; its mean by `appeal` is 1."""
    image, price, _ = _traits()
    apart = np.sqrt(((image - IMAGE) ** 2).sum(axis=1) + np.log(price) ** 2)
    return np.asarray(np.exp(-apart) / (appeal() @ np.exp(-apart)))


def _traits() -> tuple[Floats, Floats, Floats]:
    image = np.array([rival.image for rival in RIVALS])
    return image, np.array([r.price for r in RIVALS]) / 100, np.array([r.awareness for r in RIVALS])


def divide(ours: float, need: float, *, appeal: Floats, closeness: Floats) -> Floats:
    """Sales of the rivals, when we sell `ours` of a market of `need`.

    A rival of closeness c gets a part of the rest that is proportional to appeal (1 - share)^c: of
    our first euro each loses appeal times c, and nobody ever sells less than nothing.

    >>> even, near = np.array([0.5, 0.5]), np.array([1.5, 0.5])
    >>> divide(0.0, 100.0, appeal=even, closeness=near).tolist()
    [50.0, 50.0]
    >>> divide(36.0, 100.0, appeal=even, closeness=near).round(1).tolist()  # .64^1.5, .64^.5
    [25.0, 39.0]
    """
    total = size(ours, need)
    pull = appeal * (1 - ours / total) ** closeness
    return np.asarray((total - ours) * pull / pull.sum())


def size(ours: float, need: float) -> float:
    """What everybody sells: the need, or more where the company alone sells nearly all of it.

    >>> size(20.0, 100.0), size(99.0, 100.0)  # 99 / .9
    (100.0, 110.0)
    """
    return max(need, ours / MOST)


def likely_buyers(sales: Floats, ticket: Floats, *, people: int) -> Floats:
    """Residents who buy at least once, purchases being negative binomial (Ehrenberg, 1959).

    >>> likely_buyers(np.array([150.0]), np.array([10.0]), people=10).tolist()  # 1 - 1 / sqrt(4)
    [5.0]
    """
    return np.asarray(people * (1 - (1 + sales / (ticket * people * UNEQUAL)) ** -UNEQUAL))


def quarters(weeks: int) -> Ints:
    """Calendar quarter of each week, counted from 1970; a week belongs to that of its Thursday.

    >>> (quarters(14) - quarters(1)).tolist()[-2:]  # March 27 and April 3, 2023
    [0, 1]
    """
    thursdays = START + 7 * np.arange(weeks) + 3
    return np.asarray(thursdays.astype("M8[M]").astype(np.int64) // 3)


def weekly_need(seed: int, weeks: int, people: int) -> Floats:
    """Euros with tax that residents spend on coffee and tea for the home, week by week."""
    season = np.exp(SEASON * (seasons(weeks_of_year(weeks)) - usual_season())) @ CATEGORY_MIX
    quarter = quarters(weeks)
    luck = {q: uniforms(seed, "need", 1, week=q)[0] for q in np.unique(quarter)}
    shock = MARKET_SHOCK * normals(np.array([luck[q] for q in quarter]))
    return np.asarray(NEED / 52 * people * season * np.exp(shock))


def market(history: History) -> pd.DataFrame:
    """Sales in euros with tax and buyers, by quarter that is over and brand: the truth."""
    number = quarters(len(history.weeks) + 1)
    people = residents(history.people)
    need = weekly_need(history.seed, len(history.weeks), people)
    rows = []
    for quarter in np.unique(number)[:-1]:  # the last one goes on
        inside = np.flatnonzero(number == quarter)
        weeks = history.weeks[inside[0] : inside[-1] + 1]
        ours, bought = float(sales_with_tax(weeks).sum()), buyers(weeks)
        rows.append(shares(history.seed, int(quarter), need[inside].sum(), ours, bought, people))
    kinds = {"quarter": "datetime64[us]", "brand": "str", "sales": "float64", "buyers": "int64"}
    return pd.concat(rows or [pd.DataFrame(columns=[*kinds])], ignore_index=True).astype(kinds)


def shares(
    seed: int, quarter: int, need: float, ours: float, buyers: int, people: int
) -> pd.DataFrame:
    """One quarter: a row per brand."""
    shock = RIVAL_SHOCK * normals(uniforms(seed, "rivals", len(RIVALS), week=quarter))
    pull = appeal() * np.exp(shock)
    theirs = divide(ours, need, appeal=pull / pull.sum(), closeness=closeness())
    bought = likely_buyers(theirs, np.array([r.ticket for r in RIVALS]), people=people)
    return pd.DataFrame(
        {
            "quarter": np.datetime64(3 * quarter, "M").astype("M8[us]"),
            "brand": brands(),
            "sales": np.round([ours, *theirs], 2),
            "buyers": [buyers, *np.rint(bought).astype(int)],
        }
    )


def sales_with_tax(weeks: list[Week], *, expected: bool = False) -> Floats:
    """What the company's shops sold for the home each week; all of it taxed like food."""
    sold = [week.expected if expected else week.sold for week in weeks]
    return (1 + FOOD_TAX) * np.array([float(s.sales.sum()) for s in sold])


def buyers(weeks: list[Week]) -> int:
    """Different persons with a paid order."""
    return len(np.unique(np.concatenate([w.orders.person[~w.orders.cancelled] for w in weeks])))


def standing(history: History, since: int, *, expected: bool = False) -> dict[str, float]:
    """Share of the market and of the residents, over the weeks from `since` on."""
    weeks, people = history.weeks[since:], residents(history.people)
    need = weekly_need(history.seed, len(history.weeks), people)[since:].sum()
    ours = float(sales_with_tax(weeks, expected=expected).sum())
    return {"market_share": ours / size(ours, need), "penetration": buyers(weeks) / people}
