"""What customers are worth: purchases to come, times what they spend, times the margin, today."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mktlab.lifetime.fitting import Floats, need
from mktlab.lifetime.history import UNITS, Rows
from mktlab.lifetime.models import PurchaseModel
from mktlab.lifetime.spend import SpendModel
from mktlab.schema import MktlabError
from mktlab.show.words import say

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True)
class LifetimeValue:
    """What customers are worth today, in margin; `low` and `high` are 95% intervals.

    `customers` has `value`, `low` and `high` of each, `total` of all together, `newcomer` of one
    who has just bought for the first time, that purchase left out: what one may pay for her is at
    most this and the margin of her first purchase. The intervals tell how well these *means* are
    known, not how far one customer may be from hers.
    """

    customers: pd.DataFrame = field(repr=False)
    total: pd.Series
    newcomer: pd.Series

    def __repr__(self) -> str:
        """The total and a newcomer."""
        told = say("all: {value:money} ({low:money} to {high:money})", **self.total)
        new = say("a newcomer: {value:money.2} ({low:money.2} to {high:money.2})", **self.newcomer)
        return f"{told}\n{new}"


def value(
    model: PurchaseModel,
    spend: SpendModel,
    *,
    weeks: float,
    margin: float,
    annual_discount: float,
    number: int = 200,
    seed: int = 33,
) -> LifetimeValue:
    """The margin that each customer will bring in the next weeks, discounted to today.

    Parameters
    ----------
    model, spend
        How often customers buy and what they spend, fitted on one summary. How often and how much
        are taken to be independent, as both models do.
    weeks
        How far one looks, in weeks, whatever the unit of the model.
    margin
        Share of what is spent that is left after the costs that grow with it: 0.4 for 40%.
    annual_discount
        Of a year, 0.1 for 10%, spread evenly over its days.
    number, seed
        Of draws of the parameters from the normal of their fit, behind the intervals.

    Raises
    ------
    MktlabError
        When an argument is out of its range, or the models know different customers.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
    customer base analysis. *Journal of Marketing Research*, 42(4), 415-430.
    """
    need("margin", margin, 0, 1)
    need("annual_discount", annual_discount, -1e-9, 9)
    if not model.customers.index.equals(spend.customers.index):
        raise MktlabError(say("value: fit both models on one summary; these know others."))
    rate, time = np.log1p(annual_discount) / 365.25 * UNITS[model.unit], model.time(weeks)
    new, n = model.newcomers(), len(model.customers)
    luck = zip(model.draws(number, seed), spend.draws(number, seed + 1), strict=True)
    worth = np.empty((number + 1, n + 2))
    for at, (theta, money) in enumerate([(model.theta, spend.theta), *luck]):
        each = _discounted(model, theta, model.rows, time, rate)[model.rows.place]
        first = _discounted(model, theta, new, time, rate) @ new.n / n
        worth[at, :n] = each * spend.expected(money)
        worth[at, n] = worth[at, :n].sum()
        worth[at, n + 1] = first * spend.expected(money, newcomer=True)[0]
    low, high = np.percentile(worth[1:], [2.5, 97.5], axis=0)
    table = margin * pd.DataFrame({"value": worth[0], "low": low, "high": high})
    return LifetimeValue(
        table[:n].set_index(model.customers.index), *map(table.loc.get, (n, n + 1))
    )


def _discounted(
    model: PurchaseModel, theta: Floats, rows: Rows, time: float, rate: float
) -> Floats:
    """Purchases within `time`, each discounted to today: by parts, an integral of their sum."""
    times = np.append((1 + _NODES) * time / 2, time)
    weight = np.exp(-rate * times)
    weight[:-1] *= rate * _WEIGHTS * time / 2
    return np.asarray(weight @ model.expected(theta, rows, times[:, None]))
