"""What-if panels: live where a kernel answers, a picture everywhere else."""

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from mktlab.show import widgets

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
    assert metadata == {"image/png": {"alt": data["text/plain"]}}
    assert data["image/png"].startswith(b"\x89PNG")
    assert data[widgets.WIDGET_VIEW]["model_id"] == panel._view.model_id


def test_the_sentence_is_announced_to_screen_readers(panel: widgets.Panel) -> None:
    assert 'role="status"' in panel._sentence.value


def test_no_figure_stays_open(panel: widgets.Panel) -> None:
    for price in (6, 7, 8):
        panel.controls["price"].value = price
    assert plt.get_fignums() == []
