"""What a new product earns, less what it takes from the goods beside it, from a test by lot.

Some people were shown the product, each at one price that was drawn, and some were not (holdout).
`replaced` says how much margin of other goods each piece takes away, `take_up` how many pieces
people buy at any price, and `contribution` puts both together: margin per person.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm

from mktlab.experiments import adjusted_effect
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

SIDE = "_shown"


def _checked(test: pd.DataFrame, by: str, pieces: str) -> pd.DataFrame:
    """The test with a flag of who was shown the product; each group has buyers and a holdout."""
    columns = [by, "price", pieces, "margin", "margin_before"]
    need_columns(columns, test.columns, of="test")
    rows = test.assign(**{SIDE: test["price"].notna()})
    if not len(rows):
        raise MktlabError(say("The test has no rows."))
    for name, some in rows.groupby(by, observed=True):
        seen = some[some[SIDE]]
        if len(seen) < 2 or len(some) - len(seen) < 2 or not seen[pieces].sum() > 0:
            raise MktlabError(
                say(
                    "The group {name} needs people with a price, some of whom bought, and people "
                    "without a price (a holdout).",
                    name=str(name),
                )
            )
    return rows


def replaced(test: pd.DataFrame, *, by: str = "group", pieces: str = "blends") -> pd.DataFrame:
    """Margin of other goods that each piece takes away, by group.

    Parameters
    ----------
    test
        A row per person who was drawn: `price` (empty in the holdout), the pieces bought, `margin`
        of all other goods since, and `margin_before`.
    by
        Column of the groups.
    pieces
        Column of the pieces bought.

    Returns
    -------
    A row per group (index): `each`, in the currency of `margin`, with the ends of its 95% interval,
    `low` and `high`.

    Raises
    ------
    MktlabError
        If a group has no holdout, or nobody who bought.

    Notes
    -----
    The loss of a person who is shown the product (`experiments.adjusted_effect`, with
    `margin_before` taken out) over the pieces that such a person buys; the interval by the delta
    method. Buyers are compared with nobody: whoever buys is another kind of person.

    References
    ----------
    Deng, A., Xu, Y., Kohavi, R., & Walker, T. (2013). Improving the sensitivity of online
    controlled experiments by utilizing pre-experiment data. *WSDM*.

    Examples
    --------
    Each buys what she bought before; who is shown the product buys 2 pieces, and 6 less of the
    rest.

    >>> test = pd.DataFrame({"group": "all", "price": [20.0, 20, None, None],
    ...     "blends": [2, 2, 0, 0], "margin_before": [30.0, 10, 30, 10],
    ...     "margin": [24.0, 4, 30, 10]})
    >>> replaced(test).round(2).loc["all"].tolist()
    [3.0, 3.0, 3.0]
    """
    found = {}
    for name, rows in _checked(test, by, pieces).groupby(by, observed=True):
        mean = float(rows.loc[rows[SIDE], pieces].mean())
        each = -adjusted_effect(rows, "margin", "margin_before", SIDE).difference / mean
        left = rows.assign(_left=rows["margin"] + each * rows[pieces])
        error = adjusted_effect(left, "_left", "margin_before", SIDE).error / mean
        found[name] = {"each": each, "low": each - 1.96 * error, "high": each + 1.96 * error}
    return pd.DataFrame(found).T.rename_axis(by)


def take_up(
    test: pd.DataFrame, prices: Sequence[float], *, by: str = "group", pieces: str = "blends"
) -> pd.DataFrame:
    """Pieces that a person who is shown the product buys, by group and price.

    Parameters
    ----------
    test, by, pieces
        As for `replaced`.
    prices
        The prices to tell of: those of the test, or others between them.

    Returns
    -------
    A row per price, a column per group.

    Raises
    ------
    MktlabError
        As `replaced`, and with fewer than two prices in the test.

    Notes
    -----
    A Poisson regression: each group has its own level, and each unit of price takes the same share
    of the pieces away from all. So all prices together tell of each.

    Examples
    --------
    Half as many at 20 as at 10, so a quarter at 30:

    >>> test = pd.DataFrame({"group": "all", "price": [10.0, 10, 20, 20, None, None],
    ...     "blends": [5, 3, 3, 1, 0, 0], "margin_before": 1.0, "margin": 1.0})
    >>> take_up(test, [20, 30])["all"].round(3).tolist()
    [2.0, 1.0]
    """
    rows = _checked(test, by, pieces)
    shown = rows[rows[SIDE]]
    if shown["price"].nunique() < 2:
        raise MktlabError(say("The test has one price: two or more tell what a price does."))
    names = list(pd.unique(shown[by].sort_values()))
    middle = float(shown["price"].mean())
    level = np.column_stack([(shown[by] == name).to_numpy(dtype=float) for name in names])
    known = np.column_stack([level, shown["price"].to_numpy(dtype=float) - middle])
    fit = sm.GLM(shown[pieces].to_numpy(dtype=float), known, family=sm.families.Poisson()).fit()
    *levels, slope = fit.params
    asked = np.asarray(prices, dtype=float)
    told = np.exp(np.array(levels)[None, :] + slope * (asked[:, None] - middle))
    return pd.DataFrame(told, pd.Index(asked, name="price"), pd.Index(names, name=by))


def contribution(
    test: pd.DataFrame,
    prices: Sequence[float],
    *,
    cost: float,
    vat: float = 0.0,
    by: str = "group",
    pieces: str = "blends",
) -> pd.DataFrame:
    """Margin that a person who is shown the product brings, more than one who is not.

    Parameters
    ----------
    test, by, pieces, prices
        As for `take_up`.
    cost
        Of making one piece, in the currency of the prices.
    vat
        Share of tax on the price; 0 where prices have no tax in them.

    Returns
    -------
    A row per price, a column per group: pieces times what each leaves after tax, its cost, and what
    it takes from other goods.

    Examples
    --------
    One piece each at 10 costs 4, and takes 1 from the rest: 5 are left.

    >>> test = pd.DataFrame({"group": "all", "price": [10.0, 10, 20, 20, None, None],
    ...     "blends": [2, 0, 2, 0, 0, 0], "margin_before": [3.0, 5, 3, 5, 3, 5],
    ...     "margin": [2.0, 4, 2, 4, 3, 5]})
    >>> contribution(test, [10, 20], cost=4)["all"].round(2).tolist()
    [5.0, 15.0]
    """
    bought = take_up(test, prices, by=by, pieces=pieces)
    leaves = pd.Series(bought.index, bought.index) / (1 + vat) - cost
    lost = replaced(test, by=by, pieces=pieces)["each"]
    each = leaves.to_numpy()[:, None] - lost[bought.columns].to_numpy()[None, :]
    return bought.mul(each)
