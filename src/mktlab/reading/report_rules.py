"""What a tool's preset says of its rows: counts that are absent, ids in parts, rows that lack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from mktlab.reading.choosing import sample
from mktlab.reading.containers import stem
from mktlab.reading.meanings import alike, bare, recognize, spelling
from mktlab.reading.numbers import is_text
from mktlab.reading.parsing import all_match
from mktlab.reading.problems import Mask, Problem, Refused
from mktlab.reading.report_cells import NUMBERS, Cells
from mktlab.reading.text_table import TextTable
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

_SCORE, _WORDED = r"^(10|\d)([.]0)?$", r"^\D*(10|\d)\D*$"
"""An answer from 0 to 10, and one with words beside it: 10 - Extremely likely."""
_QUERY = r"\?\S*=\S*"
_ROUNDED = r"\d([.,]\d+)?E\+\d+"
"""An id that a spreadsheet took for a number, so that its last digits are lost."""


def once(reports: Mapping[str, TextTable]) -> list[TextTable]:
    """The reports of an archive without those that repeat rows of another, by their names."""
    kept = {}
    for name, sheet in reports.items():
        preset = recognize(sheet.columns)
        again = preset.report.get("again", ()) if preset else ()
        said = plain(PurePosixPath(name).stem)
        if not any(said.startswith(plain(word)) for word in again):
            kept[name] = sheet
    return [*(kept or reports).values()]


def refused(cells: Cells, found: str, accepted: str, fix: str = "") -> Refused:
    """The refusal of a report, which says how to export a better one."""
    return Refused(Problem(cells.raw.file, found, accepted, fix or cells.preset.report["export"]))


def complete(cells: Cells) -> None:
    """Refuse a report without a column that its table needs, or with amounts in two currencies."""
    made = (*cells.says("absent"), *cells.says("named"), *cells.says("control"))
    given = {"week", *cells.found, *made}
    missing = [name for name in cells.table.required if name not in given]
    if missing:
        lacks = say("no column of {names}", names=", ".join(missing))
        wanted = ", ".join(cells.preset.columns.get(missing[0], ()))
        raise refused(cells, lacks, say("a column such as {names}", names=wanted))
    money = plain(bare(cells.found.get(cells.money, "")))
    same = [header for header in cells.raw.columns if plain(bare(header)) == money]
    if money and len(same) > 1:
        raise refused(
            cells,
            say("{headers}: amounts in several currencies", headers=", ".join(same)),
            say("one currency in a file"),
            say("export each account in a file of its own, all in one currency"),
        )


def scored(cells: Cells) -> None:
    """Of questions that may be meant, take that whose answers are 0 to 10, as digits alone."""
    spelled = spelling(cells.raw.columns)
    for name in cells.says("scored"):
        likely = [h for form in cells.preset.columns[name] for h in alike(form, spelled)]
        header = next((h for h in likely if _is_score(cells.raw.columns[h], _WORDED)), "")
        cells.used -= {cells.found.pop(name, "")}
        if not header:
            raise _unscored(cells, name)
        column = cells.raw.columns[header]
        if is_text(column):
            digits = pc.replace_substring_regex(column, r"^\D*(\d+)\D*$", r"\1")
            cells.raw.columns[header] = digits
        cells.found[name] = header
        cells.used.add(header)


def _is_score(column: Any, form: str) -> bool:
    """Whether all answers are 0 to 10, and some are there."""
    return all_match(sample(column, len(column)).drop_null(), form)


def _unscored(cells: Cells, name: str) -> Refused:
    """The refusal of a survey without that question, with lines that say which other one it is."""
    others = [h for h, column in cells.raw.columns.items() if _is_score(column, _SCORE)]
    others = [header for header in others if header not in cells.found.values()]
    asked = {"file": [cells.raw.file]}
    asked |= {n: [cells.found.get(n, "")] for n in cells.table.required} | {name: others}
    found = say("no question whether people would recommend, with answers from 0 to 10")
    fix = say(
        "if one of these questions is it, put the lines into columns.toml, with one line of "
        "{name}:\n{lines}",
        name=name,
        lines=_lines(cells.table.name, asked),
    )
    return refused(cells, found, say("one such question"), fix if others else "")


def compared(cells: Cells, values: dict[str, Any]) -> None:
    """Tell which version of each test is the control, and which days of tests have no row."""
    told = dict(cells.says("control"))
    for name, (of, word) in told.items():
        values[name] = (values[of] == word).to_numpy(bool)
        tests = pd.DataFrame({"test": values[cells.table.key[0]], "control": values[name]})
        tests = tests[~(cells.total | cells.nameless)]
        without = tests.groupby("test")["control"].any()
        if not without.all():
            test = without.index[~without][0]
            names = sorted({*values[of][values[cells.table.key[0]] == test].dropna()})
            found = say(
                "{test}, of whose versions none is the original: {names}",
                test=test,
                names=", ".join(names),
            )
            lines = _lines(cells.table.name, {"file": [cells.raw.file]})
            lines += "\n" + _lines(
                f"{cells.table.name}.values.{of}", {json.dumps(names[0]): [word]}
            )
            fix = say("say in columns.toml which one it is:\n{lines}", lines=lines)
            raise refused(cells, found, say("a version that is called original"), fix)
    if told and "date" in values:
        days = pd.DataFrame({"test": values[cells.table.key[0]], "date": values["date"]})
        ends = days.dropna().groupby("test")["date"].agg(["min", "max", "nunique"])
        gaps = int(((ends["max"] - ends["min"]).dt.days + 1 - ends["nunique"]).sum())
        if gaps:
            cells.notes.append(
                say_many(
                    "{n} day between the first and the last one of a test has no row.",
                    "{n:count} days between the first and the last ones of tests have no row.",
                    gaps,
                )
            )


def _lines(part: str, said: Mapping[str, list[str]]) -> str:
    """Lines for a part of columns.toml."""
    held = [(column, text) for column, texts in said.items() for text in texts]
    lines = [f"{column} = {json.dumps(text, ensure_ascii=False)}" for column, text in held]
    return "\n".join([f"[{part}]", *lines])


def completed(cells: Cells, values: dict[str, Any]) -> None:
    """Fill in the counts that a tool does not have; refuse ids whose last digits are lost."""
    for name, usual in dict(cells.says("absent")).items():
        if cells.kinds[name] not in NUMBERS:
            continue
        given = pd.Series(values.get(name, np.nan), range(cells.raw.rows), dtype=float)
        values[name] = given.fillna(usual)
        if empty := int((given.isna() & ~cells.total & ~cells.nameless).sum()):
            told = say_many(
                "{name} is taken as {usual} in {n} row, as the tool says nothing.",
                "{name} is taken as {usual} in {n:count} rows, as the tool says nothing.",
                empty,
                name=name,
                usual=usual,
            )
            cells.notes.append(told)
    for name, (headers, doubt) in dict(cells.says("doubted")).items():
        if plain(cells.found.get(name, "")) in map(plain, headers):
            cells.notes.append(doubt)
    for name, headers in dict(cells.says("joined")).items():
        first, *others = (cells.text(header) for header in cells.headers(headers))
        values[name] = sum((" " + other for other in others), first)
    for name in [name for name in cells.says("stripped") if name in values]:
        values[name] = values[name].str.replace(_QUERY, "", regex=True)
    for name in cells.says("named"):
        values[name] = np.full(cells.raw.rows, stem(Path(cells.raw.file)), object)
        told = say("{name} is the name of the file.", name=name)
        cells.notes.append(told)
    for name in [name for name in cells.found if cells.kinds[name] == "id" and name in values]:
        rounded = values[name].astype("str").str.fullmatch(_ROUNDED, case=False).fillna(False)
        if (lost := rounded.to_numpy(bool) & ~cells.total).any():
            row = int(lost.argmax())
            found = say("{id}, whose last digits a spreadsheet has lost", id=values[name][row])
            fix = say("export it again, and do not open it in a spreadsheet on the way")
            file, line = cells.raw.place(row)
            many = int(lost.sum())
            accepted = say("ids as the tool has them")
            header = cells.found[name]
            raise Refused(Problem(file, found, accepted, fix, line, header, many))


def without(cells: Cells, values: dict[str, Any]) -> dict[str, Mask]:
    """Rows that lack what every row of the table needs, by why they are left out."""
    gone, reasons = cells.total | cells.nameless, {}
    for name in cells.says("needed"):
        lacks = np.asarray(pd.isna(values.get(name, np.full(len(gone), np.nan))))
        reasons[say("without {name}", name=name)] = lacks & ~gone
        gone = gone | lacks
    return reasons
