"""Customer lifetime value: how often customers will buy, what they spend, what they are worth.

`summary` turns orders into what each customer did until a day, in a unit of time that is always
said. `fit_bgnbd`, `fit_mbgnbd` and `fit_pareto_nbd` learn from it how often customers buy and when
they leave (`expected_purchases`, `chance_alive`), `fit_gamma_gamma` what they spend; `value` makes
margin of both, discounted, and says how well it is known. `calibration` and `track` hold a model
against days after a cut, which it has not seen.
"""

from mktlab.lifetime.history import summary
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
__all__ += ["fit_gamma_gamma", "fit_mbgnbd", "fit_pareto_nbd", "summary", "track", "value"]
