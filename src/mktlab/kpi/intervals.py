"""KPIs with intervals, and with what has changed since another period.

Orders of one customer belong together, and so do the answers of one person: `UNITS` says what is
independent. `errors` has the formula, which is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.kpi.aggregate import within
from mktlab.kpi.compute import asked, available, compute, period
from mktlab.kpi.errors import COUNTED, STATED, Estimate, change, counted, drawn, estimate, stated
from mktlab.kpi.measures import MEASURES, NAMELESS, UNITS, measured_rows, with_unit
from mktlab.kpi.registry import BUYERS, Kpi, find
from mktlab.kpi.sources import Tables
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import HasTables

Days = tuple[pd.Timestamp | None, pd.Timestamp]
_PANEL = ("our_variance", "their_variance")


def intervals(
    company: HasTables,
    names: Iterable[str] | str | None = None,
    *,
    level: float = 0.95,
    start: date | str | None = None,
    end: date | str | None = None,
    before: date | str | None = None,
) -> pd.DataFrame:
    """KPIs with intervals that cover the value behind them in `level` of all periods like this one.

    Parameters
    ----------
    company, names, start, end
        As in `compute`; by default all KPIs that can have an interval.
    level
        Confidence, between 0 and 1.
    before
        First day of another period as long as this one, to compare with; needs a `start`.

    Returns
    -------
    `kpi, value, low, high`, one row per KPI; with `before` also `before`, the value then, and
    `change_low, change_high`, the interval of the difference. Ends are empty where fewer than two
    customers, or other units, stand behind the value.

    Notes
    -----
    Linearized and clustered (see `kpi.errors`). Of a ratio r of sums of x and y over n units, the
    standard error is sqrt(n / (n - 1) sum (x - r y)^2) / sum y; of a sum, sqrt(sum x^2), since how
    many come and what each brings are both chance. Shares and scores keep within their scale
    (Wilson, 1927), and have a width even where all answers are the same. In a difference, customers
    who are in both periods count with what they changed: both errors are not independent.

    Raises
    ------
    MktlabError
        As in `compute`; for a KPI in which nothing is drawn, such as advertising; for an argument
        out of its range.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> orders = pd.DataFrame({
    ...     "order_id": ["1", "2", "3", "4"], "customer_id": ["Ana", "Ben", "Cleo", "Dan"],
    ...     "order_date": pd.Timestamp("2025-01-05"), "revenue": [10.0, 20.0, 30.0, 40.0],
    ... })
    >>> shop = SimpleNamespace(tables={"orders": orders}, today=pd.Timestamp("2025-02-01"))
    >>> intervals(shop, "order_value").round(1)  # 25 -+ 3.18 x 12.9 / sqrt(4)
               kpi  value  low  high
    0  order_value   25.0  4.5  45.5
    """
    if isinstance(level, bool) or not isinstance(level, float | int) or not 0 < level < 1:
        raise MktlabError(
            say("level is {level!r}: give a number between 0 and 1, such as 0.95.", level=level)
        )
    days = period(company, start, end)
    wanted = _wanted(company, names)
    tables, _ = asked(company, [kpi.name for kpi in wanted])
    now = _estimates(company, tables, wanted, days)
    rows = pd.DataFrame(
        [(kpi.name, now[kpi.name].value, *now[kpi.name].interval(level)) for kpi in wanted],
        columns=["kpi", "value", "low", "high"],
    )
    if before is None:
        return rows
    then = _estimates(company, tables, wanted, _shifted(company, days, before))
    ends = [change(now[kpi.name], then[kpi.name], level) for kpi in wanted]
    return rows.assign(
        before=[then[kpi.name].value if then[kpi.name].size else np.nan for kpi in wanted],
        change_low=[low for low, _ in ends],
        change_high=[high for _, high in ends],
    )


def _wanted(company: HasTables, names: Iterable[str] | str | None) -> list[Kpi]:
    if names is None:
        return [kpi for kpi in map(find, available(company)) if drawn(kpi)]
    wanted = [find(name) for name in ([names] if isinstance(names, str) else names)]
    for kpi in wanted:
        if not drawn(kpi):
            raise MktlabError(
                say(
                    "{name} has no interval: nothing in it is drawn by lot, or no formula is "
                    "known; leave it out, or use kpi.compute.",
                    name=kpi.name,
                )
            )
    return wanted


def _shifted(company: HasTables, days: Days, before: date | str) -> Days:
    """The period as long as this one that begins on another day."""
    first, last = days
    if first is None:
        raise MktlabError(
            say("before needs a start, too: both periods are compared over as many days.")
        )
    earlier, _ = period(company, before, None)
    assert earlier is not None
    return earlier, earlier + (last - first)


def _estimates(
    company: HasTables, tables: Tables, kpis: Iterable[Kpi], days: Days
) -> dict[str, Estimate]:
    first, last = days
    names = [kpi.name for kpi in kpis]
    if in_sum := [name for name in names if name in (*COUNTED, STATED)]:
        values = compute(company, in_sum, start=first, end=last).set_index("kpi")
    parts = {part for kpi in kpis for part in kpi.parts}
    parts |= {"purchases"} if parts & set(BUYERS) else set()
    parts |= set(_PANEL) if STATED in names else set()
    of = {m: MEASURES[m].source for m in sorted(parts) if m in MEASURES}
    units = {s: _units(tables, s, [m for m in of if of[m] == s], days) for s in {*of.values()}}
    if parts & set(BUYERS):
        units["orders"] = _bought(tables, units["orders"], days)
    known = {m: float(units[s][m].sum()) for m, s in of.items() if s not in UNITS}
    found = {}
    for kpi in kpis:
        value = float(values["value"].get(kpi.name, np.nan)) if kpi.name in in_sum else np.nan
        if kpi.name in COUNTED:
            base = values["denominator"].get(kpi.name, np.nan)
            people = pd.Series({str(first): base}, dtype=float)
            if kpi.denominator in of:
                people = units[of[kpi.denominator]][kpi.denominator]
            found[kpi.name] = counted(value, people)
        elif kpi.name == STATED:
            found[kpi.name] = stated(value, units["market_panel"])
        else:
            tables_of = dict.fromkeys("orders" if p in BUYERS else of[p] for p in kpi.parts)
            both = [units[source] for source in tables_of if source in UNITS]
            each = both[0] if len(both) == 1 else pd.concat(both, axis=1).fillna(0.0)
            found[kpi.name] = estimate(kpi, each, known)
    return found


def _units(tables: Tables, source: str, measures: list[str], days: Days) -> pd.DataFrame:
    """A row per unit of a source, or one row where nothing is drawn; a column per measure."""
    frame = within(measured_rows(tables, source, measures), *days)
    sums = [nw.col(m).sum() for m in measures]
    if source not in UNITS:
        frame = frame.select(*sums)
        whole: pd.DataFrame = frame.collect("pandas").to_native().astype("float64")
        return whole
    frame = with_unit(frame, source).group_by("unit").agg(*sums)
    table: pd.DataFrame = frame.collect("pandas").to_native()
    return table.set_index("unit").astype("float64").fillna(0.0).sort_index()


def _bought(tables: Tables, orders: pd.DataFrame, days: Days) -> pd.DataFrame:
    """The customers of the orders with who bought, twice, before, and in both periods."""
    first, last = days
    if first is not None:
        past = _units(tables, "orders", ["purchases"], (first - (last - first), first))
        orders = orders.join(past["purchases"].rename("past"), how="outer").fillna(0.0)
    named = ~orders.index.astype("str").str.startswith(NAMELESS)
    now = named & (orders["purchases"] > 0)
    then = named & (orders["past"] > 0) if first is not None else named & False
    return orders.assign(
        buyers=now.astype(float),
        repeat_buyers=(named & (orders["purchases"] > 1)).astype(float),
        buyers_before=then.astype(float),
        returned=(now & then).astype(float),
        lapsed=(then & ~now).astype(float),
    )
