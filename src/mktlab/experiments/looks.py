"""Looking before the end: what it does to a test, and two ways to do it honestly."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from mktlab.experiments.counts import TEST, paired
from mktlab.schema import MktlabError
from mktlab.show.words import say

Floats = npt.NDArray[np.float64]
POINTS = 401  # of the grid on which a walk's density is followed


def running(experiments: pd.DataFrame, *, spread: float = 0.1, level: float = 0.95) -> pd.DataFrame:
    """Each test as it stands at the end of each of its days.

    Parameters
    ----------
    experiments
        As in `compare`.
    spread
        How far true lifts usually lie from 0, such as 0.1 for a tenth; chosen before the test. The
        always-valid interval is narrowest for lifts of that size, and valid with any.
    level
        Of both intervals.

    Returns
    -------
    A row per test, version and day: `experiment_id, name, variant, date, day, visitors,
    conversions, visitors_control, conversions_control` (so far), `lift, p`, which hold for a
    single look at a day fixed before, and `always_low, always_high, always_p`, which hold
    for all looks together.

    Raises
    ------
    MktlabError
        As `compare`, and for a spread that is not above 0.

    Notes
    -----
    The mixture sequential probability ratio test (Robbins, 1970; Johari et al., 2022): with
    variance v of the log ratio of rates so far, and a true log ratio drawn with the spread s, the
    half width is sqrt(v (v + s^2) / s^2 log((v + s^2) / (v a^2))), where a is 1 - level. Once a
    test has been called, it stays called: `always_p` never rises.

    References
    ----------
    Johari, R., Koomen, P., Pekelis, L., & Walsh, D. (2022). Always valid inference: continuous
    monitoring of A/B tests. *Operations Research*, 70(3).

    Examples
    --------
    >>> test = pd.DataFrame({
    ...     "experiment_id": "X1", "variant": ["A", "B"], "is_control": [True, False],
    ...     "date": pd.Timestamp("2025-03-03"), "visitors": 1000, "conversions": [100, 130]})
    >>> running(test)[["lift", "p", "always_low", "always_high", "always_p"]].round(2)
       lift     p  always_low  always_high  always_p
    0   0.3  0.04       -0.22         1.17      0.54
    """
    if not spread > 0:
        raise MktlabError(say("spread is {n}: a number above 0 is needed, such as 0.1.", n=spread))
    rows = paired(experiments)
    counts = ["visitors", "conversions", "visitors_control", "conversions_control"]
    test = rows.groupby(TEST, sort=True)
    so_far = test[counts].cumsum().astype(float)
    n, x, m, y = (so_far[name] for name in counts)
    pooled = (x + y) / (n + m)
    gap = x / n - y / m
    z = gap / np.sqrt((pooled * (1 - pooled) * (1 / n + 1 / m)).where(pooled > 0))
    known = (x > 0) & (y > 0)
    variance = (1 / x - 1 / n + 1 / y - 1 / m).where(known)
    mixed = variance + spread**2
    half = np.sqrt(variance * mixed / spread**2 * np.log(mixed / (variance * (1 - level) ** 2)))
    lift = (x / n) / (y / m).where(y > 0)
    far = np.log(lift.where(known)) ** 2
    evidence = np.sqrt(variance / mixed) * np.exp(far * spread**2 / (2 * variance * mixed))
    found = rows.assign(
        **{name: so_far[name].astype("int64") for name in counts},
        day=test.cumcount() + 1,
        lift=lift - 1,
        p=2 * norm.sf(z.abs()),
        always_low=lift * np.exp(-half) - 1,
        always_high=lift * np.exp(half) - 1,
        always_p=(1 / evidence).clip(upper=1).fillna(1.0),
    )
    found["always_p"] = found.groupby(TEST)["always_p"].cummin()
    columns = ["experiment_id", "name", "variant", "date", "day", *counts]
    return found[[*columns, "lift", "p", "always_low", "always_high", "always_p"]].reset_index(
        drop=True
    )


def reshuffled(experiments: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same visitors of the same days, drawn anew into two versions of one page.

    What then differs between the versions is chance alone.

    Parameters
    ----------
    experiments
        As in `compare`, each test with two versions.
    rng
        Draws who sees which version.

    Returns
    -------
    `experiments` with other `conversions`: those of a day go to either version at random, by the
    number of its visitors.

    Examples
    --------
    >>> test = pd.DataFrame({
    ...     "experiment_id": "X1", "variant": ["A", "B"], "is_control": [True, False],
    ...     "date": pd.Timestamp("2025-03-03"), "visitors": 1000, "conversions": [100, 130]})
    >>> int(reshuffled(test, np.random.default_rng(1))["conversions"].sum())
    230
    """
    rows = experiments.sort_values(["experiment_id", "date", "variant"])
    day = rows.groupby(["experiment_id", "date"], sort=False)
    visitors, buyers = day["visitors"].sum(), day["conversions"].sum()
    first = day["visitors"].first()
    drawn = rng.hypergeometric(buyers, visitors - buyers, first)
    place = day.cumcount()
    both = np.where(place == 0, np.repeat(drawn, day.size()), np.repeat(buyers - drawn, day.size()))
    return rows.assign(conversions=np.where(place < 2, both, 0)).loc[experiments.index]


