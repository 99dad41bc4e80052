"""The colors and sizes of every chart, and what each color means.

BLUE is the series, ORANGE what the title names or what is bad (never the winner), GREEN good (only
with a sign such as ✓), PURPLE one more series, GRAY the truth, a reference, or all the others. A
chart has at most two of them and GRAY.

On white every color has a contrast of 4.5 or more, so that words may have it, too. Any two of them
stay apart for eyes without the green or the red receptor: their distance is 20 or more in Lab (CIE
1976), as Machado, Oliveira & Fernandes (2009, IEEE Trans. Vis. Comput. Graph. 15(6)) simulate these
eyes. On gray paper BLUE, ORANGE and GRAY are alike, and so are GREEN and PURPLE: that is why lines
differ by their dashes, too, and names stand beside the marks.
"""

from __future__ import annotations

from mktlab.show.tables import register

BLUE = "#0072B2"
ORANGE = "#C85200"
GREEN = "#004D33"
PURPLE = "#4B12A0"
GRAY = "#757575"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, GRAY)
PALE_BLUE = "#4C9CC9"  # bars that are not highlighted
QUIET = "#8C8C8C"  # lines that are no data
INK, MUTED = "#1F2328", "#59636E"  # words: values and names; subtitles and axes
RULE, PALE, GHOST = "#D1D9E0", "#EEF1F4", "#AEB6BF"  # grid; cells; where a slider started
DPI = 200
WIDTH = 7.6  # inches; shown as 100 pixels each
TITLE, TEXT, NOTE = 12, 9.5, 8.5  # points


def theme() -> None:
    """Set charts and tables up as the course shows them: palette, sizes, as wide as a notebook.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with mpl.rc_context():
    ...     theme()
    ...     mpl.rcParams["axes.titlesize"]
    12.0
    """
    import seaborn as sns

    sizes = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
    sns.set_theme(
        style="ticks",
        palette=list(PALETTE),
        rc={
            "figure.figsize": (WIDTH, 3.6),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.sans-serif": ["DejaVu Sans"],
            **dict.fromkeys([*sizes, "legend.fontsize"], TEXT),
            "legend.title_fontsize": TEXT,
            "axes.titlesize": TITLE,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.titlepad": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": QUIET,
            "axes.labelcolor": MUTED,
            "text.color": INK,
            **dict.fromkeys(["xtick.color", "ytick.color"], QUIET),
            **dict.fromkeys(["xtick.labelcolor", "ytick.labelcolor"], MUTED),
            "date.converter": "concise",
            "text.parse_math": False,  # two amounts in dollars are no formula
        },
    )
    register()
