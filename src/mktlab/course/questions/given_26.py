"""What exercise 26 hands out, and what sets of projects earn when they are played."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mktlab.market.observed.people import SKILLS
from mktlab.plan import Plan

if TYPE_CHECKING:
    from mktlab.company import Company

HANDS = 4
PROFITS = Path(__file__).with_name("lesson_26.csv")
"""What each set of four projects earns; written by `python -m mktlab.course.questions.given_26`."""


@cache
def profits() -> dict[frozenset[str], float]:
    """Projects -> what they earn in a year, without what they cost once."""
    table = pd.read_csv(PROFITS)
    sets = [frozenset(names.split(" & ")) for names in table["projects"]]
    return dict(zip(sets, table["profit"].astype(float), strict=True))


def played(projects: pd.DataFrame) -> pd.DataFrame:
    """Every set of four in three hidden worlds: the rows of `lesson_26.csv`."""
    from mktlab.market.score import HIDDEN_SEEDS, judge

    rows = []
    for four in combinations(projects.itertuples(), HANDS):
        text = "\n".join(project.levers for project in four)
        plan = Plan.from_toml(f"{text}\n").but(budget=1_000_000)
        profit = judge(plan, seeds=HIDDEN_SEEDS[:3])[0].profit
        rows.append((" & ".join(project.project_id for project in four), round(profit)))
    return pd.DataFrame(rows, columns=["projects", "profit"])


if __name__ == "__main__":  # ten minutes
    import mktlab

    played(mktlab.load("solane").projects).to_csv(PROFITS, index=False, lineterminator="\n")
