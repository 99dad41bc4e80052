"""What buyers say unasked, in public, and asked, once customer service has settled a request.

`reviews` are written by few, above all the furious and the thrilled, so their mean is not that of
all buyers, which `review_truth` knows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, normals, uniforms
from mktlab.market.observed import comments
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.state import History
from mktlab.market.world import OUTLETS, PRODUCTS, ZONES

STAR_CUTS = (4.0, 5.2, 6.4, 7.7)  # of what was felt, 0 to 10
LATE = -2.0  # what a parcel after its day does to it
WRITES = np.array([0.26, 0.020, 0.006, 0.010, 0.035])
"""Chance that a buyer writes a review, by stars: the furious and the thrilled."""
VERIFIED = 0.85
WORDLESS = 0.20
MOST_DAYS = 14  # from door to review
_PRODUCT_APART, _MOOD = 0.35, 1.1
_SAID = np.array([1, 4, 6, 8, 10])  # the score in whose tone each number of stars is written
_TONES = np.array([0, 0, 1, 2, 2])  # by `comments.TONES`
_IDS = tuple(p.product_id for p in PRODUCTS)
_CAFE = OUTLETS.index("cafe")
_OF = comments.TOPICS.index
_LATE = 0  # the first topic
_AT_HOME = np.array([_OF(name) for name in ("product", "quality", "value")])
_AT_CAFE = np.array([_OF(name) for name in ("service", "ambience", "quality")])
_ALSO = {_OF("quality"): 1, _OF("product"): 1}  # topic -> rating praised too; else quality


class Bought(NamedTuple):
    """What buyers felt about their orders: an entry per person, week and first order in it."""

    person: Ints
    day: Ints  # that they had it in hand
    outlet: Ints
    product: Ints  # the first line's
    late: Flags
    stars: Ints  # 1 to 5, that each would give
    lot: Floats  # (orders, 4): chance


def felt(history: History, number: int) -> Floats:
    """Everybody's satisfaction when the quarter of a week ended, or today if it has not yet."""
    kept = (week.satisfaction for week in history.weeks[number:])
    return np.asarray(next((s for s in kept if s is not None), history.state.satisfaction))


def _bought(history: History) -> Bought:
    """All orders that were kept and could be reviewed by today."""
    size, parts = len(history.people), []
    apart = _PRODUCT_APART * normals(uniforms(history.seed, "pleases", len(PRODUCTS)))
    for number, week in enumerate(history.weeks):
        orders, first = week.orders, week.lines.slot == 0
        product = np.zeros(len(orders.person), dtype=np.int64)
        product[week.lines.order[first]] = week.lines.product[first]
        kept = np.flatnonzero(~orders.cancelled & (orders.number == 0))
        who, late = orders.person[kept], orders.late[kept]
        lot = uniforms(history.seed, "reviews", 5 * size, week=number).reshape(-1, 5)[who]
        liked = apart[product[kept]] * (orders.outlet[kept] != _CAFE)
        score = felt(history, number)[who] + liked + LATE * late + _MOOD * normals(lot[:, 0])
        stars = 1 + np.searchsorted(STAR_CUTS, score)
        day = orders.day[kept] + orders.delivery_days[kept]
        parts.append((who, day, orders.outlet[kept], product[kept], late, stars, lot[:, 1:]))
    return Bought._make(map(np.concatenate, zip(*parts, strict=True)))


def reviews(history: History) -> pd.DataFrame:
    """The reviews of products and cafés, by day."""
    bought = _bought(history)
    day = bought.day + 1 + (MOST_DAYS * bought.lot[:, 1]).astype(np.int64)
    wrote = (bought.lot[:, 0] < WRITES[bought.stars - 1]) & (day < 7 * len(history.weeks))
    by_day = np.flatnonzero(wrote)[np.argsort(day[wrote], kind="stable")]
    bought, day = Bought._make(part[by_day] for part in bought), day[by_day]
    cafe, known = bought.outlet == _CAFE, bought.lot[:, 2] < VERIFIED
    text = pd.Series(comments.written(_subjects(history, bought)), dtype="str")
    return pd.DataFrame(
        {
            "review_id": review_ids(np.arange(len(day))),
            "customer_id": customer_ids(bought.person).where(known),
            "review_date": days(day),
            "outlet": labels(OUTLETS, bought.outlet),
            "product_id": labels(_IDS, bought.product).mask(cafe),
            "zone": labels(ZONES, history.people.zone[bought.person]).where(cafe),
            "stars": bought.stars,
            "verified": known,
            "comment": text.mask(bought.lot[:, 3] < WORDLESS),
        }
    )


def review_ids(number: Ints) -> pd.Series[str]:
    """Ids that tell nothing about the order in which reviews came."""
    return numbered("W", (number * 618_033 + 27_183) % 999_983, 6)


def _subjects(history: History, bought: Bought) -> comments.Subjects:
    """What each reviewer writes about: the parcel if it was late, else what they bought."""
    lot = uniforms(history.seed, "review_words", 12 * len(bought.day)).reshape(-1, 12)
    cafe = bought.outlet == _CAFE
    usual = np.where(
        cafe, _AT_CAFE[(3 * lot[:, 0]).astype(int)], _AT_HOME[(3 * lot[:, 0]).astype(int)]
    )
    topic = np.where(bought.late & (bought.stars <= 3), _LATE, usual)
    french, hand = comments.hands(history, bought.person)
    return comments.Subjects(
        topic=topic,
        tone=_TONES[bought.stars - 1],
        praised=np.array([_ALSO.get(t, 0) for t in topic.tolist()], dtype=np.int64),
        product=np.where(cafe, -1, bought.product),
        nps=_SAID[bought.stars - 1],
        zone=history.people.zone[bought.person],
        french=french,
        hand=hand,
        lot=lot[:, 1:],
    )


def review_truth(history: History) -> pd.DataFrame:
    """Stars that all buyers would give and those of who writes, in all, by product and café."""
    bought = _bought(history)
    cafe = bought.outlet == _CAFE
    place = labels(ZONES, history.people.zone[bought.person])
    table = pd.DataFrame(
        {
            "about": place.where(cafe, labels(_IDS, bought.product)),
            "stars": bought.stars,
            "chance": WRITES[bought.stars - 1],
        }
    )
    both = pd.concat([table.assign(about="all"), table])
    groups = both.assign(told=both["stars"] * both["chance"]).groupby("about", sort=False)
    sums = groups[["told", "chance"]].sum()
    return pd.DataFrame(
        {
            "orders": groups.size(),
            "mean_stars": groups["stars"].mean(),
            "mean_stars_of_writers": sums["told"] / sums["chance"],
            "write_share": groups["chance"].mean(),
        }
    ).reset_index()
