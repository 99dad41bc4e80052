"""Sentences of the package: numbers in their holes, in the language of the session.

`say` fills a sentence, `say_many` chooses between one and many, `label` gives the name of a column
or category as people read it. Data never change: only what is shown does. A sentence is looked up,
whole, in the catalog of the language (gettext); where there is no translation, it stays English.
"""

from __future__ import annotations

import gettext
import string
from pathlib import Path
from typing import Any

from mktlab.schema import MktlabError
from mktlab.show import formats

_CATALOGS = Path(__file__).parents[1] / "locale"
_catalog: gettext.NullTranslations = gettext.NullTranslations()


def language(code: str) -> None:
    """Show numbers, tables, charts and messages in this language from now on.

    Parameters
    ----------
    code
        "en" or "fr".

    Raises
    ------
    MktlabError
        For another language.

    Examples
    --------
    >>> language("fr")
    >>> formats.decimal(1234.5).replace("\N{NARROW NO-BREAK SPACE}", " ")
    '1 234,5'
    >>> language("en")
    """
    global _catalog
    if code not in formats.HABITS:
        known = " or ".join(map(repr, formats.HABITS))
        raise MktlabError(
            say("mktlab.language does not know {code!r}: give {known}.", code=code, known=known)
        )
    formats.speak(code)
    _catalog = gettext.translation("mktlab", _CATALOGS, [code], fallback=True)


class _Holes(string.Formatter):
    """Fills holes such as {rows:count}, {part:share.1}, {gain:money}, {first:day}."""

    def __init__(self, currency: str | None) -> None:
        self.currency = currency

    def format_field(self, value: Any, spec: str) -> str:
        name, _, digits = spec.lstrip("+").partition(".")
        sign = spec.startswith("+")
        if name == "money":
            return formats.money(value, self.currency, cents=digits == "2", sign=sign)
        if name == "count":
            return formats.count(value, sign=sign)
        if name == "day":
            return formats.day(value)
        if name in ("share", "decimal"):
            write = formats.share if name == "share" else formats.decimal
            return write(value, int(digits), sign=sign) if digits else write(value, sign=sign)
        return str(super().format_field(value, spec))


def say(sentence: str, /, *, currency: str | None = None, **holes: Any) -> str:
    """A sentence with its holes filled, in the language of the session.

    Parameters
    ----------
    sentence
        English, whole. A hole is `{name}` or says how its number is written: `{rows:count}`,
        `{part:share}`, `{part:share.1}`, `{x:decimal.2}`, `{gain:money}`, `{price:money.2}`,
        `{first:day}`; with a plus, as in `{gain:+money}`, what is above zero shows its sign.
    currency
        Of the holes of money; without one as in `show.money`.
    holes
        What fills them.

    Examples
    --------
    >>> say("{rows:count} orders brought {sum:money}.", rows=1200, sum=35_000, currency="EUR")
    '1,200 orders brought €35,000.'
    """
    return _Holes(currency).vformat(_catalog.gettext(sentence), (), holes)


def say_many(
    one: str, many: str, number: float, /, *, currency: str | None = None, **holes: Any
) -> str:
    """`one` for a single thing, `many` for any other number; `{n}` is the number.

    Examples
    --------
    >>> say_many("{n} row is missing.", "{n:count} rows are missing.", 1)
    '1 row is missing.'
    """
    sentence = _catalog.ngettext(one, many, int(number))
    return _Holes(currency).vformat(sentence, (), {"n": number, **holes})


def label(name: str) -> str:
    """The name of a column or category as people read it.

    Examples
    --------
    >>> label("at risk")
    'at risk'
    """
    return _catalog.pgettext("label", name)
