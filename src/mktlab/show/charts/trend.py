"""`lines`: how numbers go on, over time or along a scale."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GRAY, INK, MUTED, ORANGE, PURPLE, RULE, TEXT
from mktlab.show.charts.numbers import Write, name_of, on_axis, writer
from mktlab.show.charts.parts import Names
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.3)), (0, (6, 2, 1, 2)))
_LABELED = 4  # lines that have their names at their ends; more have a legend


def lines(
    data: pd.DataFrame | pd.Series[Any],
    *,
    x: str | None = None,
    y: str | Sequence[str] | None = None,
    hue: str | None = None,
    ax: Axes | None = None,
    fmt: str = "",
    highlight: Names = (),
    truth: Names = (),
    mark: Any = None,
    note: str = "",
    band: Mapping[str, tuple[str, str]] | tuple[str, str] | None = None,
    reference: Mapping[str, float] | None = None,
    line: Mapping[str, Any] | None = None,
    zero: bool = True,
    xlabel: str = "",
) -> Axes:
    """Draw how one or several numbers go on, with the name of each line at its end.

    Parameters
    ----------
    data
        Series, or table with a column per line, or (with `hue`) with a row per line and x.
    x
        Column of days or numbers; by default the index.
    y
        Column of values, or several; by default all others that hold numbers.
    hue
        Column that names the lines.
    fmt, highlight, truth, xlabel
        As in `bars`, of lines. Lines differ by their dashes, too, in the order of the table.
    mark
        The x of a point on every line (or {line: x}) that is marked, with its number, or a tuple
        of several; {line: list of xs} are dots alone.
    note
        Words beside an arrow from the first reference to the marked point, which say how far it
        is; without a reference, after the number of the lowest marked point, beside the line that
        ties two points above each other, or in the open space above several dots.
    band
        Two columns between which the chart is shaded, or {name: two columns}.
    reference, line
        {name: value} of dashed lines: across, at a value, and upright, at an x.
    zero
        Whether the axis starts at 0 when no value is below; if not, the subtitle must say so.

    Returns
    -------
    Axes
        Its label describes each line.

    Raises
    ------
    MktlabError
        When a column or a name is not there, or `fmt` is unknown.

    Examples
    --------
    >>> ax = lines(pd.Series([3.0, 8, 5], index=[1, 2, 3], name="orders"), mark=2)
    >>> ax.get_label()
    'Line: orders 3 (1), 8 (2), 5 (3)'
    """
    table, between = _wide(data, x, y, hue, band)
    write = writer(fmt, table.to_numpy(float).ravel())
    names = list(table.columns)
    colors = _colors(names, highlight, truth)
    ax = parts.blank(ax, 3.3)
    for place, (name, color) in enumerate(zip(names, colors, strict=True)):
        known = table[name].dropna()
        width = 2.4 if color == ORANGE else 1.9
        dashes = _DASHES[place % len(_DASHES)]
        ax.plot(known.index, known, ls=dashes, color=color, lw=width, label=name_of(name))
    for low, high in between.values():
        ax.fill_between(low.index, low, high, color=GRAY, alpha=0.18, linewidth=0, zorder=1)
    _scale(ax, fmt, zero=zero)
    for value in (reference or {}).values():
        ax.axhline(value, color=GRAY, linestyle=(0, (4, 3)), linewidth=1)
    parts.marked(ax, line, "x")
    ax.margins(x=0.01)
    marked = _marks(ax, table, colors, mark, write, "" if reference else note)
    if note and marked and reference:
        _arrow(ax, next(iter(reference.values())), *marked[0], note)
    _ends(ax, table, colors, between, reference or {}, write)
    ax.set_xlabel(xlabel)
    on_axis(ax.xaxis)
    if marked and isinstance(mark, int | float | np.number):
        _tick(ax, float(marked[0][1]))
    kind = say("Line") if len(names) == 1 else say("Lines")
    said = [f"{name_of(n)} {parts.told(table.index, table[n], write)}" for n in names]
    said_of = mark is not None and not isinstance(mark, Mapping | tuple)
    if said_of and len(table) > parts.MOST_SAID:
        at = table.index.get_indexer(pd.Index([mark]), method="nearest")[0]
        there = ", ".join(f"{name_of(n)} {write(table[n].iloc[at])}" for n in names)
        said.append(say("at {x}: {values}", x=name_of(table.index[at]), values=there))
    said += [f"{name_of(n)} {write(v)}" for n, v in (reference or {}).items()]
    ax.set_label(f"{kind}: {'; '.join(said)}".replace(":  ", ": "))
    return ax


def _wide(
    data: pd.DataFrame | pd.Series[Any],
    x: str | None,
    y: str | Sequence[str] | None,
    hue: str | None,
    band: Mapping[str, tuple[str, str]] | tuple[str, str] | None,
) -> tuple[pd.DataFrame, dict[str, tuple[pd.Series[Any], pd.Series[Any]]]]:
    """A column per line, and the two edges of each shaded band."""
    if isinstance(data, pd.Series):
        return data.to_frame("" if data.name is None else data.name), {}
    named = band if isinstance(band, Mapping) else {"": band} if band else {}
    edges = [edge for pair in named.values() for edge in pair]
    values: list[Any] = [y] if isinstance(y, str) else list(y) if y is not None else []
    parts.columns(data, x, hue, *values, *([] if hue else edges))
    table = data if x is None else data.set_index(x)
    if hue is not None:
        value = values[0] if values else table.select_dtypes("number").columns[0]
        order = list(dict.fromkeys(data[hue]))
        return table.set_index(hue, append=True)[value].unstack()[order], {}
    values = values or [c for c in table.select_dtypes("number") if c not in edges]
    if not values:
        raise MktlabError(say("data has no column of numbers to draw: name one with y=."))
    return table[values], {n: (table[low], table[high]) for n, (low, high) in named.items()}


def _colors(names: Sequence[object], highlight: Names, truth: Names) -> list[str]:
    """BLUE, then PURPLE, then GRAY; beside a highlighted line all others but one are GRAY."""
    first = parts.shades(names, highlight, truth)
    others = iter([BLUE] if ORANGE in first else [BLUE, PURPLE])
    return [next(others, GRAY) if color == BLUE else color for color in first]


def _scale(ax: Axes, fmt: str, *, zero: bool) -> None:
    parts.gridded(ax)
    on_axis(ax.yaxis, fmt)
    low, high = ax.get_ylim()
    lowest, _ = ax.dataLim.intervaly
    if zero and lowest >= 0:
        ax.set_ylim(0, high)
    if zero or low < 0:  # at 0 also when a panel makes room below it
        ax.axhline(0, color=INK, linewidth=1, clip_on=False)
    ax.spines["bottom"].set_visible(False)


def _arrow(ax: Axes, base: float, value: float, at: Any, color: str, note: str) -> None:
    """How far a marked point is from a reference, drawn at the right edge."""
    right, edge = ax.get_xlim()[1], ax.get_yaxis_transform()
    ax.hlines(value, at, right, colors=color, linewidth=1)
    ax.annotate(
        "",
        (1.005, value),
        (1.005, base),
        xycoords=edge,
        textcoords=edge,
        arrowprops={
            "arrowstyle": "<->,head_length=0.3,head_width=0.15",
            "color": color,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        annotation_clip=False,
    )
    look: dict[str, Any] = {"color": color, "fontweight": "bold", "annotation_clip": False}
    middle = (1.005, (base + value) / 2)
    ax.annotate(note, middle, (8, 0), edge, parts.OFFSET, va="center", fontsize=TEXT, **look)


def _marks(
    ax: Axes, table: pd.DataFrame, colors: Sequence[str], mark: Any, write: Write, note: str
) -> list[tuple[float, Any, str]]:
    """Mark points; returns their values, places and colors, the highest first."""
    if mark is None:
        return []
    wanted = mark if isinstance(mark, Mapping) else dict.fromkeys(table.columns, mark)
    parts.chosen(list(wanted), table.columns, "mark")
    points: list[Any] = []
    names = list(table.columns)
    for name, at in wanted.items():
        known = table[name].dropna()
        if isinstance(at, list | pd.Index):
            _several(ax, known.loc[known.index.isin(at)], colors[names.index(name)], note)
            continue
        color = ORANGE if len(names) == 1 else colors[names.index(name)]
        wanted_at = pd.Index(at if isinstance(at, tuple) else [at])
        for place in known.index.get_indexer(wanted_at, method="nearest").tolist():
            ahead = known.iloc[min(place + len(known) // 12, len(known) - 1)]
            rises = ahead > known.iloc[place]
            most = known.iloc[place : place + len(known) // 11 + 1].max()  # as far as words reach
            points.append((known.iloc[place], known.index[place], color, rises, most))
    if not points:
        return []
    low, high = ax.get_ylim()
    words, values = 0.1 * (high - low), [value for value, *_ in points]
    beneath = min(low, min(values) - 2 * words) if low < 0 and len(points) > 1 else low
    ax.set_ylim(beneath, max(high, max(values) + words))
    ends = pd.Index(table.index)
    points.sort(key=lambda p: -p[0])
    shared = len({at for _, at, *_ in points}) == 1 < len(points)
    if shared:
        ax.axvline(points[0][1], color=RULE, linewidth=0.8, zorder=0)
        ax.vlines(points[0][1], points[-1][0], points[0][0], color=INK, linewidth=1.4, zorder=3)
        middle = (points[0][0] + points[-1][0]) / 2
        if points[0][0] - points[-1][0] > words:  # else it stands after the lower number
            parts.beside(ax, points[0][1], middle, note, fontweight="bold")
            note = ""
    for order, (value, at, color, rises, most) in enumerate(points):
        day = f", {name_of(at)}" if isinstance(at, pd.Timestamp) else ""
        part = (at - ends.min()) / ((ends.max() - ends.min()) or 1)
        late = part > 0.85 or (part > (0.1 if shared else 0.2) and rises)
        centered = bool(order) and 0.2 < part < 0.8
        # else the line itself crosses the words; of two at one place the higher has its own above
        under = bool(order) or (rises and not late and not shared)
        if shared and under and rises and part < 0.7:  # below a line that climbs its right is free
            late = centered = False
        steep = shared and rises and not late and most - value > words  # its right is free
        ax.plot(at, value, "o", color=color, markersize=6, zorder=5)
        ax.annotate(
            write(value) + day + (f", {note}" if note and order == len(points) - 1 else ""),
            (at, most if shared and not (under or late or steep) else value),  # above a line
            xytext=(8, -2)
            if steep
            else (0 if centered else -6 if late else 6, -10 if under else 6),
            textcoords=parts.OFFSET,
            ha="left" if steep else "center" if centered else "right" if late else "left",
            va="center" if steep else "top" if under else "bottom",
            color=color,
            fontweight="bold",
            fontsize=TEXT,
            zorder=4,
            bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.8},
        )
    return [(value, at, color) for value, at, color, *_ in points]


def _tick(ax: Axes, at: float) -> None:
    """The marked x among the numbers of the axis, in bold; its neighbors make room."""
    low, high = ax.get_xlim()
    room = 0.06 * (high - low)
    short = at if at == round(at) else float(f"{at:.3g}")
    if abs(at - short) > 0.003 * (high - low):  # its tick would stand beside it
        return
    at = short
    others = [tick for tick in ax.get_xticks() if low <= tick <= high and abs(tick - at) > room]
    ax.set_xticks([*others, at])
    ax.get_xticklabels()[-1].set(fontweight="bold", color=INK)


def _several(ax: Axes, picked: Any, color: str, note: str) -> None:
    """Dots without numbers, and a note beside the highest."""
    color = ORANGE if note else color
    ax.plot(picked.index, picked, "o", color=color, markersize=5, zorder=5, clip_on=False)
    if note and len(picked):  # in the open space above, as the legend of the dots
        low, high = ax.get_ylim()
        ax.set_ylim(low, max(high, picked.max() + 0.14 * (high - low)))
        look: dict[str, Any] = {"color": ORANGE, "fontweight": "bold", "fontsize": TEXT}
        look["bbox"] = {"fc": "white", "ec": "none", "pad": 0.8}
        look |= {"xycoords": ax.transAxes, "textcoords": parts.OFFSET, "va": "top"}
        ax.annotate(f"● {note}", (0, 1), (6, -2), **look)


def _ends(
    ax: Axes,
    table: pd.DataFrame,
    colors: Sequence[str],
    between: Mapping[str, tuple[pd.Series[Any], pd.Series[Any]]],
    reference: Mapping[str, float],
    write: Write,
) -> None:
    """Names at the right: of lines, bands and references."""
    right = ax.get_xlim()[1]
    ends: list[tuple[Any, float, str, str]] = []
    if 1 < len(table.columns) <= _LABELED:
        for name, color in zip(table.columns, colors, strict=True):
            known = table[name].dropna()
            ends.append((known.index[-1], known.iloc[-1], _narrow(name_of(name)), color))
    elif len(table.columns) > _LABELED:
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    for name, value in reference.items():
        ends.append((right, value, f"{_narrow(name_of(name))}\n{write(value)}", MUTED))
    for name, (low, high) in between.items():
        if name:
            middle = (low.dropna().iloc[-1] + high.dropna().iloc[-1]) / 2
            ends.append((low.dropna().index[-1], middle, _narrow(name), MUTED))
    parts.at_ends(ax, ends)


def _narrow(name: str) -> str:
    return textwrap.fill(name, 26)
