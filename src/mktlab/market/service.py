"""Cafés, warehouse and customer service: who waits, what is late, and what that does to feelings.

`run_cafes` lets guests come, queue and leave again; `late_share` is what a full warehouse delivers
late; `work_off` carries unanswered requests from week to week. `deserved` puts quality, value,
places and waits together into the satisfaction that an experience deserves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mktlab.market.baskets import TICKETS_PER_ORDER, TICKETS_PER_PARCEL
from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.prices import Climate, usual_season
from mktlab.market.shelf import price_levels
from mktlab.market.world import CAFE_ZONES, OUTLETS, SEGMENTS, ZONES
from mktlab.plan.costs import (
    CAFES,
    GUESTS,
    GUESTS_PER_HOUR,
    OPENING_HOURS,
    PEAK_GUESTS,
    PEAK_HOURS,
    TICKETS_PER_HOUR,
    baristas_by_cafe,
    roster,
    skill,
)
from mktlab.plan.mix import BASE, Mix

PATIENCE = 16.0  # minutes: before a queue of this length, 63 % walk out
BUYERS = 0.94  # of those who stay
CAFE_TICKET = 6.3
CAFE_ELASTICITY = -1.45  # at today's prices; semi-logarithmic
POSTS_EFFECT = 0.03
PARCELS = 280.0  # a week, of web orders and boxes: the warehouse's capacity
LATE_PARCEL = -0.9  # what it does to satisfaction
SLOW = -0.15  # for each day promised beyond today's
TICKET = -0.25
LONGEST_WAIT = 52.0  # weeks
TICKET_WAIT = -0.8  # for each week in the backlog, two at most


@dataclass(frozen=True)
class Cafes:
    """One week of the cafés: an entry per café."""

    visits: Ints
    sales: Ints
    revenue_cents: Ints
    expected_sales: Floats
    wait_minutes: Floats  # at peak
    utilization: Floats  # of the baristas at peak
    walked_out: Floats  # share of all guests
    staff_hours: Floats


def queue_wait(arrivals: Floats, servers: Floats, served: Floats | float) -> Floats:
    """Mean wait in the queue M/M/c, in the time unit of the rates (Sakasegawa, 1977).

    `arrivals` join, and each of the `servers` serves `served`, per unit of time; infinite where
    more join than can be served.

    >>> wait = queue_wait(np.array([10.0]), np.array([1.0]), 20.0)  # M/M/1: .5 / (20 - 10)
    >>> wait.round(4).tolist()
    [0.05]
    """
    load = np.minimum(arrivals / (servers * served), 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(
            load ** (np.sqrt(2 * (servers + 1)) - 1) / (servers * (1 - load) * served)
        )


def staying(wait_minutes: Floats) -> Floats:
    """Share of the guests who join a queue of this length; few mind a short one.

    >>> staying(np.array([4.0, 16.0])).round(3).tolist()  # exp(-1/16), exp(-1)
    [0.939, 0.368]
    """
    return np.asarray(np.exp(-((wait_minutes / PATIENCE) ** 2)))


def settle(arrivals: Floats, servers: Floats, served: Floats | float) -> Floats:
    """How many of the `arrivals` join: the queue is as long as those who join it make it.

    The equilibrium of balking, joined = arrivals x staying(wait of joined), found by bisection:
    the right side falls as more join, so there is one solution, and it rises with `arrivals`.
    Rates are per hour.

    >>> joined = settle(np.array([10.0, 100.0]), np.array([1.0, 1.0]), 20.0)
    >>> joined.round(1).tolist()  # of 100 who come, 17.5 join a queue that would serve 20
    [9.7, 17.5]
    """
    low, high = np.zeros_like(arrivals), np.minimum(arrivals, servers * served)
    for _ in range(40):
        joined = (low + high) / 2
        more = arrivals * staying(60 * queue_wait(joined, servers, served)) > joined
        low, high = np.where(more, joined, low), np.where(more, high, joined)
    return (low + high) / 2


def run_cafes(
    seed: int,
    week: int,
    climate: Climate,
    mix: Mix,
    *,
    scale: float,
    advertising: Floats,
    awareness: Floats,
    reputation: float,
    posts: float,
    buzz: float,
    lift: Floats | float = 0.0,
) -> Cafes:
    """One week at the counters; advertising (L - .125) and awareness by café, posts' reach index.

    Weather keeps guests away and slows the service: it confounds visits and waits.
    """
    lot = uniforms(seed, "cafés", 3 * len(CAFES), week=week).reshape(3, -1)
    rain = normals(lot[0])
    wish = (
        0.25 * (climate.season[week] - usual_season()).mean()
        + 0.3 * climate.shock[week].mean()
        + 0.8 * advertising
        + 0.6 * (awareness - 0.35)
        + 0.25 * (mix.physical_evidence.ambience - BASE.physical_evidence.ambience)
        + 0.3 * (reputation - BASE.product.quality)
        + CAFE_ELASTICITY * (mix.price.cafe - 1)
        + POSTS_EFFECT * np.log(posts)
        + 0.05 * buzz
        - 0.06 * rain
        + lift
    )
    size = np.array(list(CAFES.values()))
    guests = GUESTS * size / size.mean() * np.exp(wish)  # at a café of today's size
    baristas = baristas_by_cafe(mix)
    speed = GUESTS_PER_HOUR * skill(mix) * (1 - 0.03 * rain)
    part = np.array([[PEAK_GUESTS], [1 - PEAK_GUESTS]])  # at peak, and in the other hours
    arrivals = guests * part / (OPENING_HOURS * np.array([[PEAK_HOURS], [1 - PEAK_HOURS]]))
    servers = np.array([roster(mean, mix.people.roster) for mean in baristas]).T
    joined = settle(arrivals, servers, speed)
    staying_share = (part * joined / arrivals).sum(axis=0)
    wait = 60 * queue_wait(joined[0], servers[0], speed)
    expected = scale * guests
    visits = np.maximum(np.rint(expected + np.sqrt(expected) * normals(lot[1])), 0)
    sales = np.rint(visits * BUYERS * staying_share)
    spread = np.maximum(1 + 0.5 * normals(lot[2]) / np.sqrt(np.maximum(sales, 1)), 0.2)
    return Cafes(
        visits=visits.astype(np.int64),
        sales=sales.astype(np.int64),
        revenue_cents=np.rint(100 * sales * CAFE_TICKET * mix.price.cafe * spread).astype(np.int64),
        expected_sales=expected * BUYERS * staying_share,
        wait_minutes=wait,
        utilization=joined[0] / (servers[0] * speed),
        walked_out=1 - staying_share,
        staff_hours=baristas * OPENING_HOURS * scale,
    )


def late_share(parcels: float, mix: Mix, *, scale: float) -> float:
    """Share of parcels that arrive after the promised day.

    >>> late_share(280.0, BASE, scale=1.0)  # a full warehouse
    0.04
    >>> round(late_share(560.0, BASE, scale=1.0), 2)  # twice what it can do: .04 + .5
    0.54
    """
    overload = max(0.0, parcels / (PARCELS * scale) - 1)
    hurry = 0.03 * (mix.place.delivery_days < 2.5)
    return min(0.04 + 0.5 * overload + hurry, 0.95)


def requests_expected(parcels: float, orders: float, late: float) -> float:
    """Requests that customer service gets in a week: most are about parcels, above all late ones.

    >>> requests_expected(100.0, 200.0, 0.0)  # .045 x 100 + .008 x 200
    6.1
    """
    return TICKETS_PER_PARCEL * parcels * (1 + 4 * late) + TICKETS_PER_ORDER * orders


def work_off(backlog: float, requests: float, mix: Mix, *, scale: float) -> float:
    """Requests unanswered at the week's end (Lindley's recursion)."""
    return max(0.0, backlog + requests - answered_per_week(mix, scale=scale))


def weeks_of_work(backlog: float, mix: Mix, *, scale: float) -> float:
    """How long a new request waits behind the backlog, in weeks; nobody waits more than a year.

    >>> weeks_of_work(2 * answered_per_week(BASE, scale=1.0), BASE, scale=1.0)
    2.0
    """
    if backlog == 0:
        return 0.0
    answered = answered_per_week(mix, scale=scale)
    return min(backlog / answered, LONGEST_WAIT) if answered > 0 else LONGEST_WAIT


def unheard_share(backlog_weeks: float) -> float:
    """Share of the requests that end in money given back, because nobody answered in time.

    >>> unheard_share(1.0), unheard_share(5.0)
    (0.5, 1.0)
    """
    return min(backlog_weeks, 2.0) / 2


def answered_per_week(mix: Mix, *, scale: float) -> float:
    """Requests that customer service can answer in a week."""
    return mix.people.support_hours * TICKETS_PER_HOUR * scale


def deserved(mix: Mix, outlets: Floats, *, late: float, wait_minutes: Floats) -> Floats:
    """What the week's experience adds to a person's base satisfaction: (segments, zones).

    `outlets` are the chances of `world.outlet_chances`; waits are by café, in minutes.
    """
    base = BASE
    cafe = outlets[:, :, OUTLETS.index("cafe")]
    wait = np.zeros(len(ZONES))  # nobody queues where there is no café
    wait[CAFE_ZONES] = np.maximum(wait_minutes - 3, 0)
    preference = np.array([s.categories for s in SEGMENTS])
    dearer = preference @ np.log(price_levels(mix))
    everywhere = (
        0.7 * (mix.product.quality - base.product.quality)
        + 0.4 * (mix.process.web_ease - base.process.web_ease)
        - 0.5 * late
        - 0.02 * (mix.promotion.emails_per_week - base.promotion.emails_per_week)
    )
    at_the_counter = (
        0.6 * (mix.people.training - base.people.training)
        + 0.5 * (mix.physical_evidence.ambience - base.physical_evidence.ambience)
        - 0.10 * wait
    )
    at_the_door = (
        outlets[:, :, OUTLETS.index("web")]
        * SLOW
        * (mix.place.delivery_days - base.place.delivery_days)
    )
    return np.asarray(everywhere - 1.2 * dearer[:, None] + cafe * at_the_counter + at_the_door)
