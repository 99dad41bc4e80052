"""KPIs: the numbers that steer, each defined once and computed the same way everywhere.

`KPIS` is the registry; `describe` shows it. `compute` gives values over a period, in all or split;
`intervals` says how far chance may have moved them, alone or since another period,
`against_targets` compares them with targets or with that period, `variance` splits a gap to the
plan, and `tree` shows which number is made of which.
"""

from mktlab.kpi.compute import available, compute
from mktlab.kpi.intervals import intervals
from mktlab.kpi.registry import KPIS, Kpi, describe
from mktlab.kpi.targets import against_targets
from mktlab.kpi.tree import tree
from mktlab.kpi.variance import variance

__all__ = [
    "KPIS",
    "Kpi",
    "against_targets",
    "available",
    "compute",
    "describe",
    "intervals",
    "tree",
    "variance",
]
