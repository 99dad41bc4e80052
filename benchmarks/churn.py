"""`churn.snapshots` against what an analyst would write by hand: a pandas groupby at each cut.

The peer computes four measures and the label; `snapshots` checks the orders and adds the rhythm of
the purchases, the window before and the tenure.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd

from benchmarks.timing import Ratio, compare
from mktlab import churn

TODAY = pd.Timestamp("2026-01-05")
CUTS = [TODAY - pd.Timedelta(weeks=weeks) for weeks in (13, 26, 39, 52)]
ORDERS_PER_CUSTOMER = 8
WINDOW, HORIZON = 26, 13


def make_company(customers: int) -> SimpleNamespace:
    """Three years of orders of customers with text ids, eight each on average."""
    rng, rows = np.random.default_rng(0), customers * ORDERS_PER_CUSTOMER
    ids = pd.Series([f"C{i:08}" for i in range(customers)], dtype="str")
    days = pd.to_timedelta(rng.integers(0, 1_092, rows), unit="D").astype("timedelta64[us]")
    status = pd.Series(["paid", "cancelled"], dtype="str")
    orders = pd.DataFrame(
        {
            "order_id": pd.Series([f"O{i:09}" for i in range(rows)], dtype="str"),
            "customer_id": ids.take(rng.integers(0, customers, rows)).reset_index(drop=True),
            "order_date": pd.Timestamp("2023-01-02") + days,
            "status": status.take((rng.random(rows) < 0.02).astype(int)).reset_index(drop=True),
            "revenue": rng.uniform(5, 100, rows).round(2),
            "refunded": 0.0,
        }
    )
    return SimpleNamespace(tables={"orders": orders}, today=TODAY)


def by_hand(company: SimpleNamespace) -> pd.DataFrame:
    """The measures and the label as an analyst writes them."""
    orders = company.tables["orders"]
    kept = orders[(orders["status"] == "paid") & (orders["refunded"] < orders["revenue"])]
    kept = kept.assign(net=kept["revenue"] - kept["refunded"])
    tables = []
    for cut in CUTS:
        day = kept["order_date"]
        before = kept[(day >= cut - pd.Timedelta(weeks=WINDOW)) & (day < cut)]
        after = kept.loc[(day >= cut) & (day < cut + pd.Timedelta(weeks=HORIZON)), "customer_id"]
        table = before.groupby("customer_id").agg(
            last=("order_date", "max"),
            first=("order_date", "min"),
            purchases=("net", "size"),
            spend=("net", "sum"),
        )
        tables.append(table.assign(cut_date=cut, churned=~table.index.isin(after)))
    return pd.concat(tables)


def run(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> list[Ratio]:
    """Measure at each number of customers, with four cuts."""
    ratios = []
    for customers in sizes:
        company = make_company(customers)
        ours = partial(churn.snapshots, company, CUTS, window_weeks=WINDOW, horizon_weeks=HORIZON)
        name = f"churn, {customers:.0e} customers, 4 cuts: snapshots / groupby by hand"
        ratios.append(compare(name, ours, partial(by_hand, company), rounds=3))
    return ratios
