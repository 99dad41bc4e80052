"""A misspelled name gets the likeliest one, in any case and with any accents, or nothing."""

import pytest

from mktlab.spelling import did_you_mean, nearest

NAMES = ["orders", "order_lines", "Numéro de commande"]


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("oders", "orders"),
        ("ORDER-LINES", "order_lines"),
        ("numero commande", "Numéro de commande"),
        ("weather", ""),
        (7, ""),
    ],
)
def test_the_likeliest_name(name: object, likely: str) -> None:
    assert nearest(name, NAMES) == likely
    assert did_you_mean(name, NAMES) == (f" (did you mean {likely}?)" if likely else "")


def test_a_cutoff_of_one_takes_the_same_name_alone() -> None:
    assert nearest("oders", NAMES, cutoff=1) == ""
    assert nearest("Orders", NAMES, cutoff=1) == "orders"
