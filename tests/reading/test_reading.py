"""Own files: what people have is read, what is in the way is told, nothing is guessed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from declared import assert_declared
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab import kpi
from mktlab.reading import read_folder
from mktlab.reading.problems import TablesNotReadable
from mktlab.tables import TABLES

ORDERS = """order_id,customer_id,order_date,status,revenue
0001,007,2024-01-31,paid,12.50
0002,008,2024-02-01,cancelled,7.25
0003,007,2024-02-13,paid,30.00
"""
FRENCH = """N° commande;Client;Date commande;Statut;Montant HT;Remboursé;Ville
0001;007;31/12/2024;Paid;1 234,50 €;0,00;Orléans
0002;008;01/01/2025;paid;7,25 €;;Besançon
0003;007;02/01/2025;CANCELLED;0,00 €;;Orléans
"""
FRENCH_MAP = """currency = "EUR"

[orders]
order_id = "N° commande"
customer_id = "Client"
order_date = "Date commande"
revenue = "Montant HT"
refunded = "Remboursé"
status = "Statut"
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder: Path, text: str = ORDERS, name: str = "orders.csv", encoding: str = "utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return folder


def problems(folder: Path):
    with pytest.raises(TablesNotReadable) as caught:
        mktlab.load(folder)
    return caught.value.problems


def orders_with(**columns):
    """Orders of as many rows as the given columns have, everything else in order."""
    rows = len(next(iter(columns.values())))
    filled = {
        "order_id": [f"O{i}" for i in range(rows)],
        "customer_id": ["C1"] * rows,
        "order_date": ["2024-01-31"] * rows,
        "revenue": ["12.50"] * rows,
    } | columns
    return pd.DataFrame(filled).to_csv(index=False)


def test_plain_orders_are_read_with_declared_types(folder):
    orders = mktlab.load(write(folder)).orders
    assert orders["order_id"].tolist() == ["0001", "0002", "0003"]
    assert orders["customer_id"].tolist() == ["007", "008", "007"]
    assert orders["order_date"].tolist() == list(
        pd.to_datetime(["2024-01-31", "2024-02-01", "2024-02-13"])
    )
    assert orders["revenue"].tolist() == [12.5, 7.25, 30.0]


def test_loaded_tables_satisfy_their_schema(folder):
    orders = mktlab.load(write(folder)).orders
    assert_declared("orders", orders)


def test_columns_with_a_default_are_filled_in_and_noted(folder):
    company = mktlab.load(write(folder))
    assert company.orders["refunded"].tolist() == [0.0, 0.0, 0.0]
    assert any("refunded (taken as 0.0)" in note for note in company.notes)
    assert "outlet" not in company.orders


def test_empty_cells_of_a_column_with_a_default_take_it_and_are_counted(folder):
    company = mktlab.load(write(folder, orders_with(refunded=["", "2.5", "-"])))
    assert company.orders["refunded"].tolist() == [0.0, 2.5, 0.0]
    assert "orders.csv: empty cells of refunded taken as 0.0: 2 rows." in company.notes


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_french_export_is_read_in_any_encoding(folder, encoding):
    write(folder, FRENCH, encoding=encoding)
    write(folder, FRENCH_MAP, "columns.toml")
    orders = mktlab.load(folder).orders
    assert orders["order_id"].tolist() == ["0001", "0002", "0003"]
    assert orders["order_date"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-12-31",
        "2025-01-01",
        "2025-01-02",
    ]
    assert orders["revenue"].tolist() == [1234.5, 7.25, 0.0]
    assert orders["status"].tolist() == ["paid", "paid", "cancelled"]
    assert orders["Ville"].tolist() == ["Orléans", "Besançon", "Orléans"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognized(folder, separator):
    orders = mktlab.load(write(folder, ORDERS.replace(",", separator))).orders
    assert orders["revenue"].tolist() == [12.5, 7.25, 30.0]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(folder, newline):
    assert len(mktlab.load(write(folder, ORDERS.replace("\n", newline))).orders) == 3


def test_blanks_around_headers_and_cells_are_dropped(folder):
    text = ORDERS.replace(",", " , ").replace("paid", "\u00a0paid ")
    orders = mktlab.load(write(folder, text)).orders
    assert orders["status"].tolist() == ["paid", "cancelled", "paid"]
    assert "status" in orders.columns


def test_own_columns_are_kept_and_codes_keep_their_zeros(folder):
    text = orders_with(shelf=["01000", "75001"], items=["3", "4"], vip=["true", "false"])
    orders = mktlab.load(write(folder, text)).orders
    assert orders["shelf"].tolist() == ["01000", "75001"]
    assert orders["items"].tolist() == [3, 4]
    assert orders["vip"].tolist() == [True, False]


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "null", "NULL", "NaN", "-", "  "])
def test_missing_markers_mean_missing(folder, cell):
    orders = mktlab.load(write(folder, orders_with(outlet=[cell, "web"]))).orders
    assert orders["outlet"].isna().tolist() == [True, False]


