"""Contracts that come up for renewal again and again: when they end, and why.

`lives` counts the renewals of each contract: those before the log began, which nobody could see end
(`entry`), and the last one that is known (`age`); `seen_until` says how far one can tell. `chances`
says how likely an end is by renewal, `incidence` how many will have ended for each cause,
`mean_life` how long they last, and `ahead` plays the renewals to come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mktlab.kpi.errors import Estimate
from mktlab.schema import MktlabError
from mktlab.show.words import say

EVERY = 28  # days from one renewal to the next
CANCELED = "canceled"
Z = 1.959964
Floats = np.ndarray[Any, np.dtype[np.float64]]


class MeanLife(NamedTuple):
    """Periods that are paid on average, the first included, and the 95% interval."""

    value: float
    low: float
    high: float


def lives(
    subscriptions: pd.DataFrame,
    *,
    today: pd.Timestamp,
    every: int = EVERY,
    since: pd.Timestamp | None = None,
    causes: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Contracts with the renewals that were seen of each; those without any are left out.

    Parameters
    ----------
    subscriptions
        `started_date`, `ended_date` (empty while it runs), and `cancel_reason` if it is known; all
        columns are kept.
    today
        The day after the last one that is known.
    every
        Days from one renewal to the next; 31 where contracts are by calendar month.
    since
        Day from which ends are known; without it the day of the first end. Contracts that ended
        before are in no table, so those that began before are seen from here on only.
    causes
        What `cancel_reason` says -> cause; any other end is `canceled`.

    Returns
    -------
    The columns, and `entry` (renewals before the first one that was seen), `age` (the last one
    that was seen), `ended` (not renewed then) and `cause`, which is empty while it runs.

    Raises
    ------
    MktlabError
        When a column is missing, `every` is below 1, or no renewal is known.

    Examples
    --------
    The first began 60 days before the log: two renewals are over, and it is not renewed at the
    fourth. The second is renewed once, and runs.

    >>> days = pd.to_datetime(["2024-11-02", "2025-01-01"])
    >>> ends = pd.to_datetime(["2025-02-22", None])
    >>> table = pd.DataFrame({"started_date": days, "ended_date": ends, "cancel_reason": ["a", ""]})
    >>> known = lives(table, today=pd.Timestamp("2025-02-03"), since=pd.Timestamp("2025-01-01"))
    >>> known[["entry", "age", "ended"]].values.tolist()
    [[2, 3, False], [0, 1, False]]
    """
    needed = {"started_date", "ended_date"}
    if missing := sorted(needed - set(subscriptions.columns)):
        raise MktlabError(
            say("Contracts need the columns {names}.", names=", ".join(missing)),
        )
    if not every >= 1:
        raise MktlabError(say("every is {every!r}: give days, 1 or more.", every=every))
    began, ends = subscriptions["started_date"], subscriptions["ended_date"]
    done = ends.notna() & (ends < today)
    since = (ends[done].min() if done.any() else began.min()) if since is None else since
    last = _days(ends.where(done, today - pd.Timedelta(days=1)) - began)
    before = _days(since - began)
    reason = (
        subscriptions.get("cancel_reason", pd.Series("", subscriptions.index))
        .astype("str")
        .replace(dict(causes or {}))
    )
    reason = reason.where(reason.isin(list((causes or {}).values())), CANCELED)
    table = subscriptions.assign(
        entry=np.maximum(np.ceil(before / every) - 1, 0).astype(int),
        age=np.where(done, np.maximum(np.ceil(last / every), 1), last // every).astype(int),
        ended=done,
        cause=reason.where(done, ""),
    )
    table = table[(table["age"] > table["entry"]) & (last >= 0) & ~(done & (ends < since))]
    if table.empty:
        raise MktlabError(
            say("No contract came up for renewal before {today}.", today=today.date())
        )
    return table.reset_index(drop=True)


def _days(spans: pd.Series[pd.Timedelta]) -> Floats:
    return np.asarray(spans.dt.days, dtype=float)


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Per renewal from 1: contracts that come up for it, and ends by cause."""
    if missing := sorted({"entry", "age", "ended", "cause"} - set(table.columns)):
        raise MktlabError(
            say("The column {name} is missing: make the table with lives.", name=missing[0])
        )
    ages = np.arange(1, int(table["age"].max()) + 1)
    entry, age = np.sort(table["entry"]), np.sort(table["age"])
    at_risk = np.searchsorted(entry, ages) - np.searchsorted(age, ages)
    done = table[table["ended"]]
    if done.empty:
        raise MktlabError(say("No contract has ended yet, so nothing tells when they will."))
    ends = pd.crosstab(done["age"], done["cause"]).reindex(ages, fill_value=0)
    return ends.assign(at_risk=at_risk).rename_axis(index="renewal", columns=None)


def seen_until(table: pd.DataFrame, *, least: int = 20, renewals: int = 3) -> int:
    """The last renewal for which so many contracts came up: what comes later is told by few.

    Raises
    ------
    MktlabError
        When not even `renewals` were seen of so many, or nothing has ended.

    Examples
    --------
    >>> table = pd.DataFrame({"entry": 0, "age": [1, 2, 2], "ended": True, "cause": "canceled"})
    >>> seen_until(table, least=2, renewals=1)
    2
    """
    at_risk = _counts(table)["at_risk"]
    last = int(at_risk.index[at_risk >= least].max()) if (at_risk >= least).any() else 0
    if last < renewals:
        raise MktlabError(
            say(
                "Only {most:count} renewals were seen of {least:count} contracts or more, and "
                "{needed:count} are needed: take all contracts, ended ones too, or wait.",
                most=last,
                least=least,
                needed=renewals,
            )
        )
    return last


def chances(table: pd.DataFrame, *, first: Sequence[int] = (1,)) -> pd.DataFrame:
    """The chance that a contract ends at a renewal, by classes of renewals.

    Parameters
    ----------
    table
        As `lives` gives it.
    first
        The first renewal of each class, rising from 1.

    Returns
    -------
    By the first renewal of the class: `at_risk` (contracts times renewals), the chance of each
    cause, `ended` (of any) and its 95% interval `low`, `high` (Wilson, 1927).

    Examples
    --------
    >>> table = pd.DataFrame({"entry": [0, 0, 2], "age": [1, 3, 3]})
    >>> table = table.assign(ended=[True, True, False], cause=["canceled", "canceled", ""])
    >>> chances(table, first=(1, 2))["ended"].round(3).to_dict()  # 1 of 2; 1 of 1 + 2
    {1: 0.5, 2: 0.333}
    """
    counts = _counts(table)
    if not len(first) or first[0] != 1 or (np.diff(first) <= 0).any():
        raise MktlabError(
            say("first is {first}: give renewals that rise from 1.", first=list(first))
        )
    of = np.asarray(first)[np.searchsorted(first, counts.index, side="right") - 1]
    sums = counts.groupby(of).sum().rename_axis("renewal")
    names = [name for name in sums if name != "at_risk"]
    rates = sums[names].div(sums["at_risk"], axis=0)
    rates["ended"] = rates[names].sum(axis=1)
    ends = [
        _interval(rate, float(np.sqrt(rate * (1 - rate) / size)), int(size))
        for rate, size in zip(rates["ended"], sums["at_risk"], strict=True)
    ]
    rates["low"], rates["high"] = zip(*ends, strict=True)
    return rates.assign(at_risk=sums["at_risk"])[["at_risk", *names, "ended", "low", "high"]]


def incidence(table: pd.DataFrame, cause: str | None = None) -> pd.DataFrame:
    """The share of contracts that have ended for a cause by each renewal, or for any.

    Estimated as Aalen and Johansen (1978) do: whoever ended for another cause can no longer end for
    this one. Without a cause it is one less the estimate of Kaplan and Meier.

    Returns
    -------
    By `renewal`: `share`, and its 95% interval `low`, `high` (Wilson's, for as many contracts as
    would make it as sure; Rothman, 1978).

    References
    ----------
    Marubini, E., & Valsecchi, M. G. (1995). *Analysing survival data from clinical trials*, 10.2.

    Examples
    --------
    Of four, one cancels at the first renewal, for one the card fails at the second, and of the two
    left one cancels at the third: 1/4 + 2/4 x 1/2.

    >>> table = pd.DataFrame({"entry": 0, "age": [1, 2, 3, 3], "ended": [True, True, True, False]})
    >>> table["cause"] = ["canceled", "failed", "canceled", ""]
    >>> incidence(table, "canceled")["share"].tolist()
    [0.25, 0.25, 0.5]
    """
    counts = _counts(table)
    size, names = counts["at_risk"].to_numpy(dtype=float), list(counts.columns.drop("at_risk"))
    if cause is not None and cause not in names:
        raise MktlabError(
            say(
                "No contract ended for {cause!r}; the causes are: {names}.",
                cause=cause,
                names=", ".join(names),
            )
        )
    every = counts[names].sum(axis=1).to_numpy(dtype=float)
    mine = every if cause is None else counts[cause].to_numpy(dtype=float)
    size = np.maximum(size, 1)
    before = np.concatenate([[1.0], np.cumprod(1 - every / size)[:-1]])
    share = np.cumsum(before * mine / size)
    rest = np.maximum(size * (size - every), 0.5)
    error = np.empty(len(share))
    for place in range(len(share)):
        some = slice(0, place + 1)
        ahead_of = share[place] - share[some]
        parts = ahead_of**2 * every[some] / rest[some]
        parts += before[some] ** 2 * (size - mine)[some] * mine[some] / size[some] ** 3
        parts -= 2 * ahead_of * before[some] * mine[some] / size[some] ** 2
        error[place] = np.sqrt(max(float(parts.sum()), 0.0))
    ends = [_interval(float(s), float(e), len(table)) for s, e in zip(share, error, strict=True)]
    low, high = zip(*ends, strict=True)
    return pd.DataFrame({"share": share, "low": low, "high": high}, index=counts.index)


def _interval(share: float, error: float, size: int) -> tuple[float, float]:
    return Estimate(share, pd.Series([error]), size, form="scale").interval(0.95)


def mean_life(table: pd.DataFrame, *, renewals: int) -> MeanLife:
    """Periods that a new contract pays on average, up to so many renewals, and its 95% interval.

    The first period is paid in any case; each renewal adds the share that is still there. The
    error is Greenwood's, of the area below the curve.

    Raises
    ------
    MktlabError
        When no contract was seen at the last of these renewals.

    Examples
    --------
    >>> table = pd.DataFrame({"entry": 0, "age": [1, 2, 2], "ended": [True, False, False]})
    >>> mean_life(table.assign(cause="canceled"), renewals=2).value  # 1 + 2/3 + 2/3
    2.3333333333333335
    """
    counts = _counts(table).loc[:renewals]
    if renewals < 1 or len(counts) < renewals:
        raise MktlabError(
            say(
                "renewals is {renewals!r}: contracts are known up to renewal {last}.",
                renewals=renewals,
                last=len(_counts(table)),
            )
        )
    size = np.maximum(counts["at_risk"].to_numpy(dtype=float), 1)
    ends = counts.drop(columns="at_risk").sum(axis=1).to_numpy(dtype=float)
    left = np.cumprod(1 - ends / size)
    after = np.cumsum(left[::-1])[::-1]  # what this renewal and all later ones add
    error = np.sqrt((after**2 * ends / np.maximum(size * (size - ends), 0.5)).sum())
    value = float(1 + left.sum())
    return MeanLife(value, max(value - Z * float(error), 1.0), value + Z * float(error))


def ahead(
    chance: pd.Series[float], *, running: pd.Series[float], starts: float, periods: int
) -> pd.Series[float]:
    """Periods that will be paid: by contracts that run today, and by those that will start.

    Parameters
    ----------
    chance
        That a contract ends at each renewal, by its number from 1; the last is that of all later
        ones.
    running
        Contracts that run today, by the renewals that each has behind it.
    starts
        New contracts in each period.
    periods
        How many to play.

    Returns
    -------
    What is paid in each period from 1, new contracts included.

    Examples
    --------
    Ten contracts, one in five ends at each renewal, and one starts each time.

    >>> chance = pd.Series([0.2], index=[1])
    >>> ahead(chance, running=pd.Series([10.0], index=[0]), starts=1, periods=2).round(1).tolist()
    [9.0, 8.2]
    """
    if periods < 1 or chance.empty or not chance.between(0, 1).all():
        raise MktlabError(
            say("Give chances from 0 to 1, and 1 period or more, not {n!r}.", n=periods)
        )
    most = int(max(chance.index.max(), running.index.max() if len(running) else 0)) + periods + 1
    stays = 1 - chance.reindex(range(1, most + 1), method="ffill").to_numpy(dtype=float)
    now = running.reindex(range(most), fill_value=0).to_numpy(dtype=float)
    paid = []
    for _ in range(periods):
        now = np.concatenate([[starts], (now * stays)[:-1]])
        paid.append(float(now.sum()))
    return pd.Series(paid, pd.RangeIndex(1, periods + 1, name="period"), name="paid")
