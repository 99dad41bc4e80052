"""The questions of a lesson, asked about one company in a notebook.

A `QuestionSet` bound to a company (`questions.bind(company)`) becomes the `Exercise` of a notebook:
`ex.q1.check(answer_1)` compares, `ex.q1.hint()` helps, `ex.q1.solution()` says where the worked
answer stands, `ex` shows how far one is. No answer, whatever object it is, makes a check fail.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mktlab.course.catalogue import find
from mktlab.course.checking.decision import Decision
from mktlab.course.checking.feedback import Feedback, Reached, State, box, marked, not_yet, row
from mktlab.course.checking.plain import NUMBERS, is_a
from mktlab.course.checking.question import Case, Question
from mktlab.schema import MktlabError
from mktlab.show.words import label, say

if TYPE_CHECKING:
    from mktlab.company import Company

PATIENCE = 2
"""From this many wrong answers on, the feedback offers the hint."""


class Call:
    """A method that says how it is called when that was done otherwise, or not at all."""

    def __init__(self, run: Callable[..., Feedback], said: str) -> None:
        self.run, self.said = run, said
        self.most = 0 if said.endswith("()") else 1

    def __call__(self, *given: Any, **named: Any) -> Feedback:
        if len(given) <= self.most and not named:
            return self.run(*given)
        if self.most:
            return self._told(say("Give one answer between the parentheses:"))
        return self._told(say("Put nothing between the parentheses:"))

    def _told(self, what: str) -> Feedback:
        return Feedback("question", what, f"`{self.said}`")

    def __repr__(self) -> str:
        return repr(self._told(say("Add the parentheses:")))

    def _repr_html_(self) -> str:
        return self._told(say("Add the parentheses:"))._repr_html_()


class Asked(Case):
    """A question about one company: `check` an answer, ask for a `hint` or for the `solution`."""

    def __init__(self, question: Question | Decision, company: Company, lesson: str) -> None:
        super().__init__(question, company)
        self.lesson = lesson
        self.state: State = "not attempted"
        self.reached: Reached | None = None
        self.wrong = 0
        self.helped = 0
        self.given: Any = ...
        self.others: list[Asked] = []

    @property
    def check(self) -> Call:
        """Compare an answer; `...` counts as not attempted."""
        name = self.question.name
        return Call(self._check, f"ex.{name}.check(answer_{name.removeprefix('q')})")

    def _check(self, answer: Any = ...) -> Feedback:
        name = self.question.name
        if answer is ...:
            title = say("{name}: not attempted yet.", name=name)
            told = say("Replace the dots with your answer:")
            return Feedback(
                "not attempted", title, f"{told} {self.filled(self.question.words.answer)}"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            feedback = self._problem() or self._reply(answer)
        if self.state != "right":
            self.state, self.reached = feedback.state, feedback.reached
        self.given = answer
        if feedback.state in ("named mistake", "not yet"):
            self.wrong += 1
            if self.wrong >= PATIENCE:
                stuck = say("Stuck? Try `ex.{name}.hint()`.", name=name)
                return replace(feedback, text=f"{feedback.text}\n{stuck}")
        return feedback

    def _problem(self) -> Feedback | None:
        """Why these tables do not let one check anything, such as a truth that nobody knows."""
        try:
            _ = self.expected, self.mistaken
            if isinstance(self.question, Decision):
                _ = self.choices, self.best
        except Exception as problem:
            title = say("{name} cannot be checked on these tables.", name=self.question.name)
            told = str(problem) if isinstance(problem, MktlabError) else repr(problem)
            return Feedback("cannot be checked", title, told)
        return None

    def _reply(self, answer: Any) -> Feedback:
        if answer is None:
            return not_yet(
                say(
                    "Your answer is None, which is nothing. `print` only shows: write the value "
                    "itself, without `print`."
                )
            )
        try:
            feedback: Feedback = self.question.reply(self, answer)
            right = feedback.state == "right"
            return feedback if right else self._of_another(answer, feedback) or feedback
        except KeyboardInterrupt:
            raise
        except BaseException:  # an answer may be any object, and do anything when looked at
            told, asked_for = say("Your answer cannot be read."), say("Asked for:")
            return not_yet(f"{told}\n{asked_for} {self.filled(self.question.words.answer)}")

    def _of_another(self, answer: Any, feedback: Feedback) -> Feedback | None:
        """What is said of an answer that belongs to another question."""
        same = [other for other in self.others if other.is_right(answer)]
        if feedback.state != "not yet":  # a mistake with a name may be right elsewhere by chance
            same = []
        if not is_a(answer, str, *NUMBERS):  # two equal numbers may be one object
            same += [other for other in self.others if other.given is answer]
        if not same:
            return None
        number, own = (asked.question.name.removeprefix("q") for asked in (same[0], self))
        title = say("A mistake: this is your answer to question {number}.", number=number)
        told = say(
            "Check `answer_{own}` here, and run its cell first. If you did, read again what this "
            "question asks for.",
            own=own,
        )
        return Feedback("named mistake", title, told)

    def is_right(self, answer: Any) -> bool:
        """Whether an answer is this question's, without a word."""
        if self.state != "right" or not isinstance(self.question, Question):
            return False
        return self.question.compare(answer, self.expected) is None

    @property
    def hint(self) -> Call:
        """A step in the right direction, then the calls, then where the worked answer stands."""
        return Call(self._hint, f"ex.{self.question.name}.hint()")

    def _hint(self) -> Feedback:
        hints, self.helped = self.question.words.hints, self.helped + 1
        if self.helped > len(hints):
            last = say("That was the last hint. Try once more; the worked answers are in")
            return replace(self._solution(), title=last)
        title = say(
            "Hint {number} of {all} for {name}.",
            number=self.helped,
            all=len(hints),
            name=self.question.name,
        )
        return Feedback("hint", title, self.filled(hints[self.helped - 1]))

    @property
    def solution(self) -> Call:
        """Where the worked answer stands."""
        return Call(self._solution, f"ex.{self.question.name}.solution()")

    def _solution(self) -> Feedback:
        where = find(self.lesson).path("solutions")
        return Feedback("hint", say("The worked answers are in"), f"`{where}`.")

    def __dir__(self) -> list[str]:
        return ["check", "hint", "solution"]  # what completion offers: not the way to the answer

    def shown(self) -> Feedback:
        """What is asked, and the shape of the answer."""
        words = self.question.words
        title = f"{self.question.name}. {self.filled(words.ask)}"
        return Feedback("question", title, f"\n{say('Answer:')} {self.filled(words.answer)}")

    def __repr__(self) -> str:
        return repr(self.shown())

    def _repr_html_(self) -> str:
        return self.shown()._repr_html_()


