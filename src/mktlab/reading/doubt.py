"""What is odd in tables that break no rule, so that their owner may look: one sentence for each.

`doubts` yields them. None is an error: an id may truly be new for every order. Values that may be
personal are never shown whole; categories, days and numbers are. Texts are looked at in the first
50,000 rows, which tell what matters of a table and take no time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.layout import is_total
from mktlab.reading.problems import masked
from mktlab.reading.problems import shown as seen
from mktlab.schema import Column
from mktlab.show.words import say, say_many
from mktlab.spelling import plain
from mktlab.tables import TABLES

_FEW = 10  # orders, below which nothing is odd
_MANY_ANSWERS = 20
_MOST_ROWS = 50_000
_MOST_WORDS = 500  # distinct texts of a column of categories
_POWER = r"^\d([.,]\d+)?[eE]\+?\d+$"  # 4.51E+12
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_NOBODY = {"", "0", "-1", "guest", "guests", "anonymous", "unknown", "none", "nobody"}
_NOBODY |= {"invité", "invite", "anonyme", "inconnu", "passage", "comptoir", "default"}
_UNKNOWN_DAYS = (
    "0001-01-01 1753-01-01 1899-12-30 1899-12-31 1900-01-01 1904-01-01 1970-01-01 1980-01-01 "
    "2000-01-01 2001-01-01"
)
_PLACEHOLDERS = np.array(_UNKNOWN_DAYS.split(), dtype="datetime64[D]")
_FAR = 300  # days


def doubts(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a sentence for each oddity of these tables, which are as their declarations ask.

    Examples
    --------
    >>> answers = pd.DataFrame({"nps": [1, 2, 3, 4, 5] * 5})
    >>> list(doubts({"survey_responses": answers}))
    ['survey_responses: none of 25 answers of nps is above 5; NPS is asked from 0 to 10.']
    """
    yield from _spellings_of_ids(tables)
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            if column.name not in frame:
                continue
            values = frame[column.name]
            if column.kind == "id":
                yield from _powers_of_ten(name, column, values)
            elif column.kind == "text" and column.name not in ("email", "comment"):
                yield from _words(name, column, values)
            elif column.kind in ("date", "instant") and values.notna().any():
                yield from _days(name, column, values)
        if name == "orders" and "customer_id" in frame:
            yield from _customers(frame["customer_id"])
        answers = frame["nps"].dropna() if "nps" in frame else ()
        if len(answers) >= _MANY_ANSWERS and max(answers) <= 5:
            yield say(
                "{table}: none of {n:count} answers of nps is above 5; NPS is asked from 0 to 10.",
                table=name,
                n=len(answers),
            )


def _head(values: pd.Series[Any], most: int = _MOST_ROWS) -> Any:
    """The first texts of a column, without missing ones."""
    texts = pa.array(values.head(most), pa.large_string()).drop_null()
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _distinct(texts: Any) -> tuple[Any, list[int]]:
    """The distinct texts and how often each stands there."""
    counts = pc.value_counts(texts)
    return counts.field("values"), counts.field("counts").to_pylist()


def _powers_of_ten(table: str, column: Column, values: pd.Series[Any]) -> Iterator[str]:
    cells = _head(values, 10_000)
    found = pc.match_substring_regex(cells, _POWER)
    if pc.any(found).as_py():
        yield say(
            "{table}: cells of {column} are numbers such as {cell}, off which a spreadsheet has "
            "cut digits, so that different ids look the same; format the column as text there, and "
            "export it again.",
            table=table,
            column=column.name,
            cell=cells.filter(found)[0].as_py(),
        )


