"""The days on which one looks back: as many as the orders allow, the latest kept for the test.

`cut_days` says which they are, `split` parts their snapshots. Both say in one sentence how much is
missing where a company is too young, or too few of its customers churned or stayed.
"""

from __future__ import annotations

import pandas as pd

from mktlab.churn.features import Purchases
from mktlab.churn.windows import company_tables, number_of, weeks_of
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import HasTables


def cut_days(
    company: HasTables, *, window_weeks: int, horizon_weeks: int, least: int = 2, most: int = 8
) -> list[pd.Timestamp]:
    """The latest cut days whose outcomes are known and do not overlap, in their order.

    The last one is `horizon_weeks` before today, and each `horizon_weeks` before the next.

    Parameters
    ----------
    company
        Its orders and present day.
    window_weeks, horizon_weeks
        As in `snapshots`.
    least, most
        How many cuts are needed, and how many are taken if there are more.

    Raises
    ------
    MktlabError
        When the orders cover too few weeks for the least number of cuts.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> days = pd.to_datetime(["2025-01-01", "2025-02-20"])
    >>> orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": ["Ana", "Ben"],
    ...                        "order_date": days, "revenue": [20.0, 15.0]})
    >>> shop = SimpleNamespace(tables={"orders": orders}, today=pd.Timestamp("2025-03-05"))
    >>> [f"{day:%B %d}" for day in cut_days(shop, window_weeks=2, horizon_weeks=3)]
    ['January 22', 'February 12']
    """
    window, horizon = (
        weeks_of("window_weeks", window_weeks),
        weeks_of("horizon_weeks", horizon_weeks),
    )
    tables, today = company_tables(company)
    covered = (number_of(today) - int(Purchases(tables, today).day[0])) // 7
    quarters = min((covered - window) // horizon, most)
    if quarters < least:
        needed = window + least * horizon
        raise MktlabError(
            say(
                "The orders cover {covered:count} weeks, and {needed:count} are needed ({window} "
                "to look back, {least} times {horizon} to look ahead): run this when the file "
                "holds {missing:count} weeks more.",
                covered=covered,
                needed=needed,
                window=window,
                horizon=horizon,
                least=least,
                missing=needed - covered,
            )
        )
    return [today - pd.Timedelta(weeks=horizon * k) for k in range(quarters, 0, -1)]


def split(past: pd.DataFrame, *, least: int = 25) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The snapshots of all earlier cuts, to learn from, and those of the latest, to test on.

    Time is never shuffled: a model is used on a quarter that it has not seen, so it is tested so.

    Parameters
    ----------
    past
        What `snapshots` returned for several cuts, with `churned`.
    least
        So many churners and so many who stayed are needed, before the latest cut and at it.

    Raises
    ------
    MktlabError
        When there are fewer.

    Examples
    --------
    >>> past = pd.DataFrame({"cut_date": [1, 1, 2, 2], "churned": [True, False] * 2})
    >>> train, test = split(past, least=1)
    >>> len(train), len(test)
    (2, 2)
    """
    latest = past["cut_date"] == past["cut_date"].max()
    for rows, where in ((latest, say("at the latest cut")), (~latest, say("at earlier cuts"))):
        churned = int(past.loc[rows, "churned"].sum())
        stayed = int(rows.sum()) - churned
        if min(churned, stayed) < least:
            raise MktlabError(
                say(
                    "Of the recent customers {where}, {churned:count} churned and {stayed:count} "
                    "bought again: at least {least} of each are needed to tell them apart, so "
                    "take longer or shorter windows, or wait until the file holds more customers.",
                    where=where,
                    churned=churned,
                    stayed=stayed,
                    least=least,
                )
            )
    return past[~latest], past[latest]
