"""The control room of a season: play weeks, read targets and books, change the plan on the way.

`ControlRoom` wraps a `mktlab.market.Season`. Weeks are played one by one so that a bar can show how
far they are; a changed plan is checked by the plan itself, and its sentences are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from mktlab.dashboard import wording
from mktlab.dashboard.view import link, view_of
from mktlab.market import start
from mktlab.plan import DECIDED, LEVERS, Plan
from mktlab.plan.wording import number, title
from mktlab.schema import MktlabError
from mktlab.show import sheets
from mktlab.show.formats import is_money, money, share
from mktlab.show.tables import Grid
from mktlab.show.widgets import WIDGET_VIEW
from mktlab.show.words import say, say_many

STEPS = (1, 4, 13)
FEWEST = 1_000  # persons; with fewer, a week has hardly an order
MAIN_LEVERS = (
    "price.beans",
    "price.capsules",
    "price.gift",
    "price.cafe",
    "price.box",
    "product.quality",
    "promotion.search_brand",
    "promotion.search_generic",
    "promotion.social",
    "promotion.radio",
    "promotion.deal_chance",
    "people.baristas",
    "people.training",
    "people.support_hours",
)
"""The levers that can be moved here; a plan in a notebook has them all."""


class ControlRoom:
    """A season with buttons; made by `season`.

    `season` is the season itself, `message` the sentence shown now. `advance`, `draft` and `carry`
    do from code what the buttons do.
    """

    def __init__(
        self, plan: Plan | None = None, *, people: int | None = None, heading: bool = False
    ) -> None:
        import ipywidgets as ipw

        if not isinstance(plan, Plan | None):
            raise MktlabError(
                say("plan is a {name}: give a Plan, or leave it out.", name=type(plan).__name__)
            )
        if people is not None and (type(people) is not int or people < FEWEST):
            raise MktlabError(
                say(
                    "people is {people!r}: give a whole number of {fewest:count} or more.",
                    people=people,
                    fewest=FEWEST,
                )
            )
        size = {} if people is None else {"people": people}
        self.season = start(Plan.baseline() if plan is None else plan, **size)
        self.message = ""
        self._parts = {name: ipw.HTML() for name in ("status", "report", "plan", "file")}
        self.bar = ipw.IntProgress(
            min=0, max=1, description="Playing", layout={"visibility": "hidden"}
        )
        self.buttons = {
            weeks: ipw.Button(description=say_many("Play {n} week", "Play {n} weeks", weeks))
            for weeks in STEPS
        }
        for weeks, button in self.buttons.items():
            button.on_click(lambda _button, weeks=weeks: self.advance(weeks))
        self.levers = {path: self._lever(path) for path in MAIN_LEVERS}
        self.carry_out = ipw.Button(description=say("Carry it out"))
        self.check = ipw.Button(description=say("Check the plan"))
        self.export = ipw.Button(description=say("Make an Excel file"), layout={"width": "14em"})
        self.check.on_click(lambda _button: self._tell_draft())
        self.carry_out.on_click(lambda _button: self.carry())
        self.export.on_click(lambda _button: self._export())
        self.view = self._laid_out(heading)
        name = self.season.plan.name
        self._say(say("The plan {name!r} starts: no week is played yet. Play some.", name=name))

    def _lever(self, path: str) -> Any:
        import ipywidgets as ipw

        lever = LEVERS[path]
        return ipw.FloatText(
            value=float(self.season.plan.value(path)),
            step=0.05 if lever.high <= 6 else 10,
            description=f"{title(lever)} ({lever.unit})",
            layout={"width": "24em"},
            style={"description_width": "16em"},
        )

    def _laid_out(self, heading: bool) -> Any:
        import ipywidgets as ipw

        wrap = ipw.Layout(flex_flow="row wrap", align_items="center")
        titles = {
            "play": f"<h1>{say('Control room of a season')}</h1>" if heading else "",
            "revise": f"<h2>{say('Change the plan')}</h2>"
            f"<p>{say('Values act after their weeks of preparation.')}</p>",
        }
        parts = self._parts
        return ipw.VBox(
            [
                ipw.HTML(wording.html(titles["play"])),
                ipw.HBox([*self.buttons.values(), self.bar], layout=wrap),
                parts["status"],
                ipw.HTML(wording.html(titles["revise"])),
                ipw.HBox(list(self.levers.values()), layout=wrap),
                ipw.HBox([self.check, self.carry_out], layout=wrap),
                parts["plan"],
                parts["report"],
                ipw.HBox([self.export, parts["file"]], layout=wrap),
            ]
        )

    def advance(self, weeks: int) -> None:
        """Play weeks, showing how far they are."""
        self._parts["file"].value = ""
        self.bar.max, self.bar.value, self.bar.layout.visibility = weeks, 0, "visible"
        for button in self.buttons.values():
            button.disabled = True
        try:
            for played in range(weeks):
                self.season.advance(1)
                self.bar.value = played + 1
        except MktlabError as problem:
            self._say(str(problem))
            return
        finally:
            self.bar.layout.visibility = "hidden"
            for button in self.buttons.values():
                button.disabled = False
        self._show_report()

    def draft(self) -> Plan:
        """The plan in force with the values that the levers show now."""
        groups: dict[str, Any] = {}
        for path, control in self.levers.items():
            group, name = path.split(".")
            groups.setdefault(group, {})[name] = control.value
        return self.season.plan.but(**groups)

    def carry(self) -> bool:
        """Carry the draft out from now on, if nothing is wrong with it."""
        plan = self.draft()
        if not self._tell_draft():
            return False
        try:
            self.season.revise(plan)
        except MktlabError as problem:
            self._say(str(problem))
            return False
        self._say(
            say("From week {week} on, the changed plan is carried out.", week=self.season.week + 1)
        )
        return True

    def _tell_draft(self) -> bool:
        """Show what is wrong with the draft, or what it changes and costs."""
        plan = self.draft()
        problems = plan.validate()
        if problems:
            head = say_many(
                "The plan has {n} problem:", "The plan has {n} problems:", len(problems)
            )
            items = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
            told = f'<div role="status"><p>{head}</p><ul>{items}</ul></div>'
        else:
            changes = plan.changes()
            changed: Iterable[Any] = changes.rename(columns={"from": "before"}).itertuples()
            rows = [
                (title(DECIDED[row.path]), number(row.before), number(row.to), f"{row.unit}",
                 f"after {DECIDED[row.path].lead_weeks}")
                for row in changed
            ]  # fmt: skip
            extra = money(float(plan.cost()["extra"].sum()), "EUR", sign=True)
            fine = say(
                "Nothing is wrong with the plan. It costs {extra} more than going on as today, "
                "over {weeks} weeks.",
                extra=extra,
                weeks=plan.weeks,
            )
            told = f'<p role="status">{fine}</p>'
            heads = ("Lever", "Today", "Planned", "Unit", "Acts")
            if rows:
                told += Grid.of(heads, rows).html(
                    caption=say("What it changes; weeks of preparation")
                )
        self._parts["plan"].value = wording.html(told)
        return not problems

    def _show_report(self) -> None:
        books = self.season.pnl().set_index("account")
        profit: Any = books.loc["profit"]
        self._parts["report"].value = wording.html(
            f'<div class="mktlab-beside"><div><h2>Targets</h2>{self._report_table()}</div>'
            f"<div><h2>Books</h2>{self._books_table(books)}</div></div>"
        )
        self._say(
            say(
                "Week {week}: the plan has earned {plan}, {difference} against going on as today, "
                "of which {expected_difference} is not luck.",
                week=self.season.week,
                plan=money(profit["plan"], "EUR"),
                difference=money(profit["difference"], "EUR", sign=True),
                expected_difference=money(profit["expected_difference"], "EUR", sign=True),
            )
        )

    def _report_table(self) -> str:
        rows = []
        indicators: Iterable[Any] = self.season.report().itertuples()
        for row in indicators:
            target = ""
            if pd.notna(row.target):
                target = say(
                    "{target} by week {by_week}",
                    target=_said(row.target, row.unit),
                    by_week=row.by_week,
                )
            reached = {"yes": say("✓ reached"), "no": say("✗ missed")}.get(str(row.reached), "")
            values = (_said(row.value, row.unit), _said(row.baseline, row.unit))
            unit = "" if row.unit == "share" or is_money(row.unit) else str(row.unit)
            rows.append((str(row.meaning), *values, unit, target, reached))
        ways = say("With the plan"), say("As today")
        heads = (say("Indicator"), *ways, say("Unit"), say("Target"), say("Reached"))
        return Grid.of(heads, rows).html(caption=say("Over {week} weeks", week=self.season.week))

    def _books_table(self, books: pd.DataFrame) -> str:
        rows = [
            (str(account).replace("_", " ").capitalize(), *(money(value, "EUR") for value in row))
            for account, row in zip(books.index, books.to_numpy(), strict=True)
        ]
        ways = say("With the plan"), say("As today")
        heads = (say("Account"), *ways, say("Difference"), say("Difference without luck"))
        return Grid.of(heads, rows).html(caption=say("Euros over these weeks; costs are negative"))

    def workbook(self) -> bytes:
        """Targets, books and the plan in force as an .xlsx file.

        Raises
        ------
        MktlabError
            When no week is played yet.
        """
        book, season = sheets.empty(), self.season
        setting = [("Plan", season.plan.name), (say("Weeks played"), season.week)]
        sheets.add(book, "Season", ("What", "Value"), setting, widths=(20, 50))
        tables = {
            "Targets": season.report(),
            "Books": season.pnl(),
            "Changes": season.plan.changes(),
        }
        for name, table in tables.items():
            rows = table.astype(object).itertuples(index=False, name=None)
            sheets.add(book, name, list(table), rows, widths=[22] * len(table.columns))
        return sheets.content_of(book)

    def _export(self) -> None:
        if self.season.week:
            self._parts["file"].value = link(self.workbook(), "season.xlsx")
        else:
            self._parts["file"].value = wording.status(
                say("No week is played yet: play some first.")
            )

    def _say(self, text: str) -> None:
        self.message = text
        self._parts["status"].value = wording.status(text)

    def __repr__(self) -> str:
        return self.message

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, object]:
        return {"text/plain": self.message, WIDGET_VIEW: view_of(self.view)}


def _said(value: float, unit: str) -> str:
    if is_money(unit):
        return money(value, "EUR", cents=abs(value) < 100)
    return share(value, 1) if unit == "share" else number(round(value, 2))
