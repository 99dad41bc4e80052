"""Search terms whose rates spread around their group's, a lift test by week, and drawn messages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import messages, search_terms

Row = tuple[float, float, float, float]
TERMS, WEEKS, CLICKS, ORDER, MARGIN = 40, 26, 100, 40.0, 0.5
COUNTED, EXTRA, OTHERS = 8.0, 5.0, 5.0  # orders of a week
LINES, MAILS = 30, 9_000


def trial(seed: int) -> dict[str, Row]:
    """A term's rate, what a click is worth, and the lift of a line, of one world."""
    rng = np.random.default_rng([17, seed])
    return {
        "rate of a term": _rate(rng),
        "worth of a click": _ceiling(rng),
        "lift of a line": _lift(rng),
    }


def _rate(rng: np.random.Generator) -> Row:
    group = np.arange(TERMS) % 4
    true = np.array([0.02, 0.05, 0.08, 0.12])[group] * rng.gamma(1.2, 1 / 1.2, TERMS)
    clicks = rng.integers(5, 400, TERMS)
    table = pd.DataFrame({"group": group, "clicks": clicks, "orders": rng.poisson(true * clicks)})
    row = search_terms.rates(table, "orders", "clicks", within="group").iloc[0]
    return row["shrunk"], row["low"], row["high"], float(true[0])


def _ceiling(rng: np.random.Generator) -> Row:
    weeks = pd.date_range("2025-01-06", periods=WEEKS, freq="W-MON")
    orders = rng.poisson(COUNTED, WEEKS)
    terms = pd.DataFrame(
        {
            "week": weeks,
            "ad_group": "tea",
            "clicks": CLICKS,
            "cost": 90.0,
            "orders": orders,
            "revenue": orders * ORDER,
        }
    )
    shown = orders + rng.poisson(OTHERS, WEEKS)
    held = rng.poisson(COUNTED + OTHERS - EXTRA, WEEKS)
    sides = pd.DataFrame({"week": weeks, "ad_group": "tea", "held_out": False, "orders": shown})
    sides = pd.concat([sides, sides.assign(held_out=True, orders=held)])
    row = search_terms.ceilings(terms, sides, margin=MARGIN).iloc[0]
    return row["ceiling"], row["low"], row["high"], EXTRA * ORDER * MARGIN / CLICKS


def _lift(rng: np.random.Generator) -> Row:
    true = rng.normal(0, 0.1, LINES)
    true -= true.mean()
    line = rng.integers(LINES, size=MAILS)
    often = rng.gamma(1.0, 0.12, MAILS)
    rows = pd.DataFrame({"line": line, "ordered": rng.poisson(often * (1 + true[line]))})
    row = messages.lifts(rows, "ordered", by="line").loc[0]
    return row["lift"], row["low"], row["high"], float(true[0])
