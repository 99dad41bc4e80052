"""What people, spreadsheets and tools do to exports: the 25 kinds of breakage, put into any file.

`BREAKAGES` has the kind -> a function of a `Sheet` that gives the bytes of the changed file, of
which the right table is that of the unchanged file; where the file has nothing of the kind it
raises `NotHereError`, with why. So which breakage applies to which file is reckoned, never listed.
"""

import csv
import io
import re
from collections import Counter
from itertools import pairwise

import pandas as pd

NUMBER = re.compile(r"-?[€$]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|-?[€$]?\d+(?:\.\d+)?%?")
FRENCH = re.compile(r"-?\d{1,3}(?:[\u202f\u00a0 ]?\d{3})*(?:,\d+)?(?: [%€])?")
DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
EMPTY = {"", "--", " --", "n/a", "null"}
NAMES = {"campaign", "campaign name", "title", "subject", "deal name", "dealname", "query", "objet"}
NAMES |= {"campagne", "nom de la campagne", "item", "description", "search term", "requête"}
NAMES |= {"titre", "nom de la transaction", "top queries", "product(s)", "update", "lineitem name"}
IDS = re.compile(r"(?i)\bid\b|[a-z]id$|^id|invoiceno|order.?#|order_number|^number$|identifiant")


class NotHereError(Exception):
    """A file has nothing that this breakage could break: why."""


class Sheet:
    """The rows of a CSV file, and which of them head the table."""

    def __init__(self, text):
        self.text = text
        counts = Counter({sep: text.count(sep) for sep in ",;\t"})
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        fair = [sep for sep in ";\t" if lines and sum(sep in line for line in lines) == len(lines)]
        self.separator = fair[0] if fair else counts.most_common(1)[0][0]
        self.rows = list(csv.reader(io.StringIO(text), delimiter=self.separator))
        self.unquoted = text.startswith("id,type,text,date")  # Buffer quotes nothing
        heads = [
            (sum(map(bool, row)), -place)
            for place, row in enumerate(self.rows)
            if not any(number(cell) or DAY.fullmatch(cell) for cell in row)
        ]
        self.at = -max(heads)[1]
        self.head = self.rows[self.at]

    @property
    def table(self):
        """The places of the rows below the header, without empty ones."""
        if self.unquoted:
            raise NotHereError("its cells stand in no quotes, so that no row can be told")
        return [n for n in range(self.at + 1, len(self.rows)) if any(self.rows[n])]

    def plain(self):
        """The places of rows that are things, not totals or further headers."""
        own = [n for n in self.table if len(self.rows[n]) == len(self.head)]
        return [n for n in own if not any("total" in cell.lower() for cell in self.rows[n][:3])]

    def cells(self, column):
        held = (self.rows[n][column] for n in self.table if column < len(self.rows[n]))
        return [cell for cell in held if cell not in EMPTY]

    def columns(self, fits, why):
        """The columns of which all cells fit."""
        if not self.table:
            raise NotHereError("no row below its headers")
        every = [
            n for n in range(len(self.head)) if self.cells(n) and all(map(fits, self.cells(n)))
        ]
        if not every:
            raise NotHereError(why)
        return every

    def changed(self, change, columns=None):
        """The rows, `change` done to each cell of the table, or of these columns."""
        places = set(self.table)
        return [
            [
                change(cell) if n in places and (columns is None or m in columns) else cell
                for m, cell in enumerate(row)
            ]
            for n, row in enumerate(self.rows)
        ]

    def written(self, rows, separator=""):
        if self.unquoted:
            raise NotHereError("its cells stand in no quotes, so that it has but one form")
        out = io.StringIO()
        csv.writer(out, delimiter=separator or self.separator, lineterminator="\n").writerows(rows)
        return out.getvalue()

    def bytes(self, rows, separator=""):
        return self.written(rows, separator).encode()


def number(cell):
    return bool(NUMBER.fullmatch(cell))


def letters(text):
    if text.isascii():
        raise NotHereError("no letter beyond ASCII")
    return text


def encoded(name):
    def change(sheet):
        try:
            return letters(sheet.text).encode(name)
        except UnicodeEncodeError:
            raise NotHereError(f"letters that {name} does not have") from None

    return change


