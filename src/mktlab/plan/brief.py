"""The brief: a plan on one page, for the people who decide on it and those who carry it out.

`brief` makes a `Brief`. Each section has one function: objectives, the seven Ps with what they
cost, the calendar as a picture, who does what, how we will know, and risks. Every text that a
person wrote into the plan is escaped. `brief.css` holds the looks, on screen and on paper.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from mktlab.plan.calendar import Calendar, calendar, date_of
from mktlab.plan.checks import priced, problems
from mktlab.plan.decisions import Decisions
from mktlab.plan.mix import DECIDED
from mktlab.plan.objectives import INDICATORS, Objective
from mktlab.plan.wording import GROUPS, P_NAMES, change, is_whole, number, write
from mktlab.resources import read_text
from mktlab.schema import MktlabError
from mktlab.show.charts import png
from mktlab.show.formats import money
from mktlab.show.tables import Grid
from mktlab.show.words import say, say_many

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
        return say(
            "{title}: a page to be shown in a notebook, or saved with save(path).", title=self.title
        )

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
        raise MktlabError(
            say('currency: {code} is no currency; write a code as in "EUR".', code=number(currency))
        )
    dates = calendar(plan, starting=starting, currency=currency)
    sections = [
        f"<h1>{escape(plan.name)}</h1>\n<p>{escape(summary(plan, currency))}</p>",
        section("Objectives", _objectives(dates, currency)),
        section("The seven Ps and what they cost", _seven_ps(plan, currency)),
        section("Calendar", picture(dates)),
        pair(
            section("Who does what", people(dates)),
            section("How we will know", listed(_rules(plan))),
        ),
        section("Risks", _risks(plan)),
    ]
    return page(plan.name, sections, crowded=len(dates.table) > 12 or len(plan.objectives) > 6)


def page(title: str, sections: Sequence[str], *, crowded: bool = False) -> Brief:
    """A page of these parts; a crowded one is set smaller on paper."""
    kind = "mktlab-brief dense" if crowded else "mktlab-brief"
    body = "\n".join(sections)
    return Brief(title, f'<article class="{kind}">\n{body}\n</article>')


def summary(plan: Decisions, currency: str = "EUR") -> str:
    """The plan in a sentence, counted from what it changes.

    >>> summary(Decisions.baseline())  # doctest: +ELLIPSIS
    'Over 52 weeks nothing changes; that costs €... of a budget of €...0,000.'
    """
    costs = priced(plan)
    total, extra = float(costs["total"].sum()), float(costs["extra"].sum())
    changes = plan.changes()
    told: dict[str, Any] = {
        "changes": len(changes),
        "levers": len(DECIDED),
        "ps": ", ".join(dict.fromkeys(changes["p"])),
        "starts": min(changes["starts"], default=0),
        "total": money(total, currency),
        "budget": money(plan.budget, currency),
    }
    more = money(abs(extra), currency)
    against = say("as much as going on as today")
    if round(extra) > 0:
        against = say("{more} more than going on as today", more=more)
    if round(extra) < 0:
        against = say("{less} less than going on as today", less=more)
    if changes.empty:
        return say_many(
            "Over {n} week nothing changes; that costs {total} of a budget of {budget}.",
            "Over {n} weeks nothing changes; that costs {total} of a budget of {budget}.",
            plan.weeks,
            **told,
        )
    parts = [
        say_many(
            "Over {n} week the plan changes {changes} of {levers} levers ({ps}), from week "
            "{starts} on.",
            "Over {n} weeks the plan changes {changes} of {levers} levers ({ps}), from week "
            "{starts} on.",
            plan.weeks,
            **told,
        ),
        say("It costs {total} of a budget of {budget}, {against}.", against=against, **told),
    ]
    if plan.objectives:
        many = len(plan.objectives)
        parts.append(say_many("It aims at {n} objective.", "It aims at {n} objectives.", many))
    return " ".join(parts)


def _style() -> str:
    return read_text("plan/brief.css").strip()


def section(title: str, content: str) -> str:
    """A part of the page under its title."""
    return f"<section>\n<h2>{title}</h2>\n{content}\n</section>"


def paragraph(sentence: str) -> str:
    """A sentence as HTML."""
    return f"<p>{escape(sentence)}</p>"


def pair(left: str, right: str) -> str:
    """Two parts beside each other, where there is room."""
    return f'<div class="pair">\n{left}\n{right}\n</div>'


def listed(sentences: Iterable[str]) -> str:
    """Sentences as a list."""
    return "<ul>\n" + "\n".join(f"<li>{escape(s)}</li>" for s in sentences) + "\n</ul>"


def _objectives(dates: Calendar, currency: str) -> str:
    if not dates.objectives:
        return paragraph(
            say("The plan names no objective, so nothing will tell whether it worked.")
        )
    heads = ("Objective", "Target", "By", "Owner", say("Counted as"))
    rows = []
    for entry in dates.objectives:
        known = INDICATORS.get(entry.kpi) if isinstance(entry.kpi, str) else None
        said = (
            entry.label(),
            entry.words(currency),
            f"week {number(entry.by_week)}{_day(entry.by_week, dates.first)}",
            str(entry.owner) or say("not named"),
            " ".join(filter(None, (known.definition if known else "", str(entry.note)))),
        )
        rows.append(said)
    return Grid.of(heads, rows).html(label="Objectives", kind="targets")


def _day(week: object, first: pd.Timestamp | None) -> str:
    """The last day of a week, in brackets, where it is known."""
    if first is None or not is_whole(week) or not 0 < week < 1000:
        return ""
    return f" ({date_of(first, week + 1) - pd.Timedelta(days=1):%Y-%m-%d})"


def _seven_ps(plan: Decisions, currency: str) -> str:
    costs = priced(plan).groupby("p")[["total", "extra"]].sum()
    totals, extras = costs["total"].to_dict(), costs["extra"].to_dict()
    rows = []
    for group in GROUPS:
        p = P_NAMES[group]
        levers = [x for x in DECIDED.values() if x.group == group and plan.changed(x.path)]
        said = [change(x, plan.value(x.path), currency) for x in levers]
        cost = extra = say("through sales")
        if p in totals:
            cost, extra = money(totals[p], currency), money(extras[p], currency, sign=True)
        rows.append((p, "; ".join(said) or say("as today"), cost, extra))
    total, more = float(costs["total"].sum()), float(costs["extra"].sum())
    left = plan.budget - total
    rows += [
        ("Total", "", money(total, currency), money(more, currency, sign=True)),
        ("Budget", "", money(plan.budget, currency), ""),
        ("Left" if left >= 0 else say("Over budget"), "", money(abs(left), currency), ""),
    ]
    grid = Grid.of(("P", say("What changes"), "Cost", say("Against today")), rows, right=(2, 3))
    return grid.html(label="The seven Ps and what they cost", kind="costs", foot=3)


def picture(dates: Calendar) -> str:
    """The calendar as an image that stands in the page itself."""
    if dates.table.empty:
        return paragraph(say("Nothing changes, so nothing is to be prepared."))
    from matplotlib import pyplot as plt

    chart = dates.chart(compact=True)
    figure = chart.get_figure(root=True)
    try:
        drawn = base64.b64encode(png(chart)).decode()
    finally:
        plt.close(figure)
    alt = escape(dates.alt, quote=True)
    return f'<figure><img width="960" alt="{alt}" src="data:image/png;base64,{drawn}"></figure>'


def people(dates: Calendar) -> str:
    """What each owner prepares and starts, and in which weeks."""
    if dates.table.empty:
        return paragraph(say("Everyone goes on as today."))
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
            halfway[INDICATORS[entry.kpi].over].append(
                say("{objective} in week {half}", objective=entry.label(), half=half)
            )
    worse = {
        "sum": say("less than half of the target is reached"),
        "end": say("it is no nearer its target than before the plan"),
        "mean": say("its mean so far misses the target"),
    }
    rules = [
        say(
            "{names}: if {worse}, find out why; change or stop what does not help.",
            names=", ".join(names),
            worse=worse[over],
        )
        for over, names in halfway.items()
        if names
    ]
    if not plan.changes().empty:
        rules.append(
            say("Actions: what is not ready in its week is reported in that week, with a new date.")
        )
    rules.append(
        say(
            "Costs: if a week costs over {overspent:share} more than planned, new spending stops "
            "until the reason is known.",
            overspent=OVERSPENT,
        )
    )
    return rules


def _risks(plan: Decisions) -> str:
    found = problems(plan)
    if not found:
        return paragraph(
            say("Limits, dates, prices, staff and budget were checked: no problem was found.")
        )
    return f'<div class="risks">\n{listed(found)}\n</div>'
