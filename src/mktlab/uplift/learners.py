"""Whom an offer changes: four learners of uplift.

`effects` learns from the people of a randomized test and tells of others; `cross_fit` tells of the
same people, of each fold by the others. `chance` needs no offer; `scores` are for `policy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns
from mktlab.uplift.people import Floats, Known, checked, flags, numbers, parts

Learner = Literal["S", "T", "X", "DR"]


def effects(
    people: pd.DataFrame,
    others: pd.DataFrame,
    *,
    features: Sequence[str],
    outcome: str,
    treated: str,
    learner: Learner = "T",
) -> pd.Series[float]:
    """Learn from people in a randomized test, and tell of others what the offer changes.

    Parameters
    ----------
    people
        A row per person of the test.
    others
        Those of whom nothing but the features is known.
    features
        Columns of both, known before the offer. Empty cells are filled with the median.
    outcome, treated
        Columns of `people` with true or false: the good outcome, and who was drawn for the offer.
    learner
        "S": one model, in which the offer is one more feature. "T": two models, one for those with
        the offer, one for those without. "X": what each model of T misses in the *other* group is
        learned once more. "DR": T's predictions, corrected by what happened, are learned once more.

    Returns
    -------
    Change of the chance of the good outcome, -1 to 1, by row of `others`.

    Raises
    ------
    MktlabError
        If a column is missing or not true or false, or a group has one outcome only.

    Notes
    -----
    Outcomes are learned by logistic regression, effects (X, DR) by linear regression: with a few
    thousand people more flexible models learn chance. For DR, models of one half predict the other.

    References
    ----------
    Künzel, S. R., Sekhon, J. S., Bickel, P. J., & Yu, B. (2019). Metalearners for estimating
    heterogeneous treatment effects using machine learning. *PNAS*, 116(10). Kennedy, E. H. (2023).
    Towards optimal doubly robust estimation of heterogeneous causal effects. *Electronic Journal of
    Statistics*, 17(2).

    Examples
    --------
    The offer keeps those who buy on deals, and hardly anybody else:

    >>> people = pd.DataFrame({"deals": [0, 0, 0, 0, 1, 1, 1, 1] * 5, "offer": [0, 1] * 20,
    ...                        "stays": [0, 0, 1, 1, 0, 1, 0, 1] * 5})
    >>> two = pd.DataFrame({"deals": [0, 1]})
    >>> effects(people, two, features=["deals"], outcome="stays", treated="offer").round(1).tolist()
    [0.1, 0.9]
    """
    known = checked(people, features, outcome, treated)
    need_columns(features, others, of="others")
    change = _learned(known, numbers(people, features), numbers(others, features), learner)
    return pd.Series(change, others.index, name="uplift")


def cross_fit(
    people: pd.DataFrame,
    *,
    features: Sequence[str],
    outcome: str,
    treated: str,
    learner: Learner = "T",
    folds: int = 5,
    seed: int = 0,
) -> pd.Series[float]:
    """What the offer changes in each person of the test, learned from the other folds.

    A model flatters itself on the people it learned from: their luck looks like an effect. So
    people are put into folds at random, and each fold is told by a model of the others.

    Parameters
    ----------
    people, features, outcome, treated, learner
        As in `effects`.
    folds
        2 to 20.
    seed
        Of the draw of the folds.

    Returns
    -------
    Change of the chance of the good outcome, by row of `people`.

    References
    ----------
    Chernozhukov, V., et al. (2018). Double/debiased machine learning for treatment and structural
    parameters. *The Econometrics Journal*, 21(1).
    """
    known, x = checked(people, features, outcome, treated), numbers(people, features)
    told = np.empty(len(x))
    for fold in parts(known, folds, seed):
        told[fold] = _learned(known.rows(~fold), x[~fold], x[fold], learner)
    return pd.Series(told, people.index, name="uplift")


def chance(
    people: pd.DataFrame,
    others: pd.DataFrame | None = None,
    *,
    features: Sequence[str],
    outcome: str,
    folds: int = 5,
    seed: int = 0,
) -> pd.Series[float]:
    """The chance of an outcome, by logistic regression: of others, or of the same people.

    Parameters
    ----------
    people, others
        As in `effects`. Without `others` the people are put into folds, and each is told by a model
        of the other folds.
    features, outcome, folds, seed
        As in `cross_fit`; no offer is needed.

    Returns
    -------
    A chance between 0 and 1 by row of `others`, or of `people`.

    Examples
    --------
    >>> people = pd.DataFrame({"silent": [0, 0, 0, 1, 1, 1] * 5, "stays": [1, 1, 0, 0, 0, 1] * 5})
    >>> two = pd.DataFrame({"silent": [0, 1]})
    >>> chance(people, two, features=["silent"], outcome="stays").round(1).tolist()
    [0.6, 0.4]
    """
    need_columns([outcome, *features], people, of="people")
    good, x = flags(people, outcome), numbers(people, features)
    if others is not None:
        need_columns(features, others, of="others")
        told = _classifier(good, x).predict_proba(numbers(others, features))[:, 1]
        return pd.Series(told, others.index, name=outcome)
    told = np.empty(len(good))
    for fold in parts(Known(good, np.zeros(len(good), dtype=bool)), folds, seed):
        told[fold] = _classifier(good[~fold], x[~fold]).predict_proba(x[fold])[:, 1]
    return pd.Series(told, people.index, name=outcome)


def scores(known: Known, x: Floats, folds: int, seed: int) -> Floats:
    """What the offer changes in each person, doubly robust: right on average, one by one noise."""
    told = np.empty((2, len(x)))
    for fold in parts(known, folds, seed):
        told[:, fold] = _chances(known.rows(~fold), x[~fold], x[fold])
    drawn = known.offered.mean()
    missed = np.where(
        known.offered, (known.good - told[1]) / drawn, -(known.good - told[0]) / (1 - drawn)
    )
    return np.asarray(told[1] - told[0] + missed)


def _chances(known: Known, x: Floats, new: Floats) -> Floats:
    """Chance of the good outcome without and with the offer: a model for each group."""
    groups = [
        _classifier(known.good[known.offered == one], x[known.offered == one]) for one in (0, 1)
    ]
    return np.array([model.predict_proba(new)[:, 1] for model in groups])


def _learned(known: Known, x: Floats, new: Floats, learner: Learner) -> Floats:
    if learner not in get_args(Learner):
        raise MktlabError(say("learner is {name!r}: one of S, T, X and DR.", name=learner))
    good, offered = known
    if learner == "S":
        model = _classifier(good, np.column_stack([x, offered]))
        sides = [np.column_stack([new, np.full(len(new), one)]) for one in (0.0, 1.0)]
        without, with_it = (model.predict_proba(side)[:, 1] for side in sides)
        return np.asarray(with_it - without)
    if learner == "DR":
        return np.asarray(_regressor(scores(known, x, 2, 0), x).predict(new))
    if learner == "X":
        without, with_it = _chances(known, x, x)
        own = _regressor((good - without)[offered], x[offered]).predict(new)
        other = _regressor((with_it - good)[~offered], x[~offered]).predict(new)
        drawn = offered.mean()
        return np.asarray(drawn * other + (1 - drawn) * own)
    without, with_it = _chances(known, x, new)
    return np.asarray(with_it - without)


def _classifier(good: Floats, x: Floats) -> Any:
    from sklearn.linear_model import LogisticRegression

    if len(set(good.tolist())) < 2:
        raise MktlabError(say("A group has one outcome only: nothing can be learned from it."))
    return _filled(LogisticRegression(solver="newton-cholesky")).fit(x, good)


def _regressor(change: Floats, x: Floats) -> Any:
    from sklearn.linear_model import LinearRegression

    return _filled(LinearRegression()).fit(x, change)


def _filled(model: Any) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), model
    )
