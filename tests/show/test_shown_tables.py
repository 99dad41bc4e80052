"""Tables look the same everywhere: text left, numbers right, and nothing but the look changes."""

import copy
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

import mktlab
from mktlab.show.tables import Grid, grid, register


def cells(values, **how) -> list[str]:
    """The cells of a column of values."""
    return [row[-1] for row in grid(pd.DataFrame({"x": pd.Series(values, **how)})).rows]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1, 12_000], ["1", "12,000"]),
        ([1.0, 253.0, None], ["1", "253", "–"]),
        ([129_716.2, 1500.5], ["129,716", "1,500"]),
        ([36.772, 8.05], ["36.77", "8.05"]),
        ([33.1, 30.0], ["33.1", "30.0"]),
        ([0.102, 0.09], ["0.102", "0.090"]),
        ([1 / 3, 0.5], ["0.33", "0.50"]),
        ([0.0123456, 0.001], ["0.012", "0.001"]),
        ([12_326.0, 3.8271, 0.65], ["12,326", "3.83", "0.65"]),
        ([-1250.4, 20.0], ["−1,250", "20"]),
        ([0.0, -0.001], ["0.000", "−0.001"]),
        ([np.inf, 2.5], ["inf", "2.5"]),
        ([True, False], ["yes", "no"]),
        (["a", None], ["a", "–"]),
        ([pd.Timestamp("2025-01-06"), pd.NaT], ["2025-01-06", "–"]),
        ([pd.Timestamp("2025-01-06 09:30")], ["2025-01-06 09:30"]),
        ([[1, 2], "x"], ["[1, 2]", "x"]),
    ],
)
def test_values_as_people_read_them(values, shown) -> None:
    assert cells(values) == shown


def test_amounts_have_their_currency_and_cents_in_every_column_and_row() -> None:
    frame = pd.DataFrame(
        {"revenue": [11.14, 8.0], "shipping": [4.9, 0.0], "discount": [0.0, 0.0], "pages": [4.5, 3]}
    )
    assert grid(frame).rows == [
        ["€11.14", "€4.90", "€0.00", "4.5"],
        ["€8.00", "€0.00", "€0.00", "3.0"],
    ]
    sums = pd.DataFrame({"revenue": [278_269.4, 87.5], "net promoter score": [30.5, 31.0]})
    assert grid(sums).rows == [["€278,269", "30.5"], ["€88", "31.0"]]
    assert grid(pd.DataFrame({"log_price": [2.68, 2.5]})).rows == [["2.68"], ["2.50"]]


def test_nullable_columns_read_as_others() -> None:
    assert cells([1000, None], dtype="Int64") == ["1,000", "–"]
    assert cells([True, None], dtype="boolean") == ["yes", "–"]


def test_a_number_that_is_a_name_has_no_comma() -> None:
    frame = pd.DataFrame({"year": [2024], "order_id": [10_234], "orders": [10_234]})
    assert grid(frame).rows == [["2024", "10234", "10,234"]]
    by_year = pd.Series([5], index=pd.Index([2024], name="order_date"), name="orders")
    assert grid(by_year).rows == [["2024", "5"]]


def test_text_stands_left_numbers_and_written_amounts_right() -> None:
    frame = pd.DataFrame({"who": ["a"], "n": [1], "part": ["41%"], "cost": ["−€1,250"], "b": True})
    assert grid(frame).right == [False, True, True, True, False]
    postcodes = pd.DataFrame({"postcode": ["35000", "44000"]})
    assert grid(postcodes).right == [False]


def test_a_header_stands_as_its_column_and_row_headers_name_rows() -> None:
    frame = pd.DataFrame({"orders": [2]}, index=pd.Index(["web"], name="outlet"))
    soup = BeautifulSoup(grid(frame).html(), "html.parser")
    assert [(tag.text, tag["scope"], tag["style"]) for tag in soup.find_all("th")] == [
        ("outlet", "col", "text-align:left"),
        ("orders", "col", "text-align:right"),
        ("web", "row", "text-align:left"),
    ]
    assert soup.td["style"] == "text-align:right"


@pytest.mark.parametrize("rows", [None, [209, 3603]])
def test_row_numbers_are_left_out(rows) -> None:
    frame = pd.DataFrame({"x": ["a", "b"]}, index=rows)
    assert (grid(frame).heads, grid(frame).rows) == ([("x",)], [["a"], ["b"]])


def test_a_series_shows_its_labels_unless_they_count_from_zero() -> None:
    assert grid(pd.Series([5, 6], index=[2023, 2024])).rows == [["2023", "5"], ["2024", "6"]]
    assert grid(pd.Series([5, 6])).rows == [["5"], ["6"]]


def test_one_row_of_headers_holds_the_name_of_the_index_not_of_the_columns() -> None:
    frame = pd.DataFrame({"x": [1]}, index=pd.Index(["a"], name="segment")).rename_axis(columns="k")
    assert grid(frame).heads == [("segment", "x")]


def test_levels_of_columns_keep_a_row_of_headers_each() -> None:
    columns = pd.MultiIndex.from_tuples([("a", "n"), ("a", "m"), ("b", "m")])
    frame = pd.DataFrame([[1, 2, 3]], columns=columns, index=pd.Index(["x"], name="who"))
    upper, lower = BeautifulSoup(grid(frame).html(), "html.parser").thead.find_all("tr")
    assert [(tag.text, tag.get("colspan")) for tag in upper] == [
        ("", None),
        ("a", "2"),
        ("b", None),
    ]
    assert [tag.text for tag in lower] == ["who", "n", "m", "m"]


