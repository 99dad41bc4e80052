"""Tests of AB Tasty, as its interface answers in JSON or as a table: people by version and day."""

import json
import shutil

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, told
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reading_there_and_back import MOST

from mktlab.experiments import compare
from mktlab.reading import read_folder

ANSWER = json.loads((EXPORTS / "ab_tasty.json").read_text(encoding="utf-8"))


def answer(folder, *, rename=None, drop=(), rows=None, name="answer.json"):
    """The fixture with other headers, or without some."""
    headers = [(rename or {}).get(header, header) for header in ANSWER["headers"]]
    kept = [place for place, header in enumerate(headers) if header not in drop]
    held = [[row["values"][p] for p in kept] for row in ANSWER["rows"]] if rows is None else rows
    text = {"headers": [headers[p] for p in kept], "rows": [{"values": row} for row in held]}
    (folder / name).write_text(json.dumps(text), encoding="utf-8")


def test_the_answer_in_json_is_read_to_the_cent_and_opens_the_lesson(tmp_path):
    answer(tmp_path)
    reading = read(tmp_path)
    table = reading.tables["experiments"]
    assert table["visitors"].sum() == 5400
    assert table["conversions"].sum() == 215
    assert round(table["revenue"].sum(), 2) == 8056.10
    assert table.groupby("experiment_id")["is_control"].sum().to_dict() == {
        "100001": 2,
        "100002": 1,
    }
    found = compare(table).set_index("experiment_id")
    assert found.loc["100001", "visitors_control"] == 2201
    assert "1 row left out, without a name" in told(reading)
    assert set(table["name"]) == {"Button", "None"}


def test_a_table_in_french_is_read_to_the_cent(tmp_path):
    shutil.copy(EXPORTS / "ab_tasty_fr.csv", tmp_path)
    reading = read(tmp_path)
    table = reading.tables["experiments"]
    assert round(table["revenue"].sum(), 2) == 7813.50
    assert table["visitors"].sum() == 4800
    assert set(table["variant"]) == {"original", "Variation 1"}
    assert "Taux de conversion, Chances de gagner: not read, as rates" in told(reading)
    assert "no p-values" in told(reading)


def test_days_that_are_missing_are_told(tmp_path):
    answer(tmp_path)
    assert "1 day between the first and the last one of a test has no row" in told(read(tmp_path))


def test_a_test_without_days_is_refused_and_says_what_to_choose(tmp_path):
    answer(tmp_path, drop=["day"])
    assert "no column of date" in refused(tmp_path)
    assert "Data Explorer, choose the dimensions day" in refused(tmp_path)


def test_seconds_are_days_of_the_place_that_is_named(tmp_path):
    moments = {"2024-01-08": "1704755400", "2024-01-10": "1704931200"}  # 8 Jan 23:10, 11 Jan 0:00
    rows = [[moments.get(cell, cell) for cell in row["values"]] for row in ANSWER["rows"]]
    answer(tmp_path, rows=rows)
    assert read(tmp_path).tables["experiments"]["date"].dt.day.tolist() == [8, 8, 11, 11, 11, 11]
    toml = tmp_path / "columns.toml"
    toml.write_text(f'timezone = "Europe/Paris"\n{toml.read_text()}')
    table = read_folder(tmp_path).tables["experiments"]
    assert table["date"].dt.day.tolist() == [9, 9, 11, 11, 11, 11]


def test_visits_and_orders_are_told_where_people_are_asked_for(tmp_path):
    answer(tmp_path, rename={"users": "sessions", "transactionUsers": "transactions"})
    said = told(read(tmp_path))
    assert "visitors are visits here" in said
    assert "conversions are orders here" in said
    (tmp_path / "columns.toml").unlink()
    answer(tmp_path)
    assert "are visits here" not in told(read(tmp_path))


