"""Thirty made companies, each an export of four columns: five trades over six spans of weeks."""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

END = pd.Timestamp("2025-11-03")
WEEKS = (53, 60, 78, 104, 130, 156)
CUSTOMERS = (40, 150, 600, 2_000, 6_000, 20_000)
MOST = {"grocery": 2_000}  # who come every week: the file stays small
Draw = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]]


def _repeated(gap: float, stay: float, basket: float, *, since: int | None = None) -> Draw:
    """Customers who join at any time, buy every `gap` days or so and stay with a chance `stay`."""

    def draw(rng: np.random.Generator, customers: int, days: int) -> tuple[np.ndarray, np.ndarray]:
        first = rng.integers(0 if since is None else max(days - since, 0), days, customers)
        first[0] = 0  # so that the file has all its weeks
        purchases = 1 + np.minimum(rng.geometric(1 - stay, customers) - 1, int(days / gap))
        customer = np.repeat(np.arange(customers), purchases)
        gaps = rng.gamma(2.0, gap / 2, len(customer))
        gaps[np.flatnonzero(np.diff(customer, prepend=-1))] = 0
        waited = pd.Series(gaps).groupby(customer).cumsum().to_numpy()
        day = np.floor(first[customer] + waited).astype(int)
        kept = day < days
        return customer[kept], day[kept]

    draw.basket = basket  # type: ignore[attr-defined]
    return draw


def _subscription(rng: np.random.Generator, customers: int, days: int):
    """A box every 28 days at one price, until she ends it."""
    first = rng.integers(0, days, customers)
    first[0] = 0
    boxes = np.minimum(rng.geometric(0.08, customers), 1 + (days - 1 - first) // 28)
    customer = np.repeat(np.arange(customers), boxes)
    return customer, first[customer] + 28 * pd.Series(customer).groupby(
        customer
    ).cumcount().to_numpy()


TRADES: dict[str, Draw] = {
    "grocery": _repeated(9, 0.97, 35),
    "furniture": _repeated(420, 0.5, 700),
    "subscription": _subscription,
    "one-time": _repeated(1, 0.0, 60),
    "all new": _repeated(20, 0.7, 45, since=80),
}


class Company(NamedTuple):
    """What is made: a trade, so many weeks of its orders, and so many customers."""

    trade: str
    weeks: int
    customers: int

    def __str__(self) -> str:
        return f"{self.trade}, {self.weeks} weeks, {self.customers} customers"

    def orders(self) -> pd.DataFrame:
        """The orders, four columns as an own file may have them, the same every time."""
        rng = np.random.default_rng(crc32(str(self).encode()))
        days = 7 * self.weeks
        customer, day = TRADES[self.trade](rng, self.customers, days)
        basket = getattr(TRADES[self.trade], "basket", None)
        amount = rng.lognormal(np.log(basket), 0.6, len(day)) if basket else np.full(len(day), 19.9)
        table = pd.DataFrame(
            {
                "customer_id": pd.Series(customer).map("K{:05d}".format),
                "order_date": END - pd.to_timedelta(days - day, unit="D"),
                "revenue": amount.round(2),
            }
        ).sort_values(["order_date", "customer_id"], kind="stable", ignore_index=True)
        table.insert(0, "order_id", [f"N{n:06d}" for n in range(len(table))])
        return table.assign(order_date=table["order_date"].dt.strftime("%Y-%m-%d"))


COMPANIES = [
    Company(
        trade, weeks, min(CUSTOMERS[(place + 2 * number) % len(CUSTOMERS)], MOST.get(trade, 20_000))
    )
    for place, weeks in enumerate(WEEKS)
    for number, trade in enumerate(TRADES)
]
