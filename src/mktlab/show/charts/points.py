"""`dots`: how two numbers go together."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GRAY, MUTED, ORANGE, TEXT
from mktlab.show.charts.numbers import name_of, on_axis, writer
from mktlab.show.charts.parts import Names
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def dots(
    data: pd.DataFrame,
    *,
    x: str,
    y: str,
    ax: Axes | None = None,
    fmt: str = "",
    xfmt: str = "",
    highlight: Names = (),
    label: str | None = None,
    low: str | None = None,
    high: str | None = None,
    fit: bool = False,
    diagonal: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """Draw one dot per row, to see how two numbers go together.

    Parameters
    ----------
    data
        A row per dot.
    x, y
        Columns of numbers.
    fmt, xfmt
        How the numbers of y and of x are written, as in `bars`.
    highlight
        Index labels of the rows that are ORANGE and larger.
    label
        Column of words written beside the highlighted dots; below a diagonal, away from the others.
    low, high
        Columns with the ends of an interval around y.
    fit
        Whether the straight line of least squares is drawn.
    diagonal
        Words for the line where y equals x; then both axes are the same, and a line leads from it
        to the highlighted dots.
    xlabel, ylabel
        What x is, by default the name of its column; and what y is, written above the axis where
        the subtitle does not say it.

    Returns
    -------
    Axes
        Its label describes the dots.

    Examples
    --------
    >>> weeks = pd.DataFrame({"price": [9, 10, 11], "pieces": [30, 25, 20]})
    >>> dots(weeks, x="price", y="pieces").get_label()
    'Dots: 3 of pieces by price, from 9 to 11 and from 20 to 30; correlation −1.00'
    """
    parts.columns(data, x, y, label, low, high)
    known = data.dropna(subset=[x, y])
    picked = known.index.isin(parts.chosen(highlight, known.index, "highlight"))
    ax = parts.blank(ax, 4.2 if diagonal else 3.6)
    if diagonal:
        ax.axline((0, 0), slope=1, color=GRAY, linestyle=(0, (4, 3)), linewidth=1)
        told = known[picked]  # how far it is from the line
        for at, end in zip(told[x], told[y], strict=True):
            arrow = {"arrowstyle": "<->", "color": ORANGE, "linewidth": 1.2, "shrinkA": 0}
            ax.annotate("", (at, end), (at, at), arrowprops=arrow | {"shrinkB": 0}, zorder=5)
            ax.plot(at, at, "o", mfc="white", mec=ORANGE, markersize=6, zorder=6)
    if low and high:
        shades = [ORANGE if p else BLUE for p in picked]
        ax.vlines(known[x], known[low], known[high], colors=shades, linewidth=1.4)
    for rows, color, size in ((known[~picked], BLUE, 18), (known[picked], ORANGE, 36)):
        ax.scatter(rows[x], rows[y], s=size, color=color, linewidth=0, zorder=3)
    for row in known[picked].index if label else ():
        at, words = known.loc[row, [x, y]].astype(float), str(known.loc[row, label])
        if diagonal:
            _at_the_line(ax, at[x], at[y], words)
        else:
            parts.beside(ax, at[x], at[y], words, color=ORANGE)
    if fit and len(known) > 1:
        slope, base = np.polyfit(known[x], known[y], 1)
        ends = np.array([known[x].min(), known[x].max()])
        ax.plot(ends, base + slope * ends, color=ORANGE, linewidth=1.9, zorder=2)
    parts.gridded(ax)
    on_axis(ax.yaxis, fmt)
    on_axis(ax.xaxis, xfmt)
    if diagonal:
        values = known[[x, y, *filter(None, [high])]].to_numpy(float)
        most, least = 1.05 * float(np.nanmax(values)), min(0, 1.05 * float(np.nanmin(values)))
        most = 1.0 if fmt.startswith("share") and 0.6 < most < 1.2 else most
        ax.set(xlim=(least, most), ylim=(least, most))
        ax.annotate(
            diagonal,
            (most, most),
            xytext=(6, 0),
            textcoords=parts.OFFSET,
            va="top",
            color=MUTED,
            fontsize=TEXT,
            annotation_clip=False,
        )
    ax.set_xlabel(xlabel or name_of(x))
    if ylabel:
        above: dict[str, Any] = {"xycoords": ax.transAxes, "color": MUTED, "fontsize": TEXT}
        ax.annotate(ylabel, (0, 1), (0, 12), textcoords=parts.OFFSET, ha="center", **above)
    ax.set_label(_said_of_dots(known, x, y, fmt, xfmt))
    return ax


def _at_the_line(ax: Axes, x: float, y: float, words: str) -> None:
    """Words beside the diagonal, on the side of it on which their dot is not."""
    look: dict[str, Any] = {"color": ORANGE, "fontweight": "bold", "fontsize": TEXT}
    look |= {"ha": "right", "va": "bottom"} if y < x else {"ha": "left", "va": "top"}
    shift = (-6, 4) if y < x else (6, -4)
    ax.annotate(textwrap.fill(words, 18), (x, x), shift, textcoords=parts.OFFSET, **look)


def _said_of_dots(known: pd.DataFrame, x: str, y: str, fmt: str, xfmt: str) -> str:
    across, up = writer(xfmt, known[x]), writer(fmt, known[y])
    return say(
        "Dots: {rows:count} of {y} by {x}, from {left} to {right} and from {low} to {high}; "
        "correlation {r:decimal.2}",
        rows=len(known),
        x=name_of(x),
        y=name_of(y),
        left=across(known[x].min()),
        right=across(known[x].max()),
        low=up(known[y].min()),
        high=up(known[y].max()),
        r=known[x].corr(known[y]),
    )