@pytest.mark.parametrize("header", ["goal", "device"])
def test_rows_that_share_people_are_refused(tmp_path, header):
    answer(tmp_path, rename={"campaignName": header})
    assert f"several values of {header}, whose rows share visits" in refused(tmp_path)


def test_a_test_whose_original_has_no_name_is_refused_until_someone_says_which(tmp_path):
    answer(tmp_path, drop=["variationName"])
    said = refused(tmp_path)
    assert "100001, of whose versions none is the original: 900001, 900002" in said
    assert '[experiments.values.variant] "900001" = "original"' in said
    (tmp_path / "columns.toml").write_text(
        '[experiments]\nfile = "answer.json"\n[experiments.values.variant]\n'
        '"900001" = "original"\n"900010" = "original"\n'
    )
    table = read_folder(tmp_path).tables["experiments"]
    assert table.groupby("experiment_id")["is_control"].sum().to_dict() == {
        "100001": 2,
        "100002": 1,
    }
    assert set(table["variant"]) == {"original", "900002", "900011"}


def test_a_row_without_a_value_for_each_header_is_refused_with_its_number(tmp_path):
    rows = [row["values"] for row in ANSWER["rows"]]
    answer(tmp_path, rows=[*rows[:2], rows[2][:-1], *rows[3:]])
    assert "a row without a value for each header" in refused(tmp_path)
    assert "line 3" in refused(tmp_path)
    answer(tmp_path, rows=[])
    assert "no row" in refused(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"headers": 3, "rows": 4}',
        '{"headers": ["a"], "rows": "x"}',
        '{"rows": ',
        "{}",
        '{"headers": [], "rows": [[]]}',
    ],
)
def test_other_json_is_none_of_it(tmp_path, text):
    (tmp_path / "answer.json").write_text(text)
    assert "Traceback" not in refused(tmp_path)


def test_later_files_of_a_test_count(tmp_path):
    answer(tmp_path, name="a.json")
    rows = [row["values"] for row in ANSWER["rows"]][:2]
    later = [[*rows[0][:5], "1300", *rows[0][6:]], rows[1]]
    answer(tmp_path, rows=later, name="b.json")
    reading = read(tmp_path)
    assert len(reading.tables["experiments"]) == 6
    assert reading.tables["experiments"]["visitors"].max() == 1300
    assert "1 row left out, which a later file has too, with other cells" in told(reading)


DAYS = st.dictionaries(
    st.integers(0, 60),
    st.tuples(*[st.tuples(st.integers(0, 999), st.integers(0, 99), st.integers(0, 10**6))] * 2),
    min_size=1,
    max_size=6,
)


@settings(max_examples=MOST)
@given(st.dictionaries(st.integers(100_000, 999_999), DAYS, min_size=1, max_size=3))
def test_tests_written_as_the_answer_and_read_are_the_same(tmp_path_factory, tests):
    folder = tmp_path_factory.mktemp("tests")
    rows = [
        (str(test), version, pd.Timestamp("2024-01-01") + pd.Timedelta(days=day), *of)
        for test, days in tests.items()
        for day, both in days.items()
        for version, of in zip(("original", "B"), both, strict=True)
    ]
    headers = ["campaignId", "variationName", "date", "users", "conversions", "revenue"]
    text = {
        "headers": headers,
        "rows": [
            {"values": [t, v, f"{d:%Y-%m-%d}", str(n), str(k), f"{cents / 100:.2f}"]}
            for t, v, d, n, k, cents in rows
        ],
    }
    (folder / "a.json").write_text(json.dumps(text))
    (folder / "columns.toml").write_text('[experiments]\nfile = "a.json"\n')
    table = read_folder(folder).tables["experiments"]
    found = table[["experiment_id", "variant", "date", "visitors", "conversions"]]
    assert [tuple(row) for row in found.itertuples(index=False)] == [row[:5] for row in rows]
    assert (table["revenue"] * 100).round().tolist() == [row[5] for row in rows]
    assert (table["is_control"] == (table["variant"] == "original")).all()
