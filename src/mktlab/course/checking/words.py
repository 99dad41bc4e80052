"""A lesson's questions from their two halves: the words in TOML, what is expected in Python.

`question_set("11_rfm", q1=question(...), q2=...)` stands in `questions/lesson_11.py` and reads the
words beside it, `questions/lesson_11.toml`: a table per question with `ask`, `answer` and `hint`,
and under it one per mistake with `name` and `why`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mktlab.course.checking.question import Compute, Decision, Mistake, Question, QuestionSet
from mktlab.resources import declared

Words = Mapping[str, Any]
Worded = Callable[[str, Words], Question | Decision]
Mistakes = Mapping[str, Compute | tuple[Compute, float]]
"""Name of a mistake -> what it leads to; a pair gives a tolerance of its own."""


def question(expected: Compute, *, mistakes: Mistakes, **rules: Any) -> Worded:
    """A `Question` that still needs its words; `rules` are its key and tolerance."""
    return lambda name, words: Question(name, **_said(words, mistakes), expected=expected, **rules)


def decision(
    value: Callable[..., float], expected: Compute, *, mistakes: Mistakes, **rules: Any
) -> Worded:
    """A `Decision` that still needs its words; `rules` are its choices and how they are read."""
    return lambda name, words: Decision(
        name, **_said(words, mistakes), value=value, expected=expected, **rules
    )


def _said(words: Words, mistakes: Mistakes) -> dict[str, Any]:
    """The words of a question, with its mistakes put together."""
    told = words["mistakes"]
    alone = told.keys() ^ mistakes.keys()
    assert not alone, f"mistakes that one half names and the other does not: {sorted(alone)}"
    made = []
    for name, leads_to in mistakes.items():
        compute, tolerance = leads_to if isinstance(leads_to, tuple) else (leads_to, None)
        made.append(Mistake(told[name]["name"], compute, told[name]["why"], tolerance))
    return {**words, "mistakes": tuple(made)}


def question_set(lesson: str, **halves: Worded) -> QuestionSet:
    """The questions of a lesson, in the order in which they are given here."""
    words = declared(f"course/questions/lesson_{lesson.partition('_')[0]}.toml")
    alone = words.keys() ^ halves.keys()
    assert not alone, f"questions that one half has and the other does not: {sorted(alone)}"
    return QuestionSet(lesson, tuple(half(name, words[name]) for name, half in halves.items()))
