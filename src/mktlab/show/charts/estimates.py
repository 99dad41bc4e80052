"""`intervals`: estimates in rows, each with how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import GRAY, INK, MUTED, ORANGE, TEXT
from mktlab.show.charts.numbers import Write, inches, name_of, on_axis, writer
from mktlab.show.charts.parts import Names
from mktlab.show.formats import MINUS
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

MANY_ROWS = 12
DOT = 26  # square points: small enough that a short interval is seen beside its dot


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
    against: float | None = None,
    within: tuple[float, float] | None = None,
    bold: Names = (),
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
    against
        A number, such as 0: rows whose interval holds it are GRAY, for they may be chance.
    within
        Where the axis ends: what lies beyond runs to an arrow at the edge, where its number is
        written. By default so that one row far from all others does not set the scale, unless
        it is highlighted.
    bold
        Rows whose numbers the title tells, too: bold, in the color of the others.

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
    chance = [
        n
        for n, a, b in zip(names, *known[1:], strict=True)
        if against is not None and a <= against <= b and n not in parts.chosen(highlight, names, "")
    ]
    colors, places = parts.shades(names, highlight, chance), np.arange(float(len(names)))
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
        ax.vlines(numbers, places - half, places + half, colors=GRAY, linewidth=2, zorder=2)
        if np.ndim(values) == 0:
            color, width = (GRAY, 1.6) if values else (INK, 1)  # 0 is where an axis begins
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
    subject = np.array([color == ORANGE for color in colors])
    within = within or _without_far(known, true.values(), subject)
    _lines_between(ax, places, known[1], known[2], colors, within or _beyond(known, bounded))
    shown = np.clip(known[0], *within) if within else known[0]
    seen = shown == known[0]
    ax.scatter(shown[seen], places[seen], c=np.array(colors)[seen], s=DOT, zorder=4)
    around = known[1].min() < 0 < known[2].max()
    bases = [float(v) for v in true.values() if np.ndim(v) == 0] or [0.0] * bool(around)
    if not many:
        texts = [write(v) if s else _outside(v, write) for v, s in zip(known[0], seen, strict=True)]
        numbers_at = _written(ax, names, shown, texts, colors, next(iter(bases), None))
        also = parts.chosen(bold, names, "bold")
        for name, label, number in zip(names, ax.get_yticklabels(), numbers_at, strict=True):
            for shown_words in (label, number) if name in also else ():
                shown_words.set_fontweight("bold")
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
    texts: list[str],
    colors: list[str],
    base: float | None,
) -> list[Annotation]:
    """Numbers above their dots, on that side of the line at `base` on which the dot is."""
    inch = _inch(ax, names)
    left, right = ax.get_xlim()
    written = []
    for row, (value, text, color) in enumerate(zip(values, texts, colors, strict=True)):
        weight = parts.bolder(color)
        half = inch * parts.widest(ax, [text], fontweight=weight) / 2
        at, shift, side = value, 0, "center"
        if base is not None and abs(value - base) < half:
            at, shift, side = (base, -4, "right") if value < base else (base, 4, "left")
        if not left < value < right:  # beyond the axis, inside the picture
            side = "right" if value >= right else "left"
        at_dot = ax.annotate(
            text,
            (at, row),
            xytext=(shift, 5),
            textcoords=parts.OFFSET,
            ha=side,
            va="bottom",
            color=color,
            fontsize=TEXT,
            fontweight=weight,
            zorder=5,
            bbox={"fc": "white", "ec": "none", "pad": 0.8},
        )
        written.append(at_dot)
    return written


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


def _outside(value: float, write: Write) -> str:
    """A number that lies beyond the end of the axis."""
    return f"{write(value)} →" if value > 0 else f"← {write(value)}"


def _without_far(known: list[Any], others: Any, subject: Any) -> tuple[float, float] | None:
    """Where the axis ends if one row, of four or more, lies far from all others.

    The subject of the chart is drawn however far it lies.
    """
    value, low, high = known
    if len(value) < 4 or not np.isfinite(known).all():
        return None
    base = [0.0, *(float(v) for v in others if np.ndim(v) == 0)]
    for row in (value.argmax(), value.argmin()):
        if subject[row]:
            continue
        least = min(*base, *np.delete(low, row))
        most = max(*base, *np.delete(high, row))
        spread = most - least
        if value[row] > most + spread or value[row] < least - spread:
            far = value[row] > most
            return least - (0.1 if far else 0.3) * spread, most + (0.3 if far else 0.1) * spread
    return None


def _beyond(known: list[Any], bounded: Any) -> tuple[float, float] | None:
    """Where the picture ends if an interval has no end: a little beyond all others."""
    if not np.isinf(known).any():
        return None
    more = 0.15 * (float(np.ptp(bounded)) or 1.0)
    return float(bounded.min()) - more, float(bounded.max()) + more


def _lines_between(
    ax: Axes,
    places: Any,
    low: Any,
    high: Any,
    colors: list[str],
    edges: tuple[float, float] | None,
) -> None:
    """A line for each interval; what lies beyond the edges runs to an arrow there."""
    if edges:
        left, right = edges
        ax.set_xlim(left, right)
        for beyond, edge, arrow in ((low < left, left, "<"), (high > right, right, ">")):
            for row in np.flatnonzero(beyond):
                ax.plot(edge, places[row], arrow, color=colors[row], markersize=6, clip_on=False)
        low, high = np.clip(low, left, right), np.clip(high, left, right)
    ax.hlines(places, low, high, colors=colors, linewidth=2, zorder=3)
