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
from mktlab.dashboard.wording import tile_lines, title_of
from mktlab.kpi.registry import KPIS
from mktlab.show import charts
from mktlab.show.charts import DPI, GRAY, GREEN, MUTED, ORANGE
from mktlab.show.formats import symbol
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.6
COLORS = {"on target": GREEN, "off target": ORANGE}


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
        marks: dict[str, Any] = {"mark": {one.label: outside}, "note": told if len(outside) else ""}
        drawn = weeks.assign(low=low).rename(columns={"value": one.label})
        charts.lines(drawn, y=one.label, band=("low", "high"), ax=ax, fmt=fmt, **marks)
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=22)
    unit = {"share": "%", "currency": symbol(page.currency)}.get(one.unit, one.unit)
    sub = say("{unit} by week; shaded: the usual range", unit=unit)
    ax.text(0, 1.04, sub, transform=ax.transAxes, fontsize=9.5, color=MUTED)
    return f"{title}. {ax.get_label()}".strip()


def poster(page: Page, name: str, *, sigmas: float) -> Figure:
    """Tiles and trend in one picture, for a stored notebook and for paper."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    columns = 3
    rows = -(-len(page.tiles) // columns)
    height = 0.85 + 1.05 * rows + 2.9
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="none")  # type: ignore[arg-type]
    good, bad = ((page.tiles["status"] == name).sum() for name in COLORS)
    headline = say(
        "{good:count} of {all:count} key figures on target, {bad:count} off target",
        good=good,
        bad=bad,
        all=len(page.tiles),
    )
    figure.text(0.015, 1 - 0.3 / height, headline, fontsize=12, fontweight="bold")
    figure.text(0.015, 1 - 0.53 / height, title_of(page), fontsize=9.5, color=MUTED)
    for place, tile in enumerate(page.tiles.itertuples()):
        row, column = divmod(place, columns)
        left, top = 0.015 + column / columns * 0.99, 1 - (0.7 + 1.05 * row) / height
        color = COLORS.get(str(tile.status), GRAY)
        bar = Rectangle((left, top - 0.92 / height), 0.008, 0.9 / height, color=color)
        figure.add_artist(bar)
        lines = tile_lines(tile, page)
        figure.text(left + 0.016, top - 0.14 / height, str(tile.label), fontsize=9.5, va="center")
        figure.text(left + 0.016, top - 0.36 / height, lines[0], fontsize=12, va="center")
        rest = "\n".join(textwrap.shorten(line, 44) for line in lines[1:])
        small = figure.text(left + 0.016, top - 0.5 / height, rest, fontsize=8.5, va="top")
        small.set(linespacing=1.25, parse_math=False)  # $34 to $36 is no formula
    bottom = 0.5 / height
    ax = figure.add_axes((0.12, bottom, 0.85, 1.9 / height))
    draw_trend(ax, page, name, sigmas=sigmas)
    return figure
