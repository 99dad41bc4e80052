"""Files as programs leave them: packed, below a title, above totals; damage is refused by line."""

import datetime as dt
import gzip
import io
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

import mktlab
from mktlab.reading.account import LeftOut
from mktlab.reading.dialect import read_file
from mktlab.reading.problems import TablesNotReadable, Unreadable
from mktlab.reading.settings import Settings

HEAD = "order_id,customer_id,order_date,revenue\n"
ROWS = "o1,c1,2024-01-05,10.50\no2,c2,2024-02-05,12.50\no3,c1,2024-03-05,7.00\n"
ORDERS = HEAD + ROWS
CELLS = [
    HEAD.strip().split(","),
    ["o1", "c1", dt.datetime(2024, 1, 5), 10.5],
    ["o2", "c2", dt.datetime(2024, 2, 5), 12.5],
    ["o3", "c1", dt.datetime(2024, 3, 5), 7],
]


def zipped(**files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return memory.getvalue()


def workbook(**sheets):
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def put(folder, content, name="orders.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


SAME = {  # each holds the same three orders
    "a separator line": ("sep=;\n" + ORDERS.replace(",", ";"), "orders.csv"),
    "a separator line in quotes": ('"sep=;"\n' + ORDERS.replace(",", ";"), "orders.csv"),
    "a separator of tabs": ("SEP=\t\n" + ORDERS.replace(",", "\t"), "orders.csv"),
    "a separator that is not there": ("sep=,\n" + ORDERS.replace(",", ";"), "orders.csv"),
    "a blank line": ("\n" + ORDERS, "orders.csv"),
    "a title": ("Sales report\n\n" + ORDERS, "orders.csv"),
    "a period": ("Report,Orders\nFrom,2024-01-01,2024-12-31\n" + ORDERS, "orders.csv"),
    "a padded title": ("My shop;;;\n;;;\n" + ORDERS.replace(",", ";"), "orders.csv"),
    "comments": ("# all orders\n# of 2024, paid\n" + ORDERS, "orders.csv"),
    "a marked header": ("#" + ORDERS, "orders.csv"),
    "groups of headers": ("Order,,,Money\n" + ORDERS, "orders.csv"),
    "more title than table": ("Shop\nMug & Co\nBy, Ann\nOn, Monday\n\n" + ORDERS, "orders.csv"),
    "comments between": (HEAD + "# from here on paid\n" + ROWS, "orders.csv"),
    "empty rows": (ORDERS.replace(",", ";") + ";;;\n;;;\n", "orders.csv"),
    "headers again": (HEAD + ROWS[:46] + HEAD + ROWS[46:], "orders.csv"),
    "a total": (ORDERS + "Total,,,30.00\n", "orders.csv"),
    "a total above": (HEAD + "Total,,,30.00\n" + ROWS, "orders.csv"),
    "a total behind a blank line": (ORDERS + "\nGrand total,,,30.00\n", "orders.csv"),
    "a short total": (ORDERS + "Total,30.00\n", "orders.csv"),
    "a total général": (ORDERS + "Total général,,,30.00\n", "orders.csv"),
    "a total with tax": (ORDERS + "Sous-total,,,30.00\nTVA,,,6.00\nTotal,,,36.00\n", "orders.csv"),
    "sums without a word": (ORDERS + ",,,30.00\n", "orders.csv"),
    "sums of so many orders": (ORDERS + "3 orders,,,30.00\n", "orders.csv"),
    "a remark": (ORDERS + "\nGenerated on Monday by Ann\n", "orders.csv"),
    "all in quotes": ('"' + ORDERS.replace(",", '","').replace("\n", '"\n"')[:-1], "orders.csv"),
    "a zip": (zipped(orders_csv=ORDERS), "orders.zip"),
    "a zip called csv": (zipped(orders_csv=ORDERS), "orders.csv"),
    "a zip with others": (zipped(a_csv=ORDERS, readme_md="x", __MACOSX_csv="x"), "orders.zip"),
    "a zip of a workbook": (zipped(a_xlsx=workbook(A=CELLS)), "orders.zip"),
    "a gzip": (gzip.compress(ORDERS.encode()), "orders.csv.gz"),
    "a gzip called csv": (gzip.compress(ORDERS.encode()), "orders.csv"),
    "a workbook": (workbook(A=CELLS), "orders.xlsx"),
    "a workbook called csv": (workbook(A=CELLS), "orders.csv"),
    "a text called xlsx": (ORDERS, "orders.xlsx"),
    "a second sheet": (workbook(Notes=[["Hello"], ["you"]], A=CELLS), "orders.xlsx"),
    "a sheet with a title": (
        workbook(
            A=[["Report"], ["From", dt.datetime(2024, 1, 1)], [], *CELLS, ["Total", "", "", 30]]
        ),
        "orders.xlsx",
    ),
    "a sheet with empty rows": (workbook(A=[*CELLS[:2], [], *CELLS[2:], []]), "orders.xlsx"),
    "a table by tabs": (ORDERS.replace(",", "\t"), "orders.tsv"),
}


@pytest.mark.parametrize("name", SAME)
def test_orders_are_the_same_however_they_are_packed(name, tmp_path):
    put(tmp_path, *SAME[name])
    orders = mktlab.load(tmp_path).orders
    assert orders["order_id"].tolist() == ["o1", "o2", "o3"]
    assert orders["customer_id"].tolist() == ["c1", "c2", "c1"]
    assert orders["order_date"].dt.strftime("%d.%m").tolist() == ["05.01", "05.02", "05.03"]
    assert orders["revenue"].tolist() == [10.5, 12.5, 7.0]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Total,,,30.00\n", "total"),
        ("Generated on Monday by Ann\n", "remark"),
        ("# x\n", "comment"),
    ],
)
def test_what_is_no_row_is_left_out_with_its_line(row, why, tmp_path):
    sheet = read_file(put(tmp_path, ORDERS + row))
    assert [(left.rows, left.line) for left in sheet.left_out] == [(1, 5)]
    assert why in sheet.left_out[0].why


