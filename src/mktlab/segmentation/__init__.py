"""Segmentation: who are our customers, by what they did.

`rfm` turns orders into one row per customer with three measures (how recently, how often, how
much), a score for each, and the name of a segment; `SEGMENTS` is the grid behind the names.
`cohorts` follows those who were first seen in the same period, age by age.
"""

from mktlab.segmentation.periods import cohorts, comparable_age
from mktlab.segmentation.scores import SEGMENTS, rfm

__all__ = ["SEGMENTS", "cohorts", "comparable_age", "rfm"]
