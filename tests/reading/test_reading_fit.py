"""Cells decide: a column whose cells do not fit is never proposed."""

import datetime as dt

import pyarrow as pa
import pytest

from mktlab.reading.choosing import MOST, fits, sample
from mktlab.tables import TABLES

ORDERS = TABLES["orders"]


def fit(column, cells, *, key=False):
    return fits(ORDERS[column], pa.chunked_array([cells]), key=key)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-31",
        "2024-01-31 04:32:31 -0500",
        "2024-01-31T04:32:31Z",
        "31/01/2024",
        "1/31/2024 3:45 PM",
        "31.01.24",
        "11-Feb-13",
        "3 mars 2024",
        "1er janvier 2025",
        "lundi 3 février 2025",
        "Jan 5, 2024 10:20",
        "20240131",
        "45321",
    ],
)
def test_days_look_like_days(cell):
    assert fit("order_date", [cell, cell]).score > 0.5


@pytest.mark.parametrize("cell", ["12.50", "1001", "10:15:00", "January", "web", "PT-3"])
def test_what_is_no_day_does_not(cell):
    assert fit("order_date", [cell]) == (0.0, "are no days")


def test_a_day_of_parquet_is_a_day():
    assert fit("order_date", [dt.date(2024, 1, 31)]).score == 1


@pytest.mark.parametrize(
    "cell",
    ["12.5", "1 234,56 €", "(20.00)", "20.00-", "-$45.00", "US$ 5.00", "CHF 1'234.50", "12,5 EUR"],
)
def test_money_looks_like_money(cell):
    assert fit("revenue", [cell, None]).score > 0.5


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["France", "Spain"], "are no amounts"),
        (["10%", "5%"], "are no amounts"),
        (["0123", "0456"], "are codes or numbers of something"),
        (["33612345678"], "are codes or numbers of something"),
        (["20240131", "20240201"], "are days"),
        ([str(number) for number in range(1, 60)], "count the rows"),
        ([None, None], "are empty"),
    ],
)
def test_what_is_no_money_does_not(cells, reason):
    assert fit("revenue", cells) == (0.0, reason)


def test_an_order_number_is_new_in_each_row_or_marks_its_lines():
    unique = [f"A{number}" for number in range(100)]
    runs = [f"A{number // 4}" for number in range(100)]
    assert fit("order_id", unique, key=True).score == 1
    assert fit("order_id", runs, key=True).score > 0.9
    assert fit("order_id", ["Paris", "Lyon"] * 50, key=True).score == 0
    assert fit("order_id", [f"{n}.{n % 9 + 1}" for n in range(100)], key=True).score == 0


def test_a_customer_comes_again_and_is_no_amount():
    assert fit("customer_id", [f"C{number % 30}" for number in range(100)]).score == 1
    assert fit("customer_id", [f"C{number}" for number in range(100)]).score < 0.2
    assert fit("customer_id", ["C1"] * 100).score == 0
    assert fit("customer_id", ["12.50", "13.75"] * 50).score == 0


def test_few_rows_prove_nothing_against_a_customer():
    assert fit("customer_id", ["C1", "C2", "C3"]).score == 1


def test_states_are_few_words():
    assert fit("status", ["paid", "sent"] * 20).score == 1
    assert fit("status", [f"note {number}" for number in range(40)]).score == 0


def test_empty_cells_make_a_poorer_fit():
    assert fit("revenue", ["1.50", None, None, None]).score < fit("revenue", ["1.50"]).score


def test_a_sample_is_of_bounded_size_and_reaches_the_end():
    cells = pa.chunked_array([[str(number) for number in range(3 * MOST)]])
    taken = sample(cells)
    assert len(taken) == MOST
    assert taken[-1].as_py() == str(3 * MOST - 1)
