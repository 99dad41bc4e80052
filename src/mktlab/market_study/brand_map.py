"""A map of brands by what people say of them, with how sure each place is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show import charts
from mktlab.show.charts import parts
from mktlab.show.words import say
from mktlab.spelling import need_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Ellipse

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class PerceptualMap:
    """Brands by what people say of them, on the two axes that show most of it.

    `brands` has a row per brand: `x`, `y`; `attributes` a row per attribute, whose arrow points to
    where brands are that people give it to: `x`, `y`. `explained` is the part of all differences
    between brands on each axis. `draws` has the same for people drawn anew, by `draw`.
    """

    brands: pd.DataFrame
    attributes: pd.DataFrame
    explained: tuple[float, float]
    draws: pd.DataFrame

    def plot(self, *, ax: Axes | None = None, highlight: str = "") -> Axes:
        """Brands with the region of 95% of the draws, attributes as arrows."""
        ax = parts.blank(ax, 3.5)
        ax.axhline(0, color=charts.RULE, linewidth=0.8, zorder=0)
        ax.axvline(0, color=charts.RULE, linewidth=0.8, zorder=0)
        reach = 0.7 * float(np.abs(self.brands.to_numpy()).max())
        longest = float(np.hypot(self.attributes["x"], self.attributes["y"]).max())
        for name, end in (self.attributes * reach / longest).iterrows():
            _arrow(ax, str(name), float(end["x"]), float(end["y"]))
        for name, at in self.brands.iterrows():
            color = charts.ORANGE if name == highlight else charts.BLUE
            cloud = self.draws.loc[self.draws["brand"] == name, ["x", "y"]]
            ax.add_patch(_region(cloud.to_numpy(float), color))
            ax.plot(at["x"], at["y"], "o", color=color, markersize=7, zorder=4)
            look: dict[str, Any] = {"color": color, "fontweight": parts.bolder(color), "bbox": None}
            parts.beside(ax, at["x"], at["y"], str(name), left=at["x"] < 0, **look)
        ax.set_aspect("equal")
        ax.margins(0.25, 0.12)
        ax.set(xticks=[], yticks=[])
        parts.bare(ax)
        ax.set_label(self._told())
        return ax

    def _told(self) -> str:
        places = [
            say("{name} {x:decimal.1} / {y:decimal.1}", name=name, x=at["x"], y=at["y"])
            for table in (self.brands, self.attributes)
            for name, at in table.iterrows()
        ]
        return say(
            "Map with arrows of attributes: {places}",
            places=", ".join(places),
        )


def _arrow(ax: Axes, name: str, x: float, y: float) -> None:
    """An arrow from the middle, with its name beyond its end."""
    far = math.hypot(x, y) or 1.0
    look = {"arrowstyle": "-|>", "color": charts.GRAY, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (x, y), (0, 0), arrowprops=look, annotation_clip=False)
    ax.update_datalim([(x, y)])
    ax.annotate(
        name,
        (x, y),
        (9 * x / far, 9 * y / far),
        textcoords=parts.OFFSET,
        ha="left" if x / far > 0.35 else "right" if x / far < -0.35 else "center",
        va="bottom" if y / far > 0.35 else "top" if y / far < -0.35 else "center",
        color=charts.MUTED,
        fontsize=9.5,
    )


def _region(cloud: Floats, color: str) -> Ellipse:
    """The ellipse that holds 95% of the draws, if they are normal: 5.99 is chi-square's."""
    from matplotlib.patches import Ellipse

    spread, axes = np.linalg.eigh(np.cov(cloud.T))
    wide, high = 2 * np.sqrt(5.991 * spread[::-1])
    turn = math.degrees(math.atan2(axes[1, 1], axes[0, 1]))
    middle = tuple(cloud.mean(axis=0))
    return Ellipse(middle, wide, high, angle=turn, color=color, alpha=0.15, linewidth=0)


