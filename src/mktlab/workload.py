"""Workload: do projects fit the people who can do them?

A person with two skills has her hours once. `shortage` asks of every group of skills whether those
who have at least one of them have the hours that it needs (Hall, 1935): where all groups fit, the
hours can be handed out, and nobody's are counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

ALONE = 2
"""The level of a skill from which a person can do the work alone."""


def free_hours(team: pd.DataFrame, *, weeks: int = 13) -> pd.Series[float]:
    """Hours that the daily work leaves to each person over some weeks.

    >>> one = pd.DataFrame({"person": ["Ada"], "hours": [35.0], "daily_work": [30.0]})
    >>> free_hours(one, weeks=2).tolist()
    [10.0]
    """
    _need(team, ["person", "hours", "daily_work"], "free_hours")
    free = weeks * (team["hours"] - team["daily_work"]).clip(lower=0)
    return free.set_axis(pd.Index(team["person"], name="person"))


def shortage(
    team: pd.DataFrame,
    projects: pd.DataFrame,
    *,
    skills: Sequence[str],
    weeks: int = 13,
    level: int = ALONE,
) -> pd.DataFrame:
    """The groups of skills for which the team has too few hours.

    Parameters
    ----------
    team
        `person, hours, daily_work` (a week) and a column of levels for each skill.
    projects
        A column of hours for each skill; all of its rows are to be done.
    skills
        The columns.
    weeks, level
        Of the period; from which level on a person can do the work alone.

    Returns
    -------
    DataFrame
        `skills, needed, there, missing` in hours, the largest lack first; without rows where the
        projects fit.

    Raises
    ------
    MktlabError
        When a column is missing.

    Examples
    --------
    >>> team = pd.DataFrame({"person": ["Ada"], "hours": [35.0], "daily_work": [30.0],
    ...     "web": [2], "design": [3]})
    >>> work = pd.DataFrame({"web": [6.0], "design": [6.0]})  # Ada has 10 hours in two weeks
    >>> shortage(team, work, skills=["web", "design"], weeks=2).values.tolist()
    [['web, design', 12.0, 10.0, 2.0]]
    """
    _need(team, skills, "shortage")
    _need(projects, skills, "shortage")
    free = free_hours(team, weeks=weeks).to_numpy(float)
    able, work = (
        team[list(skills)].to_numpy() >= level,
        projects[list(skills)].to_numpy(float).sum(0),
    )
    rows = []
    for size in range(1, len(skills) + 1):
        for group in map(list, combinations(range(len(skills)), size)):
            needed, there = work[group].sum(), free[able[:, group].any(axis=1)].sum()
            rows.append((", ".join(skills[k] for k in group), needed, there, needed - there))
    table = pd.DataFrame(rows, columns=["skills", "needed", "there", "missing"])
    lacking = table[table["missing"] > 1e-9]
    return lacking.sort_values(["missing", "skills"], ascending=[False, True], ignore_index=True)


def _need(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise MktlabError(
            say("{name}: there is no column {missing}.", name=name, missing=", ".join(missing))
        )
