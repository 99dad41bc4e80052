"""Charts say in words, numbers and colors what their data say, and everyone can read them."""

import io
from itertools import combinations
from unittest.mock import Mock

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from contrast import contrast
from eyes import EYES, apart, lightness
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Text
from PIL import Image

import mktlab
from mktlab import show
from mktlab.schema import MktlabError
from mktlab.show import charts

mpl.use("agg")
PROFIT = pd.Series({"at risk": -3222.0, "search_brand": 820.0, "the truth": 12_870.0})
WEEKS = pd.DataFrame(
    {
        "week": pd.date_range("2025-01-06", periods=20, freq="7D"),
        "happened": np.linspace(0.30, 0.20, 20),
        "predicted": np.linspace(0.31, 0.205, 20),
    }
)
CELLS = pd.DataFrame(
    {
        "value": ["high", "low", "high", "low"],
        "recency": ["high", "high", "low", "low"],
        "segment": ["champions", "newcomers", "at risk", "lost"],
        "customers": [1347, 438, 323, 1396],
    }
)
ESTIMATES = pd.DataFrame(
    {"value": [-0.52, -1.35], "low": [-0.8, -1.6], "high": [-0.25, -1.1]},
    index=["with controls", "zone test"],
)
DRAWN = {
    "bars": lambda: charts.bars(PROFIT, fmt="money", highlight="at risk", truth="the truth"),
    "standing": lambda: charts.bars(CELLS, x="segment", y="customers", note="323"),
    "histogram": lambda: charts.bars(
        pd.Series(range(20), range(0, 80, 4)), highlight=range(40, 99), note="half of them"
    ),
    "lines": lambda: charts.lines(
        WEEKS, x="week", fmt="share", highlight="predicted", reference={"usual": 0.25}
    ),
    "dots": lambda: charts.dots(WEEKS, x="predicted", y="happened", fmt="share", fit=True),
    "steps": lambda: charts.steps(PROFIT, total="profit"),
    "intervals": lambda: charts.intervals(ESTIMATES, x="value", truth={"the truth": -1.4}),
    "grid": lambda: charts.grid(
        CELLS, x="value", y="recency", name="segment", number="customers", highlight="at risk"
    ),
}
every_chart = pytest.mark.parametrize("name", DRAWN)


@pytest.fixture(autouse=True)
def theme():
    with mpl.rc_context():
        show.theme()
        yield
        plt.close("all")


@pytest.fixture
def french():
    mktlab.language("fr")
    yield
    mktlab.language("en")


def words(ax: Axes) -> list[str]:
    """All that is written, as one sees it."""
    ax.figure.canvas.draw()
    texts = ax.figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_visible())
    return [text.get_text() for text in texts if text.get_text()]


def box(ax: Axes, said: str):
    return next(t for t in ax.texts if t.get_text() == said).get_window_extent()


# Colors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("color", [*charts.PALETTE, charts.INK, charts.MUTED])
def test_words_in_every_color_can_be_read_on_white(color: str) -> None:
    assert contrast(color, "white") >= 4.5


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(("one", "other"), list(combinations(charts.PALETTE, 2)))
def test_any_two_colors_stay_apart_for_every_eye(one: str, other: str, eyes: str) -> None:
    assert apart(one, other, eyes) >= 20


def test_green_and_gray_as_they_were_would_be_found_alike() -> None:
    assert apart("#00805C", "#6B6B6B", "deuteranopia") < 10


def test_on_gray_paper_two_groups_of_colors_stay_apart() -> None:
    light = [lightness(c) for c in (charts.BLUE, charts.ORANGE, charts.GRAY)]
    dark = [lightness(c) for c in (charts.GREEN, charts.PURPLE)]
    assert min(light) - max(dark) > 15


# What every chart keeps --------------------------------------------------------------------------


@every_chart
def test_a_chart_is_described_from_its_data(name: str) -> None:
    assert DRAWN[name]().get_label().count(" ") >= 3


@every_chart
def test_no_words_are_smaller_than_eight_and_a_half_points(name: str) -> None:
    ax = DRAWN[name]()
    charts.bundle(ax, title="A title", sub="a subtitle")
    sizes = {t.get_fontsize() for t in ax.figure.findobj(Text) if t.get_text()}
    assert min(sizes) >= 8.5


