"""How often customers will buy, and whether they are still there: three models of purchases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mktlab.lifetime import likelihoods as of
from mktlab.lifetime.fitting import Fitted, Floats, maximize, need
from mktlab.lifetime.history import UNITS, Rows, rows_of

_GEOMETRIC = {"r": (1, 0.3, 3), "alpha": (1, 0.2, 1), "a": (1, 0.5, 2), "b": (1, 3, 9)}
_PARETO = {"r": (1, 0.3, 3), "alpha": (1, 0.2, 1), "s": (1, 0.3, 2), "beta": (1, 0.2, 4)}
"""Parameter -> where three searches start; alpha and beta are times, in mean ages."""


@dataclass(frozen=True, repr=False)
class PurchaseModel(Fitted):
    """A fitted model of purchases; alpha and beta are in `unit`, that of the summary."""

    unit: str
    rows: Rows = field(repr=False)
    alive: Callable[[Floats, Rows], Floats] = field(repr=False)
    expected: Callable[[Floats, Rows, Any], Floats] = field(repr=False)

    def expected_purchases(self, weeks: float) -> pd.Series:
        """Days with a purchase in the next weeks, of each customer, given what she did so far."""
        many = self.expected(self.theta, self.rows, self.time(weeks))
        return pd.Series(many[self.rows.place], self.customers.index)

    def chance_alive(self) -> pd.Series:
        """The chance that a customer has not left for good, of each customer."""
        chance = self.alive(self.theta, self.rows)
        return pd.Series(chance[self.rows.place], self.customers.index)

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
    `table` is what `summary` gives, or `frequency`, `recency_weeks` and `age_weeks` (or days).

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
    return _geometric("BG/NBD", table, 0)


def fit_mbgnbd(table: Any) -> PurchaseModel:
    """MBG/NBD: as `fit_bgnbd`, but some leave after their very first purchase, too.

    Batislam, E. P., Denizel, M., & Filiztekin, A. (2007). Empirical validation and comparison of
    models for customer base analysis. *International Journal of Research in Marketing*, 24(3).
    """
    return _geometric("MBG/NBD", table, 1)


def fit_pareto_nbd(table: Any, *, covariates: Sequence[str] = ()) -> PurchaseModel:
    """Pareto/NBD: customers buy at random until they leave, at any moment, unseen.

    Rates of purchase differ by a gamma (`r`, `alpha`), rates of leaving by another (`s`, `beta`).
    `table` and errors are as in `fit_bgnbd`. `covariates` are columns of numbers or flags that
    vary, known when a customer came and the same ever since: one unit more multiplies her rate of
    purchase by exp(`rate:...`), and that of leaving by exp(`leaving:...`).

    Schmittlein, D. C., Morrison, D. G., & Colombo, R. (1987). Counting your customers. *Management
    Science*, 33(1), 1-24. Fader, P. S., & Hardie, B. G. S. (2007). *Incorporating time-invariant
    covariates into the Pareto/NBD and BG/NBD models*.
    """
    functions = of.pareto_likely, of.pareto_alive, of.pareto_expected
    return _fitted("Pareto/NBD", table, list(covariates), _PARETO, functions)


def _geometric(name: str, table: Any, shift: int) -> PurchaseModel:
    functions = of.geometric_likely, of.geometric_alive, of.geometric_expected
    return _fitted(name, table, [], _GEOMETRIC, [partial(f, shift=shift) for f in functions])


def _fitted(
    name: str, table: Any, covariates: list[str], starts: dict[str, Any], functions: Sequence[Any]
) -> PurchaseModel:
    known, unit, rows = rows_of(table, covariates)
    likely, alive, expected = functions
    names = [*starts, *(f"{what}:{z}" for what in ("rate", "leaving") for z in covariates)]
    begin = np.zeros((3, len(names)))
    begin[:, :4] = np.log(np.array(list(starts.values())).T)
    begin[:, [name in ("alpha", "beta") for name in names]] += np.log(rows.age.mean())
    told = maximize(likely, rows, begin, names)
    return PurchaseModel(name, known, *told, unit, rows, alive, expected)
