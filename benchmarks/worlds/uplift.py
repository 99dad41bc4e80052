"""A randomized retention test of 3,000 customers, like the course's own: what lists of them bring.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played. The truth of a list is what it brings on
average over other customers of the same kind (a quarter of a million of them); of a list that was
learned, with the models that were learned.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import uplift

PEOPLE, MANY, FOLDS, COST = 3_000, 250_000, 5, 1.2
FEATURES = ["recency", "tenure", "deals", "margin"]
COLUMNS = {"outcome": "stays", "treated": "offer"}
TEST = {"features": FEATURES, **COLUMNS}

Claim = tuple[float, float, float, float]


def trial(seed: int) -> dict[str, Claim]:
    """Claim -> estimate, low, high, truth in the world of one seed."""
    rng = np.random.default_rng([32, seed])
    test, crowd = _customers(rng, PEOPLE), _customers(np.random.default_rng([32, 0]), MANY)
    gain = crowd["effect"] * crowd["margin"] - COST
    risky, dear = test["recency"] >= 20, test["margin"] >= 100
    euros = {"value": test["margin"], "cost": COST}
    everybody = uplift.policy_value(test, np.ones(PEOPLE), **TEST)
    by_value = uplift.policy_value(test, dear, **TEST, **euros)
    lead = uplift.policy_value(test, dear, **TEST, **euros, against=risky)
    at = uplift.uplift_at(test, test["recency"], float(risky.mean()), **COLUMNS)
    of_dear = float((gain * (crowd["margin"] >= 100)).mean())
    of_risky = float((gain * (crowd["recency"] >= 20)).mean())
    among = float(crowd.loc[crowd["recency"] >= 20, "effect"].mean())
    found = {
        "saved by an offer to everybody": (everybody, PEOPLE * float(crowd["effect"].mean())),
        "profit of a list by value": (by_value, PEOPLE * of_dear),
        "lead of a list by value over one by risk": (lead, PEOPLE * (of_dear - of_risky)),
        "effect among the first of a ranking": (at, among),
        "profit of a list that was learned": _learned(test, crowd, gain),
    }
    return {
        claim: (value.difference, value.low, value.high, truth)
        for claim, (value, truth) in found.items()
    }


def _learned(test: pd.DataFrame, crowd: pd.DataFrame, gain: pd.Series) -> tuple:
    """The list of those whom models of the other folds hold to pay, and its value."""
    fold = np.random.default_rng(len(test)).permutation(len(test)) % FOLDS
    chosen, truth = np.zeros(len(test), dtype=bool), 0.0
    some = crowd.head(25_000)
    for one in range(FOLDS):
        own = test[fold == one]
        people = pd.concat([own, some], ignore_index=True)
        pays = uplift.effects(test[fold != one], people, **TEST) * people["margin"] > COST
        chosen[fold == one], elsewhere = np.split(pays.to_numpy(), [len(own)])
        truth += float((gain[some.index] * elsewhere).mean()) * len(own)
    value = uplift.policy_value(test, chosen, **TEST, value=test["margin"], cost=COST)
    return value, truth


def _customers(rng: np.random.Generator, n: int) -> pd.DataFrame:
    recency, tenure = rng.exponential(12, n).clip(0, 51), rng.uniform(4, 156, n)
    deals, habit = rng.beta(2, 3, n), rng.random(n) < 0.12
    margin = np.exp(rng.normal(3.8, 1.0, n) - 0.02 * recency)
    score = -1.85 + 0.04 * (recency - 10) - 0.004 * (tenure - 60) - 0.35 * habit
    change = -0.55 - (deals - 0.4) + 1.15 * habit
    offer, luck = rng.random(n) < 0.5, rng.random(n)
    untreated, treated = 1 / (1 + np.exp(-score)), 1 / (1 + np.exp(-score - change))
    known = {"recency": recency, "tenure": tenure, "deals": deals, "margin": margin}
    stays = luck >= np.where(offer, treated, untreated)
    return pd.DataFrame(known).assign(offer=offer, stays=stays, effect=untreated - treated)
