"""Forecasts of weekly sales, and how far off they were: the naive ones, and models with a plan.

`weekly` counts what was sold in each full week, `planned` writes promotions beside the weeks. A
method takes the weeks so far and says the next ones: `last_year`, `recent`, `smoothing`,
`regression` and `boosting`. `backtest` lets methods forecast from several days in the past
(rolling origins), `mase` and scikit-learn's `mean_pinball_loss` judge them, `conformal` gives
intervals from their past errors, and `stock` says how much to have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

YEAR = 52
"""Weeks of a year."""

FEWEST = 6
"""Times that a method must have forecast before it is judged."""

Method = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
"""Weeks so far by series, and the plan of all weeks -> the weeks of the plan that are ahead."""


def weekly(
    rows: pd.DataFrame, *, today: pd.Timestamp, by: str = "", count: str = ""
) -> pd.DataFrame:
    """What was sold in each full week, a column per series.

    Parameters
    ----------
    rows
        A row per purchase, or per line of one, with `order_date`.
    today
        The day after the last day that is known: a week that it cuts is left out, as is the first
        one where it does not begin on a Monday.
    by
        The column whose values are the series; without it there is one, `orders`.
    count
        The column to add up; without it rows are counted.

    Returns
    -------
    A row per week by its Monday, 0 where nothing was sold.

    Raises
    ------
    MktlabError
        When a column is missing, or no week is full.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-12-01", "2025-12-03", "2025-12-15", "2025-12-16"])
    >>> weekly(pd.DataFrame({"order_date": days}), today=pd.Timestamp("2025-12-22"))["orders"].tolist()
    [2, 0, 2]
    """
    need_columns(["order_date", *filter(None, [by, count])], rows, of="rows")
    day = rows["order_date"]
    monday = day - pd.to_timedelta(day.dt.weekday, unit="D")
    start = day.min() + pd.Timedelta(days=6)
    first, end = (
        start - pd.Timedelta(days=start.weekday()),
        today - pd.Timedelta(days=today.weekday()),
    )
    weeks = pd.date_range(first, end - pd.Timedelta(weeks=1), freq="7D", name="week")
    if not len(weeks):
        raise MktlabError(say("No full week, Monday to Sunday, is in the table: give more weeks."))
    series = rows[by] if by else pd.Series("orders", rows.index)
    amount = rows[count] if count else pd.Series(1, rows.index)
    sold = amount.groupby([monday.rename("week"), series]).sum().unstack(fill_value=0)
    return sold.reindex(weeks, fill_value=0).rename_axis(columns=None)


def planned(offers: pd.DataFrame | None, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """How much is off the price of each family in each week: 0 without a promotion.

    Parameters
    ----------
    offers
        A row per promotion: `category`, `depth` (share that is off), `start_date`, `end_date`
        (the last day). Without promotions the table has no columns.
    weeks
        Mondays.

    Examples
    --------
    >>> start, end = pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-14")
    >>> offer = {"category": "tea", "depth": 0.2, "start_date": start, "end_date": end}
    >>> weeks = pd.date_range("2025-12-01", periods=3, freq="7D")
    >>> planned(pd.DataFrame([offer]), weeks)["tea"].tolist()
    [0.2, 0.2, 0.0]
    """
    plan = pd.DataFrame(index=pd.DatetimeIndex(weeks, name="week"))
    if offers is None or offers.empty:
        return plan
    need_columns(["category", "depth", "start_date", "end_date"], offers, of="offers")
    for family in sorted(offers["category"].unique()):
        plan[family] = 0.0
        for offer in offers[offers["category"] == family].itertuples():
            during = (plan.index + pd.Timedelta(days=6) >= offer.start_date) & (
                plan.index <= offer.end_date
            )
            plan.loc[during, family] = np.maximum(plan.loc[during, family], offer.depth)
    return plan


def seasons(weeks: pd.DatetimeIndex, *, waves: int = 2) -> pd.DataFrame:
    """Fourier terms of the year, and the weeks before Christmas.

    Parameters
    ----------
    weeks
        Mondays.
    waves
        How many waves a year has: 1 is a wave of a year, 2 adds one of half a year.

    Returns
    -------
    A sine and a cosine for each wave, and `christmas`: 1 in the four weeks up to 24 December.

    Examples
    --------
    >>> seasons(pd.DatetimeIndex(["2024-12-16", "2025-01-06"]), waves=1)["christmas"].tolist()
    [1.0, 0.0]
    """
    angle = 2 * np.pi * np.asarray(weeks.dayofyear, dtype=float) / 365.25
    waved = {}
    for wave in range(1, waves + 1):
        waved |= {f"sine_{wave}": np.sin(wave * angle), f"cosine_{wave}": np.cos(wave * angle)}
    eve = pd.to_datetime([f"{year}-12-24" for year in (weeks + pd.Timedelta(days=3)).year])
    ahead = (eve - weeks).days
    return pd.DataFrame(waved, weeks).assign(christmas=((ahead >= 0) & (ahead < 28)).astype(float))


def last_year(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """The seasonal naive: each week ahead sells what it sold 52 weeks before."""
    ahead = _ahead(sold, plan, weeks=YEAR)
    before = ahead - pd.Timedelta(weeks=YEAR)
    return sold.reindex(before).set_axis(ahead).astype(float)


def recent(sold: pd.DataFrame, plan: pd.DataFrame, *, weeks: int = 4) -> pd.DataFrame:
    """Each week ahead sells the mean of the last four."""
    ahead = _ahead(sold, plan, weeks=weeks)
    return pd.DataFrame([sold.tail(weeks).mean()] * len(ahead), ahead)


def smoothing(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Exponential smoothing (Brown, 1959): a mean in which late weeks weigh more."""
    ahead = _ahead(sold, plan, weeks=8)
    level = {}
    for name, series in sold.items():
        fit = SimpleExpSmoothing(series.to_numpy(dtype=float), initialization_method="estimated")
        level[name] = fit.fit().forecast(len(ahead))
    return pd.DataFrame(level, ahead)


