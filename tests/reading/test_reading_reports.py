"""Reports of advertising and search tools become weeks of the course's tables, to the cent."""

import csv
import io
import re
import shutil
import zipfile

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, text_of, told
from hypothesis import given
from hypothesis import strategies as st

from mktlab.folder_check import check
from mktlab.reading import read_folder
from mktlab.reading.meanings import presets
from mktlab.reading.problems import TablesNotReadable
from mktlab.tables import TABLES

SUMS = {
    "google_ads": (
        "Google Ads campaigns",
        (15, 4),
        {"spend": 182.12, "clicks": 522, "impressions": 13600, "claimed_conversions": 14},
    ),
    "google_ads_fr": (
        "Google Ads campaigns",
        (5, 3),
        {"spend": 1087.10, "clicks": 250, "impressions": 6110, "claimed_conversions": 7},
    ),
    "google_ads_terms": (
        "Google Ads search terms",
        (8, 4),
        {"cost": 59.02, "clicks": 114, "impressions": 1557, "orders": 7, "revenue": 205.30},
    ),
    "google_ads_terms_fr": (
        "Google Ads search terms",
        (4, 2),
        {"cost": 13.90, "clicks": 25, "impressions": 490, "orders": 1, "revenue": 25.10},
    ),
    "meta_ads": ("Meta Ads", (5, 3), {"spend": 61.55, "clicks": 215, "impressions": 18000}),
    "meta_ads_fr": (
        "Meta Ads",
        (3, 2),
        {"spend": 2500.25, "clicks": 1500, "impressions": 125000, "claimed_conversions": 40},
    ),
    "ga4": ("Google Analytics 4", (7, 7), {"sessions": 135, "key_events": 8, "revenue": 294.25}),
    "ga4_exploration": (
        "Google Analytics 4",
        (5, 4),
        {"sessions": 76, "engaged_sessions": 48, "purchases": 3, "revenue": 99.90},
    ),
    "ga4_fr": (
        "Google Analytics 4",
        (3, 3),
        {"sessions": 2300, "engaged_sessions": 1070, "purchases": 19, "revenue": 1497.55},
    ),
    "search_console_days": ("Search Console queries", (4, 2), {"clicks": 51, "impressions": 700}),
    "search_console_week": ("Search Console queries", (3, 3), {"clicks": 132, "impressions": 2090}),
}
"""Fixture -> preset, rows below the headers and by week, and the sums, added up by hand."""


def put(folder, name):
    if name == "search_console_week":
        with zipfile.ZipFile(folder / "Performance.zip", "w") as archive:
            for file in ("Queries", "Chart", "Filters"):
                text = (EXPORTS / f"{name}_{file.lower()}.csv").read_text(encoding="utf-8")
                archive.writestr(f"{file}.csv", text)
    else:
        shutil.copy(EXPORTS / f"{name}.csv", folder / f"Report {name}.csv")


@pytest.mark.parametrize("name", SUMS)
def test_a_raw_report_is_read_to_the_cent_and_every_row_is_in_the_account(tmp_path, name):
    preset, (rows, weeks), sums = SUMS[name]
    put(tmp_path, name)
    reading = read(tmp_path)
    table = reading.tables[presets()[preset].table]
    [account] = reading.account.files
    assert account.rows == rows
    assert account.kept == len(table) == weeks
    assert {column: round(float(table[column].sum()), 2) for column in sums} == sums
    assert (table["week"].dt.day_of_week == 0).all()
    assert not table.duplicated([k for k in TABLES[account.table].key if k in table]).any()
    assert f"read as {preset}" in told(reading)


def test_every_report_has_a_fixture_and_says_how_to_export_it():
    reports = {name for name, preset in presets().items() if preset.report}
    weekly = {name for name in reports if "week" in TABLES[presets()[name].table].key}
    assert {preset for preset, *_ in SUMS.values()} == weekly
    for name in reports:
        report = presets()[name].report
        assert report["tool"] in report["export"] or "Ads Manager" in report["export"]
        known = {column.name for column in TABLES[presets()[name].table].columns}
        assert {
            *report.get("absent", ()),
            *report.get("words", ()),
            *report.get("mean", ()),
        } <= known