@every_chart
def test_a_chart_can_be_read_without_a_legend_or_turned_words(name: str) -> None:
    ax = DRAWN[name]()
    ax.figure.canvas.draw()
    assert ax.get_legend() is None
    assert {t.get_rotation() for t in ax.figure.findobj(Text) if t.get_text()} == {0}


@every_chart
def test_at_most_two_colors_and_grays_are_drawn(name: str) -> None:
    ax = DRAWN[name]()
    drawn = {to_hex(p.get_facecolor()) for p in ax.patches} | {
        to_hex(c.get_color()) for c in ax.lines
    }
    assert len({c.upper() for c in drawn} & set(charts.PALETTE) - {charts.GRAY}) <= 2


@every_chart
def test_a_chart_draws_on_the_axes_it_is_given(name: str) -> None:
    before = set(plt.get_fignums())
    DRAWN[name]()
    assert len(set(plt.get_fignums()) - before) == 1


@every_chart
def test_nothing_stands_outside_of_the_picture(name: str) -> None:
    ax = DRAWN[name]()
    charts.bundle(ax, title="A title", sub="a subtitle")
    ax.figure.canvas.draw()
    drawn, (width, height) = ax.figure.get_tightbbox(), ax.figure.get_size_inches()
    assert min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) > -0.01


# bars --------------------------------------------------------------------------------------------


def test_bars_write_names_and_values() -> None:
    ax = charts.bars(PROFIT, fmt="money", highlight="at risk", truth="the truth")
    assert {"at risk", "search brand", "the truth", "−€3.2k", "€0.8k", "€13k"} <= set(words(ax))
    assert [bar.get_width() for bar in ax.patches] == list(PROFIT)
    fills = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert fills == [charts.ORANGE, charts.PALE_BLUE, "#FFFFFF"]
    assert ax.get_label() == "Bars: at risk −€3.2k, search brand €0.8k, the truth €13k"


def test_the_first_bar_is_on_top() -> None:
    low, high = charts.bars(PROFIT).get_ylim()
    assert low > high


@pytest.mark.parametrize(
    ("draw", "bold"),
    [
        (DRAWN["bars"], {"at risk", "−€3.2k", "€13k"}),
        (DRAWN["lines"], {"predicted"}),
        (DRAWN["grid"], {"at risk", "323"}),
        (DRAWN["steps"], {"profit", "+€10k"}),
        (lambda: charts.bars(CELLS, x="segment", y="customers", highlight="lost"), {"1,396"}),
        (
            lambda: charts.intervals(ESTIMATES, x="value", highlight="zone test"),
            {"zone test", "−1.35"},
        ),
    ],
)
def test_what_is_highlighted_shows_on_gray_paper_too(draw, bold: set[str]) -> None:
    ax = draw()
    said = [*ax.texts, *ax.get_yticklabels()]
    assert {text.get_text() for text in said if text.get_fontweight() == "bold"} == bold


def test_the_truth_is_hatched() -> None:
    assert [bar.get_hatch() for bar in DRAWN["bars"]().patches] == [None, None, "////"]


@pytest.mark.parametrize(
    ("shares", "fmt", "to_the_whole"),
    [([0.57, 0.18], "share", True), ([0.03, 0.01], "share", False), ([0.6, -0.1], "+share", False)],
)
def test_parts_of_a_whole_stand_beside_the_whole(
    shares: list[float], fmt: str, to_the_whole: bool
) -> None:
    ax = charts.bars(pd.Series(shares, ["ground", "tea"]), fmt=fmt)
    assert ("100%" in words(ax)) == to_the_whole
    assert (ax.get_xlim()[1] > 1) == to_the_whole


def test_a_histogram_says_both_sides() -> None:
    counts = pd.Series(range(20), range(0, 80, 4))
    ax = charts.bars(counts, highlight=range(40, 99), note=("41%", "59% for longer"))
    ax.figure.canvas.draw()
    assert box(ax, "41%").x1 < box(ax, "59% for longer").x0


def test_a_value_stands_outside_of_its_bar() -> None:
    ax = charts.bars(PROFIT, fmt="money")
    ax.figure.canvas.draw()
    assert box(ax, "−€3.2k").x1 <= ax.patches[0].get_window_extent().x0
    assert box(ax, "€0.8k").x0 >= ax.patches[1].get_window_extent().x1


def test_names_on_x_stand() -> None:
    ax = charts.bars(CELLS, x="segment", y="customers")
    assert [bar.get_height() for bar in ax.patches] == list(CELLS["customers"])
    assert "1,396" in words(ax)


