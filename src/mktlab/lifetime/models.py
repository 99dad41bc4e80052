"""How often customers will buy, and whether they are still there: three models of purchases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mktlab.lifetime import beta_geometric, pareto
from mktlab.lifetime.fitting import Fit, Floats, fit_lines, maximize, parameters
from mktlab.lifetime.history import UNITS, Rows, rows_of, unit_of
from mktlab.schema import MktlabError
from mktlab.show.words import say


@dataclass(frozen=True)
class PurchaseModel:
    """A fitted model of purchases; times are in its `unit`, which is that of the summary.

    `parameters` has `estimate`, `low` and `high` (95%, by the curve of the likelihood on the scale
    of logarithms) of each parameter; `convergence` says how the search ended.
    """

    name: str
    unit: str
    parameters: pd.DataFrame
    customers: pd.DataFrame = field(repr=False)
    fit: Fit = field(repr=False)
    rows: Rows = field(repr=False)
    place: Any = field(repr=False)
    expected: Callable[[Floats, Rows, Any], Floats] = field(repr=False)
    alive: Callable[[Floats, Rows], Floats] = field(repr=False)

    def __repr__(self) -> str:
        """A line per parameter, and how the search ended."""
        title = say(
            "{name}, {n:count} customers, time in {unit}s",
            name=self.name,
            n=len(self.customers),
            unit=self.unit,
        )
        return fit_lines(title, self.fit, self.parameters)

    @property
    def log_likelihood(self) -> float:
        """Its logarithm, without what no parameter changes."""
        return self.fit.log_likelihood

    @property
    def convergence(self) -> str:
        """How the search ended, in one sentence."""
        return self.fit.convergence

    def expected_purchases(self, weeks: float) -> pd.Series:
        """Days with a purchase in the next weeks, of each customer, given what she did so far."""
        many = self.expected(self.fit.theta, self.rows, self.time(weeks))
        return pd.Series(many[self.place], self.customers.index, name="expected_purchases")

    def chance_alive(self) -> pd.Series:
        """The chance that a customer has not left for good, of each customer."""
        chance = self.alive(self.fit.theta, self.rows)
        return pd.Series(chance[self.place], self.customers.index, name="chance_alive")

    def time(self, weeks: float) -> float:
        """Weeks in the unit of the model."""
        if isinstance(weeks, bool | str) or not 0 < weeks < 5_300:
            raise MktlabError(
                say("weeks is {weeks!r}: give how many, above 0, such as 52.", weeks=weeks)
            )
        return weeks * 7 / UNITS[self.unit]

    def newcomers(self) -> tuple[Rows, Any]:
        """Everybody on her first day, equal ones once, and the place of each row among them."""
        z, place = np.unique(self.rows.z, axis=0, return_inverse=True)
        nothing = np.zeros(len(z))
        n = np.bincount(place.ravel(), self.rows.n, len(z))
        return Rows(nothing, nothing, nothing, z, n), place.ravel()


def fit_bgnbd(table: Any) -> PurchaseModel:
    """BG/NBD: customers buy at random; after each repeat purchase some leave for good.

    It cannot lose a one-time buyer: who never came back counts as alive with a chance of 1. Where
    many try once and leave, take `fit_mbgnbd` or `fit_pareto_nbd`, and look at `calibration`.
    Rates of purchase differ by a gamma (`r`, `alpha`), chances to leave by a beta (`a`, `b`).

    Parameters
    ----------
    table
        What `summary` gives, or its columns `frequency`, `recency_weeks` and `age_weeks` (or days).

    Raises
    ------
    MktlabError
        When a column is missing, no number or impossible, or nobody came back.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model. *Marketing Science*, 24(2), 275-284.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [0, 0, 0, 0, 1, 4], "recency_weeks": [0] * 4 + [5, 30],
    ...                       "age_weeks": [40, 38, 36, 34, 39, 37]})
    >>> model = fit_bgnbd(table)
    >>> model.chance_alive().round(2).tolist()[:4]  # nobody leaves before she comes back
    [1.0, 1.0, 1.0, 1.0]
    """
    return _fit_geometric("BG/NBD", table, 0)


def fit_mbgnbd(table: Any) -> PurchaseModel:
    """MBG/NBD: as BG/NBD, but some leave after their very first purchase, too.

    Parameters, errors: as in `fit_bgnbd`.

    References
    ----------
    Batislam, E. P., Denizel, M., & Filiztekin, A. (2007). Empirical validation and comparison of
    models for customer base analysis. *International Journal of Research in Marketing*, 24(3).
    """
    return _fit_geometric("MBG/NBD", table, 1)


def _fit_geometric(name: str, table: Any, shift: int) -> PurchaseModel:
    known, rows, place = rows_of(table, ())
    starts = beta_geometric.starts(float(rows.age.mean()))
    how = partial(beta_geometric.likely, shift=shift)
    fit = maximize(how, rows, starts, beta_geometric.NAMES)
    return PurchaseModel(
        name,
        unit_of(table),
        parameters(fit, beta_geometric.NAMES, 4),
        known,
        fit,
        rows,
        place,
        partial(beta_geometric.expected, shift=shift),
        partial(beta_geometric.alive, shift=shift),
    )


def fit_pareto_nbd(table: Any, *, covariates: Sequence[str] = ()) -> PurchaseModel:
    """Pareto/NBD: customers buy at random until they leave, at any moment, unseen.

    Rates of purchase differ by a gamma (`r`, `alpha`), rates of leaving by another (`s`, `beta`).

    Parameters
    ----------
    table
        As in `fit_bgnbd`.
    covariates
        Columns of numbers or flags, known when a customer came and the same ever since. One unit
        more multiplies her rate of purchase, and that of leaving, by exp of their effects.

    Raises
    ------
    MktlabError
        As `fit_bgnbd`, and when a covariate is no number or the same for everybody.

    References
    ----------
    Schmittlein, D. C., Morrison, D. G., & Colombo, R. (1987). Counting your customers. *Management
    Science*, 33(1), 1-24. Fader, P. S., & Hardie, B. G. S. (2007). *Incorporating time-invariant
    covariates into the Pareto/NBD and BG/NBD models*.
    """
    known, rows, place = rows_of(table, list(covariates))
    for at, name in enumerate(covariates):
        if np.ptp(rows.z[:, at]) == 0:
            raise MktlabError(
                say("covariates: {name} is the same for everybody; leave it out.", name=name)
            )
    names = [
        *pareto.NAMES,
        *(say("purchase rate: {name}", name=name) for name in covariates),
        *(say("leaving rate: {name}", name=name) for name in covariates),
    ]
    starts = pareto.starts(float(rows.age.mean()), 2 * len(covariates))
    fit = maximize(pareto.likely, rows, starts, names)
    return PurchaseModel(
        "Pareto/NBD",
        unit_of(table),
        parameters(fit, names, 4),
        known,
        fit,
        rows,
        place,
        pareto.expected,
        pareto.alive,
    )
