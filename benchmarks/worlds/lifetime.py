"""Customers drawn from each model of lifetimes, with known parameters, and what is made of them.

Seeds 1 to 400; a claim that misses is run once more on seeds 401 to 800, and both are told. The
worlds were written down before the first was played.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mktlab import lifetime

Claim = tuple[float, float, float, float]
TRUTH = {
    "bg": {"r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.5},
    "mbg": {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5},
    "pareto": {"r": 0.9, "alpha": 9.0, "s": 0.8, "beta": 15.0},
}
EFFECTS = {"rate:web": 0.5, "leaving:web": -0.6}
SPEND = {"p": 5.0, "q": 5.0, "gamma": 24.0}
FITS = {
    "bg": lifetime.fit_bgnbd,
    "mbg": lifetime.fit_mbgnbd,
    "pareto": lifetime.fit_pareto_nbd,
    "covariates": lambda table: lifetime.fit_pareto_nbd(table, covariates=["web"]),
}
PEOPLE, KNOWN, LATER = 1_500, 78.0, 52
MARGIN, DISCOUNT = 0.4, 0.1


def crowd(
    rng: np.random.Generator, kind: str, people: int, known: float = KNOWN, later: float = 0.0
) -> pd.DataFrame:
    """Histories of people who came during the first third of the weeks known, and what followed."""
    web = (rng.random(people) < 0.5).astype(float)
    first, second, third, fourth = TRUTH["pareto" if kind == "covariates" else kind].values()
    effects = EFFECTS if kind == "covariates" else dict.fromkeys(EFFECTS, 0.0)
    rate = rng.gamma(first, 1 / second, people) * np.exp(effects["rate:web"] * web)
    if kind in ("pareto", "covariates"):
        risk = rng.gamma(third, 1 / fourth, people) * np.exp(effects["leaving:web"] * web)
        ends, chance = rng.exponential(1 / risk), np.zeros(people)
    else:
        ends, chance = np.full(people, np.inf), rng.beta(third, fourth, people)
    age = known - rng.uniform(0, known / 3, people)
    x, last, came, now = (np.zeros(people) for _ in range(4))
    if kind == "mbg":
        ends = np.where(rng.random(people) < chance, 0.0, ends)
    here = np.arange(people)
    while len(here):
        now[here] += rng.exponential(1 / rate[here])
        here = here[now[here] <= np.minimum(ends[here], age[here] + later)]
        before = here[now[here] <= age[here]]
        x[before], last[before] = x[before] + 1, now[before]
        came[here] += now[here] > age[here]
        leaves = here[rng.random(len(here)) < chance[here]]
        ends[leaves] = now[leaves]
    table = {"frequency": x, "recency_weeks": last, "age_weeks": age, "web": web}
    return pd.DataFrame({**table, "later": came, "alive": ends > age})


def spend(rng: np.random.Generator, people: int = PEOPLE) -> tuple[pd.DataFrame, np.ndarray]:
    """Frequency and mean value of customers, and each one's true mean."""
    p, q, gamma = SPEND.values()
    x = rng.geometric(0.35, people) - 1
    scale = rng.gamma(q, 1 / gamma, people)
    mean = rng.gamma(np.maximum(p * x, 1e-9)) / scale / np.maximum(x, 1)
    table = pd.DataFrame({"frequency": x, "mean_value": np.where(x > 0, mean, np.nan)})
    return table, p / scale


def parameters(rng: np.random.Generator, kind: str) -> dict[str, Claim]:
    """Each parameter of one model: estimate, low, high and truth."""
    if kind == "spend":
        found, truth = lifetime.fit_gamma_gamma(spend(rng)[0]), SPEND
    else:
        found = FITS[kind](crowd(rng, kind, PEOPLE))
        truth = TRUTH["pareto"] | EFFECTS if kind == "covariates" else TRUTH[kind]
    rows = found.parameters.iterrows()
    return {
        f"{kind}, {name}": (row["estimate"], row["low"], row["high"], truth[name])
        for name, row in rows
    }


def trial(seed: int) -> dict[str, Claim]:
    """Parameters of five models; what all customers, one of them and a newcomer are worth.

    The truth of a worth is that of the true parameters, given the same histories.
    """
    claims = {}
    for number, kind in enumerate([*FITS, "spend"]):
        claims |= parameters(np.random.default_rng([33, number, seed]), kind)
    rng = np.random.default_rng([33, 9, seed])
    table = crowd(rng, "pareto", PEOPLE)
    scale = rng.gamma(SPEND["q"], 1 / SPEND["gamma"], PEOPLE)
    sums = rng.gamma(np.maximum(SPEND["p"] * table["frequency"], 1e-9)) / scale
    table["mean_value"] = np.where(
        table["frequency"] > 0, sums / table["frequency"].clip(1), np.nan
    )
    terms = {"weeks": LATER, "margin": MARGIN, "annual_discount": DISCOUNT}
    model, money = lifetime.fit_pareto_nbd(table), lifetime.fit_gamma_gamma(table)
    told = lifetime.value(model, money, **terms)
    truths = [(model, TRUTH["pareto"]), (money, SPEND)]
    known = [replace(found, theta=np.log(list(truth.values()))) for found, truth in truths]
    true = lifetime.value(*known, **terms)
    ends = ["value", "low", "high"]
    claims["value, all"] = (*told.total[ends], true.total["value"])
    claims["value, a newcomer"] = (*told.newcomer[ends], true.newcomer["value"])
    claims["value, the first customer"] = (*told.customers.iloc[0][ends], true.customers.iloc[0, 0])
    return claims
