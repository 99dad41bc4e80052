"""What people say of bag, label, parcel, pictures and café, and what a new bag does to it.

`touch_ratings` asks guests of the cafés who have an account: a mark for each piece, one for all of
it, and a word. A mark is what they feel about the piece, plus the *halo*: who is happy gives good
marks everywhere, plus style and noise. `bag_test` sent some customers a new bag, by lot. Both only
observe: no other table changes.
"""

from __future__ import annotations

from itertools import cycle
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.evidence import OFFERS, WEIGHTS
from mktlab.market.observed import comments
from mktlab.market.observed.sales import customer_ids, days, numbered
from mktlab.market.state import History
from mktlab.market.world import CAFE_ZONES
from mktlab.resources import declared

PIECES = tuple(WEIGHTS)
MEAN: Floats = np.array([5.9, 5.0, 6.8, 6.2, 6.9, 5.6])
"""What is felt about each piece on average."""
APART = 1.0  # how far people differ in what they feel about a piece
STABLE = 0.6  # of that, what stays from quarter to quarter
OVERALL = 6.8
HAPPY, PASSING, STYLE = 0.75, 0.6, 0.4  # halo: of satisfaction, of the day, of the person
NOISE, OVERALL_NOISE = 0.8, 0.5
QUARTERS, ANSWERS, WRITES = 4, 0.45, 0.30
TESTED, TEST_SHARE, TEST_DAYS = "bag_zip", 0.60, 28
_USUAL = 7.3  # satisfaction
_LOTS = 2 + 2 * len(PIECES)  # numbers that feelings and marks of one answer take


class _Asked(NamedTuple):
    """An entry per answer."""

    who: Ints
    day: Ints
    felt: Floats  # (answers, pieces), apart from `MEAN`
    ratings: Floats
    overall: Ints


def _lots(history: History, of: str, what: str, many: int, *, week: int = 0) -> Floats:
    """So many numbers for each person, of a stream of their own."""
    lot = uniforms(history.seed, f"{of} {what}", many * len(history.people), week=week)
    return lot.reshape(-1, many)


def _feelings(history: History, who: Ints, lot: Floats) -> Floats:
    """What is felt about each piece, apart from what is usual: (persons, pieces)."""
    own = normals(_lots(history, "touch", "feelings", len(PIECES)))
    return np.asarray(APART * (STABLE**0.5 * own[who] + (1 - STABLE) ** 0.5 * normals(lot)))


def _said(history: History, who: Ints, happy: Floats, felt: Floats, lot: Floats) -> _Asked:
    """Marks of feelings; `lot` has two numbers for all of it, and one for each piece."""
    style = normals(_lots(history, "touch", "style", 1)[who, 0])
    halo = HAPPY * (happy - _USUAL) + PASSING * normals(lot[:, 0]) + STYLE * style
    noise = NOISE * normals(lot[:, 2:])
    overall = OVERALL + felt @ np.array(list(WEIGHTS.values())) + halo
    overall = np.rint(overall + OVERALL_NOISE * normals(lot[:, 1])).clip(0, 10)
    ratings = np.rint(MEAN + felt + halo[:, None] + noise).clip(0, 10)
    return _Asked(who, who, felt, ratings, overall.astype(np.int64))


def _asked(history: History) -> _Asked | None:
    """The answers of the last quarters."""
    parts: list[_Asked] = []
    near = np.isin(history.people.zone, CAFE_ZONES)
    quarters = [n for n, week in enumerate(history.weeks) if week.satisfaction is not None]
    for number in quarters[-QUARTERS:]:
        week = history.weeks[number]
        assert week.customers is not None and week.satisfaction is not None
        lot = _lots(history, "touch", "ratings", _LOTS + 2, week=number)
        who = np.flatnonzero(week.customers & near & (lot[:, 0] < ANSWERS))
        lot, count = lot[who], len(PIECES)
        felt = _feelings(history, who, lot[:, 2 : 2 + count])
        happy = week.satisfaction[who].astype(float)
        said = _said(history, who, happy, felt, lot[:, 2 + count :])
        parts.append(said._replace(day=7 * number + (7 * lot[:, 1]).astype(np.int64)))
    return _Asked._make(map(np.concatenate, zip(*parts, strict=True))) if parts else None


def touch_ratings(history: History) -> pd.DataFrame | None:
    """Marks from 0 to 10 of each piece and of all of it, and comments."""
    asked = _asked(history)
    if asked is None:
        return None
    table = pd.DataFrame(
        {
            "response_id": numbered("T", np.arange(1, len(asked.who) + 1), 5),
            "customer_id": customer_ids(asked.who),
            "rated_date": days(asked.day),
            "overall": asked.overall,
            **dict(zip(PIECES, asked.ratings.T.astype(np.int64), strict=True)),
        }
    )
    return table.assign(comment=_comments(history, asked))


def _comments(history: History, asked: _Asked) -> pd.Series[str]:
    """A word on the piece that pleases most, or on the one that displeases most."""
    french, hand = comments.hands(history, asked.who)
    words, found = declared("market/observed/touches.toml"), {}
    lots = np.empty((len(asked.who), 12))
    for week in np.unique(asked.day // 7):  # so that later weeks and persons change none
        now = asked.day // 7 == week
        lots[now] = _lots(history, "touch", "words", 12, week=int(week))[asked.who[now]]
    for row in np.flatnonzero(lots[:, 0] < WRITES):
        sad = asked.overall[row] <= 6
        piece = PIECES[int(asked.felt[row].argmin() if sad else asked.felt[row].argmax())]
        chance = cycle(lots[row, 1:].tolist())
        options = words["fr" if french[row] else "en"]["bad" if sad else "good"][piece]
        text = comments.fill(options[int(next(chance) * len(options))], chance)
        found[row] = comments.typed(text, hand=float(hand[row]), lot=chance)
    return pd.Series(found, index=pd.RangeIndex(len(asked.who)), dtype="str")


def bag_test(history: History) -> pd.DataFrame:
    """Customers of today, half of whom got the new bag: their marks of it and of all of it."""
    count, lot = len(PIECES), _lots(history, "bag", "test", _LOTS + 3)
    who = np.flatnonzero(history.state.customer & (lot[:, 0] < TEST_SHARE))
    lot = lot[who]
    new = lot[:, 1] < 0.5
    felt = _feelings(history, who, lot[:, 3 : 3 + count])
    felt[:, PIECES.index("bag")] += OFFERS[TESTED].points * new
    happy = history.state.satisfaction[who].astype(float)
    said = _said(history, who, happy, felt, lot[:, 3 + count :])
    ago = 1 + (TEST_DAYS * lot[:, 2]).astype(np.int64)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "rated_date": days(7 * len(history.weeks) - ago),
            "new_bag": new,
            "bag": said.ratings[:, PIECES.index("bag")].astype(np.int64),
            "overall": said.overall,
        }
    )
