"""The course: its catalogue of lessons, and the exercises that answer.

`exercise` is the door to the questions of a lesson; `catalogue` says which lessons there are.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mktlab.course.catalogue import LESSONS, find
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.course.checking.exercise import Exercise, QuestionSet


def questions_of(lesson: str | int) -> QuestionSet:
    """The questions of a lesson, by its name or number.

    Raises
    ------
    MktlabError
        When there is no such lesson, or it has no exercise.
    """
    wanted = find(lesson)
    if not wanted.exercise:
        names = ", ".join(known.name for known in LESSONS if known.exercise)
        told = say(
            "Lesson {name} has no exercise; these have one: {names}.", name=wanted.name, names=names
        )
        raise MktlabError(told)
    module = import_module(f"mktlab.course.questions.lesson_{wanted.number}")
    found: QuestionSet = module.sheet.questions()
    return found


def exercise(lesson: str | int, company: Company) -> Exercise:
    """The exercise of a lesson about this company: `ex.q1`, `ex.q2`, ...

    Parameters
    ----------
    lesson
        Its number or name: 11 or "11_rfm".
    company
        What `mktlab.load` gave.

    Raises
    ------
    MktlabError
        As `questions_of`.
    """
    return questions_of(lesson).bind(company)
