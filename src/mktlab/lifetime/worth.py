"""What customers are worth: purchases to come, times what they spend, times the margin, today."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mktlab.lifetime.fitting import Floats, draws
from mktlab.lifetime.history import UNITS, Rows
from mktlab.lifetime.models import PurchaseModel
from mktlab.lifetime.spend import SpendModel
from mktlab.schema import MktlabError
from mktlab.show.words import say

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
_YEAR = 365.25


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
    weeks: float

    def __repr__(self) -> str:
        """The total and a newcomer."""
        return "\n".join(
            [
                say(
                    "{n:count} customers are worth {value:money} ({low:money} to {high:money}) in "
                    "{weeks} weeks",
                    n=len(self.customers),
                    weeks=f"{self.weeks:g}",
                    **self.total,
                ),
                say(
                    "a newcomer {value:money.2} ({low:money.2} to {high:money.2}), without her "
                    "first purchase",
                    **self.newcomer,
                ),
            ]
        )


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
        Fitted on one summary: how often customers buy, what they spend. How often and how much
        are taken to be independent, as both models do.
    weeks
        How far one looks, in weeks, whatever the unit of the model.
    margin
        Share of what is spent that is left after the costs that grow with it: 0.4 for 40%.
    annual_discount
        Of a year, 0.1 for 10%; it is spread evenly over the days.
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
    for name, share, most in (("margin", margin, 1.0), ("annual_discount", annual_discount, 9.0)):
        if isinstance(share, bool | str) or not 0 <= share <= most:
            raise MktlabError(
                say("{name} is {share!r}: give a share, such as 0.1 for 10%.", name=name, share=share)
            )
    if not model.customers.index.equals(spend.customers.index):
        raise MktlabError(say("value: fit both models on one summary; these know others."))
    rate = np.log1p(annual_discount) / _YEAR * UNITS[model.unit]
    time, (new, _), n = model.time(weeks), model.newcomers(), len(model.customers)
    share = new.n / new.n.sum()
    seeds = draws(model.fit, number, seed), draws(spend.fit, number, seed + 1)
    drawn = [(model.fit.theta, spend.fit.theta), *zip(*seeds, strict=True)]
    worth = np.empty((len(drawn), n + 2))
    for at, (theta, money) in enumerate(drawn):
        each = _discounted(model, theta, model.rows, time, rate)[model.place]
        worth[at, :n] = each * spend.expected(money)
        first = share @ _discounted(model, theta, new, time, rate)
        worth[at, n:] = worth[at, :n].sum(), first * spend.expected(money, newcomer=True)[0]
    worth *= margin
    low, high = np.percentile(worth[1:], [2.5, 97.5], axis=0)
    table = pd.DataFrame({"value": worth[0], "low": low, "high": high})
    each = table[:n].set_index(model.customers.index)
    return LifetimeValue(each, table.iloc[n], table.iloc[n + 1], weeks)


def _discounted(
    model: PurchaseModel, theta: Floats, rows: Rows, time: float, rate: float
) -> Floats:
    """Purchases within `time`, each discounted to today: by parts, an integral of their sum."""
    times = np.append((1 + _NODES) * time / 2, time)
    many = model.expected(theta, rows, times[:, None])
    weight = np.append(rate * np.exp(-rate * times[:-1]) * _WEIGHTS * time / 2, np.exp(-rate * time))
    return np.asarray(weight @ many)
