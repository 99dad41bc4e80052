"""What the tracking of contacts logs: which channels a browser met on its way to an order, or not.

`touchpoints` takes the visits behind web orders from `web`, adds paths that led nowhere, and puts
earlier contacts before each of them. Whether a channel caused an order is not in here: contacts
follow spend and intent, and those who would buy anyway search for the brand's name.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.advertising import people_by_zone
from mktlab.market.draws import Floats, Ints, choices
from mktlab.market.observed.media import DAY, lots, pick
from mktlab.market.observed.relations import instants
from mktlab.market.observed.sales import customer_ids, labels, numbered
from mktlab.market.observed.web import (
    BUYING,
    LOOKING,
    SIGNED_IN,
    WAYS,
    WEEKDAYS,
    Buying,
    all_visits,
    browser_ids,
    buying_visits,
    mobile_share,
    pull,
    reachable,
    time_of_day,
)
from mktlab.market.state import NEVER, History
from mktlab.market.world import MOST_PERSONS

JOURNEY_WEEKS = 26
PATHS_PER_ORDER = 4  # paths without an order that are kept, of over thirty
# fmt: off
FIRST = np.array([.06, .20, .25, 0, .08, .25, .04, .12])  # where paths of several contacts begin
# fmt: on
BETWEEN = (FIRST + BUYING) / 2
LENGTHS = np.array([0.45, 0.22, 0.13, 0.08, 0.12])  # contacts before an order: one to five
_LOST_LENGTHS = np.array([0.60, 0.22, 0.10, 0.05, 0.03])
_DAYS_BETWEEN = 2.5


class Paths(NamedTuple):
    """One entry per path, by week of its last contact."""

    order: Ints  # position among all orders by day; -1 for none
    person: Ints  # -1 for a stranger
    browser: Ints
    zone: Ints
    second: Ints  # of the last contact
    way: Ints  # of the last contact
    since: Ints  # an earlier contact belongs to the order before


def touchpoints(history: History) -> pd.DataFrame:
    """Contacts on the way to the paid web orders of the last 26 weeks, and on paths to none.

    All paths to an order are there, but of those that ended without one only four per order, about
    one in eight (`kept_share`): a conversion rate over paths is far too high. Radio leaves no
    contact behind, because nobody can click on it. The last contact of an order is the visit that
    `web.sessions` logs.
    """
    bought = _bought_paths(history)
    lost = _lost_paths(history, bought)
    parts = [_contacts(history, bought, LENGTHS, "paths")]
    parts.append(_contacts(history, lost, _LOST_LENGTHS, "lost paths"))
    path, second, way = (np.concatenate(column) for column in zip(*parts, strict=True))
    path[len(parts[0][0]) :] += len(bought.order)
    paths = Paths._make(map(np.concatenate, zip(bought, lost, strict=True)))
    by_time = np.lexsort((way, paths.browser[path], second))
    path, second, way = path[by_time], second[by_time], way[by_time]
    order, person = paths.order[path], paths.person[path]
    table = pd.DataFrame(
        {
            "visitor_id": browser_ids(paths.browser[path]),
            "customer_id": customer_ids(person).where(person >= 0),
            "touched_at": instants(second),
            "channel": labels(WAYS, way),
            "order_id": numbered("O", order + 1, width=7).where(order >= 0),
        }
    )
    # One log entry per browser, second and channel, even if it belongs to two paths.
    return table.drop_duplicates(["visitor_id", "touched_at", "channel"], ignore_index=True)


def kept_share(history: History) -> float:
    """Share of the paths without an order that `touchpoints` keeps.

    Contacts are visits, and how many there are of these in all the conversion says; those on no
    way to an order make paths of the usual length.
    """
    visits, orders = all_visits(history, weeks=JOURNEY_WEEKS)
    if not orders.any():
        return 1.0
    earlier = np.arange(len(LENGTHS))
    lost = (visits.sum() / orders.sum() - 1 - LENGTHS @ earlier) / (1 + _LOST_LENGTHS @ earlier)
    return float(PATHS_PER_ORDER / lost)


def _bought_paths(history: History) -> Paths:
    buying = buying_visits(history, weeks=JOURNEY_WEEKS)
    return Paths(
        order=buying.order,
        person=buying.person,
        browser=2 * buying.person + buying.mobile,
        zone=history.people.zone[buying.person],
        second=buying.second,
        way=buying.way,
        since=_order_before(buying),
    )


def _order_before(buying: Buying) -> Ints:
    """Second of the same person's order before; the start of the market for the first."""
    in_turn = np.lexsort((buying.second, buying.person))
    again = np.diff(buying.person[in_turn], prepend=-1) == 0
    before = np.empty(len(in_turn), dtype=np.int64)
    before[in_turn] = np.where(again, np.roll(buying.second[in_turn], 1), -1)
    return before


