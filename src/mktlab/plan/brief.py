"""The brief: a plan on one page, for the people who decide on it and those who carry it out.

`brief` makes a `Brief`. Each section has one function: objectives, the seven Ps with what they
cost, the calendar as a picture, who does what, how we will know, and risks. Every text that a
person wrote into the plan is escaped. `brief.css` holds the looks, on screen and on paper.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from mktlab.plan.calendar import Calendar, calendar, date_of
from mktlab.plan.checks import priced, problems
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import LEVERS
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.wording import GROUPS, P_NAMES, change, is_whole, number, write
from mktlab.resources import read_text
from mktlab.schema import MktlabError
from mktlab.show.charts import png
from mktlab.show.formats import money

OVERSPENT = 0.05  # share above the planned costs of a week at which new spending stops
_PAGE = read_text("plan/brief.html")


@dataclass(frozen=True)
class Brief:
    """A plan on one page.

    Attributes
    ----------
    title
        The plan's name.
    body
        The page's content, without a frame around it.
    """

    title: str
    body: str

    @property
    def html(self) -> str:
        """The page as one HTML document that needs nothing else and prints on A4."""
        return _PAGE.format(title=escape(self.title), style=_style(), body=self.body)

    def __repr__(self) -> str:
        return f"{self.title}: a page to be shown in a notebook, or saved with save(path)."

    def _repr_html_(self) -> str:
        return f"<style>\n{_style()}\n</style>\n{self.body}"

    def save(self, path: str | Path) -> None:
        """Write the page to a file whose name ends in .html.

        Raises
        ------
        MktlabError
            When the name ends otherwise, or the place cannot be written to.
        """
        write(path, self.html, suffixes=(".html", ".htm"))


def brief(
    plan: Decisions, *, currency: str = "EUR", starting: str | dt.date | None = None
) -> Brief:
    """The plan on one page; `Plan.brief` is the door to it.

    Parameters
    ----------
    plan
        What to tell about; what `validate` finds is listed among the risks.
    currency
        Code of the currency that amounts are in, such as EUR.
    starting
        The plan's first day; then weeks are told with dates.

    Raises
    ------
    MktlabError
        When a value is no number or out of its limits, or an argument is of no use.
    """
    if not isinstance(currency, str) or not currency.strip():
        raise MktlabError(f'currency: {number(currency)} is no currency; write a code as in "EUR".')
    dates = calendar(plan, starting=starting, currency=currency)
    sections = [
        f"<h1>{escape(plan.name)}</h1>\n<p>{escape(summary(plan, currency))}</p>",
        _section("Objectives", _objectives(dates, currency)),
        _section("The seven Ps and what they cost", _seven_ps(plan, currency)),
        _section("Calendar", _picture(dates)),
        _pair(
            _section("Who does what", _people(dates)),
            _section("How we will know", _list(_rules(plan))),
        ),
        _section("Risks", _risks(plan)),
    ]
    crowded = len(dates.table) > 12 or len(plan.objectives) > 6
    kind = "mktlab-brief dense" if crowded else "mktlab-brief"
    body = "\n".join(sections)
    return Brief(plan.name, f'<article class="{kind}">\n{body}\n</article>')


def summary(plan: Decisions, currency: str = "EUR") -> str:
    """The plan in a sentence, counted from what it changes.

    >>> summary(Decisions.baseline())
    'Over 52 weeks nothing changes; that costs €485,814 of a budget of €490,000.'
    """
    costs = priced(plan)
    total, extra = float(costs["total"].sum()), float(costs["extra"].sum())
    changes = plan.changes()
    spent = f"costs {money(total, currency)} of a budget of {money(plan.budget, currency)}"
    over = f"Over {plan.weeks} week{'s' if plan.weeks > 1 else ''}"
    if changes.empty:
        return f"{over} nothing changes; that {spent}."
    ps = list(dict.fromkeys(changes["p"]))
    more = money(abs(extra), currency)
    against = f"{more} {'more' if extra > 0 else 'less'} than going on as today"
    if round(extra) == 0:
        against = "as much as going on as today"
    aims = f", and aims at {_count(len(plan.objectives), 'objective')}" if plan.objectives else ""
    return (
        f"{over} the plan changes {len(changes)} of {len(LEVERS)} levers "
        f"({', '.join(ps)}), the first in week {min(changes['starts'])}; it {spent}, "
        f"{against}{aims}."
    )


def _style() -> str:
    return read_text("plan/brief.css").strip()


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{title}</h2>\n{content}\n</section>"


def _pair(left: str, right: str) -> str:
    return f'<div class="pair">\n{left}\n{right}\n</div>'


def _list(sentences: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{escape(s)}</li>" for s in sentences) + "\n</ul>"


def _table(label: str, kind: str, content: str) -> str:
    """A table that can be scrolled by itself, also with keys, where the screen is narrow."""
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">\n'
        f'<table class="{kind}">\n{content}\n</table>\n</div>'
    )


def _row(cells: Iterable[str], numbers: int = 0, kind: str = "td") -> str:
    """A table row of escaped cells; the first names the row, the last `numbers` hold numbers."""
    texts = list(cells)
    scope = "col" if kind == "th" else "row"
    parts = []
    for place, text in enumerate(texts):
        tag = "th" if kind == "th" or place == 0 else "td"
        mark = f' scope="{scope}"' if tag == "th" else ""
        mark += ' class="num"' if place >= len(texts) - numbers else ""
        parts.append(f"<{tag}{mark}>{text}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"


def _objectives(dates: Calendar, currency: str) -> str:
    if not dates.objectives:
        return "<p>The plan names no objective, so nothing will tell whether it worked.</p>"
    head = _row(("Objective", "Target", "By", "Owner", "Counted as"), kind="th")
    rows = []
    for entry in dates.objectives:
        known = INDICATORS.get(entry.kpi) if isinstance(entry.kpi, str) else None
        said = (
            entry.label(),
            entry.words(currency),
            f"week {number(entry.by_week)}{_day(entry.by_week, dates.first)}",
            str(entry.owner) or "not named",
            " ".join(filter(None, (known.definition if known else "", str(entry.note)))),
        )
        rows.append(_row(escape(cell) for cell in said))
    body = "\n".join(rows)
    table = f"<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>"
    return _table("Objectives", "targets", table)


def _day(week: object, first: pd.Timestamp | None) -> str:
    """The last day of a week, in brackets, where it is known."""
    if first is None or not is_whole(week) or not 0 < week < 1000:
        return ""
    return f" ({date_of(first, week + 1) - pd.Timedelta(days=1):%Y-%m-%d})"


def _seven_ps(plan: Decisions, currency: str) -> str:
    head = _row(("P", "What changes", "Cost", "Against today"), numbers=2, kind="th")
    costs = priced(plan).groupby("p")[["total", "extra"]].sum()
    totals, extras = costs["total"].to_dict(), costs["extra"].to_dict()
    rows = []
    for group in GROUPS:
        p = P_NAMES[group]
        levers = [x for x in LEVERS.values() if x.group == group and plan.changed(x.path)]
        said = [escape(change(x, plan.value(x.path), currency)) for x in levers]
        what = "; ".join(said) or '<span class="quiet">as today</span>'
        cost = extra = '<span class="quiet">through sales</span>'
        if p in totals:
            cost = escape(money(totals[p], currency))
            extra = escape(money(extras[p], currency, sign=True))
        rows.append(_row((p, what, cost, extra), numbers=2))
    total, more = float(costs["total"].sum()), float(costs["extra"].sum())
    left = plan.budget - total
    feet = (
        ("Total", "", money(total, currency), money(more, currency, sign=True)),
        ("Budget", "", money(plan.budget, currency), ""),
        ("Left" if left >= 0 else "Over budget", "", money(abs(left), currency), ""),
    )
    foot = "\n".join(_row((escape(cell) for cell in cells), numbers=2) for cells in feet)
    body = "\n".join(rows)
    table = f"<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n<tfoot>\n{foot}\n</tfoot>"
    return _table("The seven Ps and what they cost", "costs", table)


def _picture(dates: Calendar) -> str:
    if dates.table.empty:
        return "<p>Nothing changes, so nothing is to be prepared.</p>"
    from matplotlib import pyplot as plt

    chart = dates.chart(compact=True)
    figure = chart.get_figure(root=True)
    try:
        picture = base64.b64encode(png(chart)).decode()
    finally:
        plt.close(figure)
    alt = escape(dates.alt, quote=True)
    return f'<figure><img width="960" alt="{alt}" src="data:image/png;base64,{picture}"></figure>'


def _people(dates: Calendar) -> str:
    if dates.table.empty:
        return "<p>Everyone goes on as today.</p>"
    lines = []
    for owner, rows in dates.table.groupby("owner", sort=False):
        tasks = []
        for starts, same in rows.groupby("starts", sort=True):
            names = ", ".join(name.lower() for name in same["lever"])
            tasks.append(f"{names} ({min(same['prepare_from'])} → {starts})")
        said = escape(f"{'; '.join(tasks)}.")
        lines.append(f"<li><strong>{escape(str(owner).capitalize())}</strong>: {said}</li>")
    said = '<p class="quiet">(week in which preparation begins → week in which it acts)</p>'
    return said + "\n<ul>\n" + "\n".join(lines) + "\n</ul>"


def _rules(plan: Decisions) -> list[str]:
    """When to look, at what, and when to stop."""
    halfway: dict[str, list[str]] = {"sum": [], "end": [], "mean": []}
    for entry in plan.objectives:
        known = (
            isinstance(entry, Objective) and isinstance(entry.kpi, str) and entry.kpi in INDICATORS
        )
        if known and is_whole(entry.by_week):
            half = max(entry.by_week // 2, 1)
            halfway[INDICATORS[entry.kpi].over].append(f"{entry.label()} in week {half}")
    worse = {
        "sum": "less than half of the target is reached",
        "end": "it is no nearer its target than before the plan",
        "mean": "its mean so far misses the target",
    }
    rules = [
        f"{', '.join(names)}: if {worse[over]}, find out why; change or stop what does not help."
        for over, names in halfway.items()
        if names
    ]
    if not plan.changes().empty:
        rules.append(
            "Actions: what is not ready in its week is reported in that week, with a new date."
        )
    rules.append(
        f"Costs: if a week costs over {OVERSPENT:.0%} more than planned, new spending stops until "
        "the reason is known."
    )
    return rules


def _risks(plan: Decisions) -> str:
    found = problems(plan)
    if not found:
        return "<p>Limits, dates, prices, staff and budget were checked: no problem was found.</p>"
    return f'<div class="risks">\n{_list(found)}\n</div>'