def twice(sheet):
    try:
        return letters(sheet.text).encode().decode("cp1252").encode()
    except UnicodeDecodeError:
        raise NotHereError("letters that cp1252 cannot save twice") from None


def separated(separator, above=""):
    def change(sheet):
        if separator == sheet.separator and not above:
            raise NotHereError("it is separated so already")
        return above.encode() + sheet.bytes(sheet.rows, separator)

    return change


def above(sheet):
    return sheet.bytes([["Exported by the tool"], ["January 2024"], [], *sheet.rows])


def below(sheet):
    return sheet.bytes([*sheet.rows, [], ["Country", "Visitors"], ["France", "10"], ["Italy", "7"]])


def named(new):
    """One name of a thing, wherever it stands, becomes what `new` makes of it."""

    def change(sheet):
        columns = [n for n, head in enumerate(sheet.head) if head.strip().lower() in NAMES]
        if not columns or not sheet.plain():
            raise NotHereError("no column of names")
        old = Counter(sheet.cells(columns[0])).most_common(1)[0][0]
        if "total" in old.lower() or len(set(sheet.cells(columns[0]))) == 1:
            raise NotHereError("one name for all things")
        if new(old) in sheet.cells(columns[0]):
            raise NotHereError("such a name already")
        return sheet.bytes(sheet.changed(lambda c: new(c) if c == old else c, columns[:1]))

    return change


def value(cell):
    return float(re.sub(r"[€$,%]", "", cell))


def total(label, *, first=False, extra=False):
    """A row of totals as tools write it."""

    def change(sheet):
        columns = sheet.columns(number, "no column of plain numbers")
        columns = [n for n in columns if not IDS.search(sheet.head[n])]
        if not columns or 0 in columns:
            raise NotHereError("no column of plain numbers, or one where a total has its label")
        row = [""] * len(sheet.head)
        for n in columns:
            held = [sheet.rows[m][n] for m in sheet.plain()]
            row[n] = f"{sum(map(value, filter(number, held))):.2f}"
        row = [*row, label] if extra else [label, *row[1:]]
        rows = [*sheet.rows]
        rows.insert(sheet.at + 1 if first else max(sheet.table) + 1, row)
        return sheet.bytes(rows)

    return change


def longer(sheet):
    places = set(sheet.table)
    return sheet.bytes([[*row, ""] if n in places else row for n, row in enumerate(sheet.rows)])


def shifted(sheet):
    rows = [*sheet.rows]
    last = max(sheet.plain(), default=0)
    if not last:
        raise NotHereError("no row below its headers")
    rows[last] = ["shifted", *rows[last]]
    return sheet.bytes(rows)


def decimals(sheet):
    """As a French spreadsheet writes amounts."""
    fits = sheet.columns(number, "no column of plain numbers")
    if not any("." in cell for n in fits for cell in sheet.cells(n)):
        raise NotHereError("no decimal point")

    def french(cell):
        if not number(cell):
            return cell
        return cell.replace(",", "\u202f").replace(".", ",")

    return sheet.bytes(sheet.changed(french, fits), ";")


def points(sheet):
    """French amounts as an English spreadsheet writes them."""
    fits = sheet.columns(lambda c: bool(FRENCH.fullmatch(c)), "no column of French amounts")
    columns = [n for n in fits if any(re.search(r",\d", cell) for cell in sheet.cells(n))]
    if not columns or not any(
        "," in cell and not number(cell) for n in columns for cell in sheet.cells(n)
    ):
        raise NotHereError("no decimal comma")
    english = sheet.changed(lambda c: re.sub(r"[\u202f\u00a0 ]", "", c).replace(",", "."), columns)
    return sheet.bytes(english)


def signs(sheet):
    """Amounts with the sign of the file's currency."""
    fits = sheet.columns(number, "no column of plain numbers")
    columns = [
        n
        for n in fits
        if all(re.fullmatch(r"[\d,]+\.\d\d", cell) for cell in sheet.cells(n))
        and re.search(r"(?i)cost|spen[dt]|amount|revenue|total|price|sales|value", sheet.head[n])
        and not re.search(r"(?i)/|per ", sheet.head[n])
    ]
    if not columns:
        raise NotHereError("no column of amounts")
    sign = "$" if "USD" in sheet.text else "€"
    return sheet.bytes(sheet.changed(lambda c: sign + c if number(c) else c, columns))


