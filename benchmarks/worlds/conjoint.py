"""Choices among three products and none, by people who all weigh alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import conjoint

Row = tuple[float, float, float, float]
PEOPLE, TASKS, SHOWN = 120, 8, 4
LABEL, ORIGIN, EURO, NONE = 0.35, 0.3, -0.15, -2.3


def trial(seed: int) -> dict[str, Row]:
    """A part-worth, and what two parts are worth in money, by Krinsky and Robb."""
    rng = np.random.default_rng([22, seed])
    rows = PEOPLE * TASKS * SHOWN
    place = np.tile(np.arange(SHOWN), PEOPLE * TASKS)
    none = place == SHOWN - 1
    label = rng.choice(["none", "organic"], rows)
    origin = rng.random(rows) < 0.5
    price = rng.choice([9.9, 11.9, 13.9, 15.9, 17.9], rows)
    wish = LABEL * (label == "organic") + ORIGIN * origin + EURO * price
    wish = np.where(none, NONE, wish) + rng.gumbel(size=rows)
    best = wish.reshape(-1, SHOWN).argmax(axis=1)
    choices = pd.DataFrame(
        {
            "respondent_id": np.repeat(np.arange(PEOPLE), TASKS * SHOWN),
            "task": np.tile(np.repeat(np.arange(TASKS), SHOWN), PEOPLE),
            "label": pd.Series(label).mask(none),
            "origin": origin & ~none,
            "price": np.where(none, np.nan, price),
            "chosen": place == np.repeat(best, SHOWN),
        }
    )
    model = conjoint.choice_model(choices)
    money = conjoint.willingness(model, draws=4_000)
    part, euros = "label: organic", {"label": LABEL, "origin": ORIGIN}
    found = {"part-worth": (*model.worths.loc[part, ["worth", "low", "high"]], LABEL)}
    for name, row in {"label": part, "origin": "origin"}.items():
        ends = money.loc[row, ["worth", "low", "high"]]
        found[f"willingness to pay for the {name}"] = (*ends, -euros[name] / EURO)
    return found
