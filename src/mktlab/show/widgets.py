"""What-if panels: sliders that redraw a chart and the sentence above it.

`what_if(draw, ...)` makes a panel from a function that draws; `slider` makes a control for it.
A panel shows itself twice in one output: live where a kernel answers, and as the picture of its
starting position everywhere else (a stored notebook, a web page, paper).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from itertools import product
from typing import TYPE_CHECKING, Any

from mktlab.show import charts, formats
from mktlab.show.words import say

if TYPE_CHECKING:
    import ipywidgets as ipw
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Draw = Callable[..., tuple["Axes | Figure", str]]
Limits = tuple[float, float]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_CLASS, _BUSY = "mktlab-what-if", "mktlab-busy"
NEAR = 26  # percent of a track
# Names stand above their sliders; the sentence, which the picture shows, is for screen readers;
# what stands below the picture of the start is for pages without sliders. A picture that is being
# drawn anew is pale.
_STYLE = f"""<style>
.{_CLASS} .widget-label {{ text-align: left; height: auto; line-height: 1.3;
  white-space: normal; overflow: visible; }}
.{_CLASS}-ends {{ position: relative; height: 34px; margin: -8px 88px 0 6px;
  font-size: 12px; line-height: 16px; opacity: .75; }}
.{_CLASS}-ends span {{ position: absolute; top: 4px; white-space: nowrap; }}
.{_CLASS}-ends i {{ position: absolute; top: -4px; height: 9px; border-left: 2px solid; }}
.{_CLASS} .{_BUSY} img {{ opacity: .4; }}
.{_CLASS} button:focus-visible {{ outline: 3px solid #0B57D0; outline-offset: 2px; }}
.{_CLASS} [role=status] {{ position: absolute; width: 1px; height: 1px; margin: 0;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }}
.jp-OutputArea-child:has(.{_CLASS}) + .jp-OutputArea-child {{ display: none; }}
</style>"""


def slider(
    label: str, *, low: float, high: float, start: float, step: float = 1
) -> ipw.ValueWidget:
    """A slider below its name, whole when `step` is; works from the keyboard."""
    import ipywidgets as ipw

    written = {} if isinstance(step, int) else {"readout_format": f".{formats.digits(step)}f"}
    kind = ipw.FloatSlider if written else ipw.IntSlider
    return kind(
        **written,
        value=start,
        min=low,
        max=high,
        step=step,
        description=label,
        continuous_update=False,
        style={"description_width": "100%"},
        layout={"width": "22em", "height": "auto", "flex_flow": "row wrap"},
    )


def _ends(control: ipw.ValueWidget) -> list[str]:
    """Lowest and highest value of a slider, and where it starts; of another control nothing."""
    values = (control.min, control.max, control.value) if hasattr(control, "min") else ()
    places = formats.digits(getattr(control, "step", None) or 1)
    return [formats.decimal(value, max(places, formats.digits(value))) for value in values]


def _told(control: ipw.ValueWidget) -> str:
    """A slider's name, with its ends and its start, for who sees no sliders."""
    name = str(control.description)
    if not _ends(control):
        return name
    low, high, start = _ends(control)
    words = say("{low} to {high}; start {start}", low=low, high=high, start=start)
    return f"{name[:-1]}, {words})" if name.endswith(")") else f"{name} ({words})"


def _with_ends(control: ipw.ValueWidget) -> ipw.Widget:
    """A slider with its ends under its track, and a tick with a name where it starts."""
    import ipywidgets as ipw

    if not _ends(control):
        return control
    low, high, start = _ends(control)
    part = 100 * (control.value - control.min) / ((control.max - control.min) or 1)
    line = 4 if NEAR < part < 100 - NEAR else 18  # below the name of an end that is near
    marks = (
        f'<span style="left: 0">{escape(low)}</span>'
        f'<span style="right: 0">{escape(high)}</span><i style="left: {part:.1f}%"></i>'
        f'<span style="left: {part:.1f}%; top: {line}px; transform: translateX(-{part:.0f}%)">'
        f"{escape(say('start {at}', at=start))}</span>"
    )
    return ipw.VBox([control, ipw.HTML(f'<div class="{_CLASS}-ends">{marks}</div>')])


class Panel:
    """Controls and a chart that follow each other; made by `what_if`.

    `controls` maps the name of each argument to its widget: set `panel.controls["x"].value` to move
    a slider from code. `message` is the sentence shown now.
    """

    def __init__(
        self, draw: Draw, controls: dict[str, ipw.ValueWidget], sub: str, ylim: Limits | None
    ) -> None:
        import ipywidgets as ipw

        self._draw, self._sub, self._ylim = draw, sub, ylim
        self.controls = controls
        self._names = [_told(control) for control in controls.values()]
        self._at_start = self._values()
        self._sentence, self._picture = ipw.HTML(), ipw.HTML()
        back = ipw.Button(description=say("Back to start"), layout={"margin": "auto 0 36px 8px"})
        back.on_click(self._back)
        row = ipw.HBox(
            [*map(_with_ends, controls.values()), back],
            layout={"flex_flow": "row wrap", "align_items": "flex-end"},
        )
        self._view = ipw.VBox([row, self._picture, self._sentence])
        self._view.add_class(_CLASS)
        self._ghosts: list[_Ghost] = []
        self._places: list[tuple[float, ...]] = []  # of the Axes, in inches
        self._ends: dict[int, list[tuple[float, float, float]]] = {}  # of bars, as in _labels
        self._limits = [] if ylim else self._over_corners()
        self._start: tuple[dict[str, object], dict[str, object]] | None = None
        self._render()
        for control in controls.values():
            control.observe(self._update, names="value")

    def _values(self) -> dict[str, Any]:
        return {name: control.value for name, control in self.controls.items()}

    def _over_corners(self) -> list[tuple[Limits, Limits]]:
        """For each Axes what its axes must hold where the sliders stand at their ends."""
        from matplotlib import pyplot as plt

        ends = ([c.min, c.max] if hasattr(c, "min") else [c.value] for c in self.controls.values())
        found: list[tuple[Limits, Limits]] = []
        for corner in product(*ends):
            chart, _ = self._draw(**dict(zip(self.controls, corner, strict=True)))
            figure = charts.figure_of(chart)
            found = _wider(found, [(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes])
            for place, ax in enumerate(figure.axes):
                self._ends.setdefault(place, []).extend(_labels(ax))
            plt.close(figure)
        return found

    def _render(self) -> None:
        from matplotlib import pyplot as plt

        values = self._values()
        chart, self.message = self._draw(**values)
        figure = charts.figure_of(chart)
        sub = self._sub or " "
        if not self._ghosts:
            self._ghosts = [_Ghost(ax) for ax in figure.axes]
        elif values != self._at_start:
            pairs = zip(self._ghosts, figure.axes, strict=False)
            drawn = [ghost.draw(ax) for ghost, ax in pairs]
            if any(drawn):
                start = say("dashed: the start") if "bars" in drawn else say("gray: the start")
                sub = say("{sub}; {start}", sub=self._sub, start=start) if self._sub else start
        if self._start:
            self._hold(figure)
        titled = any(ax.get_title("left") or ax.get_title() for ax in figure.axes)
        described = any(ax.get_label() for ax in figure.axes)
        data, metadata = charts.bundle(
            chart,
            title="" if titled else self.message,
            sub=sub,
            alt=None if described else self.message,
        )
        if not self._start:
            self._start = data.copy(), metadata  # as large as it may be where nothing moves
            self._make_room(figure)
            self._hold(figure)
            data["image/png"] = charts.png(figure)
            wide, high = figure.get_size_inches()
            bounds = [ax.get_position().bounds for ax in figure.axes]
            self._places = [(x * wide, y * high, w * wide, h * high) for x, y, w, h in bounds]
        plt.close(figure)
        picture = base64.b64encode(data["image/png"]).decode()  # type: ignore[arg-type]
        self._picture.value = (
            f'<img style="width: {metadata["image/png"]["width"]}px; max-width: 100%" '  # type: ignore[index]
            f'alt="{escape(str(data["text/plain"]))}" '
            # ipywidgets gives the handle of a slider no name: it gets that of its label
            "onload=\"for (const s of this.closest('.widget-vbox')"
            ".querySelectorAll('.widget-slider')) s.querySelector('.noUi-handle')"
            '.ariaLabel = s.firstChild.textContent" '
            f'src="data:image/png;base64,{picture}">'
        )
        self._sentence.value = f'{_STYLE}<p role="status">{escape(self.message)}</p>'

    def _make_room(self, figure: Figure) -> None:
        """Widen the limits until the labels of all bars stand between them."""
        wide = figure.get_figwidth()
        for place, (ax, (xlim, ylim)) in enumerate(zip(figure.axes, self._limits, strict=False)):
            low, high = xlim
            width = ax.get_position().width * wide
            for at, left, right in 2 * self._ends.get(place, []):  # one end moves the other
                high = max(high, low + (at - low) / max(1 - right / width, 0.3))
                low = min(low, high - (high - at) / max(1 - left / width, 0.3))
            self._limits[place] = (low, high), ylim

    def _hold(self, figure: Figure) -> None:
        """Keep the axes as they are for all values, so that what moves is the data."""
        if self._ylim:
            for ax in figure.axes:
                set_limits = ax.set_xlim if _has_names(ax.yaxis) else ax.set_ylim
                set_limits(self._ylim)
        here = [(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes]
        self._limits = _wider(self._limits, here)
        for ax, (xlim, ylim) in zip(figure.axes, self._limits, strict=False):
            if not _has_names(ax.xaxis):
                ax.set_xlim(xlim)
            if not _has_names(ax.yaxis):
                ax.set_ylim(ylim)
        if self._places:
            figure.set_layout_engine("none")
            wide, high = figure.get_size_inches()
            for ax, (x, y, w, h) in zip(figure.axes, self._places, strict=False):
                ax.set_position((x / wide, y / high, w / wide, h / high))

    def _update(self, _change: object) -> None:
        self._picture.add_class(_BUSY)
        self._render()
        self._picture.remove_class(_BUSY)

    def _back(self, _button: object) -> None:
        for name, value in self._at_start.items():
            self.controls[name].value = value

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, object], dict[str, object]]:
        assert self._start
        data, metadata = self._start
        view = {"version_major": 2, "version_minor": 0, "model_id": self._view.model_id}
        return data | {WIDGET_VIEW: view}, metadata

    def _ipython_display_(self) -> None:
        names = ", ".join(self._names)
        note = say("Run this cell in JupyterLab to get its sliders: {names}.", names=names)
        charts.put(*self._repr_mimebundle_(), note=note)


class _Ghost:
    """The lines with their marked points, and the bars, of a chart as they were, in gray."""

    def __init__(self, ax: Axes) -> None:
        from matplotlib.patches import Rectangle

        self._names = _names(ax)
        drawn = [line for line in ax.lines if line.get_transform() == ax.transData]
        self._lines = [(line.get_xdata(), line.get_ydata(), line.get_marker()) for line in drawn]
        self._bars = [
            (bar.get_xy(), bar.get_width(), bar.get_height())
            for bar in ax.patches
            if isinstance(bar, Rectangle)
        ]

    def draw(self, ax: Axes) -> str:
        """Draw it, and say what was drawn: "bars", "lines", or nothing."""
        from matplotlib.patches import Rectangle

        if _names(ax) != self._names:  # the bars stand for other things now
            return ""
        for x, y, marker in self._lines:
            over = 4.5 if marker != "None" else 1.5  # points before the lines, lines behind
            ax.plot(x, y, marker=marker, color=charts.GHOST, linewidth=1.6, zorder=over)
        look: dict[str, Any] = {"fill": False, "edgecolor": charts.MUTED, "linestyle": "--"}
        for place, width, height in self._bars:
            ax.add_patch(Rectangle(place, width, height, zorder=4, **look))
        return "bars" if self._bars else "lines" if self._lines else ""


def _labels(ax: Axes) -> list[tuple[float, float, float]]:
    """Where each lying bar ends, and how far its label reaches from there, left and right (in)."""
    from matplotlib.text import Annotation

    found = []
    for label in ax.texts if _has_names(ax.yaxis) else ():
        if isinstance(label, Annotation) and label.xycoords == "data":
            at, box = label.xy[0], label.get_window_extent()
            foot, dpi = ax.transData.transform((at, 0))[0], charts.figure_of(ax).dpi
            found.append((float(at), (foot - box.x0) / dpi, (box.x1 - foot) / dpi))
    return found


def _names(ax: Axes) -> list[str]:
    return [
        text.get_text()
        for axis in (ax.xaxis, ax.yaxis)
        if _has_names(axis)
        for text in axis.get_ticklabels()
    ]


def _has_names(axis: Axis) -> bool:
    """Whether an axis has names rather than numbers or days."""
    from matplotlib.category import StrCategoryFormatter
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    return isinstance(
        axis.get_major_formatter(), FixedFormatter | FuncFormatter | StrCategoryFormatter
    )


def _wider(
    one: Sequence[tuple[Limits, Limits]], other: Sequence[tuple[Limits, Limits]]
) -> list[tuple[Limits, Limits]]:
    """The limits that hold both, Axes by Axes."""
    if len(one) != len(other):
        return list(other)

    def both(a: Limits, b: Limits) -> Limits:
        low, high = min(*a, *b), max(*a, *b)
        return (low, high) if b[0] <= b[1] else (high, low)

    return [(both(a[0], b[0]), both(a[1], b[1])) for a, b in zip(one, other, strict=True)]


def what_if(
    draw: Draw, *, sub: str = "", ylim: Limits | None = None, **controls: ipw.ValueWidget
) -> Panel:
    """A panel that calls `draw` with the values of the controls, now and at each change.

    The axes stay as they are while sliders move, and the start remains as a gray ghost.

    Parameters
    ----------
    draw
        A function of the controls' values that returns a chart (Axes or Figure) and a sentence
        that says what it shows: the title of the chart, unless that has one.
    sub
        The subtitle: what is drawn, in which unit, of which time.
    ylim
        Lowest and highest value on the axis of values (of lying bars: x). Without it, `draw` is
        called for all ends of the sliders, once: give it where that is slow.
    controls
        One widget per argument of `draw`, for instance from `slider`.
    """
    return Panel(draw, controls, sub, ylim)
