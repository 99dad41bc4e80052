"""The weeks of the cafés in exercise 21, and what one counts in them by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mktlab.company import Company

YEAR = 52
LONG_WAIT = 5.5


def weeks_of(
    company: Company, *, last: int | None = YEAR, limit: float = LONG_WAIT
) -> pd.DataFrame:
    """The weeks of the cafés, the last ones or all, and whether the line was long."""
    cafes = company.store_weeks
    if last is not None:
        cafes = cafes[cafes["week"] >= company.today - pd.Timedelta(weeks=last)]
    return cafes.assign(long=cafes["wait_minutes"] > limit)


def other_weeks(company: Company) -> list[float]:
    """Visits of the weeks before, and of the last rows."""
    every = company.store_weeks["visits"]
    last = float(weeks_of(company)["visits"].sum())
    return [float(every.sum()) - last, float(every.tail(YEAR).sum())]


def parts_of_the_guests(company: Company) -> list[float]:
    """Guests who walked out, of the largest café, and orders and people in the cafés."""
    cafes, orders = weeks_of(company), company.orders[company.orders["outlet"] == "cafe"]
    left = float((cafes["visits"] - cafes["sales"]).sum())
    largest = float(cafes.groupby("zone")["visits"].sum().max())
    return [left, largest, len(orders), orders["customer_id"].nunique()]


def means(company: Company) -> list[float]:
    """Mean visits of a row, and of a café."""
    cafes = weeks_of(company)
    return [cafes["visits"].mean(), cafes["visits"].sum() / cafes["zone"].nunique()]


def rows(company: Company) -> list[float]:
    """How many different numbers of visits there are, the largest, and all rows."""
    visits = weeks_of(company)["visits"]
    return [visits.nunique(), visits.max(), len(company.store_weeks)]


def two_periods(company: Company) -> list[float]:
    """Shares of guests of two periods."""
    year, ever = weeks_of(company), weeks_of(company, last=None)
    waited = [float(weeks.loc[weeks["long"], "visits"].sum()) for weeks in (year, ever)]
    ways = [waited[0] / ever["visits"].sum(), waited[1] / year["visits"].sum()]
    return [*ways, float(ever["long"].mean())]


def buyers_and_guests(company: Company) -> list[float]:
    """Shares of buyers among guests, and of those who walked out."""
    cafes = weeks_of(company)
    waited, every = (rows[["visits", "sales"]].sum() for rows in (cafes[cafes["long"]], cafes))
    mixed = waited["sales"] / every["visits"], waited["visits"] / every["sales"]
    return [*mixed, *(1 - part["sales"] / part["visits"] for part in (waited, every))]


def mean_weeks(company: Company) -> list[float]:
    """The share of weeks with a long line in the mean of the cafés."""
    return [float((weeks_of(company).groupby("week")["wait_minutes"].mean() > LONG_WAIT).mean())]


def mean_of_shares(company: Company, by: str = "zone") -> float:
    """The mean of the shares of the cafés, or of the weeks."""
    cafes = weeks_of(company)
    met = cafes.assign(waited=cafes["visits"] * cafes["long"]).groupby(by)[["waited", "visits"]]
    sums = met.sum()
    return float((sums["waited"] / sums["visits"]).mean())
