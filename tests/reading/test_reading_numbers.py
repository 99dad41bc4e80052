"""Numbers as people write them are read, or refused as a column; never misread."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.reading.numbers import parse_numbers


def read(*texts, decimal=""):
    return parse_numbers(pa.chunked_array([pa.array(texts, pa.large_string())]), decimal=decimal)


def grouped(number: float, point: str, group: str) -> str:
    return f"{number:,.2f}".translate(str.maketrans({",": group, ".": point}))


amounts = st.lists(
    st.integers(-(10**11), 10**11).map(lambda cents: cents / 100), min_size=1, max_size=20
)


@given(
    amounts,
    st.sampled_from([".,", ",.", ", ", ",\u00a0", ",\u202f", ".'", ".’", ".", ","]),
    st.sampled_from(["", " €", "€", " EUR", "$ ", "£"]),
)
def test_amounts_survive_every_way_of_writing_them(numbers, signs, currency):
    point, group = signs[0], signs[1:]
    texts = [grouped(number, point, group) for number in numbers]
    texts = [text + currency if currency not in ("$ ", "£") else currency + text for text in texts]
    parsed, faults = read(*texts)
    assert not faults
    assert parsed.tolist() == numbers


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_what_python_writes_is_read_exactly_when_the_sign_is_known(numbers):
    parsed, faults = read(*map(repr, numbers), decimal=".")
    assert not faults
    assert parsed.tolist() == numbers


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from([".", ",", " ", "'", ""]))
def test_whole_numbers_are_right_or_refused(numbers, group):
    texts = [f"{number:,}".replace(",", group) for number in numbers]
    parsed, faults = read(*texts)
    if faults:
        assert group in (".", ",")
        assert np.isnan(parsed).all()
    else:
        assert parsed.tolist() == numbers


@pytest.mark.parametrize(
    "text", ["1,2,3", "12 34", "1.2.3", "10%", "1 2345", "--5", "5 apples", "0x10", "1_000"]
)
def test_what_is_no_number_is_a_fault(text):
    parsed, [fault] = read("2,5", text, "3,5")
    assert fault.rows.tolist() == [False, True, False]
    assert np.isnan(parsed[1])
    assert parsed[[0, 2]].tolist() == [2.5, 3.5]


@pytest.mark.parametrize("text", ["1.234", "-1,234", "12.345 €"])
def test_a_lone_group_of_three_digits_is_refused(text):
    parsed, [fault] = read(text, "7", None)
    assert np.isnan(parsed).all()
    assert fault.rows.tolist() == [True, True, False]
    assert "no value settles it" in fault.found


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (("1.234", "0,5"), [1234, 0.5]),
        (("1.234", "1.234.567"), [1234, 1234567]),
        (("1.234", "12.5"), [1.234, 12.5]),
        (("1.234", "0.234"), [1.234, 0.234]),
        (("1,234", "1,234.5"), [1234, 1234.5]),
    ],
)
def test_other_values_of_the_column_settle_a_group_of_three(texts, numbers):
    parsed, faults = read(*texts)
    assert not faults
    assert parsed.tolist() == numbers


def test_missing_cells_are_not_faults():
    parsed, faults = read(None, "2,5", None)
    assert not faults
    assert np.isnan(parsed).tolist() == [True, False, True]


def test_a_minus_as_printers_set_it_is_a_minus():
    assert read("−2,5")[0].tolist() == [-2.5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[
            ("(20,00)", -20),
            ("20,00-", -20),
            ("(20,00 €)", -20),
            ("$(20,00)", -20),
            ("-€ 20,00", -20),
        ],
        *[("20,00 €-", -20), ("20,00-€", -20), ("20,-", 20), ("20,--", 20), ("- 20,00", -20)],
        *[
            ("CHF 20,00", 20),
            ("20,00 kr.", 20),
            ("R$ 20,00", 20),
            ("20,00 zł", 20),
            ("US$20,00", 20),
        ],
    ],
)
def test_brackets_minus_signs_and_currencies_stand_where_people_put_them(text, number):
    parsed, faults = read("1,5", text)
    assert not faults
    assert parsed.tolist() == [1.5, number]


@pytest.mark.parametrize(
    "text", ["5 cup", "12 all", "12,50 €/kg", "5 pcs", "€", "()", "5-5", "(5", "-(5)"]
)
def test_words_that_are_no_currency_are_a_fault(text):
    assert read("1,5", text)[1]


def test_indian_groups_are_read():
    assert read("₹12,34,567.50", "1,23,456")[0].tolist() == [1234567.5, 123456]


@pytest.mark.parametrize(
    ("texts", "settled"),
    [
        (("1,127", "934"), True),
        (("1.127", "934"), True),
        (("1.000", "2"), False),  # a piece with three decimals, or a thousand
        (("1.127", "1,127", "5"), False),
    ],
)
def test_whole_numbers_in_groups_are_read_where_single_ones_prove_it(texts, settled):
    column = pa.chunked_array([pa.array(texts, pa.large_string())])
    parsed, faults = parse_numbers(column, whole=True)
    assert bool(faults) is not settled
    assert not settled or parsed.tolist() == [1127, 934]
