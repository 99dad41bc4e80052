"""What-if panels: sliders that redraw a chart and the sentence under it.

`what_if(draw, ...)` makes a panel from a function that draws; `slider` makes a control for it.
A panel shows itself twice in one output: live where a kernel answers, and as the picture of its
starting position everywhere else (a stored notebook, a web page, paper).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from mktlab.show import charts

if TYPE_CHECKING:
    import ipywidgets as ipw
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Draw = Callable[..., tuple["Axes | Figure", str]]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def slider(
    label: str, *, low: float, high: float, start: float, step: float = 1
) -> ipw.ValueWidget:
    """A slider with its label, whole numbers when `step` is whole; works from the keyboard."""
    import ipywidgets as ipw

    kind = ipw.IntSlider if isinstance(step, int) else ipw.FloatSlider
    return kind(
        value=start,
        min=low,
        max=high,
        step=step,
        description=label,
        continuous_update=False,
        style={"description_width": "16em"},
        layout={"width": "36em", "max_width": "100%"},
    )


class Panel:
    """Controls, a sentence and a chart that follow each other; made by `what_if`.

    `controls` maps the name of each argument to its widget: set `panel.controls["x"].value` to move
    a slider from code. `message` is the sentence shown now.
    """

    def __init__(self, draw: Draw, controls: dict[str, ipw.ValueWidget]) -> None:
        import ipywidgets as ipw

        self._draw = draw
        self.controls = controls
        self._sentence = ipw.HTML()
        self._picture = ipw.HTML()
        self._view = ipw.VBox([*controls.values(), self._sentence, self._picture])
        self._start = self._render()
        for control in controls.values():
            control.observe(self._update, names="value")

    def _render(self) -> tuple[dict[str, object], dict[str, object]]:
        from matplotlib import pyplot as plt

        chart, self.message = self._draw(**{k: c.value for k, c in self.controls.items()})
        data, metadata = charts.bundle(chart, alt=self.message)
        plt.close(charts.figure_of(chart))
        picture = base64.b64encode(data["image/png"]).decode()  # type: ignore[arg-type]
        words = escape(self.message)
        self._picture.value = (
            f'<img style="max-width: 100%" alt="{words}" src="data:image/png;base64,{picture}">'
        )
        self._sentence.value = f'<p role="status">{words}</p>'
        return data, metadata

    def _update(self, _change: object) -> None:
        self._render()

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, object], dict[str, object]]:
        data, metadata = self._start
        view = {"version_major": 2, "version_minor": 0, "model_id": self._view.model_id}
        return data | {WIDGET_VIEW: view}, metadata


def what_if(draw: Draw, **controls: ipw.ValueWidget) -> Panel:
    """A panel that calls `draw` with the values of the controls, now and at each change.

    Parameters
    ----------
    draw
        A function of the controls' values that returns a chart (Axes or Figure) and a sentence
        that says what it shows; the sentence is also the picture's description.
    controls
        One widget per argument of `draw`, for instance from `slider`.
    """
    return Panel(draw, controls)