def regression(sold: pd.DataFrame, plan: pd.DataFrame, *, waves: int = 2) -> pd.DataFrame:
    """Log sales by season and promotions, on a level that moves (SARIMAX: Box & Jenkins, 1970).

    What is planned under the name of a series counts for it alone. Without a plan it knows the
    season only.

    Raises
    ------
    MktlabError
        With fewer than 104 weeks: a season seen once cannot be told from luck.
    """
    ahead = _ahead(sold, plan, weeks=2 * YEAR)
    told = {}
    for name, series in sold.items():
        known = _drivers(name, sold, plan, waves)
        log = np.log1p(series.to_numpy(dtype=float))
        model = SARIMAX(log, known.loc[sold.index].to_numpy(), order=(0, 1, 1))
        fit = model.fit(disp=False, maxiter=500, warn_convergence=False)
        told[name] = np.expm1(fit.forecast(len(ahead), exog=known.loc[ahead].to_numpy()))
    return pd.DataFrame(told, ahead)


def boosting(sold: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Gradient boosting (Friedman, 2001): many small trees on season and promotions.

    It learns the log sales of a week over the median of eight weeks that ended 13 weeks before.

    Raises
    ------
    MktlabError
        With fewer than 104 weeks.
    """
    ahead = _ahead(sold, plan, weeks=2 * YEAR)
    told = {}
    for name, series in sold.items():
        known = _drivers(name, sold, plan, 1)
        log = np.log1p(series.astype(float))
        level = log.rolling(8).median().shift(13).dropna()
        trees = GradientBoostingRegressor(
            n_estimators=150, learning_rate=0.05, max_depth=2, subsample=0.8, random_state=0
        )
        trees.fit(known.loc[level.index].to_numpy(), (log[level.index] - level).to_numpy())
        change = trees.predict(known.loc[ahead].to_numpy())
        told[name] = np.expm1(log.tail(8).median() + change)
    return pd.DataFrame(told, ahead)


METHODS: dict[str, Method] = {
    "last year's week": last_year,
    "mean of four weeks": recent,
    "smoothing": smoothing,
    "regression": regression,
    "boosting": boosting,
}


def _drivers(name: object, sold: pd.DataFrame, plan: pd.DataFrame, waves: int) -> pd.DataFrame:
    """Season, and the plan of a series; for the only series, all that is planned."""
    known = seasons(pd.DatetimeIndex(plan.index), waves=waves)
    own = plan.filter([name]) if len(sold.columns) > 1 else plan
    moved = own.loc[sold.index].nunique() > 1
    return known.join(own[moved.index[moved]])


def _ahead(sold: pd.DataFrame, plan: pd.DataFrame, *, weeks: int) -> pd.DatetimeIndex:
    if len(sold) < weeks:
        raise MktlabError(
            say(
                "The table has {n:count} full weeks, and this forecast needs {weeks:count}: "
                "take another one, or wait.",
                n=len(sold),
                weeks=weeks,
            )
        )
    return pd.DatetimeIndex(plan.index[plan.index > sold.index[-1]], name="week")


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
    >>> told = backtest(sold, planned(None, weeks), {"recent": recent})
    >>> told.loc[0, ["forecast", "actual"]].tolist(), told["origin"].nunique()
    ([104.5, 106.0], 6)
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
            both = {"forecast": told.stack(), "actual": sold.loc[ahead].stack()}
            both = pd.DataFrame(both).rename_axis(["week", "series"]).reset_index()
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

    Examples
    --------
    >>> weeks = pd.date_range("2024-01-01", periods=54, freq="7D")
    >>> sold = pd.DataFrame({"tea": [10] * 52 + [14, 20]}, weeks)
    >>> row = {"series": "tea", "method": "naive", "origin": weeks[53], "actual": 20, "forecast": 14}
    >>> float(mase(pd.DataFrame([row]), sold)["naive"])
    1.5
    """
    before = sold[sold.index < tested["origin"].min()]
    scale = (before - before.shift(YEAR)).abs().mean()
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
    tested
        Past forecasts of one method, with `forecast` and `actual`.
    ahead
        Forecasts to come, with `forecast`.
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
    """Log of what was sold over what was forecast; a piece more on both sides, so that 0 has one."""
    need_columns(["forecast", "actual"], tested, of="tested")
    return pd.Series(np.log((tested["actual"] + 1) / (tested["forecast"].clip(lower=0) + 1)))
