"""What to suggest to whom next: what is bought together, what comes next, what a box adds.

All starts from *counts*: a row per customer, a column per product, how often each was bought
(`pandas.crosstab`). `pairs` and `cosine` say what is bought by the same people, `scores` turns a
rule into a score for every customer and product, `top` takes the best. `hit_rate` judges a list on
what came afterwards. From a log of suggestions, `inverse_propensity` says what would have come if
all had been shown the same, and `extra` what came because it was shown, where some were held out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from mktlab.schema import MktlabError
from mktlab.show.words import say

RULES = ("popular", "again", "related")
Z95 = float(norm.ppf(0.975))


def pairs(counts: pd.DataFrame) -> pd.DataFrame:
    """Which products are bought by the same customers, and how far beyond what sells anyway.

    Parameters
    ----------
    counts
        A row per customer (or per order), a column per product; above 0 where it was bought.

    Returns
    -------
    A row per ordered pair: `item`, `other`, `both` (customers), `share` of the buyers of `item` who
    bought `other`, `lift` (that share over the share of all), and `cosine`, both over the geometric
    mean of the two numbers of buyers. The pair bought most comes first.

    Examples
    --------
    >>> counts = pd.DataFrame({"tea": [1, 2, 0, 0], "box": [1, 0, 1, 1]})
    >>> pairs(counts).round(2)  # one of two tea buyers bought a box, as three of four did
      item other  both  share  lift  cosine
    0  box   tea     1   0.33  0.67    0.41
    1  tea   box     1   0.50  0.67    0.41
    """
    has = _bought(counts)
    if has.shape[1] < 2:
        raise MktlabError(say("counts has one product: two are needed for a pair."))
    buyers, names = has.sum(axis=0), counts.columns.to_numpy()
    both = has.T @ has
    item, other = np.nonzero(~np.eye(len(names), dtype=bool))
    together = both[item, other]
    share = together / np.maximum(buyers[item], 1)
    table = pd.DataFrame(
        {
            "item": names[item],
            "other": names[other],
            "both": together.astype(int),
            "share": share,
            "lift": share / np.maximum(buyers[other], 1) * len(has),
            "cosine": together / np.sqrt(np.maximum(buyers[item] * buyers[other], 1)),
        }
    )
    return table.sort_values(
        ["both", "item", "other"], ascending=[False, True, True], ignore_index=True
    )


def cosine(counts: pd.DataFrame) -> pd.DataFrame:
    """How alike the customers of any two products are: 0 if nobody buys both, 1 if all do.

    The cosine similarity of item-to-item recommendations (Sarwar, Karypis, Konstan & Riedl, 2001).

    Parameters
    ----------
    counts
        A row per customer, a column per product; above 0 where it was bought.

    Returns
    -------
    A row and a column per product; 0 between a product and itself, which tells nothing.

    Examples
    --------
    >>> counts = pd.DataFrame({"tea": [1, 1, 0], "cup": [1, 1, 0], "box": [0, 1, 1]})
    >>> cosine(counts).round(2).loc["tea"].tolist()  # to tea, cup and box
    [0.0, 1.0, 0.5]
    """
    has = _bought(counts)
    length = np.sqrt(np.maximum(has.sum(axis=0), 1))
    alike = has.T @ has / np.outer(length, length) * (1 - np.eye(has.shape[1]))
    return pd.DataFrame(alike, index=counts.columns, columns=counts.columns)


def scores(counts: pd.DataFrame, rule: str) -> pd.DataFrame:
    """How much a rule wants to suggest each product to each customer.

    Parameters
    ----------
    counts
        A row per customer, a column per product: how often it was bought.
    rule
        `popular`: customers who bought it. `again`: how often the customer did, then popular ones.
        `related`: the cosine with all that the customer bought; never what she knows.

    Returns
    -------
    A row per customer, a column per product. What is not to be suggested has minus infinity.

    Examples
    --------
    >>> counts = pd.DataFrame({"tea": [1, 3, 0], "cup": [1, 0, 0], "box": [0, 1, 1]})
    >>> scores(counts, "again").round(2).loc[1].tolist()  # three teas, then a box
    [3.5, 0.25, 1.5]
    """
    if rule not in RULES:
        raise MktlabError(
            say("rule is {rule}: it is one of {rules}.", rule=rule, rules=", ".join(RULES))
        )
    has = _bought(counts)
    if rule == "related":
        known = has @ cosine(counts).to_numpy()
        return _like(counts, np.where(has > 0, -np.inf, known))
    popular = np.tile(has.sum(axis=0), (len(counts), 1))
    if rule == "popular":
        return _like(counts, popular)
    return _like(counts, counts.to_numpy(dtype=float) + popular / (1 + len(counts)))


def top(scored: pd.DataFrame, k: int = 3) -> pd.DataFrame:
    """The products with the highest scores of each customer.

    Parameters
    ----------
    scored
        A row per customer, a column per product: `scores`, or scores times margins.
    k
        Products for each, at most. Of equal ones the first by name is taken.

    Returns
    -------
    `customer_id`, `rank` from 1 and `product_id`.

    Examples
    --------
    >>> scored = pd.DataFrame({"box": [1.0, 2.0], "tea": [3.0, 2.0]}, index=["Ada", "Ben"])
    >>> top(scored, k=1).to_numpy().tolist()
    [['Ada', 1, 'tea'], ['Ben', 1, 'box']]
    """
    by_name = scored.sort_index(axis=1)
    value = by_name.to_numpy(dtype=float)
    place = np.argsort(-value.round(9), axis=1, kind="stable")[:, :k]
    table = pd.DataFrame(
        {
            "customer_id": np.repeat(by_name.index.to_numpy(), place.shape[1]),
            "rank": np.tile(np.arange(1, place.shape[1] + 1), len(by_name)),
            "product_id": by_name.columns.to_numpy()[place.ravel()],
        }
    )
    kept = np.take_along_axis(value, place, axis=1).ravel() > -np.inf
    return table[kept].reset_index(drop=True)


@dataclass(frozen=True)
class Rate:
    """A share with its 95% interval, and what it rests on.

    `rows` are the customers or suggestions counted, `effective` how many of equal weight would
    tell as much.
    """

    share: float
    low: float
    high: float
    rows: int
    effective: float


def hit_rate(suggested: pd.DataFrame, bought: pd.DataFrame) -> Rate:
    """Share of the customers who then bought at least one of their suggestions: hit rate at k.

    Parameters
    ----------
    suggested
        `customer_id` and `product_id`, k rows for each customer (`top`).
    bought
        `customer_id` and `product_id` of the days afterwards. Customers who bought nothing in them
        are not judged.

    Returns
    -------
    The rate with the Wilson interval: a customer is one draw, however many products she buys.

    Examples
    --------
    >>> suggested = pd.DataFrame({"customer_id": ["Ada", "Ben"], "product_id": ["tea", "tea"]})
    >>> bought = pd.DataFrame({"customer_id": ["Ada", "Ben"], "product_id": ["tea", "box"]})
    >>> hit_rate(suggested, bought).share
    0.5
    """
    keys = ["customer_id", "product_id"]
    judged = suggested[suggested["customer_id"].isin(bought["customer_id"])]
    found = judged.merge(bought[keys].drop_duplicates(), on=keys)
    people, hits = judged["customer_id"].nunique(), found["customer_id"].nunique()
    if people == 0:
        raise MktlabError(
            say("Nobody with a suggestion bought anything afterwards: give a longer time.")
        )
    share, more = hits / people, Z95**2 / people
    middle = (share + more / 2) / (1 + more)
    half = Z95 * np.sqrt(share * (1 - share) / people + more / people / 4) / (1 + more)
    return Rate(share, float(middle - half), float(middle + half), people, float(people))


def followed(log: pd.DataFrame, bought: pd.DataFrame, *, days: int) -> pd.Series[bool]:
    """Whether each suggestion was followed by a purchase of its product.

    Parameters
    ----------
    log
        A row per suggestion: `customer_id`, `product_id` and `date`; its index names each row once.
    bought
        A row per line bought: `customer_id`, `product_id` and `order_date`.
    days
        Days in which a purchase counts, the day of the suggestion included.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-01")
    >>> log = pd.DataFrame({"customer_id": ["Ada"], "product_id": ["tea"], "date": [day]})
    >>> bought = log.rename(columns={"date": "order_date"})
    >>> followed(log, bought, days=1).tolist()
    [True]
    """
    keys = ["customer_id", "product_id"]
    rows = log[[*keys, "date"]].assign(row=log.index)
    both = rows.merge(bought[[*keys, "order_date"]], on=keys)
    since = (both["order_date"] - both["date"]).dt.days
    return pd.Series(log.index.isin(both.loc[since.between(0, days - 1), "row"]), index=log.index)


def inverse_propensity(log: pd.DataFrame, outcome: str, *, clip: float = np.inf) -> Rate:
    """What would have come if every product had been shown to everyone equally often.

    Who was likely to be shown it counts little, who was unlikely much: each row weighs
    1 / probability (Horvitz & Thompson, 1952), and the weights are divided by their sum.

    Parameters
    ----------
    log
        The rows that were shown: the outcome, `customer_id`, and `probability`, the chance with
        which this product was picked for this customer; above 0.
    outcome
        Column: whether it was bought, or a number.
    clip
        The largest weight: less luck, for a little bias.

    Returns
    -------
    The weighted share, with an interval clustered by customer; `effective` is the sum of the
    weights squared over the sum of their squares.

    Examples
    --------
    >>> log = pd.DataFrame({"bought": [1, 0], "probability": [0.5, 0.1], "customer_id": [1, 2]})
    >>> round(inverse_propensity(log, "bought").share, 3)  # weights 2 and 10
    0.167
    """
    chance = log["probability"].to_numpy(dtype=float)
    if not len(log) or not ((chance > 0) & (chance <= 1)).all():
        raise MktlabError(
            say("probability must lie above 0, and at most at 1, in every row of the log.")
        )
    weight = np.minimum(1 / chance, clip)
    value = log[outcome].to_numpy(dtype=float)
    share = float((weight * value).sum() / weight.sum())
    error = _clustered(weight * (value - share) / weight.sum(), log["customer_id"])
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    return Rate(share, share - Z95 * error, share + Z95 * error, len(log), effective)


def extra(log: pd.DataFrame, outcome: str, *, by: str = "rule", per: int = 1_000) -> pd.DataFrame:
    """What came because it was shown: shown less held out, where a draw decided who was.

    Parameters
    ----------
    log
        A row per suggestion, shown or not: the outcome, `customer_id`, and `held_out`, whether a
        draw kept it from being shown.
    outcome
        Column: whether it was bought, or what it brought.
    by
        Column: groups to tell apart.
    per
        So many suggestions the numbers are for.

    Returns
    -------
    For each group `shown`, `held_out`, `extra`, and the ends of its 95% interval, `low` and `high`,
    clustered by customer. A group with fewer than two rows on a side has no interval.

    Examples
    --------
    >>> log = pd.DataFrame({"bought": [1, 1, 0, 1], "held_out": [False, False, True, True]})
    >>> log = log.assign(rule="again", customer_id=[1, 2, 3, 4])
    >>> extra(log, "bought")[["shown", "held_out", "extra"]].to_numpy().tolist()
    [[1000.0, 500.0, 500.0]]
    """
    found = {}
    for name, rows in log.groupby(by):
        left, value = rows["held_out"].to_numpy(dtype=bool), rows[outcome].to_numpy(dtype=float)
        sizes = int((~left).sum()), int(left.sum())
        if min(sizes):
            shown, without = float(value[~left].mean()), float(value[left].mean())
            score = np.where(left, (without - value) / sizes[1], (value - shown) / sizes[0])
            error = _clustered(score, rows["customer_id"]) if min(sizes) > 1 else np.nan
            low, high = (shown - without + end * error for end in (-Z95, Z95))
            found[name] = [shown, without, shown - without, low, high]
    names = ["shown", "held_out", "extra", "low", "high"]
    table = pd.DataFrame.from_dict(found, orient="index", columns=names, dtype=float)
    return per * table.rename_axis(by)


def _bought(counts: pd.DataFrame) -> npt.NDArray[np.float64]:
    """1 where a customer has bought a product, else 0."""
    if not counts.size:
        raise MktlabError(say("counts is empty: give a row per customer and a column per product."))
    return np.asarray(counts.to_numpy(dtype=float) > 0, dtype=float)


def _like(counts: pd.DataFrame, value: npt.NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame(value, index=counts.index, columns=counts.columns)


def _clustered(score: npt.NDArray[np.float64], each: pd.Series[str]) -> float:
    """Standard error of a sum of scores, where rows of the same person belong together."""
    sums = pd.Series(score).groupby(each.to_numpy()).sum().to_numpy()
    return float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)))
