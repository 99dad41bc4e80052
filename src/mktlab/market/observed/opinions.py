"""What buyers say unasked, in public, and asked, once customer service has settled a request.

`reviews` are written by few, above all the furious and the thrilled, so their mean is not that of
all buyers, which `review_truth` knows. `ticket_answers` come from some of those who asked for help;
`ticket_truth` knows what all of them thought.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, normals, uniforms
from mktlab.market.observed import comments, service
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.prices import START
from mktlab.market.state import History
from mktlab.market.world import OUTLETS, PRODUCTS, ZONES

STAR_CUTS = (4.0, 5.2, 6.4, 7.7)  # of what was felt, 0 to 10
LATE = -2.0  # what a parcel after its day does to it
WRITES = np.array([0.26, 0.020, 0.006, 0.010, 0.035])
"""Chance that a buyer writes a review, by stars: the furious and the thrilled."""
VERIFIED = 0.85
WORDLESS = 0.20
MOST_DAYS = 14  # from door to review
ANSWERS = np.array([0.34, 0.24, 0.16, 0.20, 0.30])
"""Chance to answer after a request is settled, by satisfaction with it."""
EFFORT_TOO = 0.75  # of those who answer
PER_DAY = (-0.35, -0.60)  # what a day of waiting does to satisfaction and ease
_HARDER = dict(
    zip(service.TOPICS, ((-0.5, -0.3), (-0.4, -0.9), (0, 0), (0, -0.6), (0, 0)), strict=True)
)
"""Topic -> what it does to satisfaction and ease."""
_PRODUCT_APART, _MOOD = 0.35, 1.1
_SAID = np.array([1, 4, 6, 8, 10])  # the score in whose tone each number of stars is written
_TONES = np.array([0, 0, 1, 2, 2])  # by `comments.TONES`
_IDS = tuple(p.product_id for p in PRODUCTS)
_CAFE = OUTLETS.index("cafe")
_OF = comments.TOPICS.index
_LATE = 0  # the first topic
_AT_HOME = np.array([_OF(name) for name in ("product", "quality", "value")])
_AT_CAFE = np.array([_OF(name) for name in ("service", "ambience", "quality")])


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


def reviewed(history: History) -> tuple[Bought, Ints]:
    """The orders about which a review was written by today, and its day, by day."""
    bought = _bought(history)
    day = bought.day + 1 + (MOST_DAYS * bought.lot[:, 1]).astype(np.int64)
    wrote = (bought.lot[:, 0] < WRITES[bought.stars - 1]) & (day < 7 * len(history.weeks))
    by_day = np.flatnonzero(wrote)[np.argsort(day[wrote], kind="stable")]
    return Bought._make(part[by_day] for part in bought), day[by_day]


def reviews(history: History) -> pd.DataFrame:
    """The reviews of products and cafés, by day."""
    bought, day = reviewed(history)
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
    cafe, pick = bought.outlet == _CAFE, (3 * lot[:, 0]).astype(np.int64)
    usual = np.where(cafe[:, None], _AT_CAFE, _AT_HOME)[np.arange(len(cafe)), pick]
    topic = np.where(bought.late & (bought.stars <= 3), _LATE, usual)
    french, hand = comments.hands(history, bought.person)
    return comments.Subjects(
        topic=topic,
        tone=_TONES[bought.stars - 1],
        praised=np.isin(topic, _AT_HOME[:2]).astype(np.int64),  # the value, else the quality
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
    place = labels(ZONES, history.people.zone[bought.person])
    about = labels(_IDS, bought.product).mask(bought.outlet == _CAFE, place)
    table = pd.DataFrame({"about": about, "stars": bought.stars})
    return _all_and_each(table.assign(chance=WRITES[bought.stars - 1]), "about", ["stars"])


def _all_and_each(table: pd.DataFrame, by: str, asked: list[str]) -> pd.DataFrame:
    """Means of all, in all and by group, and of those who speak, whose chance is in `chance`."""
    both = pd.concat([table.assign(**{by: "all"}), table])
    both = both.assign(**{f"{name}_told": both[name] * both["chance"] for name in asked})
    groups = both.groupby(by, sort=False)
    mean = groups[["chance", *asked, *(f"{name}_told" for name in asked)]].mean()
    told = {f"{name}_told": mean[f"{name}_told"] / mean["chance"] for name in asked}
    return mean.assign(number=groups.size(), **told).reset_index()


def _settled(history: History) -> pd.DataFrame:
    """Requests that are settled, with what each who asked thinks, and chance."""
    asked = service.tickets(history).dropna(subset=["closed_at"], ignore_index=True)
    who = asked["customer_id"].str[1:].astype("int64").to_numpy() - 1
    hours = (asked["closed_at"] - asked["opened_at"]).dt.total_seconds().to_numpy() / 3600
    day = (asked["closed_at"].dt.tz_localize(None) - pd.Timestamp(START)).dt.days.to_numpy()
    happy = np.empty(len(asked))
    for number in np.unique(day // 7):
        then = day // 7 == number
        happy[then] = felt(history, int(number))[who[then]]
    lot = uniforms(history.seed, "ticket_answers", 6 * len(asked)).reshape(-1, 6)
    waited = np.minimum(hours / 24, 7)
    told = np.array([_HARDER[topic] for topic in asked["topic"]]).reshape(-1, 2)
    noise = normals(lot[:, :2])
    csat = 4.5 + 0.4 * (happy - 7) + PER_DAY[0] * waited + told[:, 0] + 0.9 * noise[:, 0]
    ease = 5.9 + 0.2 * (happy - 7) + PER_DAY[1] * waited + told[:, 1]
    ease += 0.7 * noise[:, 0] + 0.9 * noise[:, 1]
    return asked.assign(
        day=day,
        csat=np.rint(csat).clip(1, 5).astype("int64"),
        effort=np.rint(ease).clip(1, 7).astype("int64"),
        chance=lambda t: ANSWERS[t["csat"] - 1],
        answers=lambda t: lot[:, 2] < t["chance"],
        on=day + (3 * lot[:, 3]).astype("int64"),
        both=lot[:, 4] < EFFORT_TOO,
    )


def ticket_answers(history: History) -> pd.DataFrame:
    """Answers to the two questions that are asked when a request is settled, by day."""
    asked = _settled(history)
    told = asked[asked["answers"] & (asked["on"] < 7 * len(history.weeks))]
    told = told.sort_values(["on", "ticket_id"], ignore_index=True)
    return pd.DataFrame(
        {
            "ticket_id": told["ticket_id"],
            "answered_date": days(told["on"].to_numpy()),
            "csat": told["csat"].astype("Int64"),
            "effort": told["effort"].astype("Int64").where(told["both"]),
        }
    )


def ticket_truth(history: History) -> pd.DataFrame:
    """What all thought whose request is settled, and those who answer, in all and by topic."""
    asked = _settled(history)[["topic", "csat", "effort", "chance"]]
    return _all_and_each(asked, "topic", ["csat", "effort"])
