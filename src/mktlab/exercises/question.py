"""Questions that answer: what is expected, the mistakes people make, and friendly words for each.

A lesson's exercise is an `ExerciseSheet` of `Question`s and `Decision`s, declared in the module of
that lesson. Bound to a company (`sheet.bind(company)`), it becomes the `Exercise` of a notebook:
`ex.q1.check(answer)` compares, `ex.q1.hint()` helps, `ex` shows how far one is. Expected values and
mistakes are computed from the company's tables when they are first needed; no answer is stored, no
answer is shown, and no answer, whatever object it is, makes a check fail.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from mktlab.exercises.comparing import difference, ids
from mktlab.schema import MktlabError

if TYPE_CHECKING:
    from mktlab.company import Company

State = Literal["not attempted", "right", "named mistake", "not yet", "hint", "question"]
Compute = Callable[["Company"], Any]

# Text and background; each pair has a contrast of 7:1 or more.
_COLORS: dict[State, tuple[str, str]] = {
    "not attempted": ("#3D3D3D", "#F2F2F2"),
    "right": ("#00492F", "#E9F6F0"),
    "named mistake": ("#6E2C00", "#FDF1E7"),
    "not yet": ("#6E2C00", "#FDF1E7"),
    "hint": ("#003B5C", "#EAF3F9"),
    "question": ("#003B5C", "#EAF3F9"),
}


@dataclass(frozen=True)
class Feedback:
    """What a check says, in color where there is color and in the same words everywhere."""

    state: State
    title: str
    text: str

    def __repr__(self) -> str:
        return f"{self.title} {self.text}".strip()

    def _repr_html_(self) -> str:
        color, background = _COLORS[self.state]
        style = (
            f"color: {color}; background: {background}; border-left: 4px solid {color}; "
            "padding: 0.6em 1em; margin: 0.3em 0"
        )
        words = f"<strong>{escape(self.title)}</strong> {escape(self.text)}"
        return f'<div role="status" style="{style}">{words}</div>'


@dataclass(frozen=True)
class Mistake:
    """A mistake people really make: its name, the answer it leads to, why it is one."""

    name: str
    compute: Compute
    why: str


@dataclass(frozen=True)
class Question:
    """A question with one right answer.

    `answer` says which name and shape the answer must have. `expected` computes it: a number, a
    text, a set of ids, or a table whose rows `key` tells apart. `tolerance` is how far a decimal
    number may be off.
    """

    name: str
    ask: str
    answer: str
    expected: Compute
    mistakes: tuple[Mistake, ...]
    hint: str
    key: tuple[str, ...] = ()
    tolerance: float = 0.005

    def reply(self, bound: BoundQuestion, answer: Any) -> Feedback:
        """Right, a mistake by its name, or what differs."""
        wrong = self.compare(answer, bound.expected)
        if wrong is None:
            return Feedback("right", "Right.", "")
        for mistake, value in zip(self.mistakes, bound.mistaken, strict=True):
            if self.compare(answer, value) is None:
                return Feedback("named mistake", f"Not yet: {mistake.name}.", mistake.why)
        return Feedback("not yet", "Not yet.", wrong)

    def compare(self, answer: Any, value: Any) -> str | None:
        """What differs between an answer and a value of this question."""
        return difference(answer, value, key=self.key, tolerance=self.tolerance)


@dataclass(frozen=True)
class Decision:
    """A choice of customers, priced in the simulated market.

    `value` gives the euros that a set of ids earns and `expected` the best set there is; a choice
    is right when it earns at least `good_enough` of the best. `known` are the ids to choose from.
    """

    name: str
    ask: str
    answer: str
    value: Callable[[Company, set[str]], float]
    expected: Compute
    known: Compute
    mistakes: tuple[Mistake, ...]
    hint: str
    good_enough: float = 0.9

    def reply(self, bound: BoundQuestion, answer: Any) -> Feedback:
        """What the choice earns, and how far that is from the best."""
        chosen = ids(answer)
        if isinstance(chosen, str):
            return Feedback("not yet", "Not yet.", chosen)
        unknown = len(chosen - bound.known)
        if unknown:
            text = f"{unknown:,} of your {len(chosen):,} ids are not ids to choose from."
            return Feedback("not yet", "Not yet.", text)
        best = self.value(bound.company, bound.expected)
        earned = self.value(bound.company, chosen)
        price = (
            f"Your choice earns €{earned:,.0f}. Knowing the whole truth one could earn "
            f"€{best:,.0f}: that is €{best - earned:,.0f} more."
        )
        if earned >= self.good_enough * best:
            return Feedback("right", "Right: a good decision.", price)
        for mistake, value in zip(self.mistakes, bound.mistaken, strict=True):
            if len(chosen & value) >= 0.95 * len(chosen | value):
                title = f"Not yet: {mistake.name}."
                return Feedback("named mistake", title, f"{mistake.why} {price}")
        return Feedback("not yet", "Not yet.", f"{price} {self.good_enough:.0%} of that will do.")


@dataclass
class BoundQuestion:
    """A question about one company: `check` an answer, ask for a `hint`."""

    question: Question | Decision
    company: Company
    state: State = field(default="not attempted", init=False)

    @cached_property
    def expected(self) -> Any:
        """The right answer, or the best choice."""
        return self.question.expected(self.company)

    @cached_property
    def mistaken(self) -> list[Any]:
        """The answers that the named mistakes lead to."""
        return [mistake.compute(self.company) for mistake in self.question.mistakes]

    @cached_property
    def known(self) -> set[str]:
        """The ids a decision chooses from."""
        known = self.question.known(self.company) if isinstance(self.question, Decision) else ()
        return {str(i) for i in known}

    def check(self, answer: Any) -> Feedback:
        """Compare an answer; `...` counts as not attempted."""
        name = self.question.name
        if answer is ...:
            text = f"Replace the dots with your answer: {self.question.answer}"
            return Feedback("not attempted", f"{name}: not attempted yet.", text)
        if answer is None:
            text = "Your answer is None: did the last line of your cell give it a value?"
            feedback = Feedback("not yet", "Not yet.", text)
        else:
            feedback = self._reply(answer)
        if self.state != "right":
            self.state = feedback.state
        return feedback

    def _reply(self, answer: Any) -> Feedback:
        _ = self.expected, self.mistaken  # a fault in these is not the learner's and must show
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self.question.reply(self, answer)
            except KeyboardInterrupt:
                raise
            except BaseException:  # an answer may be any object, and do anything when looked at
                text = f"Your answer cannot be read. What is asked for: {self.question.answer}"
                return Feedback("not yet", "Not yet.", text)

    def hint(self) -> Feedback:
        """A step in the right direction."""
        return Feedback("hint", f"Hint for {self.question.name}.", self.question.hint)

    def _asked(self) -> Feedback:
        title = f"{self.question.name}. {self.question.ask}"
        return Feedback("question", title, f"Answer: {self.question.answer}")

    def __repr__(self) -> str:
        return repr(self._asked())

    def _repr_html_(self) -> str:
        return self._asked()._repr_html_()


class Exercise:
    """The questions of one lesson about one company: `ex.q1`, `ex.q2` ..."""

    def __init__(self, lesson: str, questions: list[BoundQuestion]) -> None:
        self.lesson = lesson
        self.questions = {bound.question.name: bound for bound in questions}

    def __getattr__(self, name: str) -> BoundQuestion:
        questions = self.__dict__.get("questions", {})
        if name in questions:
            found: BoundQuestion = questions[name]
            return found
        if name.startswith("_"):
            raise AttributeError(name)
        raise _NoSuchQuestionError(
            f"There is no question {name}: there are {', '.join(questions)}."
        )

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.questions]

    def _progress(self) -> Feedback:
        right = sum(bound.state == "right" for bound in self.questions.values())
        states = ", ".join(f"{name} {bound.state}" for name, bound in self.questions.items())
        state: State = "right" if right == len(self.questions) else "question"
        return Feedback(state, f"{right} of {len(self.questions)} right.", states)

    def __repr__(self) -> str:
        return repr(self._progress())

    def _repr_html_(self) -> str:
        return self._progress()._repr_html_()


class _NoSuchQuestionError(MktlabError, AttributeError):
    pass


@dataclass(frozen=True)
class ExerciseSheet:
    """The declared questions of a lesson."""

    lesson: str
    questions: tuple[Question | Decision, ...]

    def bind(self, company: Company) -> Exercise:
        """The exercise about this company."""
        return Exercise(self.lesson, [BoundQuestion(q, company) for q in self.questions])
