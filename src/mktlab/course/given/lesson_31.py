"""What lesson 31 and its exercise share: models, the three lists, and what a saved customer brings.

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
MARGIN_RATE = 0.55
WEEKS: dict[str, Any] = {"window_weeks": WINDOW, "horizon_weeks": HORIZON}
OF_FOREST = ["recency_days", "purchases", "spend", "tenure_weeks"]


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


def bought_in(company: Company) -> pd.DataFrame:
    """The purchases, with the money kept."""
    kept = purchases(company.orders)
    return kept.assign(net=kept["revenue"] - kept["refunded"])


@lru_cache(maxsize=8)
def snapshot(company: Company, weeks_ago: int, window: int = WINDOW) -> pd.DataFrame:
    """The recent customers so many weeks ago: silence, purchases, and who churned."""
    cut, weeks = company.today - weeks_ago * WEEK, WEEKS | {"window_weeks": window}
    return churn.snapshots(company, cut, **weeks, features=["recency_days", "purchases"])


def at_all_cuts(company: Company) -> pd.DataFrame:
    """The recent customers at every cut: silence, purchases, and who churned."""
    cuts = churn.cut_days(company, **WEEKS)
    return churn.snapshots(company, cuts, **WEEKS, features=["recency_days", "purchases"])


def churn_by_hand(
    orders: pd.DataFrame, cut: pd.Timestamp, *, window: int = 1000, days: int = 0, back: int = 0
) -> float:
    """Churn from rows of orders: who bought until `days` after the cut, and not from `back` on."""
    day = orders["order_date"]
    until = cut + pd.Timedelta(days=days)
    before = orders.loc[(day >= cut - window * WEEK) & (day < until), "customer_id"].unique()
    after = orders.loc[day >= cut + pd.Timedelta(days=back), "customer_id"]
    return float(1 - pd.Index(before).isin(after).mean())


def latest_cut(company: Company) -> pd.Timestamp:
    """The latest day with a known outcome."""
    return company.today - HORIZON * WEEK


def recent_today(company: Company) -> pd.DataFrame:
    """The recent customers of today."""
    measures = ["recency_days", "purchases", "spend"]
    today = company.today
    return churn.snapshots(
        company, today, window_weeks=WINDOW, horizon_weeks=None, features=measures
    )


def order_margin(company: Company) -> float:
    """Margin of the mean purchase of the last 52 weeks."""
    bought = bought_in(company)
    return float(
        MARGIN_RATE * bought[bought["order_date"] >= company.today - 52 * WEEK]["net"].mean()
    )


def two_aucs(company: Company) -> tuple[Any, Any]:
    """The AUCs of few purchases and of a long silence at the latest cut."""
    table = snapshot(company, HORIZON)
    scores = -table["purchases"], table["recency_days"]
    few, silent = (churn.auc(score, table["churned"]) for score in scores)
    return few, silent
