"""`bars`: quantities compared by the length of bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from mktlab.show.charts import parts
from mktlab.show.charts.colors import BLUE, GRAY, INK, MUTED, NOTE, ORANGE, RULE, TEXT
from mktlab.show.charts.numbers import Write, inches, name_of, on_axis, writer
from mktlab.show.charts.parts import Names
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

_FEW = 12  # standing bars that have room for their values


def bars(
    data: pd.DataFrame | pd.Series[Any],
    *,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
    fmt: str = "",
    highlight: Names = (),
    truth: Names = (),
    reference: Mapping[str, Any] | None = None,
    gap: tuple[object, object] | None = None,
    apart: Names = (),
    bold: Names = (),
    note: str | tuple[str, str] = "",
    line: Mapping[str, float] | None = None,
    xlabel: str = "",
) -> Axes:
    """Compare quantities by the length of bars, with the values at their ends.

    Names on y (and the names of a Series) give lying bars, names on x standing ones. Numbers or
    days on x give a histogram: each bar goes from its number to the next one, or stands around it
    where the numbers are 1 apart.

    Parameters
    ----------
    data
        Series (names -> values) or table.
    x, y
        Columns of the table: one of values, one of names (by default the index).
    fmt
        How the values are written, as in `mktlab.show.say`: "money", "share", "+count".
    highlight, truth
        One name or several: ORANGE and bold for what the title names or what is bad, GRAY and
        hatched for the truth.
    reference
        {what it is: values in the order of the bars}: hollow diamonds, each on a thin line; none
        where a value is unknown.
    gap
        Two names: a hollow bar leads from the lower one to the other, and says the difference;
        the value of the lower one stands in its own bar, where that is long enough; that of a loss
        stands left of it, and the difference right of the hollow bar.
    apart
        The last name, or the last names: lying bars set off below a line, such as totals, or what
        is no choice.
    bold
        Lying bars whose numbers the title tells, too: bold, in the color of the others.
    note
        Words beside the highlighted bars, such as the number of the title. In a histogram two are
        possible: those of the bars before them, and theirs.
    line
        {name: value}: dashed lines at values, or at numbers of a histogram's x.
    xlabel
        Name of the horizontal axis, where it needs one.

    Returns
    -------
    Axes
        Its label (`ax.get_label()`) is the description of what is drawn.

    Raises
    ------
    MktlabError
        When a column or a name is not there, or `fmt` is unknown.

    Examples
    --------
    >>> ax = bars(pd.Series({"at risk": 0.72, "lost": 0.04}), fmt="share", highlight="at risk")
    >>> ax.get_label()
    'Bars: at risk 72%, lost 4%'
    """
    values, lying = parts.oriented(data, x, y)
    write = writer(fmt, values)
    colors = parts.shades(list(values.index), highlight, truth)
    before, note = note if isinstance(note, tuple) else ("", note)
    if lying:
        ax = parts.blank(ax, 0.2 + parts.ROW * len(values))
        whole = fmt.startswith("share") and values.min() >= 0 and 0.5 <= values.max() <= 1
        if whole and values.max() < 0.88:  # else the words of a bar stand there
            ax.axvline(1, color=RULE, linewidth=0.8, zorder=0)
            parts.above(
                ax, 1, write(1), xytext=(0, 2), va="bottom", ha="center", size=NOTE, color=MUTED
            )
        others = _reference(reference, values)
        less = _apart(values, gap, write)
        off = parts.chosen(apart, values.index, "apart")
        told = parts.chosen(bold, values.index, "bold")
        _lying(ax, values, colors, write, others, note, less, off, told, whole=whole)
    else:
        ax = parts.blank(ax, 3.2)
        _standing(ax, values, colors, write, fmt)
        if note and ORANGE in colors:
            place = colors.index(ORANGE)
            scale = parts.is_scale(values.index)
            at = values.index[place] if scale else place - parts.THICK / 2
            up = 22 if ax.texts else 8  # over the number of the bar
            picked = [v for v, color in zip(values, colors, strict=True) if color == ORANGE]
            parts.note_above(ax, at, max(picked), before, note, len(line or ()), up)
    parts.marked(ax, line, "x" if lying or parts.is_scale(values.index) else "y")
    ax.set_xlabel(xlabel)
    words = [say("Bars: {values}", values=parts.told(values.index, values, write))]
    for name, numbers in _reference(reference, values).items():
        words.append(f"{name_of(name)}: {parts.told(values.index, numbers, write)}")
    words += [f"{name_of(name)}: {write(value)}" for name, value in (line or {}).items() if lying]
    ax.set_label("; ".join(words))
    return ax


def _reference(
    reference: Mapping[str, Any] | None, values: pd.Series[Any]
) -> dict[str, pd.Series[Any]]:
    return {
        name: numbers.reindex(values.index)
        if isinstance(numbers, pd.Series) and set(values.index) <= set(numbers.index)
        else pd.Series(list(numbers), values.index)
        for name, numbers in (reference or {}).items()
    }


def _apart(
    values: pd.Series[Any], gap: tuple[object, object] | None, write: Write
) -> tuple[int, float, str]:
    """The row of the lower of two bars, where the other ends, and how much less the first is."""
    if gap is None:
        return -1, 0.0, ""
    names = list(values.index)
    one, other = (names.index(name) for name in parts.chosen(list(gap), names, "gap"))
    low, high = (one, other) if values.iloc[one] <= values.iloc[other] else (other, one)
    less = write(float(values.iloc[high] - values.iloc[low])).removeprefix("+")
    return low, float(values.iloc[high]), say("{gap} less", gap=less)


def _lying(
    ax: Axes,
    values: pd.Series[Any],
    colors: Sequence[str],
    write: Write,
    reference: Mapping[str, pd.Series[Any]],
    note: str,
    gap: tuple[int, float, str],
    off: Sequence[object],
    told: Sequence[object],
    *,
    whole: bool,
) -> None:
    """Draw lying bars, those `off` below a line, on an axis to 100% if they are of a `whole`."""
    below = values.index.isin(off)
    numbers, places = values.to_numpy(float), np.arange(len(values)) + 0.35 * below
    parts.bare(ax)
    parts.rows(ax, values.index, places, colors)
    for label, name in zip(ax.get_yticklabels(), values.index, strict=True):
        label.set_fontweight("bold" if name in told else label.get_fontweight())
    shades = parts.paler(colors)
    _hatched(ax.barh(places, np.nan_to_num(numbers), parts.THICK, color=shades, zorder=2), colors)
    ax.axvline(0, color=INK, linewidth=1, zorder=3)
    ax.set_xticks([])
    if below.any():
        ax.axhline(places[below][0] - 0.68, color=MUTED, linewidth=0.8)
    others = [series.to_numpy(float) for series in reference.values()]
    everything = np.concatenate([[0.0, float(whole)], numbers, *others])
    everything = everything[np.isfinite(everything)]
    values_of = [write(v) for v in numbers]
    both = gap[0] if numbers[gap[0]] >= 0 else -1  # the row that has value and gap at one side
    words = [f"{v}, {gap[2]}" if row == both else v for row, v in enumerate(values_of)]
    weight = "bold" if ORANGE in colors else "normal"
    wide = [parts.widest(ax, [text], fontweight=weight) for text in words]
    names = [f"{name_of(name)} {write(v[0])}" for name, v in zip(reference, others, strict=True)]
    beside = inches(ax, map(name_of, values.index), TEXT, fontweight=weight)
    left = max(wide) if everything.min() < 0 else 0.0
    noted = parts.widest(ax, [note + "m"], fontweight="bold") if note else 0.0
    apart = parts.widest(ax, [gap[2]], fontweight=weight)
    right = max(max(wide) + noted, parts.widest(ax, names, small=True), apart)
    inch = parts.room(ax, everything.min(), everything.max(), left, right, beside)
    for row, (number, text, color) in enumerate(zip(numbers, words, colors, strict=True)):
        marks, place = [other[row] for other in others if np.isfinite(other[row])], places[row]
        for end in marks:
            ax.plot([number, end], [place, place], color=INK, linewidth=0.8, zorder=1)
            ax.plot(end, place, "D", mfc="white", mec=INK, markersize=6, zorder=4)
        if row == gap[0]:
            look: dict[str, Any] = {
                "fill": False,
                "edgecolor": shades[row],
                "linestyle": (0, (3, 2)),
                "zorder": 4,
            }
            ax.barh(place, gap[1] - number, parts.THICK, left=number, **look)
            if number < 0:
                parts.beside(ax, gap[1], place, gap[2], fontweight=weight)
            marks.append(gap[1])
            long = number / inch > parts.widest(ax, [values_of[row]], fontweight=weight)
            if long and color != GRAY:  # no word can be read on a hatch
                look = {"color": "white" if shades[row] in (ORANGE, BLUE) else INK, "bbox": None}
                look |= {"left": True, "fontweight": weight}
                parts.beside(ax, number, place, values_of[row], **look)
                text, wide[row] = gap[2], parts.widest(ax, [gap[2]], fontweight=weight)
        side = -1 if number < 0 else 1
        near = [end for end in marks if -0.1 < side * (end - number) / inch < wide[row] + 0.1]
        end = max([number, *near], key=abs) if np.isfinite(number) else 0.0
        bold = weight if color == GRAY else parts.bolder(color)  # a title tells the truth, too
        bold = "bold" if values.index[row] in told else bold
        said = parts.beside(ax, end, place, text, left=number < 0, fontweight=bold)
        for name, mark in zip(names if row == 0 else (), marks, strict=False):
            after = said if near else None
            parts.beside(ax, mark, place, name, size=NOTE, color=MUTED, after=after)
        if note and color == ORANGE and ORANGE not in colors[:row]:
            parts.beside(ax, end, place, note, color=ORANGE, fontweight="bold", after=said)


def _hatched(drawn: Iterable[Rectangle], colors: Sequence[str]) -> None:
    """Hatch the bars of the truth: they are no bars of ours on gray paper either."""
    for bar, color in zip(drawn, colors, strict=True):
        if color == GRAY:
            bar.set(facecolor="white", edgecolor=GRAY, hatch="////", linewidth=1)


def _standing(
    ax: Axes,
    values: pd.Series[Any],
    colors: Sequence[str],
    write: Write,
    fmt: str,
) -> None:
    scale = parts.is_scale(values.index)
    places = values.index.to_numpy() if scale else np.arange(len(values))
    step = pd.Series(places).diff().min() if scale and len(values) > 1 else 1
    touching = scale and step != 1
    width, ends = (step, "white") if touching else (parts.THICK, "none")
    side: Literal["edge", "center"] = "edge" if touching else "center"
    shades = parts.paler(colors)
    shown = ax.bar(places, values, width, align=side, color=shades, edgecolor=ends, zorder=2)
    _hatched(shown, colors)
    ax.axhline(0, color=INK, linewidth=1, zorder=3)
    if len(values) <= _FEW:
        parts.bare(ax)
        ax.set_yticks([])
        for place, number, color in zip(places, values, colors, strict=True):
            middle = place + step / 2 if touching else place
            ax.annotate(
                write(number),
                (middle, number if number == number else 0),
                xytext=(0, 4 if number >= 0 else -4),
                textcoords=parts.OFFSET,
                ha="center",
                va="bottom" if number >= 0 else "top",
                fontsize=TEXT,
                fontweight=parts.bolder(color),
            )
        if not touching:
            ax.set_xticks(places, [name_of(name) for name in values.index])
    else:
        parts.gridded(ax)
        on_axis(ax.yaxis, fmt)
    on_axis(ax.xaxis)
    ax.margins(x=0.01)