def test_a_table_of_the_course_is_no_report(tmp_path):
    line = "week,query,page,impressions,clicks,position\n2024-01-08,total,/,10,1,2.5\n"
    (tmp_path / "search_positions.csv").write_text(line)
    reading = read_folder(tmp_path)
    assert len(reading.tables["search_positions"]) == 1
    assert "read as" not in told(reading)


# What the file itself adds up


def test_totals_are_taken_out_and_what_the_tool_hides_is_named(tmp_path):
    put(tmp_path, "google_ads_terms")
    assert "Total: Account: Cost €102.02, its rows €59.02; €43.00 differ" in told(read(tmp_path))


def test_more_totals_than_a_spreadsheet_has_are_all_taken_out(tmp_path):
    rows = "A,2024-01-02,EUR,10,1,4.00\n" * 3
    totals = "".join(f"Total: Label {n}, --,EUR,30,3,12.00\n" for n in range(20))
    headers = "Campaign,Day,Currency code,Impr.,Clicks,Cost\n"
    (tmp_path / "ad_spend.csv").write_text(headers + rows + totals)
    reading = read_folder(tmp_path)
    assert reading.tables["ad_spend"]["spend"].tolist() == [12.0]
    assert reading.account.files[0].rows == 23


def test_a_total_that_agrees_says_so(tmp_path):
    put(tmp_path, "meta_ads")
    assert "its own total (the total of the file) agrees with its rows" in told(read(tmp_path))


def test_the_queries_that_search_console_hides_are_named(tmp_path):
    put(tmp_path, "search_console_week")
    assert "Chart.csv: Clicks 200, its rows 132; 68 differ" in told(read(tmp_path))


# What does not add up


def test_positions_are_weighted_by_views(tmp_path):
    put(tmp_path, "search_console_days")
    table = read(tmp_path).tables["search_positions"].set_index("week")
    exact = (1.5 * 200 + 3.0 * 100 + 6.0 * 300) / 600
    assert table.loc["2024-01-08", "position"] == pytest.approx(exact)


def test_results_of_several_kinds_and_people_are_not_added_up(tmp_path):
    put(tmp_path, "meta_ads")
    reading = read(tmp_path)
    assert "claimed_conversions" not in reading.tables["ad_spend"]
    assert "results of several kinds do not add up" in told(reading)
    assert "Reach: not read, as the same people count every day" in told(reading)


def test_results_of_one_kind_are_orders(tmp_path):
    text = text_of("meta_ads").replace("3900,reach", "1,offsite_conversion.fb_pixel_purchase")
    (tmp_path / "meta.csv").write_text(text)
    assert read(tmp_path).tables["ad_spend"]["claimed_conversions"].sum() == 10


def test_rows_of_campaigns_beside_rows_of_their_parts_are_refused(tmp_path):
    text = text_of("meta_ads_fr").replace("Hiver,Lyon", "Hiver,", 1)
    (tmp_path / "meta.csv").write_text(text)
    assert "filled in some rows, empty in others" in refused(tmp_path)


@pytest.mark.parametrize(
    ("name", "header", "click"),
    [
        ("google_ads", "Day,", "Segment > Time > Day"),
        ("google_ads_terms", "Week,", "Segment > Time > Week"),
        ("meta_ads", "Day,", "Breakdown > By time > Day"),
    ],
)
def test_a_report_without_days_is_refused_and_says_what_to_click(tmp_path, name, header, click):
    text = text_of(name).replace(header, "Month,", 1)
    text = re.sub(r"(?m)^2024-01-..,2024-01-..,", "2024-01-01,2024-01-14,", text)
    (tmp_path / "report.csv").write_text(text)
    assert click in refused(tmp_path)
    (tmp_path / "report.csv").rename(tmp_path / f"{presets()[SUMS[name][0]].table}.csv")
    with pytest.raises(TablesNotReadable, match=click):
        read_folder(tmp_path)


