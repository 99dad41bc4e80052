"""Leads and activities of Marketo: null is nothing, JSON in a cell is not read, moments are UTC."""

import shutil

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, separated, text_of, told

from mktlab.reading import read_folder


def exported(folder, *names):
    for name in names:
        shutil.copy(EXPORTS / f"{name}.csv", folder)
    return read(folder)


def test_activities_are_a_row_each_and_types_have_names(tmp_path):
    table = exported(tmp_path, "marketo_activities").tables["activities"]
    assert table["kind"].tolist() == ["visited_page", "mail_opened", "filled_form", "100123"]
    assert table["activity_id"].tolist()[3] == "0009000004"
    assert table["campaign_id"].fillna("none").tolist() == ["none", "8001", "none", "8002"]


def test_what_stands_behind_a_page_and_in_attributes_is_not_kept(tmp_path):
    reading = exported(tmp_path, "marketo_activities")
    table = reading.tables["activities"]
    assert table["about"].fillna("").tolist() == [
        "/prices",
        "Winter roast, new",
        "Samples? Yes",
        "",
    ]
    kept = table.to_csv() + told(reading)
    assert not [secret for secret in ("ann", "invented", "192.0.2") if secret in kept.lower()]
    assert "calls stay a table of yours" in told(reading)


def test_moments_are_those_that_the_file_says(tmp_path):
    (tmp_path / "columns.toml").write_text('timezone = "Europe/Paris"\n')
    moments = exported(tmp_path, "marketo_activities").tables["activities"]["acted_at"]
    assert moments[0] == pd.Timestamp("2024-01-31 22:10", tz="UTC")


def test_days_of_leads_are_those_of_the_place_that_is_named(tmp_path):
    reading = exported(tmp_path, "marketo_leads")
    table = reading.tables["leads"]
    assert table["created_date"].dt.day.tolist() == [31, 1, 1]
    assert "moments are taken as those of UTC" in told(reading)
    assert table["source"].tolist() == ["Fair", "unknown", "Referral"]
    assert "source: 1 cells taken as unknown" in told(reading)
    toml = tmp_path / "columns.toml"
    toml.write_text(f'timezone = "Europe/Paris"\n{toml.read_text()}')
    assert read_folder(tmp_path).tables["leads"]["created_date"].dt.day.tolist() == [1, 1, 1]


def test_no_name_or_address_of_a_lead_is_kept(tmp_path):
    reading = exported(tmp_path, "marketo_leads")
    kept = reading.tables["leads"].to_csv() + told(reading)
    assert not [secret for secret in ("Ann", "Bob", "example", "Lac") if secret in kept]


def test_leads_and_activities_of_one_folder_are_linked(tmp_path):
    tables = exported(tmp_path, "marketo_leads", "marketo_activities").tables
    assert set(tables) == {"leads", "activities"}
    assert len(tables["activities"].merge(tables["leads"], on="lead_id")) == 4


def test_leads_of_two_tools_are_joined(tmp_path):
    tables = exported(tmp_path, "marketo_leads", "hubspot_contacts").tables
    assert len(tables["leads"]) == 6


MUTATIONS = {
    "TSV": lambda t: separated(t, "\t").encode(),
    "SSV with semicolons": lambda t: separated(t, ";").encode(),
    "UTF-16 with tabs": lambda t: separated(t, "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "a break in attributes": lambda t: t.replace('{""Client', '{\n""Client').encode(),
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_a_changed_file_is_read_as_the_same(tmp_path, how):
    (tmp_path / "activities.csv").write_bytes(MUTATIONS[how](text_of("marketo_activities")))
    table = read_folder(tmp_path).tables["activities"]
    assert table["kind"].tolist() == ["visited_page", "mail_opened", "filled_form", "100123"]
    assert table["lead_id"].tolist() == ["500001", "500001", "500002", "500003"]


def test_columns_parted_by_blanks_are_refused(tmp_path):
    rows = ["id createdAt leadSource", "5 2024-01-31T22:10:00Z Fair", "6 2024-02-01T22:10:00Z Web"]
    (tmp_path / "leads.csv").write_text("\n".join(rows) + "\n")
    assert "columns separated by blanks" in refused(tmp_path)


def test_headers_with_other_names_are_known(tmp_path):
    text = text_of("marketo_leads").replace("createdAt", "Created At").replace("id;", "Lead ID;", 1)
    (tmp_path / "a.csv").write_text(text)
    assert len(read(tmp_path).tables["leads"]) == 3