def test_table_names_are_read_in_any_case_and_other_files_noted(folder):
    write(folder, name="Orders.CSV")
    write(folder, "x,y\n1,2\n", "visits_2024.csv")
    company = mktlab.load(folder)
    assert list(company.tables) == ["orders"]
    assert any("visits_2024.csv" in note for note in company.notes)


def test_a_file_of_any_name_is_mapped_to_its_table(folder):
    write(folder, name="export 2024.csv")
    write(folder, '[orders]\nfile = "export 2024.csv"\n', "columns.toml")
    assert len(mktlab.load(folder).orders) == 3


def test_broken_links_are_notes_with_their_count(folder):
    write(folder)
    write(folder, "customer_id,joined_date\n007,2024-01-01\n", "customers.csv")
    company = mktlab.load(folder)
    assert "orders: the customer_id of 1 row is not in customers." in company.notes


def cell(column, row):
    """What a cell of a sound row may hold; a higher row, a later day and a larger number."""
    days = {"date": f"2024-01-{row + 1:02}", "instant": f"2024-01-{row + 1:02} 10:00:00"}
    other = {"choice": (column.allowed or ("",))[0], "flag": "true", "text": f"t{row}"}
    number = row + 1 if column.high is None else column.high * (row + 1) / 10
    return {**days, **other, "id": f"k{row}"}.get(column.kind, f"{number:g}")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [(name, *pair) for name, table in TABLES.items() for pair in table.ordered],
)
def test_rows_whose_columns_contradict_each_other_stay_and_are_notes(folder, name, low, high):
    columns = TABLES[name].columns
    rows = [{column.name: cell(column, row) for column in columns} for row in range(4)]
    table = pd.DataFrame(rows)
    write(folder, table.to_csv(index=False), f"{name}.csv")
    assert not [note for note in mktlab.load(folder).notes if "KPIs" in note]
    table.loc[1:2, low] = cell(TABLES[name][low], 5)
    table.loc[2, high] = "" if TABLES[name][high].nullable else table.loc[2, high]
    write(folder, table.to_csv(index=False), f"{name}.csv")
    company = mktlab.load(folder)
    (note,) = [note for note in company.notes if "KPIs" in note and low in note and high in note]
    count = "1 row" if TABLES[name][high].nullable else "2 rows"
    assert f"in {count}, first at line 3 (" in note
    assert ("is before" in note) == (TABLES[name][low].kind in ("date", "instant"))
    assert len(company.tables[name]) == 4


def test_settings_in_columns_toml_settle_what_values_cannot(folder):
    write(folder, orders_with(order_date=["03/04/2024"], revenue=["1.234"]))
    write(folder, '[orders]\ndate_order = "month first"\ndecimal = ","\n', "columns.toml")
    orders = mktlab.load(folder).orders
    assert orders["order_date"][0] == pd.Timestamp("2024-03-04")
    assert orders["revenue"][0] == 1234.0


SESSIONS = "session_id,visitor_id,started_at,purchased\nS1,V1,2024-03-01 10:00:00,true\n"


