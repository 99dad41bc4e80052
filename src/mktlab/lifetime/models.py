"""How often customers will buy, and whether they are still there: three models of purchases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from mktlab.lifetime import beta_geometric, pareto
from mktlab.lifetime.fitting import Fitted, Floats, maximize, need
from mktlab.lifetime.history import UNITS, Rows, rows_of


@dataclass(frozen=True, repr=False)
class PurchaseModel(Fitted):
    """A fitted model of purchases; its times are in `unit`, that of the summary."""

    unit: str
    rows: Rows = field(repr=False)
    alive: Callable[[Floats, Rows], Floats] = field(repr=False)
    expected: Callable[[Floats, Rows, Any], Floats] = field(repr=False)

    def expected_purchases(self, weeks: float) -> pd.Series:
        """Days with a purchase in the next weeks, of each customer, given what she did so far."""
        return self._each(self.expected(self.theta, self.rows, self.time(weeks)))

    def chance_alive(self) -> pd.Series:
        """The chance that a customer has not left for good, of each customer."""
        return self._each(self.alive(self.theta, self.rows))

    def _each(self, told: Floats) -> pd.Series:
        return pd.Series(told[self.rows.place], self.customers.index)

    def time(self, weeks: float) -> float:
        """Weeks in the unit of the model."""
        need("weeks", weeks, 0, 5_200)
        return weeks * 7 / UNITS[self.unit]

    def newcomers(self) -> Rows:
        """Everybody on her first day, equal ones once; `place` is that of each of our rows."""
        z, place = np.unique(self.rows.z, axis=0, return_inverse=True)
        nothing, n = np.zeros(len(z)), np.bincount(place.ravel(), self.rows.n, len(z))
        return Rows(nothing, nothing, nothing, z, n, place.ravel())


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
        When a column is missing, the unit is unclear, a history is impossible, or nobody came back.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model. *Marketing Science*, 24(2), 275-284.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [0, 0, 0, 0, 1, 4], "recency_weeks": [0] * 4 + [5, 30],
    ...                       "age_weeks": [40, 38, 36, 34, 39, 37]})
    >>> fit_bgnbd(table).chance_alive().round(2).tolist()[:4]  # nobody leaves before she comes back
    [1.0, 1.0, 1.0, 1.0]
    """
    return _fitted("BG/NBD", table, (), beta_geometric, shift=0)


def fit_mbgnbd(table: Any) -> PurchaseModel:
    """MBG/NBD: as `fit_bgnbd`, but some leave after their very first purchase, too.

    References
    ----------
    Batislam, E. P., Denizel, M., & Filiztekin, A. (2007). Empirical validation and comparison of
    models for customer base analysis. *International Journal of Research in Marketing*, 24(3).
    """
    return _fitted("MBG/NBD", table, (), beta_geometric, shift=1)


def fit_pareto_nbd(table: Any, *, covariates: Sequence[str] = ()) -> PurchaseModel:
    """Pareto/NBD: customers buy at random until they leave, at any moment, unseen.

    Rates of purchase differ by a gamma (`r`, `alpha`), rates of leaving by another (`s`, `beta`).

    Parameters
    ----------
    table
        As in `fit_bgnbd`, errors too.
    covariates
        Columns of numbers or flags that vary, known when a customer came and the same ever since.
        One unit more multiplies a rate by exp of its effect.

    References
    ----------
    Schmittlein, D. C., Morrison, D. G., & Colombo, R. (1987). Counting your customers. *Management
    Science*, 33(1), 1-24. Fader, P. S., & Hardie, B. G. S. (2007). *Incorporating time-invariant
    covariates into the Pareto/NBD and BG/NBD models*.
    """
    return _fitted("Pareto/NBD", table, list(covariates), pareto)


def _fitted(
    name: str, table: Any, covariates: Sequence[str], kind: ModuleType, **how: int
) -> PurchaseModel:
    known, unit, rows = rows_of(table, covariates)
    names = [*kind.STARTS, *(f"{of}:{z}" for of in ("rate", "leaving") for z in covariates)]
    starts = np.zeros((3, len(names)))
    starts[:, :4] = np.log(list(zip(*kind.STARTS.values(), strict=True)))
    starts[:, [at for at, of in enumerate(names) if of in ("alpha", "beta")]] += np.log(
        rows.age.mean()
    )
    return PurchaseModel(
        name=name,
        customers=known,
        unit=unit,
        rows=rows,
        alive=partial(kind.alive, **how),
        expected=partial(kind.expected, **how),
        **maximize(partial(kind.likely, **how), rows, starts, names),
    )
