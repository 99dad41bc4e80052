"""What the charts share: their data from a table, an empty Axes, labels beside marks, words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.charts.colors import (
    BLUE,
    GRAY,
    INK,
    MUTED,
    NOTE,
    ORANGE,
    PALE_BLUE,
    RULE,
    TEXT,
    TITLE,
    WIDTH,
)
from mktlab.show.charts.numbers import inches, name_of
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

Names = object | Sequence[object]
Floats = npt.NDArray[np.float64]
ROW, THICK = 0.34, 0.62  # inches of a lying bar's row; the part of it that the bar takes
OFFSET = "offset points"  # how matplotlib calls a distance from a mark
MOST_SAID = 12


def blank(ax: Axes | None, height: float) -> Axes:
    """The Axes to draw on: the one given, or that of a new figure, so many inches high."""
    from matplotlib import pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    return ax


def columns(data: pd.DataFrame, *names: str | None) -> None:
    """Refuse data that is no table, or lacks a column."""
    if not isinstance(data, pd.DataFrame):
        raise MktlabError(
            say(
                "data is a {kind}: give a Series or a DataFrame; pd.Series makes one of a dict.",
                kind=type(data).__name__,
            )
        )
    for name in names:
        if name is not None and name not in data:
            known = ", ".join(map(str, data.columns))
            raise MktlabError(
                say("data has no column {name!r}: it has {known}.", name=name, known=known)
            )


def series(data: pd.DataFrame | pd.Series[Any], key: str | None, value: str | None) -> pd.Series:
    """One column of numbers by one of names, days or numbers (or by the index)."""
    if isinstance(data, pd.Series):
        return data
    columns(data, key, value)
    if value is None:
        numbers = data.select_dtypes("number").columns.difference([key], sort=False)
        if len(numbers) != 1:
            raise MktlabError(
                say("data has several columns: say with x= and y= which two to draw.")
            )
        value = numbers[0]
    return data[value] if key is None else data.set_index(key)[value]


def oriented(
    data: pd.DataFrame | pd.Series[Any], x: str | None, y: str | None
) -> tuple[pd.Series[Any], bool]:
    """The values by name, and whether their bars lie: names on y."""
    if not isinstance(data, pd.Series):
        columns(data, x, y)
        if y is not None and not pd.api.types.is_numeric_dtype(data[y]):
            return series(data, y, x), True
        if y is not None:
            return series(data, x, y), False
        if x is not None and not pd.api.types.is_numeric_dtype(data[x]):
            return series(data, x, None), False
    values = series(data, None, x)
    return values, not is_scale(values.index)


def is_scale(index: pd.Index[Any]) -> bool:
    """Whether an index holds numbers or days rather than names."""
    return bool(
        pd.api.types.is_numeric_dtype(index.dtype) or pd.api.types.is_datetime64_any_dtype(index)
    )


def chosen(names: Names, known: Iterable[object], what: str) -> list[object]:
    """The names that are picked out, one or several, all of which must be there."""
    wanted = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    known = list(known)
    scale = is_scale(pd.Index(known))  # a range of numbers may be wider than the data
    missing = [] if scale else [name for name in wanted if name not in known]
    if missing:
        raise MktlabError(
            say(
                "{what} is {name!r}, which the chart has not: give one of {known}.",
                what=what,
                name=missing[0],
                known=", ".join(map(repr, known)),
            )
        )
    return wanted


def shades(known: Sequence[object], highlight: Names, truth: Names) -> list[str]:
    """ORANGE for what is highlighted, GRAY for the truth, BLUE for the others."""
    picked, true = chosen(highlight, known, "highlight"), chosen(truth, known, "truth")
    return [ORANGE if k in picked else GRAY if k in true else BLUE for k in known]


def paler(colors: Sequence[str]) -> list[str]:
    """The colors of bars: beside ORANGE the BLUE is lighter, so that they differ in gray, too."""
    return [PALE_BLUE if color == BLUE and ORANGE in colors else color for color in colors]


def bolder(color: str) -> str:
    """The weight of the words of a mark: what is highlighted shows on gray paper, too."""
    return "bold" if color == ORANGE else "normal"


def bare(ax: Axes) -> None:
    """No frame and no ticks: names alone remain."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def rows(
    ax: Axes, names: Iterable[object], places: Sequence[float] | Floats, colors: Sequence[str] = ()
) -> None:
    """Names of lying marks at the left, the first on top."""
    ax.set_yticks(places, [name_of(name) for name in names])
    for text, color in zip(ax.get_yticklabels(), colors, strict=False):
        text.set_fontweight(bolder(color))
    ax.tick_params(axis="y", labelcolor=INK)
    ax.set_ylim(places[-1] + 0.6, -0.6)


