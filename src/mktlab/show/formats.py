"""Money in words: the one place where an amount meets the sign of its currency.

A lesson leaves the currency out and writes in that of the company loaded last (`mktlab.load` calls
`use`), so that it shows $ to a shop that sells in dollars. The package itself knows whose amounts
it writes and always names the currency.
"""

from __future__ import annotations

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_in_use = "EUR"


def use(currency: str) -> None:
    """Write in this currency wherever none is named."""
    global _in_use
    _in_use = currency


def money(
    amount: float, currency: str | None = None, *, cents: bool = False, sign: bool = False
) -> str:
    """An amount with its currency, the minus (and, if `sign`, the plus) before everything.

    Parameters
    ----------
    amount
        Rounded to whole units or, with `cents`, to two decimals.
    currency
        A code such as EUR; in a lesson, by default that of the company loaded last.

    >>> money(-1250.4, "EUR"), money(1250.4, "CHF", sign=True), money(0.35, "EUR", cents=True)
    ('-€1,250', '+1,250 CHF', '€0.35')
    """
    written = f"{abs(amount):,.{2 if cents else 0}f}"
    rounds_to_zero = not written.strip("0.")
    mark = "" if rounds_to_zero else "-" if amount < 0 else "+" if sign else ""
    return mark + with_unit(written, symbol(currency))


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
    """A number that is written already, with its unit: a sign of money stands before it.

    >>> with_unit("23", "€"), with_unit("320", "€ a week"), with_unit("2.4", "people")
    ('€23', '€320 a week', '2.4 people')
    """
    return f"{words[0]}{amount}{words[1:]}" if is_money(words) else f"{amount} {words}"
