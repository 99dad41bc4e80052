"""Contracts in a log that began after the first of them, with two causes and a test of prices.

Lesson 35 reads such a table. Seeds 1 to 400; a claim that misses is run once more on seeds 401 to
800, and both are told. The worlds were written down before the first was played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import survival

SIZE, LOG, DAYS = 900, 52 * 7, 208 * 7
CANCEL, FAIL = (0.08, 0.05), 0.012  # cancel: at the first three renewals, and later
PRICES, POWER = np.array([17.0, 23.0, 29.0]), 2.0
RENEWALS, LAST = 26, 60

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high and truth in the world of one seed."""
    rng = np.random.default_rng([35, seed])
    cancel = np.where(np.arange(1, LAST + 1) <= 3, *CANCEL)
    luck = rng.random((SIZE, LAST))
    price = rng.choice(PRICES, (SIZE, LAST))
    ratio = (price / 23) ** POWER
    failed = luck < FAIL
    quits = ~failed & (luck < FAIL + cancel * ratio)
    life = np.where((failed | quits).any(axis=1), (failed | quits).argmax(axis=1) + 1, LAST + 1)
    began = rng.integers(0, DAYS, SIZE)
    end = began + 28 * life
    why = np.where(failed[np.arange(SIZE), np.minimum(life, LAST) - 1], "card", "price")
    start = pd.Timestamp("2021-01-04")
    table = pd.DataFrame(
        {
            "contract": np.arange(SIZE),
            "started_date": start + pd.to_timedelta(began, unit="D"),
            "ended_date": (start + pd.to_timedelta(end, unit="D")).where(end < DAYS),
            "cancel_reason": why,
        }
    )[end >= LOG]
    known = survival.lives(
        table,
        today=start + pd.Timedelta(days=DAYS),
        since=start + pd.Timedelta(days=LOG),
        causes={"card": "failed"},
    )
    mean = (PRICES / 23) ** POWER
    chance = cancel * mean.mean()  # the price is drawn anew at each renewal
    left = np.cumprod(1 - FAIL - chance)
    before = np.concatenate([[1.0], left[:-1]])
    rows = {}
    one = survival.incidence(known).loc[13]
    rows["share that has ended at renewal 13"] = (*one, 1 - left[12])
    one = survival.incidence(known, "canceled").loc[RENEWALS]
    rows["share that has canceled at renewal 26"] = (*one, (before * chance)[:RENEWALS].sum())
    one = survival.incidence(known, "failed").loc[RENEWALS]
    rows["share whose payment has failed at renewal 26"] = (*one, FAIL * before[:RENEWALS].sum())
    life_of = survival.mean_life(known, renewals=RENEWALS)
    rows["periods that are paid"] = (*life_of, 1 + left[:RENEWALS].sum())
    for first, name in ((1, "first three"), (4, "later")):
        told = survival.chances(known, first=(1, 4)).loc[first]
        truth = FAIL + chance[first - 1]
        rows[f"chance to end, {name}"] = (told["ended"], told["low"], told["high"], truth)
    rows["power of the price"] = _power(known, price, quits)
    return rows


def _power(known: pd.DataFrame, price: np.ndarray, quits: np.ndarray) -> Claim:
    """The ratio of cancellations at 29 over those at 17, from a row per renewal."""
    renewals = known.loc[known.index.repeat(known["age"] - known["entry"])]
    age = renewals["entry"] + renewals.groupby(level=0).cumcount() + 1
    place = (renewals["contract"].to_numpy(), age.to_numpy() - 1)
    rows = pd.DataFrame({"entry": age.to_numpy() - 1, "age": age.to_numpy()})
    rows = rows.assign(log_price=np.log(price[place]), canceled=quits[place])
    told = survival.cox(rows, ["log_price"], event="canceled").iloc[0]
    return (*np.log(told), POWER)