def test_queries_of_more_than_a_week_are_refused(tmp_path):
    for file in ("queries", "chart"):
        shutil.copy(EXPORTS / f"search_console_week_{file}.csv", tmp_path / f"{file.title()}.csv")
    assert read(tmp_path).tables["search_positions"]["clicks"].sum() == 132
    (tmp_path / "columns.toml").unlink()
    days = (tmp_path / "Chart.csv").read_text().replace("2024-01-08", "2024-01-07")
    (tmp_path / "Chart.csv").write_text(days)
    assert "from a Monday to its Sunday" in refused(tmp_path)


def test_a_zip_for_each_week_of_either_language_are_joined(tmp_path):
    put(tmp_path, "search_console_week")
    with zipfile.ZipFile(tmp_path / "Semaine 3.zip", "w") as archive:
        archive.writestr("Pays.csv", "Pays,Clics,Impressions,CTR,Position\nFrance,9,90,10%,3\n")
        header = "Requêtes les plus fréquentes,Clics,Impressions,CTR,Position"
        archive.writestr("Reque\u0302tes.csv", f'{header}\n"café, ""noir""",12,80,"15,00 %","1,4"')
        archive.writestr("Graphique.csv", "Date,Clics\n2024-01-21,10\n2024-01-15,9\n")
    table = read(tmp_path).tables["search_positions"].set_index("query")
    assert table.loc['café, "noir"', "week"] == pd.Timestamp("2024-01-15")
    assert table.loc['café, "noir"', "position"] == 1.4
    assert len(table) == 4


def test_a_report_without_a_column_that_its_table_needs_says_which_to_put_in(tmp_path):
    (tmp_path / "report.csv").write_text(text_of("google_ads_terms").replace("Conv. value", "X"))
    assert "no column of revenue" in refused(tmp_path)


# Several currencies, several files


def test_two_currencies_in_a_report_are_refused(tmp_path):
    (tmp_path / "google.csv").write_text(text_of("google_ads").replace("Search,EUR", "Search,USD"))
    assert "currencies, which are never added up" in refused(tmp_path)


def test_one_column_for_each_currency_is_refused(tmp_path):
    text = text_of("meta_ads").replace("Attribution setting", "Amount spent (USD)")
    (tmp_path / "meta.csv").write_text(text)
    assert "amounts in several currencies" in refused(tmp_path)


def test_rates_bring_the_reports_of_two_tools_into_one_currency(tmp_path):
    put(tmp_path, "google_ads")
    (tmp_path / "meta.csv").write_text(text_of("meta_ads").replace("(EUR)", "(USD)"))
    assert "amounts in EUR (4), USD (3)" in refused(tmp_path)
    (tmp_path / "columns.toml").write_text(
        'currency = "EUR"\nrates = {USD = 0.5}\n[ad_spend]\n'
        'join = ["Report google_ads.csv", "meta.csv"]\n'
    )
    table = read_folder(tmp_path).tables["ad_spend"]
    assert table["spend"].sum() == pytest.approx(182.12 + 61.55 / 2)


def test_a_folder_of_several_tools_becomes_their_tables(tmp_path):
    for name in ("google_ads", "meta_ads", "google_ads_terms", "search_console_week"):
        put(tmp_path, name)
    reading = read(tmp_path)
    assert {"ad_spend", "search_terms", "search_positions"} == set(reading.tables)
    spend = reading.tables["ad_spend"].groupby("channel")["spend"].sum().round(2).to_dict()
    assert spend == {"search": 128.40, "performance_max": 53.72, "display": 0, "social": 61.55}
    for sentence in ("7 rows of Report google_ads.csv", "4 rows of Report meta_ads.csv"):
        assert sentence in told(reading)
    [spent] = [file for file in reading.account.files if file.table == "ad_spend"]
    assert spent.rows == 15 + 5


def test_what_two_files_of_a_tool_both_have_counts_once(tmp_path):
    put(tmp_path, "google_ads")
    lines = text_of("google_ads").splitlines(keepends=True)
    (tmp_path / "Report z.csv").write_text("".join([*lines[:3], *lines[5:8]]))
    reading = read(tmp_path)
    assert reading.tables["ad_spend"]["spend"].sum() == pytest.approx(182.12)
    assert "3 rows left out, which a later file has too, as they are (€85.30" in told(reading)


PLAIN = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n"