def test_numbers_on_x_make_a_histogram_with_an_axis() -> None:
    ax = DRAWN["histogram"]()
    assert [bar.get_width() for bar in ax.patches] == [4] * 20
    assert "half of them" in words(ax)
    assert len(ax.get_yticks()) > 2


def test_a_hollow_bar_leads_from_the_lower_of_two_bars_to_the_other() -> None:
    ax = charts.bars(PROFIT, fmt="money", gap=("search_brand", "at risk"))
    *_, hollow = ax.patches
    apart = PROFIT["search_brand"] - PROFIT["at risk"]
    assert (hollow.get_x(), hollow.get_width()) == (PROFIT["at risk"], apart)
    ax.figure.canvas.draw()
    assert box(ax, "−€3.2k").x1 < hollow.get_window_extent().x0
    assert box(ax, "€4k less").x0 > hollow.get_window_extent().x1


def test_the_value_of_the_lower_of_two_bars_stands_in_its_own_bar_where_that_is_long_enough() -> (
    None
):
    ax = charts.bars(pd.Series({"ours": 1298, "other": 2029}), fmt="money", gap=("ours", "other"))
    ax.figure.canvas.draw()
    own, hollow = ax.patches[0].get_window_extent(), ax.patches[-1].get_window_extent()
    assert own.x0 < box(ax, "€1,298").x0 < box(ax, "€1,298").x1 < own.x1
    assert box(ax, "€731 less").x0 > hollow.x0


def test_where_a_bar_is_nearly_the_whole_its_own_number_says_so() -> None:
    assert "100%" not in words(charts.bars(pd.Series([0.96, 0.5], ["a", "b"]), fmt="share"))


def test_bars_beside_a_highlighted_one_are_paler_so_that_they_differ_on_gray_paper() -> None:
    plain, picked = charts.bars(PROFIT), charts.bars(PROFIT, highlight="at risk")
    assert {to_hex(bar.get_facecolor()).upper() for bar in plain.patches} == {charts.BLUE}
    orange, *others = [to_hex(bar.get_facecolor()) for bar in picked.patches]
    assert all(contrast(orange, other) > 1.3 for other in others)


def test_a_promise_is_a_hollow_diamond_beside_its_bar() -> None:
    ax = charts.bars(PROFIT, fmt="money", reference={"promised": [24_511, 900, 12_000]})
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    assert [line.get_xdata()[0] for line in diamonds] == [24_511, 900, 12_000]
    assert {line.get_markerfacecolor() for line in diamonds} == {"white"}
    assert "promised €25k" in words(ax)
    assert "promised: at risk €25k, search brand €0.9k" in ax.get_label()


def test_a_value_moves_behind_a_diamond_that_would_cover_it() -> None:
    ax = charts.bars(PROFIT, fmt="money", reference={"promised": [24_511, 900, 12_000]})
    ax.figure.canvas.draw()
    diamond = ax.transData.transform((900, 1))[0]
    assert box(ax, "€0.8k").x0 > diamond


def test_what_is_unknown_is_a_dash() -> None:
    assert "–" in words(charts.bars(pd.Series({"a": float("nan"), "b": 2})))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: charts.bars(PROFIT, highlight="nobody"), "highlight is 'nobody'"),
        (lambda: charts.bars(PROFIT, fmt="euros"), "fmt is 'euros'"),
        (lambda: charts.bars(CELLS, x="segment", y="people"), "no column 'people'"),
        (lambda: charts.bars([1, 2]), "data is a list"),
        (lambda: charts.bars(ESTIMATES), "several columns"),
        (lambda: charts.lines(CELLS[["segment"]]), "no column of numbers"),
    ],
)
def test_a_slip_gets_a_sentence(call, said: str) -> None:
    with pytest.raises(MktlabError, match=said):
        call()


# lines and dots ----------------------------------------------------------------------------------


def test_lines_have_their_names_at_their_ends_and_apart() -> None:
    ax = charts.lines(WEEKS, x="week", fmt="share", highlight="predicted")
    ax.figure.canvas.draw()
    happened, predicted = box(ax, "happened"), box(ax, "predicted")
    assert predicted.y0 >= happened.y1 - 1
    assert len({line.get_linestyle() for line in ax.lines[:2]}) == 2


