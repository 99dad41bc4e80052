"""What exercise 53 hands out: the books of a hundred cafés in the weeks of the draw."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import small_test

if TYPE_CHECKING:
    from mktlab.company import Company

FIRST = "Nadia"
COST = 120.0
SEEN = 26  # weeks of the draw that the exercise hands out
PRIOR = 200.0


@lru_cache(maxsize=4)
def panel(company: Company) -> pd.DataFrame:
    """Bookings of the cafés that gave their books from the start, before the weeks of the draw."""
    table: pd.DataFrame = company.cafe_weeks
    early = table[~table["drawn"]]
    return early.pivot_table(index="week", columns="cafe", values="bookings").sort_index()


@lru_cache(maxsize=4)
def start(company: Company) -> pd.Timestamp:
    """The first week with posts."""
    table: pd.DataFrame = company.cafe_weeks
    return pd.Timestamp(table.loc[table["posts_on"], "week"].min())


@lru_cache(maxsize=4)
def own(company: Company) -> pd.DataFrame:
    """The weeks of the draw of the lesson's café."""
    table: pd.DataFrame = company.cafe_weeks
    return table[table["drawn"] & (table["cafe"] == FIRST)].sort_values("week")


@lru_cache(maxsize=4)
def books(company: Company) -> pd.DataFrame:
    """All cafés in the first weeks of the draw."""
    table: pd.DataFrame = company.cafe_weeks
    rows = table[table["drawn"]]
    end = rows["week"].min() + pd.Timedelta(weeks=SEEN)
    seen: pd.DataFrame = rows[rows["week"] < end].reset_index(drop=True)
    return seen


def by_side(rows: pd.DataFrame, of: str = "bookings") -> pd.DataFrame:
    """Sums of each café in weeks without posts (`False`) and with them (`True`)."""
    return rows.pivot_table(index="cafe", columns="posts_on", values=of, aggfunc="sum")


def pooled(rows: pd.DataFrame, of: str = "bookings") -> float:
    """The lift of all cafés together."""
    sums = by_side(rows, of).sum()
    return float(sums[True] / sums[False] - 1)


def alone(rows: pd.DataFrame) -> pd.Series[float]:
    """The lift of each café by its own weeks."""
    sums = by_side(rows)
    return sums[True] / sums[False] - 1


def list_by(
    company: Company, lift: float | pd.Series[float], *, of: str = "margin", cost: float = COST
) -> set[str]:
    """The cafés where posts pay, by a lift."""
    rows = books(company)
    without = rows[~rows["posts_on"]].groupby("cafe")[of].mean()
    brings = without * lift
    return set(brings.index[brings > cost])


def gain(company: Company, cafes: set[str]) -> float:
    """Euros that a year of posts in these cafés brings, in truth."""
    truth = company.truth.cafes
    return float(truth.loc[truth["cafe"].isin(cafes), "gain_52w"].sum())


@lru_cache(maxsize=4)
def winner(company: Company) -> pd.DataFrame:
    """Of the middle third by bookings, the café whose own lift is highest."""
    rows = books(company)
    size = rows.groupby("cafe")["bookings"].sum().sort_values()
    middle = size.index[len(size) // 3 : 2 * len(size) // 3]
    name = alone(rows)[middle].sort_index().idxmax()
    return rows[rows["cafe"] == name].reset_index(drop=True)


@lru_cache(maxsize=4)
def neighbors(company: Company) -> pd.DataFrame:
    """The books of 2023 and 2024 of the cafés that ran no posts then."""
    return panel(company).drop(columns=FIRST)


@lru_cache(maxsize=4)
def placebo(company: Company) -> str:
    """The neighbor whose twin is farthest from it."""
    table = neighbors(company)
    told = small_test.apart(panel(company), FIRST, start=start(company)).loc[table.columns]
    return str(told.abs().sort_index().idxmax())


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "weeks": winner(company),
        "cost": COST,
        "neighbors": neighbors(company),
        "cafe": placebo(company),
        "start": start(company),
        "books": books(company),
    }
