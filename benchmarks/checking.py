"""A check of an exercise on a million ids against a set built by hand.

The peer only compares; the check also reads the answer's shape and looks for the known slips.
"""

import mktlab
from benchmarks.timing import Ratio, compare

IDS = [f"C{i:08}" for i in range(1_000_000)]
CHOSEN = frozenset(IDS[::3])


def run() -> list[Ratio]:
    """Question 4 of exercise 11, whom to write to, on text ids and on numbers."""
    question = mktlab.exercise(11, mktlab.load("solane")).q4
    return [
        compare(
            f"check a million {name}",
            lambda ids=ids: question.check(ids),
            lambda ids=ids: set(map(str, ids)) == CHOSEN,
            rounds=3,
        )
        for name, ids in (("ids", IDS), ("row numbers", list(range(len(IDS)))))
    ]