@pytest.mark.parametrize(
    "row", ["o4,Total Energies,2024-04-05,30.00\n", ",c9,2024-05-05,30.00\n", "o4,,,31.00\n"]
)
def test_rows_that_are_no_totals_stay(row, tmp_path):
    sheet = read_file(put(tmp_path, ORDERS + row))
    assert sheet.rows == 4
    assert sheet.left_out == list[LeftOut]()


def test_a_row_keeps_its_line_below_a_title_and_a_total(tmp_path):
    text = "Report\n\n" + HEAD + "Total,,,30.00\n" + ROWS + HEAD + "o4,c4,2024-04-05,-1\n"
    sheet = read_file(put(tmp_path, text))
    assert [sheet.line(row) for row in range(sheet.rows)] == [5, 6, 7, 9]


LONG = ORDERS.replace("\n", ",note\n", 1).replace(".50\n", ".50,\n").replace(".00\n", ".00,\n")
SWALLOWED = LONG.replace("o1,c1,2024-01-05,10.50,", 'o1,c1,2024-01-05,10.50,"x')
DAMAGED = {
    "unclosed": (ORDERS.replace("o2", '"o2'), 3, "never closes"),
    "unclosed in the last line": (ORDERS + 'o4,"c4,2024-04-05,3.00\n', 5, "never closes"),
    "unclosed below a title": ("Report\n\n" + ORDERS.replace("o2", '"o2'), 5, "never closes"),
    "text behind": (ORDERS.replace("c2", '"c"2'), 3, "behind its closing quote"),
    "text behind that fits": (
        LONG.replace("12.50,", '12.50,"Mug,"blue').replace("c2,", ""),
        3,
        "behind its closing quote",
    ),
    "rows within a cell": (SWALLOWED.replace("7.00,", '7.00,y"'), 2, "whole rows"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_quote_that_damages_is_refused_by_its_line(name, tmp_path):
    text, line, words = DAMAGED[name]
    put(tmp_path, text)
    with pytest.raises(TablesNotReadable) as caught:
        mktlab.load(tmp_path)
    assert caught.value.problems[0].line == line
    assert words in caught.value.problems[0].found


@pytest.mark.parametrize(
    "cell", ['24" screen', 'a "b" c', '"a ""b"" c"', '"two\nlines, one cell"', '""']
)
def test_a_quote_that_is_a_letter_does_no_harm(cell, tmp_path):
    sheet = read_file(put(tmp_path, LONG.replace("10.50,", f"10.50,{cell}")))
    assert sheet.rows == 3


REFUSED = {
    "several tables": (zipped(a_csv=ORDERS, b_csv=ORDERS), "several tables: a.csv, b.csv"),
    "no table": (zipped(readme_md="x"), "without a table"),
    "a cut zip": (zipped(a_csv=ORDERS)[:60], "a damaged zip archive"),
    "a cut gzip": (gzip.compress(ORDERS.encode())[:40], "a damaged gzip archive"),
    "a cut workbook": (workbook(A=CELLS)[:2000], "a damaged"),
    "an empty workbook": (workbook(A=[]), "without a filled cell"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel workbook"),
    "OpenDocument": (
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        "OpenDocument",
    ),
    "PDF": (b"%PDF-1.4", "a PDF document"),
    "a web page": (b"<!DOCTYPE html><table>", "a web page"),
    "JSON": (b'[{"order_id": 1}]', "JSON"),
    "a megabyte": (b"x" * 1_000_000, "a first line of more than 100,000 letters"),
    "blanks": (b"1 19970101 5 11.77\n1 19970118 1 12.00\n2 19970112 5 77.00\n", "by blanks"),
    "no headers": (ROWS.encode(), "where headers belong"),
    "no headers but numbers": (b"1001,5,20\n1002,6,30\n", "values such as 1001"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_table_is_told_in_one_sentence(name, tmp_path):
    content, words = REFUSED[name]
    with pytest.raises(Unreadable) as caught:
        read_file(put(tmp_path, content))
    (problem,) = caught.value.problems
    assert words in problem.found
    assert problem.fix


def test_days_and_ids_of_a_workbook_are_text_and_numbers_as_they_come(tmp_path):
    rows = [CELLS[0], [1001, 17850.0, 45296, "10,50 €"], [1002, 17851, 45297, "12,50 €"]]
    put(tmp_path, workbook(A=rows), "orders.xlsx")
    company = mktlab.load(tmp_path)
    assert company.orders["customer_id"].tolist() == ["17850", "17851"]
    assert company.orders["order_date"][0] == pd.Timestamp("2024-01-05")
    assert company.orders["revenue"].tolist() == [10.5, 12.5]
    assert any("days of a spreadsheet" in note for note in company.notes)


def test_a_duration_is_no_amount(tmp_path):
    table = pa.table({"order_id": ["1"], "customer_id": ["c"], "order_date": ["2024-01-05"]})
    table = table.append_column("revenue", pa.array([5], pa.duration("s")))
    pq.write_table(table, tmp_path / "orders.parquet")
    with pytest.raises(TablesNotReadable, match=r"column revenue(.|\n)*duration\[s\]"):
        mktlab.load(tmp_path)


@pytest.mark.parametrize("encoding", ["cp1250", "mac_roman", "cp850", "utf-32"])
def test_the_encoding_that_is_said_counts(encoding, tmp_path):
    place = put(tmp_path, ORDERS.replace("c2", "Zoë").encode(encoding))
    sheet = read_file(place, settings=Settings(encoding=encoding))
    assert sheet.columns["customer_id"].to_pylist() == ["c1", "Zoë", "c1"]
    assert not sheet.notes


@pytest.mark.parametrize("encoding", ["klingon", "utf-8"])
def test_an_encoding_that_is_none_of_the_file_is_told(encoding, tmp_path):
    with pytest.raises(Unreadable, match="not written in"):
        read_file(put(tmp_path, b"a,b\n\xff,1\n"), settings=Settings(encoding=encoding))


@pytest.mark.parametrize(
    ("others", "kept"), [(("EU", "US"), True), (("FR", "DE"), True), (("Europe", "Asia"), False)]
)
def test_na_is_a_code_among_codes_of_two_letters(others, kept, tmp_path):
    text = "order_id,outlet\n1,NA\n" + "".join(f"{n},{code}\n" for n, code in enumerate(others, 2))
    sheet = read_file(put(tmp_path, text))
    assert sheet.columns["outlet"][0].as_py() == ("NA" if kept else None)
    assert any("NA in 1 row of outlet" in note for note in sheet.notes) is not kept
