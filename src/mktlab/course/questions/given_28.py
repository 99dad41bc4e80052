"""What exercise 28 hands out: late answers, offers, sales; and what sets of offers there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import drivers
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.plain import Unreadable
from mktlab.market.evidence import BY_WEB, OFFERS, ORDERS_A_POINT, WEIGHTS
from mktlab.orders import purchases
from mktlab.plan.costs import MENDED
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

MARKS = list(WEIGHTS)
BUDGET, KEEPS, PER_POINT = 5_200.0, 0.40, ORDERS_A_POINT


def late(company: Company) -> pd.DataFrame:
    """The answers of the last 26 weeks."""
    told = company.touch_ratings
    return told[told["rated_date"] >= company.today - pd.Timedelta(weeks=26)]


def spread(table: pd.DataFrame) -> pd.DataFrame:
    """Covariances of the marks and of the mark of all of it."""
    return table[["overall", *MARKS]].cov()


def year(company: Company) -> pd.DataFrame:
    """The purchases of the last 52 weeks."""
    bought = purchases(company.orders)
    return bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=52)]


@lru_cache(maxsize=4)
def offers(company: Company) -> pd.DataFrame:
    """The offers: what each mends, by how much, for how much, and which orders meet it."""
    rows = [(name, o.piece, o.points, MENDED[name]) for name, o in OFFERS.items()]
    table = pd.DataFrame(rows, columns=["offer", "piece", "points", "cost"])
    web = round(float((year(company)["outlet"] == "web").mean()), 3)
    return table.assign(met=[web if p in BY_WEB else 1.0 for p in table["piece"]])


def sales(company: Company) -> float:
    """Sales of the last 52 weeks, refunds taken off."""
    kept = year(company)
    return float((kept["revenue"] - kept["refunded"]).sum())


def given(company: Company) -> dict[str, Any]:
    return {
        "answers": late(company),
        "offers": offers(company),
        "sales": sales(company),
        "marks": list(MARKS),
    }


@lru_cache(maxsize=4)
def worth(company: Company) -> pd.Series[float]:
    """What each offer earns in a year, in truth."""
    return company.truth.touch_repairs.set_index("offer")["profit_year"]


def affordable(company: Company) -> list[frozenset[str]]:
    """Sets of offers that the money pays for, at most one for a piece."""
    table = offers(company).set_index("offer")
    names, found = list(table.index), [frozenset[str]()]
    for size in range(1, 5):
        for some in combinations(names, size):
            rows = table.loc[list(some)]
            if rows["piece"].is_unique and rows["cost"].sum() <= BUDGET:
                found.append(frozenset(some))
    return found


def best_set(company: Company, value: pd.Series[float]) -> frozenset[str]:
    """The affordable set with the largest sum of these values."""
    return max(affordable(company), key=lambda some: float(value[sorted(some)].sum()))


def read(answer: Any, choices: Any) -> Any:
    """Offers that fit the money, at most one for a piece."""
    chosen = ids_among(answer, choices)
    cost = sum(MENDED[name] for name in chosen)
    if cost > BUDGET:
        raise Unreadable(
            say("Your offers cost {sum:money}, and there are {most:money}.", sum=cost, most=BUDGET)
        )
    pieces = [OFFERS[name].piece for name in chosen]
    if len(set(pieces)) < len(pieces):
        raise Unreadable(say("Two of your offers mend the same piece: choose one of them."))
    return chosen


def gains(company: Company, weights: pd.Series[float], *, met: bool = True) -> pd.Series[float]:
    """What each offer brings in a year before its cost, with these weights."""
    table = offers(company).set_index("offer")
    felt = table["points"] * table["piece"].map(weights) * (table["met"] if met else 1.0)
    return KEEPS * sales(company) * PER_POINT * felt


def net(company: Company, weights: pd.Series[float], *, met: bool = True) -> pd.Series[float]:
    """What each offer earns in a year, with these weights."""
    return gains(company, weights, met=met) - offers(company).set_index("offer")["cost"]


WEIGHS: dict[str, Callable[[pd.DataFrame, str], pd.Series[float]]] = {
    "halo_out": drivers.without_halo_weights,
    "regression": drivers.regression_weights,
    "relative": drivers.relative_weights,
    "correlations": lambda s, outcome: _correlations(s, outcome),
    "same": lambda s, outcome: _correlations(s, outcome) * 0 + 1 / len(MARKS),
}
"""Name -> what makes weights of covariances."""


def _correlations(s: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """Correlations with the mark of all of it, as parts of their sum."""
    scale = s.loc[MARKS, MARKS].to_numpy().diagonal() ** 0.5
    links: pd.Series[float] = s.loc[MARKS, outcome] / scale
    return links / links.sum()


@lru_cache(maxsize=16)
def weights(company: Company, kind: str = "halo_out") -> pd.Series[float]:
    """Weights of the marks, of all answers."""
    return WEIGHS[kind](spread(company.touch_ratings), "overall")
