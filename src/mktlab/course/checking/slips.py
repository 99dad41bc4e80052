"""Slips that can happen to every answer, known once for all questions.

A slip is told by the shape of the difference alone: the right number in percent, with the wrong
sign, a thousand times as large; a column that is off by the same amount in every row; what is right
as far as its digits go. `rounded` finds the last, `turned` what is twice, upside down or the rest,
`slip` the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from mktlab.course.checking.compare import Pair, allowed, close
from mktlab.course.checking.tables import Numbers
from mktlab.show.formats import decimal
from mktlab.show.words import say


class Rules(NamedTuple):
    """How far a number may be off; whether shares between 0 and 1 are asked for, or percents."""

    tolerance: float | None
    share: bool
    percent: bool


class Slip(NamedTuple):
    """What went wrong, in words, and what to do about it."""

    name: str
    why: str


def digits_asked(pairs: Mapping[str, Pair], tolerance: float | None) -> int:
    """How many digits after the point are enough for every number."""
    limits = [float(np.nanmedian(allowed(pair.theirs, tolerance))) for pair in pairs.values()]
    return max([0, *(int(np.ceil(-np.log10(2 * limit) - 1e-9)) for limit in limits if limit)])


def rounded(pairs: Mapping[str, Pair], tolerance: float | None, *, most: float = 1 / 3) -> bool:
    """Whether every number is right, but for being rounded to fewer digits than are asked for.

    Rounding may move half of the numbers by `most` of themselves: 1 is not 0.55 to no digit.

    >>> rounded({"": Pair(np.array([0.55]), np.array([0.5543]))}, 0.0005)
    True
    >>> rounded({"": Pair(np.array([0.56]), np.array([0.5543]))}, 0.0005)
    False
    """
    return bool(pairs) and all(_rounded(pair, tolerance, most) for pair in pairs.values())


def _rounded(pair: Pair, tolerance: float | None, most: float) -> bool:
    mine, theirs = pair
    right = close(mine, theirs, tolerance)
    asked = digits_asked({"": pair}, tolerance)
    size = np.abs(theirs)
    some = size > 0
    with np.errstate(all="ignore"):
        if some.any() and np.median((np.abs(mine - theirs) / size)[some]) > most:
            return False
        for digits in range(asked):
            steps = mine * 10.0**digits
            whole = np.abs(steps - np.round(steps)) < 1e-6 * np.maximum(1, np.abs(steps))
            near = np.abs(mine - theirs) <= 0.5 * 10.0**-digits * (1 + 1e-9)
            if (right | (whole & near)).all():
                return True
    return bool(right.all())


def slip(pairs: Mapping[str, Pair], rules: Rules, *, most: float = 1 / 3) -> Slip | None:
    """What happened to a right answer, if its numbers are all wrong in the same way.

    Parameters
    ----------
    pairs
        The numbers of the answer beside those expected, by column.
    rules
        What is asked for.
    most
        As in `rounded`.
    """
    tolerance = rules.tolerance
    wrong = {k: p for k, p in pairs.items() if not close(p.mine, p.theirs, tolerance).all()}
    if not wrong or not all(_has_size(pair, tolerance) for pair in wrong.values()):
        return None

    def if_it(factor: float) -> bool:
        turned = {name: Pair(factor * pair.mine, pair.theirs) for name, pair in wrong.items()}
        alike = all(close(p.mine, p.theirs, tolerance).all() for p in turned.values())
        return alike or rounded(turned, tolerance, most=most)

    found = next((told for factor, told in _units(wrong, rules).items() if if_it(factor)), None)
    return found or _shift(wrong, tolerance) or _of_sum(wrong)


def turned(pairs: Mapping[str, Pair], rules: Rules) -> Slip | None:
    """What happened to one right number: the rest of the whole, one over it, or another time.

    >>> turned({"": Pair(np.array([0.25]), np.array([4.0]))}, Rules(0.005, False, False)).name
    'it is upside down'
    """
    if not pairs or not all(_has_size(pair, rules.tolerance) for pair in pairs.values()):
        return None

    def same(way: Callable[[Numbers], Numbers]) -> bool:
        return all(close(way(p.mine), p.theirs, rules.tolerance).all() for p in pairs.values())

    if rules.share:
        told = say("It is right for the others: ask your condition the other way around.")
        return Slip(say("this is the rest of the whole"), told) if same(lambda x: 1 - x) else None
    with np.errstate(all="ignore"):
        if same(lambda x: 1 / x):
            return Slip(say("it is upside down"), say("Divide the other way around."))
    for times in (2, 4, 7, 12, 13, 52):
        many, few = same(partial(np.multiply, 1 / times)), same(partial(np.multiply, times))
        if times == 2 and many:
            told = say("Is each row counted twice, or are two groups added up?")
            return Slip(say("this is twice as much"), told)
        if times == 2 and few:
            told = say("Is a half of the rows missing, or is it a mean of two?")
            return Slip(say("this is half of it"), told)
        if many or few:
            told = say(
                "Is it another time? A week has 7 days, a quarter 13 weeks, a year 52. If not, "
                "look at what you count, and by what you divide."
            )
            off = (
                say("{n} times too much", n=times) if many else say("{n} times too little", n=times)
            )
            return Slip(off, told)
    return None


def _has_size(pair: Pair, tolerance: float | None) -> bool:
    """Whether most numbers are large enough that no others come close to them by chance.

    Next to nothing is next to nothing times any factor.
    """
    sizes = np.abs(pair.theirs)
    return bool(np.median(sizes > 20 * allowed(pair.theirs, tolerance)) == 1)


def too_few_digits(pairs: Mapping[str, Pair]) -> Slip | None:
    """Numbers that are right, but rounded to tens, hundreds or more."""
    for step in (10.0, 100.0, 1000.0, 10_000.0, 100_000.0):
        if pairs and all(_in_steps(pair, step) for pair in pairs.values()):
            told = say("Give every digit that the calculation gives.")
            return Slip(say("this is right, but rounded"), told)
    return None


def _in_steps(pair: Pair, step: float) -> bool:
    whole = (pair.mine % step == 0).all() and (np.abs(pair.mine - pair.theirs) <= step / 2).all()
    return bool(whole and (np.abs(pair.theirs) >= 100 * step).all())


def _units(wrong: Mapping[str, Pair], rules: Rules) -> dict[float, Slip]:
    """What a wrong number must be multiplied by -> what went wrong, and what to do about it."""
    units = {
        1 / 100: Slip(
            say("a hundred times too much"), say("Only the unit is wrong: divide by 100.")
        ),
        100: Slip(say("a hundredth of it"), say("Only the unit is wrong: multiply by 100.")),
        -1: Slip(say("the sign is wrong"), say("The size is right. Which way does it go?")),
        1 / 1000: Slip(
            say("a thousand times too much"), say("Only the unit is wrong: divide by 1000.")
        ),
        1000: Slip(say("a thousandth of it"), say("Only the unit is wrong: multiply by 1000.")),
    }
    if rules.share:
        why = say(
            "It is right in percent; a share lies between 0 and 1. Divide by 100, and give "
            "{digits} digits after the point.",
            digits=digits_asked(wrong, rules.tolerance),
        )
        units[1 / 100] = Slip(say("percent for a fraction"), why)
    elif rules.percent:
        why = say("It is right as a fraction; asked for are percent. Multiply by 100.")
        units[100] = Slip(say("a fraction for percent"), why)
    return units


def _of_sum(wrong: Mapping[str, Pair]) -> Slip | None:
    """A column of which every value is divided by the sum of all of them."""
    (pair, *others) = wrong.values()
    whole, total = pair.mine.sum(), pair.theirs.sum()
    with np.errstate(all="ignore"):
        parts = np.abs(pair.mine / whole - pair.theirs / total) < 0.0005
    if others or len(parts) < 2 or not parts.all() or round(whole, 2) not in (1, 100):
        return None
    told = say("The question asks for the values themselves: do not divide them by their sum.")
    return Slip(say("these are shares of the whole"), told)


def _shift(wrong: Mapping[str, Pair], tolerance: float | None) -> Slip | None:
    """A column of which every value is off by the same."""
    (name, pair), *others = wrong.items()
    steps = pair.mine - pair.theirs
    if others or len(steps) < 3 or not close(pair.mine - steps[0], pair.theirs, tolerance).all():
        return None
    by = abs(float(np.median(steps)))
    written = decimal(by, 0) if by == round(by) else f"{by:.3g}"
    if steps[0] < 0:
        told = say(
            "Your values of {name} are all {by} smaller than the right ones.", name=name, by=written
        )
    else:
        told = say(
            "Your values of {name} are all {by} larger than the right ones.", name=name, by=written
        )
    return Slip(say("all are off by the same"), told)
