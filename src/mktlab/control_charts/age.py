"""`mature_until`: the young are known too little, and a rate of theirs speaks too soon."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say


def mature_until(
    opened: pd.Series[Any],
    settled: pd.Series[Any],
    *,
    today: datetime.date | str,
    share: float = 0.99,
) -> pd.Timestamp:
    """The last day whose cases are old enough to be judged.

    A parcel ordered yesterday is neither late nor in time, a ticket opened yesterday is not
    settled. Whoever takes what is settled so far takes the quick ones: late parcels are missing
    from this week's share, long tickets from this week's mean. So a case counts when it is as old
    as it takes until `share` of all are settled. That age comes from all cases, those that are
    still open included as "not before today" (Kaplan & Meier, 1958).

    Parameters
    ----------
    opened, settled
        By case, the day when it began and the day when its outcome was known, empty while it is
        not. Leave out cases that have no outcome to come, such as cancelled orders, and years in
        which all was quicker than it is now.
    today
        The day after the last one that is known, as `company.today`; what is dated later is
        treated as not known yet, so that one may look back from any day.
    share
        How many of a day's cases must be settled, above 0, at most 1.

    Returns
    -------
    The day. Rows with `opened` on it or before may be counted, later ones wait.

    Raises
    ------
    MktlabError
        When a column holds no days, today is none, or fewer than `share` of the cases ever settle.

    References
    ----------
    Kaplan, E. L., & Meier, P. (1958). Nonparametric estimation from incomplete observations.
    *JASA*, 53(282).

    Examples
    --------
    Of the settled, one took 1 day and one 3, so that 3 days are needed; known is all until May 9:

    >>> days = pd.to_datetime(["2025-05-01", "2025-05-02", "2025-05-08"])
    >>> done = pd.to_datetime(["2025-05-02", "2025-05-05", None])
    >>> mature_until(pd.Series(days), pd.Series(done), today="2025-05-10").date()
    datetime.date(2025, 5, 6)
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    if isinstance(share, bool) or not 0 < share <= 1:
        raise MktlabError(say("share is {share!r}: give one above 0, at most 1.", share=share))
    began, ended, end = known_cases(opened, settled, today=today, name="settled")
    here = (began < end).to_numpy()
    began, ended = began[here].reset_index(drop=True), ended[here].reset_index(drop=True)
    closed = (ended < end).to_numpy()
    last = ended.where(closed, end - pd.Timedelta(days=1))
    age = (last - began).dt.total_seconds().clip(lower=0).to_numpy() / 86_400
    curve = SurvfuncRight(age, closed.astype(int))
    known = 1 - curve.surv_prob
    enough = curve.surv_times[known >= share - 1e-9]
    if not len(enough):
        raise MktlabError(
            say(
                "of these cases {known:share} are ever settled, fewer than {share:share}: leave "
                "out those without an outcome to come, or give a lower share.",
                known=float(known[-1]) if len(known) else 0.0,
                share=share,
            )
        )
    return (end - pd.Timedelta(days=1 + int(np.ceil(enough[0])))).normalize()


def known_cases(
    opened: pd.Series[Any], closed: pd.Series[Any], *, today: datetime.date | str, name: str
) -> tuple[pd.Series[pd.Timestamp], pd.Series[pd.Timestamp], pd.Timestamp]:
    """When each case began and ended, by the index of `opened`, and today, all without a zone.

    `name` is what the caller calls `closed`, for the sentences of what is amiss.
    """
    began, ended = _days(opened, "opened"), _days(closed, name)
    end = pd.to_datetime(str(today), errors="coerce")
    if pd.isna(end) or len(began) != len(ended):
        raise MktlabError(
            say(
                "today is {today!r}, opened has {rows} rows and {name} {others}: give a day such "
                "as company.today, and one row of each per case.",
                today=today,
                rows=len(began),
                name=name,
                others=len(ended),
            )
        )
    return began, ended.set_axis(began.index), end.tz_localize(None)


def _days(column: pd.Series[Any], name: str) -> pd.Series[pd.Timestamp]:
    if not isinstance(column, pd.Series) or not pd.api.types.is_datetime64_any_dtype(column):
        raise MktlabError(
            say("{name} must be a column of days; convert it with pandas.to_datetime.", name=name)
        )
    naive: pd.Series[pd.Timestamp] = column.dt.tz_localize(None)
    return naive
