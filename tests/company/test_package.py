"""A saved company is the same everywhere, describes itself, and comes back as it was."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab.company import Company, Truth
from mktlab.company.description import Description
from mktlab.company.package import rows_of, save
from mktlab.company.writing import to_csv
from mktlab.market import simulate
from mktlab.schema import MktlabError


@pytest.fixture
def company():
    days = pd.to_datetime(["2024-01-05", "2024-03-09", "2024-03-10"]).astype("datetime64[us]")
    moments = pd.to_datetime(["2024-03-10 22:30"], utc=True).astype("datetime64[us, UTC]")
    tables = {
        "customers": pd.DataFrame(
            {
                "customer_id": ["007", "8"],
                "joined_date": days[:2],
                "email": ["a@example.com", None],
                "email_opt_in": [True, False],
                "loyalty_member": [False, True],
                "own_score": [1.125, 0.0],
            }
        ).astype({"email": "str"}),
        "orders": pd.DataFrame(
            {
                "order_id": ["1", "2", "3"],
                "customer_id": ["007", "8", "8"],
                "order_date": days,
                "status": ["paid", "paid", "cancelled"],
                "revenue": [12.5, 1234.0, 0.0],
                "discount": [0.0, 0.1, 0.0],
                "shipping": 4.9,
                "refunded": 0.0,
            }
        ),
        "sessions": pd.DataFrame(
            {
                "session_id": ["s"],
                "visitor_id": ["v"],
                "started_at": moments,
                "pages": [3],
                "viewed_product": [True],
                "added_to_cart": [False],
                "began_checkout": [False],
                "purchased": [False],
            }
        ),
    }
    truth = Truth(
        {
            "customers": pd.DataFrame(
                {
                    "customer_id": ["007", "8"],
                    "rate": [0.125, 1 / 3],
                    "left_date": days[:2].where([True, False]),
                    "is_customer": [False, True],
                    "duplicate_of": ["", "007"],
                    "orders": [1, 2],
                }
            ),
            "flaws": pd.DataFrame({"table": [], "key": []}, dtype="str"),
        },
        {"seed": 1, "rates": {"local": (0.5, 1.5)}},
        {"customers": "Who they are.", "customers.rate": "Orders per week.", "flaws": "All."},
    )
    return Company(
        tables,
        name="Test & Co",
        today=pd.Timestamp("2024-03-12"),
        currency="CHF",
        truth=truth,
        samples={"sessions": 1 / 7},
    )


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_saved_company_comes_back_as_it_was(company, format, tmp_path):
    company.save(tmp_path, format)
    back = mktlab.load(tmp_path)
    assert (back.name, back.today, back.currency) == ("Test & Co", company.today, "CHF")
    assert back.samples == {"sessions": 1 / 7}
    assert list(back.tables) == list(company.tables)
    for name, table in company.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], table)
    for name, table in company.truth.tables.items():
        pd.testing.assert_frame_equal(back.truth.tables[name], table)
    assert back.truth.parameters == company.truth.parameters
    assert back.truth.meanings == company.truth.meanings
    assert repr(back) == repr(company)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_saving_what_came_back_gives_the_same_bytes(company, format, tmp_path):
    company.save(tmp_path / "a", format)
    mktlab.load(tmp_path / "a").save(tmp_path / "b", format)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    company.save(tmp_path / "b", format)
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_package_lists_every_file_with_its_size_and_checksum(company, format, tmp_path):
    company.save(tmp_path, format)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    listed = {entry["path"]: entry for entry in package["resources"]}
    saved = {path.as_posix(): content for path, content in files(tmp_path).items()}
    assert set(listed) == set(saved) - {"datapackage.json"}
    for path, entry in listed.items():
        assert entry["bytes"] == len(saved[path])
        assert entry["hash"] == "sha256:" + hashlib.sha256(saved[path]).hexdigest()
    assert package["licenses"][0]["name"] == "CC0-1.0"


def test_the_package_describes_the_columns_in_the_order_of_the_file(company, tmp_path):
    company.save(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    (orders,) = (entry for entry in package["resources"] if entry["name"] == "orders")
    fields = orders["schema"]["fields"]
    assert [field["name"] for field in fields] == list(company.orders.columns)
    assert {f["unit"] for f in fields if f["name"] == "revenue"} == {"CHF"}
    assert orders["schema"]["primaryKey"] == ["order_id"]
    assert "sample" not in orders
    (visits,) = (entry for entry in package["resources"] if entry["name"] == "sessions")
    assert visits["sample"] == 1 / 7
    assert "(a sample: 1 of 7 visitors)" in visits["description"]
    assert orders["schema"]["foreignKeys"] == [
        {
            "fields": "customer_id",
            "reference": {"resource": "customers", "fields": "customer_id"},
        }
    ]


def test_own_data_are_not_put_in_the_public_domain(company, tmp_path):
    Company(company.tables, name="Shop").save(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert "licenses" not in package
    assert "CC0" not in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not mktlab.load(tmp_path).truth


def test_the_data_card_holds_sizes_and_dictionary(company, tmp_path):
    company.save(tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| orders | order | 3 | 8 |" in card
    assert "One row per visit to the shop's site (a sample: 1 of 7 visitors)." in card
    assert "| order_id | the order's number |" in card
    assert "| rate | Orders per week. |" in card
    assert "CC0 1.0" in card
    assert "| outlet |" not in card


def test_text_is_utf8_with_line_feeds_and_amounts_have_two_decimals(company, tmp_path):
    company.save(tmp_path)
    assert (tmp_path / "orders.csv").read_bytes().splitlines(keepends=True)[2] == (
        b"2,8,2024-03-09,paid,1234.00,0.10,4.90,0.00\n"
    )
    assert b"s,v,2024-03-10T22:30:00Z,3,true,false" in (tmp_path / "sessions.csv").read_bytes()
    assert not any(b"\r" in content for content in files(tmp_path).values())


def test_a_folder_with_another_table_is_refused(company, tmp_path):
    (tmp_path / "loyalty.csv").write_text("customer_id\n1\n", encoding="utf-8")
    with pytest.raises(MktlabError, match=r"holds loyalty\.csv"):
        company.save(tmp_path)


def test_a_changed_file_no_longer_holds(company, tmp_path):
    company.save(tmp_path)
    assert Description.of(tmp_path).holds()
    text = (tmp_path / "orders.csv").read_text(encoding="utf-8")
    (tmp_path / "orders.csv").write_text(text.replace("12.50", "-12.50"), encoding="utf-8")
    assert not Description.of(tmp_path).holds()


def test_a_folder_with_a_table_in_another_format_is_refused(company, tmp_path):
    company.save(tmp_path)
    with pytest.raises(MktlabError, match=r"holds customers\.csv, which is no parquet table"):
        company.save(tmp_path, "parquet")


def test_an_unknown_format_and_a_place_that_is_no_folder_are_told_in_a_sentence(company, tmp_path):
    with pytest.raises(MktlabError, match="no format 'xlsx'; choose csv or parquet"):
        company.save(tmp_path, "xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(
        MktlabError, match=r"cannot be written to \(not a directory\): give another"
    ):
        company.save(tmp_path / "file" / "folder")


def test_package_and_card_name_the_format(company, tmp_path):
    company.save(tmp_path, "parquet")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    tables = [entry for entry in package["resources"] if "schema" in entry]
    assert {entry["format"] for entry in tables} == {"parquet"}
    assert {entry["path"].rpartition(".")[2] for entry in tables} == {"parquet"}
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "one Parquet file per table" in card
    assert "truth/flaws.parquet" in card
    assert "csv" not in card.casefold()


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_progress_adds_up_to_all_rows(company, format, tmp_path):
    parts = []
    save(company, tmp_path, format=format, written=parts.append)
    assert sum(parts) == rows_of(company) == 2 + 3 + 1 + 2


def test_the_card_names_the_command_that_makes_the_data_again(tmp_path):
    market = simulate(people=100, weeks=13, seed=7)
    market.save(tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "`mktlab data --people 100 --weeks 13 --seed 7` runs the simulator" in card
    assert 'mktlab.load("this folder")' in card


def test_another_projects_package_says_nothing(tmp_path):
    (tmp_path / "datapackage.json").write_text('{"name": "other", "resources": []}')
    said = Description.of(tmp_path)
    assert said.today is None
    assert said.truth() is None
    assert said.name == tmp_path.name


def test_a_company_whose_present_lies_ahead_of_the_clock_is_read(company, tmp_path):
    later = company.orders.assign(order_date=pd.Timestamp("2099-12-31").as_unit("us"))
    Company({"orders": later}, name="Ahead").save(tmp_path)
    assert mktlab.load(tmp_path).today == pd.Timestamp("2100-01-01")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_are_written_exactly_and_never_like_thousands(numbers):
    lines = to_csv(pd.DataFrame({"x": numbers})).splitlines()[1:]
    assert [float(line) for line in lines] == numbers
    for line in lines:
        assert len(line.partition(".")[2]) != 3


def test_minus_zero_is_zero():
    assert to_csv(pd.DataFrame({"revenue": [-0.001, np.nan]}), "orders") == 'revenue\n0.00\n""\n'


def test_the_current_folder_and_a_linked_one_are_saved_to_and_stay_what_they_are(
    company, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("First", "Second"):
        Company(company.tables, name=name).save(".")
        assert mktlab.load(tmp_path / "here").name == name
        assert sorted(path.name for path in Path.cwd().iterdir()) == [
            "README.md",
            "customers.csv",
            "datapackage.json",
            "orders.csv",
            "sessions.csv",
        ]
    (tmp_path / "link").symlink_to("here")
    company.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert mktlab.load(tmp_path / "here").truth


def test_a_broken_description_does_not_stand_in_the_way_of_a_new_one(company, tmp_path):
    company.save(tmp_path / "shop")
    for text in ("{[", "", "[" * 10_000):
        (tmp_path / "shop" / "datapackage.json").write_text(text)
        company.save(tmp_path / "shop")
        assert Description.of(tmp_path / "shop").holds()
