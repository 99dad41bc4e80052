"""`funnel` against the query that an analyst would write, on the same Parquet file in DuckDB."""

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.timing import Ratio, compare
from mktlab.journeys import STEPS, funnel

SQL = """
    select device, count(*) as visited,
        count(*) filter (viewed_product or added_to_cart or began_checkout or purchased)
            as viewed_product,
        count(*) filter (added_to_cart or began_checkout or purchased) as added_to_cart,
        count(*) filter (began_checkout or purchased) as began_checkout,
        count(*) filter (purchased) as purchased
    from '{path}' group by device order by device
"""


def make_sessions(rows: int) -> pd.DataFrame:
    """Visits on three devices, of which fewer reach each step."""
    rng = np.random.default_rng(0)
    devices = pd.Series(["desktop", "mobile", "tablet"], dtype="str")
    reached = rng.choice(5, rows, p=[0.43, 0.51, 0.03, 0.014, 0.016])
    flags = {name: reached >= place for place, name in enumerate(STEPS, start=1)}
    device = devices.take(rng.integers(0, 3, rows)).reset_index(drop=True)
    return pd.DataFrame({"session_id": np.arange(rows), "device": device} | flags)


def run(rows: int = 10_000_000) -> list[Ratio]:
    """Measure at this number of visits."""
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar = false")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.parquet"
        make_sessions(rows).to_parquet(path)

        def ours() -> object:
            visits = connection.read_parquet(str(path))
            return funnel(visits, by="device").to_arrow_table()

        def by_hand() -> object:
            return connection.sql(SQL.format(path=path)).to_arrow_table()

        name = f"funnel, {rows:.0e} rows: DuckDB on Parquet / hand-written SQL"
        return [compare(name, ours, by_hand)]
