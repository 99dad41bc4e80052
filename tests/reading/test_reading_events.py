"""Events of Google Analytics 4 in BigQuery become visits, each transaction once."""

import gzip
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from declared import assert_declared
from exported import EXPORTS, read, refused, told
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab.reading import read_folder
from mktlab.reading.meanings import presets

FIXTURE = EXPORTS / "ga4_events.json"
EVENTS = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
MEASURES = ["pages", "viewed_product", "added_to_cart", "began_checkout", "purchased"]


def event(at, name, who, session, day="20240105", **more):
    """An event as BigQuery exports it to JSON: whole numbers stand as text."""
    parameters = [{"key": "ga_session_id", "value": {"int_value": str(session)}}]
    made = {"event_date": day, "event_timestamp": str(at), "event_name": name}
    return made | {"user_pseudo_id": who, "event_params": parameters} | more


def purchase(at, who, session, number, day="20240105"):
    return event(at, "purchase", who, session, day, ecommerce={"transaction_id": number})


def write(path, events):
    text = "\n".join(json.dumps(each) for each in events) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


def as_parquet(path, events):
    """The same events with the types that Parquet has."""
    number = pa.int64()
    value = pa.struct(
        {"string_value": pa.string(), "int_value": number, "double_value": pa.float64()}
    )
    parameter = pa.list_(pa.struct({"key": pa.string(), "value": value}))
    rows = json.loads(json.dumps(events))
    for row in rows:
        row["event_timestamp"] = int(row["event_timestamp"])
        for pair in row["event_params"]:
            pair["value"] = {
                key: int(cell) if key == "int_value" and cell else cell
                for key, cell in pair["value"].items()
            }
    schema = pa.schema(
        {
            **dict.fromkeys(("event_date", "event_name", "user_pseudo_id"), pa.string()),
            "event_timestamp": number,
            "event_params": parameter,
            "device": pa.struct({"category": pa.string()}),
            "ecommerce": pa.struct({"transaction_id": pa.string()}),
            "collected_traffic_source": pa.struct(
                {"manual_source": pa.string(), "manual_medium": pa.string(), "gclid": pa.string()}
            ),
        }
    )
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


@pytest.mark.parametrize("form", ["json", "json.gz", "parquet"])
def test_events_become_visits_and_each_is_in_the_account(tmp_path, form):
    path = tmp_path / f"events_20240105.{form}"
    as_parquet(path, EVENTS) if form == "parquet" else write(path, EVENTS)
    reading = read(tmp_path)
    table = reading.tables["sessions"].set_index("session_id")
    assert_declared("sessions", reading.tables["sessions"])
    [account] = reading.account.files
    assert account.rows == len(EVENTS) == 14
    assert table.index.tolist() == [
        *("1000000000.1704441600.1704441600", "1000000000.1704441601.1704445200"),
        *("1000000000.1704441600.1704448800", "77.5.1704450000"),
    ]
    assert table["pages"].tolist() == [2, 1, 1, 1]
    assert table["purchased"].tolist() == [True, False, False, False]  # the page loaded again
    assert table["viewed_product"].tolist() == [True, False, False, False]
    assert table["began_checkout"].tolist() == [True, False, False, False]
    assert table["channel"].tolist() == ["search", "email", "direct", "organic"]
    assert table["device"].tolist() == ["mobile", "desktop", "mobile", "tablet"]
    assert table["started_at"].iloc[0] == pd.Timestamp("2024-01-05 08:00:00.000001", tz="UTC")
    assert "1 purchase has the transaction of an earlier one, and counts once" in told(reading)
    assert "1 row left out, without user_pseudo_id" in told(reading)
    assert "1 row left out, without ga_session_id" in told(reading)
    assert "never add up to the same" in told(reading)


def test_the_preset_says_how_to_export_and_what_is_not_verified():
    preset = presets()["GA4 events in BigQuery"]
    assert "BigQuery" in preset.report["export"]
    assert preset.verified and preset.unverified


def test_numbers_of_json_may_stand_as_numbers(tmp_path):
    one = event(1_704_441_600_000_001, "page_view", "1.5", 7)
    one["event_timestamp"] = int(one["event_timestamp"])
    one["event_params"][0]["value"]["int_value"] = 7
    write(tmp_path / "sessions.json", [one, one])
    assert read(tmp_path).tables["sessions"]["session_id"].tolist() == ["1.5.7"]


def test_browsers_whose_numbers_differ_in_the_last_digits_are_two(tmp_path):
    who = ["1234567890.1711839600", "1234567890.1711839601"]
    events = [event(1_704_441_600_000_000 + n, "page_view", w, 1) for n, w in enumerate(who)]
    as_parquet(tmp_path / "events_20240105.parquet", events)
    assert read(tmp_path).tables["sessions"]["visitor_id"].tolist() == who


def test_users_that_go_by_their_addresses_become_pseudonyms(tmp_path):
    made = [event(n, "page_view", f"{n}.1", 1, user_id=f"ada{n}@example.com") for n in range(1, 6)]
    write(tmp_path / "events_20240105.json", made)
    read(tmp_path)
    visits = mktlab.load(tmp_path).sessions
    assert visits["customer_id"].str.fullmatch("[0-9a-f]{16}").all()


def test_a_visit_over_midnight_in_two_files_is_one_and_its_transactions_count_once(tmp_path):
    at = 1_704_495_500_000_000
    first = [event(at, "page_view", "1.5", 7), purchase(at + 1, "1.5", 7, "T1")]
    second = [
        event(at + 10**9, "page_view", "1.5", 7, "20240106"),
        purchase(at + 2 * 10**9, "1.5", 8, "T1", "20240106"),
        purchase(at + 3 * 10**9, "1.5", 9, "T2", "20240106"),
    ]
    write(tmp_path / "events_20240105.json", first)
    as_parquet(tmp_path / "events_20240106.parquet", second)
    reading = read(tmp_path)
    table = reading.tables["sessions"]
    assert table["session_id"].tolist() == ["1.5.7", "1.5.8", "1.5.9"]
    assert table["pages"].tolist() == [2, 0, 0]
    assert table["purchased"].tolist() == [True, False, True]
    assert reading.account.files[0].rows == 5


