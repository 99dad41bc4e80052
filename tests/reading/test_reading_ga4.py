"""Reports and explorations of Google Analytics 4 become visits by week and channel."""

import csv
import io
import shutil

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, text_of, told
from hypothesis import given
from hypothesis import strategies as st

from mktlab.reading import read_folder

LINES = "# Start date: 20240101\n# End date: 20240114\n"
CHANNEL = "Session primary channel group (Default channel group)"


def test_words_of_the_tool_stay_text(tmp_path):
    shutil.copy(EXPORTS / "ga4.csv", tmp_path)
    channels = read(tmp_path).tables["web_metrics"]["channel"].tolist()
    assert {"(not set)", "(other)", "Unassigned", "Cross-network"} <= set(channels)


def test_of_several_tables_that_with_days_and_channels_is_read(tmp_path):
    shutil.copy(EXPORTS / "ga4.csv", tmp_path)
    reading = read(tmp_path)
    assert "2 other tables of it are not read" in told(reading)
    assert "Active users: not read, as the same people count every day" in told(reading)
    assert "GA4 estimates what it shows" in told(reading)


def test_the_total_of_an_exploration_stands_one_column_to_the_right(tmp_path):
    shutil.copy(EXPORTS / "ga4_exploration.csv", tmp_path)
    reading = read(tmp_path)
    assert "its own total (Grand total) agrees with its rows" in told(reading)
    text = text_of("ga4_exploration").replace(",,76,48,3,99.9,", ",,80,48,3,101.9,")
    (tmp_path / "ga4_exploration.csv").write_text(text)
    said = told(read_folder(tmp_path))
    assert "Grand total: Sessions 80, its rows 76; 4 differ" in said
    assert "Grand total: Purchase revenue €101.90, its rows €99.90; €2.00 differ" in said


def test_days_counted_from_the_first_become_days(tmp_path):
    shutil.copy(EXPORTS / "ga4_fr.csv", tmp_path)
    weeks = read(tmp_path).tables["web_metrics"].groupby("week")["sessions"].sum()
    assert weeks.to_dict() == {pd.Timestamp("2024-01-01"): 1350, pd.Timestamp("2024-01-08"): 950}


def test_hours_become_days(tmp_path):
    text = text_of("ga4").replace(",Date,", ",Date + hour (YYYYMMDDHH),")
    for day in ("01", "02", "07", "08", "10"):
        text = text.replace(f",202401{day},", f",202401{day}23,")
    (tmp_path / "data-export.csv").write_text(text)
    assert read(tmp_path).tables["web_metrics"]["sessions"].tolist() == [40, 25, 3, 7, 50, 9, 1]


def test_visits_by_day_alone_are_those_of_all_channels(tmp_path):
    (tmp_path / "a.csv").write_text(f"{LINES}Nth day,Sessions,Users\n0000,4,3\n0013,5,5\n")
    reading = read(tmp_path)
    assert reading.tables["web_metrics"]["channel"].tolist() == ["all", "all"]
    assert reading.tables["web_metrics"]["sessions"].tolist() == [4, 5]
    assert "channel is taken as all" in told(reading)


def test_an_empty_channel_is_not_that_of_all(tmp_path):
    rows = "Direct,0000,4\n,0000,3\nEmail,0000,2\n"
    (tmp_path / "a.csv").write_text(f"{LINES}{CHANNEL},Nth day,Sessions\n{rows}")
    reading = read(tmp_path)
    assert reading.tables["web_metrics"]["channel"].tolist() == ["Direct", "unknown", "Email"]
    assert "channel: 1 cells taken as unknown" in told(reading)


def test_a_report_without_days_says_what_to_click(tmp_path):
    rows = "Direct,40,20\nEmail,5,1\n"
    (tmp_path / "a.csv").write_text(f"{LINES}{CHANNEL},Sessions,Engaged sessions\n{rows}")
    assert "choose + beside the first dimension and there Date" in refused(tmp_path)


def test_a_file_without_visits_says_what_to_click(tmp_path):
    two = f"{LINES}Nth day,Users\n0000,4\n0001,5\n\n{LINES}Country,Users\nFrance,4\nItaly,5\n"
    (tmp_path / "a.csv").write_text(two)
    assert "2 tables, none of visits by day" in refused(tmp_path)
    assert "there Date" in refused(tmp_path)


def test_of_two_periods_the_later_one_is_read_and_the_other_told(tmp_path):
    header = f"{CHANNEL},Nth day,Sessions\n"
    before = "# Start date: 20231218\n# End date: 20231231\n"
    now = f"{LINES}{header}Direct,0000,40\nDirect,0001,20\n"
    (tmp_path / "a.csv").write_text(f"{now}\n{before}{header}Direct,0000,31\nDirect,0001,12\n")
    reading = read(tmp_path)
    assert reading.tables["web_metrics"]["sessions"].tolist() == [60]
    assert "1 Jan 2024 to 14 Jan 2024 is read, not 18 Dec 2023 to 31 Dec 2023" in told(reading)


