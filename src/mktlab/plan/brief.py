"""The plan on one page, for the manager who has to say yes: what, why, how much, when, who."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import charts
from mktlab.plan.calendar import say, value
from mktlab.plan.objectives import KPIS, amount

if TYPE_CHECKING:
    from mktlab.plan import Plan

_STYLE = """
@page { size: A4; margin: 11mm }
body { font: 10pt/1.3 system-ui, sans-serif; color: #1b1b1b; max-width: 190mm; margin: auto }
h1 { font-size: 17pt; margin: 0 0 2mm } h2 { font-size: 11pt; margin: 3mm 0 1mm }
table { border-collapse: collapse; width: 100% } td, th { padding: .7mm 1.5mm; text-align: left;
vertical-align: top; border-bottom: 1px solid #d0d0d0 } th { background: #eef3f7 }
td.number, th.number { text-align: right } p { margin: 1mm 0 } ul { margin: 1mm 0 1mm 5mm;
padding: 0 } img { max-width: 100%; max-height: 95mm } .two { display: grid;
grid-template-columns: 1fr 1fr; gap: 5mm }
"""


class Brief:
    """A plan on one page; shows itself in a notebook, `save` writes it as HTML."""

    def __init__(self, plan: Plan, starting: pd.Timestamp | None) -> None:
        self._plan, self._starting = plan, starting
        self.html = _page(plan, starting)

    def save(self, path: str | Path) -> Path:
        """Write the page; it needs no other file and prints on one sheet of A4."""
        place = Path(path)
        place.write_text(self.html, encoding="utf-8")
        return place

    def _repr_html_(self) -> str:
        return _body(self._plan, self._starting)

    def __repr__(self) -> str:
        return f"Brief of the plan {self._plan.name!r}: {summary(self._plan)}"


def summary(plan: Plan) -> str:
    """The plan in two sentences."""
    changes = plan.changes()
    if changes.empty:
        return f"Everything stays as it is today for {plan.weeks} weeks."
    groups = list(dict.fromkeys(changes["p"].str.lower()))
    extra = plan.total_cost - plan.weeks * float(plan.cost()["weekly_today"].sum())
    more = "as much as today" if round(extra) == 0 else f"€{abs(extra):,.0f} "
    more += "" if round(extra) == 0 else "more than today" if extra > 0 else "less than today"
    levers = "1 lever" if len(changes) == 1 else f"{len(changes)} levers"
    return (
        f"Over {plan.weeks} weeks we change {levers} of {_listed(groups)}. Our levers cost "
        f"€{plan.total_cost:,.0f} of a budget of €{plan.total_budget:,.0f}: {more}."
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _page(plan: Plan, starting: pd.Timestamp | None) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(plan.name)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{_body(plan, starting)}</main></body></html>"
    )


def _body(plan: Plan, starting: pd.Timestamp | None) -> str:
    period = f"{plan.weeks} weeks"
    if starting is not None:
        end = starting + pd.Timedelta(days=7 * plan.weeks - 1)
        period = f"{starting:%B} {starting.day}, {starting.year} to {end:%B} {end.day}, {end.year}"
    return "\n".join(
        [
            f"<h1>{escape(plan.name)}</h1>",
            f"<p>Marketing plan, {period}. {escape(summary(plan))}</p>",
            f"<h2>What we want to reach</h2>{_objectives(plan)}",
            f"<h2>What we do, on the seven Ps</h2>{_seven_ps(plan)}",
            f'<div class="two"><div><h2>What it costs</h2>{_budget(plan)}</div>',
            f"<div><h2>How we will know</h2>{_control(plan)}{_risks(plan)}</div></div>",
            f"<h2>When, and who</h2>{_calendar(plan, starting)}",
        ]
    )


def _table(caption: str, headers: list[str], rows: list[list[str]], numbers: int = 0) -> str:
    """An HTML table; the last `numbers` columns are set to the right."""
    first = len(headers) - numbers

    def side(place: int) -> str:
        return ' class="number"' if place >= first else ""

    head = "".join(f'<th scope="col"{side(i)}>{escape(h)}</th>' for i, h in enumerate(headers))
    body = "".join(
        "<tr>" + "".join(f"<td{side(i)}>{escape(c)}</td>" for i, c in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<table aria-label="{escape(caption)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _objectives(plan: Plan) -> str:
    if not plan.objectives:
        return "<p>No objective is set: without one, nobody can tell whether the plan worked.</p>"
    rows = []
    for goal in plan.objectives:
        kpi = KPIS.get(goal.kpi)
        label, unit = (kpi.label, kpi.unit) if kpi else (goal.kpi, "")
        bound = "at most" if kpi and kpi.direction == "down" else "at least"
        target = f"{bound} {amount(goal.target, unit)}"
        rows.append([label, target, f"week {goal.by_week}", goal.owner, goal.note])
    return _table("Objectives", ["KPI", "target", "by", "owner", "note"], rows)


def _seven_ps(plan: Plan) -> str:
    from mktlab.plan import P_NAMES

    changes = plan.changes()
    columns = ["lever", "today", "planned", "unit", "starts", "owner"]
    rows = []
    for name in P_NAMES.values():
        ours = changes[changes["p"] == name]
        words = [
            f"{say(lever)} {value(today)} → {value(planned)} ({unit}), week {first}, {owner}"
            for lever, today, planned, unit, first, owner in ours[columns].to_numpy().tolist()
        ]
        rows.append([name, "; ".join(words) or "as today"])
    return _table("The seven Ps", ["P", "what changes"], rows)


def _budget(plan: Plan) -> str:
    cost = plan.cost().groupby("p", sort=False)[["total", "extra"]].sum()
    rows = [
        [str(p), f"€{row['total']:,.0f}", f"{row['extra']:+,.0f}"] for p, row in cost.iterrows()
    ]
    left = plan.total_budget - plan.total_cost
    rows.append(["All levers", f"€{plan.total_cost:,.0f}", f"{cost['extra'].sum():+,.0f}"])
    state = f"€{left:,.0f} left" if left >= 0 else f"€{-left:,.0f} over"
    rows.append([f"Budget ({state})", f"€{plan.total_budget:,.0f}", ""])
    return _table("Budget", ["P", "cost", "vs today"], rows, numbers=2)


def _control(plan: Plan) -> str:
    if not plan.objectives:
        return "<p>Set objectives; the market reports every KPI each quarter.</p>"
    kpis = [KPIS[g.kpi].label.lower() for g in plan.objectives if g.kpi in KPIS]
    return (
        f"<p>Every 13 weeks we compare {escape(_listed(kpis))} with the targets and with doing "
        "nothing. What is behind both is revised; what costs more than it brings is stopped.</p>"
    )


def _risks(plan: Plan) -> str:
    problems = plan.validate()
    if not problems:
        return "<p>The plan keeps within its budget, lead times, costs and staff.</p>"
    items = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    return f"<p>Before it can be carried out:</p><ul>{items}</ul>"


def _calendar(plan: Plan, starting: pd.Timestamp | None) -> str:
    from matplotlib import pyplot as plt

    calendar = plan.calendar(starting=starting)
    if calendar.table.empty:
        return f"<p>{escape(calendar.description)}</p>"
    axes = calendar.chart()
    picture = base64.b64encode(charts.png(axes)).decode()
    plt.close(charts.figure_of(axes))
    alt = escape(calendar.description)
    return f'<img alt="{alt}" src="data:image/png;base64,{picture}">'
