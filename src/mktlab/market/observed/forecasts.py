"""What the planning system forecast each week, and what the manager made of it.

`forecast_adjustments` has a row per week and family. The system smooths the weeks without a
promotion; the manager knows of the next one and raises the number, and now and then changes it by
feeling. The table only observes: all of it is drawn from a stream of its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.observed.sales import bought, days, labels
from mktlab.market.state import History
from mktlab.market.world import CATEGORIES, CATEGORY_OF

START = 26  # weeks before the log begins
WEIGHT = 0.3  # of the last week, in the system's forecast
RAISE, ABOUT = 3.5, 0.12  # log sales per share off the price, as the manager has it; give or take
FEELS = 0.45  # share of the other weeks that are changed by feeling
BIAS, SPREAD = 0.06, 0.18  # of those changes, in logs
REASONS = ("none", "promotion", "feeling")
STREAM = " ".join(("forecast", "adjustments"))  # the name of the draws: nobody reads it


def pieces(history: History) -> Ints:
    """Pieces that were ordered and not cancelled, by week and family."""
    orders, lines = bought(history)
    size = len(history.weeks), len(CATEGORIES)
    family, week = np.asarray(CATEGORY_OF)[lines.product], orders.day[lines.order] // 7
    kept = ~orders.cancelled[lines.order]
    place = (week * size[1] + family)[kept]
    sums = np.bincount(place, weights=lines.quantity[kept], minlength=size[0] * size[1])
    return np.asarray(sums.reshape(size), dtype=np.int64)


def _system(sold: Ints, off: Floats) -> Floats:
    """The forecast of each week, made when the one before it was over."""
    level = np.maximum(sold[0].astype(float), 1.0)
    told = np.empty(sold.shape)
    for week, (now, deal) in enumerate(zip(sold, off > 0, strict=True)):
        told[week] = level
        level = np.where(deal, level, WEIGHT * now + (1 - WEIGHT) * level)
    return told


def forecast_adjustments(history: History) -> pd.DataFrame | None:
    """The log: a row per week and family; none in a short market."""
    weeks = np.arange(START, len(history.weeks))
    if not len(weeks):
        return None
    off = np.array([week.prices.off for week in history.weeks])
    system = _system(pieces(history), off)[START:].round()
    size = len(CATEGORIES)
    lot = [uniforms(history.seed, STREAM, 2 * size, week=int(week)) for week in weeks]
    luck, bell = np.array(lot)[:, :size], normals(np.array(lot)[:, size:])
    deal = off[START:] > 0
    feels = ~deal & (luck < FEELS)
    change = np.where(deal, RAISE * off[START:] + ABOUT * bell, feels * (BIAS + SPREAD * bell))
    return pd.DataFrame(
        {
            "week": days(np.repeat(7 * weeks, size)),
            "category": labels(
                tuple(c.name for c in CATEGORIES), np.tile(np.arange(size), len(weeks))
            ),
            "system": system.astype(np.int64).ravel(),
            "final": (system * np.exp(change)).round().astype(np.int64).ravel(),
            "reason": labels(REASONS, (deal + 2 * feels).ravel()),
        }
    )
