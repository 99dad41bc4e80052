"""Physical evidence that goes home or is seen on a screen: bag, label, parcel, pictures.

What people feel about each piece counts in their satisfaction with `WEIGHTS`. An offer of `OFFERS`
mends a piece by so many points, and each point of satisfaction brings `ORDERS_A_POINT` more orders,
in the share of a person's orders that meets the piece. `act` is the door by which the offers in
`physical_evidence.mended` change the weeks; the market as usual has none. The cafés have a lever of
their own, `physical_evidence.ambience`. Nothing is drawn here; `observed.touches` asks people.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats
from mktlab.market.flows import web_share
from mktlab.market.state import History
from mktlab.plan.mix import Mix

WEIGHTS = {
    "bag": 0.34,
    "label": 0.06,
    "parcel": 0.22,
    "photos": 0.26,
    "cafe": 0.12,
    "street": 0.0,
}
"""Piece -> points of satisfaction for a point of what is felt about it; the street is not ours."""
BY_WEB = ("parcel", "photos")
"""Pieces that only orders by the web shop meet; all orders meet bag and label."""
ORDERS_A_POINT = 0.06


class Offer(NamedTuple):
    """One way to mend a piece; what it costs is in `plan.costs.MENDED`."""

    piece: str
    points: float  # more on what people feel about it


OFFERS = {
    "bag_look": Offer("bag", 0.7),
    "bag_zip": Offer("bag", 1.6),
    "label_print": Offer("label", 2.0),
    "label_design": Offer("label", 2.4),
    "parcel_card": Offer("parcel", 0.3),
    "parcel_box": Offer("parcel", 1.6),
    "photos_new": Offer("photos", 1.2),
    "photos_video": Offer("photos", 1.9),
}


def met(history: History, piece: str, mix: Mix) -> Floats:
    """Share of each person's orders that meets a piece."""
    people = history.people
    return web_share(people, mix) if piece in BY_WEB else np.ones(len(people))


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What the offers that were taken do to a week; of two for one piece, the larger counts."""
    points: dict[str, float] = {}
    for offer in (OFFERS[name] for name in mix.physical_evidence.mended):
        points[offer.piece] = max(points.get(offer.piece, 0.0), offer.points)
    if not points:
        return Nudge()
    felt = sum(WEIGHTS[p] * more * met(history, p, mix) for p, more in points.items())
    return Nudge(orders=np.log1p(ORDERS_A_POINT * felt))
