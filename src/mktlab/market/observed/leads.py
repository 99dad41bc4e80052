"""Leads of business buyers, calls, deals, and their truth: what a sales team's tool would hold.

The tables only observe `market.business`; no other table hangs on them. A deal that nobody closed
stays open, whatever became of it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from mktlab.market import business
from mktlab.market.draws import Ints
from mktlab.market.observed.sales import days, labels, numbered
from mktlab.market.state import NEVER, History

STAGES = (*business.STAGES, "won", "lost")
TRUE_WEEKS = 52  # of leads whose chances are told
AHEAD = 91  # days


@lru_cache(maxsize=2)
def _played(seed: int, weeks: int, scale: float) -> pd.DataFrame:
    """Every lead, by the day it came, and what becomes of it, also after the last week."""
    parts = []
    for week in range(weeks):
        came = business.arrivals(seed, week, scale=scale)
        called = business.worked(came, scale=scale)
        known = {
            "day": came.day,
            "source": came.source,
            "kind": came.kind,
            "cups": came.cups,
            "draw": came.draw,
            **{name: came.events[:, i] for i, name in enumerate(business.EVENTS)},
            "hours": came.hours,
            "without": came.without,
            "with_call": came.with_call,
            "margin": came.margin,
        }
        parts.append(pd.concat([pd.DataFrame(known), business.closed(came, called)], axis=1))
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(lead_id=numbered("L", np.arange(1, len(rows) + 1), 5))


def played(history: History) -> tuple[pd.DataFrame, int]:
    """The leads, and the number of days that have passed."""
    weeks = len(history.weeks)
    return _played(history.seed, weeks, history.people.scale), 7 * weeks


def leads(history: History) -> pd.DataFrame:
    """A row per lead, by day."""
    rows, _ = played(history)
    test = labels(business.DRAWS, rows["draw"]).mask(rows["draw"] == 2)
    return pd.DataFrame(
        {
            "lead_id": rows["lead_id"],
            "created_date": days(rows["day"].to_numpy()),
            "source": labels(tuple(s.name for s in business.SOURCES), rows["source"]),
            "kind": labels(tuple(k.name for k in business.KINDS), rows["kind"]),
            "cups": rows["cups"],
            **{name: rows[name] for name in business.EVENTS},
            "test": test,
        }
    )


def calls(history: History) -> pd.DataFrame:
    """A row per call, by day."""
    rows, today = played(history)
    rows = rows[(rows["called"] >= 0) & (rows["called"] < today)]
    rows = rows.sort_values(["called", "lead_id"], ignore_index=True)
    return pd.DataFrame(
        {
            "lead_id": rows["lead_id"],
            "called_date": days(rows["called"].to_numpy()),
            "hours": rows["hours"],
        }
    )


def _deals(history: History) -> tuple[pd.DataFrame, int]:
    rows, today = played(history)
    rows = rows[(rows["opened"] >= 0) & (rows["opened"] < today)]
    rows = rows.sort_values(["opened", "lead_id"], ignore_index=True)
    return rows.assign(deal_id=numbered("B", np.arange(1, len(rows) + 1), 5)), today


def _since(rows: pd.DataFrame, today: int) -> tuple[Ints, Ints]:
    """Stage of each deal, and the day it came to it."""
    reached = np.zeros(len(rows), dtype=np.int64)
    since = rows["opened"].to_numpy(dtype=np.int64).copy()
    for stage, column in enumerate(("first_move", "second_move"), start=1):
        day = rows[column].to_numpy()
        there = (day >= 0) & (day < today)
        reached[there], since[there] = stage, day[there]
    day = rows["closes"].to_numpy()
    there = (day >= 0) & (day < today)
    reached[there] = np.where(rows["won"], 3, 4)[there]
    since[there] = day[there]
    return reached, since


def deals(history: History) -> pd.DataFrame:
    """A row per deal, by the day it was opened, as it stands today."""
    rows, today = _deals(history)
    stage, since = _since(rows, today)
    return pd.DataFrame(
        {
            "deal_id": rows["deal_id"],
            "lead_id": rows["lead_id"],
            "opened_date": days(rows["opened"].to_numpy()),
            "stage": labels(STAGES, stage),
            "stage_date": days(since),
            "closed_date": days(np.where(stage > 2, since, NEVER)),
            "margin": rows["margin"].round(),
        }
    )


def chances(history: History) -> pd.DataFrame:
    """Chances of the leads of the last year, and what a call would change today."""
    rows, today = played(history)
    rows = rows[rows["day"] >= today - 7 * TRUE_WEEKS]
    rows = rows.sort_values("lead_id", ignore_index=True)
    still = (rows["called"] < 0) & ~((rows["opened"] >= 0) & (rows["opened"] < today))
    change = rows["with_call"] - rows["without"]
    gone = business.bought_by((today - rows["day"]).to_numpy(dtype=float))
    return pd.DataFrame(
        {
            "lead_id": rows["lead_id"],
            "chance_without": rows["without"].round(4),
            "chance_with": rows["with_call"].round(4),
            "change_today": (change / (1 - rows["without"] * gone)).where(still, 0.0).round(4),
            "hours": rows["hours"],
            "margin": rows["margin"].round(),
        }
    )


def outcomes(history: History) -> pd.DataFrame:
    """What becomes of the deals that are open today."""
    rows, today = _deals(history)
    rows = rows[~rows["closes"].between(0, today - 1)].reset_index(drop=True)
    soon = rows["won"] & (rows["closes"] < today + AHEAD)
    return pd.DataFrame({"deal_id": rows["deal_id"], "won": rows["won"], "won_13w": soon})
