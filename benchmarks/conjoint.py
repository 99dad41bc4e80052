"""`choice_model` against a logit by hand: scipy's BFGS with the slope of the likelihood."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from benchmarks.timing import Ratio, compare
from mktlab.conjoint import choice_model

SHOWN, TASKS = 4, 10


def make_choices(rows: int) -> pd.DataFrame:
    """Choices among four products each, ten by every person."""
    rng = np.random.default_rng(0)
    tasks = rows // SHOWN
    table = pd.DataFrame(
        {
            "respondent_id": np.repeat(np.arange(tasks) // TASKS, SHOWN),
            "task": np.repeat(np.arange(tasks) % TASKS, SHOWN),
            "organic": rng.random(rows) < 0.5,
            "fair": rng.random(rows) < 0.5,
            "origin": rng.random(rows) < 0.5,
            "price": rng.choice([9.9, 11.9, 13.9, 15.9, 17.9], rows),
        }
    )
    wish = 0.35 * table["organic"] + 0.2 * table["fair"] + 0.3 * table["origin"]
    wish = wish - 0.15 * table["price"] + rng.gumbel(size=rows)
    best = wish.to_numpy().reshape(-1, SHOWN).argmax(axis=1)
    return table.assign(chosen=np.tile(np.arange(SHOWN), tasks) == np.repeat(best, SHOWN))


def by_hand(choices: pd.DataFrame) -> object:
    """The part-worths alone, of tasks that all have the same number of products."""
    numbers = choices[["organic", "fair", "origin", "price"]].to_numpy(dtype=float)
    shown = numbers.reshape(-1, SHOWN, numbers.shape[1])
    chosen = choices["chosen"].to_numpy().reshape(-1, SHOWN)

    def unlikely(worth: np.ndarray) -> tuple[float, np.ndarray]:
        odds = np.exp(shown @ worth)
        chance = odds / odds.sum(axis=1, keepdims=True)
        slope = np.einsum("tsk,ts->k", shown, chance - chosen)
        return -float(np.log(chance[chosen]).sum()), slope

    return minimize(unlikely, np.zeros(numbers.shape[1]), jac=True)


def run(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> list[Ratio]:
    """Measure at each number of rows."""
    ratios = []
    for rows in sizes:
        choices = make_choices(rows)
        pair: tuple[Callable[[], object], Callable[[], object]]
        pair = partial(choice_model, choices), partial(by_hand, choices)
        name = f"choice model, {rows:.0e} rows: ours / by hand without intervals"
        ratios.append(compare(name, *pair, rounds=3))
    return ratios
