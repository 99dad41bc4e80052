"""Exports of shops and tools, as their makers document them, are known and read to the cent."""

import csv
import random
import shutil
import tomllib
from pathlib import Path

import pytest

from mktlab.folder_check import check, look
from mktlab.reading import read_folder
from mktlab.reading.meanings import presets, recognize
from mktlab.tables import TABLES

EXPORTS = Path(__file__).with_name("exports")

SUMS = {
    "shopify": ("Shopify orders", 4, 174.0, 60.0),
    "woocommerce_report": ("WooCommerce orders report", 4, 1153.5, 18.0),
    "woocommerce_export": ("WooCommerce order export", 3, 185.76, 10.0),
    "prestashop": ("PrestaShop orders", 3, 1217.3, 0.0),
    "stripe": ("Stripe payments", 5, 229.35, 50.8),
    "paypal": ("PayPal activity", 3, 1120.5, 10.0),
    "square_items": ("Square items", 4, 1168.0, 3.5),
    "square_transactions": ("Square transactions", 4, 1168.0, 3.5),
    "invoice_lines": ("invoice lines", 4, 123.71, 3.38),
}
"""Fixture -> preset, paid orders, their revenue and what was given back, added up by hand."""


def exported(folder, name):
    shutil.copy(EXPORTS / f"{name}.csv", folder / "Export 2024 (1).csv")
    return folder


@pytest.mark.parametrize("name", SUMS)
def test_one_command_and_one_look_read_a_raw_export_to_the_cent(tmp_path, name):
    preset, orders, revenue, refunded = SUMS[name]
    lines, well = check(exported(tmp_path, name), save=True)
    assert well, "\n".join(lines)
    assert f"Export 2024 (1).csv: {preset}, known by its headers." in lines
    table = read_folder(tmp_path).tables["orders"].query("status == 'paid'")
    assert len(table) == orders
    assert round(table["revenue"].sum(), 2) == revenue
    assert round(table["refunded"].sum(), 2) == refunded


@pytest.mark.parametrize("name", SUMS)
def test_no_name_address_or_phone_is_kept_unless_asked_for(tmp_path, name):
    check(exported(tmp_path, name), save=True)
    columns = " ".join(read_folder(tmp_path).tables["orders"].columns).lower()
    for word in ("phone", "street", "address", "billing", "first_name", "customer name", "zip"):
        assert word not in columns


def test_a_column_that_is_asked_for_is_kept(tmp_path):
    check(exported(tmp_path, "shopify"), save=True)
    text = (tmp_path / "columns.toml").read_text()
    (tmp_path / "columns.toml").write_text(text.replace('"Vendor",', '"Vendor", "Billing City",'))
    assert "Billing City" in read_folder(tmp_path).tables["orders"]


def test_shopify_lines_are_folded_into_their_order_and_kept_as_lines(tmp_path):
    check(exported(tmp_path, "shopify"), save=True)
    tables = read_folder(tmp_path).tables
    assert set(tables["order_lines"]["order_id"]) == set(tables["orders"]["order_id"])
    assert tables["orders"].set_index("order_id").loc["#1001", "revenue"] == 54.0


def test_payments_in_several_currencies_are_read_as_the_export_converted_them(tmp_path):
    check(exported(tmp_path, "stripe"), save=True)
    reading = read_folder(tmp_path)
    assert reading.currency == "EUR"
    assert 46.15 in reading.tables["orders"]["revenue"].to_list()


def test_money_that_left_the_account_is_no_order(tmp_path):
    check(exported(tmp_path, "paypal"), save=True)
    orders = read_folder(tmp_path).tables["orders"].set_index("order_id")
    assert set(orders.index) == {"T001", "T002", "T004"}
    assert orders.loc["T001", "refunded"] == 10.0


@pytest.mark.parametrize("name", SUMS)
def test_a_preset_is_known_in_any_order_and_case_and_without_what_it_does_not_need(name):
    with (EXPORTS / f"{name}.csv").open(encoding="utf-8") as file:
        header = file.readline()
    headers = next(csv.reader([header], delimiter=";" if ";" in header else ","))
    preset = recognize(headers)
    needed = {spelled for names in preset.needs for spelled in names}
    fewer = [header.swapcase() for header in headers if header in needed]
    random.Random(1).shuffle(fewer)
    assert preset.name == SUMS[name][0]
    assert recognize(fewer) is preset


def test_a_file_of_no_known_export_is_none():
    assert recognize(["order_id", "customer_id", "order_date", "revenue"]) is None
    assert recognize(["Name", "Email", "Total", "Date"]) is None


def test_every_preset_has_a_fixture_and_says_what_is_verified():
    shops = {name for name, preset in presets().items() if not preset.report}
    assert {preset for preset, *_ in SUMS.values()} == shops
    for preset in presets().values():
        assert preset.verified or preset.unverified
        known = {column.name for table in TABLES.values() for column in table.columns}
        assert set(preset.columns) <= known


def test_the_proposal_says_which_part_is_not_verified(tmp_path):
    text = look(exported(tmp_path, "prestashop")).toml
    assert "Not verified" in text
    assert tomllib.loads(text)["orders"]["order_id"] == "ID"
