"""Whatever is done to an export, it gives the right table, or a sentence that names the file."""

import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from broken_files import BREAKAGES, NotHereError, Sheet
from exported import EXPORTS

from mktlab.folder_check import check
from mktlab.reading import read_folder
from mktlab.schema import MktlabError
from mktlab.tables import TABLES

FILES = sorted(path.stem for path in EXPORTS.glob("*.csv"))
WEEK = {"search_console_week_queries": "Queries.csv", "search_console_week_chart": "Chart.csv"}
"""Files that are read together, and what they are called."""


READ = {"1 UTF-16 with tabs", "2 Windows letters", "4 a mark of order", "5 semicolons", "24 CRLF"}
READ |= {"24 a break in a name"}
"""What is never a reason to refuse a file that is read otherwise."""
LEFT = "told"
LOST = re.compile(r"NA in \d+ rows? of .* taken for (?:an )?empty cells?|\d rows? left out")
TOLD = {"18 a name NA", "20 23 merged cells"}
"""What cannot be known again, so that the account may also tell which rows are left out."""


def called(name):
    return WEEK.get(name, f"{name}.csv")


def text_of(name):
    data = (EXPORTS / f"{name}.csv").read_bytes()
    return data.decode("cp1252" if name == "surveymonkey" else "utf-8")


def result(folder, name, data):
    """What the file becomes: of each table rows, sums, ids and moments; else the refusal."""
    folder.mkdir()
    for other in WEEK if name in WEEK else ():
        shutil.copy(EXPORTS / f"{other}.csv", folder / called(other))
    (folder / called(name)).write_bytes(data)
    try:
        lines, well = check(folder, save=True)
        if not well:
            return " ".join(" ".join(lines).split())
        reading = read_folder(folder)
        return {
            LEFT: [line for line in reading.account.lines() if LOST.search(line)],
        } | {
            table: looked_at(frame[[c.name for c in TABLES[table].columns if c.name in frame]])
            for table, frame in reading.tables.items()
        }
    except MktlabError as refused:
        return str(refused)


def looked_at(frame):
    """What must be the same, whatever names became; amounts to the cent."""
    seen = {"rows": len(frame)}
    for name in frame:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            days = pd.to_datetime(column, utc=True)
            seen[name] = sorted(days.dropna().dt.strftime("%Y-%m-%d %H:%M"))
        elif pd.api.types.is_numeric_dtype(column):
            seen[name] = round(float(column.sum()), 2), int(column.isna().sum())
        else:
            seen[name] = column.nunique(), int(column.isna().sum())
    return seen


@cache
def whole(name):
    with tempfile.TemporaryDirectory() as place:
        return result(Path(place) / "whole", name, (EXPORTS / f"{name}.csv").read_bytes())


def cases():
    """Which breakage applies to which file, and why not to the others."""
    applies, why_not = [], {}
    for name in FILES:
        for kind, broken in BREAKAGES.items():
            try:
                broken(Sheet(text_of(name)))
                applies.append((name, kind))
            except NotHereError as why:
                why_not[name, kind] = str(why)
    return applies, why_not


APPLIES, WHY_NOT = cases()
MENDED = [
    ("invoice_lines", "19 a guarded minus"),
    ("square_transactions", "21 a thing twice"),
    ("buffer_today", "9 longer rows"),
]
"""What once was a wrong sum or a traceback."""
QUICK = [*MENDED, *APPLIES[::61]]
"""Of all, those and one in 61, which is no multiple of how many kinds there are."""


def judged(folder, name, kind):
    """Nothing, or what is wrong with what became of a broken file."""
    right = whole(name)
    found = result(folder / "broken", name, BREAKAGES[kind](Sheet(text_of(name))))
    if isinstance(found, str) and kind in READ and not isinstance(right, str):
        return f"refused: {found}"
    if isinstance(found, str):
        return "" if called(name) in found else f"a refusal that names no file: {found}"
    if kind == "22 two currencies" and "converted" not in text_of(name).lower():
        return f"two currencies were added up: {found}"
    if isinstance(right, str):
        return f"read, though the whole file is refused: {found}"
    told = [line for line in found.pop(LEFT) if line not in right[LEFT]]
    if kind in TOLD and any(line.startswith(called(name)) for line in told):
        return ""
    changed = {
        (table, key): (seen, found.get(table, {}).get(key))
        for table, columns in right.items()
        if table != LEFT
        for key, seen in columns.items()
        if found.get(table, {}).get(key) != seen
    }
    return f"another table: {changed}" if changed else ""


@pytest.mark.parametrize(("name", "kind"), QUICK)
def test_a_broken_file_gives_the_right_table_or_names_itself(tmp_path, name, kind):
    assert judged(tmp_path, name, kind) == ""


@pytest.mark.slow
@pytest.mark.parametrize("kind", BREAKAGES)
def test_each_breakage_in_each_file_gives_the_right_table_or_names_the_file(tmp_path, kind):
    wrong = {}
    for name in (name for name, one in APPLIES if one == kind):
        (tmp_path / name).mkdir()
        if told := judged(tmp_path / name, name, kind):
            wrong[name] = told
    assert wrong == {}


def test_each_breakage_applies_somewhere_and_each_file_can_be_broken():
    assert {kind for _, kind in APPLIES} == set(BREAKAGES)
    assert {name for name, _ in APPLIES} == set(FILES)
    assert len(APPLIES) + len(WHY_NOT) == len(FILES) * len(BREAKAGES)
    assert all(WHY_NOT.values())
