"""Charts of single estimates and rows: `dots` on two scales, `intervals` in rows."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GRAY, INK, MUTED, ORANGE, TEXT
from mktlab.show.charts.numbers import Write, inches, name_of, on_axis, writer
from mktlab.show.charts.parts import Names
from mktlab.show.formats import MINUS
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY_ROWS = 12


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
        ax.vlines(told[x], told[x], told[y], colors=ORANGE, linewidth=2.4)
    if low and high:
        shades = [ORANGE if p else BLUE for p in picked]
        ax.vlines(known[x], known[low], known[high], colors=shades, linewidth=1.4)
    for rows, color, size in ((known[~picked], BLUE, 22), (known[picked], ORANGE, 48)):
        ax.scatter(rows[x], rows[y], s=size, color=color, linewidth=0, zorder=3)
    for row in known[picked].index if label else ():
        at, words = known.loc[row, [x, y]].astype(float), str(known.loc[row, label])
        if diagonal:
            _away(ax, at[x], at[y], words)
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
        ax.set(xlim=(least, most), ylim=(least, most), aspect="equal")
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
        ax.annotate(ylabel, (0, 1), (0, 6), textcoords=parts.OFFSET, ha="center", **above)
    ax.set_label(_said_of_dots(known, x, y, fmt, xfmt))
    return ax


def _away(ax: Axes, x: float, y: float, words: str) -> None:
    """Words in the corner below a diagonal, which is empty, and a line from them to their dot."""
    line = {"arrowstyle": "-", "color": ORANGE, "linewidth": 1, "relpos": (0, 1)}
    look: dict[str, Any] = {"color": ORANGE, "fontweight": "bold", "fontsize": TEXT}
    corner: dict[str, Any] = {"xytext": (0.98, 0.1), "textcoords": ax.transAxes, "ha": "right"}
    ax.annotate(textwrap.fill(words, 18), (x, y), arrowprops=line, **corner, **look)


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


def intervals(
    data: pd.DataFrame,
    *,
    x: str,
    y: str | None = None,
    low: str = "low",
    high: str = "high",
    ax: Axes | None = None,
    fmt: str = "",
    highlight: Names = (),
    truth: Mapping[str, Any] | float | None = None,
    xlabel: str = "",
) -> Axes:
    """Draw estimates with their intervals, a row each: a dot on a line from low to high.

    Parameters
    ----------
    data
        A row per estimate.
    x, low, high
        Columns of the estimate and of the ends of its interval; where an end is infinite, the line
        runs to an arrow at the edge; where both are the estimate, a dot stands alone.
    y
        Column of names; by default the index.
    fmt, highlight, xlabel
        As in `bars`. Of more than 12 rows only the highlighted ones are written, at those ends of
        their lines that are away from zero.
    truth
        One number, or {name: number or one for each row}: GRAY lines across, or ticks in the rows,
        whose values are written in highlighted rows; without words where the name is empty.

    Returns
    -------
    Axes
        Its label describes the rows.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [-1.5], "low": [-1.9], "high": [-1.1]}, index=["zone test"])
    >>> intervals(table, x="value", truth={"the truth": -1.3}).get_label()
    'Estimates with intervals: zone test −1.5 (−1.9 to −1.1); the truth −1.3'
    """
    parts.columns(data, x, y, low, high)
    names = list(data.index if y is None else data[y])
    true = truth if isinstance(truth, Mapping) else {} if truth is None else {say("truth"): truth}
    known = [data[c].to_numpy(float) for c in (x, low, high)]
    bounded = np.concatenate([*known, *(np.ravel(v).astype(float) for v in true.values())])
    bounded = bounded[np.isfinite(bounded)]
    write = writer(fmt, bounded)
    colors, places = parts.shades(names, highlight, ()), np.arange(float(len(names)))
    many = len(names) > MANY_ROWS
    row = 0.22 if many else 0.42
    ax = parts.blank(ax, 0.75 + row * len(names) + (0.1 if true else 0))
    parts.gridded(ax, "x")
    parts.rows(ax, _told_of(names, known[0], write, colors) if many else names, places, colors)
    ax.tick_params(axis="y", pad=8)  # room for an arrow
    ax.set_ylim(len(names) - 0.4, -1.1 if true else -0.6)
    top = (len(names) + 0.2) / (len(names) + 0.7) if true else 1  # below the words of the truth
    for name, values in true.items():
        numbers = np.broadcast_to(np.asarray(values, float), len(names))
        alone = np.ptp(numbers) == 0
        half = 0.42 if alone else 0.26  # below the number above the dot
        ax.vlines(numbers, places - half, places + half, colors=GRAY, linewidth=3, zorder=2)
        if np.ndim(values) == 0:
            color, width = (GRAY, 3) if values else (INK, 1)  # 0 is where an axis begins
            ax.collections[-1].set(color=color, linewidth=width)
            ax.axvline(float(values), color=color, linewidth=width, ymax=top)
        if not name or not (alone or np.ndim(values) == 0):
            continue
        bare = name_of(name) if not (alone and numbers.any()) else ""
        ax.annotate(
            bare or f"{name_of(name)} {write(numbers[0])}",
            (numbers[0], -0.7),
            ha="center",
            va="bottom",
            color=MUTED,
            fontsize=TEXT,
            annotation_clip=False,
            bbox={"fc": "white", "ec": "none", "pad": 1},
        )
    _lines_between(ax, places, known[1], known[2], colors, bounded)
    ax.scatter(known[0], places, color=colors, s=52, zorder=4)
    around = known[1].min() < 0 < known[2].max()
    bases = [float(v) for v in true.values() if np.ndim(v) == 0] or [0.0] * bool(around)
    if not many:
        _written(ax, names, known[0], write, colors, next(iter(bases), None))
        for name, values in true.items():
            if name and np.ndim(values) and np.ptp(np.asarray(values, float)):
                _on_ticks(
                    ax, names, known[0], np.asarray(values, float), name_of(name), write, colors
                )
    if around:
        ax.axvline(0, color=INK, linewidth=1, ymax=top)
    on_axis(ax.xaxis, fmt)
    ax.set_xlabel(xlabel)
    told = (
        f"{name_of(n)} {write(a)}{_told(b, c, write)}"
        for n, a, b, c in zip(names, *known, strict=True)
    )
    said = [f"{name_of(n)} {write(v)}" for n, v in true.items() if np.ndim(v) == 0]
    words = "; ".join([", ".join(told), *said])
    ax.set_label(say("Estimates with intervals: {rows}", rows=words))
    return ax


def _written(
    ax: Axes,
    names: list[Any],
    values: Any,
    write: Write,
    colors: list[str],
    base: float | None,
) -> None:
    """Numbers above their dots, on that side of the line at `base` on which the dot is."""
    inch = _inch(ax, names)
    for row, (value, color) in enumerate(zip(values, colors, strict=True)):
        text, weight = write(value), parts.bolder(color)
        half = inch * parts.widest(ax, [text], fontweight=weight) / 2
        at, shift, side = value, 0, "center"
        if base is not None and abs(value - base) < half:
            at, shift, side = (base, -4, "right") if value < base else (base, 4, "left")
        ax.annotate(
            text,
            (at, row),
            xytext=(shift, 6),
            textcoords=parts.OFFSET,
            ha=side,
            va="bottom",
            color=color,
            fontsize=TEXT,
            fontweight=weight,
            zorder=5,
            bbox={"fc": "white", "ec": "none", "pad": 0.8},
        )


def _on_ticks(
    ax: Axes, names: list[Any], values: Any, ticks: Any, said: str, write: Write, colors: list[str]
) -> None:
    """What the ticks of highlighted rows say, beside the numbers of their dots."""
    inch, look = (
        _inch(ax, names),
        dict[str, Any](color=MUTED, fontsize=TEXT, ha="center", va="bottom"),
    )
    for row in [row for row, color in enumerate(colors) if color == ORANGE]:
        text, value, at = f"{said} {write(ticks[row])}", float(values[row]), float(ticks[row])
        wide = [parts.widest(ax, [text]), parts.widest(ax, [write(value)], fontweight="bold")]
        apart = inch * (sum(wide) / 2 + 0.1)
        if abs(at - value) < apart:
            at = value + (apart if at > value else -apart)
        box = {"fc": "white", "ec": "none", "pad": 0.8}  # above the tick
        ax.annotate(text, (at, row), (0, 9), textcoords=parts.OFFSET, bbox=box, zorder=5, **look)


def _told_of(names: list[Any], values: Any, write: Write, colors: list[str]) -> list[str]:
    """Names of many rows, with the numbers of the highlighted ones behind them."""
    return [
        f"{name_of(name)}  {write(value)}" if color == ORANGE else name_of(name)
        for name, value, color in zip(names, values, colors, strict=True)
    ]


def _inch(ax: Axes, names: list[Any]) -> float:
    """How much of the x axis an inch is, beside these names."""
    left, right = ax.get_xlim()
    figure = ax.get_figure(root=True)
    assert figure is not None
    return (right - left) / (figure.get_figwidth() - inches(ax, map(name_of, names), TEXT) - 0.3)


def _told(low: float, high: float, write: Write) -> str:
    if low == high:
        return ""
    return f" ({say('{low} to {high}', low=_end(low, write), high=_end(high, write))})"


def _end(value: float, write: Write) -> str:
    return write(value) if np.isfinite(value) else "∞" if value > 0 else f"{MINUS}∞"


def _lines_between(
    ax: Axes, places: Any, low: Any, high: Any, colors: list[str], bounded: Any
) -> None:
    """A line for each interval; what has no end runs to an arrow at the edge of the picture."""
    if np.isinf([low, high]).any():
        beyond = 0.15 * (float(np.ptp(bounded)) or 1.0)
        left, right = float(bounded.min()) - beyond, float(bounded.max()) + beyond
        ax.set_xlim(left, right)
        for ends, edge, arrow in ((low, left, "<"), (high, right, ">")):
            for row in np.flatnonzero(np.isinf(ends)):
                ax.plot(edge, places[row], arrow, color=colors[row], markersize=7, clip_on=False)
        low, high = np.maximum(low, left), np.minimum(high, right)
    ax.hlines(places, low, high, colors=colors, linewidth=2.2, zorder=3)
