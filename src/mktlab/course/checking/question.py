"""What a question knows: what is expected, the mistakes people make, how an answer is judged.

A `Question` has one right answer (a `Decision`, of `decision`, has a price instead). It is declared
with `sheet` and asked in a notebook through `exercise`; a `Case` is a question about one company.
Expected values and mistakes are
computed from the company's tables when they are first needed; no answer is stored, and none shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import Ids, are_row_numbers, ids, row_numbers
from mktlab.course.checking.compare import Pair, close, difference, pairs
from mktlab.course.checking.feedback import Feedback, Reached, not_yet
from mktlab.course.checking.plain import Unreadable, clear_number, numbers_of
from mktlab.course.checking.slips import (
    Rules,
    Slip,
    digits_asked,
    rounded,
    slip,
    too_few_digits,
    turned,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

Compute = Callable[["Company"], Any]
SOME = 100
"""From so many rows on, a number is no table's length by chance."""


@dataclass(frozen=True)
class Mistake:
    """A mistake people really make: its name, the answer it leads to, why it is one.

    `tolerance` replaces that of the question where the mistake's numbers are of another size;
    `also` list further answers to which it leads, where they differ from the right one.
    """

    name: str
    compute: Compute
    why: str
    tolerance: float | None = None
    also: tuple[Compute, ...] = ()


@dataclass(frozen=True)
class Words:
    """What is said of a question: holes such as {cost:money} are filled from `holes`.

    Parameters
    ----------
    ask
        The question, as a person would ask it.
    answer
        The shape the answer must have, to stand after "Answer:".
    hints
        A direction first, then the calls; or only one.
    matters
        After a right answer: what the number means for Monday; `{answer}` is that number.
    holes
        Constants of the question.
    told
        More holes of `matters`, computed from the right answer.
    """

    ask: str
    answer: str
    hints: tuple[str, ...]
    matters: str = ""
    holes: Mapping[str, Any] = field(default_factory=dict)
    told: Callable[[Any], Mapping[str, Any]] | None = None


class Case:
    """A question about one company, with what is computed for it once."""

    def __init__(self, question: Any, company: Company) -> None:
        self.question = question
        self.company = company

    @cached_property
    def expected(self) -> Any:
        """The right answer, or the best choice."""
        return self.question.expected(self.company)

    @cached_property
    def mistaken(self) -> list[tuple[Mistake, Any]]:
        """The named mistakes that can be made on these tables, and where they lead."""
        found = []
        for mistake in self.question.mistakes:
            with suppress(Exception):  # own data may lack what the mistake would look at
                found.append((mistake, mistake.compute(self.company)))
        return found

    @cached_property
    def known(self) -> list[tuple[Mistake, Any]]:
        """The named mistakes and every answer to which they lead, the main ones first."""
        found = [*self.mistaken]
        for mistake in self.question.mistakes:
            for listed in mistake.also:
                with suppress(Exception):
                    found += [(mistake, value) for value in listed(self.company)]
        return found

    @cached_property
    def choices(self) -> Any:
        """What a decision chooses from."""
        known = self.question.choices(self.company)
        return known if isinstance(known, tuple) else Ids.of(known)

    @cached_property
    def best(self) -> float:
        """What the best decision earns."""
        return float(self.question.worth(self.company, self.expected))

    def filled(self, words: str, **holes: Any) -> str:
        """Words of the question, which stand in its TOML, with their holes filled; "" for none."""
        known = {**self.question.words.holes, **holes}
        return words and say(words, currency=self.company.currency, **known)

    def matters(self, **holes: Any) -> str:
        """What a right answer means for Monday."""
        words = self.question.words
        more = words.told(self.expected) if words.told else {}
        return self.filled(words.matters, **holes, **more)

    def named(self, name: str, why: str, reached: Reached | None = None) -> Feedback:
        """What is said of a mistake that has a name."""
        title = say("A mistake: {mistake}.", mistake=self.filled(name))
        return Feedback("named mistake", title, self.filled(why), reached)


