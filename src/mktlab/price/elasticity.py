"""How sales answer to price from one week to another: `elasticity`, plain or with an instrument.

`Elasticity` is what every estimator gives, those of `geo_experiment` too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.price.checks import days, needs, numbers
from mktlab.price.inference import NEEDED_F, Floats, anderson_rubin, fixed_b, partial_slopes
from mktlab.schema import MktlabError
from mktlab.show import charts, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXACT_F = 1e9  # an instrument that leaves nothing of the price unexplained


@dataclass(frozen=True)
class Elasticity:
    """By how many percent sales change when the price rises by 1%, with a 95% interval.

    `observations` counts weeks, or cells of zone and week. With an instrument, `low` and `high` are
    those of Anderson and Rubin: they hold however weak it is, may be infinite, and `gap` is what
    lies between where everything fits but that. `first_stage_f` is then the effective F, how
    strongly the instrument moves the price; a t test, value -+ 2 `std_error`, would need 104.7.
    """

    value: float
    low: float
    high: float
    std_error: float
    observations: int
    method: str
    first_stage_f: float | None = None
    gap: tuple[float, float] | None = None

    def __repr__(self) -> str:
        if self.gap:
            fits = say(
                "all but {low:decimal.2} to {high:decimal.2}", low=self.gap[0], high=self.gap[1]
            )
        elif math.isinf(self.low):
            fits = say("any number, so the instrument cannot tell")
        else:
            fits = say("{low:decimal.2} to {high:decimal.2}", low=self.low, high=self.high)
        known: dict[str, Any] = {
            "value": self.value,
            "fits": fits,
            "method": self.method,
            "observations": self.observations,
        }
        if self.first_stage_f is None:
            return say(
                "{value:decimal.2} (95%: {fits}; {method}, {observations} observations)", **known
            )
        weak = say(", where a t test needs 104.7") if self.first_stage_f < NEEDED_F else ""
        return say(
            "{value:decimal.2} (95%, Anderson-Rubin: {fits}; {method}, {observations} "
            "observations, effective F {f:count}{weak})",
            f=self.first_stage_f,
            weak=weak,
            **known,
        )

    def plot(self, *, ax: Axes | None = None, truth: float | None = None) -> Axes:
        """The estimate with its interval, and beside it the true value where that is known."""
        row = pd.DataFrame([vars(self)])[["value", "low", "high"]].set_axis([self.method])
        ax = charts.intervals(row, x="value", truth=truth, ax=ax)
        if self.gap:
            ax.hlines(0, *self.gap, colors="white", linewidth=4, zorder=3.5)
            ax.set_label(say("Estimate with all that fits: {told}", told=repr(self)))
        return ax


def elasticity(
    weeks: pd.DataFrame, *, controls: Sequence[str] = (), instrument: str | None = None
) -> Elasticity:
    """Elasticity from one series over time: log pieces on log price.

    Luck may last for weeks, and prices do: standard errors allow for 1.3 times the root of the
    weeks (Newey & West, 1987; Lazarus et al., 2018), and the interval takes the wider reach that
    such errors need (fixed-b: Kiefer & Vogelsang, 2005). With an instrument: two stages (two-stage
    least squares), where the first keeps only those price changes that the instrument explains;
    controls stand in both. The interval is then the set of Anderson and Rubin (1949), which is
    right however weak the instrument; it may be unbounded, and with one instrument is never empty.
    Where instrument and luck both last for months (.95 and .8 of a week's are left in the next),
    no such error is wide enough: of 156 weeks, 95% intervals then hold the truth in 86 of 100.

    Parameters
    ----------
    weeks
        One row per `week`, with `pieces` and `price` above 0.
    controls
        Columns that are held fixed: numbers or flags as they are, texts as one group each.
    instrument
        A column of numbers above 0 that moves the price and nothing else, such as a cost. What
        else it moves, such as a competitor's price (as a logarithm), goes into `controls`.

    Raises
    ------
    MktlabError
        When a column is missing or empty, not above 0 where it must be, does not vary, or says the
        same as others; when a week stands there twice; when there are too few weeks.

    References
    ----------
    Lee, D. S., McCrary, J., Moreira, M. J., & Porter, J. (2022). Valid t-ratio inference for IV.
    *American Economic Review*, 112(10): below an F of 104.7 a t test needs wider limits (their tF).
    Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. *Journal of
    Business & Economic Statistics*, 31(3): the effective F, with one instrument the robust F.

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
    logs, held = logs[order], np.column_stack([np.ones(len(weeks)), held])[order]
    for moved in {0, -1} if instrument else {0}:
        _full_rank(np.column_stack([logs[:, moved], held]), caller)
    reach = fixed_b(len(weeks))
    if not instrument:
        slopes, covariance = partial_slopes(logs[:, 1:], logs[:, 0], held)
        value, error = float(slopes[0]), math.sqrt(covariance[0, 0])
        method = "controls" if len(controls) else "plain"
        ends = value - reach * error, value + reach * error
        return Elasticity(value, *ends, error, len(weeks), method)
    slopes, covariance = partial_slopes(logs[:, :2], logs[:, 2], held)
    value = float(slopes[1] / slopes[0])
    aside = np.array([-value, 1.0])  # pieces less what the price does to them
    error = math.sqrt(aside @ covariance @ aside) / abs(slopes[0])
    strength = float(slopes[0] ** 2 / max(covariance[0, 0], 1e-300))
    if strength > EXACT_F:
        raise MktlabError(
            say(
                "{caller}: {instrument} is the price itself, or moves just as it does; an "
                "instrument is something else that moves it, such as a cost.",
                caller=caller,
                instrument=instrument,
            )
        )
    low, high, gap = anderson_rubin(slopes, covariance, reach)
    return Elasticity(value, low, high, error, len(weeks), "instrument", strength, gap)


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