class Exercise:
    """The questions of one lesson about one company: `ex.q1`, `ex.q2`, ...

    `given` holds what the lesson hands out for them, by name.
    """

    questions: dict[str, Asked]
    given: Mapping[str, Any]

    def __init__(self, lesson: str, questions: list[Asked], given: Mapping[str, Any]) -> None:
        self.__dict__["lesson"] = lesson
        self.__dict__["questions"] = {bound.question.name: bound for bound in questions}
        self.__dict__["given"] = given
        for one in questions:
            one.others = [other for other in questions if other is not one]

    def __getattr__(self, name: str) -> Asked:
        questions = self.__dict__.get("questions", {})
        if name in questions:
            found: Asked = questions[name]
            return found
        if name.startswith("_"):  # Python and Jupyter ask for optional methods this way
            raise AttributeError(name)
        if name in ("check", "hint", "solution"):
            raise NoSuchQuestion(
                say(
                    "ex.{name} names no question: choose among {names}, and write it as in "
                    "ex.q1.{name}.",
                    name=name,
                    names=", ".join(questions),
                )
            )
        raise NoSuchQuestion(
            say(
                "There is no question {name} in {lesson}: choose among {names}.",
                name=name,
                lesson=self.lesson,
                names=", ".join(questions),
            )
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise MktlabError(
            say(
                "ex.{name} cannot be set: keep your answer under a name of its own, then check it "
                "with a line such as ex.q1.check(answer_1).",
                name=name,
            )
        )

    def __dir__(self) -> list[str]:
        return [*self.questions, *(["given"] if self.given else [])]

    def _progress(self) -> tuple[str, list[tuple[State, str]]]:
        lines = []
        for name, asked in self.questions.items():
            state = say("a known mistake") if asked.state == "named mistake" else label(asked.state)
            told = re.sub(r"(?<=\?) .*", "", asked.filled(asked.question.words.ask))
            if asked.reached:
                told += " " + say("({part:share} of the best)", part=asked.reached.part)
            lines.append((asked.state, f"{name}: {state}. {told}"))
        right = sum(state == "right" for state, _ in lines)
        return say("{right} of {all} right.", right=right, all=len(lines)), lines

    def __repr__(self) -> str:
        title, lines = self._progress()
        return "\n".join([title, *(line for _, line in lines)])

    def _repr_html_(self) -> str:
        title, lines = self._progress()
        rows = "".join(row(state, marked(line)) for state, line in lines)
        listed = f'<ul style="list-style: none; margin: 8px 0 0; padding: 0">{rows}</ul>'
        done = all(state == "right" for state, _ in lines)
        return box(
            "right" if done else "question",
            f"<strong>{title}</strong>{listed}",
        )


class NoSuchQuestion(MktlabError, AttributeError):  # noqa: N818 - reads as a sentence in a notebook
    """An exercise has no question by that name."""


@dataclass(frozen=True)
class QuestionSet:
    """The declared questions of a lesson, and what it hands out for them."""

    lesson: str
    questions: tuple[Question | Decision, ...]
    given: Callable[[Company], Mapping[str, Any]] | None = None

    def bind(self, company: Company) -> Exercise:
        """The exercise about this company."""
        asked = [Asked(question, company, self.lesson) for question in self.questions]
        return Exercise(self.lesson, asked, self.given(company) if self.given else {})
