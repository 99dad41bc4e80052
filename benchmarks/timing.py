"""How a benchmark measures: two ways to do a thing, in turn, in one process; a ratio of medians."""

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb


class Ratio(NamedTuple):
    """Median seconds of ours and of the peer."""

    name: str
    ours: float
    peer: float

    def __str__(self) -> str:
        return (
            f"{self.name:<62} {self.ours:8.3f} s  {self.peer:8.3f} s  "
            f"ratio {self.ours / self.peer:5.2f}"
        )


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    name: str, ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = 5
) -> Ratio:
    """Time both in turn, after one round that is not counted."""
    ours(), peer()
    times = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    mine, theirs = zip(*times, strict=True)
    return Ratio(name, statistics.median(mine), statistics.median(theirs))


_MEASURED = """
import resource, sys

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / {unit}

{imports}
before = peak()
{work}
print(before, peak())
"""


def peaks(imports: str, work: str) -> tuple[float, float]:
    """Most memory of a process of its own, in GB: once it has imported, and after its work.

    Both are code. What Arrow and DuckDB allocate counts, too. A process begins with the peak of the
    one that starts it, so that a small one stands between.
    """
    unit = 1e9 if sys.platform == "darwin" else 1e6
    code = _MEASURED.format(unit=unit, imports=imports, work=work)
    between = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    command = [sys.executable, "-c", between, sys.executable, "-c", code]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    before, after = map(float, told.split()[-2:])
    return before, after


def on_parquet(
    path: Path, work: Callable[[Any], Any], *queries: str
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Two ways on one Parquet file in DuckDB: `work` on its relation, and queries in turn."""
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar = false")

    def ours() -> object:
        return work(connection.read_parquet(str(path))).to_arrow_table()

    def theirs() -> object:
        return [connection.sql(query).to_arrow_table() for query in queries]

    return ours, theirs
