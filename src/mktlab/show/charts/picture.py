"""A finished chart as a picture: title and subtitle at its left edge, and words for who cannot see.

`show` displays a chart in a notebook; `bundle` gives the same as data, for panels.
"""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Any

from mktlab.schema import MktlabError
from mktlab.show.charts.colors import DPI, INK, MUTED, TEXT, TITLE
from mktlab.show.charts.numbers import on_axis
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


MARGIN = 0.12
"""Inches of white around a chart."""


def show(chart: Axes | Figure, *, title: str = "", sub: str = "", alt: str | None = None) -> None:
    """Display a chart with its title and description, then close it.

    The description is stored with the image, as its `alt`, and stands in for the picture wherever
    pictures cannot be shown. JupyterLab does not hand the `alt` on to screen readers, so the words
    also follow the picture, folded up.

    Parameters
    ----------
    chart
        What a function of this module, seaborn or matplotlib gave back: an Axes or a Figure.
    title
        What the chart says, a sentence; by default the title of the Axes.
    sub
        What is drawn, in which unit, of which time.
    alt
        The chart for someone who does not see it; by default the title, the subtitle and what the
        function that drew it says of its data.

    Raises
    ------
    MktlabError
        When there is no `alt`, and nothing to make it from.
    """
    from matplotlib import pyplot as plt

    data, metadata = bundle(chart, title=title, sub=sub, alt=alt)
    plt.close(figure_of(chart))
    put(data, metadata)


def truth(drawn: str = "") -> str:
    """Say in a subtitle where the truth comes from, and what is drawn so that it is the truth.

    >>> truth()
    'the truth is known, since the company is simulated'
    >>> truth("gray")
    'gray: the truth, known since the company is simulated'
    """
    if drawn:
        return say("{drawn}: the truth, known since the company is simulated", drawn=drawn)
    return say("the truth is known, since the company is simulated")


def put(data: dict[str, object], metadata: dict[str, object], note: str = "") -> None:
    """Display a chart as `bundle` gives it, then a note and, folded up, its description."""
    from IPython.display import display

    summary = f"<summary>{say('Describe this chart')}</summary>"
    words = f"<details>{summary}{escape(str(data['text/plain']))}</details>"
    words = f"<p>{escape(note)}</p>{words}" if note else words
    display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
    display({"text/html": words}, raw=True)  # type: ignore[no-untyped-call]


def bundle(
    chart: Axes | Figure, *, title: str = "", sub: str = "", alt: str | None = None
) -> tuple[dict[str, object], dict[str, object]]:
    """The chart as a notebook output, as in `show`: data by MIME type, and metadata with `alt`."""
    figure = figure_of(chart)
    if not title and len(figure.axes) == 1 and not figure.texts:  # else it has a head of its own
        title = figure.axes[0].get_title("left") or figure.axes[0].get_title("center")
    said = [ax.get_label() for ax in figure.axes]
    if alt is None and any(map(str, said)):
        parts = [str(part).rstrip(".") for part in (title, sub, *said) if str(part).strip()]
        alt = " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)
    if not isinstance(alt, str) or not alt.strip():
        raise MktlabError(say("alt is empty: say in a sentence or two what the chart shows."))
    for ax in figure.axes:
        on_axis(ax.xaxis)
        on_axis(ax.yaxis)
    _head(figure, title, sub)
    data: dict[str, object] = {"image/png": png(figure), "text/plain": alt}
    width = round(100 * (figure.get_figwidth() + 2 * MARGIN))
    return data, {"image/png": {"alt": alt, "width": width}}


def _head(figure: Figure, title: str, sub: str) -> None:
    """Write title and subtitle above what is drawn: the figure grows by their lines."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if not title and not sub:
        return
    for ax in figure.axes if len(figure.axes) == 1 else ():
        for place in ("left", "center"):
            ax.set_title("", loc=place)
    width, height = figure.get_size_inches()
    looks: list[tuple[str, dict[str, Any]]] = [
        (title, {"fontsize": TITLE, "fontweight": "bold", "color": INK}),
        (sub, {"fontsize": TEXT, "color": MUTED}),
    ]
    used, texts = 0.06, []  # inches from the top
    for words, look in looks:
        if words:
            text = figure.text(
                0.008, 0, words, va="top", wrap=True, parse_math=False, linespacing=1.25, **look
            )
            texts.append((text, used))
            used += text.get_window_extent().height / figure.dpi + 0.07
    used += 0.05
    figure.set_size_inches(width, height + used)
    part = height / (height + used)
    for text, top in texts:
        text.set_y(1 - top / (height + used))
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, 0, 1, part))
    else:
        for ax in figure.axes:
            x, y, wide, high = ax.get_position().bounds
            ax.set_position((x, part * y, wide, part * high))


def png(chart: Axes | Figure) -> bytes:
    """The chart as PNG bytes, sharp at twice the size, in few colors so that it stays small.

    It is a white card with round corners: at home on a dark page, no more than a chart on a white.
    """
    from PIL import Image, ImageDraw, ImageOps

    figure, drawn, stream = figure_of(chart), io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DPI)
    margin = round(MARGIN * DPI)
    card = ImageOps.expand(Image.open(drawn).convert("RGB"), margin, "white")
    corners = Image.new("1", card.size, 1)
    inside = (0, 0, card.width - 1, card.height - 1)
    ImageDraw.Draw(corners).rounded_rectangle(inside, margin, fill=0)
    card = card.quantize(63, dither=Image.Dither.NONE)
    colors = card.getpalette() or []
    card.putpalette([*colors, 255, 255, 255])  # a last one to see through
    clear = len(colors) // 3
    card.paste(clear, (0, 0, *card.size), corners)
    card.save(stream, format="png", optimize=True, transparency=clear)
    return stream.getvalue()


def figure_of(chart: Axes | Figure) -> Figure:
    """The figure that the chart is, or is drawn on."""
    from matplotlib.figure import Figure

    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise MktlabError(say("The chart has no figure any more: draw it again, then show it."))
    return figure
