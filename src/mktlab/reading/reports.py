"""The reports of advertising and search tools, as the rows of a table of the course.

`opened` reads a file as `dialect` does. If its headers are those of a preset with a `report`, it
becomes a `TextTable` with the headers of the table, a row per day and campaign, term or query, or a
row per mailing or deal where the table has no weeks, with numbers and days typed: so reports of
several tools and languages can be joined. Rows of totals are taken out and compared with the
others. What a report cannot tell is `Refused` in a sentence that says how to export a better one.
`weekly` sums the rows to weeks.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading import events
from mktlab.reading.account import LeftOut
from mktlab.reading.blocks import blocks, counted, latest
from mktlab.reading.containers import members
from mktlab.reading.dialect import read_bytes, read_file
from mktlab.reading.layout import is_total
from mktlab.reading.meanings import Preset, bare, presets, recognize
from mktlab.reading.numbers import is_text, parse_numbers
from mktlab.reading.parsing import parse
from mktlab.reading.problems import Problem, Refused, Unreadable
from mktlab.reading.report_cells import NUMBERS, WORDS, Cells
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import TextTable
from mktlab.reading.weekly import monday
from mktlab.schema import Column
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

_DAY = Column("week", "date", "")


def opened(
    path: Path,
    *,
    settings: Settings | None = None,
    known: Collection[str] = (),
    table: str = "",
    mapped: bool = False,
) -> TextTable:
    """Read a file; the report of a known tool as the columns of its table.

    Parameters
    ----------
    path, settings, known
        As for `dialect.read_file`.
    table
        The table that a person says it is; the report of another one stays as it is.
    mapped
        Whether a person has said which header is which column, so that the file stays as it is.

    Raises
    ------
    Refused
        If the report lacks what its table needs; the fix says how to export it.
    Unreadable
        If nothing of the file can be used.
    """
    settings, sheets = settings or Settings(), dict[str, TextTable]()
    if not mapped and table in ("", "sessions") and (sheet := events.opened(path)):
        return sheet
    if not mapped and (sheet := _of_blocks(path, settings, table)):
        return sheet
    for name, data in ({} if mapped else members(path)).items():
        with suppress(Unreadable):
            sheets[name] = read_bytes(path.name, data, settings)
    reports = [sheet for sheet in sheets.values() if _report(sheet)]
    if len(reports) > 1:
        fix = say("unpack it, and put the files themselves into the folder")
        raise Refused(Problem(path.name, say("an archive of several reports"), say("one"), fix))
    if not reports:
        reports = [read_file(path, settings=settings, known=known)]
        sheets = {path.name: reports[0]}
    preset = None if mapped else _report(reports[0])
    if preset is None or table not in ("", preset.table):
        return reports[0] if len(sheets) == 1 else read_file(path, settings=settings, known=known)
    if len(sheets) == 1:
        sheets |= _beside(path, preset, settings)
    return _as_table(reports[0], preset, settings, sheets)


def _of_blocks(path: Path, settings: Settings, table: str) -> TextTable | None:
    """The report in a file of several tables with the days of each in remarks, if it is such."""
    found = blocks(path, settings)
    known = [preset for preset in presets().values() if "counted" in preset.report]
    for preset in known:
        own = [pair for pair in found if _report(pair[1]) is preset]
        if own and table in ("", preset.table):
            block, raw = latest(own, preset.columns["week"])
            counted(raw, preset.report["counted"], block.first)
            others = len({tuple(sheet.columns) for _, sheet in found} - {tuple(raw.columns)})
            if others:
                raw.notes.append(
                    say_many(
                        "{n} other table of it is not read.",
                        "{n:count} other tables of it are not read.",
                        others,
                    )
                )
            return _as_table(raw, preset, settings, {path.name: raw})
    if len(found) > 1 and not table:
        many = say("{n:count} tables, none of visits by day", n=len(found))
        fix = known[0].report["export"]
        raise Refused(Problem(path.name, many, say("a row for each day or each week"), fix))
    return None


def _report(sheet: TextTable) -> Preset | None:
    """The preset whose report a file is; headers in a damaged encoding are mended first."""
    if any("Ã" in header or "â€" in header for header in sheet.columns):
        sheet.columns = {_mended(header): cells for header, cells in sheet.columns.items()}
        for header, cells in sheet.columns.items():
            if is_text(cells):
                mended = [text and _mended(text) for text in cells.to_pylist()]
                sheet.columns[header] = pa.chunked_array([pa.array(mended, pa.large_string())])
        sheet.notes.append(say("its letters were damaged (Ã© for é), and are mended."))
    preset = recognize(sheet.columns)
    if preset is None:
        _refuse_single(sheet)
    if preset is None or not preset.report:
        return None
    found = preset.found(sheet.columns)
    ours = [name for name, header in found.items() if name == header]
    return None if 2 * len(ours) > len(found) else preset  # a table of the course is no report


def _refuse_single(sheet: TextTable) -> None:
    """Refuse the report of a single thing, such as one mailing, known by its first column."""
    begin, first = next(iter(sheet.columns.items()))
    cells = first.slice(0, 100).to_pylist() if is_text(first) else []
    said = {plain(text) for text in (begin, *cells) if text and text.rstrip().endswith(":")}
    for preset in presets().values() if said else ():
        if said & {plain(word) for word in preset.report.get("single", ())}:
            found = say("a report of {name} on a single thing", name=preset.report["tool"])
            accepted = say("the list of all of them, a row for each")
            raise Refused(Problem(sheet.file, found, accepted, preset.report["export"]))


def _mended(text: str) -> str:
    """A text in UTF-8 that was read, and saved, as Windows-1252."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _beside(path: Path, preset: Preset, settings: Settings) -> dict[str, TextTable]:
    """The file of the same export, unpacked beside it, that tells the days."""
    sheets = {}
    for other in sorted(path.parent.iterdir()):
        if "beside" in preset.report and _dates(other.name, preset):
            with suppress(Unreadable):
                sheets[other.name] = read_file(other, settings=settings)
    return sheets


