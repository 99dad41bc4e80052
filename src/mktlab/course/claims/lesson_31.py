"""What lesson 31 claims: who ranks best, what a shuffle promises, and which list earns least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from mktlab import churn
from mktlab.course.claims import Claim
from mktlab.course.questions.given_31 import (
    HORIZON,
    forest,
    lists_of,
    risk_of,
    scored_today,
    worth_of_saving,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, SUCCESS, COST = 26, 0.25, 2.0


class Ranked(NamedTuple):
    """The latest cut, with the risks that the earlier ones taught."""

    train: pd.DataFrame
    test: pd.DataFrame


def _ranked(company: Company) -> Ranked:
    cuts = churn.cut_days(company, window_weeks=WINDOW, horizon_weeks=HORIZON)
    past = churn.snapshots(company, cuts, window_weeks=WINDOW, horizon_weeks=HORIZON)
    train, test = churn.split(past)
    both = risk_of(train, past)
    risk = past.assign(risk=both)
    return Ranked(risk.loc[train.index], risk.loc[test.index])


def model_leads(company: Company) -> bool:
    """Boosting ranks better than the longest silence, by the paired test."""
    test = _ranked(company).test
    return churn.auc_difference(test["risk"], test["recency_days"], test["churned"]).low > 0


def season_helps(company: Company) -> bool:
    """Moved by the error of the same quarter of last year, the prediction is nearer."""
    train, test = _ranked(company)
    cut = test["cut_date"].iloc[0]
    year_ago = train[train["cut_date"] == cut - pd.Timedelta(weeks=52)]
    shift = (year_ago["churned"] - year_ago["risk"]).mean()
    off = (test["risk"] - test["churned"]).mean()
    return bool(abs(off + shift) < abs(off))


def shuffle_flatters(company: Company) -> bool:
    """On the same customers a forest that saw shuffled time has the higher AUC."""
    cut = company.today - pd.Timedelta(weeks=HORIZON)
    cuts = pd.date_range(cut, cut - pd.Timedelta(weeks=52), freq="-28D")
    rows = churn.snapshots(company, cuts, window_weeks=WINDOW, horizon_weeks=HORIZON)
    drawn = rows.sample(frac=0.75, random_state=4)
    judge = rows.drop(drawn.index).query("cut_date == @cut")
    past = rows[rows["cut_date"] <= cut - pd.Timedelta(weeks=HORIZON)]
    shuffled, honest = (risk_of(r, judge, forest()) for r in (drawn, past))
    return churn.auc_difference(shuffled, honest, judge["churned"]).difference > 0


def _earned(company: Company) -> dict[str, float]:
    """The true profit of a card, on average, by the list that it is sent to."""
    now = scored_today(company, WINDOW)
    truth = company.truth.customers
    twice = truth["duplicate_of"] != ""
    single = ~twice & ~truth["customer_id"].isin(truth["duplicate_of"])
    worth = worth_of_saving(company)[single.to_numpy()]
    rows = now.merge(worth.rename("worth"), left_on="customer_id", right_index=True)
    rows = rows.assign(gain=SUCCESS * rows["worth"] - COST)
    means = {name: float(chosen["gain"].mean()) for name, chosen in lists_of(rows).items()}
    return means | {"drawn": float(rows["gain"].mean())}


def highest_risks_lose(company: Company) -> bool:
    """The fifth with the highest risk earns less than customers drawn at random."""
    earned = _earned(company)
    return earned["riskiest"] < earned["drawn"]


def model_says_whom_not(company: Company) -> bool:
    """The longest silence earns more without the fifth with the highest risk."""
    earned = _earned(company)
    return earned["silent_without_them"] > earned["silent"]


CLAIMS = (
    Claim(
        say("Gradient boosting ranks better than the longest silence, by the paired test."),
        model_leads,
        at_least=18,
    ),
    Claim(
        say("A forest that was tested on shuffled time promises more than it keeps."),
        shuffle_flatters,
        at_least=18,
    ),
    Claim(
        say(
            "Moving the risks by last year's error of the same quarter brings them closer to what "
            "happened."
        ),
        season_helps,
        at_least=16,
    ),
    Claim(
        say(
            "Cards to the fifth with the highest risk earn less than cards to customers drawn at "
            "random."
        ),
        highest_risks_lose,
        at_least=18,
    ),
    Claim(
        say("Without that fifth, the customers who have been silent the longest earn more."),
        model_says_whom_not,
        at_least=18,
    ),
)
