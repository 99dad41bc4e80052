"""What lesson 23 claims: what each way to find an elasticity is worth, and which price pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.claims import Claim

if TYPE_CHECKING:
    from mktlab.company import Company

FAMILY, PRODUCT, ALL_IN, DELAY, WIDE = "beans", "BEA-01", 1.2, 6, 5.0
CONTROLS = ["on_promotion", "competitor", "month"]


def weekly(panel: pd.DataFrame) -> pd.DataFrame:
    """One row per week, as the lesson makes them."""
    weeks = panel.groupby("week", as_index=False).agg(
        pieces=("pieces", "sum"),
        price=("price", "mean"),
        on_promotion=("on_promotion", "max"),
        competitor=("competitor", "first"),
        green_coffee=("green_coffee", "first"),
    )
    return weeks.assign(
        competitor=weeks["competitor"].interpolate(limit_direction="both"),
        month=weeks["week"].dt.month_name(),
        green_before=weeks["green_coffee"].shift(DELAY),
    )


def true_elasticity(company: Company, family: str = FAMILY) -> float:
    """Of customers who come back: what a test of some weeks can see."""
    table = company.truth.elasticity.query("level == 'category'").set_index("category")
    return float(table["elasticity"][family])


def the_test_holds(company: Company) -> bool:
    """The interval of the price test holds the truth."""
    test = price.zone_test(price.sales_panel(company, category=FAMILY))
    return bool(test.low <= true_elasticity(company) <= test.high)


def the_instrument_cannot_tell(company: Company) -> bool:
    """With the competitors' prices in both stages, the honest interval is wide or has no end."""
    weeks = weekly(price.sales_panel(company, category=FAMILY)).dropna(subset="green_before")
    weeks = weeks.assign(log_competitor=np.log(weeks["competitor"]))
    held = price.elasticity(weeks, instrument="green_before", controls=["log_competitor"])
    return bool(held.high - held.low > WIDE)


def controls_lead_away(company: Company) -> bool:
    """In three families or more, controls are further from the truth than none."""
    further = 0
    for family in company.products["category"].unique():
        weeks = weekly(price.sales_panel(company, category=family))
        true = true_elasticity(company, family)
        plain = price.elasticity(weeks).value
        held = price.elasticity(weeks, controls=CONTROLS).value
        further += abs(held - true) > abs(plain - true)
    return bool(further >= 3)


def _market(company: Company) -> tuple[float, float, float]:
    """Cost of a bag more, its mean price, and the part of buyers that each euro truly loses."""
    shelf = company.prices.query("product_id == @PRODUCT")
    year = shelf[shelf["week"] >= company.today - pd.Timedelta(weeks=52)]
    response = company.truth.price_response.set_index("category")["elasticity"]
    total = float(response[FAMILY])
    costs = company.product_costs.query("product_id == @PRODUCT").sort_values("week")
    cost = ALL_IN * float(costs["unit_cost"].iloc[-1])
    return cost, float(shelf["price"].mean()), float(-total / year["price"].mean())


def _accepted(company: Company) -> tuple[float, float]:
    """The survey's 'optimal' price and its upper end, without tax."""
    tax = float(company.products.set_index("product_id")["vat_rate"][PRODUCT])
    psm = price.van_westendorp(company.price_survey)
    return psm.opp / (1 + tax), psm.pme / (1 + tax)


def the_test_beats_the_survey(company: Company) -> bool:
    """The price that the test leads to earns more in truth than the survey's 'optimal' one."""
    cost, usual, lost = _market(company)
    optimal, highest = _accepted(company)
    test = price.zone_test(price.sales_panel(company, category=FAMILY))
    tested = cost + usual / -test.value if test.value < 0 else highest
    ours, theirs = (
        (asked - cost) * np.exp(-lost * asked) for asked in (min(tested, highest), optimal)
    )
    return bool(ours > theirs)


def the_best_is_accepted(company: Company) -> bool:
    """The price that truly earns most lies inside the range that the survey accepts."""
    cost, _, lost = _market(company)
    return bool(cost + 1 / lost < _accepted(company)[1])


CLAIMS = (
    Claim("The interval of the zone test holds the true elasticity.", the_test_holds, at_least=17),
    Claim(
        "With the competitors' prices held fixed in both stages, the honest interval of the "
        "instrument is more than 5 wide, or has no end.",
        the_instrument_cannot_tell,
        at_least=18,
    ),
    Claim(
        "In at least three of the five families, controls take the estimate further from the "
        "truth than no controls.",
        controls_lead_away,
        at_least=16,
    ),
    Claim(
        "The price that the zone test leads to earns more in truth than the survey's 'optimal' "
        "price.",
        the_test_beats_the_survey,
        at_least=17,
    ),
    Claim(
        "The price that truly earns most lies inside the range that people accept.",
        the_best_is_accepted,
        at_least=16,
    ),
)
