"""The calendar of a plan: for each change, when its preparation begins and from when it acts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import charts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mktlab.plan import Plan


class Calendar:
    """Actions of a plan over its weeks, as `table` and as `chart`.

    `table` has one row per action: `action, p, lever, owner, prepare_from, starts, ends`; weeks
    count from 1, and with a starting day `prepare_date, start_date, end_date` follow.
    """

    def __init__(self, plan: Plan, starting: pd.Timestamp | None) -> None:
        self._plan, self._starting = plan, starting
        changes = plan.changes()
        actions = [
            f"{say(lever)} {value(before)} → {value(after)}"
            for lever, before, after in zip(
                changes["lever"], changes["today"], changes["planned"], strict=True
            )
        ]
        table = pd.DataFrame(
            {
                "action": pd.Series(actions, dtype="str"),
                "p": changes["p"],
                "lever": changes["lever"],
                "owner": changes["owner"],
                "prepare_from": changes["prepare_from"],
                "starts": changes["starts"],
                "ends": plan.weeks,
            }
        )
        if starting is not None:
            for name, week in (("prepare", "prepare_from"), ("start", "starts"), ("end", "ends")):
                day = 6 if name == "end" else 0
                weeks = pd.to_timedelta(7 * (table[week].astype("int64") - 1) + day, unit="D")
                table[f"{name}_date"] = starting + weeks
        self.table = table

    @property
    def description(self) -> str:
        """The calendar in words."""
        if self.table.empty:
            return "Nothing changes: every lever stays as it is today."
        steps = [
            f"{action} in week {first}"
            for action, first in zip(self.table["action"], self.table["starts"], strict=True)
        ]
        goals = [str(goal) for goal in self._plan.objectives]
        words = f"Calendar of {self._plan.weeks} weeks. New from its start: " + "; ".join(steps)
        return words + (". Due: " + "; ".join(goals) if goals else "") + "."

    def chart(self) -> Axes:
        """A bar per action, pale while it is prepared, and a mark for each objective."""
        from matplotlib import pyplot as plt

        table, weeks = self.table, self._plan.weeks
        rows = max(len(table), 1) + bool(self._plan.objectives)
        _, axes = plt.subplots(figsize=(7.6, 1.4 + 0.34 * rows), layout="constrained")
        for row, (first, prepare) in enumerate(
            zip(table["starts"], table["prepare_from"], strict=True)
        ):
            axes.barh(row, first - prepare, left=prepare - 1, color="#C9DCEB", height=0.6)
            axes.barh(row, weeks + 1 - first, left=first - 1, color=charts.BLUE, height=0.6)
        labels = list(table["action"])
        if table.empty:
            labels = ["no action"]
        if self._plan.objectives:
            due = [goal.by_week for goal in self._plan.objectives]
            axes.scatter(due, [len(labels)] * len(due), marker="D", color=charts.ORANGE, zorder=3)
            labels.append("objectives due")
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        low = min([0, *(table["prepare_from"] - 1)])
        axes.set(xlim=(low, weeks + 0.5), xlabel="week of the plan (pale: preparation)")
        axes.set_title(self._plan.name, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        return axes

    def __repr__(self) -> str:
        return self.description

    def _repr_html_(self) -> str:
        if self.table.empty:
            return f"<p>{escape(self.description)}</p>"
        return str(self.table.to_html(index=False))


def say(lever: str) -> str:
    """A lever as people say it.

    >>> say("promotion.emails_per_week")
    'emails per week'
    """
    return lever.partition(".")[2].replace("_", " ")


def value(number: object) -> str:
    """A lever's value as people write it.

    >>> value(True), value(2.40), value(480.0)
    ('yes', '2.4', '480')
    """
    if isinstance(number, bool):
        return "yes" if number else "no"
    return f"{number:,.6g}" if isinstance(number, (int, float)) else str(number)
