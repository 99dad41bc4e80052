"""Alerts: which weeks are unlike the weeks before them.

`limits` says, for each week, between which values the weeks before it lead one to expect it;
`unusual` lists the weeks outside. Median and median deviation stand for "usual", so that a few bad
weeks do not widen the limits; a bad month does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.kpi.registry import KPIS
from mktlab.schema import MktlabError
from mktlab.show.words import say

SIGMAS = 3.0
WEEKS = 26
FEWEST = 13
_TO_SIGMA = 1.4826  # median deviation -> standard deviation, where chance is normal


def limits(
    weekly: pd.DataFrame, *, sigmas: float = SIGMAS, weeks: int = WEEKS, season: int | None = None
) -> pd.DataFrame:
    """What each week is expected to be, from the weeks before it alone.

    Of 1,000 quiet weeks 16 are outside at 3 standard deviations, not 2.7, and 2.5 at 4: the scatter
    of 26 weeks is known no better.

    Parameters
    ----------
    weekly
        A row per week, a column per KPI.
    sigmas
        How many standard deviations a week may lie from the usual value.
    weeks
        How many earlier weeks are looked at; at least 13 of them must have a value.
    season
        52 where Decembers are alike: each week is then expected to differ from the same week a
        year before as the last weeks did from theirs. It takes a year and 13 weeks to begin, rows
        without a gap, and a change 1.4 times as large to ring; the year after an unusual week, its
        week may ring the other way, and so may a feast that moves, such as Easter.

    Returns
    -------
    `week, kpi, value, usual, low, high`, one row per week and KPI; the last three are empty where
    too few weeks came before, and where those were all the same.

    Raises
    ------
    MktlabError
        When `weekly` holds anything but numbers, or `sigmas` or `weeks` is out of its range.

    References
    ----------
    Shewhart, W. A. (1931). *Economic Control of Quality of Manufactured Product*. Van Nostrand.
    Hampel, F. R. (1974). The influence curve and its role in robust estimation. *JASA*, 69(346).

    Examples
    --------
    >>> late = pd.DataFrame({"late_share": [0.03, 0.05] * 7 + [0.20]})
    >>> row = limits(late).iloc[-1]  # median .04, median deviation .01: .04 -+ 3 x 1.4826 x .01
    >>> print(f"{row['low']:.4f} to {row['high']:.4f}")
    -0.0045 to 0.0845
    """
    if not isinstance(weekly, pd.DataFrame) or len(weekly.select_dtypes("number").columns) < len(
        weekly.columns
    ):
        raise MktlabError(
            say(
                "weekly must be a table with a row per week and a column of numbers per KPI, such "
                "as dashboard.show(company).page.weekly."
            )
        )
    if isinstance(sigmas, bool) or not isinstance(sigmas, int | float) or not 0 < sigmas <= 10:
        raise MktlabError(
            say("sigmas is {sigmas!r}: give a number above 0, at most 10.", sigmas=sigmas)
        )
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not FEWEST <= weeks <= 156:
        raise MktlabError(
            say(
                "weeks is {weeks!r}: give a whole number from {fewest} to 156.",
                weeks=weeks,
                fewest=FEWEST,
            )
        )
    if season is not None and (isinstance(season, bool) or season not in range(2, 105)):
        raise MktlabError(
            say("season is {season!r}: give a whole number of weeks, such as 52.", season=season)
        )
    parts = [_limits_of(weekly[name], sigmas, weeks, season) for name in weekly]
    columns = ["week", "kpi", "value", "usual", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _limits_of(
    values: pd.Series[float], sigmas: float, weeks: int, season: int | None
) -> pd.DataFrame:
    row = values.to_numpy(float)
    year_before = values.shift(season).to_numpy(float) if season else np.zeros(len(row))
    padded = np.concatenate([np.full(weeks, np.nan), row - year_before])
    earlier = np.lib.stride_tricks.sliding_window_view(padded, weeks)[: len(row)]
    before = pd.DataFrame(earlier.T)  # a column of earlier weeks for each week
    before = before.loc[:, before.count() >= FEWEST]
    middle = before.median()
    spread = _TO_SIGMA * (before - middle).abs().median()
    spread = spread.where(spread > 0)  # all the same: no idea how far chance goes
    usual = middle + pd.Series(year_before)
    table = pd.DataFrame({"week": values.index, "kpi": values.name, "value": row})
    return table.assign(usual=usual, low=usual - sigmas * spread, high=usual + sigmas * spread)


def unusual(
    weekly: pd.DataFrame, *, sigmas: float = SIGMAS, weeks: int = WEEKS, season: int | None = None
) -> pd.DataFrame:
    """The weeks outside their limits, the latest first.

    Parameters
    ----------
    weekly, sigmas, weeks, season
        As in `limits`.

    Returns
    -------
    The rows of `limits` that are outside, with `side`: "worse" or "better" than usual, or "other"
    for a KPI that has no good direction.

    Examples
    --------
    >>> late = pd.DataFrame({"late_share": [0.03, 0.05] * 7 + [0.20]})
    >>> unusual(late)[["kpi", "value", "side"]]
              kpi  value   side
    0  late_share    0.2  worse
    """
    table = limits(weekly, sigmas=sigmas, weeks=weeks, season=season)
    table = table[(table["value"] < table["low"]) | (table["value"] > table["high"])]
    side = [
        _side(name, value > usual)
        for name, value, usual in zip(table["kpi"], table["value"], table["usual"], strict=True)
    ]
    table = table.assign(side=pd.Series(side, index=table.index, dtype="str"))
    return table.sort_values(["week", "kpi"], ascending=[False, True], ignore_index=True)


def _side(name: str, above: bool) -> str:
    direction = KPIS[name].direction if name in KPIS else "neither"
    if direction == "neither":
        return "other"
    return "better" if above == (direction == "up") else "worse"