def test_a_log_of_some_visitors_is_scaled_up_to_all_of_them(folder):
    write(folder, SESSIONS, "sessions.csv")
    assert kpi.compute(mktlab.load(folder), "visits")["value"].item() == 1
    write(folder, "[sessions]\nsample = 0.05\n", "columns.toml")
    company = mktlab.load(folder)
    assert "(a sample: 1 of 20 visitors)" in repr(company)
    assert kpi.compute(company, "visits")["value"].item() == 20


def test_parquet_files_give_the_same_table_as_csv(folder):
    from_csv = mktlab.load(write(folder)).orders
    (folder / "orders.csv").unlink()
    from_csv.to_parquet(folder / "orders.parquet")
    pd.testing.assert_frame_equal(mktlab.load(folder).orders, from_csv)


def test_ids_that_parquet_holds_as_numbers_become_text(folder):
    frame = pd.DataFrame(
        {
            "order_id": [123, 124],
            "customer_id": [7.0, 8.0],  # as pandas writes whole numbers next to missing ones
            "order_date": pd.to_datetime(["2024-01-31 10:30", "2024-02-01 00:00"]),
            "revenue": [12, 13],
        }
    )
    frame.to_parquet(folder / "orders.parquet")
    orders = mktlab.load(folder).orders
    assert orders["order_id"].tolist() == ["123", "124"]
    assert orders["customer_id"].tolist() == ["7", "8"]
    assert orders["order_date"][0] == pd.Timestamp("2024-01-31")


def test_moments_are_read_as_utc(folder):
    text = "session_id,visitor_id,started_at,purchased\n1,a,2024-01-31 23:30:00+01:00,oui\n"
    sessions = mktlab.load(write(folder, text, "sessions.csv")).sessions
    assert sessions["started_at"][0] == pd.Timestamp("2024-01-31 22:30", tz="UTC")
    assert sessions["purchased"][0]


