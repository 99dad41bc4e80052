"""How many of a cohort will stay: the shifted-beta-geometric model and its projection.

`fit_sbg` learns two numbers from the survivors so far; `project` says how many will be left, with
the band in which 95 of 100 such cohorts will lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln

from mktlab.schema import MktlabError
from mktlab.show.words import say

DRAWS = 4_000
Floats = np.ndarray[Any, np.dtype[np.float64]]


class Sbg(NamedTuple):
    """Each customer leaves with a chance of her own, the same at each age, drawn from a beta."""

    alpha: float
    beta: float

    def share(self, ages: Any) -> Any:
        """The share of the cohort that is left at these ages."""
        return np.exp(betaln(self.alpha, self.beta + np.asarray(ages)) - betaln(*self))


def fit_sbg(survivors: Sequence[float] | Floats) -> Sbg:
    """The two numbers of the model under which these survivors are most likely.

    Parameters
    ----------
    survivors
        Customers left at ages 0, 1, 2, ...: three numbers or more, none above the one before.

    Raises
    ------
    MktlabError
        When there are too few numbers, one is no number or below 0, they rise, or nobody has left.

    References
    ----------
    Fader, P. S., & Hardie, B. G. S. (2007). How to project customer retention. *Journal of
    Interactive Marketing*, 21(1), 76-90.

    Examples
    --------
    >>> fit = fit_sbg([1000, 631, 468, 382, 326, 289, 262, 241])  # the paper's regular customers
    >>> round(fit.alpha, 3), round(fit.beta, 3)
    (0.704, 1.182)
    """
    known = _checked(survivors)
    found = minimize(
        lambda logs: -_loglik(known, *np.exp(logs)),
        x0=[0.0, 1.0],
        method="L-BFGS-B",
        bounds=[(-7.0, 9.0)] * 2,
        options={"ftol": 1e-12, "gtol": 1e-8},
    )
    return Sbg(*(float(value) for value in np.exp(found.x)))


def project(survivors: Sequence[float] | Floats, ages: int, *, seed: int = 0) -> pd.DataFrame:
    """How many of this cohort will be left, from the last known age on.

    The band holds both that two numbers are learned from few customers, and that those who are
    left decide one by one: 95 of 100 cohorts lie in it at each age, **if** people leave as the
    model says and nobody comes back. Parameters are drawn in proportion to their likelihood, from a
    grid that is even in the mean chance to leave and in how much customers differ.

    Parameters
    ----------
    survivors
        As in `fit_sbg`.
    ages
        The last age to project, above those known.
    seed
        Of the draws behind the band.

    Returns
    -------
    One row per age from 0: `age`, `known` (empty where it is not), `expected`, `low` and `high`,
    all as shares of age 0.

    Raises
    ------
    MktlabError
        As `fit_sbg`, and when `ages` lies not above the ages known.

    Examples
    --------
    >>> project([1000, 631, 468, 382, 326, 289, 262, 241], 8).round(3).tail(2)
       age  known  expected    low   high
    7    7  0.241     0.241  0.241  0.241
    8    8    NaN     0.222  0.213  0.230
    """
    known = _checked(survivors)
    last = len(known) - 1
    if ages <= last:
        raise MktlabError(
            say(
                "ages is {ages}: survivors are known up to age {last}; give a later age.",
                ages=ages,
                last=last,
            )
        )
    later = np.arange(last + 1, ages + 1)
    fit, (alpha, beta) = fit_sbg(known), _likely(known, np.random.default_rng(seed))
    left = known[-1] * fit.share(later) / fit.share(last)
    stay = np.exp(betaln(alpha, beta + later[:, None]) - betaln(alpha, beta + last))
    drawn = np.random.default_rng(seed + 1).binomial(round(known[-1]), stay)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    parts = {"known": [np.nan] * len(later), "expected": left, "low": low, "high": high}
    whole = {name: np.concatenate([known, values]) / known[0] for name, values in parts.items()}
    return pd.DataFrame({"age": np.arange(ages + 1), **whole})


def _checked(survivors: Sequence[float] | Floats) -> Floats:
    known = np.asarray(survivors, dtype=float)
    if known.ndim != 1 or len(known) < 3 or not np.isfinite(known).all():
        raise MktlabError(
            say(
                "survivors holds {known}: give the customers left at ages 0, 1, 2, ..., three "
                "numbers or more.",
                known=list(known.ravel()[:4]),
            )
        )
    if (np.diff(known) > 0).any() or known.min() < 0:
        raise MktlabError(
            say(
                "survivors rise or lie below 0 at age {age}: who has left does not come back "
                "here; count whoever buys at this age or later.",
                age=int(np.argmax((np.diff(known, prepend=known[0]) > 0) | (known < 0))),
            )
        )
    if known[-1] == known[0]:
        raise MktlabError(say("survivors: nobody has left, so nothing tells who will; wait."))
    return known


def _loglik(known: Any, alpha: Any, beta: Any) -> Any:
    """The logarithm of the likelihood; `alpha` and `beta` may be arrays of one shape."""
    whole = betaln(alpha, beta)
    total = known[-1] * (betaln(alpha, beta + len(known) - 1) - whole)
    for age, lost in enumerate(known[:-1] - known[1:]):
        total = total + lost * (betaln(alpha + 1, beta + age) - whole)
    return total


def _likely(known: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Pairs of parameters, drawn in proportion to their likelihood."""
    mean = np.linspace(0.002, 0.998, 400)[:, None]
    spread = np.linspace(0.002, 0.998, 200)[None, :]  # 1 / (1 + alpha + beta)
    alpha, beta = mean * (1 / spread - 1), (1 - mean) * (1 / spread - 1)
    weight = _loglik(known, alpha, beta)
    weight = np.exp(weight - weight.max()).ravel()
    place = rng.choice(weight.size, DRAWS, p=weight / weight.sum())
    return alpha.ravel()[place], beta.ravel()[place]
