"""Premises for a fifth café: the quarters of Paris, how people choose a café, and what one earns.

Each quarter spends on coffee out of home what its households, the national amount and its index
say. A café draws a part of that which grows with its seats and falls with the minutes to it, over
what all cafés draw (Huff, 1963). So a new one takes from rivals, and from our own. The market as
usual has no fifth café; `act` is the door by which `place.cafe` opens one. All is drawn by seed.
Staff, fit-out and a usual rent are costs of the plan (`plan.costs`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, normals, uniforms
from mktlab.market.profit import CAFE_GOODS, PAYMENT_FEE
from mktlab.market.state import History
from mktlab.plan.costs import CAFES, FIFTH_CAFE, RENT
from mktlab.plan.mix import SITES, Mix
from mktlab.show.words import label

ACROSS, DOWN = 6, 3
AREAS = ACROSS * DOWN
RIVAL_CAFES = 6
PLACES = (*SITES, "ours", *(f"rival {k + 1}" for k in range(RIVAL_CAFES)))
OURS = PLACES.index("ours")
CITY = list(CAFES).index("Paris")
SPEND = 52.0  # euros a year of a household in France on coffee out of home, net of tax
SIZE, DISTANCE = 0.7, 1.7  # exponents of the seats and of the minutes
_LUCK = 0.06  # of a place: what neither seats nor minutes tell


class Town(NamedTuple):
    """The quarters and the cafés, those that might be among them."""

    households: Floats  # by area
    income: Floats  # euros a year of a household, median
    spending: Floats  # spending on coffee over the national one, 1 is usual
    minutes: Floats  # (areas, places)
    seats: Floats  # by place
    pull: Floats  # (areas, places), of a place that is open
    rent: Floats  # euros a week, by place


def town(seed: int) -> Town:
    """The quarters of this market."""
    lot = uniforms(seed, "areas", 3 * AREAS).reshape(3, -1)
    spot = uniforms(seed, "premises", 5 * len(PLACES)).reshape(5, -1)
    column, row = np.divmod(np.arange(AREAS), DOWN)
    x, y = spot[0] * (ACROSS - 1), spot[1] * (DOWN - 1)
    households = np.rint(1500 * np.exp(0.45 * normals(lot[0])) / 10) * 10
    wealth = normals(lot[1])
    x[OURS], y[OURS] = column[households.argmax()], row[households.argmax()]
    near = np.array([0.7, 0.5])  # the first premises lie close to our own café
    x[0], y[0] = x[OURS] + near[0] * (spot[0, 0] - 0.5), y[OURS] + near[1] * (spot[1, 0] - 0.5)
    apart = np.hypot(column[:, None] - x, row[:, None] - y)
    minutes = np.rint(4 + 11 * apart)
    seats = np.rint(24 + 26 * spot[2])
    pull = seats**SIZE * minutes**-DISTANCE * np.exp(_LUCK * normals(spot[3]))
    rich = np.array([households * (1 + 0.2 * wealth) @ np.exp(-a / 1.5) for a in apart.T])
    return Town(
        households=households,
        income=np.rint(285 * np.exp(0.18 * wealth)) * 100,
        spending=np.round(np.exp(0.16 * wealth + 0.10 * normals(lot[2])), 2).astype(np.float64),
        minutes=minutes,
        seats=seats,
        pull=pull,
        rent=10 * np.rint(52 * (rich / rich.mean()) ** 0.7 * (0.8 + 0.4 * spot[4])),
    )


def money(there: Town) -> Floats:
    """Euros a year that each area spends on coffee out of home."""
    return SPEND * there.households * there.spending


def sales(there: Town, site: str = "") -> Floats:
    """Euros a year of each place, when the premises `site` are a café of ours; others are 0."""
    is_open = np.array([name not in SITES or name == site for name in PLACES])
    pull = there.pull * is_open
    return np.asarray(money(there) @ (pull / pull.sum(axis=1, keepdims=True)))


def weekly_costs(there: Town, k: int) -> float:
    """Euros a week of one of the premises, whatever it sells."""
    return float(FIFTH_CAFE - RENT / 4 + there.rent[k])


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What a fifth café does to a week: its books, and guests that our café in Paris loses."""
    site = mix.place.cafe
    if not site:
        return Nudge()
    there, scale = town(history.seed), history.people.scale
    after, before = sales(there, site), sales(there)
    k = PLACES.index(site)
    earned = scale * after[k] / 52 * mix.price.cafe
    guests = np.zeros(len(CAFES))
    guests[CITY] = np.log(after[OURS] / before[OURS])
    return Nudge(
        guests=guests,
        accounts={
            label("fifth café sales"): earned,
            label("fifth café goods"): -CAFE_GOODS * earned / mix.price.cafe,
            label("fifth café fees"): -PAYMENT_FEE * earned,
            label("fifth café rent"): -(there.rent[k] - RENT / 4)
            * scale,  # above what the plan pays
        },
    )
