"""A company shows itself, protects its tables and says what it does not have."""

import copy
import pickle
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest
from declared import assert_declared

import mktlab
from mktlab.company import Company, MissingTable, NoTruth, Truth
from mktlab.data.load import SOLANE
from mktlab.schema import MktlabError
from mktlab.tables import TABLES


@pytest.fixture
def orders():
    return pd.DataFrame(
        {
            "order_id": ["1", "2"],
            "customer_id": ["a", "b"],
            "order_date": pd.to_datetime(["2024-01-05", "2024-03-09"]).astype("datetime64[us]"),
            "revenue": [10.0, 20.0],
            "gift": [True, False],
        }
    )


@pytest.fixture
def company(orders):
    return Company({"orders": orders}, name="Corner shop", currency="CHF", notes=["A <note>."])


def test_a_company_shows_tables_rows_period_and_where_its_lessons_stand(company):
    assert repr(company) == (
        "Corner shop: 5 Jan 2024 to 9 Mar 2024, amounts in CHF\n"
        "\n"
        "about  table   rows  first day   last day    one row per\n"
        "sales  orders     2  2024-01-05  2024-03-09  order\n"
        "\n"
        "Which lessons these tables open: mktlab lesson list --data FOLDER.\n"
        "Note: A <note>."
    )


def test_its_html_is_a_captioned_table_that_says_the_same(company):
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.tags, self.words = [], []

        def handle_starttag(self, tag, attrs):
            self.tags.append((tag, *attrs))

        def handle_data(self, data):
            self.words += data.split()

    reader = Reader()
    reader.feed(company._repr_html_())
    assert [tag[0] for tag in reader.tags].count("table") == 1
    assert [tag[0] for tag in reader.tags].count("caption") == 1
    assert ("th", ("scope", "col"), ("style", "text-align:left")) in reader.tags
    assert ("th", ("scope", "row"), ("style", "text-align:left")) in reader.tags
    assert set(repr(company).replace("Note:", "").split()) <= set(reader.words)


def test_today_is_the_day_after_the_last_day_of_any_table(orders):
    moments = pd.to_datetime(["2024-05-01 23:59"], utc=True).astype("datetime64[us, UTC]")
    sessions = pd.DataFrame({"session_id": ["s"], "started_at": moments})
    assert Company({"orders": orders}, name="x").today == pd.Timestamp("2024-03-10")
    both = Company({"orders": orders, "sessions": sessions}, name="x")
    assert both.today == pd.Timestamp("2024-05-02")
    assert (
        Company({"orders": orders}, name="x", today=pd.Timestamp("2025-01-01")).today.year == 2025
    )


def test_without_a_day_today_is_refused_in_a_sentence_but_the_company_shows_itself():
    company = Company({"products": pd.DataFrame({"product_id": ["p"]})}, name="Shop")
    with pytest.raises(MktlabError, match="no table has a day in it"):
        _ = company.today
    assert "products" in repr(company)


def test_a_students_changes_do_not_reach_the_company(company, orders):
    mine = company.orders
    mine["revenue"] = 0.0
    mine.loc[0, "order_id"] = "changed"
    theirs = company.tables["orders"]
    del theirs["customer_id"]
    orders.loc[1, "revenue"] = -1.0
    assert company.orders["revenue"].tolist() == [10.0, 20.0]
    assert company.orders["order_id"].tolist() == ["1", "2"]
    assert "customer_id" in company.orders


def test_a_change_in_passing_is_lost_with_a_warning(company):
    with pytest.warns(pd.errors.ChainedAssignmentError):
        company.orders["revenue"] = 0.0
    assert company.orders["revenue"].tolist() == [10.0, 20.0]


def test_tables_cannot_be_replaced(company):
    with pytest.raises(MktlabError, match="orders cannot be set"):
        company.orders = None
    with pytest.raises(MktlabError, match="orders cannot be set"):
        del company.orders


def test_a_missing_table_names_the_file_and_its_columns(company):
    with pytest.raises(MissingTable) as caught:
        _ = company.customers
    assert str(caught.value) == (
        "Corner shop has no table customers: add customers.csv to its folder, with the columns "
        "customer_id, joined_date at least."
    )
    assert not hasattr(company, "customers")


def test_a_misspelled_name_gets_the_nearest_one(company):
    with pytest.raises(MktlabError, match="did you mean orders"):
        _ = company.oders
    assert not hasattr(company, "oders")


