"""What lessons claim: sentences as functions of a company, and in how many worlds each must hold.

`lesson_NN.py` declares `CLAIMS`, before any world is played; `mktlab lesson check NN --all` counts
in how many of twenty learners' worlds each holds and stores that in `lesson_NN.json` beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mktlab.company import Company


class Claim(NamedTuple):
    """A sentence that a lesson stands for, whether it holds, and in how many of twenty it must."""

    says: str
    holds: Callable[[Company], bool]
    at_least: int
