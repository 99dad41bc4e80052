"""Tables that are written as tools export them are read back to the cent by one command."""

import pandas as pd
import pytest

import mktlab
from mktlab.data.exports import ADS, AMOUNTS, MAILINGS, SHOP, write_exports
from mktlab.folder_check import check
from mktlab.orders import purchases
from mktlab.reading import read_folder
from mktlab.schema import MktlabError

WEEKS = 30


@pytest.fixture(scope="module")
def company():
    return mktlab.load("solane")


@pytest.fixture(scope="module")
def folder(company, tmp_path_factory):
    place = tmp_path_factory.mktemp("exports")
    assert write_exports(company, place, weeks=WEEKS) == [SHOP, ADS, MAILINGS]
    return place


@pytest.fixture(scope="module")
def books(company):
    orders = company.orders[company.orders["outlet"] == "web"]
    return orders[orders["order_date"] >= company.today - pd.Timedelta(weeks=WEEKS)]


@pytest.fixture(scope="module")
def read(folder):
    lines, well = check(folder, save=True)
    assert well, "\n".join(lines)
    return read_folder(folder).tables


def test_what_is_read_of_the_shops_file_are_the_books_to_the_cent(read, books):
    bought, sold = purchases(read["orders"]), purchases(books)
    assert len(bought) == len(sold)
    for column in AMOUNTS:
        assert round(bought[column].sum() - sold[column].sum(), 2) == 0, column


def test_ads_and_mailings_are_those_of_the_tables(read, company):
    spent = company.ad_spend[company.ad_spend["channel"].str.startswith("search_")]
    since = company.today - pd.Timedelta(weeks=WEEKS)
    spent = spent[spent["week"] >= since]
    assert round(read["ad_spend"]["spend"].sum() - spent["spend"].sum(), 2) == 0
    sent = company.emails[~company.emails["held_out"].astype(bool)]
    assert read["email_campaigns"]["sent"].sum() == len(sent)


def test_the_shops_file_has_what_makes_a_raw_sum_wrong(folder, books):
    raw = pd.read_csv(folder / SHOP)
    assert len(raw) > raw["Name"].nunique() == len(books)
    assert raw["Total"].isna().sum() == len(raw) - len(books)
    assert (raw["Financial Status"] == "voided").sum() == (books["status"] == "cancelled").sum()
    assert raw["Taxes"].sum() > 0 < raw["Refunded Amount"].sum()


def test_a_table_that_lacks_a_column_is_refused(company, tmp_path):
    orders = company.orders.drop(columns="shipping")
    with pytest.raises(MktlabError, match="shipping"):
        write_exports(company.but(tables={**company.tables, "orders": orders}, notes=[]), tmp_path)
    assert not list(tmp_path.iterdir())
