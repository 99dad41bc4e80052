"""Charts of several quantities: `steps` adds them up, `grid` arranges them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GHOST, INK, MUTED, ORANGE, PALE, TEXT
from mktlab.show.charts.numbers import inches, name_of, writer
from mktlab.show.charts.parts import Names
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def steps(
    data: pd.DataFrame | pd.Series[Any],
    *,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
    fmt: str = "+money",
    highlight: Names = (),
    start: Mapping[str, float] | None = None,
    total: str = "total",
) -> Axes:
    """Add up signed steps, one under the other, to a total that is set off.

    Parameters
    ----------
    data, x, y
        As in `bars`: names (on y) and their steps. A row called `total` is computed anew.
    fmt
        How steps are written; the total is a change, too, unless there is a `start`.
    highlight
        Steps that the title names: bold; their color says, as that of all, gain or loss.
    start
        {name: value} of a first bar from which the steps lead to the total.
    total
        Name of the last bar.

    Returns
    -------
    Axes
        Gains BLUE, losses ORANGE, start and total dark; its label describes them.

    Examples
    --------
    >>> ax = steps(pd.Series({"volume": 12.0, "price": -8.0}), start={"plan": 60}, total="actual")
    >>> ax.get_label()
    'Steps: plan €60, volume +€12, price −€8, actual €64'
    """
    changes = parts.oriented(data, x, y)[0].drop(total, errors="ignore").astype(float)
    first = dict(start or {})
    begun = sum(first.values())
    ends = begun + changes.cumsum().to_numpy()
    names = [*first, *changes.index, total]
    left = np.concatenate([np.zeros(len(first)), ends - changes, [0.0]])
    size = np.concatenate([list(first.values()), changes, [begun + changes.sum()]])
    places = np.arange(len(names), dtype=float)
    places[-1] += 0.35
    signed = writer(fmt, size)
    plain = writer(fmt.removeprefix("+"), size) if first else signed
    words = [
        plain(v) if n in first or n == total else signed(v)
        for n, v in zip(names, size, strict=True)
    ]
    ax = parts.blank(ax, 0.3 + parts.ROW * len(names))
    parts.bare(ax)
    told = parts.chosen(highlight, changes.index, "highlight")
    bad = list(changes.index[changes < 0])
    shades = [INK if n in first or n == total else ORANGE if n in bad else BLUE for n in names]
    weights = ["bold" if n == total or n in told else "normal" for n in names]
    parts.rows(ax, names, places)
    ax.set_xticks([])
    ax.barh(places, size, parts.THICK, left=left, color=shades, zorder=2)
    ax.axvline(0, color=INK, linewidth=1, zorder=3)
    ax.axhline(places[-1] - 0.68, color=MUTED, linewidth=0.8)
    for (upper, lower), at in zip(pairwise(places), (left + size)[:-1], strict=True):
        ax.plot(
            [at, at], [upper + parts.THICK / 2, lower - parts.THICK / 2], color=MUTED, linewidth=0.8
        )
    reach = np.concatenate([left, left + size])
    beside = inches(ax, map(name_of, names), TEXT, fontweight="bold" if told else "normal")
    wide = parts.widest(ax, words, fontweight="bold")
    parts.room(ax, reach.min(), reach.max(), 0, wide, beside)
    for label, weight in zip(ax.get_yticklabels(), weights, strict=True):
        label.set_fontweight(weight)
    for place, low, change, text, weight in zip(places, left, size, words, weights, strict=True):
        parts.beside(ax, max(low, low + change), place, text, fontweight=weight)
    said = ", ".join(f"{name_of(n)} {text}" for n, text in zip(names, words, strict=True))
    ax.set_label(say("Steps: {values}", values=said))
    return ax


def grid(
    data: pd.DataFrame,
    *,
    x: str,
    y: str,
    name: str,
    number: str,
    ax: Axes | None = None,
    fmt: str = "count",
    highlight: Names = (),
    xlabel: str | None = None,
    ylabel: str | None = None,
) -> Axes:
    """Arrange named numbers in rows and columns; the larger a number, the darker its cell.

    Parameters
    ----------
    data
        A row per cell; rows and columns stand in the order in which they first appear.
    x, y, name, number
        Columns of the table: column and row of a cell, its name, its number.
    fmt, highlight
        As in `bars`; `highlight` holds names of cells.
    xlabel, ylabel
        What columns and rows are; by default the names of their columns.

    Returns
    -------
    Axes
        Its label describes all cells.

    Examples
    --------
    >>> cells = pd.DataFrame({"value": ["high", "low"], "recency": ["low", "low"],
    ...                       "segment": ["at risk", "lost"], "customers": [1019, 640]})
    >>> ax = grid(cells, x="value", y="recency", name="segment", number="customers")
    >>> ax.get_label()
    'Grid: at risk 1,019, lost 640'
    """
    parts.columns(data, x, y, name, number)
    across, down = list(dict.fromkeys(data[x])), list(dict.fromkeys(data[y]))
    picked = parts.chosen(highlight, data[name], "highlight")
    write = writer(fmt, data[number])
    ax = parts.blank(ax, 0.5 + 0.85 * len(down))
    parts.bare(ax)
    largest = float(data[number].max())
    for cell in data[[x, y, name, number]].itertuples(index=False):
        column, row = across.index(cell[0]), down.index(cell[1])
        here = cell[2] in picked
        fill, ink = (ORANGE, "white") if here else (_tint(float(cell[3]), largest), INK)
        ax.barh(row, 0.96, 0.92, left=column - 0.48, color=fill)
        look: dict[str, Any] = {"ha": "center", "color": ink, "fontweight": parts.bolder(fill)}
        ax.text(column, row + 0.06, write(cell[3]), va="bottom", fontsize=16, **look)
        ax.text(column, row + 0.14, name_of(cell[2]), va="top", fontsize=TEXT + 0.5, **look)
    ax.set(xlim=(-0.5, len(across) - 0.5), ylim=(len(down) - 0.5, -0.5))
    ax.set_xticks(range(len(across)), map(name_of, across))
    ax.set_yticks(range(len(down)), map(name_of, down))
    corner: dict[str, Any] = {"ha": "right", "fontweight": "bold", "fontsize": TEXT}
    ax.set_ylabel(name_of(y) if ylabel is None else ylabel, rotation=0, va="top", **corner)
    ax.yaxis.set_label_coords(-0.012, 0.985)  # above the names of the rows
    ax.set_xlabel(name_of(x) if xlabel is None else xlabel, va="top", **corner)
    ax.xaxis.set_label_coords(-0.012, -0.02)  # before those of the columns
    said = ", ".join(
        f"{name_of(n)} {write(v)}" for n, v in zip(data[name], data[number], strict=True)
    )
    ax.set_label(say("Grid: {values}", values=said))
    return ax


def _tint(value: float, largest: float) -> str:
    """From the ground of cells to a gray on which ink is still read well, by size."""
    part = max(value / largest, 0.0) if largest > 0 and value == value else 0.0
    pale, mid = ([int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in (PALE, GHOST))
    return "#" + "".join(f"{round(a + part * (b - a)):02X}" for a, b in zip(pale, mid, strict=True))
