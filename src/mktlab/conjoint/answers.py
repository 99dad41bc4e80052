"""What worths tell: money, shares of a shelf, hits in tasks held out, importance of attributes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mktlab.conjoint.coding import KEYS, NONE, refuse, tasks_of
from mktlab.conjoint.logit import ChoiceModel
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns


def willingness(
    model: ChoiceModel, *, price: str = "price", draws: int = 20_000, seed: int = 22
) -> pd.DataFrame:
    """What each part is worth in money: its worth over that of one unit of money.

    A ratio of two estimates has no simple interval: worths are drawn as often as `draws` from the
    normal distribution that the model leaves, and the middle 95% of their ratios kept (Krinsky and
    Robb, 1986). What all worths have in common, such as how carefully people answer, cancels.

    Returns
    -------
    A row per part but the price and leaving: `worth`, `low`, `high`, in the money of the price.

    Raises
    ------
    MktlabError
        When the interval of the price's worth holds 0: then a ratio may be any number.
    """
    table = model.worths
    need_columns([price], table.index, of=say("willingness: the model"))
    if not float(table["high"][price]) < 0:
        problem = say(
            "willingness: people hardly mind the {price} in this study (its worth may be 0), so "
            "nothing can be said in money; ask more people, or show prices further apart.",
            price=price,
        )
        raise MktlabError(problem)
    parts = [part for part in table.index if part not in (price, NONE)]
    centered = np.random.default_rng(seed).standard_normal((draws // 2, len(table)))
    drawn = np.concatenate([centered, -centered]) @ np.linalg.cholesky(model.covariance).T
    worths = pd.DataFrame(drawn + table["worth"].to_numpy(), columns=table.index)
    ratios = -worths[parts].div(worths[price], axis=0)
    low, high = ratios.quantile(0.025), ratios.quantile(0.975)
    worth = -table.loc[parts, "worth"] / table.loc[price, "worth"]
    return pd.DataFrame({"worth": worth, "low": low, "high": high}).rename_axis("part")


def as_in_shop(model: ChoiceModel, times: float = 1.21, *, price: str = "price") -> ChoiceModel:
    """The model of people who pay with their own money: they mind the price `times` as much.

    In a study people name 21% more than they pay (Schmidt and Bijmolt, 2020, over 77 studies),
    unless they must buy what they choose (Ding, 2007). In the middle of the prices shown choices
    stay as they are; intervals are those of the study.
    """
    worths, spans = model.worths.copy(), model.coding.spans
    need_columns([price], spans, of=say("as_in_shop: the model"))
    more = (times - 1) * worths.loc[price]
    worths.loc[price] += more
    if NONE in worths.index:
        worths.loc[NONE] += more["worth"] * sum(spans[price]) / 2
    return replace(model, worths=worths)


def shares(
    model: ChoiceModel, shelf: pd.DataFrame, *, people: pd.DataFrame | None = None
) -> pd.Series[float]:
    """How people would divide among the products of a shelf: simulated shares.

    Parameters
    ----------
    shelf
        A row per product, with the model's attributes; a row of empty ones is leaving without any.
        Without that row everybody buys.
    people
        Worths by person, of `person_worths`: each chooses for herself, then shares are averaged.

    Examples
    --------
    >>> from mktlab.conjoint import choice_model
    >>> shown = pd.DataFrame({"task": [1, 1, 2, 2, 3, 3, 4, 4], "ripe": [True, False] * 4,
    ...                       "chosen": [True, False] * 3 + [False, True]})
    >>> model = choice_model(shown)
    >>> shares(model, pd.DataFrame({"ripe": [True, False, False]})).round(2).tolist()  # 3 : 1 : 1
    [0.6, 0.2, 0.2]
    """
    worths = model.worths[["worth"]].T if people is None else people
    need_columns(model.coding.parts, worths.columns, of=say("shares: people"))
    rows = model.coding.encode(shelf, "shares")
    utility = worths[model.coding.parts].to_numpy() @ rows.T
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    part = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
    return pd.Series(part, shelf.index, name="share")


def hit_rate(
    model: ChoiceModel, choices: pd.DataFrame, *, people: pd.DataFrame | None = None
) -> float:
    """Share of tasks in which people chose what the model calls likeliest: for tasks held out.

    With `people`, worths by person, the means of each person's own are used; all must be known.
    """
    data = tasks_of(choices, model.coding, "hit_rate")
    utility = data.rows @ model.worths["worth"].to_numpy()
    if people is not None:
        people = people.groupby(level=0).mean()
        known = pd.Series(data.names.isin(people.index), data.names)
        refuse(~known, say("is of a person without worths"), "hit_rate")
        own = people.loc[data.names, model.coding.parts].to_numpy()[data.person[data.task]]
        utility = (data.rows * own).sum(axis=1)
    best = np.maximum.reduceat(utility, data.first)
    return float((utility[data.chosen] >= best).mean())


def importance(model: ChoiceModel, *, people: pd.DataFrame | None = None) -> pd.Series[float]:
    """How much of a choice hangs on each attribute: the span of its worths over that of all.

    Levels are those shown, so a wider range of prices makes the price more important. With `people`
    it is the average of each person's importances; without, that of the average worths, in which
    likes and dislikes cancel.
    """
    worths = model.worths[["worth"]].T if people is None else people
    spans = {}
    for name, known in model.coding.levels.items():
        of_levels = np.zeros((len(worths), len(known)))
        of_levels[:, 1:] = worths[[f"{name}: {level}" for level in known[1:]]]
        spans[name] = np.ptp(of_levels, axis=1)
    for name, (low, high) in model.coding.spans.items():
        spans[name] = np.abs(worths[name].to_numpy(dtype=float)) * (high - low)
    table = pd.DataFrame(spans)
    return table.div(table.sum(axis=1), axis=0).mean().rename("importance")


def straight_liners(choices: pd.DataFrame, *, least: int = 5) -> pd.Index:
    """Who chose the same place in every task, of those who had `least` tasks or more.

    Examples
    --------
    >>> rows = [(who, task, place) for who in "AB" for task in range(5) for place in (1, 2)]
    >>> shown = pd.DataFrame(rows, columns=["respondent_id", "task", "alternative"])
    >>> shown["chosen"] = shown["alternative"] == np.where(shown["respondent_id"] == "A", 1,
    ...     1 + shown["task"] % 2)
    >>> straight_liners(shown).tolist()
    ['A']
    """
    need_columns(KEYS, choices.columns, of=say("straight_liners: choices"))
    places = choices[choices["chosen"].astype(bool)].groupby("respondent_id")["alternative"]
    told = places.agg(["nunique", "size"])
    return told.index[(told["nunique"] == 1) & (told["size"] >= least)].sort_values()
