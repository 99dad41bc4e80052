"""`mktlab.load` of a million orders against plain pandas, which is told all and checks nothing.

The peer gets the dtypes and the date columns handed to it. `load` finds out by itself, then checks
every rule of the table.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import mktlab
from benchmarks.timing import Ratio, compare

TEXT = ["order_id", "customer_id", "outlet", "status"]


def make_orders(rows: int) -> pd.DataFrame:
    """Orders with ten columns, one of them the reader's own."""
    rng = np.random.default_rng(0)
    numbers = pd.Series(np.arange(rows)).astype("str")
    days = pd.to_timedelta(rng.integers(0, 1_000, rows), unit="D").astype("timedelta64[us]")
    words = pd.Series(["web", "cafe", "marketplace"], dtype="str")
    states = pd.Series(["paid", "cancelled"], dtype="str")
    return pd.DataFrame(
        {
            "order_id": "O" + numbers.str.zfill(8),
            "customer_id": "C" + pd.Series(rng.integers(0, rows // 8, rows)).astype("str"),
            "order_date": pd.Timestamp("2023-01-02") + days,
            "outlet": words.take(rng.integers(0, 3, rows)).reset_index(drop=True),
            "status": states.take((rng.random(rows) < 0.02).astype(int)).reset_index(drop=True),
            "revenue": rng.uniform(5, 100, rows).round(2),
            "discount": rng.uniform(0, 5, rows).round(2),
            "shipping": 4.9,
            "refunded": 0.0,
            "items": rng.integers(1, 6, rows),
        }
    )


def run(rows: int = 1_000_000) -> list[Ratio]:
    """Measure CSV as computers write it, CSV as a French spreadsheet does, and Parquet."""
    orders = make_orders(rows)
    french = orders.assign(order_date=orders["order_date"].dt.strftime("%d/%m/%Y"))
    dtypes = dict.fromkeys(TEXT, "str")
    results = []
    with tempfile.TemporaryDirectory() as place:
        plain, foreign, parquet = (Path(place) / name for name in ("plain", "foreign", "parquet"))
        for folder in (plain, foreign, parquet):
            folder.mkdir()
        orders.to_csv(plain / "orders.csv", index=False)
        french.to_csv(foreign / "orders.csv", index=False, sep=";", decimal=",", encoding="cp1252")
        orders.to_parquet(parquet / "orders.parquet")

        def read_plain() -> object:
            return pd.read_csv(plain / "orders.csv", dtype=dtypes, parse_dates=["order_date"])

        def read_foreign() -> object:
            return pd.read_csv(
                foreign / "orders.csv",
                dtype=dtypes,
                parse_dates=["order_date"],
                date_format="%d/%m/%Y",
                sep=";",
                decimal=",",
                encoding="cp1252",
            )

        def read_parquet() -> object:
            return pd.read_parquet(parquet / "orders.parquet")

        for name, folder, peer in (
            ("CSV / pandas.read_csv", plain, read_plain),
            ("French CSV / pandas.read_csv", foreign, read_foreign),
            ("Parquet / pandas.read_parquet", parquet, read_parquet),
        ):
            results.append(
                compare(
                    f"load, {rows:.0e} orders: {name}",
                    lambda folder=folder: mktlab.load(folder),
                    peer,
                    rounds=3,
                )
            )
    return results
