"""Chance: every draw belongs to a seed, a named stream, a week and a person.

`uniforms` gives person 0, 1, 2, … their numbers of one stream in one week. The first persons get
the same numbers however many persons follow, and a new stream never moves an old one, so that two
markets differ only by what was decided in them. Everything else is an inverse distribution function
of such a number (`normals`, `gammas`, `betas`, `poissons`, `binomials`, `choices`): one number in,
one draw out, whereas the ready-made draws of numpy use up as many numbers as they happen to need.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrik, betaincinv, gammaincinv, ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def uniforms(seed: int, stream: str, size: int, *, week: int = 0) -> Floats:
    """Numbers between 0 and 1, one per person.

    >>> three, five = uniforms(1, "orders", 3, week=7), uniforms(1, "orders", 5, week=7)
    >>> bool((three == five[:3]).all())
    True
    """
    sequence = np.random.SeedSequence([seed, crc32(stream.encode()), week])
    return np.random.default_rng(sequence).random(size)


def normals(uniform: Floats) -> Floats:
    """Standard normal draws.

    >>> normals(np.array([0.5, 0.975])).round(2).tolist()
    [0.0, 1.96]
    """
    return np.asarray(ndtri(np.maximum(uniform, 2.0**-60)))


def gammas(uniform: Floats, *, shape: float | Floats) -> Floats:
    """Gamma draws with mean 1: the smaller `shape`, the more unequal people are.

    >>> gammas(np.array([0.5]), shape=1.0).round(3).tolist()  # exponential: its median is ln 2
    [0.693]
    """
    return np.asarray(gammaincinv(shape, uniform) / shape)


def betas(uniform: Floats, a: float, b: float) -> Floats:
    """Beta draws between 0 and 1, mean a / (a + b).

    >>> betas(np.array([0.25]), 1.0, 1.0).round(3).tolist()  # uniform
    [0.25]
    """
    return np.asarray(betaincinv(a, b, uniform))


def poissons(uniform: Floats, mean: Floats, *, most: int) -> Ints:
    """Poisson counts, cut at `most`.

    >>> poissons(np.array([0.3, 0.4, 0.999]), np.array([1.0, 1.0, 1.0]), most=3).tolist()
    [0, 1, 3]
    """
    count = np.zeros(len(uniform), dtype=np.int64)
    term = np.exp(-mean)
    reached = term.copy()
    for k in range(1, most + 1):
        count += uniform >= reached
        term *= mean / k
        reached += term
    return count


def mean_of_poissons(mean: Floats, *, most: int) -> Floats:
    """What `poissons` are on average, the cut included.

    >>> mean_of_poissons(np.array([1.0]), most=1).round(3).tolist()  # 1 - 1/e
    [0.632]
    """
    term = np.exp(-mean)
    reached, total = term.copy(), np.zeros_like(mean)
    for k in range(1, most + 1):
        total += 1.0 - reached
        term *= mean / k
        reached += term
    return total


def binomials(uniform: Floats, size: Floats | Ints, chance: Floats) -> Ints:
    """Binomial counts: how many of `size` do what each does with this chance.

    >>> binomials(np.array([0.2, 0.3, 0.8, 0.5]), np.array([2, 2, 2, 0]), np.full(4, 0.5)).tolist()
    [0, 1, 2, 0]
    """
    count = np.ceil(bdtrik(uniform, np.maximum(size, 1), chance))
    return np.asarray(np.where(np.asarray(size) > 0, np.maximum(count, 0), 0), dtype=np.int64)


def choices(uniform: Floats, chances: Floats) -> Ints:
    """The option each person takes; row i of `chances` holds person i's weights.

    >>> choices(np.array([0.2, 0.6]), np.array([[1.0, 1.0], [1.0, 1.0]])).tolist()
    [0, 1]
    """
    reached = chances.cumsum(axis=1)
    taken = (uniform * reached[:, -1])[:, None] >= reached[:, :-1]
    return np.asarray(taken.sum(axis=1))
