"""Worths of each person: a hierarchical logit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.conjoint.coding import chances, tasks_of
from mktlab.conjoint.logit import ChoiceModel

_ROUNDS = 60


def person_worths(
    choices: pd.DataFrame, model: ChoiceModel, *, draws: int = 20, seed: int = 22
) -> pd.DataFrame:
    """Each person's own worths: her choices, and where they say little, those of people like her.

    A hierarchical logit: worths vary among people by a normal distribution, whose mean and spread
    are learned from all (Rossi and Allenby, 2003). Each person's most likely worths are found by
    Newton's method and their uncertainty by the curve there (Laplace), again and again until mean
    and spread settle. A few choices leave much open, so each person comes with `draws` possible
    sets of worths: their mean is the best guess of hers, and all draws together spread as people
    do.

    Returns
    -------
    `draws` rows per `respondent_id` (the index), a column per part of the model.
    """
    data = tasks_of(choices, model.coding, "person_worths")
    people, size = len(data.names), len(model.coding.parts)
    scale = np.abs(data.rows).max(axis=0)
    rows = data.rows / scale  # so that a spread of 1 is large for every part
    mean, spread = model.worths["worth"].to_numpy() * scale, np.eye(size)
    own, curve = np.tile(mean, (people, 1)), np.tile(spread, (people, 1, 1))
    first_row = np.searchsorted(data.person[data.task], np.arange(people))
    first_task = np.searchsorted(data.person, np.arange(people))
    for _ in range(_ROUNDS):
        tight = np.linalg.inv(spread)
        chance = chances((rows * own[data.person[data.task]]).sum(axis=1), data)
        seen = chance[:, None] * rows
        mean_row = np.add.reduceat(seen, data.first)
        slope = np.add.reduceat(rows[data.chosen] - mean_row, first_task)
        curve = np.add.reduceat(seen[:, :, None] * rows[:, None, :], first_row)
        curve -= np.add.reduceat(mean_row[:, :, None] * mean_row[:, None, :], first_task)
        curve = np.linalg.inv(curve + tight)
        step = np.einsum("pij,pj->pi", curve, slope - (own - mean) @ tight)
        own = own + step * np.minimum(1, 2 / np.abs(step).max(axis=1, keepdims=True).clip(1e-12))
        mean = own.mean(axis=0)
        spread = (own - mean).T @ (own - mean) / people + curve.mean(axis=0)
    luck = np.random.default_rng(seed).standard_normal((people, draws, size))
    drawn = own[:, None, :] + luck @ np.linalg.cholesky(curve).transpose(0, 2, 1)
    table = pd.DataFrame(drawn.reshape(-1, size) / scale, columns=model.coding.parts)
    return table.set_index(data.names.repeat(draws))