def test_a_long_table_shows_both_ends_and_its_size() -> None:
    shown = grid(pd.DataFrame({"x": range(1200), "y": 0}))
    assert [row[0] for row in shown.rows] == [*"01234", "…", *map("1,{}".format, range(195, 200))]
    assert shown.note == "1,200 rows × 2 columns"
    assert grid(pd.DataFrame({"x": range(15)})).note == ""
    assert grid(pd.Series(range(16))).note == "16 rows"


def test_a_broad_table_shows_its_first_columns_and_scrolls_by_keys() -> None:
    broad = grid(pd.DataFrame([range(30)]))
    assert broad.heads[0][6:] == ("6", "7", "…")
    box = BeautifulSoup(broad.html(), "html.parser").div
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "region", "Table: 0, 1, 2")
    assert "<div" not in grid(pd.DataFrame([range(8)])).html()


def test_a_table_without_rows_says_so() -> None:
    assert grid(pd.DataFrame({"x": [], "y": []})).text() == "x  y\n0 rows × 2 columns"
    assert grid(pd.DataFrame()).text() == "0 rows × 0 columns"


def test_what_data_say_is_never_markup() -> None:
    shown = grid(pd.DataFrame({"<b>": ["<script>"]}, index=pd.Index(["&"], name='"'))).html()
    assert {tag.name for tag in BeautifulSoup(shown, "html.parser").find_all()} <= {
        *("table", "thead", "tbody", "tr", "th", "td")
    }


values = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=8), st.dates()
)


@given(st.lists(st.tuples(values, values), max_size=30), st.booleans())
def test_any_frame_can_be_shown_and_stays_as_it_is(rows, sorted_by_label) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    before = copy.deepcopy(frame)
    shown = grid(frame.set_index("a") if sorted_by_label else frame)
    pd.testing.assert_frame_equal(frame, before)
    assert all(len(row) == 2 for row in [*shown.heads, *shown.rows])
    assert len(shown.rows) == (len(rows) if len(rows) <= 15 else 11)
    soup = BeautifulSoup(shown.html(), "html.parser")
    assert len(soup.find_all("tr")) == 1 + len(shown.rows)


@given(st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), min_size=1, max_size=15))
def test_shown_numbers_are_the_numbers(numbers) -> None:
    back = [float(cell.replace(",", "").replace("−", "-")) for cell in cells(numbers)]
    assert back == pytest.approx(numbers, abs=0.501, rel=0)
    small = [number / 1e9 for number in numbers]
    back = [float(cell.replace("−", "-")) for cell in cells(small)]
    assert back == pytest.approx(small, abs=0.0501 * max(map(abs, small)) + 1e-8)


def test_plain_text_says_the_same_in_columns() -> None:
    frame = pd.DataFrame({"outlet": ["web", "cafe"], "revenue": [1200.5, 20.0]})
    assert grid(frame).text().splitlines() == [
        "outlet  revenue",
        "web      €1,200",
        "cafe        €20",
    ]
    words = BeautifulSoup(grid(frame).html(), "html.parser").get_text(" ").split()
    assert words == grid(frame).text().split()


def test_written_tables_have_captions_feet_and_columns_told_to_stand_right() -> None:
    rows = [("rent", "through sales"), ("sum", "€9")]
    soup = BeautifulSoup(
        Grid.of(("item", "cost"), rows, right=[1]).html(caption="Costs", foot=1), "html.parser"
    )
    assert soup.caption.text == "Costs"
    assert [row.th.text for row in soup.tfoot.find_all("tr")] == ["sum"]
    assert soup.td["style"] == "text-align:right"


@pytest.fixture
def shell(monkeypatch):
    """A notebook's kernel, as far as it shows things."""
    formatter = DisplayFormatter()
    formatter.active_types = ["text/plain", "text/html"]
    shell = SimpleNamespace(display_formatter=formatter)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return shell


def test_a_head_with_the_sign_of_the_currency_gives_it_to_its_cells() -> None:
    frame = pd.DataFrame({"money (€)": [12.5, 99.25], "bags (€)": [3, -4], "of (€)": ["a", "b"]})
    shown = grid(frame)
    assert shown.heads == [("money", "bags", "of (€)")]
    assert [list(row) for row in shown.rows] == [["€12.50", "€3", "a"], ["€99.25", "−€4", "b"]]


def test_a_few_columns_more_are_named_and_many_are_dots() -> None:
    few, many = (grid(pd.DataFrame([range(n)]).add_prefix("c")) for n in (10, 20))
    assert few.note == "1 row × 10 columns; not shown: c8, c9"
    assert (len(few.rows[0]), len(many.rows[0])) == (8, 9)
    assert many.rows[0][-1] == "…"


def test_a_notebook_shows_frames_and_series_in_this_look(shell) -> None:
    register()
    frame = pd.DataFrame({"x": [1000]})
    for table in (frame, frame["x"], frame.loc[0]):
        shown, _ = shell.display_formatter.format(table)
        assert shown == {"text/plain": grid(table).text(), "text/html": grid(table).html()}


def test_outside_a_notebook_nothing_is_registered() -> None:
    register()
    assert pd.DataFrame({"x": [1000]})._repr_html_().startswith("<div>\n<style scoped>")


def test_a_french_session_reads_french_numbers_under_the_same_names() -> None:
    frame = pd.DataFrame({"order_value": [1234.0, 3.25], "ok": True})
    mktlab.language("fr")
    try:
        shown = grid(frame)
    finally:
        mktlab.language("en")
    assert shown.heads == [("order_value", "ok")]
    assert [row[0] for row in shown.rows] == ["1\u202f234", "3,25"]
    assert not re.search(r"\d,\d{3}", shown.text())
