"""Where a budget goes: to the channels whose next euro brings most, and no cent is lost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from mktlab.promotion.response import MediaModel
from mktlab.promotion.sampler import Floats
from mktlab.schema import MktlabError
from mktlab.show.formats import decimal, share
from mktlab.show.words import say

_STEPS = 513


@dataclass(frozen=True, eq=False)
class Allocation:
    """A budget and what it adds: `gain` sales a week over the start, 95% from `low` to `high`.

    `table` has a row per channel: `start` and `euros` a week, and what the `next_euro` brings, at
    the start and then. `sure` is the chance that the budget is better than the start.
    """

    table: pd.DataFrame
    gain: float
    low: float
    high: float
    sure: float

    @property
    def budget(self) -> pd.Series[float]:
        """Euros a week, by channel."""
        return self.table["euros"]

    def __repr__(self) -> str:
        return say(
            "{gain} more a week (95%: {low} to {high}); better than the start with a chance of "
            "{sure}.",
            gain=decimal(self.gain, 1),
            low=decimal(self.low, 1),
            high=decimal(self.high, 1),
            sure=share(self.sure),
        )


def allocate(
    model: MediaModel,
    start: pd.Series[float] | None = None,
    *,
    within: tuple[float, float] = (0.5, 1.5),
    value: float = 1.0,
) -> Allocation:
    """Share a budget out so that the next euro brings the same everywhere.

    Parameters
    ----------
    model
        What channels may do.
    start
        Euros a week by channel; by default the model's `today`. Its sum is kept, to the cent.
    within
        Least and most that a channel may get, in parts of its start: no test speaks of ten times
        today's budget.
    value
        What one of the sales is worth.

    Returns
    -------
    Allocation
        In expectation never worse than the start.

    Raises
    ------
    MktlabError
        When a budget is missing or below 0, or `within` does not hold the start.

    Examples
    --------
    Two channels of 100 euros. The first brings 3 times as much, so it gets most.

    >>> today = pd.Series([100.0, 100.0], ["radio", "press"])
    >>> model = MediaModel(today, 1000.0, np.array([[0.06, 0.02]]), np.ones((1, 2)),
    ...     np.zeros((1, 2)))
    >>> found = allocate(model, within=(0, 2))
    >>> found.budget.round(1).to_dict()
    {'radio': 153.6, 'press': 46.4}
    """
    begin = model.today if start is None else start.reindex(model.today.index).astype(float)
    low, high = within
    if begin.isna().any() or (begin < 0).any() or not 0 <= low <= 1 <= high:
        raise MktlabError(
            say(
                "allocate: give 0 or more euros for each of {names}, and within=(least, most) as "
                "parts of them, with least from 0 to 1 and most from 1 up.",
                names=", ".join(map(str, model.today.index)),
            )
        )
    begin = begin.round(2)
    paid: Floats = np.asarray(100 * begin, dtype=float)
    least, most = np.ceil(low * paid - 1e-6), np.floor(high * paid + 1e-6)
    euros = pd.Series(_shared(model, paid, least, most) / 100 + 0.0, begin.index)
    gains = value * (model.brings(euros) - model.brings(begin))
    if gains.mean() < 0:
        euros, gains = begin, 0 * gains
    ends = [float(end) for end in np.quantile(gains, [0.025, 0.975])]
    next_euro = {
        "start": begin,
        "euros": euros,
        "next_euro_start": value * model.marginal(begin).mean(axis=0),
        "next_euro": value * model.marginal(euros).mean(axis=0),
    }
    sure = float((gains > 0).mean())
    return Allocation(pd.DataFrame(next_euro), float(gains.mean()), ends[0], ends[1], sure)


def _shared(model: MediaModel, paid: Floats, least: Floats, most: Floats) -> Floats:
    """Whole cents by channel, which add up to those paid at the start."""
    total = round(float(paid.sum()))
    paths = [np.linspace(a, max(a, b), _STEPS) for a, b in zip(least, most, strict=True)]
    slopes = [partial(_slope, model, place)(path / 100) for place, path in enumerate(paths)]

    def given(level: float) -> Floats:
        return np.array(
            [np.interp(-level, -slope, path) for slope, path in zip(slopes, paths, strict=True)]
        )

    low, high = 0.0, max(float(slope.max()) for slope in slopes) + 1e-12
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if given(middle).sum() > total else (low, middle)
    found, more = given(high), given(low)  # a level path: between the two lies the total
    gap = float((more - found).sum())
    found = found + (more - found) * (0 if gap <= 0 else min((total - found.sum()) / gap, 1))
    cents = np.clip(np.floor(found + 1e-9), least, most)
    missing = round(total - cents.sum())
    order = np.argsort(-(found - cents), kind="stable")
    while missing:
        step = 1 if missing > 0 else -1
        room = [c for c in order if least[c] <= cents[c] + step <= most[c]]
        if not room:
            return np.asarray(np.rint(paid))
        for c in room[: abs(missing)]:
            cents[c] += step
        missing = round(total - cents.sum())
    return np.asarray(cents)


def _slope(model: MediaModel, place: int, euros: Floats) -> Floats:
    """What the next euro brings on one channel, in expectation, along a path of budgets."""
    halves, group = np.unique(model.half[:, place], return_inverse=True)
    lift = np.bincount(group, model.lift[:, place]) / len(group)
    today = float(model.today.iloc[place])
    slope = (1 + halves) * halves / (euros[:, None] / today + halves) ** 2
    return np.asarray(model.sold * (slope @ lift) / today)
