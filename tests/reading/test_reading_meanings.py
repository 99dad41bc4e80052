"""A header is known by what it means, in English and French, however it is written."""

import pytest

from mktlab.reading.meanings import OTHERS, SYNONYMS, is_one, meaning, words
from mktlab.tables import TABLES

ORDERS = [column.name for column in TABLES["orders"].columns]


def likeliest(header, columns=ORDERS):
    return max(columns, key=lambda column: meaning(header, column))


@pytest.mark.parametrize("column", TABLES["orders"].required)
def test_every_synonym_of_a_required_column_means_it_first(column):
    for name in SYNONYMS[column]:
        assert likeliest(name.title()) == column, name


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("InvoiceNo", "order_id"),
        ("N° de commande", "order_id"),
        ("Order #", "order_id"),
        ("TRANS_ID", "order_id"),
        ("CustomerID", "customer_id"),
        ("Code client", "customer_id"),
        ("E-Mail", "customer_id"),
        ("custmer_id", "customer_id"),
        ("Date d'achat", "order_date"),
        ("Created at (UTC)", "order_date"),
        ("Montant HT (€)", "revenue"),
        ("Net Sales USD", "revenue"),
        ("Chiffre d’affaires", "revenue"),
        ("Amount Refunded", "refunded"),
        ("Statut de la commande", "status"),
        ("Frais de port TTC", "shipping"),
        ("Total discounts", "discount"),
    ],
)
def test_a_header_means_its_column(header, column):
    assert likeliest(header) == column
    assert meaning(header, column) > 0


@pytest.mark.parametrize(
    "header", ["Country", "Tax total", "TVA", "Profit", "Postal Code", "Card", "Name", "Contract"]
)
def test_what_no_column_holds_means_none(header):
    assert not [column for column in TABLES["orders"].required if meaning(header, column)]


def test_an_amount_without_tax_comes_before_one_with_it():
    ranked = ["Subtotal", "Total", "Amount", "Montant TTC"]
    scores = [meaning(header, "revenue") for header in ranked]
    assert scores == sorted(scores, reverse=True)


def test_synonyms_belong_to_declared_columns():
    declared = {column.name for table in TABLES.values() for column in table.columns}
    assert set(SYNONYMS) <= declared
    assert not set(OTHERS) & declared


def test_order_of_words_and_abbreviations_make_no_difference():
    assert words("Client_ID") == words("ID du client") == words("client identifiant")
    assert words("Qté") == words("QUANTITY") == words("qty")


def test_a_total_is_told_from_a_tax():
    assert is_one("Order total", "total")
    assert is_one("Montant TVA", "tax")
    assert not is_one("Sales tax", "total")
