"""Reports whose rows are things, such as mailings, become their table row by row, to the cent."""

import csv
import shutil

import pandas as pd
import pytest
from declared import assert_declared
from exported import EXPORTS, read, refused, text_of, told
from hypothesis import given
from hypothesis import strategies as st

from mktlab.reading import read_folder
from mktlab.reading.meanings import presets
from mktlab.tables import TABLES

SUMS = {
    "mailchimp": (
        "Mailchimp campaigns",
        3,
        {"sent": 2724, "delivered": 2700, "hard_bounced": 8, "opened": 855, "clicked": 119}
        | {"unsubscribed": 11, "complaints": 1, "orders": 19, "revenue": 878.75},
    ),
    "mailchimp_fr": (
        "Mailchimp campaigns",
        2,
        {"sent": 3005, "soft_bounced": 12, "clicked": 201, "orders": 30, "revenue": 3214.40},
    ),
    "hubspot_deals": ("HubSpot deals", 4, {"amount": 6350.75}),
    "hubspot_deals_fr": ("HubSpot deals", 2, {"amount": 5200.50}),
    "hubspot_deals_internal": ("HubSpot deals", 2, {"amount": 400.00}),
    "hubspot_contacts": ("HubSpot contacts", 3, {"page_views": 15}),
    "hubspot_contacts_fr": ("HubSpot contacts", 2, {"page_views": 1211}),
}
"""Fixture -> preset, rows, and the sums, added up by hand."""


@pytest.mark.parametrize("name", SUMS)
def test_things_are_read_to_the_cent_and_each_is_a_row(tmp_path, name):
    preset, rows, sums = SUMS[name]
    shutil.copy(EXPORTS / f"{name}.csv", tmp_path / "Export (1).csv")
    reading = read(tmp_path)
    own = presets()[preset].table
    [account] = reading.account.files
    assert account.rows == account.kept == len(reading.tables[own]) == rows
    assert_declared(own, reading.tables[own])
    found = {column: round(float(reading.tables[own][column].sum()), 2) for column in sums}
    assert found == sums
    assert f"read as {preset}" in told(reading)
    assert "by week" not in told(reading)


def test_every_list_of_things_has_a_fixture_and_says_how_to_export_it():
    reports = {name: preset for name, preset in presets().items() if preset.report}
    things = {n: p for n, p in reports.items() if "week" not in TABLES[p.table].key}
    del things["GA4 events in BigQuery"]  # see test_reading_events.py
    assert {preset for preset, *_ in SUMS.values()} == set(things)
    for preset in things.values():
        assert preset.report["tool"] in preset.report["export"]


def test_ids_are_text_and_words_of_the_tool_stay(tmp_path):
    shutil.copy(EXPORTS / "mailchimp.csv", tmp_path)
    table = read(tmp_path).tables["email_campaigns"].set_index("campaign_id")
    assert set(table.index) == {"0a1b2c3d4e", "0012345678", "77e0000001"}
    assert table.loc["0012345678", "subject"] == "None"
    assert pd.isna(table.loc["77e0000001", "revenue"])


def test_moments_without_a_zone_are_those_of_the_place_that_is_named(tmp_path):
    shutil.copy(EXPORTS / "mailchimp.csv", tmp_path)
    reading = read(tmp_path)
    assert "moments are taken as those of UTC" in told(reading)
    sent = reading.tables["email_campaigns"]["sent_at"]
    assert sent[0] == pd.Timestamp("2024-01-09 21:30", tz="UTC")
    toml = tmp_path / "columns.toml"
    toml.write_text(f'timezone = "Europe/Paris"\n{toml.read_text()}')
    sent = read_folder(tmp_path).tables["email_campaigns"]["sent_at"]
    assert sent[0] == pd.Timestamp("2024-01-09 20:30", tz="UTC")
    assert sent[2] == pd.Timestamp("2024-07-02 10:05", tz="UTC")  # in summer


