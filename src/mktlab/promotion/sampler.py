"""A small Gibbs sampler: effects that are 0 or more, each with a shape out of a short list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_FIRST = 200  # sweeps before the first one that counts


class Prior(NamedTuple):
    """Mean and error of each effect, before the cut at 0."""

    mean: Floats
    error: Floats


class Chain(NamedTuple):
    """A row per draw, a column per effect."""

    size: Floats
    shape: Ints


def sample(rows: Floats, rest: Floats, prior: Prior, *, draws: int, free: int, seed: int) -> Chain:
    """Draw effects b >= 0 and shapes s of rest = sum of rows[:, c, s_c] b_c + normal errors.

    Each effect in turn, given all others: its shape with the chance that it has when the effect
    itself is left open, then the effect from its normal distribution, cut at 0.

    Parameters
    ----------
    rows, rest
        (cells, effects, shapes) and (cells,): nothing but effects and errors is left in them.
    prior
        A normal distribution of each effect, cut at 0; all shapes are equally likely.
    draws, free, seed
        Draws to keep; cells less what was estimated before, which gives the size of the errors.
    """
    cells, effects, shapes = rows.shape
    flat = rows.reshape(cells, -1)
    noise = float(rest @ rest) / max(free, 1)
    cross = (flat.T @ rest / noise).reshape(effects, shapes)
    both = (flat.T @ flat / noise).reshape(effects, shapes, effects, shapes)
    precision = np.einsum("cscs->cs", both) + 1 / prior.error[:, None] ** 2
    pull, spread = prior.mean / prior.error**2, 1 / np.sqrt(precision)
    size, shape = np.maximum(prior.mean, 0.0), np.full(effects, shapes // 2)
    lot = np.random.default_rng(seed).random((_FIRST + draws, effects, 2))
    every = np.arange(effects)
    found = np.empty((draws, effects)), np.empty((draws, effects), dtype=np.int64)
    for sweep, chance in enumerate(lot):
        for c in range(effects):
            others = both[c][:, every, shape] @ size - both[c, :, c, shape[c]] * size[c]
            mean = (cross[c] - others + pull[c]) / precision[c]
            far = mean / spread[c]
            weight = np.log(spread[c]) + far**2 / 2 + log_ndtr(far)
            weight = np.exp(weight - weight.max()).cumsum()
            s = int(np.searchsorted(weight, chance[c, 0] * weight[-1], side="right"))
            shape[c] = s
            size[c] = mean[s] - spread[c, s] * ndtri(chance[c, 1] * ndtr(far[s]))
        if sweep >= _FIRST:
            found[0][sweep - _FIRST], found[1][sweep - _FIRST] = size, shape
    return Chain(*found)