def _dates(name: str, preset: Preset) -> bool:
    """Whether a file of an export is, by its name, that of its days."""
    return plain(PurePosixPath(name).stem) in map(plain, preset.report["beside"]["names"])


def _as_table(
    raw: TextTable, preset: Preset, settings: Settings, beside: dict[str, TextTable]
) -> TextTable:
    """The report with the columns of its table; `beside` are tables of the same export, by name."""
    if raw.problems:
        raise Refused(*raw.problems)
    cells = Cells(raw, preset, settings)
    _complete(cells)
    labels = _labels(cells)
    values: dict[str, Any] = {"week": _days(cells, labels, beside)} if cells.weekly else {}
    _one_grain(cells)
    table, found = cells.table, cells.found
    for column in table.columns:
        if column.name in found and column.name not in values and column.kind not in WORDS:
            read: Any = cells.number if column.kind in NUMBERS else cells.dated
            values[column.name] = read(found[column.name], column)
    cells.results(values)
    if cells.problems:
        raise Refused(*cells.problems)
    values |= cells.texts()
    cells.settled(values)
    account = cells.header(cells.says("account"))
    kept = np.flatnonzero(~cells.total & ~cells.nameless)
    if not len(kept):
        raise _refused(cells, say("totals only"), say("rows that are no totals"))
    sheet = TextTable(raw.file, {}, len(kept), report=preset.name)
    sheet.places = [(raw.file, raw.line(int(row))) for row in kept]
    sheet.left_out = list(raw.left_out)
    others = [name for name, other in beside.items() if other is not raw]
    if others:
        told = say("its other files are not added up: {names}.", names=", ".join(others))
        cells.notes.append(told)
    nameless = cells.nameless & ~cells.total
    for mask, why in ((cells.total, say("a total")), (nameless, say("without a name"))):
        if mask.any():
            paid = values[cells.money][mask] if cells.money and mask is nameless else None
            held = None if paid is None else float(np.nansum(paid))
            first = raw.line(int(mask.argmax()))
            sheet.left_out.append(LeftOut(why, int(mask.sum()), held, first))
    named = ", ".join(f"{name} = {header}" for name, header in found.items())
    told = say("read as {name}, known by its headers: {named}.", name=preset.name, named=named)
    doubt = say("Not verified: {what}", what=preset.unverified) if preset.unverified else ""
    sheet.notes = [f"{told} {doubt}".strip(), *raw.notes, *cells.notes]
    sheet.notes += [*cells.compared(values), *cells.left(), *cells.says("says")]
    if len(kept) == preset.report.get("most"):
        sheet.notes.append(say("{n:count} rows is the most that the tool exports.", n=len(kept)))
    texts = {"currency": cells.codes, "account": cells.text(account) if account else None}
    texts |= {"period": np.full(raw.rows, cells.period, object)}
    for name in [*(column.name for column in table.columns), *texts]:
        text = name in texts or table[name].kind in WORDS
        own = texts.get(name, values.get(name))
        array = pa.nulls(raw.rows) if own is None else pa.array(np.asarray(own), from_pandas=True)
        array = array.cast(pa.large_string()) if text else array
        array = array.cast(pa.float64()) if pa.types.is_null(array.type) else array
        sheet.columns[name] = pa.chunked_array([array.take(pa.array(kept))])
    return sheet


def _refused(cells: Cells, found: str, accepted: str, fix: str = "") -> Refused:
    return Refused(Problem(cells.raw.file, found, accepted, fix or cells.preset.report["export"]))


