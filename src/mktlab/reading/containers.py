"""What a table is packed in, where it is not plain text: archives, workbooks, Parquet files.

What a file is, its first bytes say, not its name. `unpack` gives what is in it, `read_parquet` and
`read_workbook` read that sheet of a workbook which fits a table best; their cells have types.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa

from mktlab.reading.layout import header_place, table_width, two_rows
from mktlab.reading.numbers import is_text
from mktlab.reading.problems import unreadable
from mktlab.reading.text_table import TextTable, not_available, note_duplicates, tidy, trimmed
from mktlab.show.words import say
from mktlab.spelling import plain

FORMATS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm")
ARCHIVES = (".zip", ".gz")
_MOST = 1 << 32  # bytes, unpacked: more is a bomb, or no work for this machine
_DEEPEST = 3
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_IN_WORKBOOKS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
Rows = list[list[Any]]


def stem(path: Path) -> str:
    """The name of a file without what says how it is packed, "" if no table is packed so.

    >>> stem(Path("Orders.csv.gz")), stem(Path("orders.zip")), stem(Path("orders.pdf"))
    ('Orders', 'orders', '')
    """
    plain = Path(path.stem) if path.suffix.lower() in ARCHIVES else path
    if plain.suffix.lower() in FORMATS:
        return plain.stem
    return plain.name if plain is not path else ""


def unpack(path: Path) -> tuple[str, bytes]:
    """What the bytes of a file, taken out of any archive, are: "text", "parquet" or "workbook".

    Those of a Parquet file that is in no archive are left where they are: it may be large.

    Raises
    ------
    Unreadable
        If the file cannot be opened, or holds something else or more than one table.
    """
    try:
        with path.open("rb") as file:
            data = file.read(4)
            if data != b"PAR1":
                file.seek(0)
                data = file.read()
    except OSError as error:
        raise unreadable(
            path.name, say("a file that could not be opened"), str(error.strerror)
        ) from error
    for _ in range(_DEEPEST):
        kind = _kind(data)
        if kind not in ("zip", "gzip"):
            break
        data = _from_zip(path, data) if kind == "zip" else _from_gzip(path, data)
    if kind in ("text", "workbook") and PurePosixPath(path.name.lower()).suffix == ".parquet":
        raise unreadable(path.name, say("something that is not a Parquet file"))
    if kind in ("text", "parquet", "workbook"):
        return kind, data
    if data.startswith(_OLD_WORKBOOK):
        fix = say("open it in the spreadsheet, save as .xlsx without a password or as CSV UTF-8")
    else:
        fix = say("export the table as CSV UTF-8 or as an Excel workbook")
    raise unreadable(path.name, kind, fix=fix)


def _kind(data: bytes) -> str:
    """ "text", "parquet", "workbook", "zip" or "gzip", or what else it is in words."""
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"\x1f\x8b"):
        return "gzip"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        first = data[30:100]  # the name of what is packed first, and what it says
        if first.startswith(b"mimetypeapplication/vnd.oasis"):
            return say("a spreadsheet in OpenDocument's format")
        return "workbook" if first.startswith(_IN_WORKBOOKS) else "zip"
    if data.startswith(_OLD_WORKBOOK):
        return say("an old Excel workbook (.xls), or one with a password")
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    others = {
        b"%pdf": say("a PDF document"),
        b"{\\rtf": say("a text document"),
        b"7z\xbc\xaf": say("a 7-Zip archive"),
        b"rar!": say("a RAR archive"),
        b"bzh": say("a bzip2 archive"),
        b"\xfd7zxz": say("an xz archive"),
        b"\x28\xb5\x2f\xfd": say("a Zstandard archive"),
        b"sqlite format 3": say("a database"),
        **dict.fromkeys((b"\x89png", b"\xff\xd8\xff"), say("a picture")),
        b"<?xml": say("an XML document"),
        **dict.fromkeys((b"<html", b"<!doctype", b"<table"), say("a web page")),
    }
    for magic, words in others.items():
        if start.startswith(magic):
            return words
    if data[257:262] == b"ustar":
        return say("a tar archive")
    if start.startswith((b'{"', b"[{", b"[[", b'["')):
        return say("JSON")
    return "text"


def _from_zip(path: Path, data: bytes) -> bytes:
    fix = say("unpack it, and put the table itself into the folder")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = [entry for entry in archive.infolist() if _is_table(entry.filename)]
            if len(held) != 1:
                names = ", ".join(entry.filename for entry in held)
                found = (
                    say("an archive of several tables: {names}", names=names)
                    if held
                    else say("an archive without a table")
                )
                raise unreadable(path.name, found, fix=fix)
            if held[0].file_size > _MOST:
                raise unreadable(path.name, say("more than 4 GB of packed data"), fix=fix)
            return archive.read(held[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise unreadable(path.name, say("a damaged zip archive"), str(error)) from error
    except (RuntimeError, NotImplementedError) as error:
        found = say("a zip archive with a password, or packed in a rare way")
        raise unreadable(path.name, found, fix=fix) from error


def members(path: Path) -> dict[str, bytes]:
    """The tables of a zip that holds several, by name; of any other file none."""
    try:
        with zipfile.ZipFile(path) as archive:
            held = [entry for entry in archive.infolist() if _is_table(entry.filename)]
            if len(held) < 2 or sum(entry.file_size for entry in held) > _MOST:
                return {}
            return {entry.filename: archive.read(entry) for entry in held}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return {}


def _is_table(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = path.name.startswith((".", "~$")) or "__MACOSX" in path.parts
    return not hidden and path.suffix.lower() in (*FORMATS, *ARCHIVES)


def _from_gzip(path: Path, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as archive:
            unpacked = archive.read(_MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path.name, say("a damaged gzip archive"), str(error)) from error
    if len(unpacked) > _MOST:
        raise unreadable(path.name, say("more than 4 GB of packed data"))
    return unpacked


def sheet_rows(
    file: str, data: bytes, fits: Callable[[Rows], float]
) -> tuple[Rows, str, list[str]]:
    """The rows of the sheet that fits best, its name, and those of other sheets with cells.

    `fits` gives a number for a sheet's first rows; of equal ones the first sheet counts,
    a hidden sheet only if no other has cells.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        heads = []
        for sheet in sheets:
            sheet.reset_dimensions()
            head = list(_rows(sheet, 50))
            if any(cell is not None for row in head for cell in row):
                heads.append((sheet, head))
        if not heads:
            raise unreadable(file, say("a workbook without a filled cell"))
        best, _ = max(heads, key=lambda pair: fits(pair[1]))
        others = [sheet.title for sheet, _ in heads if sheet is not best]
        return list(_rows(best, None)), best.title, others
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        zlib.error,
        TypeError,
    ) as e:
        fix = say("open it in the spreadsheet, and save it again as .xlsx or CSV UTF-8")
        raise unreadable(file, say("a damaged workbook"), fix=fix) from e


