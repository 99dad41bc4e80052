"""Tests on the web shop's pages: 24 of them, day by day, and the lift each one really had.

Most changes do nothing, some help, some hurt, and two tests compare a page with itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import binomials, normals, uniforms
from mktlab.market.observed.sales import days, labels, numbered

TESTS = 24
SAME_PAGE = (4, 16)  # tests of a page against itself
HELP = 3
HURT = 3
CONVERSION = 0.018
VISITORS = 12_000  # per variant, median
MOST_WEEKS = 6
ORDER_VALUE = 39.0
_EVERY = 6.5  # weeks between the starts
_DAY = np.array([0.95, 0.92, 0.92, 0.95, 0.98, 1.10, 1.18])  # Monday to Sunday
_NAMES = (
    "larger photos", "shorter checkout", "free shipping bar", "reviews on top", "same page twice",
    "green button", "gift wrap offer", "taste quiz", "sticky cart", "fewer fields", "new headline",
    "origin map", "bundle offer", "live chat", "one-page cart", "video of roasting",
    "same page twice", "price per cup", "trust badges", "guest checkout", "subscribe and save",
    "calmer homepage", "larger prices", "delivery date shown",
)  # fmt: skip


def lifts(seed: int) -> pd.DataFrame:
    """Each test's true relative lift on conversion, its weeks and visitors: the truth."""
    lot = uniforms(seed, "experiment", 3 * TESTS).reshape(3, TESTS)
    real = [k for k in np.argsort(lot[0]) if k not in SAME_PAGE]
    center, spread = np.zeros(TESTS), np.full(TESTS, 0.004)
    center[real[:HELP]], center[real[HELP : HELP + HURT]] = 0.03, -0.03
    spread[real[: HELP + HURT]] = 0.015
    spread[list(SAME_PAGE)] = 0.0
    visitors = np.rint(VISITORS * np.exp(0.35 * normals(lot[2])))
    weeks = np.clip(np.ceil(2 * visitors / 7500), 2, MOST_WEEKS).astype(np.int64)
    return pd.DataFrame(
        {
            "experiment_id": numbered("X", np.arange(1, TESTS + 1), 2),
            "name": _NAMES,
            "true_lift": center + spread * normals(lot[1]),
            "first_week": np.floor(np.arange(TESTS) * _EVERY).astype(np.int64),
            "weeks": weeks,
            "visitors_per_variant": visitors.astype(np.int64),
        }
    ).astype({"name": "str"})


def experiments(seed: int, *, weeks: int, scale: float = 1.0) -> pd.DataFrame:
    """The tests that were over after `weeks`: a row per test, variant and day."""
    plan = lifts(seed)
    over = plan["first_week"] + plan["weeks"] <= weeks
    tests = [_one_test(seed, plan, place, scale=scale) for place in range(len(plan))]
    return pd.concat(
        [tests[0][:0], *(t for t, o in zip(tests, over, strict=True) if o)]
    ).reset_index(drop=True)


def _one_test(seed: int, plan: pd.DataFrame, place: int, *, scale: float) -> pd.DataFrame:
    """The rows of one test: variant A, day by day, then variant B."""
    first, weeks = int(plan["first_week"].iloc[place]), int(plan["weeks"].iloc[place])
    day = np.tile(np.arange(7 * first, 7 * (first + weeks)), 2)
    variant = np.repeat([0, 1], 7 * weeks)
    lot = uniforms(seed, "experiment days", 7 * weeks * 7, week=place).reshape(-1, 7)
    chance, pick = lot[day - 7 * first], 1 + 3 * variant
    row = np.arange(len(day))
    usual = scale * plan["visitors_per_variant"].iloc[place] / (7 * weeks) * _DAY[day % 7]
    visitors = np.maximum(np.rint(usual + np.sqrt(usual) * normals(chance[row, pick])), 1)
    mood = np.exp(0.05 * normals(chance[:, 0]))  # of the day, the same for both variants
    rate = CONVERSION * mood * np.sqrt(_DAY[day % 7])
    rate = rate * (1 + variant * plan["true_lift"].iloc[place])
    conversions = binomials(chance[row, pick + 1], visitors, rate)
    luck = 0.8 * normals(chance[row, pick + 2]) / np.sqrt(np.maximum(conversions, 1))
    revenue = np.maximum(conversions * ORDER_VALUE * (1 + luck), 0)
    return pd.DataFrame(
        {
            "experiment_id": plan["experiment_id"].iloc[place],
            "name": plan["name"].iloc[place],
            "variant": labels(("A", "B"), variant),
            "is_control": variant == 0,
            "date": days(day),
            "visitors": visitors.astype(np.int64),
            "conversions": conversions,
            "revenue": np.rint(100 * revenue) / 100,
        }
    ).astype({"experiment_id": "str", "name": "str"})
