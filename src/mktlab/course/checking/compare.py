"""Is this answer the expected value, and if not, what differs? Never what is expected.

`difference` compares anything a person may hand in with a number, a text, a set of ids or a table,
and gives one sentence where they disagree. Order of rows and columns, Series or table, key in the
index or in a column, whole or decimal numbers make no difference. What reads a single value is in
`answers`; `tables` takes tables apart and matches their rows. `pairs` gives the numbers of both,
side by side, to whoever looks for the kind of a mistake.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence, Set
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype as is_number

from mktlab.course.checking.answers import Ids, alone, ids, label, labels, number
from mktlab.course.checking.plain import Unreadable, described, is_a
from mktlab.course.checking.tables import Columns, Numbers, match, numeric
from mktlab.show.words import say, say_many

Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Pair(NamedTuple):
    """A column of an answer and what is expected there, row by row; a number is a column of one."""

    mine: Numbers
    theirs: Numbers


def difference(
    answer: Any, expected: Any, *, key: Sequence[str] = (), tolerance: float | None = None
) -> str | None:
    """What differs between an answer and the expected value, in one sentence; None if nothing.

    Parameters
    ----------
    answer
        Whatever was handed in. It is not changed.
    expected
        A number, a text or day, a set of ids, or a DataFrame or Series of values by key.
    key
        For tables: the columns by which rows are matched; by default, the names of the index.
    tolerance
        How far a number may be off, in its own unit. By default half a cent or, below 1, half a
        unit of the third significant digit: amounts may be rounded to 2 decimals, shares to 3
        digits.

    Returns
    -------
    A sentence, which may tell what the answer holds but not what is expected; or None.

    Examples
    --------
    >>> difference(0.123, 0.12345)
    >>> difference(0.13, 0.12345)
    'Your number is too high, by less than a tenth. Look at which rows and days are counted.'
    >>> difference(["b", "a"], {"a", "b", "c"})
    'Of those asked for, 1 is missing.'
    """
    try:
        if isinstance(expected, pd.Series | pd.DataFrame):
            return _tables_differ(answer, expected, tuple(key), tolerance)
        if isinstance(expected, Set):
            return _sets_differ(ids(answer), Ids.of(expected))
        if isinstance(expected, str | datetime.date):
            return _texts_differ(answer, expected)
        found = number(answer)
    except Unreadable as problem:
        return str(problem)
    if close(np.array([found]), np.array([float(expected)]), tolerance).all():
        return None
    return _how_far(found, float(expected))


def pairs(answer: Any, expected: Any, *, key: Sequence[str] = ()) -> Mapping[str, Pair]:
    """The numbers of an answer beside those expected, by column; none where their shapes differ."""
    try:
        if isinstance(expected, pd.Series | pd.DataFrame):
            matched = match(answer, expected, tuple(key))
            return {} if isinstance(matched, str) else _numbers(*matched)
        if not isinstance(expected, Set | str | datetime.date):
            return {"": Pair(np.array([number(answer)]), np.array([float(expected)]))}
    except Unreadable:
        pass
    return {}


def _numbers(mine: Columns, theirs: Columns) -> Mapping[str, Pair]:
    found = {}
    for name, column in theirs.items():
        if is_number(column.dtype):
            flags = pd.api.types.is_bool_dtype(column.dtype)
            expected = column.to_numpy(dtype=float, na_value=np.nan)
            found[name] = Pair(numeric(mine[name], name, flags=flags), expected)
        elif (labels(mine[name]) != labels(column)).any():
            return {}
    return found


def _how_far(found: float, right: float) -> str:
    """In which direction a number is wrong, and roughly how far."""
    if right and (not found or found * right < 0):
        if found > right:
            return say("Your number is too high: the right one is below zero.")
        if not found:
            return say(
                "Your number is too low: it is zero, as if nothing were left. Look at your "
                "condition."
            )
        return say("Your number is too low: the right one is above zero.")
    if 0 < found <= 1 and right > 100:
        return say("Your number is too low: it looks like a share. Look at what is asked for.")
    ratio = max(found / right, right / found) if right else math.inf
    said = {  # up to how many times off -> what is said of too high, and of too low
        1.01: (
            say("Your number is too high, by less than one percent."),
            say("Your number is too low, by less than one percent."),
            say("Look at single rows: is one counted twice, or left out?")
            if float(found).is_integer() and float(right).is_integer()
            else say("Look at what you rounded on the way, or at single rows and days."),
        ),
        1.1: (
            say("Your number is too high, by less than a tenth."),
            say("Your number is too low, by less than a tenth."),
            say("Look at which rows and days are counted."),
        ),
        2: (
            say("Your number is too high, but less than twice."),
            say("Your number is too low, but more than half."),
            say("Look at what is counted, and who with it."),
        ),
        7: (
            say("Your number is several times too high."),
            say("Your number is several times too low."),
            say("Look at what you count, and by what you divide."),
        ),
        math.inf: (
            say("Your number is too high, ten times or more."),
            say("Your number is too low, ten times or more."),
            say("Look at its unit: a sum, a mean and a share differ that much."),
        ),
    }
    high, low, look = next(said[times] for times in said if ratio <= times)
    told = f"{high if abs(found) > abs(right) else low} {look}"
    return told if right >= 0 else say("Its sign is right. About its size: {told}", told=told)


def _sets_differ(found: Ids, expected: Ids) -> str | None:
    if len(found) > 2 * len(expected) + 1000:
        return say("Your answer has {n:count} entries: that is far too many.", n=len(found))
    if set(map(str.casefold, found)) == set(map(str.casefold, expected)):
        return None
    missing, extra = len(expected - found), len(found - expected)
    told = []
    if missing:
        told.append(
            say_many(
                "Of those asked for, {n} is missing.",
                "Of those asked for, {n:count} are missing.",
                missing,
            )
        )
    if extra:
        told.append(
            say_many(
                "{n} of yours is not asked for, such as {one}.",
                "{n:count} of yours are not asked for, such as {one}.",
                extra,
                one=min(found - expected)[:60],
            )
        )
    return " ".join(told) or None


def _texts_differ(answer: Any, expected: str | datetime.date) -> str | None:
    value, text = alone(answer), isinstance(expected, str)
    if not is_a(value, str, datetime.date, np.datetime64):
        kind = described(value)
        if text:
            return say("Your answer is {kind}: give a text in quotation marks.", kind=kind)
        return say("Your answer is {kind}: give a day.", kind=kind)
    said, wanted = _words(label(value)), _words(label(expected))
    if said == wanted:
        return None
    if not text:
        return say("Your answer is a day, but not the right one.")
    return _code_in(label(value)) or _sentences_differ(label(value), label(expected))


def _code_in(text: str) -> str | None:
    """What is said of a sentence that still holds code instead of its value."""
    if "{" in text:
        return say(
            "Your text has braces in it: is the `f` before its quotation mark missing, or is each "
            "brace there twice?"
        )
    if "<" in text:
        return say("Your text holds a function, not its value: are its parentheses missing?")
    if "show." in text:
        return say("Your text holds code: put it into braces, as in `{{show.money(...)}}`.")
    return None


def _sentences_differ(text: str, expected: str) -> str:
    """Where a sentence goes wrong: its beginning, its number, or what follows."""
    said, wanted = _words(text), _words(expected)
    start = list(takewhile(lambda word: not _digits(word), wanted))
    if len(start) in (0, len(wanted)):  # no sentence with a number: any part would tell it
        return say("Your answer is a text in quotation marks, but not the right one.")
    begins = " ".join(expected.split()[: len(start)])
    if said[: len(start)] != start:
        return say("Your sentence must begin with “{begins}”.", begins=begins)
    mine, right = said[len(start) :], wanted[len(start) :]
    if not any(map(_digits, mine)):
        return say("Your sentence begins as it should: now the number is missing.")
    if mine[: len(right)] == right:
        return say("Your sentence is right up to its number: leave out what follows.")
    sign = mine[0][0]
    if mine[0][1:2] == sign and not sign.isdigit():
        return say("The sign “{sign}” stands there twice: `show.money` writes it.", sign=sign)
    if _digits("".join(mine)) == _digits("".join(right)):
        return say("The number is right, but not written as `show.money` writes it.")
    return say("Your sentence begins as it should, but its number is not the right one.")


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def _words(text: str) -> list[str]:
    """The words of a text, without capitals, stars around it and a period at its end."""
    return text.strip(" *.\n").casefold().split()


def _tables_differ(
    answer: Any,
    expected: pd.DataFrame | pd.Series[Any],
    key: tuple[str, ...],
    tolerance: float | None,
) -> str | None:
    matched = match(answer, expected, key)
    if isinstance(matched, str):
        return matched
    mine, theirs = matched
    key = key or tuple(str(name) for name in expected.index.names)
    for name, column in mine.items():
        wrong = ~_same(column, theirs[name], name, tolerance)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            place = column.index[first]
            told = say(
                "{wrong:count} of {all:count} values of {name} differ. The first is that of {key} "
                "{place}, where you have {have}.",
                wrong=wrong.sum(),
                all=len(wrong),
                name=name,
                key=" and ".join(key),
                place=place if len(key) == 1 else ", ".join(place),
                have=_shown(column.iloc[first]),
            )
            return f"{told} {_one_way(column, theirs[name], name)}".strip()
    return None


def _one_way(mine: pd.Series[Any], theirs: pd.Series[Any], name: str) -> str:
    """Whether every one of several numbers is off in the same direction."""
    kind = theirs.dtype
    if len(theirs) < 3 or pd.api.types.is_bool_dtype(kind) or not is_number(kind):
        return ""
    off = numeric(mine, name, flags=False) - theirs.to_numpy(dtype=float, na_value=np.nan)
    if (off > 0).all():
        return say("All of yours are too high.")
    return say("All of yours are too low.") if (off < 0).all() else ""


def _same(
    mine: pd.Series[Any], theirs: pd.Series[Any], name: str, tolerance: float | None
) -> Flags:
    """Which values are the same, row by row."""
    if not is_number(theirs.dtype):
        return np.asarray(labels(mine) == labels(theirs))
    flags = pd.api.types.is_bool_dtype(theirs.dtype)
    expected = theirs.to_numpy(dtype=float, na_value=np.nan)
    return close(numeric(mine, name, flags=flags), expected, tolerance)


def allowed(theirs: Numbers, tolerance: float | None) -> Numbers:
    """How far each number may be off: as stated, or half a cent and, below 1, three digits."""
    if tolerance is not None:
        return np.full(len(theirs), tolerance)
    with np.errstate(all="ignore"):
        return np.minimum(0.005, 0.005 * 10 ** np.floor(np.log10(np.abs(theirs))))


def close(mine: Numbers, theirs: Numbers, tolerance: float | None) -> Flags:
    """Which numbers are equal but for rounding, and for sums taken in another order."""
    with np.errstate(all="ignore"):
        limit = allowed(theirs, tolerance) * (1 + 1e-6) + 1e-9 * np.abs(theirs) + 1e-12
        near = np.abs(mine - theirs) <= limit
    return np.asarray(near | (mine == theirs) | (np.isnan(mine) & np.isnan(theirs)))


def _shown(value: Any) -> str:
    if is_a(value, float, np.floating) and math.isfinite(value):
        return f"{value:.6g}" if abs(value) < 100_000 else f"{value:.2f}"
    return label(value)[:60]
