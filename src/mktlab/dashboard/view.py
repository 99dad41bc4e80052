"""The dashboard as a page of controls, for JupyterLab and, through Voila, for any browser.

`Dashboard` puts filters above tiles, a trend, alerts and channels, and redraws them whenever a
filter changes. What cannot be shown is said in a sentence, in the place where the numbers would be.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.company import Company
from mktlab.control_charts import SIGMAS
from mktlab.dashboard import sections, wording
from mktlab.dashboard.figures import Board, Page
from mktlab.kpi.registry import KPIS
from mktlab.schema import MktlabError
from mktlab.show import charts
from mktlab.show.widgets import WIDGET_VIEW
from mktlab.show.words import say

if TYPE_CHECKING:
    import ipywidgets as ipw
    from matplotlib.figure import Figure

PERIODS = {
    "Last 4 weeks": 4,
    "Last 13 weeks": 13,
    "Last 26 weeks": 26,
    "Last 52 weeks": 52,
    "All weeks": 0,
}
OWN_DAYS = "From day to day"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Dashboard:
    """The page of a company; made by `show`.

    `view` is the widget of the whole, `controls` maps a name to its widget: set
    `page.controls["segment"].value` to filter from code. `message` is the sentence shown now,
    `page` the numbers (None when there are none).
    """

    def __init__(
        self, company: Company, *, targets: Mapping[str, float] | None = None, heading: bool = False
    ) -> None:
        import ipywidgets as ipw

        self.board = Board(company, targets=targets)
        self.page: Page | None = None
        self.message = ""
        self.controls = self._make_controls()
        self._parts = {
            name: ipw.HTML()
            for name in ("status", "tiles", "trend", "alerts", "channels", "below", "file")
        }
        wrap = ipw.Layout(flex_flow="row wrap", align_items="flex-end")
        c, parts = self.controls, self._parts
        title = wording.html(f"<h1>{escape(company.name)}: dashboard</h1>" if heading else "")
        self.view = ipw.VBox(
            [
                ipw.HTML(title),
                ipw.HBox([c[n] for n in ("period", "first", "last", "against")], layout=wrap),
                ipw.HBox([c[n] for n in ("segment", "channel", "sigmas")], layout=wrap),
                parts["status"],
                parts["tiles"],
                c["measure"],
                parts["trend"],
                parts["alerts"],
                parts["channels"],
                parts["below"],
                ipw.HBox([c["export"], parts["file"]], layout=wrap),
            ]
        )
        self._moving = False
        self._take_period()
        self.update()
        for name, control in c.items():
            if name == "export":
                control.on_click(self._export)
            else:
                control.observe(self._changed(name), names="value")

    def _make_controls(self) -> dict[str, Any]:
        import ipywidgets as ipw

        board = self.board
        measures = [(KPIS[name].label, name) for name in board.weekly_names]
        wide = {"layout": {"width": "21em"}, "style": {"description_width": "6.5em"}}
        everybody = [(say("all customers"), ""), *((name, name) for name in board.filters.segments)]
        everywhere = [(say("all channels"), ""), *((name, name) for name in board.filters.channels)]
        compared = [(say("a year before"), "year"), (say("the weeks before"), "before")]
        return {
            "period": ipw.Dropdown(
                options=[*PERIODS, OWN_DAYS], value="Last 13 weeks", description="Period", **wide
            ),
            "first": ipw.DatePicker(description=say("First day"), **wide),
            "last": ipw.DatePicker(description=say("Last day"), **wide),
            "against": ipw.Dropdown(options=compared, description=say("Compare to"), **wide),
            "segment": ipw.Dropdown(options=everybody, description="Segment", **wide),
            "channel": ipw.Dropdown(options=everywhere, description="Channel", **wide),
            "sigmas": ipw.Dropdown(
                options=[(say("{s:g} std. deviations", s=s), s) for s in (2.0, 2.5, 3.0, 3.5, 4.0)],
                value=SIGMAS,
                description=say("Alert beyond"),
                **wide,
            ),
            "measure": ipw.Dropdown(options=measures, description=say("Trend of"), **wide),
            "export": ipw.Button(description=say("Make an Excel file"), layout={"width": "14em"}),
        }

    def _changed(self, name: str) -> Any:
        def react(_change: object) -> None:
            if self._moving:
                return
            if name == "period":
                self._take_period()
            elif name in ("first", "last"):
                self._moving = True
                self.controls["period"].value = OWN_DAYS
                self._moving = False
            if name == "measure":
                self._draw()
            else:
                self.update()

        return react

    def _take_period(self) -> None:
        """Let the days follow the period chosen."""
        period = self.controls["period"].value
        if period == OWN_DAYS:
            return
        board, weeks = self.board, PERIODS[period]
        last = board.last - pd.Timedelta(days=1)
        chosen = board.latest(weeks) if weeks else board.selection(board.first, last)
        self._moving = True
        self.controls["first"].value = chosen.start.date()
        self.controls["last"].value = last.date()
        self._moving = False

    def update(self) -> None:
        """Compute and show what the controls ask for; a sentence when that is nothing."""
        parts = self._parts
        parts["file"].value = ""
        try:
            self.page = self._asked()
        except MktlabError as problem:
            self.page, self.message = None, str(problem)
            for name in ("tiles", "trend", "alerts", "channels", "below"):
                parts[name].value = ""
            parts["status"].value = wording.status(self.message)
            return
        page, sigmas = self.page, self.controls["sigmas"].value
        self.message = wording.summary(page)
        parts["tiles"].value = wording.html(wording.tiles(page), wording.notes(page))
        parts["status"].value = wording.status(_announced(page))
        parts["alerts"].value = wording.html(wording.alert_list(page, sigmas=sigmas))
        parts["channels"].value = wording.html(wording.channel_table(page))
        parts["below"].value = wording.html(*(one._repr_html_() for one in self.sections))
        self._draw()

    def _asked(self) -> Page:
        c = self.controls
        days = [c["first"].value, c["last"].value]
        if None in days:
            raise MktlabError(
                say("A day is missing: write a first and a last day, or choose a period.")
            )
        chosen = self.board.selection(
            *map(pd.Timestamp, days),
            segment=c["segment"].value,
            channel=c["channel"].value,
            against=c["against"].value,
        )
        return self.board.page(chosen, sigmas=c["sigmas"].value)

    def _draw(self) -> None:
        from mktlab.dashboard.drawing import trend

        if self.page is None or not self.controls["measure"].options:
            return
        name, sigmas = self.controls["measure"].value, self.controls["sigmas"].value
        figure, words = trend(self.page, name, sigmas=sigmas)
        picture = base64.b64encode(charts.png(figure)).decode()
        self._parts["trend"].value = (
            f'<img style="width: 760px; max-width: 100%" alt="{escape(words)}" '
            f'src="data:image/png;base64,{picture}">'
        )

    def _export(self, _button: object) -> None:
        from mktlab.dashboard.export import workbook

        if self.page is None:
            self._parts["file"].value = wording.status(say("There is nothing to export."))
            return
        try:
            content = workbook(
                self.page, company=self.board.company.name, sigmas=self.controls["sigmas"].value
            )
        except MktlabError as refused:
            self._parts["file"].value = wording.status(str(refused))
            return
        self._parts["file"].value = link(content, "dashboard.xlsx")

    @property
    def sections(self) -> list[sections.Section]:
        """Purchase path, tests and channel credit: those that the tables allow."""
        return [] if self.page is None else sections.sections(self.page)

    def poster(self) -> Figure:
        """Tiles and trend as one picture, for paper, in which no number counts fewer than five.

        Raises
        ------
        MktlabError
            When the selection has no numbers, or fewer than five customers bought in it.
        """
        from mktlab.dashboard.drawing import poster
        from mktlab.dashboard.export import to_share

        if self.page is None:
            raise MktlabError(self.message)
        measure, sigmas = (self.controls[name].value for name in ("measure", "sigmas"))
        return poster(to_share(self.page), measure, sigmas=sigmas)

    def __repr__(self) -> str:
        return self.message

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, object], dict[str, object]]:
        """What is stored, and so may be passed on: the words and the picture are without few."""
        from mktlab.dashboard.export import to_share

        words, metadata = self.message, dict[str, object]()
        data: dict[str, object] = {"text/plain": words}
        try:
            if self.page is not None and self.controls["measure"].options:
                words = wording.summary(to_share(self.page))
                data, metadata = charts.bundle(self.poster(), alt=words)
        except MktlabError as refused:
            data = {"text/plain": str(refused)}
        return data | {WIDGET_VIEW: view_of(self.view)}, metadata


def _announced(page: Page) -> str:
    """The sentence that is read out when the numbers have changed."""
    off = [str(label) for label in page.tiles.loc[page.tiles["status"] == "off target", "label"]]
    behind = say("off target: {off}", off=", ".join(off))
    behind = behind if off else say("nothing is off target for sure")
    return say(
        "Shown: {title}. {tiles} numbers, {behind}.",
        title=wording.title_of(page),
        tiles=len(page.tiles),
        behind=behind,
    )


def link(content: bytes, name: str) -> str:
    """A link that saves a workbook, announced to screen readers."""
    data = base64.b64encode(content).decode()
    return wording.html(
        f'<p role="status">Ready: <a download="{escape(name)}" href="data:{_XLSX};base64,{data}">'
        f"Save {escape(name)}</a></p>"
    )


def view_of(view: ipw.Widget) -> dict[str, object]:
    """What a notebook needs to show a widget."""
    return {"version_major": 2, "version_minor": 0, "model_id": view.model_id}