def test_names_stay_apart_when_the_axis_changes() -> None:
    ax = charts.lines(WEEKS, x="week", fmt="share")
    ax.set_ylim(0, 5)
    ax.figure.canvas.draw()
    assert box(ax, "predicted").y0 >= box(ax, "happened").y1 - 1


def test_five_lines_have_a_legend() -> None:
    table = pd.DataFrame({f"café {n}": [n, n + 1] for n in range(5)})
    assert len(charts.lines(table).get_legend().get_texts()) == 5


def test_the_marked_point_has_its_number_and_day() -> None:
    ax = charts.lines(WEEKS[["week", "happened"]], x="week", fmt="share", mark="2025-01-06")
    assert "30%, 6 Jan 2025" in words(ax)


def test_an_arrow_leads_from_the_reference_to_the_marked_point() -> None:
    series = pd.Series([10.0, 21.0, 12.0], name="revenue")
    ax = charts.lines(series, mark=1, reference={"usual": 10.0}, note="2.1 times")
    arrow = next(text for text in ax.texts if getattr(text, "arrow_patch", None))
    assert {arrow.xy[1], arrow.xyann[1]} == {10.0, 21.0}
    assert "2.1 times" in words(ax)


def test_without_a_reference_the_note_follows_the_marked_point() -> None:
    assert "3, 2 less" in words(charts.lines(pd.Series([1.0, 3.0]), mark=1, note="2 less"))


def test_two_marked_points_are_tied_by_a_line_with_the_note_beside_it() -> None:
    table = pd.DataFrame({"ours": [1.0, 5.0], "theirs": [1.0, 3.0]})
    ax = charts.lines(table, mark=1, note="+2")
    assert {"5", "3", "+2"} <= set(words(ax))
    (tie,) = [c for c in ax.collections if c.get_segments()]
    assert tie.get_segments()[0].tolist() == [[1, 3], [1, 5]]


