"""Other people's headers are recognized as they are declared, and never guessed."""

import pytest

from mktlab.reading.mapping import assign
from mktlab.spelling import nearest
from mktlab.tables import TABLES

ORDERS = TABLES["orders"]


@pytest.mark.parametrize("header", ["order_id", "Order ID", "ORDER-ID", "order id"])
def test_a_column_is_found_in_any_case_and_punctuation(header):
    assert assign(ORDERS, [header], {}, "orders.csv") == ({"order_id": header}, [])


def test_an_exact_header_comes_before_one_that_looks_the_same():
    taken, _ = assign(ORDERS, ["Revenue", "revenue"], {}, "orders.csv")
    assert taken == {"revenue": "revenue"}


def test_a_header_that_merely_looks_alike_is_not_taken():
    assert assign(ORDERS, ["revenues", "Total"], {}, "orders.csv")[0] == {}


def test_a_column_that_is_said_to_be_none_is_not_taken():
    assert assign(ORDERS, ["discount"], {"discount": ""}, "orders.csv") == ({}, [])


def test_nothing_near_is_nothing():
    assert nearest("weather", ["orders", "products"]) == ""
