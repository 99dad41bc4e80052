"""A retention test of a million customers: what was known that day, uplift, and a list's value.

Snapshots are in it. The plain way is a groupby and two models by hand, which judge those they
learned from; ours judges everybody by models that did not see them, and checks the rows.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.churn import make_company
from benchmarks.timing import Ratio, compare
from mktlab import churn, uplift
from mktlab.orders import purchases

WEEKS = 52
FEATURES = ["recency_days", "purchases", "purchases_before", "spend", "gap_days", "tenure_weeks"]


def make_test(customers: int) -> tuple[SimpleNamespace, pd.DataFrame]:
    """A company's orders, and who of its customers got an offer a quarter ago, and who stayed."""
    company, rng = make_company(customers), np.random.default_rng(0)
    offer = rng.random(customers) < 0.5
    stays = rng.random(customers) < np.where(offer, 0.89, 0.86)
    ids = pd.Series([f"C{i:08}" for i in range(customers)], dtype="str")
    return company, pd.DataFrame({"customer_id": ids, "offer": offer, "stays": stays})


def ours(company: SimpleNamespace, drawn: pd.DataFrame) -> float:
    cut = company.today - pd.Timedelta(weeks=12)
    known = churn.snapshots(company, cut, window_weeks=WEEKS, horizon_weeks=None)
    people = known.merge(drawn, on="customer_id")
    test = {"features": FEATURES, "outcome": "stays", "treated": "offer"}
    told = uplift.cross_fit(people, **test)
    chosen = told > told.median()
    return uplift.policy_value(people, chosen, **test, value=people["spend"]).difference


def by_hand(company: SimpleNamespace, drawn: pd.DataFrame) -> float:
    """What an offer to the better half brings, by two models that judge those they learned from."""
    cut = company.today - pd.Timedelta(weeks=12)
    rows = purchases(company.tables["orders"])
    rows = rows[rows["order_date"] < cut]
    year = rows[rows["order_date"] >= cut - pd.Timedelta(weeks=WEEKS)].groupby("customer_id")
    known = year.agg(last=("order_date", "max"), n=("order_date", "size"), spend=("revenue", "sum"))
    known["days"] = (cut - known["last"]).dt.days
    known["tenure"] = (cut - rows.groupby("customer_id")["order_date"].min()).dt.days
    people, names = known.reset_index().merge(drawn, on="customer_id"), list(known.columns[1:])
    chances = []
    for offered in (False, True):
        group = people[people["offer"] == offered]
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(group[names], group["stays"])
        chances.append(model.predict_proba(people[names])[:, 1])
    change = chances[1] - chances[0]
    return float((change * people["spend"])[change > np.median(change)].sum())


def run(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> list[Ratio]:
    """Measure at each number of customers; a million, snapshots included, in under a minute."""
    ratios = []
    for customers in sizes:
        case = make_test(customers)
        name = f"uplift, {customers:.0e} customers: snapshot, list, value / by hand"
        ratios.append(compare(name, partial(ours, *case), partial(by_hand, *case), rounds=1))
    return ratios
