"""Charts of a share, such as late parcels of all parcels: `p_chart` and `laney_chart`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.control_charts.columns import Column, chart, first, moving_sigma, numbers
from mktlab.schema import MktlabError
from mktlab.show.words import say

TAIL = 0.0013498980316301  # chance beyond three standard deviations, on one side


def p_chart(
    events: Column, sizes: Column, *, baseline: int | None = None, exact: bool = False
) -> pd.DataFrame:
    """Limits of a share, three standard deviations of chance by its number of cases.

    Right where cases are independent and only chance makes weeks differ; many thousand cases a
    week differ by more than that nearly always, and `laney_chart` is for them.

    Parameters
    ----------
    events, sizes
        By week, in their order: how many cases were late (or whatever is counted), and of how many.
    baseline
        The first so many weeks say what is usual; by default all do.
    exact
        Limits from the binomial distribution, with at most .135% of chance beyond each: for few
        cases or rare events, where three standard deviations ring too often above.

    Returns
    -------
    A row per week, with the index of `events`: `value` (the share), `usual`, `low` and `high`
    (never below 0 or above 1; a value on its limit is inside) and `outside`. In 1,000 quiet weeks
    2.7 are outside, more or less as whole events allow.

    Raises
    ------
    MktlabError
        When a column holds anything but whole numbers, or events exceed their cases.

    References
    ----------
    Shewhart, W. A. (1931). *Economic Control of Quality of Manufactured Product*. Van Nostrand.

    Examples
    --------
    Usual is .1; of 100 the limits are .1 -+ 3 x .03, of 25 they are .1 -+ 3 x .06:

    >>> p_chart([10, 10, 0, 5], [100, 100, 25, 25], baseline=2)[["low", "high", "outside"]].round(2)
        low  high  outside
    0  0.01  0.19    False
    1  0.01  0.19    False
    2  0.00  0.28    False
    3  0.00  0.28    False
    """
    count, of, usual, sigma = _counted(events, sizes, baseline)
    low, high = (usual - 3 * sigma).clip(0, 1), (usual + 3 * sigma).clip(0, 1)
    if exact:
        from scipy.stats import binom

        low, high = (pd.Series(binom.ppf(t, of, usual)) / of.to_numpy() for t in (TAIL, 1 - TAIL))
    return _shares(count, of, usual, low, high)


def laney_chart(events: Column, sizes: Column, *, baseline: int | None = None) -> pd.DataFrame:
    """Limits of a share (p'), three standard deviations of what neighboring weeks really differ by.

    As in `p_chart`, times the scatter of the standardized shares from week to week: 1 where there
    is only chance, more where weeks differ, as they do where cases are many.

    Parameters
    ----------
    events, sizes, baseline
        As in `p_chart`.

    Returns
    -------
    As from `p_chart`.

    References
    ----------
    Laney, D. B. (2002). Improved control charts for attributes. *Quality Engineering*, 14(4).

    Examples
    --------
    Half of 100: .05 of chance. Neighbors are 4 of these apart, which is 4 / 1.128 = 3.55:

    >>> laney_chart([40, 60, 40, 60], [100] * 4)[["low", "high"]].round(3).iloc[0].tolist()
    [0.0, 1.0]
    >>> laney_chart([48, 52, 48, 52], [100] * 4)[["low", "high"]].round(3).iloc[0].tolist()
    [0.394, 0.606]
    """
    count, of, usual, sigma = _counted(events, sizes, baseline)
    apart = moving_sigma(first((count / of - usual) / sigma, baseline))
    reach = 3 * sigma * apart
    return _shares(count, of, usual, (usual - reach).clip(0, 1), (usual + reach).clip(0, 1))


def _counted(
    events: Column, sizes: Column, baseline: int | None
) -> tuple[pd.Series[float], pd.Series[float], float, pd.Series[float]]:
    """Events and cases, the usual share, and the standard deviation of chance in each week."""
    count, of = numbers(events, "events"), numbers(sizes, "sizes")
    if len(count) != len(of):
        raise MktlabError(
            say(
                "events has {events} rows and sizes {sizes}: give one of each per week.",
                events=len(count),
                sizes=len(of),
            )
        )
    of = of.set_axis(count.index)
    wrong = (count < 0) | (count > of) | (of < 1) | (count % 1 != 0) | (of % 1 != 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise MktlabError(
            say(
                "events and sizes hold {count:g} of {of:g} in row {row}: give whole numbers, and "
                "leave out weeks without a case.",
                count=count.iloc[row],
                of=of.iloc[row],
                row=row,
            )
        )
    usual = float(first(count, baseline).sum() / first(of, baseline).sum())
    if usual in (0.0, 1.0):
        raise MktlabError(
            say(
                "events happen {often} in the weeks that say what is usual: give more of them.",
                often=say("never") if usual == 0 else say("always"),
            )
        )
    return count, of, usual, (usual * (1 - usual) / of) ** 0.5


def _shares(
    count: pd.Series[float],
    of: pd.Series[float],
    usual: float,
    low: pd.Series[float],
    high: pd.Series[float],
) -> pd.DataFrame:
    share = count / of
    slack = 1e-12  # a share on its limit is inside, however it was divided
    outside = (share < low.to_numpy() - slack) | (share > high.to_numpy() + slack)
    return chart(share, usual, low.to_numpy(), high.to_numpy(), outside)
