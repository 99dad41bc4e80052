"""Suggestions to people who differ in what they like and how often they buy: who was shown what."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab import recommendation as rec

Row = tuple[float, float, float, float]
PEOPLE, PRODUCTS, LIFT, EVEN = 700, 8, 0.6, 0.3
Floats = npt.NDArray[np.float64]


def _population(rng: np.random.Generator, people: int) -> tuple[Floats, Floats]:
    """Chances to buy each product when nothing is shown, and with which each is picked."""
    taste = rng.dirichlet(np.full(PRODUCTS, 0.5), people)
    often = rng.gamma(1.2, 0.15, people)[:, None]
    return -np.expm1(-often * taste), EVEN / PRODUCTS + (1 - EVEN) * taste


@cache
def _truth() -> tuple[float, float]:
    """What a box adds on average as they were picked, and the mean if all were as likely."""
    chance, picked = _population(np.random.default_rng(0), 2_000_000)
    return 1_000 * LIFT * float((chance * picked).sum(axis=1).mean()), float(
        (1 + LIFT) * chance.mean()
    )


def trial(seed: int) -> dict[str, Row]:
    """The extra purchases, the weighted mean and the hit rate of one world."""
    rng = np.random.default_rng([14, seed])
    chance, picked = _population(rng, PEOPLE)
    who = np.repeat(np.arange(PEOPLE), rng.integers(1, 7, PEOPLE))
    product = (rng.random(len(who))[:, None] > picked[who].cumsum(axis=1)[:, :-1]).sum(axis=1)
    held_out = rng.random(len(who)) < 0.5
    buys = rng.random(len(who)) < chance[who, product] * np.where(held_out, 1, 1 + LIFT)
    log = pd.DataFrame(
        {
            "customer_id": who,
            "rule": "taste",
            "probability": picked[who, product],
            "held_out": held_out,
            "bought": buys,
        }
    )
    added, mean = _truth()
    extra = {name: float(column.iloc[0]) for name, column in rec.extra(log, "bought").items()}
    weighed = rec.inverse_propensity(log[~log["held_out"]], "bought")
    likes = rng.beta(2, 3, PEOPLE)
    customers = pd.Series(np.arange(PEOPLE), name="customer_id").to_frame()
    found = rec.hit_rate(
        customers.assign(product_id="tea"),
        customers.assign(product_id=np.where(rng.random(PEOPLE) < likes, "tea", "box")),
    )
    return {
        "extra purchases, shown less held out": (
            extra["extra"],
            extra["low"],
            extra["high"],
            added,
        ),
        "mean weighted by inverse propensity": (weighed.share, weighed.low, weighed.high, mean),
        "hit rate at k": (found.share, found.low, found.high, 2 / 5),
    }
