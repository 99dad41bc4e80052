"""Every mistake in columns.toml is one problem with its line; amounts are computed without code."""

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.reading import expression
from mktlab.reading.mapping import read_mapping
from mktlab.reading.settings import Settings
from mktlab.tables import TABLES


@pytest.fixture
def said(tmp_path):
    def mapping(text):
        (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
        return read_mapping(tmp_path / "columns.toml", TABLES)

    return mapping


WRONG = {
    'curency = "EUR"': ["curency", "write currency"],
    'currency = "Thaler"': ["currency = 'Thaler'", "three letters"],
    "currency = 5": ["currency = 5", "three letters"],
    "rates = {USD = -1}": ["rates", "USD = 0.92"],
    'rates = "0.9"': ["rates", "USD = 0.92"],
    "rates = {Gold = 2}": ["rates", "USD = 0.92"],
    'timezone = "Paris"': ["timezone", "Europe/Paris"],
    'timezone = "../etc"': ["timezone", "Europe/Paris"],
    'week_starts = "Sun"': ["week_starts", '"sunday"'],
    "[orders]\norder_ids = 'N'": ["order_ids under [orders]", "write order_id"],
    "[orders]\nlines = 'yes'": ["lines = 'yes' under [orders]", "true"],
    "[orders]\nlines = 1": ["lines = 1", "true"],
    "[orders]\namount = 5": ["amount = 5", "Quantity * UnitPrice"],
    "[orders]\npaid = 'Paid'": ["paid = 'Paid'", "a list of words"],
    "[orders]\npaid = []": ["paid = []", "a list of words"],
    "[orders]\nno_customer = 'drop'": ["no_customer = 'drop'", '"leave out" or "guests"'],
    "[orders]\nrefunds = true": ["refunds = True", '"rows"'],
    "[orders]\njoin = 'a.csv'": ["join = 'a.csv'", "the names of the files"],
    "[orders]\nencoding = 'klingon'": ["encoding = 'klingon'", "cp1250"],
    "[orders]\nrevenue = 5": ["revenue = 5", "a text in double quotes"],
    "[orders]\nproduct_id = 'Sku'": ["product_id under [orders]"],
    "[customers]\nlines = true": ["lines under [customers]"],
    "[orders]\nvalues = 'x'": ["values = 'x'", "[orders.values.column]"],
    "[orders]\nfile = 'a.csv'\njoin = ['b.csv']": ["file under [orders] contradicts", "join"],
    "[orders]\nlines = true\norder_id = 'row'": ["lines under [orders] contradicts"],
    "[orders]\npaid = ['ok']\ncancelled = ['OK']": ["contradicts", "let ok stand in one"],
    "[orders]\norder_id = 'N'\ncustomer_id = 'N'": ["order_id under [orders] contradicts"],
}


@pytest.mark.parametrize("text", WRONG)
def test_each_mistake_is_one_problem_with_its_line(text, said):
    (problem,) = said("# a remark\n" + text + "\n").problems
    for part in WRONG[text]:
        assert part in str(problem)
    assert problem.line in (2, 3, 4)
    assert "\n" not in problem.found


def test_all_settings_are_taken(said):
    mapping = said("""currency = "usd"
rates = {EUR = 1.1}
timezone = "Europe/Paris"
week_starts = "sunday"
[orders]
join = ["a.csv", "b.csv"]
encoding = "cp1250"
decimal = ","
date_order = "day first"
currency = "Devise"
lines = true
amount = "Qty * Price"
product_id = "Sku"
paid = ["ok"]
cancelled = ["no"]
ignored = ["draft"]
no_customer = "guests"
refunds = "rows"
[orders.values.outlet]
"Boutique Paris" = "Paris"
""")
    assert not mapping.problems
    of = mapping.of("orders")
    assert (mapping.currency, of.rates, of.timezone) == ("USD", {"EUR": 1.1}, "Europe/Paris")
    assert (of.join, of.currency_column, of.lines) == (("a.csv", "b.csv"), "Devise", True)
    assert (of.paid, of.cancelled, of.ignored) == (("ok",), ("no",), ("draft",))
    assert dict(of.values) == {"outlet": {"Boutique Paris": "Paris"}}
    assert mapping.of("ad_spend").week_starts == "sunday"


HEADERS = ["Qty", "Unit price", "Prix (HT)", "d'achat", "Taux-TVA"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Qty * Unit price", 6),
        ("'Prix (HT)' / 2 - 1", 1.5),
        ("-Qty * (1 - 0.25)", -1.5),
        ("`d'achat` + 'Taux-TVA'", 15),
        ("2 - 1 - 1", 0),
        ("Qty", 2),
    ],
)
def test_amounts_are_computed_as_written(text, value):
    amount = expression.read(text, HEADERS)
    columns = {
        name: np.array([number]) for name, number in zip(HEADERS, [2.0, 3, 5, 7, 8], strict=True)
    }
    assert np.ravel(amount.value(columns)).tolist() == [value]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Qty * Price", "Price is no header of the file"),
        ("Qty * Unit pric", "did you mean Unit price?"),
        ("Qty *", "nothing after the last sign"),
        ("Qty Qty", "no header of the file"),
        ("(Qty", "a parenthesis that is not closed"),
        ("Qty)", ") where a sign"),
        ("Qty ** 2", "* where a header or a number belongs"),
        ("__import__('os')", "no header of the file"),
        ("Qty; Qty", "; in an amount"),
        ("(" * 90 + "1" + ")" * 90, "more than 50 signs"),
        ("", "nothing"),
    ],
)
def test_what_is_no_amount_is_told(text, told):
    with pytest.raises(expression.Wrong, match=re.escape(told)):
        expression.read(text, HEADERS)


numbers = st.integers(0, 99).map(str)
sums = st.recursive(
    numbers,
    lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(" ".join).map("({})".format),
)


@given(sums)
def test_brackets_and_signs_mean_what_they_mean_in_arithmetic(text):
    if sum(text.count(sign) for sign in "+-*()") <= 50:
        assert float(expression.read(text, []).value({})) == eval(text)


def test_the_page_on_own_files_shows_every_setting_and_each_is_read(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "own_data.md").read_text(encoding="utf-8")
    text = "\n".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))
    (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
    assert not read_mapping(tmp_path / "columns.toml", TABLES).problems
    shown = {*re.findall(r"^(\w+) = ", text, re.MULTILINE), *re.findall(r"\w+\.(\w+)\.", text)}
    settings = {f.name for f in fields(Settings)} - {"currency_column"}
    assert settings - shown == {"join"}
    assert 'join = ["' in page
