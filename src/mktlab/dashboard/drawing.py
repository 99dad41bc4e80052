"""The page's pictures: the trend of one KPI, and the whole page for paper.

They are drawn on figures of their own, without pyplot and without automatic layout, because the
trend is drawn anew at every change of a filter.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.control_charts import limits
from mktlab.dashboard.figures import Page
from mktlab.dashboard.wording import SIGNS, tile_lines, title_of
from mktlab.kpi.registry import KPIS
from mktlab.show import charts
from mktlab.show.charts import DPI, GRAY, GREEN, MUTED, ORANGE
from mktlab.show.formats import symbol
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, EDGE = 7.6, 0.015  # inches; where all begins, as a part of them
COLORS = {"on target": GREEN, "off target": ORANGE}
(_GOOD, _BAD), (_UNSURE, _) = COLORS, (status for status in SIGNS if status not in COLORS)
ORDER = (_BAD, _UNSURE, _GOOD)


def trend(page: Page, name: str, *, sigmas: float) -> tuple[Figure, str]:
    """The weeks of one KPI with the range that earlier weeks lead one to expect, and its words."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 3.1), dpi=DPI, layout="none")  # type: ignore[arg-type]
    ax = figure.add_axes((0.12, 0.15, 0.85, 0.68))
    return figure, draw_trend(ax, page, name, sigmas=sigmas)


def draw_trend(ax: Axes, page: Page, name: str, *, sigmas: float) -> str:
    """Draw the trend on an Axes; returns what it says."""
    known_weeks = page.weekly[[name]].apply(pd.to_numeric, errors="coerce")  # few are not drawn
    weeks = limits(known_weeks, sigmas=sigmas).set_index("week").loc[page.shown.index]
    outside = weeks.index[(weeks["value"] < weeks["low"]) | (weeks["value"] > weeks["high"])]
    one, known = KPIS[name], weeks["value"].dropna()
    title = say("{label}: not known in these weeks", label=one.label)
    if len(known):
        told = say("{n:count} of {all:count} weeks", n=len(outside), all=len(known))
        title = say("{label}: {told} outside the usual range", label=one.label, told=told)
        low = weeks["low"].clip(lower=0) if (known >= 0).all() else weeks["low"]
        fmt = {"share": "share", "currency": "count"}.get(one.unit, "decimal")
        marks: dict[str, Any] = {
            "mark": {one.label: outside},
            "note": say("outside") if len(outside) else "",
        }
        drawn = weeks.assign(low=low).rename(columns={"value": one.label})
        charts.lines(drawn, y=one.label, band=("low", "high"), ax=ax, fmt=fmt, **marks)
    place = ax.get_position()
    left = (EDGE - place.x0) / place.width  # as tiles and charts have it
    ax.set_title(title, loc="left", x=left, fontsize=11, fontweight="bold", pad=26)
    unit = {"share": "%", "currency": symbol(page.currency)}.get(one.unit, one.unit)
    sub = say("{unit} by week; shaded: the usual range", unit=unit)
    ax.text(left, 1.07, sub, transform=ax.transAxes, fontsize=9.5, color=MUTED)
    return f"{title}. {ax.get_label()}".strip()


def poster(page: Page, name: str, *, sigmas: float) -> Figure:
    """Tiles and trend in one picture, for a stored notebook and for paper.

    What is off target comes first, what has no target last and without a bar; intervals stand on
    the page alone.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    columns = 3
    rows = -(-len(page.tiles) // columns)
    tall = 0.9
    height = 0.85 + tall * rows + 3.0
    ranks = page.tiles["status"].map({name: rank for rank, name in enumerate(ORDER)})
    tiles = page.tiles.loc[ranks.fillna(len(ORDER)).sort_values(kind="stable").index]
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="none")  # type: ignore[arg-type]
    good, bad = ((page.tiles["status"] == name).sum() for name in COLORS)
    headline = say(
        "{good:count} of {all:count} key figures on target, {bad:count} off target",
        good=good,
        bad=bad,
        all=len(page.tiles),
    )
    figure.text(EDGE, 1 - 0.3 / height, headline, fontsize=12, fontweight="bold")
    figure.text(EDGE, 1 - 0.53 / height, title_of(page), fontsize=9.5, color=MUTED)
    for place, tile in enumerate(tiles.itertuples()):
        row, column = divmod(place, columns)
        left, top = EDGE + column / columns * 0.99, 1 - (0.7 + tall * row) / height
        color = COLORS.get(str(tile.status), GRAY)
        bar = Rectangle((left, top - 0.79 / height), 0.008, 0.77 / height, color=color)
        if str(tile.status) in ORDER:
            figure.add_artist(bar)
        lines = tile_lines(tile, page, interval=False)
        figure.text(left + 0.016, top - 0.14 / height, str(tile.label), fontsize=9.5, va="center")
        figure.text(left + 0.016, top - 0.36 / height, lines[0], fontsize=12, va="center").set(
            fontweight="bold"
        )
        rest = "\n".join(textwrap.shorten(line, 44) for line in lines[1:])
        small = figure.text(left + 0.016, top - 0.5 / height, rest, fontsize=9, va="top")
        small.set(linespacing=1.25, parse_math=False)  # $34 to $36 is no formula
    bottom = 0.5 / height
    ax = figure.add_axes((0.12, bottom, 0.85, 1.9 / height))
    draw_trend(ax, page, name, sigmas=sigmas)
    return figure