def test_several_points_of_one_line_may_have_their_numbers() -> None:
    ax = charts.lines(pd.Series([4.1, 5.0, 6.2], name="wait"), fmt="decimal.1", mark=(0, 2))
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert sorted((dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots) == [(0, 4.1), (2, 6.2)]
    assert {"4.1", "6.2"} <= set(words(ax))


def test_many_marked_points_are_dots_and_the_note_stands_above_all() -> None:
    series = pd.Series([1.0, 5, 2, 9, 3], name="late")
    ax = charts.lines(series, mark={"late": [1, 3]}, note="2 weeks outside")
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert dots.get_xydata().tolist() == [[1, 5], [3, 9]]
    assert "● 2 weeks outside" in words(ax)
    assert ax.get_ylim()[1] > 10


def test_the_number_of_a_point_stands_below_a_line_that_rises_from_it() -> None:
    rising = charts.lines(pd.Series(range(100), name="found", dtype=float), mark=10)
    falling = charts.lines(pd.Series(range(100, 0, -1), name="left", dtype=float), mark=10)
    for ax, text, side in [(rising, "10", -1), (falling, "90", 1)]:
        number = next(t for t in ax.texts if t.get_text() == text)
        assert number.get_position()[1] * side > 0


def test_no_upright_line_crosses_the_name_of_another() -> None:
    ax = charts.lines(WEEKS, x="week", line={"start": WEEKS["week"][3], "end": WEEKS["week"][5]})
    ax.figure.canvas.draw()
    second = ax.lines[-1]
    assert second.get_window_extent().y1 < box(ax, "start").y0


def test_tidy_and_wide_tables_give_the_same_lines() -> None:
    tidy = WEEKS.melt("week", var_name="what", value_name="share")
    wide = charts.lines(WEEKS, x="week", fmt="share")
    assert charts.lines(tidy, x="week", hue="what", fmt="share").get_label() == wide.get_label()


def test_a_band_is_shaded_and_is_no_line() -> None:
    table = WEEKS.assign(low=0.1, high=0.4)
    ax = charts.lines(table, x="week", y="happened", band={"usual range": ("low", "high")})
    assert [len(line.get_xdata()) for line in ax.lines] == [len(table), 2]  # and the line at 0
    assert "usual range" in words(ax)
    assert ax.collections[0].get_datalim(ax.transData).intervaly == pytest.approx([0.1, 0.4])


def test_an_axis_of_amounts_starts_at_zero() -> None:
    assert charts.lines(WEEKS, x="week").get_ylim()[0] == 0


def test_dots_say_how_the_two_go_together() -> None:
    said = DRAWN["dots"]().get_label()
    assert "20 of happened by predicted" in said
    assert said.endswith("correlation 1.00")


def test_dots_on_a_diagonal_have_equal_axes() -> None:
    ax = charts.dots(WEEKS, x="predicted", y="happened", diagonal="as predicted")
    assert ax.get_xlim() == ax.get_ylim()


def test_words_of_a_dot_stand_beyond_the_diagonal_and_y_is_named_above_its_axis() -> None:
    table = WEEKS[["predicted", "happened"]].assign(words="all of them")
    dots = {"x": "predicted", "y": "happened", "label": "words", "highlight": 7}
    ax = charts.dots(table, **dots, diagonal="as predicted", ylabel="happened")
    ax.figure.canvas.draw()
    told = Text.get_window_extent(next(t for t in ax.texts if t.get_text() == "all of them"))
    (left, low), (right, high) = ax.transData.inverted().transform(told.get_points())
    at = table.loc[7, ["predicted", "happened"]].astype(float)
    assert (at["happened"] < at["predicted"]) == (right < low)
    assert (at["happened"] > at["predicted"]) == (left > high)
    assert box(ax, "happened").y0 >= ax.bbox.y1


# steps, intervals, grid --------------------------------------------------------------------------


def test_bars_write_whole_amounts_as_a_title_has_them() -> None:
    assert "€14,235" in words(charts.bars(pd.Series({"a": 14_235.0, "b": 9.0}), fmt="money.0"))


def test_steps_add_up_to_a_total_of_their_own() -> None:
    ax = charts.steps(PROFIT, total="profit", start={"plan": 5_000})
    *_, last = ax.patches
    assert last.get_width() == pytest.approx(PROFIT.sum() + 5_000)
    assert {"plan", "€5k", "−€3.2k", "+€0.8k", "profit", "€15k"} <= set(words(ax))


def test_a_highlighted_step_is_bold_and_every_loss_orange() -> None:
    changes = pd.Series({"volume": 12.0, "price": -8.0, "mix": -1.0})
    ax = charts.steps(changes, highlight="price", total="margin")
    shades = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert [shade == charts.ORANGE for shade in shades] == [False, True, True, False]
    bold = [t.get_text() for t in ax.get_yticklabels() if t.get_fontweight() == "bold"]
    assert bold == ["price", "margin"]


def test_a_total_in_the_table_is_not_added_once_more() -> None:
    table = pd.DataFrame({"step": ["volume", "price", "all"], "euros": [12.0, -8.0, 4.0]})
    ax = charts.steps(table, x="euros", y="step", total="all")
    assert ax.get_label() == "Steps: volume +€12, price −€8, all +€4"


def test_intervals_stand_beside_the_truth() -> None:
    ax = charts.intervals(
        ESTIMATES, x="value", highlight="with controls", truth={"the truth": -1.4}
    )
    assert {"−0.52", "−1.35", "the truth −1.40"} <= set(words(ax))
    assert "zone test −1.35 (−1.60 to −1.10); the truth −1.40" in ax.get_label()


def test_a_row_that_may_be_chance_is_gray_and_one_that_is_named_orange() -> None:
    table = pd.DataFrame({"value": [1.0, 2.0, 3.0], "low": [-1.0, 1.0, 2.0], "high": 9.0})
    ax = charts.intervals(table.set_axis(["a", "b", "c"]), x="value", highlight="c", against=0)
    (dots,) = [drawn for drawn in ax.collections if len(drawn.get_offsets()) == 3]
    shades = [to_hex(color).upper() for color in dots.get_facecolors()]
    assert shades == [charts.GRAY, charts.BLUE, charts.ORANGE]


def test_a_far_row_does_not_set_the_scale() -> None:
    table = pd.DataFrame({"value": [0.2, 9.0], "low": [0.1, -8.0], "high": [0.3, 20.0]})
    ax = charts.intervals(table.set_axis(["near", "far"]), x="value", within=(-1, 1))
    assert ax.get_xlim() == (-1, 1)
    assert "9.0 →" in words(ax)
    assert "far 9.0 (−8.0 to 20.0)" in ax.get_label()


def test_no_number_of_an_estimate_crosses_the_line_of_the_truth() -> None:
    table = pd.DataFrame({"value": [-0.5, 0.5], "low": -9.0, "high": 9.0}, ["less", "more"])
    ax = charts.intervals(table, x="value", fmt="decimal.2", truth={"as last year": 0})
    ax.figure.canvas.draw()
    line = ax.transData.transform((0, 0))[0]
    assert box(ax, "−0.50").x1 < line < box(ax, "0.50").x0
    assert "as last year" in words(ax)
    at_zero = [line for line in ax.lines if set(line.get_xdata()) == {0}]
    widths = [*ax.collections[0].get_linewidth(), *(line.get_linewidth() for line in at_zero)]
    assert set(widths) == {1}


def test_of_many_rows_only_the_highlighted_ones_are_written() -> None:
    rows = range(1, 14)
    table = pd.DataFrame({"value": rows, "low": 0, "high": 20}, [f"draw {n}" for n in rows])
    table.loc["a loss"] = [-4, -9, -1]
    ax = charts.intervals(table.astype(float), x="value", highlight=["draw 7", "a loss"])
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert (names[0], names[6], names[13]) == ("draw 1", "draw 7  7", "a loss  −4")
    assert not ax.texts


def test_an_estimate_without_an_interval_is_a_dot_and_has_no_ends() -> None:
    known = pd.DataFrame({"value": [0.7], "low": [0.7], "high": [0.7]}, ["a rule"])
    ax = charts.intervals(known, x="value", fmt="share")
    assert ax.get_label() == "Estimates with intervals: a rule 70%"


def test_each_estimate_may_have_a_truth_of_its_own() -> None:
    ax = charts.intervals(ESTIMATES, x="value", truth={"truth": [-1.0, -1.4]})
    segments = ax.collections[0].get_segments()
    assert [segment[:, 1].mean() for segment in segments] == [0, 1]  # each in the middle of its row


def test_a_cell_of_a_grid_is_the_darker_the_larger_its_number() -> None:
    ax = DRAWN["grid"]()
    shades = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert shades[3] == charts.GHOST
    assert shades[2] == charts.ORANGE
    assert shades[3] < shades[0] < shades[1] < charts.PALE
    sizes = {t.get_text(): t.get_fontsize() for t in ax.texts}
    assert sizes["323"] > sizes["at risk"]
    assert ax.get_label() == "Grid: champions 1,347, newcomers 438, at risk 323, lost 1,396"


# Numbers and the finished picture ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fmt", "top", "ticks"),
    [
        ("money", 25_000, {"€0", "€5k", "€10k", "€25k"}),
        ("money.0", 25_000, {"€0", "€5k", "€25k"}),
        ("share", 0.4, {"0%", "40%"}),
        ("", 4_000, {"1,000", "4,000"}),
    ],
)
def test_ticks_are_written_as_all_numbers(fmt: str, top: float, ticks: set[str]) -> None:
    assert ticks <= set(words(charts.lines(pd.Series([0, top]), fmt=fmt)))


