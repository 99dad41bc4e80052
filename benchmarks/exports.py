"""A million events of Google Analytics 4 in Parquet, read as visits, against the same SQL by hand.

The SQL makes visits and no more: no channels, no shared transactions, no account of what was left.
Memory is that of processes of their own, which only read; a million events take less than `MOST`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import Ratio, compare, on_parquet, peaks
from mktlab.reading import read_folder

SQL = """
    with events as (
        select user_pseudo_id || '.' || list_filter(
                event_params, lambda x: x.key = 'ga_session_id')[1].value.int_value as session_id, *
        from '{path}'
        where user_pseudo_id is not null
    )
    select session_id, min(user_pseudo_id), make_timestamp(min(event_timestamp)) as started_at,
        min(device.category), count(*) filter (event_name = 'page_view') as pages,
        bool_or(event_name = 'view_item'), bool_or(event_name = 'add_to_cart'),
        bool_or(event_name = 'begin_checkout'), bool_or(event_name = 'purchase'),
        arg_min(collected_traffic_source.manual_source, event_timestamp)
    from events where session_id is not null group by session_id
"""
PIECE = 100_000
MOST = 20.0, 1.0
"""Seconds and GB that a million events take at most."""
NAMES = ["page_view", "scroll", "view_item", "add_to_cart", "begin_checkout", "purchase"]


def write_events(path: Path, rows: int) -> None:
    """Write so many events to a Parquet file, a piece at a time."""
    pieces = (make_events(PIECE, number) for number in range(rows // PIECE))
    first = next(pieces)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for piece in pieces:
            writer.write_table(piece)


def make_events(rows: int, seed: int) -> pa.Table:
    """Events as BigQuery exports them: eight in a visit, each with eight parameters."""
    rng = np.random.default_rng(seed)
    visit = np.sort(rng.integers(0, rows // 8, rows)) + seed * rows
    at = 1_704_067_200_000_000 + visit * 20_000_000 + rng.integers(0, 10**9, rows)
    keys = ["ga_session_id", "page_location", "page_title", "engagement_time_msec"]
    keys += ["ga_session_number", "source", "medium", "session_engaged"]
    number = np.zeros((rows, 8), dtype=np.int64)
    number[:, 0] = 1_704_000_000 + visit
    texts = np.tile(np.array([None, "https://shop.example/p", "A page", None] * 2, object), rows)
    value = pa.StructArray.from_arrays(
        [
            pa.array(texts, pa.string()),
            pa.array(number.ravel(), mask=np.tile([0, 1, 1, 0, 0, 1, 1, 0], rows).astype(bool)),
            pa.nulls(rows * 8, pa.float64()),
            pa.nulls(rows * 8, pa.float64()),
        ],
        ["string_value", "int_value", "float_value", "double_value"],
    )
    pairs = pa.StructArray.from_arrays(
        [pa.array(np.tile(keys, rows), pa.string()), value], ["key", "value"]
    )
    params = pa.ListArray.from_arrays(pa.array(np.arange(0, rows * 8 + 1, 8), pa.int32()), pairs)
    who = np.char.add((10**9 + visit // 2).astype(str), ".1704000000")
    names = rng.choice(NAMES, rows, p=[0.5, 0.3, 0.1, 0.05, 0.03, 0.02])
    sources = np.array(["google", "(direct)", "newsletter"])[visit % 3]
    media = np.array(["cpc", "(none)", "email"])[visit % 3]
    none = pa.nulls(rows, pa.string())
    click = pa.StructArray.from_arrays(
        [pa.array(sources), pa.array(media), none], ["manual_source", "manual_medium", "gclid"]
    )
    numbers = (np.arange(rows) + seed * rows).astype(str)
    bought = np.where(names == "purchase", numbers, None)
    columns = {
        "event_date": np.datetime_as_string(at.astype("datetime64[us]"), unit="D"),
        "event_timestamp": at,
        "event_name": names,
        "event_params": params,
        "user_pseudo_id": pa.array(who, mask=rng.random(rows) < 0.05),
        "device": pa.StructArray.from_arrays([pa.array(["mobile"] * rows)], ["category"]),
        "ecommerce": pa.StructArray.from_arrays(
            [pa.array(bought, pa.string())], ["transaction_id"]
        ),
        "collected_traffic_source": click,
    }
    columns["event_date"] = np.char.replace(columns["event_date"], "-", "")
    return pa.table(columns)


def run(sizes: tuple[int, ...] = (1_000_000,)) -> list[Ratio]:
    """Measure at each number of events."""
    ratios = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sessions.parquet"
            write_events(path, rows)
            _, by_hand = on_parquet(path, lambda x: x, SQL.format(path=path))
            name = f"exports, {rows:.0e} events: visits / SQL by hand"
            place = Path(folder)
            ratios.append(compare(name, lambda p=place: read_folder(p), by_hand, rounds=3))
            imports = "from pathlib import Path\nfrom mktlab.reading import read_folder"
            before, ours = peaks(imports, f"read_folder(Path({folder!r}))")
            query = SQL.format(path=path)
            _, theirs = peaks("import duckdb", f"duckdb.sql({query!r}).to_arrow_table()")
            print(
                f"exports, {rows:.0e} events: {ours:.2f} GB, of which imports {before:.2f} GB; "
                f"SQL by hand {theirs:.2f} GB, ratio {ours / theirs:.2f}"
            )
            if rows <= 1_000_000 and (ratios[-1].ours > MOST[0] or ours > MOST[1]):
                sys.exit(f"exports: more than {MOST[0]:.0f} s or {MOST[1]:.0f} GB")
    return ratios
