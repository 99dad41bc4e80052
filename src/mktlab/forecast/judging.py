"""Judging forecasts: what they would have said in the past, and what follows for those to come."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mktlab.forecast.methods import METHODS, Method
from mktlab.forecast.weeks import YEAR
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

FEWEST = 6
"""Times that a method must have forecast before it is judged."""


def backtest(
    sold: pd.DataFrame,
    plan: pd.DataFrame,
    methods: Mapping[str, Method] = METHODS,
    *,
    origins: int = 13,
    horizon: int = 4,
) -> pd.DataFrame:
    """What methods would have said from several days in the past (rolling origins).

    Parameters
    ----------
    sold
        Weeks that were sold, a column per series.
    plan
        What was planned in the same weeks, as it was known long before.
    methods
        By name.
    origins
        How many times they forecast; the last time, of the last weeks. Fewer where the table is
        short, and never fewer than 6.
    horizon
        Weeks that each forecast tells.

    Returns
    -------
    A row per method, series and week: `forecast`, `actual`, and `origin`, the first week told.

    Raises
    ------
    MktlabError
        When fewer than 104 weeks are left to learn from.

    Examples
    --------
    >>> weeks = pd.date_range("2023-01-02", periods=130, freq="7D", name="week")
    >>> sold = pd.DataFrame({"tea": range(130)}, weeks)
    >>> plan = pd.DataFrame(index=weeks)
    >>> told = backtest(sold, plan, {"recent": METHODS["recent"]})
    >>> told.loc[0, ["forecast", "actual"]].tolist(), told["origin"].nunique()
    ([103.5, 106.0], 6)
    """
    least, most = 2 * YEAR + FEWEST * horizon, (len(sold) - 2 * YEAR) // horizon
    if most < FEWEST:
        raise MktlabError(
            say(
                "The table has {n:count} full weeks, and to judge forecasts takes {least:count}: "
                "two years to learn from, and {horizon:count} weeks {times:count} times.",
                n=len(sold),
                least=least,
                horizon=horizon,
                times=FEWEST,
            )
        )
    rows = []
    for back in range(min(origins, most), 0, -1):
        cut = len(sold) - back * horizon
        ahead = sold.index[cut : cut + horizon]
        for name, method in methods.items():
            told = method(sold.iloc[:cut], plan.loc[: ahead[-1]])
            both = pd.DataFrame({"forecast": told.stack(), "actual": sold.loc[ahead].stack()})
            both = both.rename_axis(["week", "series"]).reset_index()
            rows.append(both.assign(method=name, origin=ahead[0]))
    return pd.concat(rows, ignore_index=True)


def mase(tested: pd.DataFrame, sold: pd.DataFrame) -> pd.Series[float]:
    """Mean absolute scaled error of each method (Hyndman & Koehler, 2006).

    Each error is divided by the mean error that last year's week made, as a forecast of one step,
    in the weeks before the first origin. So series of any size can be put together: 1 is as far off
    as last year's week was then, and less is better.

    Parameters
    ----------
    tested
        From `backtest`.
    sold
        The weeks that were sold.

    Raises
    ------
    MktlabError
        When a series sold the same as a year before, week by week.

    Examples
    --------
    >>> weeks = pd.date_range("2024-01-01", periods=54, freq="7D")
    >>> sold = pd.DataFrame({"tea": [10] * 52 + [14, 20]}, weeks)
    >>> row = {"series": "tea", "method": "naive", "actual": 20, "forecast": 14}
    >>> float(mase(pd.DataFrame([{**row, "origin": weeks[53]}]), sold)["naive"])
    1.5
    """
    before = sold[sold.index < tested["origin"].min()]
    scale = (before - before.shift(YEAR)).abs().mean()
    if (flat := scale.index[~(scale > 0)]).size:
        raise MktlabError(
            say(
                "{series} sold the same in each week as a year before, so that no error can be "
                "scaled by it: leave it out.",
                series=str(flat[0]),
            )
        )
    missed = (tested["actual"] - tested["forecast"]).abs() / tested["series"].map(scale)
    return missed.groupby(tested["method"]).mean().sort_values()


def conformal(tested: pd.DataFrame, ahead: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Intervals from how far off past forecasts were (split conformal: Vovk et al., 2005).

    An error is a ratio: of so many past ones, the interval holds `level`, up and down alike.

    Parameters
    ----------
    tested
        Past forecasts of one method, with `forecast` and `actual`.
    ahead
        Forecasts to come, with `forecast`.
    level
        Share of the weeks that the interval is to hold.

    Returns
    -------
    `ahead` with `low` and `high`.

    Raises
    ------
    MktlabError
        When the past forecasts are too few for the level.

    Examples
    --------
    >>> past = pd.DataFrame({"forecast": 99.0, "actual": [99.0] * 18 + [199.0]})
    >>> conformal(past, pd.DataFrame({"forecast": [9.0]}))[["low", "high"]].values.tolist()
    [[4.0, 19.0]]
    """
    missed = np.sort(_ratios(tested).abs().to_numpy())
    place = int(np.ceil((len(missed) + 1) * level - 1e-9))
    if place > len(missed):
        raise MktlabError(
            say(
                "{n:count} past forecasts are too few for an interval that holds {level:share}: "
                "take more origins, or a lower level.",
                n=len(missed),
                level=level,
            )
        )
    factor = np.exp(missed[place - 1])
    low, high = (ahead["forecast"] + 1) / factor - 1, (ahead["forecast"] + 1) * factor - 1
    return ahead.assign(low=low.clip(lower=0).round(9), high=high.round(9))


def stock(tested: pd.DataFrame, ahead: pd.DataFrame, *, short: float, left: float) -> pd.DataFrame:
    """How many pieces to have, when too few and too many cost differently (newsvendor).

    The best quantity is sold out with the chance `left / (short + left)`: it is that quantile of
    what may come (Arrow, Harris & Marschak, 1951). The quantile is that of past errors.

    Parameters
    ----------
    tested, ahead
        As in `conformal`.
    short
        Cost of a piece that is missing, such as its margin, in euros.
    left
        Cost of a piece that is left over.

    Returns
    -------
    `ahead` with `pieces`.

    Examples
    --------
    >>> past = pd.DataFrame({"forecast": 99.0, "actual": [79.0, 99.0, 109.0]})
    >>> stock(past, pd.DataFrame({"forecast": [199.0]}), short=1, left=1)["pieces"].tolist()
    [199.0]
    """
    if min(short, left) <= 0:
        raise MktlabError(say("A piece that is missing, or left over, costs more than 0."))
    factor = np.exp(_ratios(tested).quantile(short / (short + left)))
    pieces = (ahead["forecast"] + 1) * factor - 1
    return ahead.assign(pieces=pieces.clip(lower=0).round(9))


def _ratios(tested: pd.DataFrame) -> pd.Series[float]:
    """Log of sold over forecast, with a piece more on both sides, so that 0 has one."""
    need_columns(["forecast", "actual"], tested, of="tested")
    return pd.Series(np.log((tested["actual"] + 1) / (tested["forecast"].clip(lower=0) + 1)))
