"""Journeys: what people do on the way to an order, step by step.

`funnel` counts the visits that reach each step, in all or by a column, and `went_on` says how sure
the shares are that go on; `STEPS` are those of the table `sessions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrameT

from mktlab.kpi.errors import Estimate
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

STEPS = ("viewed_product", "added_to_cart", "began_checkout", "purchased")
"""What a visit to a shop does, in this order."""

ALL = "visited"


def funnel(
    sessions: IntoFrameT,
    steps: Sequence[str] = STEPS,
    *,
    by: str | None = None,
    sample: float = 1.0,
    skipped: Literal["count", "drop"] = "count",
) -> IntoFrameT:
    """How many visits reach each step.

    Parameters
    ----------
    sessions
        One row per visit, with a column of yes and no (or 1 and 0) for each step: a pandas or
        polars frame, or a lazy one of polars, DuckDB or PySpark. An empty cell counts as no.
    steps
        These columns, in their order.
    by
        A column, such as `device`: a funnel for each of its values; visits without one have a row
        of their own.
    sample
        The share of all visits that the table holds, as `company.samples` says; counts are scaled
        up by it.
    skipped
        Of a visit that reaches a step without an earlier one (a button "buy now" needs no cart):
        "count" it at the earlier step, too, or "drop" it from the step on which it was not seen.

    Returns
    -------
    The same kind of table, one row per value of `by`, sorted by it, or a single one: `by`,
    `visited` (all visits) and a column per step, in visits.

    Raises
    ------
    MktlabError
        When a column is missing or is not one of yes and no, a step stands twice, or `sample` or
        `skipped` is none of those above.

    Examples
    --------
    Of three visits one buys, and it never opens a product page:

    >>> import pandas as pd
    >>> visits = pd.DataFrame({"viewed": [True, False, False], "bought": [False, True, False]})
    >>> funnel(visits, ["viewed", "bought"])
       visited  viewed  bought
    0      3.0     2.0     1.0
    >>> funnel(visits, ["viewed", "bought"], sample=0.5, skipped="drop")
       visited  viewed  bought
    0      6.0     2.0     0.0
    """
    frame: Any = nw.from_native(sessions)
    names = list(steps)
    _check(frame.collect_schema(), names, by)
    if isinstance(sample, bool) or not 0 < sample <= 1:
        raise MktlabError(
            say("sample is {sample!r}: give a share above 0 and up to 1.", sample=sample)
        )
    if skipped not in ("count", "drop"):
        raise MktlabError(say("skipped is {skipped!r}: give 'count' or 'drop'.", skipped=skipped))
    keys = [] if by is None else [by]
    flags = [nw.col(name).cast(nw.Boolean).fill_null(False) for name in names]
    reached = {
        name: reduce(or_, flags[place:]) if skipped == "count" else reduce(and_, flags[: place + 1])
        for place, name in enumerate(names)
    }
    visits = frame.select(*keys, *(r.cast(nw.Int64).alias(name) for name, r in reached.items()))
    counts = [nw.len().alias(ALL), *(nw.col(name).sum() for name in names)]
    table = visits.group_by(*keys).agg(*counts).sort(*keys) if keys else visits.select(*counts)
    scaled = [nw.col(name).fill_null(0) / float(sample) for name in (ALL, *names)]
    native: IntoFrameT = nw.maybe_reset_index(table.select(*keys, *scaled)).to_native()
    return native


def went_on(
    sessions: pd.DataFrame, steps: Sequence[str] = STEPS, *, sample: float = 1.0
) -> pd.DataFrame:
    """What each step loses: the share of the step before that goes on, with its 95% interval.

    Parameters
    ----------
    sessions, steps, sample
        As for `funnel`; of `sessions`, `visitor_id`, too: the visits of one visitor go together.

    Returns
    -------
    A row per `step`, the first one against all visits: `visits` and `lost`, scaled up, `rate, low,
    high`.

    Examples
    --------
    >>> visits = pd.DataFrame({"visitor_id": ["V1", "V2", "V2"], "bought": [True, False, True]})
    >>> went_on(visits, ["bought"]).round(2)
         step  visits  lost  rate   low  high
    0  bought     2.0   1.0  0.67  0.26  0.92
    """
    counts = funnel(sessions, steps, sample=sample).iloc[0]
    flags = sessions[list(steps)].fillna(False).astype(float)
    reached = flags.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1]
    each = reached.assign(**{ALL: 1.0}).groupby(sessions["visitor_id"]).sum()
    rows = []
    for base, top in zip((ALL, *steps), steps, strict=False):
        size, lost = int((each[base] > 0).sum()), counts[base] - counts[top]
        rate = counts[top] / counts[base] if counts[base] else float("nan")
        pull = (each[top] - rate * each[base]) / each[base].sum() * (size / max(size - 1, 1)) ** 0.5
        ends = Estimate(rate, pull, size, "scale").interval(0.95)
        rows.append((top, counts[top], lost, rate, *ends))
    return pd.DataFrame(rows, columns=["step", "visits", "lost", "rate", "low", "high"])


def _check(known: nw.Schema, names: Sequence[str], by: str | None) -> None:
    asked = [*names, *([] if by is None else [by])]
    if not names or len({ALL, *asked}) <= len(asked):
        raise MktlabError(
            say(
                "funnel is asked for {columns}: give one step or more, each column once, and none "
                "that is called {all}.",
                columns=", ".join(asked) or "–",
                all=ALL,
            )
        )
    need_columns(asked, known, of="sessions")
    for column in names:
        if not (known[column] == nw.Boolean or known[column].is_integer()):
            raise MktlabError(
                say(
                    "{column} of sessions is {kind}: give a column of yes and no (true, false), "
                    "or of 1 and 0.",
                    column=column,
                    kind=known[column],
                )
            )
