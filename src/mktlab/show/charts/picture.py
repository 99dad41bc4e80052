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
    from IPython.display import display
    from matplotlib import pyplot as plt

    data, metadata = bundle(chart, title=title, sub=sub, alt=alt)
    plt.close(figure_of(chart))
    summary = f"<summary>{say('Describe this chart')}</summary>"
    words = f"<details>{summary}{escape(str(data['text/plain']))}"
    display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
    display({"text/html": f"{words}</details>"}, raw=True)  # type: ignore[no-untyped-call]


def bundle(
    chart: Axes | Figure, *, title: str = "", sub: str = "", alt: str | None = None
) -> tuple[dict[str, object], dict[str, object]]:
    """The chart as a notebook output, as in `show`: data by MIME type, and metadata with `alt`."""
    figure = figure_of(chart)
    if not title and len(figure.axes) == 1:
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
    return data, {"image/png": {"alt": alt, "width": round(100 * figure.get_figwidth())}}


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
    """The chart as PNG bytes, sharp at twice the size, in few colors so that it stays small."""
    from PIL import Image

    figure, drawn, stream = figure_of(chart), io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DPI)
    picture = Image.open(drawn).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    picture.save(stream, format="png", optimize=True)
    return stream.getvalue()


def figure_of(chart: Axes | Figure) -> Figure:
    """The figure that the chart is, or is drawn on."""
    from matplotlib.figure import Figure

    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise MktlabError(say("The chart has no figure any more: draw it again, then show it."))
    return figure
