"""Charts carry their description, and colors that everyone can tell apart."""

from unittest.mock import Mock

import matplotlib as mpl
import pytest
from contrast import contrast
from matplotlib import pyplot as plt

from mktlab.schema import MktlabError
from mktlab.show import charts

mpl.use("agg")


@pytest.mark.parametrize("color", [*charts.PALETTE, charts.QUIET])
def test_every_color_has_a_contrast_of_three_on_white(color: str) -> None:
    assert contrast(color, "white") >= 3


def test_show_displays_the_picture_with_its_alt_text_and_closes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    display = Mock()
    monkeypatch.setattr("IPython.display.display", display)
    figure, ax = plt.subplots()
    charts.show(ax, alt="Bars, left > right.")
    picture, words = display.call_args_list
    assert picture.kwargs["metadata"] == {"image/png": {"alt": "Bars, left > right."}}
    assert picture.args[0]["text/plain"] == "Bars, left > right."
    assert picture.args[0]["image/png"].startswith(b"\x89PNG")
    assert "Bars, left &gt; right.</details>" in words.args[0]["text/html"]
    assert not plt.fignum_exists(figure.number)


def test_the_same_chart_gives_the_same_bytes() -> None:
    pictures = []
    for _ in range(2):
        figure, ax = plt.subplots()
        ax.plot([1, 2], [3, 4])
        pictures.append(charts.png(ax))
        plt.close(figure)
    assert pictures[0] == pictures[1]


def test_a_chart_without_alt_text_is_refused() -> None:
    figure, ax = plt.subplots()
    with pytest.raises(MktlabError, match="alt is empty"):
        charts.show(ax, alt=" ")
    plt.close(figure)


def test_the_theme_draws_at_notebook_width() -> None:
    with mpl.rc_context():
        charts.theme()
        figure, _ = plt.subplots()
        assert figure.get_figwidth() * figure.dpi <= 800
        plt.close(figure)


def test_two_amounts_in_dollars_are_no_formula() -> None:
    with mpl.rc_context():
        charts.theme()
        figure, ax = plt.subplots()
        assert not ax.set_title("From $34 to $36").get_parse_math()
        plt.close(figure)
