"""How sales answer to price from one week to another: `elasticity`, plain or with an instrument.

`Elasticity` is what every estimator gives, those of `zones` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.price.checks import days, needs, numbers
from mktlab.schema import MktlabError
from mktlab.show import charts, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

LAGS = 4  # weeks over which the luck of one week may last


@dataclass(frozen=True)
class Elasticity:
    """By how many percent sales change when the price rises by 1%, with a 95% interval.

    `observations` counts weeks, or cells of zone and week; `first_stage_f` says how strongly an
    instrument moves the price: below 10 it is too weak to be used.
    """

    value: float
    low: float
    high: float
    std_error: float
    observations: int
    method: str
    first_stage_f: float | None = None

    def __repr__(self) -> str:
        f = (
            ""
            if self.first_stage_f is None
            else say(", first-stage F {first_stage_f:count}", first_stage_f=self.first_stage_f)
        )
        return say(
            "{value:decimal.2} (95%: {low:decimal.2} to {high:decimal.2}; {method}, "
            "{observations} observations{f})",
            value=self.value,
            low=self.low,
            high=self.high,
            method=self.method,
            observations=self.observations,
            f=f,
        )

    def plot(self, *, ax: Axes | None = None, truth: float | None = None) -> Axes:
        """The estimate with its interval, and beside it the true value where that is known."""
        row = pd.DataFrame([self])[["value", "low", "high"]].set_axis([self.method])
        return charts.intervals(row, x="value", truth=truth, ax=ax)


def elasticity(
    weeks: pd.DataFrame, *, controls: Sequence[str] = (), instrument: str | None = None
) -> Elasticity:
    """Elasticity from one series over time: log pieces on log price.

    Standard errors allow for luck that lasts up to 4 weeks (Newey & West, 1987); the interval uses
    Student's t. With an instrument: two stages (two-stage least squares), where the first keeps
    only those price changes that the instrument explains.

    Parameters
    ----------
    weeks
        One row per `week`, with `pieces` and `price` above 0.
    controls
        Columns that are held fixed: numbers or flags as they are, texts as one group each.
    instrument
        A column of numbers above 0 that moves the price and nothing else, such as a cost.

    Raises
    ------
    MktlabError
        When a column is missing or empty, not above 0 where it must be, does not vary, or says the
        same as others; when a week stands there twice; when there are too few weeks.

    Examples
    --------
    Price doubles, pieces halve, up to 1 or 2 pieces:

    >>> weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=8, freq="7D"),
    ...                       "price": [1.0, 2, 4, 8] * 2,
    ...                       "pieces": [81, 40, 20, 10, 80, 41, 20, 10]})
    >>> round(elasticity(weeks).value, 2)
    -1.0
    """
    caller = "elasticity"
    named = ["price", "pieces"] + ([instrument] if instrument else [])
    logs = np.log(numbers(weeks, named, caller, positive=True).to_numpy())
    held = _controls(weeks, controls, caller)
    order = _one_row_per_week(weeks, caller)
    design = np.column_stack([logs[:, 0], np.ones(len(weeks)), held])[order]
    first = np.column_stack([logs[:, -1], np.ones(len(weeks)), held])[order] if instrument else None
    _full_rank(design if first is None else first, caller)
    value, error, strength = _least_squares(logs[order, 1], design, first)
    method = "instrument" if instrument else "controls" if len(controls) else "plain"
    freedom = len(weeks) - design.shape[1]
    return with_interval(value, error, freedom, len(weeks), method, strength)


def _one_row_per_week(weeks: pd.DataFrame, caller: str) -> npt.NDArray[np.intp]:
    """The order of the weeks; refuses a week that stands there twice."""
    days(weeks, "week", caller)
    twice = weeks["week"].duplicated()
    if twice.any():
        raise MktlabError(
            say(
                "{caller}: {week:%Y-%m-%d} stands in more than one row; add up the zones first, "
                "as in panel.groupby('week').",
                caller=caller,
                week=weeks.loc[twice, "week"].iloc[0],
            )
        )
    return np.argsort(weeks["week"].to_numpy(), kind="stable")


def _controls(weeks: pd.DataFrame, controls: Sequence[str], caller: str) -> Floats:
    """The controls as numbers; a text becomes a column per value but the first."""
    if isinstance(controls, str):
        raise MktlabError(
            say(
                "{caller}: controls is a text; give a list, such as [{controls!r}].",
                caller=caller,
                controls=controls,
            )
        )
    needs(weeks, controls, caller)
    for name in controls:
        empty = int(weeks[name].isna().sum())
        if empty:
            raise MktlabError(
                say(
                    "{caller}: the control {name} is empty in {empty} of {weeks} rows; fill them, "
                    "for instance with interpolate(), or leave these rows out.",
                    caller=caller,
                    name=name,
                    empty=empty,
                    weeks=len(weeks),
                )
            )
    if not controls:
        return np.empty((len(weeks), 0))
    held = pd.get_dummies(weeks[list(controls)], drop_first=True).astype("float64")
    if not np.isfinite(held.to_numpy()).all():
        raise MktlabError(
            say("{caller}: a control is infinite; mend it or leave these rows out.", caller=caller)
        )
    return np.asarray(held, dtype=np.float64)


def _full_rank(design: Floats, caller: str) -> None:
    rows, columns = design.shape
    if rows < columns + 3:
        raise MktlabError(
            say(
                "{caller}: {rows} weeks are too few for {columns} unknowns; take more weeks or "
                "fewer controls.",
                caller=caller,
                rows=rows,
                columns=columns,
            )
        )
    scaled = design / np.abs(design).max(axis=0).clip(1e-300)
    if np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(rows)) < columns:
        raise MktlabError(
            say(
                "{caller}: the price (or instrument) does not vary, or a control says the same as "
                "others; leave that control out, or take weeks with other prices.",
                caller=caller,
            )
        )


def _least_squares(
    outcome: Floats, design: Floats, first: Floats | None
) -> tuple[float, float, float | None]:
    """Slope on the first column, its standard error, and the F of the first stage if any."""

    def error(regressors: Floats, residual: Floats) -> float:
        inverse = np.linalg.inv(regressors.T @ regressors)
        pull = regressors * residual[:, None]
        spread = pull.T @ pull
        for lag in range(1, LAGS + 1):
            apart = pull[lag:].T @ pull[:-lag]
            spread += (1 - lag / (LAGS + 1)) * (apart + apart.T)
        freedom = len(residual) / (len(residual) - regressors.shape[1])
        return float(np.sqrt((inverse @ spread @ inverse)[0, 0] * freedom))

    explained, strength = design, None
    if first is not None:
        stage = np.linalg.lstsq(first, design[:, 0])[0]
        fitted = first @ stage
        strength = float((stage[0] / error(first, design[:, 0] - fitted)) ** 2)
        explained = np.column_stack([fitted, design[:, 1:]])
    slopes = np.linalg.lstsq(explained, outcome)[0]
    # The residual is that of the price as it was, not as the first stage has it.
    return float(slopes[0]), error(explained, outcome - design @ slopes), strength


def with_interval(
    value: float,
    error: float,
    freedom: int,
    rows: int,
    method: str,
    strength: float | None = None,
) -> Elasticity:
    """An `Elasticity` with the interval of Student's t."""
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, 0.975)) * error
    return Elasticity(value, value - reach, value + reach, error, rows, method, strength)
