"""Questions that answer: what is expected, the mistakes people make, and friendly words for each.

A lesson's exercise is an `QuestionSet` of `Question`s and `Decision`s, declared in the module of
that lesson. Bound to a company (`sheet.bind(company)`), it becomes the `Exercise` of a notebook:
`ex.q1.check(answer)` compares, `ex.q1.hint()` helps, `ex` shows how far one is. Expected values and
mistakes are computed from the company's tables when they are first needed; no answer is stored, no
answer is shown, and no answer, whatever object it is, makes a check fail.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from mktlab.course.checking.answers import Unreadable, ids_among
from mktlab.course.checking.compare import difference
from mktlab.course.checking.feedback import Feedback, State, box
from mktlab.schema import MktlabError
from mktlab.show.formats import money

if TYPE_CHECKING:
    from mktlab.company import Company

Compute = Callable[["Company"], Any]

PATIENCE = 2
"""From this many wrong answers on, the feedback offers the hint."""


@dataclass(frozen=True)
class Mistake:
    """A mistake people really make: its name, the answer it leads to, why it is one.

    `tolerance` replaces that of the question where the mistake's numbers are of another size, such
    as percent for a fraction.
    """

    name: str
    compute: Compute
    why: str
    tolerance: float | None = None


@dataclass(frozen=True)
class Question:
    """A question with one right answer.

    Parameters
    ----------
    name
        What it is called in the notebook: `ex.q1` for "q1".
    ask
        The question, as a person would ask it.
    answer
        The shape the answer must have, to stand after "Answer:".
    expected
        Computes the right answer: a number, a text, a day, a set of ids, or a table or Series.
    mistakes
        At least two that people really make. The first that fits is named.
    hint
        A step in the right direction, without the answer.
    key
        For tables: the columns that tell rows apart; by default, the names of the index.
    tolerance
        How far a number may be off, in its own unit; by default, amounts may be rounded to
        2 decimals and numbers below 1 to 3 digits.
    """

    name: str
    ask: str
    answer: str
    expected: Compute
    mistakes: tuple[Mistake, ...]
    hint: str
    key: tuple[str, ...] = ()
    tolerance: float | None = None

    def reply(self, bound: Asked, answer: Any) -> Feedback:
        """Right, a mistake by its name, or what differs."""
        differs = self.compare(answer, bound._expected)
        if differs is None:
            return Feedback("right", "Right.")
        for mistake, value in bound._mistaken:
            if self.compare(answer, value, tolerance=mistake.tolerance) is None:
                return Feedback("named mistake", f"Not yet: {mistake.name}.", mistake.why)
        return Feedback("not yet", "Not yet.", differs)

    def compare(self, answer: Any, value: Any, *, tolerance: float | None = None) -> str | None:
        """What differs between an answer and a value of this question."""
        allowed = self.tolerance if tolerance is None else tolerance
        return difference(answer, value, key=self.key, tolerance=allowed)


def _alike(choice: Any, other: Any) -> bool:
    """The same number, or sets that share 95% of their ids."""
    if isinstance(choice, set):
        return len(choice & other) >= 0.95 * len(choice | other)
    return difference(choice, other) is None


@dataclass(frozen=True)
class Decision:
    """A choice that the simulated market prices.

    Parameters
    ----------
    name, ask, answer, mistakes, hint
        As in a `Question`; a mistake computes a choice.
    value
        What a choice earns, in the company's currency.
    expected
        The best choice there is, for someone who knows the truth.
    known
        What there is to choose from: all ids, or the lowest and the highest number.
    reads
        Reads the choice from an answer, given `known`: `ids_among` or `number_between`, of
        `mktlab.course.checking.answers`.
    good_enough
        The share of the best that counts as right.
    alike
        Whether a choice makes the mistake that a mistaken choice stands for; by default, whether
        the two are the same number, or sets that share 95% of their ids.
    best_known
        How the sentence on the best choice begins; `expected` need not be the best there is.
    """

    name: str
    ask: str
    answer: str
    value: Callable[[Company, Any], float]
    expected: Compute
    known: Compute
    mistakes: tuple[Mistake, ...]
    hint: str
    good_enough: float = 0.9
    reads: Callable[[Any, Any], Any] = ids_among
    alike: Callable[[Any, Any], bool] = _alike
    best_known: str = "Knowing the whole truth one could earn"

    def reply(self, bound: Asked, answer: Any) -> Feedback:
        """What the choice earns, and how far that is from the best."""
        best, currency = bound._best, bound.company.currency
        try:
            chosen = self.reads(answer, bound._known)
        except Unreadable as problem:
            return Feedback("not yet", "Not yet.", str(problem))
        earned = float(self.value(bound.company, chosen))
        price = (
            f"Your choice {'earns' if earned >= 0 else 'loses'} {money(abs(earned), currency)}. "
            f"{self.best_known} {money(best, currency)}"
        )
        more = best - earned
        price += f", which is {money(more, currency)} more." if round(more) else ": no more."
        if best - earned <= (1 - self.good_enough) * abs(best):
            return Feedback("right", "Right: a good decision.", price)
        for mistake, value in bound._mistaken:
            if self.alike(chosen, value):
                title = f"Not yet: {mistake.name}."
                return Feedback("named mistake", title, f"{mistake.why} {price}")
        enough = f"{self.good_enough:.0%} of that counts as right."
        return Feedback("not yet", "Not yet.", f"{price} {enough}")


class Asked:
    """A question about one company: `check` an answer, ask for a `hint`."""

    def __init__(self, question: Question | Decision, company: Company) -> None:
        self.question = question
        self.company = company
        self.state: State = "not attempted"
        self.wrong = 0

    @cached_property
    def _expected(self) -> Any:
        """The right answer, or the best choice."""
        return self.question.expected(self.company)

    @cached_property
    def _mistaken(self) -> list[tuple[Mistake, Any]]:
        """The named mistakes that can be made on these tables, and where they lead."""
        found = []
        for mistake in self.question.mistakes:
            with suppress(Exception):  # own data may lack what the mistake would look at
                found.append((mistake, mistake.compute(self.company)))
        return found

    @cached_property
    def _known(self) -> Any:
        """What a decision chooses from."""
        return self.question.known(self.company) if isinstance(self.question, Decision) else ()

    @cached_property
    def _best(self) -> float:
        """What the best decision earns."""
        if not isinstance(self.question, Decision):
            return 0.0
        return float(self.question.value(self.company, self._expected))

    def check(self, answer: Any = ...) -> Feedback:
        """Compare an answer; `...` counts as not attempted."""
        name = self.question.name
        if answer is ...:
            text = f"Replace the dots with your answer: {self.question.answer}"
            return Feedback("not attempted", f"{name}: not attempted yet.", text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            feedback = self._problem() or self._reply(answer)
        if self.state != "right":
            self.state = feedback.state
        if feedback.state in ("named mistake", "not yet"):
            self.wrong += 1
            if self.wrong >= PATIENCE:
                text = f"{feedback.text} Stuck? Try ex.{name}.hint()"
                return Feedback(feedback.state, feedback.title, text)
        return feedback

    def _problem(self) -> Feedback | None:
        """Why these tables do not let one check anything, such as a truth that nobody knows."""
        try:
            _ = self._expected, self._mistaken, self._known, self._best
        except Exception as problem:
            title = f"{self.question.name} cannot be checked on these tables."
            told = str(problem) if isinstance(problem, MktlabError) else repr(problem)
            return Feedback("cannot be checked", title, told)
        return None

    def _reply(self, answer: Any) -> Feedback:
        if answer is None:
            text = "Your answer is None: did the last line of your cell give it a value?"
            return Feedback("not yet", "Not yet.", text)
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

    def __dir__(self) -> list[str]:
        return ["check", "hint"]  # what completion offers: not the way to the answer

    def _asked(self) -> Feedback:
        title = f"{self.question.name}. {self.question.ask}"
        return Feedback("question", title, f"Answer: {self.question.answer}")

    def __repr__(self) -> str:
        return repr(self._asked())

    def _repr_html_(self) -> str:
        return self._asked()._repr_html_()


class Exercise:
    """The questions of one lesson about one company: `ex.q1`, `ex.q2`, ..."""

    questions: dict[str, Asked]

    def __init__(self, lesson: str, questions: list[Asked]) -> None:
        self.__dict__["lesson"] = lesson
        self.__dict__["questions"] = {bound.question.name: bound for bound in questions}

    def __getattr__(self, name: str) -> Asked:
        questions = self.__dict__.get("questions", {})
        if name in questions:
            found: Asked = questions[name]
            return found
        if name.startswith("_"):  # Python and Jupyter ask for optional methods this way
            raise AttributeError(name)
        raise NoSuchQuestion(
            f"There is no question {name} in {self.lesson}: choose among {', '.join(questions)}."
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise MktlabError(
            f"ex.{name} cannot be set: keep your answer under a name of its own, then check it "
            "with a line such as ex.q1.check(answer)."
        )

    def __dir__(self) -> list[str]:
        return list(self.questions)

    def _progress(self) -> tuple[str, list[str]]:
        bound = self.questions.values()
        right = sum(b.state == "right" for b in bound)
        lines = []
        for b in bound:
            state = "not yet" if b.state == "named mistake" else b.state
            lines.append(f"{b.question.name}: {state}. {b.question.ask}")
        return f"{right} of {len(lines)} right.", lines

    def __repr__(self) -> str:
        title, lines = self._progress()
        return "\n".join([title, *lines])

    def _repr_html_(self) -> str:
        title, lines = self._progress()
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        return box("question", f"<strong>{title}</strong><ul>{items}</ul>")


class NoSuchQuestion(MktlabError, AttributeError):  # noqa: N818 - reads as a sentence in a notebook
    """An exercise has no question by that name."""


@dataclass(frozen=True)
class QuestionSet:
    """The declared questions of a lesson."""

    lesson: str
    questions: tuple[Question | Decision, ...]

    def bind(self, company: Company) -> Exercise:
        """The exercise about this company."""
        return Exercise(self.lesson, [Asked(q, company) for q in self.questions])
