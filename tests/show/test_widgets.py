"""What-if panels: live where a kernel answers, a picture everywhere else; only the data move."""

import io
from base64 import b64decode
from itertools import product
from unittest.mock import Mock

import ipywidgets as ipw
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from PIL import Image

from mktlab.show import charts, widgets

mpl.use("agg")


def draw(price: int, discount: float) -> tuple[Axes, str]:
    _, ax = plt.subplots()
    ax.bar(["revenue"], [price * (1 - discount)])
    return ax, f"At {price} euros less {discount:.0%} one earns {price * (1 - discount):.1f}."


@pytest.fixture
def panel() -> widgets.Panel:
    return widgets.what_if(
        draw,
        price=widgets.slider("Price (€)", low=5, high=20, start=10),
        discount=widgets.slider("Discount", low=0, high=0.5, start=0.2, step=0.05),
    )


class Watched:
    """A panel whose charts are kept to be looked at: a line that rises with its slider."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: object) -> None:
        self.shown: list[tuple[Axes, str]] = []
        bundle = charts.bundle

        def watched(chart: Axes, **kwargs: str):
            self.shown.append((chart, kwargs["sub"]))
            return bundle(chart, **kwargs)

        monkeypatch.setattr(charts, "bundle", watched)
        self.calls = 0
        slider = widgets.slider("slope", low=0, high=10, start=2)
        self.panel = widgets.what_if(self.draw, slope=slider, **options)

    def draw(self, slope: int) -> tuple[Axes, str]:
        self.calls += 1
        return charts.lines(pd.Series([0, slope, 2 * slope])), f"The slope is {slope}."

    def move(self, slope: int) -> tuple[Axes, str]:
        self.panel.controls["slope"].value = slope
        return self.shown[-1]


def test_moving_a_slider_changes_the_sentence_and_the_picture(panel: widgets.Panel) -> None:
    picture = panel._picture.value
    panel.controls["price"].value = 15
    assert panel.message == "At 15 euros less 20% one earns 12.0."
    assert panel.message in panel._sentence.value
    assert panel._picture.value != picture
    assert f'alt="{panel.message}"' in panel._picture.value


def test_the_output_holds_the_widget_and_its_fallback(panel: widgets.Panel) -> None:
    data, metadata = panel._repr_mimebundle_()
    assert data["text/plain"] == "At 10 euros less 20% one earns 8.0."
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert data["image/png"].startswith(b"\x89PNG")
    assert data[widgets.WIDGET_VIEW]["model_id"] == panel._view.model_id


def test_below_the_stored_picture_stand_its_sliders_and_its_description(
    panel: widgets.Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = Mock()
    monkeypatch.setattr("IPython.display.display", display)
    panel._ipython_display_()
    picture, below = [call.args[0] for call in display.call_args_list]
    assert widgets.WIDGET_VIEW in picture
    sliders = "get its sliders: Price (€, 5 to 20; start 10), Discount (0.00 to 0.50; start 0.20)."
    assert sliders in below["text/html"]
    assert f"{picture['text/plain']}</details>" in below["text/html"]


def test_the_sentence_is_seen_once_and_announced_to_screen_readers(panel: widgets.Panel) -> None:
    assert 'role="status"' in panel._sentence.value
    assert "clip-path: inset(50%)" in panel._sentence.value


def test_no_figure_stays_open(panel: widgets.Panel) -> None:
    before = plt.get_fignums()
    for price in (6, 7, 8):
        panel.controls["price"].value = price
    assert plt.get_fignums() == before


def test_back_to_start_moves_every_slider_back(panel: widgets.Panel) -> None:
    panel.controls["price"].value, panel.controls["discount"].value = 17, 0.5
    row = panel._view.children[0]
    next(child for child in row.children if isinstance(child, ipw.Button)).click()
    assert (panel.controls["price"].value, panel.controls["discount"].value) == (10, 0.2)
    assert panel.message == "At 10 euros less 20% one earns 8.0."


def test_the_chart_stands_directly_below_the_row_of_sliders(panel: widgets.Panel) -> None:
    row, picture, _ = panel._view.children
    assert [box.children[0] for box in row.children[:2]] == list(panel.controls.values())
    assert picture is panel._picture


def test_under_a_slider_stand_its_ends_and_its_start(panel: widgets.Panel) -> None:
    ends = panel._view.children[0].children[1].children[1].value
    assert '<span style="left: 0">0.00</span><span style="right: 0">0.50</span>' in ends
    assert '<i style="left: 40.0%' in ends
    assert '<span style="left: 40.0%; top: 4px; transform: translateX(-40%)">start 0.20<' in ends


def test_the_axis_stays_while_sliders_move(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    first = watched.shown[0][0].get_ylim()
    assert first[1] >= 20  # what the slider's end needs
    assert [watched.move(slope)[0].get_ylim() for slope in (0, 5, 10)] == [first] * 3


def test_the_stored_picture_is_as_large_as_its_own_data_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def height_of_the_line(png: bytes) -> int:
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
        blue = np.abs(pixels - to_rgb(charts.BLUE)).sum(axis=2) < 0.1
        rows = np.flatnonzero(blue.any(axis=1))
        return rows.max() - rows.min()

    panel = Watched(monkeypatch).panel
    (stored, _), live = panel._start, panel._picture.value.split("base64,")[1].split('"')[0]
    assert height_of_the_line(stored["image/png"]) > 2 * height_of_the_line(b64decode(live))


def test_the_labels_of_bars_stand_inside_the_picture_wherever_the_sliders_stand() -> None:
    def earned(effect: int, cost: int) -> tuple[Axes, str]:
        found = pd.Series({"highest risk": 230 * effect - cost, "margin": 1020 * effect - cost})
        return charts.bars(found, fmt="money"), "What letters earn."

    effect = widgets.slider("effect", low=0, high=5, start=2)
    cost = widgets.slider("cost", low=250, high=2500, start=600)
    panel = widgets.what_if(earned, effect=effect, cost=cost)
    for effect.value, cost.value in product((0, 5), (250, 2500)):
        picture = panel._picture.value.partition("base64,")[2].partition('"')[0]
        pixels = np.asarray(Image.open(io.BytesIO(b64decode(picture))).convert("L"))
        edge = round(charts.picture.MARGIN * charts.picture.DPI)  # white, around what is drawn
        assert (pixels[edge:-edge, [edge, -edge - 1]] == 255).all(), "a label is cut"


def test_a_range_that_is_given_saves_the_drawing_of_the_corners(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched(monkeypatch, ylim=(0, 50))
    assert watched.calls == 1
    assert watched.move(10)[0].get_ylim() == (0, 50)


def test_the_start_remains_as_a_gray_ghost(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch, sub="pieces by week")
    assert watched.shown[0][1] == "pieces by week"
    ax, sub = watched.move(5)
    ghosts = [line for line in ax.lines if line.get_color() == charts.GHOST]
    assert [list(line.get_ydata()) for line in ghosts] == [[0, 2, 4]]
    assert sub == "pieces by week; gray: the start"
    ax, sub = watched.move(2)
    assert charts.GHOST not in [line.get_color() for line in ax.lines]
    assert sub == "pieces by week"


def test_bars_of_other_names_have_no_ghost(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)

    def draw(slope: int) -> tuple[Axes, str]:
        return charts.bars(pd.Series({f"name {slope}": 3.0})), "One bar."

    watched.panel = widgets.what_if(draw, slope=widgets.slider("s", low=1, high=2, start=1))
    ax, sub = watched.move(2)
    assert len(ax.patches) == 1
    assert sub == " "


def test_the_picture_is_described_from_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = Watched(monkeypatch).panel._repr_mimebundle_()
    assert data["text/plain"] == "The slope is 2. Line: 0 (0), 2 (1), 4 (2)."
