"""What a list of people is worth, and how well a score ranks those whom an offer changes.

`policy_value` adds up a list, doubly robust, with an interval; `uplift_at` is the difference among
the first of a ranking, and `qini` draws the whole ranking, by one definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.experiments.people import Effect
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.uplift.learners import scores
from mktlab.uplift.people import Column, by_row, checked, numbers


class Qini(NamedTuple):
    """A curve and its area: how much better than chance a ranking finds whom an offer changes.

    Attributes
    ----------
    curve
        `share` of all people who get the offer, best score first, and `gained`: good outcomes more
        than without the offer, for 100 people of the whole table.
    area
        Between the curve and the straight line from 0 to its end, that is a random order, in the
        unit of `gained`.
    """

    curve: pd.DataFrame
    area: float


def policy_value(
    people: pd.DataFrame,
    chosen: Column,
    *,
    features: Sequence[str],
    outcome: str,
    treated: str,
    value: Column | float = 1.0,
    cost: Column | float = 0.0,
    against: Column | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Effect:
    """What it brings to send the offer to a list, more than to nobody, from a randomized test.

    Parameters
    ----------
    people, features, outcome, treated
        As in `effects`. Everybody in the test stands in it, not the list alone.
    chosen
        True for those on the list, by row of `people`. What each row's own outcome decided must not
        decide whether it is chosen: choose by what was known before, or by `cross_fit`.
    value
        What a good outcome is worth, for all or by row, in euros.
    cost
        What the offer to one person costs, for all or by row, in euros.
    against
        Another list: then the difference to that.
    folds, seed
        Of the predictions, as in `cross_fit`.

    Returns
    -------
    The sum over the list in euros (with a `value` of 1 and no cost: good outcomes), with its 95%
    interval: other people might have come by, and another half been drawn.

    Notes
    -----
    Doubly robust: each person counts with the difference of two predictions, plus what the
    prediction of their own group missed, divided by the share drawn for that group. The offer was
    drawn, so a poor prediction makes the interval wider, and never wrong. In 800 made tests it held
    the truth of a given list in 95%, of a list learned from the same test in 92%.

    References
    ----------
    Dudík, M., Langford, J., & Li, L. (2011). Doubly robust policy evaluation and learning. *ICML*.
    Athey, S., & Wager, S. (2021). Policy learning with observational data. *Econometrica*, 89(1).

    Examples
    --------
    Of 8 with the offer 6 stay, of 8 without it 4: for all 16 people, that is 4 more.

    >>> people = pd.DataFrame({"offer": [True] * 8 + [False] * 8, "size": [1, 2] * 8,
    ...                        "stays": [True] * 6 + [False] * 2 + [True] * 4 + [False] * 4})
    >>> all_of_them = policy_value(people, [True] * 16, features=["size"], outcome="stays",
    ...                            treated="offer", folds=2)
    >>> round(all_of_them.difference)
    4
    """
    known = checked(people, features, outcome, treated)
    lists = [by_row(people, "chosen", chosen)]
    lists += [] if against is None else [by_row(people, "against", against)]
    for name, one in zip(("chosen", "against"), lists, strict=False):
        if not np.isin(one, (0, 1)).all():
            raise MktlabError(say("{name} must be true or false in every row.", name=name))
    worth, spent = by_row(people, "value", value), by_row(people, "cost", cost)
    gain = worth * scores(known, numbers(people, features), folds, seed) - spent
    more = gain * (lists[0] - (lists[1] if against is not None else 0))
    return Effect(float(more.sum()), float(np.sqrt(len(more)) * more.std(ddof=1)))


def uplift_at(
    people: pd.DataFrame, score: Column, share: float, *, outcome: str, treated: str
) -> Effect:
    """What the offer changes among the share of people with the highest score.

    Parameters
    ----------
    people, outcome, treated
        As in `effects`.
    score
        By row, higher for those who come first; of equal scores the earlier row comes first.
    share
        Above 0, up to 1.

    Returns
    -------
    Share of good outcomes with the offer less without it, with its 95% interval.

    Examples
    --------
    Of the first four, both with the offer stay, and one of two without it:

    >>> people = pd.DataFrame({"offer": [1, 0, 1, 0, 1, 0], "stays": [1, 1, 1, 0, 0, 1]})
    >>> uplift_at(people, [6, 5, 4, 3, 2, 1], 2 / 3, outcome="stays", treated="offer").difference
    0.5
    """
    known = checked(people, [], outcome, treated)
    if not 0 < share <= 1:
        raise MktlabError(say("share is {share}: above 0, up to 1.", share=share))
    order = np.argsort(-by_row(people, "score", score), kind="stable")
    first = order[: max(1, round(share * len(order)))]
    good, offered = known.good[first], known.offered[first]
    if min(offered.sum(), (~offered).sum()) < 2:
        raise MktlabError(
            say("Among the first there are fewer than 2 of a group: take a larger share.")
        )
    groups = [good[offered], good[~offered]]
    error = np.sqrt(sum(group.var(ddof=1) / len(group) for group in groups))
    return Effect(float(groups[0].mean() - groups[1].mean()), float(error))


def qini(people: pd.DataFrame, score: Column, *, outcome: str, treated: str) -> Qini:
    """The Qini curve of a score, and its area, by one definition.

    Libraries define it in other ways: the same score gets other numbers there. Here, in words:
    people are sorted by score, people of equal scores enter together, and there are straight lines
    between. Of the people so far, `gained` is the good outcomes of those with the offer, less those
    without it times the ratio of both groups *so far*; for 100 with the offer in the whole table.
    So the curve ends at the average effect in points, and its area is in points, too.

    Parameters
    ----------
    people, outcome, treated
        As in `effects`.
    score
        By row, higher for those who come first.

    References
    ----------
    Radcliffe, N. J. (2007). Using control groups to target on predicted lift: Building and
    assessing uplift models. *Direct Marketing Analytics Journal*, 14-21.

    Examples
    --------
    The first two: one of one stays with the offer, none of one without it: 1 of 2 offered, so 50.

    >>> people = pd.DataFrame({"offer": [1, 0, 1, 0], "stays": [1, 0, 0, 0]})
    >>> found = qini(people, [2, 2, 1, 1], outcome="stays", treated="offer")
    >>> found.curve["gained"].tolist(), found.area
    ([0.0, 50.0, 50.0], 12.5)
    """
    known, rank = checked(people, [], outcome, treated), by_row(people, "score", score)
    table = pd.DataFrame({"offered": known.offered, "score": rank}).astype(float)
    table = table.assign(rest=1 - table["offered"], good=known.good * table["offered"])
    table = table.assign(usual=known.good * table["rest"])
    sums = table.groupby("score").sum().sort_index(ascending=False).cumsum()
    ratio = (sums["offered"] / sums["rest"].where(sums["rest"] > 0)).fillna(0)
    gained = 100 * (sums["good"] - sums["usual"] * ratio) / known.offered.sum()
    share = (sums["offered"] + sums["rest"]) / len(table)
    curve = pd.DataFrame({"share": [0.0, *share], "gained": [0.0, *gained]})
    area = float(np.trapezoid(curve["gained"], curve["share"]))
    return Qini(curve, area - float(curve["gained"].iloc[-1]) / 2)
