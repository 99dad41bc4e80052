"""Deals and contacts of HubSpot become deals and leads: no amount is a margin, no hope a day."""

import csv
import shutil

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, text_of, told
from hypothesis import given
from hypothesis import strategies as st

from mktlab import leads
from mktlab.reading import read_folder
from mktlab.schema import MktlabError


def deals(folder, name="hubspot_deals"):
    shutil.copy(EXPORTS / f"{name}.csv", folder)
    return read(folder)


def test_what_a_deal_sells_for_is_no_margin(tmp_path):
    reading = deals(tmp_path)
    table = reading.tables["deals"]
    assert "margin" not in table
    assert "amount is what a deal sells for and no margin" in told(reading)
    one = pd.DataFrame({"lead_id": ["a"], "created_date": [pd.Timestamp("2024-01-01")]})
    calls = pd.DataFrame({"lead_id": ["a"], "hours": [1.0]})
    with pytest.raises(MktlabError, match="margin"):
        leads.followed(one, calls, table, today=pd.Timestamp("2024-06-01"))


def test_the_close_date_of_an_open_deal_is_a_hope(tmp_path):
    reading = deals(tmp_path)
    table = reading.tables["deals"].set_index("deal_id")
    assert table["stage"].tolist() == ["won", "qualified_to_buy", "lost", "appointment_scheduled"]
    assert table["closed_date"].notna().tolist() == [True, False, True, False]
    assert "closed_date of 1 row whose stage is not won or lost is not read" in told(reading)


def test_a_stage_of_ones_own_may_end_a_deal(tmp_path):
    deals(tmp_path)
    with (tmp_path / "columns.toml").open("a") as file:
        file.write('\n[deals.values.stage]\n"Qualified to buy" = "won"\n')
    table = read_folder(tmp_path).tables["deals"].set_index("deal_id")
    assert table.loc["17654321002", "stage"] == "won"
    assert table.loc["17654321002", "closed_date"] == pd.Timestamp("2024-06-30")


def test_ids_are_whole_and_of_several_contacts_the_first_counts(tmp_path):
    reading = deals(tmp_path)
    assert reading.tables["deals"]["lead_id"].tolist() == [
        *("15100000001", "15100000003", "15100000004", "no contact"),
    ]
    assert "lead_id: of several, the first (1)" in told(reading)
    assert "taken as no contact" in told(reading)


def test_milliseconds_are_days_of_the_place_that_is_named(tmp_path):
    reading = deals(tmp_path, "hubspot_deals_internal")
    assert "moments are taken as those of UTC" in told(reading)
    days = reading.tables["deals"]["opened_date"]
    assert days.tolist() == [pd.Timestamp("2024-01-09"), pd.Timestamp("2024-02-20")]
    toml = tmp_path / "columns.toml"
    toml.write_text(f'timezone = "Europe/Paris"\n{toml.read_text()}')
    days = read_folder(tmp_path).tables["deals"]["opened_date"]
    assert days.tolist() == [pd.Timestamp("2024-01-10"), pd.Timestamp("2024-02-20")]


def test_days_with_half_days_and_slashes_are_read(tmp_path):
    text = text_of("hubspot_deals")
    for iso, other in (
        ("2024-01-09 23:45", "1/9/2024 11:45 PM"),
        ("2024-02-01 09:05", "2/1/2024 9:05 AM"),
        ("2024-02-20 16:20", "2/20/2024 4:20 PM"),
        ("2024-03-01 08:00", "3/1/2024 8:00 AM"),
    ):
        text = text.replace(iso, other)
    (tmp_path / "deals.csv").write_text(text)
    days = read_folder(tmp_path).tables["deals"]["opened_date"]
    assert days.dt.strftime("%m-%d").tolist() == ["01-09", "02-01", "02-20", "03-01"]


def test_no_name_address_or_phone_of_a_contact_is_kept(tmp_path):
    shutil.copy(EXPORTS / "hubspot_contacts.csv", tmp_path)
    table = read(tmp_path).tables["leads"]
    assert "invented" not in table.to_csv().lower().replace("hotel du lac", "")
    assert table["source"].tolist() == ["Organic Search", "Offline Sources", "Direct Traffic"]


def test_contacts_and_deals_of_one_folder_are_both_read_and_linked(tmp_path):
    for name in ("hubspot_deals", "hubspot_contacts"):
        shutil.copy(EXPORTS / f"{name}.csv", tmp_path)
    reading = read(tmp_path)
    assert set(reading.tables) == {"leads", "deals"}
    both = reading.tables["deals"].merge(reading.tables["leads"], on="lead_id")
    assert len(both) == 3


def test_deals_in_two_currencies_are_refused(tmp_path):
    text = text_of("hubspot_deals_fr").replace(";1 000,00;EUR", ";1 000,00;USD")
    (tmp_path / "deals.csv").write_text(text)
    assert "one currency" in refused(tmp_path)


def test_two_columns_of_one_label_are_refused(tmp_path):
    text = text_of("hubspot_deals").replace('"Deal owner"', '"Amount"')
    (tmp_path / "deals.csv").write_text(text)
    assert "the header Amount 2 times" in refused(tmp_path)


DEALS = st.lists(
    st.tuples(
        st.integers(10**10, 10**12).map(str),
        st.sampled_from(["won", "lost", "offer"]),
        st.integers(0, 500_000),  # minutes since 2023
        st.integers(0, 100_000),
        st.integers(0, 10**9),  # cents
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda row: row[0],
)
FORMS = {
    "English": (
        ["Record ID", "Deal Stage", "Create Date", "Close Date", "Amount"],
        {"won": "Closed won", "lost": "Closed lost", "offer": "Offer"},
    ),
    "French": (
        [
            "ID de fiche d'informations",
            "Phase de la transaction",
            "Date de création",
            "Date de fermeture",
            "Montant",
        ],
        {"won": "Conclu - gagné", "lost": "Conclu - perdu", "offer": "Offer"},
    ),
    "internal": (
        ["hs_object_id", "dealstage", "createdate", "closedate", "amount"],
        {"won": "closedwon", "lost": "closedlost", "offer": "offer"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
@given(DEALS)
def test_deals_written_as_an_export_and_read_are_the_same(tmp_path_factory, form, rows):
    folder, (headers, words) = tmp_path_factory.mktemp("deals"), FORMS[form]
    start = pd.Timestamp("2023-01-01")

    def shown(minutes):
        moment = start + pd.Timedelta(minutes=minutes)
        return str(moment.value // 10**6) if form == "internal" else f"{moment:%Y-%m-%d %H:%M}"

    lines = [
        [
            number,
            words[stage],
            shown(opened),
            shown(opened + more),
            f"{cents // 100},{cents % 100:02}" if form == "French" else f"{cents / 100:.2f}",
        ]
        for number, stage, opened, more, cents in rows
    ]
    with (folder / "deals.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";" if form == "French" else ",").writerows([headers, *lines])
    table = read_folder(folder).tables["deals"]
    assert table["deal_id"].tolist() == [row[0] for row in rows]
    assert table["stage"].tolist() == [row[1] for row in rows]
    days = [(start + pd.Timedelta(minutes=row[2])).normalize() for row in rows]
    assert table["opened_date"].tolist() == days
    assert (table["amount"] * 100).round().tolist() == [row[4] for row in rows]
    if "closed_date" in table:
        over = table["stage"].isin(["won", "lost"])
        assert (table["closed_date"].notna() == over).all()
