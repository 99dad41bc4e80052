"""The forms in which people write days and moments, in English and French: patterns and words.

The patterns are for small letters and hold for Python's `re` and Arrow alike. Their groups are
`a`, `b`, `c`, the three parts of a day in the order in which they stand, and those of `TIME`.
"""

from __future__ import annotations

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