def test_ticks_and_days_follow_the_language(french) -> None:
    table = WEEKS.assign(money=np.linspace(0, 5_000, 20))
    ax = charts.lines(table, x="week", y="money", fmt="money", mark="2025-02-03")
    said = words(ax)
    assert "5\u202f000\u00a0€" in said
    assert any("3 févr. 2025" in text for text in said)
    assert any(text.startswith("avr.") for text in said)


def test_months_of_several_years_have_their_years() -> None:
    days = pd.date_range("2023-07-03", "2025-12-22", freq="W-MON")
    ax = charts.lines(pd.Series(range(len(days)), index=days, name="late"))
    assert {"Jul 2024", "Jan 2025", "Jul 2025"} <= set(words(ax))


def test_a_chart_of_seaborn_gets_commas_and_a_true_minus() -> None:
    _, ax = plt.subplots()
    ax.plot([1, 2], [-2_000, 2_000])
    charts.bundle(ax, alt="A line.")
    assert {"−2,000", "2,000"} <= set(words(ax))


def test_years_have_no_comma() -> None:
    _, ax = plt.subplots()
    ax.plot([2023, 2024, 2025], [1, 2, 3])
    charts.bundle(ax, alt="A line.")
    assert "2024" in words(ax)


def test_title_and_subtitle_start_at_the_left_edge_of_the_picture() -> None:
    ax = charts.bars(pd.Series({"a name that needs much room at the left": 3}))
    charts.bundle(ax, title="Three " * 30, sub="pieces a week, 2025")
    ax.figure.canvas.draw()
    title, sub = ax.figure.texts
    extent = title.get_window_extent()
    assert extent.x0 < 10
    assert extent.x1 <= ax.figure.bbox.x1
    assert (title.get_fontsize(), title.get_fontweight(), sub.get_fontsize()) == (12, "bold", 9.5)
    assert sub.get_window_extent().y1 < extent.y0
    assert ax.get_window_extent().y1 < sub.get_window_extent().y0


