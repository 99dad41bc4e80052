"""What risks are worth once one knows who churned: ranking, calibration, gains, profit.

`auc` says how well scores rank, with an interval; `calibration` whether risks can be taken at their
word; `gains` how many churners the first n names hold; `profit_curve` what contacting them earns.
All four take one score and one outcome per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Column = Sequence[Any] | np.ndarray[Any, Any] | pd.Series


class AUC(NamedTuple):
    """The chance that a churner has a higher score than a stayer, with its interval."""

    auc: float
    low: float
    high: float


def auc(
    risk: Column,
    churned: Column,
    *,
    customer: Column | None = None,
    level: float = 0.95,
) -> AUC:
    """Area under the ROC curve and its confidence interval; ties count one half.

    Parameters
    ----------
    risk
        A score per row, higher for those more likely to churn.
    churned
        What happened.
    customer
        Whose row it is, when customers have several: their rows are not independent, and the
        interval is widened accordingly.
    level
        Confidence of the interval, between 0 and 1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44; Obuchowski (1997), *Biometrics* 53,
    for several rows per customer.

    Examples
    --------
    Of the four pairs of a churner and a stayer, three are in the right order:

    >>> round(auc([0.9, 0.2, 0.4, 0.1], [True, True, False, False]).auc, 2)
    0.75
    """
    from scipy.stats import norm, rankdata

    score, event = _scored(risk, churned)
    if not 0 < level < 1:
        raise MktlabError(
            say("level is {level!r}: give a number between 0 and 1, such as 0.95.", level=level)
        )
    m, n = int(event.sum()), int((~event).sum())
    if min(m, n) < 2:
        raise MktlabError(
            say("auc needs two churners and two stayers at least: {m} and {n} are here.", m=m, n=n)
        )
    own = np.empty(len(score))
    own[event], own[~event] = rankdata(score[event]), rankdata(score[~event])
    above = rankdata(score) - own  # rows of the other kind below each row, ties one half
    area = float(above[event].sum() / (m * n))
    share = np.where(event, above / n, 1 - above / m) - area
    whose = np.arange(len(score)) if customer is None else pd.factorize(np.asarray(customer))[0]
    if len(whose) != len(score):
        raise MktlabError(
            say(
                "customer has {whose:count} rows and risk {score:count}: match them.",
                whose=len(whose),
                score=len(score),
            )
        )
    size = int(whose.max()) + 1
    up = np.bincount(whose, np.where(event, share, 0.0), size)
    down = np.bincount(whose, np.where(event, 0.0, share), size)
    with_up = len(np.unique(whose[event]))
    with_down = len(np.unique(whose[~event]))
    if min(with_up, with_down) < 2:
        raise MktlabError(say("auc needs churned rows of two customers, and stayed rows of two."))
    variance = with_up / (with_up - 1) * (up**2).sum() / m**2
    variance += with_down / (with_down - 1) * (down**2).sum() / n**2
    variance += 2 * size / (size - 1) * (up * down).sum() / (m * n)
    half = float(norm.ppf((1 + level) / 2) * np.sqrt(max(variance, 0.0)))
    return AUC(area, max(area - half, 0.0), min(area + half, 1.0))


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
    chance, event = _scored(risk, churned, chances=True)
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
    score, event = _scored(risk, churned)
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
    risk: Column,
    *,
    cost: float,
    value: float,
    success: float,
    churned: Column | None = None,
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
    chance, event = _scored(risk, happened, chances=True)
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


def _scored(risk: Column, churned: Column, *, chances: bool = False) -> tuple[Floats, Flags]:
    """The two columns as arrays, after a look at them."""
    if len(risk) != len(churned):
        raise MktlabError(
            say(
                "risk has {risk:count} rows and churned {churned:count}: give one of each per row.",
                risk=len(risk),
                churned=len(churned),
            )
        )
    if not len(risk):
        raise MktlabError(say("risk is empty: give at least one row."))
    try:
        score, event = np.asarray(risk, dtype=float), np.asarray(churned, dtype=float)
    except (TypeError, ValueError):
        raise MktlabError(
            say("risk and churned must be plain columns: numbers, and true or false.")
        ) from None
    wrong = ~np.isfinite(score) | (chances & ((score < 0) | (score > 1)))
    if wrong.any():
        row, accepted = (
            int(np.argmax(wrong)),
            say("a chance from 0 to 1") if chances else say("a number"),
        )
        raise MktlabError(
            say(
                "risk holds {score} in row {row}: every row needs {accepted}.",
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
