"""A folder of a person's own files becomes checked tables, or one report of all that is in the way.

`read_folder` finds the files (`find_files`), lets `loading` read each, notes what is odd but usable
and gives an account of every row. Nothing stops at the first mistake. What flows where:

* a file becomes a sheet of cells: `dialect`, `containers`, `layout`, `quotes`, `text_table`;
* its cells become values: `parsing`, `numbers`, `dates`;
* its rows become those of a table: `loading`, `rows`, `expression`, `exchange`, `folding`,
  `shaping`, `refunds`;
* a tool's report becomes rows of a table: `reports`, `blocks`, `events`,
  `report_cells`, `weekly`;
* what a person has said of it: `mapping`, `settings`; what is told her: `account`, `problems`,
  `checks`, `doubt`;
* personal data on their way: `personal`, `privacy`;
* what she could say: `proposing`, `choosing`, `meanings`, `settling`, `settling_orders`, `writing`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mktlab.files import is_file, printable
from mktlab.reading.account import Account
from mktlab.reading.checks import dangling
from mktlab.reading.containers import stem
from mktlab.reading.doubt import doubts
from mktlab.reading.exchange import ask_rates
from mktlab.reading.loading import read_table
from mktlab.reading.mapping import FILE, Mapping, read_mapping
from mktlab.reading.privacy import told
from mktlab.reading.problems import Problem, TablesNotReadable, Unreadable, meant
from mktlab.reading.reports import opened
from mktlab.reading.rows import Rows
from mktlab.reading.text_table import MEMORY
from mktlab.show.words import say
from mktlab.tables import TABLES

OURS = (FILE, "kpis.toml", "README.md", "datapackage.json")
_NAMES = "files named after the tables, such as orders.csv or orders.parquet: " + ", ".join(TABLES)


@dataclass
class Reading:
    """The tables of a folder, in the order of `TABLES`, and what was odd but usable.

    `personal` are the columns of ids that name people, with the kind of data: whoever keeps the
    tables is to put pseudonyms in their place.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    currency: str = ""
    samples: dict[str, float] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    personal: dict[str, str] = field(default_factory=dict)


def read_folder(
    folder: Path,
    *,
    checked: bool = True,
    now: pd.Timestamp | None = None,
    mapping: Mapping | None = None,
    invented: bool = False,
) -> Reading:
    """Read every table that a folder holds.

    Parameters
    ----------
    folder
        Holds CSV or Parquet files named after the tables, in any case, and may hold `columns.toml`.
    checked
        False leaves out the checks of values, for files known to be as they were published.
    now
        The moment of reading; by default the machine's clock. Later days are in the future.
    mapping
        What is said of the files; by default what the folder's `columns.toml` says.
    invented
        True leaves personal columns as they are: the people of a simulated company are made up.

    Raises
    ------
    TablesNotReadable
        With every problem of every file.
    """
    now = now if now is not None else pd.Timestamp.now()
    mapping, reading = mapping or _mapping(folder), Reading()
    problems, account = mapping.problems, reading.account
    reading.samples = mapping.samples
    files = find_files(folder, mapping, problems=problems, account=account)
    currencies: dict[str, str] = {}
    headers: dict[str, tuple[list[str], set[str]]] = {}
    for name, paths in files.items():
        try:
            rows = read_table(
                paths, TABLES[name], mapping, checked=checked, now=now, invented=invented
            )
        except Unreadable as unreadable:
            problems += unreadable.problems
            continue
        problems += rows.problems
        reading.notes += rows.notes
        reading.personal |= rows.personal
        headers[name] = [path.name for path in paths], rows.all_headers
        if rows.problems:
            reading.notes += rows.account.assumptions()
        else:
            _take(reading, rows, files)
        if rows.seen:
            currencies.setdefault(rows.seen, paths[0].name)
    _tell_likely(folder, account, headers)
    reading.currency = account.currency = mapping.currency or next(iter(currencies), "")
    problems += _one_currency(currencies)
    MEMORY.release_unused()  # the text of the files is not needed any more
    reading.notes += dangling(reading.tables)
    reading.notes += doubts(reading.tables) if checked else ()
    if reading.personal:
        reading.notes.append(told(reading.personal))
    if problems:
        raise TablesNotReadable(folder, problems, [*account.lines(), *reading.notes])
    return reading


def _take(reading: Reading, rows: Rows, others: Container[str]) -> None:
    """Add the table of a file; what its rows hold of other tables where these have no file."""
    reading.account.files.append(rows.account)
    reading.tables[rows.account.table] = rows.frame
    reading.tables |= {name: made for name, made in rows.made.items() if name not in others}


