"""KPIs: the numbers that steer, each defined once and computed the same way everywhere.

`KPIS` is the registry; `describe` shows it. `compute` gives values over a period, in all or split;
`intervals` says how far chance may have moved them.
"""

from mktlab.kpi.computing import available, compute
from mktlab.kpi.registry import KPIS, Kpi, describe
from mktlab.kpi.tree import tree

__all__ = ["KPIS", "Kpi", "available", "compute", "describe", "tree"]
