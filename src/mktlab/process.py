"""Does it run smoothly? How long cases take, how many wait, and whom a comparison may compare.

A *case* is a request, a parcel, anything that is opened and one day closed; one that is still open
has waited at least until today. `durations` says so, `service_level` gives the share that is closed
in time, `process_map` the usual and the slow case of each step. `backlog` carries open work from
week to week. `alike` compares customers with those who are like them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab.control_charts.age import known_cases
from mktlab.kpi.errors import Estimate
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Z95 = float(norm.ppf(0.975))
Moments = pd.Series
Column = Sequence[float] | np.ndarray[Any, Any] | pd.Series


def durations(opened: Moments, closed: Moments, *, today: datetime.date | str) -> pd.DataFrame:
    """How long each case took, or has taken until today.

    Parameters
    ----------
    opened, closed
        By case, the day or moment of each; `closed` is empty while it is open.
    today
        The day after the last one that is known, as `company.today`. What is dated later is treated
        as not known yet, so that one may look back from any day.

    Returns
    -------
    `hours` and `closed`, a row per case opened before today, with the index of `opened`. Cases
    that were closed before they were opened are left out.

    Raises
    ------
    MktlabError
        When a column holds no days, `today` is none, or no case is left.

    Examples
    --------
    >>> day = pd.Series(pd.to_datetime(["2025-05-01", "2025-05-02"]))
    >>> done = pd.Series(pd.to_datetime(["2025-05-03", None]))
    >>> durations(day, done, today="2025-05-04")
       hours  closed
    0   48.0    True
    1   48.0   False
    """
    began, ended, end = known_cases(opened, closed, today=today, name="closed")
    done = ended < end
    hours = (ended.where(done, end) - began).dt.total_seconds() / 3600
    table = pd.DataFrame({"hours": hours, "closed": done})[(began < end) & (hours >= 0)]
    if table.empty:
        raise MktlabError(say("No case was opened before {today}.", today=end.date()))
    return table


@dataclass(frozen=True)
class Level:
    """A share of cases closed in time and its 95% interval; `open` of the `cases` are open."""

    share: float
    low: float
    high: float
    cases: int
    open: int


def service_level(cases: pd.DataFrame, *, within: float) -> Level:
    """Share of the cases that are closed within so many hours, open ones counted as open.

    One less the estimate of Kaplan and Meier (1958): an open case counts for the hours it has
    waited, and then drops out, neither closed nor late.

    Parameters
    ----------
    cases
        `hours` and `closed`, as `durations` gives them.
    within
        The promise, in hours, above 0.

    Returns
    -------
    The share, with Wilson's interval for as many cases as would make it as sure (Rothman, 1978);
    the interval is empty where the hours of fewer than two cases are known.

    Raises
    ------
    MktlabError
        When the longest case is open and shorter than that, or a column is missing.

    Notes
    -----
    Right where open cases will take as long as closed ones took that were as old. Where the queue
    grows, they will take longer, and the share is too high.

    Examples
    --------
    Of four, one is closed after 10 hours, one is open for 12, and of the two left one is closed
    after 20: so 3/4 x 1/2 are still open after a day.

    >>> cases = pd.DataFrame({"hours": [10, 12, 20, 50], "closed": [True, False, True, True]})
    >>> service_level(cases, within=24).share
    0.625
    """
    hours, done = _cases(cases)
    if not within > 0:
        raise MktlabError(say("within is {within!r}: give hours above 0.", within=within))
    if _unknown(hours, done, within):
        raise MktlabError(
            say(
                "The longest case is open for {most:decimal} hours, so nobody knows how many are "
                "closed within {within:g}: give fewer hours, or wait.",
                within=within,
                most=float(hours.max()),
            )
        )
    left = _still_open(hours, done).loc[:within].tail(1)
    known = int((done | (hours >= within)).sum())
    spread = left["error"].where(left["share"] > 0, 0.0)
    share = 1 - float(left["share"].sum()) if len(left) else 0.0
    low, high = Estimate(share, spread, known, form="scale").interval(0.95)
    return Level(share, low, high, len(hours), int((~done).sum()))


def process_map(
    steps: Mapping[str, pd.DataFrame], *, promised: Mapping[str, float], slow: float = 0.9
) -> pd.DataFrame:
    """Each step of a process with its times: the usual case, the slow one, and who is late.

    Parameters
    ----------
    steps
        Name of the step -> its cases, as `durations` gives them, in the order of the process.
    promised
        Name of the step -> hours that are promised; a step that is not named promises nothing.
    slow
        Share of the cases that are quicker than the slow one.

    Returns
    -------
    A row per step: `cases`, `open`, `median` and `slow` in hours, and `late`, the share that takes
    longer than promised; each is empty where too many are open to tell.

    Examples
    --------
    >>> cases = pd.DataFrame({"hours": [10, 12, 20, 50], "closed": [True, False, True, True]})
    >>> process_map({"answer": cases}, promised={"answer": 24})
            cases  open  median  slow   late
    answer      4     1    20.0  50.0  0.375
    """
    rows = {}
    for name, cases in steps.items():
        hours, done = _cases(cases)
        closed = 1 - _still_open(hours, done)["share"]
        points = [closed.index[closed >= part - 1e-9] for part in (0.5, slow)]
        ends = [float(point[0]) if len(point) else np.nan for point in points]
        late = np.nan
        if name in promised and not _unknown(hours, done, promised[name]):
            late = 1 - service_level(cases, within=promised[name]).share
        rows[name] = [len(hours), int((~done).sum()), *ends, late]
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["cases", "open", "median", "slow", "late"]
    )
    return table.astype({"cases": "int64", "open": "int64"})


def backlog(came: Column, settled: Column | float, *, start: float = 0.0) -> pd.Series[float]:
    """Work that is left at the end of each week.

    What was left, and what came, less what could be settled; never below 0 (Lindley, 1952).

    Parameters
    ----------
    came
        Requests by week, in their order.
    settled
        How many could be settled in each week, or in every week.
    start
        What was left when the first week began.

    Returns
    -------
    A number per week, with the index of `came`.

    Raises
    ------
    MktlabError
        When a number is missing or below 0, or the two have other lengths.

    Examples
    --------
    >>> backlog([12, 5, 4, 20], 10).tolist()  # five a week left over do not help the week after
    [2.0, 0.0, 0.0, 10.0]
    """
    new = pd.Series(came).astype("float64")
    done = np.asarray(settled, dtype=float)
    done = np.repeat(done, len(new)) if done.ndim == 0 else done
    numbers = np.concatenate([new.to_numpy(), done.ravel(), [start]])
    if len(done) != len(new) or not np.isfinite(numbers).all() or numbers.min() < 0:
        raise MktlabError(
            say(
                "came has {rows} weeks and settled {others}: give as many of both, or one number "
                "for settled, and none that is missing or below 0.",
                rows=len(new),
                others=len(done),
            )
        )
    left, found = float(start), []
    for arrived, possible in zip(new, done, strict=True):
        left = max(0.0, left + arrived - possible)
        found.append(left)
    return pd.Series(found, index=new.index, dtype="float64")


def alike(table: pd.DataFrame, outcome: str, *, of: str, by: Sequence[str]) -> pd.DataFrame:
    """How often something happens to customers with a mark, and to those without who are like them.

    Those without are weighed so that each group of `by` counts as much as it does among those with
    the mark (direct standardization).

    Parameters
    ----------
    table
        A row per customer.
    outcome, of
        Columns: whether it happened to her, and whether she has the mark, such as a request.
    by
        Columns that make groups: what was known *before*. A group that has customers of one kind
        alone is left out.

    Returns
    -------
    Rows `all` and `alike`: `people` (those with the mark who are compared), the shares to whom it
    happened `with` and `without` the mark, their `gap`, and its 95% interval, `low` and `high`.

    Raises
    ------
    MktlabError
        When a column is missing, or nobody can be compared.

    Examples
    --------
    Customers who buy often ask often, and stay: among those alike, nothing is left of the gap.

    >>> rows = [("often", True, True)] * 3 + [("often", False, True), ("rarely", True, False)]
    >>> rows += [("rarely", False, False)] * 3
    >>> people = pd.DataFrame(rows, columns=["buys", "asked", "stays"])
    >>> alike(people, "stays", of="asked", by=["buys"])[["people", "with", "without", "gap"]]
           people  with  without  gap
    all         4  0.75     0.25  0.5
    alike       4  0.75     0.75  0.0
    """
    need_columns([outcome, of, *by], table, of=say("The table"))
    rows = {}
    for name, groups in (("all", []), ("alike", list(by))):
        keys = [table[column] for column in groups] or [pd.Series(0, index=table.index)]
        marked = table[of].astype(bool)
        came = table[outcome].astype(float)
        grouped = came.groupby([*keys, marked.rename("marked")], observed=True)
        counted = [part.unstack("marked") for part in (grouped.sum(), grouped.size())]
        sides = [part.get(side, np.nan) for side in (True, False) for part in counted]
        wide = pd.concat(map(pd.Series, sides), axis=1).dropna().to_numpy()
        if not len(wide):
            raise MktlabError(
                say("Nobody can be compared: give customers with and without {column}.", column=of)
            )
        yes, ours, no, theirs = wide.T
        weight = ours / ours.sum()
        first, second = (weight * yes / ours).sum(), (weight * no / theirs).sum()
        both = (yes + no) / (ours + theirs)
        error = np.sqrt((weight**2 * both * (1 - both) * (1 / ours + 1 / theirs)).sum())
        gap = first - second
        rows[name] = [int(ours.sum()), first, second, gap, gap - Z95 * error, gap + Z95 * error]
    columns = ["people", "with", "without", "gap", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _cases(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    need_columns(["hours", "closed"], cases, of=say("The table of cases"))
    if cases.empty:
        raise MktlabError(say("The table of cases is empty."))
    return cases["hours"].to_numpy(dtype=float), cases["closed"].to_numpy(dtype=bool)


def _unknown(hours: np.ndarray, done: np.ndarray, within: float) -> bool:
    """Whether the longest case is open, and for less than these hours."""
    return bool(hours.max() < within and not done[hours == hours.max()].all())


def _still_open(hours: np.ndarray, done: np.ndarray) -> pd.DataFrame:
    """By hours at which cases were closed: the share still open after them, and its error."""
    from statsmodels.duration.survfunc import SurvfuncRight

    curve = SurvfuncRight(hours, done.astype(int))
    table = {"share": curve.surv_prob, "error": curve.surv_prob_se}
    return pd.DataFrame(table, index=pd.Index(curve.surv_times, name="hours"), dtype=float)
