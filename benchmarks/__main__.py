"""All benchmarks, or the named ones: `python -m benchmarks [NAME ...]`, or `make benchmark`.

Ratios compare with the plain way to do the same thing, in one process; below 1 is faster. Each
benchmark has a process of its own, so that its peak memory is its own.
"""

import resource
import subprocess
import sys
from importlib import import_module

NAMES = (
    "experiments",
    "attribution",
    "market",
    "load",
    "exports",
    "lines",
    "save",
    "rfm",
    "cohorts",
    "personas",
    "funnel",
    "conjoint",
    "promotion",
    "churn",
    "uplift",
    "lifetime",
    "kpi",
    "checking",
    "dashboard",
    "lessons",
)


def run(name: str) -> None:
    """Run one benchmark here; one that returns no ratios has printed what it measured."""
    ratios = import_module(f"benchmarks.{name}").run()
    for ratio in ratios or ():
        print(ratio)
    if ratios:
        unit = 1e9 if sys.platform == "darwin" else 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        print(f"{name}: peak memory {peak:.1f} GB", flush=True)


def main(names: list[str]) -> None:
    """Run these benchmarks, or all."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; choose among {', '.join(NAMES)}.")
    if len(names) == 1:
        run(names[0])
    else:
        for name in names or NAMES:
            subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