BROKEN = {
    "an empty file": ({"orders.csv": ""}, ["orders.csv", "an empty file"]),
    "a header without rows": (
        {"orders.csv": ORDERS.splitlines()[0]},
        ["a header, but no rows", "export the table again"],
    ),
    "no header": (
        {"orders.csv": "\n".join(ORDERS.splitlines()[1:])},
        ["in the first line, where headers belong", "add a first line that names the columns"],
    ),
    "a workbook": (
        {"orders.csv": b"PK\x03\x04 and so on"},
        ["a damaged zip archive", "export the table again"],
    ),
    "not Parquet": (
        {"orders.parquet": "order_id"},
        ["orders.parquet", "something that is not a Parquet file"],
    ),
    "a byte of no known encoding": (
        {"orders.csv": ORDERS.replace("paid", "\x81").encode("latin-1")},
        ["an encoding other than UTF-8, UTF-16 and Windows-1252", "save it again as CSV UTF-8"],
    ),
    "no table": (
        {"sales.csv": ORDERS},
        ["no file of a table, only sales.csv", "orders.csv", "file = "],
    ),
    "two files of a table": (
        {"orders.csv": ORDERS, "orders.parquet": b"PAR1"},
        ["orders.csv and orders.parquet", "one file for orders", "keep the one that counts"],
    ),
    "a header twice": (
        {"orders.csv": ORDERS.replace("status", "customer_id")},
        ["column customer_id: line 1", "the header customer_id 2 times", "rename or remove"],
    ),
    "a line too long": (
        {"orders.csv": ORDERS.replace("7.25", "7,25")},
        ["orders.csv: line 3", "6 cells where the header has 5: too many", "double quotes"],
    ),
    "missing columns": (
        {"orders.csv": FRENCH},
        [
            "no column order_id, customer_id, order_date, revenue",
            "the headers are N° commande, Client, Date commande",
            '[orders]\n             order_id = "N° commande"\n',
            'customer_id = "Client"',
            'order_date = "Date commande"',
            'revenue = "Montant HT"',
            'status = "Statut"',
        ],
    ),
    "not a number": (
        {"orders.csv": orders_with(revenue=["1.5", "2.5", "free", "free", "gift"])},
        ["column revenue: 3 rows, first at line 4", "f***", "an amount, at least 0", "digits"],
    ),
    "two decimal signs": (
        {"orders.csv": orders_with(revenue=["1.50", "2,50"])},
        ["1.50 and 2,50: the point and the comma are both decimal signs", "one decimal sign"],
    ),
    "an unsettled thousands sign": (
        {"orders.csv": orders_with(revenue=["1.234", "25"])},
        ["1.234, which may be 1234 or 1234/1000", "columns.toml", 'decimal = "."'],
    ),
    "an infinite amount": (
        {"orders.csv": orders_with(revenue=["inf", "2.50"])},
        ["column revenue: line 2", "an infinite number", "divided by zero"],
    ),
    "a negative amount": (
        {"orders.csv": orders_with(revenue=["2.50", "-3.25", "-4"])},
        ["column revenue: 2 rows, first at line 3", "-3.25", "at least 0", 'refunds = "rows"'],
    ),
    "not a day": (
        {"orders.csv": orders_with(order_date=["2024-01-31", "2024-02-30"])},
        ["column order_date: line 3", "2024-02-30", "a day, YYYY-MM-DD", "mend these cells"],
    ),
    "an unsettled order of day and month": (
        {"orders.csv": orders_with(order_date=["03/04/2024", "05/06/2024"])},
        ["03/04/2024, which may be two different days", 'date_order = "day first"'],
    ),
    "two orders of day and month": (
        {"orders.csv": orders_with(order_date=["31/12/2024", "12/31/2024"])},
        ["31/12/2024 and 12/31/2024", "the day comes first in some cells, the month in others"],
    ),
    "two forms of dates": (
        {"orders.csv": orders_with(order_date=["2024-12-31", "31/12/2024"])},
        ["2024-12-31 and 31/12/2024: dates written in more than one way", "YYYY-MM-DD"],
    ),
    "a day in the future": (
        {"orders.csv": orders_with(order_date=["2024-01-31", "2204-01-31"])},
        ["column order_date: line 3", "2204-01-31, in the future", "a day up to tomorrow"],
    ),
    "another choice": (
        {"orders.csv": orders_with(status=["paid", "refunded"])},
        ["column status: line 3", "paid (1), refunded (1)", 'cancelled = ["refunded"]'],
    ),
    "not a flag": (
        {"customers.csv": "customer_id,joined_date,email_opt_in\n1,2024-01-31,perhaps\n"},
        ["column email_opt_in: line 2", "p***", "true or false"],
    ),
    "part of a piece": (
        {"order_lines.csv": "order_id,line_no,product_id,quantity,amount\n1,1,P,1.5,3\n"},
        ["column quantity: line 2", "1.5", "a whole number", "write whole numbers"],
    ),
    "an order twice": (
        {"orders.csv": orders_with(order_id=["A12", "B34", "A12"])},
        ["column order_id: 2 rows, first at line 2", "A***", "one row per order", "lines = true"],
    ),
    "a line twice": (
        {"order_lines.csv": "order_id,line_no,product_id,quantity,amount\n" + "A,1,P,1,3\n" * 2},
        ["2 rows, first at line 2", "the same order_id and line_no", "keep one row per line"],
    ),
    "an empty id": (
        {"customers.csv": "customer_id,joined_date\nC1,2024-01-31\n,2024-01-31\nnull,2024-02-01\n"},
        ["column customer_id: 2 rows, first at line 3", "an empty cell", "fill it in"],
    ),
    "an unknown table in columns.toml": (
        {"orders.csv": ORDERS, "columns.toml": '[oders]\nrevenue = "CA"\n'},
        ["columns.toml", "[oders]", "write orders, if that is meant"],
    ),
    "an unknown column in columns.toml": (
        {"orders.csv": ORDERS, "columns.toml": '[orders]\nrevenu = "revenue"\n'},
        ["revenu under [orders]", "write revenue, if that is meant"],
    ),
    "an unknown header in columns.toml": (
        {"orders.csv": ORDERS, "columns.toml": '[orders]\nrevenue = "revenues"\n'},
        ['revenue = "revenues", a header that orders.csv does not have', '= "revenue"'],
    ),
    "an unknown file in columns.toml": (
        {"orders.csv": ORDERS, "columns.toml": '[customers]\nfile = "client.csv"\n'},
        ["[customers], but the folder has no client.csv", "a file of the folder: orders.csv"],
    ),
    "a columns.toml that is not TOML": (
        {"orders.csv": ORDERS, "columns.toml": "[orders]\nrevenue = CA\n"},
        ["columns.toml: line 2", "text stands in double quotes"],
    ),
    "a setting of no known value": (
        {"orders.csv": ORDERS, "columns.toml": '[orders]\ndate_order = "DMY"\n'},
        ["date_order = 'DMY' under [orders]", '"day first" or "month first"'],
    ),
    "a sample of more than all": (
        {"sessions.csv": SESSIONS, "columns.toml": "[sessions]\nsample = 10\n"},
        ["sample = 10 under [sessions]", "the share of the visitors that it holds, 0.1"],
    ),
    "a sample of what is none": (
        {"orders.csv": ORDERS, "columns.toml": "[orders]\nsample = 0.1\n"},
        ["sample under [orders]", "a column of orders: order_id"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_input_gets_its_sentence(folder, name):
    files, parts = BROKEN[name]
    for file, content in files.items():
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = problems(folder)
    assert len(found) == 1, found
    for part in parts:
        assert part in str(found[0])


def test_a_missing_folder_and_a_file_are_told_apart(folder):
    assert "no such folder" in problems(folder / "tables")[0].found
    assert "the folder that the file lies in" in problems(write(folder) / "orders.csv")[0].fix


def test_an_empty_folder_names_the_files_it_takes(folder):
    (problem,) = problems(folder)
    assert "orders.csv or orders.parquet" in problem.accepted


EVERYTHING = """order_id,customer_id,order_date,status,revenue,email
jane-1,C1,2024-01-31,paid,12.50,jane@example.com
jane-1,C1,2024-02-30,paid,-3,bob@example.com
jane-2,,2024-02-01,Doubtful,about ten,carol@example.com
jane-3,C1,2090-01-01,paid,inf,dave@example.com
jane-4,C1,2024-02-01,paid
"""


def test_every_problem_is_told_in_one_numbered_report(folder):
    write(folder, EVERYTHING)
    write(folder, "customer_id,city\nC1,Oslo\n", "customers.csv")
    with pytest.raises(TablesNotReadable) as caught:
        mktlab.load(folder)
    report = str(caught.value)
    assert report.startswith(f"9 problems in {folder}; nothing was loaded.")
    assert "\n\n9. " in report
    assert caught.value._render_traceback_() == [f"TablesNotReadable: {report}"]
    assert {(p.file, p.column, p.line) for p in caught.value.problems} == {
        ("customers.csv", "", None),
        ("orders.csv", "", 6),
        ("orders.csv", "order_id", 2),
        ("orders.csv", "order_date", 3),
        ("orders.csv", "order_date", 5),
        ("orders.csv", "status", 4),
        ("orders.csv", "revenue", 3),
        ("orders.csv", "revenue", 4),
        ("orders.csv", "revenue", 5),
    }


def test_no_personal_value_is_repeated(folder):
    write(folder, EVERYTHING)
    write(
        folder,
        "customer_id,joined_date\njane@x.org,06 12 34 56 78\njane@x.org,-\n",
        "customers.csv",
    )
    report = "\n".join(map(str, problems(folder)))
    for value in ("jane", "about ten", "example.com", "x.org", "12 34"):
        assert value not in report


def test_a_headerless_file_does_not_reveal_its_first_line(folder):
    write(folder, "jane@example.com,Oslo,2024-01-31\nbob@example.com,Rome,2024-02-01\n")
    report = "\n".join(map(str, problems(folder)))
    assert "example" not in report
    assert "Oslo" not in report


def test_line_numbers_count_quoted_breaks_and_blank_lines(folder):
    text = 'order_id,customer_id,order_date,revenue,note\n1,C,2024-01-31,5,"two\nlines"\n\n'
    (problem,) = problems(write(folder, text + "2,C,2024-01-31,-5,\n"))
    assert problem.line == 5


def test_rows_of_parquet_are_counted_from_one(folder):
    write(folder, ORDERS)
    frame = mktlab.load(folder).orders.assign(revenue=[1.0, -2.0, 3.0])
    (folder / "orders.csv").unlink()
    frame.to_parquet(folder / "orders.parquet")
    (problem,) = problems(folder)
    assert "column revenue: row 2\n" in str(problem)


def test_parquet_columns_of_the_wrong_type_are_told(folder):
    frame = pd.DataFrame(
        {
            "order_id": [["a", "b"]],
            "customer_id": ["c"],
            "order_date": [5],
            "revenue": pd.to_datetime(["2024-01-31"]),
        }
    )
    frame.to_parquet(folder / "orders.parquet")
    assert {p.column for p in problems(folder)} == {"order_id", "order_date", "revenue"}


def test_a_mapping_that_was_proposed_works_when_pasted(folder):
    write(folder, FRENCH)
    (problem,) = problems(folder)
    write(folder, problem.fix.split(":\n", 1)[1], "columns.toml")
    assert mktlab.load(folder).orders["revenue"].tolist() == [1234.5, 7.25, 0.0]


def test_a_mapped_header_wins_over_a_column_of_that_name(folder):
    write(folder, orders_with(net=["1.00"]))
    write(folder, '[orders]\nrevenue = "net"\n', "columns.toml")
    orders = mktlab.load(folder).orders
    assert orders["revenue"].tolist() == [1.0]
    assert orders["revenue (file)"].tolist() == [12.5]


def test_planned_days_may_lie_ahead(folder):
    text = "reservation_id,booked_date,visit_date,covers\n1,2024-01-31,2199-01-01,2\n"
    company = mktlab.load(write(folder, text, "reservations.csv"))
    assert company.today == pd.Timestamp("2024-02-01")


def test_today_and_tomorrow_are_no_future(folder):
    write(folder, orders_with(order_date=["2024-03-01", "2024-03-02"]))
    assert read_folder(folder, now=pd.Timestamp("2024-03-01 09:00")).tables
    with pytest.raises(TablesNotReadable, match="in the future"):
        read_folder(folder, now=pd.Timestamp("2024-02-29 23:00"))


def test_a_hundred_thousand_failing_rows_are_one_problem(folder):
    frame = pd.DataFrame({"order_id": [str(i) for i in range(100_000)]})
    frame = frame.assign(customer_id="C", order_date="2024-01-31", revenue=-1)
    frame.to_csv(folder / "orders.csv", index=False)
    (problem,) = problems(folder)
    assert problem.rows == 100_000


nasty = st.one_of(
    st.sampled_from(["", "-", "1", "2024-01-31", "31/12/2024", "1.234", "1,5", "inf", "oui", '"']),
    st.text(max_size=5),
)
tables = st.lists(st.lists(nasty, min_size=1, max_size=6), min_size=1, max_size=5)
headers = st.lists(st.sampled_from([*ORDERS.splitlines()[0].split(","), "own", ""]), max_size=6)


@given(headers, tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-16"]))
def test_whatever_the_cells_hold_it_is_a_table_or_a_report(header, rows, separator, encoding):
    text = "\n".join(separator.join(cells) for cells in [header, *rows])
    with TemporaryDirectory() as folder:
        write(Path(folder), text, encoding=encoding)
        try:
            assert mktlab.load(folder).orders is not None
        except TablesNotReadable as report:
            assert report.problems
            assert str(report)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_is_a_table_or_a_report(content):
    with TemporaryDirectory() as folder:
        (Path(folder) / "orders.csv").write_bytes(content)
        (Path(folder) / "customers.parquet").write_bytes(content)
        with pytest.raises(TablesNotReadable):
            mktlab.load(folder)
