"""Queues at a counter: how many give up at how much staff, and who should stand there when.

`typical_week` sums a sheet of hours up: guests, staff and what became of them, by café, weekday and
hour. `erlang_a` says what a queue with people who give up does at such staff (the model M/M/s+M of
Palm, 1957, as in Garnett, Mandelbaum & Reiman, 2002); with endless patience it is Erlang C.
`patience` finds how long people wait from how many gave up. `square_root` spreads hours of staff.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from mktlab.schema import MktlabError
from mktlab.show.formats import decimal
from mktlab.show.words import say

Floats = npt.NDArray[np.float64]
_SHORTEST, _LONGEST = 0.2, 2_000.0  # minutes of patience that are told apart
_FEWEST_WEEKS = 4
_MOST_STATES = 100_000
CELL = ["zone", "weekday", "hour"]
"""What tells the hours of a typical week apart."""


@dataclass(frozen=True)
class Patience:
    """Mean minutes that people wait before they give up, and the 95% interval."""

    minutes: float
    low: float
    high: float

    def __repr__(self) -> str:
        if not np.isfinite(self.minutes):
            return say("nobody gives up: patience has no end")
        if not np.isfinite(self.low):
            return say("{minutes:decimal} minutes (no interval)", minutes=self.minutes)
        high = decimal(self.high) if np.isfinite(self.high) else say("no end")
        return say(
            "{minutes:decimal} minutes (95%: {low:decimal} to {high})",
            minutes=self.minutes,
            low=self.low,
            high=high,
        )


def typical_week(hours: pd.DataFrame) -> pd.DataFrame:
    """The mean hour of each café, weekday and time of day.

    Parameters
    ----------
    hours
        A sheet with `date, zone, hour, guests, gave_up, staff, service_minutes`; `open_hours` says
        how long the counter was open in the hour (1 where it is not there).

    Returns
    -------
    DataFrame
        `zone, weekday` (0 is Monday), `hour, arrivals` (guests per open hour), `staff,
        service_minutes, gave_up` (share of the guests), `hours` (open), `guests` (all of them).

    Raises
    ------
    MktlabError
        When a column is missing, or no hour has guests.

    Examples
    --------
    >>> sheet = pd.DataFrame({"date": pd.to_datetime(["2025-01-06", "2025-01-13"]), "zone": "Lyon",
    ...     "hour": 8, "guests": [10, 30], "gave_up": [0, 4], "staff": 2, "service_minutes": 4.0})
    >>> typical_week(sheet)[["arrivals", "gave_up"]].values.tolist()  # 40 in 2 hours, 4 of 40
    [[20.0, 0.1]]
    """
    needed = ["date", "zone", "hour", "guests", "gave_up", "staff", "service_minutes"]
    _need(hours, needed, "typical_week")
    rows = hours.dropna(subset=["staff", "service_minutes"])
    rows = rows.assign(hours=rows.get("open_hours", 1.0), weekday=rows["date"].dt.day_of_week)
    rows = rows[rows["hours"] > 0]
    if not rows["guests"].sum():
        raise MktlabError(say("typical_week: no hour has guests; give hours with some."))
    rows = rows.assign(
        worked=rows["staff"] * rows["hours"],
        served=rows["service_minutes"] * rows["guests"].clip(lower=1e-9),
        weight=rows["guests"].clip(lower=1e-9),
    )
    sums = rows.groupby(CELL, as_index=False)[
        ["guests", "gave_up", "hours", "worked", "served", "weight"]
    ].sum()
    return pd.DataFrame(
        {
            **{name: sums[name] for name in CELL},
            "arrivals": sums["guests"] / sums["hours"],
            "staff": sums["worked"] / sums["hours"],
            "service_minutes": sums["served"] / sums["weight"],
            "gave_up": sums["gave_up"] / sums["guests"].clip(lower=1),
            "hours": sums["hours"],
            "guests": sums["guests"],
        }
    )


def erlang_a(week: pd.DataFrame, *, patience_minutes: float) -> pd.DataFrame:
    """What a queue does whose people give up: births and deaths, summed in logs.

    People come at random (`arrivals` an hour), service and patience are exponential. With n people
    there, min(n, staff) are served; staff of 2.5 works as fast as two and a half.

    Parameters
    ----------
    week
        Hours with `arrivals` (an hour), `staff` and `service_minutes`, such as `typical_week`.
    patience_minutes
        Mean time until one who waits gives up; `np.inf` gives Erlang C.

    Returns
    -------
    DataFrame
        With the index of `week`: `load` (arrivals times service, in people), `busy` (share of the
        staff's time), `waits` (share who cannot be served at once), `gives_up` (share),
        `wait_minutes` (mean of all who come). Where nobody gives up and more come than can be
        served, the wait is infinite.

    Raises
    ------
    MktlabError
        When a column is missing, patience is no number above 0, or a number is below 0.

    Examples
    --------
    >>> one = pd.DataFrame({"arrivals": [10.0], "staff": [1.0], "service_minutes": [3.0]})
    >>> erlang_a(one, patience_minutes=np.inf).round(2).iloc[0].tolist()  # M/M/1: .5 / (20 - 10) h
    [0.5, 0.5, 0.5, 0.0, 3.0]
    >>> erlang_a(one, patience_minutes=3.0)["gives_up"].round(4).tolist()  # as many leave as n / 3
    [0.2131]
    """
    _need(week, ["arrivals", "staff", "service_minutes"], "erlang_a")
    if not patience_minutes > 0:
        raise MktlabError(
            say(
                "erlang_a: patience_minutes must be a number above 0, not {given!r}; np.inf is for "
                "people who never give up.",
                given=patience_minutes,
            )
        )
    numbers = [week[name].to_numpy(float) for name in ("arrivals", "staff", "service_minutes")]
    if any((values < 0).any() or np.isnan(values).any() for values in numbers):
        raise MktlabError(
            say("erlang_a: arrivals, staff and service_minutes must be numbers from 0 up.")
        )
    come, staff, minutes = numbers
    come, serve = come / 60, 1 / np.maximum(minutes, 1e-9)
    waits, queue = _queue(come, staff, serve, 1 / patience_minutes)
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = np.where(come > 0, queue / come, 0.0)
        gives_up = np.where(np.isfinite(wait), wait / patience_minutes, 0.0)
        load = come / serve
        busy = np.where(staff > 0, np.minimum(load * (1 - gives_up) / staff, 1.0), 1.0)
    table = {"load": load, "busy": busy, "waits": waits, "gives_up": gives_up, "wait_minutes": wait}
    return pd.DataFrame(table, index=week.index)


def _queue(come: Floats, staff: Floats, serve: Floats, leave: float) -> tuple[Floats, Floats]:
    """Chance that one who comes must wait, and mean length of the line: an entry per hour."""
    full = np.ceil(staff).astype(int)  # from so many people on, all who serve are busy
    most = int(full.max(initial=0)) + 1
    if leave > 0:
        most += int(min(2 * come.max(initial=0.0) / leave + 100, _MOST_STATES))
    n = np.arange(most + 1)
    waiting = np.maximum(n - staff[:, None], 0)
    ends = np.minimum(n, staff[:, None]) * serve[:, None] + waiting * leave
    ends = np.maximum(ends, 1e-300)
    steps = np.log(np.maximum(come, 1e-300))[:, None] - np.log(ends[:, 1:])
    logs = np.concatenate([np.zeros((len(come), 1)), np.cumsum(steps, axis=1)], axis=1)
    logs -= logs.max(axis=1, keepdims=True)
    chance = np.exp(logs)
    if leave > 0:
        chance /= chance.sum(axis=1, keepdims=True)
        return (chance * (n >= staff[:, None])).sum(axis=1), (chance * waiting).sum(axis=1)
    at = np.take_along_axis(chance, full[:, None], axis=1)[:, 0]  # from here on a geometric row
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = come / (staff * serve)
        tail = at / (1 - ratio)
        total = (chance * (n < full[:, None])).sum(axis=1) + tail
        line = (tail * (full - staff) + at * ratio / (1 - ratio) ** 2) / total
        stable = (ratio < 1) | (come == 0)
        line = np.where(come == 0, 0.0, line)
        return np.where(stable, np.nan_to_num(tail / total), 1.0), np.where(stable, line, np.inf)


def patience(hours: pd.DataFrame, *, level: float = 0.95) -> Patience:
    """The patience with which `erlang_a` loses as many guests as gave up.

    The interval comes from how much the weeks differ from what the model expects of each (Student's
    t, one observation per week); it has no ends where there are fewer than 4 weeks.

    Parameters
    ----------
    hours
        As for `typical_week`.
    level
        Of the interval, between 0 and 1.

    Raises
    ------
    MktlabError
        As `typical_week`; when `level` is out of its range.

    Notes
    -----
    A sheet of hours has no single waits, from which patience could be seen. The model takes each
    hour for itself, in balance, with guests who look at no line before they join it.
    """
    if not 0 < level < 1:
        raise MktlabError(
            say("patience: level must be between 0 and 1, not {given!r}.", given=level)
        )
    week = typical_week(hours)
    lost = float((week["gave_up"] * week["guests"].clip(lower=1)).sum())
    if not lost:
        return Patience(np.inf, np.nan, np.nan)
    found = _solve(week, lost)
    shares = erlang_a(week, patience_minutes=min(found, _LONGEST))["gives_up"]
    rows = hours.assign(weekday=hours["date"].dt.day_of_week).merge(
        week[CELL].assign(share=shares), on=CELL
    )
    monday = rows["date"] - pd.to_timedelta(rows["weekday"], unit="D")
    missed = (rows["gave_up"] - rows["guests"] * rows["share"]).groupby(monday).sum()
    if len(missed) < _FEWEST_WEEKS:
        return Patience(found, np.nan, np.nan)
    error = np.sqrt(len(missed)) * missed.std() * student.ppf((1 + level) / 2, len(missed) - 1)
    return Patience(found, _solve(week, lost + error), _solve(week, max(lost - error, 0.0)))


def _solve(week: pd.DataFrame, lost: float) -> float:
    """Minutes of patience at which so many are lost, by bisection of their logarithm."""

    def more(minutes: float) -> bool:
        shares = erlang_a(week, patience_minutes=minutes)["gives_up"]
        return float((shares * week["guests"]).sum()) > lost

    low, high = np.log(_SHORTEST), np.log(_LONGEST)
    if more(_LONGEST):
        return float("inf")
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if more(float(np.exp(middle))) else (low, middle)
    return float(np.exp((low + high) / 2))


def square_root(load: pd.Series[float], *, hours: float) -> pd.Series[float]:
    """Staff for each hour by the square-root rule: load plus a safety that grows with its root.

    Parameters
    ----------
    load
        Arrivals times service time, in people, of each hour.
    hours
        Hours of staff to spread over all of them.

    Returns
    -------
    Series
        load + b times its square root, with the b at which the hours add up; never below 0.

    Notes
    -----
    Halfin & Whitt (1981); for people who give up, Garnett, Mandelbaum & Reiman (2002).

    Examples
    --------
    >>> square_root(pd.Series([1.0, 4.0]), hours=8.0).tolist()  # b = (8 - 5) / (1 + 2) = 1
    [2.0, 6.0]
    """
    if load.isna().any() or (load < 0).any() or not load.sum() > 0:
        raise MktlabError(say("square_root: load must be numbers from 0 up, not all of them 0."))
    if not hours > 0:
        raise MktlabError(
            say("square_root: hours must be a number above 0, not {given!r}.", given=hours)
        )
    safety = (hours - load.sum()) / np.sqrt(load).sum()
    staff = (load + safety * np.sqrt(load)).clip(lower=0)
    spread: pd.Series[float] = staff * hours / staff.sum()
    return spread


def _need(table: pd.DataFrame, columns: list[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise MktlabError(
            say(
                "{name}: there is no column {missing}; give hours with {columns}.",
                name=name,
                missing=", ".join(missing),
                columns=", ".join(columns),
            )
        )