@dataclass(frozen=True)
class Question:
    """A question with one right answer.

    Parameters
    ----------
    name
        What it is called in the notebook: `ex.q1` for "q1".
    words
        What is said of it.
    expected
        Computes the right answer: a number, a text, a day, a set of ids, or a table or Series; or
        a result that holds several numbers, of which `part` is asked for.
    mistakes
        That people really make. The first that fits is named.
    key
        For tables: the columns that tell rows apart; by default, the names of the index.
    tolerance
        How far a number may be off, in its own unit; by default, amounts may be rounded to
        2 decimals and numbers below 1 to 3 digits.
    share, percent
        Whether shares between 0 and 1 are asked for, or percents.
    part
        Which number of a result; by default the one that it stands for.
    """

    name: str
    words: Words
    expected: Compute
    mistakes: tuple[Mistake, ...]
    key: tuple[str, ...] = ()
    tolerance: float | None = None
    share: bool = False
    percent: bool = False
    part: str = ""

    def value(self, found: Any) -> Any:
        """What is expected, out of what was computed."""
        if self.part and not isinstance(found, float):
            return float(_parts(found)[self.part])
        alone = clear_number(found) if numbers_of(found) else None
        return found if alone is None else alone

    def compare(self, answer: Any, value: Any, *, tolerance: float | None = None) -> str | None:
        """What differs between an answer and a value of this question."""
        limit = self.tolerance if tolerance is None else tolerance
        return difference(answer, self.value(value), key=self.key, tolerance=limit)

    def wrong(self, listed: Compute, company: Company) -> list[Any]:
        """Those of the listed answers that cannot be taken for the right one, not even rounded."""
        right = self.value(self.expected(company))

        def apart(found: Any) -> bool:
            own = pairs(found, right, key=self.key)
            return bool(self.compare(found, right)) and not rounded(own, self.tolerance)

        return [value for value in listed(company) if apart(self.value(value))]

    def reply(self, asked: Case, answer: Any) -> Feedback:
        """Right, right as far as it goes, a mistake by its name, or what differs."""
        right = self.value(asked.expected)
        if isinstance(right, set | frozenset):
            with suppress(Unreadable):
                answer = ids(answer)  # once, however many mistakes it is compared with
        differs = self.compare(answer, right)
        own = pairs(answer, right, key=self.key)
        close_by = differs is None or rounded(own, self.tolerance)
        if not (close_by and self._is(answer, right)):
            made = [m for m, value in asked.known if self._is(answer, value)]
            if not (made or close_by):
                made = [m for m, value in asked.known if self._fits(answer, value, m)]
            if made:  # perhaps close to the right answer by chance
                return asked.named(made[0].name, made[0].why)
        if differs is None:
            return Feedback("right", say("Right."), asked.matters(answer=right))
        if close_by:
            return self._so_far(asked, answer, own)
        found = self._slip(asked, answer, own)
        if found:
            return asked.named(*found)
        shape = self._shape(answer, right, own) or _length(asked.company, own)
        if shape or not (own or isinstance(right, str)):
            return not_yet(shape or differs)
        asked_for = say("Asked for:")
        return not_yet(f"{differs}\n{asked_for} {asked.filled(self.words.answer)}")

    def _fits(self, answer: Any, value: Any, mistake: Mistake) -> bool:
        """Whether an answer is what a mistake leads to, but for rounding."""
        return self.compare(answer, value, tolerance=mistake.tolerance) is None

    def _is(self, answer: Any, value: Any) -> bool:
        """Whether an answer is this value to the last digit."""
        own = pairs(answer, self.value(value), key=self.key)
        return bool(own) and all(close(*pair, 0.0).all() for pair in own.values())

    def _so_far(self, asked: Case, answer: Any, own: Mapping[str, Pair]) -> Feedback:
        digits = digits_asked(own, self.tolerance)
        told = say("Give {digits} digits after the point.", digits=digits)
        if any(self._near(answer, value) for _, value in asked.mistaken):
            told += " " + say("With fewer, a mistake that comes close looks the same.")
        return Feedback("right so far", say("Right so far, but rounded."), told)

    def _near(self, answer: Any, value: Any, *, most: float = 1 / 3) -> bool:
        """Whether an answer is this value, rounded; `most` is how far that may lead, in parts."""
        own = pairs(answer, self.value(value), key=self.key)
        return rounded(own, self.tolerance, most=most)

    def _slip(self, asked: Case, answer: Any, own: Mapping[str, Pair]) -> Slip | None:
        """A slip that can happen to every answer, to the right one or to a named mistake."""
        rules = Rules(self.tolerance, self.share, self.percent)
        found = slip(own, rules) or too_few_digits(own) or self._other_part(asked.expected, answer)
        if found:
            return found
        near = {m.name: m.why for m, v in asked.known if self._near(answer, v, most=0.02)}
        if len(near) == 1:
            return Slip(*near.popitem())
        found = turned(own, rules)
        if found:
            return found
        for mistake, value in asked.mistaken:
            again = slip(pairs(answer, self.value(value), key=self.key), rules, most=0.002)
            if again:
                return Slip(again.name, f"{again.why} {asked.filled(mistake.why)}")
        return None

    def _other_part(self, found: Any, answer: Any) -> Slip | None:
        """Another number of the result, such as the end of an interval for its middle."""
        names = {"low": say("the lower end of its interval"), "value": say("its middle")}
        names |= {"high": say("the upper end of its interval")}
        parts = _parts(found) if self.part else numbers_of(found)
        for name, value in parts.items():
            same = pairs(answer, value)
            if same and rounded(same, self.tolerance, most=0.02):
                called = names.get(name, f"`{name}`")
                return Slip(
                    say("this is {part}", part=called),
                    say("The result holds several numbers; read again which one is asked for."),
                )
        return None

    def _shape(self, answer: Any, right: Any, own: Mapping[str, Pair]) -> str | None:
        """What the shape alone says: row numbers for ids, more than 1 for a share."""
        if isinstance(right, set | frozenset):
            with suppress(Unreadable):
                return row_numbers() if are_row_numbers(ids(answer), right) else None
        outside = any(((pair.mine < 0) | (pair.mine > 1)).any() for pair in own.values())
        if self.share and outside:
            return say(
                "A share lies between 0 and 1, and yours does not: divide a part by its whole."
            )
        return None


def _length(company: Company, own: Mapping[str, Pair]) -> str | None:
    """What is said of a number that is the length of one of the tables."""
    for name in company.tables if "" in own else ():
        if own[""].mine[0] == len(company.tables[name]) >= SOME:
            return say(
                "This is the number of rows of `{name}`: `len` and `count` count every row. Read "
                "which rows this question asks for; the `sum` of a condition counts those that "
                "meet it.",
                name=name,
            )
    return None


def _parts(found: Any) -> Mapping[str, float]:
    """The numbers of a result, by name."""
    if isinstance(found, pd.Series):
        return {str(k): float(v) for k, v in found.items() if isinstance(v, float | np.floating)}
    return numbers_of(found)
