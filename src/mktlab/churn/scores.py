"""What risks are worth once one knows who churned: calibration, gains, profit, a saved customer.

`calibration` says whether risks can be taken at their word, `gains` how many churners the first n
names hold, `profit_curve` what contacting them earns: all three take one score and one outcome per
row. `residual_value` says what a customer who stays will still bring.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Column = Sequence[Any] | np.ndarray[Any, Any] | pd.Series


def calibration(risk: Column, churned: Column, *, bins: int = 10) -> pd.DataFrame:
    """Predicted risk beside what happened, in groups of rising risk.

    Returns
    -------
    A row per group: `customers`, `predicted` and `observed` (mean risk, share that churned; 0 to
    1), and `low, high`, the 95 % interval of `observed` (Wilson, 1927). Equal risks stay together,
    so that there may be fewer groups.

    Examples
    --------
    >>> calibration([0.2, 0.2, 0.8, 0.8], [False, False, True, False], bins=2).round(2)
       customers  predicted  observed   low  high
    0          2        0.2       0.0  0.00  0.66
    1          2        0.8       0.5  0.09  0.91
    """
    chance, event = scored(risk, churned, chances=True)
    if isinstance(bins, bool) or not isinstance(bins, int) or not 2 <= bins <= 100:
        raise MktlabError(say("bins is {bins!r}: give a whole number from 2 to 100.", bins=bins))
    lower = pd.Series(chance).rank(method="min").astype(int) - 1
    frame = pd.DataFrame({"risk": chance, "event": event}).groupby(bins * lower // len(chance))
    table = frame.agg(
        customers=("risk", "size"), predicted=("risk", "mean"), observed=("event", "mean")
    ).reset_index(drop=True)
    n, p, z = table["customers"], table["observed"], 1.959964
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return table.assign(low=(middle - half).clip(lower=0), high=(middle + half).clip(upper=1))


def gains(risk: Column, churned: Column) -> pd.DataFrame:
    """How many of the churners one finds among the n customers of highest score.

    Returns
    -------
    A row per number of `contacts`, from 0 to all, with `contact_share`, `churners` and
    `churner_share` (of all churners; 0 to 1). Customers of equal score share their churners evenly.

    Examples
    --------
    >>> gains([0.9, 0.5, 0.5, 0.1], [True, True, False, False])
       contacts  contact_share  churners  churner_share
    0         0           0.00       0.0           0.00
    1         1           0.25       1.0           0.50
    2         2           0.50       1.5           0.75
    3         3           0.75       2.0           1.00
    4         4           1.00       2.0           1.00
    """
    score, event = scored(risk, churned)
    if not event.any():
        raise MktlabError(say("churned is false in every row: there are no churners to find."))
    order = np.argsort(-score, kind="stable")
    found = np.concatenate([[0.0], _even(event, score)[order].cumsum()])
    contacts = np.arange(len(found))
    return pd.DataFrame(
        {
            "contacts": contacts,
            "contact_share": contacts / len(score),
            "churners": found,
            "churner_share": found / event.sum(),
        }
    )


def profit_curve(
    risk: Column, *, cost: float, value: float, success: float, churned: Column | None = None
) -> pd.DataFrame:
    """Profit of contacting the n customers of highest risk, for every n.

    A contact costs `cost` whoever gets it. It changes the mind of the share `success` of those who
    would churn, and each of them is worth `value`. So a contact pays where
    `risk > cost / (success * value)`, if the risks are right.

    Parameters
    ----------
    risk
        Each customer's chance to churn, 0 to 1.
    cost, value
        Of a contact and of a saved customer, in the same currency; 0 or more.
    success
        Share of the would-be churners whom a contact saves, 0 to 1.
    churned
        What happened without contacts, to see what the list would have earned.

    Returns
    -------
    A row per number of `contacts`, from 0 to all: `risk` of the last one contacted, `expected`
    profit and, given `churned`, the `profit` it would have brought.

    Examples
    --------
    >>> profit_curve([0.9, 0.1], cost=1, value=20, success=0.5)  # .9 x .5 x 20 - 1 = 8
       contacts  risk  expected
    0         0   NaN       0.0
    1         1   0.9       8.0
    2         2   0.1       8.0
    """
    happened: Column = [False] * len(risk) if churned is None else churned
    chance, event = scored(risk, happened, chances=True)
    for name, number in {"cost": cost, "value": value, "success": success}.items():
        most, accepted = (
            (1.0, say("a share from 0 to 1")) if name == "success" else (1e12, say("an amount"))
        )
        plain = isinstance(number, int | float | np.number) and not isinstance(number, bool)
        if not (plain and 0 <= number <= most):
            raise MktlabError(
                say(
                    "{name} is {number!r}: give {accepted}, 0 or more.",
                    name=name,
                    number=number,
                    accepted=accepted,
                )
            )
    order = np.argsort(-chance, kind="stable")
    table = pd.DataFrame(
        {
            "contacts": np.arange(len(chance) + 1),
            "risk": np.concatenate([[np.nan], chance[order]]),
            "expected": np.concatenate([[0.0], (chance[order] * success * value - cost).cumsum()]),
        }
    )
    if churned is not None:
        earned = _even(event, chance)[order] * success * value - cost
        table["profit"] = np.concatenate([[0.0], earned.cumsum()])
    return table


def residual_value(
    margin: float, *, retention: float, discount: float, periods: int | None = None
) -> float:
    """What a customer who is here today will still bring: the value of a saved one.

    margin x (retention/(1 + discount) + (retention/(1 + discount))^2 + ...), from the next period
    on; without end, that is margin x retention / (1 + discount - retention). One order's margin is
    less, and the retention of all customers too high for one who was about to leave.

    Parameters
    ----------
    margin
        Of one period in which she is a customer, in money.
    retention
        Chance that a customer of one period is one in the next, 0 to 1.
    discount
        Of one period, such as .1 for 10%; 0 or more. Period, retention and discount go together.
    periods
        How many are counted; by default all to come.

    Raises
    ------
    MktlabError
        When a number is out of its range, or nobody ever leaves and nothing is discounted.

    References
    ----------
    Gupta, S., & Lehmann, D. R. (2003). Customers as assets. *Journal of Interactive Marketing*,
    17(1): at 12% and a retention of 60, 70, 80, 90%, margin times 1.15, 1.67, 2.50, 4.09.
    Fader, P. S., & Hardie, B. G. S. (2010). Customer-base valuation in a contractual setting.
    *Marketing Science*, 29(1): a constant retention undervalues customers who differ.

    Examples
    --------
    >>> residual_value(100, retention=0.5, discount=0.0, periods=2)  # 50 + 25
    75.0
    >>> round(residual_value(100, retention=0.8, discount=0.12), 2)
    250.0
    """
    shares = {"retention": (retention, 1.0), "discount": (discount, 10.0)}
    for name, (number, most) in {"margin": (margin, np.inf), **shares}.items():
        plain = isinstance(number, int | float | np.number) and not isinstance(number, bool)
        if not (plain and np.isfinite(number) and (name == "margin" or 0 <= number <= most)):
            accepted = say("a share, such as 0.8") if name in shares else say("a number")
            raise MktlabError(
                say("{name} is {number!r}: give {told}.", name=name, number=number, told=accepted)
            )
    if periods is not None and (
        isinstance(periods, bool) or periods != int(periods) or periods < 1
    ):
        raise MktlabError(
            say("periods is {periods!r}: give a whole number from 1.", periods=periods)
        )
    keeps = retention / (1 + discount)
    if keeps == 1:
        if periods is None:
            raise MktlabError(
                say(
                    "retention is 1 and discount 0: nobody leaves, and the value has no end; give "
                    "periods."
                )
            )
        return float(margin * periods)
    return float(margin * keeps * (1 - (keeps**periods if periods else 0)) / (1 - keeps))


def scored(
    risk: Column, churned: Column, *, chances: bool = False, name: str = "risk"
) -> tuple[Floats, Flags]:
    """The two columns as arrays, after a look at them."""
    if len(risk) != len(churned):
        raise MktlabError(
            say(
                "{name} has {risk:count} rows and churned {churned:count}: give one of each per "
                "row.",
                name=name,
                risk=len(risk),
                churned=len(churned),
            )
        )
    if not len(risk):
        raise MktlabError(say("{name} is empty: give at least one row.", name=name))
    try:
        score, event = np.asarray(risk, dtype=float), np.asarray(churned, dtype=float)
    except (TypeError, ValueError):
        raise MktlabError(
            say("{name} and churned must be plain columns: numbers, and true or false.", name=name)
        ) from None
    wrong = ~np.isfinite(score) | (chances & ((score < 0) | (score > 1)))
    if wrong.any():
        row, accepted = (
            int(np.argmax(wrong)),
            say("a chance from 0 to 1") if chances else say("a number"),
        )
        raise MktlabError(
            say(
                "{name} holds {score} in row {row}: every row needs {accepted}.",
                name=name,
                score=score[row],
                row=row,
                accepted=accepted,
            )
        )
    wrong = (event != 0) & (event != 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise MktlabError(
            say(
                "churned holds {event} in row {row}: give true or false, 1 or 0.",
                event=event[row],
                row=row,
            )
        )
    return score, event == 1


def _even(event: Flags, score: Floats) -> Floats:
    """The share that churned among the rows of equal score: what a random order would find."""
    return pd.Series(event, dtype=float).groupby(score).transform("mean").to_numpy()
