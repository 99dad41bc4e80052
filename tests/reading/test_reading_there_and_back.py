"""Any table, written as each tool writes it and read, is the same: of every preset of a report."""

import csv
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mktlab.reading import read_folder
from mktlab.reading.meanings import presets
from mktlab.tables import TABLES

MOST = 200 if os.environ.get("MKTLAB_SLOW") == "1" else 10
REPORTS = [name for name, p in presets().items() if p.report and "events" not in p.report]
NAMES = st.text("abcé |,;\"'=", min_size=1, max_size=8).map(lambda name: f"c{name}c")
DAYS = st.integers(0, 700).map(lambda day: pd.Timestamp("2023-01-02") + pd.Timedelta(days=day))
MOMENTS = st.integers(0, 10**6).map(
    lambda minute: pd.Timestamp("2023-01-01", tz="UTC") + pd.Timedelta(minutes=minute)
)
IDS = st.integers(10**9, 10**12).map(str)


def cells_of(preset, column):
    """Values of a column, as the table has them."""
    words = preset.report.get("words", {}).get(column.name)
    if column.name in preset.report.get("kept", ()):
        return NAMES
    if words and column.kind == "text":
        return st.sampled_from(sorted(words))
    if column.name == "week":
        return DAYS.map(lambda day: day - pd.Timedelta(days=day.day_of_week))
    low, high = column.low or 0, column.high or 9_999
    return {
        "id": IDS,
        "text": NAMES,
        "date": DAYS,
        "instant": MOMENTS,
        "count": st.integers(int(low), int(high)),
        "number": st.integers(int(10 * low), int(10 * high)).map(lambda tenths: tenths / 10),
        "money": st.integers(0, 10**8).map(lambda cents: cents / 100),
    }[column.kind]


@st.composite
def tables(draw, preset):
    """A table of up to eight rows, the headers of an export, and how numbers are written."""
    table = TABLES[preset.table]
    columns = [column for column in table.columns if column.name in preset.columns]
    row = st.fixed_dictionaries({c.name: cells_of(preset, c) for c in columns})
    key = [name for name in table.key if name in preset.columns]
    apart = st.lists(row, min_size=1, max_size=8, unique_by=lambda row: tuple(map(row.get, key)))
    rows = draw(apart)
    headers = {}
    for column in columns:
        names = [n for n in preset.columns[column.name] if n not in headers.values()]
        headers[column.name] = draw(st.sampled_from(names)).replace("*", " x ").strip()
    assume(preset.found([*headers.values()]) == headers)  # a better header is not there
    frame = pd.DataFrame(rows)
    for name, (of, word) in preset.report.get("control", {}).items():
        first = frame.drop_duplicates(table.key[0]).index
        frame.loc[first, of] = word
        frame[name] = frame[of] == word
    for name in preset.report.get("named", ()):
        frame[name] = preset.table
    for name, (of, *words) in preset.report.get("settled", {}).items():
        frame[name] = frame[name].where(frame[of].isin(words))
    return frame, headers, draw(st.booleans())


def shown(value, kind, *, french):
    """A value as a tool writes it."""
    if pd.isna(value):
        return ""
    if kind == "money":
        text = f"{value:,.2f}"
        return text.replace(",", "\u202f").replace(".", ",") if french else text
    if kind == "number":
        return f"{value:.1f}".replace(".", "," if french else ".")
    if kind == "date":
        return f"{value:%Y-%m-%d}"
    if kind == "instant":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)


def written(path, preset, frame, headers, *, french):
    """The table as a file of the tool, with whatever column makes it known."""
    kinds = {column.name: column.kind for column in TABLES[preset.table].columns}
    words = preset.report.get("words", {})
    columns = {}
    for name, header in headers.items():
        texts = [shown(value, kinds[name], french=french) for value in frame[name]]
        if name in words:
            texts = [words[name].get(text, [text])[0] for text in texts]
        columns[header] = texts
    for names in preset.needs:
        if not {plain.casefold() for plain in names} & {h.casefold() for h in columns}:
            known = {header for held in preset.columns.values() for header in held}
            columns[next(n for n in names if n not in known)] = ["EUR"] * len(frame)
    for name, parts in preset.report.get("joined", {}).items():  # an id is several cells
        together = zip(*(columns[part] for part in parts), strict=True)
        frame[name] = [" ".join(cells) for cells in together]
    currency = preset.report.get("currency", [""])[0]
    if currency and currency not in columns:
        columns[currency] = ["EUR"] * len(frame)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";" if french else ",")
        writer.writerows([list(columns), *zip(*columns.values(), strict=True)])


@pytest.mark.parametrize("name", REPORTS)
@settings(max_examples=MOST)
@given(data=st.data())
def test_a_table_written_as_its_tool_writes_it_and_read_is_the_same(tmp_path_factory, name, data):
    preset = presets()[name]
    frame, headers, french = data.draw(tables(preset))
    folder = tmp_path_factory.mktemp("tool")
    written(folder / f"{preset.table}.csv", preset, frame, headers, french=french)
    found = read_folder(folder).tables[preset.table]
    key = [k for k in TABLES[preset.table].key if k in frame]
    assert len(found) == len(frame)
    found, wanted = (t.sort_values(key).reset_index(drop=True) for t in (found, frame))
    for column in wanted:
        if wanted[column].notna().any():
            same = found[column].astype(wanted[column].dtype, errors="ignore")
            if pd.api.types.is_float_dtype(same):
                assert np.allclose(same, wanted[column].astype(float), equal_nan=True, atol=1e-6)
            else:
                assert same.tolist() == wanted[column].tolist() or same.equals(wanted[column])
