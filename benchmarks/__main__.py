"""All benchmarks in one run: `python -m benchmarks`, or `make benchmark`.

Ratios compare with the plain way to do the same thing, in this process; below 1 is faster.
"""

from benchmarks import churn, dashboard, kpi, lessons, load, market, rfm, save

if __name__ == "__main__":
    market.run()  # first: a process inherits the peak memory of the one that started it
    for benchmark in (load, save, rfm, churn, kpi, dashboard):
        for ratio in benchmark.run():
            print(ratio, flush=True)
    lessons.run(lessons.all_notebooks())
