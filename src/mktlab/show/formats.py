"""Numbers as people read them: the one place that knows commas, signs and currencies.

`money`, `share`, `count`, `decimal` and `day` write a value in the language of the session, which
`mktlab.language` sets. A lesson leaves the currency out and writes in that of the company loaded
last (`mktlab.load` calls `use`), so that it shows $ to a shop that sells in dollars. The package
itself knows whose amounts it writes and always names the currency. What is unknown is written "–".
"""

from __future__ import annotations

import datetime
import math
from typing import NamedTuple

UNKNOWN = "–"
MINUS = "\N{MINUS SIGN}"
_THIN = "\N{NARROW NO-BREAK SPACE}"
_HARD = "\N{NO-BREAK SPACE}"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


class _Habits(NamedTuple):
    """How a language writes numbers."""

    thousands: str
    point: str
    percent: str
    money_first: bool
    months: str


HABITS = {
    "en": _Habits(",", ".", "%", True, "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    "fr": _Habits(
        *(_THIN, ",", f"{_HARD}%", False),
        "janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.",
    ),
}
_language = "en"
_in_use = "EUR"


def use(currency: str) -> None:
    """Write in this currency wherever none is named."""
    global _in_use
    _in_use = currency


def speak(language: str) -> None:
    """Write numbers as this language does; `mktlab.language` is its door."""
    global _language
    _language = language


def habits() -> _Habits:
    """How the language of the session writes numbers."""
    return HABITS[_language]


def decimal(value: float, digits: int = 1, *, sign: bool = False) -> str:
    """A number with so many digits after the point.

    Parameters
    ----------
    value
        Any real number; one that is missing is written "–".
    digits
        How many digits stand after the point.
    sign
        Whether a plus stands before what is above zero: for changes.

    >>> decimal(1234.56), decimal(-0.5, 2), decimal(0.04, sign=True), decimal(float("nan"))
    ('1,234.6', '−0.50', '0.0', '–')
    """
    number = float(value)
    if math.isnan(number):
        return UNKNOWN
    rules = habits()
    written = f"{abs(number):,.{digits}f}"
    mark = _mark(number, written, sign)
    if rules.thousands != ",":
        written = written.replace(",", rules.thousands).replace(".", rules.point)
    return mark + written


def _mark(number: float, written: str, sign: bool) -> str:
    rounds_to_zero = not written.strip("0.,")
    return "" if rounds_to_zero else MINUS if number < 0 else "+" if sign else ""


def digits(value: float, most: int = 4) -> int:
    """How many digits after the point a number needs, if it is told to so many.

    >>> digits(12.0), digits(0.155), digits(1 / 3)
    (0, 3, 4)
    """
    told = round(float(value), most)
    return next((n for n in range(most) if round(told, n) == told), most)


def count(value: float, *, sign: bool = False, short: bool = False, beside: float = 0) -> str:
    """A whole number, such as of people or pieces; for charts, `short` writes it as 13k.

    >>> count(5815), count(-3.2, sign=True), count(12_870, short=True)
    ('5,815', '−3', '13k')
    """
    number, digits, letter = _shorter(value, beside) if short else (value, 0, "")
    return decimal(number, digits, sign=sign) + letter


def _shorter(value: float, beside: float) -> tuple[float, int, str]:
    """The thousands or millions of a number, how many digits to write after the point, the letter.

    Below 10 a digit stands after the point, and for a half thousand, as axes have it: 12.5k.
    """
    largest = max(abs(value), abs(beside))
    size, letter = (1e6, "M") if largest >= 999_500 else (1e3, "k")
    if not largest >= 9_999.5 or not value:
        return value, 0, ""
    number = value / size
    if size == 1e3 and abs(value) < 99.5:  # €9, not €0.009k
        return value, 0, ""
    most = 1 if letter == "M" or value % 500 == 0 else 0
    if abs(number) < 9.95:
        most = max(1, -math.floor(math.log10(abs(number))))
    return number, digits(number, most), letter


def share(value: float, digits: int = 0, *, sign: bool = False) -> str:
    """A part of one, in percent.

    >>> share(0.413), share(0.0271, 1), share(0.05, sign=True)
    ('41%', '2.7%', '+5%')
    """
    written = decimal(100 * value, digits, sign=sign)
    return written if written == UNKNOWN else written + habits().percent


def money(
    amount: float,
    currency: str | None = None,
    *,
    cents: bool = False,
    sign: bool = False,
    short: bool = False,
    beside: float = 0,
) -> str:
    """An amount with its currency, the minus (and, if `sign`, the plus) before everything.

    Parameters
    ----------
    amount
        Rounded to whole units or, with `cents`, to two decimals.
    currency
        A code such as EUR; in a lesson, by default that of the company loaded last.
    short
        From 10,000 on in thousands, from a million on in millions: for charts and their titles.
    beside
        The largest amount of the chart, whose unit this one takes.

    >>> money(12_870, "EUR", short=True), money(-1_240_000, "EUR", short=True)
    ('€13k', '−€1.2M')
    >>> money(9_903, "EUR", short=True), money(9_903, "EUR", short=True, beside=20_700)
    ('€9,903', '€9.9k')
    >>> money(-9.2, "EUR", short=True, beside=20_700)
    '−€9'
    >>> money(-1250.4, "EUR"), money(1250.4, "CHF", sign=True), money(0.35, "EUR", cents=True)
    ('−€1,250', '+1,250 CHF', '€0.35')
    """
    number, digits, letter = _shorter(amount, beside) if short else (amount, 0, "")
    written = decimal(number, digits if letter or not cents else 2, sign=sign)
    if written == UNKNOWN:
        return written
    mark = written[0] if written[0] in (MINUS, "+") else ""
    if letter and not habits().money_first:
        return f"{written}{_HARD}{letter}{symbol(currency)}"
    return mark + with_unit(written.removeprefix(mark) + letter, symbol(currency))


def day(value: datetime.date) -> str:
    """A day as it stands in a sentence or below an axis; one that is missing (NaT) as "–".

    >>> day(datetime.date(2025, 12, 5))
    '5 Dec 2025'
    """
    if value != value:  # pandas' NaT equals nothing
        return UNKNOWN
    return f"{value.day} {habits().months.split()[value.month - 1]} {value.year}"


def symbol(currency: str | None = None) -> str:
    """The sign of a currency for a label, or its code where it has none; without one as in `money`.

    >>> symbol("USD"), symbol("CHF")
    ('$', 'CHF')
    """
    code = currency or _in_use
    return _SYMBOLS.get(code, code)


def unit(words: str, currency: str) -> str:
    """A unit that is declared in euros, in another currency.

    >>> unit("€ a week", "USD")
    '$ a week'
    """
    return words.replace("€", symbol(currency))


def is_money(words: str) -> bool:
    """Whether a unit, such as "€ a week", is one of money."""
    return words[:1] in _SYMBOLS.values()


def with_unit(amount: str, words: str) -> str:
    """A number that is written already, with its unit: English has a sign of money before it.

    >>> with_unit("23", "€"), with_unit("320", "€ a week"), with_unit("2.4", "people")
    ('€23', '€320 a week', '2.4 people')
    """
    if is_money(words) and habits().money_first:
        return f"{words[0]}{amount}{words[1:]}"
    return f"{amount}{_HARD if is_money(words) else ' '}{words}"
