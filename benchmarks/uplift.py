"""`uplift` on a million customers, against the plain way: two models by hand, without folds.

`cross_fit` and `policy_value` judge everybody by models that did not see them, and check the rows.
"""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.timing import Ratio, compare
from mktlab import uplift

FEATURES = [f"x{n}" for n in range(8)]
TEST = {"features": FEATURES, "outcome": "stays", "treated": "offer"}


def make_test(customers: int) -> pd.DataFrame:
    """Customers: the first feature decides who stays, the second whom the offer keeps."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(customers, len(FEATURES)))
    offer = rng.random(customers) < 0.5
    leaves = 1 / (1 + np.exp(2 - x[:, 0] + 0.5 * offer * (1 + x[:, 1])))
    stays = rng.random(customers) >= leaves
    return pd.DataFrame(x, columns=FEATURES).assign(offer=offer, stays=stays)


def by_hand(people: pd.DataFrame) -> float:
    """What an offer to the better half brings, by two models that judge those they learned from."""
    chances = []
    for offered in (False, True):
        rows = people[people["offer"] == offered]
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        chances.append(
            model.fit(rows[FEATURES], rows["stays"]).predict_proba(people[FEATURES])[:, 1]
        )
    change = chances[1] - chances[0]
    return float(change[change > np.median(change)].sum())


def ours(people: pd.DataFrame) -> float:
    told = uplift.cross_fit(people, **TEST)
    return uplift.policy_value(people, told > told.median(), **TEST).difference


def run(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> list[Ratio]:
    """Measure at each number of customers; a million, snapshots included, in under a minute."""
    ratios = []
    for customers in sizes:
        people = make_test(customers)
        name = f"uplift, {customers:.0e} customers: cross-fitted list and its value / by hand"
        ratios.append(compare(name, partial(ours, people), partial(by_hand, people), rounds=1))
    return ratios
