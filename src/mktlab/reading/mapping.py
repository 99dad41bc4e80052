"""What a person wrote into `columns.toml`: which file, header and setting is meant for which table.

`read_mapping` reads it into a `Mapping`. A mistake becomes a problem that names the line, and the
rest still counts. `assign` finds the declared columns among a file's headers.
"""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mktlab.files import parse_toml
from mktlab.reading.containers import stem
from mktlab.reading.dialect import decode
from mktlab.reading.numbers import code
from mktlab.reading.problems import Problem, meant
from mktlab.reading.settings import ONCE, ORDERS, WEEKDAYS, Settings
from mktlab.schema import Table
from mktlab.show.words import say
from mktlab.spelling import nearest, plain

FILE = "columns.toml"
OF_LINES = ("product_id", "quantity", "unit_price")
"""Columns of order_lines that may stand under [orders] when its rows are lines of orders."""

Check = tuple[str, Callable[[Any], bool]]


@dataclass
class Mapping:
    """What `columns.toml` says: headers by table and column, settings, files, samples.

    `of` gives the settings of a table; what holds for the whole folder is in `folder`.
    """

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    samples: dict[str, float] = field(default_factory=dict)
    currency: str = ""
    folder: Settings = field(default_factory=Settings)
    problems: list[Problem] = field(default_factory=list)

    def of(self, table: str) -> Settings:
        """The settings of a table, whether `columns.toml` speaks of it or not."""
        return self.settings.get(table, self.folder)

    def table_of(self, path: Path) -> str:
        """The table that a file is, by what is said of it or by its name."""
        named = {file: table for table, file in self.files.items()}
        named |= {file: table for table, of in self.settings.items() for file in of.join}
        return named.get(path.name, stem(path).lower())


def _one_of(*words: object) -> Check:
    return " or ".join(json.dumps(word) for word in words), lambda said: any(
        type(said) is type(word) and said == word for word in words
    )


def _text(said: Any) -> bool:
    return isinstance(said, str) and bool(said.strip())


def _texts(said: Any) -> bool:
    return isinstance(said, list) and bool(said) and all(map(_text, said))


def _number(said: Any) -> bool:
    return type(said) in (int, float) and 0 < said < 1e12


def _each(check: Callable[[Any], bool], key: Callable[[Any], object] = lambda _: True) -> Any:
    """Whether something is a TOML table of which every line passes."""
    return lambda said: isinstance(said, dict) and all(key(k) and check(said[k]) for k in said)


def _known(find: Callable[[str], object]) -> Callable[[Any], bool]:
    """Whether something is a name under which `find` finds what it looks for."""

    def check(said: Any) -> bool:
        try:
            return _text(said) and bool(find(said))
        except (LookupError, OSError, ValueError):
            return False

    return check


def _of_folder() -> dict[str, Check]:
    rates = say("what one unit of each other currency is worth, {{USD = 0.92}}")
    return {
        "currency": (say('a code of three letters, such as "EUR"'), lambda said: bool(code(said))),
        "rates": (rates, _each(_number, code)),
        "timezone": (say('the name of a time zone, such as "Europe/Paris"'), _known(ZoneInfo)),
        "week_starts": _one_of(*WEEKDAYS),
        "personal": _one_of("keep"),
    }


def _of_table(name: str) -> dict[str, Check]:
    folder = _of_folder()
    only = say('headers and the words of the rows that count, {{Type = ["Sale"]}}')
    values = say('[{name}.values.column] and lines such as "Web shop" = "web"', name=name)
    settings = {
        "file": _a_text(),
        "join": (say('the names of the files, ["2024.csv", "2025.csv"]'), _texts),
        "encoding": (
            say('the name of an encoding, such as "cp1250"'),
            _known(lambda said: codecs.lookup(said)._is_text_encoding),
        ),
        "decimal": _one_of(".", ","),
        "date_order": _one_of(*ORDERS),
        "currency": (say('the header of the column of currencies, "..."'), _text),
        "timezone": folder["timezone"],
        "week_starts": folder["week_starts"],
        "keep": (say("a list of headers, []"), lambda said: said == [] or _texts(said)),
        "only": (only, lambda said: bool(said) and _each(_texts)(said)),
        "values": (values, _each(_each(_text))),
    }
    if name != "orders":
        return settings
    words: Check = say('a list of words, ["...", "..."]'), _texts
    return settings | {
        "lines": _one_of(True, False, ONCE),
        "amount": (say('headers with * + - / and numbers, "Quantity * UnitPrice"'), _text),
        **dict.fromkeys(("paid", "cancelled", "ignored"), words),
        "no_customer": _one_of("leave out", "guests"),
        "refunds": _one_of("rows"),
        "refund_of": (say('the header of the number of the order, "..."'), _text),
    }


