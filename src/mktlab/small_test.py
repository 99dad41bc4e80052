"""What one small business can learn: a twin made of its neighbors, and a test of few weeks.

`twin` weighs neighbors so that together they moved as one place did before an action (synthetic
control), `apart` says how far each place went from its twin afterwards: for places without the
action that is luck. `posterior` learns bookings a week with an action and without it from weeks
that were drawn (Gamma and Poisson), `draws` shows what is likely, `decisions` prices going on,
stopping and testing longer, and `chance_right` says how often a test of some size decides rightly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import nnls
from scipy.special import ndtr

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = npt.NDArray[np.float64]
BLOCK = 4
"""Weeks that `twin` adds up: a single week of a small place is mostly luck."""
FEWEST = 4
"""Weeks of each kind from which `drawn` takes a test for one."""
_ADDS_UP = 1e4  # weight of "the weights sum to 1" beside the weeks


def twin(panel: pd.DataFrame, one: str, *, start: pd.Timestamp) -> pd.Series[float]:
    """Weights of the neighbors that moved together as one place did before an action.

    Each place counts as a multiple of its own mean before `start`, in sums of four weeks. Weights
    are 0 or more and sum to 1.

    Parameters
    ----------
    panel
        Counts: a row per week, by its day in order, and a column per place; no neighbor had the
        action.
    one
        The place that had it.
    start
        First day of the action.

    Returns
    -------
    The weight of each neighbor that has one, the largest first.

    Raises
    ------
    MktlabError
        With fewer than two neighbors, or fewer than 12 weeks before `start`.

    References
    ----------
    Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative
    case studies. *Journal of the American Statistical Association*, 105(490).

    Examples
    --------
    Of two neighbors, one moves as the café does:

    >>> weeks = pd.date_range("2025-01-06", periods=16, freq="7D")
    >>> up, flat = [float(n) for n in range(10, 26)], [10.0] * 16
    >>> panel = pd.DataFrame({"ours": up, "Ada": up, "Bo": flat}, weeks)
    >>> twin(panel, "ours", start=weeks[12]).round(2).to_dict()
    {'Ada': 1.0}
    """
    before = panel.index < start
    others = panel.columns.drop(one)
    if len(others) < 2 or before.sum() < 3 * BLOCK:
        raise MktlabError(
            say(
                "A twin takes two neighbors and {least:count} weeks before the action, or more: "
                "there are {places:count} and {weeks:count}.",
                least=3 * BLOCK,
                places=len(others),
                weeks=int(before.sum()),
            )
        )
    index = _index(panel, start)[before]
    block = np.arange(len(index))[::-1] // BLOCK
    moved = index[block < len(index) // BLOCK].groupby(block[block < len(index) // BLOCK]).mean()
    pull = np.vstack([moved[others].to_numpy(), np.full((1, len(others)), _ADDS_UP)])
    weight, _ = nnls(pull, np.append(moved[one].to_numpy(), _ADDS_UP))
    found = pd.Series(weight, others.rename("place"), name="weight")
    return found[found > 1e-6].sort_values(ascending=False, kind="stable")


def _index(panel: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    return panel / panel[panel.index < start].mean()


def apart(panel: pd.DataFrame, one: str, *, start: pd.Timestamp) -> pd.Series[float]:
    """How far each place went from its twin after the action began.

    Parameters
    ----------
    panel, one, start
        As for `twin`. Twins of the neighbors are made of neighbors alone.

    Returns
    -------
    For each place, what it sold after `start` over what its twin says, less 1: first the one with
    the action, then the others in falling order. What the others show is luck (placebos).

    Examples
    --------
    >>> weeks = pd.date_range("2025-01-06", periods=16, freq="7D")
    >>> panel = pd.DataFrame({"ours": [10.0] * 12 + [12.0] * 4, "Ada": 10.0, "Bo": 20.0,
    ...     "Cy": 5.0}, weeks)
    >>> apart(panel, "ours", start=weeks[12]).round(2).abs().to_dict()
    {'ours': 0.2, 'Ada': 0.0, 'Bo': 0.0, 'Cy': 0.0}
    """
    after = _index(panel, start)[panel.index >= start].mean()
    found = {}
    for place in panel.columns:
        known = panel if place == one else panel.drop(columns=one)
        weight = twin(known, place, start=start)
        said = float((after[weight.index] * weight).sum())
        found[place] = float(after[[place]].iloc[0]) / said - 1
    told = pd.Series(found, name="apart").rename_axis("place")
    others = told.drop(one).sort_values(ascending=False, kind="stable")
    return pd.concat([told[[one]], others])


def drawn(weeks: pd.DataFrame) -> pd.DataFrame:
    """The weeks of one place that a draw decided on, in order.

    Parameters
    ----------
    weeks
        `week`, `posts_on`, `drawn` and `bookings`: a row per week.

    Raises
    ------
    MktlabError
        If a column is missing, or fewer than four weeks of each kind have bookings.

    Examples
    --------
    >>> weeks = pd.DataFrame({"week": range(9), "posts_on": [True, False] * 4 + [True],
    ...     "drawn": [True] * 8 + [False], "bookings": 5})
    >>> len(drawn(weeks))
    8
    """
    need_columns(("week", "posts_on", "drawn", "bookings"), weeks, of="weeks")
    rows = weeks[weeks["drawn"].astype(bool)].sort_values("week", kind="stable")
    some = rows[rows["bookings"] > 0].groupby("posts_on").size()
    if len(some) < 2 or some.min() < FEWEST:
        raise MktlabError(
            say(
                "A test takes {least:count} weeks with posts and {least:count} without, or more, "
                "in which somebody booked and of which a draw said which is which (column drawn).",
                least=FEWEST,
            )
        )
    return rows


def posterior(weeks: pd.DataFrame, *, prior: float = 0.0, lift: float = 0.0) -> pd.DataFrame:
    """What is known of the bookings a week with an action and without it.

    A week's count is Poisson, its mean is Gamma: after so many bookings in so many weeks, it is
    Gamma with that many bookings as shape and that many weeks as rate. The prior counts as more
    bookings on each side: a doubter's expects no difference, another one a lift.

    Parameters
    ----------
    weeks
        `posts_on` and `bookings`: a row per week that a draw decided on.
    prior
        Bookings that the prior counts for, on each side. Its lift has a standard error of about
        the root of 2 over them.
    lift
        Lift that the prior expects, as a share.

    Returns
    -------
    A row for `False` and one for `True` (index `posts_on`): `bookings`, `weeks`, and their ratio
    `mean`.

    Raises
    ------
    MktlabError
        If a column is missing, or all weeks are of one kind.

    References
    ----------
    Gelman, A., et al. (2013). *Bayesian data analysis* (3rd ed.), section 2.6.

    Examples
    --------
    Two weeks with 30 bookings each, two with 20; the prior adds 50 in two weeks of 25:

    >>> weeks = pd.DataFrame({"posts_on": [True, True, False, False], "bookings": [30, 30, 20, 20]})
    >>> posterior(weeks, prior=50)["mean"].to_dict()
    {False: 22.5, True: 27.5}
    """
    need_columns(("posts_on", "bookings"), weeks, of="weeks")
    sums = weeks.groupby("posts_on")["bookings"].agg(["sum", "size"])
    if len(sums) < 2 or not (sums["sum"] > 0).all():
        raise MktlabError(
            say("A test takes weeks with posts and weeks without, and bookings in both.")
        )
    pace = weeks["bookings"].mean() * np.array([1.0, 1.0 + lift]) / (1 + lift / 2)
    known = pd.DataFrame({"bookings": sums["sum"] + prior, "weeks": sums["size"] + prior / pace})
    return known.assign(mean=known["bookings"] / known["weeks"])


def draws(known: pd.DataFrame, *, size: int = 20_000, seed: int = 53) -> pd.DataFrame:
    """Pairs of means that are likely, as `posterior` knows them.

    Returns
    -------
    A row per draw: `off` and `on`, bookings a week, and `lift`, the second over the first, less 1.

    Examples
    --------
    >>> known = pd.DataFrame({"bookings": [9e6, 9.9e6], "weeks": [1e5, 1e5]}, [False, True])
    >>> round(float(draws(known)["lift"].median()), 2)
    0.1
    """
    rng, (seen, weeks) = np.random.default_rng(seed), _columns(known)
    off, on = (rng.gamma(seen[side], 1 / weeks[side], size) for side in (0, 1))
    return pd.DataFrame({"off": off, "on": on, "lift": on / off - 1})


def _columns(known: pd.DataFrame) -> tuple[Floats, Floats]:
    """Bookings and weeks, without the action and with it."""
    rows = known.sort_index()
    return rows["bookings"].to_numpy(dtype=float), rows["weeks"].to_numpy(dtype=float)


def decisions(
    known: pd.DataFrame,
    *,
    margin: float,
    cost: float,
    weeks: int = 52,
    more: int = 12,
    seed: int = 53,
) -> pd.DataFrame:
    """What stopping, going on, and testing longer bring, by what is known today.

    Whoever tests longer has the action in half of these weeks, and then does what looks better.

    Parameters
    ----------
    known
        From `posterior`.
    margin, cost
        What a booking leaves, and what a week of the action costs, in the same currency.
    weeks
        How long the decision holds.
    more
        Weeks of a longer test, an even number.
    seed
        Of the draws.

    Returns
    -------
    A row per decision (index): `expected`, in money over all weeks, more than without the action,
    and `loss`, what it brings less, on average, than whoever knew the means would earn.

    References
    ----------
    Feit, E. M., & Berman, R. (2019). Test & roll: Profit-maximizing A/B tests. *Marketing
    Science*, 38(6).

    Examples
    --------
    Nothing is left to learn: 10 more bookings at 3 each pay for 20, and a test wastes a week.

    >>> known = pd.DataFrame({"bookings": [9e8, 10e8], "weeks": [1e7, 1e7]}, [False, True])
    >>> decisions(known, margin=3, cost=20, weeks=4, more=2).round().astype(int)["loss"].to_dict()
    {'stop': 40, 'go_on': 0, 'test_longer': 10}
    """
    some = draws(known, size=20_000, seed=seed)
    gain = (some["on"] - some["off"]) * margin - cost
    rng, half = np.random.default_rng(seed + 1), more / 2
    seen, spent = _columns(known)
    later = (rng.poisson(half * some[["off", "on"]].to_numpy()) + seen) / (spent + half)
    goes_on = (later[:, 1] - later[:, 0]) * margin > cost
    tested = float((half * gain + (weeks - more) * gain * goes_on).mean())
    told = {"stop": 0.0, "go_on": weeks * float(gain.mean()), "test_longer": tested}
    best = weeks * float(gain.clip(lower=0).mean())
    expected = pd.Series(told, name="expected").rename_axis("decision")
    return pd.DataFrame({"expected": expected, "loss": best - expected})


def chance_right(
    lift: npt.ArrayLike,
    weeks: int,
    *,
    bookings: float,
    margin: float,
    cost: float,
    prior: float = 0.0,
) -> Floats:
    """How often a test decides rightly between going on and stopping.

    Half of the weeks have the action. Whoever goes on when the means of `posterior` say that it
    pays is right if it does pay. Counts are taken as normal.

    Parameters
    ----------
    lift
        What the action does in truth, as a share more bookings: one, or several.
    weeks
        Weeks of the test, an even number.
    bookings
        Bookings a week without the action.
    margin, cost
        What a booking leaves, and what a week of the action costs.
    prior
        As for `posterior`.

    Returns
    -------
    The chance for each lift.

    Examples
    --------
    The action just pays: heads or tails. It brings far more: surely right.

    >>> chance_right([0.1, 1.0], 12, bookings=50, margin=4, cost=20).round(2).tolist()
    [0.5, 1.0]
    """
    truth = np.asarray(lift, dtype=float)
    mean, half = bookings * truth, weeks / 2
    shrunk = half / (half + prior / (bookings * (1 + truth / 2)))
    error = shrunk * np.sqrt(bookings * (2 + truth) / half)
    goes_on = ndtr((shrunk * mean - cost / margin) / error)
    pays = mean * margin >= cost
    return np.asarray(np.where(pays, goes_on, 1 - goes_on))
