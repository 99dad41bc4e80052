"""A sample speaks for a market: weights, shares with intervals, and how many must be asked.

`rake` weights respondents until their groups are as large as in the census. `weighted_share` is a
share with its interval, which `share_gap` compares with another share of the same people.
`sample_size` and `margin_of_error` say how many people an answer needs. All intervals are those of
`kpi`; `satisfaction.response_weights` is for where everybody who was asked is known one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.kpi.errors import Estimate, change
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

_CLOSE, _ROUNDS = 1e-9, 1_000


class Share(NamedTuple):
    """A share of people, the ends of its interval, how many answered, and how many that is worth.

    `effective` is the number of people, all of one weight, who would be as sure.
    """

    value: float
    low: float
    high: float
    people: int
    effective: float


def rake(
    sample: pd.DataFrame, population: pd.DataFrame, by: Sequence[str], *, count: str = "persons"
) -> pd.Series[float]:
    """How many like themselves respondents speak for: raking, or iterative proportional fitting.

    Each column in turn: the weights of each of its groups are multiplied so that the group is as
    large as in the population; again and again, until all columns fit.

    Parameters
    ----------
    sample
        A row per respondent.
    population
        A row per group of the census, with how many people there are in the column `count`.
    by
        Columns of both that weights shall fit, each by itself.

    Returns
    -------
    A weight per respondent, with mean 1.

    Raises
    ------
    MktlabError
        When a column is missing; when a group is in one table and not in the other; when no weights
        fit.

    Notes
    -----
    Weights mend what goes with the columns of `by`, and nothing else (Deming & Stephan, 1940).

    Examples
    --------
    Half of the town is old, a quarter of the sample is: each old respondent counts twice as much as
    she would alone, (1/2) / (1/4), each young one (1/2) / (3/4).

    >>> sample = pd.DataFrame({"age": ["young", "young", "young", "old"]})
    >>> town = pd.DataFrame({"age": ["young", "old"], "persons": [500, 500]})
    >>> rake(sample, town, ["age"]).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    need_columns(by, sample, of=say("The sample"))
    need_columns([*by, count], population, of=say("The population"))
    codes, wanted = [], []
    for column in by:
        persons = population.groupby(column, observed=True)[count].sum()
        persons = persons[persons > 0]
        _same_groups(sample[column], persons.index, column)
        codes.append(persons.index.get_indexer(pd.Index(sample[column])))
        wanted.append((persons / persons.sum()).to_numpy(float))
    weight = np.full(len(sample), 1 / len(sample))
    for _ in range(_ROUNDS):
        off = 0.0
        for code, share in zip(codes, wanted, strict=True):
            factor = share / np.bincount(code, weight, len(share))
            weight = weight * factor[code]
            off = max(off, float(np.abs(factor - 1).max()))
        if off < _CLOSE:
            return pd.Series(weight / weight.mean(), sample.index, name="weight")
    raise MktlabError(
        say(
            "No weights fit {columns} at once: some groups have nobody in common in the sample. "
            "Leave out a column of `by`, or merge small groups.",
            columns=", ".join(by),
        )
    )


def _same_groups(answers: pd.Series[str], groups: pd.Index[str], column: str) -> None:
    """Refuse groups that only one of the tables has."""
    if answers.empty:
        raise MktlabError(say("The sample is empty: give a row per respondent."))
    there = set(answers.dropna())
    if answers.isna().any() or there - set(groups):
        odd = min(map(str, there - set(groups)), default="")
        raise MktlabError(
            say(
                "{column} of the sample has values that the population has not ({odd!r}): leave "
                "these respondents out, or write their group as the population does.",
                column=column,
                odd=odd,
            )
        )
    if missing := sorted(map(str, set(groups) - there)):
        raise MktlabError(
            say(
                "Nobody in the sample has {column} {group!r}, so nobody can speak for them: merge "
                "this group with another one in both tables.",
                column=column,
                group=missing[0],
            )
        )


def design_effect(weights: pd.Series[float]) -> float:
    """By how much unequal weights raise the variance of a mean (Kish, 1965).

    >>> design_effect(pd.Series([1.0, 1.0, 1.0, 3.0]))  # 4 x 12 / 6^2
    1.3333333333333333
    """
    known = np.asarray(weights, dtype=float)
    if not len(known) or not np.isfinite(known).all() or (known < 0).any() or not known.sum():
        raise MktlabError(say("Weights are amounts of 0 or more, and not all of them are 0."))
    return float(len(known) * (known**2).sum() / known.sum() ** 2)


def _estimate(
    answers: pd.Series[bool], weights: pd.Series[float] | None, population: float | None
) -> Estimate:
    """A weighted share with what each respondent adds to its error (linearized)."""
    said = answers.astype(float)
    if said.empty or not said.isin([0.0, 1.0]).all():
        raise MktlabError(
            say("A share is of answers that are all true or false: compare first, leave out empty.")
        )
    weight = pd.Series(1.0, said.index) if weights is None else weights.reindex(said.index)
    if weight.isna().any():
        raise MktlabError(
            say("Some answers have no weight: both must have the same index, one row a respondent.")
        )
    size = len(said)
    left = _left(size, population)
    effective = size / design_effect(weight) / max(left, 1e-12)
    value = float((weight * said).sum() / weight.sum())
    influence = weight * (said - value) / weight.sum() * math.sqrt(size / max(size - 1, 1))
    return Estimate(value, influence * math.sqrt(left), effective, "scale")


