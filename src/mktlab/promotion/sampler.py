"""A small Gibbs sampler: effects that are 0 or more, each with a shape out of a short list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_FIRST = 300  # sweeps before the first one that counts
_SPAN = np.geomspace(1 / 8, 8, 61)  # times the first guess, in which the common answer is sought


class Prior(NamedTuple):
    """What is known of each effect before: `mean` and `error` (infinite where nothing is).

    Effects whose `scale` is above 0 have something in common besides: over their scale they are
    normal around an answer that is not known, give or take as much again. `guess` is a first
    guess of it.
    """

    mean: Floats
    error: Floats
    scale: Floats
    guess: float = 1.0


class Chain(NamedTuple):
    """A row per draw, a column per effect."""

    size: Floats
    shape: Ints


def sample(rows: Floats, rest: Floats, prior: Prior, *, draws: int, free: int, seed: int) -> Chain:
    """Draw effects b >= 0 and shapes s of rest = sum of rows[:, c, s_c] b_c + normal errors.

    Each effect in turn, given all others: its shape with the chance that it has when the effect
    itself is left open, then the effect from its normal distribution, cut at 0; and then what
    the effects have in common.

    Parameters
    ----------
    rows, rest
        (cells, effects, shapes) and (cells,): nothing but effects and errors is left in them.
    prior
        What is known before; all shapes are equally likely.
    draws, free, seed
        Draws to keep; cells less what was estimated before, which gives the size of the errors;
        and the seed of chance.
    """
    cells, effects, shapes = rows.shape
    flat = rows.reshape(cells, -1)
    noise = float(rest @ rest) / max(free, 1)
    cross = (flat.T @ rest / noise).reshape(effects, shapes)
    both = (flat.T @ flat / noise).reshape(effects, shapes, effects, shapes)
    own = np.einsum("cscs->cs", both)
    alike, every = prior.scale > 0, np.arange(effects)
    scale = np.where(alike, prior.scale, 1.0)
    common, grid = prior.guess, prior.guess * _SPAN
    size = np.where(alike, common * scale, np.maximum(prior.mean, 0.0))
    shape = np.full(effects, shapes // 2)
    lot = np.random.default_rng(seed).random((_FIRST + draws, effects + 1, 2))
    found = Chain(np.empty((draws, effects)), np.empty((draws, effects), dtype=np.int64))
    for sweep, chance in enumerate(lot):
        tight = 1 / prior.error**2 + alike / (common * scale) ** 2
        pull = prior.mean / prior.error**2 + alike / (common * scale)
        spread = 1 / np.sqrt(own + tight[:, None])
        for c in range(effects):
            others = both[c][:, every, shape] @ size - both[c, :, c, shape[c]] * size[c]
            mean = (cross[c] - others + pull[c]) * spread[c] ** 2
            far = mean / spread[c]
            s = _pick(np.log(spread[c]) + far**2 / 2 + log_ndtr(far), chance[c, 0])
            shape[c] = s
            size[c] = mean[s] - spread[c, s] * ndtri(chance[c, 1] * ndtr(far[s]))
        if alike.any():
            told = (size / scale)[alike]
            apart = ((told - grid[:, None]) / grid[:, None]) ** 2
            logs = -(np.log(grid)[:, None] + apart / 2).sum(axis=1)
            common = grid[_pick(logs, chance[-1, 0])]
        if sweep >= _FIRST:
            found.size[sweep - _FIRST], found.shape[sweep - _FIRST] = size, shape
    return found


def _pick(logs: Floats, chance: float) -> int:
    """One of several, whose chances are told by their logarithms."""
    reached = np.exp(logs - logs.max()).cumsum()
    return int(np.searchsorted(reached, chance * reached[-1], side="right"))
