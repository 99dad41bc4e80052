"""How a plan speaks: names of the Ps, numbers and levers in words.

`number` and `change` write values the way the brief, the calendar and the messages show them;
`write` puts a text into a file, or says in one sentence why it cannot.
"""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeGuard

from mktlab.files import write_whole
from mktlab.plan.mix import Lever, Mix
from mktlab.schema import MktlabError
from mktlab.show.formats import decimal, digits, is_money, unit, with_unit
from mktlab.show.words import label, say, say_many

GROUPS = tuple(group.name for group in fields(Mix))
P_NAMES = {group: group.replace("_", " ").capitalize() for group in GROUPS}
"""Group -> the P in words, such as Physical evidence."""


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value counts something: an integer, and no yes or no."""
    return isinstance(value, numbers.Integral) and not is_flag(value)


def as_written(value: object) -> str:
    """A value as Python writes it, cut where it is long: 52.0 is told from 52."""
    return reprlib.repr(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number, and no yes or no.

    >>> is_number(1.5), is_number(float("nan")), is_number(True), is_number("1,5")
    (True, False, False, False)
    """
    try:
        return isinstance(value, numbers.Real) and not is_flag(value) and math.isfinite(value)
    except OverflowError:  # an integer beyond any float
        return False


def is_flag(value: object) -> TypeGuard[bool]:
    """Whether a value is a yes or a no, of Python or of NumPy."""
    return isinstance(value, bool) or type(value).__name__ == "bool"


def differs(value: object, other: object) -> bool:
    """Whether two values differ; what cannot be compared does.

    >>> differs(1.0, 1), differs("1", 1)
    (False, True)
    """
    try:
        return bool(value != other)
    except (TypeError, ValueError):
        return True


def number(value: Any) -> str:
    """A value in words: thousands with commas, yes and no, anything else as Python writes it.

    >>> number(1250.0), number(0.155), number(True), number("x")
    ('1,250', '0.155', 'yes', "'x'")
    """
    if is_flag(value):
        return label("yes") if value else label("no")
    if isinstance(value, Mapping) and all(map(str, value.values())):
        named = [f"{label(str(group))}: {label(str(name))}" for group, name in value.items()]
        return "; ".join(named) or label("none")
    if not is_number(value):
        return reprlib.repr(value)
    if value and not round(float(value), 4):
        return reprlib.repr(value)
    return decimal(value, digits(value))


def as_told(value: Any) -> Any:
    """A value as a table tells it: a mapping in words, all else as it is.

    >>> as_told({"light": "gift"}), as_told(1.5)
    ('light: gift', 1.5)
    """
    return number(value) if isinstance(value, Mapping) else value


def title(lever: Lever) -> str:
    """A lever's name as a person says it.

    >>> from mktlab.plan.mix import LEVERS
    >>> title(LEVERS["place.free_shipping_from"]), title(LEVERS["price.cafe"])
    ('Free shipping from', 'Café')
    """
    return lever.name.replace("_", " ").replace("cafe", "café").capitalize()


def change(lever: Lever, value: object, currency: str = "EUR") -> str:
    """What a plan does to a lever.

    >>> from mktlab.plan.mix import LEVERS
    >>> change(LEVERS["place.free_shipping_from"], 60)
    'Free shipping from: €45 → €60'
    """
    before, after = number(lever.base), number(value)
    if not isinstance(lever.base, bool):
        words = unit(lever.unit, currency)
        after = with_unit(after, words)
        if is_money(words):
            before = with_unit(before, words[:1])
    return f"{title(lever)}: {before} → {after}"


def preparation(lever: Lever) -> str:
    """How long a lever takes from the decision to the first week in which it acts.

    >>> from mktlab.plan.mix import LEVERS
    >>> preparation(LEVERS["price.tea"]), preparation(LEVERS["people.baristas"])
    ('1 week of preparation', '4 weeks of preparation')
    """
    return say_many("{n} week of preparation", "{n} weeks of preparation", lever.lead_weeks)


def write(path: str | Path, content: str | bytes, *, suffixes: tuple[str, ...]) -> None:
    """Write a plan's file in one piece.

    Raises
    ------
    MktlabError
        When the name ends otherwise than in `suffixes`, or the place cannot be written to.
    """
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise MktlabError(
            say(
                "The file cannot be called {name!r}: give a name that ends in {suffix}.",
                name=path.name,
                suffix=suffixes[0],
            )
        )
    write_whole(path, content, what="The plan")
