"""AUC intervals: does the sample of an analyst tell how a score ranks all customers at risk?

A logistic model learns at an early cut of a small world and is not touched again. An analyst has a
sample of the customers, drawn by lot, and their later outcomes; the truth of each claim is the AUC
of the same score among **all** customers at risk in that world at the same cuts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mktlab import churn
from mktlab.market import simulate

PEOPLE, WEEKS, SAMPLE = 6_000, 91, 150
FEATURES = ["recency_days", "purchases", "spend"]


def trial(seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Claim -> (estimate, low, high, truth) in the world of this seed."""
    company = simulate(people=PEOPLE, weeks=WEEKS, seed=seed, flaws=())
    early = company.today - pd.Timedelta(weeks=39)
    learned = _table(company, [early])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(learned[FEATURES], learned["churned"])

    cuts = [company.today - pd.Timedelta(weeks=weeks) for weeks in (25, 21, 17, 13)]
    rows = _table(company, cuts)
    rows = rows.assign(risk=model.predict_proba(rows[FEATURES])[:, 1])
    latest = rows[rows["cut_date"] == cuts[-1]]
    rng = np.random.default_rng(seed)
    return {
        "AUC of one cut": _claim(latest, rng),
        "AUC of four cuts, clustered by customer": _claim(rows, rng),
    }


def _table(company: object, cuts: list[pd.Timestamp]) -> pd.DataFrame:
    return churn.snapshots(company, cuts, window_weeks=26, horizon_weeks=13, features=FEATURES)


def _claim(rows: pd.DataFrame, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """What a sample of customers says of the AUC, and the AUC among all of them."""
    everyone = rows["customer_id"].drop_duplicates().to_numpy()
    drawn = rows["customer_id"].isin(rng.choice(everyone, SAMPLE, replace=False))
    sample = rows[drawn]
    found = churn.auc(sample["risk"], sample["churned"], customer=sample["customer_id"])
    return (*found, churn.auc(rows["risk"], rows["churned"]).auc)