def _a_text() -> Check:
    return say("a text in double quotes"), _text


def read_mapping(path: Path, tables: dict[str, Table]) -> Mapping:
    """Read `columns.toml`; a mistake in it becomes a problem and the rest still counts.

    Its tables are those of `tables`, each with lines `column = "header of the file"` and with
    settings (`mktlab.reading.settings`); `sample = 0.1` says that a table holds a tenth of what
    `Table.sample_of` names. Above them stand `currency`, `rates`, `timezone`, `week_starts` and
    `personal`.
    """
    text = decode(path).removeprefix("\ufeff")
    mapping, folder = Mapping(), dict[str, Any]()
    try:
        said = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else None
        accepted = say('lines such as [orders] and order_id = "header of your file"')
        fix = say("mend that line; text stands in double quotes")
        found = str(error).partition("\n")[0][:200]
        mapping.problems = [Problem(path.name, found, accepted, fix, line)]
        return mapping
    checks = _of_folder()
    for key, value in said.items():
        if key in checks:
            if fault := _fault(text, "", key, value, checks[key]):
                mapping.problems.append(fault)
            else:
                folder[key] = value
        elif key not in tables or not isinstance(value, dict):
            known = ", ".join(checks) + say(", or a table: {tables}", tables=", ".join(tables))
            found = f"[{key}]" if isinstance(value, dict) else key
            mapping.problems.append(_unknown(text, "", key, found, [*tables, *checks], known))
    folder["currency"] = mapping.currency = code(folder.get("currency", ""))
    folder["rates"] = {code(name): rate for name, rate in folder.get("rates", {}).items()}
    mapping.folder = Settings(**folder)
    for key, value in said.items():
        if key in tables and isinstance(value, dict):
            _take(mapping, tables[key], value, text)
    return mapping


def _take(mapping: Mapping, table: Table, lines: dict[str, Any], text: str) -> None:
    name, orders = table.name, table.name == "orders"
    columns = [column.name for column in table.columns]
    checks = _of_table(name)
    if table.sample_of:
        wanted = say("the share of the {drawn} that it holds, 0.1", drawn=table.sample_of)
        checks |= {"sample": (wanted, lambda said: _number(said) and said <= 1)}
    headers = mapping.headers.setdefault(name, {})
    settings: dict[str, Any] = {}
    for key, said in lines.items():
        of_lines = orders and lines.get("lines") and key in OF_LINES
        if key not in (*columns, *checks) and not of_lines:
            known = say(
                "a column of {name}: {columns}; {others}",
                name=name,
                columns=", ".join(columns),
                others=", ".join(checks),
            )
            found = say("{key} under [{name}]", key=key, name=name)
            mapping.problems.append(_unknown(text, name, key, found, [*columns, *checks], known))
        elif said is False and key in columns:
            headers[key] = ""  # no column of the file
        elif fault := _fault(text, name, key, said, checks.get(key, _a_text())):
            mapping.problems.append(fault)
        elif key == "file":
            mapping.files[name] = said
        elif key == "sample":
            mapping.samples[name] = said
        elif key in checks:
            where = "currency_column" if key == "currency" else key
            settings[where] = tuple(said) if isinstance(said, list) else said
        else:
            headers[key] = said.strip()
    mapping.settings[name] = replace(mapping.folder, **settings)
    if join := settings.get("join"):
        mapping.files.setdefault(name, join[0])
    mapping.problems += _contradictions(name, lines, headers, text)


