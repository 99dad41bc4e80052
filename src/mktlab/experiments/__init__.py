"""Did it work? Randomized tests: their size, their results, and when one may look at them.

`compare` has a row per test: lift, interval, and whether visitors were split as planned (`counts`).
`sample_size` and `smallest_lift` plan a test (`sizes`). `running` shows a test day by day, with an
interval that holds however often one looks; `boundaries` plans a few looks; `reshuffled` shows what
chance alone does (`looks`). `ratio_effect` and `adjusted_effect` compare people one by one: ratios
whose bottom is not what was drawn, and outcomes that the past explains in part (`people`).
"""

from mktlab.experiments.counts import compare
from mktlab.experiments.looks import boundaries, reshuffled, running
from mktlab.experiments.people import Effect, adjusted_effect, ratio_effect
from mktlab.experiments.sizes import sample_size, smallest_lift

__all__ = [
    "Effect",
    "adjusted_effect",
    "boundaries",
    "compare",
    "ratio_effect",
    "reshuffled",
    "running",
    "sample_size",
    "smallest_lift",
]
