"""What the forest of exercise 31 makes of its rows, and what comes of other rows and models."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from mktlab import churn
from mktlab.course.given.lesson_31 import HORIZON, OF_FOREST, WEEK, WEEKS, latest_cut, risk_of

if TYPE_CHECKING:
    from mktlab.company import Company


@lru_cache(maxsize=2)
def every_4_weeks(company: Company) -> pd.DataFrame:
    """Snapshots at seven days, four weeks apart, up to the latest cut."""
    cuts = [company.today - (HORIZON + weeks) * WEEK for weeks in range(0, 25, 4)]
    return churn.snapshots(company, cuts, **WEEKS, features=OF_FOREST)


def other_models() -> list[Any]:
    """Models that somebody fits in place of the forest."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    other_seed = RandomForestClassifier(20, min_samples_leaf=2, random_state=1)
    more_trees = RandomForestClassifier(100, min_samples_leaf=2, random_state=0)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return [logistic, other_seed, more_trees]


def auc_of_forest(learn_from: pd.DataFrame, judge: pd.DataFrame) -> Any:
    """How well the forest ranks some rows after it learned from others."""
    from sklearn.ensemble import RandomForestClassifier

    trees = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    return churn.auc(risk_of(learn_from, judge, trees), judge["churned"])


class Rows(NamedTuple):
    """Rows of `monthly`: those drawn, the rest, the known ones, and those at the cut."""

    drawn: pd.DataFrame
    rest: pd.DataFrame
    known: pd.DataFrame
    judged: pd.DataFrame


def rows_of(company: Company) -> Rows:
    """The rows that exercise 31 hands out, and those that were drawn."""
    rows, cut = every_4_weeks(company), latest_cut(company)
    drawn = rows.sample(frac=0.75, random_state=4)
    known, judged = rows["cut_date"] <= cut - HORIZON * WEEK, rows["cut_date"] == cut
    return Rows(drawn, rows.drop(drawn.index), rows[known], rows[judged])


def foretold(company: Company) -> tuple[Any, Any]:
    """The forest's yes or no for each customer of the cut, and what happened."""
    from sklearn.ensemble import RandomForestClassifier

    rows = rows_of(company)
    trees = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    trees.fit(rows.known[OF_FOREST], rows.known["churned"])
    return trees.predict(rows.judged[OF_FOREST]).astype(int), rows.judged["churned"]


def shuffled(company: Company) -> Any:
    """Learned from the drawn rows, judged by the others at the latest cut."""
    rows = rows_of(company)
    return auc_of_forest(rows.drawn, rows.rest[rows.rest["cut_date"] == latest_cut(company)])


def shuffled_everywhere(company: Company) -> Any:
    """Learned from the drawn rows, judged by all others."""
    rows = rows_of(company)
    return auc_of_forest(rows.drawn, rows.rest)


def learned_the_test(company: Company) -> list[Any]:
    """Learned from rows by which it is judged."""
    rows = rows_of(company)
    pairs = (rows.drawn, rows.judged), (rows.judged, rows.judged), (rows.known, rows.known)
    return [auc_of_forest(*pair) for pair in pairs]


def learned_from_drawn_rows(company: Company) -> Any:
    """Learned from those known rows alone that were drawn."""
    rows = rows_of(company)
    drawn = rows.drawn[rows.drawn.index.isin(rows.known.index)]
    return auc_of_forest(drawn, rows.judged)


def other_parts(company: Company) -> list[Any]:
    """Learned from, or judged by, other parts of the rows."""
    rows = rows_of(company)
    rest = rows.rest[rows.rest["cut_date"] == latest_cut(company)]
    last = rows.known[rows.known["cut_date"] == rows.known["cut_date"].max()]
    others = rows.known.drop(rows.drawn.index, errors="ignore")
    cuts = churn.cut_days(company, **WEEKS)[:-1]
    quarters = churn.snapshots(company, cuts, **WEEKS, features=OF_FOREST)
    every = every_4_weeks(company)
    later = every[every["cut_date"] > rows.known["cut_date"].max()]
    learned = [auc_of_forest(part, rows.judged) for part in (last, others, quarters)]
    return [auc_of_forest(rows.known, rest), auc_of_forest(rows.known, later), *learned]


def of_boosting(company: Company) -> float:
    """How well the boosting of the lesson ranks."""
    rows = rows_of(company)
    return churn.auc(risk_of(rows.known, rows.judged), rows.judged["churned"]).auc


def of_other_scores(company: Company) -> list[float]:
    """How well other models rank, and the silence alone."""
    rows = rows_of(company)
    risks = [risk_of(rows.known, rows.judged, model) for model in other_models()]
    return [churn.auc(s, rows.judged["churned"]).auc for s in (*risks, rows.judged["recency_days"])]


def yes_or_no(company: Company) -> float:
    """How well a yes or no ranks."""
    return churn.auc(*foretold(company)).auc


def accuracy(company: Company) -> list[float]:
    """The share of right guesses."""
    yes, churned_ = foretold(company)
    return [float((yes == churned_).mean())]