def missing(word):
    def change(sheet):
        columns = sheet.columns(number, "no column of plain numbers")
        hit = [(n, m) for n in sheet.plain() for m in columns if sheet.rows[n][m] == ""]
        if not hit:
            raise NotHereError("no number is missing")
        rows = [[*row] for row in sheet.rows]
        for n, m in hit:
            rows[n][m] = word
        return sheet.bytes(rows)

    return change


def days(write, *, moments=True):
    """Days that stand as 2024-01-31, written in another way."""

    def change(sheet):
        columns = sheet.columns(lambda c: bool(DAY.fullmatch(c)), "no day as 2024-01-31")
        held = [cell for n in columns for cell in sheet.cells(n)]
        if not moments and any(len(cell) > 10 for cell in held):
            raise NotHereError("its days have a time")

        def one(cell):
            return write(cell, pd.Timestamp(cell)) if DAY.fullmatch(cell) else cell

        return sheet.bytes(sheet.changed(one, columns))

    return change


def clock(cell, form):
    return form + (" %H:%M:%S" if len(cell) > 10 else "")


def serial(cell, day):
    found = (day - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    return f"{found:.6f}".rstrip("0").rstrip(".")


def epoch(unit):
    return lambda cell, day: str(day.value // {"s": 10**9, "ms": 10**6, "us": 10**3}[unit])


def zones(sheet):
    """Moments without a zone, which are those of UTC, in two other zones."""
    fits = sheet.columns(lambda c: bool(DAY.fullmatch(c)), "no day as 2024-01-31")
    columns = [n for n in fits if all(len(cell) > 10 for cell in sheet.cells(n))]
    if not columns:
        raise NotHereError("no moment")

    def written(cell):
        if not DAY.fullmatch(cell):
            return cell
        hours = min(pd.Timestamp(cell).hour, 1)  # in either zone it is the same day
        return f"{pd.Timestamp(cell) - pd.Timedelta(hours=hours):%Y-%m-%d %H:%M:%S} -0{hours}00"

    return sheet.bytes(sheet.changed(written, columns))


def numbered(new):
    """Ids that are whole numbers become others, as distinct as they were."""

    def change(sheet):
        fits = sheet.columns(str.isdigit, "no id of digits")
        columns = [n for n in fits if IDS.search(sheet.head[n])]
        if not columns:
            raise NotHereError("no id of digits")
        return sheet.bytes(sheet.changed(lambda c: new(c) if c.isdigit() else c, columns))

    return change


def guarded(sheet):
    rows = sheet.changed(lambda c: "'" + c if re.fullmatch(r"-\d[\d.,]*", c) else c)
    if rows == sheet.rows:
        raise NotHereError("no negative number")
    return sheet.bytes(rows)


def merged(sheet):
    """A spreadsheet's merged cells: what is as in the row above stands once."""
    rows, places = [[*row] for row in sheet.rows], sheet.plain()
    same = [
        n
        for m, n in pairwise(places)
        if n == m + 1 and sheet.rows[n][0] and sheet.rows[n][0] == sheet.rows[m][0]
    ]
    if not same:
        raise NotHereError("no row begins as the one above")
    for n in same:
        rows[n][0] = ""
    return sheet.bytes(rows)


def again(sheet):
    """The last thing stands there twice, as a retried export writes it; it has an id."""
    if not sheet.plain() or any(re.search(r"(?i)\bqty|quantity", head) for head in sheet.head):
        raise NotHereError("its rows are lines of orders, of which two may be equal")
    last = max(sheet.plain())
    ids = [n for n, head in enumerate(sheet.head) if IDS.search(head) and sheet.rows[last][n]]
    if not any(sheet.cells(n).count(sheet.rows[last][n]) == 1 for n in ids):
        raise NotHereError("no id of its own, so that two equal rows are two things")
    return sheet.bytes([*sheet.rows[: last + 1], sheet.rows[last], *sheet.rows[last + 1 :]])


def currencies(sheet):
    """One amount in another currency, as its column says: never added to the others."""
    known = [
        n
        for n in range(len(sheet.head))
        if sheet.plain() and {sheet.rows[m][n] for m in sheet.plain()} in ({"EUR"}, {"USD"})
    ]
    if not known:
        raise NotHereError("no column that names one currency")
    rows, last = [[*row] for row in sheet.rows], max(sheet.plain())
    rows[last][known[0]] = "GBP"
    return sheet.bytes(rows)


def two_headers(sheet):
    middle = sheet.plain()[len(sheet.plain()) // 2 :][:1]
    if not middle:
        raise NotHereError("no row below its headers")
    return sheet.bytes([*sheet.rows[: middle[0]], sheet.head, *sheet.rows[middle[0] :]])


def same_header(sheet):
    columns = sheet.columns(number, "no column of plain numbers")
    places = set(sheet.table)
    rows = [
        [*row, sheet.head[columns[-1]] if n == sheet.at else "99" if n in places else ""]
        for n, row in enumerate(sheet.rows)
    ]
    return sheet.bytes(rows)


def no_header(sheet):
    return sheet.bytes([[*row, ""] if len(row) > 1 else row for row in sheet.rows])


def cut(sheet):
    """A download that broke off in its last row."""
    if not sheet.plain():
        raise NotHereError("no row below its headers")
    last = max(sheet.plain())
    kept = sheet.rows[last][: len(sheet.head) // 2]
    return sheet.bytes([*sheet.rows[:last], kept]).rstrip(b"\n")


def page(sheet):
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in sheet.rows)
    return f"<html><body><table>{cells}</table></body></html>".encode()


BREAKAGES = {
    "1 UTF-16 with tabs": lambda s: s.written(s.rows, "\t").encode("utf-16"),
    "2 Windows letters": encoded("cp1252"),
    "2 Mac letters": encoded("mac_roman"),
    "3 letters saved twice": twice,
    "4 a mark of order": lambda s: b"\xef\xbb\xbf" + s.text.encode(),
    "5 semicolons": separated(";"),
    "5 tabs": separated("\t"),
    "5 bars": separated("|"),
    "5 sep=;": separated(";", "sep=;\n"),
    "6 lines above": above,
    "6 another table below": below,
    "7 a name with #": named(lambda c: f"#1 {c}"),
    "8 a total below": total("Total"),
    "8 a total above": total("Grand total", first=True, extra=True),
    "9 longer rows": longer,
    "9 a shifted row": shifted,
    "10 decimal commas": decimals,
    "10 decimal points": points,
    "11 signs of currency": signs,
    "11 -- for nothing": missing(" --"),
    "11 n/a for nothing": missing("n/a"),
    "12 day first": days(lambda c, d: d.strftime(clock(c, "%d/%m/%Y"))),
    "12 month first": days(lambda c, d: d.strftime(clock(c, "%m/%d/%Y"))),
    "13 days of a spreadsheet": days(serial),
    "14 days as digits": days(lambda _, d: f"{d:%Y%m%d}", moments=False),
    "14 seconds": days(epoch("s")),
    "14 milliseconds": days(epoch("ms")),
    "14 microseconds": days(epoch("us")),
    "15 two time zones": zones,
    "16 leading zeros": numbered(lambda c: f"00{c}"),
    "17 long ids": numbered(lambda c: f"9{c.zfill(19)}"),
    "18 a name NA": named(lambda _: "NA"),
    "18 a name None": named(lambda _: "None"),
    "19 a guarded minus": guarded,
    "19 a name that computes": named(lambda c: f"=1+{c}"),
    "20 23 merged cells": merged,
    "21 a thing twice": again,
    "22 two currencies": currencies,
    "23 headers again": two_headers,
    "23 a header twice": same_header,
    "23 a column without header": no_header,
    "24 a break in a name": named(lambda c: f"{c[:1]}\n{c[1:]}"),
    "24 CRLF": lambda s: s.text.replace("\n", "\r\n").encode(),
    "25 broken off": cut,
    "25 a page called CSV": page,
}
"""Kind, by the number of its family, -> how a file is broken so."""
