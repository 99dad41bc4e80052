"""Charts of one number a week: `xmr_chart` for jumps, `cusum_chart` for a change that stays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.control_charts.columns import Column, chart, first, moving_sigma, numbers
from mktlab.schema import MktlabError
from mktlab.show.words import say


def xmr_chart(values: Column, *, baseline: int | None = None) -> pd.DataFrame:
    """Individual values with limits from their moving range: mean -+ 3 x mean range / 1.128.

    For a number of any kind, weeks apart enough not to hang together; a season must be taken out
    first (`limits(..., season=52)`).

    Parameters
    ----------
    values
        A number per week, in their order.
    baseline
        The first so many weeks say what is usual; by default all do.

    Returns
    -------
    A row per week: `value, usual, low, high, outside`. Where chance is normal and the baseline
    long, 2.7 of 1,000 quiet weeks are outside; after a baseline of 26 weeks, 7 of 1,000.

    Raises
    ------
    MktlabError
        When a value is missing, the weeks are all the same, or the baseline is out of its range.

    References
    ----------
    Shewhart, W. A. (1931). *Economic Control of Quality of Manufactured Product*. Van Nostrand.
    Wheeler, D. J., & Chambers, D. S. (1992). *Understanding Statistical Process Control*. SPC.

    Examples
    --------
    Mean 5, neighbors 2 apart: 5 -+ 3 x 2 / 1.128.

    >>> xmr_chart([4, 6, 4, 6, 11], baseline=4).round(2).tail(1)
       value  usual   low   high  outside
    4   11.0    5.0 -0.32  10.32     True
    """
    column = numbers(values, "values")
    usual = float(first(column, baseline).mean())
    reach = 3 * moving_sigma(first(column, baseline))
    outside = (column - usual).abs() > reach
    return chart(column, usual, usual - reach, usual + reach, outside)


def cusum_chart(
    values: Column,
    *,
    usual: float | None = None,
    sigma: float | None = None,
    baseline: int | None = None,
    k: float = 0.5,
    h: float = 5.0,
) -> pd.DataFrame:
    """Cumulated sums (tabular cusum): many small differences to one side make an alarm.

    `up` is what weeks add up to above `usual` + k, `down` below `usual` - k, in standard deviations
    and never below 0. With k = .5 and h = 5, a change by one standard deviation rings after 10
    weeks on average (a chart of three standard deviations needs 44), and a quiet company after 465.

    Parameters
    ----------
    values
        A number per week, in their order.
    usual, sigma
        Usual value and standard deviation; by default from the values as in `xmr_chart`.
    baseline
        The first so many weeks say what is usual; by default all do, the changed ones included.
    k, h
        Half of the change that is looked for, and the sum that rings, in standard deviations.

    Returns
    -------
    A row per week: `value, usual, up, down, outside`. It goes on ringing until the sum is down.

    Raises
    ------
    MktlabError
        When a value is missing, the weeks are all the same, or a number is out of its range.

    References
    ----------
    Page, E. S. (1954). Continuous inspection schemes. *Biometrika*, 41(1/2).

    Examples
    --------
    >>> table = cusum_chart([0, 3, 3, 0], usual=0, sigma=1, k=0.5, h=4)
    >>> table["up"].tolist(), table["outside"].tolist()  # 0, 2.5, 5, 4.5
    ([0.0, 2.5, 5.0, 4.5], [False, False, True, True])
    """
    column = numbers(values, "values")
    usual = float(first(column, baseline).mean()) if usual is None else usual
    sigma = moving_sigma(first(column, baseline)) if sigma is None else sigma
    least = {"usual": -np.inf, "sigma": 1e-300, "k": 0.0, "h": 0.0}
    for name, number in {"usual": usual, "sigma": sigma, "k": k, "h": h}.items():
        plain = isinstance(number, int | float | np.number) and not isinstance(number, bool)
        if not plain or not least[name] <= number < np.inf:
            raise MktlabError(
                say(
                    "{name} is {number!r}: give a number{above}.",
                    name=name,
                    number=number,
                    above="" if name == "usual" else say(" above 0"),
                )
            )
    apart = (column.to_numpy() - usual) / sigma
    up, down = (_above_zero(side * apart - k) for side in (1, -1))
    columns = {"value": column, "usual": usual, "up": up, "down": down}
    return pd.DataFrame(columns).assign(outside=np.maximum(up, down) > h)


def _above_zero(steps: np.ndarray) -> np.ndarray:
    """The sum of the steps, begun anew whenever it would fall below 0."""
    total = steps.cumsum()
    return np.asarray(total - np.minimum(np.minimum.accumulate(total), 0.0))
