"""Charts as the course shows them: a table in, a finished Axes out, one message each.

`bars` (comparison), `steps` and `grid` (quantities), `lines` (trend), `dots` (points) and
`intervals` (estimates) draw one kind of chart each, in the colors of `colors`, with the numbers of
`numbers`; every Axes carries a description made from its data. `show` (picture) adds title and
subtitle and displays the chart with its description; `truth` says in a subtitle where the truth
comes from. docs/pictures.md is the guide that they follow.
"""

from mktlab.show.charts.colors import (
    BLUE,
    DPI,
    GHOST,
    GRAY,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PALE,
    PALE_BLUE,
    PALETTE,
    PURPLE,
    QUIET,
    RULE,
)
from mktlab.show.charts.comparison import bars
from mktlab.show.charts.estimates import intervals
from mktlab.show.charts.page import page_map
from mktlab.show.charts.picture import bundle, figure_of, png, put, show, truth
from mktlab.show.charts.points import dots
from mktlab.show.charts.quantities import grid, steps
from mktlab.show.charts.trend import lines

__all__ = [
    "BLUE",
    "DPI",
    "GHOST",
    "GRAY",
    "GREEN",
    "INK",
    "MUTED",
    "ORANGE",
    "PALE",
    "PALETTE",
    "PALE_BLUE",
    "PURPLE",
    "QUIET",
    "RULE",
    "bars",
    "bundle",
    "dots",
    "figure_of",
    "grid",
    "intervals",
    "lines",
    "page_map",
    "png",
    "put",
    "show",
    "steps",
    "truth",
]
