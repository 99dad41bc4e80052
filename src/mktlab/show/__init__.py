"""How the course shows things: numbers and sentences, tables, charts, what-if panels, workbooks."""

from mktlab.show.charts.colors import theme
from mktlab.show.formats import count, day, decimal, money, share, symbol
from mktlab.show.words import label, say, say_many

__all__ = [
    "count",
    "day",
    "decimal",
    "label",
    "money",
    "say",
    "say_many",
    "share",
    "symbol",
    "theme",
]
