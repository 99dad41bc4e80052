"""The price test of each family, against the elasticity by which the market was played.

The claim is about repeat demand in the last year (`truth.elasticity`). The test also counts first
orders, which answer prices a little less; the difference is far smaller than the interval.
"""

from __future__ import annotations

from types import SimpleNamespace

from mktlab.market.observed import sales
from mktlab.market.run import past
from mktlab.market.truth.response import elasticity
from mktlab.price import sales_panel, zone_test

PEOPLE, WEEKS = 4_000, 119  # seven waves of tests
FAMILIES = ("beans", "ground", "capsules", "gift", "tea")


def trial(seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    history = past(people=PEOPLE, weeks=WEEKS, seed=seed)
    orders, lines = sales.orders_and_lines(history)
    world = SimpleNamespace(
        tables={
            "customers": sales.customers(history),
            "products": sales.products(),
            "orders": orders,
            "order_lines": lines,
            "prices": sales.prices(history),
        }
    )
    truth = elasticity(history).query("level == 'category'").set_index("category")["elasticity"]
    found = {}
    for family in FAMILIES:
        test = zone_test(sales_panel(world, category=family))
        so = float(truth[family])
        found[f"zone test of {family}"] = (test.value, test.low, test.high, so)
    return found
