"""Other people's headers are recognized, proposed and never guessed."""

import tomllib

import pytest

from mktlab.reading.headers import SYNONYMS, assign, proposal
from mktlab.spelling import nearest, plain
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


@pytest.mark.parametrize("column", ORDERS.required)
def test_every_synonym_of_a_required_column_is_proposed_for_it(column):
    for name in SYNONYMS[column]:
        others = {c.name: c.name for c in ORDERS.columns if c.name != column}
        lines = tomllib.loads(proposal(ORDERS, [*others, name.title()], others))
        assert lines == {"orders": {column: name.title()}}


def test_a_proposal_quotes_what_toml_needs_quoted():
    header = 'Montant "net"\\HT'
    said = tomllib.loads(proposal(TABLES["orders"], [header, "Montant"], {}))
    assert said["orders"]["revenue"] in (header, "Montant")


def test_a_column_without_a_likely_header_is_left_open():
    assert '# revenue = "..."' in proposal(ORDERS, ["zzz"], {})


def test_synonyms_belong_to_declared_columns():
    declared = {column.name for table in TABLES.values() for column in table.columns}
    assert set(SYNONYMS) <= declared


def test_no_synonym_means_two_columns_of_one_table():
    for table in TABLES.values():
        names = [plain(name) for c in table.columns for name in SYNONYMS.get(c.name, ())]
        assert len(names) == len(set(names)), table.name


def test_nothing_near_is_nothing():
    assert nearest("weather", ["orders", "products"]) == ""