def test_the_title_of_an_axes_is_taken_for_the_title() -> None:
    _, ax = plt.subplots()
    ax.set_title("Said before")
    charts.bundle(ax, alt="A chart.")
    assert [text.get_text() for text in ax.figure.texts] == ["Said before"]
    assert ax.get_title("left") == ""


def test_the_alt_text_is_made_of_title_subtitle_and_data() -> None:
    ax = charts.bars(PROFIT, fmt="money")
    _, about = charts.bundle(ax, title="Two pay", sub="profit in 13 weeks")
    assert about["image/png"]["alt"] == (
        "Two pay. Profit in 13 weeks. Bars: at risk −€3.2k, search brand €0.8k, the truth €13k."
    )


def test_show_displays_the_picture_with_its_alt_text_and_closes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    display = Mock()
    monkeypatch.setattr("IPython.display.display", display)
    figure, ax = plt.subplots()
    charts.show(ax, alt="Bars, left > right.")
    picture, said = display.call_args_list
    about = {"image/png": {"alt": "Bars, left > right.", "width": 784}}
    assert picture.kwargs["metadata"] == about
    assert picture.args[0]["text/plain"] == "Bars, left > right."
    assert "Bars, left &gt; right.</details>" in said.args[0]["text/html"]
    assert not plt.fignum_exists(figure.number)


def test_a_picture_is_a_white_card_with_round_corners() -> None:
    with Image.open(io.BytesIO(charts.png(DRAWN["bars"]()))) as picture:
        card = picture.convert("RGBA")
    corners = [(x, y) for x in (0, card.width - 1) for y in (0, card.height - 1)]
    assert {card.getpixel(corner)[3] for corner in corners} == {0}
    assert {card.getpixel((30, y)) for y in (2, card.height - 3)} == {(255, 255, 255, 255)}


def test_a_picture_is_sharp_and_small() -> None:
    content = charts.png(DRAWN["lines"]())
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.width == 2 * 784
    assert len(content) < 50_000


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert charts.png(DRAWN["bars"]()) == charts.png(DRAWN["bars"]())


@pytest.mark.parametrize("alt", [None, " "])
def test_a_chart_without_alt_text_is_refused(alt: str | None) -> None:
    _, ax = plt.subplots()
    with pytest.raises(MktlabError, match="alt is empty"):
        charts.show(ax, alt=alt)


def test_two_amounts_in_dollars_are_no_formula() -> None:
    _, ax = plt.subplots()
    assert not ax.set_title("From $34 to $36").get_parse_math()


def test_an_interval_without_an_end_runs_to_an_arrow_at_the_edge() -> None:
    table = pd.DataFrame(
        {"value": [-1.0, -1.5], "low": [-np.inf, -2], "high": [0.5, -1]}, ["a", "b"]
    )
    ax = charts.intervals(table, x="value")
    (arrow,) = [line for line in ax.lines if line.get_marker() == "<"]
    assert arrow.get_xdata()[0] == ax.get_xlim()[0] < -2
    small = charts.intervals(table / 100, x="value", fmt="share.1")
    assert small.get_xlim() == pytest.approx([end / 100 for end in ax.get_xlim()])
    (lines,) = [
        c for c in ax.collections if len(c.get_paths()) == 2 and not hasattr(c, "get_sizes")
    ]
    assert [segment[:, 0].tolist() for segment in lines.get_segments()] == [
        [ax.get_xlim()[0], 0.5],
        [-2, -1],
    ]
    assert ax.get_label() == "Estimates with intervals: a −1.0 (−∞ to 0.5), b −1.5 (−2.0 to −1.0)"


def test_a_marked_number_stands_on_the_axis_and_its_neighbors_make_room():
    ax = charts.lines(pd.Series(range(1001), name="profit"), mark=410)
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks == ["0", "200", "600", "800", "1,000", "410"]
    assert ax.get_xticklabels()[-1].get_fontweight() == "bold"
