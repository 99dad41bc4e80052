"""Targets and alerts: is a KPI where it should be, or is it too early to tell?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mktlab.kpi.errors import drawn
from mktlab.kpi.registry import Kpi, find
from mktlab.schema import MktlabError
from mktlab.show.words import say


def against_targets(
    values: pd.DataFrame, targets: Mapping[str, float] | None = None, *, level: float = 0.95
) -> pd.DataFrame:
    """Hold KPIs against their targets, in the direction in which each is good.

    Parameters
    ----------
    values
        What `compute` gives without `by`, or `intervals`: `kpi, value` and, if known, `low, high`;
        `before, change_low, change_high` where a KPI is compared with what was measured before.
    targets
        KPI -> target, in the KPI's unit: at least that much, or at most where less is better. Of
        other KPIs with a good direction, what was measured before is the target.
    level
        Confidence of the intervals, and one less the share of false verdicts.

    Returns
    -------
    One row per target, those given first: `kpi, value, low, high, target, status`. The status is
    "on target" or "off target" when chance cannot explain the distance from the target, else "too
    early to tell".

    Notes
    -----
    A target that the company set is a known number: it is compared with the interval of the value.
    What was measured before is uncertain, too: there, the interval of the difference decides. A
    single verdict is one that the whole interval agrees with; of several, at most 5% are expected
    to be false (false discovery rate; Benjamini & Hochberg, 1995). Values of `compute`, and KPIs in
    which nothing is drawn, are taken as they are.

    Raises
    ------
    MktlabError
        For a target of an unknown KPI, of one that has no good direction or that `values` lacks,
        for one that is no finite number.

    Examples
    --------
    >>> values = pd.DataFrame({"kpi": ["nps", "cpc"], "value": [31.0, 0.8],
    ...                        "low": [28.0, 0.7], "high": [34.0, 0.9]})
    >>> against_targets(values, {"nps": 30, "cpc": 1})[["kpi", "target", "status"]]
       kpi  target             status
    0  nps    30.0  too early to tell
    1  cpc     1.0          on target

    Last year 27, with an error as large: the difference of 4 is less than sqrt(2) x 3 = 4.2.

    >>> then = {"before": 27.0, "change_low": -0.2, "change_high": 8.2}
    >>> against_targets(values.head(1).assign(**then))[["kpi", "target", "status"]]
       kpi  target             status
    0  nps    27.0  too early to tell
    """
    if not {"kpi", "value"} <= set(values) or values["kpi"].duplicated().any():
        raise MktlabError(
            say(
                "values must be what kpi.compute gives without by, or kpi.intervals: one row per "
                "KPI."
            )
        )
    columns = ["value", "low", "high", "before", "change_low", "change_high"]
    known = values.set_index("kpi").reindex(columns=columns).astype(float)
    given = dict(targets or {})
    kpis = [_checked(name, target, known) for name, target in given.items()]
    kpis += [
        find(name)
        for name in known.index[known["before"].notna()]
        if name not in given and find(name).direction != "neither"
    ]
    table = known.loc[[kpi.name for kpi in kpis]].rename_axis("kpi")
    measured = np.arange(len(kpis)) >= len(given)
    own = pd.Series(given, dtype=float).reindex(table.index)
    table["target"] = own.where(~measured, table["before"])
    gap = table["value"] - table["target"]
    near, far = (
        table[change].where(measured, table[end] - table["target"])
        for change, end in (("change_low", "low"), ("change_high", "high"))
    )
    uncertain = ["low" in values and drawn(kpi) for kpi in kpis]
    sure = beyond_chance(gap, near, far, np.array(uncertain, dtype=bool), level)
    up = np.array([kpi.direction == "up" for kpi in kpis], dtype=bool)
    good = np.where(up, gap >= 0, gap <= 0)
    status = np.where(sure, np.where(good, "on target", "off target"), "too early to tell")
    found = table.reset_index().assign(status=pd.Series(status, dtype="str"))
    return found[["kpi", "value", "low", "high", "target", "status"]]


def _checked(name: str, target: Any, known: pd.DataFrame) -> Kpi:
    kpi = find(name)
    if kpi.direction == "neither":
        raise MktlabError(say("{name} has no good direction, so it can have no target.", name=name))
    if isinstance(target, bool) or not isinstance(target, int | float) or not np.isfinite(target):
        raise MktlabError(
            say("The target of {name} is {target!r}: give a number.", name=name, target=target)
        )
    if name not in known.index:
        raise MktlabError(
            say("values has no row for {name}: compute it too, or drop its target.", name=name)
        )
    return kpi


def beyond_chance(
    gap: pd.Series[float],
    low: pd.Series[float],
    high: pd.Series[float],
    uncertain: Any,
    level: float,
) -> Any:
    """Which gaps are no chance: their p-values from the half of the interval that faces 0."""
    from scipy.stats import false_discovery_control, norm

    half = np.where(gap > 0, gap - low, high - gap)
    tested = uncertain & np.isfinite(half) & (half > 0)
    sure = ~uncertain & gap.notna().to_numpy()
    if tested.any():
        z = norm.ppf((1 + level) / 2) * np.abs(gap[tested]) / half[tested]
        sure[tested] = false_discovery_control(2 * norm.sf(z)) <= (1 - level) * (1 + 1e-9)
    return sure
