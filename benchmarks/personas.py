"""Personas of a million customers: the deck, luck, the number of groups, and the groups."""

import time

import numpy as np
import pandas as pd

from mktlab import personas

CUSTOMERS = 1_000_000


def make_orders(customers: int) -> pd.DataFrame:
    """Orders of customers of four types, eight each on average."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(customers), 1 + rng.poisson(7, customers))
    shop = rng.random(len(who)) < np.array([0.1, 0.4, 0.6, 0.9])[who % 4]
    large = np.array([2.5, 3.5, 2.5, 3.5])[who % 4]
    ids = pd.Series([f"C{n:08}" for n in range(customers)], dtype="str")
    days = pd.to_timedelta(rng.integers(0, 1_092, len(who)), unit="D").astype("timedelta64[us]")
    return pd.DataFrame(
        {
            "order_id": pd.Series(range(len(who))).astype("str"),
            "customer_id": ids.take(who).reset_index(drop=True),
            "order_date": pd.Timestamp("2023-01-02") + days,
            "revenue": np.exp(large + rng.normal(0, 0.5, len(who))).round(2) + 1,
            "outlet": pd.Series(np.where(shop, "shop", "web"), dtype="str"),
        }
    )


def run() -> None:
    """Print the seconds of each step."""
    orders = make_orders(CUSTOMERS)
    start = time.perf_counter()
    cards = personas.deck(orders)
    dealt = time.perf_counter()
    marks = personas.luck(cards)
    judged = time.perf_counter()
    groups = personas.suggest(personas.gaps(cards, marks))
    counted = time.perf_counter()
    found = personas.find(cards, groups, marks)
    end = time.perf_counter()
    print(
        f"personas: {CUSTOMERS:,} customers, {len(orders):,} orders: deck {dealt - start:.0f} s, "
        f"luck {judged - dealt:.0f} s, groups {counted - judged:.0f} s, {len(found.profile)} "
        f"personas {end - counted:.0f} s; {end - start:.0f} s in all"
    )