def _contradictions(
    name: str, lines: dict[str, Any], headers: dict[str, str], text: str
) -> list[Problem]:
    """Keys that are each right and cannot both be meant."""
    found: list[tuple[str, str]] = []
    if "file" in lines and "join" in lines:
        found.append(("file", say("leave out file: join names all files")))
    if lines.get("lines") and headers.get("order_id") == "row":
        found.append(("lines", say('leave out lines: with order_id = "row" no order has two rows')))
    words = [
        (word.casefold(), key)
        for key in ("paid", "cancelled", "ignored")
        for word in (lines[key] if _texts(lines.get(key)) else ())
    ]
    for word, key in words:
        if any(word == other and key != place for other, place in words):
            fix = say("let {word} stand in one of paid, cancelled and ignored", word=word)
            found.append((key, fix))
            break
    for column, header in headers.items():
        others = [o for o, same in headers.items() if same == header != "" and o != column]
        if others:
            fix = say("{header} can be one of them only", header=json.dumps(header))
            found.append((column, fix))
            break
    return [
        Problem(
            FILE,
            say("{key} under [{name}] contradicts another line", key=key, name=name),
            say("one meaning"),
            fix,
            _line(text, name, key),
        )
        for key, fix in found
    ]


def _fault(text: str, table: str, key: str, said: Any, check: Check) -> Problem | None:
    wanted, sound = check
    if sound(said):
        return None
    under = say(" under [{table}]", table=table) if table else ""
    value = repr(said) if len(repr(said)) <= 60 else f"{repr(said)[:60]}..."
    found = f"{key} = {value}{under}"
    known = re.findall('"([^"]+)"', wanted) if isinstance(said, str) else ()
    fix = meant(key, said, known, say("mend that line"))
    return Problem(FILE, found, wanted, fix, _line(text, table, key))


def _unknown(
    text: str, table: str, key: str, found: str, known: list[str], accepted: str
) -> Problem:
    likely = nearest(key, known)
    fix = say("write {likely}, if that is meant", likely=likely)
    fix = fix if likely else say("mend or remove that line")
    return Problem(FILE, found, accepted, fix, _line(text, table, key))


def _line(text: str, table: str, key: str) -> int | None:
    """The line that a key stands on, or the head of its table; None if it is written oddly."""
    bare, inside = re.escape(key), not table
    head = re.compile(rf"\s*\[\s*{re.escape(table) if table else bare}(\.{bare}\b.*)?\s*\]")
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            match = head.match(line)
            if match and (not table or match.group(1)):
                return number
            inside = bool(match) if table else False
        elif inside and re.match(rf"\s*[\"']?{bare}[\"']?\s*[.=]", line):
            return number
    return None


def assign(
    table: Table, headers: Iterable[str], said: dict[str, str], file: str
) -> tuple[dict[str, str], list[Problem]]:
    """Find the declared columns among the headers: as mapped, else by name in any case.

    Returns
    -------
    column -> header, and a problem for each mapped header that the file does not have.
    """
    headers = list(headers)
    taken, problems = {}, []
    exact = [header for header in headers if header in {column.name for column in table.columns}]
    by_plain = {plain(header): header for header in [*reversed(headers), *exact]}
    for column in table.columns:
        if column.name in said:
            header = said[column.name]
            if not header:
                continue
            if header in headers:
                taken[column.name] = header
                continue
            fix = meant(column.name, header, headers, say("mend it"))
            found = say(
                '{name} = "{header}", a header that {file} does not have',
                name=column.name,
                header=header,
                file=file,
            )
            accepted = say("a header of {file}: {headers}", file=file, headers=", ".join(headers))
            problems.append(Problem(FILE, found, accepted, fix))
        elif plain(column.name) in by_plain and by_plain[plain(column.name)] not in said.values():
            taken[column.name] = by_plain[plain(column.name)]
    return taken, problems
