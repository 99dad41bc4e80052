"""A folder of a person's own files becomes checked tables, or one report of all that is in the way.

`read_folder` finds the files (`find_files`), lets `read_table` read each, and notes what is odd but
usable. `read_table` finds the declared columns by `headers`, reads them by `parsing` and lets
`checks` hold them against the declarations. Nothing stops at the first mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

from mktlab.files import is_file, printable
from mktlab.reading.checks import check, crossed, dangling
from mktlab.reading.dialect import MEMORY, TextTable, Unreadable, read_csv, read_parquet
from mktlab.reading.headers import FILE, Mapping, assign, proposal, read_mapping
from mktlab.reading.parsing import natural, parse
from mktlab.reading.problems import Fault, Mask, Problem, TablesNotReadable
from mktlab.schema import Column, Table
from mktlab.show.words import say
from mktlab.spelling import nearest
from mktlab.tables import TABLES

OURS = (FILE, "kpis.toml", "README.md", "datapackage.json")
_FORMATS = (".csv", ".parquet")
_NAMES = "files named after the tables, such as orders.csv or orders.parquet: " + ", ".join(TABLES)


@dataclass
class Reading:
    """The tables of a folder, in the order of `TABLES`, and what was odd but usable."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    currency: str = ""
    samples: dict[str, float] = field(default_factory=dict)


def read_folder(folder: Path, *, checked: bool = True, now: pd.Timestamp | None = None) -> Reading:
    """Read every table that a folder holds.

    Parameters
    ----------
    folder
        Holds CSV or Parquet files named after the tables, in any case, and may hold `columns.toml`.
    checked
        False leaves out the checks of values, for files known to be as they were published.
    now
        The moment of reading; by default the machine's clock. Later days are in the future.

    Raises
    ------
    TablesNotReadable
        With every problem of every file.
    """
    now = now if now is not None else pd.Timestamp.now()
    mapping, reading = _mapping(folder), Reading()
    problems = mapping.problems
    reading.currency, reading.samples = mapping.currency, mapping.samples
    files = find_files(folder, mapping, problems=problems, notes=reading.notes)
    for name, path in files.items():
        frame, found, notes = read_table(path, TABLES[name], mapping, checked=checked, now=now)
        problems += found
        reading.notes += notes
        if frame is not None:
            reading.tables[name] = frame
    MEMORY.release_unused()  # the text of the files is not needed any more
    if problems:
        raise TablesNotReadable(folder, problems)
    reading.notes += dangling(reading.tables)
    return reading


def tables_in(folder: Path) -> list[str]:
    """The tables for which a folder has a file, by their names alone: nothing is read."""
    return list(find_files(folder, _mapping(folder), problems=[], notes=[]))


def _mapping(folder: Path) -> Mapping:
    if not is_file(folder / FILE):
        return Mapping()
    try:
        return read_mapping(folder / FILE, TABLES)
    except Unreadable as unreadable:
        return Mapping(problems=[unreadable.problem])


