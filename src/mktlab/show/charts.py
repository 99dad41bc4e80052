"""Charts as the course shows them: one theme, and alt text on every figure.

`theme` sets seaborn up once per notebook; `show` displays a chart together with a description for
people who cannot see it. The colors keep a contrast of 3:1 or more on white and stay apart for
color-blind eyes (after Okabe & Ito, 2008).
"""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING

from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE = "#0072B2"
ORANGE = "#C85200"
GREEN = "#00805C"
PURPLE = "#9A4F7E"
GRAY = "#6B6B6B"
QUIET = "#8C8C8C"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, GRAY)
DPI = 100


def theme() -> None:
    """Set the course's seaborn theme: palette, font size, figure as wide as a notebook."""
    import seaborn as sns

    sns.set_theme(
        style="ticks",
        palette=list(PALETTE),
        rc={
            "figure.figsize": (7.6, 4.2),
            "figure.dpi": DPI,
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 13,
            "axes.titleweight": "bold",
            "axes.titlepad": 12,
            "date.converter": "concise",
            "text.parse_math": False,  # two amounts in dollars are no formula
        },
    )


def show(chart: Axes | Figure, *, alt: str) -> None:
    """Display a chart with its description, then close it.

    The description is stored with the image, as its `alt`, and stands in for the picture wherever
    pictures cannot be shown. JupyterLab does not hand the `alt` on to screen readers, so the words
    also follow the picture, folded up.

    Parameters
    ----------
    chart
        What seaborn or matplotlib gave back: an Axes or a Figure.
    alt
        What the chart shows and says, for someone who does not see it.

    Raises
    ------
    MktlabError
        When `alt` is empty.
    """
    from IPython.display import display
    from matplotlib import pyplot as plt

    data, metadata = bundle(chart, alt=alt)
    plt.close(figure_of(chart))
    words = f"<details><summary>Describe this chart</summary>{escape(alt)}</details>"
    display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
    display({"text/html": words}, raw=True)  # type: ignore[no-untyped-call]


def bundle(chart: Axes | Figure, *, alt: str) -> tuple[dict[str, object], dict[str, object]]:
    """The chart as a notebook output: its data by MIME type, and its metadata with `alt`."""
    if not isinstance(alt, str) or not alt.strip():
        raise MktlabError("alt is empty: say in a sentence or two what the chart shows.")
    data: dict[str, object] = {"image/png": png(chart), "text/plain": alt}
    return data, {"image/png": {"alt": alt}}


def png(chart: Axes | Figure) -> bytes:
    """The chart as PNG bytes, at the course's resolution."""
    stream = io.BytesIO()
    figure_of(chart).savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()


def figure_of(chart: Axes | Figure) -> Figure:
    """The figure that the chart is, or is drawn on."""
    from matplotlib.figure import Figure

    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise MktlabError("The chart has no figure any more: draw it again, then show it.")
    return figure
