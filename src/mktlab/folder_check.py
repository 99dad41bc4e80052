"""`mktlab check`: what a folder of a person's own files holds, and the `columns.toml` it needs.

`look` reads every file, proposes what is not said of it, and tries the proposal: what it tells is
what `mktlab run --data` will read. `Findings.lines` is the text, `Findings.toml` the proposal.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mktlab.course.catalogue import course
from mktlab.files import write_whole
from mktlab.reading import Reading, files_of, read_folder
from mktlab.reading.containers import stem
from mktlab.reading.mapping import FILE, Mapping, read_mapping
from mktlab.reading.problems import Problem, Refused, TablesNotReadable, Unreadable
from mktlab.reading.proposing import joinable, matching, propose
from mktlab.reading.reports import opened
from mktlab.reading.text_table import TextTable, join
from mktlab.reading.weekly import by_week
from mktlab.reading.writing import Proposal, write
from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many
from mktlab.tables import TABLES

WIDTH = 100


@dataclass
class Findings:
    """What was found in a folder: its tables now, and then with the proposal, or what is wrong."""

    folder: Path
    now: Reading | TablesNotReadable
    proposals: list[Proposal] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    toml: str = ""
    then: Reading | TablesNotReadable | None = None

    @property
    def settled(self) -> bool:
        """Whether the tables load as they are."""
        return isinstance(self.now, Reading)

    def lines(self) -> list[str]:
        """What a person reads, at most 100 letters a line."""
        lines = list(self.told)
        if isinstance(self.now, Reading):
            lines += [*self.now.account.lines(), *self.now.notes, *_lessons(self.now)]
        if self.toml:
            lines += ["", *self._proposed()]
        elif isinstance(self.now, TablesNotReadable):
            lines += [str(self.now), *_beside(self.now)]
        else:
            lines += _report(self.now, self.folder)
        copied = self.toml.rstrip()  # is to be copied, so no line of it is cut
        return [
            part
            for line in lines
            for part in (line.splitlines() if line and line == copied else wrapped(line))
        ]

    def _proposed(self) -> Iterator[str]:
        undecided = sum(len(proposal.open) for proposal in self.proposals)
        if self.settled:
            yield say("More could be read, with this {file}:", file=FILE)
        elif undecided:
            yield say_many(
                "This {file} settles all but {n} thing, which you must decide (the # line):",
                "This {file} settles all but {n} things, which you must decide (the # lines):",
                undecided,
                file=FILE,
            )
        else:
            yield say("This {file} settles how these files are read:", file=FILE)
        yield from ["", self.toml.rstrip(), ""]
        if isinstance(self.then, Reading):
            yield say("With it:")
            yield from [*self.then.account.lines(), *self.then.notes, *_lessons(self.then)]
        elif self.then is not None:
            left = [problem for problem in self.then.problems if not _open(problem)]
            if left:
                yield from [
                    say("With it, this is left:"),
                    str(TablesNotReadable(self.folder, left)),
                ]
            yield from _beside(self.then)
        command = say("mktlab check {folder} --write", folder=self.folder)
        yield ""
        yield say("To put it into the folder: {command}", command=command)


def look(folder: Path) -> Findings:
    """Look at a folder of files, and try what could be proposed for it."""
    findings = Findings(folder, _read(folder, None))
    said, mapping = _said(folder)
    sheets: dict[str, TextTable] = {}
    for path in files_of(folder):
        known = mapping.table_of(path)
        mapped = any(mapping.headers.get(known, {}).values())
        try:
            sheets[path.name] = opened(
                path,
                settings=mapping.of(known),
                table=known if known in TABLES else "",
                mapped=mapped,
            )
        except Refused as refused:
            findings.told += [
                say(
                    "{where}: not read, {found}. Do: {fix}.",
                    where=str(p).partition("\n")[0],
                    found=p.found,
                    fix=p.fix,
                )
                for p in refused.problems
                if p not in getattr(findings.now, "problems", ())
            ]
        except Unreadable:
            continue
    for table, files in _tables(sheets, mapping, findings.told).items():
        sheet = join([sheets[file] for file in files])
        sheet = by_week(sheet, TABLES[table]) if sheet.report else sheet
        named = len(files) > 1 or stem(Path(files[0])).lower() != table
        proposal = propose(
            TABLES[table], sheet, files=files if named else None, said=said.get(table)
        )
        if findings.settled:
            kept = {column.name for column in TABLES[table].columns} | {"file", "join"}
            proposal.lines = [line for line in proposal.lines if line.key in kept and line.sure]
            proposal.folder, proposal.spellings = [], {}
        proposal.folder = [line for line in proposal.folder if line.key not in said]
        if proposal.preset:
            findings.told.append(
                say(
                    "{file}: {name}, known by its headers.",
                    file=", ".join(files),
                    name=proposal.preset.name,
                )
            )
        if proposal.lines or proposal.folder or proposal.spellings:
            findings.proposals.append(proposal)
    if findings.proposals and not mapping.problems:
        findings.toml = write(findings.proposals, _text(folder))
        findings.then = _read(folder, findings.toml)
        if isinstance(findings.now, Reading) and not _more(findings.now, findings.then, findings):
            findings.toml = ""  # what loads as it is stays as it is
    return findings


def put(findings: Findings) -> str:
    """Write the proposal into the folder, a copy of what was there beside it: what was done."""
    target = findings.folder / FILE
    copy = ""
    if target.exists():
        names = (f"{FILE}.bak{number or ''}" for number in range(1000))
        backup = next(path for name in names if not (path := target.with_name(name)).exists())
        shutil.copyfile(target, backup)
        copy = say(" What was there is in {backup}.", backup=backup.name)
    write_whole(target, findings.toml, what=FILE)
    return say("Wrote {file}.", file=target) + copy


def _read(folder: Path, text: str | None) -> Reading | TablesNotReadable:
    """The tables of a folder, as they are or with another `columns.toml`."""
    try:
        if text is None:
            return read_folder(folder)
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / FILE).write_text(text, encoding="utf-8")
            return read_folder(folder, mapping=read_mapping(Path(place) / FILE, TABLES))
    except TablesNotReadable as problem:
        return problem


def _more(now: Reading, then: Reading | TablesNotReadable, findings: Findings) -> bool:
    """Whether the proposal reads more than is read without it; says why if it cannot be read."""
    if isinstance(then, TablesNotReadable):
        findings.told += [
            say("Not read with the others: {found} ({fix}).", found=p.found, fix=p.fix)
            for p in then.problems
        ]
        return False
    joins = all(line.key == "join" for p in findings.proposals for line in p.lines)
    kept = [sum(file.kept for file in reading.account.files) for reading in (now, then)]
    return not joins or kept[1] > kept[0]


def _beside(broken: TablesNotReadable) -> Iterator[str]:
    """What is well in a folder beside its problems."""
    if broken.notes:
        yield from ["", say("Beside this:"), *broken.notes]


def _open(problem: Problem) -> bool:
    """Whether a problem is one of the lines that a person must decide."""
    return problem.line is None and not problem.column and FILE in problem.fix


def _text(folder: Path) -> str:
    path = folder / FILE
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _said(folder: Path) -> tuple[dict[str, Any], Mapping]:
    """What `columns.toml` says, as written and as read."""
    if not (folder / FILE).is_file():
        return {}, Mapping()
    mapping = read_mapping(folder / FILE, TABLES)
    try:
        return tomllib.loads(_text(folder)), mapping
    except (ValueError, RecursionError):
        return {}, mapping


def _tables(
    sheets: dict[str, TextTable], mapping: Mapping, told: list[str]
) -> dict[str, list[str]]:
    """The files of each table: as named, else by their columns; those of equal headers together."""
    tables: dict[str, list[str]] = {}
    for table, file in mapping.files.items():
        join = mapping.of(table).join
        tables[table] = [name for name in (join or (file,)) if name in sheets]
    tables = {table: files for table, files in tables.items() if files}
    for file in sheets:
        own = stem(Path(file)).lower()
        if own in TABLES and own not in tables:
            tables[own] = [file]
    for file, sheet in sheets.items():
        if any(file in files for files in tables.values()):
            continue
        alike = joinable(sheets, file)
        same = next((t for t, files in tables.items() if files[0] in alike), "")
        fitting = [same] if same else matching(sheet)
        if same and mapping.of(same).join:
            continue
        if len(fitting) == 1 and fitting[0] in tables and not same:
            if sheet.report:
                both, table = [*tables[fitting[0]], file], fitting[0]
                told.append(
                    say(
                        "{file} is of {table}, too: join = {both} under [{table}] reads both.",
                        file=file,
                        both=json.dumps(both, ensure_ascii=False),
                        table=table,
                    )
                )
            continue
        if len(fitting) == 1 or same:
            tables[fitting[0]] = sorted({*tables.get(fitting[0], []), *alike})
            told.append(
                say("{file} is read as {table}, by its columns.", file=file, table=fitting[0])
            )
        else:
            which = say(" or ").join(fitting) or say("none")
            told.append(
                say(
                    "{file}: which table it is its columns do not tell ({which}).",
                    file=file,
                    which=which,
                )
            )
    return tables


def _lessons(reading: Reading) -> Iterator[str]:
    """Which lessons the tables open, and what the next one needs."""
    tables = reading.tables
    own = [lesson for lesson in course() if lesson.own and lesson.part]
    opened = [lesson.name for lesson in own if lesson.opens(tables)]
    if opened:
        yield say("Lessons that these tables open: {names}.", names=", ".join(opened))
    closed = [lesson for lesson in own if not lesson.opens(tables)]
    if closed:
        following = min(closed, key=lambda lesson: len(lesson.lacks(tables)))
        lacks = ", ".join(following.lacks(tables))
        yield say("Next, {name} needs {lacks}.", name=following.name, lacks=lacks)


def _report(reading: Reading, folder: Path) -> Iterator[str]:
    """The command that writes a report, if the tables open a lesson."""
    for lesson in course():
        if lesson.part and lesson.opens(reading.tables):
            run = say("mktlab run {lesson} --data {folder}", lesson=lesson.name, folder=folder)
            yield say("For a report: {command}", command=run)
            return


def wrapped(line: str) -> list[str]:
    parts = []
    for text in line.splitlines() or [""]:
        indent = " " * (len(text) - len(text.lstrip()) + 2)
        parts += textwrap.wrap(
            text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
        ) or [""]
    return parts


def check(folder: Path, *, save: bool) -> tuple[list[str], bool]:
    """Look at a folder, and save the proposal if wanted: what to tell, and whether all is well.

    Raises
    ------
    MktlabError
        When there is no such folder, or nothing can be written.
    """
    if not folder.is_dir():
        told = say("{folder} is no folder: give the folder that your files lie in.", folder=folder)
        raise MktlabError(told)
    findings = look(folder)
    if not save or not findings.toml:
        return findings.lines(), findings.settled
    written = put(findings)
    after = Findings(folder, _read(folder, None), told=findings.told)
    text = [part for line in [written, *after.lines()] for part in wrapped(line)]
    return text, after.settled
