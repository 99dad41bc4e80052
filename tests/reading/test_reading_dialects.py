"""Whatever encoding, separator, amounts and days a file is written with, none is read wrongly."""

import itertools

import pandas as pd
import pytest

from mktlab.reading import read_folder
from mktlab.reading.dialect import read_file
from mktlab.reading.parsing import parse
from mktlab.reading.problems import TablesNotReadable
from mktlab.tables import TABLES

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "iso8859-2", "mac_roman", "cp850")
SEPARATORS = (",", ";", "\t", "|")
AMOUNTS = {  # how 1234.5 and 7.25 are written
    "1234.5": "7.25",
    "1234,50": "7,25",
    "1,234.50": "7.25",
    "1.234,50": "7,25",
    "1 234,50": "7,25",
    "1\u202f234,50 €": "7,25 €",
    "1'234.50": "7.25",
    "$1,234.50": "$7.25",
    "€ 1.234,50": "€ 7,25",
    "1234.50 EUR": "7.25 EUR",
    "CHF 1’234.50": "CHF 7.25",
    "R$ 1.234,50": "R$ 7,25",
    "1234,50 kr": "7,25 kr",
    "1,234.50 USD": "7.25 USD",
}
DAYS = {  # how 31 December 2024 and 2 January 2025 are written
    "2024-12-31": "2025-01-02",
    "2024/12/31": "2025/01/02",
    "31/12/2024": "02/01/2025",
    "12/31/2024": "01/02/2025",
    "31.12.2024": "02.01.2025",
    "31/12/24": "02/01/25",
    "12/31/24": "01/02/25",
    "31-Dec-24": "02-Jan-25",
    "31 déc. 2024": "2 janv. 2025",
    "December 31, 2024": "January 2, 2025",
    "mardi 31 décembre 2024": "jeudi 2 janvier 2025",
    "20241231": "20250102",
    "12/31/2024 3:45 PM": "1/2/2025 12:05 AM",
    "31/12/2024 à 15h45": "02/01/2025 à 00h05",
    "2024-12-31T15:45:00+01:00": "2025-01-02T00:05:00+01:00",
}
NAME = {"cp1250": "Łukasz", "iso8859-2": "Łukasz", "mac_roman": "Müller"}
ALL = list(itertools.product(ENCODINGS, SEPARATORS, AMOUNTS, DAYS))


def assert_read_rightly(folder, encoding, separator, amount, day):
    """A file of two orders has the right amounts and days; wrong letters come with a note."""
    quote = '"{}"'.format if separator in amount + AMOUNTS[amount] + day + DAYS[day] else str
    name = NAME.get(encoding, "Zoé")
    rows = [
        ("order_id", "customer_id", "order_date", "revenue"),
        ("A1", name, quote(day), quote(amount)),
        ("A2", name, quote(DAYS[day]), quote(AMOUNTS[amount])),
    ]
    try:
        text = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    except UnicodeEncodeError:
        return  # nobody can have such a file
    (folder / "orders.csv").write_bytes(text)
    sheet = read_file(folder / "orders.csv")
    amounts, wrong = parse(TABLES["orders"]["revenue"], sheet.columns["revenue"])
    days, odd = parse(TABLES["orders"]["order_date"], sheet.columns["order_date"])
    told = any("read as Windows-1252" in note for note in sheet.notes)
    other = told and encoding != "cp1252"
    assert not wrong or (other and not amount.isascii())
    assert not odd or (other and not day.isascii())  # the letters of a month are wrong
    assert wrong or amounts.tolist() == [1234.5, 7.25]
    assert odd or days.tolist() == list(pd.to_datetime(["2024-12-31", "2025-01-02"]))
    assert sheet.columns["customer_id"].to_pylist() == [name, name] or other


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_amounts_and_days_are_right_and_wrong_letters_are_told(encoding, tmp_path):
    for dialect in [dialect for dialect in ALL if dialect[0] == encoding][::37]:
        assert_read_rightly(tmp_path, *dialect)


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "separator"), [*itertools.product(ENCODINGS, SEPARATORS)])
def test_every_amount_and_day_is_right_in_every_dialect(encoding, separator, tmp_path):
    pairs = itertools.product(enumerate(AMOUNTS), enumerate(DAYS))
    for (row, amount), (column, day) in pairs:
        if (row + column) % 3 == 0:  # each with five others: all pairs take minutes
            assert_read_rightly(tmp_path, encoding, separator, amount, day)


UNPROVEN = {
    "amount": ("1.234", "2.500"),
    "day": ("03/04/2024", "05/06/2024"),
    "year": ("13-02-24", "14-03-25"),
}


@pytest.mark.parametrize("what", UNPROVEN)
def test_what_a_dialect_leaves_open_is_asked(what, tmp_path):
    cells = UNPROVEN[what]
    column = "revenue" if what == "amount" else "order_date"
    rows = pd.DataFrame({"order_id": ["1", "2"], "customer_id": "C", "order_date": "2024-12-31"})
    rows.assign(revenue="1").assign(**{column: cells}).to_csv(tmp_path / "orders.csv", index=False)
    with pytest.raises(TablesNotReadable) as caught:
        read_folder(tmp_path)
    (problem,) = caught.value.problems
    assert problem.column == column
    assert "columns.toml" in problem.fix


def test_a_text_is_let_go_where_every_row_is_a_line_and_lines_stay_known(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("order_id,note\n1,a\n2,b\n3,c\n")
    plain = read_file(path)
    path.write_text('order_id,note\n1,"a\na"\n2,b\n3,c\n')
    broken = read_file(path)
    assert (plain.text, plain.line(2)) == (None, 4)
    assert (broken.text is None, broken.line(2)) == (False, 5)
