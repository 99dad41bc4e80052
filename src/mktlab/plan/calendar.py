"""The calendar of a plan: what is prepared when, by whom, and from which week it acts.

`calendar` lists the actions of a plan as a `Calendar`. Its `table` is for reading and sorting, its
`chart` shows preparation (hatched) and running (solid) week by week, with the objectives as marks
on top, and `alt` says in words what the chart shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.plan.checks import blocking
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import DECIDED
from mktlab.plan.objectives import Objective
from mktlab.plan.wording import P_NAMES, change, number, title
from mktlab.schema import MktlabError
from mktlab.show import theme
from mktlab.show.charts import BLUE, ORANGE
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_PREPARING = "#B9D4E6"  # the running blue, lighter; the hatching tells it apart without color
_MOST_BARS = 14  # more than these are shown in groups, where room is short


def calendar(
    plan: Decisions, *, starting: str | dt.date | None = None, currency: str = "EUR"
) -> Calendar:
    """The calendar of a plan; `Plan.calendar` is the door to it.

    Raises
    ------
    MktlabError
        When the plan has values that are no numbers or no length, or `starting` is no day.
    """
    problems = blocking(plan)
    if problems:
        raise MktlabError("The plan cannot be put into a calendar:\n- " + "\n- ".join(problems))
    first = None if starting is None else day(starting)
    rows = []
    for path, lever in DECIDED.items():
        if plan.changed(path):
            starts = plan.starts_in(path)
            action = change(lever, plan.value(path), currency)
            prepare = starts - lever.lead_weeks
            p = P_NAMES[lever.group]
            rows.append((action, p, lever.owner, prepare, starts, plan.weeks, title(lever)))
    columns = ["action", "p", "owner", "prepare_from", "starts", "ends", "lever"]
    table = pd.DataFrame(rows, columns=columns)
    if first is not None:
        for week, column in (("prepare_from", "prepare_date"), ("starts", "start_date")):
            table[column] = [date_of(first, w) for w in table[week]]
        table["end_date"] = [date_of(first, w + 1) - pd.Timedelta(days=1) for w in table["ends"]]
    marks = tuple(entry for entry in plan.objectives if isinstance(entry, Objective))
    return Calendar(table, weeks=plan.weeks, objectives=marks, first=first, name=plan.name)


def day(said: str | dt.date) -> pd.Timestamp:
    """The plan's first day.

    >>> day("2026-01-05")
    Timestamp('2026-01-05 00:00:00')
    """
    try:
        found = dt.date.fromisoformat(said) if isinstance(said, str) else said
        return pd.Timestamp(year=found.year, month=found.month, day=found.day)
    except (TypeError, ValueError, AttributeError):
        raise MktlabError(
            say(
                "starting: {said} is no day; write the plan's first day as in 2026-01-05.",
                said=number(said),
            )
        ) from None


def date_of(first: pd.Timestamp, week: int) -> pd.Timestamp:
    """The first day of a week of the plan, whose week 1 begins on `first`.

    >>> date_of(pd.Timestamp("2026-01-05"), 2)
    Timestamp('2026-01-12 00:00:00')
    """
    try:
        return first + pd.Timedelta(days=7 * (int(week) - 1))
    except (OverflowError, ValueError):
        raise MktlabError(
            say(
                "starts: week {week} lies beyond any calendar; choose a week of the plan.",
                week=week,
            )
        ) from None


@dataclass(frozen=True, eq=False)
class Calendar:
    """The actions of a plan in time.

    Attributes
    ----------
    table
        One row per change: `action, p, owner, prepare_from, starts, ends, lever`, in weeks of the
        plan (the first is 1; a preparation before it would begin in week 0 or earlier), and with a
        first day also `prepare_date, start_date, end_date`.
    weeks, name, objectives, first
        The plan's length, name and objectives, and its first day or None.
    """

    table: pd.DataFrame
    weeks: int
    name: str
    objectives: tuple[Objective, ...] = ()
    first: pd.Timestamp | None = None

    @property
    def alt(self) -> str:
        """The chart in words."""
        if self.table.empty:
            return say("An empty calendar: nothing changes.")
        said = [
            say("{p}, {lever} from week {starts}", p=row.p, lever=row.lever, starts=row.starts)
            for row in self.table.itertuples(index=False)
        ]
        marks = [
            say("{objective} by week {by_week}", objective=entry.label(), by_week=entry.by_week)
            for entry in self.objectives
        ]
        return (
            f"Calendar of {self.weeks} weeks. Actions: {'; '.join(said)}. "
            + (say("Objectives: {marks}.", marks="; ".join(marks)) if marks else "")
        ).strip()

    def _repr_html_(self) -> str:
        if self.table.empty:
            return f"<p>{say('Nothing changes, so nothing is to be prepared.')}</p>"
        html: str = self.table.drop(columns="lever").to_html(index=False, escape=True)
        return html

    def chart(self, *, ax: Axes | None = None, compact: bool = False) -> Axes:
        """Draw preparation and running of every action, week by week.

        Parameters
        ----------
        ax
            Where to draw; by default a new figure in the course's theme, high enough for all bars.
        compact
            Flat and without a title, as the brief has it: where there are more than 14 actions,
            one bar for all of a P with the same weeks, or else one bar for each P.

        Returns
        -------
        Axes
            To be shown with `mktlab.show.charts.show(chart, alt=calendar.alt)`.
        """
        import matplotlib as mpl

        bars = self._bars(compact)
        with mpl.rc_context():
            theme()
            if ax is None:
                from matplotlib import pyplot as plt

                width, each, rest = (9.6, 0.2, 1.0) if compact else (7.6, 0.27, 1.5)
                height = rest + each * len(bars) + (0.25 if self.objectives else 0)
                _, ax = plt.subplots(figsize=(width, height), layout="constrained")
            if not compact:
                ax.set_title("Calendar: " + _short(self.name, 48), parse_math=False)
            self._draw(ax, bars)
        return ax

    def _bars(self, compact: bool) -> list[tuple[str, int, int, int]]:
        """Label, first week of preparation, first and last of running, from the top down."""
        rows = self.table
        for keys in (["p", "prepare_from", "starts"], ["p"]):
            if not compact or len(rows) <= _MOST_BARS:
                break
            same = self.table.groupby(keys)
            count = same["action"].transform("size")
            named = self.table["p"] + ": " + count.astype(str) + " actions"
            rows = self.table.assign(
                action=self.table["action"].where(count == 1, named),
                prepare_from=same["prepare_from"].transform("min"),
                starts=same["starts"].transform("min"),
                ends=same["ends"].transform("max"),
            ).drop_duplicates(["action", *keys])
        columns = ("action", "prepare_from", "starts", "ends")
        return list(rows[list(columns)].itertuples(index=False, name=None))

    def _draw(self, ax: Axes, bars: Sequence[tuple[str, int, int, int]]) -> None:
        from matplotlib.ticker import MaxNLocator

        ax.set_xlabel(self._axis_label(), fontsize=9)
        earliest = min([1, *(max(prepare, -12) for _, prepare, *_ in bars)])
        ax.set_xlim(earliest - 0.5, self.weeks + 0.5)
        ax.set_ylim(len(bars) - 0.4, -1.6 if self.objectives else -0.6)
        if not bars:
            ax.set_ylim(0.4, -1.6 if self.objectives else -0.6)
            ax.text(
                (earliest + self.weeks) / 2, 0, say("Nothing changes."), ha="center", va="center"
            )
        look: dict[str, Any] = {"height": 0.6, "edgecolor": BLUE, "linewidth": 0.8}
        for row, (_, prepare, starts, ends) in enumerate(bars):
            left, begin = max(prepare, earliest), min(starts, self.weeks + 1)
            if left < begin:
                ax.barh(row, begin - left, left=left - 0.5, color=_PREPARING, hatch="////", **look)
            over = min(ends, self.weeks) + 1
            if begin < over:
                ax.barh(row, over - begin, left=begin - 0.5, color=BLUE, **look)
        labels = [_short(label, 44) for label, *_ in bars]
        ax.set_yticks(range(len(bars)), labels, fontsize=9, parse_math=False)
        ax.tick_params(axis="y", length=0)
        ax.tick_params(axis="x", labelsize=9)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        self._draw_marks(ax)
        if bars:
            self._legend(ax)

    def _axis_label(self) -> str:
        if self.first is None:
            return say("week of the plan")
        return say("week of the plan; week 1 begins on {first:%Y-%m-%d}", first=self.first)

    def _draw_marks(self, ax: Axes) -> None:
        """Objectives on top: one diamond for each week that has some, with their names."""
        by_week: dict[int, list[str]] = {}
        for entry in self.objectives:
            if isinstance(entry.by_week, int) and 1 <= entry.by_week <= self.weeks:
                by_week.setdefault(entry.by_week, []).append(entry.label())
        marks, taken = sorted(by_week.items()), 0.0  # the week up to which the line is written on
        for place, (week, labels) in enumerate(marks):
            ax.plot([week], [-1.1], marker="D", markersize=7, color=ORANGE, clip_on=False)
            said = _short(", ".join(labels), 40) if len(labels) < 4 else f"{len(labels)} objectives"
            gap, wide = 0.015 * self.weeks, (0.016 * len(said) + 0.03) * self.weeks
            next_mark = marks[place + 1][0] if place + 1 < len(marks) else self.weeks
            style: dict[str, Any] = {"va": "center", "fontsize": 9, "parse_math": False}
            if week + wide < next_mark:
                ax.text(week + gap, -1.1, said, ha="left", **style)
                taken = week + wide
            elif week - wide > taken:
                ax.text(week - gap, -1.1, said, ha="right", **style)
                taken = week
            else:
                taken = week  # no room for words: the table names the objective

    def _legend(self, ax: Axes) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        entries: list[Patch | Line2D] = [
            Patch(facecolor=_PREPARING, edgecolor=BLUE, hatch="////", label="preparing"),
            Patch(facecolor=BLUE, edgecolor=BLUE, label="running"),
        ]
        if self.objectives:
            mark = Line2D([], [], color=ORANGE, marker="D", linestyle="", label="objective")
            entries.append(mark)
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.legend(
                handles=entries, loc="outside lower center", ncols=3, frameon=False, fontsize=9
            )


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