def _complete(cells: Cells) -> None:
    """Refuse a report without a column that its table needs, or with amounts in two currencies."""
    given = {"week", *cells.found, *cells.says("absent")}
    missing = [name for name in cells.table.required if name not in given]
    if missing:
        lacks = say("no column of {names}", names=", ".join(missing))
        wanted = ", ".join(cells.preset.columns.get(missing[0], ()))
        raise _refused(cells, lacks, say("a column such as {names}", names=wanted))
    money = plain(bare(cells.found.get(cells.money, "")))
    same = [header for header in cells.raw.columns if plain(bare(header)) == money]
    if money and len(same) > 1:
        raise _refused(
            cells,
            say("{headers}: amounts in several currencies", headers=", ".join(same)),
            say("one currency in a file"),
            say("export each account in a file of its own, all in one currency"),
        )


def _labels(cells: Cells) -> list[pd.Series[Any]]:
    """What rows are of; those without it are marked, and totals among rows that are no days."""
    labels = [
        cells.text(cells.found[name])
        for name in cells.table.key
        if name in cells.found and name != "week" and name not in cells.says("absent")
    ]
    for label in labels:
        cells.nameless |= label.isna().to_numpy()
    if not cells.weekly:
        for label in labels:
            _mark(cells, label)
        first = cells.text(next(iter(cells.raw.columns)))
        _mark(cells, first.where(cells.nameless))
    return labels


def _days(
    cells: Cells, labels: list[pd.Series[Any]], beside: dict[str, TextTable]
) -> pd.Series[Any]:
    """The day of each row, a Monday where rows are weeks; rows that are totals are marked."""
    if header := cells.found.get("week"):
        cells.total |= cells.text(header).isna().to_numpy()
        _mark(cells, cells.text(header))
        days = cells.dated(header, _DAY)
        if plain(header) not in ("week", "semaine"):
            return days
        cells.period = "week"
        return _mondays(days, cells.notes)
    ends = [cells.header(cells.says(side)) for side in ("begins", "ends")]
    if all(ends):
        cells.total |= cells.nameless
        for label in labels:
            _mark(cells, label)
        first, last = (cells.dated(header, _DAY) for header in ends)
        kept = ~cells.total
        if (monday(first) == monday(last))[kept].all():
            cells.period = "day" if (first == last)[kept].all() else "week"
            return first if cells.period == "day" else monday(first)
    for name, sheet in beside.items():
        if "beside" in cells.preset.report and _dates(name, cells.preset):
            header = next(iter(sheet.columns))
            whole, faults = parse(_DAY, sheet.columns[header], settings=cells.settings)
            first, last = whole.min(), whole.max()
            begin = monday(whole).min()
            if not faults and last - begin < pd.Timedelta(days=7):
                dated = say("{name} has its days, {a:day} to {b:day}.", name=name, a=first, b=last)
                cells.notes.append(dated)
                if (clicks := cells.found["clicks"]) in sheet.columns:  # of rare queries, too
                    counted, _ = parse_numbers(sheet.columns[clicks], whole=True)
                    cells.raw.totals.append({"": name, clicks: f"{np.nansum(counted):.0f}"})
                cells.period = "week"
                return pd.Series(begin, index=range(cells.raw.rows))
    lacks = say("no column of days: each row is the whole period")
    raise _refused(cells, lacks, say("a row for each day or each week"))


def _mark(cells: Cells, texts: pd.Series[Any]) -> None:
    """Mark rows as totals where this column says so."""
    sums = [text for text in texts.dropna().unique() if is_total(text)]
    cells.total |= texts.isin(sums).to_numpy()


def _mondays(weeks: pd.Series[Any], notes: list[str]) -> pd.Series[Any]:
    """Weeks that all begin on another day, by the Monday of the week they share most days with."""
    begins = weeks.dropna().dt.day_of_week.unique()
    if len(begins) != 1 or not begins[0]:
        return weeks
    shift = -int(begins[0]) if begins[0] <= 3 else 7 - int(begins[0])
    told = say(
        "weeks begin on {day:day}: each counts as that of the nearest Monday.", day=weeks.min()
    )
    notes.append(told)
    return weeks + pd.Timedelta(days=shift)


def _one_grain(cells: Cells) -> None:
    """Refuse rows of campaigns beside rows of their parts: both hold the same money."""
    for header in cells.headers(cells.says("finer")):
        empty = cells.raw.columns[header].is_null().to_numpy()[~cells.total]
        if empty.any() and not empty.all():
            found = say("{header} filled in some rows, empty in others", header=header)
            raise _refused(cells, found, say("rows of one level: campaigns, or their parts"))
    for header in cells.headers(cells.says("shared")):
        if len(cells.text(header)[~cells.total].unique()) > 1:
            found = say("several values of {header}, whose rows share visits", header=header)
            raise _refused(cells, found, say("each visit in one row"))