def _rows(sheet: Any, most: int | None) -> Iterator[list[Any]]:
    for row in sheet.iter_rows(max_row=most, values_only=True):
        yield [cell.strip() or None if isinstance(cell, str) else cell for cell in row]


def cell_text(cell: Any) -> str:
    """A cell of a workbook as text: 123.0 as 123, a day without its midnight.

    >>> cell_text(123.0), cell_text(dt.datetime(2024, 1, 31)), cell_text(True)
    ('123', '2024-01-31', 'true')
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return str(cell).removesuffix(" 00:00:00")
    return "" if cell is None else str(cell)


def read_parquet(file: str, source: Any) -> TextTable:
    """Read a Parquet file; text is trimmed, other types stay as they are."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as parquet:
            table = parquet.read()
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, say("something that is not a Parquet file"), str(error)) from error
    if not table.num_rows:
        raise unreadable(file, say("columns, but no rows"))
    names = [name.strip() for name in table.column_names if not name.startswith("__index_level")]
    sheet = TextTable(file, {}, table.num_rows, begin=0)
    note_duplicates(sheet, names)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        name = name.strip()
        if name in names and name not in sheet.columns:
            sheet.columns[name] = trimmed(column) if is_text(column) else column
            if is_text(column):
                not_available(sheet, name)
    return sheet


def read_workbook(file: str, data: bytes, known: Collection[str], decimal: str = "") -> TextTable:
    """Read the first sheet of a workbook that has the `known` headers, or else looks like a table.

    Days and numbers keep their types where every cell of a column is one.
    """

    def fits(rows: Rows) -> float:
        texts = [[cell_text(cell) for cell in row] for row in rows]
        place = header_place(texts, known)
        if place < 0 or len(rows) <= place + 1:
            return 0
        named = sum(plain(cell) in known for cell in texts[place])
        return 1 + named if table_width(texts) > 1 else 0.5

    rows, name, others = sheet_rows(file, data, fits)
    head = [[cell_text(cell) for cell in row] for row in rows[:50]]
    place = header_place(head, known)
    if place < 0:
        found = say("a sheet, {name}, without a line of headers", name=name)
        raise unreadable(file, found, fix=say("add a first line that names the columns"))
    if below := two_rows(head[place], *head[place + 1 : place + 2]):
        place += 1
        head[place] = below
    body = rows[place + 1 :]
    if not any(cell is not None for row in body for cell in row):
        raise unreadable(file, say("a header, but no rows"))
    sheet = TextTable(file, {}, len(body), begin=place + 1)
    if below:
        sheet.notes.append(two_above())
    elif place:
        sheet.notes.append(above(place + 1))
    if others:
        sheet.notes.append(
            say("the sheet {name} was read, not {others}.", name=name, others=", ".join(others))
        )
    note_duplicates(sheet, head[place])
    raw: dict[str, Any] = {}
    for position, title in enumerate(head[place]):
        cells = [row[position] if position < len(row) else None for row in body]
        key = title or f"column {position + 1}"
        if key not in raw and (title or any(cell is not None for cell in cells)):
            raw[key] = np.array([*cells, None], dtype=object)[:-1]
            texts = pa.array([cell_text(cell) for cell in cells], pa.large_string())
            sheet.columns[key] = trimmed(pa.chunked_array([texts]))
    tidy(sheet, decimal)
    for key, filled in raw.items():
        not_available(sheet, key)
        typed = _typed(np.delete(filled, sheet.gone), sheet.columns[key].to_pylist())
        sheet.columns[key] = sheet.columns[key] if typed is None else typed
    return sheet


def above(line: int) -> str:
    """The note that lines above the headers were left out."""
    return say("the headers stand in line {line:count}; nothing above it was read.", line=line)


def two_above() -> str:
    """The note that headers stand in two rows."""
    return say("its headers stand in two rows, questions and their answers, and are read as one.")


def _typed(cells: Any, texts: list[str | None]) -> Any:
    """Cells as numbers, days or flags, if each that is not missing is one; else None."""
    filled = [None if text is None else cell for cell, text in zip(cells, texts, strict=True)]
    kinds = {type(cell) for cell in filled if cell is not None}
    for type_, accepted in (
        (pa.bool_(), {bool}),
        (pa.int64(), {int}),
        (pa.float64(), {int, float}),
        (pa.timestamp("us"), {dt.datetime, dt.date}),
    ):
        if kinds and kinds <= accepted:
            try:
                return pa.chunked_array([pa.array(filled, type_)])
            except (pa.ArrowInvalid, OverflowError):
                return None
    return None