def _held(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        found, fix = (
            say("no such folder, seen from {path}", path=Path.cwd()),
            say("check the path, or make the folder"),
        )
    except NotADirectoryError:
        found, fix = (
            say("a file where a folder is expected"),
            say("give the folder that the file lies in"),
        )
    except (OSError, ValueError) as error:
        found = f"no folder that can be read ({getattr(error, 'strerror', 'no such name')})"
        fix = say("give a folder that you may read")
    problem = Problem(
        printable(folder.name),
        None,
        "",
        found,
        say("a folder that holds {names}", names=_NAMES),
        fix,
    )
    raise TablesNotReadable(printable(folder), [problem])


def find_files(
    folder: Path, mapping: Mapping, *, problems: list[Problem], notes: list[str]
) -> dict[str, Path]:
    """The file of each table; what is wrong or odd is added to `problems` and `notes`."""
    held = [path for path in _held(folder) if not path.name.startswith(".")]
    problems += [
        Problem(
            path.name,
            None,
            "",
            say("no file, or none that can be opened"),
            say("a file"),
            say("take it out"),
        )
        for path in held
        if not is_file(path) and (path.name == FILE or _is_table(path))
    ]
    paths = [path for path in held if is_file(path) and path.name not in OURS]
    fitting: dict[str, list[Path]] = {name: [] for name in TABLES}
    unknown = []
    for path in paths:
        tables = [name for name, file in mapping.files.items() if file == path.name]
        if not tables and _is_table(path):
            tables = [path.stem.lower()]
        for name in tables:
            fitting[name].append(path)
        if not tables:
            unknown.append(path.name)
    problems += _misplaced(mapping, fitting, [path.name for path in paths])
    problems += [
        Problem(
            found[0].name,
            None,
            "",
            both,
            say("one file for {name}", name=name),
            say("keep the one that counts"),
        )
        for name, found in fitting.items()
        if len(found) > 1 and (both := " and ".join(path.name for path in found))
    ]
    if not any(fitting.values()):
        found = "no file of a table" + (
            say(", only {unknown}", unknown=", ".join(unknown)) if unknown else ""
        )
        fix = say(
            'rename your file, or name it in {file}: [orders] and file = "your file.csv"', file=FILE
        )
        problems.append(Problem(folder.name, None, "", found, _NAMES, fix))
    elif unknown:
        notes.append(
            say("Not read, as no table goes by that name: {unknown}.", unknown=", ".join(unknown))
        )
    return {name: found[0] for name, found in fitting.items() if len(found) == 1}


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in _FORMATS and path.stem.lower() in TABLES


def _misplaced(
    mapping: Mapping, fitting: dict[str, list[Path]], names: list[str]
) -> Iterator[Problem]:
    """A problem for each table that columns.toml speaks of and the folder does not hold."""
    for table in mapping.headers:
        file = mapping.files.get(table, f"{table}.csv")
        if not fitting[table] or (table in mapping.files and file not in names):
            likely = nearest(file, names)
            fix = (
                say('write file = "{likely}", if that is meant', likely=likely)
                if likely
                else say("mend the name")
            )
            found = say("[{table}], but the folder has no {file}", table=table, file=file)
            yield Problem(
                FILE,
                None,
                "",
                found,
                say("a file of the folder: {names}", names=", ".join(names)),
                fix,
            )


def read_table(
    path: Path, table: Table, mapping: Mapping, *, checked: bool, now: pd.Timestamp
) -> tuple[pd.DataFrame | None, list[Problem], list[str]]:
    """Read one file as `table` declares it: the frame, its problems, and notes on it."""
    try:
        sheet = read_parquet(path) if path.suffix.lower() == ".parquet" else read_csv(path)
    except Unreadable as unreadable:
        return None, [unreadable.problem], []
    said = mapping.headers.get(table.name, {})
    taken, problems = assign(table, sheet.columns, said, sheet.file)
    problems = sheet.problems + problems
    missing = [name for name in table.required if name not in taken and name not in said]
    if missing:
        problems.append(_missing(table, sheet, missing, taken))
    columns: dict[str, pd.Series[Any]] = {}
    faulty: dict[str, Mask] = {}
    settings = mapping.settings.get(table.name)
    for column in table.columns:
        if column.name in taken:
            values, faults = parse(column, sheet.columns[taken[column.name]], settings=settings)
            columns[column.name] = values
            problems += [_problem(sheet, column, fault) for fault in faults]
            faulty[column.name] = _union(faults, sheet.rows)
    notes = _fill(table, columns, faulty, rows=sheet.rows, file=sheet.file)
    frame = pd.DataFrame(_in_order(columns, sheet, taken), copy=False)
    if checked:
        for name, fault in check(table, frame, faulty, now=now):
            problems.append(_problem(sheet, table[name] if name else None, fault))
        notes += crossed(table, frame, sheet.file, sheet.line)
    return frame, problems, notes


def _in_order(
    columns: dict[str, pd.Series[Any]], sheet: TextTable, taken: dict[str, str]
) -> dict[str, pd.Series[Any]]:
    """Columns in the order of the file, the reader's own among them; then those of defaults."""
    ordered: dict[str, pd.Series[Any]] = {}
    for header, cells in sheet.columns.items():
        names = [name for name, mapped in taken.items() if mapped == header]
        ordered |= {name: columns[name] for name in names}
        if not names:
            ordered[f"{header} (file)" if header in columns else header] = natural(cells)
    return ordered | columns


def _missing(table: Table, sheet: TextTable, missing: list[str], taken: dict[str, str]) -> Problem:
    lines = proposal(table, sheet.columns, taken)
    return Problem(
        sheet.file,
        None,
        "",
        say(
            "no column {missing}; the headers are {columns}",
            missing=", ".join(missing),
            columns=", ".join(sheet.columns),
        ),
        say("the columns {required}", required=", ".join(table.required)),
        say(
            "make a file {file} beside it with these lines, once you have checked them:\n{lines}",
            file=FILE,
            lines=lines,
        ),
    )


def _problem(sheet: TextTable, column: Column | None, fault: Fault) -> Problem:
    return Problem(
        sheet.file,
        sheet.line(int(fault.rows.argmax())),
        column.name if column else "",
        fault.found,
        fault.accepted or (column.rule if column else ""),
        fault.fix,
        rows=int(fault.rows.sum()),
    )


def _union(faults: list[Fault], rows: int) -> Mask:
    union = np.zeros(rows, dtype=bool)
    for fault in faults:
        union |= fault.rows
    return union


def _fill(
    table: Table,
    columns: dict[str, pd.Series[Any]],
    faulty: dict[str, Mask],
    *,
    rows: int,
    file: str,
) -> list[str]:
    """Put in the declared defaults, and note where."""
    notes, absent = [], []
    for column in table.columns:
        if column.default is None:
            continue
        default = json.dumps(column.default).strip('"')
        if column.name not in columns:
            absent.append(say("{name} (taken as {default})", name=column.name, default=default))
            columns[column.name] = pd.Series(column.default, range(rows), dtype=column.dtype)
            continue
        values = columns[column.name]
        empty = values.isna() & ~faulty[column.name]
        if empty.any():
            notes.append(
                say(
                    "{file}: empty cells of {name} taken as {default}: {rows:count} rows.",
                    file=file,
                    name=column.name,
                    default=default,
                    rows=int(empty.sum()),
                )
            )
            filled = values.where(~empty, column.default)
            columns[column.name] = (
                filled if filled.hasnans else filled.astype(pandas_dtype(column.dtype))
            )
    if absent:
        notes.append(say("{file} has no column {absent}.", file=file, absent=", ".join(absent)))
    return notes