def _lost_paths(history: History, bought: Paths) -> Paths:
    """Paths that ended without an order: some of customers who signed in, most of strangers."""
    last = len(history.weeks)
    first = max(last - JOURNEY_WEEKS, 0)
    counts = PATHS_PER_ORDER * np.bincount(
        bought.second // (7 * DAY) - first, minlength=last - first
    )
    week = np.repeat(np.arange(first, last), counts)
    lot = lots(history.seed, "lost path ends", counts, 7, first_week=first)
    state, people = history.state, history.people
    joined = (state.joined_day < 7 * first) & (state.left_day == NEVER)
    customers = np.append(np.flatnonzero(joined), 0)
    known = (lot[:, 0] < SIGNED_IN) & (len(customers) > 1)
    person = customers[(lot[:, 1] * (len(customers) - 1)).astype(np.int64)]
    zone = np.where(known, people.zone[person], pick(lot[:, 2], people_by_zone()))
    share = np.array([mobile_share(history, w) for w in range(last)])
    day = 7 * week + pick(lot[:, 4], WEEKDAYS)
    stranger = 2 * MOST_PERSONS * people.residents + np.arange(
        len(week)
    )  # the first are the strangers of `web`
    person = np.where(known, person, -1)
    chances = LOOKING * pull(history, week, zone) * _who_can_be_met(history, person, day)
    return Paths(
        order=np.full(len(week), -1),
        person=person,
        browser=2 * np.where(known, person, stranger) + (lot[:, 3] < share[week]),
        zone=zone,
        second=day * DAY + time_of_day(lot[:, 5]),
        way=choices(lot[:, 6], chances),
        since=np.full(len(week), -1),
    )


def _who_can_be_met(history: History, person: Ints, day: Ints) -> Floats:
    """As `web.reachable`; strangers can be met everywhere."""
    return np.where(person[:, None] < 0, 1.0, reachable(history, np.maximum(person, 0), day))


def _contacts(
    history: History, paths: Paths, lengths: Floats, stream: str
) -> tuple[Ints, Ints, Ints]:
    """Path, second and way of every contact, the last ones of the paths included."""
    last = len(history.weeks)
    first = max(last - JOURNEY_WEEKS, 0)
    counts = np.bincount(paths.second // (7 * DAY) - first, minlength=last - first)
    most = len(lengths) - 1
    lot = lots(history.seed, stream, counts, 1 + 2 * most, first_week=first)
    earlier = pick(lot[:, 0], lengths)  # contacts before the last
    gaps = 1 + (-_DAYS_BETWEEN * DAY * np.log1p(-lot[:, 1 : 1 + most])).astype(np.int64)
    second = paths.second[:, None] - gaps.cumsum(axis=1)
    place = np.arange(most)
    happens = (place < earlier[:, None]) & (second > paths.since[:, None])
    path, step = np.nonzero(happens)
    second = second[path, step]
    begins = step == earlier[path] - 1
    day = second // DAY
    chances = np.where(begins[:, None], FIRST, BETWEEN)
    chances = chances * pull(history, day // 7, paths.zone[path])
    chances *= _who_can_be_met(history, paths.person[path], day)
    way = choices(lot[:, 1 + most :][path, step], chances)
    return (
        np.append(np.arange(len(paths.order)), path),
        np.append(paths.second, second),
        np.append(paths.way, way),
    )
