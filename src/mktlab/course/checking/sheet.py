"""How a lesson's questions are declared: what is expected is a function, a mistake a wrong turn.

    sheet = Sheet("11_rfm", cost=12.0)

    @sheet.share(digits=3)
    def top_fifth(company, weeks=52): ...

    top_fifth.mistake("all_weeks", weeks=None)

stands in `questions/lesson_11.py`. The words stand beside it, in `questions/lesson_11.toml`: one
table by the function's name with `ask`, `answer`, `hints` and, if it is said, `matters`, and below
it one per mistake with `name` and `why`; those of a mistake that several questions name may stand
once, in a table `mistakes`. Holes such as {cost:money} are filled from the constants of the sheet.
Questions are numbered in the order in which they are declared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.decision import Decision
from mktlab.course.checking.exercise import QuestionSet
from mktlab.course.checking.question import Compute, Mistake, Question, Words
from mktlab.resources import declared

if TYPE_CHECKING:
    from mktlab.company import Company


Turn = TypeVar("Turn", bound=Callable[..., Any])


class Declared:
    """One question of a sheet, still without its words."""

    def __init__(self, compute: Callable[..., Any], kind: type, rules: Mapping[str, Any]) -> None:
        self.compute, self.kind, self.rules = compute, kind, dict(rules)
        self.mistakes: dict[str, tuple[Compute, float | None]] = {}
        self.others: dict[str, tuple[Compute, ...]] = {}

    def __call__(self, company: Company, *args: Any, **turned: Any) -> Any:
        """What the function of the question computes."""
        return self.compute(company, *args, **turned)

    def mistake(
        self,
        name: str,
        leads_to: Any = None,
        /,
        *,
        tolerance: float | None = None,
        **turned: Any,
    ) -> Callable[[Turn], Turn]:
        """Name a mistake: arguments turned wrong, or a function or value that it leads to.

        Without any of these it decorates the function.
        """

        def decorate(compute: Turn) -> Turn:
            self.mistakes[name] = (compute, tolerance)
            return compute

        if turned:
            decorate(lambda company: self.compute(company, **turned))
        elif callable(leads_to):
            decorate(leads_to)
        elif leads_to is not None:
            decorate(lambda company: leads_to)
        return decorate

    def also(self, name: str, /, *turned: Mapping[str, Any]) -> Callable[[Turn], Turn]:
        """Name further answers that a mistake leads to: arguments turned wrong, once or more.

        Without any it decorates a function that lists the answers. Those of a `Question` that come
        too close to the right one on some tables are left out there.
        """

        def decorate(listed: Turn) -> Turn:
            self.others[name] = (*self.others.get(name, ()), listed)
            return listed

        if turned:
            decorate(lambda company: [self.compute(company, **more) for more in turned])
        return decorate

    def leads(self, listed: Callable[[Company], Mapping[str, list[Any]]], *names: str) -> None:
        """Take further answers of several mistakes from one function, by the mistakes' names."""
        for name in names:
            self.also(name)(lambda company, name=name: listed(company)[name])

    def worded(
        self,
        name: str,
        told: Mapping[str, Any],
        shared: Mapping[str, Any],
        holes: Mapping[str, Any],
    ) -> Any:
        """The question with its words; `shared` are those of mistakes at several questions."""
        said = dict(told)
        made, named = [], said.pop("mistakes", {})
        named = {key: shared[key] for key in shared.keys() & self.mistakes.keys()} | named
        alone = named.keys() ^ self.mistakes.keys()
        assert not alone, f"mistakes that one half names and the other does not: {sorted(alone)}"
        assert self.others.keys() <= self.mistakes.keys(), "`also` names no mistake"
        for key, (compute, tolerance) in self.mistakes.items():
            also = self.others.get(key, ())
            made.append(Mistake(named[key]["name"], compute, named[key]["why"], tolerance, also))
        rules = dict(self.rules)
        rules |= {key: said.pop(key) for key in ("best_known", "priced") if key in said}
        said["hints"] = tuple(said["hints"])
        words = Words(**said, holes=holes, told=rules.pop("told", None))
        main = {"worth" if self.kind is Decision else "expected": self.compute}
        question = self.kind(name, words, mistakes=tuple(made), **main, **rules)
        return _guarded(question) if isinstance(question, Question) else question


def _guarded(question: Question) -> Question:
    """The question, whose mistakes lead to no answer that could be right."""
    mistakes = (
        replace(one, also=tuple(partial(question.wrong, listed) for listed in one.also))
        for one in question.mistakes
    )
    return replace(question, mistakes=tuple(mistakes))


Decorator = Callable[[Callable[..., Any]], Declared]


class Sheet:
    """The questions of a lesson as they are declared.

    Parameters
    ----------
    lesson
        Its name.
    given
        What the lesson hands out for its questions, by name, from the company: `ex.given`.
    holes
        Constants that the words name.
    """

    def __init__(
        self,
        lesson: str,
        *,
        given: Callable[[Company], Mapping[str, Any]] | None = None,
        **holes: Any,
    ) -> None:
        self.lesson, self.given, self.holes = lesson, given, holes
        self.declared: dict[str, Declared] = {}

    def number(
        self, *, tolerance: float | None = None, percent: bool = False, part: str = "", **more: Any
    ) -> Decorator:
        """A number: an amount, a count or, with `percent`, a percentage."""
        return self._add(Question, tolerance=tolerance, percent=percent, part=part, **more)

    def share(self, *, digits: int = 3, **more: Any) -> Decorator:
        """A share between 0 and 1, to so many digits after the point."""
        return self._add(Question, share=True, **({"tolerance": 0.5 * 10**-digits} | more))

    def table(
        self, *, key: str | tuple[str, ...] = (), digits: int | None = None, **more: Any
    ) -> Decorator:
        """A table or Series by key; with `share=True`, of shares between 0 and 1."""
        tolerance = None if digits is None else 0.5 * 10**-digits
        keys = (key,) if isinstance(key, str) else key
        return self._add(Question, key=keys, tolerance=tolerance, **more)

    def ids(self, **more: Any) -> Decorator:
        """A set of ids or names."""
        return self._add(Question, **more)

    text = ids

    def decision(
        self,
        *,
        best: Compute,
        choices: Compute,
        reads: Callable[[Any, Any], Any] = ids_among,
        **more: Any,
    ) -> Decorator:
        """A choice; the function says what one earns. `more` are further rules of a `Decision`."""
        return self._add(Decision, expected=best, choices=choices, reads=reads, **more)

    def _add(self, kind: type, **rules: Any) -> Decorator:
        def decorate(compute: Callable[..., Any]) -> Declared:
            self.declared[compute.__name__] = Declared(compute, kind, rules)
            return self.declared[compute.__name__]

        return decorate

    def questions(self) -> QuestionSet:
        """The questions with their words."""
        words = declared(f"course/questions/lesson_{self.lesson.partition('_')[0]}.toml")
        shared = words.pop("mistakes", {})
        unused = shared.keys() - {name for one in self.declared.values() for name in one.mistakes}
        assert not unused, f"mistakes that no question names: {sorted(unused)}"
        alone = words.keys() ^ self.declared.keys()
        assert not alone, f"questions that one half has and the other does not: {sorted(alone)}"
        made = (
            one.worded(f"q{place}", words[name], shared, self.holes)
            for place, (name, one) in enumerate(self.declared.items(), start=1)
        )
        return QuestionSet(self.lesson, tuple(made), self.given)