def perceptual_map(
    ratings: pd.DataFrame,
    attributes: Sequence[str],
    *,
    respondent: str = "respondent_id",
    brand: str = "brand",
    centered: bool = True,
    draws: int = 200,
    seed: int = 0,
) -> PerceptualMap:
    """Place brands by the mean of what people say of them, on two principal components.

    Parameters
    ----------
    ratings
        A row per respondent and brand that she rates.
    attributes
        Columns of ratings, all on the same scale.
    centered
        Take from each row its mean: what is left is what a brand is said to be *more* than other
        things, without how much its rater likes it (the halo).
    draws
        How often respondents are drawn anew (bootstrap).

    Raises
    ------
    MktlabError
        When a column is missing or holds no number, or there are fewer than three brands or
        attributes.

    Notes
    -----
    A biplot (Gabriel, 1971). Each draw is turned onto the map before it is compared (Procrustes;
    Milan & Whittaker, 1995), since axes have no fixed direction. An axis points to the side of its
    largest attribute.

    Examples
    --------
    >>> told = pd.DataFrame({
    ...     "respondent_id": list("abab") + ["a", "b"], "brand": ["One", "One", "Two", "Two"] +
    ...     ["Three"] * 2, "taste": [7, 6, 2, 1, 4, 4], "price": [1, 2, 6, 7, 4, 4], "gifts": 4})
    >>> found = perceptual_map(told, ["taste", "price", "gifts"], draws=10)
    >>> found.brands["x"].round(1).to_dict()  # taste and price are one axis, and its length root 2
    {'One': 3.5, 'Three': 0.0, 'Two': -3.5}
    >>> found.explained[0]
    1.0
    """
    from scipy.linalg import orthogonal_procrustes

    sums, counts, names = _by_respondent(ratings, attributes, respondent, brand, centered)
    means = sums.sum(axis=0) / counts.sum(axis=0)[:, None]
    places, arrows, explained = _components(means)
    rng = np.random.default_rng(seed)
    found = []
    for number in range(draws):
        times = np.bincount(rng.integers(len(counts), size=len(counts)), minlength=len(counts))
        people = times @ counts
        if (people > 0).all():
            drawn = _components(np.tensordot(times, sums, axes=1) / people[:, None])[0]
            turned = drawn @ orthogonal_procrustes(drawn, places)[0]
            found.append(np.column_stack([turned, np.full(len(names), number)]))
    return PerceptualMap(
        pd.DataFrame(places, pd.Index(names, name="brand"), ["x", "y"]),
        pd.DataFrame(arrows, pd.Index(attributes, name="attribute"), ["x", "y"]),
        explained,
        pd.DataFrame(np.concatenate(found), columns=["x", "y", "draw"]).assign(
            brand=np.tile(names.to_numpy(), len(found))
        ),
    )


def _by_respondent(
    ratings: pd.DataFrame, attributes: Sequence[str], respondent: str, brand: str, centered: bool
) -> tuple[Floats, Floats, pd.Index[str]]:
    """Ratings by respondent and brand, how many rows they are, and the names of the brands."""
    need_columns([respondent, brand, *attributes], ratings, of=say("The table of ratings"))
    told = ratings[list(attributes)].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    if not np.isfinite(told).all():
        raise MktlabError(say("A rating is empty or no number: leave these rows out."))
    who, people = pd.factorize(ratings[respondent])
    which, names = pd.factorize(ratings[brand], sort=True)
    if len(names) < 3 or len(attributes) < 3:
        raise MktlabError(
            say(
                "A map of {brands:count} brands and {columns:count} attributes says no more than "
                "the table: give three of each, or more.",
                brands=len(names),
                columns=len(attributes),
            )
        )
    told = told - told.mean(axis=1, keepdims=True) if centered else told
    sums = np.zeros((len(people), len(names), len(attributes)))
    counts = np.zeros((len(people), len(names)))
    np.add.at(sums, (who, which), told)
    np.add.at(counts, (who, which), 1.0)
    return sums, counts, names


def _components(means: Floats) -> tuple[Floats, Floats, tuple[float, float]]:
    """Places of brands, arrows of attributes, and the part explained, on two components."""
    from sklearn.decomposition import PCA

    model = PCA(2, svd_solver="full").fit(means)
    arrows = model.components_.T
    sign = np.sign(arrows[np.abs(arrows).argmax(axis=0), [0, 1]])
    first, second = (round(float(part), 6) for part in model.explained_variance_ratio_)
    return model.transform(means) * sign, arrows * sign, (first, second)