def gridded(ax: Axes, axis: str = "y") -> None:
    """Gray lines behind the marks, for values that are not written."""
    ax.grid(visible=True, axis=axis, color=RULE, linewidth=0.8)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.tick_params(length=0, pad=6)
    ax.spines[:].set_visible(False)


def room(ax: Axes, low: float, high: float, left: float, right: float, beside: float) -> float:
    """Widen the x axis by so many inches of words at each end; `beside` stands left of the axis.

    Returns how much of the axis an inch is.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    wide = figure.get_figwidth() / max(1, len({a.get_subplotspec() for a in figure.axes}))
    inside = max(wide - beside - 0.3, 1.0)
    spread = ((high - low) or 1.0) / max(1 - (left + right) / inside, 0.3)
    ax.set_xlim(low - spread * left / inside, high + spread * right / inside)
    return spread / inside


def marked(ax: Axes, line: Mapping[str, float] | None, across: str) -> None:
    """Dashed lines with their names: `across` is the axis on which the value lies."""
    for row, (name, value) in enumerate(sorted((line or {}).items(), key=lambda pair: pair[1])):
        if across == "x":  # no higher than its own name, so that it crosses no other
            high = 1 - 15 * row / _tall(ax)
            ax.axvline(value, ymax=high, color=INK, linestyle=(0, (4, 3)), linewidth=1)
            ax.annotate(
                name_of(name),
                (ax.convert_xunits(value), 1),  # type: ignore[no-untyped-call]
                xycoords=ax.get_xaxis_transform(),
                xytext=(4, -15 * row),
                textcoords=OFFSET,
                va="top",
                fontsize=TEXT,
                color=MUTED,
                bbox={"fc": "white", "ec": "none", "pad": 1},
            )
        else:
            ax.axhline(value, color=INK, linestyle=(0, (4, 3)), linewidth=1)
            ax.annotate(
                name_of(name),
                (1, value),
                xycoords=ax.get_yaxis_transform(),
                xytext=(4, 0),
                textcoords=OFFSET,
                va="center",
                fontsize=TEXT,
                color=MUTED,
            )


def _tall(ax: Axes) -> float:
    """How high an Axes is, in points, before its figure is laid out."""
    figure, spec = ax.get_figure(root=True), ax.get_subplotspec()
    rows = spec.get_gridspec().nrows if spec else 1
    return 72 * 0.78 * (figure.get_figheight() if figure else 4) / rows


def at_ends(ax: Axes, ends: Sequence[tuple[Any, float, str, str]]) -> None:
    """Words at the right of points (x, y, words, color), pushed apart where they would overlap."""
    order = sorted(ends, key=lambda end: end[1])
    halves = [0.64 * TEXT * (1 + words.count("\n")) for _, _, words, _ in order]
    texts = [
        ax.annotate(
            words,
            (x, y),
            xytext=(7, 0),
            textcoords=OFFSET,
            va="center",
            color=color,
            fontsize=TEXT,
            fontweight=bolder(color),
            annotation_clip=False,
        )
        for x, y, words, color in order
    ]

    def place(ax: Axes) -> None:
        low, high = ax.get_ylim()
        tall = _tall(ax)
        wanted = [(y - low) / (high - low) * tall for _, y, _, _ in order]
        for text, want, at in zip(texts, wanted, _apart(wanted, halves, tall), strict=True):
            text.set_position((7, at - want))

    if texts:
        place(ax)
        ax.callbacks.connect("ylim_changed", place)


def _apart(wanted: Sequence[float], halves: Sequence[float], most: float) -> list[float]:
    """Middles of words (from low to high) that stand as wanted but do not overlap, below `most`.

    >>> _apart([10, 12], [6, 6], 100), _apart([90, 99], [6, 6], 100)
    ([10, 22], [88, 100])
    """
    placed: list[float] = []
    for want, half in zip(wanted, halves, strict=True):
        placed.append(max(want, placed[-1] + halves[len(placed) - 1] + half) if placed else want)
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], most)
        most = placed[number] - halves[number] - halves[number - 1]
    return placed


def told(names: Iterable[object], values: Iterable[float], write: Callable[[float], str]) -> str:
    """Names with their values; of many the first, the last, the lowest and the highest."""
    names = pd.Index(list(names))
    pairs = [(name_of(n), float(v)) for n, v in zip(names, values, strict=True)]
    if len(pairs) <= MOST_SAID and is_scale(names):
        return ", ".join(f"{write(value)} ({name})" for name, value in pairs)
    if len(pairs) <= MOST_SAID:
        return ", ".join(f"{name} {write(value)}" for name, value in pairs)
    known = [pair for pair in pairs if np.isfinite(pair[1])] or pairs
    low, high = min(known, key=lambda p: p[1]), max(known, key=lambda p: p[1])
    return say(
        "from {a} ({first}) to {b} ({last}), lowest {low} ({c}), highest {high} ({d})",
        a=write(known[0][1]),
        b=write(known[-1][1]),
        first=known[0][0],
        last=known[-1][0],
        low=write(low[1]),
        high=write(high[1]),
        c=low[0],
        d=high[0],
    )


def above(
    ax: Axes, x: float, words: str, *, below: int = 0, size: float = TEXT, **look: Any
) -> None:
    """Words at the upper edge of a chart, below so many lines."""
    ax.annotate(
        words,
        (ax.convert_xunits(x), 1),  # type: ignore[no-untyped-call]
        xycoords=ax.get_xaxis_transform(),
        textcoords=OFFSET,
        fontsize=size,
        **({"xytext": (4, -2 - 15 * below), "va": "top"} | look),
    )


def note_above(
    ax: Axes, x: float, y: float, before: str, words: str, below: int = 0, up: int = 8
) -> None:
    """Words of highlighted bars and of those before them: of one size, side by side, above all."""
    low, high = ax.get_ylim()
    if not before:
        ax.set_ylim(low, max(high, y + 0.2 * (high - low)) + 0.06 * below * (high - low))
        look: dict[str, Any] = {"textcoords": OFFSET, "annotation_clip": False}
        at = ax.convert_xunits(x)  # type: ignore[no-untyped-call]
        ax.annotate(
            words, (at, y), (6, up), color=ORANGE, fontsize=TITLE, fontweight="bold", **look
        )
        return
    ticks = [tick for tick in ax.get_yticks() if tick <= high]
    ax.set_ylim(low, high + (0.08 + 0.08 * below) * (high - low))
    ax.set_yticks(ticks)  # no line of the grid crosses the words
    for text, shift, side, color in ((words, 6, "left", ORANGE), (before, -6, "right", BLUE)):
        look = {"xytext": (shift, -2 - 16 * below), "ha": side, "color": color}
        above(ax, x, text, size=TITLE - 1, fontweight="bold", **look)


def widest(ax: Axes, texts: Iterable[str], *, small: bool = False, **look: Any) -> float:
    """Inches that these words take beside a mark, with a little space."""
    written = list(texts)
    return inches(ax, written, NOTE if small else TEXT, **look) + 0.12 if any(written) else 0.0


def beside(
    ax: Axes,
    x: float,
    y: float,
    words: str,
    *,
    left: bool = False,
    size: float = TEXT,
    after: Annotation | None = None,
    **look: Any,
) -> Annotation:
    """Words right (or left) of the end of a lying mark, or right of the words `after` which."""
    start = (1.0, 0.5) if after is not None else (x, y)
    return ax.annotate(
        words,
        start,
        xycoords=after if after is not None else "data",
        xytext=(-5 if left else 9 if after is not None else 7, 0),
        textcoords=OFFSET,
        ha="right" if left else "left",
        va="center",
        fontsize=size,
        zorder=5,
        **({"bbox": {"fc": "white", "ec": "none", "pad": 0.8}} | look),
    )
