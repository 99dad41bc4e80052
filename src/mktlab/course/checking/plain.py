"""Makes a plain thing of whatever a person hands in, before anything else is done with it.

An answer may be any object, so nothing here calls its methods, not even `==` or `str`, before its
type is known to be harmless: `is_a` looks at the type alone, and `genuine` lets no subclass pass
for the library's own. What cannot be made plain is `Unreadable`.
"""

from __future__ import annotations

import dataclasses
import datetime
import sys
import types
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from mktlab.show.words import say

MOST_IDS = 2_000_000
NUMBERS = (int, float, np.integer, np.floating, Decimal, Fraction)
FLAGS = (bool, np.bool_)
LIBRARIES = ("builtins", "pandas", "numpy", "datetime", "decimal", "fractions", "mktlab")


class Unreadable(Exception):  # noqa: N818 - a sentence for the learner, not a fault
    """A sentence on what keeps an answer from being compared."""


def too_long(rows: int) -> Unreadable:
    """What is said of a table with far too many rows."""
    return Unreadable(say("Your table has {n:count} rows: that is far too many.", n=rows))


def is_a(value: Any, *kinds: type) -> bool:
    """`isinstance` that asks the type alone: an object may lie about its class, or fail on it."""
    return issubclass(type(value), kinds)


def genuine(kind: type) -> bool:
    """Whether a type is a library's own, not one that somebody derived from it.

    >>> genuine(pd.DataFrame), genuine(type("Lies", (pd.DataFrame,), {}))
    (True, False)
    """
    module = str(type.__getattribute__(kind, "__module__"))
    home = sys.modules.get(module)
    own = getattr(home, type.__getattribute__(kind, "__name__"), None)
    return module.partition(".")[0] in LIBRARIES and (own is kind or module == "builtins")


def plain(answer: Any) -> Any:
    """The answer as a plain table, array, list, number or text; other objects as they are.

    Raises
    ------
    Unreadable
        If it is a table of a kind of its own, whose columns or sums could be anything.
    """
    polars = sys.modules.get("polars")
    if polars is not None and type(answer) in (polars.DataFrame, polars.Series):
        if len(answer) > MOST_IDS:
            raise too_long(len(answer))
        answer = answer.to_pandas()
    if is_a(answer, pd.DataFrame, pd.Series, pd.Index):
        kinds = [type(answer)]
        if genuine(kinds[0]):
            axes = [answer] if is_a(answer, pd.Index) else answer.axes
            dtypes = answer.dtypes if is_a(answer, pd.DataFrame) else [answer.dtype]
            kinds += [type(part) for part in (*axes, *dtypes) if not is_a(part, np.dtype)]
        if not all(map(genuine, kinds)):
            raise Unreadable(
                say(
                    "Your answer holds {kind}, which is no plain table: give pd.DataFrame(...) or "
                    "a list.",
                    kind=described(answer),
                )
            )
    if is_a(answer, np.ndarray) and not genuine(type(answer)):
        return np.ndarray.view(answer, np.ndarray)
    if not genuine(type(answer)):
        return _list(plain_value(answer))
    return _list(answer)


def plain_value(value: Any) -> Any:
    """A number or text of a class of its own as a plain one: by the value that it holds."""
    if is_a(value, float):
        return float.__pos__(value)
    if is_a(value, int):
        return int.__pos__(value)
    return str.__str__(value) if is_a(value, str) else value


def _list(answer: Any) -> Any:
    """A list, tuple, set or the keys of a dict as a list; anything else as it is."""
    if numbers_of(answer):
        return answer
    kinds: tuple[Any, ...] = (list, tuple, set, frozenset, type({}.keys()))
    for kind in kinds:
        if is_a(answer, kind):
            if kind.__len__(answer) > MOST_IDS:
                raise Unreadable(
                    say(
                        "Your answer has {n:count} elements: give each once.",
                        n=kind.__len__(answer),
                    )
                )
            return list(kind.__iter__(answer))  # a class of its own may iterate without end
    return answer


def numbers_of(result: Any) -> Mapping[str, float]:
    """The numbers of a result of the package, such as an Elasticity, by name; else none."""
    kind = type(result)
    if not genuine(kind) or kind.__module__.partition(".")[0] != "mktlab":
        return {}
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    else:
        names = list(getattr(kind, "_fields", ()))
    values: dict[str, Any] = {name: getattr(result, name, None) for name in names}
    return {k: v for k, v in values.items() if is_a(v, *NUMBERS) and not is_a(v, *FLAGS)}


def clear_number(result: Any) -> float | None:
    """The one number that a result of the package stands for, if it is clear which."""
    numbers = numbers_of(result)
    for name in ("value", "price", type(result).__name__.casefold()):
        if name in numbers:
            return float(numbers[name])
    return float(*numbers.values()) if len(numbers) == 1 else None


def described(value: Any) -> str:
    """What kind of thing it is, in plain words, with what most often led there."""
    kind = type(value)
    for kinds, words in _kinds():
        if issubclass(kind, kinds):
            return words
    name = kind.__name__[:60]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _kinds() -> list[tuple[tuple[type, ...], str]]:
    """What a beginner hands in, and what it is called; the first that fits."""
    groups = (pd.api.typing.DataFrameGroupBy, pd.api.typing.SeriesGroupBy)
    functions = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
    return [
        ((str,), say("text")),
        (FLAGS, say("true or false")),
        (NUMBERS, say("a number")),
        (functions, say("a function (are its parentheses missing?)")),
        (groups, say("groups (of which column, and its `sum` or `mean`?)")),
        ((pd.DataFrame,), say("a table")),
        ((pd.Series, pd.Index, np.ndarray, pd.api.extensions.ExtensionArray), say("a column")),
        ((datetime.timedelta, np.timedelta64), say("a length of time")),
        ((datetime.date, np.datetime64, pd.Period), say("a day")),
    ]
