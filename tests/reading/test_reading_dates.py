"""Days as people write them are read, or refused as a column; day and month are never swapped."""

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.reading.dates import ORDERS, parse_days, serial_days

FORMS = {
    "%Y-%m-%d": "",
    "%Y/%m/%d": "",
    "%d/%m/%Y": "day first",
    "%d.%m.%Y": "day first",
    "%d-%m-%Y": "day first",
    "%m/%d/%Y": "month first",
}
days = st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=20)


def read(*texts, kind="date", order=""):
    return parse_days(pa.chunked_array([pa.array(texts, pa.large_string())]), kind, order=order)


@given(days, st.sampled_from(sorted(FORMS)), st.sampled_from(["", " 10:30", "T23:59:59"]))
def test_days_are_right_or_the_whole_column_is_refused(dates, form, time):
    parsed, faults = read(*(date.strftime(form) + time for date in dates))
    settled = not FORMS[form] or any(date.day > 12 for date in dates)
    harmless = all(date.day == date.month for date in dates)
    assert bool(faults) == (not settled and not harmless)
    if faults:
        assert parsed.isna().all()
        assert faults[0].rows.all()
    else:
        assert [day.date() for day in parsed] == dates


@given(days, st.sampled_from(sorted(FORMS)))
def test_the_reader_can_settle_the_order(dates, form):
    parsed, faults = read(*(date.strftime(form) for date in dates), order=FORMS[form] or ORDERS[0])
    assert not faults
    assert [day.date() for day in parsed] == dates


@given(
    st.lists(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2099, 12, 31)), min_size=1),
    st.sampled_from(["+02:00", "-0530", "Z", ""]),
)
def test_moments_are_read_in_utc(moments, zone):
    expected = [pd.Timestamp(moment.isoformat() + (zone or "Z")) for moment in moments]
    parsed, faults = read(*(moment.isoformat() + zone for moment in moments), kind="instant")
    assert not faults
    assert str(parsed.dtype) == "datetime64[us, UTC]"
    assert parsed.tolist() == expected


def test_a_day_keeps_its_local_date():
    parsed, _ = read("2024-01-05T23:30:00-05:00")
    assert parsed[0] == pd.Timestamp("2024-01-05")


def test_moments_with_and_without_a_zone_are_not_mixed():
    _, [fault] = read("2024-01-05 10:00", "2024-01-05 10:00+01:00", kind="instant")
    assert "written in more than one way" in fault.found


@pytest.mark.parametrize(
    "text", ["31/12/24", "2024-13-01", "30.02.2024", "45291", "May 5", "2024-1", "32/01/2024"]
)
def test_what_is_no_day_is_a_fault(text):
    parsed, faults = read(text, "2024-01-31" if text.startswith("2024") else "31/01/2024")
    assert faults
    assert pd.isna(parsed[0])


def test_missing_cells_are_not_faults():
    parsed, faults = read(None, "31/01/2024", None)
    assert not faults
    assert parsed.isna().tolist() == [True, False, True]


def test_single_digits_are_read():
    parsed, _ = read("1/2/2024", "31/2/2024", "9/12/2024")
    assert parsed[0] == pd.Timestamp("2024-02-01")
    assert pd.isna(parsed[1])
    assert parsed[2] == pd.Timestamp("2024-12-09")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[("11-Feb-13", "2013-02-11"), ("February 11, 2013", "2013-02-11")],
        *[("3 janv. 2024", "2024-01-03"), ("1er août 2024", "2024-08-01")],
        *[("Sat, 13 Jan 2024 15:45:00 +0100", "2024-01-13"), ("11FEB2013", "2013-02-11")],
        *[("lundi 3 juin 2024 à 15h30", "2024-06-03"), ("Jan 5th, 2024", "2024-01-05")],
        *[("2024-Jan-05", "2024-01-05"), ("5 Jan '24", "2024-01-05"), ("20240131", "2024-01-31")],
        *[("20240131T153000Z", "2024-01-31"), ("1/13/2024 12:05 AM", "2024-01-13")],
        *[("31/12/2024, 15:45:00", "2024-12-31"), ("31/12/24", "2024-12-31")],
        *[("12/31/24", "2024-12-31"), ("24-12-31", "2024-12-31"), ("31.12.99", "1999-12-31")],
    ],
)
def test_a_day_that_has_one_meaning_is_read(text, day):
    parsed, faults = read(text)
    assert not faults
    assert parsed[0] == pd.Timestamp(day)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1/13/2024 3:45 PM", "15:45"),
        ("1/13/2024 12:05 am", "00:05"),
        ("13 janvier 2024 à 15h45", "15:45"),
        ("Jan 13 2024 3:45:10pm", "15:45:10"),
    ],
)
def test_moments_of_twelve_hours_are_read(text, moment):
    assert read(text, kind="instant")[0][0] == pd.Timestamp(f"2024-01-13 {moment}", tz="UTC")


@pytest.mark.parametrize(
    "texts",
    [
        ("13/02/24",),  # 2013 in February?
        ("24-01-15", "24-02-16"),
        ("24-01-15", "24-02-31", "24-03-30"),  # a wrong day proves nothing
        ("01/01/24", "01/02/24", "01/12/25"),
        ("15/01/24", "31/12/2024"),
        ("11-Feb-13", "2013-02-12"),
        ("1/13/2024 15:45 PM",),
        ("13 jui 2024",),  # June or July
        ("31012024",),
        ("13. März 2024",),
    ],
)
def test_a_day_that_may_be_another_is_a_fault(texts):
    parsed, faults = read(*texts)
    assert faults
    assert parsed.isna().all() or len(texts) > 1


def test_many_days_prove_that_the_year_comes_last():
    parsed, faults = read("13/02/24", "14/02/24", "20/03/24", "21/04/24")
    assert not faults
    assert parsed[0] == pd.Timestamp("2024-02-13")


def test_days_of_a_spreadsheet_are_numbers_of_five_digits():
    days = serial_days(pa.chunked_array([["45321", None, "45322.75"]]))
    assert days[[0, 2]].tolist() == [pd.Timestamp("2024-01-30"), pd.Timestamp("2024-01-31")]
    assert serial_days(pa.chunked_array([["45321", "99999"]])) is None