def test_what_two_files_both_have_counts_once_as_the_later_one_has_it(tmp_path):
    shutil.copy(EXPORTS / "mailchimp.csv", tmp_path / "January.csv")
    lines = text_of("mailchimp").splitlines()
    later = lines[2].replace(",7,€301.00,€290.60", ",8,€341.00,€330.60")
    (tmp_path / "July.csv").write_text("\n".join([lines[0], later, lines[3]]) + "\n")
    reading = read(tmp_path)
    table = reading.tables["email_campaigns"]
    assert len(table) == 3
    assert round(table["revenue"].sum(), 2) == 588.15 + 330.60
    assert "1 row left out, which a later file has too, as they are" in told(reading)
    assert "1 row left out, which a later file has too, with other cells" in told(reading)


def test_lists_in_two_languages_are_joined(tmp_path):
    for name in ("mailchimp", "mailchimp_fr"):
        shutil.copy(EXPORTS / f"{name}.csv", tmp_path)
    table = read(tmp_path).tables["email_campaigns"]
    assert len(table) == 5
    assert round(table["revenue"].sum(), 2) == 4093.15


def test_totals_are_no_things_and_are_compared(tmp_path):
    lines = text_of("mailchimp").splitlines()
    total = "Total,,,,,2724," + "," * 17 + "19,913.40,878.75,"
    (tmp_path / "a.csv").write_text("\n".join([lines[0], *lines[1:], total]) + "\n")
    reading = read(tmp_path)
    assert len(reading.tables["email_campaigns"]) == 3
    assert reading.account.files[0].rows == 4
    assert "its own total (Total) agrees with its rows" in told(reading)
    middle = "\n".join([lines[0], total, *lines[1:], "x,,,,,5" + "," * 21]) + "\n"
    (tmp_path / "a.csv").write_text(middle.replace("878.75", "900.00"))
    reading = read_folder(tmp_path)
    assert len(reading.tables["email_campaigns"]) == 3
    assert "Total Revenue €900.00, its rows €878.75; €21.25 differ" in told(reading)
    assert "1 row left out, without a name" in told(reading)


def test_a_list_without_a_column_that_is_needed_says_what_to_export(tmp_path):
    text = text_of("mailchimp").replace("Unique Clicks", "Clickers")
    (tmp_path / "email_campaigns.csv").write_text(text)
    assert "no column of clicked" in refused(tmp_path)
    assert "Campaigns > All campaigns" in refused(tmp_path)


def test_the_report_of_a_single_mailing_is_refused_and_says_what_to_click(tmp_path):
    shutil.copy(EXPORTS / "mailchimp_single.csv", tmp_path)
    said = refused(tmp_path)
    assert "a report of Mailchimp on a single thing" in said
    assert "Campaigns > All campaigns" in said


def _separated(text, separator):
    rows = csv.reader(text.splitlines())
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    return "\n".join(separator.join(row) for row in quoted) + "\n"