def boundaries(
    looks: int, *, alpha: float = 0.05, kind: Literal["obrien_fleming", "pocock"] = "obrien_fleming"
) -> Floats:
    """How large |z| must be at each of a few planned looks, evenly spaced.

    Parameters
    ----------
    looks
        How often one looks, the end included.
    alpha
        How often a test without a lift may be called at any of them, two-sided.
    kind
        "obrien_fleming" asks much early and hardly more than usual at the end; "pocock" asks the
        same of all.

    Returns
    -------
    One number per look.

    Raises
    ------
    MktlabError
        If there are no looks, or alpha is not between 0 and 1.

    Notes
    -----
    The density of the walk that has not been stopped is followed from look to look (Armitage,
    McPherson & Rowe, 1969), by Simpson's rule.

    References
    ----------
    Jennison, C., & Turnbull, B. W. (2000). *Group Sequential Methods with Applications to Clinical
    Trials*, tables 2.1 and 2.3.

    Examples
    --------
    >>> boundaries(5).round(2).tolist()  # 2.040 x sqrt(5 / look)
    [4.56, 3.23, 2.63, 2.28, 2.04]
    >>> boundaries(5, kind="pocock").round(3).tolist()
    [2.413, 2.413, 2.413, 2.413, 2.413]
    """
    if looks < 1 or not 0 < alpha < 1:
        raise MktlabError(
            say(
                "looks must be 1 or more and alpha between 0 and 1; got {n} and {a}.",
                n=looks,
                a=alpha,
            )
        )
    look = np.arange(1, looks + 1)
    shape = np.sqrt(looks / look) if kind == "obrien_fleming" else np.ones(looks)
    last: float = brentq(lambda z: _false_alarms(z * shape) - alpha, 0.5, 8.0, xtol=1e-10)
    limits: Floats = last * shape
    return limits


def _false_alarms(limits: Floats) -> float:
    """How often a walk without drift is beyond its limits at one look or another."""
    grid = np.linspace(-limits[0], limits[0], POINTS)
    density = norm.pdf(grid)
    for number, limit in enumerate(limits[1:], start=2):
        edge = limit * np.sqrt(number)
        onto = np.linspace(-edge, edge, POINTS)
        steps = norm.pdf(onto[:, None] - grid[None, :])
        density = steps @ (density * _simpson(grid))
        grid = onto
    return 1 - float(density @ _simpson(grid))


def _simpson(grid: Floats) -> Floats:
    weights = np.ones(POINTS)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return weights * float(grid[1] - grid[0]) / 3