def test_a_day_in_two_files_counts_once_and_shards_of_one_export_are_one(tmp_path):
    at = 1_704_495_500_000_000
    events = [event(at + n, "page_view", "1.5", 7) for n in range(4)]
    write(tmp_path / "events_20240105-000000000000.json", events[:2])
    write(tmp_path / "events_20240105-000000000001.json", events[2:])
    assert read(tmp_path).tables["sessions"]["pages"].tolist() == [4]
    (tmp_path / "columns.toml").unlink()
    write(tmp_path / "events_again.json", events[:3])
    reading = read(tmp_path)
    assert reading.tables["sessions"]["pages"].tolist() == [3]
    assert "4 rows left out, of days that a later file has too" in told(reading)
    assert reading.account.files[0].rows == 7


def test_a_day_before_it_was_closed_is_not_read_beside_its_file(tmp_path):
    at = 1_704_495_500_000_000
    write(tmp_path / "events_20240105.json", [event(at, "page_view", "1.5", 7)])
    write(tmp_path / "events_intraday_20240105.json", [event(at, "page_view", "1.5", 7)] * 3)
    reading = read(tmp_path)
    assert reading.tables["sessions"]["pages"].tolist() == [1]
    (tmp_path / "columns.toml").unlink()
    assert "before it was closed, beside events_20240105.json" in refused_lines(tmp_path)


def refused_lines(folder):
    from mktlab.folder_check import check

    return " ".join(" ".join(check(folder, save=False)[0]).split())


def test_a_purchase_without_a_transaction_counts_and_is_told(tmp_path):
    at = 1_704_495_500_000_000
    write(tmp_path / "events_20240105.json", [purchase(at, "1.5", 7, "(not set)")])
    reading = read(tmp_path)
    assert reading.tables["sessions"]["purchased"].tolist() == [True]
    assert "1 purchase has no transaction_id" in told(reading)


def test_events_of_nobody_are_refused_and_say_what_to_export(tmp_path):
    write(tmp_path / "events_20240105.json", [event(1, "page_view", None, 7)])
    assert "no event of a visit" in refused(tmp_path)
    assert "newline-delimited JSON" in refused(tmp_path)


def test_damaged_json_is_refused(tmp_path):
    (tmp_path / "events_20240105.json").write_text(FIXTURE.read_text() + '{"event_name": \n')
    assert "events that cannot be read" in refused(tmp_path)


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("google", "cpc", "search"),
        ("facebook", "paid_social", "social"),
        ("m.facebook.com", "referral", "organic_social"),
        ("newsletter", "E-Mail", "email"),
        ("(direct)", "(none)", "direct"),
        ("bing", "organic", "organic"),
        ("blog.example", "referral", "referral"),
        ("criteo", "retargeting", "retargeting"),
        ("x", "(data not available)", "unknown"),
    ],
)
def test_source_and_medium_are_a_channel(tmp_path, source, medium, channel):
    clicked = {"manual_source": source, "manual_medium": medium}
    one = event(1_704_441_600_000_001, "page_view", "1.5", 7, collected_traffic_source=clicked)
    write(tmp_path / "events_20240105.json", [one])
    assert read(tmp_path).tables["sessions"]["channel"].tolist() == [channel]


VISITS = st.lists(
    st.tuples(
        st.sampled_from(["1.17", "1.18", "22.17"]),
        st.integers(1, 3),
        st.integers(0, 10**12),
        st.sampled_from(["page_view", "view_item", "add_to_cart", "purchase", "scroll"]),
        st.sampled_from(["T1", "T2", "T3"]),
    ),
    min_size=1,
    max_size=15,
    unique_by=lambda row: row[2],
)


@pytest.mark.parametrize("form", ["json", "parquet"])
@given(VISITS)
def test_visits_written_as_events_and_read_are_the_same(tmp_path_factory, form, rows):
    folder = tmp_path_factory.mktemp("events")
    start = 1_704_067_200_000_000
    events = [
        event(
            start + at,
            name,
            who,
            session,
            f"{pd.Timestamp(start + at, unit='us'):%Y%m%d}",
            ecommerce={"transaction_id": number if name == "purchase" else None},
        )
        for who, session, at, name, number in rows
    ]
    path = folder / f"sessions.{form}"
    as_parquet(path, events) if form == "parquet" else write(path, events)
    if form == "json":
        (folder / "columns.toml").write_text('[sessions]\nfile = "sessions.json"\n')
    table = read_folder(folder).tables["sessions"].set_index("session_id")
    wanted, bought = {}, {}
    for who, session, at, name, number in sorted(rows, key=lambda row: row[2]):
        held = wanted.setdefault(f"{who}.{session}", [at, 0, False])
        held[1] += name == "page_view"
        held[2] |= name == "view_item"
        if name == "purchase":
            bought.setdefault(number, set()).add(f"{who}.{session}")
    assert set(table.index) == set(wanted)
    for key, (at, pages, viewed) in wanted.items():
        assert table.loc[key, "pages"] == pages
        assert table.loc[key, "viewed_product"] == viewed
        assert table.loc[key, "started_at"] == pd.Timestamp(start + at, unit="us", tz="UTC")
    assert table["purchased"].sum() <= len(bought)
    for sessions in bought.values():
        assert table.loc[sorted(sessions), "purchased"].any()
