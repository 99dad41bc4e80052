"""Leads of business buyers: who became what, whom a call changes, how long the list of calls is.

`followed` puts leads, calls and deals together, a row per lead; `features` says what was known of
each; `drawn` keeps those for whom a draw decided; `worth` says what each would bring and take. A
model of `mktlab.uplift` tells the change. `first_calls` makes the list that fits the hours,
`next_hours` says what more hours bring, `open_chances` and `forecast` what open deals will.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

EVENTS = ("page_views", "mails_opened", "downloads", "price_views")
RIPE = 26
"""Weeks after which hardly a lead changes any more."""
AGES = (0, 4, 8, 13, 26)
"""Weeks from which on a deal is in each class of age."""
WON = "won"


def followed(
    leads: pd.DataFrame, calls: pd.DataFrame, deals: pd.DataFrame, *, today: pd.Timestamp
) -> pd.DataFrame:
    """What became of each lead.

    Parameters
    ----------
    leads, calls, deals
        The tables of these names.
    today
        The day after the last observed one.

    Returns
    -------
    DataFrame
        The rows of `leads` with `age_weeks`, `called`, `hours` (of the call; empty without one),
        `won`, and `margin` of the deal that was won, in the currency of the tables.

    Raises
    ------
    MktlabError
        If a column is missing.

    Examples
    --------
    >>> day = pd.Timestamp("2025-01-06")
    >>> two = pd.DataFrame({"lead_id": ["a", "b"], "created_date": day})
    >>> call = pd.DataFrame({"lead_id": ["b"], "hours": [2.0]})
    >>> deal = pd.DataFrame({"lead_id": ["b"], "stage": ["won"], "margin": [900.0]})
    >>> rows = followed(two, call, deal, today=pd.Timestamp("2025-01-20"))
    >>> rows[["age_weeks", "called", "won", "margin"]].fillna(0).values.tolist()
    [[2.0, False, False, 0.0], [2.0, True, True, 900.0]]
    """
    need_columns(["lead_id", "created_date"], leads, of="leads")
    need_columns(["lead_id", "hours"], calls, of="calls")
    need_columns(["lead_id", "stage", "margin"], deals, of="deals")
    who, bought = leads["lead_id"], deals[deals["stage"] == WON]
    return leads.assign(
        age_weeks=(today - leads["created_date"]).dt.days / 7,
        called=who.isin(calls["lead_id"]),
        hours=who.map(calls.groupby("lead_id")["hours"].sum()),
        won=who.isin(bought["lead_id"]),
        margin=who.map(bought.groupby("lead_id")["margin"].sum()),
    )


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """What was known of each lead when the salespeople chose, as numbers.

    A column of 0 and 1 for each source and kind, the logarithm of the cups, and the counts of what
    it did in its first week.

    >>> one = pd.DataFrame({"source": ["fair"], "kind": ["hotel"], "cups": [1], "downloads": [2]})
    >>> features(one).iloc[0].to_dict()
    {'source_fair': 1.0, 'kind_hotel': 1.0, 'log_cups': 0.0, 'downloads': 2.0}
    """
    need_columns(["source", "kind", "cups"], rows, of="leads")
    known = pd.get_dummies(rows[["source", "kind"]], dtype=float)
    done = [name for name in EVENTS if name in rows]
    return known.assign(
        log_cups=np.log(rows["cups"].clip(lower=1)), **{name: 1.0 * rows[name] for name in done}
    )


def drawn(rows: pd.DataFrame, *, ripe_weeks: float = RIPE) -> pd.DataFrame:
    """The leads for whom a draw decided, old enough to have become what they become.

    Raises
    ------
    MktlabError
        If hardly anybody was drawn for a call, or for none.

    Examples
    --------
    >>> rows = pd.DataFrame({"test": ["call"] * 60 + ["none"] * 50 + [None], "age_weeks": 30})
    >>> len(drawn(rows))
    110
    """
    group = rows["test"] if "test" in rows else pd.Series("", rows.index)
    ripe = rows[group.isin(["call", "none"]) & (rows["age_weeks"] >= ripe_weeks)]
    least = min(int((ripe["test"] == name).sum()) if len(ripe) else 0 for name in ("call", "none"))
    if least < 50:
        raise MktlabError(
            say(
                "leads: a draw must have decided over a call for 50 leads and against one for 50, "
                "{weeks:count} weeks ago or longer; the column test says call or none. From "
                "today on, draw a part of the leads.",
                weeks=ripe_weeks,
            )
        )
    return ripe


def worth(rows: pd.DataFrame, *, known: pd.DataFrame) -> pd.DataFrame:
    """What each lead would bring if it buys, and the hours that it takes.

    Parameters
    ----------
    rows
        Leads with `kind` and `cups`.
    known
        Leads as `followed` gives them: those that bought tell the margin of a cup, those that were
        called the hours, each by kind.

    Returns
    -------
    DataFrame
        `rows` with `value` (margin of the first year) and `need` (hours).

    Examples
    --------
    >>> past = pd.DataFrame({"kind": ["office", "office"], "cups": [10, 30], "won": [True, True],
    ...                      "margin": [200.0, 1000.0], "hours": [1.0, 2.0]})
    >>> worth(past.tail(1), known=past)[["value", "need"]].values.tolist()  # 1200 / 40 cups x 30
    [[900.0, 1.5]]
    """
    need_columns(["kind", "cups", "won", "margin", "hours"], known, of="known")
    bought = known[known["won"]]
    if bought.empty or known["hours"].isna().all():
        raise MktlabError(say("deals and calls: none was won, or nobody was called."))
    sums = bought.groupby("kind")[["margin", "cups"]].sum()
    per_cup = rows["kind"].map(sums["margin"] / sums["cups"])
    per_cup = per_cup.fillna(bought["margin"].sum() / bought["cups"].sum())
    hours = rows["kind"].map(known.groupby("kind")["hours"].mean())
    return rows.assign(value=per_cup * rows["cups"], need=hours.fillna(known["hours"].mean()))


def first_calls(rows: pd.DataFrame, score: pd.Series[float], *, hours: float) -> pd.Series[bool]:
    """Who is called: the highest scores first, until the hours are used up.

    Parameters
    ----------
    rows
        Leads with `need`, the hours that each takes.
    score
        By row of `rows`; of equal ones the first comes first.
    hours
        That there are.

    Examples
    --------
    >>> three = pd.DataFrame({"need": [2.0, 1.0, 3.0]})
    >>> first_calls(three, pd.Series([1.0, 9.0, 5.0]), hours=4).tolist()
    [False, True, True]
    """
    need_columns(["need"], rows, of="rows")
    order = score.sort_values(ascending=False, kind="stable").index
    fits: pd.Series[bool] = rows.loc[order, "need"].cumsum() <= hours + 1e-9
    return fits.reindex(rows.index)


def next_hours(
    rows: pd.DataFrame, gain: pd.Series[float], *, score: pd.Series[float], step: float
) -> pd.DataFrame:
    """What each further batch of hours brings when leads are called in the order of a score.

    Parameters
    ----------
    rows
        Leads with `need`.
    gain
        What a call to each brings, in money.
    score
        The order of the calls, the highest first.
    step
        Hours in a batch; a lead belongs to the batch in which its call ends.

    Returns
    -------
    DataFrame
        `hours` at the end of each batch, `calls`, `gain`, and `per_hour`, the gain of an hour.

    Examples
    --------
    >>> rows = pd.DataFrame({"need": [1.0, 1.0, 2.0]})
    >>> gain = pd.Series([80.0, 40.0, 60.0])
    >>> next_hours(rows, gain, score=gain / rows["need"], step=2).values.tolist()
    [[2.0, 2.0, 120.0, 60.0], [4.0, 1.0, 60.0, 30.0]]
    """
    need_columns(["need"], rows, of="rows")
    order = score.sort_values(ascending=False, kind="stable").index
    need = rows.loc[order, "need"]
    batch = np.ceil(need.cumsum() / step - 1e-9).clip(lower=1)
    table = pd.DataFrame({"need": need, "gain": gain.loc[order]}).groupby(batch.to_numpy())
    sums = table.sum().assign(calls=table.size())
    return pd.DataFrame(
        {
            "hours": step * sums.index.to_numpy(dtype=float),
            "calls": sums["calls"].to_numpy(),
            "gain": sums["gain"].to_numpy(),
            "per_hour": (sums["gain"] / sums["need"]).to_numpy(),
        }
    )


def open_chances(
    deals: pd.DataFrame, *, today: pd.Timestamp, weeks: int = 13, ages: Sequence[int] = AGES
) -> pd.DataFrame:
    """Of the deals that were open at an age, the share that was won within so many weeks.

    Looks back from days that lie `weeks` apart, the last of them `weeks` before today, as far as
    deals go: which deals were open on each, and which of them were won until the next.

    Parameters
    ----------
    deals
        With `opened_date`, `closed_date` (empty if open), `stage`.
    today, weeks
        The day after the last observed one; how far to look ahead.
    ages
        Weeks since a deal was opened from which on a class begins.

    Returns
    -------
    DataFrame
        By `age` (weeks, of the class's beginning): `deals` seen open, `won` of them, `chance`.

    Raises
    ------
    MktlabError
        If a column is missing, or no deal was open so long ago.

    Examples
    --------
    >>> day = pd.Timestamp("2025-01-06")
    >>> two = pd.DataFrame({"opened_date": [day, day], "stage": ["won", "offer"],
    ...                     "closed_date": [day + pd.Timedelta(weeks=9), pd.NaT]})
    >>> open_chances(two, today=day + pd.Timedelta(weeks=15), ages=[0]).values.tolist()
    [[2.0, 1.0, 0.5]]
    """
    need_columns(["opened_date", "closed_date", "stage"], deals, of="deals")
    step, found = pd.Timedelta(weeks=weeks), []
    day = today - step
    while (deals["opened_date"] < day).any():
        there = deals[(deals["opened_date"] < day) & ~(deals["closed_date"] < day)]
        won = (there["stage"] == WON) & (there["closed_date"] < day + step)
        found.append(pd.DataFrame({"age": _ages(there, day, ages), "won": won}))
        day -= step
    if not found:
        raise MktlabError(
            say("deals: none was opened more than {weeks:count} weeks before today.", weeks=weeks)
        )
    table = pd.concat(found).groupby("age").agg(deals=("won", "size"), won=("won", "sum"))
    table = table.reindex(pd.Index(ages, name="age"), fill_value=0)
    return table.assign(chance=table["won"] / table["deals"].clip(lower=1))


def _ages(deals: pd.DataFrame, day: pd.Timestamp, ages: Sequence[int]) -> pd.Series[int]:
    """The class of age of each deal."""
    weeks = (day - deals["opened_date"]).dt.days / 7
    place = np.searchsorted(np.asarray(ages), weeks, side="right") - 1
    return pd.Series(np.asarray(ages)[place], deals.index)


@dataclass(frozen=True)
class Forecast:
    """What open deals will bring: the expected margin, and the ends of its 95% interval."""

    expected: float
    low: float
    high: float
    deals: pd.DataFrame
    """The open deals, with their `age` (class, in weeks) and `chance`."""


def forecast(
    deals: pd.DataFrame, *, today: pd.Timestamp, weeks: int = 13, ages: Sequence[int] = AGES
) -> Forecast:
    """The margin of open deals that will be won within so many weeks, by `open_chances`.

    The interval holds the luck of each deal and what is unsure in the chances; large deals make it
    wide. It starts at 0 at the least.

    Parameters
    ----------
    deals, today, weeks, ages
        As in `open_chances`; `deals` with `margin`.

    Examples
    --------
    >>> day = pd.Timestamp("2025-01-06")
    >>> two = pd.DataFrame({"opened_date": [day, day], "stage": ["won", "offer"], "margin": 800.0,
    ...                     "closed_date": [day + pd.Timedelta(weeks=9), pd.NaT]})
    >>> forecast(two, today=day + pd.Timedelta(weeks=15), ages=[0]).expected  # 0.5 x 800
    400.0
    """
    need_columns(["margin"], deals, of="deals")
    table = open_chances(deals, today=today, weeks=weeks, ages=ages)
    still = deals[deals["closed_date"].isna()]
    still = still.assign(age=_ages(still, today, ages))
    still = still.assign(chance=still["age"].map(table["chance"]))
    spread = table["chance"] * (1 - table["chance"])
    each = still["age"].map(spread) * still["margin"] ** 2
    sums = still.groupby("age")["margin"].sum().reindex(table.index, fill_value=0.0)
    shared = sums**2 * spread / table["deals"].clip(lower=1)
    expected = float((still["chance"] * still["margin"]).sum())
    about = 1.96 * float(each.sum() + shared.sum()) ** 0.5
    return Forecast(expected, max(0.0, expected - about), expected + about, still)
