"""How the course shows things: charts, what-if panels, numbers in words, workbooks."""

from mktlab.show.formats import money, symbol

__all__ = ["money", "symbol"]
