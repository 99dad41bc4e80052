"""What a cell looks like, and what stands around the table in a file: headers, remarks, totals.

`NUMERIC`, `COMPACT` and `NAMED` are the forms in which people write days and moments, in English
and French: patterns for small letters that hold for Python's `re` and Arrow alike. Their groups are
`a`, `b`, `c`, the three parts of a day in the order in which they stand, and those of `TIME`.
`header_place` finds the line of headers among the first lines, `is_total` knows a row of totals by
its word, `separator_said` reads a first line such as sep=;.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import zip_longest

from mktlab.spelling import plain

_MONTHS = (
    "january jan janvier janv;february feb février fevrier févr fevr fév fev;"  # noqa: SIM905 - long
    "march mar mars;april apr avril avr;may mai;june jun juin;july jul juillet juil;"
    "august aug août aout aoû;september sept sep septembre;october oct octobre;"
    "november nov novembre;december dec décembre decembre déc".split(";")
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = (
    r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
    r"|(?:lun|mar|mer|mercre|jeu|ven|vendre|sam|same)(?:di)?|dim|dimanche)[.,]?\s(?:le\s)?"
)
_ORDINAL = r"(?:st|nd|rd|th|er)?"
_YEAR = r"'?\d{2}|\d{4}"

TIME = (
    r"(?:(?:t|,?\s?(?:at\s|à\s)?)?(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})?)?"
    r"(?:[:.](?P<second>\d{2}(?:[.,]\d+)?))?\s?(?P<half>[ap]\.?m\.?)?"
    r"\s?(?P<zone>z|utc|gmt|(?:gmt|utc)?[+-]\d{2}:?\d{2})?(?P<place>\s?\(?[a-z]{3,5}\)?)?)?"
)
"""Behind a day: 15:45, 3:45:10 PM, T10:00:00Z, à 15h30; `place` is a zone by name, such as CET."""

NUMERIC = (
    rf"(?:{_WEEKDAY})?(?P<a>\d{{1,4}})(?P<s>[-/.])(?P<b>\d{{1,2}})(?P<t>[-/.])(?P<c>\d{{1,4}})"
    rf"(?:[\st,]{TIME})?"
)
COMPACT = rf"(?P<a>(?:19|20)\d{{2}})(?P<b>0[1-9]|1[0-2])(?P<c>0[1-9]|[12]\d|3[01])(?:[\st,]{TIME})?"
PART = rf"(?:\d{{1,2}}\s)?(?:{_MONTH})\.?[-/\s]?\d{{1,4}}|\d{{1,2}}[-/\s](?:{_MONTH})\.?"
"""Of a day, too little to know which one."""
_DAY_MONTH = rf"(?P<a>\d{{1,2}}){_ORDINAL}[-/.\s]*(?:of\s|de\s)?(?P<b>{_MONTH})[-/.,\s]*"
_MONTH_DAY = rf"(?P<b>{_MONTH})[-/.\s]*(?P<a>\d{{1,2}}){_ORDINAL}(?:,\s?|[-/\s]\s?)"
NAMED = (  # 3 January 2024, January 3rd, 2024, 2024-Jan-03
    rf"(?:{_WEEKDAY})?{_DAY_MONTH}(?P<c>{_YEAR})(?:[\st,]{TIME})?",
    rf"(?:{_WEEKDAY})?{_MONTH_DAY}(?P<c>{_YEAR})(?:[\st,]{TIME})?",
    rf"(?P<c>\d{{4}})[-/.\s]*(?P<b>{_MONTH})[-/.\s]*(?P<a>\d{{1,2}})(?:[\st,]{TIME})?",
)


_VALUE = re.compile(rf"(?i)\S+@\S+\.\S+|{NUMERIC}|-?\d+[.,]\d+")
_DAY = re.compile(NUMERIC, re.IGNORECASE)
_AMOUNT = re.compile(r"\D{0,4}\d[\d\s.,'’]*\D{0,4}")
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t|]*\s*', re.IGNORECASE)
_TOTAL = re.compile(
    r"(grand|overall|report|page|sub|column|general)? ?totals?( (general|generaux|global|cumule))?"
    r"|(sous )?(total|totaux)( (general|generaux|global|cumule))?"
    r"|(total|totals|totaux) (row|rows|line|sum|amount|orders|sales|commandes|ventes|\d+)"
    r"|somme|sum|summe|gesamt|gesamtsumme|suma|totale"
)
_FREE = re.compile(r"(open ended )?response|reponse( ouverte)?")
_TOTAL_OF = re.compile(r"\s*(grand )?(totals?|totaux)\s*(:|\(| [-–] )", re.IGNORECASE)


def separator_said(line: str) -> str:
    """The separator that a first line such as sep=; names, or "".

    >>> separator_said("sep=;"), separator_said("separator;name")
    (';', '')
    """
    found = _SEPARATOR.fullmatch(line)
    return found[1] if found else ""


def is_value(cell: str) -> bool:
    """Whether a cell is a day, an amount or an address, so that it is no header.

    >>> is_value("2024-01-31"), is_value("12,50"), is_value("order_date")
    (True, True, False)
    """
    return bool(_VALUE.fullmatch(cell))


def is_amount(cell: str) -> bool:
    """Whether a cell may be a number, with a sign or word of a currency.

    >>> is_amount("1 234,50 EUR"), is_amount("2024-01-31"), is_amount("order 7")
    (True, False, False)
    """
    return bool(_AMOUNT.fullmatch(cell)) and not _DAY.fullmatch(cell)


def table_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells a row of the table has: a width that many rows share, and not a small one."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda width: counts[width] ** 2 * width, default=1)


def header_place(rows: Sequence[Sequence[str]], known: Collection[str] = ()) -> int:
    """The place of the headers among the first rows; what stands above them is no table.

    Parameters
    ----------
    rows
        The first rows of a file, their cells trimmed.
    known
        Headers that are looked for, as `spelling.plain` writes them.

    Returns
    -------
    The place of the first row that is as full as the table and holds no value; -1 if a row of
    values comes before, as then there are none.

    Examples
    --------
    >>> header_place([["Sales report"], [], ["Day", "Sales"], ["2024-01-31", "12.50"]])
    2
    >>> header_place([["2024-01-31", "12.50"], ["2024-02-01", "3.00"]])
    -1
    """
    for place, row in enumerate(rows):
        if two_rows(row, *rows[place + 1 : place + 2]):
            return place
        if _filled(row) > 1:
            break
    width = table_width(rows)
    most = max((_filled(row) for row in rows if len(row) == width), default=1)
    named = [sum(plain(cell) in known for cell in row) for row in rows]
    found = -1
    for place, row in enumerate(rows):
        filled = _filled(row)
        numbers = sum(cell.isdecimal() for cell in row)
        values = any(map(is_value, row)) or 2 * numbers > filled
        if values and filled >= 0.6 * most and len(row) == width and filled > 1:
            break
        full = filled > 0.6 * most and (filled > 1 or most == 1) and not values
        if full and not _is_comment(rows, place, width):
            found = place
            break
    likely = max(range(len(rows)), key=lambda place: named[place], default=-1)
    if likely >= 0 and named[likely] >= 2 and (found < 0 or not named[found]):
        return likely
    return found


def two_rows(questions: Sequence[str], answers: Sequence[str] = ()) -> list[str]:
    """One name for each column of headers in two rows, as surveys have them; none if they are not.

    A question stands once, above the first of its answers; where they are free, "Response" or
    nothing stands below it. Columns that are no questions come first and have nothing below them.

    >>> two_rows(["ID", "Day", "Which?", ""], ["", "", "Tea", "Coffee"])
    ['ID', 'Day', 'Which?: Tea', 'Which?: Coffee']
    >>> two_rows(["ID", "Day"], ["7", "2024-01-31"])
    []
    """
    pairs = [*zip_longest(questions, answers, fillvalue="")]
    if len(pairs) < 3 or not all(questions[:2]) or any(answers[:2]) or not any(answers):
        return []
    free = [bool(_FREE.fullmatch(plain(answer))) for _, answer in pairs]
    spread = any(answer and not question for question, answer in pairs)
    if any(map(is_value, (*questions, *answers))) or not (spread or any(free)):
        return []
    names, question = [], ""
    for (own, answer), alone in zip(pairs, free, strict=True):
        question = own or (question if answer else "")
        names.append(f"{question}: {answer}" if answer and not alone else question)
    return names


def _is_comment(rows: Sequence[Sequence[str]], place: int, width: int) -> bool:
    """Whether a row that begins with # is none of headers, such as "#, Name" or "# order"."""
    row = rows[place]
    if not row[0].startswith("#"):
        return False
    after = [row for row in rows[place + 1 :] if _filled(row)]
    return len(row) != width or bool(after and not any(map(is_value, after[0])) and row[0] != "#")


def _filled(row: Sequence[str]) -> int:
    return sum(cell != "" for cell in row)


def is_total(cell: str) -> bool:
    """Whether a cell says that its row is one of totals.

    >>> is_total("TOTAL GÉNÉRAL"), is_total("Totals (2)"), is_total("Total Energies")
    (True, True, False)
    >>> is_total("#total")  # an element of a page
    False
    """
    return not re.match(r"[.#]\w", cell) and bool(
        _TOTAL.fullmatch(plain(cell)) or _TOTAL_OF.match(cell)
    )