def _tell_likely(
    folder: Path, account: Account, headers: dict[str, tuple[list[str], set[str]]]
) -> None:
    """Tell the line that would read a file which has the headers of one that was read."""
    for file in account.not_read:
        with suppress(Unreadable):
            own = set(opened(folder / file).columns)
            for table, (files, theirs) in headers.items():
                if own == theirs:
                    account.likely[file] = table, [*files, file]


def _one_currency(currencies: dict[str, str]) -> Iterator[Problem]:
    """A problem if the files of a folder name different currencies."""
    if len(currencies) > 1:
        found = ", ".join(f"{code} in {file}" for code, file in currencies.items())
        yield Problem(FILE, found, say("one currency, or rates"), ask_rates(*currencies))


def tables_in(folder: Path) -> list[str]:
    """The tables for which a folder has a file, by their names alone: nothing is read."""
    return list(find_files(folder, _mapping(folder), problems=[], account=Account()))


def _mapping(folder: Path) -> Mapping:
    if not is_file(folder / FILE):
        return Mapping()
    try:
        return read_mapping(folder / FILE, TABLES)
    except Unreadable as unreadable:
        return Mapping(problems=unreadable.problems)


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that may hold a table, by name."""
    return [
        path
        for path in _held(folder)
        if is_file(path) and path.name not in OURS and not path.name.startswith(f"{FILE}.bak")
    ]


def _held(folder: Path) -> list[Path]:
    """What lies in a folder and is not hidden."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        found = say("no such folder, seen from {path}", path=Path.cwd())
        fix = say("check the path, or make the folder")
    except NotADirectoryError:
        found = say("a file where a folder is expected")
        fix = say("give the folder that the file lies in")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", say("no such name"))
        found = say("no folder that can be read ({why})", why=why)
        fix = say("give a folder that you may read")
    accepted = say("a folder that holds {names}", names=_NAMES)
    problem = Problem(printable(folder.name), found, accepted, fix)
    raise TablesNotReadable(printable(folder), [problem])


def find_files(
    folder: Path, mapping: Mapping, *, problems: list[Problem], account: Account
) -> dict[str, list[Path]]:
    """The file of each table, or its files; what is wrong or not read is told."""
    found, accepted = say("no file, or none that can be opened"), say("a file")
    for path in _held(folder):
        if not is_file(path) and (path.name == FILE or stem(path).lower() in TABLES):
            problems.append(Problem(path.name, found, accepted, say("take it out")))
    wanted = {name: [file] for name, file in mapping.files.items()}
    wanted |= {name: [*of.join] for name, of in mapping.settings.items() if of.join}
    paths, unknown = files_of(folder), []
    fitting: dict[str, list[Path]] = {name: [] for name in TABLES}
    for path in paths:
        own = stem(path).lower()
        tables = [name for name, files in wanted.items() if path.name in files]
        tables = tables or [name for name in TABLES if name == own and name not in wanted]
        for name in tables:
            fitting[name].append(path)
        if not tables:
            unknown.append(path.name)
    for name, files in wanted.items():
        fitting[name].sort(key=lambda path: files.index(path.name))
    problems += _misplaced(mapping, wanted, fitting, [path.name for path in paths])
    for name, several in fitting.items():
        if len(several) > 1 and name not in wanted:
            both = " and ".join(path.name for path in several)
            accepted = say("one file for {name}", name=name)
            fix = say("keep the one that counts")
            problems.append(Problem(several[0].name, both, accepted, fix))
    if not any(fitting.values()):
        found = say("no file of a table")
        found += say(", only {unknown}", unknown=", ".join(unknown)) if unknown else ""
        fix = say(
            'rename your file, or name it in {file}: [orders] and file = "your file.csv" '
            "(mktlab check proposes the lines)",
            file=FILE,
        )
        problems.append(Problem(folder.name, found, _NAMES, fix))
    account.not_read = [printable(name) for name in unknown]
    return {n: held for n, held in fitting.items() if len(held) == 1 or (held and n in wanted)}


def _misplaced(
    mapping: Mapping, wanted: dict[str, list[str]], fitting: dict[str, list[Path]], names: list[str]
) -> Iterator[Problem]:
    """A problem for each file that columns.toml speaks of and the folder does not hold."""
    for table in mapping.headers:
        missing = [file for file in wanted.get(table, ()) if file not in names]
        if not fitting[table] and not missing:
            missing = [f"{table}.csv"]
        for file in missing:
            found = say("[{table}], but the folder has no {file}", table=table, file=file)
            accepted = say("a file of the folder: {names}", names=", ".join(names))
            fix = meant("file", file, names, say("mend the name"))
            yield Problem(FILE, found, accepted, fix)
