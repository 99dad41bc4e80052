"""Follow customers and contracts from one period to the next: who came back, what ended."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.kpi.aggregate import collected, in_period, within
from mktlab.kpi.registry import BUYERS
from mktlab.kpi.sources import SOURCES, Frame, Tables, lazy

_FREQUENCY = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def buyers(
    tables: Tables, dimensions: tuple[str, ...], first: pd.Timestamp | None, last: pd.Timestamp
) -> pd.DataFrame:
    """Who bought, how often, and who of the period before did so again.

    Without periods, the period before has the same length and ends when this one begins; when all
    days are asked for there is none. Of a period in part, nothing is said of who came back.
    """
    bought = (
        SOURCES["orders"]
        .prepare(tables, ())
        .filter((nw.col("bought") > 0) & ~nw.col("customer_id").is_null())
    )
    if not dimensions:
        return _two_periods(bought, first, last)
    (period,) = dimensions
    each = in_period(within(bought, None, last), dimensions)
    asked = nw.len().alias("asked")
    if first is not None:
        since = nw.col("day") >= nw.lit(first.to_pydatetime())
        each, asked = each.with_columns(asked=since.cast(nw.Int64)), nw.col("asked").sum()
    counted = each.group_by("customer_id", period).agg(asked)
    counted = counted.with_columns(
        buyers=(nw.col("asked") > 0).cast(nw.Float64),
        repeat_buyers=(nw.col("asked") > 1).cast(nw.Float64),
    )
    sums = [nw.col("buyers").sum(), nw.col("repeat_buyers").sum(), nw.len().alias("all")]
    now = counted.group_by(period).agg(*sums)
    table = collected(now, dimensions).sort_values(period, ignore_index=True)
    back = _returned(counted, period)
    table = table.merge(collected(back, dimensions), on=period, how="left")
    before = table.set_index(period)["all"]
    periods = table[period].dt.to_period(_FREQUENCY[period])
    then = (periods - 1).dt.start_time.astype("datetime64[us]")
    whole = (periods.dt.end_time < last) & (first is None or table[period] >= first)
    table["buyers_before"] = before.reindex(then).where(whole.to_numpy()).to_numpy()
    return _completed(table[table["buyers"] > 0].drop(columns="all"))


def _returned(counted: Frame, period: str) -> Frame:
    """How many customers of each period had bought in the period before."""
    step = 1 if period == "week" else {"month": "1mo", "quarter": "3mo", "year": "12mo"}[period]
    here = nw.col(period)
    later = here + step if isinstance(step, int) else here.dt.offset_by(step)
    next_time = counted.select("customer_id", later.alias(period))
    return (
        counted.join(next_time, on=["customer_id", period], how="inner")
        .group_by(period)
        .agg(nw.len().alias("returned"))
    )


def _two_periods(bought: Frame, first: pd.Timestamp | None, last: pd.Timestamp) -> pd.DataFrame:
    each = within(bought, first, last).group_by("customer_id").agg(nw.len().alias("purchases"))
    counted = each.select(
        nw.len().alias("buyers"),
        (nw.col("purchases") > 1).cast(nw.Int64).sum().alias("repeat_buyers"),
    )
    row = counted.collect("pandas").to_native().iloc[0].to_dict()
    if first is not None:
        past = within(bought, first - (last - first), first).select("customer_id").unique()
        back = past.join(each, on="customer_id", how="left").select(
            nw.len().alias("buyers_before"),
            (~nw.col("purchases").is_null()).cast(nw.Int64).sum().alias("returned"),
        )
        row |= back.collect("pandas").to_native().iloc[0].to_dict()
    return _completed(pd.DataFrame([row]).reindex(columns=list(BUYERS[:4])))


def _completed(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype({name: "float64" for name in BUYERS if name in table})
    known = table["buyers_before"].notna()
    returned = table["returned"].fillna(0.0).where(known)
    return table.assign(returned=returned, lapsed=table["buyers_before"] - returned)


def contracts(
    tables: Tables, dimensions: tuple[str, ...], first: pd.Timestamp | None, last: pd.Timestamp
) -> pd.DataFrame:
    """Subscriptions that ran when each period began and ended, and that ended in between.

    Of a period in part, only those that ran at its end.
    """
    table = lazy(tables["subscriptions"]).select("started_date", "ended_date")
    signed = table.collect("pandas").to_native()
    started = signed["started_date"].to_numpy("datetime64[D]")
    ended = signed["ended_date"].fillna(pd.Timestamp.max.floor("D")).to_numpy("datetime64[D]")
    final = last - pd.Timedelta(days=1)
    begin = pd.Timestamp(started.min(initial=np.datetime64(final, "D"))) if first is None else first
    edges = [(begin, last)]
    if dimensions:
        periods = pd.period_range(begin, final, freq=_FREQUENCY[dimensions[0]])
        edges = [(p.start_time, (p + 1).start_time) for p in periods]
    rows = []
    for start, end in edges:
        day, after = np.datetime64(start, "D"), np.datetime64(min(end, last), "D")
        before = (started < day) & (ended >= day)
        whole = end <= last and (first is None or start >= first)
        rows.append(
            {
                **({dimensions[0]: start} if dimensions else {}),
                "contracts_before": float(before.sum()) if whole else np.nan,
                "contracts_ended": float((before & (ended < after)).sum()),
                "contracts_running": float(((started < after) & (ended >= after)).sum()),
            }
        )
    found = pd.DataFrame(rows)
    for name in dimensions:
        found[name] = found[name].astype("datetime64[us]")
    return found
