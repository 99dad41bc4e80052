"""Paid search: what a click brings that would not have come, what to bid, which words to leave.

`rates` moves the rate of each term towards that of its group, the more the fewer its clicks.
`ceilings` says what a click of each ad group is worth: margin, times orders, times the share of
them that a test calls extra. `negatives` holds each term against its own price.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = npt.NDArray[np.float64]
COUNTS = ("clicks", "cost", "orders", "revenue")


def rates(
    counts: pd.DataFrame, top: str, bottom: str, *, within: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Rates of small and large counts, moved towards the rate of their group: empirical Bayes.

    Parameters
    ----------
    counts
        A row per term, or whatever is compared.
    top, bottom
        Columns of counts: orders and clicks, for instance.
    within
        A column; its groups have a rate each. Without it there is one group.
    level
        Confidence, between 0 and 1.

    Returns
    -------
    The table with `rate` (top over bottom), `shrunk`, and `low, high`, which hold in `level` of all
    rows the true rate.

    Raises
    ------
    MktlabError
        When a column is missing, a count is below 0, or nothing at all is counted.

    Notes
    -----
    Counts are Poisson, true rates a gamma distribution around the group's rate. How far they spread
    (the shape of the gamma) is the same in all groups, and found by maximum likelihood (Robbins,
    1956; DuMouchel, 1999), but no more than the orders of the group and one. The interval counts
    that the group's rate is estimated (a variance in the manner of Morris, 1983), not the shape: at
    95% it held the true rate in 92% and 95% of twice 400 made worlds.

    References
    ----------
    DuMouchel, W. (1999). Bayesian data mining in large frequency tables, with an application to
    the FDA spontaneous reporting system. *The American Statistician*, 53(3).

    Examples
    --------
    Nothing in 10 clicks is not nothing: the others say what is usual.

    >>> terms = pd.DataFrame({"orders": [0, 0, 30, 70], "clicks": [10, 500, 500, 500]})
    >>> rates(terms, "orders", "clicks").round(3)
       orders  clicks  rate  shrunk    low   high
    0       0      10  0.00   0.021  0.000  0.145
    1       0     500  0.00   0.001  0.000  0.004
    2      30     500  0.06   0.060  0.041  0.083
    3      70     500  0.14   0.139  0.109  0.174
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln
    from scipy.stats import gamma

    need_columns([top, bottom, *([within] if within else [])], counts, of=say("The table"))
    y, n = counts[top].to_numpy(float), counts[bottom].to_numpy(float)
    if not (y >= 0).all() or not (n >= 0).all() or y.sum() == 0 or n.sum() == 0:
        raise MktlabError(
            say(
                "{top} and {bottom} hold no rate: give counts of 0 or more, and some of each.",
                top=top,
                bottom=bottom,
            )
        )
    group = counts[within] if within else pd.Series(0, index=counts.index)
    sums = counts[[top, bottom]].groupby(group).transform("sum").to_numpy(float)
    sizes = group.groupby(group).transform("size").to_numpy(float)
    usual = (sums[:, 0] + y.sum() / n.sum()) / (sums[:, 1] + 1)

    def unlikely(log_shape: float) -> float:
        a = np.exp(log_shape)
        b = a / usual
        fits = (
            gammaln(a + y) - gammaln(a) - a * np.log1p(n / b) + y * np.log(usual / a / (1 + n / b))
        )
        return -float(fits.sum())

    found = float(np.exp(minimize_scalar(unlikely, bounds=(-4, 8), method="bounded").x))
    shape = np.minimum(found, sums[:, 0] + 1)  # what is usual is no surer than the group's orders
    a, b = shape + y, shape / usual + n
    prior = shape / usual / b  # the part of the group in what is said of the term
    unsure = (prior * usual) ** 2 * (1 / (shape * sizes) + 1 / (sums[:, 0] + 1))
    a = (a / b) ** 2 / (a / b**2 + unsure)  # a gamma with the mean as it is and that variance, too
    middle = (shape + y) / b
    low, high = gamma.ppf([[(1 - level) / 2], [(1 + level) / 2]], a) * middle / a
    rate = np.divide(y, n, out=np.full_like(y, np.nan), where=n > 0)
    return counts.assign(rate=rate, shrunk=middle, low=low, high=high)


def ceilings(
    terms: pd.DataFrame,
    sides: pd.DataFrame | None = None,
    *,
    margin: float,
    level: float = 0.95,
) -> pd.DataFrame:
    """What a click of each ad group is worth: the most to bid for it.

    Parameters
    ----------
    terms
        The report of the search campaigns: `week, ad_group, clicks, cost, orders, revenue`.
    sides
        The platform's test: `week, ad_group, held_out, orders`, both sides as large. Without it
        every order that the platform counts is taken as extra, which is too many.
    margin
        Margin over revenue, between 0 and 1.
    level
        Of the interval.

    Returns
    -------
    A row per `ad_group`: `clicks, orders`, `extra` (orders that would not have come), `share` (of
    the orders counted), `price` (paid for a click), and `ceiling, low, high` (margin of the extra
    orders for a click), in the currency of the company.

    Raises
    ------
    MktlabError
        When a column is missing, `margin` is no share, or a group of `terms` is not in `sides`.

    Notes
    -----
    Weeks are the draws: the interval of the extra orders is that of a mean of their weekly
    differences (Student's t). What an order is worth is taken as known.

    Examples
    --------
    Of 10 orders in 100 clicks 4 are extra, each has a margin of 20: a click is worth 0.80.

    >>> weeks = pd.to_datetime(["2025-03-03", "2025-03-10"])
    >>> terms = pd.DataFrame({"week": weeks, "ad_group": "tea", "clicks": 50, "cost": 45.0,
    ...     "orders": 5, "revenue": 200.0})
    >>> sides = pd.DataFrame({"week": [*weeks, *weeks], "ad_group": "tea",
    ...     "held_out": [False, False, True, True], "orders": [8, 7, 6, 5]})
    >>> ceilings(terms, sides, margin=0.5).iloc[0][["extra", "share", "price", "ceiling"]].to_list()
    [4.0, 0.4, 0.9, 0.8]
    """
    from scipy.stats import t

    _check(terms, ("week", "ad_group", *COUNTS), margin)
    sums = terms.groupby("ad_group")[list(COUNTS)].sum()
    if sides is None:
        weekly = terms.groupby(["week", "ad_group"])["orders"].sum()
    else:
        weekly = _differences(sides, sums.index)
    each = weekly.groupby("ad_group")
    extra, size = each.sum(), each.size()
    spread = each.std().fillna(extra.abs() ** 0.5)  # of one week, that of rare events
    error = spread * np.sqrt(size) * t.ppf((1 + level) / 2, (size - 1).clip(lower=1))
    value = margin * sums["revenue"] / sums["orders"].where(sums["orders"] > 0) / sums["clicks"]
    return pd.DataFrame(
        {
            "clicks": sums["clicks"],
            "orders": sums["orders"],
            "extra": extra.astype(float),
            "share": extra / sums["orders"],
            "price": sums["cost"] / sums["clicks"],
            "ceiling": extra * value,
            "low": (extra - error) * value,
            "high": (extra + error) * value,
        }
    )


def negatives(
    terms: pd.DataFrame,
    sides: pd.DataFrame | None = None,
    *,
    margin: float,
    level: float = 0.95,
) -> pd.DataFrame:
    """Each search term against its own price: to be left out, to be kept, or to be waited for.

    Parameters
    ----------
    terms, sides, margin, level
        As for `ceilings`; of `terms`, `search_term`, too.

    Returns
    -------
    A row per `ad_group, search_term`: `clicks, cost, orders`; `rate, shrunk, low, high`, the orders
    for a click (see `rates`); `needed`, the rate at which a click earns its price; `saved`, what
    the clicks cost beyond the margin of their extra orders at the rate `shrunk`; and `verdict`:
    "cut" where even `high` is below `needed`, "keep" where `low` is above it, else "wait".

    Notes
    -----
    The interval is that of the rate. What an order of the group brings is taken as known.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-03")
    >>> terms = pd.DataFrame({"week": day, "ad_group": "tea", "clicks": [200, 200, 4],
    ...     "search_term": ["tea", "tea set", "x"], "cost": [100.0, 100, 2],
    ...     "orders": [20, 0, 0], "revenue": [800.0, 0, 0]})
    >>> found = negatives(terms, margin=0.5)  # an order brings 20, a click costs .5
    >>> found[["search_term", "needed", "verdict"]]
      search_term  needed verdict
    0         tea   0.025    keep
    1     tea set   0.025     cut
    2           x   0.025    wait
    """
    groups = ceilings(terms, sides, margin=margin, level=level)
    need_columns(["search_term"], terms, of="search_terms")
    keys = ["ad_group", "search_term"]
    each = terms.groupby(keys, as_index=False)[["clicks", "cost", "orders"]].sum()
    each = each[each["clicks"] > 0].reset_index(drop=True)
    found = rates(each, "orders", "clicks", within="ad_group", level=level)
    worth = groups["ceiling"] * groups["clicks"] / groups["orders"]  # margin for an order counted
    of_order = found["ad_group"].map(worth)
    needed = (found["cost"] / found["clicks"] / of_order.where(of_order > 0)).fillna(np.inf)
    verdict = np.select([found["high"] < needed, found["low"] > needed], ["cut", "keep"], "wait")
    saved = found["cost"] - found["shrunk"] * found["clicks"] * of_order.fillna(0)
    return found.assign(needed=needed, saved=saved, verdict=verdict)


def _differences(sides: pd.DataFrame, groups: pd.Index[str]) -> pd.Series[float]:
    """Orders of the side that saw ads, less those of the other, by week and group."""
    need_columns(["week", "ad_group", "held_out", "orders"], sides, of="search_lift")
    wide: pd.DataFrame = sides.pivot_table(
        "orders", ["week", "ad_group"], "held_out", aggfunc="sum"
    )
    missing = groups.difference(wide.dropna().index.get_level_values("ad_group"))
    if len(missing) or len(wide.columns) < 2:
        raise MktlabError(
            say(
                "search_lift has no two sides of {groups}: give each ad group of search_terms rows "
                "with held_out true and false, or leave the test out.",
                groups=", ".join(missing) or "–",
            )
        )
    found: pd.Series[float] = (wide[False] - wide[True]).dropna()
    return found[found.index.get_level_values("ad_group").isin(groups)]


def _check(terms: pd.DataFrame, columns: tuple[str, ...], margin: float) -> None:
    need_columns(columns, terms, of="search_terms")
    if isinstance(margin, bool) or not 0 < margin <= 1:
        raise MktlabError(
            say("margin is {margin!r}: give a share of revenue, such as 0.5.", margin=margin)
        )
