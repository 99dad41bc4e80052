"""What only tells who somebody is, is left out of own tables; ids that do become pseudonyms."""

import stat
from pathlib import Path

import pytest

import mktlab
from mktlab.data.folder import own_ids
from mktlab.data.pseudonyms import own_key, pseudonym

ORDERS = """order_id,customer_id,order_date,revenue,Phone,Billing Name,Country
1,ada@example.com,2024-01-05,10,06 12 34 56 78,Ada Byron,France
2,jo@example.com,2024-02-05,20,+33 7 98 76 54 32,Jo March,France
3,ada@example.com,2024-06-05,30,06 12 34 56 78,Ada Byron,France
"""
CUSTOMERS = """customer_id,joined_date,email,city
ada@example.com,2024-01-01,ada@example.com,Paris
jo@example.com,2024-02-01,jo@example.com,Lyon
"""
TICKETS = """ticket_id,customer_id,opened_at
T1,jo@example.com,2024-03-01 10:00:00
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in {"orders": ORDERS, "customers": CUSTOMERS, "tickets": TICKETS}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_columns_that_no_table_needs_are_left_out_and_told(shop: Path) -> None:
    company = mktlab.load(shop)
    assert {"Phone", "Billing Name"}.isdisjoint(company.orders)
    assert company.orders["Country"].tolist() == ["France"] * 3
    assert "email" not in company.customers
    assert company.customers["city"].tolist() == ["Paris", "Lyon"]
    assert "orders.csv: left out as personal: Phone, Billing Name." in company.notes
    assert "customers.csv: left out as personal: email." in company.notes


def test_asking_to_read_a_column_does_not_make_it_less_personal(shop: Path) -> None:
    (shop / "columns.toml").write_text('[orders]\nkeep = ["Phone", "Country"]\n')
    assert "Phone" not in mktlab.load(shop).orders


def test_an_id_that_names_people_is_the_same_pseudonym_in_all_tables(shop: Path) -> None:
    company = mktlab.load(shop)
    key = own_key().read_text().strip()
    ada, jo = (pseudonym(f"{name}@example.com", key) for name in ("ada", "jo"))
    assert company.orders["customer_id"].tolist() == [ada, jo, ada]
    assert company.customers["customer_id"].tolist() == [ada, jo]
    assert company.tickets["customer_id"].tolist() == [jo]
    assert company.orders["order_id"].tolist() == ["1", "2", "3"]
    assert own_ids(shop) == {ada: "ada@example.com", jo: "jo@example.com"}
    assert sum("still personal data" in note for note in company.notes) == 1


def test_the_key_lies_outside_the_folder_for_its_owner_alone(shop: Path, monkeypatch) -> None:
    monkeypatch.setenv("MKTLAB_CONFIG", str(shop.parent / "settings" / "mktlab"))
    mktlab.load(shop)
    key = shop.parent / "settings" / "mktlab" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert {path.suffix for path in shop.iterdir()} == {".csv"}


def test_without_a_personal_id_no_key_is_made(shop: Path, monkeypatch) -> None:
    monkeypatch.setenv("MKTLAB_CONFIG", str(shop.parent / "settings"))
    for path in shop.iterdir():
        text = path.read_text().replace("ada@example.com", "K1").replace("jo@example.com", "K2")
        path.write_text(text)
    assert mktlab.load(shop).orders["customer_id"].tolist() == ["K1", "K2", "K1"]
    assert own_ids(shop) == {}
    assert not (shop.parent / "settings").exists()


def test_a_key_that_is_named_makes_the_pseudonyms_and_makes_them_once(shop: Path) -> None:
    secret = "a secret of the person's own, kept well"
    (shop.parent / "key").write_text(secret)
    company = mktlab.load(shop, pseudonyms=shop.parent / "key")
    assert company.orders["customer_id"][0] == pseudonym("ada@example.com", secret)


def test_keep_is_one_line_and_is_told_each_time(shop: Path) -> None:
    (shop / "columns.toml").write_text('personal = "keep"\n')
    company = mktlab.load(shop)
    assert company.orders["Phone"][0] == "06 12 34 56 78"
    assert company.customers["email"][0] == company.orders["customer_id"][0] == "ada@example.com"
    told = 'orders.csv: personal data are kept, as personal = "keep" says: customer_id, Phone, '
    assert f"{told}Billing Name." in company.notes


def test_contacts_in_answers_are_taken_out_and_the_answer_stays(shop: Path) -> None:
    (shop / "survey_responses.csv").write_text(
        "response_id,customer_id,responded_date,nps,comment\n"
        "1,ada@example.com,2024-03-01,9,Call me at 06 12 34 56 78 about order 1042\n"
    )
    company = mktlab.load(shop)
    assert company.survey_responses["comment"][0] == "Call me at [...] about order 1042"
    assert any("contacts of people taken out of 1 cell" in note for note in company.notes)


def test_nothing_of_the_published_company_is_left_out() -> None:
    solane = mktlab.load("solane")
    assert solane.customers["email"].notna().any()
    assert not solane.customers["customer_id"].str.fullmatch("[0-9a-f]{16}").any()
