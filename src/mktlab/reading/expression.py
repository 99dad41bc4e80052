"""An amount that a file holds in parts: "Quantity * UnitPrice", computed without running code.

`read` takes the text apart into headers, numbers, + - * / and parentheses; `Expression.value`
computes it on columns. A header that holds signs stands in single quotes,
'Price (net)' * Qty, or in ` where it has one itself.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mktlab.reading.numbers import Floats
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<sign>[-+*/()])|'(?P<quoted>[^']+)'|`(?P<other>[^`]+)`"
    r"|(?P<word>\w[\w.#°%€$£]*(?:\s+[^\W\d][\w.#°%€$£]*)*))"
)
_APPLY: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_MOST = 50
"""Signs in one amount; more are no amount that a person wrote."""


class Wrong(ValueError):  # noqa: N818 - never reaches a person: it carries the words of a Problem
    """What is wrong with an expression, in words."""


@dataclass(frozen=True)
class Expression:
    """Steps in the order of computing (postfix): numbers, headers, signs."""

    steps: tuple[tuple[str, str], ...]

    @property
    def headers(self) -> list[str]:
        """The headers that it needs, each once."""
        return list(dict.fromkeys(text for kind, text in self.steps if kind == "header"))

    def value(self, columns: dict[str, Floats]) -> Floats:
        """The amount of every row; unknown where a part of it is."""
        stack: list[Floats] = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for kind, text in self.steps:
                if kind == "sign":
                    right = stack.pop()
                    stack[-1] = _APPLY[text](stack[-1], right)
                else:
                    number = columns[text] if kind == "header" else np.float64(text)
                    stack.append(np.asarray(number, dtype=np.float64))
        return stack.pop()


def read(text: str, headers: Iterable[str]) -> Expression:
    """Take an expression apart.

    Raises
    ------
    Wrong
        For a header that the file does not have, and for what is no expression.

    Examples
    --------
    >>> amount = read("Qty * (Price - 0.5)", ["Qty", "Price"])
    >>> amount.value({"Qty": np.array([2.0, 3.0]), "Price": np.array([1.5, 4.5])}).tolist()
    [2.0, 12.0]
    >>> read("Qty * Prices", ["Qty", "Price"])
    Traceback (most recent call last):
    mktlab.reading.expression.Wrong: Prices is no header of the file (did you mean Price?)
    """
    tokens = list(_tokens(text, list(headers)))
    if sum(kind == "sign" for kind, _ in tokens) > _MOST:
        raise Wrong(say("an amount of more than {most} signs", most=_MOST))
    steps: list[tuple[str, str]] = []
    rest = _sum(tokens, steps)
    if rest:
        raise Wrong(say("{token} where a sign such as * belongs", token=rest[0][1]))
    return Expression(tuple(steps))


def _tokens(text: str, headers: list[str]) -> Iterator[tuple[str, str]]:
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if not found or not found.lastgroup:
            raise Wrong(say("{letter} in an amount", letter=text[place:].strip()[0]))
        kind, token = found.lastgroup, found[found.lastgroup].strip()
        if kind in ("word", "quoted", "other"):
            if token not in headers:
                likely = did_you_mean(token, headers)
                told = say("{token} is no header of the file{likely}", token=token, likely=likely)
                raise Wrong(told)
            kind = "header"
        yield kind, token
        place = found.end()


Tokens = list[tuple[str, str]]


def _sum(tokens: Tokens, steps: Tokens, signs: str = "+-") -> Tokens:
    """Parts that + and - join, or, one level below, * and /; gives the tokens after them."""
    product = signs != "+-"
    rest = _part(tokens, steps) if product else _sum(tokens, steps, "*/")
    while rest and rest[0][0] == "sign" and rest[0][1] in signs:
        sign, rest = rest[0], rest[1:]
        rest = _part(rest, steps) if product else _sum(rest, steps, "*/")
        steps.append(sign)
    return rest


def _part(tokens: Tokens, steps: Tokens) -> Tokens:
    if not tokens:
        raise Wrong(say("nothing after the last sign"))
    (kind, text), rest = tokens[0], tokens[1:]
    if kind != "sign":
        steps.append((kind, text))
        return rest
    if text == "-":
        steps.append(("number", "0"))
        rest = _part(rest, steps)
        steps.append(("sign", "-"))
        return rest
    if text != "(":
        raise Wrong(say("{token} where a header or a number belongs", token=text))
    rest = _sum(rest, steps)
    if not rest or rest[0] != ("sign", ")"):
        raise Wrong(say("a parenthesis that is not closed"))
    return rest[1:]