MUTATIONS = {
    "UTF-16 with tabs": lambda t: _separated(t, "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "semicolons": lambda t: _separated(t, ";").encode(),
    "sep=;": lambda t: b"sep=;\n" + _separated(t, ";").encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "Windows letters": lambda t: t.encode("cp1252"),
    "empty lines below": lambda t: (t + "\n" + "," * 26 + "\n\n").encode(),
    "thousands with a narrow blank": lambda t: t.replace('"1,2', '"1\u202f2').encode(),
    "a break in a cell": lambda t: t.replace("Snow, and", "Snow,\nand").encode(),
    "days in digits": lambda t: (
        t.replace("Jan 09, 2024 09:30 pm", "2024-01-09 21:30")
        .replace("Jan 16, 2024 08:00 am", "2024-01-16 08:00")
        .replace("Jul 02, 2024 12:05 pm", "2024-07-02 12:05")
        .encode()
    ),
    "headers in capitals": lambda t: (
        t.split("\n")[0].upper().encode() + b"\n" + t.partition("\n")[2].encode()
    ),
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_a_changed_file_is_read_as_the_same(tmp_path, how):
    (tmp_path / "email_campaigns.csv").write_bytes(MUTATIONS[how](text_of("mailchimp")))
    table = read_folder(tmp_path).tables["email_campaigns"]
    sums = SUMS["mailchimp"][2]
    assert {column: round(float(table[column].sum()), 2) for column in sums} == sums
    assert table["campaign_id"].tolist() == ["0a1b2c3d4e", "0012345678", "77e0000001"]
    assert table["sent_at"][0] == pd.Timestamp("2024-01-09 21:30", tz="UTC")


def test_letters_that_were_saved_twice_are_mended(tmp_path):
    damaged = text_of("mailchimp_fr").encode().decode("cp1252", "ignore")
    (tmp_path / "mails.csv").write_text(damaged, encoding="utf-8")
    table = read(tmp_path).tables["email_campaigns"]
    assert table["subject"][0] == "Bonne année à tous"
    assert round(table["revenue"].sum(), 2) == 3214.40


def test_a_workbook_is_read_as_its_text(tmp_path):
    frame = pd.read_csv(EXPORTS / "mailchimp.csv", dtype={"Unique Id": "str"}, thousands=",")
    frame["Send Date"] = pd.to_datetime(frame["Send Date"], format="%b %d, %Y %I:%M %p")
    frame.to_excel(tmp_path / "mails.xlsx", index=False)
    table = read(tmp_path).tables["email_campaigns"]
    assert table["sent"].sum() == 2724
    assert table["campaign_id"].tolist() == ["0a1b2c3d4e", "0012345678", "77e0000001"]


# There and back

NAMES = st.text("abcé |,;\"'=", min_size=1, max_size=8).map(lambda name: f"c{name}c")
MAILINGS = st.lists(
    st.tuples(
        st.integers(0, 10**11).map(lambda n: f"{n:012}"),
        NAMES,
        st.integers(0, 10**6),  # minutes since 2023
        st.integers(0, 99_999),
        st.integers(0, 9_999),
        st.integers(0, 9_999_999),  # cents
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0],
)
HEADERS = {
    "English": [
        "Unique Id",
        "Title",
        "Send Date",
        "Total Recipients",
        "Unique Clicks",
        "Total Revenue",
    ],
    "French": [
        "Identifiant unique",
        "Titre",
        "Date d'envoi",
        "Nombre total de destinataires",
        "Clics uniques",
        "Revenu total",
    ],
}


@pytest.mark.parametrize("language", HEADERS)
@given(MAILINGS)
def test_mailings_written_as_a_list_and_read_are_the_same(tmp_path_factory, language, rows):
    folder, french = tmp_path_factory.mktemp("things"), language == "French"
    blank, point, separator = ("\u202f", ",", ";") if french else (",", ".", ",")
    start = pd.Timestamp("2023-01-01")
    moments = [start + pd.Timedelta(minutes=row[2]) for row in rows]
    form = "%Y-%m-%d %H:%M" if french else "%b %d, %Y %I:%M %p"
    lines = [
        [
            number,
            name,
            f"{moment:{form}}",
            f"{sent:,}".replace(",", blank),
            str(clicked),
            f"{cents // 100:,}".replace(",", blank) + f"{point}{cents % 100:02} €",
        ]
        for moment, (number, name, _, sent, clicked, cents) in zip(moments, rows, strict=True)
    ]
    with (folder / "email_campaigns.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows([HEADERS[language], *lines])
    table = read_folder(folder).tables["email_campaigns"]
    assert table["campaign_id"].tolist() == [row[0] for row in rows]
    assert table["name"].tolist() == [row[1] for row in rows]
    assert table["sent_at"].dt.tz_localize(None).tolist() == moments
    assert table["sent"].tolist() == [row[3] for row in rows]
    assert table["clicked"].tolist() == [row[4] for row in rows]
    assert (table["revenue"] * 100).round().tolist() == [row[5] for row in rows]
