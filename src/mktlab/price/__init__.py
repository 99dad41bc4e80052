"""Price: what people accept, how sales answer, and which price earns most.

`van_westendorp` (in `survey`) reads a price survey. `sales_panel` (in `sales`) puts pieces and
prices together by week and zone. From it, one measures how sales answer: `elasticity` (in `demand`:
plain, with controls, with an instrument), `elasticity_within` (zones against zones) and `zone_test`
(an experiment; both in `zones`); each gives an `Elasticity` with its interval. `outcomes` says what
prices would earn at an elasticity, `best_price` which one earns most (both in `best`).
"""

from mktlab.price.elasticity import Elasticity, elasticity
from mktlab.price.geo_experiment import elasticity_within, zone_test
from mktlab.price.optimum import BestPrice, best_price, outcomes
from mktlab.price.panel import sales_panel
from mktlab.price.survey import VanWestendorp, van_westendorp

__all__ = [
    "BestPrice",
    "Elasticity",
    "VanWestendorp",
    "best_price",
    "elasticity",
    "elasticity_within",
    "outcomes",
    "sales_panel",
    "van_westendorp",
    "zone_test",
]
