"""The questions of lesson 31: churn, a paired test, an honest score, a value, and parcels.

`worth_of_saving` reads from the truth what it would bring to win each customer back; it prices the
decision. `lists_of` and `scored_today` are the lesson's own, for its claims, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import churn
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, HORIZON = 39, 13
WEEK = pd.Timedelta(weeks=1)
COST, SUCCESS, MARGIN_RATE, DISCOUNT = 3.5, 0.25, 0.55, 0.025
OF_FOREST = ["recency_days", "purchases", "spend", "tenure_weeks"]

sheet = Sheet("31_churn", cost=COST, success=SUCCESS, margin_rate=MARGIN_RATE)


def _bought(company: Company) -> pd.DataFrame:
    kept = purchases(company.orders)
    return kept.assign(net=kept["revenue"] - kept["refunded"])


def _at(company: Company, weeks_ago: int, window: int = WINDOW, **more: Any) -> pd.DataFrame:
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


@sheet.share()
def churned(
    company: Company, window: int = WINDOW, weeks_ago: int = HORIZON, stayed: bool = False
) -> float:
    share = float(_at(company, weeks_ago, window, features=["purchases"])["churned"].mean())
    return 1 - share if stayed else share


churned.mistake("lesson_window", window=26)
churned.mistake("earlier_cut", weeks_ago=26)
churned.mistake("who_stayed", stayed=True)


@churned.mistake("everybody")
def _of_all_who_ever_bought(company: Company) -> float:
    bought, cut = _bought(company), company.today - HORIZON * WEEK
    before = bought.loc[bought["order_date"] < cut, "customer_id"].unique()
    after = bought.loc[bought["order_date"] >= cut, "customer_id"]
    return float(1 - pd.Index(before).isin(after).mean())


@sheet.number(tolerance=0.00005)
def sure_lead(company: Company, end: str = "low", sign: int = -1, turned: bool = False) -> float:
    """How far few purchases rank better than long silence, at least."""
    table = _at(company, HORIZON, features=["recency_days", "purchases"])
    scores = [sign * table["purchases"], table["recency_days"]]
    one, other = scores[::-1] if turned else scores
    return float(getattr(churn.auc_difference(one, other, table["churned"]), end))


sure_lead.mistake("middle", end="difference")
sure_lead.mistake("upper_end", end="high")
sure_lead.mistake("other_way_round", turned=True)
sure_lead.mistake("upside_down", sign=1)


@sure_lead.mistake("two_intervals")
def _from_two_intervals(company: Company) -> float:
    table = _at(company, HORIZON, features=["recency_days", "purchases"])
    few = churn.auc(-table["purchases"], table["churned"])
    return few.low - churn.auc(table["recency_days"], table["churned"]).high


def _every_4_weeks(company: Company) -> pd.DataFrame:
    cuts = [company.today - (HORIZON + weeks) * WEEK for weeks in range(0, 25, 4)]
    weeks: dict[str, Any] = {"window_weeks": WINDOW, "horizon_weeks": HORIZON}
    return churn.snapshots(company, cuts, **weeks, features=OF_FOREST)


def _auc_of_forest(learn_from: pd.DataFrame, judge: pd.DataFrame) -> float:
    from sklearn.ensemble import RandomForestClassifier

    trees = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    return churn.auc(risk_of(learn_from, judge, trees), judge["churned"]).auc


@sheet.share()
def honest(company: Company, gap: int = HORIZON) -> float:
    """The AUC of a forest that learned from cuts whose outcome was known `gap` weeks later."""
    rows, cut = _every_4_weeks(company), company.today - HORIZON * WEEK
    known = rows[rows["cut_date"] <= cut - gap * WEEK]
    return _auc_of_forest(known, rows[rows["cut_date"] == cut])


honest.mistake("no_gap", gap=1)
honest.mistake("learned_the_test", gap=0)


@honest.mistake("shuffled")
def _of_shuffled_time(company: Company) -> float:
    rows, cut = _every_4_weeks(company), company.today - HORIZON * WEEK
    drawn = rows.sample(frac=0.75, random_state=4)
    rest = rows.drop(drawn.index)
    return _auc_of_forest(drawn, rest[rest["cut_date"] == cut])


@honest.mistake("shuffled_everywhere")
def _of_shuffled_time_at_all_cuts(company: Company) -> float:
    rows = _every_4_weeks(company)
    drawn = rows.sample(frac=0.75, random_state=4)
    return _auc_of_forest(drawn, rows.drop(drawn.index))


@sheet.number()
def year_of_a_return(
    company: Company,
    margin_rate: float = MARGIN_RATE,
    silent_days: int = 91,
    periods: int | None = 3,
    first: bool = True,
) -> float:
    """What a customer who came back after a quarter of silence brings in a year."""
    rows, bought = _at(company, 26, features=["recency_days"]), _bought(company)
    then, cut = company.today - 26 * WEEK, company.today - HORIZON * WEEK
    returned = rows.loc[(rows["recency_days"] > silent_days) & ~rows["churned"], "customer_id"]
    day = bought["order_date"]
    money = bought[(day >= then) & (day < cut)].groupby("customer_id")["net"].sum()
    margin = float(margin_rate * returned.map(money).mean())
    again = float(returned.isin(bought.loc[day >= cut, "customer_id"]).mean())
    rest = churn.residual_value(margin, retention=again, discount=DISCOUNT, periods=periods)
    return margin * first + rest


year_of_a_return.mistake("revenue", margin_rate=1.0)
year_of_a_return.mistake("all_customers", silent_days=-1)
year_of_a_return.mistake("lesson_weeks", silent_days=56)
year_of_a_return.mistake("without_end", periods=None)
year_of_a_return.mistake("first_quarter_missing", first=False)


@year_of_a_return.mistake("one_order")
def _order_margin(company: Company) -> float:
    """Margin of the mean purchase of the last 52 weeks."""
    bought = _bought(company)
    return float(
        MARGIN_RATE * bought[bought["order_date"] >= company.today - 52 * WEEK]["net"].mean()
    )


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


def _recent(company: Company) -> pd.DataFrame:
    measures = ["recency_days", "purchases", "spend"]
    today = company.today
    return churn.snapshots(
        company, today, window_weeks=WINDOW, horizon_weeks=None, features=measures
    )


def _person(truth: pd.DataFrame) -> pd.Series[Any]:
    return truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])


def _worth_a_parcel(company: Company) -> set[str]:
    """One record of every recent customer whose parcel pays."""
    truth = company.truth.customers
    person = _person(truth)
    pays = person.map(SUCCESS * worth_of_saving(company)) > COST
    recent = truth["customer_id"].isin(_recent(company)["customer_id"])
    return set(truth.loc[recent & pays & ~person.where(recent).duplicated(), "customer_id"])


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no model."""
    table, made = _recent(company), dict[str, Any]()
    for most in (1, 2):
        made[f"few_purchases_{most}"] = table["purchases"] <= most
    for column in ("recency_days", "spend"):
        for most in (200, 400, 600, 800, 1000, 1500, 2000):
            made[f"{column}_{most}"] = table[column].rank(method="first", ascending=False) <= most
    made["random_fifth"] = np.random.default_rng(1).random(len(table)) < 0.2
    return {name: set(table.loc[chosen, "customer_id"]) for name, chosen in made.items()}


@sheet.decision(
    best=_worth_a_parcel,
    choices=lambda company: _recent(company)["customer_id"],
    good_enough=0.15,
    guesses=_guesses,
)
def parcels(company: Company, chosen: set[str]) -> float:
    """Profit of the parcels; who has two records is one person, and gets two parcels."""
    truth = company.truth.customers
    people = _person(truth)[truth["customer_id"].isin(chosen)].drop_duplicates()
    return float(SUCCESS * worth_of_saving(company)[people].sum() - COST * len(chosen))


@parcels.mistake("everybody")
def _everybody(company: Company) -> set[str]:
    return set(_recent(company)["customer_id"])


@parcels.mistake("riskiest")
def _riskiest(company: Company) -> set[str]:
    return set(lists_of(scored_today(company))["riskiest"]["customer_id"])


@parcels.mistake("silent")
def _longest_silent(company: Company) -> set[str]:
    table = _recent(company)
    return set(table.nlargest(len(table) // 5, "recency_days")["customer_id"])


@parcels.mistake("one_order")
def _above_the_cut_off_of_one_order(company: Company) -> set[str]:
    table = scored_today(company)
    above = table["risk"] > COST / (SUCCESS * _order_margin(company))
    return set(table.loc[above, "customer_id"])