def _spellings_of_ids(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Ids of people and things (not of rows) that differ in what nobody means to differ in."""
    spelled: dict[str, list[pa.Array]] = {}
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            row_number = TABLES[name].key == (column.name,) and name not in (
                "customers",
                "products",
            )
            if column.kind == "id" and column.name in frame and not row_number:
                spelled.setdefault(column.name, []).append(pc.unique(_head(frame[column.name])))
    for name, parts in spelled.items():
        ids = pc.unique(pa.concat_arrays(parts))
        same = pc.utf8_lower(pc.utf8_trim_whitespace(ids))
        same = pc.replace_substring_regex(same, r"^(\d+)[.]0+$", r"\1")
        if pc.any(pc.match_substring_regex(ids, r"[^\x20-\x7E]")).as_py():
            same = pa.array([_visible(text) for text in same.to_pylist()], pa.large_string())
        twice = pc.value_counts(same)
        twice = twice.filter(pc.greater(twice.field("counts"), 1)).field("values")
        if not len(twice):
            continue
        pair = ids.filter(pc.equal(same, twice[0])).to_pylist()[:2]
        digits = all(text.replace(".", "").isdecimal() and seen(text) == text for text in pair)
        yield say_many(
            "{name}: {n} id stands there in several spellings, {pair}, each of which counts as "
            "another one; make them alike in the file.",
            "{name}: {n:count} ids stand there in several spellings, {pair}, each of which counts "
            "as another one; make them alike in the file.",
            len(twice),
            name=name,
            pair=say("such as {one} and {other}", one=pair[0], other=pair[1])
            if digits
            else _difference(pair),
        )


def _visible(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def _difference(pair: list[str]) -> str:
    """In what two spellings differ, without the words, which may be an address."""
    if pair[0].casefold() == pair[1].casefold():
        return say("such as {id}, which differ in capitals only", id=masked(pair[0]))
    return say("such as {id}, which differ in what cannot be seen", id=masked(pair[0]))


def _customers(values: pd.Series[Any]) -> Iterator[str]:
    """Ids that are no customer's: one for all guests, a new one for each order."""
    known = _head(values)
    ids, counts = _distinct(known)
    if len(ids) == len(known) >= _FEW and (len(known) == _MOST_ROWS) <= values.is_unique:
        yield say(
            "orders: each of {n:count} orders has a customer_id of its own, so nobody ever came "
            "back; if ids are new for every order, map another column, such as an e-mail address.",
            n=int(values.count()),
        )
        return
    first, second, *_ = [*sorted(counts, reverse=True), 0, 0]
    crowd = first >= _FEW and first > 0.05 * len(known) and first >= 5 * second
    words = pc.is_in(pc.utf8_lower(ids), value_set=pa.array(_NOBODY, pa.large_string())).to_pylist()
    found = {
        ids[place].as_py(): count
        for place, count in enumerate(counts)
        if (crowd and count == first) or (count > 1 and words[place])
    }
    for one, count in found.items():
        shown = one if one.casefold() in _NOBODY or seen(one) == one else masked(one)
        yield say(
            "orders: {n:count} of {all:count} orders ({part:share}) have the customer_id {id}; if "
            "it stands for all guests, empty these cells: they are not one customer.",
            n=count,
            all=len(known),
            part=count / len(known),
            id=shown,
        )


def _words(table: str, column: Column, values: pd.Series[Any]) -> Iterator[str]:
    """Categories in several spellings, and a total among them."""
    if len(pc.unique(_head(values, 10_000))) > _MOST_WORDS:
        return
    distinct, counts = _distinct(_head(values))
    if len(distinct) > _MOST_WORDS:
        return
    words = distinct.to_pylist()
    alike: dict[str, list[str]] = {}
    for word in words:
        alike.setdefault(plain(word).replace(" ", "") or word, []).append(word)
    for spellings in alike.values():
        if len(spellings) > 1:
            yield say(
                "{table}: {column} has one word in {n:count} spellings, which count apart: "
                "{spellings}; in columns.toml, [{table}.values.{column}] maps each to one.",
                table=table,
                column=column.name,
                n=len(spellings),
                spellings=", ".join(repr(word) for word in spellings[:5]),
            )
    for word, count in zip(words, counts, strict=True):
        if len(words) > 1 and is_total(word):
            yield say_many(
                "{table}: {column} is {word} in {n} row; if that is a sum of others, they count "
                "twice.",
                "{table}: {column} is {word} in {n:count} rows; if these are sums of others, they "
                "count twice.",
                count,
                table=table,
                column=column.name,
                word=word,
            )


def _days(table: str, column: Column, values: pd.Series[Any]) -> Iterator[str]:
    """Days that stand for none, a day far from all others, weeks out of line."""
    days = values.dropna().dt.tz_localize(None).to_numpy().astype("datetime64[D]").astype(int)
    distinct = np.sort(pd.unique(days))
    empty = np.isin(distinct, _PLACEHOLDERS.astype(int))
    for day in distinct[empty]:
        others = distinct[~empty]
        if len(others) and np.abs(others - day).min() > _FAR:
            yield say_many(
                "{table}: {column} is {day} in {n} row, which often stands for a day that is not "
                "known; correct it, or leave the row out.",
                "{table}: {column} is {day} in {n:count} rows, which often stands for a day that "
                "is not known; correct it, or leave these rows out.",
                int((days == day).sum()),
                table=table,
                column=column.name,
                day=np.datetime64(int(day), "D"),
            )
    yield from _alone(table, column, days, distinct[~empty])
    if column.name == "week":
        yield from _weeks(table, days)


def _alone(table: str, column: Column, days: Any, distinct: Any) -> Iterator[str]:
    """A few rows at either end, long before or after all others."""
    if len(distinct) < 5 or len(days) < _FEW:
        return
    gaps = np.diff(distinct)
    for end in (0, -1):
        rows = int((days == distinct[end]).sum())
        few = rows <= max(2, 0.002 * len(days))
        if few and gaps[end] > max(_FAR, 3 * np.delete(gaps, end).max()):
            yield say_many(
                "{table}: {n} row has {column} {day}, {apart:count} days from all others; is the "
                "year right?",
                "{table}: {n:count} rows have {column} {day}, {apart:count} days from all others; "
                "is the year right?",
                rows,
                table=table,
                column=column.name,
                day=np.datetime64(int(distinct[end]), "D"),
                apart=int(gaps[end]),
            )


def _weeks(table: str, days: Any) -> Iterator[str]:
    odd = days[(days + 3) % 7 != 0]  # day 0, 1 January 1970, was a Thursday
    if not len(odd):
        return
    yield say_many(
        "{table}: week is no Monday in {n} row, {day}, so it counts in another week.",
        "{table}: week is no Monday in {n:count} rows, such as {day}, so they count in another "
        "week.",
        len(odd),
        table=table,
        day=np.datetime64(int(odd[0]), "D"),
    )
