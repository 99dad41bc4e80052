"""What the levers cost, in one place: a plan is priced, and a week is booked, by the same rules.

`weekly_costs` prices a mix by lever, before a single customer comes. What depends on sales (goods,
delivery, fees, points) is booked by the market with the rates below. Amounts are euros a week for a
company of `mix.REFERENCE_PEOPLE`.
"""

from __future__ import annotations

import math

import numpy as np

from mktlab.plan.mix import BASE, CHANNELS, Mix
from mktlab.plan.wording import is_whole

MOST_WEEKS = 156
_ROUND = 10_000

CAFES = {"Paris": 1.45, "Lyon": 1.0, "Marseille": 0.75, "Bordeaux": 0.8}
"""City with a café -> visitors relative to a mean café."""
GUESTS = 700.0  # a week at a mean café
OPENING_HOURS = 60.0  # of each café's counter per week
PEAK_HOURS = 0.20  # of the opening hours
PEAK_GUESTS = 0.35  # of the guests come in them
PEAK_STAFF = 1.6  # baristas at peak over those of the other hours
_BY_GUESTS = PEAK_GUESTS / (1 - PEAK_GUESTS) * (1 - PEAK_HOURS) / PEAK_HOURS
PEAK_STAFF_OF = {
    "even": 1.0,
    "proportional": _BY_GUESTS,
    "square-root": 1.9,
    "usual": PEAK_STAFF,
}
"""Roster of the cafés -> baristas at peak over those of the other hours; all have equal hours."""
GUESTS_PER_HOUR = 14.0  # that one barista serves, clears and washes up for
BARISTA_HOUR = 18.5
SUPPORT_HOUR = 23.4
TICKETS_PER_HOUR = 45 / 35
USUAL_TICKETS = 10  # requests to customer service in a week
GOODS = {"beans": 0.42, "ground": 0.42, "capsules": 0.31, "gift": 0.50, "tea": 0.38}
"""Unit cost over list price, by family."""
BOX_GOODS = 10.8  # goods and postage of a subscription box
QUALITY_GOODS = 0.10  # goods cost more by this share for each grade of quality above today's
RENT = 4 * 560.0
FIT_OUT = 240.0  # furniture and machines of a new café over five years, a week
FIFTH_CAFE = OPENING_HOURS * BARISTA_HOUR + FIT_OUT + RENT / 4
"""Euros a week of a fifth café: one barista on average, its fit-out, the mean rent of the others.

What the rent of its premises is above that, its own books pay.
"""
OVERHEAD = 3800.0
EMAIL_ROUND = 18.0
GOODWILL = 35.0  # given back to a customer whose request stays unheard
POST = 20.0
MENDED = {
    "bag_look": 1400.0,
    "bag_zip": 4200.0,
    "label_print": 2100.0,
    "label_design": 3000.0,
    "parcel_card": 900.0,
    "parcel_box": 1300.0,
    "photos_new": 1100.0,
    "photos_video": 4400.0,
}
"""Offer that mends a piece -> euros a year."""


def baristas_by_cafe(mix: Mix) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Baristas at each café, mean of the opening hours: more in large ones, not in proportion.

    >>> float(baristas_by_cafe(Mix())[0].round(2))  # Paris: 1.3 x 1.45^.8
    1.75
    """
    size = np.array(list(CAFES.values()))
    return np.asarray(mix.people.baristas * (size / size.mean()) ** 0.8)


def roster(baristas: float, name: str = "usual") -> tuple[float, float]:
    """Baristas at peak and in the other hours, when `baristas` is their mean.

    >>> at_peak, calm = roster(1.12)
    >>> round(at_peak, 2), round(calm, 2)  # 1.6 to 1, and .2 x 1.6 + .8 x 1 = 1.12
    (1.6, 1.0)
    >>> roster(1.3, "even")
    (1.3, 1.3)
    """
    peak = PEAK_STAFF_OF[name]
    calm = baristas / (1 + PEAK_HOURS * (peak - 1))
    return peak * calm, calm


def skill(mix: Mix) -> float:
    """Speed of a barista over today's: training and orders placed ahead.

    >>> skill(Mix())
    1.0
    """
    trained = 1 + 0.2 * (mix.people.training - BASE.people.training)
    return trained * (1 + 0.15 * mix.process.order_ahead)


def weekly_costs(mix: Mix) -> dict[str, float]:
    """Euros a week by lever; levers that cost only through sales are not listed, nor is what is
    not chosen.

    >>> round(weekly_costs(Mix())["product.quality"], 2)
    180.0
    """
    counter_hours = float(baristas_by_cafe(mix).sum()) * OPENING_HOURS
    spend = {f"promotion.{name}": float(getattr(mix.promotion, name)) for name in CHANNELS}
    mended = sum(MENDED[name] for name in mix.physical_evidence.mended) / 52
    return {
        "product.quality": 180.0 * (mix.product.quality / 0.6) ** 2,
        **({"place.cafe": FIFTH_CAFE} if mix.place.cafe else {}),
        **spend,
        "promotion.emails_per_week": EMAIL_ROUND * mix.promotion.emails_per_week,
        "promotion.posts_per_week": POST * mix.promotion.posts_per_week,
        "people.baristas": counter_hours * BARISTA_HOUR,
        "people.training": 180.0 * (mix.people.training / 0.5) ** 2,
        "people.support_hours": SUPPORT_HOUR * mix.people.support_hours,
        "process.web_ease": 180.0 * (mix.process.web_ease / 0.6) ** 2,
        "process.order_ahead": 440.0 * mix.process.order_ahead,
        "physical_evidence.ambience": 330.0 * (mix.physical_evidence.ambience / 0.5) ** 2,
        **({"physical_evidence.mended": mended} if mended else {}),
    }


def usual_budget(weeks: object) -> float:
    """What going on as today costs over some weeks, rounded up to the next 10,000 euros.

    >>> today = sum(weekly_costs(Mix()).values())
    >>> 0 <= usual_budget(52) - 52 * today < 10_000
    True
    """
    known = weeks if is_whole(weeks) and 1 <= weeks <= MOST_WEEKS else 52
    return float(math.ceil(sum(weekly_costs(Mix()).values()) * known / _ROUND) * _ROUND)
