"""`cohorts` against what an analyst would write by hand: a pandas groupby, and SQL in DuckDB."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.rfm import AS_OF, make_orders
from benchmarks.timing import Ratio, compare
from mktlab.segmentation import cohorts

SQL = """
    with purchases as (
        select customer_id, order_date, revenue - refunded as net,
            year(order_date) * 4 + quarter(order_date) as period
        from '{path}'
        where status = 'paid' and revenue >= 0.05 and refunded < revenue
            and order_date < timestamp '2025-06-01'
    ), each as (
        select customer_id, period, count(*) as purchases, sum(net) as money,
            min(period) over (partition by customer_id) as born
        from purchases group by customer_id, period
    )
    select born, period - born as age, count(*) as buyers, sum(purchases) as purchases,
        round(sum(money), 2) as money
    from each group by born, period order by born, period
"""


def by_hand(orders: pd.DataFrame) -> pd.DataFrame:
    """Buyers, purchases and money by cohort and age, as an analyst writes it."""
    kept = orders[
        (orders["status"] == "paid")
        & (orders["revenue"] >= 0.05)
        & (orders["refunded"] < orders["revenue"])
        & (orders["order_date"] < AS_OF)
    ]
    number = kept["order_date"].dt.year * 4 + kept["order_date"].dt.quarter
    born = number.groupby(kept["customer_id"]).transform("min")
    return (
        kept.assign(net=kept["revenue"] - kept["refunded"], born=born, age=number - born)
        .groupby(["born", "age"])
        .agg(buyers=("customer_id", "nunique"), purchases=("net", "size"), money=("net", "sum"))
    )


def in_duckdb(path: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """`cohorts` on a relation over a Parquet file, and the query on the same file."""
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar = false")

    def ours() -> object:
        return cohorts(connection.read_parquet(str(path)), as_of=AS_OF).to_arrow_table()

    return ours, lambda: connection.sql(SQL.format(path=path)).to_arrow_table()


def run(sizes: tuple[int, ...] = (1_000_000, 10_000_000)) -> list[Ratio]:
    """Measure at each number of orders."""
    ratios = []
    for rows in sizes:
        orders = make_orders(rows)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "orders.parquet"
            orders.to_parquet(path)
            in_pandas = partial(cohorts, orders, as_of=AS_OF), partial(by_hand, orders)
            name = f"cohorts, {rows:.0e} rows"
            ratios.append(compare(f"{name}: pandas / hand-written groupby", *in_pandas))
            ratios.append(
                compare(f"{name}: DuckDB on Parquet / hand-written SQL", *in_duckdb(path))
            )
    return ratios
