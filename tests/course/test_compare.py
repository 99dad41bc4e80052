"""Answers are compared by what they say, whatever shape they have."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from right_answers import other_shapes

from mktlab.course.checking.answers import Unreadable, ids, ids_among, number, number_between
from mktlab.course.checking.compare import difference

AMOUNTS = st.floats(-1e7, 1e7, allow_subnormal=False)
IDS = st.lists(st.text("abc0123456789", min_size=1, max_size=6), min_size=1, unique=True)
BY_NAME = pd.DataFrame({"name": ["Ana", "Ben", "Cem"], "spend": [120.5, 30.25, 9.75]})
KEY = ("name",)


@st.composite
def tables(draw):
    """Ids with an amount, a share, a count and a word each."""
    keys = draw(st.lists(st.from_regex("c[0-9]{1,3}", fullmatch=True), min_size=1, unique=True))

    def column(values):
        return draw(st.lists(values, min_size=len(keys), max_size=len(keys)))

    return pd.DataFrame(
        {
            "customer_id": pd.Series(keys, dtype="str"),
            "spend": column(AMOUNTS),
            "share": column(st.floats(0, 1, allow_subnormal=False)),
            "orders": column(st.integers(0, 10**6)),
            "segment": pd.Series(column(st.sampled_from(["loyal", "lost"])), dtype="str"),
        }
    )


@given(tables())
def test_a_right_table_is_right_in_any_shape(table):
    for shape, answer in other_shapes(table, key=("customer_id",)).items():
        assert difference(answer, table, key=("customer_id",)) is None, shape
    one = table.set_index("customer_id")["share"]
    for shape, answer in other_shapes(one).items():
        assert difference(answer, one) is None, shape


@given(AMOUNTS)
def test_a_right_number_is_right_in_any_shape(amount):
    for shape, answer in other_shapes(amount).items():
        assert difference(answer, amount) is None, shape


@given(IDS)
def test_right_ids_are_right_in_any_shape(listed):
    for shape, answer in other_shapes(set(listed)).items():
        assert difference(answer, set(listed)) is None, shape
    assert difference(dict.fromkeys(listed, 1), set(listed)) is None
    assert difference([name.swapcase() for name in listed], set(listed)) is None


def test_a_key_of_two_columns_may_stand_anywhere():
    table = pd.DataFrame({"week": [1, 1, 2], "outlet": ["web", "cafe", "web"], "orders": [5, 6, 7]})
    for shape, answer in other_shapes(table, key=("week", "outlet")).items():
        assert difference(answer, table, key=("week", "outlet")) is None, shape
    half = table.set_index("week")
    assert difference(half, table, key=("week", "outlet")) is None


def test_days_are_the_same_as_their_text():
    days = pd.DataFrame({"day": pd.to_datetime(["2025-01-31", "2025-02-01"]), "orders": [3, 4]})
    for column in (days["day"].astype(str), days["day"].dt.date, days["day"].dt.tz_localize("UTC")):
        assert difference(days.assign(day=column), days, key=("day",)) is None


@given(tables(), st.data())
def test_one_wrong_value_is_told_by_its_row_and_column_without_the_right_one(table, data):
    row = data.draw(st.integers(0, len(table) - 1))
    right = table.loc[row, "spend"]
    wrong = data.draw(AMOUNTS)
    assume(abs(wrong - right) > 0.006 and abs(right) > 1000)
    answer = table.assign(spend=table["spend"].where(table.index != row, wrong))
    told = difference(answer, table, key=("customer_id",))
    assert told is not None
    assert f"customer_id {table.loc[row, 'customer_id']}, where you have" in told
    assert f"1 of {len(table)} values of spend differ" in told
    assume(f"{wrong:.4g}" != f"{right:.4g}")
    assert f"{right:.6g}" not in told
    assert f"{right:.2f}" not in told


@given(AMOUNTS, AMOUNTS)
def test_a_wrong_number_is_told_its_direction_and_what_to_look_at_but_not_the_right_one(
    right, wrong
):
    assume(abs(right - wrong) > 0.03)
    told = difference(wrong, right)
    same_side = wrong * right > 0
    higher = abs(wrong) > abs(right) if same_side else wrong > right
    assert f"too {'high' if higher else 'low'}" in told
    assert "Look at" in told or "zero" in told
    assert not re.search(r"\d", told)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (10.09, "too high, by less than one percent. Look at what you rounded on the way"),
        (10.5, "too high, by less than a tenth"),
        (9.5, "too low, by less than a tenth"),
        (15, "too high, but less than twice"),
        (6, "too low, but more than half"),
        (40, "several times too high"),
        (2, "several times too low"),
        (120, "too high, ten times or more"),
        (0.3, "too low, ten times or more"),
        (-10, "too low: the right one is above zero"),
        (0, "too low: it is zero, as if nothing were left. Look at your condition."),
    ],
)
def test_a_wrong_number_is_told_roughly_how_far_it_is_off(answer, told):
    assert told in difference(answer, 10.0)


def test_a_count_that_is_nearly_right_has_no_digits_to_look_at():
    assert "single rows: is one counted twice, or left out?" in difference(1_001, 1_000)


def test_a_share_is_known_where_much_more_is_asked_for():
    assert "looks like a share" in difference(0.31, 345_123.0)
    assert "looks like a share" not in difference(0.31, 3.1)


@given(st.floats(0.001, 0.999))
def test_percent_is_never_taken_for_a_fraction(share):
    assert "too high, ten times or more" in difference(100 * share, share)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (0.1241, 0.1234),
        (0.01242, 0.01234),
        (10.01, 10.0),
        (2.007, 2.0),
        (1234.57, 1234.5),
        (0.004, 0.0),
        (41, 42),
        (0.0, 0.004),
        (1e6 + 1, 1e6),
    ],
)
def test_numbers_that_differ_by_more_than_rounding_are_not_the_same(answer, right):
    assert difference(answer, right)


def test_a_stated_tolerance_is_in_the_units_of_the_answer():
    assert difference(1003, 1000, tolerance=3) is None
    assert difference(1003.1, 1000, tolerance=3)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            BY_NAME["spend"],
            (
                "Your table lacks name. Its rows are told apart by name: keep it as a column or as "
                "the index."
            ),
        ),
        (BY_NAME[["name"]], "Your table lacks spend."),
        (
            BY_NAME.rename(columns={"name": "who", "spend": "sum"}),
            (
                "Your table lacks name, spend; it has who, sum instead. Its rows are told apart by "
                "name: keep it as a column or as the index."
            ),
        ),
        (
            BY_NAME.iloc[1:],
            ("Your table has 2 rows. By name, 1 of those asked for is missing."),
        ),
        (
            BY_NAME.replace("Ana", "Zoe"),
            (
                "Your table has 3 rows. By name, 1 of those asked for is missing. By name, 1 of "
                "yours is not asked for: Zoe. Look at its rows."
            ),
        ),
        (
            pd.concat([BY_NAME, BY_NAME]),
            "Your table has 6 rows for 3 different name: give one row for each.",
        ),
        (
            BY_NAME.assign(spend=[120.5, 31, math.nan]),
            "2 of 3 values of spend differ. The first is that of name Ben, where you have 31.",
        ),
        (
            BY_NAME.assign(spend=["120 €", "30 €", "9 €"]),
            (
                "The column spend of your table holds text: give numbers, such as 0.12 and not "
                "'12 %'."
            ),
        ),
        (
            BY_NAME.assign(spend=pd.to_timedelta([1, 2, 3], unit="D")),
            "The column spend of your table holds durations: give days (`.dt.days`).",
        ),
        (
            BY_NAME.assign(spend=BY_NAME["spend"] > 10),
            "The column spend of your table is true or false: give numbers.",
        ),
        (
            BY_NAME.assign(spend=1j),
            "The column spend of your table holds a complex: give numbers.",
        ),
        (
            pd.concat([BY_NAME, BY_NAME[["spend"]]], axis=1),
            "Your table has several columns spend: rename or drop the others.",
        ),
        (
            BY_NAME.groupby("name").agg({"spend": ["sum"]}),
            "Your table has several levels of column names: give each column one.",
        ),
        (BY_NAME.to_dict(), "Your answer is a dict: give a table with name, spend."),
        (
            BY_NAME.head,
            (
                "Your answer is a function (are its parentheses missing?): give a table with "
                "name, spend."
            ),
        ),
    ],
)
def test_a_table_is_told_what_differs(answer, told):
    assert difference(answer, BY_NAME, key=KEY) == told


def test_text_is_compared_but_for_capitals_and_days_by_the_calendar():
    assert difference(" Web", "web") is None
    assert (
        difference("cafe", "web") == "Your answer is a text in quotation marks, but not the "
        "right one."
    )
    assert difference(3, "web") == "Your answer is a number: give a text in quotation marks."
    day = pd.Timestamp("2025-01-31")
    assert difference("2025-01-31", day) is None
    assert difference(np.datetime64("2025-01-31"), day) is None
    assert difference(pd.Series([day]), day) is None
    assert difference(day + pd.Timedelta(days=1), day)


@pytest.mark.parametrize(
    "answer", ["The largest brought €9", " the largest  brought €9.\n", "*The largest brought €9.*"]
)
def test_a_sentence_is_right_without_its_period_and_with_more_blanks(answer):
    assert difference(answer, "The largest brought €9.") is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("The largest brought €8.", "begins as it should, but its number is not the right one"),
        ("The largest brought", "begins as it should: now the number is missing"),
        ("The largest brought {show.money(x)}.", "is the `f` before its quotation mark missing"),
        ("The largest brought show.money(x).", "put it into braces, as in `{show.money(...)}`"),
        ("The largest brought <function money at 0x7>.", "are its parentheses missing?"),
        ("The largest brought €€9.", "The sign “€” stands there twice: `show.money` writes it."),
        ("The largest brought 9 €.", "not written as `show.money` writes it"),
        ("The largest brought €9 net.", "right up to its number: leave out what follows"),
        ("€9", "Your sentence must begin with “The largest brought”."),
        ("The smallest brought €9.", "Your sentence must begin with “The largest brought”."),
    ],
)
def test_a_sentence_is_told_where_it_goes_wrong_and_never_what_is_right(answer, told):
    said = difference(answer, "The largest brought €9.")
    assert told in said
    assert "9" not in said


def test_a_text_of_words_alone_is_never_told_in_part():
    for answer in ("cafe", "the web", "web shop"):
        assert "web" not in difference(answer, "web shop of all").replace(answer, "")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((42245, 10), "Your answer has 2 values: give one of them."),
        (pd.Series([True, False]), "`True` or `False` for each of 2 rows: its `sum` counts"),
        (BY_NAME, "a table of 3 rows and 2 columns: give one value. `len(...)` counts its rows"),
        (BY_NAME["spend"], "a column of 3 numbers: give one. `len(...)` counts them, `sum` adds"),
        (BY_NAME["name"], "a column of 3 values: give one. `len(...)` counts them, `nunique`"),
        (BY_NAME["name"].unique(), "a column of 3 values: give one."),
        (BY_NAME.set_index("name")["spend"], "take one by its name, with `.loc['Ana']`"),
    ],
)
def test_where_one_value_is_asked_for_several_are_told_how_to_go_on(answer, told):
    assert told in difference(answer, 42245)


def test_numbers_by_name_are_right_as_a_dict():
    by_name = BY_NAME.set_index("name")["spend"]
    assert difference(by_name.to_dict(), by_name) is None
    assert "1 of 3 values" in difference(by_name.to_dict() | {"Ben": 31}, by_name)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (BY_NAME.groupby("name"), "groups (of which column, and its `sum` or `mean`?)"),
        (BY_NAME.groupby("name")["spend"], "groups (of which column"),
        (np.float64(3), "a number: give a table with"),
        (pd.Timestamp("2025-01-31"), "a day: give"),
        (pd.Timedelta(3), "a length of time: give"),
    ],
)
def test_what_was_given_is_said_in_plain_words(answer, told):
    assert told in difference(answer, BY_NAME, key=KEY)


def test_ids_are_told_what_is_missing_and_what_is_too_much():
    assert difference({"a"}, {"a", "b", "c"}) == "Of those asked for, 2 are missing."
    assert difference(["a", "d"], {"a"}) == "1 of yours is not asked for, such as d."


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (["a", "a"], "Your answer has 2 entries, 1 too many: give each once."),
        (pd.Series([True, False]), "Your answer is true or false for each row: select with it."),
        ([True, False], "Your list holds true or false: give ids or names."),
        ([["a"], ["b"]], "Your list holds a list: give ids or names."),
        ([BY_NAME, BY_NAME], "Your list holds a table: give ids or names."),
        (pd.Series({"a": 2.5}), ("Your answer holds amounts: if the ids or names are its index, "
         "give its index.")),
        (pd.DataFrame({"x": [1], "y": [2]}), ("Your answer is a table: give the one column that "
         "holds the ids or names.")),
        (np.zeros((2, 2)), "Your answer has rows and columns: give a list of ids or names."),
        ("a", "Your answer is text: give a list of ids or names."),
    ],
)  # fmt: skip
def test_what_is_no_list_of_ids_is_told_so(answer, told):
    with pytest.raises(Unreadable) as problem:
        ids(answer)
    assert str(problem.value) == told


def test_a_choice_is_among_what_there_is():
    assert ids_among(["a"], ["a", "b"]) == {"a"}
    with pytest.raises(Unreadable, match=r"Not among what can be chosen: 1 of your 2, such as z\."):
        ids_among(["a", "z"], ["a", "b"])
    with pytest.raises(Unreadable, match=r"names 1: choose exactly 2\."):
        ids_among(["a"], ["a", "b"], exactly=2)
    with pytest.raises(Unreadable, match=r"Your number is 12: choose one from 2\.5 to 9\."):
        number_between(12, (2.5, 9))


@pytest.mark.parametrize("answer", [math.nan, math.inf, 10**400, pd.Series([math.nan])])
def test_a_number_is_finite(answer):
    with pytest.raises(Unreadable, match="empty or infinite"):
        number(answer)


@pytest.mark.parametrize("answer", ["12 %", True, np.True_, 1j, None, pd.NA, {3: 4}, b"3"])
def test_what_is_no_number_is_told_so(answer):
    with pytest.raises(Unreadable, match=r"give (a|the) number"):
        number(answer)
