"""The clicks on a page: each window by itself, told in words, and what cannot be drawn refused."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from mktlab.schema import MktlabError
from mktlab.show import charts

CLICKS = pd.DataFrame(
    {
        "x": [10, 20, 30, 200, 9],
        "y": [5, 15, 25, 40, 1],
        "element": ["offer", "offer", None, "menu", "menu"],
        "screen_width": [390, 390, 390, 1440, 800],
        "rage": [False, True, False, False, False],
        "dead": [False, False, True, False, False],
    }
)


def test_each_of_two_windows_says_what_is_clicked_there():
    clicks = pd.concat([CLICKS, CLICKS[CLICKS["screen_width"] == 1440]])
    figure = charts.page_map(clicks, highlight="offer")
    told = [ax.get_label() for ax in figure.axes]
    colors = {text.get_text(): text.get_color() for ax in figure.axes for text in ax.texts}
    plt.close(figure)
    assert told == ["Window of 1,440 pixels: menu 100%", "Window of 390 pixels: offer 67%"]
    assert colors == {"menu 100%": charts.INK, "offer 67%": charts.ORANGE}


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(MktlabError, match="rage"):
        charts.page_map(CLICKS.drop(columns="rage"))