def test_completion_offers_tables_and_methods(company):
    assert {"orders", "today", "describe", "truth"} <= set(dir(company))
    assert "customers" not in dir(company)


def test_a_table_that_is_not_declared_is_refused(orders):
    with pytest.raises(MktlabError, match="sales is no table of a company"):
        Company({"sales": orders}, name="x")


def test_a_sample_says_of_what_and_how_large_wherever_its_rows_are_told():
    visits = pd.DataFrame({"session_id": ["s"], "purchased": [True]})
    company = Company({"sessions": visits}, name="x", samples={"sessions": 1 / 7, "page_clicks": 1})
    row = "visit to the shop's site (a sample: 1 of 7 visitors)"
    assert company.samples == {"sessions": 1 / 7}  # of the tables that are there
    assert row in repr(company)
    assert company.describe()["one_row_per"].tolist() == [row]


@pytest.mark.parametrize("samples", [{"orders": 0.5}, {"sessions": 0}, {"sessions": 7}, {"a": 1}])
def test_a_share_that_is_none_is_refused(orders, samples):
    with pytest.raises(MktlabError, match="share above 0 and up to 1 of sessions, touchpoints"):
        Company({"orders": orders}, name="x", samples=samples)


def test_describe_gives_the_dictionary_with_own_columns_and_currency(company):
    dictionary = company.describe("orders").set_index("column")
    assert dictionary.loc["gift", "meaning"] == "your own column"
    assert dictionary.loc["revenue", "unit"] == "CHF"
    assert dictionary.index.tolist() == [*(c.name for c in TABLES["orders"].columns), "gift"]
    assert not dictionary.isna().to_numpy().any()


def test_describe_lists_tables_and_explains_absent_ones(company):
    assert company.describe()[["table", "rows"]].to_numpy().tolist() == [["orders", 2]]
    assert "joined_date" in company.describe("customers")["column"].tolist()
    with pytest.raises(MktlabError, match="did you mean orders"):
        company.describe("order")


def test_copies_and_pickles_are_whole(company):
    for other in (copy.deepcopy(company), pickle.loads(pickle.dumps(company))):
        assert repr(other) == repr(company)


def test_a_real_company_has_no_truth_and_says_what_to_do(company):
    assert not company.truth
    assert repr(company.truth) == NoTruth.MESSAGE
    assert repr(company.truth.describe("customers")) == NoTruth.MESSAGE
    with pytest.raises(MktlabError, match="Real markets keep their truth secret"):
        _ = company.truth.elasticity
    assert not hasattr(company.truth, "elasticity")


def test_truth_is_shown_and_cannot_be_changed():
    truth = Truth({"flaws": pd.DataFrame({"key": ["a"]})}, {"seed": {"a": 1}}, {"flaws": "All."})
    truth.parameters["seed"]["a"] = 2
    mine = truth.flaws
    mine["key"] = "b"
    assert truth
    assert truth.parameters == {"seed": {"a": 1}}
    assert truth.flaws["key"].tolist() == ["a"]
    assert "flaws, parameters" in repr(truth)
    assert ">All.</td>" in truth._repr_html_()
    assert truth.describe("flaws").to_numpy().tolist() == [["flaws", "1 row", "All."]]
    assert truth.describe()["name"].tolist() == ["flaws", "parameters"]
    assert truth.describe("flaws.key").to_numpy().tolist() == [["flaws.key", "a", ""]]
    with pytest.raises(MktlabError, match="did you mean flaws"):
        truth.describe("flaw")
    with pytest.raises(MktlabError, match=r"no flaws\.kind here"):
        truth.describe("flaws.kind")
    with pytest.raises(MktlabError, match="did you mean flaws"):
        _ = truth.flaw


def test_importing_mktlab_loads_no_heavy_library():
    heavy = ("matplotlib", "seaborn", "sklearn", "mktlab.market", "jupyter_core")
    code = f"import sys, mktlab; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not (SOLANE / "datapackage.json").is_file(), reason="mktlab data build first")
def test_maison_solane_loads_with_its_truth_and_passes_every_check():
    company = mktlab.load()
    assert company.name == "Maison Solane"
    assert company.truth
    assert not company.notes
    for name, frame in company.tables.items():
        assert_declared(name, frame)
