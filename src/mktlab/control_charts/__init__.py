"""Control charts: is this week unlike the others, or only luck, or only young?

`limits` and `unusual` (in `weekly`) hold each week of many KPIs against the weeks before it, or
against the same week a year before. Where more is known, a chart of its own is sharper: `p_chart`
and `laney_chart` (in `shares`) for a share of so many, `xmr_chart` and `cusum_chart` (in `values`)
for a number a week; each has a row per week with its limits. `mature_until` (in `age`) says until
which day a rate may speak, since late parcels and open tickets are known late.
"""

from mktlab.control_charts.age import mature_until
from mktlab.control_charts.shares import laney_chart, p_chart
from mktlab.control_charts.values import cusum_chart, xmr_chart
from mktlab.control_charts.weekly import FEWEST, SIGMAS, WEEKS, limits, unusual

__all__ = [
    "FEWEST",
    "SIGMAS",
    "WEEKS",
    "cusum_chart",
    "laney_chart",
    "limits",
    "mature_until",
    "p_chart",
    "unusual",
    "xmr_chart",
]
