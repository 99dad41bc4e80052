"""Answers are compared by what they say, and no answer is given away or breaks a check."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.exercises.comparing import difference

TABLE = pd.DataFrame(
    {
        "customer_id": ["07", "12", "30", "41"],
        "recency_days": [3, 40, 1, 200],
        "monetary": [10.0, 99.5, 1234.561, 7.25],
    }
)
KEY = ("customer_id",)
BY_ID = TABLE.set_index("customer_id")["monetary"]


@pytest.mark.parametrize(
    "same",
    [
        TABLE.sample(frac=1, random_state=1),
        TABLE[["monetary", "customer_id", "recency_days"]],
        TABLE.set_index("customer_id"),
        TABLE.set_index("customer_id").rename_axis(None),
        TABLE.assign(customer_id=TABLE["customer_id"].astype("category")),
        TABLE.assign(recency_days=TABLE["recency_days"].astype(float)),
        TABLE.assign(monetary=TABLE["monetary"].round(2)),
        TABLE.assign(note="mine"),
        pl.from_pandas(TABLE),
    ],
    ids=["rows", "columns", "index", "bare index", "category", "float", "round", "extra", "polars"],
)
def test_the_same_table_in_another_shape_is_right(same: object) -> None:
    assert difference(same, TABLE, key=KEY) is None


@pytest.mark.parametrize(
    "same",
    [BY_ID, BY_ID.rename("money"), BY_ID.to_frame(), BY_ID.reset_index(), BY_ID[::-1]],
    ids=["series", "renamed", "frame", "columns", "reversed"],
)
def test_values_by_key_may_come_as_series_or_table(same: object) -> None:
    assert difference(same, BY_ID, key=KEY) is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (TABLE.drop(columns="monetary"), "Your table lacks the column monetary."),
        (TABLE.head(3), "Your table has 3 rows: 1 are missing and 0 are not asked for."),
        (pd.concat([TABLE, TABLE.head(1)]), "several rows for one customer_id"),
        (pd.concat([TABLE, TABLE], axis=1), "Two columns of your table have the same name"),
        (
            TABLE.assign(monetary=[10.0, 99.5, 5.0, 7.25]),
            "1 of 4 values of monetary differ; the first is that of 30, where you have 5.0.",
        ),
        (TABLE.assign(monetary="much"), "4 of 4 values of monetary differ"),
        (TABLE.assign(recency_days=pd.Timestamp("2025-01-01")), "4 of 4 values of recency_days"),
        (3.5, "Your answer is a float: give a table with the columns customer_id, recency_days"),
    ],
)
def test_a_wrong_table_is_told_what_differs(wrong: object, sentence: str) -> None:
    told = difference(wrong, TABLE, key=KEY)
    assert told is not None
    assert sentence in told


def test_whole_numbers_must_be_exact() -> None:
    assert difference(TABLE.assign(recency_days=[3, 40, 1, 201]), TABLE, key=KEY)
    assert difference(5_590, 5_589) == "Your number is too high."
    assert difference(5_589.0, 5_589) is None


def test_the_expected_value_is_never_told() -> None:
    told = [
        difference(TABLE.assign(monetary=0.0), TABLE, key=KEY),
        difference(1.0, 1234.56),
        difference("tea", "gift"),
        difference({"07"}, {"07", "30"}),
        difference(TABLE.head(1), TABLE, key=KEY),
    ]
    for sentence in told:
        assert sentence
        assert not any(secret in sentence for secret in ("1234", "99.5", "gift", "30", "41"))


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    st.sampled_from([float, np.float64, lambda x: np.array([x]), lambda x: pd.Series([x])]),
)
def test_a_number_may_be_rounded_and_boxed(expected: float, box: Any) -> None:
    assert difference(box(round(expected, 3)), expected) is None


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (56, "Your number is too high."),
        (0.1, "Your number is too low."),
        (True, "Your answer is a bool: give a number."),
        ("55 %", "Your answer is a str: give a number."),
        (float("nan"), "Your number is not finite"),
        (float("inf"), "Your number is not finite"),
        (1j, "Your answer is a complex number"),
        ([0.55], "Your answer is a list: give a number."),
        (pd.Series([0.5, 0.6]), "Your answer has 2 values: give one number."),
    ],
)
def test_a_wrong_number_is_told_why(answer: object, sentence: str) -> None:
    told = difference(answer, 0.55)
    assert told is not None
    assert told.startswith(sentence)


@pytest.mark.parametrize(
    "same",
    [
        ["b", "a"],
        ("a", "b"),
        {"a", "b"},
        frozenset("ab"),
        np.array(["a", "b"]),
        pd.Series(["a", "b"], index=[7, 9]),
        pd.Index(["b", "a"]),
        pd.DataFrame({"customer_id": ["a", "b"], "r": [1, 2]}),
        pl.Series(["a", "b"]),
        {"a": 1, "b": 2}.keys(),
    ],
    ids=lambda same: type(same).__name__,
)
def test_a_set_of_ids_may_come_in_anything_that_lists_them(same: object) -> None:
    assert difference(same, {"a", "b"}) is None


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (["a", "a", "b"], "Your list has 1 ids more than once"),
        (["a"], "Of the ids asked for, 1 is missing."),
        (["a", "b", "c", "d"], "2 of yours are not asked for."),
        ((i for i in "ab"), "Your answer is a generator: give a list of ids."),
        (pd.Series([True, False]), "Your answer is true or false for each row"),
        (pd.DataFrame({"x": [1], "y": [2]}), "Your answer is a table: give the one column"),
        ("ab", "Your answer is a str: give a list of ids."),
        (7, "Your answer is an int: give a list of ids."),
    ],
)
def test_a_wrong_set_is_told_why(answer: object, sentence: str) -> None:
    told = difference(answer, {"a", "b"})
    assert told is not None
    assert told.startswith(sentence)


def test_texts_are_compared_without_case_and_blanks() -> None:
    assert difference(" At Risk ", "at risk") is None
    assert difference("lost", "at risk") == "Your text is another one."
    assert difference(3, "at risk") == "Your answer is an int: give a text in quotation marks."


def test_the_answer_is_left_as_it_was() -> None:
    mine = TABLE.set_index("customer_id").assign(extra=1)
    before = mine.copy(deep=True)
    difference(mine, TABLE, key=KEY)
    pd.testing.assert_frame_equal(mine, before)


def test_days_match_whether_or_not_they_carry_midnight() -> None:
    days = pd.DataFrame({"month": pd.to_datetime(["2025-01-01", "2025-02-01"]), "n": [1, 2]})
    as_text = days.assign(month=["2025-01-01", "2025-02-01"])
    assert difference(as_text, days, key=("month",)) is None
    ends = days[["n", "month"]]
    assert difference(ends, days, key=("n",)) is None
    assert difference(ends.assign(month=days["month"][::-1].to_numpy()), days, key=("n",))