@pytest.mark.parametrize("header", ["Date range", "Comparison", "Segment", "Event name"])
def test_rows_that_share_visits_are_refused(tmp_path, header):
    rows = "Direct,20240101,A,40\nDirect,20240101,B,20\n"
    (tmp_path / "a.csv").write_text(f"{LINES}{CHANNEL},Date,{header},Sessions\n{rows}")
    assert f"several values of {header}, whose rows share visits" in refused(tmp_path)
    (tmp_path / "a.csv").write_text(
        f"{LINES}{CHANNEL},Date,{header},Sessions\n{rows.replace('B', 'A')}"
    )
    assert read(tmp_path).tables["web_metrics"]["sessions"].tolist() == [60]


def test_a_remark_above_a_table_of_ones_own_makes_it_no_report(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "# exported 20240105\norder_id,customer_id,order_date,revenue\n1,a,2024-01-02,5.00\n"
        "2,a,2024-01-03,5.50\n"
    )
    assert read_folder(tmp_path).tables["orders"]["revenue"].sum() == 10.5


def test_a_cell_that_is_no_number_is_told_with_its_line_of_the_file(tmp_path):
    (tmp_path / "web_metrics.csv").write_text(text_of("ga4").replace(",31,0.62", ",many,0.62"))
    said = refused(tmp_path)
    assert "line 21" in said
    assert "Engaged sessions" in said


def _saved_again(text, separator=","):
    """As a spreadsheet saves it: each line padded to the same width."""
    rows = list(csv.reader(text.splitlines()))
    width = max(map(len, rows))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return out.getvalue()


MUTATIONS = {
    "saved again": lambda t: _saved_again(t).encode(),
    "saved again with semicolons": lambda t: _saved_again(t, ";").encode(),
    "UTF-16 with tabs": lambda t: _saved_again(t, "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "other capitals": lambda t: (
        t.replace("(Default channel group)", "(Default Channel Group)")
        .replace("Sessions", "sessions")
        .encode()
    ),
    "no lines with #": lambda t: "\n".join(
        line for line in t.splitlines() if not line.startswith("#")
    ).encode(),
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_a_changed_file_is_read_as_the_same(tmp_path, how):
    text = text_of("ga4_exploration")
    (tmp_path / "web_metrics.csv").write_bytes(MUTATIONS[how](text))
    reading = read_folder(tmp_path)
    table = reading.tables["web_metrics"]
    assert table["sessions"].tolist() == [20, 15, 31, 10]
    assert round(table["revenue"].sum(), 2) == 99.90
    assert "agrees with its rows" in told(reading)


@pytest.mark.parametrize("how", list(MUTATIONS)[:6])
def test_a_changed_file_of_several_tables_is_read_as_the_same(tmp_path, how):
    (tmp_path / "web_metrics.csv").write_bytes(MUTATIONS[how](text_of("ga4")))
    table = read_folder(tmp_path).tables["web_metrics"]
    assert table["sessions"].tolist() == [40, 25, 3, 7, 50, 9, 1]


# There and back

NAMES = st.sampled_from(
    ["Direct", "(not set)", "(other)", "Unassigned", "Paid, social", "#1 mail", 'a "b"']
)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 20), NAMES, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 10**7)
    ),
    min_size=2,
    max_size=12,
    unique_by=lambda row: row[:2],
)


@pytest.mark.parametrize("form", ["report", "exploration", "French report"])
@given(ROWS)
def test_visits_written_as_a_file_and_read_are_the_same(tmp_path_factory, form, rows):
    folder, start = tmp_path_factory.mktemp("ga4"), pd.Timestamp("2024-01-01")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    sums = [sum(row[place] for row in rows) for place in (2, 3)]
    paid = sum(row[4] for row in rows) / 100
    headers = ["Date", "Session default channel group", "Sessions", "Purchases", "Total revenue"]
    if form == "exploration":
        out.write("# Shop\n# 20240101-20240121\n\n")
        writer.writerow(headers)
        writer.writerow(["", "", *sums, paid, "Grand total"])
    else:
        out.write("# Report\n# Start date: 20240101\n# End date: 20240121\n")
        out.write("Nth day\n0000\n0001\n\n# Start date: 20240101\n# End date: 20240121\n")
        headers[0] = "Nth day"
        if "French" in form:
            headers = ["Nième jour", "Groupe de canaux par défaut de la session", "Sessions"]
            headers += ["Achats d'e-commerce", "Revenus issus des achats"]
        writer.writerow(headers)
    for day, channel, sessions, bought, cents in rows:
        date = f"{start + pd.Timedelta(days=day):%Y%m%d}"
        shown = date if form == "exploration" else f"{day:04}"
        writer.writerow([shown, channel, sessions, bought, cents / 100])
    (folder / "web_metrics.csv").write_text(out.getvalue(), encoding="utf-8")
    reading = read_folder(folder)
    frame = pd.DataFrame(rows, columns=["day", "channel", "sessions", "purchases", "revenue"])
    frame["week"] = start + pd.to_timedelta(frame["day"] // 7 * 7, unit="D")
    wanted = frame.groupby(["week", "channel"])[["sessions", "purchases", "revenue"]].sum()
    found = reading.tables["web_metrics"].set_index(["week", "channel"]).sort_index()
    assert found.index.equals(wanted.index)
    assert found["sessions"].tolist() == wanted["sessions"].tolist()
    assert found["purchases"].tolist() == wanted["purchases"].tolist()
    assert (found["revenue"] * 100).round().astype(int).tolist() == wanted["revenue"].tolist()
    assert ("agrees with its rows" in told(reading)) == (form == "exploration")
