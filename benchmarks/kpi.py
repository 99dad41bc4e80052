"""KPIs at ten million orders through DuckDB.

The peer of `compute` is one SQL query by hand for three of the KPIs: it shows what reading the file
alone costs.
"""

import multiprocessing
import tempfile
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd

from benchmarks.rfm import make_orders
from benchmarks.timing import Ratio, compare
from mktlab import kpi

TODAY = pd.Timestamp("2026-01-01")

SQL = """
    select sum(revenue - refunded), sum((refunded < revenue)::int), count(distinct customer_id)
    from '{path}' where status = 'paid'
"""


def make_tables(folder: Path, rows: int) -> dict[str, Path]:
    """Orders, their lines, products and customers, as Parquet."""
    orders = make_orders(rows)
    number = pd.Series([f"O{i:09}" for i in range(rows)], dtype="str")
    orders = orders.assign(order_id=number, outlet="web", discount=0.0)
    rng = np.random.default_rng(1)
    products = pd.Series(list("BGCT"), dtype="str")
    lines = pd.DataFrame(
        {
            "order_id": number.take(rng.integers(0, rows, rows)).reset_index(drop=True),
            "product_id": products.take(rng.integers(0, 4, rows)).reset_index(drop=True),
            "quantity": rng.integers(1, 4, rows),
            "amount": rng.uniform(5, 30, rows).round(2),
        }
    )
    shelf = pd.DataFrame({"product_id": products, "category": products, "unit_cost": 4.0})
    people = orders["customer_id"].drop_duplicates()
    customers = pd.DataFrame({"customer_id": people, "joined_date": pd.Timestamp("2023-01-02")})
    paths = {}
    tables = {"orders": orders, "order_lines": lines, "products": shelf, "customers": customers}
    for name, table in tables.items():
        paths[name] = folder / f"{name}.parquet"
        table.to_parquet(paths[name], index=False)
    return paths


def all_kpis(rows: int) -> Ratio:
    """Every KPI that orders, lines, products and customers allow, from Parquet through DuckDB."""
    with tempfile.TemporaryDirectory() as name:
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # not to count its memory
            paths = pool.apply(make_tables, (Path(name), rows))
        duckdb.sql("set memory_limit = '1500MB'")
        firm = SimpleNamespace(
            tables={table: duckdb.read_parquet(str(path)) for table, path in paths.items()},
            today=TODAY,
        )
        query = SQL.format(path=paths["orders"])
        return compare(
            f"{len(kpi.available(firm))} KPIs of {rows:,} orders on Parquet: three by SQL",
            lambda: kpi.compute(firm),
            lambda: duckdb.sql(query).fetchall(),
            rounds=3,
        )


def run(rows: int = 10_000_000) -> list[Ratio]:
    """All ratios of this file."""
    return [all_kpis(rows)]
