"""The page's pictures: the trend of one KPI, and the whole page for paper.

They are drawn on figures of their own, without pyplot and without automatic layout, because the
trend is drawn anew at every change of a filter.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from mktlab.control_charts import limits
from mktlab.dashboard.figures import Page
from mktlab.dashboard.wording import tile_lines, title_of, value_of
from mktlab.kpi.registry import KPIS
from mktlab.show.charts import BLUE, DPI, GRAY, GREEN, INK, MUTED, ORANGE
from mktlab.show.formats import decimal, digits, money, share
from mktlab.show.words import say, say_many

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
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import FuncFormatter

    range_ = limits(page.weekly[[name]], sigmas=sigmas).set_index("week")
    weeks = range_.loc[page.shown.index]
    outside = weeks[(weeks["value"] < weeks["low"]) | (weeks["value"] > weeks["high"])]
    days = weeks.index.to_numpy()
    low = weeks["low"].clip(lower=0) if (weeks["value"].dropna() >= 0).all() else weeks["low"]
    ax.fill_between(days, low, weeks["high"], color="#DCE6EE", linewidth=0)
    ax.plot(days, weeks["value"], color=BLUE, linewidth=1.8, marker="o", markersize=3)
    ax.plot(outside.index.to_numpy(), outside["value"], "D", color=INK, markersize=7)
    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(name, value, page.currency)))
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9)
    title = _title(name, weeks, len(outside))
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=8)
    known = weeks["value"].dropna()
    if known.empty:
        return f"{title}."
    ends = (known.iloc[0], known.iloc[-1], known.min(), known.max())
    first, last, lowest, highest = (value_of(name, value, page.currency) for value in ends)
    return say(
        "Weekly line of {label}, from {first} to {last}, lowest {lowest}, highest {highest}. "
        "{title}.",
        label=KPIS[name].label,
        first=first,
        last=last,
        lowest=lowest,
        highest=highest,
        title=title,
    )


def _title(name: str, weeks: pd.DataFrame, outside: int) -> str:
    label = KPIS[name].label
    if weeks["value"].notna().sum() == 0:
        return say("{label}: not known in these weeks", label=label)
    if outside == 0:
        return say("{label}: no week outside its usual range (shaded)", label=label)
    return say_many(
        "{label}: {n} week (diamond) outside the usual range (shaded)",
        "{label}: {n} weeks (diamonds) outside the usual range (shaded)",
        outside,
        label=label,
    )


def _short(name: str, value: float, currency: str) -> str:
    unit = KPIS[name].unit
    if unit == "share":
        return share(value, digits(100 * value))
    if unit == "currency":
        return money(value, currency, cents=round(value, 2) % 1 != 0)
    return decimal(value, digits(value))


def poster(page: Page, name: str, *, sigmas: float) -> Figure:
    """Tiles and trend in one picture, for a stored notebook and for paper."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    columns = 3
    rows = -(-len(page.tiles) // columns)
    height = 0.85 + 1.05 * rows + 2.9
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="none")  # type: ignore[arg-type]
    status = page.tiles["status"].value_counts()
    good, bad = (status.get(name, 0) for name in COLORS)
    headline = say(
        "{good:count} of {all:count} key figures on target, {bad:count} off target",
        good=good,
        bad=bad,
        all=len(page.tiles),
    )
    figure.text(0.015, 1 - 0.3 / height, headline, fontsize=12, fontweight="bold")
    figure.text(0.015, 1 - 0.53 / height, title_of(page), fontsize=9, color=MUTED)
    for place, tile in enumerate(page.tiles.itertuples()):
        row, column = divmod(place, columns)
        left, top = 0.015 + column / columns * 0.99, 1 - (0.7 + 1.05 * row) / height
        color = COLORS.get(str(tile.status), GRAY)
        bar = Rectangle((left, top - 0.92 / height), 0.008, 0.9 / height, color=color)
        figure.add_artist(bar)
        lines = tile_lines(tile, page)
        figure.text(left + 0.016, top - 0.14 / height, str(tile.label), fontsize=9, va="center")
        figure.text(left + 0.016, top - 0.36 / height, lines[0], fontsize=12, va="center")
        rest = "\n".join(textwrap.shorten(line, 44) for line in lines[1:])
        small = figure.text(left + 0.016, top - 0.5 / height, rest, fontsize=7.5, va="top")
        small.set(linespacing=1.3, parse_math=False)  # $34 to $36 is no formula
    bottom = 0.5 / height
    ax = figure.add_axes((0.12, bottom, 0.85, 1.9 / height))
    draw_trend(ax, page, name, sigmas=sigmas)
    return figure
