"""Price: what people accept, how sales answer, and which price earns most.

`van_westendorp` and `psychological_price` (in `survey`) read a price survey. `sales_panel` (in
`panel`) puts pieces and prices together by week and zone. From it, one measures how sales answer:
`elasticity` (plain, with controls, with an instrument; `inference` says how sure it is),
`elasticity_within` (zones against zones) and `zone_test` (an experiment; both in
`geo_experiment`); each gives an `Elasticity` with its interval; `elasticity_by_group` (in `groups`)
asks the experiment for each group of customers. `outcomes` says what prices would
earn at an elasticity, `best_price` which one earns most (both in `optimum`).
"""

from mktlab.price.elasticity import Elasticity, elasticity
from mktlab.price.geo_experiment import elasticity_within, zone_test
from mktlab.price.groups import elasticity_by_group
from mktlab.price.optimum import BestPrice, best_price, outcomes
from mktlab.price.panel import sales_panel
from mktlab.price.survey import (
    PsychologicalPrice,
    VanWestendorp,
    psychological_price,
    van_westendorp,
)

__all__ = [
    "BestPrice",
    "Elasticity",
    "PsychologicalPrice",
    "VanWestendorp",
    "best_price",
    "elasticity",
    "elasticity_by_group",
    "elasticity_within",
    "outcomes",
    "psychological_price",
    "sales_panel",
    "van_westendorp",
    "zone_test",
]
