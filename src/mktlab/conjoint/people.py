"""Worths of each person: a hierarchical logit without luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.conjoint.coding import chances, tasks_of
from mktlab.conjoint.logit import ChoiceModel

_ADAPT = 400


def person_worths(choices: pd.DataFrame, model: ChoiceModel) -> pd.DataFrame:
    """Each person's own worths: her choices, and where they say little, those of people like her.

    A hierarchical logit: worths vary among people by a normal distribution, whose mean and spread are
    learned from all (Rossi and Allenby, 2003). Instead of drawing, each person's most likely worths
    are found by Newton's method and their uncertainty by the curve there (Laplace), again and again
    until mean and spread settle. So nothing hangs on luck; spreads come out a little narrow.

    Returns
    -------
    A row per `respondent_id`, a column per part of the model.
    """
    data = tasks_of(choices, model.coding, "person_worths")
    people, size = len(data.names), len(model.coding.parts)
    mean, spread = model.worths["worth"].to_numpy(), np.eye(size)
    own = np.tile(mean, (people, 1))
    first_row = np.searchsorted(data.person[data.task], np.arange(people))
    first_task = np.searchsorted(data.person, np.arange(people))
    for _ in range(_ADAPT):
        tight = np.linalg.inv(spread)
        utility = (data.rows * own[data.person[data.task]]).sum(axis=1)
        chance = chances(utility, data)
        seen = chance[:, None] * data.rows
        mean_row = np.add.reduceat(seen, data.first)
        slope = np.add.reduceat(data.rows[data.chosen] - mean_row, first_task)
        curve = np.add.reduceat(seen[:, :, None] * data.rows[:, None, :], first_row)
        curve -= np.add.reduceat(mean_row[:, :, None] * mean_row[:, None, :], first_task)
        curve = np.linalg.inv(curve + tight)
        step = np.einsum("pij,pj->pi", curve, slope - (own - mean) @ tight)
        own = own + step * np.minimum(1, 2 / np.abs(step).max(axis=1, keepdims=True).clip(1e-12))
        mean, before = own.mean(axis=0), spread
        gap = own - mean
        spread = gap.T @ gap / people + curve.mean(axis=0)
        if np.abs(spread - before).max() < 1e-6 and np.abs(step).max() < 1e-6:
            break
    return pd.DataFrame(own, data.names, model.coding.parts)
