"""Customer lifetime value: how often customers will buy, what they spend, what they are worth.

`newcomers` are those whom one saw come. `summary` turns orders into histories, in a unit of time
that is always said. `fit_bgnbd`, `fit_mbgnbd` and `fit_pareto_nbd` learn from them how often
customers buy and when they leave, `fit_gamma_gamma` what they spend; `value` makes discounted
margin of both, and says how well it is known. `calibration` and `track` hold a model against days
after a cut, which it has not seen.
"""

from mktlab.lifetime.history import newcomers, summary
from mktlab.lifetime.models import (
    PurchaseModel,
    SpendModel,
    fit_bgnbd,
    fit_gamma_gamma,
    fit_mbgnbd,
    fit_pareto_nbd,
)
from mktlab.lifetime.worth import LifetimeValue, calibration, track, value

__all__ = ["LifetimeValue", "PurchaseModel", "SpendModel", "calibration", "fit_bgnbd"]
__all__ += [
    "fit_gamma_gamma",
    "fit_mbgnbd",
    "fit_pareto_nbd",
    "newcomers",
    "summary",
    "track",
    "value",
]
