"""People: the cafés' sheet of hours, who works in marketing, and projects that wait for them.

`store_hours` splits the guests of each café and week over its opening hours and says how many gave
up: peak and calm hours have the guests and the staff that the market's queue gives them, so the
hours add up to `store_weeks`. `team` and `projects` are written in `people.toml`; the hours that
daily work leaves differ a little from market to market.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market import service
from mktlab.market.draws import Flags, Floats, binomials, gammas, normals, uniforms
from mktlab.market.observed.sales import days as dates
from mktlab.market.observed.sales import labels
from mktlab.market.state import History
from mktlab.plan.costs import (
    CAFES,
    GUESTS_PER_HOUR,
    PEAK_GUESTS,
    baristas_by_cafe,
    roster,
    skill,
)
from mktlab.plan.mix import Mix
from mktlab.resources import declared

WEEKS = 13
WAITS_ALIKE = 3.0  # guests whose waits go together, as in one line
_SAID = declared("market/observed/people.toml")
_HOURS = _SAID["hours"]
SKILLS = tuple(_SAID["team"]["skills"])
OPEN = tuple(range(_HOURS["first"], _HOURS["first"] + _HOURS["count"]))
_SPREAD = 1.5  # hours a week by which daily work differs between markets


def peaks() -> Flags:
    """Whether an hour is a peak: Monday to Saturday, hour by hour."""
    weekday = np.isin(OPEN, _HOURS["peak_weekdays"])
    return np.array([weekday] * 5 + [np.isin(OPEN, _HOURS["peak_saturday"])])


def profile() -> Floats:
    """Share of a week's guests that each hour gets: (6 days, hours)."""
    size = np.array([_HOURS["weekdays"]] * 5 + [_HOURS["saturday"]])
    at_peak = peaks()
    total = np.where(at_peak, size[at_peak].sum(), size[~at_peak].sum())
    return np.asarray(np.where(at_peak, PEAK_GUESTS, 1 - PEAK_GUESTS) * size / total)


class Counter(NamedTuple):
    """What is so in each hour of one week: (hours, cafés)."""

    arrivals: Floats  # an hour
    staff: Floats
    speed: Floats  # guests an hour that one barista serves, by café
    leaving: Floats  # share of the guests
    wait: Floats  # minutes, of those who stay


EVERY = tuple(range(6))


def staffed(mix: Mix, *, days: Sequence[int] = EVERY) -> Floats:
    """Baristas at each counter, hour by hour: (hours, cafés)."""
    each = np.array([roster(mean, mix.people.roster) for mean in baristas_by_cafe(mix)]).T
    return np.asarray(np.where(peaks()[list(days)].reshape(-1, 1), each[0], each[1]))


def counter(history: History, week: int, *, days: Sequence[int] = EVERY) -> Counter:
    """The hours of some days of a week."""
    now = history.weeks[week]
    guests = now.cafes.expected_sales / service.BUYERS / (1 - now.cafes.walked_out)
    rain = normals(uniforms(history.seed, "cafés", 3 * len(CAFES), week=week)[: len(CAFES)])
    speed = GUESTS_PER_HOUR * skill(now.mix) * (1 - 0.03 * rain)
    arrivals = profile()[list(days)].reshape(-1, 1) * guests / history.people.scale
    staff = staffed(now.mix, days=days)
    joined = service.settle(arrivals, staff, speed)
    wait = 60 * service.queue_wait(joined, staff, speed)
    return Counter(arrivals, staff, speed, 1 - joined / np.maximum(arrivals, 1e-12), wait)


def store_hours(history: History) -> pd.DataFrame:
    """A row per café and opening hour of the last weeks."""
    parts, cafes = [], len(CAFES)
    share = profile().reshape(-1)
    left = share / np.cumsum(share[::-1])[::-1]  # of the guests who come from this hour on
    for week in range(max(len(history.weeks) - WEEKS, 0), len(history.weeks)):
        lot = uniforms(history.seed, "hours", 4 * cafes * len(share), week=week)
        come, leave, clock, pace = lot.reshape(4, len(share), cafes)
        now, rest = counter(history, week), history.weeks[week].cafes.visits.copy()
        guests = np.zeros((len(share), cafes), dtype=np.int64)
        for hour, part in enumerate(left[:-1]):
            guests[hour] = binomials(come[hour], rest, np.full(cafes, part))
            rest -= guests[hour]
        guests[-1] = rest
        gave_up = binomials(leave, guests, now.leaving)
        served = guests - gave_up
        wait = now.wait * gammas(clock, shape=1 + served / WAITS_ALIKE)
        minutes = 60 / now.speed * np.exp(normals(pace) / np.sqrt(np.maximum(served, 1)) / 2)
        slot, cafe = np.indices((len(share), cafes)).reshape(2, -1)
        parts.append(
            pd.DataFrame(
                {
                    "date": dates(np.asarray(7 * week + slot // len(OPEN))),
                    "zone": labels(tuple(CAFES), cafe),
                    "hour": np.array(OPEN)[slot % len(OPEN)],
                    "guests": guests.reshape(-1),
                    "gave_up": gave_up.reshape(-1),
                    "open_hours": round(history.people.scale, 4),
                    "staff": now.staff.reshape(-1).round(2),
                    "service_minutes": minutes.reshape(-1).round(2),
                    "wait_minutes": wait.reshape(-1).round(1),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["date", "hour", "zone"], ignore_index=True)


def team(history: History) -> pd.DataFrame:
    """Who works in marketing: hours, daily work, skills."""
    rows = _SAID["team"]["rows"]
    table = pd.DataFrame(rows, columns=["person", "role", "hours", "daily_work", *SKILLS])
    lot = uniforms(history.seed, "team", len(table))
    more = np.rint(2 * _SPREAD * (2 * lot - 1)) / 2  # in half hours
    table["daily_work"] = (table["daily_work"] + more).astype(float)
    table["hours"] = table["hours"].astype(float)
    return table.astype({"person": "str", "role": "str"})


def projects(history: History) -> pd.DataFrame:
    """What was proposed for the next quarter: promise, cost, hours by skill, levers."""
    kept = _SAID["projects"]["kept"]
    rows = [
        (name, float(promised), float(cost), *map(float, hours), evidence, kept[evidence], levers)
        for name, promised, cost, hours, evidence, levers in _SAID["projects"]["rows"]
    ]
    columns = ["project", "promised_profit", "cost", *SKILLS, "evidence", "kept", "levers"]
    words = dict.fromkeys(["project", "evidence", "levers"], "str")
    table = pd.DataFrame(rows, columns=columns).astype(words)
    table.insert(0, "project_id", [f"P{n + 1:02}" for n in range(len(table))])
    return table.astype({"project_id": "str"})
