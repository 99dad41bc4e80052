"""Weeks: what was sold in each, what was planned for it, and where in the year it lies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

YEAR = 52
"""Weeks of a year."""
PRICE = "price_of_"
"""Before the name of a family: the column of a plan that has its price."""


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
    >>> sold = weekly(pd.DataFrame({"order_date": days}), today=pd.Timestamp("2025-12-22"))
    >>> sold["orders"].tolist()
    [2, 0, 2]
    """
    need_columns(["order_date", *filter(None, [by, count])], rows, of="rows")
    day = rows["order_date"]
    monday = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    start = day.min() + pd.Timedelta(days=6)
    first, end = (
        start - pd.Timedelta(days=start.day_of_week),
        today - pd.Timedelta(days=today.day_of_week),
    )
    weeks = pd.date_range(first, end - pd.Timedelta(weeks=1), freq="7D", name="week")
    if not len(weeks):
        raise MktlabError(say("No full week, Monday to Sunday, is in the table: give more weeks."))
    series = rows[by] if by else pd.Series("orders", rows.index)
    amount = rows[count] if count else pd.Series(1, rows.index)
    sold = amount.groupby([monday.rename("week"), series]).sum().unstack(fill_value=0)
    return sold.reindex(weeks, fill_value=0).rename_axis(columns=None)


def planned(
    offers: pd.DataFrame | None, weeks: pd.DatetimeIndex, *, ahead: int = 0
) -> pd.DataFrame:
    """How much is off the price of each family in each week: 0 without a promotion.

    Parameters
    ----------
    offers
        A row per promotion: `category`, `depth` (share that is off), `start_date`, `end_date`
        (the last day). Without promotions the table has no columns.
    weeks
        Mondays.
    ahead
        Weeks that follow them, and are planned, too.

    Examples
    --------
    >>> start, end = pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-14")
    >>> offer = {"category": "tea", "depth": 0.2, "start_date": start, "end_date": end}
    >>> weeks = pd.date_range("2025-12-01", periods=2, freq="7D")
    >>> planned(pd.DataFrame([offer]), weeks, ahead=1)["tea"].tolist()
    [0.2, 0.2, 0.0]
    """
    known = pd.date_range(weeks[0], periods=len(weeks) + ahead, freq="7D", name="week")
    plan = pd.DataFrame(index=known)
    if offers is None or offers.empty:
        return plan
    need_columns(["category", "depth", "start_date", "end_date"], offers, of="offers")
    for family in sorted(offers["category"].unique()):
        plan[family] = 0.0
        for offer in offers[offers["category"] == family].itertuples():
            first = pd.Timestamp(str(offer.start_date)) - pd.Timedelta(days=6)
            during = (plan.index >= first) & (plan.index <= pd.Timestamp(str(offer.end_date)))
            plan.loc[during, family] = plan.loc[during, family].clip(lower=float(str(offer.depth)))
    return plan


def priced(plan: pd.DataFrame, prices: pd.DataFrame | None, products: pd.DataFrame) -> pd.DataFrame:
    """The plan with the regular price of each family, as `price_of_` and its name.

    A price is the log of the mean shelf price of a family over the one of the first week: 0.05 is
    about 5% dearer. It is known ahead, since somebody sets it; where it is not yet, the last goes
    on. Promotions are no part of it.

    Parameters
    ----------
    plan
        From `planned`.
    prices
        A row per `week`, `product_id` and zone, with its `shelf_price`; without them the plan
        stays as it is.
    products
        The `category` of each `product_id`.

    Examples
    --------
    >>> weeks = pd.date_range("2025-12-01", periods=3, freq="7D", name="week")
    >>> rows = {"week": weeks[:2], "product_id": "T1", "shelf_price": [10.0, 11.0]}
    >>> products = pd.DataFrame({"product_id": ["T1"], "category": ["tea"]})
    >>> dearer = priced(pd.DataFrame(index=weeks), pd.DataFrame(rows), products)
    >>> dearer["price_of_tea"].round(3).tolist()
    [0.0, 0.095, 0.095]
    """
    if prices is None or prices.empty:
        return plan
    need_columns(["week", "product_id", "shelf_price"], prices, of="prices")
    need_columns(["product_id", "category"], products, of="products")
    rows = prices.merge(products[["product_id", "category"]], on="product_id")
    mean = rows.groupby(["week", "category"])["shelf_price"].mean().unstack()
    known = pd.DataFrame(np.log(mean)).reindex(plan.index).ffill().bfill()
    return plan.join((known - known.iloc[0]).add_prefix(PRICE))


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
    A sine and a cosine for each wave, and `christmas`: 1 in the four weeks up to Christmas.

    Examples
    --------
    >>> seasons(pd.DatetimeIndex(["2024-12-16", "2025-01-06"]), waves=1)["christmas"].tolist()
    [1.0, 0.0]
    """
    angle = 2 * np.pi * np.asarray(weeks.day_of_year, dtype=float) / 365.25
    waved = {}
    for wave in range(1, waves + 1):
        waved[f"sine_{wave}"] = np.sin(wave * angle)
        waved[f"cosine_{wave}"] = np.cos(wave * angle)
    eve = pd.to_datetime([f"{day.year}-12-24" for day in weeks])
    ahead = (eve - weeks).days
    before = ((ahead >= 0) & (ahead < 28)).astype(float)
    return pd.DataFrame(waved, weeks).assign(christmas=before)
