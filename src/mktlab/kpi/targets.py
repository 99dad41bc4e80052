"""Targets and alerts: is a KPI where it should be, or is it too early to tell?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mktlab.kpi.registry import find
from mktlab.schema import MktlabError
from mktlab.show.words import say


def against_targets(values: pd.DataFrame, targets: Mapping[str, float]) -> pd.DataFrame:
    """Hold KPIs against their targets, in the direction in which each is good.

    Parameters
    ----------
    values
        What `compute` gives without `by`, or `intervals`: `kpi, value` and, if known, `low, high`.
    targets
        KPI -> target, in the KPI's unit: at least that much, or at most where less is better.

    Returns
    -------
    One row per target, in their order: `kpi, value, low, high, target, status`. The status is "on
    target" or "off target" when the whole interval is on that side, else "too early to tell"; a
    value without an interval is taken as it is.

    Raises
    ------
    MktlabError
        For a target of an unknown KPI, of one that has no good direction or that `values` lacks,
        and for one that is no finite number.

    Examples
    --------
    >>> values = pd.DataFrame({"kpi": ["nps", "cpc"], "value": [31.0, 0.8],
    ...                        "low": [28.0, 0.7], "high": [34.0, 0.9]})
    >>> against_targets(values, {"nps": 30, "cpc": 1})[["kpi", "target", "status"]]
       kpi  target             status
    0  nps    30.0  too early to tell
    1  cpc     1.0          on target
    """
    if not {"kpi", "value"} <= set(values) or values["kpi"].duplicated().any():
        raise MktlabError(
            say(
                "values must be what kpi.compute gives without by, or kpi.intervals: one row per "
                "KPI."
            )
        )
    known = values.set_index("kpi").reindex(columns=["value", "low", "high"]).astype(float)
    rows = []
    for name, target in targets.items():
        kpi = find(name)
        if kpi.direction == "neither":
            raise MktlabError(
                say("{name} has no good direction, so it can have no target.", name=name)
            )
        if (
            isinstance(target, bool)
            or not isinstance(target, int | float)
            or not np.isfinite(target)
        ):
            raise MktlabError(
                say("The target of {name} is {target!r}: give a number.", name=name, target=target)
            )
        if name not in known.index:
            raise MktlabError(
                say("values has no row for {name}: compute it too, or drop its target.", name=name)
            )
        value, low, high = known.loc[name]
        status = _status(value, low, high, float(target), up=kpi.direction == "up")
        rows.append((name, value, low, high, float(target), status))
    return pd.DataFrame(rows, columns=["kpi", "value", "low", "high", "target", "status"])


def _status(value: Any, low: Any, high: Any, target: float, *, up: bool) -> str:
    low, high = (value if np.isnan(end) else end for end in (low, high))
    if np.isnan(value):
        return "too early to tell"
    worst, best = (low, high) if up else (-high, -low)
    goal = target if up else -target
    if worst >= goal:
        return "on target"
    return "off target" if best < goal else "too early to tell"
