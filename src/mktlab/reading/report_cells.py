"""The cells of one tool's report: its numbers, words and currency, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.account import USUAL
from mktlab.reading.meanings import Preset, bare, spelling
from mktlab.reading.numbers import Floats, Words, by_sign, by_word, code, is_text, parse_numbers
from mktlab.reading.parsing import ZONED, all_match, parse
from mktlab.reading.problems import Fault, Mask, Problem
from mktlab.reading.settings import Settings
from mktlab.reading.text_table import TextTable
from mktlab.schema import Column, Table
from mktlab.show.formats import count, money
from mktlab.show.words import say, say_many
from mktlab.spelling import plain
from mktlab.tables import TABLES

NUMBERS = ("money", "number", "count")
WORDS = ("text", "id")
_EPOCHS = {r"^1\d{12}$": "ms", r"^1\d{15}$": "us"}


@dataclass
class Cells:
    """A report as it stands in its file: `total` are rows that sum up others, `notes` what is told.

    `nameless` are rows without a campaign or what they are of, `period` is "day" or "week".
    `found` has the header of each column of the table, `used` are headers that somebody asked for.
    """

    raw: TextTable
    preset: Preset
    settings: Settings
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table: Table = TABLES[self.preset.table]
        self.found = self.preset.found(self.raw.columns)
        self.kinds = {column.name: column.kind for column in self.table.columns}
        self.weekly = "week" in self.kinds
        self.money = next((name for name in self.found if self.kinds[name] == "money"), "")
        self.used = {*self.found.values()}
        self.total: Mask = np.zeros(self.raw.rows, bool)
        self.nameless: Mask = np.zeros(self.raw.rows, bool)
        self.period = "day"
        self.problems: list[Problem] = []
        self.decimal = self.settings.decimal or self._decimal()
        self.codes = self._currency()

    def says(self, key: str) -> Any:
        """What the preset says of its report, or nothing."""
        return self.preset.report.get(key, ())

    def header(self, names: Iterable[str]) -> str:
        """The first of these headers that the file has, or ""."""
        return next(iter(self.headers(names)), "")

    def headers(self, names: Iterable[str]) -> list[str]:
        """Those of these headers that the file has."""
        spelled = spelling(self.raw.columns)
        there = [spelled[plain(name)] for name in names if plain(name) in spelled]
        self.used |= {*there}
        return there

    def text(self, header: str) -> pd.Series[Any]:
        """A column as text, missing where a cell is empty."""
        texts, _ = parse(Column(header, "text", ""), self.raw.columns[header])
        return texts

    def dated(self, header: str, column: Column) -> pd.Series[Any]:
        """A column as days or moments; milliseconds since 1970 are moments, too.

        Moments that name no zone are those of the place that a person has named, else of UTC.
        """
        cells, zone = self.raw.columns[header], self.settings.timezone
        if is_text(cells):
            none = pa.scalar(None, pa.large_string())
            chosen = pc.if_else(pa.array(self.total), none, cells.combine_chunks())
            cells = pa.chunked_array([chosen])
        if is_text(cells) and all_match(cells.drop_null(), r"^20\d{8}$"):
            cells = pc.utf8_slice_codeunits(cells, 0, 8)  # 2024013123: the hour behind the day
        cells = _since_1970(cells)
        zoned = getattr(cells.type, "tz", None) is not None or (
            is_text(cells) and all_match(cells.drop_null(), ZONED)
        )
        days, faults = parse(column, cells, settings=self.settings, assumed=self.notes)
        self.add(header, column, faults)
        if column.kind == "instant" and not zoned and zone:
            twice = np.ones(len(days), bool)  # the hour that comes twice is that of summer
            there = days.dt.tz_localize(None).dt.tz_localize(
                zone, ambiguous=twice, nonexistent="shift_forward"
            )
            days = there.dt.tz_convert("UTC").astype(days.dtype)
            self._tell(say("moments are those of {zone}, as timezone says.", zone=zone))
        elif (column.kind == "instant") != zoned and not zone:
            self._tell(
                say(
                    'moments are taken as those of UTC: timezone = "Europe/Paris", or where it '
                    "is, at the top of columns.toml says another place."
                )
            )
        return days

    def _tell(self, sentence: str) -> None:
        """Tell something once."""
        self.notes += [] if sentence in self.notes else [sentence]

    def add(self, header: str, column: Column, faults: Iterable[Fault]) -> None:
        """Add what could not be read to the problems, but for rows of totals."""
        for fault in faults:
            rows = fault.rows & ~self.total
            if rows.any():
                file, line = self.raw.place(int(rows.argmax()))
                told = fault.accepted or column.rule
                many = int(rows.sum())
                self.problems.append(
                    Problem(file, fault.found, told, fault.fix, line, header, many)
                )

    def number(self, header: str, column: Column) -> Floats:
        """A column as numbers; what is none is a problem."""
        cells = self.raw.columns[header]
        if is_text(cells):
            whole = column.kind == "count"
            values, faults = parse_numbers(cells, decimal=self.decimal, whole=whole)
        else:
            series, faults = parse(replace(column, kind="number", nullable=False), cells)
            values = series.to_numpy(float)
        self.add(header, column, faults)
        return values

    def _decimal(self) -> str:
        """The decimal sign that some column of the file proves, "" if none does or two differ."""
        headers = [header for name, header in self.found.items() if self.kinds[name] in NUMBERS]
        proven = set()
        for header in [*headers, *self.headers(self.says("rates"))]:
            cells = self.raw.columns[header]
            if is_text(cells):
                cells = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, "[%<>]", ""))
                wrong = [bool(parse_numbers(cells, decimal=sign)[1]) for sign in ("", ".", ",")]
                if not wrong[0] and wrong[1] != wrong[2]:
                    proven.add("," if wrong[1] else ".")
        return proven.pop() if len(proven) == 1 else ""

    def _currency(self) -> Words:
        """The currency of each row: a column's, that in the header, or the sign of the amounts."""
        none = np.full(self.raw.rows, "", object)
        if not self.money:
            return none
        header = self.found[self.money]
        other = "converted" if "converted" in plain(header) else "currency"
        if column := self.header(self.says(other)):
            return by_word(self.raw.columns[column])
        if bare(header) != header:
            return np.full(self.raw.rows, code(header.rpartition("(")[2].rstrip(")")), object)
        signs = by_sign(self.raw.columns[header], self.settings.currency)
        return none if signs is None else signs

    def texts(self) -> dict[str, Any]:
        """The columns of words, each word as the preset sorts it; what no column says is told."""
        values: dict[str, Any] = {}
        for column in self.table.columns:
            if column.kind not in WORDS:
                continue
            usual = dict(self.says("absent")).get(column.name)
            if column.name in self.found:
                texts = self.text(self.found[column.name])
                known = dict(self.says("words")).get(column.name, {})
                said = self.settings.values.get(column.name, {})  # noqa: PD011 - no DataFrame
                meant = {w: said.get(w) or _meant(w, known) for w in texts.dropna().unique()}
                values[column.name] = texts.map(meant).astype("str") if known else texts
                if column.name in self.says("first"):
                    values[column.name] = self._first(column.name, texts)
                empty = int((texts.isna() & ~self.total).sum())
                if usual and empty:
                    usual = dict(self.says("blank")).get(column.name, usual)
                    values[column.name] = values[column.name].fillna(usual)
                    self.notes.append(
                        say(
                            "{name}: {n:count} cells taken as {usual}.",
                            name=column.name,
                            n=empty,
                            usual=usual,
                        )
                    )
            elif usual:
                values[column.name] = pd.Series(usual, index=range(self.raw.rows), dtype="str")
                told = say("{name} is taken as {usual}.", name=column.name, usual=usual)
                self.notes.append(told)
        return values

    def _first(self, name: str, texts: pd.Series[Any]) -> pd.Series[Any]:
        """Of cells with several things, the first."""
        several = int((texts.str.contains(";", regex=False) & ~self.total).sum())
        if several:
            self.notes.append(
                say("{name}: of several, the first ({n:count}).", name=name, n=several)
            )
        return texts.str.split(";").str[0].str.strip().astype("str")

    def settled(self, values: dict[str, Any]) -> None:
        """Take out days that are hopes: those of things whose word says that they are not over."""
        for name, (of, *words) in dict(self.says("settled")).items():
            if name in values:
                hope = (values[name].notna() & ~values[of].isin(words)).to_numpy() & ~self.total
                values[name] = values[name].mask(hope)
                if hope.any():
                    told = say_many(
                        "{name} of {n} row whose {of} is not {words} is not read, as it is a day "
                        "that is hoped for; [{table}.values.{of}] in columns.toml says what "
                        "another word means.",
                        "{name} of {n:count} rows whose {of} is not {words} is not read, as it is "
                        "a day that is hoped for; [{table}.values.{of}] in columns.toml says what "
                        "another word means.",
                        int(hope.sum()),
                        name=name,
                        of=of,
                        words=" or ".join(words),
                        table=self.table.name,
                    )
                    self.notes.append(told)

    def results(self, values: dict[str, Any]) -> None:
        """Take results of several kinds for what the table counts, if all are of its kind."""
        said = self.preset.report.get("results")
        header = self.header(said["column"]) if said else ""
        if not said or not header or said["of"] in self.found:
            return
        kind = self.header(said["kind"])
        kinds = sorted(self.text(kind)[~self.total].dropna().unique()) if kind else []
        same = [word for word in kinds if any(part in plain(word) for part in said["counts"])]
        if kinds and same == kinds:
            values[said["of"]] = self.number(header, self.table[said["of"]])
        else:
            self.notes.append(
                say(
                    "{header} is not read, as results of several kinds do not add up ({kinds}).",
                    header=header,
                    kinds=", ".join(kinds) or say("the file does not say which"),
                )
            )

    def compared(self, values: dict[str, Any]) -> list[str]:
        """The largest totals that the file states, beside the sums of its rows."""
        counts = [name for name in self.found if self.kinds[name] == "count"]
        usual = self.money or next((name for name in ("clicks", *counts) if name in counts), "")
        names = [name for name in self.says("compare") or [usual] if name in self.found]
        told = [self._compared(name, values) for name in names]
        return [*dict.fromkeys(filter(None, told))]

    def _compared(self, name: str, values: dict[str, Any]) -> str:
        header, column = self.found[name], self.table[name]
        columns = self.raw.columns.items()
        totals = [{h: str(c[int(row)]) for h, c in columns} for row in np.flatnonzero(self.total)]
        totals = [held for held in [*self.raw.totals, *totals] if held.get(header)]
        texts = pa.chunked_array([pa.array([t[header] for t in totals], pa.large_string())])
        stated, _ = parse_numbers(texts, decimal=self.decimal, whole=column.kind == "count")
        if not np.isfinite(stated).any():
            return ""
        place = int(np.nanargmax(stated))
        read = float(np.nansum(values[name][~self.total]))
        found = sorted({*self.codes[~self.total]} - {""})
        unit = found[0] if len(found) == 1 else USUAL
        sums = (stated[place], read, abs(stated[place] - read))
        is_money = column.kind == "money"
        shown = [money(x, unit, cents=True) if is_money else count(x) for x in sums]
        if sums[2] <= 0.005 * (len(self.total) + 1):
            return say("its own total ({label}) agrees with its rows.", label=_label(totals[place]))
        return say(
            "{label}: {header} {stated}, its rows {read}; {more} differ: some tools do not "
            "list every row, such as rare search terms.",
            label=_label(totals[place]),
            header=header,
            **dict(zip(("stated", "read", "more"), shown, strict=True)),
        )

    def left(self) -> Iterator[str]:
        """What of the file is not read, and why."""
        rates, people = (self.headers(self.says(key)) for key in ("rates", "people"))
        if rates:
            yield say("{names}: not read, as rates are computed from sums.", names=", ".join(rates))
        if people:
            told = ", ".join(people)
            yield say("{names}: not read, as the same people count every day.", names=told)
        others = [header for header in self.raw.columns if header not in self.used]
        if others:
            few = ", ".join(others[:6]) + (", ..." if len(others) > 6 else "")
            yield say("not read, as the table has no such column: {names}.", names=few)


def _since_1970(cells: Any) -> Any:
    """Numbers of milliseconds or microseconds since 1970 as moments; other cells as they are."""
    texts = cells if is_text(cells) else None
    if pa.types.is_integer(cells.type):
        texts = cells.cast(pa.large_string())
    for pattern, unit in _EPOCHS.items():
        if texts is not None and all_match(texts.drop_null(), pattern):
            moments = texts.cast(pa.int64()).cast(pa.timestamp(unit, "UTC"))
            return moments.cast(pa.timestamp("us", "UTC"))
    return cells


def _meant(word: str, known: dict[str, list[str]]) -> str:
    """What a word of the tool means in the table; one that is not known in small letters."""
    said = plain(word)
    for meaning, words in known.items():
        if any(said == plain(own) or said.startswith(plain(own) + " ") for own in words):
            return meaning
    return said.replace(" ", "_")


def _label(held: dict[str, str]) -> str:
    words = [c for c in held.values() if c != "None" and any(letter.isalpha() for letter in c)]
    return words[0] if words else say("the total of the file")
