"""What a market costs: seconds and memory by size, each size in a process of its own.

`python -m benchmarks market` prints a table; cost is linear when the last column stays near 1.
"""

import multiprocessing
import resource
import sys
import time

TEACHING = 12_000
WEEKS = 156


def measure(people: int) -> tuple[float, float]:
    """Seconds to simulate, and peak memory of the process in MB."""
    from mktlab.market import simulate

    simulate(people=100, weeks=13)  # imports and first calls are not the market's cost
    start = time.perf_counter()
    simulate(people=people, weeks=WEEKS)
    seconds = time.perf_counter() - start
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run(sizes: tuple[int, ...] = (6_000, TEACHING, 60_000, 120_000)) -> None:
    """Print the cost of each size."""
    cost = {}
    for people in sorted({TEACHING, *sizes}):
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            cost[people] = pool.apply(measure, (people,))
    print(f"{'people x weeks':>16} {'seconds':>8} {'us/person-week':>15} {'MB':>6} {'ratio':>6}")
    base = cost[TEACHING][0] / TEACHING
    for people, (seconds, memory) in cost.items():
        each = seconds / people / WEEKS * 1e6
        ratio = seconds / people / base
        print(f"{people:>10} x {WEEKS} {seconds:8.2f} {each:15.3f} {memory:6.0f} {ratio:6.2f}")