def test_days_of_a_week_in_two_files_are_one_week(tmp_path):
    (tmp_path / "a.csv").write_text(f"{PLAIN}2024-01-01,A,EUR,10,1,2.50\n")
    (tmp_path / "b.csv").write_text(
        f"{PLAIN}2024-01-02,A,EUR,10,1,1.50\n2024-01-05,A,EUR,10,1,1.00\n"
    )
    reading = read(tmp_path)
    assert reading.tables["ad_spend"]["spend"].tolist() == [5.0]
    assert "the days are 1 Jan 2024 to 5 Jan 2024: a week at an end is not whole" in told(reading)


def test_a_report_beside_a_table_of_the_course_is_told(tmp_path):
    (tmp_path / "ad_spend.csv").write_text("week,channel,campaign,spend\n2024-01-01,radio,R,100\n")
    put(tmp_path, "google_ads")
    lines = " ".join(" ".join(check(tmp_path, save=False)[0]).split())
    toml = 'join = ["ad_spend.csv", "Report google_ads.csv"]'
    assert f"{toml} under [ad_spend] reads both" in lines
    (tmp_path / "columns.toml").write_text(f"[ad_spend]\n{toml}\n")
    assert read_folder(tmp_path).tables["ad_spend"]["spend"].sum() == pytest.approx(282.12)


def test_rows_without_a_name_and_empty_cells_are_told(tmp_path):
    rows = "2024-01-01,,EUR,10,1,2.50\n2024-01-02,A,EUR,10,1,4.00\n2024-01-03,A,EUR,10,1, --\n"
    (tmp_path / "ad_spend.csv").write_text(PLAIN + rows)
    reading = read_folder(tmp_path)
    assert reading.account.files[0].read == pytest.approx(6.50)
    assert "1 row left out, without a name (€2.50, the first at line 2)" in told(reading)
    assert "spend: empty cells count as 0 (1)" in told(reading)


def test_a_day_of_one_report_is_no_beginning_of_weeks(tmp_path):
    (tmp_path / "a.csv").write_text(f"{PLAIN}2024-01-02,Total: A,EUR,10,1,2.50\n")
    table = read(tmp_path).tables["ad_spend"]
    assert table["week"].tolist() == [pd.Timestamp("2024-01-01")]


def test_campaigns_of_one_name_in_two_accounts_both_count(tmp_path):
    for account in "ab":
        text = (
            text_of("google_ads")
            .replace("Day,", "Account,Day,")
            .replace("\n2024", f"\n{account},2024")
        )
        text = text.replace("\nTotal", "\n,Total")
        (tmp_path / f"{account}.csv").write_text(text)
    assert read(tmp_path).tables["ad_spend"]["spend"].sum() == pytest.approx(2 * 182.12)


def test_an_archive_of_several_reports_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "google.zip", "w") as archive:
        for name in ("google_ads", "google_ads_fr"):
            archive.writestr(f"{name}.csv", text_of(name))
    assert "an archive of several reports" in refused(tmp_path)


def test_a_file_by_day_and_one_by_week_count_once(tmp_path):
    put(tmp_path, "google_ads")
    (tmp_path / "Report weeks.csv").write_text(
        "Week,Campaign,Currency code,Impr.,Clicks,Cost\n2024-01-01,Brand | FR,EUR,2183,221,67.50\n"
    )
    reading = read(tmp_path)
    assert reading.tables["ad_spend"]["spend"].sum() == pytest.approx(182.12)


def test_ad_sets_of_a_campaign_that_another_file_has_count_once(tmp_path):
    (tmp_path / "a.csv").write_text(text_of("meta_ads_fr"))
    (tmp_path / "b.csv").write_text(
        "Début des rapports,Fin des rapports,Nom de la campagne,Montant dépensé (EUR),Impressions,"
        'Couverture\n2024-01-01,2024-01-07,Hiver,"2000,00",100000,1\n'
    )
    assert read(tmp_path).tables["ad_spend"]["spend"].sum() == pytest.approx(2500.25)


# What people and spreadsheets do to files


def _semicolons(text):
    rows = list(csv.reader(io.StringIO(text)))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue()


