"""Paid campaigns to four audiences, each with people left out by lot: what the ads really added.

Who has bought already converts most, and would have anyway: the warmer the audience, the higher its
rate and the smaller its lift. `audiences` writes the table week by week, `lifts` is its truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, binomials, normals, uniforms
from mktlab.market.observed.experiments import ORDER_VALUE
from mktlab.market.observed.sales import days, labels
from mktlab.market.state import History

CAMPAIGN = 26  # weeks, the last ones
HELD_OUT = 0.5  # of each audience


class Audience(NamedTuple):
    """People whom a platform can be told to show ads to; sizes at the usual size of the market."""

    name: str
    people: int
    rate: float  # orders a week of those held out
    lift: float  # that the ads add to it
    cost: float  # euros a week for each person


AUDIENCES = (  # the lists do not overlap: each leaves out the ones before it
    Audience("past_buyers", 3_000, 0.030, 0.012, 0.025),
    Audience("site_visitors", 6_000, 0.006, 0.08, 0.015),
    Audience("look_alikes", 15_000, 0.0011, 0.40, 0.008),
    Audience("everybody", 60_000, 0.00012, 0.30, 0.0012),
)
_NAMES = tuple(a.name for a in AUDIENCES)


def _plan(history: History) -> tuple[Floats, Floats, Ints]:
    """Rates and lifts of this market, and people held out and treated: (audiences, 2)."""
    lot = normals(uniforms(history.seed, "audiences", 2 * len(AUDIENCES))).reshape(2, -1)
    rate = np.array([a.rate for a in AUDIENCES]) * np.exp(0.10 * lot[0])
    lift = np.array([a.lift for a in AUDIENCES]) * np.exp(0.15 * lot[1])
    size = np.rint(history.people.scale * np.array([a.people for a in AUDIENCES]))
    held_out = binomials(
        uniforms(history.seed, "held_out", len(size)), size, np.full(len(size), HELD_OUT)
    )
    return rate, lift, np.column_stack([held_out, size.astype(np.int64) - held_out])


def audiences(history: History) -> pd.DataFrame:
    """The campaigns' last 26 weeks: a row per week, audience and group."""
    rate, lift, people = _plan(history)
    weeks = min(CAMPAIGN, len(history.weeks))
    week, audience, treated = np.indices((weeks, len(AUDIENCES), 2)).reshape(3, -1)
    lot = uniforms(history.seed, "audience_weeks", 4 * len(week)).reshape(4, -1)
    mood = np.exp(0.10 * normals(lot[0]))[week]  # of the week, the same for all
    size = people[audience, treated]
    chance = (rate * (1 + np.arange(2)[:, None] * lift))[treated, audience] * mood
    conversions = binomials(lot[1], size, chance)
    luck = 0.8 * normals(lot[2]) / np.sqrt(np.maximum(conversions, 1))
    price = np.array([a.cost for a in AUDIENCES])[audience] * np.exp(0.08 * normals(lot[3]))
    return pd.DataFrame(
        {
            "week": days(7 * (len(history.weeks) - weeks + week)),
            "audience": labels(_NAMES, audience),
            "held_out": treated == 0,
            "people": size,
            "conversions": conversions,
            "revenue": np.rint(100 * conversions * ORDER_VALUE * np.maximum(1 + luck, 0.1)) / 100,
            "cost": np.rint(100 * size * price * treated) / 100,
        }
    )


def lifts(history: History) -> pd.DataFrame:
    """What each campaign added, expected over its weeks."""
    rate, lift, people = _plan(history)
    weeks = min(CAMPAIGN, len(history.weeks))
    added = rate * lift * people[:, 1] * weeks
    cost = np.array([a.cost for a in AUDIENCES]) * people[:, 1] * weeks
    return pd.DataFrame(
        {
            "audience": pd.array(_NAMES, dtype="str"),
            "conversion_rate": rate,
            "lift": lift,
            "added_conversions": added,
            "added_revenue": added * ORDER_VALUE,
            "roas": np.divide(added * ORDER_VALUE, cost, out=np.zeros(len(cost)), where=cost > 0),
        }
    )
