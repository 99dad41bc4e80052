"""A shelf's facings: what they do to sales, and which product gets how many.

`space` measures the elasticity of sales to facings from a rotation of layouts, `heights` what the
levels of the shelf do. `fill` gives facings to products one by one, each to the one that gains
most; `in_proportion` gives them as a textbook does, by what sells today.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
SHELF = ("week", "zone", "product_id", "facings", "level", "pieces")
USUAL_LEVEL = "hand"


def space(shelf: pd.DataFrame, by: str = "product_id") -> pd.DataFrame:
    """Elasticity of sales to facings, with 95% intervals.

    A Poisson regression of the pieces of each layout on the log of the facings and on the level,
    with an effect for each product in each zone and for each product in each period: so neither
    what sells anyway nor the season plays a part. Errors are widened by what pieces vary beyond
    Poisson (t interval).

    Parameters
    ----------
    shelf
        A row per week, zone and product: `week, zone, product_id, facings, level, pieces`.
    by
        Column whose values share an elasticity, such as `category`.

    Returns
    -------
    A row per value of `by` (index): `elasticity`, `error`, `low`, `high`.

    Raises
    ------
    MktlabError
        If a column is missing, or the layouts do not change.

    References
    ----------
    Eisend, M. (2014). Shelf space elasticity: A meta-analysis. *Journal of Retailing*, 90(2).
    """
    found = _fitted(shelf, by)
    found = found.loc[["facings"]].droplevel(0).rename_axis(by)
    return found.rename(columns={"effect": "elasticity"})


def heights(shelf: pd.DataFrame) -> pd.DataFrame:
    """Sales on each level of the shelf over those at the level of the hands, with 95% intervals.

    Parameters
    ----------
    shelf
        As for `space`.

    Returns
    -------
    A row per level (index): `lift` (0.1 is 10% more), `low`, `high`.
    """
    found = _fitted(shelf, "product_id").loc[["level"], ["effect", "low", "high"]]
    lifts = found.droplevel(0).rename_axis("level").transform(np.expm1)
    return lifts.rename(columns={"effect": "lift"})


def _fitted(shelf: pd.DataFrame, by: str) -> pd.DataFrame:
    """Effects by kind ("facings", "level") and name, on the log of sales."""
    need_columns({*SHELF, by}, shelf, of="shelf_weeks", do=say("it says what stood where"))
    cells = _layouts(shelf, by)
    groups = sorted(cells[by].unique())
    levels = sorted(set(cells["level"]) - {USUAL_LEVEL})
    log = np.log(cells["facings"].to_numpy(dtype=float))
    of_group = cells[by].to_numpy()[:, None] == np.array(groups)
    on_level = cells["level"].to_numpy()[:, None] == np.array(levels)
    features = np.column_stack([log[:, None] * of_group, on_level]).astype(float)
    effects = [pd.factorize(cells[name])[0] for name in ("place", "time")]
    count = cells["pieces"].to_numpy(dtype=float)
    effect, spread, mean = _poisson(features, count, effects)
    taken = len(effect) + sum(group.max() + 1 for group in effects) - cells["product_id"].nunique()
    free = max(len(cells) - taken, 1)
    wide = max(float(((count - mean) ** 2 / mean).sum() / free), 1.0)
    error = np.sqrt(wide * np.diag(spread))
    reach = float(stdtrit(free, 0.975)) * error
    names = [("facings", name) for name in groups] + [("level", name) for name in levels]
    table = {"effect": effect, "error": error}
    table |= {"low": effect - reach, "high": effect + reach}
    return pd.DataFrame(table, index=pd.MultiIndex.from_tuples(names))


def _layouts(shelf: pd.DataFrame, by: str) -> pd.DataFrame:
    """Pieces of each product in each zone, from one change of the layout to the next."""
    rows = shelf.sort_values(["zone", "product_id", "week"])
    both = rows.groupby(["zone", "product_id"])
    new = (both["facings"].diff() != 0) | (rows["level"] != both["level"].shift())
    starts = rows[new].groupby("zone")["week"].unique().explode()
    changed = pd.MultiIndex.from_arrays([starts.index, starts.to_numpy()])
    begins = pd.MultiIndex.from_frame(rows[["zone", "week"]]).isin(changed)
    rows = rows.assign(period=rows["week"].where(begins))
    rows["period"] = rows.groupby(["zone", "product_id"])["period"].ffill()
    keys = list(dict.fromkeys(["zone", "product_id", "period", by]))
    cells = rows.groupby(keys, as_index=False).agg(
        facings=("facings", "first"), level=("level", "first"), pieces=("pieces", "sum")
    )
    cells["place"] = cells["product_id"] + " " + cells["zone"]
    cells["time"] = cells["product_id"] + " " + cells["period"].astype("str")
    for effect in ("place", "time"):  # where nothing is sold, nothing is told
        cells = cells[cells.groupby(effect)["pieces"].transform("sum") > 0]
    return cells.reset_index(drop=True)


def _poisson(features: Floats, count: Floats, effects: list[Ints]) -> tuple[Floats, Floats, Floats]:
    """Most likely slopes, their covariance and the fitted means, with an effect for each group.

    Newton's method; the effects of places and times are profiled out by turns.
    """
    slope, mean = np.zeros(features.shape[1]), np.full(len(count), count.mean())
    for _ in range(100):
        for _ in range(10):
            for group in effects:
                mean *= (np.bincount(group, count) / np.bincount(group, mean))[group]
        apart = features.copy()
        for _ in range(10):
            for group in effects:
                total = np.bincount(group, mean)
                for k, column in enumerate(apart.T):
                    apart[:, k] = column - (np.bincount(group, mean * column) / total)[group]
        curve = apart.T @ (mean[:, None] * apart)
        if np.linalg.matrix_rank(curve) < len(slope):
            raise MktlabError(
                say("shelf_weeks: the layouts change too seldom to tell what they do.")
            )
        step = np.linalg.solve(curve, apart.T @ (count - mean)).clip(-1, 1)
        slope, mean = slope + step, mean * np.exp(features @ step)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(slope), np.asarray(np.linalg.inv(curve), dtype=float), np.asarray(mean)


def fill(
    margin: pd.Series[float],
    elasticity: pd.Series[float],
    facings: int = 30,
    *,
    least: int = 1,
    most: int = 12,
) -> pd.Series[int]:
    """Facings for each product, so that the margin of the shelf is largest.

    With f facings a product earns its `margin` times f to the power of its elasticity. Facings are
    given one by one, each to the product that gains most by it: as every further one gains less,
    no other layout earns more.

    Parameters
    ----------
    margin, elasticity
        By product: what it earns with one facing, and its elasticity, 0 to 1.
    facings
        Room on the shelf.
    least, most
        Facings that every product has, and that none exceeds.

    Returns
    -------
    Facings by product; their sum is `facings`.

    Examples
    --------
    >>> margin = pd.Series({"beans": 100.0, "tea": 50.0})
    >>> fill(margin, pd.Series({"beans": 0.05, "tea": 0.3}), facings=6).to_dict()
    {'beans': 1, 'tea': 5}

    A second facing of beans would add 100 x (2^.05 - 1) = 3.5, the fifth of tea
    50 x (5^.3 - 4^.3) = 5.3.
    """
    power = elasticity.reindex(margin.index).to_numpy(dtype=float).clip(0, 1)
    _check_room(len(margin), facings, least, most)
    given = np.full(len(margin), least)
    worth = margin.to_numpy(dtype=float)
    for _ in range(facings - given.sum()):
        gain = worth * ((given + 1.0) ** power - given**power)
        gain[given >= most] = -np.inf
        given[gain.argmax()] += 1
    return pd.Series(given, index=margin.index, name="facings")


def in_proportion(
    value: pd.Series[float], facings: int = 30, *, least: int = 1, most: int = 12
) -> pd.Series[int]:
    """Facings for each product in proportion to a value, such as its margin today.

    So the index of sensitivity, a product's share of the value over its share of the shelf, comes
    as near to 1 as whole facings allow: each goes to the product whose index is highest.

    Parameters
    ----------
    value
        By product, from 0 up.
    facings, least, most
        As for `fill`.

    Examples
    --------
    >>> in_proportion(pd.Series({"beans": 60.0, "tea": 30.0}), facings=6).to_dict()
    {'beans': 4, 'tea': 2}
    """
    _check_room(len(value), facings, least, most)
    given = np.full(len(value), least)
    for _ in range(facings - given.sum()):
        index = value.to_numpy(dtype=float) / (given + 0.5)
        index[given >= most] = -np.inf
        given[index.argmax()] += 1
    return pd.Series(given, index=value.index, name="facings")


def _check_room(products: int, facings: int, least: int, most: int) -> None:
    if not least * products <= facings <= most * products:
        raise MktlabError(
            say(
                "facings is {facings}: {products} products with {least} to {most} each need "
                "{low} to {high}.",
                facings=facings,
                products=products,
                least=least,
                most=most,
                low=least * products,
                high=most * products,
            )
        )