MUTATIONS = {
    "UTF-16 with tabs": lambda t: _semicolons(t).replace(";", "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "semicolons": lambda t: _semicolons(t).encode(),
    "sep=;": lambda t: b"sep=;\n" + _semicolons(t).encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "empty lines below": lambda t: (t + "\n,,,\n\n").encode(),
    "no preamble": lambda t: t.partition("2024\n" if "2024\n" in t[:80] else '2024"\n')[2].encode(),
    "thousands with a narrow blank": lambda t: t.replace('"1,', '"1\u202f').encode(),
    "a break in a cell": lambda t: t.replace("Enabled", '"Enab\nled"').encode(),
    "signs of currency": lambda t: t.replace(",37.20,", ",€37.20,").encode(),
    "days in words": lambda t: re.sub(r"(?m)^2024-01-(\d\d)", r"\1 Jan 2024", t).encode(),
}


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", ["google_ads", "google_ads_terms"])
def test_a_changed_file_is_read_as_the_same(tmp_path, name, how):
    preset, _, sums = SUMS[name]
    own = presets()[preset].table
    (tmp_path / f"{own}.csv").write_bytes(MUTATIONS[how](text_of(name)))
    table = read_folder(tmp_path).tables[own]
    assert {column: round(float(table[column].sum()), 2) for column in sums} == sums


def test_letters_that_were_saved_twice_are_mended(tmp_path):
    damaged = text_of("meta_ads_fr").replace("Hiver", "Été").encode().decode("cp1252")
    (tmp_path / "meta.csv").write_text(damaged, encoding="utf-8")
    table = read(tmp_path).tables["ad_spend"]
    assert set(table["campaign"]) == {"Été"}
    assert table["spend"].sum() == pytest.approx(2500.25)


def test_windows_letters_are_read(tmp_path):
    (tmp_path / "g.csv").write_bytes(text_of("google_ads_fr").encode("cp1252"))
    assert read(tmp_path).tables["ad_spend"]["spend"].sum() == pytest.approx(1087.10)


def test_a_workbook_is_read_as_its_text(tmp_path):
    frame = pd.read_csv(EXPORTS / "meta_ads.csv")
    frame["Day"] = pd.to_datetime(frame["Day"])
    frame.to_excel(tmp_path / "meta.xlsx", index=False)
    reading = read(tmp_path)
    assert reading.tables["ad_spend"]["spend"].sum() == pytest.approx(61.55)
    assert reading.account.files[0].rows == 5


def test_days_that_may_be_two_are_asked_for_and_the_answer_counts(tmp_path):
    text = text_of("google_ads_fr").replace("13/01", "03/01").replace("14/01", "04/01")
    (tmp_path / "ad_spend.csv").write_text(text)
    assert "date_order" in refused(tmp_path)
    (tmp_path / "columns.toml").write_text('[ad_spend]\ndate_order = "day first"\n')
    table = read_folder(tmp_path).tables["ad_spend"]
    assert set(table["week"]) == {pd.Timestamp("2024-01-01")}


def test_amounts_that_may_be_two_are_asked_for(tmp_path):
    line = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n2024-01-01,A,EUR,10,1,"
    (tmp_path / "ad_spend.csv").write_text(line + '"1,234"\n')
    assert "1,234, which may be" in refused(tmp_path)


def test_a_cell_that_is_no_number_is_told_with_its_line(tmp_path):
    (tmp_path / "report.csv").write_text(text_of("google_ads").replace("37.20", "much"))
    (tmp_path / "report.csv").rename(tmp_path / "ad_spend.csv")
    with pytest.raises(TablesNotReadable, match="line 4") as told_of:
        read_folder(tmp_path)
    assert "Cost" in str(told_of.value)


# There and back

NAMES = st.text("abcé |,;\"'=", min_size=1, max_size=8).map(lambda name: f"c{name}c")
ROWS = st.lists(
    st.tuples(
        st.integers(0, 20),
        NAMES,
        st.integers(0, 99_999),
        st.integers(0, 999_999),
        st.integers(0, 999),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[:2],
)


def _french(cents):
    return f"{cents // 100:,}".replace(",", "\u202f") + f",{cents % 100:02d}"


def _english(cents):
    return f"{cents // 100:,}.{cents % 100:02d}"


HEADERS = {
    "Google, English": ["Day", "Campaign", "Impr.", "Cost", "Conversions", "CTR", "Currency code"],
    "Google, French": [
        *["Jour", "Campagne", "Impr.", "Coût", "Conversions", "CTR"],
        "Code de la devise",
    ],
    "Meta, English": [
        *["Day", "Campaign name", "Impressions", "Amount spent (EUR)", "Purchases", "CTR (all)"],
        "Objective",
    ],
    "Meta, French": [
        *["Jour", "Nom de la campagne", "Impressions", "Montant dépensé (EUR)", "Achats"],
        *["Répétition", "Objectif"],
    ],
}


@pytest.mark.parametrize("tool", HEADERS)
@given(ROWS)
def test_weeks_written_as_a_report_and_read_are_the_same(tmp_path_factory, tool, rows):
    folder = tmp_path_factory.mktemp("report")
    french, google = "French" in tool, "Google" in tool
    money = _french if french else _english
    start = pd.Timestamp("2024-01-01")
    lines = [
        [
            f"{start + pd.Timedelta(days=day):%Y-%m-%d}",
            name,
            f"{views:,}".replace(",", "\u202f" if french else ","),
            money(cents),
            money(100 * orders),
            "0,10 %" if french else "0.10%",
            "EUR",
            "0",
        ]
        for day, name, views, cents, orders in rows
    ]
    last = {"Google, English": "Clicks", "Google, French": "Clics", "Meta, English": "Reach"}
    headers = [*HEADERS[tool], last.get(tool, "Couverture")]
    paid = money(sum(row[3] for row in rows))
    above, below = [["Report"]], [["Total", "", "", paid, "", "", "", ""]]
    if not google:
        above, below = [], [["", "", "", paid, "", "", "", ""]]
    with (folder / "ad_spend.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";" if french else ",")
        writer.writerows([*above, headers, *lines, *below])
    reading = read_folder(folder)
    frame = pd.DataFrame(rows, columns=["day", "campaign", "impressions", "spend", "orders"])
    frame["week"] = start + pd.to_timedelta(frame["day"] // 7 * 7, unit="D")
    wanted = frame.groupby(["week", "campaign"])[["impressions", "spend", "orders"]].sum()
    found = reading.tables["ad_spend"].set_index(["week", "campaign"]).sort_index()
    assert found.index.equals(wanted.index)
    assert found["impressions"].astype(int).tolist() == wanted["impressions"].tolist()
    assert (found["spend"] * 100).round().astype(int).tolist() == wanted["spend"].tolist()
    assert found["claimed_conversions"].astype(int).tolist() == wanted["orders"].tolist()
    assert reading.account.files[0].rows == len(rows) + 1
    assert "agrees with its rows" in told(reading)


@given(ROWS)
def test_positions_written_day_by_day_and_read_are_means_by_views(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("report")
    start = pd.Timestamp("2024-01-01")
    frame = pd.DataFrame(rows, columns=["day", "query", "impressions", "clicks", "position"])
    frame["impressions"] += frame["clicks"]
    frame["position"] = 1 + frame["position"] / 10
    dates = (start + pd.to_timedelta(frame["day"], unit="D")).dt.strftime("%Y-%m-%d")
    file = frame.assign(Date=dates)[["Date", "query", "clicks", "impressions", "position"]]
    file.columns = ["Date", "Query", "Clicks", "Impressions", "Position"]
    file.to_csv(folder / "search_positions.csv", index=False)
    found = read_folder(folder).tables["search_positions"].set_index(["week", "query"]).sort_index()
    frame["week"] = start + pd.to_timedelta(frame["day"] // 7 * 7, unit="D")
    for key, held in frame.groupby(["week", "query"]):
        row = found.loc[key]
        assert row["clicks"] == held["clicks"].sum()
        assert row["impressions"] == held["impressions"].sum()
        views = held["impressions"] if held["impressions"].any() else held["impressions"] + 1
        mean = (held["position"] * views).sum() / views.sum()
        assert row["position"] == pytest.approx(mean, abs=1e-5)
