"""A multinomial logit of choices, fitted by its own likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mktlab.conjoint.coding import Coding, Floats, Tasks, chances, coding_of, tasks_of
from mktlab.schema import MktlabError
from mktlab.show.words import say

Z = 1.959964  # of a 95% interval
_MOST = 12.0  # a worth beyond this (odds of 160,000 to 1) has no end
_CLOSE, _ROUNDS = 1e-10, 60


@dataclass(frozen=True)
class ChoiceModel:
    """What each part of a product is worth to all people together, on the scale of the logit.

    `worths` has a row per part: `worth`, and `low` and `high` of its 95% interval, in which tasks
    of one person count as one draw (`covariance`, sandwich estimate). The price's worth is that of
    one unit of money more, so it is negative where people mind it.
    """

    worths: pd.DataFrame
    covariance: pd.DataFrame = field(repr=False)
    coding: Coding = field(repr=False)
    log_likelihood: float
    people: int
    tasks: int

    def __repr__(self) -> str:
        """One line a part."""
        head = say(
            "{tasks:count} choices of {people:count} people",
            tasks=self.tasks,
            people=self.people,
        )
        ends = self.worths.round(2).to_dict()
        rows = [
            say(
                "{part}: {worth:decimal.2} ({low:decimal.2} to {high:decimal.2})",
                part=part,
                worth=ends["worth"][part],
                low=ends["low"][part],
                high=ends["high"][part],
            )
            for part in self.worths.index
        ]
        return "\n".join([head, *rows])


def choice_model(
    choices: pd.DataFrame,
    *,
    attributes: Sequence[str] | None = None,
    base: dict[str, str] | None = None,
) -> ChoiceModel:
    """What each part of a product is worth: a multinomial logit, fitted to all choices at once.

    The chance of an alternative is exp(its worths) over the sum of that of all in its task
    (McFadden, 1974); the worths are those under which what people chose was most likely (Newton's
    method).

    Parameters
    ----------
    choices
        A row per alternative shown: `task`, `chosen` (true for one of each task), if known
        `respondent_id`, and attributes. Texts have levels, numbers and flags count as they are. A
        row of which all but flags is empty is leaving without a product.
    attributes
        Columns to weigh; by default all but the keys.
    base
        Attribute -> level that the others are compared with; by default the first of the alphabet.

    Raises
    ------
    MktlabError
        When a task has not exactly one choice, an attribute never varies, or a worth has no end
        since a part was always or never chosen.

    Examples
    --------
    >>> shown = pd.DataFrame({"task": [1, 1, 2, 2, 3, 3, 4, 4], "ripe": [True, False] * 4,
    ...                       "chosen": [True, False] * 3 + [False, True]})
    >>> float(choice_model(shown).worths["worth"]["ripe"].round(3))  # ln(3 / 1)
    1.099
    """
    who = "choice_model"
    coding = coding_of(choices, attributes, base or {}, who)
    data = tasks_of(choices, coding, who)
    worth, chance, hessian = _fit(data, coding.parts)
    score = data.rows[data.chosen] - np.add.reduceat(chance[:, None] * data.rows, data.first)
    people = len(data.names)
    by_person = np.zeros((people, score.shape[1]))
    np.add.at(by_person, data.person, score)
    inverse = np.linalg.inv(hessian)
    covariance = inverse @ (by_person.T @ by_person) @ inverse * people / max(people - 1, 1)
    error = Z * np.sqrt(np.diag(covariance))
    table = pd.DataFrame(
        {"worth": worth, "low": worth - error, "high": worth + error}, coding.parts
    )
    return ChoiceModel(
        table.rename_axis("part"),
        pd.DataFrame(covariance, coding.parts, coding.parts),
        coding,
        float(np.log(chance[data.chosen]).sum()),
        people,
        len(data.first),
    )


def _fit(data: Tasks, parts: list[str]) -> tuple[Floats, Floats, Floats]:
    """Most likely worths, the chances that they give, and minus the second derivative there."""
    rows, scale = data.rows, np.maximum(np.abs(data.rows).max(axis=0), 1e-12)
    rows = rows / scale
    worth = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        chance = chances(rows @ worth, data)
        seen = chance[:, None] * rows
        mean = np.add.reduceat(seen, data.first)
        hessian = seen.T @ rows - mean.T @ mean
        slope = (rows[data.chosen] - mean).sum(axis=0)
        step = np.linalg.lstsq(hessian, slope, rcond=None)[0]
        worth = worth + step * min(1.0, 4 / max(np.abs(step).max(), _CLOSE))
        if np.abs(step).max() < _CLOSE:
            break
    flat = np.linalg.cond(hessian) > 1e10
    endless = np.abs(worth / scale * np.ptp(data.rows, axis=0)) > _MOST
    if flat or endless.any():
        problem = say(
            "choice_model: the worth of {part} has no end: it was always or never chosen, or goes "
            "together with another attribute; leave it out, merge levels, or ask more people.",
            part=", ".join(np.array(parts)[endless]) or parts[int(np.argmin(np.diag(hessian)))],
        )
        raise MktlabError(problem)
    return worth / scale, chance, hessian * np.outer(scale, scale)
