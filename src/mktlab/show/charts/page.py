"""Where people click on a page, window by window, as a heatmap of single clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GRAY, INK, ORANGE
from mktlab.show.formats import count, share
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WORDS: dict[str, Any] = {"ha": "center", "fontsize": 9.5, "fontweight": "bold"}
_WORDS["bbox"] = {"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.85}


def page_map(clicks: pd.DataFrame, *, highlight: object = None) -> Figure:
    """Draw the clicks on one page: a picture for each of the two windows that most people have.

    Parameters
    ----------
    clicks
        A row per click: `x` and `y` in pixels from the upper left, `element` (empty on bare
        ground), `screen_width`, and yes or no in `rage` and `dead`.
    highlight
        The element whose name is ORANGE.

    Returns
    -------
    Figure
        Dots are clicks on elements, crosses dead ones, triangles those in anger. The names of the
        elements stand with their share of the clicks.

    Raises
    ------
    MktlabError
        When a column is not there.

    Examples
    --------
    >>> one = {"x": [9], "y": [5], "element": ["offer"], "screen_width": [390]}
    >>> figure = page_map(pd.DataFrame(one | {"rage": [False], "dead": [False]}))
    >>> figure.axes[0].get_label()
    'Window of 390 pixels: offer 100%'
    """
    from matplotlib import pyplot as plt

    parts.columns(clicks, "x", "y", "element", "screen_width", "rage", "dead")
    widths = sorted(clicks["screen_width"].value_counts().index[:2], reverse=True)
    figure, axes = plt.subplots(1, len(widths), figsize=(7.6, 6.2), squeeze=False)
    for ax, width in zip(axes[0], widths, strict=True):
        _window(ax, clicks[clicks["screen_width"] == width], highlight)
        ax.set(xlim=(-0.05 * width, 1.05 * width), ylim=(1.05 * clicks["y"].max(), -50))
        ax.set(xticks=[], title=say("window of {n:count} pixels", n=width))
    return figure


def _window(ax: Axes, clicks: pd.DataFrame, highlight: object) -> None:
    calm = ~clicks["dead"] & ~clicks["rage"]
    for kind, fill, edge, sign, alpha in (
        (clicks["dead"], GRAY, None, "x", 0.35),
        (calm, BLUE, "none", "o", 0.15),
        (clicks["rage"], "white", INK, "^", 0.9),
    ):
        spots = clicks[kind]
        look: dict[str, Any] = {"c": fill, "edgecolors": edge, "marker": sign, "alpha": alpha}
        ax.scatter(spots["x"], spots["y"], s=20, lw=0.9, **look)
    told = []
    for name, spots in clicks.groupby("element"):
        words = f"{name} {share(len(spots) / len(clicks))}"
        color = ORANGE if name == highlight else INK
        at = (spots["x"].median(), spots["y"].median())
        ax.annotate(words, at, (0, -19), textcoords=parts.OFFSET, color=color, **_WORDS)
        told.append(words)
    n = count(clicks["screen_width"].iloc[0])
    ax.set_label(say("Window of {n} pixels: {elements}", n=n, elements=", ".join(told)))
