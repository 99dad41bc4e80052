"""What exercise 31 rests on: snapshots, forests, and what it is worth to win somebody back.

`worth_of_saving` reads from the truth what it would bring to win each customer back; it prices the
decision. `lists_of` and `scored_today` are the lesson's own, for its claims, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import churn
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, HORIZON = 39, 13
WEEK = pd.Timedelta(weeks=1)
COST, SUCCESS, MARGIN_RATE, DISCOUNT = 3.5, 0.25, 0.55, 0.025
OF_FOREST = ["recency_days", "purchases", "spend", "tenure_weeks"]


def bought_in(company: Company) -> pd.DataFrame:
    kept = purchases(company.orders)
    return kept.assign(net=kept["revenue"] - kept["refunded"])


def snapshot(company: Company, weeks_ago: int, window: int = WINDOW, **more: Any) -> pd.DataFrame:
    cut = company.today - weeks_ago * WEEK
    return churn.snapshots(company, cut, window_weeks=window, horizon_weeks=HORIZON, **more)


def forest() -> Any:
    """A model that remembers its rows well."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    trees = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), trees)


def risk_of(learn_from: pd.DataFrame, judge: pd.DataFrame, model: Any = None) -> Any:
    """The risks of the rows to be judged; without a model, by the boosting of the lesson."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    if model is None:
        trees = GradientBoostingClassifier(learning_rate=0.15, n_estimators=40, random_state=0)
        model = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), trees)
    known = learn_from.columns[learn_from.notna().any()]
    features = [name for name in churn.FEATURES if name in known]
    model.fit(learn_from[features], learn_from["churned"])
    return model.predict_proba(judge[features])[:, 1]


@lru_cache(maxsize=2)
def scored_today(company: Company, window: int = WINDOW) -> pd.DataFrame:
    """The recent customers of today, with the risk that all earlier cuts teach."""
    weeks: dict[str, Any] = {"window_weeks": window, "horizon_weeks": HORIZON}
    past = churn.snapshots(company, churn.cut_days(company, **weeks), **weeks)
    now = churn.snapshots(company, company.today, window_weeks=window, horizon_weeks=None)
    return now.assign(risk=risk_of(past, now))


def lists_of(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The lesson's three lists of a fifth of the customers."""
    fifth = len(rows) // 5
    riskiest = rows.nlargest(fifth, "risk")
    others = rows.drop(riskiest.index)
    return {
        "riskiest": riskiest,
        "silent": rows.nlargest(fifth, "recency_days"),
        "silent_without_them": others.nlargest(fifth, "recency_days"),
    }


@lru_cache(maxsize=2)
def every_4_weeks(company: Company) -> pd.DataFrame:
    cuts = [company.today - (HORIZON + weeks) * WEEK for weeks in range(0, 25, 4)]
    weeks: dict[str, Any] = {"window_weeks": WINDOW, "horizon_weeks": HORIZON}
    return churn.snapshots(company, cuts, **weeks, features=OF_FOREST)


def auc_of_forest(learn_from: pd.DataFrame, judge: pd.DataFrame) -> float:
    from sklearn.ensemble import RandomForestClassifier

    trees = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    return churn.auc(risk_of(learn_from, judge, trees), judge["churned"]).auc


def _active_weeks(truth: pd.DataFrame, chances: Any, active: float) -> Any:
    """Active weeks of the next 52 for somebody who is active today (1) or pauses (0)."""
    paused, weeks = 1.0 - active, 0.0
    for _ in range(52):
        weeks = weeks + active
        leave, back = active * truth["death_rate"], paused * chances["return"]
        active, paused = active - leave + back, paused - back + chances["pause_share"] * leave
    return weeks


def worth_of_saving(company: Company) -> pd.Series[Any]:
    """What it would bring on average to win each record's customer back, if she stays away.

    Who is gone brings nothing. Who pauses becomes active again: that is worth what she would bring
    in a year, less what she brings anyway. Who is active places the order that she would skip.
    """
    truth, chances = company.truth.customers, company.truth.parameters
    times = _active_weeks(truth, chances, 1.0) / _active_weeks(truth, chances, 0.0)
    order = (truth["expected_margin_13w"] / truth["expected_orders_13w"]).fillna(0)
    worth = (truth["expected_margin_52w"] * (times - 1)).where(truth["status"] == "paused", order)
    worth = worth.where(truth["status"] != "gone", 0.0) * truth["silent_13w"]
    return pd.Series(worth.to_numpy(), pd.Index(truth["customer_id"]))


def recent_today(company: Company) -> pd.DataFrame:
    measures = ["recency_days", "purchases", "spend"]
    today = company.today
    return churn.snapshots(
        company, today, window_weeks=WINDOW, horizon_weeks=None, features=measures
    )


def person_of(truth: pd.DataFrame) -> pd.Series[Any]:
    return truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])