def _left(size: float, population: float | None) -> float:
    """Finite population correction: the part of the variance that is left."""
    if population is None:
        return 1.0
    if population < size:
        raise MktlabError(
            say(
                "A population of {all:count} is smaller than the sample of {people:count}: "
                "give how many people there are in all.",
                all=population,
                people=size,
            )
        )
    return 1 - size / population


def weighted_share(
    answers: pd.Series[bool],
    weights: pd.Series[float] | None = None,
    *,
    population: float | None = None,
    level: float = 0.95,
) -> Share:
    """A share of people with its interval.

    Parameters
    ----------
    answers
        True or false, one a respondent.
    weights
        One a respondent, with the same index; by default all count alike.
    population
        People there are in all, if the sample is a good part of them.
    level
        Confidence, between 0 and 1.

    Raises
    ------
    MktlabError
        When an answer is neither true nor false, has no weight, or there are more answers than
        people.

    Notes
    -----
    Linearized: sqrt(n / (n - 1) sum w^2 (y - p)^2) / sum w, and Wilson's ends (see `kpi.errors`).
    With raked weights it is a little too wide where the columns of `by` explain the answer.

    Examples
    --------
    Of 100 people 50 say yes: the textbook's margin of error is 1.96 x .5 / 10.

    >>> found = weighted_share(pd.Series([True, False] * 50))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.5, 0.4, 0.6)
    """
    found = _estimate(answers, weights, population)
    low, high = found.interval(level)
    effective = float(found.size) * _left(len(answers), population)
    return Share(found.value, low, high, len(answers), effective)


def share_gap(
    ours: pd.Series[bool],
    theirs: pd.Series[bool],
    weights: pd.Series[float] | None = None,
    *,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """How much larger one share is than another, and the ends of its interval.

    People who answer both count with what they say of both (by the index): who likes everything
    moves both shares, and not their gap.

    Of 100 people 60 say yes, of 100 others 40: 1.96 x sqrt(.24 / 100 + .24 / 100) is 14 points.

    >>> ours = pd.Series([True] * 60 + [False] * 40)
    >>> theirs = pd.Series([True] * 40 + [False] * 60, index=range(100, 200))
    >>> [round(end, 2) for end in share_gap(ours, theirs)]
    [0.2, 0.06, 0.33]
    """
    if ours.index.has_duplicates or theirs.index.has_duplicates:
        raise MktlabError(
            say(
                "A respondent stands twice: set the index to respondents, and keep one row of each."
            )
        )
    one, other = (_estimate(said, weights, None) for said in (ours, theirs))
    return (one.value - other.value, *change(one, other, level))


def sample_size(
    margin: float,
    *,
    share: float = 0.5,
    population: float | None = None,
    effect: float = 1.0,
    level: float = 0.95,
) -> int:
    """Interviews that bring a share to within a margin of error.

    Parameters
    ----------
    margin
        Half the width of the interval, as a fraction: 0.03 for 3 points.
    share
        What is expected; a half needs most.
    population
        People there are in all: of few people one needs fewer.
    effect
        The `design_effect` of the weights to come.

    Raises
    ------
    MktlabError
        When an argument is out of its range.

    Notes
    -----
    n0 = effect z^2 p (1 - p) / margin^2, and n0 / (1 + n0 / N) of N people (Cochran, 1977, ch. 4).

    Examples
    --------
    >>> sample_size(0.03), sample_size(0.05)  # 1.96^2 x .25 / margin^2, rounded up
    (1068, 385)
    """
    _in_range(margin=margin, share=share, level=level)
    if effect < 1:
        raise MktlabError(say("A design effect is 1 or more, not {effect}.", effect=effect))
    needed = effect * share * (1 - share) * (_z(level) / margin) ** 2
    if population is not None:
        needed = needed / (1 + needed / max(population, 1))
    return max(math.ceil(needed - 1e-9), 1)


def margin_of_error(
    people: float,
    *,
    share: float = 0.5,
    population: float | None = None,
    effect: float = 1.0,
    level: float = 0.95,
) -> float:
    """Half the width of the interval of a share of so many people: `sample_size` turned around.

    >>> round(margin_of_error(1068), 3)
    0.03
    """
    _in_range(share=share, level=level)
    if people < 1:
        raise MktlabError(say("A margin of error needs 1 person or more."))
    variance = effect * share * (1 - share) / people * _left(people, population)
    return float(_z(level) * math.sqrt(variance))


def _z(level: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf((1 + level) / 2))


def _in_range(**given: float) -> None:
    for name, value in given.items():
        if not 0 < value < 1:
            raise MktlabError(
                say(
                    "{name} is {value}: give a fraction between 0 and 1, such as 0.05 for five "
                    "points.",
                    name=name,
                    value=value,
                )
            )
