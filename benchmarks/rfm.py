"""`rfm` against what an analyst would write by hand: a pandas groupby, and SQL in DuckDB.

The pandas peer only computes the three measures; `rfm` also scores and names every customer. The
SQL peer does all of it, from the same Parquet file.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import Ratio, compare, on_parquet
from mktlab.segmentation import SEGMENTS, rfm

AS_OF = pd.Timestamp("2025-06-01")
ORDERS_PER_CUSTOMER = 8

SQL = """
    with purchases as (
        select customer_id, order_date, revenue - refunded as net from '{path}'
        where status = 'paid' and revenue >= 0.05 and refunded < revenue
            and order_date < timestamp '2025-06-01'
    ), measures as (
        select customer_id, date '2025-06-01' - max(order_date)::date as recency_days,
            count(*) as frequency, round(sum(net), 2) as monetary
        from purchases group by customer_id
    ), scored as (
        select *,
            (count(*) over () + rank() over (order by recency_days desc)
                - rank() over (order by recency_days)) * 5 // (2 * count(*) over ()) + 1 as r,
            (rank() over (order by frequency) - 1) * 5 // count(*) over () + 1 as f,
            (rank() over (order by monetary) - 1) * 5 // count(*) over () + 1 as m
        from measures
    )
    select *, case {cases} end as segment from scored order by customer_id
"""


def make_orders(rows: int) -> pd.DataFrame:
    """Orders with text ids of customers with text ids, eight each on average."""
    rng = np.random.default_rng(0)
    ids = pd.Series([f"C{i:08}" for i in range(rows // ORDERS_PER_CUSTOMER)], dtype="str")
    days = pd.to_timedelta(rng.integers(0, 1_092, rows), unit="D").astype("timedelta64[us]")
    status = pd.Series(["paid", "cancelled"], dtype="str")
    return pd.DataFrame(
        {
            "order_id": pd.Series(range(rows)).astype("str"),
            "customer_id": ids.take(rng.integers(0, len(ids), rows)).reset_index(drop=True),
            "order_date": pd.Timestamp("2023-01-02") + days,
            "status": status.take((rng.random(rows) < 0.02).astype(int)).reset_index(drop=True),
            "revenue": rng.uniform(5, 100, rows).round(2),
            "refunded": 0.0,
        }
    )


def by_hand(orders: pd.DataFrame) -> pd.DataFrame:
    """The three measures as an analyst writes them."""
    kept = orders[
        (orders["status"] == "paid")
        & (orders["revenue"] >= 0.05)
        & (orders["refunded"] < orders["revenue"])
        & (orders["order_date"] < AS_OF)
    ]
    return (
        kept.assign(net=kept["revenue"] - kept["refunded"])
        .groupby("customer_id")
        .agg(last=("order_date", "max"), frequency=("net", "size"), monetary=("net", "sum"))
    )


def sql(path: Path) -> str:
    """The whole of `rfm` as one query."""
    recency = {"high": "r >= 4", "middle": "r = 3", "low": "r <= 2"}
    value = {"high": "f + m >= 8", "middle": "f + m between 5 and 7", "low": "f + m <= 4"}
    cases = " ".join(
        f"when {recency[r]} and {value[v]} then '{name}'" for name, (r, v) in SEGMENTS.items()
    )
    return SQL.format(path=path, cases=cases)


def run(sizes: tuple[int, ...] = (1_000_000, 10_000_000)) -> list[Ratio]:
    """Measure at each number of orders."""
    ratios = []
    for rows in sizes:
        orders = make_orders(rows)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "orders.parquet"
            orders.to_parquet(path)
            in_pandas = partial(rfm, orders, as_of=AS_OF), partial(by_hand, orders)
            name = f"rfm, {rows:.0e} rows"
            ratios.append(compare(f"{name}: pandas / hand-written groupby", *in_pandas))
            both = on_parquet(path, partial(rfm, as_of=AS_OF), sql(path))
            ratios.append(compare(f"{name}: DuckDB on Parquet / hand-written SQL", *both))
    return ratios
